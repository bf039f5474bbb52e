//! Whatever is edited, a running preview answers with the files of a clean build, or with the last good ones.

use std::collections::BTreeMap;
use std::fs;
use std::thread::sleep;
use std::time::{Duration, Instant};

use fascicle::{Date, Folders, Memo, Site, compile, load};

use crate::preview::{PATIENCE, Preview};

#[path = "../support/random.rs"]
mod random;

use random::Random;

/// Two runs share the work.
const EDITS: usize = 500;

fn article(n: usize, random: &mut Random) -> String {
    let links = format!("[[a{}]], the taut band", random.below(6));
    let fields =
        ["", "summary: In short.\n", "draft: true\n", "review: {last_reviewed: 2020-01-01}\n"][random.below(4)];
    format!("---\ntitle: Title {n} {}\n{fields}---\nWords {} of {n}, see {links}.\n", random.below(9), random.below(99))
}

/// One edit as an editor, a script or a switch of branches would make it.
fn edit(preview: &Preview, random: &mut Random) {
    let folder = ["", "notes/"][random.below(2)];
    let name = format!("content/{folder}a{}.md", random.below(6));
    let path = preview.path(&name);
    match random.below(14) {
        0..=2 => {
            if let Ok(text) = fs::read_to_string(&path) {
                preview.save(&name, &format!("{text}\nMore words {}.\n", random.below(999)));
            }
        }
        3 | 4 => preview.save(&name, &article(random.below(6), random)),
        5 => {
            // By rename, as many editors save.
            preview.save("content/.a.tmp", &article(random.below(6), random));
            let _ = fs::create_dir_all(path.parent().expect("a folder"));
            fs::rename(preview.path("content/.a.tmp"), path).expect("a file can be renamed");
        }
        6 => drop(fs::remove_file(path)),
        7 => {
            // A folder comes or goes as a whole.
            let (notes, away) = (preview.path("content/notes"), preview.path("away"));
            if fs::rename(&notes, &away).is_err() {
                let _ = fs::rename(&away, &notes);
            }
        }
        8 => preview.save(
            "content/data/glossary.yaml",
            &format!("- {{id: t, term: taut band, definition: \"Meaning {}.\"}}\n", random.below(9)),
        ),
        9 => preview.save("content/site.yaml", &format!("title: Site {}\n", random.below(9))),
        10 => preview.save("theme/assets/site.css", &format!("p {{ margin: {}px }}\n", random.below(9))),
        11 => {
            preview.save("theme/templates/404.html", &format!("<html><body>{} not here</body></html>", random.below(9)))
        }
        12 => preview
            .save(&name, ["---\ntitle: [broken\n---\n", "---\ntitle: T\nareas: [none]\n---\n", ""][random.below(3)]),
        _ => preview.save("content/static/file.txt", &random.below(9).to_string()),
    }
}

/// A clean build of what is on disk.
fn build(preview: &Preview) -> (Site, usize) {
    let folders = Folders { content: preview.path("content"), theme: Some(preview.path("theme")) };
    let mut sources = load(&folders).expect("there is a site");
    sources.today = Date::parse("2026-11-21");
    let (site, diagnostics) = compile(&sources, &Memo::keeping(0));
    (site, diagnostics.count().0)
}

fn file(site: &Site, route: &str) -> Option<Vec<u8>> {
    site.render(route, &Memo::keeping(0)).map(|output| output.expect("the theme is sound").bytes.to_vec())
}

/// Whether the preview answers with this site's file; what it should and does answer where it does not.
fn differs(preview: &Preview, site: &Site, route: &str) -> Option<(Vec<u8>, Vec<u8>)> {
    let answer = preview.get(&format!("/{route}"));
    // "Not found" is shown at any address, so its links start at the base.
    let absent = || Some(String::from_utf8_lossy(&file(site, "404.html")?).replace("=\"./", "=\"/").into_bytes());
    let expected = file(site, route).or_else(absent).expect("every site has a 404.html");
    let html = answer.header("content-type").starts_with("text/html");
    let found = if html { answer.page() } else { answer.body };
    (found != expected).then_some((expected, found))
}

