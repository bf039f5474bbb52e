//! Turns articles into a graph: what there is, what refers to what, what is said twice, what is near.

use std::collections::BTreeMap;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::config::Config;
use crate::date::Date;
use crate::diagnostic::Diagnostics;
use crate::hash::Digest;
use crate::memo::{self, Group, Memo, Stage};
use crate::parse::{Article, Id};
use crate::schema::Schema;
use crate::source::Sources;

mod around;
mod articles;
mod assets;
mod autolink;
mod bar;
mod buckets;
mod collect;
mod copies;
mod dedupe;
mod derive;
mod disclaimers;
mod edges;
mod entries;
mod faqs;
mod fixes;
mod forms;
mod includes;
mod index;
mod mentions;
mod names;
mod near;
mod paths;
mod place;
mod related;
mod report;
mod resolve;
mod rules;
mod sentences;
mod shares;
mod siblings;
mod subject;
mod terms;
mod topics;
mod whole;
mod works;
mod worth;

pub(crate) use articles::Articles;
pub(crate) use assets::Assets;
pub(crate) use autolink::{AutoLink, AutoLinks, Skipped};
pub(crate) use dedupe::{Homes, home_key};
pub(crate) use edges::{Edge, Edges, Why};
pub(crate) use entries::{PART, groups, part_url, rank};
pub(crate) use faqs::{Faq, anchor as faq_anchor, faqs_of};
pub(crate) use fixes::{Edit, all as fixes};
pub(crate) use includes::{INCLUDED, INCLUDES, excerpt};
use related::Relations;
pub(crate) use report::{Entry, dedupe as dedupe_report, links as links_report};
pub(crate) use resolve::{Resolved, section_id};
use topics::Topics;
use whole::Whole;

/// Everything pages may show of each other.
#[derive(Clone)]
pub(crate) struct Graph {
    /// The digest of all that articles show to each other, and of the settings.
    pub digest: Digest,
    pub schema: Arc<Schema>,
    pub config: Arc<Config>,
    /// What is published.
    pub articles: Articles,
    /// Records that are one with another one.
    pub merged: Arc<FxHashMap<Id, Id>>,
    /// By article and place in its `sources`, the record made of a source typed there.
    pub typed: Arc<FxHashMap<(Id, usize), Id>>,
    /// What each reference of an article leads to, in the order of its references.
    pub resolved: Arc<FxHashMap<Id, Vec<Resolved>>>,
    /// The links nobody wrote.
    pub auto: Arc<AutoLinks>,
    pub edges: Edges,
    relations: Arc<Relations>,
    topics: Arc<Topics>,
    /// `areas.referred_by` and the like: by record and field, the groups of what refers to it.
    pub derived: Arc<derive::Derived>,
    /// Where a question that stands on several pages is at home.
    pub homes: Arc<Homes>,
    pub assets: Arc<Assets>,
    /// Addresses that lead elsewhere: from, to.
    pub redirects: Arc<BTreeMap<String, String>>,
    /// What was said more than once, as each part of the graph found it.
    report: Vec<Arc<[Entry]>>,
    /// Automatic links that were not made, for the report.
    pub skipped: Arc<Skipped>,
}

/// What the graph is made from.
pub(crate) struct Parts<'a> {
    pub sources: &'a Sources,
    pub schema: &'a Arc<Schema>,
    pub config: &'a Arc<Config>,
    pub memo: &'a Memo,
}

/// Connects articles. What does not fit together is reported; the graph is whole all the same.
/// `ended` hears of each part of it.
pub(crate) fn connect(
    given: &[Arc<Article>],
    parts: &Parts<'_>,
    diagnostics: &mut Diagnostics,
    ended: &mut dyn FnMut(&'static str),
) -> Graph {
    let unread = collect::unread(given, diagnostics);
    let assets = Assets::of(parts.sources, parts.memo, diagnostics);
    let digest = whole::digest(&by_id(given), &unread, &assets, parts);
    let read = unread.is_empty();
    let whole = parts.memo.get(Stage::Whole, || digest, || Whole::new(given, (digest, unread, assets), parts));
    let mut graph = whole.today(given, diagnostics);
    let articles = graph.articles.clone();
    let groups = by_id(articles.list());
    ended("graph");
    graph.topics = Arc::new(Topics::new(&articles, &groups, parts.memo));
    let (auto, skipped) = autolink::all(&graph, &groups, &whole.terms, parts, diagnostics);
    let edges = || edges::automatic(&articles, &auto);
    graph.edges.auto = parts.memo.get(Stage::Edges, || Digest::of(&(digest, auto.digest)), edges);
    (graph.auto, graph.skipped) = (Arc::new(auto), Arc::new(skipped));
    ended("links");
    graph.report.push(dedupe::all(&graph, &whole, parts, diagnostics).into());
    ended("dedupe");
    includes::check_size(&graph, &whole.includes, diagnostics);
    rules::check(&graph, (parts.sources.today, read), parts.memo, diagnostics);
    ended("rules");
    graph
}

/// Articles in groups, which end behind some of the ids.
fn by_id(articles: &[Arc<Article>]) -> Vec<Group<'_, Arc<Article>>> {
    memo::groups(articles, |article| &article.id, |article| article.digest)
}

impl Graph {
    /// The record or article behind an id, through merged records.
    pub fn get(&self, id: &Id) -> Option<&Arc<Article>> {
        self.articles.get(self.merged.get(id).unwrap_or(id))
    }

    /// The record made of the source typed at a place in an article's `sources`.
    pub fn typed_source(&self, article: &Id, at: usize) -> Option<Id> {
        self.typed.get(&(article.clone(), at)).cloned()
    }

    /// What each reference of an article leads to, in their order.
    pub fn resolved_of(&self, id: &Id) -> &[Resolved] {
        self.resolved.get(id).map_or(&[], Vec::as_slice)
    }

    /// What a reference field of an article names, in order.
    pub fn field_refs<'g>(&'g self, article: &'g Article, field: &'g str) -> impl Iterator<Item = &'g Id> {
        let resolved = self.resolved_of(&article.id);
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
}

/// The day a page was last changed, as far as its front matter says.
pub(crate) fn changed(article: &Article) -> Option<Date> {
    ["/updated", "/review/last_reviewed", "/date", "/review/written"]
        .iter()
        .filter_map(|pointer| Date::parse(article.text(pointer)?))
        .max()
}
