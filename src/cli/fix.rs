//! Turns what a program can mend into new source files, after showing what would change and making sure that no page says
//! anything else than before.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::io::{self, Write};
use std::ops::Range;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use super::{CheckArguments, SiteArguments};
use crate::compile::compile;
use crate::diagnostic::Diagnostics;
use crate::graph::Edit;
use crate::memo::Memo;
use crate::publish::write_file;
use crate::source::Sources;
use crate::text::plain;

/// What one mending makes possible is mended too, so often.
const ROUNDS: usize = 4;

/// Mends the sources in memory; on disk too, unless it is a dry run. Says how many places.
pub(super) fn fix(arguments: &CheckArguments, sources: &mut Sources) -> io::Result<()> {
    let mut mended: BTreeMap<String, String> = BTreeMap::new();
    let mut places = 0;
    let mut tried = sources.clone();
    for _ in 0..ROUNDS {
        let edits = sound_edits(&tried);
        if edits.is_empty() {
            break;
        }
        places += edits.len();
        for (path, text) in apply(&tried, &edits) {
            tried.insert_text(&path, &text);
            mended.insert(path, text);
        }
    }
    let mut out = io::stdout();
    for (path, text) in &mended {
        let before = sources.get(path).and_then(|source| source.text()).map_or("", |text| text);
        out.write_all(difference(path, before, text).as_bytes())?;
    }
    let count = if places == 1 { "1 place".to_owned() } else { format!("{places} places") };
    if arguments.dry_run {
        return writeln!(out, "{count} would be mended; run without --dry-run to write the files\n");
    }
    for (path, text) in &mended {
        let before = sources.get(path).and_then(|source| source.text()).map_or("", |text| text);
        let file = on_disk(&arguments.site, path);
        let typed = fs::read_to_string(&file).unwrap_or_default();
        write_file(&file, retyped(&typed, before, text).as_bytes())?;
    }
    *sources = tried;
    if places == 0 { writeln!(out, "nothing to mend\n") } else { writeln!(out, "{count} mended\n") }
}

fn on_disk(site: &SiteArguments, path: &str) -> PathBuf {
    site.content.join(path.strip_prefix("content/").unwrap_or(path))
}

/// The edits, without those of files that would make a page say something else.
fn sound_edits(sources: &Sources) -> Vec<Edit> {
    let memo = Memo::default();
    let (site, mut diagnostics) = compile(sources, &memo);
    let mut edits = site.fixes(sources, &diagnostics);
    let before = pages(&site, &memo, &mut diagnostics);
    // What changes one page is taken out of the files it comes from; each round has fewer edits.
    while edits.iter().any(|edit| edit.quiet) {
        let quiet: Vec<Edit> = edits.iter().filter(|edit| edit.quiet).cloned().collect();
        let mut tried = sources.clone();
        for (path, text) in apply(sources, &quiet) {
            tried.insert_text(&path, &text);
        }
        let (site, mut diagnostics) = compile(&tried, &memo);
        let after = pages(&site, &memo, &mut diagnostics);
        let differ: BTreeSet<&String> =
            before.iter().filter(|(route, text)| after.get(*route) != Some(text)).map(|(route, _)| route).collect();
        if differ.is_empty() {
            break;
        }
        let count = edits.len();
        edits.retain(|edit| !edit.quiet || !differ.iter().any(|route| site.is_made_from(route, &edit.path)));
        if edits.len() == count {
            edits.retain(|edit| !edit.quiet);
        }
    }
    edits
}

/// What every page says, without its tags and programs.
fn pages(site: &crate::site::Site, memo: &Memo, diagnostics: &mut Diagnostics) -> BTreeMap<String, String> {
    let pages = Mutex::new(BTreeMap::new());
    let Ok(()) = site.render_all(memo, diagnostics, |output| {
        if output.route.ends_with(".html") {
            let html = String::from_utf8_lossy(&output.bytes).into_owned();
            pages.lock().unwrap_or_else(PoisonError::into_inner).insert(output.route, said(&html));
        }
        Ok::<(), std::convert::Infallible>(())
    });
    pages.into_inner().unwrap_or_else(PoisonError::into_inner)
}

