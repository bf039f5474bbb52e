//! Turns the forms of stems into the endings that words of this site take, so that the browser knows a form it never saw.

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::merge::Form;

/// Endings are at most so long, and what stands before them at least.
const LONGEST: usize = 5;
const BASE: usize = 3;
/// Pairs kept: the most frequent, and none that is seen less often than this.
const KEPT: usize = 100;
const SEEN: usize = 3;
/// Forms of one stem that are compared.
const FORMS: usize = 8;

/// Pairs of endings that one stem takes, such as `ing` and `ed`, the most frequent first.
pub(super) fn endings(forms: &[Form], stems: usize) -> Vec<String> {
    let mut by_stem: Vec<Vec<&str>> = vec![Vec::new(); stems];
    for form in forms {
        let list = &mut by_stem[form.stem as usize];
        if list.len() < FORMS && !list.contains(&form.fold.as_str()) {
            list.push(&form.fold);
        }
    }
    let counts = by_stem
        .par_iter()
        .fold(FxHashMap::default, |mut counts: FxHashMap<(&str, &str), usize>, forms| {
            for (at, a) in forms.iter().enumerate() {
                for b in &forms[at + 1..] {
                    if let Some(pair) = pair(a, b) {
                        *counts.entry(pair).or_default() += 1;
                    }
                }
            }
            counts
        })
        .reduce(FxHashMap::default, |mut all, part| {
            for (pair, count) in part {
                *all.entry(pair).or_default() += count;
            }
            all
        });
    let mut list: Vec<((&str, &str), usize)> = counts.into_iter().filter(|(_, count)| *count >= SEEN).collect();
    list.sort_unstable_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
    list.truncate(KEPT);
    list.into_iter().map(|((a, b), _)| format!("{a},{b}")).collect()
}

/// What follows the common beginning of two words.
fn pair<'w>(a: &'w str, b: &'w str) -> Option<(&'w str, &'w str)> {
    let common: usize = a.chars().zip(b.chars()).take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8()).sum();
    let (x, y) = (&a[common..], &b[common..]);
    let short = |ending: &str| ending.chars().count() <= LONGEST;
    (a[..common].chars().count() >= BASE && short(x) && short(y)).then_some((x, y))
}
