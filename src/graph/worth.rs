//! Turns the links that authors made into how probable it is that a phrase is worth a link.
//!
//! The measure is the link probability of Mihalcea and Csomai (2007): of the articles in which a phrase stands, the share in
//! which it is linked. Where a site has few links, what a phrase looks like stands in for them, and whether the two articles name
//! each other.

use std::collections::BTreeMap;
use std::hash::{Hash, Hasher};

use rustc_hash::{FxHashMap, FxHashSet, FxHasher};

use super::collect::Collected;
use super::mentions::{Event, Mentions, Terms};
use super::resolve::Resolved;
use super::terms::Term;
use crate::parse::{Article, Id, Target};

/// How many articles' evidence the looks of a phrase count for.
const PRIOR: f32 = 3.0;
/// Fewer links tell nothing of how ready a site is to link.
const ENOUGH: f32 = 20.0;
/// The most that readiness may change, in logits.
const READIEST: f32 = 2.0;
/// The step of readiness, in logits: a small edit does not change what all pages link.
const STEP: f32 = 0.25;
/// Fewer letters make an everyday word of a single one.
const TECHNICAL: usize = 9;

/// Phrases that authors linked, with what they linked most by them.
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
        if let Some((id, _)) = most.filter(|(_, count)| **count * 5 >= all * 3) {
            phrases.push((words.to_owned(), (*id).clone()));
        }
    }
    phrases.sort();
    phrases
}

/// What a few articles say: the numbers of the terms in them, in order, each with how many of the articles link what it names
/// and how many say it and do not.
#[derive(Default)]
pub(super) struct Said {
    terms: Vec<(usize, (u32, u32))>,
    articles: u32,
    /// What names what, in the words of the articles or by a link.
    names: Vec<Naming>,
}

/// An article and what it names, as two numbers: those of the pair, and of the pair turned round.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Naming {
    pair: u64,
    turned: u64,
}

impl Naming {
    fn new(from: &Id, to: &Id) -> Self {
        Self { pair: number(&(from, to)), turned: number(&(to, from)) }
    }
}

fn number(of: &impl Hash) -> u64 {
    let mut hasher = FxHasher::default();
    of.hash(&mut hasher);
    hasher.finish()
}

/// An article with the terms in it and what its references are.
pub(super) type Own<'m> = (&'m Article, &'m Mentions, &'m [Resolved]);

impl Said {
    /// Counts over some articles.
    pub fn new<'m>(articles: impl Iterator<Item = Own<'m>>, terms: &Terms) -> Self {
        let mut said: FxHashMap<usize, (u32, u32)> = FxHashMap::default();
        let mut all = Self::default();
        for (article, mentions, resolved) in articles {
            all.articles += 1;
            let from = &article.id;
            let by_hand = hand(mentions, resolved);
            for number in said_in((article, mentions, resolved), terms) {
                let term = terms.get(number);
                let linked = term.targets.iter().any(|id| by_hand.contains(id));
                let count = said.entry(number).or_default();
                if linked {
                    count.0 += 1
                } else {
                    count.1 += 1
                }
                if let ([to], true) = (term.targets.as_slice(), terms.any_ranked()) {
                    all.names.push(Naming::new(from, to));
                }
            }
            if terms.any_ranked() {
                all.names.extend(by_hand.into_iter().map(|to| Naming::new(from, to)));
            }
        }
        all.names.sort_unstable();
        all.names.dedup();
        all.terms = said.into_iter().collect();
        all.terms.sort_unstable();
        all
    }
}

/// The numbers of the terms in an article, in order: those it says, and those that are the words of its links.
fn said_in((article, mentions, resolved): Own<'_>, terms: &Terms) -> Vec<usize> {
    let number = |event: &Event| match event {
        Event::Mention { term, .. } => Some(*term),
        Event::Hand(number) => match resolved.get(*number)? {
            Resolved::Thing { id, .. } => terms.named(&article.references.get(*number)?.words, id),
            _ => None,
        },
        Event::Section(_) => None,
    };
    let mut said: Vec<usize> = mentions.iter().flat_map(|(_, events)| events).filter_map(number).collect();
    said.sort_unstable();
    said.dedup();
    said
}

/// What stands around a mention.
#[derive(Clone, Copy, Default)]
pub(super) struct Around {
    /// Written with a capital; nothing where a sentence starts, and every word has one.
    pub capital: Option<bool>,
    /// The page named it before.
    pub again: bool,
    /// What it names names this page too.
    pub mutual: bool,
    /// An item of a list or a cell of a table begins with it.
    pub heads: bool,
    /// Not in the form in which its page writes it.
    pub inflected: bool,
}

/// What a site knows of its terms: how often each was linked by hand, in how many articles it stands, and which articles
/// name each other.
pub(super) struct Evidence {
    /// By term: articles that link what it names, and articles that say it and do not.
    counts: Vec<(u32, u32)>,
    articles: u32,
    /// Whether anything was linked by hand: else that a phrase is not linked says nothing.
    trained: bool,
    names: FxHashSet<u64>,
    /// How much readier to link the authors of this site are than most, in steps.
    ready: i8,
}

