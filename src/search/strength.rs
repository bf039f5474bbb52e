//! Turns counts of words into the postings of stems: in which units each stands, in a few levels of strength.

use std::sync::Arc;

use rayon::prelude::*;

use super::bits::MOST;
use super::postings::{PARTS, Part, Postings};
use super::related::Strongest;

/// BM25F (Robertson, Zaragoza and Taylor, 2004): how fast a word repeated stops to count, how much length counts in
/// titles and in texts, and the weight of a title. Chosen on three judged collections; none of them matters much.
pub(super) const K1: f32 = 2.0;
const B_BODY: f32 = 0.75;
const B_TITLE: f32 = 0.3;
const W_TITLE: f32 = 1.5;
/// One step of strength.
pub(super) const STEP: f32 = 0.034;
/// Steps of rarity in one unit of ln.
const RARITY: f64 = 7.5;
/// Pages that share what they are sorted with.
const CHUNK: usize = 256;
/// What a word is worth to a page, and what another unit that has it is: it chooses the section only.
const WHOLE: u32 = 10;
const WEAKER: u32 = 3;

/// A stem in a unit of a page: level, and whether the word itself stands there.
#[derive(Clone, Copy)]
pub(super) struct Level {
    pub stem: u32,
    pub unit: u16,
    pub level: u8,
    pub hit: bool,
}

/// What a page says: its stems in levels, those of one stem together in the order of units; and its strongest stems.
pub(super) struct Strengths {
    pub levels: Vec<Level>,
    /// Its units as they were, the first of which is its head: of a large site, those that answer anything.
    pub units: Vec<u16>,
    pub strong: Vec<(u32, f32)>,
}

/// Mean lengths of titles and texts.
#[derive(Clone, Copy)]
pub(super) struct Lengths {
    title: f32,
    body: f32,
}

impl Lengths {
    pub fn of(pages: &[Arc<Postings>]) -> Self {
        let mean = |sum: u64, count: usize| sum as f32 / count.max(1) as f32;
        let units = || pages.iter().flat_map(|page| &page.units);
        let titled = units().filter(|unit| unit.title_words > 0).count();
        let filled = units().filter(|unit| unit.body_words > 0).count();
        Self {
            title: mean(units().map(|unit| u64::from(unit.title_words)).sum(), titled).max(1.0),
            body: mean(units().map(|unit| u64::from(unit.body_words)).sum(), filled).max(1.0),
        }
    }

    /// What a word counts in the title and in the text of a unit, for each of its parts.
    fn norms(self, unit: &Part) -> (f32, f32) {
        let title = 1.0 - B_TITLE + B_TITLE * unit.title_words as f32 / self.title;
        let body = 1.0 - B_BODY + B_BODY * unit.body_words as f32 / self.body;
        (W_TITLE / title / PARTS as f32, 1.0 / body / PARTS as f32)
    }
}

/// BM25's rarity of each stem over pages, in steps, and on how many pages it stands. `stems` are those of each page's words.
pub(super) fn rarities(pages: &[Vec<u32>], stems: usize) -> Vec<(u8, u32)> {
    let mut counts = vec![(0_u32, 0_u32); stems];
    for (page, list) in (1..).zip(pages) {
        for stem in list {
            let (count, last) = &mut counts[*stem as usize];
            *count += u32::from(*last != page);
            *last = page;
        }
    }
    let total = pages.len() as f64;
    let rarity = |count: u32| {
        let idf = (1.0 + (total - f64::from(count) + 0.5) / (f64::from(count) + 0.5)).ln();
        (idf * RARITY).round().clamp(1.0, 90.0) as u8
    };
    counts.into_iter().map(|(count, _)| (rarity(count), count)).collect()
}

/// What pages are weighed by.
#[derive(Clone, Copy)]
pub(super) struct Scale<'a> {
    pub mean: Lengths,
    /// By stem.
    pub rarity: &'a [(u8, u32)],
    pub pages: usize,
    /// Levels of a page that stay: those that say most about it.
    pub most: usize,
    /// Sections of a page that answer for themselves: for the others the page does.
    pub sections: usize,
}

/// By page what it says. The pages are given up one by one, so that what a site says is in memory once.
pub(super) fn strengths(pages: Vec<Arc<Postings>>, stems: Vec<Vec<u32>>, scale: Scale<'_>) -> Vec<Strengths> {
    let mut pages: Vec<(Arc<Postings>, Vec<u32>)> = pages.into_iter().zip(stems).collect();
    let weigh = |pages: &mut [(Arc<Postings>, Vec<u32>)]| {
        let mut weighing = Weighing::new(scale);
        let weigh = |page: &mut (Arc<Postings>, Vec<u32>)| {
            let (page, stems) = std::mem::take(page);
            weighing.page(&page, &stems)
        };
        pages.iter_mut().map(weigh).collect::<Vec<_>>()
    };
    pages.par_chunks_mut(CHUNK).flat_map_iter(weigh).collect()
}

