//! Turns the words that pages say most into how alike two pages are (TF-IDF and the cosine of the angle between them).

use std::sync::{Arc, OnceLock};

use rustc_hash::FxHashMap;

use super::Articles;
use super::index::{self, Mark};
use super::related::is_page;
use crate::hash::Digest;
use crate::memo::{Group, Memo};
use crate::parse::Article;

/// What pages are about. The likeness of a page is found when it is asked for.
#[derive(Default)]
pub(crate) struct Topics {
    /// The words that several pages say, with how often each says them; a page is known by its place.
    words: Vec<Arc<Vec<Mark>>>,
    /// How many pages say anything.
    all: f32,
    /// By place, the length of all words of a page together.
    norms: Vec<OnceLock<f32>>,
}

/// A word that more pages say makes no two of them alike, which keeps the work linear.
const COMMON: usize = 64;
/// Pages that are less alike than this share nothing but a few words.
const ALIKE: f32 = 0.15;
/// Short pages are not alike for one word.
const LEAST_NORM: f32 = 4.0;

impl Topics {
    /// The words of each page.
    pub fn new(articles: &Articles, groups: &[Group<'_, Arc<Article>>], memo: &Memo) -> Self {
        let features = |article: &Article, add: &mut dyn FnMut(u32, u32)| {
            topic(article).iter().for_each(|(word, often)| add(*word, u32::from(*often)));
        };
        let words = index::shared(("topics", Digest::default()), groups, memo, features, |marks| {
            index::runs(marks).flatten().copied().collect::<Vec<Mark>>()
        });
        let all = articles.values().filter(|article| !topic(article).is_empty()).count().max(1) as f32;
        Self { words, all, norms: articles.values().map(|_| OnceLock::new()).collect() }
    }

    /// The pages that are like one, in order, with how much.
    pub fn like(&self, page: usize, articles: &Articles) -> Vec<(usize, f32)> {
        let mut likeness: FxHashMap<usize, f32> = FxHashMap::default();
        let list = articles.list();
        let own = self.norm(page, &list[page]);
        for (word, often) in topic(&list[page]) {
            let users = self.users(*word);
            let rarity = self.rarity(users.len());
            if !(2..=COMMON).contains(&users.len()) || rarity <= 0.5 {
                continue;
            }
            let weight = weight(*often, rarity) / own;
            for mark in users.iter().filter(|mark| mark.article as usize != page) {
                let other = mark.article as usize;
                let theirs = weight_of(mark, rarity) / self.norm(other, &list[other]);
                *likeness.entry(other).or_default() += weight * theirs;
            }
        }
        let mut list: Vec<(usize, f32)> = likeness.into_iter().filter(|(_, likeness)| *likeness >= ALIKE).collect();
        list.sort_unstable_by_key(|(other, _)| *other);
        list
    }

    /// The pages that say a word, where several do.
    fn users(&self, word: u32) -> &[Mark] {
        let Some(part) = self.words.get(index::part_of(word)) else { return &[] };
        let start = part.partition_point(|mark| mark.feature < word);
        let end = start + part[start..].partition_point(|mark| mark.feature == word);
        &part[start..end]
    }

    fn rarity(&self, users: usize) -> f32 {
        (self.all / users.max(1) as f32).ln()
    }

    fn norm(&self, page: usize, article: &Article) -> f32 {
        *self.norms[page].get_or_init(|| {
            let weights =
                topic(article).iter().map(|(word, often)| weight(*often, self.rarity(self.users(*word).len())));
            weights.map(|weight| weight * weight).sum::<f32>().sqrt().max(LEAST_NORM)
        })
    }
}

/// The words of a page; none of what is no page.
fn topic(article: &Article) -> &[(u32, u16)] {
    if is_page(article) { &article.topic } else { &[] }
}

fn weight(often: u16, rarity: f32) -> f32 {
    (1.0 + f32::from(often).ln()) * rarity
}

fn weight_of(mark: &Mark, rarity: f32) -> f32 {
    weight(u16::try_from(mark.item).unwrap_or(u16::MAX), rarity)
}
