//! Turns a text into the digest of its words, in which two texts are the same or not.
//!
//! Letter case, kinds of quotes and dashes, punctuation between words, white space and contractions change nothing. What
//! changes a meaning stays: decimal points, signs, comparison signs, percent, options and names with signs (`-r`, `C#`), the case
//! of units after a number (mg, Mg), a comma after "no", hyphens that are not between two plain words.

use unicode_normalization::{UnicodeNormalization, is_nfkc};

use crate::hash::Digest;

/// Short words that are others in capitals.
const CAPITALS: &[&str] = &["US", "IT", "WHO", "AIDS"];
/// Behind a number the halves of a day, and no units.
const HALVES: [&str; 2] = ["am", "pm"];
/// Words that mean another thing with a pause behind them.
const PAUSED: &[&str] = &["no", "not", "never", "yes", "well", "why"];

/// The digest of a text's words.
pub(crate) fn key(text: &str) -> Digest {
    Digest::of_bytes(words(text).as_bytes())
}

/// The words of a text as they are compared.
pub(crate) fn words(text: &str) -> String {
    let composed: String;
    let text = if text.is_ascii() || is_nfkc(text) {
        text
    } else {
        composed = composed_of(text);
        &composed
    };
    let mut out = String::with_capacity(text.len());
    let shouted = !text.bytes().any(|b| b.is_ascii_lowercase());
    let mut rest = text;
    while !rest.is_empty() {
        rest = &rest[simple(rest, &mut out)..];
        let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
        for (at, part) in rest[..end].split(['\u{2014}', '\u{2015}']).enumerate() {
            if at > 0 {
                push(&mut out, "-");
            }
            word(part, shouted, &mut out);
        }
        // White space that is not ASCII ends a word, too.
        rest = rest[end..].trim_start();
    }
    while out.ends_with(" -") {
        out.truncate(out.len() - 2);
    }
    if out.contains(" - ") { without_dashes(&out) } else { out }
}

