//! Turns paragraphs, code and formulas into HTML.

use std::fmt::Write as _;
use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Tag, TagEnd};

use super::links::{cited, without_keys};
use super::markdown::Writer;
use super::{highlight, math};
use crate::diagnostic::Code;
use crate::text::{escape, push_escaped};

impl Writer<'_> {
    pub(super) fn inline_code(&mut self, code: &str) {
        self.prose = true;
        self.text.push_str(code);
        if self.link.last().is_none_or(|link| link.shows_text()) {
            self.out.push_str("<code>");
            push_escaped(&mut self.out, code);
            self.out.push_str("</code>");
        }
    }

    pub(super) fn math(&mut self, latex: &str, display: bool, range: Range<usize>) {
        self.prose = true;
        self.text.push_str(latex);
        match math::mathml(latex, display) {
            Ok(html) => self.out.push_str(&html),
            Err(message) => {
                let _ = write!(self.out, "<code>{}</code>", escape(latex));
                self.fault(
                    Code::W711,
                    range,
                    format!("this formula cannot be read: {message}"),
                    "write LaTeX between the dollar signs, or \\$ for a dollar",
                );
            }
        }
    }

    pub(super) fn close_paragraph(&mut self, range: &Range<usize>) {
        self.close_leaf(range);
        if self.close_include(range) {
            return;
        }
        self.foreign_line(range);
        self.block_anchor();
        if self.pictures == 1 && !self.prose {
            let inner = self.out.split_off(self.leaf);
            self.cut(self.leaf - "<p>".len());
            let caption =
                self.caption.take().map(|c| format!("<figcaption>{}</figcaption>", escape(&c))).unwrap_or_default();
            let _ = writeln!(self.out, "<figure>{inner}{caption}</figure>");
        } else {
            self.out.push_str("</p>\n");
        }
        if self.body.lead.is_empty() && self.depth == 1 {
            let lead = self.text.split_whitespace().collect::<Vec<_>>().join(" ");
            self.body.lead = without_keys(lead, &cited(&self.body.references));
        }
    }

    pub(super) fn close_code(&mut self) {
        let Some((code, language)) = self.code.take() else { return };
        let class =
            if language.is_empty() { String::new() } else { format!(" class=\"language-{}\"", escape(&language)) };
        let _ = write!(self.out, "<pre tabindex=\"0\"><code{class}>");
        highlight::push_code(&mut self.out, &code, &language);
        self.out.push_str("</code></pre>\n");
        self.text.push_str(&code);
    }
}

/// The language of a code block: the first word behind its fence.
pub(super) fn language(kind: &CodeBlockKind<'_>) -> String {
    match kind {
        CodeBlockKind::Fenced(info) => info.split([' ', ',', '{']).next().unwrap_or("").chars().take(40).collect(),
        CodeBlockKind::Indented => String::new(),
    }
}

/// Whether an element stands inside a line of text.
pub(super) fn tag_is_inline(tag: &Tag<'_>) -> bool {
    matches!(
        tag,
        Tag::Emphasis
            | Tag::Strong
            | Tag::Strikethrough
            | Tag::Superscript
            | Tag::Subscript
            | Tag::Link { .. }
            | Tag::Image { .. }
    )
}

/// The same of its end.
pub(super) fn end_is_inline(tag: TagEnd) -> bool {
    matches!(
        tag,
        TagEnd::Emphasis
            | TagEnd::Strong
            | TagEnd::Strikethrough
            | TagEnd::Superscript
            | TagEnd::Subscript
            | TagEnd::Link
            | TagEnd::Image
    )
}
