//! Turns two texts in which words stand in another order into whether only parts that may do so changed places.

use super::reading::{Reading, Word};

/// How many words that are the same two parts may begin or end with.
const ALIKE: usize = 3;
/// So many words "it" may stand for, or need not be said again.
const THING: usize = 3;
/// Of more sentences nobody changes the order.
const MOST: usize = 20;

/// Whether what changed places may do so.
pub(super) fn told_in_another(a: &Reading, b: &Reading) -> bool {
    parts_turned(a, b) || sentences_turned(a, b)
}

/// Some words in a row, and whether something stands for one there.
struct Part<'r> {
    stems: Vec<&'r str>,
    /// Whether something that stands for a word ends it.
    ends: bool,
    /// Whether it tells someone to do something.
    command: bool,
    /// Whether something leads to its first word: "to the forehead".
    led: bool,
    /// For each word whether a phrase begins with it.
    begins: Vec<bool>,
    modals: Vec<u32>,
    /// From which of its words on it denies.
    denies: Vec<usize>,
}

impl<'r> Part<'r> {
    /// The part that these words of a text are.
    fn new(reading: &'r Reading, words: std::ops::Range<usize>) -> Self {
        let all = &reading.words;
        let first = &all[words.start];
        let denied = reading.denied.iter().map(|denied| denied.from);
        let denies = denied.filter(|from| words.contains(from)).map(|from| from - words.start).collect();
        let named = first.before.article || first.before.other || first.name || first.form.ends_with('s');
        Self {
            stems: all[words.clone()].iter().map(|word| word.stem.as_str()).collect(),
            ends: all[words.end - 1].stands,
            command: !named && reading.commands.contains(&first.stem),
            led: first.before.other || first.before.article,
            begins: all[words.clone()].iter().map(|word| word.before.and || word.before.pause).collect(),
            modals: all[words].iter().flat_map(|word| &word.modals).copied().collect(),
            denies,
        }
    }

    /// Whether two sentences are the same phrases in another order.
    fn lists(&self, other: &Part<'r>) -> bool {
        let cut = |part: &Part<'r>| -> Vec<Vec<&'r str>> {
            let mut phrases: Vec<Vec<&str>> = Vec::new();
            for (stem, begins) in part.stems.iter().zip(&part.begins) {
                match phrases.last_mut().filter(|_| !begins) {
                    Some(phrase) => phrase.push(stem),
                    None => phrases.push(vec![stem]),
                }
            }
            phrases.sort_unstable();
            phrases
        };
        self.stems.len() == other.stems.len() && cut(self) == cut(other)
    }

    /// Whether a part that comes later says the same in fewer words, of what these parts before it said: "it", "one",
    /// nothing.
    fn is_said_by(&self, short: &Part, before: &[Part]) -> bool {
        let (x, y) = (&self.stems, &short.stems);
        let same = x.iter().zip(y).take_while(|(x, y)| x == y).count();
        let said = |stem: &&str| before.iter().any(|part| part.stems.contains(stem));
        let more = x.len().saturating_sub(y.len());
        let named = || y[same] == ONE && said(&x[same]) && !x[same].starts_with('#') && x[same + 1..] == y[same + 1..];
        // What is left out at the end may stand there in other words: "as many as they like".
        let within = same + more < x.len() || short.ends;
        within && (1..=THING).contains(&more) && x[same + more..] == y[same..] && x[same..same + more].iter().all(said)
            || more == 0 && x.len() == y.len() && named()
    }
}

/// "One", which may stand for what was named.
const ONE: &str = "#1";

/// Whether each part of one list is another one of the other; where the parts are whole, what was said before need not be
/// said again.
fn are_the_same(x: &[Part], y: &[Part], whole: bool) -> bool {
    let mut free = vec![true; y.len()];
    let is_one = |at: usize, place: usize| {
        let (part, other) = (&x[at], &y[place]);
        let again = || part.is_said_by(other, &y[..place]) || other.is_said_by(part, &x[..at]);
        part.denies == other.denies
            && part.modals == other.modals
            && (part.stems == other.stems || part.lists(other) || whole && again())
    };
    x.len() == y.len()
        && (0..x.len()).all(|at| {
            let found = (0..y.len()).find(|place| free[*place] && is_one(at, *place));
            found.is_some_and(|place| std::mem::take(&mut free[place]))
        })
}

