//! Turns features that several things share into pairs of things, group of articles by group, so that an edit joins again
//! only the pairs of the groups that it touches.

use std::sync::Arc;

use rayon::prelude::*;

use super::buckets::Buckets;
use super::index::{self, Mark};
use crate::hash::Digest;
use crate::memo::{Group, Memo, Stage};
use crate::parse::Article;

/// A feature that more things share is a phrase of the site, not a sign of a copy.
const COMMON: usize = 24;

/// A thing by the place of its article and its number there.
pub(super) type Spot = (u32, u32);

/// Things that share features with a thing of an earlier place.
pub(super) struct Shares {
    /// The later thing, the earlier one, and how many features they share; in order.
    pub pairs: Vec<(Spot, Spot, u32)>,
    /// The places of the earlier things' articles.
    partners: Vec<u32>,
}

/// The shares of each group of articles.
pub(super) struct Joined {
    /// By part of the table of features, the later thing and the earlier one, by the group of the later.
    parts: Vec<Arc<Buckets<(Spot, Spot)>>>,
    /// By the group of the later thing.
    pub groups: Vec<Arc<Shares>>,
}

impl Joined {
    /// Joins the things in all articles by their features, of which `features` gives those of one article with the numbers
    /// of the things that have them; `what` is their name, and a feature that only two things have counts `rare` times. Of
    /// two things and the number of features they share, `enough` says whether they are to be looked at.
    pub fn new(
        (what, rare): (&'static str, usize),
        groups: &[Group<'_, Arc<Article>>],
        memo: &Memo,
        features: impl Fn(&Article, &mut dyn FnMut(u32, u32)) + Sync,
        enough: impl Fn(Spot, Spot, u32) -> bool + Sync,
    ) -> Self {
        let group_of: Vec<u32> =
            groups.iter().zip(0..).flat_map(|(group, number)| group.items.iter().map(move |_| number)).collect();
        let part = |marks: &[Mark]| pairs(marks, (&group_of, groups.len()), rare);
        let parts = index::shared((what, Digest::default()), groups, memo, features, part);
        let mut joined = Self { parts, groups: Vec::new() };
        let one = |group: usize| {
            let digest = || Digest::of(&(what, joined.marks(group)));
            memo.get(Stage::Shared, digest, || joined.join(group, &enough))
        };
        let made = (0..groups.len()).into_par_iter().map(one).collect();
        joined.groups = made;
        joined
    }

    /// The digest of the pairs of a group and of the articles in them.
    pub fn digest(&self, group: usize, order: &[Arc<Article>]) -> Digest {
        let shares = &self.groups[group];
        let later = shares.pairs.chunk_by(|a, b| a.0.0 == b.0.0).map(|run| run[0].0.0);
        let articles = later.chain(shares.partners.iter().copied()).map(|place| order[place as usize].digest);
        Digest::of(&(self.marks(group), articles.collect::<Vec<_>>()))
    }

    fn marks(&self, group: usize) -> Vec<Digest> {
        self.parts.iter().map(|part| part.digest(group)).collect()
    }

    fn join(&self, group: usize, enough: impl Fn(Spot, Spot, u32) -> bool) -> Shares {
        let mut all: Vec<(Spot, Spot)> = self.parts.iter().flat_map(|part| part.get(group).iter().copied()).collect();
        all.sort_unstable();
        let counted = all.chunk_by(|a, b| a == b).map(|run| (run[0].0, run[0].1, run.len() as u32));
        let pairs: Vec<_> = counted.filter(|(later, earlier, shared)| enough(*earlier, *later, *shared)).collect();
        let mut partners: Vec<u32> = pairs.iter().map(|(_, earlier, _)| earlier.0).collect();
        partners.sort_unstable();
        partners.dedup();
        Shares { pairs, partners }
    }
}

/// The pairs that the features of one part of the table make, in the order of features; those of each group together.
/// `group_of` gives the group of each article, of `groups` in all.
fn pairs(marks: &[Mark], (group_of, groups): (&[u32], usize), rare: usize) -> Buckets<(Spot, Spot)> {
    // What only two things have is a sign of a copy by itself.
    let times = |run: &[Mark]| if run.len() == 2 { rare } else { 1 };
    let pairs = || {
        let runs = index::runs(marks).filter(|run| run.len() <= COMMON);
        runs.flat_map(|run| pairs_of(run).flat_map(move |pair| std::iter::repeat_n(pair, times(run))))
    };
    Buckets::new(groups, pairs, |(later, _)| group_of[later.0 as usize] as usize)
}

/// The pairs in a run of marks with one feature.
fn pairs_of(run: &[Mark]) -> impl Iterator<Item = (Spot, Spot)> + '_ {
    let spot = |mark: &Mark| (mark.article, mark.item);
    (0..run.len()).flat_map(move |at| {
        let later = spot(&run[at]);
        run[..at].iter().map(spot).filter(move |earlier| *earlier != later).map(move |earlier| (later, earlier))
    })
}
