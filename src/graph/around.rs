//! Turns a place in the HTML of a text into the sentence that stands there, through links and emphasis.

use std::ops::Range;

use crate::parse::{sentence, without_holes};
use crate::text::{floor, is_inline, plain};

/// How far a sentence may reach on each side, in bytes.
const FAR: usize = 4_000;
/// How many tags are looked at on each side.
const TAGS: usize = 40;

/// The sentence around the bytes of `place`, which stand in one run of text.
pub(super) fn sentence_at(html: &str, place: Range<usize>) -> String {
    let words = |range: Range<usize>| without_holes(&plain(&html[range]));
    let from = near(html, start(html, place.start), place.start);
    let to = end(html, place.end).min(floor(html, place.end + FAR));
    let (before, behind) = (words(from..place.start), words(place.start..to));
    closed_up(sentence(&format!("{before}{behind}"), before.len()).split_whitespace())
}

/// Words in a row. What stood between them and was left out leaves no space before a full stop or a comma.
fn closed_up<'w>(words: impl Iterator<Item = &'w str>) -> String {
    let mut out = String::new();
    for word in words {
        if !out.is_empty() && !matches!(word, "." | "," | ";") {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

/// The start of a block, or a place outside of a tag that is not too far from `at`.
fn near(html: &str, start: usize, at: usize) -> usize {
    let from = start.max(floor(html, at.saturating_sub(FAR)));
    let cut = &html[from..at];
    match (cut.find('>'), cut.find('<')) {
        (Some(close), open) if from > start && open.is_none_or(|open| close < open) => from + close + 1,
        _ => from,
    }
}

/// Where the text of a block starts: behind the last tag that is not within a line.
fn start(html: &str, at: usize) -> usize {
    let mut from = at;
    for _ in 0..TAGS {
        let Some(open) = html[..from].rfind('<') else { return 0 };
        let behind = html[open..at].find('>').map_or(at, |n| open + n + 1);
        if !is_inline(&html[open..behind]) {
            return behind;
        }
        from = open;
    }
    from
}

/// Where the text of a block ends: before the first tag that is not within a line.
fn end(html: &str, at: usize) -> usize {
    let mut to = at;
    for _ in 0..TAGS {
        let Some(open) = html[to..].find('<').map(|n| to + n) else { return html.len() };
        let behind = html[open..].find('>').map_or(html.len(), |n| open + n + 1);
        if !is_inline(&html[open..behind]) {
            return open;
        }
        to = behind;
    }
    to
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_and_emphasis_do_not_end_a_sentence() {
        let html = "<ul><li>One. If it <em>comes</em> from <a href=\"x\">sitting</a>, rest <strong>the</strong> calf &amp; wait. Two.</li><li>calf</li></ul>";
        let at = html.find("calf").unwrap_or(0);
        assert_eq!(sentence_at(html, at..at + 4), "If it comes from sitting, rest the calf & wait.");
        assert_eq!(sentence_at("the calf", 4..8), "the calf");
        let cited = "rest the calf <sup></sup>, edit .htaccess <sup></sup>.";
        assert_eq!(sentence_at(cited, 9..13), "rest the calf, edit .htaccess.");
        let last = html.rfind("calf").unwrap_or(0);
        assert_eq!(sentence_at(html, last..last + 4), "calf");
    }
}
