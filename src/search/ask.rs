//! Turns a query into groups of alternatives, one for each of its words that the site has in some form.

use serde_json::Value;

use super::known::WHOLE;
use super::reader::{Reader, Stem};
use super::spelling::patience;
use super::words::{fold, words};

/// Characters and words read of a query.
const MOST_TEXT: usize = 2_000;
const MOST_WORDS: usize = 100;

/// A query as the index understands it.
pub(super) struct Asked {
    pub all: Vec<String>,
    /// Without the words that say nothing.
    pub kept: Vec<String>,
    /// (as typed, as searched)
    pub corrected: Vec<(String, String)>,
    pub groups: Vec<Group>,
}

/// A word of the query.
pub(super) struct Group {
    at: usize,
    pub word: String,
    pub rarity: usize,
    pub list: Vec<Alternative>,
}

/// One way to have the word: a stem, or a phrase of several.
pub(super) struct Alternative {
    pub stems: Vec<Stem>,
    /// A unit that has the word for a name.
    pub unit: Option<usize>,
    pub weight: usize,
    pub way: &'static str,
    pub word: String,
}

/// The words of a text.
pub(super) fn words_of(text: &str) -> Vec<String> {
    let mut list = Vec::new();
    words(text, &mut |word| list.push(word.to_owned()));
    list
}

/// A word as synonyms and signs of danger are compared.
pub(super) fn key(word: &str) -> String {
    let folded = fold(word);
    let plural = folded.len() > 3 && folded.ends_with('s') && !folded.ends_with("ss");
    if plural { folded[..folded.len() - 1].to_owned() } else { folded }
}

/// Understands a query; a literal one without corrections and synonyms.
pub(super) fn ask(reader: &Reader, query: &str, literal: bool) -> Asked {
    let all: Vec<String> = words_of(cut(query)).into_iter().take(MOST_WORDS).collect();
    let full: Vec<String> = all.iter().filter(|word| !reader.stops(word)).cloned().collect();
    let kept = if full.is_empty() { all.clone() } else { full };
    let keys: Vec<String> = kept.iter().map(|word| key(word)).collect();
    let named = if literal { vec![false; kept.len()] } else { named(reader, &keys) };
    let mut asking =
        Asking { reader, literal, kept: &kept, named, corrected: Vec::new(), groups: Vec::new(), seen: Vec::new() };
    let mut at = 0;
    while at < kept.len() {
        at += asking.word(at);
    }
    if !literal {
        asking.synonyms(&keys);
    }
    let Asking { corrected, groups, .. } = asking;
    Asked { corrected, groups, all, kept }
}

/// By word, whether the site's synonyms and names have it, alone or in a phrase that the query has.
fn named(reader: &Reader, keys: &[String]) -> Vec<bool> {
    let mut named = vec![false; keys.len()];
    let groups = reader.core["synonyms"].as_array().into_iter().flatten();
    let phrases = groups.flat_map(|group| group[1].as_array().into_iter().flatten()).filter_map(Value::as_str);
    for phrase in phrases {
        let words = || phrase.split(' ').map(key);
        if words().all(|word| keys.contains(&word)) {
            words().for_each(|word| keys.iter().zip(&mut named).for_each(|(known, named)| *named |= *known == word));
        }
    }
    named
}

/// The beginning of a text, as long as the script reads.
fn cut(text: &str) -> &str {
    let mut units = 0;
    let end = text.char_indices().find(|(_, c)| {
        units += c.len_utf16();
        units > MOST_TEXT
    });
    end.map_or(text, |(end, _)| &text[..end])
}

struct Asking<'a> {
    reader: &'a Reader,
    literal: bool,
    kept: &'a [String],
    named: Vec<bool>,
    corrected: Vec<(String, String)>,
    groups: Vec<Group>,
    seen: Vec<String>,
}

