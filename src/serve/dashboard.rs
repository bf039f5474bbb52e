//! Turns the state of a preview into its page of its own: all that is wrong, what was merged and linked, every address,
//! and what the last rebuild took.

use std::fmt::Write as _;
use std::time::Duration;

use serde_json::Value;

use super::newest::Newest;
use super::request::encode;
use super::{Server, panel};
use crate::diagnostic::Diagnostic;
use crate::text::escape;

/// A report lists so many of a kind; the files of a build hold all.
const MOST: usize = 500;

/// The inside of the page.
pub(super) fn body(server: &Server, newest: &Newest) -> String {
    let mut html = String::from(
        "<nav aria-label=\"On this page\"><ul><li><a href=\"#faults\">Diagnostics</a></li><li><a href=\"#timing\">Last rebuild</a></li><li><a href=\"#merged\">Merged</a></li><li><a href=\"#links\">Links</a></li><li><a href=\"#routes\">Addresses</a></li><li><a href=\"components/\">Components</a></li></ul></nav>\n",
    );
    let list: Vec<&Diagnostic> = newest.faults.iter().collect();
    let (errors, warnings) = (plural(newest.errors, "error"), plural(newest.warnings(), "warning"));
    let _ = writeln!(html, "<h2 id=\"faults\">{errors}, {warnings}</h2>");
    html.push_str(&panel::faults(server, newest, &list));
    timing(&mut html, newest);
    for (name, text) in newest.site.reports() {
        let report: Value = serde_json::from_str(&text).unwrap_or_default();
        match name {
            "dedupe.json" => merged(&mut html, server, &report),
            _ => links(&mut html, &report),
        }
    }
    routes(&mut html, server, newest);
    html
}

fn plural(count: usize, word: &str) -> String {
    if count == 1 { format!("1 {word}") } else { format!("{count} {word}s") }
}

fn milliseconds(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1000.0)
}

fn timing(html: &mut String, newest: &Newest) {
    let timing = &newest.timing;
    let what = match timing.changed.as_slice() {
        [] => "the start".to_owned(),
        [one] => one.to_string(),
        [first, rest @ ..] => format!("{first} and {} more", rest.len()),
    };
    let _ = writeln!(
        html,
        "<h2 id=\"timing\">Last rebuild</h2>\n<p>Number {}, after {}: {}</p>",
        newest.round,
        escape(&what),
        milliseconds(timing.whole)
    );
    html.push_str("<table><thead><tr><th>Stage</th><th class=\"number\">Time</th></tr></thead>\n");
    for (stage, time) in &timing.stages {
        let _ = writeln!(html, "<tr><td>{stage}</td><td class=\"number\">{}</td></tr>", milliseconds(*time));
    }
    html.push_str(
        "</table>\n<table><thead><tr><th>Remembered</th><th class=\"number\">Computed anew</th></tr></thead>\n",
    );
    for (stage, count) in &timing.computed {
        let _ = writeln!(
            html,
            "<tr><td>{}</td><td class=\"number\">{count}</td></tr>",
            format!("{stage:?}").to_lowercase()
        );
    }
    html.push_str("</table>\n");
}

fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value[key].as_str().unwrap_or("")
}

fn line(value: &Value) -> usize {
    value["line"].as_u64().and_then(|line| usize::try_from(line).ok()).unwrap_or(1)
}

