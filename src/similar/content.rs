//! Turns two lists of words into what they share, what only one has, and whether two words changed places.

use std::hash::BuildHasher;

use rustc_hash::FxBuildHasher;

use super::guards::Guards;
use super::reading::{Reading, Word};

/// How the words of two texts go together.
pub(super) struct Aligned {
    pub shared: usize,
    pub only_a: Vec<usize>,
    pub only_b: Vec<usize>,
    /// Pairs of places of words that occur once in each text.
    pub pairs: Vec<(usize, usize)>,
    /// Whether a word stands against itself with a prefix that denies.
    pub prefixed: bool,
}

/// Matches words by their stems, then what is left by one slip of the hand.
pub(super) fn align(a: &Reading, b: &Reading, guards: &Guards) -> Aligned {
    let (keys, others) = (keys(a), keys(b));
    let mut free: Vec<bool> = vec![true; b.words.len()];
    let mut aligned = Aligned { shared: 0, only_a: Vec::new(), only_b: Vec::new(), pairs: Vec::new(), prefixed: false };
    for (at, word) in a.words.iter().enumerate() {
        let alike = others.iter().enumerate().filter(|(_, key)| **key == keys[at]);
        let found = alike.map(|(place, _)| place).find(|place| free[*place] && b.words[*place].stem == word.stem);
        match found {
            Some(place) => {
                free[place] = false;
                aligned.shared += 1;
                aligned.pairs.push((at, place));
            }
            None => aligned.only_a.push(at),
        }
    }
    aligned.only_b = (0..b.words.len()).filter(|at| free[*at]).collect();
    slips(a, b, &mut aligned);
    let denies = |x: &Word, y: &Word| {
        guards
            .prefixes
            .iter()
            .any(|p| x.form.strip_prefix(p.as_str()).is_some_and(|rest| rest.len() > 3 && guards.stem(rest) == y.stem))
    };
    aligned.prefixed = aligned.only_a.iter().any(|x| {
        let x = &a.words[*x];
        aligned.only_b.iter().map(|y| &b.words[*y]).any(|y| denies(x, y) || denies(y, x))
    });
    let once = |keys: &[u64], at: usize| keys.iter().filter(|key| **key == keys[at]).count() == 1;
    aligned.pairs.retain(|(x, y)| once(&keys, *x) && once(&others, *y));
    aligned
}

/// The stems of words as numbers: most stems are told apart by them.
fn keys(reading: &Reading) -> Vec<u64> {
    reading.words.iter().map(|word| FxBuildHasher.hash_one(&word.stem)).collect()
}

fn slips(a: &Reading, b: &Reading, aligned: &mut Aligned) {
    let mut left = std::mem::take(&mut aligned.only_b);
    aligned.only_a.retain(|at| {
        let word = &a.words[*at];
        let found = left
            .iter()
            .position(|other| !word.minor && !b.words[*other].minor && one_slip(&word.form, &b.words[*other].form));
        let Some(found) = found else { return true };
        left.remove(found);
        aligned.shared += 1;
        false
    });
    aligned.only_b = left;
}

/// Whether two words differ by one letter left out, put in, changed or exchanged with its neighbour, behind the first.
pub(crate) fn one_slip(a: &str, b: &str) -> bool {
    if a.is_ascii() && b.is_ascii() {
        return slip(a.as_bytes(), b.as_bytes());
    }
    let letters = |word: &str| word.chars().collect::<Vec<char>>();
    slip(&letters(a), &letters(b))
}

fn slip<L: PartialEq>(a: &[L], b: &[L]) -> bool {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    if short.len() < 4 || long.len() < 5 || long.len() - short.len() > 1 || short[0] != long[0] {
        return false;
    }
    let same = short.iter().zip(long).take_while(|(x, y)| x == y).count();
    let (rest, other) = (&short[same..], &long[same..]);
    if short.len() < long.len() {
        return *rest == other[1..];
    }
    match rest {
        [] => true,
        [_, tail @ ..] if *tail == other[1..] => short.len() >= 6,
        [x, y, tail @ ..] => other.len() >= 2 && *x == other[1] && *y == other[0] && *tail == other[2..],
        _ => false,
    }
}

