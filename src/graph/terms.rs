//! Lists the names that may become links: titles and synonyms, what they are called in running text, and words that authors
//! linked.

use std::collections::BTreeMap;

use rustc_hash::{FxHashMap, FxHashSet};
use serde_json::Value;

use super::Parts;
use super::collect::Collected;
use super::names::Names;
use crate::parse::{Article, Id};
use crate::schema::Autolink;
use crate::text::name_key;

/// The longest term, in words.
pub(super) const LONGEST: usize = 8;

/// A name that may become a link.
#[derive(Clone, Debug, Hash)]
pub(super) struct Term {
    pub words: Vec<String>,
    /// What it names; more than one where it is ambiguous.
    pub targets: Vec<Id>,
    /// For a name in capitals only, as in TMJ: it matches in this form alone.
    pub capitals: Option<String>,
    /// Words of which one must stand in the same section.
    pub needs: Vec<String>,
    /// Whether a link must be worth it: the names of articles, and words that authors linked. The names of a registry
    /// that says `autolink: first` are linked wherever they mean what they name.
    pub ranked: bool,
    /// Whether the name is written with a capital, on a site whose names tell proper names from words so.
    pub proper: Option<bool>,
    /// Written with a capital inside: no everyday word.
    pub coded: bool,
    /// As its page writes it, in lower case; empty for words that authors linked.
    pub form: String,
}

/// What tells two terms apart: the folded words, and the only form they may have.
type Key = (Vec<String>, Option<String>);

/// The names of everything that may be linked without an author's hand.
pub(super) fn list(collected: &Collected, names: &Names, phrases: &[(String, Id)], parts: &Parts<'_>) -> Vec<Term> {
    let stop: FxHashSet<String> = parts.config.autolink.stop.iter().map(|word| name_key(word)).collect();
    let mut list = List { terms: Vec::new(), known: FxHashMap::default(), stop };
    let mut short: BTreeMap<String, Vec<(&Article, String)>> = BTreeMap::new();
    for article in collected.articles.values().filter(|article| article.url.is_some()) {
        let policy = policy(article, parts);
        if policy == Autolink::Off {
            continue;
        }
        let ranked = !parts.schema.registries.contains_key(&article.id.registry);
        for name in std::iter::once(&article.title).chain(&article.names) {
            let key = name_key(name);
            if policy == Autolink::First || key.contains(' ') {
                list.add(&key, targets(names.named(&key), collected, parts), Named { article, name, ranked });
            }
        }
        for name in spoken(&article.title).filter(|_| ranked) {
            short.entry(name_key(&name)).or_default().push((article, name));
        }
    }
    for (key, owners) in &short {
        if let ([(article, name)], []) = (owners.as_slice(), names.named(key)) {
            list.add(key, vec![article.id.clone()], Named { article, name, ranked: true });
        }
    }
    for (phrase, target) in phrases {
        let target = collected.articles.get(target).filter(|article| article.url.is_some());
        if let Some(target) = target.filter(|article| policy(article, parts) != Autolink::Off) {
            list.learn(phrase, &target.id);
        }
    }
    // Where every title has its capital, a capital tells nothing.
    let plain = list.terms.iter().filter(|term| term.proper == Some(false)).count();
    if plain * 10 < list.terms.iter().filter(|term| term.proper.is_some()).count() {
        list.terms.iter_mut().for_each(|term| term.proper = None);
    }
    list.terms
}

/// The terms found so far.
struct List {
    terms: Vec<Term>,
    known: FxHashMap<Key, usize>,
    stop: FxHashSet<String>,
}

/// A name as an article writes it.
struct Named<'a> {
    article: &'a Article,
    name: &'a str,
    ranked: bool,
}

impl List {
    fn add(&mut self, key: &str, targets: Vec<Id>, Named { article, name, ranked }: Named<'_>) {
        let words: Vec<String> = key.split(' ').map(str::to_owned).collect();
        if key.len() < 2 || words.len() > LONGEST || self.stop.contains(key) {
            return;
        }
        let capitals = is_capitals(name).then(|| name.to_owned());
        if self.is_new(&words, capitals.as_ref()) {
            let proper = ranked.then(|| name.starts_with(char::is_uppercase));
            let (needs, coded, form) = (needs(article), is_coded(name), name.to_lowercase().replace('-', " "));
            self.terms.push(Term { words, targets, capitals, needs, ranked, proper, coded, form });
        }
    }

