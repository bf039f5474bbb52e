//! Turns words into numbers, in the order of their first use.

use std::hash::Hasher;

use rustc_hash::FxHasher;

/// Different words in one text, with an open-addressed table to find them by. The hashes stay when the table is dropped,
/// so that the words of all pages can be put together without reading them again.
#[derive(Debug, Default)]
pub(super) struct Vocabulary {
    text: String,
    /// By word, where it ends in the text, and its hash.
    ends: Vec<u32>,
    hashes: Vec<u32>,
    /// The number of a word and one more; 0 is free.
    table: Vec<u32>,
}

/// The hash of a word, as a vocabulary wants it.
pub(super) fn hash(word: &str) -> u32 {
    let mut hasher = FxHasher::default();
    hasher.write(word.as_bytes());
    let hash = hasher.finish();
    (hash ^ (hash >> 32)) as u32
}

impl Vocabulary {
    /// The number of a word, new or known.
    pub fn number(&mut self, word: &str, hash: u32) -> u32 {
        if self.table.len() < 2 * (self.ends.len() + 1) {
            self.grow();
        }
        let mut at = hash as usize & (self.table.len() - 1);
        while self.table[at] > 0 {
            let known = self.table[at] - 1;
            if self.hashes[known as usize] == hash && self.word(known) == word {
                return known;
            }
            at = (at + 1) & (self.table.len() - 1);
        }
        self.text.push_str(word);
        self.ends.push(self.text.len() as u32);
        self.hashes.push(hash);
        self.table[at] = self.ends.len() as u32;
        self.table[at] - 1
    }

    fn grow(&mut self) {
        let size = (2 * self.table.len()).max(1024);
        self.table.clear();
        self.table.resize(size, 0);
        for (number, hash) in self.hashes.iter().enumerate() {
            let mut at = *hash as usize & (size - 1);
            while self.table[at] > 0 {
                at = (at + 1) & (size - 1);
            }
            self.table[at] = number as u32 + 1;
        }
    }

    /// A copy without what is only needed to add words.
    pub fn copy(&self) -> Self {
        Self { text: self.text.clone(), ends: self.ends.clone(), hashes: self.hashes.clone(), table: Vec::new() }
    }

    /// Empty again, with the room it took.
    pub fn clear(&mut self) {
        self.text.clear();
        self.ends.clear();
        self.hashes.clear();
        self.table.fill(0);
    }

    pub fn len(&self) -> usize {
        self.ends.len()
    }

    pub fn word(&self, number: u32) -> &str {
        let at = number as usize;
        let start = if at == 0 { 0 } else { self.ends[at - 1] };
        &self.text[start as usize..self.ends[at] as usize]
    }

    /// All words with their hashes.
    pub fn iter(&self) -> impl Iterator<Item = (&str, u32)> {
        self.hashes.iter().enumerate().map(|(at, hash)| (self.word(at as u32), *hash))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_keeps_its_number() {
        let words: Vec<String> = (0..5_000).map(|n| format!("w{}", n % 3_000)).collect();
        let mut list = Vocabulary::default();
        let numbers: Vec<u32> = words.iter().map(|word| list.number(word, hash(word))).collect();
        assert_eq!((list.len(), numbers[2_999], numbers[3_000]), (3_000, 2_999, 0));
        assert!(list.copy().iter().zip(&words).all(|((known, _), word)| known == word));
    }
}
