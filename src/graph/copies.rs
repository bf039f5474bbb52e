//! Turns the shingles of all articles into pairs of which one contains most of the other.
//!
//! A shingle is five words in a row; one in sixteen is looked at. The measure is containment: the share of one article's shingles
//! that stand in the other (Broder, 1997).

use std::collections::BTreeSet;

use super::dedupe::{Copied, Order};
use super::report::{Entry, Place};
use super::shares::Joined;
use super::{Graph, Parts};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::parse::Article;

/// The share from which an article counts as a copy.
const COPY: f64 = 0.8;
/// With fewer shingles in the sample, the blocks of an article tell more than their share.
const LEAST: usize = 4;

/// Pairs of articles most of one of which stands in the other.
pub(super) fn articles(
    graph: &Graph,
    (order, groups): Order<'_>,
    parts: &Parts<'_>,
    report: &mut Vec<Entry>,
    diagnostics: &mut Diagnostics,
) -> Copied {
    let mut copied = BTreeSet::new();
    let features = |article: &Article, add: &mut dyn FnMut(u32, u32)| {
        let sample = if article.shingles.len() >= LEAST { &article.shingles[..] } else { &[] };
        sample.iter().for_each(|shingle| add(*shingle, 0));
    };
    let joined = Joined::new("shingles", groups, parts.memo, features, |_, _, _| true);
    let mut pairs: Vec<_> = joined.groups.iter().flat_map(|group| group.pairs.iter()).collect();
    pairs.sort_unstable_by_key(|(later, earlier, _)| (earlier, later));
    for (b, a, shared) in pairs {
        let (first, second) = (&*order[a.0 as usize], &*order[b.0 as usize]);
        let size = first.shingles.len().min(second.shingles.len());
        let share = f64::from(*shared) / size as f64;
        if share < COPY || says_so(graph, first, second) {
            continue;
        }
        let (home, copy) = home_of(first, second);
        let percent = (share.min(1.0) * 100.0).round();
        let message = format!("about {percent} % of this article stands in {} too", home.path);
        let help = format!(
            "keep one of the two and list the other's id in its `was`, or say `canonical: {}` here",
            home.id.slug
        );
        diagnostics
            .push(Diagnostic::new(Code::W503, copy.head(), message).help(help).see(home.head(), "the other article"));
        let place = |article: &Article| Place::new(article.head(), article);
        let entry = Entry::same("article", "flag", place(home), vec![place(copy)]);
        let why = if first.shingles.len() == second.shingles.len() {
            "the first place, by path"
        } else {
            "the longer article"
        };
        report.push(Entry { similarity: (share.min(1.0) * 1000.0) as u16, why, ..entry });
        copied.insert((home.id.clone(), copy.id.clone()));
    }
    copied
}

/// The longer article is the home; of two equal ones the first by path.
fn home_of<'a>(first: &'a Article, second: &'a Article) -> (&'a Article, &'a Article) {
    if second.shingles.len() > first.shingles.len() { (second, first) } else { (first, second) }
}

/// Whether one of them names the other as the original.
fn says_so(graph: &Graph, a: &Article, b: &Article) -> bool {
    let says = |from: &Article, to: &Article| graph.field_refs(from, "canonical").any(|id| *id == to.id);
    says(a, b) || says(b, a)
}
