//! Turns shared references into related pages, each with its reasons.
//!
//! The score adds, for everything two pages refer to alike, a weight by kind times its rarity (log N/df), and two for a
//! link between them. What more than [`COMMON`] pages share says nothing and is passed over, which keeps the work linear.

use std::collections::BTreeSet;

use rayon::prelude::*;
use rustc_hash::FxHashMap;
use serde_json::Value;

use super::{Graph, Why};
use crate::parse::{Article, Id};

/// A page worth reading next.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Related {
    pub id: Id,
    pub reasons: Vec<String>,
}

const COMMON: usize = 64;
const MOST: usize = 5;

/// The related pages of every page that is an article of its own.
pub(super) fn all(graph: &Graph) -> FxHashMap<Id, Vec<Related>> {
    let shared = Shared::new(graph);
    let pages: Vec<&Article> = graph.articles.values().map(|a| &**a).filter(|a| is_page(a)).collect();
    pages
        .into_par_iter()
        .map(|article| (article.id.clone(), shared.of(article)))
        .filter(|(_, list)| !list.is_empty())
        .collect()
}

fn is_page(article: &Article) -> bool {
    article.url.as_deref().is_some_and(|url| !url.contains('#')) && &*article.kind != "page"
}

/// What pages refer to, both ways.
struct Shared<'g> {
    graph: &'g Graph,
    pages: usize,
    /// By page, what it refers to.
    features: FxHashMap<&'g Id, BTreeSet<&'g Id>>,
    /// By thing, the pages that refer to it.
    users: FxHashMap<&'g Id, Vec<&'g Id>>,
    /// Pairs of pages one of which links to the other, both ways.
    linked: FxHashMap<&'g Id, BTreeSet<&'g Id>>,
}

impl<'g> Shared<'g> {
    fn new(graph: &'g Graph) -> Self {
        let page = |id: &Id| graph.articles.get(id).is_some_and(|article| is_page(article));
        let mut shared = Self {
            graph,
            pages: 0,
            features: FxHashMap::default(),
            users: FxHashMap::default(),
            linked: FxHashMap::default(),
        };
        shared.pages = graph.articles.values().filter(|article| is_page(article)).count().max(1);
        for edge in &graph.edges {
            if !page(&edge.from) || edge.why == Why::Auto {
                continue;
            }
            if edge.why == Why::Hand {
                if page(&edge.to) {
                    shared.linked.entry(&edge.from).or_default().insert(&edge.to);
                    shared.linked.entry(&edge.to).or_default().insert(&edge.from);
                }
            } else if weight(&edge.to.registry) > 0.0 {
                shared.features.entry(&edge.from).or_default().insert(&edge.to);
            }
        }
        for (page, things) in &shared.features {
            for thing in things {
                shared.users.entry(thing).or_default().push(page);
            }
        }
        // The map's order is not a site's: each list is put in order once.
        shared.users.par_iter_mut().for_each(|(_, users)| users.sort());
        shared
    }

    fn of(&self, article: &Article) -> Vec<Related> {
        let (add, never) = (named(article, "add"), named(article, "never"));
        let mut scores: FxHashMap<&Id, (f64, Vec<&Id>)> = FxHashMap::default();
        for thing in self.features.get(&article.id).into_iter().flatten() {
            let users = self.users.get(*thing).map_or(&[][..], Vec::as_slice);
            if users.len() > COMMON {
                continue;
            }
            let rarity = (self.pages as f64 / users.len() as f64).ln().max(0.0) + 0.1;
            for user in users.iter().filter(|user| ***user != article.id) {
                let entry = scores.entry(user).or_default();
                entry.0 += weight(&thing.registry) * rarity;
                entry.1.push(thing);
            }
        }
        for other in self.linked.get(&article.id).into_iter().flatten().filter(|other| ***other != article.id) {
            scores.entry(other).or_default().0 += 2.0;
        }
        let forced = add.iter().filter_map(|name| self.graph.articles.keys().find(|id| *id.slug == **name));
        let mut list: Vec<Related> =
            forced.map(|id| Related { id: id.clone(), reasons: vec!["chosen by the editors".to_owned()] }).collect();
        let mut ranked: Vec<(&Id, (f64, Vec<&Id>))> = scores.into_iter().collect();
        ranked.sort_by(|a, b| b.1.0.total_cmp(&a.1.0).then_with(|| a.0.cmp(b.0)));
        for (id, (_, things)) in ranked {
            let known = list.iter().any(|related| related.id == *id) || never.iter().any(|name| **name == *id.slug);
            if list.len() < MOST.max(add.len()) && !known {
                list.push(Related { id: id.clone(), reasons: self.reasons(&article.id, id, &things) });
            }
        }
        list
    }

    /// "same area: calf", at most three of them, the rarest first.
    fn reasons(&self, from: &Id, to: &Id, things: &[&Id]) -> Vec<String> {
        let mut things: Vec<&&Id> = things.iter().collect();
        things.sort_by_key(|thing| (self.users.get(**thing).map_or(0, Vec::len), **thing));
        let mut reasons: Vec<String> = things
            .into_iter()
            .take(3)
            .filter_map(|thing| {
                let title = &self.graph.articles.get(*thing)?.title;
                let what = thing.registry.strip_suffix('s').unwrap_or(&thing.registry);
                Some(format!("same {}: {title}", if what == "glossary" { "term" } else { what }))
            })
            .collect();
        if self.linked.get(from).is_some_and(|linked| linked.contains(to)) {
            reasons.push("one links to the other".to_owned());
        }
        reasons
    }
}

fn named<'a>(article: &'a Article, list: &str) -> Vec<&'a str> {
    let values = article.fields.get("related").and_then(|related| related.get(list)).and_then(Value::as_array);
    values.into_iter().flatten().filter_map(Value::as_str).collect()
}

fn weight(registry: &str) -> f64 {
    match registry {
        "disclaimers" | "people" => 0.0,
        "sources" | "faqs" => 2.0,
        "glossary" => 1.0,
        _ => 3.0,
    }
}
