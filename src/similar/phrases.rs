//! Turns lists of phrases that may stand for each other into an answer: which of the words that are left over of two texts
//! say the same?
//!
//! Phrases are compared by the words in them that say something, so that "be the property of" is told by "property", and
//! read only when words are left over: most texts never need them.

use rustc_hash::FxHashMap;

use super::guards::Guards;
use super::lists::split;
use super::reading::{Reading, Word, read};

/// Phrases that may stand for each other.
#[derive(Debug, Default)]
pub(crate) struct Phrases {
    /// By the stems of its words, the groups that a phrase is in.
    groups: FxHashMap<String, Vec<u32>>,
    /// How many such words a phrase has, at most.
    longest: usize,
}

/// So many words behind its verb the rest of a phrase may stand.
const APART: usize = 5;

/// Words of a phrase, with their places in what is left over of a text.
type Found = (usize, usize);

impl Phrases {
    /// Reads one group a line, `a/b/c`; lines that begin with `#` say what follows.
    pub fn new(lines: &str, guards: &Guards) -> Self {
        let mut phrases = Self::default();
        for (group, line) in (0..).zip(lines.lines().filter(|line| !line.starts_with('#'))) {
            for key in split(line).filter_map(|phrase| stems(phrase, guards)) {
                phrases.longest = phrases.longest.max(key.split(' ').count());
                let groups = phrases.groups.entry(key).or_default();
                if groups.last() != Some(&group) {
                    groups.push(group);
                }
            }
        }
        phrases
    }

    /// The first words left over of one text that say what words left over of another one say.
    pub fn find(
        &self,
        (a, left): (&Reading, &[usize]),
        (b, right): (&Reading, &[usize]),
        guards: &Guards,
    ) -> Option<(Found, Found)> {
        let (own, theirs) = (self.windows(a, left, guards), self.windows(b, right, guards));
        own.iter().find_map(|(at, groups)| {
            let shares = |(_, others): &&(Found, &[u32])| groups.iter().any(|group| others.contains(group));
            theirs.iter().find(shares).map(|(place, _)| (*at, *place))
        })
    }

    /// Phrases around words that the other text has, too: "get the password back".
    fn parted<'p>(&'p self, reading: &Reading, left: &[usize], guards: &Guards, found: &mut Vec<(Found, &'p [u32])>) {
        for (at, pair) in left.windows(2).enumerate() {
            let [first, last] = [pair[0], pair[1]].map(|at| &reading.words[at]);
            let near = (2..=APART).contains(&(pair[1] - pair[0])) && first.clause == last.clause;
            if near && !first.name && guards.parting.contains(&last.form) {
                let Some(key) = stems(&format!("{} {}", first.form, last.form), guards) else { continue };
                found.extend(self.groups.get(&key).map(|groups| ((at, 2), groups.as_slice())));
            }
        }
    }

    /// All phrases among words that are left over, the longest first.
    fn windows(&self, reading: &Reading, left: &[usize], guards: &Guards) -> Vec<(Found, &[u32])> {
        let mut found = Vec::new();
        self.parted(reading, left, guards, &mut found);
        for length in (1..=self.longest.min(left.len())).rev() {
            for at in 0..=left.len() - length {
                let places = &left[at..at + length];
                let beside = |pair: &[usize]| {
                    let (x, y) = (&reading.words[pair[0]], &reading.words[pair[1]]);
                    pair[1] == pair[0] + 1 && x.sentence == y.sentence && !y.before.pause
                };
                let named = |at: &usize| reading.words[*at].name;
                if places.iter().any(named) || !places.windows(2).all(beside) {
                    continue;
                }
                let key = joined(places.iter().map(|at| &reading.words[*at]));
                found.extend(self.groups.get(&key).map(|groups| ((at, length), groups.as_slice())));
            }
        }
        found
    }
}

/// What a phrase is compared by; nothing where it counts, denies or asks.
fn stems(phrase: &str, guards: &Guards) -> Option<String> {
    let reading = read(phrase, guards);
    if reading.guards.iter().any(|(kind, _)| *kind != "side") || reading.words.is_empty() {
        return None;
    }
    Some(joined(reading.words.iter()))
}

fn joined<'w>(words: impl Iterator<Item = &'w Word>) -> String {
    let stems: Vec<&str> = words.map(|word| word.stem.as_str()).collect();
    stems.join(" ")
}
