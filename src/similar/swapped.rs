//! Turns two texts of the same words into whether two words or phrases changed places.

use rustc_hash::FxHashSet;

use super::content::Aligned;
use super::left;
use super::reading::{Before, Reading, Word};

/// How well the neighbours of two words must fit when the words are exchanged: two entries of a list that changed places
/// have some neighbours in common too.
const SWAPPED: f32 = 0.7;
/// The same, where one of the two fits less well, and the mean of both.
const SWAPPED_ONE: f32 = 0.65;
const SWAPPED_BOTH: f32 = 0.73;

/// So many words a phrase has that changed places, at most.
const PHRASE: usize = 4;
/// Among more words no two phrases are looked for that changed places.
const LONGEST: usize = 24;

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
    let mut lists = (lists(a, false), lists(b, false));
    if !list_alike(a, b, (&lists.0, &lists.1)) {
        lists = (self::lists(a, true), self::lists(b, true));
    }
    if !list_alike(a, b, (&lists.0, &lists.1)) {
        lists.0.fill(0);
        lists.1.fill(0);
    }
    if in_place_of_each_other(a, b, &lists.0) || phrases_exchanged(a, b, &lists.0) {
        return true;
    }
    if stems.len() > 40 {
        return exchanged(a, b, aligned, &lists);
    }
    let listed = |stem: &str| a.words.iter().zip(&lists.0).any(|(word, list)| *list > 0 && word.stem == *stem);
    stems.iter().enumerate().any(|(at, word)| {
        stems[at + 1..].iter().any(|other| {
            // Of two words of one clause each has the other's neighbours.
            let together = || in_one_clause(a, word, other) && in_one_clause(b, word, other);
            if listed(word) || listed(other) || together() {
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
    let agent =
        x[last].before.agent != y[last].before.agent || is_done_by(a, first, last) != is_done_by(b, first, last);
    // "A leg that hurts less", "a less painful leg".
    let kinds = x[first].minor != x[last].minor && last == first + 2;
    !kinds && last > first + 1 && !listed && !agent && x[first].stem == y[last].stem && x[last].stem == y[first].stem
}

/// Whether two phrases changed places around words that kept theirs: "children enter free, but adults pay".
fn phrases_exchanged(a: &Reading, b: &Reading, lists: &[usize]) -> bool {
    let (x, y) = (&a.words, &b.words);
    let same = |x: &[Word], y: &[Word]| x.iter().zip(y).all(|(x, y)| x.stem == y.stem);
    let first = x.iter().zip(y).take_while(|(x, y)| x.stem == y.stem).count();
    let rest = x[first.min(x.len())..].iter().rev().zip(y[first.min(y.len())..].iter().rev());
    let last = x.len() - rest.take_while(|(x, y)| x.stem == y.stem).count();
    if x.len() != y.len() || last - first > LONGEST || lists[first..last].iter().any(|list| *list > 0) {
        return false;
    }
    let (own, theirs) = (&x[first..last], &y[first..last]);
    let length = own.len();
    let agent = |words: &[Word]| words.iter().any(|word| word.before.agent);
    // "A leg that hurts less", "a less painful leg".
    if length == 3 && own[0].minor != own[2].minor {
        return false;
    }
    // What leads to a phrase that is told first stays with it: "in the evening".
    let stays = |end: usize, back: usize| {
        own[0].lights == theirs[0].lights && own[length - back].lights == theirs[length - end].lights
    };
    (1..length.min(PHRASE + 1)).any(|end| {
        (1..(length - end).min(PHRASE + 1)).any(|back| {
            let kept = length - end - back;
            stays(end, back)
                && same(&own[..end], &theirs[length - end..])
                && same(&own[length - back..], &theirs[..back])
                && same(&own[end..end + kept], &theirs[back..back + kept])
                && (end.min(back) > 1 || own[end..end + kept].iter().any(|word| !word.minor))
                && agent(own) == agent(theirs)
        })
    })
}

/// For each word the list it stands in, "the flour, the salt and the yeast", whose order says nothing; 0 for none. What
/// begins behind a clause of its own ("when it rains, salt, sand and clay") may leave that clause out.
pub(super) fn lists(reading: &Reading, apart: bool) -> Vec<usize> {
    let words = &reading.words;
    let mut lists = vec![0; words.len()];
    let in_case = |at: usize| apart && words.iter().any(|word| word.case && word.clause == words[at].clause);
    let begins = |at: usize| words[at].before.pause || words[at].before.and;
    let goes_on = |at: &usize| !words[*at].before.other && (!begins(*at) || words[*at].before.article);
    let mut at = 0;
    while at < words.len() {
        let end = (at + 1..words.len()).take_while(goes_on).last().unwrap_or(at);
        let bare = bare_list(words, at);
        let last = if in_case(at) {
            at
        } else if words[at].before.article && (at + 1..=end).any(|at| words[at].before.and) {
            end
        } else {
            bare
        };
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

/// Whether two words stand in one clause, and nowhere else.
fn in_one_clause(reading: &Reading, stem: &str, other: &str) -> bool {
    let mut clauses =
        reading.words.iter().filter(|word| word.stem == *stem || word.stem == *other).map(|word| word.clause);
    clauses.next().is_some_and(|first| clauses.all(|clause| clause == first))
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
pub(super) fn is_done_by(reading: &Reading, first: usize, last: usize) -> bool {
    let words = &reading.words;
    let mut by = (first + 1..=last).filter(|at| words[*at].before.agent || words[*at].hosted);
    by.any(|by| (first..by).any(|at| words[at].before.passive))
}
