//! Turns the links that authors made into how probable it is that a phrase is worth a link.
//!
//! The measure is the link probability of Mihalcea and Csomai (2007): of the articles in which a phrase stands, the share in
//! which it is linked. Where a site has few links, what a phrase looks like stands in for them.

use std::collections::BTreeMap;

use rustc_hash::{FxHashMap, FxHashSet};

use super::collect::Collected;
use super::mentions::{Event, Mentions, Term, Terms};
use super::resolve::Resolved;
use crate::parse::{Id, Target};

/// How many articles' evidence the looks of a phrase count for.
const PRIOR: f32 = 3.0;
/// Fewer letters make an everyday word of a single one.
const TECHNICAL: usize = 9;

/// Phrases that authors linked to one thing in two articles or more, and to nothing else more often.
pub(super) fn phrases(collected: &Collected, resolved: &FxHashMap<Id, Vec<Resolved>>) -> Vec<(String, Id)> {
    let mut uses: FxHashMap<&str, BTreeMap<&Id, u32>> = FxHashMap::default();
    for (from, article) in &collected.articles {
        let Some(list) = resolved.get(from) else { continue };
        for (reference, resolved) in article.references.iter().zip(list) {
            let Resolved::Thing { id, .. } = resolved else { continue };
            let by_hand = matches!(reference.target, Target::Wiki(_) | Target::Link(_));
            if by_hand && reference.words.len() > 2 && id != from {
                *uses.entry(&reference.words).or_default().entry(id).or_default() += 1;
            }
        }
    }
    let mut phrases: Vec<(String, Id)> = Vec::new();
    for (words, targets) in uses {
        let all: u32 = targets.values().sum();
        let most = targets.iter().max_by_key(|(id, count)| (**count, std::cmp::Reverse(**id)));
        if let Some((id, _)) = most.filter(|(_, count)| **count >= 2 && **count * 5 >= all * 3) {
            phrases.push((words.to_owned(), (*id).clone()));
        }
    }
    phrases.sort();
    phrases
}

/// How often each term was linked by hand, and in how many articles it stands.
pub(super) struct Evidence {
    /// By term: articles that link what it names, and articles that say it and do not.
    counts: Vec<(u32, u32)>,
    articles: u32,
}

/// The same of a few articles: the numbers of the terms in them, in order, each with its counts.
#[derive(Default)]
pub(super) struct Said {
    pub terms: Vec<(usize, (u32, u32))>,
    articles: u32,
}

impl Said {
    /// Counts over some articles.
    pub fn new<'m>(articles: impl Iterator<Item = (&'m Mentions, &'m [Resolved])>, terms: &Terms) -> Self {
        let mut said: FxHashMap<usize, (u32, u32)> = FxHashMap::default();
        let mut number = 0;
        for (mentions, resolved) in articles {
            number += 1;
            let own = said_in(mentions);
            if own.is_empty() {
                continue;
            }
            let by_hand = hand(mentions, resolved);
            for term in own {
                let linked = terms.get(term).targets.iter().any(|id| by_hand.contains(id));
                let count = said.entry(term).or_default();
                if linked { count.0 += 1 } else { count.1 += 1 }
            }
        }
        let mut terms: Vec<(usize, (u32, u32))> = said.into_iter().collect();
        terms.sort_unstable();
        Self { terms, articles: number }
    }
}

/// The numbers of the terms in an article, in order.
pub(super) fn said_in(mentions: &Mentions) -> Vec<usize> {
    let events = mentions.iter().flat_map(|(_, events)| events);
    let mut terms: Vec<usize> =
        events.filter_map(|event| if let Event::Mention { term, .. } = event { Some(*term) } else { None }).collect();
    terms.sort_unstable();
    terms.dedup();
    terms
}

impl Evidence {
    /// Adds up.
    pub fn new<'m>(said: impl Iterator<Item = &'m Said>, terms: &Terms) -> Self {
        let mut counts = vec![(0, 0); terms.len()];
        let mut articles = 0;
        for part in said {
            articles += part.articles;
            for (term, (linked, not)) in &part.terms {
                let count: &mut (u32, u32) = &mut counts[*term];
                *count = (count.0 + linked, count.1 + not);
            }
        }
        Self { counts, articles: articles.max(1) }
    }

    /// All of it that is looked at to judge these terms.
    pub fn of(&self, terms: impl Iterator<Item = usize>) -> (u32, Vec<(u32, u32)>) {
        (self.articles, terms.map(|term| self.counts[term]).collect())
    }

    /// The probability that a mention of a term is worth a link, as far as the site knows. `again` says that the page named it before.
    pub fn worth(&self, number: usize, term: &Term, capitalised: bool, again: bool) -> f32 {
        let (linked, not) = self.counts[number];
        // The article at hand is no evidence against its own link.
        let not = not.saturating_sub(1) as f32;
        let linked = linked as f32;
        let looks = looks(term, capitalised, (linked + not) / self.articles as f32);
        let learned = (linked + PRIOR * looks) / (linked + not + PRIOR);
        if again { learned * 0.5 } else { learned }
    }

    /// Whether authors linked it themselves.
    pub fn linked(&self, number: usize) -> bool {
        self.counts[number].0 > 0
    }
}

/// What a phrase alone says: several words, capitals and rarity speak for a name.
fn looks(term: &Term, capitalised: bool, share: f32) -> f32 {
    let letters: usize = term.words.iter().map(String::len).sum();
    let base: f32 = match term.words.len() {
        _ if term.capitals.is_some() => 0.6,
        1 if letters >= TECHNICAL => 0.45,
        1 => 0.25,
        2 => 0.65,
        _ => 0.8,
    };
    let named = if capitalised { 0.15 } else { 0.0 };
    (base + named) * (1.0 - (4.0 * share).min(0.8))
}

/// Whether a term can be told from an everyday word by its looks.
pub(super) fn is_technical(term: &Term) -> bool {
    term.words.len() > 1 || term.capitals.is_some() || term.words.iter().any(|word| word.chars().count() >= TECHNICAL)
}

/// What an article links by hand.
fn hand<'r>(mentions: &Mentions, resolved: &'r [Resolved]) -> FxHashSet<&'r Id> {
    let events = mentions.iter().flat_map(|(_, events)| events);
    let numbers = events.filter_map(|event| if let Event::Hand(number) = event { Some(*number) } else { None });
    let things = numbers.filter_map(|number| match resolved.get(number)? {
        Resolved::Thing { id, .. } => Some(id),
        _ => None,
    });
    things.collect()
}
