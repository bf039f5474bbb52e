//! Turns the units of an article into counted words: a pure function of the article, memoized.

use std::sync::Arc;

use rustc_hash::FxHashSet;

use super::units::{Titles, Unit, units};
use super::vocabulary::{List, Vocabulary};
use super::words::words;
use crate::parse::Article;
use crate::schema::Schema;

/// Words read of one page; a book belongs on several.
pub(super) const MOST_WORDS: u32 = 200_000;
/// Words of names weigh as those of a title, nearly.
const NAMES: f64 = 0.9;
/// Parts of one word in which weights are counted.
pub(super) const PARTS: f64 = 10.0;

/// What the index keeps of an article.
#[derive(Debug, Default)]
pub(super) struct Postings {
    /// The different words, in the order of their first use.
    pub words: List,
    /// Unit by unit.
    pub entries: Vec<Entry>,
    pub units: Vec<Part>,
    /// The units as results show them: heading, anchor and text.
    pub shown: Arc<str>,
    /// Whether there were more words than are read.
    pub capped: bool,
}

/// How often a word stands in a unit: in the heading or title, and in the text, in tenths; weights included.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    pub word: u32,
    pub title: u16,
    pub body: u16,
}

/// How long a unit is, and where its entries end.
#[derive(Clone, Copy, Debug)]
pub(super) struct Part {
    pub title_words: u32,
    pub body_words: u32,
    pub end: u32,
}

/// Characters that stay as texts: of a page without sections, of the head of one with them, of each section.
#[derive(Clone, Copy, Hash)]
pub(super) struct Keep {
    pub alone: usize,
    pub head: usize,
    pub section: usize,
}

/// What is counted how.
#[derive(Clone, Copy)]
pub(super) struct Counting<'a> {
    pub schema: &'a Schema,
    pub keep: Keep,
    /// Words of the article's language that carry no meaning: they make no question longer.
    pub stop: &'a FxHashSet<&'static str>,
    pub titles: Titles<'a>,
}

/// Counts the words of an article.
pub(super) fn postings(article: &Article, how: Counting<'_>, counter: &mut Counter) -> Postings {
    let (mut done, mut shown) = (Postings::default(), String::new());
    counter.known.clear();
    counter.last.clear();
    counter.entries.clear();
    counter.total = 0;
    let none = FxHashSet::default();
    let units = units(article, how.schema, how.titles);
    let head = if units.len() > 1 { how.keep.head } else { how.keep.alone };
    for (at, unit) in units.into_iter().enumerate() {
        counter.from = counter.entries.len();
        let mut title_words = 0;
        if at == 0 {
            title_words = counter.heading(&article.title, 1.0, &none);
            for name in &article.names {
                counter.heading(name, NAMES, &none);
            }
        } else {
            let weight = if unit.asked > 0.0 { unit.asked } else { 1.0 };
            title_words += counter.heading(&unit.heading, weight, if unit.asked > 0.0 { how.stop } else { &none });
        }
        let body_words = counter.text(&unit.text, 1.0) + counter.text(&unit.hidden, 1.0);
        for (text, weight) in &unit.weighed {
            counter.text(text, *weight - 1.0);
        }
        done.units.push(Part { title_words, body_words, end: counter.entries.len() as u32 });
        push_shown(&mut shown, &unit, if at == 0 { head } else { how.keep.section });
    }
    done.capped = counter.total > MOST_WORDS;
    done.entries = counter.entries.iter().map(Count::entry).collect();
    done.words = counter.known.list();
    done.units.shrink_to_fit();
    done.shown = shown.into();
    done
}

/// What articles are counted with, one behind the other.
#[derive(Default)]
pub(super) struct Counter {
    known: Vocabulary,
    /// By word, where its entry of this unit stands.
    last: Vec<u32>,
    entries: Vec<Count>,
    from: usize,
    total: u32,
}

/// An entry that still grows.
struct Count {
    word: u32,
    title: i32,
    body: i32,
}

impl Count {
    fn entry(&self) -> Entry {
        let part = |sum: i32| sum.clamp(0, i32::from(u16::MAX)) as u16;
        Entry { word: self.word, title: part(self.title), body: part(self.body) }
    }
}

impl Counter {
    /// Words of a title or heading; how many of them carry meaning.
    fn heading(&mut self, text: &str, weight: f64, stop: &FxHashSet<&'static str>) -> u32 {
        let (weight, mut count) = ((weight * PARTS).round() as i32, 0);
        words(text, &mut |word| {
            if let Some(entry) = self.one(word) {
                entry.title = entry.title.saturating_add(weight);
                count += u32::from(!stop.contains(word));
            }
        });
        count
    }

