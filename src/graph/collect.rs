//! Turns a list of articles into what is published, by id and by address, and reports what claims one place twice.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use rustc_hash::FxHashMap;
use serde_json::Value;

use super::Parts;
use super::report::{Entry, Place};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Span};
use crate::hash::Digest;
use crate::parse::{Article, Id};
use crate::text::{file_key, slug};

/// What there is.
pub(crate) struct Collected {
    pub articles: BTreeMap<Id, Arc<Article>>,
    /// Drafts that are left out; a reference to one is an error.
    pub drafts: BTreeMap<Id, Arc<Article>>,
    /// By source path, the article in it.
    pub paths: FxHashMap<Arc<str>, Id>,
    /// By address, the page.
    pub addresses: FxHashMap<String, Id>,
    /// By article and place in its `sources`, the record made of a source typed there.
    pub typed: FxHashMap<(Id, usize), Id>,
    pub redirects: BTreeMap<String, String>,
    pub report: Vec<Entry>,
    /// Files that could not be read: what they hold is unknown, so a reference to it is no fault.
    pub unread: BTreeSet<Arc<str>>,
}

pub(super) fn collect(
    articles: &[Arc<Article>],
    unread: BTreeSet<Arc<str>>,
    parts: &Parts<'_>,
    diagnostics: &mut Diagnostics,
) -> Collected {
    let mut collected = Collected {
        articles: BTreeMap::new(),
        drafts: BTreeMap::new(),
        paths: FxHashMap::default(),
        addresses: FxHashMap::default(),
        typed: FxHashMap::default(),
        redirects: BTreeMap::new(),
        report: Vec::new(),
        unread,
    };
    for article in articles {
        collected.add(article.clone(), parts.sources.drafts, diagnostics);
    }
    collected.typed_sources();
    collected.check_addresses(diagnostics);
    collected.earlier_addresses(diagnostics);
    collected
}

/// The files that could not be read, by what was told of them.
pub(super) fn unread(articles: &[Arc<Article>], diagnostics: &Diagnostics) -> BTreeSet<Arc<str>> {
    let unreadable = |code: Code| matches!(code, Code::E105 | Code::E107 | Code::E108 | Code::E109);
    let mut paths: BTreeSet<Arc<str>> =
        diagnostics.sorted().into_iter().filter(|d| unreadable(d.code)).map(|d| d.span.path.clone()).collect();
    if !paths.is_empty() {
        articles.iter().for_each(|article| _ = paths.remove(&article.path));
    }
    paths
}

impl Collected {
    fn add(&mut self, article: Arc<Article>, drafts: bool, diagnostics: &mut Diagnostics) {
        let id = article.id.clone();
        if article.draft && !drafts {
            self.drafts.insert(id, article);
            return;
        }
        if let Some(first) = self.articles.get(&id) {
            let (place, other) = (article.key("/id"), first.head());
            let message = format!("the id \"{}\" stands twice in \"{}\"", id.slug, id.registry);
            let help = "ids are unique: give one of the two another `id`, or merge them";
            diagnostics.push(Diagnostic::new(Code::E203, place, message).help(help).see(other, "it stands here first"));
            self.paths.insert(article.path.clone(), id);
            return;
        }
        if article.base.is_empty() {
            self.paths.insert(article.path.clone(), id.clone());
        }
        self.articles.insert(id, article);
    }

    /// Two pages at one address, also where letters differ in case or composition only: one file on some systems.
    fn check_addresses(&mut self, diagnostics: &mut Diagnostics) {
        let mut folded: FxHashMap<String, Id> = FxHashMap::default();
        let mut order: Vec<&Arc<Article>> = self.articles.values().collect();
        order.sort_by(|a, b| (&a.path, &a.base).cmp(&(&b.path, &b.base)));
        for article in order {
            let Some(url) = &article.url else { continue };
            let key = file_key(url);
            if let Some(other) = folded.get(&key).and_then(|id| self.articles.get(id)) {
                let message = format!("two pages at the address /{url}");
                let help = "give one of them another `slug`, or rename its file";
                let place = if article.fields.contains_key("slug") { article.value("/slug") } else { article.head() };
                let see = if other.fields.contains_key("slug") { other.value("/slug") } else { other.head() };
                diagnostics.push(Diagnostic::new(Code::E206, place, message).help(help).see(see, "the other page"));
                continue;
            }
            folded.insert(key, article.id.clone());
            self.addresses.insert(url.clone(), article.id.clone());
        }
    }

    /// Redirects from the addresses that `was` ids had.
    fn earlier_addresses(&mut self, diagnostics: &mut Diagnostics) {
        for article in self.articles.values() {
            let Some(url) = article.url.as_deref().filter(|url| !url.contains('#')) else { continue };
            let folder = url.trim_end_matches('/').rsplit_once('/').map_or("", |(folder, _)| folder);
            for (at, old) in article.was.iter().enumerate() {
                let from = if folder.is_empty() { format!("{old}/") } else { format!("{folder}/{old}/") };
                if self.addresses.contains_key(&from) {
                    let message = format!("the earlier id \"{old}\" is in use again at /{from}");
                    diagnostics.push(
                        Diagnostic::new(Code::E203, article.value(&format!("/was/{at}")), message)
                            .help("remove it from `was`"),
                    );
                } else {
                    self.redirects.insert(from, url.to_owned());
                }
            }
        }
    }

    /// Sources typed into an article become records of the registry.
    fn typed_sources(&mut self) {
        let mut made = Vec::new();
        for article in self.articles.values().filter(|a| a.fields.get("sources").is_some_and(Value::is_array)) {
            let sources = article.fields.get("sources").and_then(Value::as_array).into_iter().flatten().enumerate();
            for (at, source) in sources.filter(|(_, source)| source.is_object()) {
                made.push(typed_source(article, at, source));
            }
        }
        // Where to go on counting: a work typed on every page takes one step a page.
        let mut next: FxHashMap<Arc<str>, usize> = FxHashMap::default();
        for (owner, at, mut record) in made {
            let base = record.id.slug.clone();
            let count = next.entry(base.clone()).or_insert(1);
            while self.articles.contains_key(&record.id) {
                *count += 1;
                record.id.slug = format!("{base}-{count}").into();
            }
            record.url = Some(format!("sources/#{}", record.id.slug));
            self.typed.insert((owner, at), record.id.clone());
            self.articles.insert(record.id.clone(), Arc::new(record));
        }
    }
}

fn typed_source(article: &Article, at: usize, source: &Value) -> (Id, usize, Article) {
    let text = |key: &str| source.get(key).and_then(Value::as_str).unwrap_or("");
    let short: String = slug(&format!("{} {}", text("publisher"), text("title"))).chars().take(60).collect();
    let name = if text("id").is_empty() { short.trim_matches('-').to_owned() } else { text("id").to_owned() };
    let base = format!("{}/sources/{at}", article.base);
    let record = Article {
        id: Id { registry: "sources".into(), slug: name.into() },
        kind: "".into(),
        digest: Digest::of(&(article.digest, &base)),
        base,
        title: text("title").to_owned(),
        fields: crate::schema::object(source),
        ..crate::parse::blank(&article.path, article.document.clone(), article.digest)
    };
    (article.id.clone(), at, record)
}

/// What stood twice in one article.
pub(super) fn repeats(article: &Article) -> impl Iterator<Item = Entry> + '_ {
    article.repeats.iter().map(|repeat| {
        let place = |range: &Range<usize>| Place::new(Span::new(&article.path, range.clone()), article);
        Entry::same(repeat.what, "merge", place(&repeat.kept), vec![place(&repeat.dropped)])
    })
}
