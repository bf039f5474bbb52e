//! Turns lists of guard words, one per language and extended by the site, into tables in which a text is read.

use std::sync::{Arc, OnceLock};

use rustc_hash::{FxHashMap, FxHashSet};
use serde::Deserialize;
use serde_json::Value;

use super::affixes::Affixes;
use super::kin::Kin;
use super::slips::{Ends, ends};
use crate::yaml::Document;

/// What a site adds to the guard words of its language.
#[derive(Clone, Debug, Default, Deserialize, Hash)]
#[serde(default)]
pub(crate) struct GuardWords {
    /// Groups of words that exclude each other.
    pub sides: Vec<Vec<String>>,
    /// Words that deny.
    pub negation: Vec<String>,
    /// Groups of words that mean the same.
    pub same: Vec<Vec<String>>,
    /// Words that change nothing.
    pub light: Vec<String>,
    /// Words that say what a thing is, beside its name.
    pub heads: Vec<String>,
    /// Registries whose names must be the same in two texts that say the same.
    pub names: Vec<String>,
}

/// The languages of which the engine has words: those on which a meaning turns, and those that are kin.
const LANGUAGES: &[(&str, &str, &str, &str)] = &[
    ("en", include_str!("en.yaml"), include_str!("en-kin.yaml"), include_str!("en-phrases.txt")),
    ("es", include_str!("es.yaml"), include_str!("es-kin.yaml"), ""),
];

