//! Turns paragraphs that say what a disclaimer of the site says into the disclaimer's id in the front matter.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use rustc_hash::FxHashSet;

use super::Graph;
use super::fixes::{Edit, edit};
use crate::diagnostic::Span;
use crate::hash::Digest;
use crate::parse::{Article, Block, Id, plain};
use crate::source::Sources;

/// The registry of what pages say once, by its id.
const REGISTRY: &str = "disclaimers";

/// Whether a thing is a disclaimer.
pub(super) fn is_one(id: &Id) -> bool {
    *id.registry == *REGISTRY
}

/// What the paragraphs that are disclaimers word for word are known by.
pub(super) fn surfaces(graph: &Graph) -> FxHashSet<Digest> {
    let texts = graph.registry(REGISTRY).filter_map(|record| record.text("/text"));
    texts.flat_map(|text| ["paragraph", "quotation"].map(|what| Block::surface_of(what, &plain(text)))).collect()
}

/// A paragraph in the body of an article that says what a disclaimer says goes, and the page cites the disclaimer.
pub(super) fn typed(graph: &Graph, sources: &Sources, edits: &mut Vec<Edit>) {
    let mut typed: BTreeMap<&Id, Vec<(&Id, &Span)>> = BTreeMap::new();
    for entry in graph.report.iter().flat_map(|part| part.iter()).filter(|entry| entry.action == "flag") {
        let Some(disclaimer) = of(graph, &entry.canonical.id).filter(|id| is_one(id)) else { continue };
        for other in &entry.others {
            let paragraph = |id: &&Id| graph.get(id).is_some_and(|article| is_paragraph(article, &other.span));
            if let Some(article) = of(graph, &other.id).filter(paragraph) {
                typed.entry(article).or_default().push((disclaimer, &other.span));
            }
        }
    }
    for (id, places) in typed {
        let Some((article, text)) = graph.get(id).and_then(|article| Some((article, text_of(sources, article)?)))
        else {
            continue;
        };
        if let Some(cited) = citation(graph, article, text, places.iter().map(|(id, _)| *id).collect()) {
            edits.extend(cited);
            edits.extend(places.iter().map(|(_, span)| edit(&span.path, span.start..span.end, String::new(), false)));
        }
    }
}

/// The id of something of the site by its name in a report.
fn of<'g>(graph: &'g Graph, name: &str) -> Option<&'g Id> {
    let (registry, slug) = name.split_once(':').unwrap_or(("", name));
    let id = Id { registry: registry.into(), slug: slug.into() };
    graph.get(&id).map(|article| &article.id)
}

/// Whether a whole block of the body stands at a place.
fn is_paragraph(article: &Article, span: &Span) -> bool {
    let here = |block: &&Block| block.range.start == span.start && block.range.end == span.end;
    article.blocks.iter().find(here).is_some_and(|block| matches!(block.what, "paragraph" | "quotation"))
}

fn text_of<'s>(sources: &'s Sources, article: &Article) -> Option<&'s Arc<str>> {
    sources.get(&article.path)?.text()
}

/// What is put into the front matter so that a page cites these disclaimers: nothing where it shows them already, and
/// `None` where its kind has no such field.
fn citation(graph: &Graph, article: &Article, text: &str, mut ids: Vec<&Id>) -> Option<Vec<Edit>> {
    let shown = graph.disclaimers(article);
    ids.retain(|id| !shown.iter().any(|disclaimer| disclaimer.id == **id));
    ids.sort();
    ids.dedup();
    if ids.is_empty() {
        return Some(Vec::new());
    }
    graph.schema.kinds.get(&article.kind)?.checker.shape().field(REGISTRY)?;
    let names: Vec<&str> = ids.iter().map(|id| &*id.slug).collect();
    let list = format!("[{}]", names.join(", "));
    let put = |place: Range<usize>, what: String| Some(vec![edit(&article.path, place, what, false)]);
    let Some(listed) = article.fields.get(REGISTRY) else {
        return match text.strip_prefix("---\n").and_then(|rest| rest.find("\n---")) {
            Some(end) => put("---\n".len() + end.."---\n".len() + end, format!("\n{REGISTRY}: {list}")),
            None => put(0..0, format!("---\n{REGISTRY}: {list}\n---\n\n")),
        };
    };
    let Some(last) = listed.as_array()?.len().checked_sub(1) else {
        let Span { start, end, .. } = article.value(&format!("/{REGISTRY}"));
        return put(start..end, list);
    };
    let last = article.value(&format!("/{REGISTRY}/{last}"));
    let line = text.get(..last.start)?.rfind('\n').map_or(0, |at| at + 1);
    let before = text.get(line..last.start)?;
    let between = if before.trim() == "-" { format!("\n{before}") } else { ", ".to_owned() };
    put(last.end..last.end, names.iter().flat_map(|name| [between.as_str(), name]).collect())
}
