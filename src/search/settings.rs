//! Turns what a site says beside its texts into what the search must know: kinds, facets, synonyms, words of danger.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::code::push_number;
use super::stems::Language;
use super::words::{fold, words};
use crate::graph::Graph;
use crate::parse::Article;

/// Groups of synonyms, phrases of a group and words of a phrase: what is beyond them is left out.
const MOST_GROUPS: usize = 2_000;
const MOST_PHRASES: usize = 12;
const MOST_WORDS: usize = 4;
/// Words of a sign that a query must have, where the sign does not list its own.
const SIGN_WORDS: usize = 3;

/// Everything in the first file that is not about words.
pub(super) struct Settings {
    pub lang: String,
    pub stop: &'static str,
    /// (kind, crumb), and in the order of the pages by how many of them each is used.
    pub sorts: Value,
    pub runs: String,
    pub kinds: Value,
    pub synonyms: Value,
    pub danger: Value,
    pub facets: Option<Value>,
}

impl Settings {
    pub fn new(graph: &Graph, pages: &[&Article]) -> Self {
        let language = Language::new(&graph.config.lang);
        let (sorts, runs, kinds) = runs(graph, pages);
        Self {
            lang: graph.config.lang.clone(),
            stop: language.stop,
            sorts,
            runs,
            kinds,
            synonyms: synonyms(graph, pages, language.stop),
            danger: danger(graph, pages, language.stop),
            facets: facets(graph, pages),
        }
    }
}

/// What a page is listed under.
fn kind_of(article: &Article) -> &str {
    if article.kind.is_empty() { &article.id.registry } else { &article.kind }
}

fn runs(graph: &Graph, pages: &[&Article]) -> (Value, String, Value) {
    let mut kinds: Vec<(&str, String)> = Vec::new();
    let mut sorts: Vec<(usize, String)> = Vec::new();
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for page in pages {
        let name = kind_of(page);
        let kind = kinds.iter().position(|(known, _)| *known == name).unwrap_or_else(|| {
            let registry = || graph.schema.registries.get(name).map(|registry| registry.title.clone());
            let title = graph.schema.kinds.get(name).map(|kind| kind.title.clone()).or_else(registry);
            kinds.push((name, title.unwrap_or_else(|| name.to_owned())));
            kinds.len() - 1
        });
        let own = (kind, crumb(graph, page));
        let sort = sorts.iter().position(|known| *known == own).unwrap_or_else(|| {
            sorts.push(own);
            sorts.len() - 1
        });
        match runs.last_mut() {
            Some((known, count)) if *known == sort => *count += 1,
            _ => runs.push((sort, 1)),
        }
    }
    let mut text = String::new();
    for (sort, count) in runs {
        push_number(&mut text, sort);
        push_number(&mut text, count);
    }
    (json!(sorts), text, json!(kinds))
}

/// The section a page stands in, as its breadcrumbs say.
fn crumb(graph: &Graph, page: &Article) -> String {
    if let Some(registry) = graph.schema.registries.get(&page.id.registry) {
        return registry.title.clone();
    }
    graph.schema.kinds.get(&page.kind).filter(|kind| kind.list).map(|kind| kind.plural.clone()).unwrap_or_default()
}

/// A phrase as its words without those that say nothing; empty where it is too long.
fn phrase(text: &str, stop: &str) -> Vec<String> {
    let mut list = Vec::new();
    words(text, &mut |word| list.push(fold(word)));
    let stops = |word: &String| stop.split(' ').any(|s| s == word);
    if !list.iter().all(stops) {
        list.retain(|word| !stops(word));
    }
    if list.len() > MOST_WORDS { Vec::new() } else { list }
}

/// Groups of phrases with one meaning: those of the settings, and the names of each record with the page they name.
fn synonyms(graph: &Graph, pages: &[&Article], stop: &str) -> Value {
    let settings =
        graph.config.synonyms.iter().map(|group| (None, group.iter().map(String::as_str).collect::<Vec<_>>()));
    let named = pages.iter().enumerate().filter(|(_, page)| graph.schema.registries.contains_key(&page.id.registry));
    let records = named.map(|(at, page)| {
        let names = page.names.iter().map(String::as_str);
        (Some(at), std::iter::once(page.title.as_str()).chain(names).collect::<Vec<_>>())
    });
    let mut groups: Vec<Value> = Vec::new();
    for (page, group) in settings.chain(records).take(MOST_GROUPS) {
        let mut phrases: Vec<String> = Vec::new();
        for text in group.into_iter().take(MOST_PHRASES) {
            let words = phrase(text, stop).join(" ");
            if !words.is_empty() && !phrases.contains(&words) {
                phrases.push(words);
            }
        }
        if phrases.len() > 1 || page.is_some() && phrases.len() == 1 {
            groups.push(json!([page, phrases]));
        }
    }
    json!(groups)
}

/// The signs of pages whose kind must list them: words that a query has, and where it leads.
fn danger(graph: &Graph, pages: &[&Article], stop: &str) -> Value {
    let mut list = Vec::new();
    for page in pages {
        let Some(kind) = graph.schema.kinds.get(&page.kind) else { continue };
        if !kind.checker.shape().field("red_flags").is_some_and(|field| field.required) {
            continue;
        }
        for flag in page.fields.get("red_flags").and_then(Value::as_array).into_iter().flatten() {
            let Some(sign) = flag["sign"].as_str() else { continue };
            let given: Vec<&str> = flag["words"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
            let phrases: Vec<String> = if given.is_empty() {
                let parts = sign.split([',', ';', '.', ':']).map(|part| phrase(part, stop));
                parts.filter(|words| words.len() >= SIGN_WORDS).map(|words| words.join(" ")).collect()
            } else {
                given.iter().map(|text| phrase(text, stop).join(" ")).filter(|words| !words.is_empty()).collect()
            };
            if !phrases.is_empty() {
                let url = format!("{}#red-flags", page.url.as_deref().unwrap_or(""));
                list.push(json!([phrases, url, page.title, sign]));
            }
        }
    }
    json!(list)
}

/// By registry with a map, its records and the pages that name them.
fn facets(graph: &Graph, pages: &[&Article]) -> Option<Value> {
    let mapped = graph.schema.registries.values().filter(|registry| registry.map.is_some());
    let facets: Vec<Value> = mapped
        .filter_map(|registry| {
            let mut values: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
            for (at, page) in pages.iter().enumerate() {
                if page.id.registry == registry.name {
                    values.entry(&page.id.slug).or_default().push(at);
                }
                for id in graph.field_refs(page, &registry.name).filter(|id| id.registry == registry.name) {
                    let list = values.entry(&id.slug).or_default();
                    if list.last() != Some(&at) {
                        list.push(at);
                    }
                }
            }
            let values: Vec<Value> =
                values.into_iter().map(|(slug, pages)| facet(graph, &registry.name, slug, &pages)).collect();
            (!values.is_empty()).then(|| json!([&*registry.name, registry.title, values]))
        })
        .collect();
    (!facets.is_empty()).then(|| Value::Array(facets))
}

fn facet(graph: &Graph, registry: &std::sync::Arc<str>, slug: &str, pages: &[usize]) -> Value {
    let id = crate::parse::Id { registry: registry.clone(), slug: slug.into() };
    let title = graph.get(&id).map_or(slug, |article| article.title.as_str());
    let mut code = String::new();
    let mut next = 0;
    for page in pages {
        push_number(&mut code, page - next);
        next = page + 1;
    }
    json!([slug, title, code])
}
