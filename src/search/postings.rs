//! Turns the units of an article into counted words: a pure function of the article, memoized.

use super::units::{Unit, units};
use super::vocabulary::{Vocabulary, hash};
use super::words::words;
use crate::parse::Article;
use crate::schema::Schema;

/// Words read of one page; a book belongs on several.
pub(super) const MOST_WORDS: u32 = 200_000;
/// Words of names weigh as those of a title, nearly.
const NAMES: f32 = 0.9;

/// What the index keeps of an article.
#[derive(Debug, Default)]
pub(super) struct Postings {
    /// The different words, in the order of their first use.
    pub words: Vocabulary,
    pub entries: Vec<Entry>,
    pub units: Vec<Part>,
    /// Whether there were more words than are read.
    pub capped: bool,
}

/// How often a word stands in a unit.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    pub word: u32,
    pub unit: u16,
    /// In the heading or title and in the text; weights included.
    pub title: f32,
    pub body: f32,
}

/// A unit without the words that only the index needs.
#[derive(Debug)]
pub(super) struct Part {
    pub heading: String,
    pub anchor: String,
    /// The text as it is shown, cut to the length asked for.
    pub text: String,
    pub title_words: u32,
    pub body_words: u32,
}

/// Counts the words of an article; of its head and of its sections so many characters stay as texts.
pub(super) fn postings(article: &Article, schema: &Schema, (head, section): (usize, usize)) -> Postings {
    let mut counter = Counter::default();
    for (at, unit) in units(article, schema).into_iter().enumerate() {
        counter.unit = u16::try_from(at).unwrap_or(u16::MAX);
        counter.from = counter.entries.len();
        let mut title_words = 0;
        if at == 0 {
            title_words = counter.add(&article.title, 1.0, true);
            for name in &article.names {
                counter.add(name, NAMES, true);
            }
        } else {
            title_words += counter.add(&unit.heading, 1.0, true);
        }
        let body_words = counter.add(&unit.text, 1.0, false) + counter.add(&unit.hidden, 1.0, false);
        for (text, weight) in &unit.weighed {
            counter.add(text, *weight as f32 - 1.0, false);
        }
        counter.finish(unit, title_words, body_words, if at == 0 { head } else { section });
    }
    let mut done = counter.done;
    counter.entries.shrink_to_fit();
    done.entries = counter.entries;
    done.words = counter.known.done();
    done
}

#[derive(Default)]
struct Counter {
    known: Vocabulary,
    /// By word, where its entry of this unit stands.
    last: Vec<u32>,
    entries: Vec<Entry>,
    from: usize,
    unit: u16,
    total: u32,
    done: Postings,
}

impl Counter {
    fn add(&mut self, text: &str, weight: f32, title: bool) -> u32 {
        let mut count = 0;
        words(text, &mut |word| {
            if self.total >= MOST_WORDS {
                self.done.capped = true;
                return;
            }
            self.total += 1;
            count += 1;
            self.one(word, weight, title);
        });
        count
    }

    fn one(&mut self, word: &str, weight: f32, title: bool) {
        let id = self.known.number(word, hash(word));
        if id as usize == self.last.len() {
            self.last.push(u32::MAX);
        }
        let at = self.last[id as usize] as usize;
        let at = if at != u32::MAX as usize && at >= self.from {
            at
        } else {
            self.last[id as usize] = self.entries.len() as u32;
            self.entries.push(Entry { word: id, unit: self.unit, title: 0.0, body: 0.0 });
            self.entries.len() - 1
        };
        let entry = &mut self.entries[at];
        if title { entry.title += weight } else { entry.body += weight }
    }

    fn finish(&mut self, unit: Unit, title_words: u32, body_words: u32, keep: usize) {
        self.done.units.push(Part {
            heading: clean(&unit.heading, 200),
            anchor: unit.anchor,
            text: clean(&unit.text, keep),
            title_words,
            body_words,
        });
    }
}

/// A text of one line without control characters, cut at a word.
pub(super) fn clean(text: &str, most: usize) -> String {
    let mut out = String::with_capacity(text.len().min(most * 2));
    let mut count = 0;
    for word in text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty()) {
        let length = word.chars().count();
        if count + length > most {
            if out.is_empty() {
                out.extend(word.chars().take(most));
            }
            out.push('…');
            break;
        }
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
        count += length + 1;
    }
    out
}
