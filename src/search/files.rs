//! Turns merged words and the texts of results into the files of the index: few, each a script, small for one query.

use std::sync::Arc;

use rayon::prelude::*;
use serde_json::{Value, json};

use super::code::{digit, length, push_number, push_postings, script};
use super::endings::endings;
use super::merge::{Form, Merged};
use super::settings::Settings;
use super::strength::Lists;
use crate::hash::Digest;

/// Up to this many bytes, about 150 kB compressed, everything is in the first file.
const ONE_FILE: usize = 380_000;
/// Files of a site of up to 10,000 pages, and for each page beyond.
const FILES: usize = 146;
const FILES_FOR: usize = 10_000;
const SPELLING_FILES: usize = 8;
/// A file smaller than this is not worth a request.
const LEAST: usize = 5_000;
/// Words of one query, which compress half as well as texts, and results shown: for them the sizes are balanced.
const QUERY_WORDS: usize = 2 * 3;
const RESULTS: usize = 9;
/// Postings for each file that a site may have, and of one stem, at least and at most: the strongest stay, where a site
/// has more (pruning by term, Carmel et al., 2001), so that a query loads about as much from a large site as from a small.
const POSTINGS: usize = 15_000;
const LEAST_POSTINGS: usize = 250;
const MOST_POSTINGS: usize = 3_000;
/// How often the size of files is tried before they are made.
const SIZES_TRIED: usize = 4;
/// Forms offered as corrections.
const MOST_SPELLINGS: usize = 60_000;
/// Longest common start of two words that is written as one digit.
const MOST_COMMON: usize = 60;

/// How many postings a site may have.
pub(super) fn budget(pages: usize) -> usize {
    POSTINGS * allowed(pages)
}

/// Writes all files as (name below `search/`, text). `texts` are what results show, by page of the index.
pub(super) fn write(merged: &Merged, texts: &[&[Arc<str>; 2]], settings: &Settings) -> Vec<(String, String)> {
    let most = most_postings(&merged.lists, budget(texts.len()));
    let stems = merged.rarity.par_iter().enumerate().with_min_len(64);
    let coded = |out: &mut String, (stem, rarity): (usize, &u8)| code(out, *rarity, merged.lists.get(stem), most);
    let codes: Vec<Box<str>> = stems.map_init(String::new, coded).collect();
    let words = Words::new(&merged.forms, &codes);
    let spellings = spellings(&merged.forms);
    let sizes = Sizes::new(words.size(), spellings.iter().map(|(word, _)| word.len()).sum(), texts);
    let mut files = Vec::new();
    let mut add = |kind: &str, text: String| {
        if sizes.one {
            return Value::String(text);
        }
        let name = format!("{kind}{}.{}", files.len(), Digest::of_bytes(text.as_bytes()).short(8));
        files.push((format!("{name}.js"), script(&name, &text)));
        Value::String(name)
    };
    let words: Vec<Value> =
        words.files(sizes.words).into_iter().map(|(first, text)| json!([first, add("w", text)])).collect();
    let spelling: Vec<Value> = spelling_files(&spellings, sizes.spelling)
        .into_iter()
        .map(|(first, text)| json!([first, add("s", text)]))
        .collect();
    let shown: Vec<Value> = texts
        .chunks(sizes.pages)
        .map(|group| add("t", group.iter().map(|text| text.concat()).collect::<Vec<_>>().join("\u{4}")))
        .collect();
    let facets = settings.facets.as_ref().map(|facets| add("f", facets.to_string()));
    let mut units = String::new();
    merged.first.windows(2).for_each(|pair| push_number(&mut units, (pair[1] - pair[0]) as usize));
    let core = json!({
        "one": sizes.one, "units": units, "sorts": settings.sorts, "runs": settings.runs, "kinds": settings.kinds, "lang": settings.lang,
        "stop": settings.stop, "synonyms": settings.synonyms, "danger": settings.danger, "words": words,
        "endings": endings(&merged.forms, merged.rarity.len()),
        "spelling": spelling, "texts": shown, "per": sizes.pages, "facets": facets,
    });
    files.push(("index.js".to_owned(), script("index", &core.to_string())));
    files
}

/// How much goes into one file.
struct Sizes {
    one: bool,
    /// Files of words, bytes of corrections, pages of texts.
    words: usize,
    spelling: usize,
    pages: usize,
}

