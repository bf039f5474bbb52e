//! Turns what a program can mend into edits of source files: blocks that stand twice, sections typed by hand that the page
//! makes, disclaimers typed by hand, references by an earlier name.

use std::ops::Range;
use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::dedupe::in_order;
use super::resolve::Resolved;
use super::{Graph, disclaimers};
use crate::diagnostic::{Code, Diagnostics};
use crate::hash::Digest;
use crate::parse::{Article, Block, Id, Reference, Target};
use crate::source::Sources;
use crate::text::slug;

/// A replacement in one file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Edit {
    pub path: Arc<str>,
    pub start: usize,
    pub end: usize,
    pub text: String,
    /// Whether the text of every page stays what it is.
    pub quiet: bool,
}

/// All edits, by file and place; none overlaps another.
pub(crate) fn all(graph: &Graph, sources: &Sources, diagnostics: &Diagnostics) -> Vec<Edit> {
    let mut edits = Vec::new();
    for article in graph.articles.values() {
        earlier_names(graph, article, sources, &mut edits);
        dropped(article, &mut edits);
    }
    disclaimers::typed(graph, sources, &mut edits);
    repeated(graph, sources, &mut edits);
    typed_sections(sources, diagnostics, &mut edits);
    let whole = edits.into_iter().map(|edit| with_blank_lines(edit, sources));
    without_overlaps(whole.collect())
}

/// The edits in order; of two that overlap the first, and two removals that touch as one.
fn without_overlaps(mut edits: Vec<Edit>) -> Vec<Edit> {
    edits.sort();
    edits.dedup();
    let mut kept: Vec<Edit> = Vec::with_capacity(edits.len());
    for edit in edits {
        match kept.last_mut().filter(|last| last.path == edit.path && last.end >= edit.start) {
            Some(last) if last.quiet == edit.quiet && is_removal(last) && is_removal(&edit) => {
                last.end = last.end.max(edit.end);
            }
            Some(last) if last.end > edit.start => {}
            _ => kept.push(edit),
        }
    }
    kept
}

fn is_removal(edit: &Edit) -> bool {
    edit.text.trim().is_empty() && edit.end > edit.start
}

/// What is removed goes with the blank lines behind it; one stays between what stands before and behind.
fn with_blank_lines(mut edit: Edit, sources: &Sources) -> Edit {
    let text = sources.get(&edit.path).and_then(|source| source.text()).map_or("", |text| text);
    let (Some(before), Some(behind)) = (text.get(..edit.start), text.get(edit.end..)) else { return edit };
    if !is_removal(&edit) {
        return edit;
    }
    edit.end += behind.len() - behind.trim_start_matches('\n').len();
    let above = before.len() - before.trim_end_matches('\n').len();
    let first = above == before.len() || before.ends_with("---\n");
    let missing = if edit.end == text.len() || first { 0 } else { 2_usize.saturating_sub(above) };
    edit.text = "\n".repeat(missing);
    if edit.end == text.len() {
        edit.start -= above.saturating_sub(1);
    }
    edit
}

pub(super) fn edit(path: &Arc<str>, range: Range<usize>, text: String, quiet: bool) -> Edit {
    Edit { path: path.clone(), start: range.start, end: range.end, text, quiet }
}

/// A block that stood on its own page before is shown once; the second one goes.
fn dropped(article: &Article, edits: &mut Vec<Edit>) {
    let blocks =
        article.repeats.iter().filter(|repeat| matches!(repeat.what, "paragraph" | "list" | "table" | "quotation"));
    edits.extend(blocks.map(|repeat| edit(&article.path, repeat.dropped.clone(), String::new(), true)));
}

