//! Turns footnotes into numbered marks and a list at the end, and finds marks without text and texts without mark.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::ops::Range;

use super::markdown::{Setting, Writer};
use crate::diagnostic::{Code, did_you_mean};
use crate::text::escape;

impl Setting<'_> {
    /// A word of the interface.
    pub fn word<'w>(&'w self, key: &'w str) -> &'w str {
        self.words.map_or(key, |words| words.get(key))
    }
}

/// Footnotes: numbered in the order of their first mark, written at the end.
#[derive(Default)]
pub(super) struct Notes {
    pub(super) numbers: HashMap<String, usize>,
    pub(super) marks: Vec<usize>,
    pub(super) texts: HashMap<String, (String, Range<usize>)>,
    pub(super) open: Option<(String, usize)>,
    pub(super) ranges: Vec<(String, Range<usize>)>,
    /// Marks without a text: the parser takes them for words.
    pub(super) lost: Vec<(String, Range<usize>)>,
}

impl Writer<'_> {
    pub(super) fn note_mark(&mut self, name: &str, range: Range<usize>) {
        self.prose = true;
        let count = self.notes.numbers.len();
        let number = *self.notes.numbers.entry(name.to_owned()).or_insert(count + 1);
        if number > self.notes.marks.len() {
            self.notes.marks.push(0);
            self.notes.ranges.push((name.to_owned(), range));
        }
        self.notes.marks[number - 1] += 1;
        let (mark, prefix) = (self.notes.marks[number - 1], self.setting.notes);
        let _ = write!(
            self.out,
            "<sup class=\"note-mark\"><a id=\"{prefix}note-{number}-mark-{mark}\" href=\"#{prefix}note-{number}\">{number}</a></sup>"
        );
    }

    pub(super) fn close_note(&mut self, range: Range<usize>) {
        if let Some((name, start)) = self.notes.open.take() {
            // The note is put elsewhere, so HTML that was typed in it cannot wait for the rest of the page.
            self.clean_from(start, &range);
            let text = self.out.split_off(start);
            let end = range.start + name.len() + "[^]:".len();
            self.notes.texts.insert(name, (text, range.start..end));
        }
    }

    /// A bracket that stayed words, at a place of the source: the mark of a footnote that has no text?
    pub(super) fn lost_note(&mut self, text: &str, at: usize) {
        if text != "[" {
            return;
        }
        let escaped = self.source[..at].ends_with('\\');
        let name = self.source[at..].strip_prefix("[^").and_then(|rest| rest.split_once(']')).map(|(name, _)| name);
        let fits = |name: &&str| !name.is_empty() && !name.contains(|c: char| c.is_whitespace() || c == '[');
        if let Some(name) = name.filter(fits).filter(|_| !escaped && self.code.is_none()) {
            self.notes.lost.push((name.to_owned(), at..at + name.len() + "[^]".len()));
        }
    }

    /// Marks without a text, and texts without a mark.
    fn check_notes(&mut self) {
        for (name, range) in std::mem::take(&mut self.notes.lost) {
            let hint = did_you_mean(&name, self.notes.texts.keys().map(String::as_str));
            let help = format!("add a line `[^{name}]: the note`, or write \\[ where a bracket is meant");
            self.fault(Code::E208, range, format!("the footnote [^{name}] has no text{hint}"), help);
        }
        // In the order of the text: of more faults than are told, the same ones are told on every run.
        let mut unused: Vec<_> = std::mem::take(&mut self.notes.texts).into_iter().collect();
        unused.sort_by_key(|(_, (_, range))| range.start);
        for (name, (_, range)) in unused {
            let help = format!("put the mark [^{name}] where the note belongs, or delete it");
            self.fault(
                Code::E208,
                range,
                format!("nothing refers to the footnote [^{name}], so no reader sees it"),
                help,
            );
        }
    }

    pub(super) fn write_notes(&mut self) {
        let ranges = std::mem::take(&mut self.notes.ranges);
        if ranges.is_empty() {
            return self.check_notes();
        }
        let prefix = self.setting.notes;
        let (notes, back) = (escape(self.setting.word("notes")), escape(self.setting.word("back_to_text")));
        let _ = write!(self.out, "<section class=\"notes\" aria-label=\"{notes}\">\n<ol>\n");
        for (at, (name, range)) in ranges.into_iter().enumerate() {
            let number = at + 1;
            let Some((text, _)) = self.notes.texts.remove(&name) else {
                self.notes.lost.push((name, range));
                continue;
            };
            let _ = write!(self.out, "<li id=\"{prefix}note-{number}\">\n{text}");
            for mark in 1..=self.notes.marks[at] {
                let _ = write!(
                    self.out,
                    "<a class=\"back\" href=\"#{prefix}note-{number}-mark-{mark}\" aria-label=\"{back}\">↩</a>"
                );
            }
            self.out.push_str("</li>\n");
        }
        self.out.push_str("</ol>\n</section>\n");
        self.check_notes();
    }
}
