//! Turns the folders of a site into [`Sources`]. Nothing else reads the disk for them.
//!
//! A link that leads out of its folder, a pipe, a device and a file over its limit are reported and not read.
//! [`Loader`] keeps what was read and reads only what changed.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;
use walkdir::WalkDir;

use crate::diagnostic::{Code, Diagnostic, Span};
use crate::source::Sources;

mod loader;

pub(crate) use loader::{Loader, roots};

/// The largest text that is read: a long book is a hundredth of it.
const TEXT_LIMIT: u64 = 16 << 20;
/// The largest picture or download that is published.
const ASSET_LIMIT: u64 = 256 << 20;
/// Endings of files that are text to the engine.
const TEXTS: &[&str] = &["md", "markdown", "yaml", "yml", "html", "css", "js", "svg", "txt", "json", "xml"];

/// Where a site stands on disk.
#[derive(Clone, Debug)]
pub struct Folders {
    /// The editor's folder.
    pub content: PathBuf,
    /// The designer's folder; it may be absent.
    pub theme: Option<PathBuf>,
}

/// Reads a site.
///
/// # Errors
/// A sentence when there is no content folder. Everything smaller is in [`Sources::problems`].
pub fn load(folders: &Folders) -> Result<Sources, String> {
    read_site(folders).map(|(sources, _)| sources)
}

/// A site, and the names of those of its files that are links to others.
fn read_site(folders: &Folders) -> Result<(Sources, BTreeSet<String>), String> {
    if !folders.content.is_dir() {
        let place = folders.content.display();
        return Err(format!(
            "there is no folder {place}\nGive the folder of your articles with --content, or make a site with `fascicle new DIR`"
        ));
    }
    let mut sources = Sources::default();
    let mut links = read_tree(&folders.content, &folders.content, "content", &mut sources);
    if let Some(theme) = folders.theme.as_deref().filter(|theme| theme.is_dir()) {
        links.append(&mut read_tree(theme, theme, "theme", &mut sources));
    }
    Ok((sources, links))
}