/// How well the neighbours of two words must fit when the words are exchanged: two entries of a list that changed places
/// have some neighbours in common too.
const SWAPPED: f32 = 0.7;

/// Whether two words changed places: each of the two stands among the neighbours that the other had.
pub(super) fn swapped(a: &Reading, b: &Reading, aligned: &Aligned) -> bool {
    let near = |reading: &Reading, stem: &str, other: &str| -> Vec<String> { mates(reading, stem, other) };
    let stems: Vec<&str> = {
        let mut stems: Vec<&str> =
            a.words.iter().map(|word| word.stem.as_str()).filter(|stem| count(a, stem) == count(b, stem)).collect();
        stems.sort_unstable();
        stems.dedup();
        stems
    };
    if stems.len() > 40 {
        return exchanged(a, b, aligned);
    }
    stems.iter().enumerate().any(|(at, x)| {
        stems[at + 1..].iter().any(|y| {
            let (ax, ay, bx, by) = (near(a, x, y), near(a, y, x), near(b, x, y), near(b, y, x));
            let (exchanged, back) = (alike(&ay, &bx), alike(&ax, &by));
            exchanged.min(back) >= SWAPPED && exchanged > alike(&ax, &bx) && back > alike(&ay, &by)
        })
    }) || exchanged(a, b, aligned)
}

fn count(reading: &Reading, stem: &str) -> usize {
    reading.words.iter().filter(|word| word.stem == *stem).count()
}

/// The words in the clauses of a word, without it and without another one.
fn mates(reading: &Reading, stem: &str, other: &str) -> Vec<String> {
    let mut mates = Vec::new();
    for word in reading.words.iter().filter(|word| word.stem == *stem) {
        let clause = reading.words.iter().filter(|mate| mate.clause == word.clause);
        mates.extend(clause.map(|mate| mate.stem.clone()).filter(|mate| *mate != *stem && *mate != *other));
    }
    mates.sort();
    mates
}

/// The share of two sorted lists that both have.
fn alike(a: &[String], b: &[String]) -> f32 {
    common(a, b) as f32 / a.len().max(b.len()).max(1) as f32
}

/// How many entries two sorted lists share.
fn common(a: &[String], b: &[String]) -> usize {
    let (mut x, mut y, mut shared) = (0, 0, 0);
    while x < a.len() && y < b.len() {
        match a[x].cmp(&b[y]) {
            std::cmp::Ordering::Less => x += 1,
            std::cmp::Ordering::Greater => y += 1,
            std::cmp::Ordering::Equal => (x, y, shared) = (x + 1, y + 1, shared + 1),
        }
    }
    shared
}

/// Whether in one clause two words stand in the other order around a third that kept its place between them.
fn exchanged(a: &Reading, b: &Reading, aligned: &Aligned) -> bool {
    let clause = |x: usize, y: usize| a.words[x].clause == a.words[y].clause;
    let other = |x: usize, y: usize| b.words[x].clause == b.words[y].clause;
    let pairs = &aligned.pairs;
    if pairs.len() > 60 {
        return false;
    }
    pairs.iter().enumerate().any(|(i, first)| {
        pairs[i + 1..].iter().any(|last| {
            let turned = last.1 < first.1 && clause(first.0, last.0) && other(first.1, last.1);
            turned
                && pairs
                    .iter()
                    .any(|middle| middle.0 > first.0 && middle.0 < last.0 && middle.1 > last.1 && middle.1 < first.1)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_slip_of_the_hand() {
        for (a, b) in [("children", "childern"), ("should", "shoud"), ("wrapped", "wraped"), ("extensors", "extensers")]
        {
            assert!(one_slip(a, b) && one_slip(b, a), "{a} {b}");
        }
        for (a, b) in [("medius", "minimus"), ("heel", "heal"), ("left", "lift"), ("inhale", "exhale")] {
            assert!(!one_slip(a, b), "{a} {b}");
        }
    }
}
