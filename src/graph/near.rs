//! Turns the sketches of all texts into pairs that are nearly the same, and each pair into what an editor should see.
//!
//! Candidates share features of their sketches; only they are read and compared.

use std::sync::{Arc, OnceLock};

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::dedupe::Order;
use super::index::{self, Mark};
use super::whole::Whole;
use super::{Graph, Parts};
use crate::hash::Digest;
use crate::memo::{Group, Memo, Stage};
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

/// A text by the place of its article and its number there.
pub(super) type Spot = (u32, u32);

/// All pairs worth a word, in the order of the articles given.
pub(super) fn pairs<'g>((order, groups): Order<'g>, whole: &Whole, parts: &Parts<'_>) -> Vec<Pair<'g>> {
    let text = |spot: Spot| {
        let article = &*order[spot.0 as usize];
        Text { article, unit: &article.units[spot.1 as usize] }
    };
    let candidates = candidates(order, groups, parts);
    let candidates: Vec<(Spot, Spot)> =
        candidates.into_iter().filter(|(a, b)| comparable(text(*a), text(*b))).collect();
    let guards = &whole.guards;
    let readings = Readings::new(&candidates);
    let compare = |(a, b): &(Spot, Spot)| {
        let read = |at: Spot| readings.of(at, || reading(text(at), parts, guards));
        let (x, y) = (read(*a)?, read(*b)?);
        let equal = x.0 == y.0;
        let relation = if equal { Relation::Near(1.0) } else { relate(&x.1, &y.1, guards) };
        (relation != Relation::Apart).then_some((relation, equal))
    };
    // What a group of pairs says is a function of its articles, which are digested with the guards.
    let one_article = |x: &(Spot, Spot), y: &(Spot, Spot)| x.0.0 == y.0.0;
    let groups: Vec<&[(Spot, Spot)]> = candidates.chunk_by(one_article).collect();
    let judged = |group: &&[(Spot, Spot)]| {
        let digest = || {
            let one = |at: Spot| (at.1, order[at.0 as usize].digest, &order[at.0 as usize].base);
            Digest::of(&group.iter().map(|(a, b)| (one(*a), one(*b))).collect::<Vec<_>>())
        };
        let found = parts.memo.get(Stage::Pairs, digest, || group.iter().map(compare).collect::<Vec<_>>());
        let told = group.iter().zip(found.iter()).filter_map(|((a, b), found)| {
            let (relation, equal) = found.clone()?;
            let (first, second) = (text(*a), text(*b));
            let relation = whole.names.judge(relation, first.article, second.article, guards);
            (relation != Relation::Apart).then_some(Pair { first, second, relation, equal })
        });
        told.collect::<Vec<_>>()
    };
    groups.par_iter().flat_map_iter(judged).collect()
}

/// The texts of all candidates, each read when it is first compared.
struct Readings {
    asked: Vec<Spot>,
    made: Vec<OnceLock<(String, Reading)>>,
}

impl Readings {
    fn new(candidates: &[(Spot, Spot)]) -> Self {
        let mut asked: Vec<Spot> = candidates.iter().flat_map(|(a, b)| [*a, *b]).collect();
        asked.par_sort_unstable();
        asked.dedup();
        let made = asked.iter().map(|_| OnceLock::new()).collect();
        Self { asked, made }
    }

    fn of(&self, at: Spot, read: impl FnOnce() -> (String, Reading)) -> Option<&(String, Reading)> {
        let place = self.asked.binary_search(&at).ok()?;
        Some(self.made[place].get_or_init(read))
    }
}

/// Questions are compared with questions, and all else with all else but itself.
fn comparable(a: Text<'_>, b: Text<'_>) -> bool {
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

/// Pairs of texts that share two features of their sketches, or one where a text is short.
fn candidates(order: &[Arc<Article>], groups: &[Group<'_, Arc<Article>>], parts: &Parts<'_>) -> Vec<(Spot, Spot)> {
    let features = |article: &Article, add: &mut dyn FnMut(u32, u32)| {
        for (unit, number) in article.units.iter().zip(0..) {
            unit.sketch.features().for_each(|feature| add(feature, number));
        }
    };
    let size = |spot: Spot| order[spot.0 as usize].units[spot.1 as usize].sketch.features().count();
    // A short text has few features, and one changed word takes four of them.
    let enough =
        |((a, b), shared): &((Spot, Spot), usize)| *shared >= if size(*a).min(size(*b)) < Sketch::FULL { 1 } else { 2 };
    let sketch = |spot: Spot| &order[spot.0 as usize].units[spot.1 as usize].sketch;
    let alike = |((a, b), _): &((Spot, Spot), usize)| sketch(*a).may_be_near(sketch(*b));
    let mut counts: FxHashMap<Spot, usize> = FxHashMap::default();
    let mut room = |b: Spot| {
        let count = counts.entry(b).or_default();
        *count += 1;
        *count <= MOST
    };
    let shared = shared(("sketches", groups), 2, parts.memo, features);
    shared.into_iter().filter(enough).filter(alike).map(|(pair, _)| pair).filter(|(_, b)| room(*b)).collect()
}

/// Pairs of things that share features, in order, with how many. A feature that only two have counts `rare` times.
pub(super) fn shared(
    (what, groups): (&'static str, &[Group<'_, Arc<Article>>]),
    rare: usize,
    memo: &Memo,
    features: impl Fn(&Article, &mut dyn FnMut(u32, u32)) + Sync,
) -> Vec<((Spot, Spot), usize)> {
    let found = index::shared((what, Digest::default()), groups, memo, features, |marks| {
        let runs = index::runs(marks).filter(|run| run.len() <= COMMON);
        // What only two texts have is a sign of a copy by itself.
        let times = |run: &[Mark]| if run.len() == 2 { rare } else { 1 };
        let pairs = runs.flat_map(|run| pairs_of(run).flat_map(move |pair| std::iter::repeat_n(pair, times(run))));
        pairs.collect::<Vec<(Spot, Spot)>>()
    });
    let mut found: Vec<(Spot, Spot)> = found.iter().flat_map(|part| part.iter().copied()).collect();
    found.par_sort_unstable();
    found.chunk_by(|a, b| a == b).map(|run| (run[0], run.len())).collect()
}

fn pairs_of(run: &[Mark]) -> impl Iterator<Item = (Spot, Spot)> + '_ {
    let spot = |mark: &Mark| (mark.article, mark.item);
    (0..run.len()).flat_map(move |at| {
        let first = spot(&run[at]);
        run[at + 1..].iter().map(spot).filter(move |second| *second != first).map(move |second| (first, second))
    })
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
            let mut failed: Vec<&'static str> =
                failed.into_iter().filter(|guard| !matches!(*guard, "word" | "replaced")).collect();
            failed.push("name");
            failed
        } else {
            failed
        };
        Relation::Differ { guards: failed, similarity, words }
    }
}
