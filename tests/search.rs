//! Holds the search to its promises: the right section first for lay words, one ranking in Rust and in the browser, and
//! nothing that runs from what a page or a query says.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

use fascicle::{Answer, Folders, Memo, Site, compile, load};
use serde_json::Value;

#[path = "support/chromium.rs"]
mod chromium;

use chromium::chromium;

#[path = "support/random.rs"]
mod random;

use random::Random;

/// Queries on which both rankings are compared.
const COMPARED: usize = 500;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// This repository's own site.
fn own_site(memo: &Memo) -> Site {
    let folders = Folders { content: root().join("content"), theme: Some(root().join("theme")) };
    compile(&load(&folders).expect("the content can be read"), memo).0
}

/// One judgement: a query, and the addresses any of which answers it.
struct Judged {
    query: String,
    right: Vec<String>,
}

fn judged() -> Vec<Judged> {
    let text = fs::read_to_string(root().join("tests/search/judged.tsv")).expect("the judgements are there");
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let judged = lines.map(|line| {
        let (query, right) = line.split_once('\t').expect("a query, a tab, addresses");
        Judged { query: query.to_owned(), right: right.split_whitespace().map(str::to_owned).collect() }
    });
    judged.collect()
}

/// The place of the first right section, counted through all sections shown; 0 when none is.
fn place(answer: &Answer, right: &[String]) -> usize {
    let named = answer.danger.iter().map(|danger| danger.url.as_str());
    let sections = answer.pages.iter().map(|page| page.sections.first().map_or(page.url.as_str(), |s| s.url.as_str()));
    let fits =
        |url: &str| right.iter().any(|r| url == r || r.strip_suffix('*').is_some_and(|page| url.starts_with(page)));
    named.chain(sections).position(fits).map_or(0, |at| at + 1)
}

#[test]
fn lay_words_find_the_right_section() {
    let judged = judged();
    assert!(judged.len() >= 60, "{} judgements", judged.len());
    let memo = Memo::default();
    let site = own_site(&memo);
    let known: Vec<&str> = site.routes().collect();
    let mut report = String::new();
    let mut sum = 0.0;
    let queries: Vec<&str> = judged.iter().map(|judged| judged.query.as_str()).collect();
    for (answer, judged) in site.search(&queries, 10, false, &memo).iter().zip(&judged) {
        for url in &judged.right {
            let page = url.trim_end_matches('*').split('#').next().unwrap_or("");
            let route = format!("{page}index.html");
            assert!(known.contains(&route.as_str()), "{}: the site has no page {page}", judged.query);
        }
        let place = place(answer, &judged.right);
        sum += if place > 0 { 1.0 / place as f64 } else { 0.0 };
        if place != 1 {
            let first = answer.pages.first().map_or("nothing", |page| &page.sections[0].url);
            let _ = writeln!(report, "{}: at {place}; first is {first}", judged.query);
        }
    }
    let score = sum / judged.len() as f64;
    assert!(score >= 0.9, "mean reciprocal rank {score:.3}:\n{report}");
}

/// The judged queries, and words of the site in twos and threes: as they are, misspelt, unfinished, joined, quoted.
fn queries(memo: &Memo) -> Vec<String> {
    let mut list: Vec<String> = judged().into_iter().map(|judged| judged.query).collect();
    list.extend(
        [
            "",
            "  ",
            "?!",
            "the of",
            "\"trigger point\"",
            "xyzzyqq",
            "caf\u{e9} 肩の痛み",
            "<b>knot</b>",
            "don't can't",
            "a\u{0}b",
        ]
        .map(str::to_owned),
    );
    let site = own_site(memo);
    let titles = site.search(&["pain muscle shoulder", "knee heel back", "how press"], 200, false, memo);
    let words: Vec<String> = titles
        .iter()
        .flat_map(|answer| &answer.pages)
        .flat_map(|page| page.title.split_whitespace().chain(page.sections[0].heading.split_whitespace()))
        .map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()).to_owned())
        .filter(|word| word.len() > 2)
        .collect();
    let mut random = Random(1);
    while list.len() < COMPARED {
        let picked: Vec<&str> = (0..1 + random.below(3)).map(|_| words[random.below(words.len())].as_str()).collect();
        list.push(slip(&picked, &mut random));
    }
    list
}