    /// Words of a text; how many there are.
    fn text(&mut self, text: &str, weight: f64) -> u32 {
        let (weight, mut count) = ((weight * PARTS).round() as i32, 0);
        words(text, &mut |word| {
            if let Some(entry) = self.one(word) {
                entry.body = entry.body.saturating_add(weight);
                count += 1;
            }
        });
        count
    }

    fn one(&mut self, word: &str) -> Option<&mut Count> {
        self.total = self.total.saturating_add(1);
        if self.total > MOST_WORDS {
            return None;
        }
        let id = self.known.number(word);
        if id as usize == self.last.len() {
            self.last.push(u32::MAX);
        }
        let last = &mut self.last[id as usize];
        if *last == u32::MAX || (*last as usize) < self.from {
            *last = self.entries.len() as u32;
            self.entries.push(Count { word: id, title: 0, body: 0 });
        }
        self.entries.get_mut(*last as usize)
    }
}

/// Appends a unit as results show it.
fn push_shown(out: &mut String, unit: &Unit, keep: usize) {
    out.push('\u{2}');
    let heading = clean(&unit.heading, 200);
    out.push_str(&heading);
    let asked = unit.anchor.strip_prefix("faq-").filter(|_| unit.asked > 0.0);
    let anchor = match asked {
        _ if is_slug_of(&unit.anchor, &heading) => "",
        Some(anchor) if is_slug_of(anchor, &heading) => "?",
        _ => &unit.anchor,
    };
    // What is not said of a section, the page says.
    let silent = keep == 0 && !heading.is_empty() && !unit.text.is_empty();
    if !(silent && anchor.is_empty()) {
        out.push('\u{3}');
        out.push_str(anchor);
    }
    if !silent {
        out.push('\u{3}');
        if keep > 0 {
            push_clean(out, &unit.text, keep);
        }
    }
}

/// A text of one line without control characters, cut at a word.
pub(super) fn clean(text: &str, most: usize) -> String {
    let mut out = String::new();
    push_clean(&mut out, text, most);
    out
}

fn push_clean(out: &mut String, text: &str, most: usize) {
    let (start, mut count) = (out.len(), 0);
    let mut push = |word: &str, length: usize| {
        if count + length > most {
            if out.len() == start {
                out.extend(word.chars().take(most));
            }
            out.push('…');
            return false;
        }
        if out.len() > start {
            out.push(' ');
        }
        out.push_str(word);
        count += length + 1;
        true
    };
    if !text.is_ascii() {
        let words = text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
        words.map(|word| push(word, word.chars().count())).find(|fits| !fits);
        return;
    }
    let (bytes, gap) = (text.as_bytes(), |byte: &u8| *byte <= b' ' || *byte == 0x7F);
    let mut at = 0;
    while let Some(blank) = bytes[at..].iter().position(|byte| !gap(byte)) {
        let from = at + blank;
        at = bytes[from..].iter().position(gap).map_or(bytes.len(), |end| from + end);
        if !push(&text[from..at], at - from) {
            return;
        }
    }
}

/// Whether an anchor is what its heading makes.
fn is_slug_of(anchor: &str, heading: &str) -> bool {
    if !heading.is_ascii() {
        return crate::text::slug(heading) == anchor;
    }
    let mut rest = anchor.bytes();
    let mut gap = None;
    for byte in heading.bytes() {
        if byte.is_ascii_alphanumeric() {
            if gap == Some(true) && rest.next() != Some(b'-') || rest.next() != Some(byte.to_ascii_lowercase()) {
                return false;
            }
            gap = Some(false);
        } else if byte != b'\'' && gap.is_some() {
            gap = Some(true);
        }
    }
    rest.next().is_none()
}

#[cfg(test)]
mod tests {
    #[test]
    fn anchors_are_told_from_headings() {
        for heading in ["What's  new, in 2.1?", " - a", "", "Caf\u{e9} noir", "A--b", "x'", "a 'b"] {
            let slug = crate::text::slug(heading);
            assert!(super::is_slug_of(&slug, heading), "{heading}");
            assert!(!super::is_slug_of(&format!("{slug}-2"), heading), "{heading}");
        }
        assert!(!super::is_slug_of("a", "a b"));
    }
}
