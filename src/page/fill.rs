//! Turns HTML with holes into HTML for one page: addresses from its place, titles, citation numbers, automatic links.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::{Maker, root_of};
use crate::graph::{AutoLink, Graph, INCLUDED, INCLUDES, Resolved, excerpt};
use crate::parse::{ADDRESS, Article, CITATION, HOLE, INCLUDE, Id, PLAIN, Rich, TITLE, Target};
use crate::text::{escape, name_key, plain, push_escaped, shorten};
use crate::words::Language;

/// The state of filling one page.
pub(super) struct Filler<'a> {
    maker: &'a Maker<'a>,
    /// The page.
    pub article: &'a Article,
    pub root: String,
    words: &'a Language,
    /// The sources cited so far, in order, and how often each.
    pub cited: Vec<(Id, usize)>,
    /// The articles whose text is being included, and how many texts were.
    open: Vec<Id>,
    included: usize,
    /// How many bytes of HTML were included.
    taken_in: usize,
    /// The automatic links of the page by the text they stand in.
    auto: BTreeMap<Option<&'a str>, Vec<&'a AutoLink>>,
}

impl<'a> Filler<'a> {
    pub fn new(maker: &'a Maker<'a>, article: &'a Article) -> Self {
        let mut auto: BTreeMap<Option<&str>, Vec<&AutoLink>> = BTreeMap::new();
        for link in maker.graph.auto_of(&article.id) {
            auto.entry(link.pointer.as_deref()).or_default().push(link);
        }
        Self {
            maker,
            article,
            words: maker.words_of(article),
            root: root_of(article.url.as_deref().unwrap_or("")),
            cited: Vec::new(),
            open: Vec::new(),
            included: 0,
            taken_in: 0,
            auto,
        }
    }

    /// The body of the page.
    pub fn body(&mut self) -> String {
        let article = self.article;
        self.rich(article, &article.body, None)
    }

    /// A text of `owner`, which may be another article than the page. `pointer` says which text it is.
    pub fn rich(&mut self, owner: &Article, rich: &Rich, pointer: Option<&str>) -> String {
        let links =
            if owner.id == self.article.id { self.auto.get(&pointer).cloned() } else { None }.unwrap_or_default();
        if links.is_empty() && !rich.holes {
            return rich.html.clone();
        }
        let mut out = String::with_capacity(rich.html.len() + 64 * (links.len() + 4));
        let mut from = 0;
        for link in links {
            self.holes(owner, &rich.html[from..link.start], &mut out);
            let url = self.maker.graph.get(&link.to).and_then(|to| to.url.clone()).unwrap_or_default();
            let _ = write!(out, "<a class=\"auto\" href=\"{}{}\" data-target=\"{}\"", self.root, escape(&url), link.to);
            if let Some(to) = self.maker.graph.get(&link.to) {
                self.push_hint(to, &mut out, ["", "\""]);
            }
            out.push('>');
            self.holes(owner, &rich.html[link.start..link.end], &mut out);
            out.push_str("</a>");
            from = link.end;
        }
        self.holes(owner, &rich.html[from..], &mut out);
        out
    }

    fn holes(&mut self, owner: &Article, html: &str, out: &mut String) {
        let mut rest = html;
        while let Some(at) = rest.find(HOLE) {
            out.push_str(&rest[..at]);
            let inner = &rest[at + HOLE.len_utf8()..];
            let digits = inner.find(|c: char| !c.is_ascii_digit()).unwrap_or(inner.len());
            let end = inner[digits..].chars().next();
            if let (Ok(number), Some(end)) = (inner[..digits].parse::<usize>(), end) {
                self.hole(owner, number, end, out);
                rest = &inner[digits + end.len_utf8()..];
            } else {
                rest = inner;
            }
        }
        out.push_str(rest);
    }

    fn hole(&mut self, owner: &Article, number: usize, end: char, out: &mut String) {
        let resolved =
            self.maker.graph.resolved.get(&owner.id).and_then(|list| list.get(number)).unwrap_or(&Resolved::Nothing);
        match (end, resolved) {
            (ADDRESS, resolved) => self.address(resolved, out),
            (PLAIN, Resolved::Asset(path)) => self.picture(path, false, out),
            (TITLE, Resolved::Thing { .. }) => push_escaped(out, &shown_title(self.maker.graph, owner, number)),
            (CITATION, Resolved::Thing { id, .. }) => self.cite(id.clone(), out),
            (INCLUDE, Resolved::Thing { id, anchor, .. }) => self.include(id, anchor.as_deref(), out),
            _ => {}
        }
    }

    /// The value of an `href` or `src`; for a picture the attribute is closed and its size follows.
    fn address(&self, resolved: &Resolved, out: &mut String) {
        match resolved {
            Resolved::Thing { id, anchor, .. } => {
                let url = self.maker.graph.get(id).and_then(|to| to.url.as_deref()).unwrap_or("");
                let same = *id == self.article.id;
                match anchor {
                    Some(anchor) if same => _ = write!(out, "#{}", escape(anchor)),
                    Some(anchor) => _ = write!(out, "{}{}#{}", self.root, escape(url), escape(anchor)),
                    None => {
                        let _ = write!(out, "{}{}", self.root, escape(url));
                        if let Some(to) = self.maker.graph.get(id) {
                            // The attribute is open: the hint closes it, and stays open in its place.
                            self.push_hint(to, out, ["\"", ""]);
                        }
                    }
                }
            }
            Resolved::Address(url) => {
                let folder = if url.is_empty() || url.ends_with('/') || url.contains('.') { "" } else { "/" };
                let _ = write!(out, "{}{}{folder}", self.root, escape(url));
            }
            Resolved::Asset(path) => self.picture(path, true, out),
            Resolved::Nothing => out.push('#'),
        }
    }

