//! Turns the articles of a site into its search index: files for the browser, and answers for the command line.

use std::sync::Arc;

use rayon::prelude::*;

use crate::diagnostic::{Code, Diagnostic, Span};
use crate::graph::Graph;
use crate::hash::Digest;
use crate::memo::{Memo, Stage};
use crate::parse::{Article, SETTINGS};

mod answer;
mod ask;
mod code;
mod endings;
mod files;
mod merge;
mod order;
mod postings;
mod rank;
mod reader;
mod related;
mod settings;
mod spelling;
mod stems;
mod strength;
mod units;
mod vocabulary;
mod words;

pub use answer::{Answer, Correction, Danger, Found, Reason, Section, Term};
use postings::Postings;

/// Sites of more pages keep the beginnings of texts only: what a result shows.
const WHOLE_TEXTS: usize = 400;
const WHOLE: usize = 4_000;

/// The index of a site.
pub(crate) struct Index {
    /// The files below `search/`, by name.
    pub files: Vec<(String, Arc<[u8]>)>,
    /// What was left out.
    pub warnings: Vec<Diagnostic>,
}

/// Makes the index of what is published. Only the counting of words is memoized; the rest is linear in its result.
pub(crate) fn index(graph: &Graph, memo: &Memo) -> Index {
    let articles: Vec<&Arc<Article>> = graph.articles.values().filter(|article| is_found(graph, article)).collect();
    let keep = kept(articles.len());
    let counted: Vec<Arc<Postings>> = articles
        .par_iter()
        .map(|article| {
            let digest = || Digest::of(&(article.digest, graph.schema.digest, keep));
            memo.get(Stage::Search, digest, || postings::postings(article, &graph.schema, keep))
        })
        .collect();
    let languages: Vec<String> =
        articles.iter().map(|article| article.lang.clone().unwrap_or_else(|| graph.config.lang.clone())).collect();
    let pages: Vec<&Postings> = counted.iter().map(|page| &**page).collect();
    let merged = merge::merge(&pages, &languages, &graph.config.lang, files::budget(pages.len()));
    let order = || merged.order.iter().map(|at| *at as usize);
    let listed: Vec<&Article> = order().map(|at| &**articles[at]).collect();
    let settings = settings::Settings::new(graph, &listed);
    let shown: Vec<files::Page<'_>> = order().map(|at| shown(articles[at], pages[at])).collect();
    let files = files::write(&merged, &shown, &settings);
    Index {
        files: files.into_iter().map(|(name, text)| (format!("search/{name}"), text.into_bytes().into())).collect(),
        warnings: warnings(&articles, &pages, merged.capped),
    }
}

impl Index {
    /// Answers queries as the script in the browser does, from the same files.
    pub fn answers<Q: AsRef<str>>(&self, queries: &[Q], limit: usize, literal: bool) -> Vec<Answer> {
        let Some(reader) = reader::Reader::new(&self.files) else { return Vec::new() };
        queries.iter().map(|query| answer::answer(&reader, query.as_ref(), limit, literal)).collect()
    }
}

/// Characters of a head and of a section that results can show: fewer as a site grows, so that a query loads as much.
fn kept(pages: usize) -> (usize, usize) {
    match pages {
        0..=WHOLE_TEXTS => (WHOLE, WHOLE),
        401..=1_500 => (240, 120),
        1_501..=4_000 => (150, 60),
        _ => (80, 0),
    }
}

/// Pages, and records with an address of their own; sources are no answers.
fn is_found(graph: &Graph, article: &Article) -> bool {
    let registry = graph.schema.registries.get(&article.id.registry);
    article.url.is_some() && &*article.id.registry != SETTINGS && registry.is_none_or(|r| r.identity.is_empty())
}

fn shown<'a>(article: &'a Article, page: &'a Postings) -> files::Page<'a> {
    files::Page {
        title: postings::clean(&article.title, 300),
        url: article.url.as_deref().unwrap_or_default(),
        units: &page.units,
    }
}

fn warnings(articles: &[&Arc<Article>], pages: &[&Postings], capped: bool) -> Vec<Diagnostic> {
    let long = articles.iter().zip(pages).filter(|(_, page)| page.capped).map(|(article, _)| {
        let message = format!("only the first {} words of this page can be found by the search", postings::MOST_WORDS);
        Diagnostic::new(Code::W901, article.head(), message).help("split the page: readers look for its parts, too")
    });
    let rare = capped.then(|| {
        let message = "this site has more different words than the search holds: the rarest are not found";
        Diagnostic::new(Code::W902, Span::file(&crate::config::PATH.into()), message)
            .help("leave out pages of generated words")
    });
    long.chain(rare).collect()
}
