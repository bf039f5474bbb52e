//! Turns what a page links to into the words explained on it: entries that have only a place on a list.

use super::{Maker, Value};
use crate::graph::Resolved;
use crate::parse::{Article, Id};

/// Words explained on one page.
const MOST: usize = 24;

impl Maker<'_> {
    /// The cards of the entries that a page names in its `terms` or links to, in that order.
    pub(super) fn terms(&self, article: &Article) -> Value {
        let named = self.graph.field_refs(article, "terms");
        let resolved = self.graph.resolved.get(&article.id).into_iter().flatten();
        let linked = resolved.filter_map(|resolved| match resolved {
            Resolved::Thing { id, .. } => Some(id),
            _ => None,
        });
        let auto = self.graph.auto_of(&article.id).map(|link| &link.to);
        let mut seen: Vec<&Id> = Vec::new();
        for id in named.chain(linked.filter(|id| self.is_entry(id))).chain(auto.filter(|id| self.is_entry(id))) {
            if seen.len() < MOST && !seen.contains(&id) {
                seen.push(id);
            }
        }
        if seen.is_empty() { Value::None } else { Value::list(seen.into_iter().map(|id| self.card(id))) }
    }

    /// Whether a thing is explained in a few words on a list, and has no page.
    fn is_entry(&self, id: &Id) -> bool {
        let entry = self.graph.get(id).filter(|_| &*id.registry != "sources");
        entry.is_some_and(|entry| entry.url.as_deref().is_some_and(|url| url.contains('#')))
    }
}
