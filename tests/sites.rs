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

#[test]
fn a_link_to_an_entry_of_a_long_list_goes_to_its_page() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder can be made");
        std::fs::write(path, text).expect("a file can be written");
    };
    // 300 words with A, one with B: the last of them begins the second page.
    let words = (0..300).map(|n| format!("- {{id: a{n}, term: A-word {n:03}, definition: Meaning {n}.}}\n"));
    let list = words.collect::<String>() + "- {id: last, term: Bee, definition: The last.}\n";
    write("data/glossary.yaml", &list);
    write("site.yaml", "title: Words\n");
    write(
        "index.md",
        "---\ntitle: Home\n---\nBy name: [[last]]. By hand: [the bee](/glossary/#last), [a word](/glossary/#a0).\n",
    );
    let (_guard, out) = build(folder.path());
    let home = page(&out, ".");
    assert_eq!(
        home.matches("href=\"./glossary/page-2/#last\"").count(),
        3,
        "two links and the words used here: {home}"
    );
    assert!(home.contains("href=\"./glossary/#a0\""), "{home}");
    let (first, second) = (page(&out, "glossary"), page(&out, "glossary/page-2"));
    assert!(first.contains("id=\"a299\"") && !first.contains("id=\"last\""));
    assert!(second.contains("id=\"last\"") && second.contains("The last.") && !second.contains("id=\"a299\""));
    // Letters and numbers lead from each page to the other.
    assert!(
        first.contains("href=\"../glossary/page-2/#group-b\"") && second.contains("href=\"../../glossary/#group-a\"")
    );
    assert!(page(&out, "a-z/page-2").contains("../../glossary/page-2/#last"));
}