/// A block that stands in two articles word for word gets an anchor where it stands first, and is included elsewhere.
fn repeated(graph: &Graph, sources: &Sources, edits: &mut Vec<Edit>) {
    let mut homes: FxHashMap<Digest, (&Article, &Block)> = FxHashMap::default();
    let mut named: FxHashMap<Digest, String> = FxHashMap::default();
    let mut given: FxHashSet<(Id, String)> = FxHashSet::default();
    let disclaimers = disclaimers::surfaces(graph);
    for article in in_order(graph) {
        let enough =
            |block: &&Block| block.words >= graph.config.dedupe.min_words && !disclaimers.contains(&block.surface);
        for block in article.blocks.iter().filter(enough) {
            let Some((home, first)) = homes.get(&block.surface).copied() else {
                homes.insert(block.surface, (article, block));
                continue;
            };
            let (Some(here), Some(there)) = (slice(sources, article, block), slice(sources, home, first)) else {
                continue;
            };
            if home.id == article.id || here != there || !is_movable(here, home, article) {
                continue;
            }
            let name = named.entry(block.surface).or_insert_with(|| {
                let name = anchor_for(here, home, &given);
                given.insert((home.id.clone(), name.clone()));
                let mark = if first.what == "paragraph" { format!(" ^{name}") } else { format!("\n\n^{name}") };
                let end = first.range.start + there.len();
                edits.push(edit(&home.path, end..end, mark, true));
                name
            });
            let include = format!("![[{}#^{name}]]", shortest(graph, &home.id));
            edits.push(edit(&article.path, block.range.start..block.range.start + here.len(), include, true));
        }
    }
}

fn slice<'s>(sources: &'s Sources, article: &Article, block: &Block) -> Option<&'s str> {
    let text = sources.get(&article.path)?.text()?;
    text.get(block.range.clone()).map(str::trim_end)
}

/// Whether a block means the same on every page: no footnote, no link from its own folder, no first paragraph that stands
/// for the whole article in lists.
fn is_movable(text: &str, home: &Article, article: &Article) -> bool {
    let folder = |path: &str| path.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
    let relative = text.match_indices("](").any(|(at, _)| !text[at + 2..].starts_with("http"));
    let marked = text.rsplit_once('^').is_some_and(|(_, name)| !name.contains(' '));
    let words = crate::parse::plain(text);
    let lead = article.summary.is_none()
        && !article.lead.is_empty()
        && words.split_whitespace().eq(article.lead.split_whitespace());
    !text.contains("[^") && !marked && !lead && (!relative || folder(&home.path) == folder(&article.path))
}

/// A name from the first words, free on the page.
fn anchor_for(text: &str, home: &Article, given: &FxHashSet<(Id, String)>) -> String {
    let words = slug(&crate::parse::plain(text));
    let short: Vec<&str> = words.split('-').take(4).collect();
    let base = if short.concat().is_empty() { "text".to_owned() } else { short.join("-") };
    let taken = |name: &str| {
        given.contains(&(home.id.clone(), name.to_owned()))
            || home.anchors.iter().any(|known| known == name)
            || home.outline.iter().any(|heading| heading.id == name)
    };
    (1..).map(|n| if n == 1 { base.clone() } else { format!("{base}-{n}") }).find(|name| !taken(name)).unwrap_or(base)
}

/// The id alone where it names one thing, else with its registry.
fn shortest(graph: &Graph, id: &Id) -> String {
    let others = graph.articles.keys().filter(|other| other.slug == id.slug).count();
    if others == 1 { id.slug.to_string() } else { id.to_string() }
}

/// Sections that the page makes itself: from the heading to the next of its level.
fn typed_sections(sources: &Sources, diagnostics: &Diagnostics, edits: &mut Vec<Edit>) {
    for diagnostic in diagnostics.sorted().into_iter().filter(|diagnostic| diagnostic.code == Code::W120) {
        let span = &diagnostic.span;
        let Some(text) = sources.get(&span.path).and_then(|source| source.text()) else { continue };
        let Some(rest) = text.get(span.start..) else { continue };
        let level = rest.bytes().take_while(|b| *b == b'#').count();
        if level > 0 {
            edits.push(edit(&span.path, span.start..span.start + section_length(rest, level), String::new(), false));
        }
    }
}