fn merged(html: &mut String, server: &Server, report: &Value) {
    let entries = report["entries"].as_array().map_or(&[][..], Vec::as_slice);
    let _ = writeln!(html, "<h2 id=\"merged\">Said more than once: {}</h2>", entries.len());
    if entries.is_empty() {
        return;
    }
    html.push_str(
        "<table><thead><tr><th>What</th><th>Done</th><th>Home</th><th>Why there</th><th>Also at</th><th>Alike</th><th>Differs in</th><th>Note</th></tr></thead>\n",
    );
    let place = |place: &Value| panel::link(server, text(place, "file"), (line(place), 1));
    for entry in entries.iter().take(MOST) {
        let others: Vec<String> = entry["others"].as_array().into_iter().flatten().map(place).collect();
        let guards: Vec<&str> = entry["guards"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let (home, others) = (place(&entry["canonical"]), others.join("<br>"));
        let _ = writeln!(
            html,
            "<tr><td>{}</td><td>{}</td><td>{home}</td><td>{}</td><td>{others}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
            escape(text(entry, "kind")),
            escape(done(text(entry, "action"))),
            escape(text(entry, "why")),
            percent(&entry["similarity"]),
            escape(&guards.join(", ")),
            escape(text(entry, "note"))
        );
    }
    html.push_str("</table>\n");
    more(html, entries.len());
}

/// What an action of the report is to an editor.
fn done(action: &str) -> &str {
    match action {
        "merge" => "merged",
        "note" => "merged, with one home",
        "flag" => "shown: nothing was merged",
        "contradiction" => "contradiction? nothing was merged",
        other => other,
    }
}

fn percent(share: &Value) -> String {
    format!("{:.0} %", share.as_f64().unwrap_or_default() * 100.0)
}

fn more(html: &mut String, count: usize) {
    if count > MOST {
        let _ = writeln!(html, "<p>and {} more</p>", count - MOST);
    }
}

fn links(html: &mut String, report: &Value) {
    let list = |key: &str| report[key].as_array().cloned().unwrap_or_default();
    let automatic = list("automatic");
    let _ = writeln!(html, "<h2 id=\"links\">Links nobody wrote: {}</h2>", automatic.len());
    chosen(html, &automatic);
    let proposed = list("proposed");
    let _ = writeln!(html, "<h3>Proposed, not written: {}</h3>", proposed.len());
    chosen(html, &proposed);
    for (key, words) in [("orphans", "Nothing leads to"), ("dead_ends", "Nothing leads on from")] {
        let ids = list(key);
        let names: Vec<&str> = ids.iter().take(MOST).filter_map(Value::as_str).collect();
        let _ = writeln!(html, "<h3>{words}: {}</h3>\n<p>{}</p>", ids.len(), escape(&names.join(", ")));
        more(html, ids.len());
    }
    let skipped = report["skipped"].as_object();
    let _ = writeln!(
        html,
        "<h3>Words left alone, since they have several meanings: {}</h3>",
        skipped.map_or(0, serde_json::Map::len)
    );
    html.push_str("<ul>\n");
    for (words, ids) in skipped.into_iter().flatten().take(MOST) {
        let ids: Vec<&str> = ids.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let _ = writeln!(html, "<li>{}: {}</li>", escape(words), escape(&ids.join(", ")));
    }
    html.push_str("</ul>\n");
}

/// Links with how probable it is that an author would have made each.
fn chosen(html: &mut String, links: &[Value]) {
    if links.is_empty() {
        return;
    }
    html.push_str("<table><thead><tr><th>From</th><th>Words</th><th>To</th><th>Worth</th></tr></thead>\n");
    for link in links.iter().take(MOST) {
        let _ = writeln!(
            html,
            "<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
            escape(text(link, "from")),
            escape(text(link, "words")),
            escape(text(link, "to")),
            percent(&link["probability"])
        );
    }
    html.push_str("</table>\n");
    more(html, links.len());
}

fn routes(html: &mut String, server: &Server, newest: &Newest) {
    let files: Vec<&str> = newest.site.files(&server.memo).collect();
    let _ = writeln!(html, "<h2 id=\"routes\">Addresses: {}</h2>", files.len());
    html.push_str("<table><thead><tr><th>Address</th><th>Source</th><th>State</th></tr></thead>\n");
    for route in files {
        let address = route.strip_suffix("index.html").unwrap_or(route);
        let about = newest.about(route);
        let source = about.map_or_else(String::new, |(path, ..)| panel::link(server, path, (1, 1)));
        let state = match about {
            Some((_, true, _)) => "draft",
            Some((_, _, true)) => "review overdue",
            _ => "",
        };
        let _ = writeln!(
            html,
            "<tr><td><a href=\"{}{}\">/{}</a></td><td>{source}</td><td>{state}</td></tr>",
            encode(&server.base),
            encode(address),
            escape(address)
        );
    }
    html.push_str("</table>\n");
}
