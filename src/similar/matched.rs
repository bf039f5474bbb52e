//! Turns the words that are left over of two texts into pairs that say the same, and drops those that say nothing there.

use super::content::Aligned;
use super::guards::Guards;
use super::left::{MANY, is_number, weighs};
use super::reading::{Before, Denied, Reading, Word};

/// Of more words that are left over none are put together to phrases: such texts are two, and hostile ones take long.
const FEW: usize = 48;

/// Matches what is left of two texts by words that are kin, and drops slips in words that say nothing.
pub(super) fn kin(a: &Reading, b: &Reading, aligned: &mut Aligned, guards: &Guards) {
    // Two things in other words have no kin.
    if aligned.only_a.len() + aligned.only_b.len() > 2 * aligned.shared + 4 {
        return;
    }
    let few = aligned.only_a.len() + aligned.only_b.len() <= FEW;
    if few {
        compounds(a, b, aligned);
        contraries(a, b, aligned, guards);
    }
    // Where one text has nothing left, nothing of the other is kin.
    if !aligned.only_a.is_empty() && !aligned.only_b.is_empty() {
        pair(a, b, aligned, guards);
        if few {
            said_alike(a, b, aligned, guards);
        }
    }
    loose(a, b, aligned, guards);
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
    let slip = |word: &Word| !word.minor && !word.name && !guards.kin.knows(&word.form) && guards.is_faint(&word.form);
    let heavy = |words: &[Word], left: &[usize]| left.iter().any(|at| weighs(&words[*at], guards));
    let of_both = heavy(&a.words, &aligned.only_a) && heavy(&b.words, &aligned.only_b);
    if !of_both {
        aligned.only_a.retain(|at| !slip(&a.words[*at]));
        aligned.only_b.retain(|at| !slip(&b.words[*at]));
    }
}

/// Matches words that are kin.
fn pair(a: &Reading, b: &Reading, aligned: &mut Aligned, guards: &Guards) {
    let weighed = |reading: &Reading, left: &[usize]| -> Vec<Weighed> {
        left.iter().map(|at| Weighed::new(*at, &reading.words[*at], guards)).collect()
    };
    let (mut own, mut left) = (weighed(a, &aligned.only_a), weighed(b, &aligned.only_b));
    // Words that say something come first.
    for heavy in [true, false] {
        own.retain(|one| {
            let fits = |other: &Weighed| (!heavy || one.heavy && other.heavy) && fit((a, one), (b, other), guards);
            let Some(found) = left.iter().position(fits) else { return true };
            aligned.kin.push((one.at, left.remove(found).at));
            aligned.shared += 1;
            false
        });
    }
    aligned.only_a = own.iter().map(|one| one.at).collect();
    aligned.only_b = left.iter().map(|one| one.at).collect();
}

/// Whether a word that is left over of one text says what one of the other says.
fn fit((a, one): (&Reading, &Weighed), (b, other): (&Reading, &Weighed), guards: &Guards) -> bool {
    let (word, their) = (&a.words[one.at], &b.words[other.at]);
    let stems = (&*one.stem, &*other.stem);
    // Where something lies it sits; who is told to lie does not sit.
    let rests = |reading: &Reading, stem: &str| {
        guards.resting.contains(stem)
            && !reading.commands.iter().any(|told| {
                guards.stem(told) == stem || guards.same_stems.get(stem).is_some_and(|same| *told == format!("={same}"))
            })
    };
    // What one needs nobody only may ask for.
    let only_asks = |(a, word): (&Reading, &Word), (b, other): (&Reading, &Word)| {
        let may = |(key, verb): &(u32, String)| key & 0xFF == 0 && *verb == other.stem;
        guards.needing.contains_key(&word.form)
            && b.asked.iter().any(may)
            && !a.asked.iter().any(|(_, verb)| *verb == word.stem)
    };
    // "Wet" where the other says "dry" is no "water".
    let alike = || {
        let one = word.form.contains(&their.form) || their.form.contains(&word.form);
        one || !a.says_opposite(&their.stem) && !b.says_opposite(&word.stem)
    };
    (are_kin((word, their), stems, guards) || rests(a, stems.0) && rests(b, stems.1))
        && !guards.kin.are_contrary(keys(word, stems.0), keys(their, stems.1))
        && !only_asks((a, word), (b, their))
        && !only_asks((b, their), (a, word))
        && alike()
}

