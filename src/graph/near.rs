//! Turns the sketches of all texts into pairs that are nearly the same, and each pair into what an editor should see.
//!
//! Candidates share features of their sketches; only they are read and compared.

use std::sync::{Arc, OnceLock};

use rayon::prelude::*;
use rustc_hash::FxHashSet;

use super::dedupe::Order;
use super::shares::{Joined, Shares, Spot};
use super::whole::Whole;
use super::{Graph, Parts, sentences};
use crate::hash::Digest;
use crate::memo::Stage;
use crate::parse::{Article, Unit};
use crate::similar::{Guards, Reading, Relation, Sketch, read, relate};

/// A text is compared with at most so many others.
const MOST: usize = 6;
/// A text of more bytes is compared sentence by sentence only, unless it is another one's equal.
const LONG: usize = 16_000;

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
pub(super) fn pairs<'g>((order, groups): Order<'g>, whole: &Whole, parts: &Parts<'_>) -> Vec<Pair<'g>> {
    let features = |article: &Article, add: &mut dyn FnMut(u32, u32)| {
        for (unit, number) in article.units.iter().zip(0..) {
            let short = u32::from(unit.sketch.features().count() < Sketch::FULL);
            unit.sketch.features().for_each(|feature| add(feature, number << 1 | short));
            unit.sentences.iter().for_each(|sentence| add(*sentence, number << 1 | short));
        }
    };
    // A short text has few features, and one changed word takes four of them.
    let enough = |a: Spot, b: Spot, shared: u32| shared >= 2 || (a.1 | b.1) & 1 == 1;
    let joined = Joined::new(("sketches", 2), groups, parts.memo, features, enough);
    let comparison = Comparison::new(order, parts, &whole.guards);
    let of_group = |group: usize| {
        let digest = || Digest::of(&("near", joined.digest(group, order)));
        parts.memo.get(Stage::Group, digest, || comparison.group(&joined.groups[group]))
    };
    let found: Vec<Arc<Nearly>> = (0..groups.len()).into_par_iter().map(of_group).collect();
    let mut told: Vec<&(Spot, Spot, Relation, bool)> = found.iter().flat_map(|group| &group.told).collect();
    told.sort_unstable_by_key(|(first, second, ..)| (*first, *second));
    let judged = told.into_iter().filter_map(|(first, second, relation, equal)| {
        let (first, second) = (comparison.text(*first), comparison.text(*second));
        let relation = whole.names.judge(relation.clone(), first.article, second.article, &whole.guards);
        let apart = relation == Relation::Apart || sentences::of_words(&relation);
        (!apart).then_some(Pair { first, second, relation, equal: *equal })
    });
    judged.collect()
}

/// The number of a text in its article; the last bit of the spot says whether it is short.
fn number(spot: Spot) -> usize {
    (spot.1 >> 1) as usize
}

/// How two texts are related, where they are, and whether their words are the same.
type Compared = Option<(Relation, bool)>;

/// What the texts of a group of articles and earlier ones say of each other.
struct Nearly {
    /// The earlier text, the later one, how they are related, and whether their words are the same.
    told: Vec<(Spot, Spot, Relation, bool)>,
    /// What the memo is to keep for as long as this stands.
    _of_articles: Vec<Arc<Vec<Compared>>>,
}

/// Texts by their places, each read when it is first compared.
struct Comparison<'g, 'p> {
    order: &'g [Arc<Article>],
    parts: &'p Parts<'p>,
    guards: &'p Guards,
    readings: Vec<OnceLock<OfArticle>>,
}

/// The readings of an article's texts, with the words that must be equal where two texts are.
type OfArticle = Box<[OnceLock<Box<(String, Reading)>>]>;

impl<'g, 'p> Comparison<'g, 'p> {
    fn new(order: &'g [Arc<Article>], parts: &'p Parts<'p>, guards: &'p Guards) -> Self {
        Self { order, parts, guards, readings: order.iter().map(|_| OnceLock::new()).collect() }
    }

