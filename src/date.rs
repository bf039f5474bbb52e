//! Turns `2026-11-21` into a calendar date, and a date into the words and formats pages need.

use std::fmt;

use jiff::civil;

/// A day of the Gregorian calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(civil::Date);

impl Date {
    /// Reads `YYYY-MM-DD`; anything else, and days that do not exist, is `None`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let shape = text.len() == 10
            && text.bytes().enumerate().all(|(at, b)| if at == 4 || at == 7 { b == b'-' } else { b.is_ascii_digit() });
        if shape { text.parse().ok().map(Self) } else { None }
    }

    /// The day that is `seconds` after the start of 1970 in UTC; `None` outside the calendar.
    #[must_use]
    pub fn from_unix(seconds: i64) -> Option<Self> {
        let days = i32::try_from(seconds.div_euclid(86_400)).ok()?;
        let span = jiff::Span::new().try_days(days).ok()?;
        civil::date(1970, 1, 1).checked_add(span).ok().map(Self)
    }

    /// The day `months` later; the last day of the month where the day does not exist.
    #[must_use]
    pub fn plus_months(self, months: u16) -> Self {
        self.0.checked_add(jiff::Span::new().months(i32::from(months))).map_or(self, Self)
    }

    /// Day, month and year.
    pub(crate) fn parts(self) -> (i8, i8, i16) {
        (self.0.day(), self.0.month(), self.0.year())
    }

    /// Midnight UTC in RFC 3339, as feeds want it.
    #[must_use]
    pub fn rfc3339(self) -> String {
        format!("{self}T00:00:00Z")
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.strftime("%Y-%m-%d"))
    }
}
