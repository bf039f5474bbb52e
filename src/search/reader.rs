//! Reads the files of an index as the script in the browser reads them: words, corrections, texts of results.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use rustc_hash::FxHashMap;
use serde_json::Value;

use super::bits::Levels;
use super::code::{self, numbers, unscript};
use super::known::{FIRST, Known};
use super::spelling::{Near, distance, likely};
use super::words::{compare, fold};

/// The first file, and the others when they are asked for.
pub(super) struct Reader {
    files: FxHashMap<String, String>,
    one: bool,
    known: Option<Known>,
    pub core: Value,
    /// By page, its first unit; at the end the number of units.
    pub first: Vec<usize>,
    pub levels: Levels,
    shards: RefCell<FxHashMap<usize, Rc<Shard>>>,
}

/// A part of the vocabulary.
pub(super) struct Shard {
    texts: Vec<String>,
    folds: Vec<String>,
    stems: Vec<usize>,
    codes: Vec<Rc<str>>,
}

/// What a word was found as.
#[derive(Clone, Debug)]
pub(super) struct Stem {
    pub code: Rc<str>,
    pub rarity: usize,
    pub weight: usize,
    /// The form by which it was found.
    pub word: String,
    /// All folded forms of it.
    pub folds: Vec<String>,
}

/// The texts of a page: title, address, and of each unit heading, anchor and text.
pub(super) struct Texts {
    pub title: String,
    pub url: String,
    pub units: Vec<[String; 3]>,
}

impl Reader {
    /// Over the files as they are published. `None` when the first is not among them.
    pub fn new(files: &[(String, Arc<[u8]>)]) -> Option<Self> {
        let files: FxHashMap<String, String> =
            files.iter().filter_map(|(_, bytes)| unscript(std::str::from_utf8(bytes).ok()?)).collect();
        let core: Value = serde_json::from_str(files.get("index")?).ok()?;
        let mut first = vec![0];
        first.extend(numbers(core["units"].as_str()?).into_iter().scan(0, |sum, count| {
            *sum += count;
            Some(*sum)
        }));
        let one = core["one"] == true;
        let levels = Levels::of(first.len() - 1);
        let known = Known::read(&core["known"]);
        Some(Self { files, one, known, core, first, levels, shards: RefCell::default() })
    }

    fn part<'a>(&'a self, reference: &'a Value) -> &'a str {
        let name = reference.as_str().unwrap_or("");
        if self.one { name } else { self.files.get(name).map_or("", String::as_str) }
    }

    fn list(&self, name: &str) -> &[Value] {
        self.core[name].as_array().map_or(&[], Vec::as_slice)
    }

    /// The file in which a folded word stands, if in any.
    pub fn home(&self, word: &str) -> usize {
        let before = |entry: &Value| compare(entry[0].as_str().unwrap_or(""), word).is_le();
        self.list("words").partition_point(before).saturating_sub(1)
    }

    /// The same for the letters of a word.
    pub fn home_of(&self, word: &[u16]) -> usize {
        let before = |entry: &Value| entry[0].as_str().unwrap_or("").encode_utf16().le(word.iter().copied());
        self.list("words").partition_point(before).saturating_sub(1)
    }

    /// Whether the site has a folded word, as far as the first file knows.
    pub fn knows(&self, word: &str) -> bool {
        self.known.as_ref().is_none_or(|known| known.has(&word.encode_utf16().collect::<Vec<u16>>()))
    }

    /// Whether a folded word begins as none of the site's, as far as the first file can tell.
    pub fn is_strange(&self, word: &str) -> bool {
        self.known.is_none() || !self.knows(word)
    }

    /// Whether a word that another one may mean can be looked up with the files that a query loads for that one.
    pub fn reaches(&self, from: &str, to: &str) -> bool {
        self.home(to) == self.home(from) || self.is_strange(from) && self.knows(to)
    }

    fn shard(&self, at: usize) -> Option<Rc<Shard>> {
        if let Some(known) = self.shards.borrow().get(&at) {
            return Some(known.clone());
        }
        let entry = self.list("words").get(at)?;
        let shard = Rc::new(Shard::read(self.part(&entry[1])));
        self.shards.borrow_mut().insert(at, shard.clone());
        Some(shard)
    }

    /// The stems of a word: of the form as typed first, then of forms that differ by accents.
    pub fn stems(&self, word: &str) -> Vec<Stem> {
        let folded = fold(word);
        let Some(shard) = self.shard(self.home(&folded)) else { return Vec::new() };
        let end = shard.folds.partition_point(|other| compare(other, &folded).is_le());
        let mut found: Vec<(usize, usize)> = Vec::new();
        for at in (0..end).rev().take_while(|at| shard.folds[*at] == folded) {
            let weight = if shard.texts[at] == word { 10 } else { 9 };
            match found.iter_mut().find(|(stem, _)| *stem == shard.stems[at]) {
                Some(known) => known.1 = known.1.max(weight),
                None => found.push((shard.stems[at], weight)),
            }
        }
        found.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
        found.into_iter().map(|(at, weight)| shard.stem(at, weight, word)).collect()
    }

    /// Forms of the same stem, by the endings that the words of this site take.
    pub fn inflected(&self, word: &str) -> Vec<Stem> {
        let folded = fold(word);
        let pairs = self.list("endings").iter().filter_map(|pair| pair.as_str()?.split_once(','));
        for (a, b) in pairs.flat_map(|(a, b)| [(a, b), (b, a)]) {
            let Some(base) = folded.strip_suffix(a).filter(|base| base.chars().count() > 2) else { continue };
            let other = format!("{base}{b}");
            let found = if self.reaches(&folded, &other) { self.stems(&other) } else { Vec::new() };
            if !found.is_empty() {
                return found;
            }
        }
        Vec::new()
    }