/// Matches phrases that may stand for each other.
fn said_alike(a: &Reading, b: &Reading, aligned: &mut Aligned, guards: &Guards) {
    while !aligned.only_a.is_empty() && !aligned.only_b.is_empty() {
        let found = guards.said().find((a, &aligned.only_a), (b, &aligned.only_b), guards);
        let Some(((at, length), (place, other))) = found else { return };
        aligned.kin.push((aligned.only_a[at], aligned.only_b[place]));
        aligned.only_a.drain(at..at + length);
        aligned.only_b.drain(place..place + other);
        aligned.shared += 1;
    }
}

/// Matches a word with the two that it is made of: sunset, the sun has set.
fn compounds(a: &Reading, b: &Reading, aligned: &mut Aligned) {
    for (one, at) in compounds_of((a, &mut aligned.only_a), (b, &mut aligned.only_b)) {
        aligned.kin.push((one, at));
        aligned.shared += 1;
    }
    for (one, at) in compounds_of((b, &mut aligned.only_b), (a, &mut aligned.only_a)) {
        aligned.kin.push((at, one));
        aligned.shared += 1;
    }
}

/// Takes out words of one text with the two of the other that they are made of, of which the first is given.
fn compounds_of(
    (long, own): (&Reading, &mut Vec<usize>),
    (short, left): (&Reading, &mut Vec<usize>),
) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    own.retain(|one| {
        let of = |at: usize| {
            let rest = long.words[*one].form.strip_prefix(short.words[at].form.as_str());
            rest.is_some_and(|rest| short.words.get(at + 1).is_some_and(|last| last.form == rest))
        };
        let Some(at) = left.iter().copied().find(|at| left.contains(&(at + 1)) && of(*at)) else { return true };
        left.retain(|own| *own != at && *own != at + 1);
        found.push((*one, at));
        false
    });
    found
}

/// Matches a word that is denied with its contrary in the other text: "do not let it get wet", "keep it dry".
fn contraries(a: &Reading, b: &Reading, aligned: &mut Aligned, guards: &Guards) {
    let denies = |reading: &Reading, at: usize| denial(reading, at).is_some();
    aligned.only_a.retain(|at| {
        let contrary = |other: &usize| {
            let (word, other_word) = (&a.words[*at], &b.words[*other]);
            let (x, y) = (guards.stem(&word.form), guards.stem(&other_word.form));
            denies(a, *at) != denies(b, *other) && guards.kin.are_contrary(keys(word, &x), keys(other_word, &y))
        };
        let Some(place) = aligned.only_b.iter().position(contrary) else { return true };
        let other = aligned.only_b.remove(place);
        aligned.kin.push((*at, other));
        aligned.denied.push((*at, other));
        aligned.shared += 1;
        false
    });
}

