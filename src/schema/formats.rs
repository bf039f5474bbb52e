//! Turns the texts that the schema calls quantity, rating, doi, pmid, year, … into their parts, or refuses them.

use crate::date::Date;
use crate::text::{is_id, is_slug};

/// A format: its name, a test, and how a right value looks.
pub(crate) struct Format {
    pub name: &'static str,
    pub holds: fn(&str) -> bool,
    pub example: &'static str,
}

/// The formats beyond those that only say how a text is rendered.
pub(crate) const FORMATS: &[Format] = &[
    Format { name: "date", holds: |t| Date::parse(t).is_some(), example: "a date that exists, as in 2026-11-21" },
    Format { name: "year", holds: is_year, example: "a year, as in 2019" },
    Format { name: "uri", holds: is_uri, example: "an address, as in https://example.org/page" },
    Format { name: "doi", holds: is_doi, example: "a DOI, as in 10.1000/182" },
    Format { name: "pmid", holds: is_pmid, example: "a PubMed number in quotes, as in \"11485358\"" },
    Format { name: "lang", holds: is_lang, example: "a language, as in en or pt-BR" },
    Format {
        name: "quantity",
        holds: |t| Quantity::parse(t).is_some(),
        example: "a quantity, as in 60 s, 30-90 s, 10 reps or 3 x 60 s",
    },
    Format { name: "rating", holds: |t| Rating::parse(t).is_some(), example: "a rating, as in 4/10 or 3-6/10" },
    Format { name: "id", holds: is_id, example: "an id: small letters, digits and hyphens, as in heel-pain" },
    Format {
        name: "slug",
        holds: is_slug,
        example: "one part of an address: small letters, digits and hyphens, as in heel-pain",
    },
];

fn is_year(text: &str) -> bool {
    text.len() == 4 && text.parse::<u16>().is_ok_and(|year| (1000..=2999).contains(&year))
}

/// Whether a text is an address with a scheme that a page may link to.
pub(crate) fn is_uri(text: &str) -> bool {
    let web = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let clean = !text.contains(|c: char| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | '"'));
    clean
        && (web.is_some_and(|rest| rest.starts_with(|c: char| c.is_alphanumeric() || c == '['))
            || text.starts_with("mailto:") && text.contains('@'))
}

fn is_doi(text: &str) -> bool {
    let parts = doi(text).split_once('/').map(|(prefix, suffix)| (prefix.to_owned(), suffix.to_owned()));
    parts.is_some_and(|(prefix, suffix)| {
        let digits = prefix
            .strip_prefix("10.")
            .is_some_and(|n| n.len() >= 4 && n.bytes().all(|b| b.is_ascii_digit() || b == b'.'));
        digits && !suffix.is_empty() && !suffix.contains(char::is_whitespace)
    })
}

fn is_pmid(text: &str) -> bool {
    (1..=9).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit()) && !text.starts_with('0')
}

fn is_lang(text: &str) -> bool {
    let mut parts = text.split('-');
    let primary = parts.next().is_some_and(|p| (2..=3).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_lowercase()));
    primary && parts.all(|p| (2..=8).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_alphanumeric()))
}

/// A DOI in the form in which it is compared: without resolver or prefix, in small letters.
pub(crate) fn doi(text: &str) -> String {
    let lower = text.trim().to_lowercase();
    let bare = lower.split_once("doi.org/").map_or(lower.as_str(), |(_, rest)| rest);
    bare.strip_prefix("doi:").unwrap_or(bare).trim().to_owned()
}

/// An address in the form in which it is compared: no scheme, `www.`, fragment, tracking words, port or slash at the end.
pub(crate) fn url(text: &str) -> String {
    let text = text.trim();
    let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
    let rest = rest.split('#').next().unwrap_or("");
    let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (host, path) = place.split_once('/').unwrap_or((place, ""));
    let host = host.to_lowercase();
    let host = host.trim_end_matches(":443").trim_end_matches(":80");
    let host = host.strip_prefix("www.").unwrap_or(host);
    let tracking =
        |p: &&str| !p.starts_with("utm_") && !p.starts_with("fbclid=") && !p.starts_with("gclid=") && !p.is_empty();
    let mut kept: Vec<&str> = query.split('&').filter(tracking).collect();
    kept.sort_unstable();
    let query = if kept.is_empty() { String::new() } else { format!("?{}", kept.join("&")) };
    // A folder and its index are one page.
    let path = ["index.html", "index.htm"].iter().find_map(|index| path.strip_suffix(index)).unwrap_or(path);
    let path = decoded(path.trim_end_matches('/'));
    format!("{host}/{path}{query}").trim_end_matches('/').to_owned()
}

