//! Turns the counted words of all articles into one vocabulary: for each stem, in which units it stands and how strongly.

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::code::HITS;
use super::postings::Postings;
use super::related;
use super::stems::Language;
use super::words::{compare, fold};

/// BM25F (Robertson, Zaragoza and Taylor, 2004): how fast a word repeated stops to count, how much length counts in
/// titles and in texts, and the weight of a title. Chosen on three judged collections; none of them matters much.
pub(super) const K1: f32 = 2.0;
const B_BODY: f32 = 0.75;
const B_TITLE: f32 = 0.3;
const W_TITLE: f32 = 1.5;
/// One level of strength.
pub(super) const STEP: f32 = 0.034;
/// Steps of rarity in one unit of ln.
const RARITY: f64 = 7.5;
/// Different words kept; the rarest beyond them are left out.
const MOST_FORMS: usize = 500_000;

/// A word as it is written, and what it is a form of.
pub(super) struct Form {
    pub text: String,
    pub fold: String,
    pub stem: u32,
    /// Pages it stands on.
    pub pages: u32,
}

/// The words of a site.
pub(super) struct Merged {
    /// In the order of their folded texts.
    pub forms: Vec<Form>,
    pub stems: Vec<Stem>,
    /// By page, its first unit; at the end the number of units.
    pub first: Vec<u32>,
    /// Whether the rarest words were left out.
    pub capped: bool,
}

/// Where a word stands.
#[derive(Default)]
pub(super) struct Stem {
    /// Rarity: ln of pages by pages with the word, in steps.
    pub rarity: u8,
    /// Unit, level, whether the word itself stands there.
    pub postings: Vec<(u32, u8, bool)>,
}

/// The strength of a stem in a unit.
#[derive(Clone, Copy)]
pub(super) struct Strength {
    pub stem: u32,
    pub unit: u32,
    /// Field-weighted, length-normalised count.
    pub count: f32,
}

/// Merges articles in the order of their pages; `languages` are their tags, `default` that of the site.
pub(super) fn merge(pages: &[&Postings], languages: &[String], default: &str) -> Merged {
    let (counted, ids) = intern(pages, languages, default);
    let (forms, stems) = stemmed(&counted);
    let capped = forms.len() > MOST_FORMS;
    let form_stems: Vec<u32> = forms.iter().map(|form| form.stem).collect();
    let mut first = vec![0_u32];
    first.extend(pages.iter().scan(0, |sum, page| {
        *sum += page.units.len() as u32;
        Some(*sum)
    }));
    let lengths = Lengths::of(pages);
    let strengths: Vec<Vec<Strength>> = pages
        .par_iter()
        .zip(&ids)
        .zip(&first)
        .map(|((page, ids), first)| strengths(page, ids, &form_stems, *first, &lengths))
        .collect();
    drop(ids);
    let rarity = rarities(&strengths, stems, pages.len());
    let near = related::words(&strengths, &rarity, pages.len());
    let stems = lists(strengths, rarity, &near, &first);
    Merged { forms, stems, first, capped }.sorted()
}

/// A word while it is counted: its text, the pages it stands on, its language.
type Counted<'p> = (&'p str, u32, &'p str);

/// A number for each different word, and by page those of its words.
fn intern<'p>(pages: &[&'p Postings], languages: &'p [String], default: &'p str) -> (Vec<Counted<'p>>, Vec<Vec<u32>>) {
    let mut known: FxHashMap<&str, u32> = FxHashMap::default();
    let mut forms: Vec<Counted<'p>> = Vec::new();
    let mut ids: Vec<Vec<u32>> = Vec::with_capacity(pages.len());
    for (page, language) in pages.iter().zip(languages) {
        let own = page.words.lines().map(|word| {
            let id = *known.entry(word).or_insert_with(|| {
                forms.push((word, 0, language));
                forms.len() as u32 - 1
            });
            let form = &mut forms[id as usize];
            form.1 += 1;
            // A word of two languages is stemmed as one of the site's own.
            if language == default {
                form.2 = default;
            }
            id
        });
        ids.push(own.collect());
    }
    (forms, ids)
}

