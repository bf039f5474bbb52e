//! Turns links, images, wikilinks and citations into HTML with holes, and into references for the graph.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::ops::Range;

use pulldown_cmark::LinkType;
use rustc_hash::FxHashSet;

use super::includes::is_text;
use super::markdown::Writer;
use super::sanitize::safe_url;
use super::{ADDRESS, CITATION, HOLE, Reference, TITLE, Target};
use crate::diagnostic::Code;
use crate::text::{floor, name_key, push_escaped, shorten};

/// A link or image whose text is being read.
pub(super) struct OpenLink {
    pub image: bool,
    shows: bool,
    /// A wikilink without words of its own.
    pub bare: bool,
    /// An include: its words are its target.
    include: bool,
    /// What closes it.
    close: &'static str,
    out: usize,
    text: usize,
    address: String,
    caption: String,
    reference: Option<usize>,
}

impl OpenLink {
    /// Whether the words inside are written as they come.
    pub fn shows_text(&self) -> bool {
        self.shows
    }
}

/// Words that say nothing of where a link leads.
const EMPTY_WORDS: &[&str] = &[
    "click here",
    "here",
    "click",
    "this",
    "link",
    "this link",
    "read more",
    "more",
    "learn more",
    "see here",
    "this page",
    "page",
    "go",
    "details",
];

