//! Turns the words of a site into a small set of hashes that says, before any file of words is loaded, which words of a
//! query the site does not have, and in which files stands what they may have meant.

use std::cmp::Reverse;

use rustc_hash::FxHashMap;
use serde_json::{Value, json};

use super::bits::{Writer, gaps};
use super::merge::Form;
use super::reader::Reader;
use super::spelling::patience;

/// Of longer words only so many letters (of UTF-16) are hashed: a slip behind them leads to the same file.
pub(super) const WHOLE: usize = 6;
/// Beginnings of words kept, the most frequent, and the fewest pages that one must stand on.
const KEPT: usize = 8_000;
const PAGES: u32 = 2;
/// Letters that a slip may have left out.
const LETTERS: usize = 40;
/// Bits for the whole set, and the least and most that one beginning takes beside those that say which comes next: one
/// of 2^6 to 2^9 other words is taken for one of the site's.
const ROOM: usize = 42_000;
const LEAST: usize = 6;
const MOST: usize = 9;
/// Other files that are looked into for what a word meant.
const FILES: usize = 3;
/// What a slip in the first letter costs more.
pub(super) const FIRST: usize = 6;

/// The beginnings of a site's words.
pub(super) struct Known {
    letters: Vec<Vec<u16>>,
    space: u32,
    /// Sorted.
    hashes: Vec<u32>,
}

/// Letters, count of hashes, the number that all are below, and the hashes, as the first file has them.
pub(super) fn write(forms: &[Form], stop: &str) -> Value {
    let (mut words, mut letters) = (Vec::new(), FxHashMap::<char, u32>::default());
    for form in forms.iter().filter(|form| is_meant(&form.fold, stop)) {
        form.fold.chars().for_each(|c| *letters.entry(c).or_default() += 1);
        let start: Vec<u16> = form.fold.encode_utf16().take(WHOLE).collect();
        match words.last_mut() {
            Some((Reverse(pages), last)) if *last == start => *pages += form.pages,
            _ => words.push((Reverse(form.pages), start)),
        }
    }
    words.retain(|(Reverse(pages), _)| *pages >= PAGES);
    words.sort_unstable();
    words.truncate(KEPT);
    let bits = (2 * ROOM / words.len().max(1)).saturating_sub(3) / 2;
    let space = (words.len().max(1) << bits.clamp(LEAST, MOST)) as u32;
    let mut hashes: Vec<u32> = words.iter().map(|(_, start)| hash(start) % space).collect();
    hashes.sort_unstable();
    hashes.dedup();
    let mut letters: Vec<(Reverse<u32>, char)> = letters.into_iter().map(|(c, count)| (Reverse(count), c)).collect();
    letters.sort_unstable();
    let letters: String = letters.into_iter().take(LETTERS).map(|(_, c)| c).collect();
    json!([letters, hashes.len(), space, Writer::default().gaps(&hashes, space)])
}

/// Whether a word can be what a misspelt one meant.
fn is_meant(word: &str, stop: &str) -> bool {
    word.chars().count() > 2 && word.chars().all(char::is_alphabetic) && !stop.split(' ').any(|other| other == word)
}

/// FNV-1a over the letters of the beginning of a word.
fn hash(word: &[u16]) -> u32 {
    let fnv = |h: u32, unit: &u16| (h ^ u32::from(*unit)).wrapping_mul(0x0100_0193);
    let h = word.iter().take(WHOLE).fold(0x811c_9dc5, fnv);
    h ^ h >> 15
}

impl Known {
    /// From the first file; `None` where all words stand in that file.
    pub fn read(value: &Value) -> Option<Self> {
        let number = |at: usize| value[at].as_u64().and_then(|n| u32::try_from(n).ok());
        let (count, space) = (number(1)?, number(2)?);
        let letters = value[0].as_str()?.chars().map(|c| c.encode_utf16(&mut [0; 2]).to_vec()).collect();
        Some(Self { letters, space, hashes: gaps(value[3].as_str()?, count, space) })
    }

    pub fn has(&self, word: &[u16]) -> bool {
        self.hashes.binary_search(&(hash(word) % self.space)).is_ok()
    }

    /// The files of words, beside its own, that may hold what an unknown word meant: all words one slip away are looked
    /// up. Of too many files, those of the likeliest slips.
    pub fn files(&self, word: &str, reader: &Reader) -> Vec<usize> {
        let (own, word) = (reader.home(word), word.encode_utf16().collect::<Vec<u16>>());
        if patience(word.len()) == 0 || self.has(&word) {
            return Vec::new();
        }
        let mut found: Vec<(usize, usize)> = Vec::new();
        self.slips(&word, &mut |other, cost| {
            let at = if self.has(other) { reader.home_of(other) } else { own };
            match found.iter_mut().find(|(_, known)| *known == at) {
                _ if at == own => {}
                Some(known) => known.0 = known.0.min(cost),
                None => found.push((cost, at)),
            }
        });
        found.sort_unstable();
        found.into_iter().take(FILES).map(|(_, at)| at).collect()
    }

    /// All words one slip away from another, as far as their beginnings differ, with what each slip costs.
    fn slips(&self, word: &[u16], each: &mut impl FnMut(&[u16], usize)) {
        let vowel = |unit: u16| u8::try_from(unit).is_ok_and(|unit| b"aeiouy".contains(&unit));
        for at in 0..=word.len().min(WHOLE - 1) {
            let ((start, rest), dear) = (word.split_at(at), if at == 0 { FIRST } else { 0 });
            let mut slip = |middle: &[u16], rest: &[u16], cost| each(&[start, middle, rest].concat(), cost + dear);
            let before = start.last().copied();
            for new in &self.letters {
                let twice = |c: Option<u16>| c.is_some_and(|c| *new == [c]);
                slip(new, rest, if twice(rest.first().copied()) || twice(before) { 6 } else { 10 });
            }
            let Some((c, more)) = rest.split_first() else { continue };
            slip(&[], more, if more.first() == Some(c) { 6 } else { 10 });
            for new in self.letters.iter().filter(|new| **new != [*c]) {
                slip(new, more, if vowel(new[0]) && vowel(*c) { 8 } else { 10 });
            }
            if let Some((next, more)) = more.split_first().filter(|(next, _)| *next != c) {
                slip(&[*next, *c], more, 8);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(text: &str, pages: u32) -> Form {
        Form { text: text.to_owned(), fold: text.to_owned(), stem: 0, pages }
    }

    fn has(known: &Known, word: &str) -> bool {
        known.has(&word.encode_utf16().collect::<Vec<u16>>())
    }

    #[test]
    fn words_come_back_by_their_beginnings() {
        let forms = [form("about", 9), form("heel", 1), form("should", 1), form("shoulder", 1), form("trigger", 2)];
        let known = Known::read(&write(&forms, "about")).expect("what was written can be read");
        assert!(has(&known, "shoulders") && has(&known, "trigger"));
        assert!(!has(&known, "sholder") && !has(&known, "heel") && !has(&known, "about"));
    }

    #[test]
    fn slips_are_as_far_as_the_distance_says() {
        let known = Known::read(&write(&[form("abcdehlorsu", 2)], "")).expect("what was written can be read");
        let mut count = 0;
        known.slips(&"sholder".encode_utf16().collect::<Vec<u16>>(), &mut |other, cost| {
            let other = String::from_utf16_lossy(other);
            let dear = if other.starts_with('s') { 0 } else { FIRST };
            assert!(super::super::spelling::distance("sholder", &other, 20) <= cost.saturating_sub(dear), "{other}");
            count += usize::from(other == "shoulder");
        });
        assert_eq!(count, 1);
    }
}
