//! Turns counts of words into the postings of stems: in which units each stands, in a few levels of strength.

use rayon::prelude::*;

use super::code::{HITS, UNIT_BITS, posting};
use super::postings::Postings;

/// BM25F (Robertson, Zaragoza and Taylor, 2004): how fast a word repeated stops to count, how much length counts in
/// titles and in texts, and the weight of a title. Chosen on three judged collections; none of them matters much.
pub(super) const K1: f32 = 2.0;
const B_BODY: f32 = 0.75;
const B_TITLE: f32 = 0.3;
const W_TITLE: f32 = 1.5;
/// One level of strength.
pub(super) const STEP: f32 = 0.034;
/// Steps of rarity in one unit of ln.
const RARITY: f64 = 7.5;
/// Pages that share what they are sorted with.
const CHUNK: usize = 256;
/// What a word in a weaker unit of a page is worth to it, in percent: it chooses the section only.
const WEAKER: usize = 30;

/// The strength of a stem in a unit of a page.
#[derive(Clone, Copy)]
pub(super) struct Strength {
    pub stem: u32,
    pub unit: u16,
    /// Field-weighted, length-normalised count.
    pub count: f32,
}

/// A stem in a unit of a page: level, and whether the word itself stands there.
#[derive(Clone, Copy)]
pub(super) struct Level {
    stem: u32,
    unit: u16,
    level: u8,
    hit: bool,
}

/// Mean lengths of titles and texts.
struct Lengths {
    title: f32,
    body: f32,
}

impl Lengths {
    fn of(pages: &[&Postings]) -> Self {
        let mean = |sum: u64, count: usize| sum as f32 / count.max(1) as f32;
        let units = || pages.iter().flat_map(|page| &page.units);
        let titled = units().filter(|unit| unit.title_words > 0).count();
        let filled = units().filter(|unit| unit.body_words > 0).count();
        Self {
            title: mean(units().map(|unit| u64::from(unit.title_words)).sum(), titled).max(1.0),
            body: mean(units().map(|unit| u64::from(unit.body_words)).sum(), filled).max(1.0),
        }
    }
}

/// By page its stems, those of one stem together in the order of units. `ids` are the numbers of each page's words,
/// `stem_of` the stem of each number.
pub(super) fn strengths(pages: &[&Postings], ids: Vec<Vec<u32>>, stem_of: &[u32], stems: usize) -> Vec<Vec<Strength>> {
    let mean = Lengths::of(pages);
    let of_chunk = |(pages, ids): (&[&Postings], &[Vec<u32>])| {
        let mut places = Places { last: vec![(0, 0); stems], now: 0 };
        let of_page = |(page, ids): (&&Postings, &Vec<u32>)| {
            let (slots, count) = places.slots(ids, stem_of);
            grouped(page, &slots, count, &mean, |word| stem_of[ids[word as usize] as usize])
        };
        pages.iter().zip(ids).map(of_page).collect::<Vec<_>>()
    };
    pages.par_chunks(CHUNK).zip(ids.par_chunks(CHUNK)).flat_map_iter(of_chunk).collect()
}

/// By stem, the last page that had it, and its place among the stems of that page.
struct Places {
    last: Vec<(u32, u32)>,
    now: u32,
}

impl Places {
    /// By word of a page the place of its stem, in the order of first use; and how many stems there are.
    fn slots(&mut self, ids: &[u32], stem_of: &[u32]) -> (Vec<u32>, usize) {
        self.now += 1;
        let mut count = 0;
        let slots = ids.iter().map(|id| {
            let place = &mut self.last[stem_of[*id as usize] as usize];
            if place.0 != self.now {
                *place = (self.now, count);
                count += 1;
            }
            place.1
        });
        let slots = slots.collect();
        (slots, count as usize)
    }
}

/// The entries of a page sorted by the slots of their words; two forms of a stem in one unit become one.
fn grouped(page: &Postings, slots: &[u32], count: usize, mean: &Lengths, stem: impl Fn(u32) -> u32) -> Vec<Strength> {
    let mut ends = vec![0_u32; count + 1];
    page.entries.iter().for_each(|entry| ends[slots[entry.word as usize] as usize + 1] += 1);
    for at in 0..count {
        ends[at + 1] += ends[at];
    }
    let starts = ends.clone();
    let norms: Vec<(f32, f32)> = page
        .units
        .iter()
        .map(|unit| {
            let title = 1.0 - B_TITLE + B_TITLE * unit.title_words as f32 / mean.title;
            let body = 1.0 - B_BODY + B_BODY * unit.body_words as f32 / mean.body;
            (W_TITLE / title, 1.0 / body)
        })
        .collect();
    let mut list = vec![Strength { stem: 0, unit: 0, count: 0.0 }; page.entries.len()];
    for entry in &page.entries {
        let slot = slots[entry.word as usize] as usize;
        let (title, body) = norms[usize::from(entry.unit)];
        let (at, count) = (ends[slot] as usize, entry.title * title + entry.body * body);
        if at > starts[slot] as usize && list[at - 1].unit == entry.unit {
            list[at - 1].count += count;
        } else {
            list[at] = Strength { stem: stem(entry.word), unit: entry.unit, count };
            ends[slot] += 1;
        }
    }
    list.retain(|strength| strength.count > 0.0);
    list
}

