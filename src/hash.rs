//! Turns bytes, or any value that can be hashed, into one stable 128-bit digest.

use std::fmt;
use std::hash::{Hash, Hasher};

/// A 128-bit BLAKE3 digest: equal inputs give equal digests on every run of one build of the program.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest(u128);

impl Digest {
    /// The digest of raw bytes; the same on every machine, so it may stand in file names.
    #[must_use]
    pub fn of_bytes(bytes: &[u8]) -> Self {
        Self::cut(&blake3::hash(bytes))
    }

    /// The digest of a value's `Hash`. For keys in memory only: `Hash` may differ between platforms.
    #[must_use]
    pub fn of<T: Hash + ?Sized>(value: &T) -> Self {
        let mut state = State(blake3::Hasher::new());
        value.hash(&mut state);
        Self::cut(&state.0.finalize())
    }

    /// The first `digits` hexadecimal digits (at most 32), as used in the names of assets.
    #[must_use]
    pub fn short(self, digits: usize) -> String {
        let mut text = format!("{:032x}", self.0);
        text.truncate(digits);
        text
    }

    /// A few of its bits, for tables.
    pub(crate) fn part(self) -> u32 {
        self.0 as u32
    }

    fn cut(hash: &blake3::Hash) -> Self {
        let mut first = [0; 16];
        first.copy_from_slice(&hash.as_bytes()[..16]);
        Self(u128::from_be_bytes(first))
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

/// Feeds `Hash` into BLAKE3, so that whole structs are digested without a hand-written list of their fields.
struct State(blake3::Hasher);

impl Hasher for State {
    fn write(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    fn finish(&self) -> u64 {
        let mut first = [0; 8];
        first.copy_from_slice(&self.0.finalize().as_bytes()[..8]);
        u64::from_be_bytes(first)
    }
}