/// The forms with their stems' numbers, and how many stems there are.
fn stemmed(counted: &[Counted<'_>]) -> (Vec<Form>, usize) {
    let stems: Vec<String> = counted
        .par_chunks(2048)
        .flat_map_iter(|chunk| {
            let mut languages: FxHashMap<&str, Language> = FxHashMap::default();
            let mut stems = Vec::with_capacity(chunk.len());
            for (text, _, tag) in chunk {
                stems.push(languages.entry(tag).or_insert_with(|| Language::new(tag)).stem(text));
            }
            stems
        })
        .collect();
    let mut known: FxHashMap<&str, u32> = FxHashMap::default();
    let forms = counted.iter().zip(&stems).map(|((text, pages, _), stem)| {
        let next = known.len() as u32;
        let stem = *known.entry(stem).or_insert(next);
        Form { text: (*text).to_owned(), fold: fold(text), stem, pages: *pages }
    });
    (forms.collect(), known.len())
}

/// Mean lengths of titles and texts.
struct Lengths {
    title: f32,
    body: f32,
}

impl Lengths {
    fn of(pages: &[&Postings]) -> Self {
        let mean = |sum: u64, count: usize| sum as f32 / count.max(1) as f32;
        let units = || pages.iter().flat_map(|page| &page.units);
        let titled = units().filter(|unit| unit.title_words > 0).count();
        let filled = units().filter(|unit| unit.body_words > 0).count();
        Self {
            title: mean(units().map(|unit| u64::from(unit.title_words)).sum(), titled).max(1.0),
            body: mean(units().map(|unit| u64::from(unit.body_words)).sum(), filled).max(1.0),
        }
    }
}

/// The stems of a page by unit, in the order of stems.
fn strengths(page: &Postings, ids: &[u32], stems: &[u32], first: u32, mean: &Lengths) -> Vec<Strength> {
    let mut list: Vec<Strength> = page
        .entries
        .iter()
        .map(|entry| {
            let unit = &page.units[usize::from(entry.unit)];
            let title = 1.0 - B_TITLE + B_TITLE * unit.title_words as f32 / mean.title;
            let body = 1.0 - B_BODY + B_BODY * unit.body_words as f32 / mean.body;
            Strength {
                stem: stems[ids[entry.word as usize] as usize],
                unit: first + u32::from(entry.unit),
                count: W_TITLE * entry.title / title + entry.body / body,
            }
        })
        .collect();
    list.sort_unstable_by(|a, b| (a.stem, a.unit).cmp(&(b.stem, b.unit)).then(a.count.total_cmp(&b.count)));
    list.dedup_by(|next, kept| {
        let same = (next.stem, next.unit) == (kept.stem, kept.unit);
        if same {
            kept.count += next.count;
        }
        same
    });
    list
}

/// BM25's rarity of each stem over pages, in steps.
fn rarities(pages: &[Vec<Strength>], stems: usize, total: usize) -> Vec<(u8, u32)> {
    let mut counts = vec![0_u32; stems];
    for page in pages {
        let mut last = u32::MAX;
        for strength in page {
            if strength.stem != last {
                counts[strength.stem as usize] += 1;
            }
            last = strength.stem;
        }
    }
    let rarity = |count: u32| {
        let idf = (1.0 + (total as f64 - f64::from(count) + 0.5) / (f64::from(count) + 0.5)).ln();
        (idf * RARITY).round().clamp(1.0, 90.0) as u8
    };
    counts.into_iter().map(|count| (rarity(count), count)).collect()
}

/// The postings of all stems, those of neighbours' words among them.
fn lists(pages: Vec<Vec<Strength>>, rarity: Vec<(u8, u32)>, near: &[Vec<(u32, u8)>], first: &[u32]) -> Vec<Stem> {
    let mut stems: Vec<Stem> = rarity.iter().map(|(rarity, _)| Stem { rarity: *rarity, ..Stem::default() }).collect();
    for (at, page) in pages.iter().enumerate() {
        for strength in page {
            let level = (strength.count / (strength.count + K1) / STEP).round().clamp(1.0, HITS as f32);
            stems[strength.stem as usize].postings.push((strength.unit, level as u8, true));
        }
        for (stem, level) in &near[at] {
            let postings = &mut stems[*stem as usize].postings;
            // Where the page has the word itself, its neighbours' use makes it stronger.
            let own = postings.iter().rposition(|p| p.0 < first[at]).map_or(0, |before| before + 1);
            if own < postings.len() {
                for posting in &mut postings[own..] {
                    posting.1 = (posting.1 + level).min(HITS as u8);
                }
            } else {
                postings.push((first[at], *level, false));
            }
        }
    }
    stems
}

impl Merged {
    /// With the forms in order.
    fn sorted(mut self) -> Self {
        self.forms.par_sort_by(|a, b| compare(&a.fold, &b.fold).then_with(|| compare(&a.text, &b.text)));
        if self.capped {
            let mut pages: Vec<u32> = self.forms.iter().map(|form| form.pages).collect();
            pages.sort_unstable_by(|a, b| b.cmp(a));
            let least = pages.get(MOST_FORMS).copied().unwrap_or(0);
            self.forms.retain(|form| form.pages > least);
        }
        self
    }
}