#[track_caller]
fn equal(preview: &Preview, site: &Site, route: &str, when: &str) {
    let start = Instant::now();
    while let Some((expected, found)) = differs(preview, site, route) {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        assert!(start.elapsed() < PATIENCE, "{when}: {route}\nbuilt: {}\nserved: {}", text(&expected), text(&found));
        sleep(Duration::from_millis(2));
    }
}

/// Waits until the preview has seen as many errors as a clean build.
#[track_caller]
fn errors(preview: &Preview, errors: usize, when: &str) {
    let head = format!("<h2 id=\"faults\">{errors} error{},", if errors == 1 { "" } else { "s" });
    preview.wait("/__fascicle/", &format!("{when}: {head}"), |answer| answer.text().contains(&head));
}

fn answers_are_a_clean_builds(seed: u64) {
    let random = &mut Random(seed);
    let files: BTreeMap<String, String> = (0..6).map(|n| (format!("content/a{n}.md"), article(n, random))).collect();
    let mut list: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    list.push(("content/site.yaml", "title: Site\n"));
    list.push(("content/index.md", "---\ntitle: Home\n---\nWelcome.\n"));
    // The first site may have errors; a good one comes before any edit.
    let preview = Preview::start(&list, &[]);
    (0..6).for_each(|n| preview.save(&format!("content/a{n}.md"), &format!("---\ntitle: Title {n}\n---\nWords.\n")));
    let (mut good, wrong) = build(&preview);
    assert_eq!(wrong, 0);
    errors(&preview, 0, "at the start");
    for step in 0..EDITS {
        edit(&preview, random);
        let when = format!("seed {seed}, edit {step}");
        let (site, wrong) = build(&preview);
        errors(&preview, wrong, &when);
        if wrong == 0 {
            good = site;
        }
        let routes: Vec<String> = good.routes().map(str::to_owned).collect();
        // All now and then, else some: the page of the edit is soon among them.
        let count = if step % 50 == 0 { routes.len() } else { 3 };
        for at in 0..count {
            let route = if count == 3 { &routes[random.below(routes.len())] } else { &routes[at] };
            equal(&preview, &good, route, &when);
        }
        equal(&preview, &good, &format!("a{}/index.html", random.below(6)), &when);
    }
}

#[test]
fn answers_are_a_clean_builds_1() {
    answers_are_a_clean_builds(1);
}

#[test]
fn answers_are_a_clean_builds_2() {
    answers_are_a_clean_builds(2);
}

#[test]
fn a_switch_of_branches_is_one_rebuild() {
    let files: Vec<(String, String)> = (0..1000)
        .map(|n| (format!("content/p{n}.md"), format!("---\ntitle: Page {n}\n---\nThe old words of {n}.\n")))
        .collect();
    let list: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let preview = Preview::start(&list, &[]);
    preview.shows("/p999/", "The old words of 999.");
    for (path, text) in &files {
        preview.save(path, &text.replace("old", "new"));
    }
    preview.shows("/p999/", "The new words of 999.");
    preview.shows("/p0/", "The new words of 0.");
    preview.shows("/__fascicle/", "and 999 more");
    assert!(preview.get("/__fascicle/").text().contains("Number 2, after"));
}

