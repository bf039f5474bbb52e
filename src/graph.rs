//! Turns articles into a graph: what there is, what refers to what, what is said twice, what is near.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use crate::config::Config;
use crate::date::Date;
use crate::diagnostic::Diagnostics;
use crate::hash::Digest;
use crate::memo::Memo;
use crate::parse::{Article, Id};
use crate::schema::Schema;
use crate::source::Sources;

mod assets;
mod autolink;
mod collect;
mod copies;
mod dedupe;
mod derive;
mod entries;
mod faqs;
mod fixes;
mod includes;
mod mentions;
mod names;
mod near;
mod related;
mod report;
mod resolve;
mod rules;
mod siblings;
mod works;
mod topics;
mod worth;

pub(crate) use assets::Assets;
pub(crate) use autolink::AutoLink;
pub(crate) use dedupe::home_key;
pub(crate) use entries::{PART, groups, part_url, rank};
pub(crate) use faqs::{Faq, anchor as faq_anchor, faqs_of};
pub(crate) use fixes::{Edit, all as fixes};
pub(crate) use includes::excerpt;
pub(crate) use related::Related;
pub(crate) use report::{Entry, dedupe as dedupe_report, links as links_report};
pub(crate) use resolve::{Resolved, section_id};

/// Why one thing refers to another.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Why {
    /// A field of the front matter names it.
    Field(Arc<str>),
    /// A link or wikilink in the text.
    Hand,
    /// A citation.
    Cite,
    /// A link nobody wrote.
    Auto,
}

/// One relation. All relations of a site are one sorted list.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Edge {
    pub to: Id,
    pub from: Id,
    pub why: Why,
    pub context: String,
}

/// Everything pages may show of each other.
pub(crate) struct Graph {
    pub schema: Arc<Schema>,
    pub config: Arc<Config>,
    /// What is published, by id.
    pub articles: BTreeMap<Id, Arc<Article>>,
    /// The same for look-ups: a tree of names costs a comparison of strings a level.
    by_id: FxHashMap<Id, Arc<Article>>,
    /// Records that are one with another one.
    pub merged: FxHashMap<Id, Id>,
    /// By article and place in its `sources`, the record made of a source typed there.
    pub typed: FxHashMap<(Id, usize), Id>,
    /// What each reference of an article leads to, in the order of its references.
    pub resolved: FxHashMap<Id, Vec<Resolved>>,
    /// The links nobody wrote, of each article.
    pub auto: FxHashMap<Id, Vec<AutoLink>>,
    /// By target, then origin.
    pub edges: Vec<Edge>,
    pub related: Arc<FxHashMap<Id, Vec<Related>>>,
    /// `areas.referred_by` and the like: by record and field, the groups of what refers to it.
    pub derived: FxHashMap<Id, BTreeMap<String, BTreeMap<String, Vec<Id>>>>,
    /// Where a question that stands on several pages is at home: by its surface, the page and anchor.
    pub homes: FxHashMap<(Digest, Digest), (Id, String)>,
    pub assets: Assets,
    /// Addresses that lead elsewhere: from, to.
    pub redirects: BTreeMap<String, String>,
    pub report: Vec<Entry>,
    /// Automatic links that were not made, and pages without links in or out, for the report.
    pub skipped: BTreeMap<String, BTreeSet<String>>,
    /// Links that an editor may want to make, of each article: too weak to be made.
    pub proposed: BTreeMap<Id, Vec<AutoLink>>,
}

/// What the graph is made from.
pub(crate) struct Parts<'a> {
    pub sources: &'a Sources,
    pub schema: &'a Arc<Schema>,
    pub config: &'a Arc<Config>,
    pub memo: &'a Memo,
}

/// Connects articles. What does not fit together is reported; the graph is whole all the same.
pub(crate) fn connect(articles: Vec<Arc<Article>>, parts: &Parts<'_>, diagnostics: &mut Diagnostics) -> Graph {
    let mut collected = collect::collect(articles, parts, diagnostics);
    let whole = collected.unread.is_empty();
    let merged = works::merge(&mut collected, parts.schema, diagnostics);
    entries::place(&mut collected, parts.schema);
    let names = names::Names::new(&collected, &merged, parts.schema, diagnostics);
    let assets = Assets::new(parts.sources);
    assets.check(parts.sources, diagnostics);
    let resolver = resolve::Resolver { collected: &collected, names: &names, assets: &assets, schema: parts.schema };
    let resolved: Vec<(Id, Vec<Resolved>, Diagnostics)> =
        collected.articles.par_iter().map(|(id, article)| resolver.article(id, article)).collect();
    let mut all = FxHashMap::default();
    for (id, list, found) in resolved {
        diagnostics.extend(found.sorted().into_iter().cloned());
        all.insert(id, list);
    }
    includes::check(&collected, &all, diagnostics);
    let terms = mentions::Terms::new(&collected, &names, &worth::phrases(&collected, &all), parts);
    let autolink::Linked { links: auto, skipped, proposed } =
        autolink::all(&collected, &all, &terms, parts, diagnostics);
    let mut graph = Graph {
        schema: parts.schema.clone(),
        config: parts.config.clone(),
        edges: Vec::new(),
        related: Arc::default(),
        derived: FxHashMap::default(),
        homes: FxHashMap::default(),
        redirects: collected.redirects,
        by_id: collected.articles.iter().map(|(id, article)| (id.clone(), article.clone())).collect(),
        articles: collected.articles,
        report: collected.report,
        typed: collected.typed,
        merged,
        resolved: all,
        auto,
        assets,
        skipped,
        proposed,
    };
    graph.edges = graph.make_edges();
    graph.derived = derive::all(&graph);
    graph.related = related::all(&graph, parts.memo);
    dedupe::all(&mut graph, parts, diagnostics);
    rules::check(&graph, (parts.sources.today, whole), diagnostics);
    graph
}

