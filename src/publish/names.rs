//! The path of an output -> a name that is safe and no other output's on every file system.

use std::collections::{BTreeMap, BTreeSet};

use super::error::PublishError;
use super::manifest;

/// The names given out so far.
#[derive(Default)]
pub(super) struct Names {
    /// By lower case, because `A` and `a` are one file on macOS and Windows.
    taken: BTreeMap<String, Name>,
    folders: BTreeSet<String>,
}

struct Name {
    path: String,
    is_folder: bool,
}

impl Names {
    /// Gives out the name of a file, and those of the folders it is in; all of them or none.
    pub(super) fn claim(&mut self, path: &str) -> Result<(), PublishError> {
        check(path)?;
        self.must_be_free(path, false)?;
        let new: Vec<&str> = folders(path).take_while(|folder| !self.folders.contains(*folder)).collect();
        new.iter().try_for_each(|folder| self.must_be_free(folder, true))?;
        self.take(path, false);
        for folder in new {
            self.take(folder, true);
            self.folders.insert(folder.to_owned());
        }
        Ok(())
    }

    /// The files, sorted as the same site always sorts them, and the number of folders they are in.
    pub(super) fn finish(self) -> (BTreeSet<String>, usize) {
        let files = self.taken.into_values().filter(|name| !name.is_folder);
        (files.map(|name| name.path).collect(), self.folders.len())
    }

    fn must_be_free(&self, path: &str, is_folder: bool) -> Result<(), PublishError> {
        match self.taken.get(&path.to_lowercase()) {
            Some(other) if !(other.is_folder && is_folder) => {
                Err(PublishError::Collision { path: path.to_owned(), other: other.path.clone() })
            }
            _ => Ok(()),
        }
    }

    fn take(&mut self, path: &str, is_folder: bool) {
        let name = Name { path: path.to_owned(), is_folder };
        self.taken.insert(path.to_lowercase(), name);
    }
}

/// The folders that a path is in, innermost first.
pub(super) fn folders(path: &str) -> impl Iterator<Item = &str> {
    path.rmatch_indices('/').map(|(end, _)| &path[..end])
}

/// Refuses a path that could leave the folder, or that another system would read differently.
fn check(path: &str) -> Result<(), PublishError> {
    match fault(path) {
        None => Ok(()),
        Some(reason) => Err(PublishError::UnsafePath { path: path.to_owned(), reason }),
    }
}

fn fault(path: &str) -> Option<&'static str> {
    let has = |part: &str| path.split('/').any(|p| p == part);
    match path {
        _ if path.chars().any(char::is_control) => Some("holds a control character"),
        _ if path.contains('\\') => Some("holds a backslash, which separates folders on some systems"),
        _ if cfg!(windows) && path.contains(':') => Some("holds a colon, which names a drive on this system"),
        _ if has("") => Some("is absolute or has an empty part"),
        _ if has(".") || has("..") => Some("has a part that stands for another folder"),
        _ if path.to_lowercase() == manifest::NAME => Some("is that of Fascicle's own list of files"),
        _ => None,
    }
}