#[test]
fn new_folders_themes_and_links_are_seen() {
    let preview = Preview::start(&[("content/a.md", "---\ntitle: Page A\n---\nWelcome.\n")], &[]);
    preview.shows("/a/", "Welcome.");
    preview.save("content/deep/in/folders/new.md", "---\ntitle: New\n---\nNew words.\n");
    preview.shows("/deep/in/folders/new/", "New words.");
    // A theme that was not there at the start.
    preview.save("theme/templates/page.html", "<html><body>{{ page.title }} in a new theme</body></html>");
    preview.shows("/a/", "Page A in a new theme");
    fs::remove_dir_all(preview.path("theme")).expect("a folder can be removed");
    preview.shows("/a/", "Welcome.");
    #[cfg(unix)]
    {
        preview.save("content/target.txt.md", "---\ntitle: Target\n---\nSaid once.\n");
        std::os::unix::fs::symlink(preview.path("content/target.txt.md"), preview.path("content/link.md"))
            .expect("a link");
        preview.shows("/link/", "Said once.");
        preview.save("content/target.txt.md", "---\ntitle: Target\n---\nSaid anew.\n");
        preview.shows("/link/", "Said anew.");
    }
    fs::rename(preview.path("content/deep"), preview.path("content/moved")).expect("a folder can be moved");
    preview.shows("/moved/in/folders/new/", "New words.");
    preview.wait("/deep/in/folders/new/", "that it is gone", |answer| answer.status == 404);
}

#[test]
fn days_drafts_and_faults_are_told() {
    let files = [
        ("content/site.yaml", "title: Site\n"),
        ("content/a.md", "---\ntitle: A\ndraft: true\n---\nUnfinished [[b]].\n"),
        ("content/b.md", "---\ntitle: B\nreview: {last_reviewed: 2026-01-01}\n---\nReviewed [[a]].\n"),
    ];
    let preview =
        Preview::start(&files, &["--drafts", "--at", "2029-01-01", "--editor", "zed://file{path}:{line}:{column}"]);
    preview.shows("/a/", "Unfinished");
    let gallery = preview.get("/__fascicle/components/");
    assert!(gallery.status == 200 && gallery.text().contains("<h1"), "every component of the theme on one page");
    let own = preview.get("/__fascicle/").text();
    assert!(own.contains("<td>draft</td>") && own.contains("<td>review overdue</td>"), "{own}");
    assert!(own.contains("W601"), "{own}");
    let file = fs::canonicalize(preview.path("content/b.md")).expect("the file is there");
    let link = format!("<a href=\"zed://file{}:3:", file.display());
    assert!(own.contains(&link), "{link} in {own}");
    for part in [
        "Said more than once",
        "Proposed, not written",
        "Links nobody wrote",
        "Last rebuild",
        "Computed anew",
        "<td>parse</td>",
    ] {
        assert!(own.contains(part), "{part} in {own}");
    }
    preview.save("content/b.md", "---\ntitle: [B\n---\nBroken <b>&\n");
    let panel = preview.shows("/__fascicle/panel?page=%2Fb%2F", "E105").text();
    assert!(panel.contains("<h3>content/b.md</h3>") && panel.contains("<pre>2 | title: [B"), "{panel}");
    assert!(preview.get("/b/").text().contains("Reviewed"), "the last good page stays");
}

#[cfg(target_os = "linux")]
#[test]
fn memory_does_not_grow_with_edits() {
    let files: Vec<(String, String)> = (0..50)
        .map(|n| (format!("content/p{n}.md"), format!("---\ntitle: Page {n}\n---\nThe words of {n}.\n")))
        .collect();
    let list: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let preview = Preview::start(&list, &[]);
    let resident = || {
        let status = fs::read_to_string(format!("/proc/{}/status", preview.pid())).expect("the process is there");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("it has memory").to_owned();
        line.split_whitespace().next().and_then(|kib| kib.parse::<u64>().ok()).expect("a number")
    };
    // Long prose, so that what is kept would be seen: 300 edits of 60 kB and their pages.
    let prose = "Words that fill a page. ".repeat(2500);
    let mut early = 0;
    for step in 0..300 {
        preview.save("content/p7.md", &format!("---\ntitle: Page 7\n---\nEdit {step}. {prose}\n"));
        preview.shows("/p7/", &format!("Edit {step}."));
        if step == 50 {
            early = resident();
        }
    }
    let late = resident();
    assert!(late < early + 16 * 1024, "{early} KiB after 50 edits, {late} KiB after 300");
}
