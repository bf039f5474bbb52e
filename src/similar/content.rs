//! Turns two lists of words into what they share, what only one has, and whether two words changed places.

use std::hash::BuildHasher;

use rustc_hash::{FxBuildHasher, FxHashSet};

use super::guards::Guards;
use super::left;
use super::reading::{Before, Reading, Word};
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
    left::kin(a, b, &mut aligned, guards);
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
        left.remove(place);
        aligned.affixed.push(guard);
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

/// How well the neighbours of two words must fit when the words are exchanged: two entries of a list that changed places
/// have some neighbours in common too.
const SWAPPED: f32 = 0.7;
/// The same, where one of the two fits less well, and the mean of both.
const SWAPPED_ONE: f32 = 0.65;
const SWAPPED_BOTH: f32 = 0.73;

/// Whether two words changed places: each of the two stands among the neighbours that the other had.
pub(super) fn swapped(a: &Reading, b: &Reading, aligned: &Aligned) -> bool {
    let runs = runs(a, b);
    let none = FxHashSet::default();
    let near = |reading: &Reading, stem: &str, other: &str| {
        mates(reading, stem, other, if sentences_apart(reading, stem, other) { &runs } else { &none })
    };
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
    if in_place_of_each_other(a, b, &lists.0) {
        return true;
    }
    if stems.len() > 40 {
        return exchanged(a, b, aligned, &lists);
    }
    let listed = |stem: &str| a.words.iter().zip(&lists.0).any(|(word, list)| *list > 0 && word.stem == *stem);
    stems.iter().enumerate().any(|(at, word)| {
        stems[at + 1..].iter().any(|other| {
            if listed(word) || listed(other) {
                return false;
            }
            let (ax, ay, bx, by) =
                (near(a, word, other), near(a, other, word), near(b, word, other), near(b, other, word));
            // Where all that stands with a word is joined to it, both have nothing else.
            let apart = || sentences_apart(a, word, other) && sentences_apart(b, word, other);
            let bare = |x: &[String], y: &[String]| {
                x.is_empty() && y.is_empty() && (is_joined(a, word) || is_joined(a, other) || apart())
            };
            let both = |x: &[String], y: &[String]| if bare(x, y) { 1.0 } else { alike(x, y) };
            let (exchanged, back) = (both(&ay, &bx), both(&ax, &by));
            let fit = exchanged.min(back) >= SWAPPED
                || exchanged.min(back) >= SWAPPED_ONE && exchanged + back >= 2.0 * SWAPPED_BOTH;
            fit && exchanged > both(&ax, &bx) && back > both(&ay, &by)
        })
    }) || exchanged(a, b, aligned, &lists)
}

/// Whether two texts are word for word one but for two words, each of which stands at the place of the other.
fn in_place_of_each_other(a: &Reading, b: &Reading, lists: &[usize]) -> bool {
    let (x, y) = (&a.words, &b.words);
    if x.len() != y.len() {
        return false;
    }
    let mut apart = (0..x.len()).filter(|at| x[*at].stem != y[*at].stem);
    let (Some(first), Some(last), None) = (apart.next(), apart.next(), apart.next()) else { return false };
    let listed = lists[first] > 0 && lists[first] == lists[last];
    // "It is done by a judge" is what a judge does.
    let agent = x[last].before.agent != y[last].before.agent;
    last > first + 1 && !listed && !agent && x[first].stem == y[last].stem && x[last].stem == y[first].stem
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

/// Whether the same things stand in the lists of two texts, each in the same words.
fn list_alike(a: &Reading, b: &Reading, (x, y): (&[usize], &[usize])) -> bool {
    let (things, others) = (things(a, x), things(b, y));
    !things.is_empty() && things == others
}

/// The things of all lists in their words, sorted.
fn things<'r>(reading: &'r Reading, lists: &[usize]) -> Vec<Vec<&'r str>> {
    let words = &reading.words;
    let mut things: Vec<Vec<&str>> = Vec::new();
    for at in (0..words.len()).filter(|at| lists[*at] > 0) {
        let begins = words[at].before.pause || words[at].before.and || at == 0 || lists[at - 1] != lists[at];
        match things.last_mut().filter(|_| !begins) {
            Some(thing) => thing.push(&words[at].stem),
            None => things.push(vec![&words[at].stem]),
        }
    }
    things.sort_unstable();
    things
}

fn count(reading: &Reading, stem: &str) -> usize {
    reading.words.iter().filter(|word| word.stem == *stem).count()
}

/// Whether two words stand in two sentences.
fn sentences_apart(reading: &Reading, stem: &str, other: &str) -> bool {
    let of = |stem: &str| reading.words.iter().find(|word| word.stem == *stem).map(|word| word.sentence);
    of(stem) != of(other)
}

