//! Turns the strongest words of the pages into those that only their neighbours use, so that a page is found by them too.

use rayon::prelude::*;

use super::bits::NEAR_MOST;
use super::strength::{K1, STEP};

/// Words that stand for a page, neighbours asked, and words taken from them.
const STRONGEST: usize = 12;
const NEIGHBOURS: usize = 12;
const TAKEN: usize = 25;
/// The weight of a neighbour's word, as a share of what the word itself can weigh.
const WEIGHT: f32 = 0.8 / (1.0 + K1);
/// A word that this many pages count among their strongest tells little about any of them.
const COMMON: u32 = 600;
/// Pages that share what they count with.
const CHUNK: usize = 256;

/// The words of a page that are strongest by count and rarity, the best first.
#[derive(Default)]
pub(super) struct Strongest(pub Vec<(u32, f32)>);

impl Strongest {
    pub fn add(&mut self, stem: u32, weight: f32) {
        let list = &mut self.0;
        let before = |a: &(u32, f32)| a.1 > weight || a.1.total_cmp(&weight).is_eq() && a.0 < stem;
        if list.len() < STRONGEST || list.last().is_some_and(|last| !before(last)) {
            list.truncate(STRONGEST - 1);
            list.insert(list.partition_point(before), (stem, weight));
        }
    }
}

fn cut(list: &mut Vec<(u32, f32)>, most: usize) {
    let order = |a: &(u32, f32), b: &(u32, f32)| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0));
    if list.len() > most {
        list.select_nth_unstable_by(most, order);
        list.truncate(most);
    }
    list.sort_unstable_by(order);
}

/// By page, the words of its neighbours as (stem, level).
pub(super) fn words(strong: &[&[(u32, f32)]], stems: usize) -> Vec<Vec<(u32, u8)>> {
    let users = Users::of(strong, stems);
    let near = |(at, pages): (usize, &[&[(u32, f32)]])| {
        let (mut near, mut words) = (Sums::new(strong.len()), Sums::new(stems));
        (0..pages.len()).map(|n| taken(at * CHUNK + n, strong, &users, (&mut near, &mut words))).collect::<Vec<_>>()
    };
    strong.par_chunks(CHUNK).enumerate().flat_map_iter(near).collect()
}

/// By stem, the pages that count it among their strongest.
struct Users {
    first: Vec<u32>,
    pages: Vec<(u32, f32)>,
}

impl Users {
    fn of(strong: &[&[(u32, f32)]], stems: usize) -> Self {
        let mut counts = vec![0_u32; stems];
        strong.iter().copied().flatten().for_each(|(stem, _)| counts[*stem as usize] += 1);
        let mut first = vec![0_u32];
        first.extend(counts.iter().scan(0, |sum, count| {
            *sum += if *count > COMMON { 0 } else { *count };
            Some(*sum)
        }));
        let mut next = first.clone();
        let mut pages = vec![(0, 0.0); first[stems] as usize];
        for (page, list) in strong.iter().enumerate() {
            for (stem, weight) in list.iter().filter(|(stem, _)| counts[*stem as usize] <= COMMON) {
                pages[next[*stem as usize] as usize] = (page as u32, *weight);
                next[*stem as usize] += 1;
            }
        }
        Self { first, pages }
    }

    fn with(&self, stem: u32) -> &[(u32, f32)] {
        &self.pages[self.first[stem as usize] as usize..self.first[stem as usize + 1] as usize]
    }
}

/// Sums by number, blank again when they are taken.
struct Sums {
    sums: Vec<f32>,
    touched: Vec<u32>,
}

impl Sums {
    fn new(length: usize) -> Self {
        Self { sums: vec![0.0; length], touched: Vec::new() }
    }

    fn add(&mut self, at: u32, what: f32) {
        let sum = &mut self.sums[at as usize];
        if *sum == 0.0 {
            self.touched.push(at);
        }
        *sum += what;
    }

    fn best(&mut self, most: usize) -> Vec<(u32, f32)> {
        let take = |at: u32| (at, std::mem::take(&mut self.sums[at as usize]));
        let mut list: Vec<(u32, f32)> = self.touched.drain(..).map(take).collect();
        cut(&mut list, most);
        list
    }
}

fn taken(
    page: usize,
    strong: &[&[(u32, f32)]],
    users: &Users,
    (near, words): (&mut Sums, &mut Sums),
) -> Vec<(u32, u8)> {
    for (stem, weight) in strong[page] {
        for (other, theirs) in users.with(*stem).iter().filter(|(other, _)| *other as usize != page) {
            near.add(*other, weight * theirs);
        }
    }
    let near = near.best(NEIGHBOURS);
    let total: f32 = near.iter().map(|(_, weight)| weight).sum();
    for (other, share) in &near {
        for (stem, weight) in strong[*other as usize] {
            words.add(*stem, share / total * weight);
        }
    }
    let words = words.best(TAKEN);
    let most = words.first().map_or(1.0, |(_, weight)| *weight);
    let level = |weight: f32| (weight / most * WEIGHT / STEP).round().min(f32::from(NEAR_MOST)) as u8;
    words.into_iter().map(|(stem, weight)| (stem, level(weight))).filter(|(_, level)| *level > 0).collect()
}