/// The bytes up to the next heading of a level or above it, or to the notes and addresses at the end of a file.
fn section_length(text: &str, level: usize) -> usize {
    let (mut at, mut fenced) = (0, false);
    for line in text.split_inclusive('\n') {
        let marks = line.bytes().take_while(|b| *b == b'#').count();
        fenced ^= line.starts_with("```") || line.starts_with("~~~");
        let heading = marks > 0 && marks <= level && line.as_bytes().get(marks) == Some(&b' ');
        let definition = line.starts_with('[') && line.contains("]: ");
        if at > 0 && !fenced && (heading || definition) {
            return at;
        }
        at += line.len();
    }
    text.len()
}

/// References by an earlier id of a page or an earlier anchor of a heading get the one of today.
fn earlier_names(graph: &Graph, article: &Article, sources: &Sources, edits: &mut Vec<Edit>) {
    let Some(resolved) = graph.resolved.get(&article.id) else { return };
    for (reference, resolved) in article.references.iter().zip(resolved) {
        let Resolved::Thing { id, anchor, .. } = resolved else { continue };
        let Some(target) = graph.get(id) else { continue };
        let (Target::Wiki(words)
        | Target::Include(words)
        | Target::Link(words)
        | Target::Cite(words)
        | Target::Field { id: words, .. }) = &reference.target
        else {
            continue;
        };
        let typed = words.split('#').next().unwrap_or("").trim_end_matches('/');
        let name =
            typed.rsplit(['/', ':']).next().unwrap_or("").split('@').next().unwrap_or("").trim_end_matches(".md");
        if target.was.iter().any(|was| was == name) && *name != *id.slug {
            replace(article, reference, sources, name, &id.slug, edits);
            keep_words(article, reference, sources, target, edits);
        }
        let old = anchor.as_deref().unwrap_or("");
        let renamed = target.outline.iter().find(|heading| heading.was.iter().any(|was| was == old));
        if let Some(heading) = renamed {
            replace(article, reference, sources, &format!("#{old}"), &format!("#{}", heading.id), edits);
        }
    }
}

/// A link without words of its own shows the title, but its name where both are the same word: then the title is typed.
fn keep_words(article: &Article, reference: &Reference, sources: &Sources, target: &Article, edits: &mut Vec<Edit>) {
    let span = article.place(reference);
    let typed =
        sources.get(&span.path).and_then(|source| source.text()).and_then(|text| text.get(span.start..span.end));
    let bare = typed.is_some_and(|typed| typed.starts_with("[[") && typed.ends_with("]]") && !typed.contains('|'));
    if bare && slug(&target.title) == *target.id.slug {
        edits.push(edit(&span.path, span.end - 2..span.end - 2, format!("|{}", target.title), false));
    }
}

/// Replaces the last place of some words in a reference as it is typed.
fn replace(article: &Article, reference: &Reference, sources: &Sources, from: &str, to: &str, edits: &mut Vec<Edit>) {
    let span = article.place(reference);
    let Some(text) = sources.get(&span.path).and_then(|source| source.text()) else { return };
    let Some(typed) = text.get(span.start..span.end) else { return };
    // Behind a bar, in square brackets and in quotes stand the words that are shown.
    let wiki = typed.starts_with("[[") || typed.starts_with("![[");
    let start = if typed.starts_with('[') && !wiki { typed.find("](").unwrap_or(0) } else { 0 };
    let ends: &[char] = if wiki { &['|', ']'] } else { &[' ', ')'] };
    let end = typed[start..].find(ends).filter(|at| *at > 1).map_or(typed.len(), |at| start + at);
    // In an address the name stands last, before the anchor.
    let end = if from.starts_with('#') { end } else { typed[start..end].find('#').map_or(end, |at| start + at) };
    // Where no words are typed, a summary shows those of the name.
    let quiet = !wiki || typed.contains('|');
    if let Some(at) = typed[start..end].rfind(from).map(|at| at + start) {
        edits.push(edit(&span.path, span.start + at..span.start + at + from.len(), to.to_owned(), quiet));
    }
}
