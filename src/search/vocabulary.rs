//! Turns words into numbers, in the order of their first use.

use std::hash::Hasher;

use rustc_hash::FxHasher;

/// Different words in one text, with an open-addressed table to find them by.
#[derive(Debug, Default)]
pub(super) struct Vocabulary {
    text: String,
    /// By word, where it ends in the text.
    ends: Vec<u32>,
    /// The number of a word and one more, where 0 is free; and its key.
    table: Vec<(u32, u64)>,
}

/// Words up to so many bytes are told by their keys and lengths.
const SHORT: usize = 8;

/// The first and last bytes of a short word, of which no other of its length has the same; the hash of a longer one.
fn key(word: &str) -> u64 {
    let bytes = word.as_bytes();
    if bytes.len() > SHORT {
        let mut hasher = FxHasher::default();
        hasher.write(bytes);
        return hasher.finish();
    }
    if let (Some(first), Some(last)) = (bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
        return u64::from(u32::from_le_bytes(*first)) << 32 | u64::from(u32::from_le_bytes(*last));
    }
    bytes.iter().fold(0, |key, byte| key << 8 | u64::from(*byte))
}

/// Where a key is looked for first.
fn place(key: u64, mask: usize) -> usize {
    (key.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32) as usize & mask
}

impl Vocabulary {
    /// The number of a word, new or known.
    pub fn number(&mut self, word: &str) -> u32 {
        if self.table.len() < 2 * (self.ends.len() + 1) {
            self.grow();
        }
        let (key, mask) = (key(word), self.table.len() - 1);
        let mut at = place(key, mask);
        while self.table[at].0 > 0 {
            let (next, known) = self.table[at];
            if known == key && self.is(next - 1, word) {
                return next - 1;
            }
            at = (at + 1) & mask;
        }
        self.text.push_str(word);
        self.ends.push(self.text.len() as u32);
        self.table[at] = (self.ends.len() as u32, key);
        self.ends.len() as u32 - 1
    }

    /// Whether a word of the same key is this one.
    fn is(&self, number: u32, word: &str) -> bool {
        let range = self.range(number);
        range.len() == word.len() && (word.len() <= SHORT || self.text.as_bytes()[range] == *word.as_bytes())
    }

    fn grow(&mut self) {
        let size = (2 * self.table.len()).max(1024);
        let old = std::mem::replace(&mut self.table, vec![(0, 0); size]);
        for (next, key) in old.into_iter().filter(|(next, _)| *next > 0) {
            let mut at = place(key, size - 1);
            while self.table[at].0 > 0 {
                at = (at + 1) & (size - 1);
            }
            self.table[at] = (next, key);
        }
    }

    fn range(&self, number: u32) -> std::ops::Range<usize> {
        let at = number as usize;
        let start = if at == 0 { 0 } else { self.ends[at - 1] };
        start as usize..self.ends[at] as usize
    }

    /// The words in their order.
    pub fn list(&self) -> List {
        let starts = std::iter::once(&0).chain(&self.ends);
        let lengths = starts.zip(&self.ends).map(|(start, end)| (end - start) as u8);
        List { text: self.text.as_str().into(), lengths: lengths.collect() }
    }

    /// Empty again, with the room it took.
    pub fn clear(&mut self) {
        self.text.clear();
        self.ends.clear();
        self.table.fill((0, 0));
    }

    pub fn len(&self) -> usize {
        self.ends.len()
    }

    pub fn word(&self, number: u32) -> &str {
        &self.text[self.range(number)]
    }
}

/// Words in their order, and nothing to find them by. None is longer than 255 bytes.
#[derive(Debug, Default)]
pub(super) struct List {
    text: Box<str>,
    lengths: Box<[u8]>,
}

impl List {
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        let mut rest = &*self.text;
        self.lengths.iter().map(move |length| {
            let (word, more) = rest.split_at(usize::from(*length));
            rest = more;
            word
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_keeps_its_number() {
        let words: Vec<String> = (0..5_000).map(|n| format!("w{}", n % 3_000)).collect();
        let mut list = Vocabulary::default();
        let numbers: Vec<u32> = words.iter().map(|word| list.number(word)).collect();
        assert_eq!((list.len(), numbers[2_999], numbers[3_000]), (3_000, 2_999, 0));
        assert!(list.list().iter().zip(&words).all(|(known, word)| known == word));
    }
}
