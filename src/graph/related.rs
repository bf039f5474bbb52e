//! Turns shared references into related pages, each with its reasons.
//!
//! The score adds, for everything two pages refer to alike, a weight by kind times its rarity (log N/df), two for a link
//! between them, and twice the likeness of their words. What more than [`COMMON`] pages share says nothing and is passed
//! over, which keeps the work linear.

use std::sync::Arc;

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};
use serde_json::Value;

use super::topics::Topics;
use super::{Graph, Why};
use crate::hash::Digest;
use crate::memo::{Memo, Stage};
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
pub(super) fn all(graph: &Graph, memo: &Memo) -> Arc<FxHashMap<Id, Vec<Related>>> {
    let relations = Relations::new(graph);
    memo.get(Stage::Related, || Digest::of(&relations), || related(&relations))
}

fn related(relations: &Relations<'_>) -> FxHashMap<Id, Vec<Related>> {
    let shared = Shared::new(relations);
    let pages: Vec<usize> = (0..relations.things.len()).filter(|at| relations.things[*at].page).collect();
    pages
        .into_par_iter()
        .map(|at| (relations.things[at].id.clone(), shared.of(at)))
        .filter(|(_, list)| !list.is_empty())
        .collect()
}

fn is_page(article: &Article) -> bool {
    article.url.as_deref().is_some_and(|url| !url.contains('#')) && &*article.kind != "page"
}

/// All that may make two pages related. Things are known by their number, which sorts as their ids do.
#[derive(Hash)]
struct Relations<'g> {
    things: Vec<Thing<'g>>,
    /// What pages refer to: the page, the thing, and whether a link says so, in one number each.
    uses: Vec<u64>,
}

#[derive(Hash)]
struct Thing<'g> {
    id: &'g Id,
    /// None for what is no part of the site.
    title: Option<&'g str>,
    page: bool,
    add: Vec<&'g str>,
    never: Vec<&'g str>,
    /// The words of a page, by hash, with how often.
    topic: &'g [(u32, u16)],
}

impl<'g> Relations<'g> {
    fn new(graph: &'g Graph) -> Self {
        let mut ids: Vec<&Id> = graph.articles.keys().collect();
        let mut before: Option<&Id> = None;
        // Edges stand in the order of their targets.
        for edge in &graph.edges {
            if before.replace(&edge.to) != Some(&edge.to) && !graph.by_id.contains_key(&edge.to) {
                ids.push(&edge.to);
            }
        }
        ids.sort_unstable();
        ids.dedup();
        let numbers: FxHashMap<&Id, u32> = ids.iter().zip(0..).map(|(id, number)| (*id, number)).collect();
        let things: Vec<Thing<'g>> = ids.iter().map(|id| Thing::new(id, graph.by_id.get(*id))).collect();
        let number = |edge: &super::Edge| {
            let (from, to) = (numbers.get(&edge.from)?, numbers.get(&edge.to)?);
            let hand = edge.why == Why::Hand;
            let counts = if hand { things[*to as usize].page } else { weight(&edge.to.registry) > 0.0 };
            (edge.why != Why::Auto && counts && things[*from as usize].page)
                .then_some(u64::from(*from) << 32 | u64::from(*to) << 1 | u64::from(hand))
        };
        let uses = graph.edges.par_iter().filter_map(number).collect();
        Self { things, uses }
    }

    fn uses(&self) -> impl Iterator<Item = (usize, usize, bool)> + '_ {
        self.uses
            .iter()
            .map(|packed| ((packed >> 32) as usize, (packed >> 1 & u64::from(u32::MAX >> 1)) as usize, packed & 1 == 1))
    }
}

impl<'g> Thing<'g> {
    fn new(id: &'g Id, article: Option<&'g Arc<Article>>) -> Self {
        Self {
            id,
            title: article.map(|article| article.title.as_str()),
            page: article.is_some_and(|article| is_page(article)),
            add: article.map_or_else(Vec::new, |article| named(article, "add")),
            never: article.map_or_else(Vec::new, |article| named(article, "never")),
            topic: article.filter(|article| is_page(article)).map_or(&[], |article| &article.topic),
        }
    }
}

