//! Turns source files into articles: what one file says, with holes where only the graph knows the answer.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use serde_json::{Map, Value};

use crate::config::Config;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Span, did_you_mean};
use crate::hash::Digest;
use crate::memo::{Memo, Stage, groups};
use crate::schema::Schema;
use crate::similar::{Sketch, Topic};
use crate::source::{Source, Sources};
use crate::words::{Language, Words};
use crate::yaml::Document;

mod article;
mod blocks;
mod foreign;
mod front_matter;
mod headings;
mod highlight;
mod includes;
mod leaves;
mod links;
mod markdown;
mod math;
mod namesakes;
mod notes;
mod outline;
mod raw_html;
mod records;
pub(crate) mod sanitize;
#[cfg(test)]
mod spec_tests;
mod tables;
mod typed_tags;
mod units;

pub(crate) use article::{SETTINGS, blank};
pub(crate) use links::sentence;
#[cfg(test)]
pub(crate) use markdown::render_body;
pub(crate) use outline::Heading;
pub(crate) use units::plain;

/// What identifies a thing on a site: the registry (or, for an article outside all registries, the kind) and its id.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Id {
    pub registry: Arc<str>,
    pub slug: Arc<str>,
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.registry, self.slug)
    }
}

impl fmt::Debug for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// HTML with holes. A hole is U+FDD0, the number of a reference, and one of U+FDD1 to U+FDD5 that says what goes in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Rich {
    pub html: String,
    /// Whether there is any hole.
    pub holes: bool,
}

/// The first character of a hole. It cannot stand in a source: loading replaces it.
pub(crate) const HOLE: char = '\u{FDD0}';
/// The hole is an address.
pub(crate) const ADDRESS: char = '\u{FDD1}';
/// The hole is the address of a picture whose size is typed.
pub(crate) const PLAIN: char = '\u{FDD5}';
/// The hole is the title of the target.
pub(crate) const TITLE: char = '\u{FDD2}';
/// The hole is a citation mark.
pub(crate) const CITATION: char = '\u{FDD3}';

/// The hole is a text of another article.
pub(crate) const INCLUDE: char = '\u{FDD4}';

/// A text without its holes, for places that cannot wait for the graph.
pub(crate) fn without_holes(text: &str) -> String {
    let mut parts = text.split(HOLE);
    let first = parts.next().unwrap_or("").to_owned();
    parts.fold(first, |out, part| {
        out + part
            .trim_start_matches(|c: char| c.is_ascii_digit())
            .trim_start_matches([ADDRESS, PLAIN, TITLE, CITATION, INCLUDE])
    })
}

/// What a reference names, as typed.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Target {
    /// `[[id]]`, `[[registry:id]]`, `[[id#heading]]`.
    Wiki(String),
    /// `![[id#section]]`: the text itself.
    Include(String),
    /// `[@id]`.
    Cite(String),
    /// A Markdown link inside the site.
    Link(String),
    /// A picture, or a download.
    Asset(String),
    /// An id in a field whose schema says `ref`.
    Field { registry: Arc<str>, id: String, sided: bool },
}

/// One reference of an article to something else.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Reference {
    pub target: Target,
    /// The JSON pointer of the front matter value it stands in; none for the body.
    pub field: Option<String>,
    /// The range in the file, for a reference in the body.
    pub range: Range<usize>,
    /// The sentence around it.
    pub context: String,
    /// The words of a link by hand, folded; empty where the title is shown.
    pub words: String,
}

/// A paragraph, list, table or quotation of the body, by its surface.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Block {
    pub surface: Digest,
    pub words: usize,
    pub what: &'static str,
    pub range: Range<usize>,
}

/// A text of an article that is compared with those of others: a block or list item of the body, or a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unit {
    pub what: &'static str,
    /// The JSON pointer below the fields; none for the body.
    pub field: Option<String>,
    /// The range in the file, for a text of the body.
    pub range: Range<usize>,
    pub sketch: Sketch,
    /// The number of headings before it.
    pub section: u32,
    /// The digests of a question's words and of its answer's; boxed, since most units are no questions.
    pub keys: Option<Box<(Digest, Digest)>>,
    /// By what its sentences are found where they stand in another text.
    pub sentences: Box<[u32]>,
}

