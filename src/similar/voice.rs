//! Turns a text in which something is done by someone into one in which someone does it.

use super::guards::Guards;
use super::reading::{Reading, Word};

/// So many words may stand between what is done and who does it.
const BETWEEN: usize = 4;

/// The text with its words in the order of "the brigade won the race", where it says "the race was won by the brigade";
/// nothing where nothing is told so.
pub(super) fn active(reading: &Reading, guards: &Guards) -> Option<Reading> {
    let words = &reading.words;
    let (verb, by) = (1..words.len()).find_map(|verb| Some((verb, agent(words, verb)?)))?;
    let one = |at: usize, word: &Word| word.sentence == words[at].sentence && !word.before.pause && !word.before.and;
    let of = |word: &Word| word.lights.strip_suffix(' ').is_some_and(|light| guards.of.contains(light));
    let goes_on = |at: &usize| one(verb, &words[*at]) && (!words[*at].before.other || of(&words[*at]));
    // What it is done to begins with its article, or where nothing else leads on.
    let mut begin = verb;
    while begin > 0 && one(verb, &words[begin]) && words[begin - 1].sentence == words[verb].sentence {
        begin -= 1;
        let first = &words[begin];
        if first.before.article && !of(first) || first.before.other && !of(first) || !goes_on(&begin) {
            break;
        }
    }
    let end = (by + 1..words.len()).take_while(goes_on).last().map_or(by + 1, |last| last + 1);
    if begin == verb {
        return None;
    }
    let mut told = reading.clone();
    told.words.truncate(begin);
    for at in (by..end).chain(verb..by).chain(begin..verb).chain(end..words.len()) {
        told.words.push(words[at].clone());
    }
    let first = words[begin].before;
    let length = end - by;
    told.words[begin].before = first;
    told.words[begin].lights.clone_from(&words[begin].lights);
    (told.words[begin + length].before.passive, told.words[begin + length].before.other) = (false, false);
    told.words[begin + length].lights.clear();
    told.words[begin + length + by - verb].lights.clear();
    Some(told)
}

/// The first word of who does what is done: behind "by", not far.
fn agent(words: &[Word], verb: usize) -> Option<usize> {
    let near = verb + 1..words.len().min(verb + 1 + BETWEEN);
    let here = |at: &usize| words[*at].before.agent && words[*at].sentence == words[verb].sentence;
    near.into_iter().find(here).filter(|_| words[verb].before.passive)
}
