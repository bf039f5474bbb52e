//! Turns two texts in which words stand in another order into whether only parts that may do so changed places.

use super::reading::{Reading, Word};
use super::swapped;

/// How many words that are the same two parts may begin or end with.
const ALIKE: usize = 3;
/// So many words "it" may stand for, or need not be said again.
const THING: usize = 3;
/// In longer texts nobody leaves out what was said.
const LONGEST: usize = 40;
/// Of more sentences nobody changes the order.
const MOST: usize = 20;

/// Whether what changed places may do so.
pub(super) fn told_in_another(a: &Reading, b: &Reading) -> bool {
    let moved = !a.words.iter().map(|word| &word.stem).eq(b.words.iter().map(|word| &word.stem));
    moved && (parts_turned(a, b) || sentences_turned(a, b) || gapped(a, b) || phrases_moved(a, b))
}

/// A phrase: its sentence, what leads to it, whether it is denied, and the words of each thing it names.
type Phrase<'r> = (usize, &'r str, bool, Vec<Vec<&'r str>>);

/// Whether two texts are the same phrases in another order, and those that nothing or the same leads to keep theirs: "at
/// night, wear a splint for an hour", but not "for five minutes in the morning and for ten in the evening".
fn phrases_moved(a: &Reading, b: &Reading) -> bool {
    if a.words.len() != b.words.len() || a.words.len() > LONGEST || a.trailing != b.trailing {
        return false;
    }
    // Phrases of one kind keep their order, as a stable sort does.
    let sorted = |reading, apart| {
        let mut phrases = phrases(reading, apart);
        phrases.sort_by_key(|(sentence, lead, denied, _)| (*sentence, *lead, *denied));
        phrases
    };
    let ways = [false, true];
    ways.into_iter().any(|own| {
        let x = sorted(a, own);
        x.len() > 2 && ways.into_iter().any(|other| x == sorted(b, other))
    })
}

/// Cuts a text into phrases, each of which some light word leads to; the order of things in a list says nothing. A list may
/// begin behind what something leads to: "on weekdays, cats, dogs and birds".
fn phrases(reading: &Reading, behind: bool) -> Vec<Phrase<'_>> {
    let words = &reading.words;
    let mut lists = swapped::lists(reading, false);
    for at in (0..words.len()).rev().filter(|_| behind) {
        if lists[at] > 0 && (at == 0 || lists[at] != lists[at - 1]) && words[at].before.other {
            lists[at] = 0;
        }
    }
    let mut phrases: Vec<Phrase<'_>> = Vec::new();
    let mut list = 0;
    for (at, word) in words.iter().enumerate() {
        let denied = reading.denied.iter().any(|denied| denied.from == at && !denied.stem.is_empty());
        let listed = lists[at] > 0 && lists[at] == list;
        // "On Fridays and Sundays".
        let joined = word.before.and && !word.before.or && !word.before.other && !word.before.pause;
        let next = words.get(at + 1).is_none_or(|next| next.before.other || next.before.pause);
        let pair = joined
            && next
            && phrases.last().is_some_and(|(_, lead, _, things)| !lead.is_empty() && things[0].len() == 1);
        let goes_on = listed || pair;
        let begins = at == 0
            || denied
            || list > 0 && lists[at] == 0
            || word.before.other
            || word.before.pause
            || word.before.and;
        let stem = word.stem.as_str();
        match phrases.last_mut().filter(|_| goes_on || !begins) {
            Some((.., things)) if goes_on && begins => things.push(vec![stem]),
            Some((.., things)) => things.last_mut().into_iter().for_each(|thing| thing.push(stem)),
            None => {
                // "But in the evening" leads where "in the evening" does.
                let lead = word.lights.trim_end().rsplit(' ').next().unwrap_or_default();
                phrases.push((word.sentence, lead, denied, vec![vec![stem]]));
            }
        }
        list = lists[at];
    }
    phrases.iter_mut().for_each(|(.., things)| things.sort_unstable());
    phrases
}