/// Something that stood twice in one article, and of which one was dropped.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Repeat {
    pub what: &'static str,
    pub kept: Range<usize>,
    pub dropped: Range<usize>,
}

/// One article or record.
#[derive(Clone, Debug)]
pub(crate) struct Article {
    pub id: Id,
    /// The kind; empty for records that are no pages.
    pub kind: Arc<str>,
    pub path: Arc<str>,
    /// The digest of everything it was made from.
    pub digest: Digest,
    /// The JSON pointer of the record in its data file; empty for an article of its own.
    pub base: String,
    pub document: Document,
    pub title: String,
    pub summary: Option<String>,
    /// The first paragraph of the body, as plain text.
    pub lead: String,
    pub lang: Option<String>,
    pub draft: bool,
    /// Other names by which it can be referred to.
    pub names: Vec<String>,
    /// Earlier ids.
    pub was: Vec<String>,
    /// The front matter or record, checked.
    pub fields: Map<String, Value>,
    /// The Markdown fields, by JSON pointer below the fields.
    pub rich: BTreeMap<String, Rich>,
    pub body: Rich,
    pub outline: Vec<Heading>,
    /// Anchors of blocks.
    pub anchors: Vec<String>,
    pub references: Vec<Reference>,
    pub blocks: Vec<Block>,
    pub repeats: Vec<Repeat>,
    pub units: Vec<Unit>,
    /// A sample of the hashes of five words in a row of the body.
    pub shingles: Vec<u32>,
    pub topic: Topic,
    pub words: usize,
    /// The address of its page, relative to the site's root; none when it has no page of its own.
    pub url: Option<String>,
    /// The name of its file, where files of other folders have it too.
    pub namesake: Option<Arc<str>>,
}

impl Article {
    /// The place of a value of its front matter.
    pub fn value(&self, pointer: &str) -> Span {
        Span::new(&self.path, self.document.value(&format!("{}{pointer}", self.base)))
    }

    /// The place of a key of its front matter.
    pub fn key(&self, pointer: &str) -> Span {
        Span::new(&self.path, self.document.key(&format!("{}{pointer}", self.base)))
    }

    /// The place that stands for the whole: the title's value.
    pub fn head(&self) -> Span {
        let span = self.value("");
        Span { end: span.start, ..span }
    }

    /// The place of a reference.
    pub fn place(&self, reference: &Reference) -> Span {
        let Some(pointer) = &reference.field else { return Span::new(&self.path, reference.range.clone()) };
        let words = match &reference.target {
            Target::Wiki(words)
            | Target::Include(words)
            | Target::Cite(words)
            | Target::Link(words)
            | Target::Asset(words) => words.as_str(),
            Target::Field { id, .. } => id.as_str(),
        };
        Span::new(&self.path, self.document.inside(&format!("{}{pointer}", self.base), words))
    }

    /// The texts of a list field.
    pub fn list(&self, field: &str) -> impl Iterator<Item = &str> {
        self.fields.get(field).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
    }

    /// A text inside the front matter, by JSON pointer.
    pub fn text(&self, pointer: &str) -> Option<&str> {
        let (first, rest) =
            pointer.strip_prefix('/')?.split_once('/').map_or((pointer.get(1..)?, None), |(a, b)| (a, Some(b)));
        let value = self.fields.get(first)?;
        rest.map_or(Some(value), |rest| value.pointer(&format!("/{rest}")))?.as_str()
    }
}

/// What one file says.
#[derive(Debug, Default)]
pub(crate) struct Parsed {
    pub articles: Vec<Arc<Article>>,
    pub diagnostics: Vec<Diagnostic>,
}

/// Everything the parsing of one file may look at.
#[derive(Clone, Copy)]
pub(crate) struct Rules<'a> {
    pub schema: &'a Schema,
    pub config: &'a Config,
    pub words: &'a Words,
}

impl<'a> Rules<'a> {
    /// The words of the interface in the language of an article.
    fn words(&self, article: &Article) -> &'a Language {
        self.words.of(article.lang.as_deref().unwrap_or(&self.config.lang))
    }
}

