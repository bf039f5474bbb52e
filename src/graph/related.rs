//! Turns shared references into related pages, each with its reasons.
//!
//! The score adds, for everything two pages refer to alike, a weight by kind times its rarity (log N/df), two for a link
//! between them, and twice the likeness of their words. What more than [`COMMON`] pages share says nothing and is passed
//! over, which keeps the work linear.

use rustc_hash::FxHashMap;
use serde_json::Value;

use super::{Articles, Edge, Graph, Why};
use crate::parse::{Article, Id};

/// A page worth reading next.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Related {
    pub id: Id,
    pub reasons: Vec<String>,
}

const COMMON: usize = 64;
const MOST: usize = 5;

pub(super) fn is_page(article: &Article) -> bool {
    article.url.as_deref().is_some_and(|url| !url.contains('#')) && &*article.kind != "page"
}

/// What pages refer to, both ways. Pages and things are known by their places, which sort as their ids do.
#[derive(Default)]
pub(crate) struct Relations {
    pages: usize,
    /// By page, what it refers to, in order.
    features: Vec<Vec<usize>>,
    /// By thing, the pages that refer to it, in order.
    users: Vec<Vec<usize>>,
    /// By page, those that link to it or to which it links, in order.
    linked: Vec<Vec<usize>>,
}

impl Relations {
    /// Follows from what articles show to each other.
    pub fn new(articles: &Articles, edges: &[Edge]) -> Self {
        let list = articles.list();
        let mut relations = Self {
            pages: list.iter().filter(|article| is_page(article)).count().max(1),
            features: vec![Vec::new(); list.len()],
            users: vec![Vec::new(); list.len()],
            linked: vec![Vec::new(); list.len()],
        };
        for edge in edges {
            let (Some(from), Some(to)) = (articles.place(&edge.from), articles.place(&edge.to)) else { continue };
            if !is_page(&list[from]) {
                continue;
            }
            if edge.why != Why::Hand {
                if weight(&edge.to.registry) > 0.0 {
                    relations.features[from].push(to);
                }
            } else if is_page(&list[to]) {
                relations.linked[from].push(to);
                relations.linked[to].push(from);
            }
        }
        for list in relations.features.iter_mut().chain(&mut relations.linked) {
            list.sort_unstable();
            list.dedup();
        }
        for (page, things) in relations.features.iter().enumerate() {
            for thing in things {
                relations.users[*thing].push(page);
            }
        }
        relations
    }

    /// Whether few enough pages refer to a thing that it says what they are about.
    fn tells(&self, thing: usize) -> bool {
        self.users[thing].len() <= COMMON
    }
}

impl Graph {
    /// The pages related to one that is an article of its own, found when they are asked for.
    pub fn related(&self, article: &Article) -> Vec<Related> {
        let Some(page) = self.articles.place(&article.id).filter(|_| is_page(article)) else { return Vec::new() };
        let (relations, all) = (&*self.relations, self.articles.list());
        let (add, never) = (named(article, "add"), named(article, "never"));
        let mut scores: FxHashMap<usize, f64> = FxHashMap::default();
        for thing in relations.features[page].iter().filter(|thing| relations.tells(**thing)) {
            let users = &relations.users[*thing];
            let rarity = (relations.pages as f64 / users.len() as f64).ln().max(0.0) + 0.1;
            let score = weight(&all[*thing].id.registry) * rarity;
            users.iter().for_each(|user| *scores.entry(*user).or_default() += score);
        }
        relations.linked[page].iter().for_each(|other| *scores.entry(*other).or_default() += 2.0);
        for (other, likeness) in self.topics.like(page, &self.articles) {
            *scores.entry(other).or_default() += 2.0 * f64::from(likeness);
        }
        scores.remove(&page);
        let there = |name: &&str| all.iter().find(|thing| *thing.id.slug == **name);
        let forced = add.iter().filter_map(there);
        let mut list: Vec<Related> = forced
            .map(|thing| Related { id: thing.id.clone(), reasons: vec!["chosen by the editors".to_owned()] })
            .collect();
        // One may be there already, and one may not be wanted.
        let enough = MOST.max(add.len());
        for other in best(scores, enough + add.len() + never.len()) {
            if list.len() >= enough {
                break;
            }
            let id = &all[other].id;
            if !list.iter().any(|related| related.id == *id) && !never.iter().any(|name| **name == *id.slug) {
                list.push(Related { id: id.clone(), reasons: self.reasons(page, other) });
            }
        }
        list
    }

    /// "same area: calf", at most three of them, the rarest first.
    fn reasons(&self, from: usize, to: usize) -> Vec<String> {
        let relations = &self.relations;
        let both = |thing: &usize| relations.features[to].binary_search(thing).is_ok() && relations.tells(*thing);
        let mut things: Vec<usize> = relations.features[from].iter().copied().filter(both).collect();
        things.sort_unstable_by_key(|thing| (relations.users[*thing].len(), *thing));
        let mut reasons: Vec<String> = things
            .into_iter()
            .take(3)
            .map(|thing| {
                let Article { id, title, .. } = &*self.articles.list()[thing];
                let what = id.registry.strip_suffix('s').unwrap_or(&id.registry);
                format!("same {}: {title}", if what == "glossary" { "term" } else { what })
            })
            .collect();
        if relations.linked[from].binary_search(&to).is_ok() {
            reasons.push("one links to the other".to_owned());
        }
        if reasons.is_empty() {
            reasons.push("much the same words".to_owned());
        }
        reasons
    }
}

/// So many with the highest scores, the highest first; equals in order.
fn best(scores: FxHashMap<usize, f64>, most: usize) -> Vec<usize> {
    let order = |a: &(usize, f64), b: &(usize, f64)| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0));
    let mut ranked: Vec<(usize, f64)> = scores.into_iter().collect();
    if ranked.len() > most {
        ranked.select_nth_unstable_by(most, order);
        ranked.truncate(most);
    }
    ranked.sort_unstable_by(order);
    ranked.into_iter().map(|(page, _)| page).collect()
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
