//! The files of a published site <-> the file in it that lists them and says that the folder is ours.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::Path;

/// Where the list is, inside the published folder.
pub(super) const NAME: &str = ".fascicle";

const HEAD: &str = "Written by Fascicle: the next build replaces everything in this folder. Its files:\n";

/// The text of the list. It depends on the names alone, so the same site has the same list.
pub(super) fn text(files: &BTreeSet<String>) -> String {
    files.iter().fold(HEAD.to_owned(), |text, file| text + file + "\n")
}

/// The files of a folder that is ours; `None` when nothing says that it is.
pub(super) fn read(folder: &Path) -> io::Result<Option<BTreeSet<String>>> {
    match fs::read(folder.join(NAME)) {
        Ok(bytes) => Ok(parse(&bytes)),
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::IsADirectory) => Ok(None),
        Err(error) => Err(error),
    }
}

fn parse(bytes: &[u8]) -> Option<BTreeSet<String>> {
    let files = std::str::from_utf8(bytes).ok()?.strip_prefix(HEAD)?;
    Some(files.lines().map(str::to_owned).collect())
}
