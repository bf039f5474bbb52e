//! Turns includes into the part of an article that they name, and reports those that lead back to themselves.

use rustc_hash::{FxHashMap, FxHashSet};

use super::Graph;
use super::collect::Collected;
use super::resolve::Resolved;
use super::whole::{AllResolved, Fault};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::parse::{Article, HOLE, INCLUDE, Id, Target};

/// Includes inside includes.
pub(crate) const INCLUDES: usize = 8;
/// What one page may include, in bytes: a page that is included twice by a page that is included twice ends somewhere.
pub(crate) const INCLUDED: usize = 8 << 20;
/// What an include costs besides its text.
const INCLUDE_COST: usize = 256;

/// Reports every include from which a chain of includes leads back to its own article. Gives the articles that include
/// something, with the number of their first include among their references.
pub(super) fn check(collected: &Collected, resolved: &AllResolved, faults: &mut Vec<Fault>) -> Vec<(Id, usize)> {
    let mut leads: FxHashMap<&Id, Vec<(&Id, usize)>> = FxHashMap::default();
    for (id, article) in &collected.articles {
        let includes = article
            .references
            .iter()
            .enumerate()
            .filter(|(_, reference)| matches!(reference.target, Target::Include(_)));
        for (at, _) in includes {
            if let Some(Resolved::Thing { id: to, .. }) = resolved.get(id).and_then(|list| list.get(at)) {
                leads.entry(id).or_default().push((to, at));
            }
        }
    }
    for (id, article) in &collected.articles {
        for (to, at) in leads.get(id).into_iter().flatten() {
            let place = article.place(&article.references[*at]);
            let fault = |diagnostic| Fault { article: id.clone(), reference: *at, diagnostic };
            let Some(target) = collected.articles.get(*to) else { continue };
            if leads_back(id, to, &leads) {
                let message = format!("{} would include itself", article.path);
                let help = "an include shows a text that stands elsewhere: take one of these includes out";
                faults.push(fault(Diagnostic::new(Code::E210, place, message).help(help)));
            } else if target.body.html.is_empty() {
                let message = format!("{to} has no text to include");
                let help = "link to it instead: [[id]]";
                faults.push(fault(Diagnostic::new(Code::E210, place, message).help(help)));
            }
        }
    }
    let mut list: Vec<(Id, usize)> =
        leads.into_iter().filter_map(|(id, list)| Some((id.clone(), list.first()?.1))).collect();
    list.sort_unstable();
    list
}

/// Reports every article that would include more than a page may hold; each is given with the number of its first include.
pub(super) fn check_size(graph: &Graph, includes: &[(Id, usize)], diagnostics: &mut Diagnostics) {
    let articles = includes.iter().filter_map(|(id, at)| Some((graph.articles.get(id)?, at)));
    for (article, at) in articles.filter(|(article, _)| left(graph, article, &article.body.html, 0, INCLUDED).is_none())
    {
        let Some(first) = article.references.get(*at) else { continue };
        let message = format!("this page would include more than {} MB of text", INCLUDED >> 20);
        let help = "include single sections (![[article#section]]), or link to the pages: [[article]]";
        diagnostics.push(Diagnostic::new(Code::E210, article.place(first), message).help(help));
    }
}

/// What is left of `budget` when the includes in `html`, which is of `owner`, are filled in; `None` when it does not suffice.
fn left(graph: &Graph, owner: &Article, html: &str, depth: usize, mut budget: usize) -> Option<usize> {
    let holes = html.match_indices(INCLUDE).map(|(at, _)| &html[..at]);
    for before in holes.filter(|_| depth < INCLUDES) {
        let number = before.rsplit_once(HOLE).and_then(|(_, number)| number.parse::<usize>().ok());
        let resolved = number.and_then(|at| graph.resolved.get(&owner.id)?.get(at));
        let Some(Resolved::Thing { id, anchor, .. }) = resolved else { continue };
        let Some(target) = graph.articles.get(id) else { continue };
        let text = excerpt(target, anchor.as_deref());
        // Looking for a section costs, too, where the article is long.
        budget = budget.checked_sub(text.len() + target.body.html.len() / INCLUDE_COST + INCLUDE_COST)?;
        budget = left(graph, target, text, depth + 1, budget)?;
    }
    Some(budget)
}

fn leads_back(id: &Id, to: &Id, leads: &FxHashMap<&Id, Vec<(&Id, usize)>>) -> bool {
    let mut open = vec![to];
    let mut seen: FxHashSet<&Id> = FxHashSet::default();
    while let Some(next) = open.pop() {
        if next == id {
            return true;
        }
        if seen.insert(next) {
            open.extend(leads.get(next).into_iter().flatten().map(|(id, _)| *id));
        }
    }
    false
}

/// The part of a body that an anchor names: the text of a section without its heading, a block, or all of it.
pub(crate) fn excerpt<'a>(article: &'a Article, anchor: Option<&str>) -> &'a str {
    let html = article.body.html.as_str();
    let Some(anchor) = anchor else { return html };
    let heading =
        article.outline.iter().position(|heading| heading.id == *anchor || heading.was.iter().any(|was| was == anchor));
    match heading {
        Some(at) => section(article, at),
        None => block(html, anchor),
    }
}

fn section(article: &Article, at: usize) -> &str {
    let html = article.body.html.as_str();
    let heading = &article.outline[at];
    let open = |heading: &crate::parse::Heading| html.find(&format!("<h{} id=\"{}\">", heading.level, heading.id));
    let close = format!("</h{}>", heading.level);
    let start =
        open(heading).and_then(|from| html[from..].find(&close).map(|n| from + n + close.len())).unwrap_or(html.len());
    let next = article.outline[at + 1..].iter().find(|next| next.level <= heading.level);
    let end = next.and_then(open).unwrap_or(html.len());
    html.get(start..end).unwrap_or("").trim()
}

/// A paragraph with the anchor, or what stands in the element that was put around a block for it.
fn block<'a>(html: &'a str, anchor: &str) -> &'a str {
    let paragraph = format!("<p id=\"{anchor}\">");
    let around = format!("<div id=\"{anchor}\">");
    if let Some(from) = html.find(&paragraph) {
        let end = html[from..].find("</p>").map_or(html.len(), |n| from + n + "</p>".len());
        return &html[from..end];
    }
    let Some(from) = html.find(&around).map(|at| at + around.len()) else { return "" };
    let mut depth = 1;
    let mut at = from;
    while let Some(next) = html[at..].find("div").map(|n| at + n) {
        if html[..next].ends_with("</") {
            depth -= 1;
        } else if html[..next].ends_with('<') {
            depth += 1;
        }
        if depth == 0 {
            return html[from..next - "</".len()].trim();
        }
        at = next + "div".len();
    }
    ""
}