    /// Takes in words that authors linked. What two articles are called means the one that authors mean by it.
    fn learn(&mut self, phrase: &str, target: &Id) {
        let words: Vec<String> = phrase.split(' ').map(str::to_owned).collect();
        if words.len() > LONGEST || self.stop.contains(phrase) {
            return;
        }
        if let Some(at) = self.known.get(&(words.clone(), None)) {
            let term = &mut self.terms[*at];
            if term.ranked && term.targets.len() > 1 && term.targets.contains(target) {
                term.targets = vec![target.clone()];
            }
        } else if !self.has_part(&words, target) && self.is_new(&words, None) {
            let targets = vec![target.clone()];
            let (capitals, needs, form) = (None, Vec::new(), String::new());
            self.terms.push(Term { words, targets, capitals, needs, ranked: true, proper: None, coded: false, form });
        }
    }

    /// Whether a part of some words is a name that is linked without them: one of the same thing, or one of a registry.
    fn has_part(&self, words: &[String], target: &Id) -> bool {
        let known = |part: &[String]| {
            let at = self.known.get(&(part.to_vec(), None));
            at.is_some_and(|at| !self.terms[*at].ranked || self.terms[*at].targets.contains(target))
        };
        (1..words.len()).any(|length| words.windows(length).any(known))
    }

    fn is_new(&mut self, words: &[String], capitals: Option<&String>) -> bool {
        let at = self.terms.len();
        *self.known.entry((words.to_vec(), capitals.cloned())).or_insert(at) == at
    }
}

/// What a title is called in running text: without what stands in parentheses at its end to tell it from others, and
/// with spaces between the words of a WikiWord.
fn spoken(title: &str) -> impl Iterator<Item = String> + use<> {
    let bare = title.strip_suffix(')').and_then(|rest| rest.rsplit_once('('));
    let bare = bare.map(|(name, _)| name.trim_end().to_owned()).filter(|name| !name.is_empty());
    bare.into_iter().chain(is_coded(title).then(|| apart(title)))
}

/// A name in one word with a space before each capital that follows a small letter.
fn apart(name: &str) -> String {
    let mut words = String::with_capacity(name.len() + 4);
    for c in name.chars() {
        if c.is_uppercase() && words.ends_with(char::is_lowercase) {
            words.push(' ');
        }
        words.push(c);
    }
    words
}

fn policy(article: &Article, parts: &Parts<'_>) -> Autolink {
    match article.fields.get("autolink").and_then(Value::as_str) {
        Some("first") => return Autolink::First,
        Some("off") => return Autolink::Off,
        _ => {}
    }
    let kind = parts.schema.kinds.get(&article.kind).and_then(|kind| kind.autolink);
    let registry = parts.schema.registries.get(&article.id.registry).map(|registry| registry.autolink);
    match (kind, registry) {
        (Some(true), _) => Autolink::First,
        (Some(false), _) | (None, None) => Autolink::Off,
        (None, Some(registry)) => registry,
    }
}

/// What a name stands for: things that are no link targets do not make it ambiguous.
fn targets(named: &[Id], collected: &Collected, parts: &Parts<'_>) -> Vec<Id> {
    let wanted = |id: &&Id| {
        collected
            .articles
            .get(*id)
            .is_some_and(|article| article.url.is_some() && policy(article, parts) != Autolink::Off)
    };
    named.iter().filter(wanted).cloned().collect()
}

fn needs(article: &Article) -> Vec<String> {
    article.list("needs").map(str::to_lowercase).collect()
}

/// Whether a name is one word with a capital inside, which no everyday word has: JavaScript.
fn is_coded(name: &str) -> bool {
    let mut pairs = name.chars().zip(name.chars().skip(1));
    !name.contains(char::is_whitespace) && pairs.any(|(a, b)| a.is_lowercase() && b.is_uppercase())
}

fn is_capitals(name: &str) -> bool {
    name.chars().count() >= 2
        && name.chars().all(|c| c.is_uppercase() || c.is_ascii_digit())
        && name.chars().any(char::is_uppercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_as_they_are_spoken() {
        let spoken = |title: &str| spoken(title).collect::<Vec<_>>();
        assert_eq!(spoken("Mercury (planet)"), ["Mercury"]);
        assert_eq!(spoken("ListWidget"), ["List Widget"]);
        assert_eq!(spoken("(untitled)"), [""; 0]);
        assert_eq!(spoken("Plain title"), [""; 0]);
    }
}