impl Writer<'_> {
    pub(super) fn open_link(&mut self, kind: LinkType, url: &str, title: &str, range: Range<usize>) {
        self.prose = true;
        let url = &*local(url, self.setting.site);
        let mut link = self.link_at(url);
        match kind {
            LinkType::WikiLink { has_pothole } => self.open_wiki(&mut link, url, has_pothole, range),
            _ if url.starts_with("cite:@") => self.cite(&mut link, &url["cite:".len()..], range),
            LinkType::Email => self.open_anchor(&mut link, &format!("mailto:{url}"), title),
            _ if !safe_url(url) => self.unsafe_link(&mut link, url, range),
            _ if is_external(url) => self.open_anchor(&mut link, url, title),
            _ => {
                let hole = self.refer(Target::Link(url.to_owned()), range, ADDRESS);
                link.reference = Some(self.body.references.len() - 1);
                self.open_anchor_at(&mut link, &hole, title);
            }
        }
        self.link.push(link);
    }

    fn link_at(&self, url: &str) -> OpenLink {
        OpenLink {
            image: false,
            shows: true,
            bare: false,
            include: false,
            close: "",
            out: self.out.len(),
            text: self.text.len(),
            address: url.to_owned(),
            caption: String::new(),
            reference: None,
        }
    }

    fn open_anchor(&mut self, link: &mut OpenLink, url: &str, title: &str) {
        let mut address = String::with_capacity(url.len());
        push_address(&mut address, url);
        self.open_anchor_at(link, &address, title);
    }

    fn open_anchor_at(&mut self, link: &mut OpenLink, address: &str, title: &str) {
        let _ = write!(self.out, "<a href=\"{address}\"");
        if !title.is_empty() {
            self.out.push_str(" title=\"");
            push_escaped(&mut self.out, title);
            self.out.push('"');
        }
        self.out.push('>');
        link.close = "</a>";
    }

    fn unsafe_link(&mut self, _link: &mut OpenLink, url: &str, range: Range<usize>) {
        let scheme = url.split(':').next().unwrap_or("").trim();
        self.fault(
            Code::E207,
            range,
            format!("the address scheme \"{}\" is not allowed in a link", shorten(scheme, 20)),
            "use https, http, mailto, tel, or a path inside the site",
        );
    }

    fn open_wiki(&mut self, link: &mut OpenLink, target: &str, named: bool, range: Range<usize>) {
        let target = target.trim().to_owned();
        // A heading's words are its anchor too, so they cannot wait for the graph.
        let inside = self.heading.is_some();
        let hole = self.refer(Target::Wiki(target), range, ADDRESS);
        link.reference = Some(self.body.references.len() - 1);
        self.open_anchor_at(link, &hole, "");
        if !named && !inside {
            let title = format!("{HOLE}{}{TITLE}", self.setting.references + self.body.references.len() - 1);
            self.out.push_str(&title);
            link.shows = false;
            link.bare = true;
        }
    }

    /// `[@a]` or `[@a; @b]`: one mark each.
    fn cite(&mut self, link: &mut OpenLink, keys: &str, range: Range<usize>) {
        link.shows = false;
        for key in keys.split([';', ',']) {
            let id = key.trim().trim_start_matches('@').trim().to_owned();
            let hole = self.refer(Target::Cite(id), range.clone(), CITATION);
            self.out.push_str(&hole);
        }
    }

    /// Adds a reference and gives the hole for it.
    pub(super) fn refer(&mut self, target: Target, range: Range<usize>, end: char) -> String {
        let number = self.setting.references + self.body.references.len();
        // Until the block ends, the context is the place of the reference in its text.
        let context = self.text.len().to_string();
        self.body.references.push(Reference { target, field: None, range, context, words: String::new() });
        format!("{HOLE}{number}{end}")
    }

    pub(super) fn open_image(&mut self, kind: LinkType, url: &str, title: &str, range: Range<usize>) {
        if matches!(kind, LinkType::WikiLink { .. }) && is_text(url) {
            self.open_include(url, range);
            let link = OpenLink { image: true, shows: false, include: true, ..self.link_at(url) };
            return self.link.push(link);
        }
        self.pictures += 1;
        let url = &*local(url, self.setting.site);
        let mut link = OpenLink { image: true, shows: false, caption: title.to_owned(), ..self.link_at(url) };
        if is_external(url) || !safe_url(url) {
            self.outside_picture(range);
        } else {
            link.address = self.refer(Target::Asset(url.to_owned()), range, ADDRESS);
        }
        self.link.push(link);
    }

    /// A picture that is no file of the site.
    pub(super) fn outside_picture(&mut self, range: Range<usize>) {
        self.fault(
            Code::E708,
            range,
            "a picture from another place",
            "put the file into the site: a page loads nothing from elsewhere, and the picture may vanish",
        );
    }

    /// A picture of which nothing is said.
    pub(super) fn without_words(&mut self, range: Range<usize>, help: &str) {
        self.fault(Code::W702, range, "an image without a text for those who cannot see it", help);
    }

    pub(super) fn close_link(&mut self, range: Range<usize>) {
        let Some(link) = self.link.pop() else { return };
        if link.include {
            return self.text.truncate(link.text);
        }
        if link.image {
            return self.close_image(&link, range);
        }
        self.out.push_str(link.close);
        let shown = self.text.get(link.text..).unwrap_or("").trim();
        if let Some(reference) =
            link.reference.filter(|_| link.shows && shown.len() <= 80).and_then(|at| self.body.references.get_mut(at))
        {
            reference.words = name_key(shown);
        }
        let words = shown.to_lowercase();
        let seen = self.out.get(link.out..).unwrap_or("");
        if !link.close.is_empty() && link.shows && words.is_empty() && !seen.contains("<img") {
            let help = "say between the brackets where it leads: [the page's name](page.md)";
            return self.fault(Code::W706, range, "a link without words", help);
        }
        if !link.close.is_empty() && link.shows && EMPTY_WORDS.contains(&words.trim_end_matches(['.', '!', ':'])) {
            self.fault(
                Code::W706,
                range,
                format!("the link text \"{words}\" does not say where it leads"),
                "name the page: readers who listen to a page hear its links alone",
            );
        }
    }

    fn close_image(&mut self, link: &OpenLink, range: Range<usize>) {
        let alt = self.text.get(link.text..).unwrap_or("").trim().to_owned();
        // The words of a picture inside a picture's words are words of the outer one.
        if self.link.last().is_some_and(|outer| outer.image) {
            return;
        }
        self.text.truncate(link.text);
        self.cut(link.out);
        let _ =
            write!(self.out, "<img src=\"{}\" alt=\"", if link.address.starts_with(HOLE) { &link.address } else { "" });
        push_escaped(&mut self.out, &alt);
        self.out.push_str("\" loading=\"lazy\" decoding=\"async\">");
        if alt.is_empty() {
            self.without_words(range, "say between the brackets what it shows: ![a thumb on the calf](calf.png)");
        } else if is_file_name(&alt) {
            let help = "say what it shows: readers who listen to a page hear these words in its place";
            self.fault(Code::W702, range, format!("an image of which only the name \"{alt}\" is told"), help);
        }
        self.caption = (!link.caption.is_empty()).then(|| link.caption.clone());
    }

    /// Puts the sentence around each reference of the block that ends in place of its position.
    pub(super) fn settle_contexts(&mut self) {
        let references = &mut self.body.references;
        let open = references.iter().rev().take_while(|reference| reference.context.parse::<usize>().is_ok()).count();
        let first = references.len() - open;
        let block = &mut references[first..];
        let cited = cited(block);
        for reference in block {
            let at = reference.context.parse::<usize>().unwrap_or(0);
            let sentence = sentence(&self.text, at.min(self.text.len()));
            reference.context = without_keys(sentence, &cited);
            if reference.context.bytes().all(|b| b.is_ascii_digit()) {
                reference.context.push(' ');
            }
        }
    }
}

