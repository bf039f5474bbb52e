//! Turns merged words and the texts of results into the files of the index: few, each a script, small for one query.

use std::sync::Arc;

use rayon::prelude::*;
use serde_json::{Value, json};

use super::bits::{Levels, Places, Writer};
use super::code::{digit, length, push_number, script};
use super::endings::endings;
use super::known;
use super::lists::Lists;
use super::merge::{Form, Merged};
use super::settings::Settings;
use crate::hash::Digest;

/// What bytes of words, of codes and of texts take when they are compressed, in eighths.
const WORD_BYTE: usize = 4;
const CODE_BYTE: usize = 6;
const TEXT_BYTE: usize = 3;
/// Up to this size, about 150 kB compressed, everything is in the first file.
const ONE_FILE: usize = 8 * 150_000;
/// Files of a site of up to 10,000 pages, and for each page beyond.
const FILES: usize = 146;
const FILES_FOR: usize = 10_000;
/// A file smaller than this is not worth a request.
const LEAST: usize = 8 * 2_000;
/// Words of one query, and files that the texts of its results stand in: for them the sizes are balanced.
const QUERY_WORDS: usize = 3;
const RESULTS: usize = 7;
/// Postings that a site may have, or for each page at least: the strongest stay, where it has more, so that a query loads
/// about as much from a large site as from a small.
const POSTINGS: usize = 480_000;
const POSTINGS_FOR: usize = 64;
/// Postings of one stem, at least and at most (pruning by term, Carmel et al., 2001).
const LEAST_POSTINGS: usize = 250;
const MOST_POSTINGS: usize = 3_000;
/// How often the size of files is tried before they are made.
const SIZES_TRIED: usize = 4;
/// Longest common start of two words that is written as one digit.
const MOST_COMMON: usize = 60;

/// How many postings a site may have.
pub(super) fn budget(pages: usize) -> usize {
    POSTINGS.max(POSTINGS_FOR * pages)
}

/// Writes all files as (name below `search/`, text). `texts` are what results show, by page of the index.
pub(super) fn write(merged: &Merged, texts: &[&[Arc<str>; 2]], settings: &Settings) -> Vec<(String, String)> {
    let most = most_postings(&merged.lists, budget(texts.len()));
    let levels = Levels::of(texts.len());
    let codes = codes(merged, most, &levels);
    let words = Words::new(&merged.forms, &codes);
    let texts = shown(texts, merged);
    let sizes = Sizes::new(words.size(), &texts);
    let mut files = Files { one: sizes.one, list: Vec::new() };
    let words = words.files(sizes.words);
    let words: Vec<Value> = words.into_iter().map(|(first, text)| json!([first, files.add("w", text)])).collect();
    let per = sizes.pages(files.list.len());
    let texts: Vec<Value> = texts.chunks(per).map(|group| files.add("t", group.join("\u{4}"))).collect();
    let facets = settings.facets.as_ref().map(|facets| files.add("f", facets.to_string()));
    let mut units = String::new();
    merged.first.windows(2).for_each(|pair| push_number(&mut units, (pair[1] - pair[0]) as usize));
    let core = json!({
        "one": sizes.one, "units": units, "worth": levels.worth, "hits": levels.hits,
        "sorts": settings.sorts, "runs": settings.runs, "kinds": settings.kinds, "lang": settings.lang,
        "stop": settings.stop, "synonyms": settings.synonyms, "danger": settings.danger, "words": words,
        "endings": endings(&merged.forms, merged.rarity.len()),
        "known": (!sizes.one).then(|| known::write(&merged.forms, settings.stop)), "texts": texts, "per": per, "facets": facets,
    });
    files.list.push(("index.js".to_owned(), script("index", &core.to_string())));
    files.list
}

/// Files as (name, text), unless everything stands in the first.
struct Files {
    one: bool,
    list: Vec<(String, String)>,
}

