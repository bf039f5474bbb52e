//! Turns the names of a site's files into faults where two would be one file, here or on a system that folds case.

use std::collections::BTreeMap;

use crate::diagnostic::{Code, Diagnostic, Diagnostics, Span};
use crate::graph::Graph;
use crate::text::file_key;

/// Reports files of `content/static/` that would take the place of a page, of its folder, or of each other.
pub(super) fn check<'r>(graph: &Graph, pages: impl Iterator<Item = &'r String>, diagnostics: &mut Diagnostics) {
    if graph.assets.fixed.is_empty() {
        return;
    }
    let mut taken: BTreeMap<String, String> = BTreeMap::new();
    for page in pages {
        claim(&mut taken, page, &format!("the page /{page}"));
    }
    for name in graph.assets.fixed.keys() {
        let folders = name.match_indices('/').map(|(end, _)| &name[..end]);
        let file = |part: &str| taken.get(&file_key(part)).filter(|other| !other.ends_with('/'));
        let other = taken.get(&file_key(name)).or_else(|| folders.filter_map(file).next());
        if let Some(other) = other {
            let path = format!("content/static/{name}").into();
            let message = format!("this file would be published where {} is", other.trim_end_matches('/'));
            let help = "rename the file, or leave it out: what stands below content/static/ keeps its name";
            diagnostics.push(Diagnostic::new(Code::E206, Span::file(&path), message).help(help));
        }
        claim(&mut taken, name, &format!("content/static/{name}"));
    }
}

/// Takes a name, and those of the folders it is in; a folder's owner ends in a slash.
fn claim(taken: &mut BTreeMap<String, String>, name: &str, owner: &str) {
    taken.entry(file_key(name)).or_insert_with(|| owner.to_owned());
    for (end, _) in name.match_indices('/') {
        taken.entry(file_key(&name[..end])).or_insert_with(|| format!("the folder of {owner}/"));
    }
}
