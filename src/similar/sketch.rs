//! Turns a text into a few numbers of which two texts that are nearly the same share some.
//!
//! A feature is a pair of content words that stand next to each other or one apart, in either order. The features with the
//! smallest hashes are kept (Broder's bottom-k sketch); hashes of pairs of long words are made smaller, so that rare pairs
//! are kept rather than common ones.

/// How many features are kept.
const KEPT: usize = 6;
/// Shorter words say nothing, in letters.
const SHORT: usize = 4;

/// What of a text is looked at to find those that are like it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Sketch {
    /// The features with the smallest hashes, sorted; unused places hold the largest number.
    features: [u32; KEPT],
    /// A bit for the beginning of each word that is not short.
    words: [u64; 4],
}

impl Sketch {
    /// The number of features of a text that is not short.
    pub const FULL: usize = KEPT;

    /// The features.
    pub fn features(&self) -> impl Iterator<Item = u32> + '_ {
        self.features.iter().copied().filter(|feature| *feature != u32::MAX)
    }

    /// Whether so many words begin alike that the texts may say nearly the same; two short ones always may.
    pub fn may_be_near(&self, other: &Self) -> bool {
        let count = |of: &dyn Fn(usize) -> u64| -> u32 { (0..self.words.len()).map(|at| of(at).count_ones()).sum() };
        let (own, their) = (count(&|at| self.words[at]), count(&|at| other.words[at]));
        let both = count(&|at| self.words[at] & other.words[at]);
        own.min(their) < FEW || 2 * both * 100 >= (own + their) * ALIKE
    }
}

/// With fewer words one synonym counts for too much.
const FEW: u32 = 5;
/// The share of words, in hundredths, that two texts that are compared have in common.
const ALIKE: u32 = 40;
/// The letters by which a word is known with any ending.
const STEM: u32 = 5;

/// A text with at most so many words that are not short is known by words of its own, too.
const BRIEF: usize = 9;
/// By at least so many.
const SINGLES: usize = 3;

/// Reads words one after the other.
#[derive(Default)]
pub(crate) struct Sketcher {
    last: [(u64, usize); 2],
    words: [u64; 5],
    seen: usize,
    /// A sample of the hashes of five words in a row, one in sixteen.
    pub shingles: Vec<u32>,
    /// The hashes of the long words.
    long: Vec<u32>,
    /// The hashes of the first words of the text at hand.
    single: Vec<u32>,
    sentence: Sentence,
    /// What the long words of each sentence of the text at hand say, of those that are not short.
    sentences: Vec<u32>,
    /// How many sentences the text at hand has.
    ended: u32,
}

/// What was read of a sentence: its words, its long words, and their hashes together.
#[derive(Default)]
struct Sentence {
    words: u32,
    long: u32,
    sum: u64,
}

/// A sentence of fewer words is said of many things.
pub(crate) const SENTENCE_WORDS: usize = 8;
/// And one of fewer long words.
const SENTENCE_LONG: u32 = 3;

/// What a text is about: the hashes of the words it says most, with how often, by hash.
pub(crate) type Topic = Box<[(u32, u16)]>;

/// Shorter words say little of what a text is about.
const LONG: usize = 6;
/// How many words are kept of a text.
const TOPIC: usize = 16;

const PRIME: u64 = 0x9E37_79B9_7F4A_7C15;

impl Sketcher {
    /// The sketch of a text that continues what was read before, and its words.
    pub fn sketch(&mut self, text: &str) -> (Sketch, usize) {
        let before = self.seen;
        let mut kept = Kept::default();
        let mut marks = [0_u64; 4];
        self.last = [(0, 0); 2];
        self.sentences.clear();
        self.ended = 0;
        let bytes = text.as_bytes();
        let mut at = 0;
        while at < bytes.len() {
            let (mut hash, mut before) = (0_u64, 0);
            let start = at;
            let (mut last, mut letters, mut stem) = (0, 0, 0);
            // Without branches: what is left out of a word cannot be foreseen.
            while let Some(letter) = bytes.get(at).map(|byte| LETTERS[usize::from(*byte)]).filter(|letter| *letter > 0)
            {
                before = hash;
                let taken = (hash.rotate_left(5) ^ u64::from(letter)).wrapping_mul(PRIME);
                let out = is_left_out(letter, last);
                hash = if out { hash } else { taken };
                last = if out { last } else { letter };
                letters += u32::from(!out);
                stem = if letters <= STEM { hash } else { stem };
                at += 1;
            }
            if at > start {
                if at >= start + SHORT && !bytes[start].is_ascii_digit() {
                    let bit = (stem.wrapping_mul(PRIME) >> 56) as usize;
                    marks[bit / 64] |= 1 << (bit % 64);
                }
                // "Sends" and "send" are one word here.
                if at > start + SHORT && bytes[at - 1] == b's' {
                    hash = before;
                }
                self.word((hash, if letters > STEM { stem } else { hash }), bytes, start..at, &mut kept);
            }
            let ends = matches!(bytes.get(at), None | Some(b'.' | b'!' | b'?'));
            if ends && bytes.get(at + 1).is_none_or(u8::is_ascii_whitespace) {
                self.end_sentence();
            }
            at += 1;
        }
        // A short text has few pairs of words, and one changed word takes most of them.
        let free = kept.0.iter().filter(|feature| **feature == u32::MAX).count();
        if self.single.len() <= BRIEF {
            let singles = free.max(SINGLES);
            self.single.sort_unstable();
            self.single.dedup();
            kept.0.sort_unstable_by(|a, b| b.cmp(a));
            for (place, word) in self.single.iter().take(singles).enumerate() {
                kept.0[place] = *word;
            }
        }
        self.single.clear();
        kept.0.sort_unstable();
        (Sketch { features: kept.0, words: marks }, self.seen - before)
    }