    fn text(&self, spot: Spot) -> Text<'g> {
        let article = &*self.order[spot.0 as usize];
        Text { article, unit: &article.units[number(spot)] }
    }

    fn reading(&self, spot: Spot) -> &(String, Reading) {
        let units = self.order[spot.0 as usize].units.len();
        let article = self.readings[spot.0 as usize].get_or_init(|| (0..units).map(|_| OnceLock::new()).collect());
        article[number(spot)].get_or_init(|| Box::new(reading(self.text(spot), self.parts, self.guards)))
    }

    fn group(&self, shares: &Shares) -> Nearly {
        let candidates = self.candidates(shares);
        let (mut told, mut kept) = (Vec::new(), Vec::new());
        for run in candidates.chunk_by(|a, b| a.1.0 == b.1.0) {
            let found = self.article(run);
            told.extend(run.iter().zip(found.iter()).filter_map(|((first, second), found)| {
                found.as_ref().map(|(relation, equal)| (*first, *second, relation.clone(), *equal))
            }));
            kept.push(found);
        }
        Nearly { told, _of_articles: kept }
    }

    /// What a run of pairs says is a function of its articles, which are digested with the guards.
    fn article(&self, run: &[(Spot, Spot)]) -> Arc<Vec<Compared>> {
        let digest = || {
            let one = |at: Spot| (at.1, self.order[at.0 as usize].digest);
            Digest::of(&run.iter().map(|(a, b)| (one(*a), one(*b))).collect::<Vec<_>>())
        };
        self.parts.memo.get(Stage::Pairs, digest, || run.iter().map(|(a, b)| self.compare(*a, *b)).collect())
    }

    fn compare(&self, a: Spot, b: Spot) -> Option<(Relation, bool)> {
        let (x, y) = (self.reading(a), self.reading(b));
        let equal = x.0 == y.0;
        let relation = if equal {
            Relation::Near(1.0)
        } else if x.0.len().max(y.0.len()) > LONG {
            Relation::Apart
        } else {
            relate(&x.1, &y.1, self.guards)
        };
        let relation = if relation == Relation::Apart { self.sentences(a, b) } else { relation };
        (relation != Relation::Apart).then_some((relation, equal))
    }

    /// What sentences of two texts that are otherwise two things say of each other.
    fn sentences(&self, a: Spot, b: Spot) -> Relation {
        let (x, y) = (self.text(a), self.text(b));
        if x.article.id == y.article.id || !sentences::may_be_near(x.unit, y.unit) {
            return Relation::Apart;
        }
        sentences::relate(&words_of(x, self.parts), &words_of(y, self.parts), self.guards)
    }

    /// Pairs of texts, the earlier first.
    fn candidates(&self, shares: &Shares) -> Vec<(Spot, Spot)> {
        let unit = |spot: Spot| self.text(spot).unit;
        let of_later = |run: &[(Spot, Spot, u32)]| {
            let alike = |pair: &&(Spot, Spot, u32)| {
                let (a, b) = (unit(pair.0), unit(pair.1));
                a.sketch.may_be_near(&b.sketch) || sentences::may_be_near(a, b)
            };
            let near = run.iter().filter(alike).take(MOST);
            let pairs: Vec<_> = near.map(|(later, earlier, _)| (*earlier, *later)).collect();
            pairs.into_iter().filter(|(a, b)| comparable(self.text(*a), self.text(*b)))
        };
        let found = shares.pairs.chunk_by(|a, b| a.0 == b.0).flat_map(of_later);
        let mut found: Vec<_> =
            found.flat_map(|pair| [Some(pair), self.answered(pair)].into_iter().flatten()).collect();
        found.sort_unstable_by_key(|(earlier, later)| (*later, *earlier));
        found.dedup();
        found
    }

    /// Of two questions that are alike, the same with their answers, which may be told in other words altogether.
    fn answered(&self, (a, b): (Spot, Spot)) -> Option<(Spot, Spot)> {
        let with_answer = |spot: Spot| {
            let Text { article, unit } = self.text(spot);
            let both = |other: &Unit| other.what == "faq" && other.field == unit.field && other.keys == unit.keys;
            let (number, found) = (0..).zip(&article.units).find(|(_, other)| both(other))?;
            let short = u32::from(found.sketch.features().count() < Sketch::FULL);
            (unit.what == "question").then_some((spot.0, number << 1 | short))
        };
        Some((with_answer(a)?, with_answer(b)?))
    }
}

/// Questions are compared with questions, and all else with all else but itself.
fn comparable(a: Text<'_>, b: Text<'_>) -> bool {
    let question = |text: Text<'_>| text.unit.what == "question";
    question(a) == question(b)
        && !(a.article.id == b.article.id && a.unit.field.is_some() && a.unit.field == b.unit.field)
}

fn reading(text: Text<'_>, parts: &Parts<'_>, guards: &Guards) -> (String, Reading) {
    let typed = words_of(text, parts);
    let words = crate::similar::words(&typed);
    let reading = if words.len() > LONG { Reading::default() } else { read(&typed, guards) };
    (words, reading)
}

fn words_of(text: Text<'_>, parts: &Parts<'_>) -> String {
    let source = parts.sources.get(&text.article.path).and_then(|source| source.text());
    text.article.words_of(text.unit, source.map_or("", |text| text))
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
