//! Turns the words that one of two texts has and the other has not into whether they matter.

use super::content::Aligned;
use super::guards::Guards;
use super::reading::{Before, Denied, Reading, Word};

/// So many words that both have stand against one that only one has.
const SHARED: usize = 4;
/// With fewer words in common a guard word says something, whatever it is: "it moves the arm up".
const MANY: usize = 6;
/// Of more words that are left over none are put together to phrases: such texts are two, and hostile ones take long.
const FEW: usize = 48;
/// A text with fewer words in common has none to spare.
const LEAST: usize = 4;

/// Matches what is left of two texts by words that are kin, and drops slips in words that say nothing.
pub(super) fn kin(a: &Reading, b: &Reading, aligned: &mut Aligned, guards: &Guards) {
    // Two things in other words have no kin.
    if aligned.only_a.len() + aligned.only_b.len() > 2 * aligned.shared + 4 {
        return;
    }
    let few = aligned.only_a.len() + aligned.only_b.len() <= FEW;
    if few {
        compounds(a, b, aligned);
    }
    // Where something lies it sits; who is told to lie does not sit.
    let rests = |reading: &Reading, stem: &str| {
        guards.resting.contains(stem)
            && !reading.commands.iter().any(|told| {
                guards.stem(told) == stem || guards.same_stems.get(stem).is_some_and(|same| *told == format!("={same}"))
            })
    };
    let both_rest = |(x, y): (&str, &str)| rests(a, x) && rests(b, y);
    let weighed = |reading: &Reading, left: &[usize]| -> Vec<Weighed> {
        left.iter().map(|at| Weighed::new(*at, &reading.words[*at], guards)).collect()
    };
    // Where one text has nothing left, nothing of the other is kin.
    if !aligned.only_a.is_empty() && !aligned.only_b.is_empty() {
        let (mut own, mut left) = (weighed(a, &aligned.only_a), weighed(b, &aligned.only_b));
        // Words that say something come first.
        for heavy in [true, false] {
            let counts = |weighed: &Weighed| !heavy || weighed.heavy;
            own.retain(|one| {
                let word = &a.words[one.at];
                // "Wet" where the other says "dry" is no "water".
                let alike = |other: &Word| {
                    let one = word.form.contains(&other.form) || other.form.contains(&word.form);
                    one || !a.says_opposite(&other.stem) && !b.says_opposite(&word.stem)
                };
                let fits = |other: &Weighed| {
                    let words = (word, &b.words[other.at]);
                    let stems = (&*one.stem, &*other.stem);
                    counts(one)
                        && counts(other)
                        && (are_kin(words, stems, guards) || both_rest(stems))
                        && alike(words.1)
                };
                let Some(found) = left.iter().position(fits) else { return true };
                aligned.kin.push((one.at, left.remove(found).at));
                aligned.shared += 1;
                false
            });
        }
        aligned.only_a = own.iter().map(|one| one.at).collect();
        aligned.only_b = left.iter().map(|one| one.at).collect();
        if few {
            said_alike(a, b, aligned, guards);
        }
    }
    of_light_kin(a, b, aligned, guards);
    allowed(a, b, aligned, guards);
    let (matched, others): (Vec<usize>, Vec<usize>) = aligned.pairs.iter().chain(&aligned.kin).copied().unzip();
    if aligned.only_b.is_empty() {
        aligned.only_a.retain(|at| !is_head(a, *at, &matched, guards));
    }
    if aligned.only_a.is_empty() {
        aligned.only_b.retain(|at| !is_head(b, *at, &others, guards));
    }
    // Where a word of the other text is left over, too, one stands for the other: wheat for rye is no slip of "what".
    let slip = |word: &Word| !word.minor && !word.name && guards.is_faint(&word.form);
    let heavy = |words: &[Word], left: &[usize]| left.iter().any(|at| weighs(&words[*at], guards));
    let of_both = heavy(&a.words, &aligned.only_a) && heavy(&b.words, &aligned.only_b);
    if !of_both {
        aligned.only_a.retain(|at| !slip(&a.words[*at]));
        aligned.only_b.retain(|at| !slip(&b.words[*at]));
    }
}

/// Matches phrases that may stand for each other.
fn said_alike(a: &Reading, b: &Reading, aligned: &mut Aligned, guards: &Guards) {
    while !aligned.only_a.is_empty() && !aligned.only_b.is_empty() {
        let found = guards.said().find((a, &aligned.only_a), (b, &aligned.only_b));
        let Some(((at, length), (place, other))) = found else { return };
        aligned.kin.push((aligned.only_a[at], aligned.only_b[place]));
        aligned.only_a.drain(at..at + length);
        aligned.only_b.drain(place..place + other);
        aligned.shared += 1;
    }
}

