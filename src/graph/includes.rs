//! Turns includes into the part of an article that they name, and reports those that lead back to themselves.

use rustc_hash::{FxHashMap, FxHashSet};

use super::collect::Collected;
use super::resolve::Resolved;
use super::whole::{AllResolved, Fault};
use crate::diagnostic::{Code, Diagnostic};
use crate::parse::{Article, Id, Target};

/// Reports every include from which a chain of includes leads back to its own article.
pub(super) fn check(collected: &Collected, resolved: &AllResolved, faults: &mut Vec<Fault>) {
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
    if leads.is_empty() {
        return;
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
