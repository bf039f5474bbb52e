//! Turns the counted words of all articles into one vocabulary: for each stem, in which units it stands and how strongly.

use std::sync::Arc;

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::bits::Levels;
use super::lists::Lists;
use super::order::order;
use super::postings::Postings;
use super::related;
use super::stems::Language;
use super::strength::{Lengths, Scale, Strengths, add_near, rarities, strengths};
use super::vocabulary::Vocabulary;
use super::words::{compare, fold};

/// Different words kept; the rarest beyond them are left out.
const MOST_FORMS: usize = 500_000;
/// Sites of more pages are large, and sections of a page of such a site that answer for themselves.
pub(super) const LARGE: usize = 1_500;
pub(super) const SECTIONS: usize = 4;
/// Pages that stay in their order: their index is small in any.
const ORDERED: usize = 200;

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
    /// By stem, its rarity.
    pub rarity: Vec<u8>,
    /// By stem, its postings, the strongest first.
    pub lists: Lists,
    /// The pages as given, in the order in which the index counts them.
    pub order: Vec<u32>,
    /// By page as given, the units that it has in the index.
    pub units: Vec<Vec<u16>>,
    /// By page of the index, its first unit; at the end the number of units.
    pub first: Vec<u32>,
    /// Whether the rarest words were left out.
    pub capped: bool,
}

/// Merges articles; `languages` are their tags, `default` that of the site. About `budget` postings stay.
pub(super) fn merge(pages: Vec<Arc<Postings>>, languages: &[String], default: &str, budget: usize) -> Merged {
    let (counted, mut words) = intern(&pages, languages, default);
    let (mut forms, stems) = stemmed(&counted);
    drop(counted);
    words.iter_mut().flatten().for_each(|word| *word = forms[*word as usize].stem);
    let rarity = rarities(&words, stems);
    let large = pages.len() > LARGE;
    let most = budget / pages.len().max(1);
    let sections = if large { SECTIONS } else { usize::MAX };
    let scale = Scale { mean: Lengths::of(&pages), rarity: &rarity, pages: pages.len(), most, sections };
    let mut strengths = strengths(pages, words, scale);
    let strong: Vec<&[(u32, f32)]> = strengths.iter().map(|page| page.strong.as_slice()).collect();
    let order = if strong.len() > ORDERED { order(&strong, stems) } else { (0..strong.len() as u32).collect() };
    let near = related::words(&strong, stems);
    drop(strong);
    add_near(&mut strengths, &near, scale);
    if large {
        strengths.par_iter_mut().for_each(Strengths::shorten);
    }
    let mut first = vec![0_u32];
    first.extend(order.iter().scan(0, |sum, page| {
        *sum += strengths[*page as usize].units.len() as u32;
        Some(*sum)
    }));
    let lists = Lists::of(&strengths, &order, &first, stems, &Levels::of(strengths.len()));
    let units = strengths.into_iter().map(|page| page.units).collect();
    let capped = cap(&mut forms);
    forms.par_sort_by(|a, b| compare(&a.fold, &b.fold).then_with(|| compare(&a.text, &b.text)));
    let rarity = rarity.into_iter().map(|(rarity, _)| rarity).collect();
    Merged { forms, rarity, lists, order, first, units, capped }
}

/// The different words of all pages: their texts, on how many pages they stand, of which language they are.
struct Counted<'p> {
    words: Vocabulary,
    pages: Vec<u32>,
    languages: Vec<&'p str>,
}

/// A number for each different word, and by page those of its words.
fn intern<'p>(pages: &[Arc<Postings>], languages: &'p [String], default: &'p str) -> (Counted<'p>, Vec<Vec<u32>>) {
    let mut all = Counted { words: Vocabulary::default(), pages: Vec::new(), languages: Vec::new() };
    let mut ids: Vec<Vec<u32>> = Vec::with_capacity(pages.len());
    for (page, language) in pages.iter().zip(languages) {
        // A word of two languages is stemmed as one of the site's own.
        let own = language == default;
        let numbers = page.words.iter().map(|word| {
            let id = all.words.number(word);
            let at = id as usize;
            if at == all.pages.len() {
                all.pages.push(0);
                all.languages.push(language);
            }
            all.pages[at] += 1;
            if own {
                all.languages[at] = default;
            }
            id
        });
        ids.push(numbers.collect());
    }
    (all, ids)
}

/// The forms with their stems' numbers, and how many stems there are.
fn stemmed(counted: &Counted<'_>) -> (Vec<Form>, usize) {
    let numbers: Vec<u32> = (0..counted.words.len() as u32).collect();
    let stems: Vec<String> = numbers
        .par_chunks(2048)
        .flat_map_iter(|chunk| {
            let mut languages: FxHashMap<&str, Language> = FxHashMap::default();
            let stem = |number: &u32| {
                let tag = counted.languages[*number as usize];
                languages.entry(tag).or_insert_with(|| Language::new(tag)).stem(counted.words.word(*number))
            };
            chunk.iter().map(stem).collect::<Vec<_>>()
        })
        .collect();
    let mut known: FxHashMap<&str, u32> = FxHashMap::default();
    let forms = numbers.iter().zip(&stems).map(|(number, stem)| {
        let next = known.len() as u32;
        let stem = *known.entry(stem).or_insert(next);
        let text = counted.words.word(*number);
        Form { text: text.to_owned(), fold: fold(text), stem, pages: counted.pages[*number as usize] }
    });
    (forms.collect(), known.len())
}

/// Leaves out the rarest words of too many; whether there were.
fn cap(forms: &mut Vec<Form>) -> bool {
    let capped = forms.len() > MOST_FORMS;
    if capped {
        let mut pages: Vec<u32> = forms.iter().map(|form| form.pages).collect();
        pages.sort_unstable_by(|a, b| b.cmp(a));
        let least = pages[MOST_FORMS];
        forms.retain(|form| form.pages > least);
    }
    capped
}
