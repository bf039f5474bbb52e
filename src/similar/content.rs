//! Turns two lists of words into what they share, what only one has, and whether two words changed places.

use std::hash::BuildHasher;

use rustc_hash::FxBuildHasher;

use super::guards::Guards;
use super::left;
use super::reading::{Before, Reading, Word};

/// How the words of two texts go together.
#[derive(Default)]
pub(super) struct Aligned {
    pub shared: usize,
    pub only_a: Vec<usize>,
    pub only_b: Vec<usize>,
    /// Pairs of places of words that occur once in each text.
    pub pairs: Vec<(usize, usize)>,
    /// Pairs of places of all words that are one.
    pub all: Vec<(usize, usize)>,
    /// Pairs of places of words that are kin.
    pub kin: Vec<(usize, usize)>,
    /// What words say that stand against each other and differ in how they begin or end.
    pub affixed: Vec<&'static str>,
}

/// Matches words by their stems, then what is left by one slip of the hand.
pub(super) fn align(a: &Reading, b: &Reading, guards: &Guards) -> Aligned {
    let (keys, others) = (keys(a), keys(b));
    let mut free: Vec<bool> = vec![true; b.words.len()];
    let mut aligned = Aligned::default();
    for (at, word) in a.words.iter().enumerate() {
        let alike = || others.iter().enumerate().filter(|(_, key)| **key == keys[at]).map(|(place, _)| place);
        let fits = |place: &usize| free[*place] && are_one(word, &b.words[*place], guards);
        let found =
            alike().find(|place| fits(place) && word.name == b.words[*place].name).or_else(|| alike().find(fits));
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
    affixed(a, b, &mut aligned, guards);
    slips(a, b, &mut aligned, guards);
    left::kin(a, b, &mut aligned, guards);
    aligned.all.clone_from(&aligned.pairs);
    let once = |keys: &[u64], at: usize| keys.iter().filter(|key| **key == keys[at]).count() == 1;
    aligned.pairs.retain(|(x, y)| once(&keys, *x) && once(&others, *y));
    aligned
}

/// The stems of words as numbers: most stems are told apart by them.
fn keys(reading: &Reading) -> Vec<u64> {
    reading.words.iter().map(|word| FxBuildHasher.hash_one(&word.stem)).collect()
}

/// Words are one by their stems; names by what they are called.
fn are_one(a: &Word, b: &Word, guards: &Guards) -> bool {
    let names = a.name && b.name && !a.stem.starts_with('=');
    a.stem == b.stem && !(names && a.form != b.form && guards.spelt(&a.form) != guards.spelt(&b.form))
}

/// Words that are another one's opposite, or deny it, by how they begin or end.
fn affixed(a: &Reading, b: &Reading, aligned: &mut Aligned, guards: &Guards) {
    // Of two things that are told in other words, nothing is another one's opposite.
    if aligned.only_a.len() + aligned.only_b.len() > aligned.shared + 2 {
        return;
    }
    let mut left = std::mem::take(&mut aligned.only_b);
    aligned.only_a.retain(|at| {
        let word = &a.words[*at];
        let differ = |other: &usize| {
            let other = &b.words[*other];
            if word.minor && other.minor {
                return None;
            }
            guards.affixes.differ(&word.form, &other.form, |form| guards.stem(form))
        };
        let Some((place, guard)) = left.iter().enumerate().find_map(|(at, other)| Some((at, differ(other)?))) else {
            return true;
        };
        left.remove(place);
        aligned.affixed.push(guard);
        aligned.shared += 1;
        false
    });
    aligned.only_b = left;
}

fn slips(a: &Reading, b: &Reading, aligned: &mut Aligned, guards: &Guards) {
    // So many slips nobody makes.
    if aligned.only_a.len() + aligned.only_b.len() > 2 * aligned.shared + 4 {
        return;
    }
    let mut left = std::mem::take(&mut aligned.only_b);
    let two = |x: &str, y: &str| guards.apart.get(x).is_some_and(|pair| guards.apart.get(y) == Some(pair));
    aligned.only_a.retain(|at| {
        let word = &a.words[*at];
        let slip = |other: &Word| {
            let names = word.name || other.name;
            !word.minor && !other.minor && !names && one_slip(&word.form, &other.form) && !two(&word.form, &other.form)
        };
        let found = left.iter().position(|other| slip(&b.words[*other]));
        let Some(found) = found else { return true };
        left.remove(found);
        aligned.shared += 1;
        false
    });
    aligned.only_b = left;
}

/// Whether two texts are word for word one but for a name of a word or two that stands for another: short ones, of which
/// most is shared.
pub(super) fn framed(a: &Reading, b: &Reading, aligned: &Aligned) -> bool {
    let run = |only: &[usize]| only.last().zip(only.first()).map_or(0, |(last, first)| last - first + 1);
    let (left, right) = (aligned.only_a.len(), aligned.only_b.len());
    let whole = run(&aligned.only_a) == left
        && run(&aligned.only_b) == right
        && (1..=2).contains(&left)
        && (1..=2).contains(&right);
    if !whole || aligned.only_a[0] != aligned.only_b[0] || aligned.shared < left + right {
        return false;
    }
    let at = aligned.only_a[0];
    let (x, y) = (&a.words, &b.words);
    let ends = x[at + left..].iter().zip(&y[at + right..]);
    let one = |(x, y): (&Word, &Word)| x.stem == y.stem && x.before == y.before;
    x[at].before == y[at].before && x[..at].iter().zip(&y[..at]).chain(ends).all(one)
}

/// Whether two texts are word for word one but for guard words: short ones, of which little else is shared.
pub(super) fn of_one_form(a: &Reading, b: &Reading) -> bool {
    let one = |(x, y): (&Word, &Word)| (x.stem == y.stem || x.minor && y.minor) && x.before == y.before;
    a.words.len() >= 2 && a.words.len() == b.words.len() && a.words.iter().zip(&b.words).all(one)
}

/// Whether two words differ by one letter left out, put in, changed or exchanged with its neighbour, behind the first.
/// Names with digits are told apart by them.
pub(crate) fn one_slip(a: &str, b: &str) -> bool {
    if a.bytes().chain(b.bytes()).any(|byte| byte.is_ascii_digit()) {
        return false;
    }
    if a.is_ascii() && b.is_ascii() {
        return slip(a.as_bytes(), b.as_bytes());
    }
    let letters = |word: &str| word.chars().collect::<Vec<char>>();
    slip(&letters(a), &letters(b))
}

fn slip<L: PartialEq + Copy + Into<u32>>(a: &[L], b: &[L]) -> bool {
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
        [x, tail @ ..] if *tail == other[1..] => changed(*x, other[0], &short[..same], short.len()),
        [x, y, tail @ ..] => other.len() >= 2 && *x == other[1] && *y == other[0] && *tail == other[2..],
        _ => false,
    }
}

