//! Turns numbers, ranges, units and comparison signs, in digits or words, into one form.
//!
//! Amounts of one measure have one form: half a minute is thirty seconds, two weeks are fourteen days, 6 pm is 18:00.

use super::guards::Guards;
use super::tokens::Token;

/// The first comparisons of a language say less, then more.
pub(super) const MORE: u32 = 2;
/// The unit of a time of day, in minutes.
const CLOCK: &str = "clock";

/// A number at a place of a text: `30-90 s`, `>3 day`, and how many tokens it takes.
pub(super) fn at(tokens: &[Token], at: usize, guards: &Guards) -> Option<(String, usize)> {
    if let Some(found) = date(tokens, at, guards) {
        return Some(found);
    }
    if let Some(found) = one_or(tokens, at, guards) {
        return Some(found);
    }
    let (sign, mut used) = comparison(tokens, at, guards);
    if let Some(Token::Word(word)) = tokens.get(at + used)
        && guards.between.contains(word)
        && let Some((low, mut taken)) = one(tokens, at + used + 1, guards)
        && let Some(Token::Word(_)) = tokens.get(at + used + 1 + taken)
        && let Some((high, more)) = one(tokens, at + used + 2 + taken, guards)
    {
        taken += more + 2;
        return Some(whole(sign, (low, Some(high)), tokens, at, used + taken, guards));
    }
    let article = || article(tokens, at + used, guards).filter(|_| sign.is_some());
    let (low, taken) = one(tokens, at + used, guards).or_else(article)?;
    used += taken;
    let high = range(tokens, at + used, guards);
    let taken = high.as_ref().map_or(0, |(_, taken)| *taken);
    Some(whole(sign, (low, high.map(|(high, _)| high)), tokens, at, used + taken, guards))
}

/// What "a day" says.
pub(super) fn of_one(unit: &str, guards: &Guards) -> String {
    let (number, unit) = measured(("1".to_owned(), unit.to_owned()), guards);
    format!("{number} {unit}")
}

/// A day of a month, "3 March", "March 3rd" and "03-03" behind a year, in one form; the year stays a number of its own.
fn date(tokens: &[Token], at: usize, guards: &Guards) -> Option<(String, usize)> {
    let digits = |ahead: usize, count: usize| match tokens.get(at + ahead) {
        Some(Token::Number(number)) if number.len() == count && number.bytes().all(|b| b.is_ascii_digit()) => {
            number.parse::<u32>().ok()
        }
        _ => None,
    };
    let dashed = |ahead: usize| matches!(tokens.get(at + ahead), Some(Token::Range));
    if let (Some(year), Some(1..=12), Some(1..=31)) = (digits(0, 4), digits(2, 2), digits(4, 2))
        && dashed(1)
        && dashed(3)
    {
        return Some((year.to_string(), 1));
    }
    if at > 1
        && let (Some(Token::Number(year)), Some(Token::Range)) = (tokens.get(at - 2), tokens.get(at - 1))
        && let (4, Some(month @ 1..=12), Some(day @ 1..=31)) = (year.len(), digits(0, 2), digits(2, 2))
    {
        return Some((format!("{month:02}-{day:02}"), 3));
    }
    let month = |ahead: usize| guards.months.get(word(tokens, at + ahead)?);
    let day = |ahead: usize| match tokens.get(at + ahead)? {
        Token::Number(number) => {
            let bare = number.trim_end_matches(|c: char| c.is_ascii_alphabetic());
            bare.parse::<u32>().ok().filter(|day| (1..=31).contains(day))
        }
        Token::Word(word) if guards.firsts.contains(word) => Some(1),
        _ => None,
    };
    let of = usize::from(word(tokens, at + 1).is_some_and(|word| guards.light.contains(word)));
    let (day, month, used) = match (day(0), month(0)) {
        (Some(day), _) => (day, month(1 + of)?, 2 + of),
        (None, Some(month)) => (day(1)?, month, 2),
        _ => return None,
    };
    Some((format!("{month:02}-{day:02}"), used))
}

type Amount = (String, String);

