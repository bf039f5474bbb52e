//! Turns the tags that an author typed as HTML into tags whose addresses lead where those of Markdown lead: what is inside
//! the site is a reference of the article, and what has an id is an anchor of the page.
//!
//! The allow list reads the tags afterwards, so an address stands in them as a mark that it lets pass.

use std::borrow::Cow;
use std::ops::Range;

use super::links::{is_external, local};
use super::markdown::Writer;
use super::outline::is_anchor;
use super::sanitize::safe_url;
use super::{ADDRESS, HOLE, PLAIN, Target};
use crate::diagnostic::Code;
use crate::text::{is_inline, tag_name};

/// HTML as it is typed, in pieces: where each begins in it and in the source.
#[derive(Default)]
pub(super) struct Typed {
    pub html: String,
    pieces: Vec<(usize, usize)>,
}

impl Typed {
    /// A piece of the source.
    pub fn push(&mut self, html: &str, start: usize) {
        self.pieces.push((self.html.len(), start));
        self.html.push_str(html);
    }

    /// Whether it is one paragraph, in which nothing but marks of a line stands.
    pub fn is_paragraph(&self) -> bool {
        let html = self.html.trim();
        let tags = || html.split('<').skip(1);
        let paragraphs = tags().filter(|tag| tag_name(tag) == "p").count();
        html.starts_with("<p")
            && html.ends_with("</p>")
            && paragraphs == 2
            && tags().all(|tag| tag_name(tag) == "p" || is_inline(tag))
    }

    /// Where a part of the HTML stands in the source.
    fn place(&self, range: Range<usize>) -> Range<usize> {
        let piece = self.pieces.partition_point(|(at, _)| *at <= range.start).saturating_sub(1);
        let (at, start) = self.pieces.get(piece).copied().unwrap_or_default();
        start + range.start - at..start + range.end - at
    }
}

/// An attribute of a tag: where its name and its value stand, and where it ends.
pub(super) struct Attribute {
    pub name: Range<usize>,
    value: Range<usize>,
    end: usize,
}

impl Writer<'_> {
    /// The HTML with marks in place of the addresses that lead into the site.
    pub(super) fn with_references<'t>(&mut self, typed: &'t Typed) -> Cow<'t, str> {
        let html = typed.html.as_str();
        let mut out = String::new();
        let mut from = 0;
        for (name, attributes) in tags(html) {
            let called = |called: &str| attributes.iter().find(|a| html[a.name.clone()].eq_ignore_ascii_case(called));
            let link = name.eq_ignore_ascii_case("a");
            let picture = name.eq_ignore_ascii_case("img");
            let mut edits: Vec<(Range<usize>, String)> = Vec::new();
            let old = called("name").filter(|_| link && called("id").is_none());
            match called("id").or(old) {
                Some(id) if self.gives(typed, id) => edits.push((id.name.clone(), "id".to_owned())),
                Some(id) => edits.push((id.name.start..id.end, String::new())),
                None => {}
            }
            let address = if link { called("href") } else { called("src").filter(|_| picture) };
            let sized = called("width").or(called("height")).is_some();
            let mark = address.and_then(|address| self.reference(typed, &address.value, picture, sized));
            edits.extend(address.zip(mark).map(|(address, mark)| (address.value.clone(), mark)));
            if let Some(src) = called("src").filter(|_| picture && called("alt").is_none()) {
                let help = "say what it shows: alt=\"a thumb on the calf\", or alt=\"\" where it only adorns";
                self.without_words(typed.place(src.name.start..src.value.end), help);
            }
            edits.sort_by_key(|(range, _)| range.start);
            for (range, text) in edits {
                out.push_str(&html[from..range.start]);
                out.push_str(&text);
                from = range.end;
            }
        }
        if from == 0 {
            return Cow::Borrowed(html);
        }
        out.push_str(&html[from..]);
        Cow::Owned(out)
    }

    /// Whether an id is free to be an anchor of the page.
    fn gives(&mut self, typed: &Typed, id: &Attribute) -> bool {
        let name = &typed.html[id.value.clone()];
        if !self.setting.body || !is_anchor(name) {
            return true;
        }
        let free = self.anchors.take(name);
        if free {
            self.body.anchors.push(name.to_owned());
        } else {
            let message = format!("the id \"{name}\" is taken on this page, and was left out");
            self.fault(Code::W709, typed.place(id.value.clone()), message, "choose another one");
        }
        free
    }

    /// The mark for an address inside the site; nothing for any other.
    fn reference(&mut self, typed: &Typed, value: &Range<usize>, picture: bool, sized: bool) -> Option<String> {
        let url = typed.html[value.clone()].trim().replace("&amp;", "&");
        let url = local(&url, self.setting.site).into_owned();
        let place = typed.place(value.clone());
        if url.is_empty() || !safe_url(&url) {
            return None;
        }
        if is_external(&url) {
            if picture {
                self.outside_picture(place);
            }
            return None;
        }
        let target = if picture { Target::Asset(url) } else { Target::Link(url) };
        // A size that was typed is how large the picture is shown.
        let end = if picture && sized { PLAIN } else { ADDRESS };
        let hole = self.refer(target, place, end);
        Some(hole.replace(HOLE, &ADDRESS.to_string()))
    }
}

