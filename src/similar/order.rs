//! Turns two texts in which words stand in another order into whether only two parts of a list of phrases changed places.

use super::reading::{Reading, Word};

/// How many words that are the same two phrases may begin or end with.
const ALIKE: usize = 3;
/// Of more sentences nobody changes the order.
const MOST: usize = 20;

/// Whether what changed places may do so.
pub(super) fn told_in_another(a: &Reading, b: &Reading) -> bool {
    phrases_turned(a, b) || sentences_turned(a, b)
}

/// Whether the same sentences stand in another order, where "it" may stand for what the first of them names.
fn sentences_turned(a: &Reading, b: &Reading) -> bool {
    let (x, y) = (sentences(a), sentences(b));
    if x.len() != y.len() || !(2..=MOST).contains(&x.len()) {
        return false;
    }
    let mut free = vec![true; y.len()];
    x.iter().all(|sentence| {
        let found = (0..y.len()).find(|place| free[*place] && is_one(sentence, &y[*place]));
        found.is_some_and(|place| {
            free[place] = false;
            true
        })
    })
}

/// The words of each sentence, and whether something stands for one there.
fn sentences(reading: &Reading) -> Vec<(Vec<&str>, bool)> {
    let mut sentences: Vec<(Vec<&str>, bool)> = Vec::new();
    for (at, word) in reading.words.iter().enumerate() {
        if at == 0 || reading.words[at - 1].sentence != word.sentence {
            sentences.push((Vec::new(), false));
        }
        if let Some((words, stands)) = sentences.last_mut() {
            words.push(&word.stem);
            *stands |= word.before.pronoun;
        }
    }
    sentences
}

/// Whether two sentences are word for word the same, but for one that one of them says "it" for.
fn is_one((x, it): &(Vec<&str>, bool), (y, that): &(Vec<&str>, bool)) -> bool {
    let without = |long: &[&str], short: &[&str]| {
        let same = long.iter().zip(short).take_while(|(x, y)| x == y).count();
        long.len() == short.len() + 1 && long[same + 1..] == short[same..]
    };
    x == y || *that && without(x, y) || *it && without(y, x)
}

/// Whether two phrases that are joined by "and" changed places, word for word: "to the forehead and behind the ear".
fn phrases_turned(a: &Reading, b: &Reading) -> bool {
    let (x, y) = (&a.words, &b.words);
    if x.len() != y.len() {
        return false;
    }
    let one = |(x, y): (&Word, &Word)| x.stem == y.stem;
    let first = x.iter().zip(y).take_while(|pair| one(*pair)).count();
    let last = x.len() - x.iter().rev().zip(y.iter().rev()).take_while(|pair| one(*pair)).count();
    let begins = first.saturating_sub(ALIKE)..=first;
    begins
        .rev()
        .any(|from| (last..=(last + ALIKE).min(x.len())).any(|to| from < to && are_turned(&x[from..to], &y[from..to])))
}

/// Whether two runs of words are the same two phrases in either order.
fn are_turned(x: &[Word], y: &[Word]) -> bool {
    let same = |x: &[Word], y: &[Word]| x.iter().zip(y).all(|(x, y)| x.stem == y.stem);
    (1..x.len()).filter(|cut| x[*cut].before.and).any(|cut| {
        let back = x.len() - cut;
        y[back].before.and
            && ([&x[cut], &y[back]].iter().any(|word| word.before.other)
                || [&x[0], &x[cut], &y[0], &y[back]].iter().all(|word| word.before.article))
            && same(&x[..cut], &y[back..])
            && same(&x[cut..], &y[..back])
    })
}
