//! Ranks the pages of an index for a query, by the arithmetic of the script in the browser: whole numbers until the last
//! line, so that both come to the same order.

use std::collections::BTreeMap;
use std::rc::Rc;

use rustc_hash::FxHashMap;

use super::ask::{Alternative, Asked, Group};
use super::bits::{self, MOST};
use super::reader::Reader;

/// What finding all words of a query adds to a score.
const ALL: f64 = 0.15;

/// A page in the order of results.
pub(super) struct Ranked {
    pub page: usize,
    pub score: f64,
    /// The units with words of the query, the best first.
    pub parts: Vec<Part>,
    /// What the head of the page says of each word.
    pub head: Row,
}

/// A unit of a page.
pub(super) struct Part {
    pub unit: usize,
    pub sum: usize,
    pub row: Row,
}

/// By group, what a unit says.
pub(super) type Row = Vec<Option<Cell>>;

/// The strength of a word in a unit, and by which of its alternatives.
#[derive(Clone, Copy)]
pub(super) struct Cell {
    pub worth: usize,
    pub hit: bool,
    pub by: usize,
}

/// (unit, strength, whether the word itself stands there)
type Posting = (usize, usize, bool);

/// The pages that hold any word, the `most` best of them in order, and how many there are.
pub(super) fn rank(reader: &Reader, asked: &Asked, most: usize) -> (usize, Vec<Ranked>) {
    let groups = &asked.groups;
    let found = Found::new(reader, groups);
    let total: usize = groups.iter().map(|group| group.rarity).sum();
    let share = |hits: usize| 1.0 + ALL * (hits as f64 / total as f64);
    let mut top: Vec<(usize, f64)> =
        found.pages.iter().map(|(page, (score, hits))| (*page, 2.0 * *score as f64 * share(*hits))).collect();
    top.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    top.truncate(most);
    let mut ranked: Vec<Ranked> = top
        .into_iter()
        .map(|(page, _)| {
            let (score, hits) = found.pages[&page];
            let (head, parts) = found.parts(reader, groups, page);
            let best = parts.first().map_or(0, |part| part.sum);
            Ranked { page, score: (score + best) as f64 * share(hits), parts, head }
        })
        .collect();
    ranked.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.page.cmp(&b.page)));
    (found.pages.len(), ranked)
}

/// What was found of each group.
struct Found {
    /// By page: score, and rarity of the words that stand there.
    pages: BTreeMap<usize, (usize, usize)>,
    /// By group and alternative.
    lists: Vec<Vec<Vec<Posting>>>,
}

impl Found {
    fn new(reader: &Reader, groups: &[Group]) -> Self {
        let mut pages: BTreeMap<usize, (usize, usize)> = BTreeMap::new();
        let mut lists = Vec::new();
        for group in groups {
            let own: Vec<Vec<Posting>> = group.list.iter().map(|one| postings(one, reader)).collect();
            let mut best: FxHashMap<usize, (usize, bool)> = FxHashMap::default();
            for (unit, worth, hit) in own.iter().flatten() {
                let page = reader.first.partition_point(|first| first <= unit) - 1;
                let known = best.entry(page).or_default();
                *known = (*known).max((*worth, *hit));
            }
            for (page, (worth, hit)) in best {
                let sum = pages.entry(page).or_default();
                sum.0 += group.rarity * worth;
                sum.1 += if hit { group.rarity } else { 0 };
            }
            lists.push(own);
        }
        Self { pages, lists }
    }

    /// The head of a page, and its units by how well each answers. What the head says counts for each.
    fn parts(&self, reader: &Reader, groups: &[Group], page: usize) -> (Row, Vec<Part>) {
        let (first, end) = (reader.first[page], reader.first[page + 1]);
        let mut rows: BTreeMap<usize, Row> = BTreeMap::new();
        for (g, lists) in self.lists.iter().enumerate() {
            for (by, list) in lists.iter().enumerate() {
                for (unit, worth, hit) in list.iter().filter(|(unit, ..)| (first..end).contains(unit)) {
                    let row = rows.entry(*unit).or_insert_with(|| vec![None; groups.len()]);
                    if row[g].is_none_or(|known| (known.worth, known.hit) < (*worth, *hit)) {
                        row[g] = Some(Cell { worth: *worth, hit: *hit, by });
                    }
                }
            }
        }
        let head = rows.get(&first).cloned().unwrap_or_else(|| vec![None; groups.len()]);
        let worth = |cell: &Option<Cell>| cell.map_or(0, |cell| cell.worth);
        let sum = |row: &Row| {
            let cells = groups.iter().zip(row).zip(&head);
            cells.map(|((group, own), head)| group.rarity * worth(own).max(worth(head))).sum()
        };
        let mut parts: Vec<Part> =
            rows.into_iter().map(|(unit, row)| Part { unit: unit - first, sum: sum(&row), row }).collect();
        parts.sort_by(|a, b| b.sum.cmp(&a.sum).then(a.unit.cmp(&b.unit)));
        (head, parts)
    }
}

/// Where an alternative stands. A phrase counts where all of its words do, as strong as the weakest.
fn postings(one: &Alternative, reader: &Reader) -> Vec<Posting> {
    if let Some(unit) = one.unit {
        return vec![(unit, usize::from(MOST) * one.weight, true)];
    }
    if let [stem] = one.stems.as_slice() {
        return decode(&stem.code, reader)
            .into_iter()
            .map(|(unit, level, hit)| (unit, level * one.weight, hit))
            .collect();
    }
    let mut least: Option<BTreeMap<usize, usize>> = None;
    for stem in &one.stems {
        let hits = decode(&stem.code, reader).into_iter().filter(|(_, _, hit)| *hit);
        let now = hits.filter_map(|(unit, level, _)| match &least {
            Some(before) => before.get(&unit).map(|known| (unit, level.min(*known))),
            None => Some((unit, level)),
        });
        least = Some(now.collect());
    }
    least.into_iter().flatten().map(|(unit, level)| (unit, level * one.weight, true)).collect()
}

fn decode(stem: &Rc<str>, reader: &Reader) -> Vec<Posting> {
    let mut list = Vec::new();
    bits::postings(stem.get(1..).unwrap_or(""), &reader.first, &reader.levels, |unit, level, hit| {
        list.push((unit, level, hit))
    });
    list
}
