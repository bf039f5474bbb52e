//! Builds whole sites on unrelated subjects with one program: none may know what the other is about.

use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Builds a site with warnings denied; its folder goes with the guard.
fn build(content: &Path) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let out = folder.path().join("public");
    let done = Command::new(env!("CARGO_BIN_EXE_fascicle"))
        .args(["build", "--strict", "--theme", "no-theme", "--content"])
        .arg(content)
        .arg("--out")
        .arg(&out)
        // The day on which the texts were reviewed: a later one may find a review overdue.
        .env("SOURCE_DATE_EPOCH", "1795219200")
        .output()
        .expect("the program starts");
    let said = format!("{}{}", String::from_utf8_lossy(&done.stderr), String::from_utf8_lossy(&done.stdout));
    assert!(done.status.success() && said.starts_with("Published"), "{said}");
    (folder, out)
}

fn page(out: &Path, name: &str) -> String {
    std::fs::read_to_string(out.join(name).join("index.html")).unwrap_or_else(|error| panic!("{name}: {error}"))
}

#[test]
fn the_first_site_is_clean_and_whole() {
    let (_guard, out) = build(&root().join("content"));
    let area = page(&out, "areas/calf");
    assert!(area.contains("muscles/gastrocnemius/"), "what sends pain here is derived");
    assert!(page(&out, "how-to/press-a-trigger-point").contains("id=\"source-1\""));
    for folder in ["areas", "muscles"] {
        let pages = std::fs::read_dir(out.join(folder))
            .expect("a folder of pages")
            .filter(|e| e.as_ref().is_ok_and(|e| e.path().is_dir()));
        assert_eq!(pages.count(), if folder == "areas" { 66 } else { 75 }, "{folder}");
    }
}

#[test]
fn a_city_builds_with_the_same_program() {
    let (_guard, out) = build(&root().join("tests/sites/city/content"));
    let home = page(&out, ".");
    assert!(home.contains("<svg") && home.contains("data-region="), "the map is the way in");
}

#[test]
fn the_engine_knows_no_subject() {
    let mut open = vec![root().join("src")];
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(path.read_dir().expect("a folder").map(|entry| entry.expect("an entry").path()));
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap_or_default().to_lowercase();
        for word in ["muscle", "trapezius", "myofascial", "trigger point", "district"] {
            let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
            let found: Vec<&str> = code.filter(|line| line.contains(word)).collect();
            assert!(found.is_empty(), "{}: {found:?}", path.display());
        }
    }
}
