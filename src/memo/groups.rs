//! Turns a long list into groups of neighbours, so that what did not change costs one look-up a group, not one an item.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use rayon::prelude::*;
use rustc_hash::FxHasher;

use super::{Memo, Stage};
use crate::hash::Digest;

/// A group ends behind one name in so many, so that a new item moves no other group's end.
const USUAL: u64 = 64;
const MOST: usize = 256;

/// Neighbours in a list.
#[derive(Clone, Copy)]
pub(crate) struct Group<'a, T> {
    /// The place of the first in the list.
    pub start: usize,
    pub items: &'a [T],
    /// The digest of all of them, in order.
    pub digest: Digest,
}

/// Cuts a list into groups, by the names of its items.
pub(crate) fn groups<'a, T, N: Hash, D: Hash>(
    items: &'a [T],
    name: impl Fn(&'a T) -> N,
    digest: impl Fn(&'a T) -> D,
) -> Vec<Group<'a, T>> {
    let ends = |item: &'a T| {
        let mut hasher = FxHasher::default();
        name(item).hash(&mut hasher);
        hasher.finish() >> 32 & (USUAL - 1) == 0
    };
    let mut list = Vec::with_capacity(items.len() / USUAL as usize * 2 + 1);
    let mut start = 0;
    for (at, item) in items.iter().enumerate() {
        if at + 1 == items.len() || at + 1 - start == MOST || ends(item) {
            let items = &items[start..=at];
            list.push(Group { start, items, digest: Digest::of(&items.iter().map(&digest).collect::<Vec<_>>()) });
            start = at + 1;
        }
    }
    list
}

impl Memo {
    /// What `compute` makes of each group.
    pub(crate) fn group<T: Sync, V: Send + Sync + 'static>(
        &self,
        groups: &[Group<'_, T>],
        context: impl Fn(&Group<'_, T>) -> Digest + Sync,
        compute: impl Fn(&Group<'_, T>) -> V + Sync,
    ) -> Vec<Arc<V>> {
        let one = |group: &Group<'_, T>| {
            self.get(Stage::Group, || Digest::of(&(group.digest, context(group))), || compute(group))
        };
        groups.par_iter().map(one).collect()
    }

    /// What `compute` makes of each item, remembered item by item and group by group.
    pub(crate) fn each<T: Sync, V: Send + Sync + 'static>(
        &self,
        (stage, context): (Stage, Digest),
        groups: &[Group<'_, T>],
        digest: impl Fn(&T) -> Digest + Sync,
        compute: impl Fn(&T, Digest) -> V + Sync,
    ) -> Vec<Arc<Vec<Arc<V>>>> {
        let one = |item: &T| {
            let digest = Digest::of(&(digest(item), context));
            self.get(stage, || digest, || compute(item, digest))
        };
        let context = Digest::of(&(stage, context));
        self.group(groups, |_| context, |group| group.items.par_iter().map(one).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_changed_item_is_computed_alone() {
        let memo = Memo::keeping(2);
        let mut items: Vec<(u32, u32)> = (0..1_000).map(|n| (n, n)).collect();
        let doubled = |items: &[(u32, u32)]| {
            let groups = groups(items, |item| item.0, |item| item.1);
            let made = memo.each((Stage::Parse, Digest::default()), &groups, Digest::of, |item, _| item.1 * 2);
            memo.end_round();
            made.iter().flat_map(|group| group.iter().map(|value| **value)).collect::<Vec<u32>>()
        };
        assert_eq!(doubled(&items), (0..1_000).map(|n| n * 2).collect::<Vec<_>>());
        let before = memo.misses(Stage::Parse);
        for round in 0..5 {
            items[500].1 = 10_000 + round;
            assert_eq!(doubled(&items)[500], 20_000 + round * 2);
        }
        assert_eq!(memo.misses(Stage::Parse) - before, 5);
        let groups = memo.misses(Stage::Group);
        items.remove(3);
        doubled(&items);
        assert!(memo.misses(Stage::Group) - groups <= 2, "a group keeps its ends");
        assert_eq!(memo.misses(Stage::Parse) - before, 5);
    }
}