fn whole(
    sign: Option<u32>,
    (mut low, high): (Amount, Option<Amount>),
    tokens: &[Token],
    at: usize,
    mut used: usize,
    guards: &Guards,
) -> (String, usize) {
    let (mut sign, after) = if sign.is_some() { (sign, 0) } else { behind(tokens, at + used, guards) };
    used += after;
    // "Seven or more hours".
    if after > 0
        && high.is_none()
        && low.1.is_empty()
        && let Some(unit) = word(tokens, at + used).and_then(|word| guards.units.get(word))
    {
        low.1.clone_from(unit);
        used += 1;
    }
    // "About" says nothing that a reader would act on.
    sign = sign.filter(|sign| *sign <= 4);
    let sign = sign.map(|sign| format!("{sign}:")).unwrap_or_default();
    if let Some(high) = high.as_ref().filter(|_| low.1.is_empty()) {
        low.1.clone_from(&high.1);
    }
    let (low, high) = (measured(low, guards), high.map(|high| measured(high, guards)));
    let key = match high {
        Some(high) if low.1 == high.1 => format!("{sign}{}-{} {}", low.0, high.0, high.1),
        Some(high) => format!("{sign}{} {}-{} {}", low.0, low.1, high.0, high.1),
        None => format!("{sign}{} {}", low.0, low.1),
    };
    (key.trim_end().to_owned(), used)
}

/// An amount in the smallest unit of its measure, where that is known.
fn measured((number, unit): Amount, guards: &Guards) -> Amount {
    if let Some(minutes) = clock(&number, &unit) {
        return (minutes.to_string(), CLOCK.to_owned());
    }
    let plain = number.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    match (guards.measures.get(&unit), number.parse::<f64>()) {
        (Some((factor, base)), Ok(value)) if plain => {
            // A part of one has no unit: a quarter is 25 %.
            (tidy(value * factor), if base == "1" { String::new() } else { base.clone() })
        }
        _ => (number, unit),
    }
}

/// Minutes since midnight, of "6 pm", "6:30 am", "18:00" and "9 o'clock".
fn clock(number: &str, unit: &str) -> Option<u32> {
    let late = match unit {
        "am" => Some(false),
        "pm" => Some(true),
        "o'clock" => None,
        "" if number.contains(':') => None,
        _ => return None,
    };
    let (hours, minutes) = number.split_once([':', '.']).unwrap_or((number, "00"));
    let (hours, minutes): (u32, u32) = (hours.parse().ok()?, minutes.parse().ok().filter(|_| minutes.len() == 2)?);
    let hours = match late {
        Some(late) => hours % 12 + if late { 12 } else { 0 },
        None => hours,
    };
    (hours <= 24 && minutes < 60).then_some(hours * 60 + minutes)
}