/// Matches a word with the two that it is made of: sunset, the sun has set.
fn compounds(a: &Reading, b: &Reading, aligned: &mut Aligned) {
    let find = |long: &Reading, own: &[usize], short: &Reading, left: &[usize]| {
        let of = |one: usize, at: usize| {
            let rest = long.words[one].form.strip_prefix(short.words[at].form.as_str());
            rest.is_some_and(|rest| short.words.get(at + 1).is_some_and(|last| last.form == rest))
        };
        let parts = |one: usize| left.iter().copied().find(|at| left.contains(&(at + 1)) && of(one, *at));
        own.iter().find_map(|one| Some((*one, parts(*one)?)))
    };
    while let Some((one, at)) = find(a, &aligned.only_a, b, &aligned.only_b) {
        aligned.kin.push((one, at));
        aligned.only_a.retain(|own| *own != one);
        aligned.only_b.retain(|own| *own != at && *own != at + 1);
        aligned.shared += 1;
    }
    while let Some((one, at)) = find(b, &aligned.only_b, a, &aligned.only_a) {
        aligned.kin.push((at, one));
        aligned.only_b.retain(|own| *own != one);
        aligned.only_a.retain(|own| *own != at && *own != at + 1);
        aligned.shared += 1;
    }
}

/// Drops words that are kin to the light one that stands there in the other text: "with", "keeping".
fn of_light_kin(a: &Reading, b: &Reading, aligned: &mut Aligned, guards: &Guards) {
    let pairs: Vec<(usize, usize)> = aligned.pairs.iter().chain(&aligned.kin).copied().collect();
    let is_kin = |word: &Word, behind: Option<&Word>| {
        let stem = guards.stem(&word.form);
        let lights = |behind: &Word| guards.kin.share(keys(word, &stem), behind.lights.split_terminator(' '));
        !word.name && behind.is_some_and(lights)
    };
    let behind = |at: usize| pairs.iter().find(|(x, _)| *x == at + 1).map(|(_, y)| &b.words[*y]);
    let ahead = |at: usize| pairs.iter().find(|(_, y)| *y == at + 1).map(|(x, _)| &a.words[*x]);
    aligned.only_a.retain(|at| !is_kin(&a.words[*at], behind(*at)));
    aligned.only_b.retain(|at| !is_kin(&b.words[*at], ahead(*at)));
}

/// Drops "allowed" where the other text says that one may.
fn allowed(a: &Reading, b: &Reading, aligned: &mut Aligned, guards: &Guards) {
    let asks = |reading: &Reading| reading.guards.iter().filter(|(kind, _)| *kind == "modality").count();
    let lets = |reading: &Reading, at: usize| {
        let word = &reading.words[at];
        guards.allowing.contains(&word.form) && !reading.denied.iter().any(|denied| denied.stem == word.stem)
    };
    let (left, right) = (aligned.only_a.len(), aligned.only_b.len());
    if asks(a) < asks(b) {
        aligned.only_a.retain(|at| !lets(a, *at));
    } else if asks(b) < asks(a) {
        aligned.only_b.retain(|at| !lets(b, *at));
    }
    aligned.lets = (left, right) != (aligned.only_a.len(), aligned.only_b.len());
}

/// Whether a word only says what a thing is that stands beside it: the river Wend, the Undo button.
fn is_head(reading: &Reading, at: usize, matched: &[usize], guards: &Guards) -> bool {
    let words = &reading.words;
    let beside = |at: usize, behind: usize| matched.contains(&at) && words[behind].before == Before::default();
    let thing = at.checked_sub(1).is_some_and(|before| beside(before, at))
        || at + 1 < words.len() && beside(at + 1, at + 1) && words[at + 1].name;
    thing && guards.heads.contains(&guards.stem(&words[at].form))
}

/// What a word is known by: its form, its stem, and the class of words that are always one.
fn keys<'w>(word: &'w Word, stem: &'w str) -> impl Iterator<Item = &'w str> + Clone {
    [word.form.as_str(), stem, word.stem.as_str()].into_iter()
}

/// A word that is left over: its place, its stem, and whether it says something.
struct Weighed {
    at: usize,
    stem: String,
    heavy: bool,
}

impl Weighed {
    fn new(at: usize, word: &Word, guards: &Guards) -> Self {
        Self { at, stem: guards.stem(&word.form), heavy: weighs(word, guards) }
    }
}