impl Files {
    /// Adds a file; by what the first file refers to it.
    fn add(&mut self, kind: &str, text: String) -> Value {
        if self.one {
            return Value::String(text);
        }
        let name = format!("{kind}{}.{}", self.list.len(), Digest::of_bytes(text.as_bytes()).short(8));
        self.list.push((format!("{name}.js"), script(&name, &text)));
        Value::String(name)
    }
}

/// By stem, its rarity and postings.
fn codes(merged: &Merged, most: usize, levels: &Levels) -> Vec<Box<str>> {
    let places = Places::new(&merged.first, levels);
    let coded = |writer: &mut Writer, (stem, rarity): (usize, &u8)| {
        let list = merged.lists.get(stem);
        writer.postings(digit(usize::from(*rarity)) as u8, &list[..list.len().min(most)], &places)
    };
    merged.rarity.par_iter().enumerate().with_min_len(64).map_init(Writer::default, coded).collect()
}

/// How much goes into one file.
struct Sizes {
    one: bool,
    /// Files, files of words.
    allowed: usize,
    words: usize,
    /// Pages, and what their texts take.
    texts: usize,
    shown: usize,
}

impl Sizes {
    fn new(words: usize, texts: &[String]) -> Self {
        let shown = TEXT_BYTE * texts.iter().map(String::len).sum::<usize>();
        let allowed = allowed(texts.len());
        let one = words + shown < ONE_FILE;
        // Of so many files, the share of the words for which a query loads the fewest bytes.
        let (a, b) = (((QUERY_WORDS * words) as f64).sqrt(), ((RESULTS * shown) as f64).sqrt());
        let share = (allowed as f64 * a / (a + b).max(1.0)) as usize;
        Self { one, allowed, words: if one { 1 } else { share.min(words / LEAST).max(1) }, texts: texts.len(), shown }
    }

    /// How many pages share a file of texts, when there are so many other files.
    fn pages(&self, files: usize) -> usize {
        let files = if self.one { 1 } else { self.allowed.saturating_sub(files).min(self.shown / LEAST).max(1) };
        self.texts.div_ceil(files).max(1)
    }
}

/// Files that a site of so many pages may have beside the first.
fn allowed(pages: usize) -> usize {
    FILES.max(pages * FILES / FILES_FOR)
}

/// By page, its texts.
fn shown(texts: &[&[Arc<str>; 2]], merged: &Merged) -> Vec<String> {
    let one = |([head, units], page): (&&[Arc<str>; 2], &u32)| {
        let mut out = head.to_string();
        let mut kept = merged.units[*page as usize].iter().peekable();
        let units = units.split('\u{2}').skip(1).zip(0_u16..);
        units.filter(|(_, at)| kept.next_if(|kept| *kept == at).is_some()).for_each(|(unit, _)| {
            out.push('\u{2}');
            out.push_str(unit);
        });
        out
    };
    texts.par_iter().zip(&merged.order).map(one).collect()
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
                Some(back) => WORD_BYTE * (1 + length(back)),
                None => CODE_BYTE * (1 + self.codes[form.stem as usize].len()),
            };
            own += WORD_BYTE * (form.text.len() + 2 - if own > 0 { self.common[at] } else { 0 }) + code;
        }
        (starts, all + own)
    }

    /// Some forms, and behind them the postings of their stems, in the order of the first form of each.
    fn shard(&self, forms: &[Form], seen: &mut Seen) -> String {
        let (mut text, mut codes) = (String::new(), String::new());
        let mut before = "";
        for form in forms {
            let (common, rest) = common(before, &form.text);
            text.push(digit(common));
            text.push_str(rest);
            match seen.back(form.stem) {
                Some(back) => {
                    text.push(',');
                    push_number(&mut text, back);
                }
                None => {
                    codes.push('|');
                    codes.push_str(&self.codes[form.stem as usize]);
                }
            }
            text.push('|');
            before = &form.text;
        }
        text + &codes
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