    fn end_sentence(&mut self) {
        let Sentence { words, long, sum } = std::mem::take(&mut self.sentence);
        self.ended += u32::from(words > 0);
        if words as usize >= SENTENCE_WORDS && long >= SENTENCE_LONG {
            self.sentences.push((sum >> 32) as u32);
        }
    }

    /// By what each of several sentences of the last text is found where it stands elsewhere: by its long words, among
    /// which few tell numbers, denials and opposites. Nothing for a text of one.
    pub fn sentences(&self) -> Box<[u32]> {
        if self.ended > 1 { self.sentences.as_slice().into() } else { Box::default() }
    }

    /// By what a sentence is found, read alone.
    pub fn of_sentence(text: &str) -> Option<u32> {
        let mut sketcher = Self::default();
        sketcher.sketch(text);
        sketcher.sentences.first().copied()
    }

    /// What all that was read is about.
    pub fn topic(&mut self) -> Topic {
        self.long.sort_unstable();
        let runs = self.long.chunk_by(|a, b| a == b);
        let mut words: Vec<(u32, u16)> =
            runs.map(|run| (run[0], u16::try_from(run.len()).unwrap_or(u16::MAX))).collect();
        if words.len() > TOPIC {
            // Equals go by hash, so that two texts keep the same words.
            words.select_nth_unstable_by_key(TOPIC - 1, |(hash, count)| (std::cmp::Reverse(*count), *hash));
            words.truncate(TOPIC);
            words.sort_unstable();
        }
        words.into_boxed_slice()
    }

    fn word(&mut self, (hash, root): (u64, u64), bytes: &[u8], range: std::ops::Range<usize>, kept: &mut Kept) {
        self.words.rotate_left(1);
        self.words[4] = hash;
        self.seen += 1;
        if self.seen >= 5 {
            let shingle = self.words.iter().fold(0_u64, |all, word| (all.rotate_left(11) ^ word).wrapping_mul(PRIME));
            if shingle >> 60 == 0 {
                self.shingles.push((shingle >> 20) as u32);
            }
        }
        self.sentence.words += 1;
        let length = range.len();
        if length < SHORT || bytes[range.start].is_ascii_digit() {
            return;
        }
        if length >= LONG {
            self.long.push((hash >> 32) as u32);
            self.sentence.long += 1;
            self.sentence.sum = self.sentence.sum.wrapping_add(root.wrapping_mul(PRIME));
        }
        if self.single.len() <= BRIEF {
            let shift = (length.min(10) - SHORT) / 2;
            self.single.push((root.wrapping_mul(PRIME) >> 33 >> shift) as u32);
        }
        for (other, others) in self.last.into_iter().filter(|(_, length)| *length > 0) {
            let pair = (root ^ other).wrapping_mul(PRIME) ^ root.wrapping_add(other);
            let pair = pair.wrapping_mul(PRIME);
            // Of long words, of which there are more, a pair is rarer.
            let shift = (length.min(10) + others.min(10)).saturating_sub(8) / 2;
            kept.add((pair >> 33 >> shift) as u32);
        }
        self.last = [self.last[1], (root, length)];
    }
}

/// By byte, the letter it is in a hash; nothing for what stands between words.
const LETTERS: [u8; 256] = {
    let mut letters = [0; 256];
    let mut at = 0;
    while at < 256 {
        let byte = at as u8;
        letters[at] = match byte.to_ascii_lowercase() {
            b'z' => b's',
            letter if letter.is_ascii_alphanumeric() || letter >= 0x80 => letter,
            _ => 0,
        };
        at += 1;
    }
    letters
};

/// What spellings do not agree on (colour, color; centre, center; organise, organize; travelled) is left out of a hash.
fn is_left_out(letter: u8, last: u8) -> bool {
    (letter == b'e') | ((letter == b'u') & (last == b'o')) | ((letter == last) & letter.is_ascii_alphabetic())
}

/// The smallest features so far, the largest of them first; unused places hold the largest number.
struct Kept([u32; KEPT]);

impl Default for Kept {
    fn default() -> Self {
        Self([u32::MAX; KEPT])
    }
}

impl Kept {
    /// Keeps a feature when it is smaller than the largest that is kept.
    fn add(&mut self, feature: u32) {
        if feature >= self.0[0] || self.0.contains(&feature) {
            return;
        }
        self.0[0] = feature;
        for at in 1..KEPT {
            if self.0[at] > self.0[0] {
                self.0.swap(0, at);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_word_leaves_most_features() {
        let a = Sketcher::default()
            .sketch("Hold steady pressure on the marked place until the mass softens, then breathe out slowly")
            .0;
        let b = Sketcher::default()
            .sketch("Then breathe out slowly. Hold steady pressure on the marked place until the mass relaxes")
            .0;
        assert!(a.features().filter(|feature| b.features().any(|other| other == *feature)).count() >= 3);
    }
}
