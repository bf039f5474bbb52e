//! Turns the words that one of two texts has and the other has not into whether they matter.

use super::content::Aligned;
use super::guards::Guards;
use super::matched::keys;
use super::reading::{Reading, Word};

/// So many words that both have stand against one that only one has.
const SHARED: usize = 4;
/// With fewer words in common a guard word says something, whatever it is: "it moves the arm up".
pub(super) const MANY: usize = 6;
/// A text with fewer words in common has none to spare.
const LEAST: usize = 4;

pub(super) fn is_number(word: &Word) -> bool {
    word.stem.strip_prefix('#') == Some(word.form.as_str())
}

/// Whether a word says something where it is left over.
pub(super) fn weighs(word: &Word, guards: &Guards) -> bool {
    let slight = |word: &str| guards.kin.is_slight([word].into_iter()) || guards.light.contains(word);
    let phrase = word.form.contains(' ') && word.form.split(' ').all(slight);
    !is_number(word) && (word.name || !phrase && !guards.kin.is_slight(keys(word, &guards.stem(&word.form))))
}

/// Whether two texts are told in one form: the same words in the same order, but for those that are left over.
pub(super) fn in_one_form(a: &Reading, b: &Reading, aligned: &Aligned) -> bool {
    if are_elided(a, b, aligned) {
        return false;
    }
    let (x, y) = (frame(a, &aligned.only_a), frame(b, &aligned.only_b));
    let stems = |(x, y): (&Kept, &Kept)| x.stem == y.stem;
    aligned.kin.is_empty() && x.len() == y.len() && x.iter().zip(&y).all(stems)
}

/// Whether one text only leaves out what it said before: "pupils may borrow one book, teachers three".
fn are_elided(a: &Reading, b: &Reading, aligned: &Aligned) -> bool {
    let said = |reading: &Reading, left: &[usize]| {
        let words = &reading.words;
        let again = |at: usize| {
            let word = &words[at];
            let before = (0..at).rev().find(|before| words[*before].stem == word.stem && !left.contains(before));
            let apart = |at: usize| {
                words[at].sentence != words[at - 1].sentence || words[at].before.pause || words[at].before.and
            };
            !is_number(word) && !word.name && before.is_some_and(|before| (before + 1..=at).any(apart))
        };
        !left.is_empty() && left.iter().all(|at| again(*at))
    };
    aligned.only_b.is_empty() && said(a, &aligned.only_a) || aligned.only_a.is_empty() && said(b, &aligned.only_b)
}

/// Whether one text tells someone that something can be done of which the other says that it is: "you can export images
/// with it", "it exports images".
pub(super) fn is_offered(a: &Reading, b: &Reading, guards: &Guards) -> bool {
    let told = |word: &Word| word.lights.split_terminator(' ').any(|light| guards.recipients.contains(light));
    // Not "you may use it" where the other text says "use it".
    let only_told = |word: &Word| told(word) && word.lights.split_terminator(' ').count() == 1;
    let does = |words: &[Word], at: usize| {
        let before = words[at].before;
        at > 0 && words[at - 1].sentence == words[at].sentence && !before.and && !before.pause && !told(&words[at])
    };
    let offers = |a: &Reading, b: &Reading| {
        a.offered.iter().any(|verb| {
            let mut own = a.words.iter().filter(|word| word.stem == *verb);
            let mut other = (0..b.words.len()).filter(|at| b.words[*at].stem == *verb);
            own.any(only_told) && other.any(|at| does(&b.words, at)) && !b.asked.iter().any(|(_, asked)| asked == verb)
        })
    };
    // "It carries up to six" is what it can carry.
    let most = |reading: &Reading, verb: &String| {
        let words = &reading.words;
        words.windows(2).any(|pair| pair[0].stem == *verb && pair[1].form.starts_with("4:"))
    };
    let holds = |a: &Reading, b: &Reading| {
        let lets = a.asked.iter().filter(|(key, _)| key & 0xFF == 0).map(|(_, verb)| verb);
        let both = |verb: &&String| most(a, verb) && most(b, verb);
        lets.filter(both).any(|verb| !b.asked.iter().any(|(_, asked)| asked == verb))
    };
    offers(a, b) || offers(b, a) || holds(a, b) || holds(b, a)
}

