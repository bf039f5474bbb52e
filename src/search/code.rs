//! Turns numbers into characters that compress well, and back: the alphabet of the index.

/// The printable characters of ASCII but the quote, the backslash and the two separators.
pub(super) const DIGITS: &[u8; 91] =
    b" !#$%&'()*+-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_`abcdefghijklmnopqrstuvwxyz{}~";
/// The last digit of a number, and the digits before it: an (s, c)-dense code (Brisaboa et al., 2003).
const STOP: usize = 38;
const MORE: usize = 14;
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
    // Nearly all are small.
    if number < STOP * (1 + MORE) {
        if number >= STOP {
            out.push(char::from(DIGITS[STOP + number / STOP - 1]));
        }
        out.push(char::from(DIGITS[number % STOP]));
        return;
    }
    let mut digits = [0_u8; 24];
    let (mut at, mut rest) = (0, number / STOP);
    while rest > 0 {
        rest -= 1;
        digits[at] = DIGITS[STOP + rest % MORE];
        rest /= MORE;
        at += 1;
    }
    digits[..at].iter().rev().for_each(|digit| out.push(char::from(*digit)));
    out.push(char::from(DIGITS[number % STOP]));
}

/// How many characters a number takes.
pub(super) fn length(number: usize) -> usize {
    let (mut length, mut rest) = (1, number / STOP);
    while rest > 0 {
        rest = (rest - 1) / MORE;
        length += 1;
    }
    length
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

/// Bytes that a string of a script may have to write otherwise.
const TOLD: [bool; 256] = {
    let mut table = [false; 256];
    let told = *b"\"\\\n\r\0<\xE2";
    let mut at = 0;
    while at < told.len() {
        table[told[at] as usize] = true;
        at += 1;
    }
    table
};

/// A script of one call with one string: the name of the file, a line break, its text.
pub(super) fn script(name: &str, text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 16 + 64);
    out.push_str("(self.fascicleFiles=self.fascicleFiles||[]).push(\"");
    out.push_str(name);
    out.push_str("\\n");
    let (mut done, mut from) = (0, 0);
    while let Some(at) = text.as_bytes()[from..].iter().position(|byte| TOLD[usize::from(*byte)]) {
        let at = from + at;
        from = at + 1;
        let (length, code) = match text.as_bytes()[at] {
            b'"' => (1, "\\\""),
            b'\\' => (1, "\\\\"),
            b'\n' => (1, "\\n"),
            b'\r' => (1, "\\r"),
            0 => (1, "\\x00"),
            b'<' => (1, "\\x3c"),
            0xE2 if text[at..].starts_with('\u{2028}') => (3, "\\u2028"),
            0xE2 if text[at..].starts_with('\u{2029}') => (3, "\\u2029"),
            _ => continue,
        };
        out.push_str(&text[done..at]);
        out.push_str(code);
        done = at + length;
    }
    out.push_str(&text[done..]);
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
        assert_eq!(list.iter().map(|n| length(*n)).sum::<usize>(), text.len());
    }
}
