//! Turns HTML mixed of generated and typed parts into HTML in which the typed parts went through the allow list.
//!
//! What the engine generated is replaced by placeholders while the rest is cleaned, so that cleaning can neither change
//! nor be fooled by it.

use std::ops::Range;

use super::markdown::Writer;
use super::sanitize;
use super::typed_tags::{Typed, with_holes};
use crate::diagnostic::Code;

/// A placeholder is this character, a number and [`END`]; neither can stand in a source.
const MARK: char = super::HOLE;
const END: char = '\u{FDD4}';

/// The HTML with its `raw` ranges (ascending, apart) cleaned. The flag says that something was taken away.
pub(crate) fn clean(html: &str, raw: &[Range<usize>]) -> (String, bool) {
    let mut skeleton = String::new();
    let mut generated: Vec<&str> = Vec::new();
    let mut from = 0;
    for range in raw {
        hold(&mut skeleton, &mut generated, &html[from..range.start]);
        skeleton.push_str(&html[range.clone()]);
        from = range.end;
    }
    hold(&mut skeleton, &mut generated, &html[from..]);
    let cleaned = sanitize::clean(&skeleton);
    let lost = sanitize::lost(&skeleton, &cleaned);
    (fill(&cleaned, &generated), lost)
}

fn hold<'a>(skeleton: &mut String, generated: &mut Vec<&'a str>, part: &'a str) {
    if part.is_empty() {
        return;
    }
    skeleton.push(MARK);
    skeleton.push_str(&generated.len().to_string());
    skeleton.push(END);
    generated.push(part);
}

fn fill(cleaned: &str, generated: &[&str]) -> String {
    let mut out = String::with_capacity(cleaned.len());
    let mut rest = cleaned;
    while let Some(at) = rest.find(MARK) {
        out.push_str(&with_holes(&rest[..at]));
        let inner = &rest[at + MARK.len_utf8()..];
        let Some(end) = inner.find(END) else { break };
        out.push_str(inner[..end].parse::<usize>().ok().and_then(|n| generated.get(n)).unwrap_or(&""));
        rest = &inner[end + END.len_utf8()..];
    }
    out.push_str(&with_holes(rest));
    out
}

/// How deep the elements of a piece of HTML nest, by counting: an upper bound that costs one pass.
pub(crate) fn depth_after(html: &str, mut depth: usize) -> usize {
    for part in html.split('<').skip(1) {
        if part.starts_with('/') {
            depth = depth.saturating_sub(1);
        } else if part.starts_with(|c: char| c.is_ascii_alphabetic()) && !is_void(part) {
            depth += 1;
            if depth > sanitize::DEPTH {
                break;
            }
        }
    }
    depth
}

fn is_void(tag: &str) -> bool {
    let name: String = tag.chars().take_while(char::is_ascii_alphanumeric).collect();
    ["br", "hr", "img", "input", "wbr", "source", "meta", "link"].contains(&name.to_ascii_lowercase().as_str())
        || tag.split('>').next().is_some_and(|t| t.ends_with('/'))
}

