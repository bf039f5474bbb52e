//! Turns what is wrong into the panel over a page: by file, with the line and the way to mend it, each a way into the editor.

use std::fmt::Write as _;

use super::Server;
use super::newest::Newest;
use crate::diagnostic::{Diagnostic, Format, Looks, Severity};
use crate::text::escape;

/// A panel shows so many; the preview's own page shows all.
const MOST: usize = 100;

/// The inside of the panel: what concerns this page first, and errors before warnings.
pub(super) fn panel(server: &Server, newest: &Newest, page: &str) -> String {
    let inner = page.strip_prefix(server.base.as_str()).unwrap_or(page);
    let route = if inner.is_empty() || inner.ends_with('/') { format!("{inner}index.html") } else { inner.to_owned() };
    let own = newest.site.source(&route).map(|(path, _)| path.clone());
    let mut list: Vec<&Diagnostic> = newest.faults.iter().collect();
    // Sorted by file and place already, which the sort keeps.
    let elsewhere = |fault: &Diagnostic| own.as_ref() != Some(&fault.span.path);
    list.sort_by_key(|fault| (fault.severity == Severity::Warning, elsewhere(fault)));
    let more = list.len().saturating_sub(MOST);
    list.truncate(MOST);
    let mut html = faults(server, newest, &list);
    if more > 0 {
        let _ = writeln!(html, "<p><a href=\"{}__fascicle/\">{more} more</a></p>", escape(&server.base));
    }
    html
}

/// Diagnostics as a list of files.
pub(super) fn faults(server: &Server, newest: &Newest, list: &[&Diagnostic]) -> String {
    let place = |path: &str| server.place(path);
    let text = |path: &str| newest.text(path);
    let looks = Looks::new(Format::Human, &text, &place);
    let mut html = String::new();
    let mut rest = list;
    while let Some(first) = rest.first() {
        let here = rest.iter().take_while(|fault| fault.span.path == first.span.path).count();
        let _ = writeln!(html, "<section>\n<h3>{}</h3>", escape(&place(&first.span.path)));
        for fault in &rest[..here] {
            one(&mut html, server, &looks, fault);
        }
        html.push_str("</section>\n");
        rest = &rest[here..];
    }
    html
}

fn one(html: &mut String, server: &Server, looks: &Looks<'_>, fault: &Diagnostic) {
    let parts = looks.parts(fault);
    let class = if fault.severity == Severity::Error { "error" } else { "warning" };
    let place = link(server, &fault.span.path, (parts.line, parts.column));
    let _ = writeln!(
        html,
        "<article class=\"{class}\">\n<p><b>{}</b> {} <small>{place}</small></p>",
        fault.code.name(),
        escape(&fault.message)
    );
    if !parts.frame.is_empty() {
        let _ = writeln!(html, "<pre>{}</pre>", escape(&parts.frame));
    }
    for (span, line, column, why) in &parts.related {
        let _ = writeln!(html, "<p class=\"see\">{}: {}</p>", link(server, &span.path, (*line, *column)), escape(why));
    }
    if let Some(help) = &fault.help {
        let _ = writeln!(html, "<p class=\"help\">{}</p>", escape(help));
    }
    html.push_str("</article>\n");
}

/// A place in a file, as a link into the editor where there is one.
pub(super) fn link(server: &Server, path: &str, (line, column): (usize, usize)) -> String {
    let words = escape(&format!("{}:{line}:{column}", server.place(path)));
    match server.edit(path, line, column) {
        Some(address) => format!("<a href=\"{}\">{words}</a>", escape(&address)),
        None => words.to_string(),
    }
}