/// The guard words of one language, by phrase in lower case.
#[derive(Default)]
pub(crate) struct Guards {
    pub light: FxHashSet<String>,
    pub clauses: FxHashSet<String>,
    pub negation: FxHashSet<String>,
    /// Opposites, quantifiers and modal verbs: what kind of guard, and which of its words.
    pub classes: FxHashMap<String, (&'static str, u32)>,
    pub comparisons: FxHashMap<String, u32>,
    pub directions: FxHashMap<String, u32>,
    /// A word for a number, and the unit it implies.
    pub numbers: FxHashMap<String, (String, String)>,
    pub ranges: FxHashSet<String>,
    pub between: FxHashSet<String>,
    /// Words that make one of a unit: "an hour".
    pub each: FxHashSet<String>,
    pub units: FxHashMap<String, String>,
    /// By unit, how much it is of the smallest of its measure.
    pub measures: FxHashMap<String, (f64, String)>,
    /// Signs of money, which stand in front of their number too.
    pub before: FxHashSet<String>,
    /// Words for a part of one: "half an hour".
    pub fractions: FxHashMap<String, String>,
    /// Words for parts of one, by how many they are: "two thirds"; and which of them tell more than one part.
    pub parts: FxHashMap<String, u32>,
    pub parts_many: FxHashSet<String>,
    /// What stands between a part and what it is a part of.
    pub of: FxHashSet<String>,
    /// What joins the last of a list.
    pub and: FxHashSet<String>,
    /// Of these, what leaves a choice.
    pub or: FxHashSet<String>,
    /// Words before the things of a list.
    pub articles: FxHashSet<String>,
    /// What stands before the one who does what is done.
    pub agents: FxHashSet<String>,
    /// What makes a denial hold only in some case; and what else tells a case.
    pub unless: FxHashSet<String>,
    pub conditions: FxHashSet<String>,
    /// By their stems, verbs that say no more than "is" where something is.
    pub resting: FxHashSet<String>,
    /// What may stand behind the thing that is done: "switch it off".
    pub particles: FxHashSet<String>,
    /// What a measure is a measure of.
    pub dimensions: FxHashSet<String>,
    /// What makes a verb say what is done to something.
    pub passives: FxHashSet<String>,
    /// Beginnings of words that may stand in front of a hyphen.
    pub joined: FxHashSet<String>,
    /// What the first day of a month is called.
    pub firsts: FxHashSet<String>,
    /// By name, the months.
    pub months: FxHashMap<String, u32>,
    /// Endings and beginnings that make of one word another one, or its opposite, or deny it.
    pub affixes: Affixes,
    /// Pairs of words that are one slip apart and two words.
    pub apart: FxHashMap<String, u32>,
    /// By their first word, phrases that are read as others.
    pub written: Phrases,
    /// Of opposites, those that tell where or when something is, or how much: below, after.
    pub bearings: FxHashSet<String>,
    /// Words that say less loudly what a quantifier says, by its first word: just, only.
    pub weak: FxHashMap<String, u32>,
    /// Words that begin a clause beside another one, and tell no case of it: but, while.
    pub coordinate: FxHashSet<String>,
    /// What words that are denied only waive are compared by: need.
    pub waived: FxHashSet<String>,
    /// Words that let someone do something, as a modal verb does: "swimming is allowed", "you may swim".
    pub allowing: FxHashSet<String>,
    /// Words that forbid something: "parking is prohibited".
    pub forbidding: FxHashSet<String>,
    /// What says that nobody does it: "no dogs may".
    pub nobody: FxHashSet<String>,
    /// Modal verbs that may say that something is only possible.
    pub hedges: FxHashSet<String>,
    /// Whom a text speaks to: "you can".
    pub recipients: FxHashSet<String>,
    /// What only denies again what was denied: "not even".
    pub echoes: FxHashSet<String>,
    /// Behind a pause, words that say what others do: ", provided it rains".
    pub paused: FxHashMap<String, String>,
    /// Beginnings of words that are that only in front of a hyphen: "counter-clockwise".
    pub hyphenated: FxHashSet<String>,
    /// What leads to a numbered thing: "on platform 2".
    pub places: FxHashSet<String>,
    /// What tells the last moment, and what it is counted from: "no later than an hour before".
    pub latest: FxHashSet<String>,
    pub until_then: FxHashSet<String>,
    /// Words for nothing, and those that ask who.
    pub naught: FxHashSet<String>,
    pub persons: FxHashSet<String>,
    /// By their words, who acts: "you", "they".
    pub actors: FxHashMap<String, String>,
    /// What leads to where something is done, or with what: "meals are served at the hut", "the hut serves meals".
    pub hosts: Vec<String>,
    /// What may stand apart from its verb: "get it back".
    pub parting: FxHashSet<String>,
    /// What denies the word in front of it, behind a hyphen, and how that is said elsewhere: "sugar-free".
    pub bare: FxHashMap<String, String>,
    /// Verbs that ask for something to be done, how that goes on elsewhere, and how what is done ends: "needs washing".
    pub needing: FxHashMap<String, String>,
    pub doing: Vec<String>,
    /// What says "if" where it stands in front of whom it is said of: "should it rain".
    pub inverted: FxHashMap<String, String>,
    /// What compares a number that only tells a group: "children under 16".
    pub bounds: FxHashSet<String>,
    /// Words that multiply the number before them.
    pub multipliers: FxHashSet<String>,
    /// Words that tell the order of steps.
    pub steps: FxHashSet<String>,
    /// Words for a number that stand for a thing behind a determiner: "the first one".
    pub pronouns: FxHashSet<String>,
    pub determiners: FxHashSet<String>,
    /// Words with which a sentence begins that speaks of what was named before.
    pub subjects: FxHashSet<String>,
    /// Times that come again: "each night" is "a night".
    pub periods: FxHashSet<String>,
    pub same: FxHashMap<String, u32>,
    /// The same by the stems of single words.
    pub same_stems: FxHashMap<String, u32>,
    /// By their stems, words that say what a thing is, beside its name.
    pub heads: FxHashSet<String>,
    /// Words that may stand for each other.
    pub kin: Kin,
    /// Of words, those that ask, and do nothing else where they begin: "how", "which"; those that then stand before a verb;
    /// and whom it asks.
    pub asking: FxHashSet<String>,
    pub wondering: FxHashSet<String>,
    pub auxiliaries: FxHashSet<String>,
    pub asked: FxHashSet<String>,
    /// Modal verbs that make a question where a sentence begins with them.
    pub inverts: FxHashSet<String>,
    /// Words for a number of times that begin a clause, unless one of some others follows: "once dry", "once a day".
    pub times: FxHashSet<String>,
    pub counted: FxHashSet<String>,
    /// Units that are other words, too, when a word follows: "5 in", "five in a row".
    pub ambiguous: FxHashSet<String>,
    pub(super) endings: Vec<String>,
    pub(super) spelling: Vec<Spelling>,
    pub(super) groups: u32,
    /// Guard words of five letters and more by their first and their last.
    pub(super) long: FxHashMap<Ends, Vec<String>>,
    /// By what is left without the last letter, guard words.
    pub(super) cut: FxHashMap<String, String>,
    /// Units of five letters and more by their first and their last.
    pub(super) measured: FxHashMap<Ends, Vec<String>>,
    /// Light words of four letters and more by their first and their last.
    pub(super) faint: FxHashMap<Ends, Vec<String>>,
    /// Words on which the reading of others turns.
    pub(super) telling: FxHashMap<Ends, Vec<String>>,
    /// The first words of all phrases above: every other word is one of content.
    pub(super) first: FxHashSet<String>,
    /// Phrases that may stand for each other, as they are listed, and as they are read when the first are asked for.
    listed: &'static str,
    said: OnceLock<super::phrases::Phrases>,
    /// The longest phrase, in words.
    pub longest: usize,
}

/// How some letters of a word are written elsewhere.
pub(super) struct Spelling {
    pub(super) from: String,
    pub(super) to: String,
    /// So many letters stand before it at least, and behind it.
    pub(super) before: usize,
    pub(super) behind: usize,
}

/// A phrase, and what it is read as.
pub(super) type Written = (Vec<String>, Vec<String>);
/// Such phrases by their first word.
pub(super) type Phrases = FxHashMap<String, Vec<Written>>;

impl Guards {
    /// The words of a language – those of English where it has none here – with those of a site.
    pub fn new(lang: &str, site: &GuardWords) -> Self {
        let lang = lang.split('-').next().unwrap_or(lang);
        let (_, text, kin, listed) = LANGUAGES.iter().find(|(name, ..)| *name == lang).unwrap_or(&LANGUAGES[0]);
        // The lists are part of the program, and a test reads each of them.
        let lists =
            |text: &str| Document::read(&Arc::from(text), 0..text.len()).map(|(value, _)| value).unwrap_or_default();
        let value = lists(text);
        let mut guards = Self { listed, ..Self::default() };
        for group in &site.sides {
            guards.group("side", &group.iter().map(String::as_str).collect::<Vec<_>>());
        }
        guards.negation.extend(site.negation.iter().map(|word| word.to_lowercase()));
        guards.light.extend(site.light.iter().map(|word| word.to_lowercase()));
        guards.read(&value);
        for group in &site.same {
            guards.alike(group.iter().map(String::as_str));
        }
        for word in guards.classes.keys().filter(|word| word.len() >= 5 && !word.contains(' ')) {
            guards.long.entry(ends(word)).or_default().push(word.clone());
            let cut = &word[..word.len() - word.chars().next_back().map_or(0, char::len_utf8)];
            if cut.chars().count() >= 5 {
                guards.cut.entry(cut.to_owned()).or_insert(word.clone());
            }
        }
        guards.kin = guards.kin(&lists(kin));
        guards.heads =
            guards.kin.heads.iter().chain(&site.heads).map(|word| guards.stem(&word.to_lowercase())).collect();
        let faint = guards.light.iter().chain(&guards.clauses).filter(|word| word.len() >= 4 && !word.contains(' '));
        for word in faint {
            guards.faint.entry(ends(word)).or_default().push(word.clone());
        }
        for word in guards.units.keys().filter(|word| word.len() >= 5) {
            guards.measured.entry(ends(word)).or_default().push(word.clone());
        }
        let telling =
            guards.negation.iter().chain(&guards.between).chain(guards.numbers.keys()).chain(&guards.allowing);
        let telling = telling.filter(|word| word.len() >= 6 && !word.contains(' '));
        let short = guards.asking.iter().chain(&guards.periods).filter(|word| word.len() >= 5);
        for word in telling.chain(short) {
            guards.telling.entry(ends(word)).or_default().push(word.clone());
        }
        let tables = guards.measured.values_mut().chain(guards.faint.values_mut());
        tables.chain(guards.telling.values_mut()).for_each(|words| words.sort());
        guards.longest = guards.phrases().map(|phrase| phrase.split(' ').count()).max().unwrap_or(1);
        let first = guards.phrases().chain(guards.parts_of_numbers());
        guards.first = first.filter_map(|phrase| phrase.split(' ').next()).map(str::to_owned).collect();
        guards
    }

