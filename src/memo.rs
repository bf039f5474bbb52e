//! Turns a pure function of digested input into one that is computed once.

use std::any::Any;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::hash::Digest;

mod groups;

pub(crate) use groups::{Group, groups};

/// The memoized stages. Each counts what it had to compute.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Stage {
    /// The texts of the schema to its kinds and checkers.
    Schema,
    /// The files of the theme to its templates.
    Theme,
    /// One source file to its articles.
    Parse,
    /// The words on which meanings turn, of a language and of a site, to the tables by which texts are read.
    Guards,
    /// Neighbours in a list to what another stage makes of each of them.
    Group,
    /// What articles show to each other to names, references and all else that follows from it.
    Whole,
    /// Features of all texts, one part of them, to those that several share.
    Shared,
    /// One article and the site's names to the mentions in it.
    Mentions,
    /// One article and what its mentions are worth to its links.
    Links,
    /// All links nobody wrote to the edges they make.
    Edges,
    /// The rules of a site to what breaks them.
    Rules,
    /// What articles show to each other to all addresses, lists and cards.
    Plan,
    /// The texts of one article and those that are like them, to what each pair says.
    Pairs,
    /// One page to its bytes.
    Render,
    /// One article to the counted words of the search index.
    Search,
}

impl Stage {
    /// All of them, in their order.
    pub const ALL: [Self; STAGES] = [
        Self::Schema,
        Self::Theme,
        Self::Parse,
        Self::Guards,
        Self::Group,
        Self::Whole,
        Self::Shared,
        Self::Mentions,
        Self::Links,
        Self::Edges,
        Self::Rules,
        Self::Plan,
        Self::Pairs,
        Self::Render,
        Self::Search,
    ];
}

const STAGES: usize = 15;
const SHARDS: usize = 16;

type Slot = (u64, Arc<dyn Any + Send + Sync>);
type Shard = Mutex<HashMap<(Stage, Digest), Slot>>;

/// The only cache: results by stage and digest of everything the computation may look at.
///
/// Values are forgotten when no round has asked for them for `rounds` rounds and no other value holds them: what a group
/// of neighbours was made of is not asked for as long as the group is. A memo of zero rounds keeps nothing, which is what
/// a single build wants: its memory holds one site, not two.
pub struct Memo {
    rounds: u64,
    now: AtomicU64,
    misses: [AtomicU64; STAGES],
    shards: [Shard; SHARDS],
}

impl Default for Memo {
    fn default() -> Self {
        Self::keeping(4)
    }
}

impl Memo {
    /// A memo that keeps what was asked for in the last `rounds` rounds.
    #[must_use]
    pub fn keeping(rounds: u64) -> Self {
        Self { rounds, now: AtomicU64::new(0), misses: Default::default(), shards: Default::default() }
    }

    /// The value of `compute` for this digest; computed now or in an earlier round.
    ///
    /// Two threads may compute the same value at once; both results are equal, so either may stay.
    /// A memo that keeps nothing does not ask for the digest.
    pub fn get<T, D, F>(&self, stage: Stage, digest: D, compute: F) -> Arc<T>
    where
        T: Send + Sync + 'static,
        D: FnOnce() -> Digest,
        F: FnOnce() -> T,
    {
        if self.rounds == 0 {
            self.misses[stage as usize].fetch_add(1, Ordering::Relaxed);
            return Arc::new(compute());
        }
        let digest = digest();
        if let Some(known) = self.find(stage, digest) {
            return known;
        }
        self.misses[stage as usize].fetch_add(1, Ordering::Relaxed);
        let value = Arc::new(compute());
        let now = self.now.load(Ordering::Relaxed);
        self.shard(digest).insert((stage, digest), (now, value.clone()));
        value
    }

    /// How many values of a stage were computed so far.
    #[must_use]
    pub fn misses(&self, stage: Stage) -> u64 {
        self.misses[stage as usize].load(Ordering::Relaxed)
    }

    /// Ends a round: what nobody asked for in the last rounds is forgotten.
    pub fn end_round(&self) {
        let now = self.now.fetch_add(1, Ordering::Relaxed);
        for shard in &self.shards {
            lock(shard).retain(|_, (used, value)| *used + self.rounds > now || Arc::strong_count(value) > 1);
        }
    }

    fn find<T: Send + Sync + 'static>(&self, stage: Stage, digest: Digest) -> Option<Arc<T>> {
        let mut shard = self.shard(digest);
        let (used, value) = shard.get_mut(&(stage, digest))?;
        *used = self.now.load(Ordering::Relaxed);
        value.clone().downcast().ok()
    }

    fn shard(&self, digest: Digest) -> MutexGuard<'_, HashMap<(Stage, Digest), Slot>> {
        lock(&self.shards[usize::from(digest.short(1).as_bytes()[0]) % SHARDS])
    }
}

/// A panic in `compute` cannot leave a shard half-written, so a poisoned lock is still good.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn computes_once_and_forgets_what_is_not_used() {
        let memo = Memo::keeping(2);
        let digest = Digest::of("a");
        assert_eq!(*memo.get(Stage::Parse, || digest, || 1), 1);
        memo.end_round();
        assert_eq!(*memo.get(Stage::Parse, || digest, || 2), 1);
        assert_eq!(memo.misses(Stage::Parse), 1);
        for _ in 0..3 {
            memo.end_round();
        }
        assert_eq!(*memo.get(Stage::Parse, || digest, || 3), 3);
    }
}
