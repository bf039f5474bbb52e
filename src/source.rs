//! Holds the texts of a site in memory, by path inside the site.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use crate::date::Date;
use crate::diagnostic::Diagnostic;
use crate::hash::Digest;

/// One file: text or bytes, with the digest of its bytes.
#[derive(Clone, Debug)]
pub struct Source {
    /// The path inside the site: `content/how-to/press.md`, `theme/templates/base.html`.
    pub path: Arc<str>,
    /// The content.
    pub body: Body,
    /// The digest of the bytes as they stood on disk.
    pub digest: Digest,
}

/// What a file holds.
#[derive(Clone, Debug)]
pub enum Body {
    /// UTF-8, without a byte order mark, with `\n` at the end of lines.
    Text(Arc<str>),
    /// Anything else.
    Bytes(Arc<[u8]>),
}

impl Source {
    /// The text, if the file is text.
    #[must_use]
    pub fn text(&self) -> Option<&Arc<str>> {
        match &self.body {
            Body::Text(text) => Some(text),
            Body::Bytes(_) => None,
        }
    }

    /// The bytes to publish.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        match &self.body {
            Body::Text(text) => text.as_bytes(),
            Body::Bytes(bytes) => bytes,
        }
    }
}

/// All files of a site, and the little about the run that its pages may depend on.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    files: BTreeMap<Arc<str>, Source>,
    /// The day on which reviews are judged; without it none is overdue.
    pub today: Option<Date>,
    /// The public address of this run, instead of the one in site.yaml.
    pub url: Option<String>,
    /// Whether drafts are part of the site.
    pub drafts: bool,
    /// What could not be read.
    pub problems: Vec<Diagnostic>,
}

impl Sources {
    /// Adds or replaces a text file. A byte order mark is dropped, line ends become `\n`, and characters that cannot
    /// stand in a page (NUL, and the noncharacters that mark holes inside the engine) become U+FFFD.
    pub fn insert_text(&mut self, path: &str, text: &str) {
        let digest = Digest::of_bytes(text.as_bytes());
        let body = Body::Text(Arc::from(tidy(text).as_ref()));
        self.insert(path, body, digest);
    }

    /// Adds or replaces a file that is not text.
    pub fn insert_bytes(&mut self, path: &str, bytes: Vec<u8>) {
        let digest = Digest::of_bytes(&bytes);
        self.insert(path, Body::Bytes(bytes.into()), digest);
    }

    /// Removes a file.
    pub fn remove(&mut self, path: &str) {
        self.files.remove(path);
    }

    /// One file.
    #[must_use]
    pub fn get(&self, path: &str) -> Option<&Source> {
        self.files.get(path)
    }

    /// All files, by path.
    pub fn iter(&self) -> impl Iterator<Item = &Source> {
        self.files.values()
    }

    /// The files below a folder given with its `/`, by path.
    pub fn below<'a>(&'a self, folder: &'a str) -> impl Iterator<Item = &'a Source> {
        let from: Arc<str> = folder.into();
        self.files.range(from..).map(|(_, source)| source).take_while(move |source| source.path.starts_with(folder))
    }

    /// Adds or replaces a file that was read before.
    pub(crate) fn put(&mut self, source: Source) {
        self.files.insert(source.path.clone(), source);
    }

    fn insert(&mut self, path: &str, body: Body, digest: Digest) {
        let path: Arc<str> = path.into();
        self.files.insert(path.clone(), Source { path, body, digest });
    }
}

/// The byte with which the characters of [`MARKS`] begin, and some others.
const MARKED: u8 = 0xEF;

/// Characters that mark holes in the HTML of a text: none comes from an author.
const MARKS: [char; 6] = ['\u{FDD0}', '\u{FDD1}', '\u{FDD2}', '\u{FDD3}', '\u{FDD4}', '\u{FDD5}'];

fn tidy(text: &str) -> Cow<'_, str> {
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    // Without branches in a piece: many bytes are looked at in one instruction.
    let odd = |byte: u8| (byte == b'\r') | (byte == 0) | (byte == MARKED);
    if !text.as_bytes().chunks(4096).any(|piece| piece.iter().fold(false, |found, byte| found | odd(*byte))) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n").replace('\0', "\u{FFFD}").replace(MARKS, "\u{FFFD}"))
}
