//! Turns `![[article#section]]` into a hole for the text of another article, and `^name` behind a block into its anchor.

use std::ops::Range;

use super::markdown::Writer;
use super::outline::is_anchor;
use super::{HOLE, INCLUDE, Target};
use crate::diagnostic::Code;

/// Endings of files that are shown, not read.
const PICTURES: &[&str] = &["png", "jpg", "jpeg", "gif", "webp", "avif", "svg"];

/// Whether `![[target]]` names a text, not a picture.
pub(super) fn is_text(target: &str) -> bool {
    let name = target.split('#').next().unwrap_or("");
    name.rsplit_once('.').is_none_or(|(_, ending)| !PICTURES.contains(&ending.to_ascii_lowercase().as_str()))
}

impl Writer<'_> {
    /// Writes the hole. It must be all that its paragraph holds, which [`Writer::close_include`] sees to.
    pub(super) fn open_include(&mut self, target: &str, range: Range<usize>) {
        let hole = self.refer(Target::Include(target.trim().to_owned()), range, INCLUDE);
        self.out.push_str(&hole);
    }

    /// A paragraph ends: one that is an include becomes its hole; an include inside a sentence is a fault. Whether it was one.
    pub(super) fn close_include(&mut self, range: &Range<usize>) -> bool {
        let inner = self.out.get(self.leaf..).unwrap_or("");
        if !inner.ends_with(INCLUDE) && !inner.contains(INCLUDE) {
            return false;
        }
        let alone = inner.starts_with(HOLE) && inner.matches(HOLE).count() == 1 && inner.ends_with(INCLUDE);
        if alone && self.setting.body && self.depth == 1 {
            let hole = self.out.split_off(self.leaf);
            self.cut(self.leaf - "<p>".len());
            self.out.push_str(&hole);
            self.out.push('\n');
            return true;
        }
        let kept = self.out.split_off(self.leaf).replace(INCLUDE, "");
        self.out.push_str(&super::without_holes(&kept));
        self.fault(
            Code::E210,
            range.clone(),
            "a text cannot be included here",
            "write ![[article#section]] on a line of its own in the body, outside lists and quotations",
        );
        false
    }

    /// `^name` at the end of a paragraph is its anchor; alone below a block it is that block's.
    pub(super) fn block_anchor(&mut self) {
        if !self.setting.body || self.depth != 1 {
            return;
        }
        let inner = self.out.get(self.leaf..).unwrap_or("");
        let Some((before, name)) = inner.rsplit_once('^') else { return };
        let free = before.is_empty() || before.ends_with([' ', '\n']);
        if !free || name.len() > 60 || !is_anchor(name) || !self.anchors.take(name) {
            return;
        }
        let name = name.to_owned();
        let kept = self.leaf + before.trim_end().len();
        self.cut(kept);
        if let Some(at) = self.text.rfind('^') {
            self.text.truncate(self.text[..at].trim_end().len());
        }
        if kept > self.leaf {
            self.put(self.leaf - 1, &format!(" id=\"{name}\""));
            self.leaf += name.len() + " id=\"\"".len();
        } else if let Some(start) = self.last_block {
            self.cut(self.leaf - "<p>".len());
            self.put(start, &format!("<div id=\"{name}\">\n"));
            self.out.push_str("</div>\n<p>");
            self.leaf = self.out.len();
        }
        self.body.anchors.push(name);
    }

    /// Puts words of ours into what was written.
    fn put(&mut self, at: usize, words: &str) {
        self.out.insert_str(at, words);
        for raw in self.raw.iter_mut().filter(|raw| raw.start >= at) {
            *raw = raw.start + words.len()..raw.end + words.len();
        }
    }
}
