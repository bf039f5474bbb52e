//! Turns references and automatic links into edges: what leads where, in the order of targets.

use std::sync::Arc;

use rayon::prelude::*;

use super::autolink::AutoLinks;
use super::whole::AllResolved;
use super::{Articles, Graph, Resolved};
use crate::parse::{Id, Reference, Target};

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

/// One relation.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Edge {
    pub to: Id,
    pub from: Id,
    pub why: Why,
    /// Which reference of `from` it is, or which of its automatic links; by this the sentence around it is found.
    number: usize,
}

/// All relations of a site, as two lists in the order of targets.
#[derive(Clone, Default)]
pub(crate) struct Edges {
    /// Those that authors wrote.
    pub hand: Arc<Vec<Edge>>,
    /// Those that nobody wrote.
    pub auto: Arc<Vec<Edge>>,
}

impl Edges {
    /// Everything that refers to a thing; what authors wrote comes first.
    pub fn to(&self, id: &Id) -> impl Iterator<Item = &Edge> {
        let part = |edges: &'_ [Edge]| {
            let start = edges.partition_point(|edge| edge.to < *id);
            start..start + edges[start..].partition_point(|edge| edge.to == *id)
        };
        self.hand[part(&self.hand)].iter().chain(&self.auto[part(&self.auto)])
    }

    pub fn iter(&self) -> impl Iterator<Item = &Edge> {
        self.hand.iter().chain(self.auto.iter())
    }
}

/// The edges of all references.
pub(super) fn by_hand(articles: &Articles, resolved: &AllResolved) -> Vec<Edge> {
    let edges = articles.par_iter().flat_map_iter(|(id, article)| {
        let resolved = resolved.get(id).map_or(&[][..], Vec::as_slice);
        let references = article.references.iter().zip(resolved).enumerate();
        references.filter_map(move |(number, (reference, resolved))| edge(id, number, reference, resolved))
    });
    sorted(articles, edges.collect())
}

/// The edges of all automatic links.
pub(super) fn automatic(articles: &Articles, auto: &AutoLinks) -> Vec<Edge> {
    let of = |(place, from): (usize, &Id)| {
        let links = auto.at(place).enumerate();
        let edges =
            links.map(|(number, link)| Edge { from: from.clone(), to: link.to.clone(), why: Why::Auto, number });
        edges.filter(|edge| edge.to != edge.from).collect::<Vec<_>>()
    };
    sorted(articles, articles.keys().enumerate().flat_map(of).collect())
}

fn sorted(articles: &Articles, edges: Vec<Edge>) -> Vec<Edge> {
    // Places sort as the ids do, and faster.
    let place = |id: &Id| articles.place(id).unwrap_or(usize::MAX);
    let mut edges: Vec<(usize, usize, Edge)> =
        edges.into_par_iter().map(|edge| (place(&edge.to), place(&edge.from), edge)).collect();
    edges.par_sort_unstable();
    edges.dedup();
    edges.into_iter().map(|(_, _, edge)| edge).collect()
}

fn edge(from: &Id, number: usize, reference: &Reference, resolved: &Resolved) -> Option<Edge> {
    let Resolved::Thing { id, .. } = resolved else { return None };
    // A text shown here is no mention of the page where it stands.
    if matches!(reference.target, Target::Include(_)) || id == from {
        return None;
    }
    let (why, number) = match (&reference.target, &reference.field) {
        (Target::Cite(_), _) => (Why::Cite, 0),
        (Target::Field { .. }, Some(pointer)) => (Why::Field(pointer.split('/').nth(1).unwrap_or("").into()), 0),
        _ => (Why::Hand, number),
    };
    Some(Edge { from: from.clone(), to: id.clone(), why, number })
}

impl Graph {
    /// Everything that refers to a thing.
    pub fn to(&self, id: &Id) -> impl Iterator<Item = &Edge> {
        self.edges.to(id)
    }

    /// The sentence around a link.
    pub fn context(&self, edge: &Edge) -> &str {
        match edge.why {
            Why::Auto => self.auto_of(&edge.from).nth(edge.number).map_or("", |link| &link.context),
            _ => self.get(&edge.from).and_then(|from| from.references.get(edge.number)).map_or("", |r| &r.context),
        }
    }

    /// How many links and references there are; of those in one sentence to one thing, one counts.
    pub fn count_links(&self) -> usize {
        let own = self.articles.par_iter().map(|(from, article)| {
            let resolved = self.resolved_of(from);
            let references = article.references.iter().zip(resolved);
            let written =
                references.filter_map(|(r, resolved)| Some((edge(from, 0, r, resolved)?, r.context.as_str())));
            let made = self.auto_of(from).filter(|link| link.to != *from).map(|link| {
                let edge = Edge { from: from.clone(), to: link.to.clone(), why: Why::Auto, number: 0 };
                (edge, link.context.as_str())
            });
            let mut edges: Vec<(Edge, &str)> = written.chain(made).collect();
            edges.sort_unstable();
            edges.dedup();
            edges.len()
        });
        own.sum()
    }
}
