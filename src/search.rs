//! Turns the articles of a site into its search index: files for the browser, and answers for the command line.

use std::sync::Arc;

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::diagnostic::{Code, Diagnostic, Span};
use crate::graph::{Graph, Resolved};
use crate::hash::Digest;
use crate::memo::{Memo, Stage};
use crate::page::shown_title;
use crate::parse::{Article, SETTINGS};

mod answer;
mod ask;
mod bits;
mod code;
mod endings;
mod files;
mod known;
mod lists;
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
use postings::{Counting, Keep, Postings};

/// Sites of more pages keep the beginnings of texts only: what a result shows.
const WHOLE_TEXTS: usize = 400;
const WHOLE: usize = 4_000;
/// Characters that the pages of such a site share, and what a heading takes of them.
const ROOM: usize = 400_000;
const HEADING: usize = 28;
/// Sites of more pages show no texts of those that have sections.
const VERY_LARGE: usize = 4_000;

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
    let language = |article: &Article| article.lang.clone().unwrap_or_else(|| graph.config.lang.clone());
    let languages: Vec<String> = articles.iter().map(|article| language(article)).collect();
    let counted = counted(graph, memo, &articles, &languages);
    let texts: Vec<[Arc<str>; 2]> =
        articles.par_iter().zip(&counted).map(|(article, page)| shown(article, page)).collect();
    let mut warnings = too_long(&articles, &counted);
    let merged = merge::merge(counted, &languages, &graph.config.lang, files::budget(articles.len()));
    warnings.extend(merged.capped.then(too_many));
    let order = || merged.order.iter().map(|at| *at as usize);
    let listed: Vec<&Article> = order().map(|at| &**articles[at]).collect();
    let settings = settings::Settings::new(graph, &listed);
    let texts: Vec<&[Arc<str>; 2]> = order().map(|at| &texts[at]).collect();
    let files = files::write(&merged, &texts, &settings);
    let files = files.into_iter().map(|(name, text)| (format!("search/{name}"), text.into_bytes().into()));
    Index { files: files.collect(), warnings }
}

/// The words of each article.
fn counted(graph: &Graph, memo: &Memo, articles: &[&Arc<Article>], languages: &[String]) -> Vec<Arc<Postings>> {
    let questions = |article: &Article| article.fields.get("faqs").and_then(|faqs| faqs.as_array()).map_or(0, Vec::len);
    let sections = articles.iter().map(|article| article.outline.len() + questions(article)).sum();
    let keep = kept(articles.len(), sections);
    let mut stops: FxHashMap<&str, FxHashSet<&'static str>> = FxHashMap::default();
    for tag in languages {
        stops.entry(tag).or_insert_with(|| stems::Language::new(tag).stop.split(' ').collect());
    }
    let one = |counter: &mut postings::Counter, (article, tag): (&&Arc<Article>, &String)| {
        let stop = &stops[tag.as_str()];
        let titles = |number| shown_title(graph, article, number);
        let digest = || Digest::of(&(article.digest, graph.schema.digest, keep, tag, all_titles(graph, article)));
        let how = Counting { schema: &graph.schema, keep, stop, titles: &titles };
        memo.get(Stage::Search, digest, || postings::postings(article, how, counter))
    };
    articles.par_iter().zip(languages).map_init(postings::Counter::default, one).collect()
}

/// The titles that links of an article may show.
fn all_titles<'g>(graph: &'g Graph, article: &Article) -> Vec<&'g str> {
    let resolved = graph.resolved_of(&article.id);
    let title = |resolved: &'g Resolved| match resolved {
        Resolved::Thing { id, .. } => graph.get(id).map_or("", |to| to.title.as_str()),
        _ => "",
    };
    resolved.iter().map(title).collect()
}

impl Index {
    /// Answers queries as the script in the browser does, from the same files.
    pub fn answers<Q: AsRef<str>>(&self, queries: &[Q], limit: usize, literal: bool) -> Vec<Answer> {
        let Some(reader) = reader::Reader::new(&self.files) else { return Vec::new() };
        queries.iter().map(|query| answer::answer(&reader, query.as_ref(), limit, literal)).collect()
    }
}

/// Characters that results can show: fewer as a site grows, so that a query loads as much. Steps are large, for what was
/// counted before holds as long as they are the same.
fn kept(pages: usize, sections: usize) -> Keep {
    if pages <= WHOLE_TEXTS {
        return Keep { alone: WHOLE, head: WHOLE, section: WHOLE };
    }
    if pages > VERY_LARGE {
        return Keep { alone: 60, head: 0, section: 0 };
    }
    let sections = if pages > merge::LARGE { sections.min(merge::SECTIONS * pages) } else { sections };
    let room = (ROOM / pages).saturating_sub(HEADING * sections / pages);
    let head = (room / 40 * 40).clamp(80, 240);
    let section = room.saturating_sub(head) * pages / sections.max(1) / 40 * 40;
    Keep { alone: head, head, section: section.min(120) }
}

/// Pages, and records with an address of their own; sources are no answers.
fn is_found(graph: &Graph, article: &Article) -> bool {
    let registry = graph.schema.registries.get(&article.id.registry);
    article.url.is_some() && &*article.id.registry != SETTINGS && registry.is_none_or(|r| r.identity.is_empty())
}

/// A page as results show it: title, address, and the units with a mark before each.
fn shown(article: &Article, page: &Postings) -> [Arc<str>; 2] {
    let (title, url) = (postings::clean(&article.title, 300), article.url.as_deref().unwrap_or_default());
    [format!("{title}\u{2}{url}").into(), page.shown.clone()]
}

fn too_long(articles: &[&Arc<Article>], pages: &[Arc<Postings>]) -> Vec<Diagnostic> {
    let long = articles.iter().zip(pages).filter(|(_, page)| page.capped).map(|(article, _)| {
        let message = format!("only the first {} words of this page can be found by the search", postings::MOST_WORDS);
        Diagnostic::new(Code::W901, article.head(), message).help("split the page: readers look for its parts, too")
    });
    long.collect()
}

fn too_many() -> Diagnostic {
    let message = "this site has more different words than the search holds: the rarest are not found";
    Diagnostic::new(Code::W902, Span::file(&crate::config::PATH.into()), message)
        .help("leave out pages of generated words")
}