impl Evidence {
    /// Adds up.
    pub fn new<'m>(said: impl Iterator<Item = &'m Said> + Clone, terms: &Terms) -> Self {
        let mut counts = vec![(0, 0); terms.len()];
        let mut articles = 0;
        for part in said.clone() {
            articles += part.articles;
            for (term, (linked, not)) in &part.terms {
                let count: &mut (u32, u32) = &mut counts[*term];
                *count = (count.0 + linked, count.1 + not);
            }
        }
        let names = said.flat_map(|part| &part.names).map(|naming| naming.pair).collect();
        let trained = counts.iter().any(|(linked, _)| *linked > 0);
        Self { counts, articles: articles.max(1), trained, names, ready: 0 }
    }

    /// All of it that is looked at to judge the terms in some articles.
    pub fn of<'a>(&'a self, said: &'a Said) -> impl Hash + use<'a> {
        let counts: Vec<(u32, u32)> = said.terms.iter().map(|(term, _)| self.counts[*term]).collect();
        let mutual: Vec<bool> = said.names.iter().map(|naming| self.names.contains(&naming.turned)).collect();
        (self.articles, self.trained, self.ready, counts, mutual)
    }

    /// Whether an article names another.
    pub fn names(&self, from: &Id, to: &Id) -> bool {
        !self.names.is_empty() && self.names.contains(&number(&(from, to)))
    }

    /// What the authors of some articles linked, and how much of it their words let expect.
    pub fn expected<'m>(&self, articles: impl Iterator<Item = Own<'m>>, terms: &Terms) -> Expected {
        let mut expected = Expected::default();
        for (article, mentions, resolved) in articles {
            let id = &article.id;
            let by_hand = hand(mentions, resolved);
            if by_hand.is_empty() {
                continue;
            }
            let mut seen: FxHashSet<&Id> = FxHashSet::default();
            for number in said_in((article, mentions, resolved), terms) {
                let term = terms.get(number);
                let [to] = term.targets.as_slice() else { continue };
                if to == id || !term.ranked || !seen.insert(to) {
                    continue;
                }
                expected.linked += u32::from(by_hand.contains(to));
                let logit = self.looks(number, term, Around { mutual: self.names(to, id), ..Around::default() });
                *expected.logits.entry((logit / STEP).round() as i32).or_default() += 1;
            }
        }
        expected
    }

    /// Learns how much more or less the authors link than their words let expect: what makes the sum of the probabilities
    /// the number of the links they made.
    pub fn learn<'e>(&mut self, expected: impl Iterator<Item = &'e Expected> + Clone) {
        let linked: u32 = expected.clone().map(|part| part.linked).sum();
        if (linked as f32) < ENOUGH {
            return;
        }
        let mut logits: BTreeMap<i32, u32> = BTreeMap::new();
        for (logit, count) in expected.flat_map(|part| &part.logits) {
            *logits.entry(*logit).or_default() += count;
        }
        let sum = |steps: i8| -> f32 {
            logits.iter().map(|(at, count)| *count as f32 * probability((*at as f32 + f32::from(steps)) * STEP)).sum()
        };
        let most = (READIEST / STEP) as i8;
        let gap = |steps: &i8| (sum(*steps) - linked as f32).abs();
        self.ready = (-most..=most).min_by(|a, b| gap(a).total_cmp(&gap(b))).unwrap_or(0);
    }

    /// The probability that a mention of a term is worth a link, as far as the site knows.
    pub fn worth(&self, number: usize, term: &Term, around: Around) -> f32 {
        let (linked, not) = self.counts[number];
        // The article at hand is no evidence against its own link.
        let not = not.saturating_sub(1) as f32;
        let linked = linked as f32;
        let looks = probability(self.looks(number, term, around) + f32::from(self.ready) * STEP);
        let (linked, not) = if self.trained { (linked, not) } else { (0.0, 0.0) };
        let learned = (linked + PRIOR * looks) / (linked + not + PRIOR);
        if around.again { learned * 0.7 } else { learned }
    }

    /// What a phrase alone says, in logits: several words, long words, rarity, a capital where its name has one, and that the
    /// other page speaks of this one. These weights are those of a logistic regression on two public dictionaries with hand-made
    /// links. Those of where and how it stands here (at the head of an item, in the plural) and of a repetition were chosen
    /// by hand on manuals, glossaries and wikis.
    fn looks(&self, number: usize, term: &Term, around: Around) -> f32 {
        let (linked, not) = self.counts[number];
        let share = (linked + not).max(1) as f32 / self.articles as f32;
        let letters: usize = term.words.iter().map(String::len).sum();
        let form = match term.words.len() {
            1 if term.coded => 1.15,
            1 => 0.115 * letters.min(16) as f32 - 1.25,
            2 => 1.15,
            _ => 1.4,
        };
        let capital = match (around.capital, term.proper) {
            (Some(true), Some(true)) => 1.2,
            (Some(a), Some(b)) if a != b => -1.7,
            (Some(true), None) => 0.6,
            _ => 0.0,
        };
        let mutual = if around.mutual { 2.0 } else { 0.0 };
        let heads = if around.heads { 2.0 } else { 0.0 };
        let inflected = if around.inflected && term.words.len() == 1 { -0.5 } else { 0.0 };
        -2.7 + form + capital + mutual + heads + inflected - 0.43 * share.ln()
    }

    /// Whether authors linked it themselves.
    pub fn linked(&self, number: usize) -> bool {
        self.counts[number].0 > 0
    }
}

/// How many links the authors of a few articles made, and how probable their words make them: by logit, in steps, how often.
#[derive(Default)]
pub(super) struct Expected {
    linked: u32,
    logits: BTreeMap<i32, u32>,
}

fn probability(logit: f32) -> f32 {
    1.0 / (1.0 + (-logit).exp())
}

/// Whether a term can be told from an everyday word by its looks.
pub(super) fn is_technical(term: &Term) -> bool {
    term.words.len() > 1
        || term.coded
        || term.capitals.is_some()
        || term.words.iter().any(|word| word.chars().count() >= TECHNICAL)
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