/// Whether two parts changed places of which the later one leaves out what the first one says: "adults sleep eight hours;
/// newborns, sixteen", "newborns sleep sixteen hours; adults, eight".
fn gapped(a: &Reading, b: &Reading) -> bool {
    let (x, y) = (&a.words, &b.words);
    if x.len() != y.len() || x.len() > LONGEST || !a.steps.is_empty() || !b.steps.is_empty() {
        return false;
    }
    // Whole sentences at both ends that are the same stay.
    let one = |at: usize| x[at].stem == y[at].stem;
    let begins =
        |words: &[Word], at: usize| at == words.len() || at == 0 || words[at].sentence != words[at - 1].sentence;
    let whole = |at: &usize| begins(x, *at) && begins(y, *at);
    let from = (0..=x.len()).take_while(|at| *at == 0 || one(at - 1)).filter(whole).last().unwrap_or(0);
    let to = (from..=x.len()).rev().take_while(|at| *at == x.len() || one(*at)).filter(whole).last().unwrap_or(x.len());
    let lights =
        |reading: &Reading| reading.words.get(to).map_or_else(|| reading.trailing.clone(), |next| next.lights.clone());
    if to < x.len() && lights(a) != lights(b) || to == x.len() && !(lights(a).is_empty() && lights(b).is_empty()) {
        return false;
    }
    // What one of two lists of words has, and not the other, where it has all words of that.
    let rest = |long: &[Word], short: &[Word]| -> Option<Vec<String>> {
        let mut long: Vec<&str> = long.iter().map(|word| word.stem.as_str()).collect();
        for word in short {
            long.remove(long.iter().position(|stem| *stem == word.stem)?);
        }
        Some(long.into_iter().map(str::to_owned).collect())
    };
    let denies = |reading: &Reading, words: std::ops::Range<usize>| {
        reading.denied.iter().filter(|denied| words.contains(&denied.from)).count()
    };
    let fits = |at: usize, place: usize| {
        let (whole, other) = (rest(&x[from..at], &y[place..to]), rest(&y[from..place], &x[at..to]));
        // What is told of each, and who it is told of.
        let own = |part: &[Word], other: &[Word]| {
            part.iter().filter(|word| other.iter().all(|other| other.stem != word.stem)).count() > 1
        };
        own(&x[at..to], &y[place..to])
            && own(&y[place..to], &x[at..to])
            && whole.is_some_and(|whole| !whole.is_empty() && other.as_ref() == Some(&whole))
            && denies(a, from..at) == denies(b, place..to)
            && denies(a, at..to) == denies(b, from..place)
    };
    let cuts = |words: &[Word]| -> Vec<usize> {
        let begins = |at: &usize| words[*at].before.pause || words[*at].before.and;
        (from + 1..to.saturating_sub(1)).filter(begins).collect()
    };
    // Both parts are sentences, or parts of one.
    let apart = |words: &[Word], at: usize| words[at].sentence != words[at - 1].sentence;
    let alike = |at: usize, place: usize| apart(x, at) == apart(y, place);
    cuts(x).into_iter().any(|at| cuts(y).into_iter().any(|place| alike(at, place) && fits(at, place)))
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
    (2..=MOST).contains(&x.len()) && (are_the_same(&x, &y, true) || sentences(a) == sentences(b))
}

/// The phrases of each sentence, sorted as far as their order says nothing.
fn sentences(reading: &Reading) -> Vec<Vec<Phrase<'_>>> {
    let mut sentences: Vec<Vec<Phrase<'_>>> = Vec::new();
    let mut last = None;
    for (sentence, lead, denied, things) in phrases(reading, false) {
        if last.replace(sentence) != Some(sentence) {
            sentences.push(Vec::new());
        }
        sentences.last_mut().into_iter().for_each(|own| own.push((0, lead, denied, things.clone())));
    }
    sentences.iter_mut().for_each(|own| own.sort_by_key(|(_, lead, denied, _)| (*lead, *denied)));
    sentences.sort();
    sentences
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