/// Words as someone types them.
fn slip(words: &[&str], random: &mut Random) -> String {
    let mut typed: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
    let at = random.below(typed.len());
    let letters: Vec<char> = typed[at].chars().collect();
    let place = random.below(letters.len() - 1);
    let (before, two, after) = (&letters[..place], &letters[place..place + 2], &letters[place + 2..]);
    match random.below(7) {
        0 => typed[at] = [before, &two[1..], after].concat().into_iter().collect(),
        1 => typed[at] = [before, &[two[1], two[0]], after].concat().into_iter().collect(),
        2 => typed[at].push('q'),
        3 => typed[at] = letters.iter().take(3).collect(),
        4 => return typed.concat(),
        5 => return format!("\"{}\"", typed.join(" ")),
        _ => {}
    }
    typed.join(" ")
}

/// What the engine answers in the browser, from a folder on disk.
fn in_browser(browser: &Path, site: &Site, queries: &[String], memo: &Memo) -> Vec<Value> {
    let folder = tempfile::tempdir().expect("a folder can be made");
    fs::create_dir(folder.path().join("search")).expect("a folder can be made");
    for route in site.routes().filter(|route| route.starts_with("search/") && route.ends_with(".js")) {
        let output = site.render(route, memo).expect("a route").expect("a file of the index");
        fs::write(folder.path().join(route), &output.bytes).expect("a file can be written");
    }
    fs::copy(root().join("theme/assets/search.js"), folder.path().join("search.js")).expect("the engine is there");
    for name in ["harness.html", "harness.js"] {
        fs::copy(root().join("tests/search").join(name), folder.path().join(name)).expect("the page is there");
    }
    let list = format!("window.queries = {};", serde_json::to_string(queries).expect("texts are JSON"));
    fs::write(folder.path().join("queries.js"), list).expect("a file can be written");
    let profile = tempfile::tempdir().expect("a folder can be made");
    let output = Command::new(browser)
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"])
        .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
        .args(["--virtual-time-budget=60000", "--dump-dom"])
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .arg(format!("file://{}/harness.html#all", folder.path().display()))
        .output()
        .expect("the browser starts");
    let page = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(page.contains("<title>Search harness</title>"), "something ran: {page}");
    let shown =
        page.split_once("<pre id=\"answers\">").and_then(|(_, rest)| rest.split_once("</pre>")).expect("answers").0;
    let text = shown.replace("&lt;", "<").replace("&gt;", ">").replace("&nbsp;", "\u{a0}").replace("&amp;", "&");
    serde_json::from_str(&text).unwrap_or_else(|_| panic!("{text}"))
}

/// The parts of an answer that both sides must agree on: everything but how a text is cut.
fn essence(answer: &Value) -> Value {
    let section = |s: &Value| serde_json::json!([s["url"], s["heading"], s["without"], s["reason"]]);
    let page = |p: &Value| {
        let sections: Vec<Value> = p["sections"].as_array().into_iter().flatten().map(section).collect();
        serde_json::json!([p["url"], p["title"], p["score"].as_f64(), sections])
    };
    let pages: Vec<Value> = answer["pages"].as_array().into_iter().flatten().map(page).collect();
    serde_json::json!([
        answer["query"],
        answer["corrected"],
        answer["total"],
        answer["danger"],
        answer["nearest"],
        pages
    ])
}

#[test]
fn the_browser_ranks_as_the_program_does() {
    let Some(browser) = chromium() else { return };
    let memo = Memo::default();
    let site = own_site(&memo);
    let queries = queries(&memo);
    assert_same(&browser, &site, &queries, &memo);
}

