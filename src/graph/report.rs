//! Turns what was merged, flagged and linked into JSON reports that are equal for equal sites.

use std::cmp::Ordering;
use std::sync::Arc;

use serde_json::{Value, json};

use super::{Graph, Why};
use crate::diagnostic::Span;
use crate::parse::Article;

/// A place in a report.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    pub span: Span,
    pub id: String,
    pub text: Text,
}

/// The text in which a place stands, for the number of its line; none for a file as a whole. It says nothing that the
/// place does not say, so places are compared without it.
#[derive(Clone, Debug)]
pub(crate) struct Text(Option<Arc<str>>);

impl PartialEq for Text {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Text {}

impl PartialOrd for Text {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Text {
    fn cmp(&self, _: &Self) -> Ordering {
        Ordering::Equal
    }
}

impl Place {
    /// A place in the file of an article.
    pub fn new(span: Span, article: &Article) -> Self {
        Self { span, id: article.id.to_string(), text: Text(Some(article.document.file().clone())) }
    }

    pub fn file(path: &Arc<str>) -> Self {
        Self { span: Span::file(path), id: path.to_string(), text: Text(None) }
    }
}

/// One thing that was said more than once.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Entry {
    pub kind: &'static str,
    pub action: &'static str,
    pub canonical: Place,
    pub others: Vec<Place>,
    pub note: Option<String>,
    /// In thousandths.
    pub similarity: u16,
    /// What differs, where the rest is the same.
    pub guards: Vec<&'static str>,
    /// Why this place is the home.
    pub why: &'static str,
}

impl Entry {
    /// Things that are the same, the first of which is the home.
    pub fn same(kind: &'static str, action: &'static str, canonical: Place, others: Vec<Place>) -> Self {
        Self {
            kind,
            action,
            canonical,
            others,
            note: None,
            similarity: 1000,
            guards: Vec::new(),
            why: "the first place, by path",
        }
    }
}

fn place(place: &Place) -> Value {
    let text = place.text.0.as_deref().unwrap_or("");
    let line = text.get(..place.span.start).unwrap_or("").matches('\n').count() + 1;
    json!({ "file": &*place.span.path, "line": line, "id": place.id })
}

impl Graph {
    /// What was said more than once, in order.
    pub fn said_twice(&self) -> Vec<Entry> {
        let repeats = self.articles.values().flat_map(|article| super::collect::repeats(article));
        let mut report: Vec<Entry> = self.report.iter().flat_map(|part| part.iter().cloned()).chain(repeats).collect();
        report.sort();
        report
    }
}

/// `reports/dedupe.json`: everything that was merged, noted or flagged, with file and line of each place.
pub(crate) fn dedupe(graph: &Graph) -> String {
    let entries: Vec<Value> = graph
        .said_twice()
        .iter()
        .map(|entry| {
            let others: Vec<Value> = entry.others.iter().map(place).collect();
            json!({ "kind": entry.kind, "action": entry.action, "canonical": place(&entry.canonical), "others": others, "similarity": f64::from(entry.similarity) / 1000.0, "guards": entry.guards, "why": entry.why, "note": entry.note })
        })
        .collect();
    format!("{:#}\n", json!({ "entries": entries }))
}

/// `reports/links.json`: automatic links made and skipped, orphans and dead ends.
pub(crate) fn links(graph: &Graph) -> String {
    let one = |from: &crate::parse::Id, link: &super::AutoLink| json!({ "from": from.to_string(), "to": link.to.to_string(), "words": link.words, "section": link.section, "probability": f64::from(link.worth) / 1000.0 });
    let auto: Vec<Value> =
        graph.articles.keys().flat_map(|id| graph.auto_of(id).map(move |link| one(id, link))).collect();
    let proposed: Vec<Value> =
        graph.articles.keys().flat_map(|id| graph.proposed_of(id).map(move |link| one(id, link))).collect();
    let pages = || graph.articles.values().filter(|article| article.url.is_some() && article.base.is_empty());
    let orphans: Vec<String> = pages()
        .filter(|article| graph.to(&article.id).next().is_none())
        .map(|article| article.id.to_string())
        .collect();
    let origins: std::collections::BTreeSet<_> =
        graph.edges.iter().filter(|edge| edge.why != Why::Cite).map(|edge| &edge.from).collect();
    let ends: Vec<String> =
        pages().filter(|article| !origins.contains(&article.id)).map(|article| article.id.to_string()).collect();
    format!(
        "{:#}\n",
        json!({ "automatic": auto, "proposed": proposed, "skipped": *graph.skipped, "orphans": orphans, "dead_ends": ends })
    )
}
