//! Each folder below tests/fix is a small site that `check --fix` mends: the diff it shows first, the files afterwards, and
//! that every page says what it said. README.md there says how to add one.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The day of all cases: 21 November 2026.
const TODAY: &str = "1795219200";

type Files = BTreeMap<String, String>;

fn cases() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fix");
    let entries = fs::read_dir(root).expect("tests/fix is a folder");
    let mut folders: Vec<PathBuf> =
        entries.filter_map(|entry| Some(entry.ok()?.path())).filter(|path| path.is_dir()).collect();
    folders.sort();
    assert!(!folders.is_empty(), "no cases");
    folders
}

/// The texts below a folder, by path.
fn files(folder: &Path) -> Files {
    let mut found = Files::new();
    let mut left = vec![folder.to_owned()];
    while let Some(next) = left.pop() {
        for path in fs::read_dir(&next).into_iter().flatten().filter_map(|entry| Some(entry.ok()?.path())) {
            if path.is_dir() {
                left.push(path);
            } else if let (Ok(inner), Ok(text)) = (path.strip_prefix(folder), fs::read_to_string(&path)) {
                found.insert(inner.to_string_lossy().replace('\\', "/"), text);
            }
        }
    }
    found
}

fn write(folder: &Path, files: &Files) {
    for (inner, text) in files {
        let path = folder.join(inner);
        fs::create_dir_all(path.parent().expect("a file has a folder")).expect("a folder can be made");
        fs::write(path, text).expect("a file can be written");
    }
}

/// Runs the program in a folder: its exit code and what it shows.
fn fascicle(folder: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let mut program = Command::new(env!("CARGO_BIN_EXE_fascicle"));
    program.args(arguments).current_dir(folder).env("SOURCE_DATE_EPOCH", TODAY).env("NO_COLOR", "1");
    let output = program.output().expect("the program starts");
    (output.status.code(), String::from_utf8_lossy(&output.stdout).replace("\r\n", "\n"))
}

/// What the pages of a built site show, by path.
fn said(folder: &Path) -> Files {
    let (code, _) = fascicle(folder, &["build", "--quiet"]);
    assert_eq!(code, Some(0), "{}", folder.display());
    let mut pages = files(&folder.join("public"));
    pages.retain(|path, _| path.ends_with(".html"));
    pages.values_mut().for_each(|html| *html = visible(html));
    pages
}

/// The text of a page between its tags, without programs.
fn visible(html: &str) -> String {
    let mut text = String::new();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        text.push_str(&rest[..at]);
        text.push(' ');
        rest = &rest[at..];
        let close = ["script", "style"].into_iter().find(|name| rest[1..].starts_with(name));
        let end =
            close.map_or_else(|| rest.find('>'), |name| rest.find(&format!("</{name}>")).map(|at| at + name.len() + 2));
        rest = end.map_or("", |end| &rest[end + 1..]);
    }
    text.push_str(rest);
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What is shown before the diagnostics of the mended site.
fn diff(shown: &str) -> String {
    shown.split_once("\n\n").map_or(shown, |(diff, _)| diff).to_owned() + "\n"
}

fn typed_on_windows(text: &str) -> String {
    format!("\u{FEFF}{}", text.replace('\n', "\r\n"))
}

#[test]
fn every_site_is_mended_as_expected() {
    #[allow(clippy::disallowed_methods)]
    let update = std::env::var_os("UPDATE_EXPECT").is_some();
    for case in cases() {
        let before = files(&case.join("content"));
        let site = tempfile::tempdir().expect("a temporary folder");
        write(&site.path().join("content"), &before);
        let (_, shown) = fascicle(site.path(), &["check", "--fix", "--dry-run"]);
        assert_eq!(files(&site.path().join("content")), before, "{}: a dry run writes nothing", case.display());
        fascicle(site.path(), &["check", "--fix"]);
        let mut after = files(&site.path().join("content"));
        after.retain(|path, text| before.get(path) != Some(text));
        if update {
            let _ = fs::remove_dir_all(case.join("mended"));
            write(&case.join("mended"), &after);
            fs::write(case.join("diff.txt"), diff(&shown)).expect("diff.txt can be written");
        }
        assert_eq!(after, files(&case.join("mended")), "{}", case.display());
        let expected = fs::read_to_string(case.join("diff.txt")).expect("a case has a diff.txt");
        assert_eq!(diff(&shown), expected.replace("\r\n", "\n"), "{}", case.display());
    }
}

#[test]
fn every_page_says_what_it_said() {
    for case in cases() {
        let site = tempfile::tempdir().expect("a temporary folder");
        write(&site.path().join("content"), &files(&case.join("content")));
        let mut before = said(site.path());
        fascicle(site.path(), &["check", "--fix"]);
        let mut after = said(site.path());
        for page in fs::read_to_string(case.join("says-otherwise.txt")).unwrap_or_default().lines() {
            let (old, new) = (before.remove(page), after.remove(page));
            assert!(old.is_some() && new.is_some() && old != new, "{}: {page}", case.display());
        }
        assert!(before.len() > 3, "{}", case.display());
        assert_eq!(after, before, "{}", case.display());
    }
}

#[test]
fn what_is_mended_needs_no_mending() {
    for case in cases() {
        let site = tempfile::tempdir().expect("a temporary folder");
        write(&site.path().join("content"), &files(&case.join("content")));
        fascicle(site.path(), &["check", "--fix"]);
        let once = files(&site.path().join("content"));
        let (code, shown) = fascicle(site.path(), &["check", "--fix"]);
        assert_eq!((code, files(&site.path().join("content"))), (Some(0), once), "{}", case.display());
        assert!(shown.starts_with("nothing to mend"), "{}: {shown}", case.display());
    }
}

#[test]
fn files_keep_their_byte_order_mark_and_line_ends() {
    for case in cases() {
        let site = tempfile::tempdir().expect("a temporary folder");
        let typed =
            |files: Files| -> Files { files.into_iter().map(|(path, text)| (path, typed_on_windows(&text))).collect() };
        let content = site.path().join("content");
        write(&content, &typed(files(&case.join("content"))));
        fascicle(site.path(), &["check", "--fix"]);
        let mut expected = files(&case.join("content"));
        expected.extend(files(&case.join("mended")));
        assert_eq!(files(&content), typed(expected), "{}", case.display());
    }
}