impl Sizes {
    fn new(words: usize, spelling: usize, texts: &[&[Arc<str>; 2]]) -> Self {
        let shown: usize = texts.iter().copied().flatten().map(|text| text.len()).sum();
        if words + spelling + shown < ONE_FILE {
            return Self { one: true, words: 1, spelling: usize::MAX, pages: texts.len().max(1) };
        }
        // Of so many files, the share of the words for which a query loads the fewest bytes.
        let allowed = allowed(texts.len()) - SPELLING_FILES;
        let (a, b) = (((QUERY_WORDS * words) as f64).sqrt(), ((RESULTS * shown) as f64).sqrt());
        let for_words = ((allowed as f64) * a / (a + b).max(1.0)) as usize;
        let for_texts = (allowed - for_words).min(shown / LEAST).max(1);
        Self {
            one: false,
            words: for_words.min(words / LEAST).max(1),
            spelling: (spelling / SPELLING_FILES).max(2 * LEAST),
            pages: texts.len().div_ceil(for_texts).max(1),
        }
    }
}

/// Files that a site of so many pages may have beside the first.
fn allowed(pages: usize) -> usize {
    FILES.max(pages * FILES / FILES_FOR)
}

/// How many postings of a stem stay, so that all together are about `budget`.
fn most_postings(lists: &Lists, budget: usize) -> usize {
    let (mut low, mut high) = (LEAST_POSTINGS, MOST_POSTINGS);
    while low < high {
        let most = (low + high).div_ceil(2);
        let kept: usize = lists.lengths().map(|length| length.min(most)).sum();
        if kept > budget { high = most - 1 } else { low = most }
    }
    low
}

/// The vocabulary with what its stems say.
struct Words<'a> {
    forms: &'a [Form],
    codes: &'a [Box<str>],
    /// By form, the bytes it has in common with the one before it, and whether a file may start with it.
    common: Vec<usize>,
    free: Vec<bool>,
}

impl<'a> Words<'a> {
    fn new(forms: &'a [Form], codes: &'a [Box<str>]) -> Self {
        let before = std::iter::once("").chain(forms.iter().map(|form| form.text.as_str()));
        let common = before.zip(forms).map(|(before, form)| form.text.len() - common(before, &form.text).1.len());
        Self { forms, codes, common: common.collect(), free: cuts(forms) }
    }

    fn size(&self) -> usize {
        self.cut(usize::MAX).1
    }

    /// Files of lines: the folded text with which each starts, and its lines. About as many as asked for, and no more.
    fn files(&self, most: usize) -> Vec<(String, String)> {
        let (mut starts, whole) = self.cut(usize::MAX);
        if most > 1 {
            let (mut low, mut high) = (whole / most / 4, 2 * whole / most);
            for _ in 0..SIZES_TRIED {
                let size = (low + high) / 2;
                if self.cut(size).0.len() > most { low = size } else { high = size }
            }
            starts = self.cut(high).0;
        }
        let ends = starts.iter().skip(1).copied().chain([self.forms.len()]);
        let ranges: Vec<(usize, usize)> = starts.iter().copied().zip(ends).collect();
        let new = || Seen::new(self.codes.len());
        let one = |seen: &mut Seen, (from, end): &(usize, usize)| {
            seen.clear();
            (self.forms[*from].fold.clone(), self.shard(&self.forms[*from..*end], seen))
        };
        ranges.par_iter().map_init(new, one).collect()
    }

    /// Where files of a size start, and the size of all together. A file ends where no stem is on both sides, or when it
    /// has grown to twice its size.
    fn cut(&self, size: usize) -> (Vec<usize>, usize) {
        let (mut starts, mut own, mut all) = (Vec::new(), 0, 0);
        let mut seen = Seen::new(self.codes.len());
        for (at, form) in self.forms.iter().enumerate() {
            if at == 0 || own >= size && (self.free[at] || own / 2 >= size) {
                starts.push(at);
                all += own;
                own = 0;
                seen.clear();
            }
            let code = match seen.back(form.stem) {
                Some(back) => 1 + length(back),
                None => self.codes[form.stem as usize].len(),
            };
            let line = form.text.len() + 2 + code;
            own += if own > 0 { line + 1 - self.common[at] } else { line };
        }
        (starts, all + own)
    }