/// Whether each word that is left over of two texts told in one form stands alone where the other has other light words:
/// "get help", "seek help".
fn stand_for_light(a: &Reading, b: &Reading, aligned: &Aligned, guards: &Guards) -> bool {
    let (x, y) = (frame(a, &aligned.only_a), frame(b, &aligned.only_b));
    let one_side = aligned.only_a.is_empty() || aligned.only_b.is_empty();
    let minor = |reading: &Reading, left: &[usize]| {
        let mut words = left.iter().map(|at| &reading.words[*at]);
        words.any(|word| {
            word.minor && (is_number(word) || word.form.split(' ').any(|part| guards.bearings.contains(part)))
        })
    };
    // What stands there in the other text: not only fewer light words, or whom it is told.
    let more = |short: &Kept, long: &Kept| {
        let lights = |kept: &'_ Kept| -> Vec<String> {
            let words = kept.lights.split_terminator(' ').filter(|word| !guards.asked.contains(*word));
            words.map(str::to_owned).collect()
        };
        let (own, mut theirs) = (lights(short), lights(long));
        let lost = own.into_iter().any(|word| match theirs.iter().position(|other| *other == word) {
            Some(at) => {
                theirs.swap_remove(at);
                false
            }
            None => true,
        });
        lost || !theirs.is_empty() && theirs.iter().all(|word| guards.of.contains(word) || guards.agents.contains(word))
    };
    let fits = |(x, y): (&Kept, &Kept)| match (x.behind, y.behind) {
        (0, 0) => true,
        (1, 0) => more(y, x),
        (0, 1) => more(x, y),
        _ => false,
    };
    one_side && !minor(a, &aligned.only_a) && !minor(b, &aligned.only_b) && x.iter().zip(&y).all(fits)
}

/// A word of a frame, with the light words before it, and how many words that are left over stood there.
#[derive(Default)]
struct Kept<'r> {
    stem: &'r str,
    lights: String,
    behind: usize,
}

/// What is left of a text without numbers and without words that are left over; its end is the last of its places.
fn frame<'r>(reading: &'r Reading, left: &[usize]) -> Vec<Kept<'r>> {
    let (mut frame, mut kept) = (Vec::new(), Kept::default());
    for (at, word) in reading.words.iter().enumerate() {
        kept.lights.push_str(&word.lights);
        kept.behind += usize::from(left.contains(&at));
        if !left.contains(&at) && !is_number(word) {
            kept.stem = &word.stem;
            frame.push(std::mem::take(&mut kept));
        }
    }
    kept.lights.push_str(&reading.trailing);
    frame.push(kept);
    frame
}

/// Whether each "one" that only one of two texts has stands where the other has an article: "one drop", "a drop".
pub(super) fn one_is_none(a: &Reading, b: &Reading, aligned: &Aligned) -> bool {
    let pairs = || aligned.all.iter().chain(&aligned.kin);
    let article = |one: &Reading, at: usize, other: &Reading, place: Option<usize>| {
        one.words[at].form != "1" || place.is_some_and(|place| other.words[place].before.article)
    };
    aligned.only_a.iter().all(|at| article(a, *at, b, pairs().find(|(x, _)| *x == at + 1).map(|(_, y)| *y)))
        && aligned.only_b.iter().all(|at| article(b, *at, a, pairs().find(|(_, y)| *y == at + 1).map(|(x, _)| *x)))
}