/// BM25's rarity of each stem over pages, in steps, and on how many pages it stands.
pub(super) fn rarities(pages: &[Vec<Strength>], stems: usize) -> Vec<(u8, u32)> {
    let mut counts = vec![0_u32; stems];
    for page in pages {
        let mut last = u32::MAX;
        for strength in page {
            if strength.stem != last {
                counts[strength.stem as usize] += 1;
            }
            last = strength.stem;
        }
    }
    let total = pages.len() as f64;
    let rarity = |count: u32| {
        let idf = (1.0 + (total - f64::from(count) + 0.5) / (f64::from(count) + 0.5)).ln();
        (idf * RARITY).round().clamp(1.0, 90.0) as u8
    };
    counts.into_iter().map(|count| (rarity(count), count)).collect()
}

/// By page its stems in levels, those of neighbours' words among them: the `most` that say most about it.
pub(super) fn levels(
    pages: Vec<Vec<Strength>>,
    near: &[Vec<(u32, u8)>],
    rarity: &[(u8, u32)],
    most: usize,
) -> Vec<Vec<Level>> {
    let one = |(page, near): (Vec<Strength>, &Vec<(u32, u8)>)| {
        let mut list = with_near(&page, near);
        prune(&mut list, rarity, most);
        list
    };
    pages.into_par_iter().zip(near).map(one).collect()
}

/// Where a page has a word itself, its neighbours' use makes it stronger.
fn with_near(page: &[Strength], near: &[(u32, u8)]) -> Vec<Level> {
    let mut near = near.to_vec();
    near.sort_unstable();
    let mut list: Vec<Level> = Vec::with_capacity(page.len() + near.len());
    for group in page.chunk_by(|a, b| a.stem == b.stem) {
        let known = near.binary_search_by_key(&group[0].stem, |(stem, _)| *stem).ok();
        let more = known.map_or(0, |at| std::mem::take(&mut near[at].1));
        list.extend(group.iter().map(|own| {
            let level = (own.count / (own.count + K1) / STEP).round().clamp(1.0, HITS as f32) as u8;
            Level { stem: own.stem, unit: own.unit, level: (level + more).min(HITS as u8), hit: true }
        }));
    }
    let other = near.into_iter().filter(|(_, level)| *level > 0);
    list.extend(other.map(|(stem, level)| Level { stem, unit: 0, level, hit: false }));
    list
}

/// Leaves out what says least about a page (pruning by document, Büttcher and Clarke, 2006).
fn prune(list: &mut Vec<Level>, rarity: &[(u8, u32)], most: usize) {
    if list.len() <= most {
        return;
    }
    let mut worth: Vec<(usize, usize)> = Vec::with_capacity(list.len());
    for group in list.chunk_by(|a, b| a.stem == b.stem) {
        let best = group.iter().map(|level| level.level).max().unwrap_or(0);
        let mut first = true;
        for level in group {
            let share = if first && level.level == best { 100 } else { WEAKER };
            first &= share != 100;
            worth.push((usize::from(rarity[level.stem as usize].0) * usize::from(level.level) * share, worth.len()));
        }
    }
    worth.select_nth_unstable_by(most, |a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    let mut kept = vec![false; list.len()];
    worth[..most].iter().for_each(|(_, at)| kept[*at] = true);
    let mut kept = kept.into_iter();
    list.retain(|_| kept.next().unwrap_or(false));
    list.shrink_to_fit();
}

/// The postings of all stems, one stem behind the other.
pub(super) struct Lists {
    postings: Vec<u32>,
    ends: Vec<usize>,
}

impl Lists {
    /// From the levels of the pages, which stand in the index in another order.
    pub fn of(pages: &[Vec<Level>], order: &[u32], first: &[u32], stems: usize) -> Self {
        let mut ends = vec![0_usize; stems + 1];
        pages.iter().flatten().for_each(|level| ends[level.stem as usize + 1] += 1);
        for at in 0..stems {
            ends[at + 1] += ends[at];
        }
        let mut postings = vec![0; ends[stems]];
        let mut next = ends.clone();
        for (page, first) in order.iter().zip(first) {
            for level in &pages[*page as usize] {
                // Beyond what the script can count, a site's last pages share the last number.
                let unit = (first + u32::from(level.unit)).min((1 << UNIT_BITS) - 1);
                let at = &mut next[level.stem as usize];
                postings[*at] = posting(unit, u32::from(level.level), level.hit);
                *at += 1;
            }
        }
        ends.remove(0);
        let mut lists = Self { postings, ends };
        lists.sort();
        lists
    }

    fn sort(&mut self) {
        let mut rest = self.postings.as_mut_slice();
        let mut start = 0;
        let mut parts = Vec::with_capacity(self.ends.len());
        for end in &self.ends {
            let (part, more) = rest.split_at_mut(end - start);
            parts.push(part);
            (rest, start) = (more, *end);
        }
        parts.into_par_iter().with_min_len(64).for_each(<[u32]>::sort_unstable);
    }

    /// The postings of a stem, the strongest first.
    pub fn get(&self, stem: usize) -> &[u32] {
        &self.postings[if stem == 0 { 0 } else { self.ends[stem - 1] }..self.ends[stem]]
    }

    /// How many postings each stem has.
    pub fn lengths(&self) -> impl Iterator<Item = usize> {
        (0..self.ends.len()).map(|stem| self.get(stem).len())
    }
}