/// A value as people write it.
fn tidy(value: f64) -> String {
    let text = format!("{value:.6}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// A comparison in front of a number.
pub(super) fn comparison(tokens: &[Token], at: usize, guards: &Guards) -> (Option<u32>, usize) {
    for length in (1..=3).rev() {
        let Some(phrase) = phrase(tokens, at, length) else { continue };
        if let Some(sign) = guards.comparisons.get(&phrase)
            && (one(tokens, at + length, guards).is_some() || article(tokens, at + length, guards).is_some())
        {
            return (Some(*sign), length);
        }
    }
    (None, 0)
}

/// A comparison behind a number: "or more".
fn behind(tokens: &[Token], at: usize, guards: &Guards) -> (Option<u32>, usize) {
    let found = phrase(tokens, at, 2).and_then(|phrase| guards.comparisons.get(&phrase).copied());
    (found, if found.is_some() { 2 } else { 0 })
}

fn phrase(tokens: &[Token], at: usize, length: usize) -> Option<String> {
    let words: Option<Vec<String>> = tokens
        .get(at..at + length)?
        .iter()
        .map(|token| match token {
            Token::Word(word) => Some(word.clone()),
            Token::Comparison(sign) => Some(sign.to_string()),
            _ => None,
        })
        .collect();
    words.map(|words| words.join(" "))
}

fn word(tokens: &[Token], at: usize) -> Option<&str> {
    match tokens.get(at)? {
        Token::Word(word) => Some(word),
        _ => None,
    }
}

/// "A day", behind "more than".
fn article(tokens: &[Token], at: usize, guards: &Guards) -> Option<(Amount, usize)> {
    let unit = guards.units.get(word(tokens, at + 1)?)?;
    (guards.each.contains(word(tokens, at)?) && guards.articles.contains(word(tokens, at)?))
        .then(|| (("1".to_owned(), unit.clone()), 2))
}

/// One number with its unit.
fn one(tokens: &[Token], at: usize, guards: &Guards) -> Option<(Amount, usize)> {
    // A sign of money may stand in front.
    if let Some(unit) = word(tokens, at).filter(|word| guards.before.contains(*word))
        && let Some(Token::Number(number)) = tokens.get(at + 1)
    {
        return Some(((number.clone(), guards.units.get(unit).cloned().unwrap_or_default()), 2));
    }
    if let Some(part) = word(tokens, at).and_then(|word| guards.fractions.get(word)) {
        let of_unit = fraction(tokens, at, guards).map(|(unit, used)| ((part.clone(), unit), used));
        // "Half of them"; a quarter may be a place.
        let bare = || guards.classes.contains_key(word(tokens, at)?).then(|| ((part.clone(), String::new()), 1));
        return of_unit.or_else(bare);
    }
    let (number, implied, taken) = match tokens.get(at)? {
        _ if let Some((number, taken)) = parts(tokens, at, guards) => {
            // "Three quarters of an hour".
            match fraction(tokens, at + taken - 1, guards)
                .filter(|_| word(tokens, at + taken).is_some_and(|word| guards.of.contains(word)))
            {
                Some((unit, used)) => return Some(((number, unit), taken - 1 + used)),
                None => (number, String::new(), taken),
            }
        }
        Token::Number(number) => {
            let (number, taken) = typed(tokens, at, number, guards);
            (number, String::new(), taken)
        }
        Token::Word(word) => {
            let (number, implied) = guards.numbers.get(word).cloned()?;
            if implied.is_empty() {
                let (number, taken) = spelled(tokens, at, number, guards);
                (number, implied, taken)
            } else {
                (number, implied, 1)
            }
        }
        _ => return None,
    };
    // A second is a unit behind a number, and the one after the first elsewhere.
    if !implied.is_empty() {
        return Some(((number, implied), 1));
    }
    // "Five in a row", "5 in the morning": a unit only where nothing that begins a thing follows its number in digits.
    let other = |unit: &&str| {
        let typed = matches!(tokens.get(at), Some(Token::Number(_)));
        let begins = word(tokens, at + taken + 1).is_some_and(|next| {
            let goes_on = guards.dimensions.contains(next) || guards.light.contains(next);
            guards.articles.contains(next) || guards.each.contains(next) || !goes_on
        });
        guards.ambiguous.contains(*unit) && (!typed || begins)
    };
    let unit = word(tokens, at + taken).filter(|unit| !other(unit)).and_then(|word| guards.unit(word));
    // "Two in the afternoon".
    let hour = || phrase(tokens, at + taken, 3).and_then(|phrase| guards.units.get(&phrase).cloned());
    let on_clock = number.parse::<u32>().is_ok_and(|hour| (1..=12).contains(&hour));
    if let Some(half) = hour().filter(|_| on_clock && unit.is_none()) {
        return Some(((number, half), taken + 3));
    }
    let used = taken + usize::from(unit.is_some());
    Some(((number, unit.unwrap_or_default()), used))
}

/// What stands behind a part: "half an hour", "a quarter of an hour".
fn fraction(tokens: &[Token], at: usize, guards: &Guards) -> Option<(String, usize)> {
    let skipped = (0..3).find(|ahead| word(tokens, at + 1 + ahead).is_some_and(|w| guards.units.contains_key(w)))?;
    let between = (0..skipped).filter_map(|ahead| word(tokens, at + 1 + ahead));
    let joined = between.clone().all(|word| guards.light.contains(word) || guards.each.contains(word));
    let unit = word(tokens, at + 1 + skipped).and_then(|word| guards.units.get(word).cloned())?;
    (joined && between.count() == skipped).then_some((unit, skipped + 2))
}

/// A number in digits, with the part or the multiplier behind it: "1/2", "1 1/2", "5 million".
fn typed(tokens: &[Token], at: usize, number: &str, guards: &Guards) -> (String, usize) {
    let part = |text: &str| {
        let (over, under) = text.split_once('/')?;
        let (over, under) = (over.parse::<f64>().ok()?, under.parse::<f64>().ok()?);
        (over < under && under <= 16.0).then_some(over / under)
    };
    if let Some(part) = part(number) {
        return (tidy(part), 1);
    }
    let Ok(value) = number.parse::<f64>() else { return (number.to_owned(), 1) };
    if let Some(Token::Number(next)) = tokens.get(at + 1)
        && let Some(part) = part(next)
    {
        return (tidy(value + part), 2);
    }
    if let Some((part, used)) = and_a_part(tokens, at + 1, guards) {
        return (tidy(value + part), 1 + used);
    }
    let times = word(tokens, at + 1).filter(|word| guards.multipliers.contains(*word));
    match times.and_then(|word| guards.numbers.get(word)).and_then(|(times, _)| times.parse::<f64>().ok()) {
        Some(times) => (tidy(value * times), 2),
        None => (number.to_owned(), 1),
    }
}

/// "And a half".
fn and_a_part(tokens: &[Token], at: usize, guards: &Guards) -> Option<(f64, usize)> {
    let joined = guards.and.contains(word(tokens, at)?) && guards.each.contains(word(tokens, at + 1)?);
    let part = guards.fractions.get(word(tokens, at + 2)?)?;
    Some((part.parse().ok().filter(|_| joined)?, 3))
}

/// A part in words: "a third of", "one third", "two thirds", "three quarters".
fn parts(tokens: &[Token], at: usize, guards: &Guards) -> Option<(String, usize)> {
    let part = *guards.parts.get(word(tokens, at + 1)?)?;
    let count = match &tokens[at] {
        Token::Number(number) => number.parse::<u32>().ok()?,
        Token::Word(word) if guards.each.contains(word) => 1,
        Token::Word(word) => guards.numbers.get(word).and_then(|(number, _)| number.parse().ok())?,
        _ => return None,
    };
    let alone = word(tokens, at).is_some_and(|word| guards.each.contains(word));
    // "A third person" has no part of one; of more than one the part is told in the plural.
    let of = word(tokens, at + 2).is_some_and(|word| guards.of.contains(word) || guards.units.contains_key(word));
    let plural = guards.parts_many.contains(word(tokens, at + 1)?);
    let fits = if count == 1 { !plural && (of || !alone) } else { plural && count < 16 };
    fits.then(|| (tidy(f64::from(count) / f64::from(part)), 2))
}

/// A number of several words: "twenty-one", "two hundred and five", "one thousand five hundred".
fn spelled(tokens: &[Token], at: usize, first: String, guards: &Guards) -> (String, usize) {
    let value = |ahead: usize| -> Option<u64> {
        let (number, implied) = guards.numbers.get(word(tokens, at + ahead)?)?;
        number.parse().ok().filter(|_| implied.is_empty())
    };
    let times = |ahead: usize| word(tokens, at + ahead).is_some_and(|word| guards.multipliers.contains(word));
    let Ok(mut sum) = first.parse::<u64>() else { return (first, 1) };
    let (mut whole, mut used) = (0_u64, 1);
    while let Some(next) = value(used) {
        if times(used) {
            sum = sum.saturating_mul(next);
            if next >= 1000 {
                (whole, sum) = (whole.saturating_add(sum), 0);
            }
        } else if fits(whole, sum, next) {
            sum = sum.saturating_add(next);
        } else {
            break;
        }
        used += 1;
        let joined = next >= 100 && word(tokens, at + used).is_some_and(|word| guards.and.contains(word));
        if joined && value(used + 1).is_some_and(|next| next < 100 && fits(whole, sum, next)) {
            used += 1;
        }
    }
    if let Some((part, more)) = and_a_part(tokens, at + used, guards) {
        return (tidy(whole.saturating_add(sum) as f64 + part), used + more);
    }
    ((whole.saturating_add(sum)).to_string(), used)
}

/// Whether a number goes on: ones behind tens, tens behind hundreds, anything less than a thousand behind thousands.
fn fits(whole: u64, sum: u64, next: u64) -> bool {
    match sum {
        0 => whole > 0 && next < 1000,
        _ if sum.is_multiple_of(100) => next < 100,
        _ => (20..100).contains(&(sum % 100)) && sum.is_multiple_of(10) && (1..10).contains(&next),
    }
}

/// The upper end of a range: "-90 s", "to 90 s".
fn range(tokens: &[Token], at: usize, guards: &Guards) -> Option<(Amount, usize)> {
    let joins = match tokens.get(at)? {
        Token::Range => true,
        Token::Word(word) => {
            guards.ranges.contains(word) || guards.or.contains(word) && next_is_more(tokens, at, guards)
        }
        _ => false,
    };
    let (high, used) = one(tokens, at + 1, guards).filter(|_| joins)?;
    Some((high, used + 1))
}

/// Whether the number behind "or" is the next one: "three or four times" are 3-4 times.
fn next_is_more(tokens: &[Token], at: usize, guards: &Guards) -> bool {
    let value = |at: usize| -> Option<u32> {
        match tokens.get(at)? {
            Token::Number(number) => number.parse().ok(),
            Token::Word(word) => guards.numbers.get(word).filter(|(_, unit)| unit.is_empty())?.0.parse().ok(),
            _ => None,
        }
    };
    at.checked_sub(1).and_then(value).zip(value(at + 1)).is_some_and(|(low, high)| high == low + 1)
}

/// "An hour or two".
fn one_or(tokens: &[Token], at: usize, guards: &Guards) -> Option<(String, usize)> {
    let (low, used) = article(tokens, at, guards)?;
    let or = guards.or.contains(word(tokens, at + used)?);
    let (high, more) = one(tokens, at + used + 1, guards).filter(|((_, unit), _)| or && unit.is_empty())?;
    Some(whole(None, ((low.0, String::new()), Some((high.0, low.1))), tokens, at, used + 1 + more, guards))
}