/// Whether what is left over of two texts says nothing: no word, or few that stand for no other one where a text is told
/// in another form.
pub(super) fn is_nothing(a: &Reading, b: &Reading, aligned: &Aligned, guards: &Guards) -> bool {
    // "It lies outside" is "it is outside", where nothing stands for it.
    let nothing = |reading: &Reading, left: &[usize]| left.iter().all(|at| !weighs(&reading.words[*at], guards));
    let alone = nothing(a, &aligned.only_a) || nothing(b, &aligned.only_b);
    let rests = |word: &Word| alone && guards.resting.contains(&guards.stem(&word.form));
    let heavy = |reading: &Reading, left: &[usize]| -> Vec<usize> {
        let counts = |word: &Word| {
            weighs(word, guards) && !rests(word) || word.minor && !is_number(word) && aligned.shared < MANY
        };
        left.iter().copied().filter(|at| counts(&reading.words[*at])).collect()
    };
    let (left, right) = (heavy(a, &aligned.only_a), heavy(b, &aligned.only_b));
    // What the other text says, too, is only said again.
    let new = |reading: &Reading, left: &[usize], other: &Reading| {
        let said = |at: &usize| other.words.iter().any(|word| word.stem == reading.words[*at].stem);
        left.iter().filter(|at| !said(at)).count()
    };
    let weight = new(a, &left, b) + new(b, &right, a);
    let named = left.iter().any(|at| a.words[*at].name) || right.iter().any(|at| b.words[*at].name);
    let guarded = |reading: &Reading, left: &[usize]| {
        left.iter().any(|at| reading.words[*at].minor && !is_number(&reading.words[*at]))
    };
    if in_one_form(a, b, aligned) {
        // A word that is left over stands there on purpose, but for a name in the place of "it".
        let pairs = || aligned.all.iter().chain(&aligned.kin);
        let behind = |at: usize| pairs().find(|(x, _)| *x == at + 1).map(|(_, y)| *y);
        let ahead = |at: usize| pairs().find(|(_, y)| *y == at + 1).map(|(x, _)| *x);
        let meant = left.iter().all(|at| stands_for_it(&a.words[*at], b, behind(*at)))
            && right.iter().all(|at| stands_for_it(&b.words[*at], a, ahead(*at)));
        let few = aligned.shared >= LEAST && weight * SHARED <= aligned.shared && !named;
        return meant && !guarded(a, &aligned.only_a) && !guarded(b, &aligned.only_b)
            || few && stand_for_light(a, b, aligned, guards);
    }
    // What is left over is the opposite of nothing that the other text says.
    let denied = |reading: &Reading, left: &[usize], other: &Reading| {
        let mut words = left.iter().map(|at| &reading.words[*at]);
        let again = |word: &Word| other.words.iter().any(|said| said.stem == word.stem);
        words.any(|word| word.minor && !again(word) && other.says_opposite(&word.stem))
    };
    if denied(a, &aligned.only_a, b) || denied(b, &aligned.only_b, a) {
        return false;
    }
    let spared = aligned.shared >= LEAST && weight * SHARED <= aligned.shared && !named;
    (weight == 0 || spared) && !replaced((a, &left), (b, &right), aligned)
}

/// Whether a word that is left over names again what the other text calls "it" or "which" there: before the word that
/// stands behind it here, at its place in the other text.
fn stands_for_it(word: &Word, other: &Reading, next: Option<usize>) -> bool {
    let before = |at: usize| other.words[at].before;
    !word.minor
        && other.words.iter().any(|said| said.stem == word.stem)
        && next.is_some_and(|at| before(at).pronoun || before(at).other)
}

/// Whether words of one text stand where others stand in the other: between the same two words.
fn replaced((a, left): (&Reading, &[usize]), (b, right): (&Reading, &[usize]), aligned: &Aligned) -> bool {
    // The place in the other text of what stands before and behind a word; the ends of a text are places, too.
    let mut places: Vec<Option<usize>> = vec![None; a.words.len()];
    aligned.all.iter().chain(&aligned.kin).for_each(|(x, y)| places[*x] = Some(*y));
    let before = |at: usize| (0..at).rev().find_map(|at| places[at].map(|place| (at, place)));
    let behind = |at: usize| (at..a.words.len()).find_map(|at| places[at].map(|place| (at, place)));
    left.iter().any(|at| {
        let from = before(*at).map_or(0, |(_, place)| place + 1);
        let to = behind(*at).map_or(b.words.len(), |(_, place)| place);
        right.iter().any(|other| (from..to).contains(other))
    })
}