impl Asking<'_> {
    fn add(&mut self, at: usize, word: &str, found: Vec<Stem>, way: &'static str) {
        let known = |text: &str| self.seen.iter().any(|seen| seen == text);
        if known(word) || found.first().is_some_and(|stem| known(&stem.code)) {
            return;
        }
        self.seen.push(word.to_owned());
        self.seen.extend(found.first().map(|stem| stem.code.to_string()));
        let rarity = found.iter().map(|stem| stem.rarity).min().unwrap_or(0);
        // Any of its completions may be meant by the beginning of a word.
        let mean = |sum: usize| (2 * sum + found.len()) / (2 * found.len().max(1));
        let rarity = if way == "prefix" { mean(found.iter().map(|stem| stem.rarity).sum()) } else { rarity };
        let list = found.into_iter().enumerate().map(|(n, stem)| Alternative {
            weight: if way == "prefix" && n > 0 { 8 } else { stem.weight },
            way,
            word: stem.word.clone(),
            unit: None,
            stems: vec![stem],
        });
        let group = Group { at, word: word.to_owned(), rarity, list: list.collect() };
        self.groups.push(group);
    }

    /// One word; how many of the query's were used.
    fn word(&mut self, at: usize) -> usize {
        let word = &self.kept[at];
        let mut found = self.reader.stems(word);
        if found.is_empty() {
            found = self.reader.inflected(word);
        }
        // A word that the site has another one for is no slip, though it stands in no text.
        if !found.is_empty() || self.named[at] {
            self.add(at, word, found, "");
            return 1;
        }
        if at + 1 == self.kept.len() && word.encode_utf16().count() > 1 {
            found = self.reader.completions(word);
        }
        if !found.is_empty() || self.literal {
            let way = if found.is_empty() { "" } else { "prefix" };
            self.add(at, word, found, way);
            return 1;
        }
        self.unknown(at, word)
    }

    /// A word that the site has in no form: joined with the next, corrected, or cut in two.
    fn unknown(&mut self, at: usize, word: &str) -> usize {
        if let Some(next) = self.kept.get(at + 1) {
            let both = format!("{word}{next}");
            let reached = self.reader.reaches(&fold(word), &fold(&both));
            let joined = if reached { self.reader.stems(&both) } else { Vec::new() };
            if !joined.is_empty() {
                self.corrected.push((word.to_owned(), both));
                self.add(at, &format!("{word} {next}"), joined, "corrected");
                return 2;
            }
        }
        let folded = fold(word);
        let most = patience(word.encode_utf16().count());
        let meant = if most > 0 { self.reader.nearest(&folded, most) } else { Vec::new() };
        if let Some((a, b)) = if meant.is_empty() { self.apart(&folded) } else { None } {
            self.corrected.push((word.to_owned(), format!("{a} {b}")));
            for part in [a, b] {
                let stems = self.reader.stems(&part);
                self.add(at, &part, stems, "corrected");
            }
            return 1;
        }
        self.corrected.extend(meant.first().map(|best| (word.to_owned(), best.clone())));
        let stems = meant.iter().flat_map(|other| self.reader.stems(other)).collect();
        self.add(at, word, stems, "corrected");
        1
    }

    /// Two words written as one: the first is long where the whole begins as a word of the site.
    fn apart(&self, word: &str) -> Option<(String, String)> {
        let letters: Vec<char> = word.chars().collect();
        let least = if self.reader.is_strange(word) { 3 } else { WHOLE };
        (least..letters.len().saturating_sub(2)).find_map(|at| {
            let (a, b): (String, String) = (letters[..at].iter().collect(), letters[at..].iter().collect());
            let known = |part: &str| self.reader.knows(part) && !self.reader.stems(part).is_empty();
            (known(&a) && known(&b)).then_some((a, b))
        })
    }

    /// Phrases that mean the same as words of the query, and pages that have them for a name.
    fn synonyms(&mut self, keys: &[String]) {
        let total: usize = self.groups.iter().map(|group| group.rarity).sum();
        let groups = self.reader.core["synonyms"].as_array().map_or(&[][..], Vec::as_slice);
        for (_, first) in keys.iter().enumerate().filter(|(at, word)| !keys[..*at].contains(word)) {
            for group in groups {
                self.group(group, first, keys, total);
            }
        }
    }

    /// A group of phrases, as far as the query has one that begins with a word.
    fn group(&mut self, group: &Value, first: &str, keys: &[String], total: usize) {
        let phrases = || group[1].as_array().into_iter().flatten().filter_map(Value::as_str);
        let page = group[0].as_u64().and_then(|page| self.reader.first.get(page as usize)).copied();
        for said in phrases() {
            let words: Vec<String> = said.split(' ').map(key).collect();
            if words.first().is_none_or(|word| word != first) {
                continue;
            }
            let places: Option<Vec<usize>> =
                words.iter().map(|word| keys.iter().position(|known| known == word)).collect();
            for place in places.iter().flatten() {
                // The more of the query a name is, by rarity, the more its page answers it.
                let rarity = |place: &usize| self.groups.iter().find(|g| g.at == *place).map_or(0, |g| g.rarity);
                let sum: usize = places.iter().flatten().map(rarity).sum();
                let weight = (20 * sum + total) / (2 * total).max(1);
                self.named(*place, said, page, weight);
                phrases().filter(|phrase| *phrase != said).for_each(|phrase| self.synonym(*place, phrase));
            }
        }
    }

    /// A page whose name stands in the query answers its words with full strength.
    fn named(&mut self, at: usize, name: &str, unit: Option<usize>, weight: usize) {
        let (Some(unit), Some(group), 1..) = (unit, self.groups.iter_mut().find(|group| group.at == at), weight) else {
            return;
        };
        let way = Alternative { stems: Vec::new(), unit: Some(unit), weight, way: "", word: name.to_owned() };
        group.list.push(way);
    }

    fn synonym(&mut self, at: usize, phrase: &str) {
        let parts: Option<Vec<Stem>> =
            phrase.split(' ').map(|word| self.reader.stems(word).into_iter().next()).collect();
        let (Some(parts), Some(group)) = (parts, self.groups.iter_mut().find(|group| group.at == at)) else { return };
        if group.rarity == 0 {
            group.rarity = parts.iter().map(|stem| stem.rarity).max().unwrap_or(0);
        }
        group.list.push(Alternative { stems: parts, unit: None, weight: 6, way: "synonym", word: phrase.to_owned() });
    }
}