/// Whether a word and the one before it are two things of one kind: "students and staff", but not "and one between".
fn joins(words: &[Word], at: usize) -> bool {
    let before = words[at].before;
    let thing = |at: usize| !left::is_number(&words[at]);
    at > 0 && before.and && !before.pause && thing(at) && thing(at - 1)
}

/// Whether a word is joined to others: "students and staff".
fn is_joined(reading: &Reading, stem: &str) -> bool {
    let words = &reading.words;
    let joined = |at: usize| at < words.len() && joins(words, at);
    words.iter().enumerate().any(|(at, word)| word.stem == *stem && (joined(at) || joined(at + 1)))
}

/// The words in the clauses of a word, without it and without another one, and without those that are joined to it: of
/// "students and staff" both change places, and of "tennis elbow", where both texts have these `runs` of words.
fn mates(reading: &Reading, stem: &str, other: &str, runs: &FxHashSet<(&str, &str)>) -> Vec<String> {
    let words = &reading.words;
    let mut mates = Vec::new();
    for (at, word) in words.iter().enumerate().filter(|(_, word)| word.stem == *stem) {
        let joined = |at: &usize| joins(words, *at);
        let of_name = |at: usize| is_run(words, at) && runs.contains(&run(words, at));
        let begin = (1..=at).rev().take_while(joined).last().map_or(at, |joined| joined - 1);
        let first = if begin == at && of_name(at) { at - 1 } else { begin };
        let end = (at + 1..words.len()).take_while(joined).last().unwrap_or(at);
        let last = if end == at && of_name(at + 1) && !words[at + 1].minor { at + 1 } else { end };
        let clause = words.iter().enumerate().filter(|(place, mate)| {
            mate.clause == word.clause && !(first..=last).contains(place) && mate.stem != *other && mate.stem != *stem
        });
        mates.extend(clause.map(|(_, mate)| mate.stem.clone()));
    }
    mates.sort();
    mates
}

/// Two words that stand side by side in both texts, as those of one name do: they change places together.
fn runs<'r>(a: &'r Reading, b: &'r Reading) -> FxHashSet<(&'r str, &'r str)> {
    let of = |reading: &'r Reading| {
        let words = &reading.words;
        (1..words.len()).filter(|at| is_run(words, *at)).map(|at| run(words, at)).collect::<FxHashSet<_>>()
    };
    let others = of(b);
    of(a).into_iter().filter(|pair| others.contains(pair)).collect()
}

/// Whether a word follows another one without a word between them.
fn is_run(words: &[Word], at: usize) -> bool {
    at > 0 && words.get(at).is_some_and(|word| word.before == Before::default())
}

fn run(words: &[Word], at: usize) -> (&str, &str) {
    (&words[at - 1].stem, &words[at].stem)
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
    named_in_turn(a, b, pairs)
        || pairs.iter().enumerate().any(|(i, first)| {
            pairs[i + 1..].iter().any(|last| {
                let turned = last.1 < first.1 && clause(first.0, last.0) && other(first.1, last.1);
                let done_by = is_done_by(a, first.0, last.0) != is_done_by(b, last.1, first.1);
                let in_list = lists.0[first.0] > 0 && lists.0[first.0] == lists.0[last.0];
                turned
                    && !done_by
                    && !in_list
                    && pairs.iter().any(|middle| {
                        middle.0 > first.0 && middle.0 < last.0 && middle.1 > last.1 && middle.1 < first.1
                    })
            })
        })
}

/// Whether two names that stand beside each other changed places: it leaves Here for There.
fn named_in_turn(a: &Reading, b: &Reading, pairs: &[(usize, usize)]) -> bool {
    let apart = |reading: &Reading, at: usize| {
        let (word, before) = (&reading.words[at], reading.words[at].before);
        word.name && before.other && !before.and && !before.pause && reading.words[at - 1].name
    };
    let led = |word: &Word| a.directions.iter().chain(&b.directions).any(|(_, stem)| *stem == word.stem);
    pairs.windows(2).any(|two| {
        let [(x, right), (y, left)] = two else { return false };
        *y == x + 1
            && *right == left + 1
            && apart(a, *y)
            && apart(b, *right)
            && a.words[*x].before == b.words[*left].before
            && !led(&a.words[*x])
            && !led(&a.words[*y])
    })
}

/// Whether what stands first is done to by what stands last: "the deadline can be extended by a judge".
fn is_done_by(reading: &Reading, first: usize, last: usize) -> bool {
    let words = &reading.words;
    let by = (first + 1..=last).find(|at| words[*at].before.agent);
    by.is_some_and(|by| (first + 1..by).any(|at| words[at].before.passive))
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