fn assert_same(browser: &Path, site: &Site, queries: &[String], memo: &Memo) {
    let here = site.search(queries, 10, false, memo);
    let there = in_browser(browser, site, queries, memo);
    assert_eq!(here.len(), there.len());
    for (here, there) in here.iter().zip(&there) {
        let here = serde_json::to_value(here).expect("an answer is JSON");
        assert_eq!(essence(&here), essence(there), "{}", here["query"]);
    }
}

/// Pages of so many that the index keeps fewer levels of strength, and sections for the strongest only.
const LARGE: usize = 4_001;

#[test]
fn the_rankings_agree_on_a_large_site() {
    let Some(browser) = chromium() else { return };
    let mut random = Random(7);
    let words = |random: &mut Random, count: usize| {
        let word = |random: &mut Random| {
            let rare = random.below(400).min(random.below(400));
            let ends = ["bad", "cog", "dif", "fum", "gel", "hap", "jor", "kys", "lun", "mit"];
            let middles = ["ra", "se", "ti", "vo", "lu", "ne", "ga", "pi"];
            format!("{}{}{}", ["ba", "ko", "li", "mu", "ne"][rare % 5], middles[rare / 50], ends[rare / 5 % 10])
        };
        (0..count).map(|_| word(random)).collect::<Vec<_>>().join(" ")
    };
    let mut sources = fascicle::Sources::default();
    sources.insert_text("content/index.md", "---\ntitle: Home\n---\nMany pages.\n");
    for page in 0..LARGE {
        let mut text = format!("---\ntitle: {} {page}\n---\n{}\n", words(&mut random, 3), words(&mut random, 4));
        for _ in 0..random.below(8) {
            let _ = write!(text, "\n## {}\n\n{}\n", words(&mut random, 2), words(&mut random, 6));
        }
        sources.insert_text(&format!("content/p{page}.md"), &text);
    }
    let memo = Memo::default();
    let (site, _) = compile(&sources, &memo);
    let mut queries: Vec<String> = (0..60).map(|at| words(&mut random, 1 + at % 3)).collect();
    for at in 0..90 {
        let list = words(&mut random, 1 + at % 3);
        queries.push(slip(&list.split(' ').collect::<Vec<_>>(), &mut random));
    }
    assert_same(&browser, &site, &queries, &memo);
}

/// What would run, if any of it were taken for more than text.
const PAYLOADS: [&str; 5] = [
    "</script><script>document.title='PWN'</script>",
    "\"));document.title='PWN';//",
    "<img src=x onerror=document.title='PWN'>",
    "${document.title='PWN'} `+(document.title='PWN')+`",
    "\u{2028}\u{2029}document.title='PWN'\u{2}\u{3}\u{4}|,\\",
];

#[test]
fn nothing_in_a_page_or_a_query_runs() {
    let Some(browser) = chromium() else { return };
    let mut sources = fascicle::Sources::default();
    let quoted = |text: &str| serde_json::to_string(text).expect("a text is JSON");
    sources.insert_text("content/index.md", "---\ntitle: Home\n---\nThe good page.\n");
    for (at, payload) in PAYLOADS.iter().enumerate() {
        let title = quoted(&format!("Soleus {payload} {at}"));
        let text = format!(
            "---\ntitle: {title}\nfaqs: [{{q: {title}, a: {title}}}]\n---\n## Gastrocnemius {payload}\n\nPopliteus {payload}\n"
        );
        sources.insert_text(&format!("content/p{at}.md"), &text);
    }
    let memo = Memo::default();
    let (site, _) = compile(&sources, &memo);
    let mut queries: Vec<String> = PAYLOADS.map(str::to_owned).to_vec();
    queries.extend(
        ["soleus", "gastrocnemius", "popliteus", "pwn", "\"soleus\"", &"(".repeat(3_000), "a\\b[c"].map(str::to_owned),
    );
    let answers = in_browser(&browser, &site, &queries, &memo);
    assert!(answers[5]["pages"].as_array().is_some_and(|pages| pages.len() == PAYLOADS.len()), "{}", answers[5]);
    let shown = answers[7].to_string();
    assert!(shown.contains("onerror") && shown.contains("</script>"), "texts come as they are: {shown}");
}