/// What was found at one path.
enum Found {
    Text(String),
    Bytes(Vec<u8>),
    Problem(Code, String, &'static str),
}

/// Reads what stands at `start`, the root itself or anything below it; returns the names of links.
fn read_tree(root: &Path, start: &Path, prefix: &str, sources: &mut Sources) -> BTreeSet<String> {
    let mut links = BTreeSet::new();
    let files = list(root, start, prefix, sources, &mut links);
    let found: Vec<(String, Found)> = files.into_par_iter().map(|(name, path)| (name, read(&path))).collect();
    for (name, found) in found {
        match found {
            Found::Text(text) => sources.insert_text(&name, &text),
            Found::Bytes(bytes) => sources.insert_bytes(&name, bytes),
            Found::Problem(code, message, help) => sources.problems.push(problem(&name, code, &message, help)),
        }
    }
    links
}

fn problem(name: &str, code: Code, message: &str, help: &str) -> Diagnostic {
    let path: Arc<str> = name.into();
    Diagnostic::new(code, Span::file(&path), message).help(help)
}

/// The files at or below a path, in order, without hidden ones; links are followed only to files inside the root.
fn list(
    root: &Path,
    start: &Path,
    prefix: &str,
    sources: &mut Sources,
    links: &mut BTreeSet<String>,
) -> Vec<(String, PathBuf)> {
    let mut files = Vec::new();
    let visible =
        |entry: &walkdir::DirEntry| entry.depth() == 0 || !entry.file_name().to_string_lossy().starts_with('.');
    for entry in
        WalkDir::new(start).follow_root_links(start == root).sort_by_file_name().into_iter().filter_entry(visible)
    {
        match entry {
            Ok(entry) if entry.file_type().is_dir() => {}
            Ok(entry) => match name_of(root, entry.path(), prefix) {
                Ok(name) => {
                    if entry.path_is_symlink() {
                        links.insert(name.clone());
                    }
                    match refuse(root, entry.path(), entry.file_type()) {
                        None => files.push((name, entry.into_path())),
                        Some((message, help)) => sources.problems.push(problem(&name, Code::E109, &message, help)),
                    }
                }
                Err(shown) => {
                    let help = "rename the file; its name must be UTF-8";
                    sources.problems.push(problem(&shown, Code::E109, "the name of this file is not text", help));
                }
            },
            Err(error) => {
                let shown = error
                    .path()
                    .map_or_else(|| prefix.to_owned(), |p| name_of(root, p, prefix).unwrap_or_else(|shown| shown));
                sources.problems.push(problem(
                    &shown,
                    Code::E109,
                    &format!("cannot be read: {error}"),
                    "check its permissions",
                ));
            }
        }
    }
    files
}

/// The path inside the site with `/` between its parts; the nearest text when it is not UTF-8.
fn name_of(root: &Path, path: &Path, prefix: &str) -> Result<String, String> {
    let inner = path.strip_prefix(root).unwrap_or(path);
    let mut name = prefix.to_owned();
    let mut clean = true;
    for part in inner.components() {
        let text = part.as_os_str().to_string_lossy();
        clean &= part.as_os_str().to_str().is_some();
        name.push('/');
        name.push_str(&text);
    }
    if clean { Ok(name) } else { Err(name) }
}

/// Why a directory entry is not read, if so.
fn refuse(root: &Path, path: &Path, kind: fs::FileType) -> Option<(String, &'static str)> {
    if kind.is_file() {
        return None;
    }
    if !kind.is_symlink() {
        return Some(("this is neither a file nor a folder".to_owned(), "remove it from the site"));
    }
    let target = match fs::canonicalize(path) {
        Ok(target) => target,
        Err(error) => return Some((format!("this link leads nowhere: {error}"), "mend or remove the link")),
    };
    let inside = fs::canonicalize(root).is_ok_and(|root| target.starts_with(root));
    if !inside {
        return Some((
            "this link leads out of the site".to_owned(),
            "copy the file into the site: a build never follows a path out of it",
        ));
    }
    if target.is_dir() {
        return Some((
            "this link leads to a folder".to_owned(),
            "move the folder here: links are followed to files only",
        ));
    }
    (!target.is_file())
        .then(|| ("this link leads to something that is not a file".to_owned(), "remove it from the site"))
}

fn read(path: &Path) -> Found {
    let is_text =
        path.extension().and_then(|e| e.to_str()).is_some_and(|e| TEXTS.contains(&e.to_ascii_lowercase().as_str()));
    let limit = if is_text { TEXT_LIMIT } else { ASSET_LIMIT };
    let bytes = match read_bounded(path, limit) {
        Ok(bytes) => bytes,
        Err(error) => {
            return Found::Problem(
                Code::E109,
                format!("cannot be read: {error}"),
                "check that the file exists and that you may read it",
            );
        }
    };
    if bytes.len() as u64 > limit {
        let message = format!("larger than {} MB", limit >> 20);
        return Found::Problem(Code::E108, message, "split the file, or keep it out of the site");
    }
    if is_text { decode(bytes) } else { Found::Bytes(bytes) }
}

/// Reads at most one byte more than the limit, so that an endless file costs no more than that.
fn read_bounded(path: &Path, limit: u64) -> std::io::Result<Vec<u8>> {
    let file = File::open(path)?;
    let size = file.metadata()?.len().min(limit);
    let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or(0) + 1);
    file.take(limit + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn decode(bytes: Vec<u8>) -> Found {
    match String::from_utf8(bytes) {
        Ok(text) => Found::Text(text),
        Err(error) => {
            let bytes = error.as_bytes();
            if bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]) {
                let message = "line 1: this file is UTF-16, not UTF-8".to_owned();
                return Found::Problem(Code::E107, message, "save it again as UTF-8");
            }
            let at = error.utf8_error().valid_up_to();
            let line = bytes[..at].iter().filter(|b| **b == b'\n').count() + 1;
            let message = format!("line {line}: byte {:#04x} is not UTF-8", bytes[at]);
            Found::Problem(Code::E107, message, "save the file again as UTF-8; it may be in Windows-1252 or Latin-1")
        }
    }
}
