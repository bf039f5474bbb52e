//! Turns two lists of words into what they share, what only one has, and whether two words changed places.

use std::hash::BuildHasher;

use rustc_hash::FxBuildHasher;

use super::guards::Guards;
use super::matched;
use super::reading::{Reading, Word};
use super::slips;

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
    /// Whether one of them says that something is allowed, and the other that one may.
    pub lets: bool,
    /// Whether one of them needs what must be in the other.
    pub needs: bool,
    /// Pairs of which one is a slip of the other.
    pub slips: Vec<(usize, usize)>,
    /// Of the kin, pairs of which one is denied where the other denies itself: not safe, unsafe.
    pub denied: Vec<(usize, usize)>,
}

/// Matches words by their stems, then what is left by one slip of the hand.
pub(super) fn align(a: &Reading, b: &Reading, guards: &Guards) -> Aligned {
    let (keys, others) = (keys(a), keys(b));
    let mut free: Vec<bool> = vec![true; b.words.len()];
    let mut aligned = Aligned::default();
    // Of a word that comes again, those are one that stand beside the same word.
    let beside = |at: usize, place: usize| {
        let back = at.checked_sub(1).zip(place.checked_sub(1)).is_some_and(|(at, place)| keys[at] == others[place]);
        back || keys.get(at + 1).is_some_and(|key| others.get(place + 1) == Some(key))
    };
    let mut open: Vec<bool> = vec![true; a.words.len()];
    for near in [true, false] {
        for (at, word) in a.words.iter().enumerate() {
            if !open[at] {
                continue;
            }
            let alike = || (0..others.len()).filter(|place| others[*place] == keys[at]);
            let fits = |place: &usize| {
                free[*place] && (!near || beside(at, *place)) && are_one(word, &b.words[*place], guards)
            };
            let found =
                alike().find(|place| fits(place) && word.name == b.words[*place].name).or_else(|| alike().find(fits));
            if let Some(place) = found {
                (open[at], free[place]) = (false, false);
                aligned.shared += 1;
                aligned.pairs.push((at, place));
            } else if !near {
                aligned.only_a.push(at);
            }
        }
    }
    aligned.pairs.sort_unstable();
    aligned.only_b = (0..b.words.len()).filter(|at| free[*at]).collect();
    affixed(a, b, &mut aligned, guards);
    slipped(a, b, &mut aligned, guards);
    matched::kin(a, b, &mut aligned, guards);
    aligned.all.clone_from(&aligned.pairs);
    // A word that comes again in another sentence is one of its own there.
    let once = |reading: &Reading, keys: &[u64], at: usize| {
        let same = (0..keys.len()).filter(|other| keys[*other] == keys[at]);
        same.filter(|other| reading.words[*other].clause == reading.words[at].clause).count() == 1
    };
    let often = |keys: &[u64], key: u64| keys.iter().filter(|own| **own == key).count();
    aligned.pairs.retain(|(x, y)| {
        once(a, &keys, *x) && once(b, &others, *y) && often(&keys, keys[*x]) == often(&others, others[*y])
    });
    aligned
}

/// The stems of words as numbers: most stems are told apart by them.
fn keys(reading: &Reading) -> Vec<u64> {
    reading.words.iter().map(|word| FxBuildHasher.hash_one(&word.stem)).collect()
}

/// Words are one by their stems; names by what they are called.
fn are_one(a: &Word, b: &Word, guards: &Guards) -> bool {
    let names = a.name && b.name && !a.minor && !a.stem.starts_with('=');
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
        let other = left.remove(place);
        let denies = |reading: &Reading, at: usize| reading.denied.iter().any(|own| own.stem == reading.words[at].stem);
        if guard == "negation" && denies(a, *at) != denies(b, other) {
            aligned.kin.push((*at, other));
            aligned.denied.push((*at, other));
        } else {
            aligned.affixed.push(guard);
        }
        aligned.shared += 1;
        false
    });
    aligned.only_b = left;
}

fn slipped(a: &Reading, b: &Reading, aligned: &mut Aligned, guards: &Guards) {
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
            let slip = || slips::one_slip(&word.form, &other.form) || guards.is_slip(&word.form, &other.form);
            !word.minor && !other.minor && !names && slip() && !two(&word.form, &other.form)
        };
        let found = left.iter().position(|other| slip(&b.words[*other]));
        let Some(found) = found else { return true };
        aligned.slips.push((*at, left.remove(found)));
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

/// Whether one text says "and" where the other says "or", in the same words, and neither denies them: not on bruises or
/// scars is on neither.
pub(super) fn chosen(a: &Reading, b: &Reading, aligned: &Aligned) -> bool {
    let denied =
        |reading: &Reading, at: usize| reading.denied.iter().any(|denied| denied.clause == reading.words[at].clause);
    let mut joined = aligned.all.iter().filter(|(x, y)| a.words[*x].before.and && b.words[*y].before.and);
    joined.any(|(x, y)| {
        let before = |(left, right): &(usize, usize)| left + 1 == *x && right + 1 == *y;
        a.words[*x].before.or != b.words[*y].before.or
            && !a.words[*x].minor
            && aligned.all.iter().any(before)
            && !denied(a, *x)
            && !denied(b, *y)
    })
}

/// Whether someone does in one of two texts what someone else does in the other: "they can edit it", "you can edit it".
pub(super) fn other_actors(a: &Reading, b: &Reading, aligned: &Aligned, guards: &Guards) -> bool {
    let actor = |word: &Word| {
        let mut actors = word.lights.split_terminator(' ').filter_map(|light| guards.actors.get(light)).cloned();
        actors.next().filter(|_| actors.next().is_none())
    };
    let other = |(x, y): &&(usize, usize)| match (actor(&a.words[*x]), actor(&b.words[*y])) {
        (Some(own), Some(their)) => own != their,
        _ => false,
    };
    aligned.all.iter().filter(other).count() > 1
}

/// Whether a verb says in one of two texts what is done, and in the other who does it, while both keep their places.
pub(super) fn turned_about(a: &Reading, b: &Reading, aligned: &Aligned) -> bool {
    let passive = |reading: &Reading, at: usize, next: usize| {
        next == at + 1 && reading.words[at].before.passive && reading.words[next].before.agent
    };
    aligned.pairs.windows(3).any(|three| {
        let [first, verb, last] = three else { return false };
        let in_order = first.1 < verb.1 && verb.1 < last.1;
        // "Have it done by another" is done by another, too.
        let agents = a.words[last.0].before.agent && b.words[last.1].before.agent;
        in_order && !agents && passive(a, verb.0, last.0) != passive(b, verb.1, last.1) && {
            let plain = if passive(a, verb.0, last.0) { &b.words[verb.1] } else { &a.words[verb.0] };
            !plain.before.passive
        }
    })
}