/// Whether the same sentences stand in another order, where "it" may stand for what the first of them names.
fn sentences_turned(a: &Reading, b: &Reading) -> bool {
    let begins = |word: &Word, last: &Word| word.sentence != last.sentence;
    let (x, y) = (parts(a, 0..a.words.len(), begins), parts(b, 0..b.words.len(), begins));
    (2..=MOST).contains(&x.len()) && are_the_same(&x, &y, true)
}

/// Cuts words where one begins a part behind the one before it.
fn parts<'r>(
    reading: &'r Reading,
    range: std::ops::Range<usize>,
    begins: impl Fn(&Word, &Word) -> bool,
) -> Vec<Part<'r>> {
    let (mut parts, mut from) = (Vec::new(), range.start);
    for at in range.start + 1..=range.end {
        if at == range.end || begins(&reading.words[at], &reading.words[at - 1]) {
            parts.push(Part::new(reading, from..at));
            from = at;
        }
    }
    parts
}

/// Whether only parts that are joined by "and", or stand between pauses, changed places, word for word: "to the forehead
/// and behind the ear".
fn parts_turned(a: &Reading, b: &Reading) -> bool {
    let (x, y) = (&a.words, &b.words);
    let one = |at: usize| x[at].stem == y[at].stem;
    if x.len() != y.len() {
        return false;
    }
    let (mut at, mut done, mut any) = (0, 0, false);
    while at < x.len() {
        if one(at) {
            at += 1;
            continue;
        }
        let Some(end) = block(&x[at..], &y[at..]).map(|length| at + length) else { return false };
        let alike = (end..x.len()).take_while(|at| one(*at)).take(ALIKE).last().map_or(end, |at| at + 1);
        let froms = (at.saturating_sub(ALIKE).max(done)..=at).rev();
        let Some(to) = froms
            .flat_map(|from| (end..=alike).map(move |to| (from, to)))
            .find_map(|(from, to)| are_turned(a, b, from..to).then_some(to))
        else {
            return false;
        };
        (at, done, any) = (to, to, true);
    }
    any
}

/// How many words it takes until both texts have had the same ones.
fn block(x: &[Word], y: &[Word]) -> Option<usize> {
    let mut open: Vec<(&str, i32)> = Vec::new();
    for (at, (x, y)) in x.iter().zip(y).enumerate() {
        for (stem, by) in [(x.stem.as_str(), 1), (y.stem.as_str(), -1)] {
            match open.iter().position(|(own, _)| *own == stem) {
                Some(place) => {
                    open[place].1 += by;
                    if open[place].1 == 0 {
                        open.swap_remove(place);
                    }
                }
                None => open.push((stem, by)),
            }
        }
        if open.is_empty() {
            return Some(at + 1);
        }
    }
    None
}

/// Whether two runs of words are the same parts in another order, none of which is a step.
fn are_turned(a: &Reading, b: &Reading, range: std::ops::Range<usize>) -> bool {
    let goes_on = |reading: &Reading| {
        let words = &reading.words[range.clone()];
        words.windows(2).all(|pair| pair[0].sentence == pair[1].sentence && !pair[1].case)
    };
    if !goes_on(a) || !goes_on(b) {
        return false;
    }
    let begins = |word: &Word, _: &Word| word.before.and || word.before.pause;
    let ends = |reading: &Reading| reading.words.get(range.end).is_none_or(|word| begins(word, word) && !word.case);
    let whole = ends(a) && ends(b);
    let (mut x, mut y) = (parts(a, range.clone(), begins), parts(b, range.clone(), begins));
    // What denies the first part denies all.
    if x[0].denies.first() == Some(&0) && y[0].denies.first() == Some(&0) {
        _ = (x[0].denies.remove(0), y[0].denies.remove(0));
    }
    let steps = |parts: &[Part]| parts.iter().filter(|part| part.command).count() > 1;
    let phrases = |parts: &[Part]| parts.iter().any(|part| part.led || part.stems.len() > 1);
    x.len() > 1 && !steps(&x) && !steps(&y) && phrases(&x) && phrases(&y) && are_the_same(&x, &y, whole)
}