    /// Words that begin so, the most frequent first.
    pub fn completions(&self, word: &str) -> Vec<Stem> {
        let folded = fold(word);
        let words = self.list("words");
        let at = self.home(&folded);
        let mut found = Vec::new();
        for next in [at, at + 1] {
            let follows = words.get(next).is_some_and(|w| w[0].as_str().is_some_and(|w| w.starts_with(&folded)));
            let Some(shard) = self.shard(next).filter(|_| next == at || follows) else { continue };
            let mut seen = Vec::new();
            for (place, _) in shard.folds.iter().enumerate().filter(|(_, form)| form.starts_with(&folded)) {
                if !seen.contains(&shard.stems[place]) {
                    seen.push(shard.stems[place]);
                    found.push(shard.stem(shard.stems[place], 10, &shard.texts[place]));
                }
            }
        }
        found.sort_by(|a, b| a.rarity.cmp(&b.rarity).then_with(|| compare(&a.word, &b.word)));
        found.truncate(8);
        found
    }

    /// The words that may be meant, most likely first.
    pub fn nearest(&self, word: &str, most: usize) -> Vec<String> {
        let others = self.known.as_ref().map_or_else(Vec::new, |known| known.files(word, self));
        let mut found: Vec<Near> = Vec::new();
        for shard in std::iter::once(self.home(word)).chain(others).filter_map(|at| self.shard(at)) {
            shard.near(word, most, &mut found);
        }
        // A word that says nothing is meant only when no other can be.
        if found.iter().any(|near| !self.stops(&near.word)) {
            found.retain(|near| !self.stops(&near.word));
        }
        likely(found)
    }

    /// The texts of a page.
    pub fn texts(&self, page: usize) -> Option<Texts> {
        let per = self.core["per"].as_u64()? as usize;
        let group = self.part(self.list("texts").get(page / per)?);
        let mut parts = group.split('\u{4}').nth(page % per)?.split('\u{2}').map(str::to_owned);
        let (title, url) = (parts.next()?, parts.next()?);
        let units = parts.map(|unit| {
            let mut fields = unit.splitn(3, '\u{3}').map(str::to_owned);
            let (heading, anchor) = (fields.next().unwrap_or_default(), fields.next().unwrap_or_default());
            [heading, anchor, fields.next().unwrap_or_else(|| "…".to_owned())]
        });
        Some(Texts { title, url, units: units.collect() })
    }

    /// Whether a word carries no meaning.
    pub fn stops(&self, word: &str) -> bool {
        self.core["stop"].as_str().is_some_and(|stop| stop.split(' ').any(|s| s == word))
    }
}

impl Shard {
    fn read(text: &str) -> Self {
        let mut shard = Self { texts: Vec::new(), folds: Vec::new(), stems: Vec::new(), codes: Vec::new() };
        let mut before = String::new();
        let (forms, codes) = text.split_once("||").unwrap_or((text, ""));
        shard.codes = codes.split('|').map(Rc::from).collect();
        let mut known = 0;
        for line in forms.split('|').filter(|line| !line.is_empty()) {
            let (form, back) = line.split_once(',').map_or((line, None), |(form, back)| (form, Some(back)));
            before = unfold(&before, form);
            shard.folds.push(fold(&before));
            shard.texts.push(before.clone());
            match back {
                Some(back) => {
                    let back = numbers(back).first().copied().unwrap_or(0);
                    shard.stems.push((known - 1_usize).saturating_sub(back));
                }
                None => {
                    shard.stems.push(known);
                    known += 1;
                }
            }
        }
        shard
    }

    /// Adds the words that are so near another one.
    fn near(&self, word: &str, most: usize, found: &mut Vec<Near>) {
        let length = word.encode_utf16().count();
        for (at, other) in self.folds.iter().enumerate() {
            let long = other.encode_utf16().count();
            let again = at > 0 && self.folds[at - 1] == *other;
            if again || long < 3 || long.abs_diff(length) * 6 > most || !other.chars().all(char::is_alphabetic) {
                continue;
            }
            let apart = distance(word, other, most);
            if apart <= most {
                // The rarity of a word is a logarithm.
                let rarity = self.codes[self.stems[at]].bytes().next().map_or(0, code::value);
                let first = if other.encode_utf16().next() == word.encode_utf16().next() { 0 } else { FIRST };
                found.push(Near { cost: apart * 4 + rarity * 2 / 3 + first, word: other.clone() });
            }
        }
    }

    fn stem(&self, at: usize, weight: usize, word: &str) -> Stem {
        let code = self.codes[at].clone();
        let folds = self.folds.iter().zip(&self.stems).filter(|(_, stem)| **stem == at).map(|(fold, _)| fold.clone());
        Stem {
            rarity: code.bytes().next().map_or(0, code::value),
            code,
            weight,
            word: word.to_owned(),
            folds: folds.collect(),
        }
    }
}

/// A word from the one before it and a line that starts with the number of characters both share.
fn unfold(before: &str, line: &str) -> String {
    let common = line.bytes().next().map_or(0, code::value);
    before.chars().take(common).chain(line.get(1..).unwrap_or("").chars()).collect()
}