/// What is used again for one page after the other.
struct Weighing<'a> {
    scale: Scale<'a>,
    /// By stem, the last page that had it, and its place among the stems of that page.
    places: Vec<(u32, u32)>,
    now: u32,
    /// By word of the page, the place of its stem.
    slots: Vec<u32>,
    /// By place: its stem, and where its counts start and end.
    stems: Vec<u32>,
    starts: Vec<u32>,
    ends: Vec<u32>,
    /// Place by place: unit, and field-weighted, length-normalised count.
    counts: Vec<(u16, f32)>,
    levels: Vec<Level>,
    /// Of units: what each is worth, and whether it answers for itself.
    worth: Vec<(u32, u16)>,
    own: Vec<bool>,
    pruning: Pruning,
}

impl<'a> Weighing<'a> {
    fn new(scale: Scale<'a>) -> Self {
        Self {
            scale,
            places: vec![(0, 0); scale.rarity.len()],
            now: 0,
            slots: Vec::new(),
            stems: Vec::new(),
            starts: Vec::new(),
            ends: Vec::new(),
            counts: Vec::new(),
            levels: Vec::new(),
            worth: Vec::new(),
            own: Vec::new(),
            pruning: Pruning::default(),
        }
    }

    fn page(&mut self, page: &Postings, stems: &[u32]) -> Strengths {
        self.place(stems);
        self.count(page);
        let strong = self.weigh();
        if page.units.len() > self.scale.sections.saturating_add(1) {
            self.gather(page.units.len());
        }
        // They are pruned again when those of neighbours are among them: here only for what they take.
        if self.levels.len() > 2 * self.scale.most {
            self.pruning.prune(&mut self.levels, self.scale.rarity, self.scale.most);
        }
        Strengths { levels: self.levels.clone(), units: (0..page.units.len() as u16).collect(), strong }
    }

    /// A place for each stem of a page, in the order of first use.
    fn place(&mut self, stems: &[u32]) {
        self.now += 1;
        self.slots.clear();
        self.stems.clear();
        for stem in stems {
            let place = &mut self.places[*stem as usize];
            if place.0 != self.now {
                *place = (self.now, self.stems.len() as u32);
                self.stems.push(*stem);
            }
            self.slots.push(place.1);
        }
    }

    /// Sorts the entries of a page by the places of their stems; two forms of a stem in one unit become one.
    fn count(&mut self, page: &Postings) {
        let Self { slots, starts, ends, counts, .. } = self;
        starts.clear();
        starts.resize(self.stems.len() + 1, 0);
        page.entries.iter().for_each(|entry| starts[slots[entry.word as usize] as usize + 1] += 1);
        for at in 1..starts.len() {
            starts[at] += starts[at - 1];
        }
        ends.clone_from(starts);
        counts.clear();
        counts.resize(page.entries.len(), (0, 0.0));
        let mut from = 0;
        for (number, unit) in (0_u16..).zip(&page.units) {
            let (title, body) = self.scale.mean.norms(unit);
            for entry in &page.entries[from..unit.end as usize] {
                let slot = slots[entry.word as usize] as usize;
                let end = ends[slot] as usize;
                let count = f32::from(entry.title) * title + f32::from(entry.body) * body;
                if end > starts[slot] as usize && counts[end - 1].0 == number {
                    counts[end - 1].1 += count;
                } else {
                    counts[end] = (number, count);
                    ends[slot] += 1;
                }
            }
            from = unit.end as usize;
        }
    }

    /// The levels of the page, and its strongest stems.
    fn weigh(&mut self) -> Vec<(u32, f32)> {
        let mut strongest = Strongest::default();
        self.levels.clear();
        for (slot, stem) in self.stems.iter().enumerate() {
            let mut sum = 0.0;
            for (unit, count) in &self.counts[self.starts[slot] as usize..self.ends[slot] as usize] {
                if *count > 0.0 {
                    sum += count;
                    // Half a step more makes what is cut off what is rounded.
                    let level = (count / ((count + K1) * STEP) + 0.5).clamp(1.0, f32::from(MOST)) as u8;
                    self.levels.push(Level { stem: *stem, unit: *unit, level, hit: true });
                }
            }
            let (rarity, pages) = self.scale.rarity[*stem as usize];
            if pages > 1 && pages as usize * 5 <= self.scale.pages {
                strongest.add(*stem, f32::from(rarity) * sum / (sum + K1));
            }
        }
        strongest.0
    }
}

