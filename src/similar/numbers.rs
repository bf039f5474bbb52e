//! Turns numbers, ranges, units and comparison signs, in digits or words, into one form.

use super::guards::Guards;
use super::reading::Token;

/// A number at a place of a text: `30-90 s`, `>3 day`, and how many tokens it takes.
pub(super) fn at(tokens: &[Token], at: usize, guards: &Guards) -> Option<(String, usize)> {
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
    let (low, taken) = one(tokens, at + used, guards)?;
    used += taken;
    let high = range(tokens, at + used, guards);
    let taken = high.as_ref().map_or(0, |(_, taken)| *taken);
    Some(whole(sign, (low, high.map(|(high, _)| high)), tokens, at, used + taken, guards))
}

type Amount = (String, String);

fn whole(
    sign: Option<u32>,
    (low, high): (Amount, Option<Amount>),
    tokens: &[Token],
    at: usize,
    mut used: usize,
    guards: &Guards,
) -> (String, usize) {
    let (mut sign, after) = if sign.is_some() { (sign, 0) } else { behind(tokens, at + used, guards) };
    used += after;
    // "About" says nothing that a reader would act on.
    sign = sign.filter(|sign| *sign <= 4);
    let sign = sign.map(|sign| format!("{sign}:")).unwrap_or_default();
    let key = match high {
        Some(high) if low.1.is_empty() || low.1 == high.1 => format!("{sign}{}-{} {}", low.0, high.0, high.1),
        Some(high) => format!("{sign}{} {}-{} {}", low.0, low.1, high.0, high.1),
        None => format!("{sign}{} {}", low.0, low.1),
    };
    (key.trim_end().to_owned(), used)
}

/// A comparison in front of a number.
fn comparison(tokens: &[Token], at: usize, guards: &Guards) -> (Option<u32>, usize) {
    for length in (1..=3).rev() {
        let Some(phrase) = phrase(tokens, at, length) else { continue };
        if let Some(sign) = guards.comparisons.get(&phrase)
            && one(tokens, at + length, guards).is_some()
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

/// One number with its unit.
fn one(tokens: &[Token], at: usize, guards: &Guards) -> Option<(Amount, usize)> {
    let (number, implied) = match tokens.get(at)? {
        Token::Number(number) => (number.clone(), String::new()),
        Token::Word(word) => guards.numbers.get(word).cloned()?,
        _ => return None,
    };
    // A second is a unit behind a number, and the one after the first elsewhere.
    if !implied.is_empty() {
        return Some(((number, implied), 1));
    }
    let unit = match tokens.get(at + 1) {
        Some(Token::Word(word)) => guards.units.get(word).cloned(),
        _ => None,
    };
    let used = 1 + usize::from(unit.is_some());
    Some(((number, unit.unwrap_or_default()), used))
}

/// The upper end of a range: "-90 s", "to 90 s".
fn range(tokens: &[Token], at: usize, guards: &Guards) -> Option<(Amount, usize)> {
    let joins = match tokens.get(at)? {
        Token::Range => true,
        Token::Word(word) => guards.ranges.contains(word),
        _ => false,
    };
    let (high, used) = one(tokens, at + 1, guards).filter(|_| joins)?;
    Some((high, used + 1))
}
