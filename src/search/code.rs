//! Turns numbers into characters that compress well, and back: the alphabet of the index.

/// The printable characters of ASCII but the quote, the backslash and the two separators.
pub(super) const DIGITS: &[u8; 91] =
    b" !#$%&'()*+-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_`abcdefghijklmnopqrstuvwxyz{}~";
/// The last digit of a number, and the digits before it: an (s, c)-dense code (Brisaboa et al., 2003).
const STOP: usize = 38;
const MORE: usize = 14;
/// The first character of the levels of a hit, and of a word that only neighbours use.
const HIT: usize = STOP + MORE;
pub(super) const HITS: usize = 32;
const NEAR: usize = HIT + HITS;
pub(super) const NEARS: usize = 7;

/// One small number as a character; larger ones become the largest.
pub(super) fn digit(number: usize) -> char {
    char::from(DIGITS[number.min(DIGITS.len() - 1)])
}

/// The number behind a character.
pub(super) fn value(character: u8) -> usize {
    DIGITS.iter().position(|d| *d == character).unwrap_or(0)
}

/// Appends a number of any size.
pub(super) fn push_number(out: &mut String, number: usize) {
    let mut digits = [0_u8; 24];
    let (mut at, mut rest) = (0, number / STOP);
    while rest > 0 {
        rest -= 1;
        digits[at] = DIGITS[STOP + rest % MORE];
        rest /= MORE;
        at += 1;
    }
    out.extend(digits[..at].iter().rev().map(|d| char::from(*d)));
    out.push(char::from(DIGITS[number % STOP]));
}

/// The numbers of a text that holds nothing else.
pub(super) fn numbers(text: &str) -> Vec<usize> {
    let mut list = Vec::new();
    let mut high = 0;
    for byte in text.bytes() {
        match value(byte) {
            last if last < STOP => {
                list.push(high * STOP + last);
                high = 0;
            }
            digit => high = high * MORE + digit - STOP + 1,
        }
    }
    list
}

/// Appends postings: (unit, level, whether the word itself stands there), grouped by level, strongest first.
pub(super) fn push_postings(out: &mut String, postings: &[(u32, u8, bool)]) {
    let mut groups: [Vec<u32>; HITS + NEARS] = [const { Vec::new() }; HITS + NEARS];
    for (unit, level, hit) in postings {
        let level = usize::from(*level).saturating_sub(1);
        groups[if *hit { level.min(HITS - 1) } else { HITS + level.min(NEARS - 1) }].push(*unit);
    }
    for at in (0..HITS).rev().chain((HITS..HITS + NEARS).rev()) {
        let mut next = 0;
        if !groups[at].is_empty() {
            out.push(char::from(DIGITS[HIT + at]));
        }
        for unit in &groups[at] {
            push_number(out, (*unit - next) as usize);
            next = *unit + 1;
        }
    }
}

/// Calls `each` with unit, level and whether the word itself stands there.
pub(super) fn postings(text: &str, mut each: impl FnMut(usize, usize, bool)) {
    let (mut level, mut hit, mut next, mut high) = (0, true, 0, 0);
    for byte in text.bytes() {
        match value(byte) {
            digit if digit >= NEAR => (level, hit, next) = (digit - NEAR + 1, false, 0),
            digit if digit >= HIT => (level, hit, next) = (digit - HIT + 1, true, 0),
            digit if digit >= STOP => high = high * MORE + digit - STOP + 1,
            last => {
                let unit = next + high * STOP + last;
                each(unit, level, hit);
                (next, high) = (unit + 1, 0);
            }
        }
    }
}

/// A script of one call with one string: the name of the file, a line break, its text.
pub(super) fn script(name: &str, text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 16 + 64);
    out.push_str("(self.fascicleFiles=self.fascicleFiles||[]).push(\"");
    out.push_str(name);
    out.push_str("\\n");
    let mut rest = text;
    while let Some(at) = rest.find(['"', '\\', '\n', '\r', '\0', '<', '\u{2028}', '\u{2029}']) {
        out.push_str(&rest[..at]);
        let mut chars = rest[at..].chars();
        out.push_str(match chars.next() {
            Some('"') => "\\\"",
            Some('\\') => "\\\\",
            Some('\n') => "\\n",
            Some('\r') => "\\r",
            Some('\0') => "\\x00",
            Some('<') => "\\x3c",
            Some('\u{2028}') => "\\u2028",
            _ => "\\u2029",
        });
        rest = chars.as_str();
    }
    out.push_str(rest);
    out.push_str("\")\n");
    out
}

/// The name and text of such a script.
pub(super) fn unscript(script: &str) -> Option<(String, String)> {
    let (_, rest) = script.split_once(".push(\"")?;
    let mut out = String::with_capacity(rest.len());
    let mut chars = rest.strip_suffix("\")\n")?.chars();
    while let Some(c) = chars.next() {
        let number = |chars: &mut std::str::Chars<'_>, digits: usize| {
            let hex: String = chars.take(digits).collect();
            u32::from_str_radix(&hex, 16).ok().and_then(char::from_u32)
        };
        out.push(match c {
            '\\' => match chars.next()? {
                'n' => '\n',
                'r' => '\r',
                'x' => number(&mut chars, 2)?,
                'u' => number(&mut chars, 4)?,
                c => c,
            },
            c => c,
        });
    }
    out.split_once('\n').map(|(name, text)| (name.to_owned(), text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_back() {
        let list: Vec<usize> = (0..3000).chain([44 * 17, 1_000_000, 4_000_000_000]).collect();
        let mut text = String::new();
        list.iter().for_each(|n| push_number(&mut text, *n));
        assert_eq!(numbers(&text), list);
    }

    #[test]
    fn postings_come_back_strongest_first() {
        let mut text = String::new();
        push_postings(&mut text, &[(3, 2, true), (5, 24, true), (900, 2, true), (901, 6, false)]);
        let mut list = Vec::new();
        postings(&text, |unit, level, hit| list.push((unit, level, hit)));
        assert_eq!(list, [(5, 24, true), (3, 2, true), (900, 2, true), (901, 6, false)]);
    }
}