/// A dash between words is a comma; between numbers or single letters it is a sign.
fn without_dashes(words: &str) -> String {
    let sign = |word: &str| word.chars().count() < 2 || word.contains(|c: char| c.is_ascii_digit());
    let all: Vec<&str> = words.split(' ').collect();
    let mut out = String::with_capacity(words.len());
    for (at, word) in all.iter().enumerate() {
        if *word == "-" && at > 0 && at + 1 < all.len() && !sign(all[at - 1]) && !sign(all[at + 1]) {
            if PAUSED.contains(&all[at - 1]) {
                out.push(',');
            }
            continue;
        }
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

/// NFKC, but that a raised digit is no digit of the number before it.
fn composed_of(text: &str) -> String {
    let raised = |c: char| matches!(c, '\u{B2}' | '\u{B3}' | '\u{B9}' | '\u{2070}'..='\u{2089}' | '\u{BC}'..='\u{BE}');
    if !text.contains(raised) {
        return text.nfkc().collect();
    }
    text.chars().flat_map(|c| raised(c).then_some('^').into_iter().chain([c])).nfkc().collect()
}

fn push(out: &mut String, word: &str) {
    if !(out.is_empty() || word == "-" && out.ends_with(" -")) {
        out.push(' ');
    }
    if !(word == "-" && out.ends_with("- ")) {
        out.push_str(word);
    }
}

/// Takes the words of ASCII letters that a text begins with, which most words are; returns where another one stands.
fn simple(text: &str, out: &mut String) -> usize {
    let bytes = text.as_bytes();
    let kind = |at: usize| bytes.get(at).map_or(BLANK, |byte| KINDS[usize::from(*byte)]);
    // Words with nothing but a space between them are taken in one piece.
    let (mut at, mut piece) = (0, 0..0);
    loop {
        while at < bytes.len() && kind(at) == BLANK {
            at += 1;
        }
        let (start, mut all) = (at, 0);
        while kind(at) & (SMALL | LARGE) > 0 {
            all |= kind(at);
            at += 1;
        }
        let letters = at;
        while kind(at) == STOP {
            at += 1;
        }
        let sure = letters >= start + 6 || at == letters && all == SMALL || {
            let behind_a_word = !piece.is_empty() || !out.ends_with(|c: char| c.is_ascii_digit());
            letters > start && is_plain(&bytes[start..letters], behind_a_word)
        };
        let taken = sure && kind(at) == BLANK && !text[start..letters].eq_ignore_ascii_case("cannot");
        if taken && !piece.is_empty() && start == piece.end + 1 && bytes[piece.end] == b' ' {
            piece.end = letters;
            continue;
        }
        push_lower(out, &text[piece]);
        if !taken {
            return start;
        }
        piece = start..letters;
    }
}

/// Whether a short word is one that neither its case nor a pause behind it makes another: no unit, no pronoun in capitals,
/// no "no" with a comma.
fn is_plain(word: &[u8], behind_a_word: bool) -> bool {
    word[1..].iter().all(u8::is_ascii_lowercase)
        && (behind_a_word || word.len() > 3)
        && !PAUSED.iter().any(|paused| word.eq_ignore_ascii_case(paused.as_bytes()))
}

fn push_lower(out: &mut String, words: &str) {
    if words.is_empty() {
        return;
    }
    if !out.is_empty() {
        out.push(' ');
    }
    let from = out.len();
    out.push_str(words);
    out[from..].make_ascii_lowercase();
}

/// A small letter of ASCII.
const SMALL: u8 = 1;
/// A capital of ASCII.
const LARGE: u8 = 2;
/// What ends a sentence or a part of one.
const STOP: u8 = 4;
/// White space, and the end of a text.
const BLANK: u8 = 8;

/// By byte, its kind; 0 for every other one.
const KINDS: [u8; 256] = {
    let mut kinds = [0; 256];
    let mut at = 0;
    while at < 256 {
        kinds[at] = match at as u8 {
            b'a'..=b'z' => SMALL,
            b'A'..=b'Z' => LARGE,
            b'.' | b',' | b';' | b':' | b'!' | b'?' => STOP,
            b' ' | b'\t'..=b'\r' => BLANK,
            _ => 0,
        };
        at += 1;
    }
    kinds
};

/// A word with the signs behind it where they are part of a command or a path: ":q!", "src/*".
fn with_signs<'w>(start: &'w str, bare: &'w str) -> &'w str {
    let tail = &start[bare.len()..];
    let command = bare.starts_with([':', '/', '.', '-', '$', '@', '!', '\\', '~', '=']);
    let signs = if bare.contains('/') { tail.len() - tail.trim_start_matches('*').len() } else { 0 };
    let signs = if command { tail.len() - tail.trim_start_matches(['!', '*']).len() } else { signs };
    &start[..bare.len() + signs]
}

fn word(chunk: &str, shouted: bool, out: &mut String) {
    let plain: String = chunk.chars().filter_map(plain_char).collect();
    let start = plain.trim_start_matches(['"', '\'', '(', '[', '*', '_', '`']);
    let bare = start.trim_end_matches(['.', ',', ';', ':', '!', '?', '"', '\'', ')', ']', '*', '_', '`', '\u{2026}']);
    if bare.is_empty() {
        return;
    }
    let bare = with_signs(start, bare);
    if bare.bytes().all(|b| b == b'-') {
        return push(out, "-");
    }
    let half = HALVES.iter().any(|half| bare.eq_ignore_ascii_case(half));
    let unit = out.ends_with(|c: char| c.is_ascii_digit()) && bare.chars().count() <= 3 && !half;
    let option = bare.starts_with('-') && bare.len() > 1;
    let other = !shouted && CAPITALS.contains(&bare);
    let word = if unit || option || other { bare.to_owned() } else { bare.to_lowercase() };
    if word == "&" || word == "&amp;" {
        return push(out, "and");
    }
    if let Some(stem) = word.strip_suffix("n't") {
        push(
            out,
            match stem {
                "ca" => "can",
                "wo" => "will",
                "sha" => "shall",
                stem => stem,
            },
        );
        return push(out, "not");
    }
    if word == "cannot" {
        push(out, "can");
        return push(out, "not");
    }
    if let Some((stem, verb)) = drawn(&word) {
        push(out, stem);
        return push(out, verb);
    }
    for part in parts(&word) {
        push(out, part);
    }
    if PAUSED.contains(&word.as_str()) && start.len() > bare.len() && !start.ends_with(['"', '\'']) {
        out.push(',');
    }
}

/// A word and the verb that is drawn together with it: "you'll". Behind a name, 's may say whose.
fn drawn(word: &str) -> Option<(&str, &'static str)> {
    let (stem, tail) = word.split_once('\'')?;
    let verb = match (stem, tail) {
        ("let", "s") => "us",
        ("it" | "that" | "there" | "here" | "he" | "she" | "what" | "who" | "where" | "how", "s") => "is",
        ("i", "m") => "am",
        ("i" | "you" | "we" | "they" | "it" | "he" | "she" | "that" | "there" | "who", "ll") => "will",
        ("you" | "we" | "they" | "who", "re") => "are",
        ("i" | "you" | "we" | "they" | "who" | "could" | "should" | "would" | "must" | "might", "ve") => "have",
        _ => return None,
    };
    Some((stem, verb))
}

pub(super) fn plain_char(c: char) -> Option<char> {
    match c {
        '\u{2018}' | '\u{2019}' => Some('\''),
        '\u{201C}' | '\u{201D}' | '\u{AB}' | '\u{BB}' => Some('"'),
        '\u{2010}'..='\u{2013}' | '\u{2212}' => Some('-'),
        '\u{2044}' => Some('/'),
        '\u{200B}'..='\u{200D}' | '\u{AD}' => None,
        c => Some(c),
    }
}

/// Beginnings of words and small numbers: "non-stick", "two-week".
const PREFIXES: [&str; 14] =
    ["non", "mis", "pre", "sub", "mid", "bio", "geo", "neo", "tri", "out", "one", "two", "six", "ten"];

/// A compound of two plain words is those words ("shoulder-blade"); of a prefix, a number or a participle it stays one
/// ("re-sign", "five-minute", "man-eating").
fn parts(word: &str) -> Vec<&str> {
    let mut parts: Vec<&str> = word.split('-').collect();
    let plain = |part: &&str| part.chars().count() >= 3 && part.chars().all(char::is_alphabetic);
    let joined = parts.len() != 2
        || !parts.iter().all(plain)
        || parts[1].chars().count() < 4
        || PREFIXES.contains(&parts[0])
        || ["ing", "ed", "en", "able", "like", "free"].iter().any(|ending| parts[1].ends_with(ending));
    if joined {
        parts = vec![word];
    }
    parts
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_only_looks_different_is_the_same() {
        for (a, b) in [
            ("Yes - in a cloth - for ten minutes.", "yes \u{2014} in a cloth \u{2014} for ten minutes"),
            ("Sometimes -- when asked.", "Sometimes\u{2014}when asked"),
            ("between 3 and 6 on a scale", "Between 3 and 6, on a scale."),
            ("the office clerk", "The office-clerk!"),
            ("on the sit bone", "on the sit-bone"),
            ("How long", "How  long?"),
            ("ten minutes a day", "ten\u{A0}minutes\u{2028}\u{2029}a day \u{3000}"),
            ("Don\u{2019}t press", "do not press"),
            ("You'll see that it\u{2019}s hot", "you will see that it is hot"),
            ("If you CANNOT, or cannot:", "if you can not or can not"),
            ("Salt & Pepper", "Salt and Pepper"),
            ("Yes, in a cloth, for ten minutes", "Yes - in a cloth - for ten minutes"),
            ("from 9 AM to 6 PM", "from 9 am to 6 pm"),
            ("hold 30\u{2013}90 s", "hold 30-90 s"),
            ("short\u{2011}term relief", "short-term relief"),
        ] {
            assert_eq!(words(a), words(b), "{a} / {b}");
        }
    }

    #[test]
    fn what_changes_a_meaning_is_not() {
        for (a, b) in [
            ("version 2.4", "version 24"),
            ("Use 1/2 a ball", "Use 12 a ball"),
            ("keep it at +5", "keep it at -5"),
            ("set x=-1", "set x=1"),
            ("rm -r old", "rm r old"),
            ("ls -L", "ls -l"),
            ("call C#", "call C"),
            ("2 \u{D7} 30 seconds", "230 seconds"),
            ("take 5 mg", "take 5 Mg"),
            ("\u{2264} 5 %", "\u{2265} 5 %"),
            ("No, more is better", "No more is better"),
            ("No - more is better", "No more is better"),
            ("take 5 - 3 of them", "take 5, 3 of them"),
            ("re-sign it", "resign it"),
            ("a man-eating fish", "a man eating fish"),
            ("some twenty-odd years", "some twenty odd years"),
            ("a two-week trip", "a two week trip"),
            ("tell US", "tell us"),
            ("3-6 times", "36 times"),
            ("it's lid", "its lid"),
            ("the doctor's in", "the doctor is in"),
            ("10\u{B2} of them", "102 of them"),
            ("1\u{BD} cups", "11/2 cups"),
        ] {
            assert_ne!(words(a), words(b), "{a} / {b}");
        }
    }

    /// What [`words`] gives where it takes no words in one piece.
    fn one_by_one(text: &str) -> String {
        let (mut out, shouted) = (String::new(), !text.bytes().any(|b| b.is_ascii_lowercase()));
        for chunk in text.split_whitespace() {
            word(chunk, shouted, &mut out);
        }
        while out.ends_with(" -") {
            out.truncate(out.len() - 2);
        }
        if out.contains(" - ") { without_dashes(&out) } else { out }
    }

    proptest! {
        #[test]
        fn words_in_one_piece_are_those_one_by_one(
            words_of in prop::collection::vec("[A-Z]?[a-z]{1,6}[.,:!?]{0,2}|US|IT|Mg|[Nn]o,?|[Nn]ever,?|I|[0-9]{1,2}|-|[A-Z]{2,5}|cannot|it's", 0..12)
        ) {
            let text = words_of.join(" ");
            prop_assert_eq!(words(&text), one_by_one(&text));
        }

        #[test]
        fn every_text_comes_to_its_end(text in "[a-zA-Z .,'\u{A0}\u{2028}\u{3000}\u{2014}\u{E9}0-9-]{0,60}") {
            let once = words(&text);
            prop_assert!(!once.starts_with(' ') && once.len() <= 4 * text.len(), "{text:?}: {once:?}");
        }
    }
}