/// Matches the only word that is left over of each of two texts, where both say little and stand at one place: "runs to
/// the knee", "reaches to the knee".
fn loose(a: &Reading, b: &Reading, aligned: &mut Aligned, guards: &Guards) {
    let ([at], [other]) = (&aligned.only_a[..], &aligned.only_b[..]) else { return };
    let (at, other) = (*at, *other);
    let (word, their) = (&a.words[at], &b.words[other]);
    let (x, y) = (guards.stem(&word.form), guards.stem(&their.form));
    let pairs = || aligned.pairs.iter().chain(&aligned.kin);
    let beside = |by: usize| pairs().any(|(x, y)| *x + by == at + 1 && *y + by == other + 1);
    let named = word.name || their.name || is_number(word) || is_number(their);
    let turned = a.says_opposite(&their.stem) || b.says_opposite(&word.stem);
    if aligned.shared >= MANY
        && !named
        && !turned
        && (beside(0) || beside(2))
        && guards.kin.are_loose(keys(word, &x), keys(their, &y))
    {
        aligned.kin.push((at, other));
        aligned.shared += 1;
        (aligned.only_a, aligned.only_b) = (Vec::new(), Vec::new());
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
    let needs = |reading: &Reading, at: usize| {
        let word = &reading.words[at];
        guards.needing.contains_key(&word.form) && !reading.denied.iter().any(|denied| denied.stem == word.stem)
    };
    let must = |reading: &Reading| musts(reading).count();
    let before = aligned.only_a.len() + aligned.only_b.len();
    if must(a) < must(b) {
        aligned.only_a.retain(|at| !needs(a, *at));
    } else if must(b) < must(a) {
        aligned.only_b.retain(|at| !needs(b, *at));
    }
    aligned.needs = before != aligned.only_a.len() + aligned.only_b.len();
    aligned.lets = (left, right) != (aligned.only_a.len(), aligned.only_b.len());
}

/// What a text says that must be.
fn musts(reading: &Reading) -> impl Iterator<Item = &(&'static str, String)> {
    let must = |key: &str| key.parse::<u32>().is_ok_and(|key| key & 0xFF == 1);
    reading.guards.iter().filter(move |(kind, key)| *kind == "modality" && must(key))
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
pub(super) fn keys<'w>(word: &'w Word, stem: &'w str) -> impl Iterator<Item = &'w str> + Clone {
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
    // "Car" is no "car park"; "agreed" and "agree to", "home" and "at home".
    let leads = |word: &str| guards.light.contains(word) || guards.parting.contains(word);
    let grown = |word: &str, phrase: &str| {
        let stem = guards.stem(word);
        let first = phrase.split_once(' ').filter(|(_, rest)| rest.split(' ').all(leads));
        let first = first.map(|(first, _)| first);
        let last =
            phrase.rsplit_once(' ').filter(|(light, _)| light.split(' ').all(|word| guards.light.contains(word)));
        first.is_some_and(|first| guards.stem(first) == stem) || last.is_some_and(|(_, last)| guards.stem(last) == stem)
    };
    // "Works on" and "runs".
    let led = |phrase: &Word, word: &str, stem: &str| {
        let (first, _) = phrase.form.split_once(' ').filter(|(_, last)| guards.kin.leading.contains(*last))?;
        let head = guards.stem(first);
        Some(guards.kin.share([first, head.as_str()].into_iter(), [word, stem].into_iter()))
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

/// A text in the words of another one, where those are kin.
pub(super) fn in_words_of(a: &Reading, b: &Reading, aligned: &Aligned) -> Option<Reading> {
    if aligned.kin.is_empty() && aligned.slips.is_empty() && !aligned.needs {
        return None;
    }
    let mut told = b.clone();
    if aligned.needs {
        told.guards.retain(|guard| musts(b).all(|must| must != guard));
        told.guards.extend(musts(a).cloned());
    }
    for (x, y) in &aligned.denied {
        let own = |reading: &Reading, at: usize| reading.denied.iter().any(|own| own.stem == reading.words[at].stem);
        let denied = if own(a, *x) == own(b, *y) { denial(a, *x).is_some() } else { own(a, *x) };
        deny(&mut told, *y, &a.words[*x].stem, denied);
    }
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

/// The denial of a word: its own, or that of a word before it in its clause.
fn denial(reading: &Reading, at: usize) -> Option<usize> {
    let word = &reading.words[at];
    let own = reading.denied.iter().position(|own| own.stem == word.stem);
    own.or_else(|| reading.denied.iter().rposition(|own| own.from <= at && own.clause == word.clause))
}

/// Moves a denial from before a word into it, or out of it: not safe, unsafe.
fn deny(told: &mut Reading, at: usize, stem: &str, denied: bool) {
    let word = &told.words[at];
    let guard = |stem: &str| ("negation", stem.to_owned());
    if let Some(own) = denial(told, at).filter(|_| !denied) {
        let old = guard(&told.denied.remove(own).stem);
        if let Some(place) = told.guards.iter().position(|own| *own == old) {
            told.guards.remove(place);
        }
    } else {
        told.denied.push(Denied { stem: stem.to_owned(), clause: word.clause, from: at, waives: false });
        told.guards.push(guard(stem));
    }
    // What is denied of one side is said of the other: not wet, dry.
    if let (Some(old), Some(new)) = (told.words[at].stem.strip_prefix('#'), stem.strip_prefix('#')) {
        let side = ("side", old.to_owned());
        told.guards.iter_mut().filter(|own| **own == side).for_each(|own| own.1 = new.to_owned());
    }
}