/// HTML from which the allow list has taken what it takes, with holes in place of the marks.
pub(super) fn with_holes(clean: &str) -> String {
    let mut out = String::with_capacity(clean.len());
    let mut rest = clean;
    while let Some((before, behind)) = rest.split_once(ADDRESS) {
        let digits = behind.bytes().take_while(u8::is_ascii_digit).count();
        out.push_str(before);
        out.push(HOLE);
        out.push_str(&behind[..digits]);
        // The second sign of a mark closes the hole as it stands.
        let end = behind[digits..].chars().next().unwrap_or(ADDRESS);
        out.push(end);
        rest = behind[digits..].get(end.len_utf8()..).unwrap_or("");
    }
    out.push_str(rest);
    out
}

/// The tags that open elements, each with its name and its attributes; comments are passed over.
pub(super) fn tags(html: &str) -> impl Iterator<Item = (&str, Vec<Attribute>)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            at += html[at..].find('<')? + 1;
            if html[at..].starts_with("!--") {
                at += html[at..].find("-->").unwrap_or(html.len() - at);
                continue;
            }
            let name = at..end_of(html, at, |b| b.is_ascii_alphanumeric());
            at = name.end;
            if !name.is_empty() {
                let attributes = attributes(html, &mut at);
                return Some((&html[name], attributes));
            }
        }
    })
}

/// Reads attributes up to the end of a tag.
fn attributes(html: &str, at: &mut usize) -> Vec<Attribute> {
    let bytes = html.as_bytes();
    let blank = |b: u8| b.is_ascii_whitespace() || b == b'/';
    let mut found = Vec::new();
    loop {
        let start = end_of(html, *at, blank);
        let name = start..end_of(html, start, |b| !blank(b) && !matches!(b, b'=' | b'>' | b'<'));
        *at = name.end;
        if name.is_empty() {
            return found;
        }
        let equals = end_of(html, name.end, |b| b.is_ascii_whitespace());
        if bytes.get(equals) != Some(&b'=') {
            found.push(Attribute { value: name.end..name.end, end: name.end, name });
            continue;
        }
        let start = end_of(html, equals + 1, |b| b.is_ascii_whitespace());
        let quote = bytes.get(start).copied().filter(|b| matches!(b, b'"' | b'\''));
        let value = match quote {
            Some(quote) => start + 1..end_of(html, start + 1, |b| b != quote),
            None => start..end_of(html, start, |b| !b.is_ascii_whitespace() && b != b'>'),
        };
        *at = (value.end + usize::from(quote.is_some())).min(html.len());
        found.push(Attribute { name, value, end: *at });
    }
}

/// Where a run of ASCII bytes ends for which a test holds; what is not ASCII is part of a run that it does not end.
fn end_of(html: &str, start: usize, holds: impl Fn(u8) -> bool) -> usize {
    let bytes = html.as_bytes().get(start..).unwrap_or(&[]);
    start + bytes.iter().position(|b| !holds(*b)).unwrap_or(bytes.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_read_as_a_browser_reads_them() {
        let html =
            "<p><A HREF = 'x y' id=\u{e9}>\u{e9}</A><!-- <img src=no> --><img\n  src=p.svg alt><br/>< a href=no>";
        let read: Vec<(&str, Vec<(&str, &str)>)> = tags(html)
            .map(|(name, list)| (name, list.into_iter().map(|a| (&html[a.name], &html[a.value])).collect::<Vec<_>>()))
            .collect();
        let link = ("A", vec![("HREF", "x y"), ("id", "\u{e9}")]);
        assert_eq!(read, [("p", vec![]), link, ("img", vec![("src", "p.svg"), ("alt", "")]), ("br", vec![])]);
    }

    #[test]
    fn a_place_in_the_middle_of_a_piece_is_found() {
        let mut typed = Typed::default();
        typed.push("<a\n", 10);
        typed.push("href=x>", 20);
        assert_eq!(typed.place(8..9), 25..26);
    }
}