    /// The address of a file, and its size where it is a picture whose size nobody typed.
    fn picture(&self, path: &str, sized: bool, out: &mut String) {
        let Some(asset) = self.maker.graph.assets.get(path) else { return };
        let _ = write!(out, "{}{}", self.root, asset.url);
        if let Some((width, height)) = asset.size.filter(|_| sized) {
            let _ = write!(out, "\" width=\"{width}\" height=\"{height}");
        }
    }

    /// The definition of a term, in a link to it, for those who only want to know what a word means.
    fn push_hint(&self, to: &Article, out: &mut String, [before, after]: [&str; 2]) {
        let Some(definition) = to.rich.get("/definition") else { return };
        let said = plain(&definition.html);
        let mut parts = said.split(HOLE);
        let mut words = parts.next().unwrap_or("").to_owned();
        for part in parts {
            let digits = part.find(|c: char| !c.is_ascii_digit()).unwrap_or(part.len());
            if part[digits..].starts_with(TITLE) {
                let number = part[..digits].parse::<usize>().unwrap_or(usize::MAX);
                words += &shown_title(self.maker.graph, to, number);
            }
            words.extend(part[digits..].chars().skip(1));
        }
        let _ = write!(out, "{before} data-hint=\"");
        push_escaped(out, &shorten(words.trim(), HINT));
        out.push_str(after);
    }

    /// The words of a link by name.
    /// The text of another article, with a link to its home. Its anchors get a prefix: the page may have the same ones.
    fn include(&mut self, id: &Id, anchor: Option<&str>, out: &mut String) {
        let Some(target) = self.maker.graph.get(id) else { return };
        // A chain that leads back, or grows without end, was reported; it must end all the same.
        let endless = self.open.contains(id) || *id == self.article.id || self.taken_in > INCLUDED;
        if self.open.len() >= INCLUDES || endless {
            return;
        }
        self.open.push(id.clone());
        self.included += 1;
        let _ = writeln!(out, "<div class=\"include\" data-from=\"{}\">", escape(&id.to_string()));
        // Before the holes are filled: links to the page that includes stay what they are.
        let home = format!("{}{}", self.root, escape(target.url.as_deref().unwrap_or("")));
        let inner = with_own_anchors(excerpt(target, anchor), self.included, &home);
        self.taken_in += inner.len();
        self.holes(target, &inner, out);
        self.open.pop();
        let _ = write!(out, "\n<a class=\"include-home\" href=\"");
        self.address(&Resolved::Thing { id: id.clone(), anchor: anchor.map(str::to_owned), side: None }, out);
        let _ = write!(out, "\" aria-label=\"From: {0}\" title=\"{0}\"></a></div>", escape(&target.title));
    }

    fn cite(&mut self, id: Id, out: &mut String) {
        let id = self.maker.graph.merged.get(&id).cloned().unwrap_or(id);
        let at = self.cited.iter().position(|(known, _)| *known == id).unwrap_or_else(|| {
            self.cited.push((id, 0));
            self.cited.len() - 1
        });
        self.cited[at].1 += 1;
        let (number, mark) = (at + 1, self.cited[at].1);
        let label = self.words.fill("source_number", &[("n", &number.to_string())]);
        let _ = write!(
            out,
            "<sup class=\"cite\" id=\"cite-{number}-{mark}\"><a href=\"#source-{number}\" aria-label=\"{label}\">[{number}]</a></sup>"
        );
    }
}

/// HTML with a prefix before its anchors and before the links to them; links to what was left out lead home.
fn with_own_anchors(html: &str, number: usize, home: &str) -> String {
    let mut out = String::with_capacity(html.len() + 64);
    let mut rest = html;
    // In text these marks cannot stand: a quote there is an entity.
    while let Some(at) = rest.find(['i', 'h']) {
        let mark = [" id=\"", " href=\"#"].into_iter().find(|mark| at > 0 && rest[at - 1..].starts_with(mark));
        let end = mark.map_or(at + 1, |mark| at - 1 + mark.len());
        out.push_str(&rest[..end]);
        rest = &rest[end..];
        let Some(mark) = mark else { continue };
        let name = rest.split('"').next().unwrap_or("");
        match mark {
            " href=\"#" if !html.contains(&format!(" id=\"{name}\"")) => {
                out.pop();
                let _ = write!(out, "{home}#");
            }
            _ => _ = write!(out, "include-{number}-"),
        }
    }
    out.push_str(rest);
    out
}

/// The most characters of a hint.
const HINT: usize = 200;

/// The words of a link that shows the title of what it leads to: of the reference with this number.
pub(crate) fn shown_title(graph: &Graph, owner: &Article, number: usize) -> String {
    let resolved = graph.resolved.get(&owner.id).and_then(|list| list.get(number));
    let Some(Resolved::Thing { id, .. }) = resolved else { return String::new() };
    let title = graph.get(id).map_or("", |to| to.title.as_str());
    let typed = owner.references.get(number).map_or("", |reference| typed_words(&reference.target));
    shown_words(typed, title)
}

/// The name in a wikilink, without its registry and anchor.
fn typed_words(target: &Target) -> &str {
    let Target::Wiki(text) = target else { return "" };
    let name = text.split('#').next().unwrap_or("");
    name.rsplit_once(':').map_or(name, |(_, name)| name)
}

/// The title, or the name as typed where both are the same words: the author knows whether a sentence starts there.
fn shown_words(typed: &str, title: &str) -> String {
    if name_key(typed) == name_key(title) { typed.replace('-', " ") } else { title.to_owned() }
}