    /// The lines of some forms. The first form of a stem in a file holds the postings.
    fn shard(&self, forms: &[Form], seen: &mut Seen) -> String {
        let mut text = String::new();
        let mut before = "";
        for form in forms {
            let (common, rest) = common(before, &form.text);
            if !before.is_empty() {
                text.push('|');
            }
            text.push(digit(common));
            text.push_str(rest);
            text.push(',');
            match seen.back(form.stem) {
                Some(back) => {
                    text.push(',');
                    push_number(&mut text, back);
                }
                None => text.push_str(&self.codes[form.stem as usize]),
            }
            before = &form.text;
        }
        text
    }
}

/// The stems of a file in the order of their first forms.
struct Seen {
    /// By stem, the file, and its place in it.
    places: Vec<(u32, u32)>,
    file: u32,
    count: u32,
}

impl Seen {
    fn new(stems: usize) -> Self {
        Self { places: vec![(0, 0); stems], file: 1, count: 0 }
    }

    fn clear(&mut self) {
        (self.file, self.count) = (self.file + 1, 0);
    }

    /// How many stems were new since this one; none where it is new itself.
    fn back(&mut self, stem: u32) -> Option<usize> {
        let place = &mut self.places[stem as usize];
        if place.0 == self.file {
            return Some((self.count - 1 - place.1) as usize);
        }
        *place = (self.file, self.count);
        self.count += 1;
        None
    }
}

fn code(out: &mut String, rarity: u8, postings: &[u32], most: usize) -> Box<str> {
    out.clear();
    out.push(digit(usize::from(rarity)));
    push_postings(out, &postings[..postings.len().min(most)]);
    out.as_str().into()
}

/// How many characters two words have in common at their start, and the rest of the second.
fn common<'t>(before: &str, word: &'t str) -> (usize, &'t str) {
    let same = before.chars().zip(word.chars()).take(MOST_COMMON).take_while(|(a, b)| a == b && (*a as u32) < 0x10000);
    let length: usize = same.clone().map(|(_, c)| c.len_utf8()).sum();
    (same.count(), &word[length..])
}

/// Where the list of forms may be cut: no stem has forms on both sides.
fn cuts(forms: &[Form]) -> Vec<bool> {
    let mut last = vec![0; forms.iter().map(|form| form.stem as usize + 1).max().unwrap_or(0)];
    for (at, form) in forms.iter().enumerate() {
        last[form.stem as usize] = at;
    }
    let mut open = 0;
    let free = forms.iter().enumerate().map(|(at, form)| {
        let free = at >= open && (at == 0 || forms[at - 1].fold != form.fold);
        open = open.max(last[form.stem as usize] + 1);
        free
    });
    free.collect()
}

/// The words that a misspelt one may have meant, with how frequent each is.
fn spellings(forms: &[Form]) -> Vec<(&str, u32)> {
    let mut words: Vec<(&str, u32)> = Vec::new();
    for form in forms.iter().filter(|form| form.fold.chars().count() > 2 && form.fold.chars().all(char::is_alphabetic))
    {
        match words.last_mut() {
            Some((fold, pages)) if *fold == form.fold => *pages += form.pages,
            _ => words.push((&form.fold, form.pages)),
        }
    }
    if words.len() > MOST_SPELLINGS {
        let mut counts: Vec<u32> = words.iter().map(|(_, pages)| *pages).collect();
        counts.sort_unstable_by(|a, b| b.cmp(a));
        let least = counts[MOST_SPELLINGS];
        words.retain(|(_, pages)| *pages > least);
    }
    words
}

/// Files of corrections, cut between first letters only: letters in common with the last word, how frequent, the rest.
fn spelling_files(words: &[(&str, u32)], size: usize) -> Vec<(String, String)> {
    let mut list: Vec<(String, String)> = Vec::new();
    let mut before = "";
    for (word, pages) in words {
        let first = before.chars().next() != word.chars().next();
        if list.last().is_none_or(|(_, text)| first && text.len() >= size) {
            list.push(((*word).to_owned(), String::new()));
            before = "";
        }
        let Some((_, text)) = list.last_mut() else { continue };
        let (common, rest) = common(before, word);
        if !before.is_empty() {
            text.push('|');
        }
        text.push(digit(common));
        // The logarithm of the number of pages, in halves.
        let bits = pages.ilog2();
        text.push(digit((2 * bits + u32::from(bits > 0 && pages >> (bits - 1) & 1 == 1)) as usize));
        text.push_str(rest);
        before = word;
    }
    list
}
