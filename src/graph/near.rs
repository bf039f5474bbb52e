//! Turns the sketches of all texts into pairs that are nearly the same, and each pair into what an editor should see.
//!
//! Candidates share features of their sketches; only they are read and compared. What always runs is one pass over the
//! sketches: a feature that no other text has costs two bits.

use std::sync::OnceLock;

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::{Graph, Parts};
use crate::hash::Digest;
use crate::memo::Stage;
use crate::parse::{Article, Unit};
use crate::similar::{Guards, Reading, Relation, Sketch, read, relate};

/// A feature that more texts share is a phrase of the site, not a sign of a copy.
const COMMON: usize = 24;
/// A text is compared with at most so many others.
const MOST: usize = 6;

/// A text of an article.
#[derive(Clone, Copy)]
pub(super) struct Text<'g> {
    pub article: &'g Article,
    pub unit: &'g Unit,
}

/// Two texts that are nearly the same, the first of them in the order of paths first.
pub(super) struct Pair<'g> {
    pub first: Text<'g>,
    pub second: Text<'g>,
    pub relation: Relation,
    /// Whether their words are the same.
    pub equal: bool,
}

/// All pairs worth a word, in the order of the articles given.
pub(super) fn pairs<'g>(order: &[&'g Article], parts: &Parts<'_>, names: &SiteNames) -> Vec<Pair<'g>> {
    let texts: Vec<Text<'g>> =
        order.iter().flat_map(|article| article.units.iter().map(move |unit| Text { article, unit })).collect();
    let sketches = texts.iter().map(|text| text.unit.sketch.features());
    let candidates: Vec<(u32, u32)> =
        candidates(sketches).into_iter().filter(|(a, b)| comparable(&texts, *a, *b)).collect();
    if candidates.is_empty() {
        return Vec::new();
    }
    let guards = Guards::new(&parts.config.lang, &parts.config.dedupe.guards);
    let starts = starts(order);
    let readings = Readings::new(&candidates);
    let compare = |(a, b): &(u32, u32)| {
        let read = |at: u32| readings.of(at, || reading(texts[at as usize], parts, &guards));
        let (x, y) = (read(*a)?, read(*b)?);
        let equal = x.0 == y.0;
        let relation = if equal { Relation::Near(1.0) } else { relate(&x.1, &y.1, &guards) };
        (relation != Relation::Apart).then_some((relation, equal))
    };
    // What a group of pairs says is a function of its articles, which are digested with the guards.
    let one_article = |x: &(u32, u32), y: &(u32, u32)| starts[x.0 as usize].1 == starts[y.0 as usize].1;
    let groups: Vec<&[(u32, u32)]> = candidates.chunk_by(one_article).collect();
    let judged = |group: &&[(u32, u32)]| {
        let place = |at: u32| (starts[at as usize].0, order[starts[at as usize].1 as usize]);
        let digest = || {
            let text = |at: u32| (place(at).0, place(at).1.digest, &place(at).1.base);
            Digest::of(&group.iter().map(|(a, b)| (text(*a), text(*b))).collect::<Vec<_>>())
        };
        let found = parts.memo.get(Stage::Pairs, digest, || group.iter().map(compare).collect::<Vec<_>>());
        let told = group.iter().zip(found.iter()).filter_map(|((a, b), found)| {
            let (relation, equal) = found.clone()?;
            let (first, second) = (texts[*a as usize], texts[*b as usize]);
            let relation = names.judge(relation, first.article, second.article, &guards);
            (relation != Relation::Apart).then_some(Pair { first, second, relation, equal })
        });
        told.collect::<Vec<_>>()
    };
    groups.par_iter().flat_map_iter(judged).collect()
}

/// Of each text its number in its article, and the place of the article in the order.
fn starts(order: &[&Article]) -> Vec<(u32, u32)> {
    (0..)
        .zip(order)
        .flat_map(|(place, article)| (0..article.units.len() as u32).map(move |unit| (unit, place)))
        .collect()
}

/// The texts of all candidates, each read when it is first compared.
struct Readings {
    asked: Vec<u32>,
    made: Vec<OnceLock<(String, Reading)>>,
}

impl Readings {
    fn new(candidates: &[(u32, u32)]) -> Self {
        let mut asked: Vec<u32> = candidates.iter().flat_map(|(a, b)| [*a, *b]).collect();
        asked.par_sort_unstable();
        asked.dedup();
        let made = asked.iter().map(|_| OnceLock::new()).collect();
        Self { asked, made }
    }

    fn of(&self, at: u32, read: impl FnOnce() -> (String, Reading)) -> Option<&(String, Reading)> {
        let place = self.asked.binary_search(&at).ok()?;
        Some(self.made[place].get_or_init(read))
    }
}

