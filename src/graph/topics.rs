//! Turns the words that pages say most into how alike two pages are (TF-IDF and the cosine of the angle between them).

use rustc_hash::FxHashMap;

/// What pages are about, by the weights of their words.
pub(super) struct Topics {
    pages: Vec<Vec<(u32, f32)>>,
    users: FxHashMap<u32, Vec<(usize, f32)>>,
}

/// A word that more pages say makes no two of them alike, which keeps the work linear.
const COMMON: u32 = 64;
/// Pages that are less alike than this share nothing but a few words.
const ALIKE: f32 = 0.15;
/// Short pages are not alike for one word.
const LEAST_NORM: f32 = 4.0;

impl Topics {
    /// The words of each page, by hash, with how often; none for what is no page.
    pub fn new<'t>(topics: impl Iterator<Item = &'t [(u32, u16)]> + Clone) -> Self {
        let mut counts: FxHashMap<u32, u32> = FxHashMap::default();
        for (word, _) in topics.clone().flatten() {
            *counts.entry(*word).or_default() += 1;
        }
        let all = topics.clone().filter(|topic| !topic.is_empty()).count().max(1) as f32;
        let mut made = Self { pages: Vec::new(), users: FxHashMap::default() };
        for (page, topic) in topics.enumerate() {
            let words = weighted(topic, &counts, all);
            for (word, weight) in &words {
                made.users.entry(*word).or_default().push((page, *weight));
            }
            made.pages.push(words);
        }
        made
    }

    /// The pages that are like one, in order, with how much.
    pub fn like(&self, page: usize) -> Vec<(usize, f32)> {
        let mut likeness: FxHashMap<usize, f32> = FxHashMap::default();
        for (word, weight) in &self.pages[page] {
            for (other, theirs) in self.users.get(word).into_iter().flatten().filter(|(other, _)| *other != page) {
                *likeness.entry(*other).or_default() += weight * theirs;
            }
        }
        let mut list: Vec<(usize, f32)> = likeness.into_iter().filter(|(_, likeness)| *likeness >= ALIKE).collect();
        list.sort_unstable_by_key(|(other, _)| *other);
        list
    }
}

/// The words of a page that some other page says too, by weight; together they are no longer than one.
fn weighted(topic: &[(u32, u16)], counts: &FxHashMap<u32, u32>, all: f32) -> Vec<(u32, f32)> {
    let count = |word: u32| counts.get(&word).copied().unwrap_or(1);
    let rarity = |word: u32| (all / count(word) as f32).ln();
    let weights = topic.iter().map(|(word, often)| (*word, (1.0 + f32::from(*often).ln()) * rarity(*word)));
    let mut words: Vec<(u32, f32)> = weights.collect();
    let norm = words.iter().map(|(_, weight)| weight * weight).sum::<f32>().sqrt().max(LEAST_NORM);
    words.retain(|(word, _)| (2..=COMMON).contains(&count(*word)) && rarity(*word) > 0.5);
    words.iter_mut().for_each(|(_, weight)| *weight /= norm);
    words
}
