//! Turns the headings of a body into HTML with anchors, and checks their levels.

use std::fmt::Write as _;
use std::ops::Range;

use pulldown_cmark::{CowStr, HeadingLevel};
use rustc_hash::FxHashMap;

use super::markdown::Writer;
use super::outline::{Heading, is_anchor};
use crate::diagnostic::Code;
use crate::text::escape;

/// The headings of a section and of those it is in, by level and words, with their places.
#[derive(Default)]
pub(super) struct Siblings(Vec<(u8, FxHashMap<String, Range<usize>>)>);

impl Siblings {
    /// Adds a heading; gives the place of the one beside it that has the same words.
    fn add(&mut self, level: u8, text: &str, place: &Range<usize>) -> Option<Range<usize>> {
        while self.0.last().is_some_and(|(last, _)| *last > level) {
            self.0.pop();
        }
        if self.0.last().is_none_or(|(last, _)| *last < level) {
            self.0.push((level, FxHashMap::default()));
        }
        let (_, known) = self.0.last_mut()?;
        match known.get(text) {
            Some(first) => Some(first.clone()),
            None => {
                known.insert(text.to_owned(), place.clone());
                None
            }
        }
    }
}

impl Writer<'_> {
    pub(super) fn open_heading(
        &mut self,
        level: HeadingLevel,
        id: Option<&str>,
        attrs: &[(CowStr<'_>, Option<CowStr<'_>>)],
        range: Range<usize>,
    ) {
        let was = attrs
            .iter()
            .filter(|(key, _)| &**key == "was")
            .filter_map(|(_, value)| value.as_deref())
            .flat_map(|v| v.split(','))
            .map(str::to_owned);
        let was = was.chain(id.map(|id| format!("#{id}"))).collect();
        self.text_gap();
        self.heading = Some((range, level as usize, was));
        self.leaf = self.out.len();
        self.text.clear();
    }

    pub(super) fn close_heading(&mut self) {
        let Some((range, level, attrs)) = self.heading.take() else { return };
        self.close_leaf(&range);
        let html = self.out.split_off(self.leaf);
        let text = self.text.split_whitespace().collect::<Vec<_>>().join(" ");
        if self.setting.body && level == 1 && self.body.outline.is_empty() && text == self.setting.title {
            return;
        }
        let level = self.checked_level(level, &text, &range);
        self.check_words(level, (&text, &html), &range);
        let wanted = attrs.iter().find_map(|a| a.strip_prefix('#'));
        let id = self.anchors.name(wanted, &text);
        let was: Vec<String> =
            attrs.iter().filter(|a| !a.starts_with('#') && is_anchor(a) && self.anchors.take(a)).cloned().collect();
        for old in &was {
            let _ = write!(self.out, "<span id=\"{old}\"></span>");
        }
        let label = match self.setting.words {
            Some(words) => escape(&words.fill("link_to", &[("title", &text)])),
            None => escape(&text),
        };
        let _ = writeln!(
            self.out,
            "<h{level} id=\"{id}\">{html} <a class=\"anchor\" href=\"#{id}\" aria-label=\"{label}\">#</a></h{level}>"
        );
        self.body.outline.push(Heading { level, id, was, text });
    }

    /// What is wrong with the words of a heading: there are none, or another one beside it has them.
    fn check_words(&mut self, level: u8, (text, html): (&str, &str), range: &Range<usize>) {
        if !self.setting.body {
            return;
        }
        let line = range.start..range.start + self.source[range.clone()].trim_end().len();
        if html.trim().is_empty() {
            let help = "name the section, or take the heading out: it is a line of the table of contents";
            return self.fault(Code::W705, line, "a heading without words", help);
        }
        if let Some(first) = self.siblings.add(level, text, &line) {
            let help = "put both under one heading, or say in the second what is another there";
            self.fault_beside(
                Code::W502,
                line,
                format!("the heading \"{text}\" stands beside this one already"),
                help,
                first,
            );
        }
    }

    /// The level to write, and what is wrong with the one typed.
    fn checked_level(&mut self, level: usize, text: &str, range: &Range<usize>) -> u8 {
        let shown = u8::try_from(level.max(2)).unwrap_or(6);
        if !self.setting.body {
            return shown;
        }
        let line = range.start..range.start + self.source[range.clone()].trim_end().len();
        if level == 1 {
            self.fault(
                Code::W707,
                line.clone(),
                "a heading of the first level in the text",
                "the title of the page is its only first heading: write ## here",
            );
        }
        let before = self.body.outline.last().map_or(1, |heading| heading.level);
        if shown > before + 1 {
            let help = format!(
                "write {} here: readers who listen to a page move by its levels",
                "#".repeat(usize::from(before) + 1)
            );
            self.fault(
                Code::W705,
                line.clone(),
                format!(
                    "this heading skips a level: {} follows {}",
                    "#".repeat(level),
                    "#".repeat(usize::from(before))
                ),
                help,
            );
        }
        if self.setting.generated.contains(&text.to_lowercase().as_str()) {
            self.fault(
                Code::W120,
                line,
                format!("a section \"{text}\" typed by hand"),
                "leave it out: the page makes this section from its front matter and headings",
            );
        }
        shown
    }
}