impl Graph {
    /// The record or article behind an id, through merged records.
    pub fn get(&self, id: &Id) -> Option<&Arc<Article>> {
        self.by_id.get(self.merged.get(id).unwrap_or(id))
    }

    /// The record made of the source typed at a place in an article's `sources`.
    pub fn typed_source(&self, article: &Id, at: usize) -> Option<Id> {
        self.typed.get(&(article.clone(), at)).cloned()
    }

    /// Everything that refers to a thing.
    pub fn to(&self, id: &Id) -> &[Edge] {
        let start = self.edges.partition_point(|edge| edge.to < *id);
        let end = start + self.edges[start..].partition_point(|edge| edge.to == *id);
        &self.edges[start..end]
    }

    /// What a reference field of an article names, in order.
    pub fn field_refs<'g>(&'g self, article: &'g Article, field: &'g str) -> impl Iterator<Item = &'g Id> {
        let resolved = self.resolved.get(&article.id).map_or(&[][..], Vec::as_slice);
        let pairs = article.references.iter().zip(resolved);
        pairs.filter_map(move |(reference, resolved)| {
            let pointer = reference.field.as_deref()?;
            let here = pointer.strip_prefix('/')?.strip_prefix(field)?;
            let inside = here.is_empty() || here.starts_with('/');
            match resolved {
                Resolved::Thing { id, .. }
                    if inside && matches!(reference.target, crate::parse::Target::Field { .. }) =>
                {
                    Some(id)
                }
                _ => None,
            }
        })
    }

    fn make_edges(&self) -> Vec<Edge> {
        // Numbers in the order of ids sort as the ids do, and faster.
        let places: FxHashMap<&Id, usize> = self.articles.keys().enumerate().map(|(at, id)| (id, at)).collect();
        let place = |id: &Id| places.get(id).copied().unwrap_or(usize::MAX);
        let edges = self.articles.par_iter().flat_map_iter(|(id, article)| self.edges_of(id, article));
        let mut edges: Vec<(usize, usize, Edge)> =
            edges.map(|edge| (place(&edge.to), place(&edge.from), edge)).collect();
        edges.par_sort_unstable();
        edges.dedup();
        edges.into_iter().map(|(_, _, edge)| edge).collect()
    }

    fn edges_of<'g>(&'g self, from: &'g Id, article: &'g Article) -> impl Iterator<Item = Edge> + 'g {
        let resolved = self.resolved.get(from).map_or(&[][..], Vec::as_slice);
        let written = article.references.iter().zip(resolved).filter_map(move |(reference, resolved)| {
            let Resolved::Thing { id, .. } = resolved else { return None };
            // A text shown here is no mention of the page where it stands.
            if matches!(reference.target, crate::parse::Target::Include(_)) {
                return None;
            }
            let why = match (&reference.target, &reference.field) {
                (crate::parse::Target::Cite(_), _) => Why::Cite,
                (crate::parse::Target::Field { .. }, Some(pointer)) => {
                    Why::Field(pointer.split('/').nth(1).unwrap_or("").into())
                }
                _ => Why::Hand,
            };
            Some(Edge { from: from.clone(), to: id.clone(), why, context: reference.context.clone() })
        });
        let auto = self.auto.get(from).map_or(&[][..], Vec::as_slice).iter();
        let made = auto.map(|link| Edge {
            from: from.clone(),
            to: link.to.clone(),
            why: Why::Auto,
            context: link.context.clone(),
        });
        written.chain(made).filter(|edge| edge.to != edge.from)
    }
}

/// The day a page was last changed, as far as its front matter says.
pub(crate) fn changed(article: &Article) -> Option<Date> {
    ["/updated", "/review/last_reviewed", "/date", "/review/written"]
        .iter()
        .filter_map(|pointer| Date::parse(article.text(pointer)?))
        .max()
}
