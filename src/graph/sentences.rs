//! Turns two texts that are two things into what a sentence of one says against its twin in the other.

use rustc_hash::FxHashMap;

use crate::parse::Unit;
use crate::similar::{Guards, Relation, SENTENCE_WORDS, Sketcher, read, relate as of_texts};

/// Says that a sentence differs, and not the whole text.
pub(super) const SENTENCE: &str = "sentence";
/// Content words that a sentence and its twin share: fewer are said of many things.
const SHARED: usize = 5;
/// A longer sentence is none, in bytes.
const MOST: usize = 2_000;

/// Whether two texts have sentences whose long words are the same.
pub(super) fn may_be_near(a: &Unit, b: &Unit) -> bool {
    a.sentences.iter().any(|sentence| b.sentences.contains(sentence))
}

/// Whether what differs is an ordinary word, and no name of the site.
pub(super) fn of_words(relation: &Relation) -> bool {
    matches!(relation, Relation::Differ { guards, .. } if guards.contains(&SENTENCE) && guards.contains(&"word"))
}

/// The first sentence of one text that stands in the other but for a guard.
pub(super) fn relate(a: &str, b: &str, guards: &Guards) -> Relation {
    let others: FxHashMap<u32, &str> = sentences(b).collect();
    let twins = sentences(a).filter_map(|(known_by, sentence)| Some((sentence, *others.get(&known_by)?)));
    for (sentence, twin) in twins.filter(|(sentence, twin)| sentence != twin) {
        let reading = read(sentence, guards);
        // "It is ..." is said of what the sentence before names.
        if reading.begins_with_pronoun || reading.words.len() < SHARED {
            continue;
        }
        if let Relation::Differ { guards: mut failed, similarity, words } =
            of_texts(&reading, &read(twin, guards), guards)
            && is_told(&failed, &words)
        {
            failed.push(SENTENCE);
            return Relation::Differ { guards: failed, similarity, words };
        }
    }
    Relation::Apart
}

/// Whether the sentences say the same but for their guards, or one name.
fn is_told(failed: &[&str], (a, b): &(Vec<String>, Vec<String>)) -> bool {
    let told = |guard: &&str| matches!(*guard, "number" | "negation" | "side" | "word");
    failed.iter().all(told) && (a.is_empty() && b.is_empty() || failed == ["word"])
}

/// The sentences of a text that are neither short nor without measure, each with what it is found by.
fn sentences(text: &str) -> impl Iterator<Item = (u32, &str)> {
    let mut from = 0;
    let ends = text.char_indices().filter(|(at, c)| {
        matches!(c, '.' | '!' | '?' | '\n') && text[at + c.len_utf8()..].chars().next().is_none_or(char::is_whitespace)
    });
    let mut cuts: Vec<&str> = Vec::new();
    for (at, c) in ends {
        cuts.push(&text[from..at + c.len_utf8()]);
        from = at + c.len_utf8();
    }
    cuts.push(&text[from..]);
    let whole = |sentence: &&str| sentence.len() <= MOST && sentence.split_whitespace().count() >= SENTENCE_WORDS;
    cuts.into_iter().map(str::trim).filter(whole).filter_map(|one| Some((Sketcher::of_sentence(one)?, one)))
}
