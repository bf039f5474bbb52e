//! Turns the pages of a site into sections: what stands beside a page, before it and after it.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::{Maker, Value, map};
use crate::graph::{Graph, rank};
use crate::parse::{Article, Id};

/// Neighbours shown beside a page.
const WINDOW: usize = 24;

/// One section: the pages of a registry or kind, in the order in which they are read.
pub(crate) struct Section {
    pub title: String,
    /// The address of its list page.
    pub url: Option<String>,
    pub pages: Vec<Arc<Article>>,
    /// The pages as the navigation beside another page shows them.
    items: Vec<Value>,
}

/// All sections, and the place of each page in its own.
pub(crate) struct Sections {
    pub list: Vec<(String, Section)>,
    place: FxHashMap<Id, (usize, usize)>,
}

impl Sections {
    pub fn new(graph: &Graph) -> Self {
        let mut by_name: std::collections::BTreeMap<&str, Vec<Arc<Article>>> = std::collections::BTreeMap::new();
        for article in graph.articles.values().filter(|a| a.url.is_some()) {
            by_name.entry(&article.id.registry).or_default().push(article.clone());
        }
        let mut list = Vec::new();
        for (name, mut pages) in by_name {
            pages.sort_by_cached_key(|page| rank(page));
            let items = pages.iter().map(|page| item(page, false).shared()).collect();
            list.push((name.to_owned(), Section { title: title(graph, name), url: url(graph, name), pages, items }));
        }
        let mut place = FxHashMap::default();
        for (at, (_, section)) in list.iter().enumerate() {
            for (inner, page) in section.pages.iter().enumerate() {
                place.insert(page.id.clone(), (at, inner));
            }
        }
        Self { list, place }
    }

    /// A section by the name of its registry or kind.
    pub fn get(&self, name: &str) -> Option<&Section> {
        self.list.iter().find(|(known, _)| known == name).map(|(_, section)| section)
    }

    fn of(&self, id: &Id) -> Option<(&Section, usize)> {
        let (section, at) = self.place.get(id)?;
        Some((&self.list[*section].1, *at))
    }
}

fn item(page: &Article, current: bool) -> Value {
    map! { title: Value::text(&page.title), url: Value::option(page.url.as_deref()), current: Value::Bool(current) }
}

fn title(graph: &Graph, name: &str) -> String {
    let registry = graph.schema.registries.get(name).map(|registry| registry.title.clone());
    registry.or_else(|| graph.schema.kinds.get(name).map(|kind| kind.plural.clone())).unwrap_or_else(|| name.to_owned())
}

fn url(graph: &Graph, name: &str) -> Option<String> {
    if let Some(registry) = graph.schema.registries.get(name) {
        return Some(format!("{}/", registry.url));
    }
    let kind = graph.schema.kinds.get(name).filter(|kind| kind.list)?;
    Some(format!("{}/", kind.folder.clone().unwrap_or_else(|| name.to_owned())))
}

impl Maker<'_> {
    /// `section`, `prev` and `next` of a page.
    pub(super) fn neighbours(&self, article: &Article) -> (Value, Value, Value) {
        let Some((section, at)) = self.sections.of(&article.id).filter(|(section, _)| section.url.is_some()) else {
            return (Value::None, Value::None, Value::None);
        };
        let first = at.saturating_sub(WINDOW / 2).min(section.pages.len().saturating_sub(WINDOW));
        let shown = section.items.iter().enumerate().skip(first).take(WINDOW);
        let items = shown.map(|(n, other)| if n == at { item(article, true) } else { other.clone() });
        let beside = map! { title: Value::text(&section.title), url: Value::option(section.url.as_deref()), items: Value::list(items) };
        let neighbour =
            |n: Option<usize>| n.and_then(|n| section.pages.get(n)).map_or(Value::None, |page| self.card(&page.id));
        (beside, neighbour(at.checked_sub(1)), neighbour(Some(at + 1)))
    }

    /// The card of a thing; none when it is gone.
    pub(super) fn card(&self, id: &Id) -> Value {
        self.cards.get(self.graph.merged.get(id).unwrap_or(id)).cloned().unwrap_or(Value::None)
    }

    /// The card of one side of a thing.
    pub(super) fn sided_card(&self, id: &Id, side: Option<&str>) -> Value {
        match side {
            Some(side) => self.card(id).with("side", Value::text(side)),
            None => self.card(id),
        }
    }
}
