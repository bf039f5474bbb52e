//! Turns the rules of a site – reviews, disclaimers, sources, links – into what breaks them.

use serde_json::Value;

use super::{Graph, Why};
use crate::date::Date;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::hash::Digest;
use crate::memo::{Memo, Stage};
use crate::parse::{Article, Id};
use crate::schema::Kind;

/// Checks every article. Where a file could not be read, the site is not whole, and what lacks a link may have one there.
pub(super) fn check(graph: &Graph, (today, whole): (Option<Date>, bool), memo: &Memo, diagnostics: &mut Diagnostics) {
    // Only what is in a frame is looked at, and what leads where.
    let digest = || Digest::of(&(graph.digest, graph.auto.digest, today, whole));
    let found = memo.get(Stage::Rules, digest, || {
        let mut found = Diagnostics::default();
        all(graph, (today, whole), &mut found);
        found
    });
    diagnostics.extend(found.sorted().into_iter().cloned());
}

fn all(graph: &Graph, (today, whole): (Option<Date>, bool), diagnostics: &mut Diagnostics) {
    for article in graph.articles.values() {
        if let Some(kind) = graph.schema.kinds.get(&article.kind) {
            demands(graph, article, kind, diagnostics);
            review(graph, article, kind, today, diagnostics);
            if whole {
                orphan(graph, article, diagnostics);
            }
        }
        if &*article.id.registry == "sources" {
            source(graph, article, (today, whole), diagnostics);
        }
    }
}

/// Fields that must not be empty, counted with what they inherit.
fn demands(graph: &Graph, article: &Article, kind: &Kind, diagnostics: &mut Diagnostics) {
    for field in &kind.demands {
        let given = match field.as_str() {
            "disclaimers" => !graph.disclaimers(article).is_empty(),
            _ => !graph.inherited(article, field).is_empty(),
        };
        if !given {
            let from = kind
                .inherit
                .get(field)
                .map(|from| format!(", or cite a page that has them in `{from}`"))
                .unwrap_or_default();
            let message = format!("a page of the kind \"{}\" needs {}", kind.name, field.replace('_', " "));
            diagnostics
                .push(Diagnostic::new(Code::E603, article.head(), message).help(format!("add `{field}:`{from}")));
        }
    }
    let opinion = article.text("/review/evidence") == Some("expert-opinion");
    let sourced = article.fields.get("sources").and_then(Value::as_array).is_some_and(|list| !list.is_empty());
    if kind.cites && !opinion && !sourced {
        let help = "add `sources:`, or say `evidence: expert-opinion` in `review`";
        diagnostics.push(
            Diagnostic::new(Code::E603, article.head(), format!("a page of the kind \"{}\" needs sources", kind.name))
                .help(help),
        );
    }
}

fn review(graph: &Graph, article: &Article, kind: &Kind, today: Option<Date>, diagnostics: &mut Diagnostics) {
    let last = article.text("/review/last_reviewed").and_then(Date::parse);
    if kind.review && last.is_none() && !article.draft {
        let help =
            "add `review: {last_reviewed: YYYY-MM-DD}` once someone has read it against its sources, or `draft: true`";
        diagnostics.push(
            Diagnostic::new(
                Code::E602,
                article.head(),
                format!("a page of the kind \"{}\" is published without a review", kind.name),
            )
            .help(help),
        );
    }
    let Some(today) = today else { return };
    if let Some(last) = last.filter(|last| *last > today) {
        let place = article.value("/review/last_reviewed");
        let message = format!("the review of this page is dated {last}, which is still to come");
        diagnostics.push(Diagnostic::new(Code::W601, place, message).help("write the day on which it was read"));
    }
    let next = article.text("/review/next_review").and_then(Date::parse);
    let due = next
        .map(|due| (due, "/review/next_review"))
        .or_else(|| last.map(|last| (last.plus_months(graph.config.policies.review_months), "/review/last_reviewed")));
    if let Some((due, pointer)) = due.filter(|(due, _)| *due < today) {
        let help = "read the page against its sources again, then set `last_reviewed`";
        diagnostics.push(
            Diagnostic::new(Code::W601, article.value(pointer), format!("the review of this page was due on {due}"))
                .help(help),
        );
    }
}

