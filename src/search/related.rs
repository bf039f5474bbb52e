//! Turns the strongest words of the pages into those that only their neighbours use, so that a page is found by them too.

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::code::NEARS;
use super::merge::{K1, STEP, Strength};

/// Words that stand for a page, neighbours asked, and words taken from them.
const STRONGEST: usize = 12;
const NEIGHBOURS: usize = 12;
const TAKEN: usize = 25;
/// The weight of a neighbour's word, as a share of what the word itself can weigh.
const WEIGHT: f32 = 0.8 / (1.0 + K1);
/// A word that this many pages count among their strongest tells little about any of them.
const COMMON: usize = 600;

/// By page, the words of its neighbours as (stem, level).
pub(super) fn words(pages: &[Vec<Strength>], rarity: &[(u8, u32)], total: usize) -> Vec<Vec<(u32, u8)>> {
    let strong: Vec<Vec<(u32, f32)>> = pages.par_iter().map(|page| strongest(page, rarity, total)).collect();
    let mut users: FxHashMap<u32, Vec<(u32, f32)>> = FxHashMap::default();
    for (at, list) in strong.iter().enumerate() {
        for (stem, weight) in list {
            users.entry(*stem).or_default().push((at as u32, *weight));
        }
    }
    users.retain(|_, list| list.len() <= COMMON);
    (0..pages.len()).into_par_iter().map(|at| taken(at, &strong, &users)).collect()
}

/// The words of a page that are strongest by count and rarity.
fn strongest(page: &[Strength], rarity: &[(u8, u32)], total: usize) -> Vec<(u32, f32)> {
    let mut list: Vec<(u32, f32)> = Vec::new();
    for part in page.chunk_by(|a, b| a.stem == b.stem) {
        let (rarity, pages) = rarity[part[0].stem as usize];
        if pages < 2 || pages as usize * 5 > total {
            continue;
        }
        let count: f32 = part.iter().map(|strength| strength.count).sum();
        list.push((part[0].stem, f32::from(rarity) * count / (count + K1)));
    }
    cut(&mut list, STRONGEST);
    list
}

fn cut(list: &mut Vec<(u32, f32)>, most: usize) {
    let order = |a: &(u32, f32), b: &(u32, f32)| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0));
    if list.len() > most {
        list.select_nth_unstable_by(most, order);
        list.truncate(most);
    }
    list.sort_unstable_by(order);
}

fn taken(page: usize, strong: &[Vec<(u32, f32)>], users: &FxHashMap<u32, Vec<(u32, f32)>>) -> Vec<(u32, u8)> {
    let mut near: FxHashMap<u32, f32> = FxHashMap::default();
    for (stem, weight) in &strong[page] {
        for (other, theirs) in users.get(stem).into_iter().flatten().filter(|(other, _)| *other as usize != page) {
            *near.entry(*other).or_default() += weight * theirs;
        }
    }
    let mut near: Vec<(u32, f32)> = near.into_iter().collect();
    cut(&mut near, NEIGHBOURS);
    let total: f32 = near.iter().map(|(_, weight)| weight).sum();
    let mut words: FxHashMap<u32, f32> = FxHashMap::default();
    for (other, share) in &near {
        for (stem, weight) in &strong[*other as usize] {
            *words.entry(*stem).or_default() += share / total * weight;
        }
    }
    let mut words: Vec<(u32, f32)> = words.into_iter().collect();
    cut(&mut words, TAKEN);
    let most = words.first().map_or(1.0, |(_, weight)| *weight);
    let level = |weight: f32| (weight / most * WEIGHT / STEP).round().min(NEARS as f32) as u8;
    words.into_iter().map(|(stem, weight)| (stem, level(weight))).filter(|(_, level)| *level > 0).collect()
}