/// Whether one letter for another is a slip and makes no other word: a vowel for a vowel that does not bear the word
/// (calender; but massage is no message), or any letter of a long word.
fn changed<L: Copy + Into<u32>>(a: L, b: L, before: &[L], length: usize) -> bool {
    let vowel = |letter: L| "aeiouy".chars().any(|vowel| u32::from(vowel) == letter.into());
    if vowel(a) && vowel(b) {
        length >= 6 && before.iter().any(|letter| vowel(*letter))
    } else {
        length >= 9 && !vowel(a) && !vowel(b)
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
    let mut lists = (lists(a), lists(b));
    if !list_alike(a, b, (&lists.0, &lists.1)) {
        lists.0.fill(0);
        lists.1.fill(0);
    }
    if stems.len() > 40 {
        return exchanged(a, b, aligned, &lists);
    }
    let listed = |stem: &str| a.words.iter().zip(&lists.0).any(|(word, list)| *list > 0 && word.stem == *stem);
    stems.iter().enumerate().any(|(at, x)| {
        stems[at + 1..].iter().any(|y| {
            if listed(x) || listed(y) {
                return false;
            }
            let (ax, ay, bx, by) = (near(a, x, y), near(a, y, x), near(b, x, y), near(b, y, x));
            let (exchanged, back) = (alike(&ay, &bx), alike(&ax, &by));
            exchanged.min(back) >= SWAPPED && exchanged > alike(&ax, &bx) && back > alike(&ay, &by)
        })
    }) || exchanged(a, b, aligned, &lists)
}

/// For each word the list it stands in, "the flour, the salt and the yeast", whose order says nothing; 0 for none.
fn lists(reading: &Reading) -> Vec<usize> {
    let words = &reading.words;
    let mut lists = vec![0; words.len()];
    let begins = |at: usize| words[at].before.pause || words[at].before.and;
    let goes_on = |at: &usize| !words[*at].before.other && (!begins(*at) || words[*at].before.article);
    let mut at = 0;
    while at < words.len() {
        let end = (at + 1..words.len()).take_while(goes_on).last().unwrap_or(at);
        let bare = bare_list(words, at);
        let last = if words[at].before.article && (at + 1..=end).any(|at| words[at].before.and) { end } else { bare };
        if last > at {
            lists[at..=last].fill(at + 1);
        }
        at = last + 1;
    }
    lists
}

/// The last word of a list of single words that begins here, "cool, dark and quiet"; the place itself where none begins.
fn bare_list(words: &[Word], at: usize) -> usize {
    let joins = |before: Before| !before.other && !before.article;
    let next = |at: usize| words.get(at + 1).map(|word| word.before).filter(|before| joins(*before));
    let mut end = at;
    while next(end).is_some_and(|before| before.pause && !before.and) {
        end += 1;
    }
    if end > at && next(end).is_some_and(|before| before.and && !before.pause) { end + 1 } else { at }
}

/// Whether the same things stand in the lists of two texts.
fn list_alike(a: &Reading, b: &Reading, (x, y): (&[usize], &[usize])) -> bool {
    let of = |reading: &Reading, lists: &[usize]| {
        let listed = reading.words.iter().zip(lists).filter(|(_, list)| **list > 0);
        let mut stems: Vec<String> = listed.map(|(word, _)| word.stem.clone()).collect();
        stems.sort();
        stems
    };
    let stems = of(a, x);
    !stems.is_empty() && stems == of(b, y)
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
fn exchanged(a: &Reading, b: &Reading, aligned: &Aligned, lists: &(Vec<usize>, Vec<usize>)) -> bool {
    let clause = |x: usize, y: usize| a.words[x].clause == a.words[y].clause;
    let other = |x: usize, y: usize| b.words[x].clause == b.words[y].clause;
    let pairs = &aligned.pairs;
    if pairs.len() > 60 {
        return false;
    }
    pairs.iter().enumerate().any(|(i, first)| {
        pairs[i + 1..].iter().any(|last| {
            let turned = last.1 < first.1 && clause(first.0, last.0) && other(first.1, last.1);
            let done_by = is_done_by(a, first.0, last.0) != is_done_by(b, last.1, first.1);
            let in_list = lists.0[first.0] > 0 && lists.0[first.0] == lists.0[last.0];
            turned
                && !done_by
                && !in_list
                && pairs
                    .iter()
                    .any(|middle| middle.0 > first.0 && middle.0 < last.0 && middle.1 > last.1 && middle.1 < first.1)
        })
    })
}

/// Whether what stands first is done to by what stands last: "the deadline can be extended by a judge".
fn is_done_by(reading: &Reading, first: usize, last: usize) -> bool {
    let words = &reading.words;
    words[last].before.agent && (first + 1..last).any(|at| words[at].before.passive)
}

/// Whether a verb says in one of two texts what is done, and in the other who does it, while both keep their places.
pub(super) fn turned_about(a: &Reading, b: &Reading, aligned: &Aligned) -> bool {
    let passive = |reading: &Reading, at: usize, next: usize| {
        next == at + 1 && reading.words[at].before.passive && reading.words[next].before.agent
    };
    aligned.pairs.windows(3).any(|three| {
        let [first, verb, last] = three else { return false };
        let in_order = first.1 < verb.1 && verb.1 < last.1;
        in_order && passive(a, verb.0, last.0) != passive(b, verb.1, last.1) && {
            let plain = if passive(a, verb.0, last.0) { &b.words[verb.1] } else { &a.words[verb.0] };
            !plain.before.passive
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_slip_of_the_hand() {
        for (a, b) in [
            ("children", "childern"),
            ("should", "shoud"),
            ("wrapped", "wraped"),
            ("extensors", "extensers"),
            ("calendar", "calender"),
        ] {
            assert!(one_slip(a, b) && one_slip(b, a), "{a} {b}");
        }
        for (a, b) in [
            ("medius", "minimus"),
            ("heel", "heal"),
            ("left", "lift"),
            ("inhale", "exhale"),
            ("string", "strong"),
            ("cooking", "cooling"),
            ("massage", "message"),
            ("case_001", "case_002"),
        ] {
            assert!(!one_slip(a, b), "{a} {b}");
        }
    }
}