impl Writer<'_> {
    /// HTML that an author typed.
    pub(super) fn html(&mut self, typed: &Typed, range: Range<usize>) -> bool {
        self.prose = true;
        self.raw_depth = depth_after(&typed.html, self.raw_depth);
        if self.raw_depth > sanitize::DEPTH {
            self.fault(Code::E108, range, "HTML nested too deeply", "close the elements, or write Markdown instead");
            return false;
        }
        let html = self.with_references(typed);
        let start = self.out.len();
        self.out.push_str(&html);
        match self.raw.last_mut() {
            Some(last) if last.end == start => last.end = self.out.len(),
            _ => self.raw.push(start..self.out.len()),
        }
        true
    }

    /// A block of HTML ends; whether all of it was taken. What is a paragraph says what one in Markdown would.
    pub(super) fn html_block(&mut self, range: &Range<usize>) -> bool {
        let typed = std::mem::take(&mut self.typed);
        let whole = self.html(&typed, range.clone());
        self.paragraph = typed.is_paragraph();
        if self.paragraph {
            self.text.push_str(&crate::text::plain(&typed.html));
        }
        whole
    }

    /// Takes back what was written behind a place, typed or not.
    pub(super) fn cut(&mut self, at: usize) {
        self.out.truncate(at);
        while self.raw.pop_if(|raw| raw.start >= at).is_some() {}
        self.raw.iter_mut().last().into_iter().for_each(|raw| raw.end = raw.end.min(at));
    }

    /// A leaf block ends: HTML typed inside it is cleaned now, so that it cannot reach into the next block.
    pub(super) fn close_leaf(&mut self, range: &Range<usize>) {
        self.clean_from(self.leaf, range);
    }

    /// Cleans what was typed behind a place of the HTML.
    pub(super) fn clean_from(&mut self, at: usize, range: &Range<usize>) {
        if self.raw.last().is_none_or(|raw| raw.start < at) {
            return;
        }
        let first = self.raw.partition_point(|raw| raw.start < at);
        let raw: Vec<_> = self.raw.split_off(first).into_iter().map(|raw| raw.start - at..raw.end - at).collect();
        let (clean, lost) = clean(&self.out[at..], &raw);
        self.out.truncate(at);
        self.out.push_str(&clean);
        self.raw_depth = 0;
        if lost {
            self.dropped(range.clone());
        }
    }

    /// The blocks of HTML that lose something by themselves; the first where only the whole does.
    pub(super) fn dropped_blocks(&mut self) {
        let blocks = std::mem::take(&mut self.html_blocks);
        let lossy = |range: &&Range<usize>| {
            sanitize::lost(&self.source[(*range).clone()], &sanitize::clean(&self.source[(*range).clone()]))
        };
        let found: Vec<_> = blocks.iter().filter(lossy).cloned().collect();
        let first = blocks.into_iter().next().filter(|_| found.is_empty());
        found.into_iter().chain(first).for_each(|range| self.dropped(range));
    }

    fn dropped(&mut self, range: Range<usize>) {
        let end = self.source[range.clone()].find('\n').map_or(range.end, |n| range.start + n);
        self.fault(
            Code::W709,
            range.start..end,
            "part of this HTML is not allowed and was left out",
            "scripts, styles, event handlers and unknown elements never reach a page; use Markdown",
        );
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::typed_tags::tags;
    use super::super::{ADDRESS, CITATION, INCLUDE, PLAIN, TITLE};

    /// Pieces of which texts are made that close, cross and hide each other.
    const PIECES: &[&str] = &[
        "\n",
        "\n\n",
        "\n    ",
        "- ",
        "> ",
        "1. ",
        "| a |\n|---|\n| ",
        "word ",
        "\u{e9}",
        "## h",
        "**",
        "`",
        "<!--",
        "-->",
        "<",
        "\"",
        "<div onclick=\"x\">",
        "</div>",
        "<script>x</script>",
        "<img src=p.svg onerror=x>",
        "![",
        "](p.svg)",
        "[",
        "](a.md)",
        "<a href=\"",
        "\">",
        "</a>",
        "[^1]",
        "\n\n[^1]: note ",
        "\n\n[^2]: two\n\n    <div onmouseover=x>",
        "[^2]",
        "<table><tr><td>",
        "<b>",
        "</b>",
        "$x$",
        "<details ontoggle=x><summary>s</summary>",
        "</details>",
        "^name",
        "![a <b onclick=x>b</b>](p.svg)",
        "<a id=a name=b>",
        "```\n",
        "\t",
    ];

    fn text() -> impl Strategy<Value = String> {
        prop::collection::vec(prop::sample::select(PIECES), 0..40).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn nothing_typed_runs_and_no_mark_stays(text in text()) {
            let html = crate::parse::render_body(&text);
            for (name, attributes) in tags(&html) {
                prop_assert!(name != "script", "{text:?}: {html}");
                let handler = attributes.iter().any(|attribute| html[attribute.name.clone()].starts_with("on"));
                prop_assert!(!handler, "{text:?}: {html}");
            }
            let holes = html.matches(super::MARK).count();
            let ends = html.matches([ADDRESS, PLAIN, TITLE, CITATION, INCLUDE]).count();
            prop_assert_eq!(holes, ends, "{:?}: {}", text, html);
        }
    }
}