/// The keys of sources that references cite, as they are typed.
pub(super) fn cited(references: &[Reference]) -> FxHashSet<String> {
    let key = |reference: &Reference| match &reference.target {
        Target::Cite(key) => Some(format!("@{key}")),
        _ => None,
    };
    references.iter().filter_map(key).collect()
}

/// A text without the keys of the sources it cites, which may be cut at its end.
pub(super) fn without_keys(text: String, cited: &FxHashSet<String>) -> String {
    if cited.is_empty() {
        return text;
    }
    let bare = |word: &str| word.trim_end_matches([';', ',', '.', '…']).len();
    let is_key = |word: &str| {
        let key = &word[..bare(word)];
        let cut = || word.ends_with('…') && cited.iter().any(|cited| cited.starts_with(key));
        key.starts_with('@') && (cited.contains(key) || cut())
    };
    let mut out = String::with_capacity(text.len());
    let mut words = text.split_whitespace().peekable();
    while let Some(word) = words.next() {
        // Between two keys a comma is theirs, behind the last it is the sentence's.
        let shown = match is_key(word) {
            true if out.is_empty() || words.peek().is_some_and(|next| is_key(next)) => "",
            true => &word[bare(word)..],
            false => word,
        };
        if !out.is_empty() && !is_key(word) {
            out.push(' ');
        }
        out.push_str(shown);
    }
    out
}

/// What a wikilink without words of its own says in plain text: the name, without registry, anchor and hyphens.
pub(super) fn spoken(target: &str) -> String {
    let name = target.split('#').next().unwrap_or("");
    name.rsplit_once(':').map_or(name, |(_, name)| name).replace('-', " ")
}

/// The sentence of a text in which a position stands, at most 200 characters of it. What has no end for thousands of
/// characters is no sentence: each reference looks only so far around it.
pub(crate) fn sentence(text: &str, at: usize) -> String {
    const FAR: usize = 4_000;
    let at = floor(text, at);
    let (low, high) = (floor(text, at.saturating_sub(FAR)), floor(text, at + FAR));
    let ends = |c: char| matches!(c, '.' | '!' | '?' | '\n');
    let start = text[low..at]
        .char_indices()
        .rev()
        .map(|(i, c)| (low + i, c))
        .find(|(i, c)| ends(*c) && text[i + c.len_utf8()..].starts_with(char::is_whitespace) || *c == '\n')
        .map_or(low, |(i, c)| i + c.len_utf8());
    let end = text[at..high]
        .char_indices()
        .map(|(i, c)| (at + i, c))
        .find(|(i, c)| *c == '\n' || ends(*c) && text[i + c.len_utf8()..].starts_with(char::is_whitespace))
        .map_or(high, |(i, c)| i + c.len_utf8());
    shorten(text[start..end].trim(), 200)
}

/// Whether words are the name of a picture's file.
fn is_file_name(words: &str) -> bool {
    let ending = words.rsplit_once('.').map_or("", |(_, ending)| ending).to_ascii_lowercase();
    !words.contains(char::is_whitespace)
        && matches!(ending.as_str(), "png" | "jpg" | "jpeg" | "gif" | "svg" | "webp" | "avif")
}

/// The address inside the site of one that is typed with the public address of the site before it.
pub(super) fn local<'u>(url: &'u str, site: Option<&str>) -> Cow<'u, str> {
    match site.and_then(|site| url.strip_prefix(site)) {
        Some(rest) if rest.starts_with('/') => Cow::Borrowed(rest),
        Some(rest) if rest.is_empty() || rest.starts_with(['?', '#']) => Cow::Owned(format!("/{rest}")),
        _ => Cow::Borrowed(url),
    }
}

/// Whether an address leads out of the site.
pub(super) fn is_external(url: &str) -> bool {
    url.starts_with("//")
        || url.find(':').is_some_and(|at| !url[..at].contains(['/', '?', '#']) && !url[..at].is_empty())
}

/// An address for an attribute: what may not stand in one is percent-encoded.
fn push_address(out: &mut String, url: &str) {
    for c in url.chars() {
        match c {
            '"' | '<' | '>' | '`' | ' ' | '\\' | '[' | ']' => _ = write!(out, "%{:02X}", c as u32),
            '&' => out.push_str("&amp;"),
            c if c.is_control() => {}
            c if c.is_ascii() => out.push(c),
            c => {
                let mut bytes = [0; 4];
                for byte in c.encode_utf8(&mut bytes).bytes() {
                    let _ = write!(out, "%{byte:02X}");
                }
            }
        }
    }
}
