//! Turns what was merged, flagged and linked into JSON reports that are equal for equal sites.

use serde_json::{Value, json};

use super::{Graph, Why};
use crate::diagnostic::Span;
use crate::source::Sources;

/// A place in a report.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    pub span: Span,
    pub id: String,
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

fn place(place: &Place, sources: &Sources) -> Value {
    let text = sources.get(&place.span.path).and_then(|source| source.text()).map_or("", |text| text);
    let line = text.get(..place.span.start).unwrap_or("").matches('\n').count() + 1;
    json!({ "file": &*place.span.path, "line": line, "id": place.id })
}

/// `reports/dedupe.json`: everything that was merged, noted or flagged, with file and line of each place.
pub(crate) fn dedupe(graph: &Graph, sources: &Sources) -> String {
    let entries: Vec<Value> = graph
        .report
        .iter()
        .map(|entry| {
            let others: Vec<Value> = entry.others.iter().map(|other| place(other, sources)).collect();
            json!({ "kind": entry.kind, "action": entry.action, "canonical": place(&entry.canonical, sources), "others": others, "similarity": f64::from(entry.similarity) / 1000.0, "guards": entry.guards, "why": entry.why, "note": entry.note })
        })
        .collect();
    format!("{:#}\n", json!({ "entries": entries }))
}

/// `reports/links.json`: automatic links made and skipped, orphans and dead ends.
pub(crate) fn links(graph: &Graph) -> String {
    let one = |from: &crate::parse::Id, link: &super::AutoLink| json!({ "from": from.to_string(), "to": link.to.to_string(), "words": link.words, "section": link.section, "probability": f64::from(link.worth) / 1000.0 });
    let auto: Vec<Value> = graph
        .articles
        .keys()
        .flat_map(|id| graph.auto.get(id).into_iter().flatten().map(move |link| one(id, link)))
        .collect();
    let proposed: Vec<Value> =
        graph.proposed.iter().flat_map(|(id, list)| list.iter().map(move |link| one(id, link))).collect();
    let pages = || graph.articles.values().filter(|article| article.url.is_some() && article.base.is_empty());
    let orphans: Vec<String> =
        pages().filter(|article| graph.to(&article.id).is_empty()).map(|article| article.id.to_string()).collect();
    let origins: std::collections::BTreeSet<_> =
        graph.edges.iter().filter(|edge| edge.why != Why::Cite).map(|edge| &edge.from).collect();
    let ends: Vec<String> =
        pages().filter(|article| !origins.contains(&article.id)).map(|article| article.id.to_string()).collect();
    format!(
        "{:#}\n",
        json!({ "automatic": auto, "proposed": proposed, "skipped": graph.skipped, "orphans": orphans, "dead_ends": ends })
    )
}
