//! Turns a list into buckets: what falls into one stands together, in its order, and has a digest.

use std::hash::Hash;
use std::ops::Range;
use std::sync::OnceLock;

use crate::hash::Digest;

/// Items by the number of their bucket.
pub(super) struct Buckets<T> {
    items: Vec<T>,
    /// Where each bucket ends.
    ends: Vec<usize>,
    digests: OnceLock<Vec<Digest>>,
}

impl<T: Copy + Hash> Buckets<T> {
    /// Puts the items of a walk that can be made twice into `count` buckets; `bucket` gives the number of each.
    pub fn new<I: Iterator<Item = T>>(count: usize, items: impl Fn() -> I, bucket: impl Fn(&T) -> usize) -> Self {
        let mut ends = vec![0; count];
        items().for_each(|item| ends[bucket(&item)] += 1);
        let mut all = 0;
        for end in &mut ends {
            all += std::mem::replace(end, all);
        }
        let mut placed: Vec<T> = items().next().map_or_else(Vec::new, |first| vec![first; all]);
        for item in items() {
            let next = &mut ends[bucket(&item)];
            placed[*next] = item;
            *next += 1;
        }
        // Each next place is now the end of its bucket.
        Self { items: placed, ends, digests: OnceLock::new() }
    }

    pub fn get(&self, bucket: usize) -> &[T] {
        &self.items[self.range(bucket)]
    }

    /// The digest of a bucket. Those of all are made when the first is asked for.
    pub fn digest(&self, bucket: usize) -> Digest {
        self.digests.get_or_init(|| (0..self.ends.len()).map(|bucket| Digest::of(self.get(bucket))).collect())[bucket]
    }

    fn range(&self, bucket: usize) -> Range<usize> {
        let start = if bucket == 0 { 0 } else { self.ends[bucket - 1] };
        start..self.ends[bucket]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_falls_into_one_bucket_stands_together() {
        let buckets = Buckets::new(3, || [5, 1, 3, 8, 2, 4].into_iter(), |n| usize::from(n % 2 == 0) * 2);
        assert_eq!((buckets.get(0), buckets.get(1), buckets.get(2)), (&[5, 1, 3][..], &[][..], &[8, 2, 4][..]));
        let other = Buckets::new(3, || [5, 1, 3, 8, 2, 6].into_iter(), |n| usize::from(n % 2 == 0) * 2);
        assert_eq!(buckets.digest(0), other.digest(0));
        assert_ne!(buckets.digest(2), other.digest(2));
        assert_eq!(Buckets::<u8>::new(2, std::iter::empty, |_| 0).get(1), &[0_u8; 0]);
    }
}
