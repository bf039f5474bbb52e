//! Turns markup of other generators, which Markdown takes for words, into a notice: a page would show it as it is typed.

use std::ops::Range;

use super::markdown::Writer;
use crate::diagnostic::Code;

/// How blocks of other generators begin: fenced boxes, admonitions, tables of contents.
const LINES: &[&str] = &[":::", "!!! ", "??? ", "[TOC]", "[[_TOC_]]"];
/// How tags of template languages begin (Hugo, Zola, Jekyll, macros of MkDocs), and lists of attributes (kramdown).
const TAGS: &[&str] = &["{{", "{%", "{:"];

impl Writer<'_> {
    /// Shows a tag of a template language in running text. Code and formulas are no running text, and a backslash says
    /// that the sign is meant.
    pub(super) fn foreign_tag(&mut self, text: &str, range: &Range<usize>) {
        if self.code.is_some() || !text.contains('{') {
            return;
        }
        let Some((at, tag)) = TAGS.iter().filter_map(|tag| Some((text.find(tag)?, *tag))).min() else { return };
        let place = range.start + at;
        // What stands in a text may differ from its source by entities; then the whole of it is the place.
        let exact = self.source.get(place..).is_some_and(|rest| rest.starts_with(tag));
        if exact && self.source[..place].ends_with('\\') {
            return;
        }
        let place = if exact { place..place + tag.len() } else { range.clone() };
        let help = format!(
            "write it in Markdown: `![[page#section]]` shows a text of another page, `> [!NOTE]` begins a box; \
             where the sign itself is meant, \\{tag} or code"
        );
        self.fault(
            Code::W121,
            place,
            format!("\"{tag}\" begins a tag of another generator, and is shown as typed"),
            help,
        );
    }

    /// Shows a paragraph that is a block of another generator; a fence of colons behind a paragraph is read as its definition.
    pub(super) fn foreign_line(&mut self, range: &Range<usize>) {
        let line = self.source.get(range.clone()).unwrap_or("").lines().next().unwrap_or("");
        // The end of a box is told with its beginning.
        let Some(mark) = LINES.iter().find(|mark| line.starts_with(**mark) && line.trim_end() != ":::") else { return };
        let help = match *mark {
            ":::" | "!!! " | "??? " => {
                "a box is written as a quotation whose first line is `> [!NOTE]`, TIP, IMPORTANT, WARNING or CAUTION"
            }
            _ => "remove the line: every page has its contents already",
        };
        let message = format!("\"{}\" is markup of another generator, and is shown as typed", mark.trim_end());
        let place = range.start..range.start + mark.trim_end().len();
        self.fault(Code::W121, place, message, help);
    }
}