/// A page of its own that no other page leads to but lists. Records are reached from their lists and maps.
fn orphan(graph: &Graph, article: &Article, diagnostics: &mut Diagnostics) {
    let own = article.base.is_empty() && article.url.as_deref().is_some_and(|url| !url.is_empty());
    let listed = graph.schema.registries.contains_key(&article.id.registry);
    let index = article.path.ends_with("/index.md");
    let in_menu = graph.config.nav.iter().any(|name| **name == *article.id.slug);
    if own && !listed && !index && !in_menu && graph.to(&article.id).all(|edge| edge.why == Why::Cite) {
        let help = format!("link to it where a reader would need it: [[{}]]", article.id.slug);
        diagnostics.push(Diagnostic::new(Code::W701, article.head(), "no page links to this one").help(help));
    }
}

fn source(graph: &Graph, article: &Article, (today, whole): (Option<Date>, bool), diagnostics: &mut Diagnostics) {
    let has = |field: &str| article.fields.get(field).is_some_and(|value| !value.is_null());
    if !(has("url") || has("doi") || has("pmid") || has("authors") && has("year")) {
        let help = "add `url`, `doi`, `pmid`, or `authors` and `year`: a reader must be able to find it";
        diagnostics.push(
            Diagnostic::new(Code::E401, article.head(), format!("nobody could find the source \"{}\"", article.title))
                .help(help),
        );
    }
    if whole && graph.to(&article.id).next().is_none() && !article.base.contains("/sources/") {
        let help = "cite it ([@id], or in `sources:`), or delete the record";
        diagnostics.push(
            Diagnostic::new(
                Code::W404,
                article.value("/id"),
                format!("nothing cites the source \"{}\"", article.id.slug),
            )
            .help(help),
        );
    }
    let read = article.text("/accessed").and_then(Date::parse);
    if let Some(read) = read.filter(|read| today.is_some_and(|today| *read > today)) {
        let message = format!("this source was last read on {read}, which is still to come");
        diagnostics.push(
            Diagnostic::new(Code::W405, article.value("/accessed"), message).help("write the day on which it was read"),
        );
    }
    // Books of the next year appear in the autumn of this one.
    let last = today.map(|today| i64::from(today.parts().2) + 1);
    let year = article.fields.get("year").and_then(|year| year.as_i64().or_else(|| year.as_str()?.parse().ok()));
    if let Some(year) = year.filter(|year| last.is_some_and(|last| *year > last)) {
        let message = format!("this source is dated {year}, which is still to come");
        let place = article.value("/year");
        diagnostics.push(Diagnostic::new(Code::W405, place, message).help("write the year in which it appeared"));
    }
    if let (Some(today), Some(read), Some(months)) = (today, read, graph.config.policies.accessed_months)
        && read.plus_months(months) < today
    {
        let help = "open it again, check what is cited from it, and set `accessed`";
        diagnostics.push(
            Diagnostic::new(Code::W405, article.value("/accessed"), format!("this source was last read on {read}"))
                .help(help),
        );
    }
}

impl Graph {
    /// The entries of a list field of an article and of those it inherits from: each with its owner and position.
    pub fn inherited<'g>(&'g self, article: &'g Article, field: &str) -> Vec<(&'g Article, usize)> {
        let mut owners = vec![article];
        let from = self.schema.kinds.get(&article.kind).and_then(|kind| kind.inherit.get(field));
        if let Some(from) = from {
            owners.extend(self.field_refs(article, from).filter_map(|id| self.get(id)).map(|a| &**a));
        }
        let count = |owner: &Article| owner.fields.get(field).and_then(Value::as_array).map_or(0, Vec::len);
        owners.into_iter().flat_map(|owner| (0..count(owner)).map(move |at| (owner, at))).collect()
    }

    /// The records of a registry, by id.
    pub fn registry<'g>(&'g self, name: &'g str) -> impl Iterator<Item = &'g Article> {
        let first = Id { registry: name.into(), slug: "".into() };
        self.articles
            .starting_at(&first)
            .map(|(_, article)| &**article)
            .take_while(move |article| *article.id.registry == *name)
    }

    /// The disclaimers of a page, each once: those it cites, then those that apply to its kind.
    pub fn disclaimers<'g>(&'g self, article: &'g Article) -> Vec<&'g Article> {
        let mut list: Vec<&Article> =
            self.field_refs(article, "disclaimers").filter_map(|id| self.get(id)).map(|a| &**a).collect();
        let all = self.registry("disclaimers").filter(|a| a.list("applies_to").any(|kind| *kind == *article.kind));
        list.extend(all);
        let mut seen = std::collections::BTreeSet::new();
        list.retain(|a| seen.insert(&a.id));
        list
    }
}
