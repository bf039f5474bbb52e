//! Turns the features of all articles into those that several share, part by part: an edit looks again only at the parts in
//! which its own features fall.

use std::sync::Arc;

use rayon::prelude::*;

use super::buckets::Buckets;
use crate::hash::Digest;
use crate::memo::{Group, Memo, Stage};
use crate::parse::Article;

/// Parts of a table of features.
const PARTS: usize = 64;
const BITS: u32 = PARTS.trailing_zeros();

/// A feature of something in an article: by the place of the article, and the number of the thing in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Mark {
    pub feature: u32,
    pub article: u32,
    pub item: u32,
}

/// The part of the table in which a feature is.
pub(super) fn part_of(feature: u32) -> usize {
    // Sketches keep small numbers: their first bits say little.
    (feature.wrapping_mul(0x9E37_79B1) >> (u32::BITS - BITS)) as usize
}

/// For each part of the table, what `reduce` makes of the marks whose features stand twice, by feature, then in order.
///
/// `features` gives those of one article with the numbers of the things that have them, and `what` is its name.
pub(super) fn shared<V: Send + Sync + 'static>(
    (what, context): (&'static str, Digest),
    groups: &[Group<'_, Arc<Article>>],
    memo: &Memo,
    features: impl Fn(&Article, &mut dyn FnMut(u32, u32)) + Sync,
    reduce: impl Fn(&[Mark]) -> V + Sync,
) -> Vec<Arc<V>> {
    let context = Digest::of(&(what, context));
    let scattered = memo.group(
        groups,
        |_| context,
        |group| {
            // Articles are counted from the start of the group.
            let mut marks = Vec::new();
            for (article, at) in group.items.iter().zip(0..) {
                features(article, &mut |feature, item| marks.push(Mark { feature, article: at, item }));
            }
            Buckets::new(PARTS, || marks.iter().copied(), |mark| part_of(mark.feature))
        },
    );
    let one = |part: usize| {
        let digest = || {
            let parts = groups.iter().zip(&scattered).map(|(group, marks)| (group.start, marks.digest(part)));
            Digest::of(&(context, part, parts.collect::<Vec<_>>()))
        };
        memo.get(Stage::Shared, digest, || reduce(&twice(groups, &scattered, part)))
    };
    (0..PARTS).into_par_iter().map(one).collect()
}

/// The marks of one part whose features stand twice, sorted.
fn twice(groups: &[Group<'_, Arc<Article>>], scattered: &[Arc<Buckets<Mark>>], part: usize) -> Vec<Mark> {
    let marks = || {
        let starts = groups.iter().map(|group| group.start as u32);
        starts.zip(scattered).flat_map(|(start, marks)| {
            marks.get(part).iter().map(move |mark| Mark { article: start + mark.article, ..*mark })
        })
    };
    // A feature that nothing else has costs two bits.
    let mut table = Table::new(marks().count());
    marks().for_each(|mark| table.add(mark.feature));
    let mut found: Vec<Mark> = marks().filter(|mark| table.is_twice(mark.feature)).collect();
    found.sort_unstable();
    found
}

/// How often numbers were added – never, once, or more often –, which may be more often than they were.
struct Table {
    bits: Vec<u64>,
    shift: u32,
}

impl Table {
    fn new(count: usize) -> Self {
        let places = (count * 8).next_power_of_two().max(256);
        Self { bits: vec![0; places / 32], shift: u32::BITS - places.trailing_zeros() }
    }

    fn place(&self, feature: u32) -> (usize, u32) {
        // Another product than that of the parts, in which all features here are alike.
        let at = feature.wrapping_mul(0x85EB_CA6B) >> self.shift;
        ((at >> 5) as usize, (at & 31) * 2)
    }

    fn add(&mut self, feature: u32) {
        let (at, bit) = self.place(feature);
        let old = self.bits[at] >> bit & 3;
        self.bits[at] |= (old << 1 | 1) << bit;
    }

    fn is_twice(&self, feature: u32) -> bool {
        let (at, bit) = self.place(feature);
        self.bits[at] >> bit & 2 == 2
    }
}

/// Runs of marks with one feature that stands in more than one place.
pub(super) fn runs(marks: &[Mark]) -> impl Iterator<Item = &[Mark]> {
    marks.chunk_by(|a, b| a.feature == b.feature).filter(|run| run.len() > 1)
}