/// Whether two words are kin, given with their stems.
fn are_kin((a, b): (&Word, &Word), (x, y): (&str, &str), guards: &Guards) -> bool {
    if a.name || b.name || is_number(a) || is_number(b) {
        return false;
    }
    // "Agreed" and "agree to", "home" and "at home".
    let grown = |word: &str, phrase: &str| {
        let stem = guards.stem(word);
        let first = phrase.split_once(' ').map(|(first, _)| first);
        let last =
            phrase.rsplit_once(' ').filter(|(light, _)| light.split(' ').all(|word| guards.light.contains(word)));
        first.is_some_and(|first| guards.stem(first) == stem) || last.is_some_and(|(_, last)| guards.stem(last) == stem)
    };
    // "Works on" and "runs".
    let led = |phrase: &Word, word: &str, stem: &str| {
        let (first, last) = phrase.form.split_once(' ').filter(|(_, last)| guards.kin.leading.contains(*last))?;
        let head = guards.stem(first);
        Some(guards.kin.share([first, head.as_str()].into_iter(), [word, stem].into_iter()))
            .filter(|_| !last.is_empty())
    };
    // "Bedtime" is the time of bed.
    let compound = |word: &str, long: &str| {
        let rest = long.strip_prefix(word).filter(|rest| word.len() >= 3 && rest.len() >= 3);
        rest.is_some_and(|rest| guards.kin.is_slight([rest].into_iter()))
    };
    !b.minor && grown(&a.form, &b.form)
        || compound(&a.form, &b.form)
        || compound(&b.form, &a.form)
        || !a.minor && grown(&b.form, &a.form)
        || guards.kin.share(keys(a, x), keys(b, y))
        || led(a, &b.form, y) == Some(true)
        || led(b, &a.form, x) == Some(true)
        || !(a.minor && b.minor) && guards.kin.one_root(&a.form, &b.form)
}

pub(super) fn is_number(word: &Word) -> bool {
    word.stem.strip_prefix('#') == Some(word.form.as_str())
}

/// Whether a word says something where it is left over.
fn weighs(word: &Word, guards: &Guards) -> bool {
    let slight = |word: &str| guards.kin.is_slight([word].into_iter()) || guards.light.contains(word);
    let phrase = word.form.contains(' ') && word.form.split(' ').all(slight);
    !is_number(word) && (word.name || !phrase && !guards.kin.is_slight(keys(word, &guards.stem(&word.form))))
}

/// A text in the words of another one, where those are kin.
pub(super) fn in_words_of(a: &Reading, b: &Reading, aligned: &Aligned) -> Option<Reading> {
    if aligned.kin.is_empty() && aligned.slips.is_empty() {
        return None;
    }
    let mut told = b.clone();
    aligned.denied.iter().for_each(|(x, y)| deny(&mut told, *y, &a.words[*x].stem));
    for (x, y) in aligned.kin.iter().chain(&aligned.slips) {
        let (old, new) = (&b.words[*y].stem, &a.words[*x].stem);
        told.words[*y].stem.clone_from(new);
        let kept = told.words.iter().any(|word| word.stem == *old);
        if kept {
            continue;
        }
        let rename = |stem: &mut String| {
            if stem == old {
                stem.clone_from(new);
            }
        };
        told.denied.iter_mut().for_each(|denied| rename(&mut denied.stem));
        told.directions.iter_mut().for_each(|(_, stem)| rename(stem));
        told.asked.iter_mut().for_each(|(_, stem)| rename(stem));
        told.steps.iter_mut().for_each(rename);
        told.commands.iter_mut().for_each(rename);
        told.guards.iter_mut().filter(|(kind, _)| *kind == "negation").for_each(|(_, stem)| rename(stem));
    }
    told.directions.sort();
    told.guards.sort();
    Some(told)
}

/// Moves a denial from before a word into it, or out of it: not safe, unsafe.
fn deny(told: &mut Reading, at: usize, stem: &str) {
    let word = &told.words[at];
    let guard = |stem: &str| ("negation", stem.to_owned());
    if let Some(own) = told.denied.iter().position(|own| own.stem == word.stem) {
        let old = guard(&told.denied.remove(own).stem);
        if let Some(place) = told.guards.iter().position(|own| *own == old) {
            told.guards.remove(place);
        }
    } else {
        told.denied.push(Denied { stem: stem.to_owned(), clause: word.clause, from: at, waives: false });
        told.guards.push(guard(stem));
    }
}

/// Whether two texts are told in one form: the same words in the same order, but for those that are left over.
pub(super) fn in_one_form(a: &Reading, b: &Reading, aligned: &Aligned) -> bool {
    let (x, y) = (frame(a, &aligned.only_a), frame(b, &aligned.only_b));
    let stems = |(x, y): (&Kept, &Kept)| x.stem == y.stem;
    aligned.kin.is_empty() && x.len() == y.len() && x.iter().zip(&y).all(stems)
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
    let denied = |reading: &Reading, left: &[usize], other: &Reading| {
        left.iter().any(|at| reading.words[*at].minor && other.says_opposite(&reading.words[*at].stem))
    };
    if denied(a, &left, b) || denied(b, &right, a) {
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
