//! Turns changes on disk into changed [`Sources`]: what did not change is not read again.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{Folders, name_of, read_site, read_tree};
use crate::source::{Source, Sources};

/// A site on disk, and what was last read of it.
pub(crate) struct Loader {
    /// The two folders as the system names them, each with its name inside the site.
    roots: Vec<(PathBuf, &'static str)>,
    sources: Sources,
    /// The names of files that are links to others.
    links: BTreeSet<String>,
}

impl Loader {
    /// Reads a site for the first time.
    ///
    /// # Errors
    /// As [`crate::load()`].
    pub fn open(folders: &Folders) -> Result<Self, String> {
        let (sources, links) = read_site(folders)?;
        Ok(Self { sources, roots: roots(folders), links })
    }

    /// The site as it was last read.
    pub fn sources(&self) -> &Sources {
        &self.sources
    }

    /// The same, to set the day of the run.
    pub fn sources_mut(&mut self) -> &mut Sources {
        &mut self.sources
    }

    /// Reads again what stands at these paths and below them. The names of the files that are new, changed or gone.
    pub fn refresh(&mut self, changed: &BTreeSet<PathBuf>) -> Vec<Arc<str>> {
        let mut names = Vec::new();
        let mut last: Option<&Path> = None;
        for path in changed {
            // What stands below a path that was just read was read with it: the set is sorted.
            if last.is_some_and(|last| path.starts_with(last)) {
                continue;
            }
            last = Some(path);
            self.read_again(path, &mut names);
        }
        // A link shows another file of the site, whose change says nothing of the link.
        for link in self.links(&names) {
            self.read_again(&link, &mut names);
        }
        names.sort();
        names.dedup();
        names
    }

    fn read_again(&mut self, path: &Path, names: &mut Vec<Arc<str>>) {
        let Some((root, prefix)) = self.roots.iter().find(|(root, _)| path.starts_with(root)).cloned() else { return };
        let inner = path.strip_prefix(&root).unwrap_or(path);
        if inner.components().any(|part| part.as_os_str().to_string_lossy().starts_with('.')) {
            return;
        }
        let name = name_of(&root, path, prefix).unwrap_or_else(|shown| shown);
        let mut found = Sources::default();
        self.links.retain(|link| !is_at(link, &name));
        if exists(path) {
            self.links.append(&mut read_tree(&root, path, prefix, &mut found));
        }
        // A file that went between the two calls has sent word of it, which comes next.
        found.problems.retain(|problem| on_disk(&root, prefix, &problem.span.path).is_none_or(|path| exists(&path)));
        self.replace(&name, found, names);
    }

    /// Puts what was found in the place of all that stood at a name and below it.
    fn replace(&mut self, name: &str, mut found: Sources, names: &mut Vec<Arc<str>>) {
        let folder = format!("{name}/");
        let old: Vec<Source> = self.sources.get(name).into_iter().chain(self.sources.below(&folder)).cloned().collect();
        for source in &old {
            let same = found.get(&source.path).is_some_and(|new| new.digest == source.digest);
            if same {
                // The text in memory stays the same one, by which others see that nothing changed.
                found.put(source.clone());
            } else {
                names.push(source.path.clone());
            }
            self.sources.remove(&source.path);
        }
        let known: BTreeSet<&Arc<str>> = old.iter().map(|source| &source.path).collect();
        names.extend(found.iter().map(|source| source.path.clone()).filter(|path| !known.contains(path)));
        found.iter().for_each(|source| self.sources.put(source.clone()));
        let (gone, kept) =
            std::mem::take(&mut self.sources.problems).into_iter().partition(|p| is_at(&p.span.path, name));
        let gone: Vec<_> = gone;
        if gone != found.problems {
            names.extend(gone.iter().chain(&found.problems).map(|problem| problem.span.path.clone()));
        }
        self.sources.problems = kept;
        self.sources.problems.append(&mut found.problems);
    }

    /// The links of the site, where any file of it changed.
    fn links(&self, names: &[Arc<str>]) -> Vec<PathBuf> {
        if names.is_empty() {
            return Vec::new();
        }
        let paths = self
            .links
            .iter()
            .filter_map(|name| self.roots.iter().find_map(|(root, prefix)| on_disk(root, prefix, name)));
        paths.collect()
    }
}

/// Whether a path inside the site is this one or below it.
fn is_at(path: &str, name: &str) -> bool {
    path.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn exists(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok()
}

/// Where a file of the site stands, if it stands in this folder.
fn on_disk(root: &Path, prefix: &str, name: &str) -> Option<PathBuf> {
    Some(root.join(name.strip_prefix(prefix)?.strip_prefix('/')?))
}

/// The folders as the system names them in its messages: without links on the way.
pub(crate) fn roots(folders: &Folders) -> Vec<(PathBuf, &'static str)> {
    let named = |path: &Path| {
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        let folder = path.parent().and_then(|parent| fs::canonicalize(parent).ok());
        let beside = folder.and_then(|folder| Some(folder.join(path.file_name()?)));
        fs::canonicalize(&path).ok().or(beside).unwrap_or(path)
    };
    let theme = folders.theme.as_deref().map(|theme| (named(theme), "theme"));
    std::iter::once((named(&folders.content), "content")).chain(theme).collect()
}
