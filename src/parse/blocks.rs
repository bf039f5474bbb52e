//! Turns the blocks of a body into their surfaces, and finds those that stood before.

use std::collections::HashMap;
use std::ops::Range;

use pulldown_cmark::TagEnd;

use super::markdown::Body;
use super::{Block, Repeat, Unit};
use crate::hash::Digest;
use crate::similar;
use crate::text::count_words;

/// At most this many blocks of one article are compared with those of others.
const MOST: usize = 2_000;

/// The blocks of one body so far.
pub(super) struct Blocks {
    min_words: usize,
    seen: HashMap<Digest, Range<usize>>,
    /// Where the open block starts in the HTML, in the text, in the references and in the units.
    pub out: usize,
    text: usize,
    references: usize,
    units: usize,
    /// What the last block was, in words.
    pub what: &'static str,
    /// Where the text of each open list item starts, and whether a list stands in it.
    items: Vec<(usize, bool)>,
    pub sketcher: similar::Sketcher,
}

impl Blocks {
    pub fn new(min_words: usize) -> Self {
        Self {
            min_words,
            seen: HashMap::new(),
            out: 0,
            text: 0,
            references: 0,
            units: 0,
            what: "",
            items: Vec::new(),
            sketcher: similar::Sketcher::default(),
        }
    }

    /// A block on the top level starts.
    pub fn open(&mut self, out: usize, text: usize, body: &Body) {
        (self.out, self.text) = (out, text);
        (self.references, self.units) = (body.references.len(), body.units.len());
    }

    /// An item of a list starts.
    pub fn open_item(&mut self, text: usize) {
        self.items.iter_mut().for_each(|item| item.1 = true);
        self.items.push((text, false));
    }

    /// An item ends. One that holds a list is no unit of its own: its items are.
    pub fn close_item(&mut self, text: &str, range: &Range<usize>, body: &mut Body) {
        let Some((start, nested)) = self.items.pop() else { return };
        if !nested && body.units.len() < MOST {
            self.unit("list item", text.get(start..).unwrap_or(""), range, body);
        }
    }

    fn unit(&mut self, what: &'static str, text: &str, range: &Range<usize>, body: &mut Body) {
        let (sketch, words) = self.sketcher.sketch(text);
        if words >= self.min_words {
            body.units.push(Unit {
                what,
                field: None,
                range: range.clone(),
                sketch,
                section: body.outline.len() as u32,
                keys: None,
                sentences: self.sketcher.sentences(),
            });
        }
    }

    /// A block ends; where it stood before, if it did. `text` is the plain text since the last block.
    pub fn close(&mut self, tag: TagEnd, text: &str, range: &Range<usize>, body: &mut Body) -> Option<Range<usize>> {
        self.what = match tag {
            TagEnd::Paragraph => "paragraph",
            TagEnd::List(_) => "list",
            TagEnd::Table => "table",
            TagEnd::BlockQuote(_) => "quotation",
            _ => return None,
        };
        let text = text.get(self.text..).unwrap_or(text);
        let words = count_words(text);
        // A list of a few words is a list all the same; a short paragraph ("For example:") is not worth a word.
        let enough = if tag == TagEnd::Paragraph { self.min_words } else { self.min_words.min(3) };
        if words < enough {
            return None;
        }
        let surface = Block::surface_of(self.what, text);
        match self.seen.get(&surface) {
            Some(kept) => {
                body.references.truncate(self.references);
                body.units.truncate(self.units);
                body.repeats.push(Repeat { what: self.what, kept: kept.clone(), dropped: range.clone() });
                Some(kept.clone())
            }
            None => {
                self.seen.insert(surface, range.clone());
                if !matches!(tag, TagEnd::List(_)) && body.units.len() < MOST {
                    self.unit(self.what, text, range, body);
                }
                body.blocks.push(Block { surface, words, what: self.what, range: range.clone() });
                None
            }
        }
    }
}

impl Block {
    /// What a block of a kind is compared by: equal blocks have one.
    pub fn surface_of(what: &str, text: &str) -> Digest {
        Digest::of(&(what, similar::words(text)))
    }
}