fn said(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(at) = rest.find("<script") {
        text.push_str(&rest[..at]);
        rest = rest[at..].find("</script>").map_or("", |end| &rest[at + end..]);
    }
    text.push_str(rest);
    plain(&text).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The texts of the files that change.
fn apply(sources: &Sources, edits: &[Edit]) -> BTreeMap<String, String> {
    let mut mended: BTreeMap<String, String> = BTreeMap::new();
    // From the end of a file to its start, so that places stay what they are.
    for edit in edits.iter().rev() {
        let text = mended.entry(edit.path.to_string()).or_insert_with(|| {
            sources.get(&edit.path).and_then(|source| source.text()).map_or_else(String::new, |text| text.to_string())
        });
        if text.is_char_boundary(edit.start) && text.is_char_boundary(edit.end) && edit.end <= text.len() {
            text.replace_range(edit.start..edit.end, &edit.text);
        }
    }
    mended
}

/// Lines of a text, from one on, that became lines of another.
struct Hunk {
    old: Range<usize>,
    new: Range<usize>,
}

/// Where two texts differ, in order.
fn hunks(old: &[&str], new: &[&str]) -> Vec<Hunk> {
    let mut hunks = Vec::new();
    let (mut at, mut to) = (0, 0);
    while at < old.len() || to < new.len() {
        if old.get(at) == new.get(to) && at < old.len() {
            (at, to) = (at + 1, to + 1);
            continue;
        }
        // The nearest line from which on both go on alike.
        let meets = |skip: usize| {
            (0..=skip).map(|a| (a, skip - a)).find(|(a, b)| match (old.get(at + a), new.get(to + b)) {
                (Some(x), Some(y)) => x == y && old.get(at + a + 1) == new.get(to + b + 1),
                (None, None) => true,
                _ => false,
            })
        };
        let (less, more) = (1..=2_000).find_map(meets).unwrap_or((old.len() - at, new.len() - to));
        let (less, more) = (less.min(old.len() - at), more.min(new.len() - to));
        hunks.push(Hunk { old: at..at + less, new: to..to + more });
        (at, to) = (at + less, to + more);
    }
    hunks
}

/// The lines that differ, as a unified diff without context.
fn difference(path: &str, before: &str, after: &str) -> String {
    let (old, new): (Vec<&str>, Vec<&str>) = (before.lines().collect(), after.lines().collect());
    let mut out = format!("--- {path}\n+++ {path}\n");
    for Hunk { old: less, new: more } in hunks(&old, &new) {
        let _ = writeln!(out, "@@ -{},{} +{},{} @@", less.start + 1, less.len(), more.start + 1, more.len());
        old[less].iter().for_each(|line| _ = writeln!(out, "-{line}"));
        new[more].iter().for_each(|line| _ = writeln!(out, "+{line}"));
    }
    out
}

/// A file as it is typed on disk, mended: a line that stays keeps its bytes, and a new one ends as the others do.
fn retyped(typed: &str, before: &str, after: &str) -> String {
    let (mark, typed) = typed.strip_prefix('\u{FEFF}').map_or(("", typed), |rest| ("\u{FEFF}", rest));
    let lines = typed_lines(typed);
    let (old, new): (Vec<&str>, Vec<&str>) = (before.lines().collect(), after.lines().collect());
    if lines.len() != old.len() {
        return after.to_owned();
    }
    let end = if typed.contains("\r\n") { "\r\n" } else { "\n" };
    let mut out = mark.to_owned();
    let mut at = 0;
    let keep = |lines: &[&str], out: &mut String| {
        for line in lines {
            if !out.is_empty() && !out.ends_with(['\n', '\r', '\u{FEFF}']) {
                out.push_str(end);
            }
            out.push_str(line);
        }
    };
    for hunk in hunks(&old, &new) {
        keep(&lines[at..hunk.old.start], &mut out);
        for line in &new[hunk.new] {
            keep(&[&format!("{line}{end}")], &mut out);
        }
        at = hunk.old.end;
    }
    keep(&lines[at..], &mut out);
    out
}

/// The lines of a text with what ends them: CR LF, LF or CR.
fn typed_lines(text: &str) -> Vec<&str> {
    let mut lines = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(['\n', '\r']) {
        let length = at + if rest[at..].starts_with("\r\n") { 2 } else { 1 };
        lines.push(&rest[..length]);
        rest = &rest[length..];
    }
    if !rest.is_empty() {
        lines.push(rest);
    }
    lines
}