/// A path without the escapes of letters, digits and marks that need none.
fn decoded(path: &str) -> String {
    let mut parts = path.split('%');
    let mut out = parts.next().unwrap_or("").to_owned();
    for part in parts {
        let byte = part.get(..2).and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match byte.filter(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_' | b'~')) {
            Some(byte) => {
                out.push(char::from(byte));
                out.push_str(&part[2..]);
            }
            None => {
                out.push('%');
                out.push_str(part);
            }
        }
    }
    out
}

/// An amount with its unit: `30-90 s`, `3 x 60 s`, `10 reps`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Quantity {
    pub sets: Option<u32>,
    pub min: f64,
    pub max: f64,
    pub unit: String,
}

impl Quantity {
    /// Reads `[N x] A[-B] [unit]`.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim().replace(['–', '—'], "-").replace('×', "x");
        let (sets, rest) = match text.split_once('x') {
            Some((sets, rest)) if !sets.trim().is_empty() => (Some(sets.trim().parse().ok()?), rest.trim().to_owned()),
            _ => (None, text.clone()),
        };
        let end = rest.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '-' | ' '))).unwrap_or(rest.len());
        let (range, unit) = (rest[..end].trim(), rest[end..].trim());
        let (min, max) = span(range)?;
        let short = unit.split_whitespace().count() <= 4
            && unit.chars().all(|c| c.is_alphabetic() || matches!(c, ' ' | '%' | '°' | '/' | 'µ' | '²'));
        short.then(|| Self { sets, min, max, unit: unit.to_owned() })
    }

    /// The words shown: a no-break space before the unit, an en dash in a range.
    pub fn shown(&self) -> String {
        let sets = self.sets.map(|n| format!("{n} × ")).unwrap_or_default();
        let unit = if self.unit.is_empty() { String::new() } else { format!("\u{A0}{}", self.unit) };
        format!("{sets}{}{unit}", shown_span(self.min, self.max))
    }

    /// An ISO 8601 duration of the longest time, where the unit is one of time.
    pub fn iso(&self) -> Option<String> {
        let total = self.max * f64::from(self.sets.unwrap_or(1));
        match self.unit.as_str() {
            "s" | "sec" | "second" | "seconds" => Some(format!("PT{total}S")),
            "min" | "minute" | "minutes" => Some(format!("PT{total}M")),
            "h" | "hour" | "hours" => Some(format!("PT{total}H")),
            "day" | "days" => Some(format!("P{total}D")),
            "week" | "weeks" => Some(format!("P{total}W")),
            _ => None,
        }
    }
}

/// A place on a scale: `4/10`, `3-6/10`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Rating {
    pub min: f64,
    pub max: f64,
    pub of: f64,
}

impl Rating {
    /// Reads `A[-B]/N`.
    pub fn parse(text: &str) -> Option<Self> {
        let (range, of) = text.split_once('/')?;
        let (min, max) = span(&range.trim().replace(['–', '—'], "-"))?;
        let of = of.trim().parse().ok()?;
        (max <= of).then_some(Self { min, max, of })
    }

    /// `3–6/10`.
    pub fn shown(&self) -> String {
        format!("{}/{}", shown_span(self.min, self.max), self.of)
    }
}

fn span(text: &str) -> Option<(f64, f64)> {
    let (min, max) = text.split_once('-').unwrap_or((text, text));
    let (min, max): (f64, f64) = (min.trim().parse().ok()?, max.trim().parse().ok()?);
    (min <= max && max < 1e9).then_some((min, max))
}

fn shown_span(min: f64, max: f64) -> String {
    if min < max { format!("{min}–{max}") } else { min.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_and_ratings() {
        let q = Quantity::parse("3 x 60 s").unwrap();
        assert_eq!((q.shown().as_str(), q.iso().as_deref()), ("3 × 60\u{A0}s", Some("PT180S")));
        assert_eq!(Quantity::parse("30-90 s").unwrap().shown(), "30–90\u{A0}s");
        assert_eq!(Quantity::parse("10 reps").unwrap().unit, "reps");
        assert!(Quantity::parse("soon").is_none() && Quantity::parse("90-30 s").is_none());
        assert_eq!(Rating::parse("3-6/10").unwrap().shown(), "3–6/10");
        assert!(Rating::parse("11/10").is_none());
    }

    #[test]
    fn addresses_compare_without_their_noise() {
        assert_eq!(url("http://www.Example.org/a/?utm_source=x#top"), url("https://example.org/a"));
        assert_ne!(url("https://example.org/a?id=1"), url("https://example.org/a?id=2"));
        assert_eq!(doi("https://doi.org/10.1000/ABC"), "10.1000/abc");
        assert!(!is_uri("javascript:alert(1)") && !is_uri("https://") && is_uri("https://example.org"));
    }
}