/// Parses every article and data file of a site, in parallel, each once for its bytes.
pub(crate) fn articles(
    sources: &Sources,
    rules: Rules<'_>,
    memo: &Memo,
    diagnostics: &mut Diagnostics,
) -> Vec<Arc<Article>> {
    let files: Vec<&Source> = sources
        .below("content/")
        .filter(|source| is_article(&source.path) || registry_of(&source.path, rules).is_some())
        .collect();
    let parsed = parse_all(&files, rules, memo);
    unread(sources, rules, diagnostics);
    // A draft may be as unfinished as it is: what is wrong in it is said when it becomes part of a site.
    let unfinished = |file: &&Arc<Parsed>| !sources.drafts && matches!(file.articles.as_slice(), [one] if one.draft);
    let parsed = || parsed.iter().flat_map(|group| group.iter());
    diagnostics.extend(parsed().filter(|file| !unfinished(file)).flat_map(|file| file.diagnostics.iter().cloned()));
    let own = parsed().flat_map(|file| file.articles.iter().cloned());
    let mut all: Vec<Arc<Article>> = own.chain(article::settings(sources, rules).map(Arc::new)).collect();
    namesakes::apart(&mut all, rules);
    all
}

/// What every file says, in groups of neighbours.
fn parse_all(files: &[&Source], rules: Rules<'_>, memo: &Memo) -> Vec<Arc<Vec<Arc<Parsed>>>> {
    let Config { dedupe, lang, url, .. } = rules.config;
    let context = Digest::of(&(rules.schema.digest, dedupe, lang, url, rules.words.digest));
    let name = |file: &&Source| (file.path.clone(), file.digest);
    let groups = groups(files, |file| &file.path, name);
    memo.each(
        (Stage::Parse, context),
        &groups,
        |file| Digest::of(&name(file)),
        |file, digest| one_file(file, digest, rules),
    )
}

fn is_article(path: &str) -> bool {
    path.ends_with(".md") || path.ends_with(".markdown")
}

/// Files that look as if they were read, and are not: an ending in capitals, data that belongs to no registry.
fn unread(sources: &Sources, rules: Rules<'_>, diagnostics: &mut Diagnostics) {
    let registries = || rules.schema.registries.values().map(|registry| &*registry.file);
    for path in sources.below("content/").map(|source| &source.path).filter(|path| !is_article(path)) {
        let (name, ending) = path.rsplit_once('.').unwrap_or((path, ""));
        let is = |endings: [&str; 2]| endings.iter().any(|known| ending.eq_ignore_ascii_case(known));
        let fault = |message: String, help: String| Diagnostic::new(Code::W111, Span::file(path), message).help(help);
        if is(["md", "markdown"]) {
            let help = format!("rename the file: {name}.{}", ending.to_ascii_lowercase());
            let message = format!("the ending .{ending} is in capitals, so this is read as no article");
            diagnostics.push(fault(message, help));
        } else if is(["yaml", "yml"]) && path.starts_with("content/data/") && !registries().any(|file| *file == **path)
        {
            let hint = did_you_mean(&name["content/".len()..], registries().map(in_content));
            let help = "name the file as the registry whose records it holds, or add the registry to schema.yaml";
            diagnostics.push(fault(format!("no registry reads this file{hint}"), help.to_owned()));
        }
    }
}

/// A path as an editor names it: `data/areas`.
fn in_content(path: &str) -> &str {
    let path = path.strip_prefix("content/").unwrap_or(path);
    path.strip_suffix(".yaml").unwrap_or(path)
}

fn registry_of<'a>(path: &str, rules: Rules<'a>) -> Option<&'a crate::schema::Registry> {
    rules.schema.registries.values().find(|registry| registry.file == path)
}

fn one_file(source: &Source, digest: Digest, rules: Rules<'_>) -> Parsed {
    let mut diagnostics = Diagnostics::default();
    let Some(text) = source.text() else { return Parsed::default() };
    let articles = match registry_of(&source.path, rules) {
        Some(registry) => records::read(registry, &source.path, text, digest, rules, &mut diagnostics),
        None => article::read(&source.path, text, digest, rules, &mut diagnostics).into_iter().collect(),
    };
    Parsed {
        articles: articles.into_iter().map(Arc::new).collect(),
        diagnostics: diagnostics.sorted().into_iter().cloned().collect(),
    }
}
