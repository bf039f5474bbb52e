//! A throw-away site for tests: its files, a run of the program over it with a guard against hanging, and what it built.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// Far beyond what any of these sites needs, also on a busy machine: only what hangs meets it.
const HANGS: Duration = Duration::from_secs(60);

/// A site in a folder of its own, gone with the value.
pub struct Site {
    folder: tempfile::TempDir,
}

/// What a run came to.
pub struct Run {
    pub code: Option<i32>,
    pub said: String,
    pub site: Site,
}

/// The front matter of a page.
pub fn page(title: &str, body: &str) -> Vec<u8> {
    format!("---\ntitle: {title}\n---\n{body}\n").into_bytes()
}

impl Site {
    /// A good site of one page.
    pub fn new() -> Self {
        let site = Self { folder: tempfile::tempdir().expect("a temporary folder") };
        site.with("content/site.yaml", b"title: Site\n")
            .with("content/index.md", page("Home", "The good page.").as_slice())
    }

    pub fn path(&self, inner: &str) -> PathBuf {
        self.folder.path().join(inner)
    }

    /// With one more file.
    pub fn with(self, inner: &str, bytes: &[u8]) -> Self {
        let path = self.path(inner);
        fs::create_dir_all(path.parent().expect("a file has a folder")).expect("a folder can be made");
        fs::write(path, bytes).expect("a file can be written");
        self
    }

    /// With one more page of this body.
    pub fn with_page(self, inner: &str, body: &str) -> Self {
        self.with(inner, &page("Bad page", body))
    }

    /// Builds it.
    pub fn build(self) -> Run {
        let log = File::create(self.path("log")).expect("a log can be written");
        let mut program = Command::new(env!("CARGO_BIN_EXE_fascicle"));
        program
            .arg("build")
            .current_dir(self.folder.path())
            .env("NO_COLOR", "1")
            .env("SOURCE_DATE_EPOCH", "1795219200");
        program.stdin(Stdio::null()).stdout(log.try_clone().expect("one log for both")).stderr(log);
        let mut child = program.spawn().expect("the program starts");
        let start = Instant::now();
        let status = loop {
            match child.try_wait().expect("the program can be watched") {
                Some(status) => break status,
                None if start.elapsed() > HANGS => {
                    let _ = child.kill();
                    panic!("still running after {HANGS:?}");
                }
                None => sleep(Duration::from_millis(10)),
            }
        };
        let said = String::from_utf8_lossy(&fs::read(self.path("log")).expect("the log can be read")).into_owned();
        assert!(status.code().is_some_and(|code| code <= 1), "{status}\n{said}");
        assert!(!said.contains("panicked"), "{said}");
        Run { code: status.code(), said, site: self }
    }
}

impl Run {
    /// Nothing was published, and each of these words was said.
    #[track_caller]
    pub fn refused(self, words: &[&str]) -> Self {
        assert_eq!(self.code, Some(1), "{}", self.said);
        assert!(!self.site.path("public").exists(), "published all the same");
        self.says(words)
    }

    /// Each of these words was said.
    #[track_caller]
    pub fn says(self, words: &[&str]) -> Self {
        for word in words {
            assert!(self.said.contains(word), "lacks {word:?}: {}", self.said);
        }
        self
    }

    /// The site was published, and this page holds this text.
    #[track_caller]
    pub fn shows(self, page: &str, text: &str) -> Self {
        assert_eq!(self.code, Some(0), "{}", self.said);
        let html = fs::read_to_string(self.site.path("public").join(page)).expect("the page is UTF-8");
        assert!(html.contains(text), "{page} lacks {text:?}");
        self
    }

    /// Either the site was published with this text, or refused with the name of the file: no silent loss.
    #[track_caller]
    pub fn shows_or_names(self, page: &str, text: &str, file: &str) -> Self {
        if self.code == Some(0) { self.shows(page, text) } else { self.refused(&[file]) }
    }

    /// Every published file: its path and its bytes.
    pub fn outputs(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let mut list = Vec::new();
        collect(&self.site.path("public"), &mut list);
        list
    }
}

fn collect(folder: &Path, list: &mut Vec<(PathBuf, Vec<u8>)>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, list);
        } else {
            list.push((path.clone(), fs::read(&path).expect("a published file can be read")));
        }
    }
}
