//! Turns what articles show to each other – names, titles, addresses, headings, references, fields – into all that follows
//! from it alone, once for as long as none of them shows anything else.
//!
//! An edit of prose changes none of it. The articles held here are those of the day it was made: of them only what is part
//! of a [`Frame`] may be looked at.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::mentions::Terms;
use super::near::SiteNames;
use super::related::Relations;
use super::{
    Articles, Assets, Edges, Graph, Parts, Resolved, collect, dedupe, derive, edges, entries, includes, names, resolve,
    works, worth,
};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::hash::Digest;
use crate::memo::{Group, Stage};
use crate::parse::{Article, Heading, Id, Target};
use crate::schema::{Pages, Schema};
use crate::similar::Guards;

/// What other articles see of one.
#[derive(Hash)]
struct Frame<'a> {
    path: &'a str,
    base: &'a str,
    settings: Settings<'a>,
    outline: &'a [Heading],
    anchors: &'a [String],
    references: Vec<(&'a Target, Option<&'a str>, &'a str)>,
    /// What stands for a summary where there is none.
    lead: Option<&'a str>,
    has_body: bool,
}

/// The front matter as it stands in its file; of a record or an entry of a list, all of its file.
#[derive(Hash)]
enum Settings<'a> {
    Front(&'a str, Range<usize>),
    File(Digest),
}

impl<'a> Frame<'a> {
    fn new(article: &'a Article, schema: &Schema) -> Self {
        let listed = schema.registries.get(&article.id.registry).is_some_and(|r| r.pages == Pages::List);
        let own = article.base.is_empty() && !listed;
        Self {
            path: &article.path,
            base: &article.base,
            settings: if own {
                Settings::Front(article.document.text(), article.document.range())
            } else {
                Settings::File(article.digest)
            },
            outline: &article.outline,
            anchors: &article.anchors,
            references: article.references.iter().map(|r| (&r.target, r.field.as_deref(), r.words.as_str())).collect(),
            lead: article.summary.is_none().then_some(&article.lead),
            has_body: !article.body.html.is_empty(),
        }
    }
}

/// The digest of everything that may be looked at to make a [`Whole`].
pub(super) fn digest(
    groups: &[Group<'_, Arc<Article>>],
    unread: &BTreeSet<Arc<str>>,
    assets: &Assets,
    parts: &Parts<'_>,
) -> Digest {
    let context = Digest::of(&("frames", parts.schema.digest));
    let frames = parts.memo.group(
        groups,
        |_| context,
        |group| Digest::of(&group.items.iter().map(|article| Frame::new(article, parts.schema)).collect::<Vec<_>>()),
    );
    Digest::of(&(frames, unread, parts.schema.digest, parts.config, parts.sources.drafts, assets.digest))
}

/// A reference that leads nowhere. Where it stands in its file, the article of today knows.
pub(super) struct Fault {
    pub article: Id,
    pub reference: usize,
    pub diagnostic: Diagnostic,
}

/// All that follows from frames.
pub(super) struct Whole {
    /// The graph as far as it goes.
    pub graph: Graph,
    pub terms: Terms,
    pub names: SiteNames,
    pub guards: Arc<Guards>,
    /// The places of the articles in the order of their paths.
    pub order: Vec<usize>,
    /// The articles that include something, with the number of their first include among their references.
    pub includes: Vec<(Id, usize)>,
    /// By place, where an article stands among those given; none for a record made of a source typed into one, and for an
    /// entry that was moved to another part of its list: these are as they were made.
    given: Vec<Option<usize>>,
    faults: Vec<Fault>,
    diagnostics: Diagnostics,
}

impl Whole {
    pub fn new(
        given: &[Arc<Article>],
        (digest, unread, assets): (Digest, BTreeSet<Arc<str>>, Arc<Assets>),
        parts: &Parts<'_>,
    ) -> Self {
        let mut diagnostics = Diagnostics::default();
        let mut collected = collect::collect(given, unread, parts, &mut diagnostics);
        let merged = works::merge(&mut collected, parts.schema, &mut diagnostics);
        entries::place(&mut collected, parts.schema);
        let names = names::Names::new(&collected, &merged, parts.schema, &mut diagnostics);
        let resolver =
            resolve::Resolver { collected: &collected, names: &names, assets: &assets, schema: parts.schema };
        let (resolved, mut faults) = resolver.all();
        let includes = includes::check(&collected, &resolved, &mut faults);
        let terms = Terms::new(&collected, &names, &worth::phrases(&collected, &resolved), parts);
        let places: FxHashMap<*const Article, usize> = given.iter().map(Arc::as_ptr).zip(0..).collect();
        let articles = Articles::new(collected.articles);
        let hand = edges::by_hand(&articles, &resolved);
        let mut graph = Graph {
            digest,
            schema: parts.schema.clone(),
            config: parts.config.clone(),
            relations: Arc::new(Relations::new(&articles, &hand)),
            edges: Edges { hand: Arc::new(hand), auto: Arc::default() },
            topics: Arc::default(),
            derived: Arc::default(),
            homes: Arc::default(),
            redirects: Arc::new(collected.redirects),
            report: vec![collected.report.into(), assets.report.clone().into()],
            typed: Arc::new(collected.typed),
            merged: Arc::new(merged),
            resolved: Arc::new(resolved),
            auto: Arc::default(),
            skipped: Arc::default(),
            assets,
            articles,
        };
        graph.derived = Arc::new(derive::all(&graph));
        let mut order: Vec<usize> = (0..graph.articles.list().len()).collect();
        order.par_sort_unstable_by_key(|at| dedupe::path_key(&graph.articles.list()[*at]));
        let (lang, mut own) = (&parts.config.lang, parts.config.dedupe.guards.clone());
        // An entry of the registry of rivers is a river.
        own.heads.extend(parts.schema.registries.keys().map(|registry| registry.to_string()));
        let guards = parts.memo.get(Stage::Guards, || Digest::of(&(lang, &own)), || Guards::new(lang, &own));
        let (homes, entries) = {
            let articles: Vec<&Article> = order.iter().map(|at| &*graph.articles.list()[*at]).collect();
            dedupe::questions(&graph, &articles, &guards, &mut diagnostics)
        };
        graph.homes = Arc::new(homes);
        graph.report.push(entries.into());
        Self {
            given: graph.articles.values().map(|article| places.get(&Arc::as_ptr(article)).copied()).collect(),
            names: SiteNames::new(&graph),
            guards,
            graph,
            terms,
            order,
            includes,
            faults,
            diagnostics,
        }
    }

    /// The graph so far with the articles of today, and what is wrong with it.
    pub fn today(&self, given: &[Arc<Article>], diagnostics: &mut Diagnostics) -> Graph {
        let made = self.graph.articles.values();
        let list = self.given.iter().zip(made).map(|(at, made)| at.map_or(made, |at| &given[at]).clone());
        let articles = self.graph.articles.of(list.collect());
        diagnostics.extend(self.diagnostics.sorted().into_iter().cloned());
        diagnostics.extend(self.faults.iter().filter_map(|fault| {
            let article = articles.get(&fault.article)?;
            let span = article.place(article.references.get(fault.reference)?);
            Some(Diagnostic { span, ..fault.diagnostic.clone() })
        }));
        Graph { articles, ..self.graph.clone() }
    }
}

/// What the references of each article lead to.
pub(super) type AllResolved = FxHashMap<Id, Vec<Resolved>>;