/// Questions are compared with questions, and all else with all else but itself.
fn comparable(texts: &[Text<'_>], a: u32, b: u32) -> bool {
    let (a, b) = (texts[a as usize], texts[b as usize]);
    let question = |text: Text<'_>| text.unit.what == "question";
    question(a) == question(b)
        && !(a.article.id == b.article.id && a.unit.field.is_some() && a.unit.field == b.unit.field)
}

fn reading(text: Text<'_>, parts: &Parts<'_>, guards: &Guards) -> (String, Reading) {
    let source = parts.sources.get(&text.article.path).and_then(|source| source.text());
    let words = text.article.words_of(text.unit, source.map_or("", |text| text));
    let reading = read(&words, guards);
    (crate::similar::words(&words), reading)
}

/// Pairs of places in a list of sketches that share two features, or one where a text is short.
fn candidates<I: Iterator<Item = u32>>(sketches: impl Iterator<Item = I> + Clone) -> Vec<(u32, u32)> {
    let sizes: Vec<usize> = sketches.clone().map(Iterator::count).collect();
    let mut counts: FxHashMap<u32, usize> = FxHashMap::default();
    // A short text has few features, and one changed word takes four of them.
    let enough = |((a, b), shared): &((u32, u32), usize)| {
        *shared >= if sizes[*a as usize].min(sizes[*b as usize]) < Sketch::FULL { 1 } else { 2 }
    };
    let mut room = |b: u32| {
        let count = counts.entry(b).or_default();
        *count += 1;
        *count <= MOST
    };
    shared(sketches).into_iter().filter(enough).map(|(pair, _)| pair).filter(|(_, b)| room(*b)).collect()
}

/// Pairs of places that share features, in order, with how many.
pub(super) fn shared<I: Iterator<Item = u32>>(sketches: impl Iterator<Item = I> + Clone) -> Vec<((u32, u32), usize)> {
    let mut seen = Bits::new();
    let mut twice = Bits::new();
    sketches.clone().flatten().filter(|feature| !seen.add(*feature)).for_each(|feature| _ = twice.add(feature));
    let mut shared: Vec<u64> = Vec::new();
    for (at, sketch) in (0_u64..).zip(sketches) {
        shared.extend(sketch.filter(|feature| twice.has(*feature)).map(|feature| u64::from(feature) << 32 | at));
    }
    shared.par_sort_unstable();
    let mut found: Vec<u64> = Vec::new();
    for run in shared.chunk_by(|a, b| a >> 32 == b >> 32).filter(|run| run.len() <= COMMON) {
        for (at, first) in run.iter().enumerate() {
            let others = run[at + 1..].iter().filter(|second| *second != first);
            found.extend(others.map(|second| (first & 0xFFFF_FFFF) << 32 | second & 0xFFFF_FFFF));
        }
    }
    found.par_sort_unstable();
    found.chunk_by(|a, b| a == b).map(|run| (((run[0] >> 32) as u32, run[0] as u32), run.len())).collect()
}

/// A set of numbers that may hold more than was put in.
struct Bits(Vec<u64>);

/// Numbers of a table of bits: four million, half a megabyte.
const BITS: u32 = 22;

impl Bits {
    fn new() -> Self {
        Self(vec![0; 1 << (BITS - 6)])
    }

    fn place(feature: u32) -> (usize, u64) {
        let at = feature.wrapping_mul(0x9E37_79B1) >> (32 - BITS);
        ((at >> 6) as usize, 1 << (at & 63))
    }

    /// Adds a number; whether it is new.
    fn add(&mut self, feature: u32) -> bool {
        let (at, bit) = Self::place(feature);
        let new = self.0[at] & bit == 0;
        self.0[at] |= bit;
        new
    }

    fn has(&self, feature: u32) -> bool {
        let (at, bit) = Self::place(feature);
        self.0[at] & bit != 0
    }
}

/// The words by which things of the site are named.
pub(super) struct SiteNames {
    words: FxHashSet<String>,
}

impl SiteNames {
    /// The words in the names of the registries that tell things apart.
    pub fn new(graph: &Graph) -> Self {
        let chosen = &graph.config.dedupe.guards.names;
        let counts = |article: &Article| {
            let registry = graph.schema.registries.get(&article.id.registry);
            registry.is_some_and(|registry| {
                if chosen.is_empty() {
                    registry.identity.is_empty() && article.url.is_some()
                } else {
                    chosen.iter().any(|name| *name == *registry.name)
                }
            })
        };
        let named = graph.articles.values().filter(|article| counts(article));
        let names = named.flat_map(|article| std::iter::once(&article.title).chain(&article.names));
        let words =
            names.flat_map(|name| name.split(|c: char| !c.is_alphanumeric())).filter(|word| word.chars().count() > 2);
        Self { words: words.map(str::to_lowercase).collect() }
    }

    /// What a difference of words means: nothing where each page speaks of its own subject; another thing where both
    /// are names of the site.
    fn judge(&self, relation: Relation, a: &Article, b: &Article, guards: &Guards) -> Relation {
        let Relation::Differ { guards: failed, similarity, words } = relation else { return relation };
        let own = |article: &Article, words: &[String]| {
            let title = std::iter::once(&article.title)
                .chain(&article.names)
                .flat_map(|name| name.split(|c: char| !c.is_alphanumeric()));
            let stems: FxHashSet<String> = title.map(|word| guards.stem(&word.to_lowercase())).collect();
            !words.is_empty() && words.iter().all(|word| stems.contains(&guards.stem(word)))
        };
        if a.id != b.id && own(a, &words.0) && own(b, &words.1) {
            return Relation::Apart;
        }
        let named = |words: &[String]| words.iter().any(|word| self.words.contains(word));
        let failed = if named(&words.0) && named(&words.1) {
            let mut failed: Vec<&'static str> = failed.into_iter().filter(|guard| *guard != "word").collect();
            failed.push("name");
            failed
        } else {
            failed
        };
        Relation::Differ { guards: failed, similarity, words }
    }
}
