//! Turns lists of words that may stand for each other, and of endings that leave a word's meaning alone, into an answer: are two words kin?
//!
//! A word of [`super::guards::Guards::same`] is always the other one. Kin is less: it counts only for words that are left
//! over where everything else is told alike, so a word may be in many groups.

use rustc_hash::{FxHashMap, FxHashSet};
use serde_json::Value;

use super::lists::{list, split};

/// Words that may stand for each other.
#[derive(Default)]
pub(crate) struct Kin {
    /// By word, stem or class, the groups that it is in.
    groups: FxHashMap<String, Vec<u32>>,
    /// Words that say next to nothing where they are left over.
    slight: FxHashSet<String>,
    /// By ending, the groups of endings that words of one root have: to remove, the removal.
    endings: FxHashMap<String, Vec<u32>>,
    /// Phrases in all their forms, by what they are called.
    pub phrases: FxHashMap<String, String>,
    /// What things are, beside their names: the river Wend.
    pub heads: Vec<String>,
    /// What may stand inside a phrase: "take it off".
    pub objects: FxHashSet<String>,
    /// By word, stem or class, the pairs of contraries that it is in, and whether it is the first there: wet, dry.
    contraries: FxHashMap<String, Vec<(u32, bool)>>,
    /// By word, stem or class, the groups of words of little meaning of their own: go, put, lie.
    loose: FxHashMap<String, Vec<u32>>,
    /// What leads to a thing, and does not end such a phrase: "refer it to".
    pub leading: FxHashSet<String>,
}

/// The letters that words of one root have in common, at least.
const ROOT: usize = 4;

impl Kin {
    /// Reads the lists of a language; `known` gives what a word is compared by, and `forms` the irregular forms of a word.
    pub fn new(value: &Value, known: impl Fn(&str) -> Vec<String>, forms: impl Fn(&str) -> Vec<String>) -> Self {
        let mut kin = Self::default();
        for (group, words) in (0..).zip(list(value, "kin")) {
            for word in split(words) {
                if word.contains(' ') {
                    inflected(word, &forms).for_each(|form| _ = kin.phrases.insert(form, word.to_owned()));
                }
                for key in known(word) {
                    let groups = kin.groups.entry(key).or_default();
                    if groups.last() != Some(&group) {
                        groups.push(group);
                    }
                }
            }
        }
        kin.slight = list(value, "slight").flat_map(|word| known(word).into_iter().take(2)).collect();
        for phrase in list(value, "slight").filter(|phrase| phrase.contains(' ')) {
            inflected(phrase, &forms).for_each(|form| _ = kin.phrases.insert(form, phrase.to_owned()));
        }
        for (group, endings) in (0..).zip(list(value, "roots")) {
            endings.split('/').for_each(|ending| kin.endings.entry(ending.to_owned()).or_default().push(group));
        }
        for (group, words) in (0..).zip(list(value, "loose")) {
            for key in split(words).flat_map(&known) {
                let groups = kin.loose.entry(key).or_default();
                if groups.last() != Some(&group) {
                    groups.push(group);
                }
            }
        }
        for (pair, words) in (0..).zip(list(value, "contraries")) {
            for (word, first) in split(words).zip([true, false]) {
                known(word).into_iter().for_each(|key| kin.contraries.entry(key).or_default().push((pair, first)));
            }
        }
        kin.heads = list(value, "heads").map(str::to_owned).collect();
        kin.leading = list(value, "leading").map(str::to_owned).collect();
        kin.objects = list(value, "objects").map(str::to_owned).collect();
        kin
    }

    /// Whether one of the things that a word is known by is in the list of those that say next to nothing.
    pub fn is_slight<'k>(&self, mut keys: impl Iterator<Item = &'k str>) -> bool {
        keys.any(|key| self.slight.contains(key))
    }

    /// Whether a word, or what it is compared by, is in a group.
    pub fn knows(&self, key: &str) -> bool {
        self.groups.contains_key(key)
    }

    /// Whether two words are in one group.
    pub fn share<'k>(&self, a: impl Iterator<Item = &'k str>, b: impl Iterator<Item = &'k str> + Clone) -> bool {
        let groups = |key: &str| self.groups.get(key).into_iter().flatten();
        a.flat_map(groups).any(|group| b.clone().flat_map(groups).any(|other| other == group))
    }

    /// Whether two words say so little that one may stand for the other where all else is the same.
    pub fn are_loose<'k>(&self, a: impl Iterator<Item = &'k str>, b: impl Iterator<Item = &'k str> + Clone) -> bool {
        let groups = |key: &str| self.loose.get(key).into_iter().flatten();
        a.flat_map(groups).any(|group| b.clone().flat_map(groups).any(|other| other == group))
    }

    /// Whether two words are such that what one of them says is what the other denies.
    pub fn are_contrary<'k>(&self, a: impl Iterator<Item = &'k str>, b: impl Iterator<Item = &'k str> + Clone) -> bool {
        let pairs = |key: &str| self.contraries.get(key).into_iter().flatten();
        a.flat_map(pairs).any(|(pair, first)| b.clone().flat_map(pairs).any(|other| *other == (*pair, !first)))
    }

    /// Whether two words differ only in endings that words of one root have.
    pub fn one_root(&self, a: &str, b: &str) -> bool {
        let same = a.char_indices().zip(b.chars()).take_while(|((_, x), y)| x == y).last();
        let Some(same) = same.map(|((at, c), _)| at + c.len_utf8()) else { return false };
        // Some letters of the root may change: apply, application.
        (same.saturating_sub(1)..=same).rev().filter(|cut| *cut >= ROOT).any(|cut| {
            let groups = |word: &str| word.get(cut..).and_then(|rest| self.endings.get(rest)).into_iter().flatten();
            (cut > ROOT || a.len().min(b.len()) <= ROOT + 1) && groups(a).any(|x| groups(b).any(|y| x == y))
        })
    }
}

/// A phrase with its first word in all its forms.
fn inflected<'p>(phrase: &'p str, forms: &impl Fn(&str) -> Vec<String>) -> impl Iterator<Item = String> + 'p {
    let (first, rest) = phrase.split_once(' ').unwrap_or((phrase, ""));
    let mut all = forms(first);
    let bare = first.strip_suffix('e').unwrap_or(first);
    let doubled = first.chars().next_back().unwrap_or(' ');
    all.extend([
        first.to_owned(),
        format!("{first}s"),
        format!("{first}es"),
        format!("{bare}ing"),
        format!("{bare}ed"),
    ]);
    all.extend([format!("{first}{doubled}ing"), format!("{first}{doubled}ed")]);
    if let Some(stem) = first.strip_suffix('y') {
        all.extend([format!("{stem}ies"), format!("{stem}ied")]);
    }
    all.into_iter().map(move |form| format!("{form} {rest}"))
}