    /// What is looked for as a phrase of one or more words.
    fn phrases(&self) -> impl Iterator<Item = &String> {
        let phrases = self.classes.keys().chain(&self.negation).chain(self.comparisons.keys());
        let phrases = phrases.chain(self.same.keys()).chain(self.directions.keys());
        phrases.chain(&self.light).chain(&self.clauses).chain(&self.steps).chain(self.kin.phrases.keys())
    }

    /// The words with which a number, or what stands for one, may begin.
    fn parts_of_numbers(&self) -> impl Iterator<Item = &String> {
        let words = self.numbers.keys().chain(&self.between).chain(&self.each).chain(&self.before);
        words
            .chain(self.fractions.keys())
            .chain(&self.pronouns)
            .chain(self.months.keys())
            .chain(&self.firsts)
            .chain(&self.joined)
            .chain(&self.times)
            .chain(&self.asking)
    }

    /// The words that are kin, by what words are compared by.
    fn kin(&self, value: &Value) -> Kin {
        let known = |word: &str| {
            let stem = self.stem(word);
            let class = self.same.get(word).or_else(|| self.same_stems.get(&stem)).map(|class| format!("={class}"));
            // All forms of a word that has an opposite are one there.
            let side = self.classes.get(word).filter(|(kind, _)| *kind == "side").map(|(_, key)| format!("#{key}"));
            [word.to_owned(), stem].into_iter().chain(class).chain(side).collect()
        };
        let forms = |word: &str| -> Vec<String> {
            let class = self.same.get(word);
            let of_class = self.same.iter().filter(|(_, other)| class == Some(*other)).map(|(form, _)| form);
            of_class.filter(|form| form.as_bytes().first() == word.as_bytes().first()).cloned().collect()
        };
        Kin::new(value, known, forms)
    }