/// What pages refer to, both ways.
struct Shared<'g> {
    things: &'g [Thing<'g>],
    pages: usize,
    /// By page, what it refers to, in order.
    features: Vec<Vec<usize>>,
    /// By thing, the pages that refer to it, in order.
    users: Vec<Vec<usize>>,
    /// Pairs of pages one of which links to the other, both ways.
    linked: Vec<FxHashSet<usize>>,
    topics: Topics,
}

impl<'g> Shared<'g> {
    fn new(relations: &'g Relations<'g>) -> Self {
        let count = relations.things.len();
        let mut shared = Self {
            things: &relations.things,
            pages: relations.things.iter().filter(|thing| thing.page).count().max(1),
            features: vec![Vec::new(); count],
            users: vec![Vec::new(); count],
            linked: vec![FxHashSet::default(); count],
            topics: Topics::new(relations.things.iter().map(|thing| thing.topic)),
        };
        for (from, to, hand) in relations.uses() {
            if hand {
                shared.linked[from].insert(to);
                shared.linked[to].insert(from);
            } else {
                shared.features[from].push(to);
            }
        }
        for (page, things) in shared.features.iter_mut().enumerate() {
            things.sort_unstable();
            things.dedup();
            for thing in things {
                shared.users[*thing].push(page);
            }
        }
        shared
    }

    fn of(&self, page: usize) -> Vec<Related> {
        let Thing { add, never, .. } = &self.things[page];
        let mut scores: FxHashMap<usize, (f64, Vec<usize>)> = FxHashMap::default();
        for thing in &self.features[page] {
            let users = &self.users[*thing];
            if users.len() > COMMON {
                continue;
            }
            let rarity = (self.pages as f64 / users.len() as f64).ln().max(0.0) + 0.1;
            for user in users.iter().filter(|user| **user != page) {
                let entry = scores.entry(*user).or_default();
                entry.0 += weight(&self.things[*thing].id.registry) * rarity;
                entry.1.push(*thing);
            }
        }
        for other in self.linked[page].iter().filter(|other| **other != page) {
            scores.entry(*other).or_default().0 += 2.0;
        }
        for (other, likeness) in self.topics.like(page) {
            scores.entry(other).or_default().0 += 2.0 * f64::from(likeness);
        }
        let there = |name: &&str| self.things.iter().find(|thing| thing.title.is_some() && *thing.id.slug == **name);
        let forced = add.iter().filter_map(there);
        let mut list: Vec<Related> = forced
            .map(|thing| Related { id: thing.id.clone(), reasons: vec!["chosen by the editors".to_owned()] })
            .collect();
        let mut ranked: Vec<(usize, (f64, Vec<usize>))> = scores.into_iter().collect();
        ranked.sort_unstable_by(|a, b| b.1.0.total_cmp(&a.1.0).then_with(|| a.0.cmp(&b.0)));
        for (other, (_, things)) in ranked {
            if list.len() >= MOST.max(add.len()) {
                break;
            }
            let id = self.things[other].id;
            if !list.iter().any(|related| related.id == *id) && !never.iter().any(|name| **name == *id.slug) {
                list.push(Related { id: id.clone(), reasons: self.reasons(page, other, things) });
            }
        }
        list
    }

    /// "same area: calf", at most three of them, the rarest first.
    fn reasons(&self, from: usize, to: usize, mut things: Vec<usize>) -> Vec<String> {
        things.sort_unstable_by_key(|thing| (self.users[*thing].len(), *thing));
        let mut reasons: Vec<String> = things
            .into_iter()
            .take(3)
            .filter_map(|thing| {
                let Thing { id, title, .. } = &self.things[thing];
                let title = (*title)?;
                let what = id.registry.strip_suffix('s').unwrap_or(&id.registry);
                Some(format!("same {}: {title}", if what == "glossary" { "term" } else { what }))
            })
            .collect();
        if self.linked[from].contains(&to) {
            reasons.push("one links to the other".to_owned());
        }
        if reasons.is_empty() {
            reasons.push("much the same words".to_owned());
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
