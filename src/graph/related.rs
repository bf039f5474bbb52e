//! Turns shared references into related pages, each with its reasons.
//!
//! The score adds, for everything two pages refer to alike, a weight by kind times its rarity (log N/df), two for a link
//! between them, and twice the likeness of their words (TF-IDF). What more than [`COMMON`] pages share says nothing and is passed over, which keeps the work linear.

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
    topics: Topics<'g>,
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
            topics: Topics::new(graph),
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
        let alike = self.topics.like(&article.id);
        for (id, likeness) in &alike {
            scores.entry(id).or_default().0 += 2.0 * f64::from(*likeness);
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
                if let Some(last) = list.last_mut().filter(|related| related.reasons.is_empty()) {
                    last.reasons.push("much the same words".to_owned());
                }
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

/// What pages are about, by the weights of their words.
struct Topics<'g> {
    pages: FxHashMap<&'g Id, Vec<(u32, f32)>>,
    users: FxHashMap<u32, Vec<(&'g Id, f32)>>,
}

/// Pages that are less alike than this share nothing but a few words.
const ALIKE: f32 = 0.15;
/// Short pages are not alike for one word.
const LEAST_NORM: f32 = 4.0;

impl<'g> Topics<'g> {
    fn new(graph: &'g Graph) -> Self {
        let pages: Vec<(&Id, &Article)> = graph
            .articles
            .iter()
            .map(|(id, article)| (id, &**article))
            .filter(|(_, article)| is_page(article))
            .collect();
        let mut counts: FxHashMap<u32, u32> = FxHashMap::default();
        for (word, _) in pages.iter().flat_map(|(_, article)| article.topic.iter()) {
            *counts.entry(*word).or_default() += 1;
        }
        let all = pages.len().max(1) as f32;
        let mut topics = Self { pages: FxHashMap::default(), users: FxHashMap::default() };
        for (id, article) in pages {
            let rarity = |word: &u32| (all / counts.get(word).copied().unwrap_or(1) as f32).ln();
            let weight = |(word, count): &(u32, u16)| (*word, (1.0 + f32::from(*count).ln()) * rarity(word));
            let mut words: Vec<(u32, f32)> = article.topic.iter().map(weight).collect();
            let norm = words.iter().map(|(_, weight)| weight * weight).sum::<f32>().sqrt().max(LEAST_NORM);
            // What one page alone says, and what most say, makes no two pages alike.
            words.retain(|(word, _)| {
                counts.get(word).is_some_and(|count| *count > 1 && *count as usize <= COMMON) && rarity(word) > 0.5
            });
            for (word, weight) in &mut words {
                *weight /= norm;
                topics.users.entry(*word).or_default().push((id, *weight));
            }
            topics.pages.insert(id, words);
        }
        topics
    }

    /// The pages that are like one, with how much.
    fn like(&self, page: &Id) -> Vec<(&'g Id, f32)> {
        let mut likeness: FxHashMap<&'g Id, f32> = FxHashMap::default();
        for (word, weight) in self.pages.get(page).into_iter().flatten() {
            for (other, theirs) in self.users.get(word).into_iter().flatten().filter(|(other, _)| *other != page) {
                *likeness.entry(other).or_default() += weight * theirs;
            }
        }
        let mut list: Vec<(&Id, f32)> = likeness.into_iter().filter(|(_, likeness)| *likeness >= ALIKE).collect();
        list.sort_by(|a, b| a.0.cmp(b.0));
        list
    }
}