    /// The phrases that may stand for each other.
    pub fn said(&self) -> &super::phrases::Phrases {
        self.said.get_or_init(|| super::phrases::Phrases::new(self.listed, self))
    }

    /// Whether a word is in no list, however it goes on.
    pub fn is_plain(&self, word: &str) -> bool {
        !self.first.contains(word)
    }

    /// A word in one spelling.
    pub fn spelt(&self, word: &str) -> String {
        let mut stem = word.to_owned();
        for Spelling { from, to, before, behind } in &self.spelling {
            let fits = |at: &usize| *at >= *before && stem.len() - at - from.len() >= *behind;
            // Most words are too short for most of them.
            if stem.len() >= before + from.len() + behind
                && let Some(at) = place_of(from, &stem).filter(fits)
            {
                stem.replace_range(at..at + from.len(), to);
            }
        }
        stem
    }

    /// A word without its ending and in one spelling.
    pub fn stem(&self, word: &str) -> String {
        let mut stem = self.spelt(word);
        let ending = self.endings.iter().find(|ending| {
            stem.strip_suffix(ending.as_str())
                .is_some_and(|rest| rest.chars().count() >= 3 && !(rest.ends_with('s') && *ending == "s"))
        });
        if let Some(ending) = ending {
            stem.truncate(stem.len() - ending.len());
        }
        let doubled = stem.len() > 3 && stem.as_bytes()[stem.len() - 1] == stem.as_bytes()[stem.len() - 2];
        if doubled && stem.is_ascii() {
            stem.pop();
        }
        stem
    }
}

/// Where a short text stands in a word; one compares sooner than one prepares a search.
fn place_of(part: &str, word: &str) -> Option<usize> {
    word.as_bytes().windows(part.len()).position(|window| window == part.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_can_be_read() {
        for (lang, text, kin, _) in LANGUAGES {
            assert!(Document::read(&Arc::from(*text), 0..text.len()).is_ok(), "{lang}");
            assert!(Document::read(&Arc::from(*kin), 0..kin.len()).is_ok(), "{lang}");
            let guards = Guards::new(lang, &GuardWords::default());
            assert!(guards.negation.len() > 5 && guards.units.len() > 20 && guards.numbers.len() > 12, "{lang}");
        }
    }

    #[test]
    fn words_of_one_kind_have_one_stem() {
        let guards = Guards::new("en", &GuardWords::default());
        for (a, b) in [("press", "pressing"), ("ordered", "orders"), ("randomised", "randomized"), ("booking", "book")]
        {
            assert_eq!(guards.stem(a), guards.stem(b), "{a} {b}");
        }
        assert_ne!(guards.stem("heal"), guards.stem("heel"));
    }
}
