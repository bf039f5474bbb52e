//! Turns what pages say into lists by stem: where each stands, the strongest first.

use rayon::prelude::*;

use super::bits::{Levels, MOST, NEAR_MOST, kind, posting};
use super::strength::{Level, Strengths};

/// By what a word is worth to a page, the level that comes nearest.
struct Nearest {
    hits: [u8; MOST as usize + 1],
    near: [u8; NEAR_MOST as usize + 1],
    /// How many levels units with the word have.
    most: u8,
}

impl Nearest {
    fn new(levels: &Levels) -> Self {
        let (hits, near) = levels.worth.split_at(levels.hits);
        let nearest = |list: &[u8], worth: usize| {
            let below = |pair: &&[u8]| 2 * worth < usize::from(pair[0]) + usize::from(pair[1]);
            list.windows(2).take_while(below).count() as u8
        };
        let most = hits.len() as u8;
        Self {
            hits: std::array::from_fn(|worth| nearest(hits, worth)),
            near: std::array::from_fn(|worth| most + nearest(near, worth)),
            most,
        }
    }

    /// The levels of a stem in the units of a page, none of them twice.
    fn each(&self, units: &[Level], scratch: &mut Vec<Level>, mut each: impl FnMut(u16, u8)) {
        if let [one] = units {
            let worth = usize::from(one.level);
            return each(one.unit, if one.hit { self.hits[worth] } else { self.near[worth] });
        }
        scratch.clear();
        scratch.extend_from_slice(units);
        scratch.sort_by_key(|unit| std::cmp::Reverse(unit.level));
        let mut free = 0;
        for unit in &*scratch {
            let kind = self.hits[usize::from(unit.level)].max(free);
            if kind < self.most {
                each(unit.unit, kind);
            }
            free = kind + 1;
        }
    }
}

/// The postings of all stems, one stem behind the other.
pub(super) struct Lists {
    postings: Vec<u32>,
    /// By stem, where its postings start and end.
    starts: Vec<usize>,
    ends: Vec<usize>,
}

impl Lists {
    /// From the levels of the pages, which stand in the index in another order.
    pub fn of(pages: &[Strengths], order: &[u32], first: &[u32], stems: usize, levels: &Levels) -> Self {
        let mut starts = vec![0_usize; stems + 1];
        pages.iter().flat_map(|page| &page.levels).for_each(|level| starts[level.stem as usize + 1] += 1);
        for at in 0..stems {
            starts[at + 1] += starts[at];
        }
        let mut postings = vec![0; starts[stems]];
        let mut ends = starts.clone();
        let (nearest, mut scratch) = (Nearest::new(levels), Vec::new());
        for (page, first) in order.iter().zip(first) {
            for group in pages[*page as usize].levels.chunk_by(|a, b| a.stem == b.stem) {
                let end = &mut ends[group[0].stem as usize];
                nearest.each(group, &mut scratch, |unit, kind| {
                    if let Some(posting) = posting(first + u32::from(unit), usize::from(kind)) {
                        postings[*end] = posting;
                        *end += 1;
                    }
                });
            }
        }
        ends.pop();
        let mut lists = Self { postings, starts, ends };
        lists.sort(levels.worth.len());
        lists
    }

    fn sort(&mut self, kinds: usize) {
        let mut rest = self.postings.as_mut_slice();
        let mut parts = Vec::with_capacity(self.ends.len());
        for (pair, end) in self.starts.windows(2).zip(&self.ends) {
            let (part, more) = rest.split_at_mut(pair[1] - pair[0]);
            parts.push(&mut part[..end - pair[0]]);
            rest = more;
        }
        parts.into_par_iter().with_min_len(64).for_each_init(Vec::new, |scratch, part| by_kind(part, kinds, scratch));
    }

    /// The postings of a stem, the strongest first.
    pub fn get(&self, stem: usize) -> &[u32] {
        &self.postings[self.starts[stem]..self.ends[stem]]
    }

    /// How many postings each stem has.
    pub fn lengths(&self) -> impl Iterator<Item = usize> {
        self.starts.iter().zip(&self.ends).map(|(start, end)| end - start)
    }
}

/// Sorts postings, which come in the order of their pages, by counting their kinds.
fn by_kind(postings: &mut [u32], kinds: usize, scratch: &mut Vec<u32>) {
    if postings.len() < kinds {
        postings.sort_unstable();
        return;
    }
    let mut next = [0; u8::MAX as usize];
    postings.iter().for_each(|posting| next[kind(*posting) + 1] += 1);
    for at in 1..=kinds {
        next[at] += next[at - 1];
    }
    scratch.clear();
    scratch.extend_from_slice(postings);
    for posting in scratch {
        let at = &mut next[kind(*posting)];
        postings[*at] = *posting;
        *at += 1;
    }
}
