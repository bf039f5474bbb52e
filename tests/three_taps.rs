//! Walks from the first page to the right routine in three taps, on a phone: by the body map, and by the search.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

#[path = "support/chromium.rs"]
mod chromium;

use chromium::chromium;

fn beside(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/three_taps").join(name)
}

/// What a reader complains of, where they would tap, and the routines that are right.
struct Complaint {
    words: String,
    regions: Vec<String>,
    patterns: Vec<String>,
}

fn complaints() -> Vec<Complaint> {
    let text = fs::read_to_string(beside("complaints.tsv")).expect("the complaints are there");
    let list = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let complaints = lines.map(|line| {
        let mut cells = line.split('\t');
        let mut cell = || cells.next().expect("words, a tab, regions, a tab, routines");
        let words = cell().to_owned();
        Complaint { words, regions: list(cell()), patterns: list(cell()) }
    });
    complaints.collect()
}

/// The site of this project in a folder, with a finger on the first page and on the pages of these regions.
fn built(regions: &BTreeSet<&str>) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let site = folder.path().join("site");
    let output = Command::new(env!("CARGO_BIN_EXE_fascicle"))
        .args(["build", "--quiet", "--out"])
        .arg(&site)
        .arg("--reports")
        .arg(folder.path().join("reports"))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env("SOURCE_DATE_EPOCH", "1795219200")
        .output()
        .expect("the program starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    fs::copy(beside("finger.js"), site.join("finger.js")).expect("a file can be copied");
    for name in ["harness.html", "harness.js"] {
        fs::copy(beside(name), folder.path().join(name)).expect("a file can be copied");
    }
    let areas = regions.iter().map(|region| (format!("areas/{region}/index.html"), "../../"));
    for (page, root) in areas.chain([("index.html".to_owned(), "")]) {
        let path = site.join(&page);
        let html = fs::read_to_string(&path).unwrap_or_else(|_| panic!("the site has no page {page}"));
        let held = html.replacen("</body>", &format!("<script src=\"{root}finger.js\"></script></body>"), 1);
        fs::write(path, held).expect("a page can be written");
    }
    folder
}

/// Where the taps of these journeys led, in their order.
fn walk(browser: &Path, folder: &Path, journeys: &[Value]) -> Vec<Value> {
    fs::write(folder.join("journeys.js"), format!("window.journeys = {};", json!(journeys)))
        .expect("a file can be written");
    let profile = tempfile::tempdir().expect("a folder can be made");
    let output = Command::new(browser)
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars"])
        .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
        .args(["--virtual-time-budget=600000", "--window-size=500,900", "--dump-dom"])
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .arg(format!("file://{}/harness.html", folder.display()))
        .output()
        .expect("the browser starts");
    let page = String::from_utf8_lossy(&output.stdout).into_owned();
    let shown =
        page.split_once("<pre id=\"answers\">").and_then(|(_, rest)| rest.split_once("</pre>")).expect("answers").0;
    let answers: Vec<Value> = serde_json::from_str(&shown.replace("&amp;", "&")).unwrap_or_else(|_| panic!("{page}"));
    assert_eq!(answers.len(), journeys.len());
    answers
}

/// The last parts of the addresses, for a report.
fn short(names: &Value) -> Vec<String> {
    let parts = |url: &str| url.rsplit("/site/").next().unwrap_or(url).replace("index.html", "");
    names.as_array().into_iter().flatten().filter_map(Value::as_str).map(parts).collect()
}

fn leads_to(led: &Value, folder: &str, ids: &[String]) -> bool {
    led.as_str().is_some_and(|url| ids.iter().any(|id| url.contains(&format!("/{folder}/{id}/"))))
}

#[test]
fn the_map_leads_to_the_routine() {
    let Some(browser) = chromium() else { return };
    let complaints = complaints();
    assert!(complaints.len() >= 12, "{} complaints", complaints.len());
    let ways: Vec<(&Complaint, &String)> = complaints
        .iter()
        .flat_map(|complaint| complaint.regions.iter().map(move |region| (complaint, region)))
        .collect();
    let folder = built(&ways.iter().map(|(_, region)| region.as_str()).collect());
    let taps = |(_, region): &(&Complaint, &String)| json!({"page": "site/index.html", "order": {"kind": "map", "region": region}});
    let links = |(complaint, region): &(&Complaint, &String)| json!({"page": format!("site/areas/{region}/index.html"), "order": {"kind": "link", "patterns": complaint.patterns}});
    let journeys: Vec<Value> = ways.iter().map(taps).chain(ways.iter().map(links)).collect();
    let answers = walk(&browser, folder.path(), &journeys);
    let (places, routines) = answers.split_at(ways.len());
    let mut wrong = String::new();
    for (((complaint, region), place), routine) in ways.iter().zip(places).zip(routines) {
        let words = &complaint.words;
        if !leads_to(&place["led"], "areas", std::slice::from_ref(*region)) {
            let _ = writeln!(wrong, "{words}: tapping {region} led to {}", place["led"]);
        }
        if !leads_to(&routine["led"], "patterns", &complaint.patterns) {
            let _ = writeln!(wrong, "{words}: the page of {region} names {:?}", short(&routine["names"]));
        } else if !leads_to(&routine["names"][0], "patterns", &complaint.patterns) {
            let _ =
                writeln!(wrong, "{words}: the page of {region} names another first: {:?}", short(&routine["names"]));
        }
        let taps = place["taps"].as_u64().unwrap_or(9) + routine["taps"].as_u64().unwrap_or(9);
        if taps > 3 {
            let _ = writeln!(wrong, "{words}: {taps} taps by {region}");
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn the_search_leads_to_the_routine() {
    let Some(browser) = chromium() else { return };
    let complaints = complaints();
    let folder = built(&BTreeSet::new());
    let ask = |complaint: &Complaint| json!({"page": "site/index.html", "order": {"kind": "search", "words": complaint.words, "patterns": complaint.patterns}});
    let answers = walk(&browser, folder.path(), &complaints.iter().map(ask).collect::<Vec<_>>());
    let mut wrong = String::new();
    for (complaint, answer) in complaints.iter().zip(&answers) {
        let routines: Vec<String> =
            short(&answer["names"]).into_iter().filter(|name| name.starts_with("patterns/")).collect();
        let first = routines
            .first()
            .is_some_and(|name| complaint.patterns.iter().any(|id| name.starts_with(&format!("patterns/{id}/"))));
        if !first || !leads_to(&answer["led"], "patterns", &complaint.patterns) {
            let _ = writeln!(wrong, "{}: a phone shows {:?}", complaint.words, short(&answer["names"]));
        }
        assert!(answer["taps"].as_u64().is_some_and(|taps| taps <= 3), "{}", complaint.words);
    }
    assert!(wrong.is_empty(), "{wrong}");
}