impl Weighing<'_> {
    /// What weaker sections say is said by the page, unless it says so more strongly itself.
    fn gather(&mut self, units: usize) {
        self.worth.clear();
        self.worth.resize(units, (0, 0));
        self.worth.iter_mut().zip(0_u16..).for_each(|(worth, unit)| worth.1 = unit);
        for level in self.levels.iter().filter(|level| level.unit > 0) {
            self.worth[usize::from(level.unit)].0 +=
                u32::from(level.level) * u32::from(self.scale.rarity[level.stem as usize].0);
        }
        let (_, weaker) = self.worth.split_at_mut(1);
        weaker.sort_unstable_by_key(|(worth, unit)| (std::cmp::Reverse(*worth), *unit));
        self.own.clear();
        self.own.resize(units, true);
        weaker[self.scale.sections..].iter().for_each(|(_, unit)| self.own[usize::from(*unit)] = false);
        let own = &self.own;
        self.levels.iter_mut().filter(|level| !own[usize::from(level.unit)]).for_each(|level| level.unit = 0);
        // The units of a stem are in order but for those that are now the first.
        self.levels.sort_by_key(|level| (level.stem, level.unit, std::cmp::Reverse(level.level)));
        self.levels.dedup_by_key(|level| (level.stem, level.unit));
    }
}

impl Strengths {
    /// Leaves out units that answer nothing.
    pub fn shorten(&mut self) {
        let mut places = vec![0_u16; self.units.len()];
        self.levels.iter().for_each(|level| places[usize::from(level.unit)] = 1);
        places[0] = 1;
        self.units.retain(|unit| places[usize::from(*unit)] > 0);
        self.units.iter().zip(0..).for_each(|(unit, place)| places[usize::from(*unit)] = place);
        self.levels.iter_mut().for_each(|level| level.unit = places[usize::from(level.unit)]);
    }
}

/// Adds neighbours' words, as (stem, level), to the levels of pages.
pub(super) fn add_near(pages: &mut [Strengths], near: &[Vec<(u32, u8)>], scale: Scale<'_>) {
    pages.par_chunks_mut(CHUNK).zip(near.par_chunks(CHUNK)).for_each(|(pages, near)| {
        let (mut more, mut pruning) = (vec![0; scale.rarity.len()], Pruning::default());
        for (page, near) in pages.iter_mut().zip(near) {
            with_near(&mut page.levels, near, &mut more);
            pruning.prune(&mut page.levels, scale.rarity, scale.most);
        }
    });
}

/// Where a page has a word itself, its neighbours' use makes it stronger. `more` is nought for every stem.
fn with_near(levels: &mut Vec<Level>, near: &[(u32, u8)], more: &mut [u8]) {
    const SEEN: u8 = 1 << 7;
    near.iter().for_each(|(stem, level)| more[*stem as usize] = *level);
    for own in levels.iter_mut() {
        let more = &mut more[own.stem as usize];
        if *more > 0 {
            own.level = (own.level + (*more & !SEEN)).min(MOST);
            *more |= SEEN;
        }
    }
    for (stem, level) in near {
        if std::mem::take(&mut more[*stem as usize]) & SEEN == 0 && *level > 0 {
            levels.push(Level { stem: *stem, unit: 0, level: *level, hit: false });
        }
    }
}

/// Steps of what a level is worth to its page, the most of which is 90 steps of rarity by that of strength.
const STEPS: usize = 90 * MOST as usize * WHOLE as usize / IN_STEP as usize + 1;
const IN_STEP: u32 = 16;

/// Leaves out what says least about a page (pruning by document, Büttcher and Clarke, 2006).
#[derive(Default)]
struct Pruning {
    /// By level, the step of what it is worth; by step, how many have it.
    steps: Vec<u16>,
    counts: Vec<u32>,
}

impl Pruning {
    fn prune(&mut self, list: &mut Vec<Level>, rarity: &[(u8, u32)], most: usize) {
        if list.len() <= most {
            return;
        }
        self.steps.clear();
        self.counts.clear();
        self.counts.resize(STEPS, 0);
        for group in list.chunk_by(|a, b| a.stem == b.stem) {
            let rarity = u32::from(rarity[group[0].stem as usize].0);
            if let [one] = group {
                let step = rarity * u32::from(one.level) * WHOLE / IN_STEP;
                self.counts[step as usize] += 1;
                self.steps.push(step as u16);
                continue;
            }
            let best = group.iter().map(|level| level.level).max().unwrap_or(0);
            let mut share = WHOLE;
            for level in group {
                let own = if level.level == best { std::mem::replace(&mut share, WEAKER) } else { WEAKER };
                let step = rarity * u32::from(level.level) * own / IN_STEP;
                self.counts[step as usize] += 1;
                self.steps.push(step as u16);
            }
        }
        // The step of which not all stay, and how many of it do.
        let (mut step, mut free) = (STEPS - 1, most as u32);
        while self.counts[step] <= free {
            free -= self.counts[step];
            step -= 1;
        }
        let mut steps = self.steps.iter();
        list.retain(|_| match steps.next().map(|own| usize::from(*own).cmp(&step)) {
            Some(std::cmp::Ordering::Equal) if free > 0 => {
                free -= 1;
                true
            }
            order => order == Some(std::cmp::Ordering::Greater),
        });
    }
}
