//! Turns the headings of a body into HTML with anchors, and checks their levels.

use std::fmt::Write as _;
use std::ops::Range;

use pulldown_cmark::{CowStr, HeadingLevel};

use super::markdown::Writer;
use super::outline::{Heading, is_anchor};
use crate::diagnostic::Code;
use crate::text::escape;

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
