//! Turns text into words as they are compared in the index. The script in the browser cuts queries by the same rules.

use icu_segmenter::WordSegmenter;
use icu_segmenter::options::WordBreakInvariantOptions;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Longer words are cut: nobody types them, and a file full of them stays small.
pub(super) const LONGEST: usize = 40;
/// What stands behind an apostrophe and is no word of its own: it's, we'll. A t is part of the word: "can't" is "cant".
const TAILS: [&str; 6] = ["s", "d", "m", "ll", "re", "ve"];

/// Calls `each` for every word of a text, in order.
pub(super) fn words(text: &str, each: &mut impl FnMut(&str)) {
    if text.is_ascii() {
        ascii_words(text, each);
        return;
    }
    // No rule looks past white space, and most words of a text with a few special characters have none.
    for part in text.split_ascii_whitespace() {
        if part.is_ascii() {
            ascii_words(part, each);
        } else {
            unicode_words(part, each);
        }
    }
}

fn unicode_words(text: &str, each: &mut impl FnMut(&str)) {
    let plain: String = text.nfkc().filter(|c| !is_invisible(*c)).collect::<String>().to_lowercase();
    let mut rest = plain.as_str();
    while let Some(start) = rest.find(is_letter) {
        let before = plain[..plain.len() - rest.len() + start].strip_suffix(['\'', '\u{2019}']);
        let tail = before.is_some_and(|before| before.ends_with(is_letter));
        rest = &rest[start..];
        let end = rest.find(|c| !is_letter(c)).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        match after
            .strip_prefix("'t")
            .or_else(|| after.strip_prefix("\u{2019}t"))
            .filter(|more| !more.starts_with(is_letter))
        {
            Some(more) => {
                whole(&format!("{word}t"), each);
                rest = more;
            }
            None => {
                if !(tail && TAILS.contains(&word)) {
                    whole(word, each);
                }
                rest = after;
            }
        }
    }
}

/// The words of a text with the bytes at which each starts and ends, as they are marked in an excerpt.
pub(super) fn spans(text: &str) -> Vec<(String, usize, usize)> {
    let mut list = Vec::new();
    let mut start = None;
    for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
        match (is_letter(c), start) {
            (true, None) => start = Some(at),
            (false, Some(from)) => {
                let run = &text[from..at];
                let mut ends = vec![run.len()];
                if run.chars().any(is_unspaced) {
                    ends = WordSegmenter::new_dictionary(WordBreakInvariantOptions::default())
                        .segment_str(run)
                        .skip(1)
                        .collect();
                }
                let mut before = 0;
                for end in ends {
                    let mut word = String::new();
                    words(&run[before..end], &mut |part| word.push_str(part));
                    list.push((word, from + before, from + end));
                    before = end;
                }
                start = None;
            }
            _ => {}
        }
    }
    list
}

/// Whether a byte of ASCII is part of a word.
const LETTER: [bool; 256] = {
    let mut table = [false; 256];
    let mut at = 0;
    while at < 128 {
        table[at] = (at as u8).is_ascii_alphanumeric();
        at += 1;
    }
    table
};

fn ascii_words(text: &str, each: &mut impl FnMut(&str)) {
    let lower = text.to_ascii_lowercase();
    let bytes = lower.as_bytes();
    let letter = |byte: &u8| LETTER[usize::from(*byte)];
    let mut at = 0;
    while let Some(gap) = bytes[at..].iter().position(letter) {
        let start = at + gap;
        at = bytes[start..].iter().position(|byte| !letter(byte)).map_or(bytes.len(), |end| start + end);
        let word = &lower[start..at.min(start + LONGEST)];
        let quote = |at: usize| bytes.get(at) == Some(&b'\'');
        if quote(at) && bytes.get(at + 1) == Some(&b't') && !bytes.get(at + 2).is_some_and(letter) {
            at += 2;
            each(&format!("{word}t"));
        } else if !(start > 1 && quote(start - 1) && letter(&bytes[start - 2]) && TAILS.contains(&word)) {
            each(word);
        }
    }
}

/// A run of letters: one word, or several where the script has no spaces.
fn whole(run: &str, each: &mut impl FnMut(&str)) {
    if !run.chars().any(is_unspaced) {
        match run.char_indices().nth(LONGEST) {
            Some((end, _)) => each(&run[..end]),
            None => each(run),
        }
        return;
    }
    let mut start = 0;
    for end in WordSegmenter::new_dictionary(WordBreakInvariantOptions::default()).segment_str(run) {
        if end > start {
            each(&run[start..end]);
        }
        start = end;
    }
}

fn is_letter(c: char) -> bool {
    c.is_alphanumeric() || is_combining_mark(c)
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{AD}' | '\u{200B}'..='\u{200D}')
}

/// Scripts whose words are not set apart by spaces.
fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{E00}'..='\u{EFF}' | '\u{1000}'..='\u{109F}' | '\u{1780}'..='\u{17FF}' | '\u{3040}'..='\u{30FF}'
        | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}')
}

/// A word without accents, so that "cafe" finds "café".
pub(super) fn fold(word: &str) -> String {
    if word.is_ascii() {
        return word.to_owned();
    }
    word.nfkd().filter(|c| !is_accent(*c)).collect()
}

fn is_accent(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36F}' | '\u{591}'..='\u{5C7}' | '\u{610}'..='\u{61A}' | '\u{64B}'..='\u{65F}' | '\u{670}')
}

/// The order in which JavaScript compares texts.
pub(super) fn compare(a: &str, b: &str) -> std::cmp::Ordering {
    if a.is_ascii() && b.is_ascii() { a.cmp(b) } else { a.encode_utf16().cmp(b.encode_utf16()) }
}

#[cfg(test)]
mod tests {
    fn all(text: &str) -> Vec<String> {
        let mut list = Vec::new();
        super::words(text, &mut |word| list.push(word.to_owned()));
        list
    }

    #[test]
    fn words_are_cut_alike_with_and_without_accents() {
        assert_eq!(all("Don't press: it's 3-6 s!"), ["dont", "press", "it", "3", "6", "s"]);
        assert_eq!(all("Don\u{2019}t l\u{2019}eau CAFE\u{301}"), ["dont", "l", "eau", "caf\u{e9}"]);
        assert_eq!(all("soft\u{AD}hyphen"), ["softhyphen"]);
        assert_eq!(all(&"x".repeat(100_000)), ["x".repeat(40)]);
    }

    #[test]
    fn text_without_spaces_is_segmented() {
        assert!(all("肩の痛み").len() > 1);
        assert!(all("ปวดไหล่มาก").len() > 1);
    }

    #[test]
    fn accents_fold() {
        assert_eq!(super::fold("caf\u{e9}"), "cafe");
        assert_eq!(super::fold("muskel"), "muskel");
    }
}
