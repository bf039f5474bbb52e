//! Looks at the default theme: its templates have no words of their own, its components work in a browser, and every kind of page is photographed.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use driver::Browser;
use serde_json::json;

#[path = "support/chromium.rs"]
mod chromium;

use chromium::chromium;

#[path = "support/driver.rs"]
#[allow(dead_code)]
mod driver;

fn project() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn templates() -> Vec<(String, String)> {
    let mut found = Vec::new();
    for folder in ["theme/templates", "theme/templates/components"] {
        for entry in fs::read_dir(project().join(folder)).expect("the theme has templates").flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            if name.ends_with(".html") {
                found.push((format!("{folder}/{name}"), fs::read_to_string(entry.path()).expect("a template is text")));
            }
        }
    }
    found
}

/// A text without what stands between two marks.
fn without(text: &str, open: &str, close: &str) -> String {
    let mut parts = text.split(open);
    let first = parts.next().unwrap_or("").to_owned();
    parts.fold(first, |out, part| out + " " + part.split_once(close).map_or("", |(_, rest)| rest))
}

/// The values of attributes that readers see or hear.
fn heard(html: &str) -> Vec<&str> {
    let mut found = Vec::new();
    for name in [" aria-label=\"", " title=\"", " placeholder=\"", " alt=\"", " data-label=\""] {
        found.extend(html.split(name).skip(1).filter_map(|rest| rest.split('"').next()));
    }
    found
}

#[test]
fn no_template_has_a_word_of_its_own() {
    // Names of registers are the same in every language; "yes" is an answer of one component to another.
    let names = ["doi:", "PMID", "yes"];
    let letters = |text: &str| {
        let rest = names.iter().fold(text.to_owned(), |rest, name| rest.replace(name, ""));
        rest.chars().any(char::is_alphabetic)
    };
    let drawing = |text: &str| text.starts_with('M') && text.chars().nth(1).is_some_and(|c| c.is_ascii_digit());
    let mut bare = Vec::new();
    for (name, text) in templates() {
        let html = without(&without(&without(&text, "{#", "#}"), "{%", "%}"), "{{", "}}");
        let shown = without(&html, "<", ">");
        bare.extend(
            shown
                .lines()
                .filter(|line| letters(line) && line.trim() != "&")
                .map(|line| format!("{name}: {}", line.trim())),
        );
        bare.extend(heard(&html).into_iter().filter(|value| letters(value)).map(|value| format!("{name}: {value}")));
        // Texts inside expressions: what begins with a capital letter is meant for readers.
        let code =
            text.split(['{', '}']).filter(|part| part.starts_with('%') || part.contains("<")).collect::<String>();
        let quoted = code.split('"').skip(1).step_by(2).filter(|text| {
            text.starts_with(char::is_uppercase) && !drawing(text) && *text != "Content-Security-Policy"
        });
        bare.extend(quoted.map(|text| format!("{name}: {text}")));
    }
    assert!(bare.is_empty(), "words that belong in theme/i18n:\n{}", bare.join("\n"));
}

#[test]
fn every_template_says_what_it_may_use() {
    let silent: Vec<String> = templates()
        .into_iter()
        .filter(|(_, text)| {
            !text.strip_prefix("{#").and_then(|t| t.split("#}").next()).is_some_and(|head| head.contains("Fields: "))
        })
        .map(|(name, _)| name)
        .collect();
    assert!(silent.is_empty(), "no list of fields at the head of {silent:?}");
}

#[test]
fn the_gallery_shows_every_component() {
    let text = fs::read_to_string(project().join("theme/templates/gallery.html")).expect("the gallery is there");
    let named = |text: &str| -> BTreeSet<String> {
        text.split("<").skip(1).map(|rest| rest.split([' ', '/', '>', '\n']).next().unwrap_or("").to_owned()).collect()
    };
    let all = templates();
    let components: BTreeSet<String> = all
        .iter()
        .flat_map(|(_, text)| {
            text.split("{% component ").skip(1).filter_map(|rest| rest.split('(').next().map(str::to_owned))
        })
        .collect();
    // Those that stand inside others are reached through them.
    let mut reached = named(&text);
    reached
        .extend(named(&fs::read_to_string(project().join("theme/templates/base.html")).expect("the frame is there")));
    loop {
        let before = reached.len();
        for (_, text) in &all {
            for part in text.split("{% component ").skip(1) {
                if reached.contains(part.split('(').next().unwrap_or("")) {
                    reached.extend(named(part.split("endcomponent").next().unwrap_or("")));
                }
            }
        }
        if reached.len() == before {
            break;
        }
    }
    // These give other components the id of a section; they show nothing.
    reached.extend(["section_id", "has_section"].map(str::to_owned));
    let missing: Vec<&String> = components.difference(&reached).collect();
    assert!(missing.is_empty(), "not in the gallery: {missing:?}");
}

/// The site of this project, built into a folder, with the gallery beside it.
fn built() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let output = Command::new(env!("CARGO_BIN_EXE_fascicle"))
        .args(["build", "--quiet", "--out"])
        .arg(folder.path().join("site"))
        .arg("--reports")
        .arg(folder.path().join("reports"))
        .current_dir(project())
        .output()
        .expect("the program starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut sources = fascicle::Sources::default();
    sources.insert_text("content/index.md", "---\ntitle: Gallery\n---\nText.\n");
    let (site, _) = fascicle::compile(&sources, &fascicle::Memo::default());
    let gallery = site.gallery().unwrap_or_else(|fault| panic!("{}", fault.message));
    let place = folder.path().join("site/__fascicle/components");
    fs::create_dir_all(&place).expect("a folder can be made");
    fs::write(place.join("index.html"), gallery).expect("a file can be written");
    folder
}

fn browse(browser: &Path, arguments: &[String]) -> (String, String) {
    let profile = tempfile::tempdir().expect("a folder can be made");
    let output = Command::new(browser)
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars"])
        .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
        .args(["--enable-logging=stderr", "--virtual-time-budget=3000"])
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .args(arguments)
        .output()
        .expect("the browser starts");
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    let complaints = text(output.stderr).lines().filter(|line| line.contains("CONSOLE")).collect::<Vec<_>>().join("\n");
    (text(output.stdout), complaints)
}

/// One page of each kind, by the name its picture gets.
const PAGES: &[(&str, &str)] = &[
    ("home", ""),
    ("area", "areas/shoulder-top/"),
    ("areas", "areas/"),
    ("muscle", "muscles/trapezius-upper/"),
    ("pattern", "patterns/plantar-heel/"),
    ("how-to", "how-to/press-a-trigger-point/"),
    ("overview", "overview/trigger-points/"),
    ("comparison", "comparison/methods/"),
    ("evidence", "evidence/what-is-known/"),
    ("safety", "safety/when-to-stop/"),
    ("faq", "faq/common-questions/"),
    ("glossary", "glossary/"),
    ("page", "about/"),
    ("list", "how-to/"),
    ("a-z", "a-z/"),
    ("contents", "contents/"),
    ("sources", "sources/"),
    ("search", "search/"),
    ("404", "404.html"),
    ("components", "__fascicle/components/"),
];

/// A page beside it that shows it as wide as a phone.
fn framed(page: &Path) -> PathBuf {
    let frame = page.with_file_name("framed.html");
    let name = page.file_name().unwrap_or_default().to_string_lossy();
    let html = format!(
        "<!doctype html><title>Phone</title><body style=\"margin:0\"><iframe src=\"{name}\" width=\"360\" height=\"1200\" style=\"border:0\"></iframe>"
    );
    fs::write(&frame, html).expect("a file can be written");
    frame
}

#[test]
fn every_kind_of_page_is_photographed() {
    let Some(browser) = chromium() else { return };
    let folder = built();
    let shots = project().join("target/screenshots");
    fs::create_dir_all(&shots).expect("target can be written");
    for (name, url) in PAGES {
        let file = if url.ends_with(".html") { (*url).to_owned() } else { format!("{url}index.html") };
        let page = folder.path().join("site").join(file);
        // A page of the knowledge base may be gone; its kind must be looked at all the same.
        assert!(page.exists(), "{url} is not there: name another page of its kind");
        for (look, size, more) in [
            ("light-1280", "1280,900", ""),
            ("dark-1280", "1280,900", "--blink-settings=preferredColorScheme=0"),
            ("light-360", "500,1200", ""),
            ("dark-360", "500,1200", "--blink-settings=preferredColorScheme=0"),
        ] {
            // A window is never as narrow as a phone; a frame is.
            let shown = if look.ends_with("360") { framed(&page) } else { page.clone() };
            let picture = shots.join(format!("{name}-{look}.png"));
            let _ = fs::remove_file(&picture);
            let mut arguments = vec![format!("--screenshot={}", picture.display()), format!("--window-size={size}")];
            arguments.extend((!more.is_empty()).then(|| more.to_owned()));
            arguments.push(format!("file://{}", shown.display()));
            let (_, complaints) = browse(&browser, &arguments);
            assert_eq!(complaints, "", "{name}, {look}");
            assert!(fs::metadata(&picture).is_ok_and(|file| file.len() > 5000), "no picture of {name}, {look}");
        }
    }
}

/// What axe would say first, in a few lines: names, labels, ids, headings, and places too small for a finger.
const LOOK: &str = r##"
(() => {
  const wrong = [], all = s => [...document.querySelectorAll(s)];
  const seen = e => e.checkVisibility?.() !== false;
  const name = e => (e.getAttribute("aria-label") || e.textContent || e.querySelector("title")?.textContent || "").trim();
  for (const e of all("a[href], button, summary, [role=region], [role=img], nav")) if (seen(e) && !name(e) && !e.getAttribute("aria-label") && !e.closest("svg")) wrong.push("no name: " + e.outerHTML.slice(0, 80));
  for (const e of all("input")) if (!e.labels?.length) wrong.push("no label: " + e.outerHTML.slice(0, 80));
  for (const e of all("img")) if (!e.hasAttribute("alt")) wrong.push("no alt: " + e.src);
  const ids = all("[id]").map(e => e.id).filter((id, at, list) => list.indexOf(id) !== at && id !== "hatch");
  if (ids.length) wrong.push("twice: " + ids.join(" "));
  for (const e of all("[aria-labelledby], [aria-controls], [aria-describedby]")) for (const n of ["aria-labelledby", "aria-controls", "aria-describedby"]) if (e.hasAttribute(n) && !document.getElementById(e.getAttribute(n))) wrong.push(n + " leads nowhere: " + e.getAttribute(n));
  let level = 0;
  for (const h of all("main h1, main h2, main h3, main h4")) { const n = +h.tagName[1]; if (n > level + 1) wrong.push("skipped to: " + h.outerHTML.slice(0, 80)); level = n; }
  if (all("h1").length !== 1) wrong.push("h1: " + all("h1").length);
  for (const e of all("button, summary, input, .find, .menu a, .theme label")) { const r = e.getBoundingClientRect(); if (seen(e) && r.width && (r.width < 24 || r.height < 24)) wrong.push("small: " + e.outerHTML.slice(0, 60) + " " + r.width + "x" + r.height); }
  if (document.documentElement.scrollWidth > innerWidth) wrong.push("wider than the window by " + (document.documentElement.scrollWidth - innerWidth));
  document.body.dataset.wrong = JSON.stringify(wrong);
})();
"##;

#[test]
fn components_keep_the_rules_in_every_state() {
    let Some(browser) = chromium() else { return };
    let folder = built();
    let place = folder.path().join("site/__fascicle/components");
    let page = fs::read_to_string(place.join("index.html")).expect("the gallery is there");
    // The gallery was made for another site: its files carry the same names, since they are named by their content.
    fs::write(place.join("look.js"), LOOK).expect("a file can be written");
    let looked = page.replacen("</body>", "<script src=\"look.js\"></script></body>", 1);
    fs::write(place.join("looked.html"), looked).expect("a file can be written");
    for width in ["1280,900", "500,900"] {
        let arguments = [
            "--dump-dom".to_owned(),
            format!("--window-size={width}"),
            format!("file://{}/looked.html", place.display()),
        ];
        let (dom, complaints) = browse(&browser, &arguments);
        let blocked: Vec<&str> = complaints.lines().filter(|line| !line.contains("sample.svg")).collect();
        assert_eq!(blocked, [""; 0], "{width}");
        assert!(
            dom.contains("data-wrong=\"[]\""),
            "{width}: {}",
            dom.split("data-wrong=\"").nth(1).unwrap_or("not looked at").split('"').next().unwrap_or("")
        );
    }
}

/// The address of a page of a built site on this disk.
fn address(folder: &tempfile::TempDir, url: &str) -> String {
    let file = if url.is_empty() || url.ends_with('/') { format!("{url}index.html") } else { url.to_owned() };
    format!("file://{}/site/{file}", folder.path().display())
}

const HINT: &str = "(document.querySelector('#hint')?.textContent ?? '')";
const WORD: &str = ".body a[data-hint]";

#[test]
fn a_word_says_what_it_means_by_keys_by_mouse_and_by_touch() {
    let Some(browser) = Browser::start() else { return };
    let folder = built();
    let page = address(&folder, "overview/trigger-points/");
    browser.open(&page);
    let meaning = browser.run(&format!("document.querySelector('{WORD}').dataset.hint"));
    assert!(meaning.as_str().is_some_and(|text| text.len() > 20), "{meaning}");
    // Without a script the word leads to its entry.
    let leads = browser.run(&format!("document.querySelector('{WORD}').getAttribute('href')"));
    assert!(leads.as_str().is_some_and(|href| href.contains("glossary/") && href.contains('#')), "{leads}");

    // By keys: it comes with the focus, belongs to the link, and Escape takes it away.
    for _ in 0..120 {
        browser.keys(&["Tab"]);
        if browser.run(&format!("document.activeElement === document.querySelector('{WORD}')")) == json!(true) {
            break;
        }
    }
    assert_eq!(browser.run(HINT), meaning);
    assert_eq!(browser.run("document.activeElement.getAttribute('aria-describedby')"), json!("hint"));
    browser.keys(&["Escape"]);
    assert_eq!(browser.run(HINT), json!(""));
    assert_eq!(browser.run("document.activeElement.hasAttribute('aria-describedby')"), json!(false));
    // It goes with the focus at once, so that it covers nothing that the focus goes to.
    let passed = format!(
        "(() => {{ const word = document.querySelector('{WORD}'); word.blur(); word.focus(); const shown = {HINT}; document.querySelector('h1 ~ * a, main a').focus(); return [shown.length > 20, {HINT}] }})()"
    );
    assert_eq!(browser.run(&passed), json!([true, ""]));

    // By mouse: it comes when pointed at, stays while it is read, and goes with the pointer.
    browser.open(&page);
    browser.point(WORD, false);
    browser.wait(&format!("{HINT}.length > 20"));
    browser.point("#hint", false);
    browser.wait("new Promise(done => setTimeout(() => done(document.querySelector('#hint') !== null), 400))");
    browser.point("h1", false);
    browser.wait(&format!("{HINT} === ''"));

    // By touch: the first tap shows it, the second follows the link.
    browser.open(&page);
    browser.point(WORD, true);
    browser.wait(&format!("{HINT}.length > 20"));
    assert_eq!(browser.run("location.pathname.endsWith('/overview/trigger-points/index.html')"), json!(true));
    browser.point(WORD, true);
    browser.wait("location.pathname.includes('/glossary/')");
    assert_eq!(browser.complaints(), [""; 0]);
}

/// Whether the place that has the focus can be seen: it is on the screen, above nothing, and marked.
const SEEN: &str = r"(() => {
  const e = document.activeElement, shape = e.closest('svg') ? e.querySelector('*:not(title)') : e;
  const r = shape.getClientRects()[0], s = getComputedStyle(e), about = e.outerHTML.slice(0, 90);
  if (!r || r.bottom < 0 || r.top > innerHeight) return 'out of sight: ' + about;
  if (s.outlineStyle === 'none' && !(e.closest('svg') && parseFloat(s.strokeWidth) >= 2)) return 'no mark: ' + about;
  const top = document.elementFromPoint(r.x + r.width / 2, r.y + r.height / 2);
  return top && !e.contains(top) && !top.contains(e) && top.closest('.bar') ? 'below the header: ' + about : '';
})()";

#[test]
fn the_site_is_walked_by_keys_alone() {
    let Some(browser) = Browser::start() else { return };
    let folder = built();
    browser.size(1280, 900);

    // The first stop leads past the header; the search comes before the map.
    browser.open(&address(&folder, ""));
    browser.keys(&["Tab"]);
    assert_eq!(browser.run("document.activeElement.hash"), json!("#main"));
    assert_eq!(browser.run(SEEN), json!(""));
    browser.keys(&["Enter", "Tab"]);
    let find = "document.activeElement.matches('main .find')";
    while browser.run(find) != json!(true) {
        // What stands before it, an urgent notice with its links, is the author's.
        assert_eq!(
            browser.run("document.activeElement.matches('article a') && !document.activeElement.closest('.map')"),
            json!(true)
        );
        assert_eq!(browser.run(SEEN), json!(""));
        browser.keys(&["Tab"]);
    }

    // Every place of the map is a stop in the order of the drawing; then comes the list that says the same.
    let places = browser.run("document.querySelectorAll('.map svg a').length").as_u64().unwrap_or(0);
    assert!(places > 100, "{places}");
    for place in 0..places {
        browser.keys(&["Tab"]);
        let here = format!("document.activeElement === document.querySelectorAll('.map svg a')[{place}]");
        assert_eq!(browser.run(&here), json!(true), "stop {place} of the map");
        assert_eq!(browser.run(SEEN), json!(""), "stop {place} of the map");
    }
    browser.keys(&["Tab"]);
    assert_eq!(browser.run("document.activeElement.closest('.map-list') !== null"), json!(true));

    // A place leads to its page, at its head.
    browser.run("document.querySelector('.map svg a[href$=\"#left\"]').focus()");
    browser.keys(&["Enter"]);
    browser.wait("location.pathname.includes('/areas/') && document.readyState === 'complete'");
    assert_eq!(browser.run("location.hash"), json!("#left"));
    assert_eq!(browser.run("document.getElementById('left') !== null"), json!(true));
    assert_eq!(browser.run("document.querySelector('h1').getBoundingClientRect().top > 0"), json!(true));

    // Every stop of an article is seen, and the walk ends: nothing holds the focus.
    browser.open(&address(&folder, "how-to/press-a-trigger-point/"));
    let stops = browser.run("document.querySelectorAll('a[href], button, summary, input, [tabindex=\"0\"]').length");
    let mut left = false;
    for _ in 0..stops.as_u64().unwrap_or(0) + 2 {
        browser.keys(&["Tab"]);
        left = browser.run("document.activeElement === document.body") == json!(true);
        if left {
            break;
        }
        assert_eq!(browser.run(SEEN), json!(""));
    }
    assert!(left, "the walk never left the page");

    // A question opens and closes.
    browser.open(&address(&folder, "how-to/two-week-plan/"));
    browser.run("document.querySelector('.faq summary').focus()");
    for open in [true, false] {
        browser.keys(&["Enter"]);
        assert_eq!(browser.run("document.querySelector('.faq details').open"), json!(open));
    }
    assert_eq!(browser.complaints(), [""; 0]);
}

#[test]
fn the_search_is_opened_used_and_left_by_keys() {
    let Some(browser) = Browser::start() else { return };
    let folder = built();
    browser.open(&address(&folder, "about/"));
    for _ in 0..8 {
        browser.keys(&["Tab"]);
        if browser.run("document.activeElement.matches('.bar .find')") == json!(true) {
            break;
        }
    }
    browser.keys(&["Enter"]);
    browser.wait("document.querySelector('dialog')?.open === true && document.activeElement.type === 'search'");
    browser.keys(&["shoulder"]);
    // An answer to what was typed before may be shown until the last one comes.
    browser.wait("document.querySelectorAll('dialog [role=listbox]:not([aria-busy]) [role=option]').length > 3");
    browser.keys(&["Down", "Down"]);
    let current = "document.querySelectorAll('dialog [aria-selected=true]').length";
    assert_eq!(browser.run(current), json!(1));
    assert_eq!(browser.run("document.activeElement.type"), json!("search"), "the focus stays in the field");
    // Escape empties the field, then leaves; the focus goes back to where it was.
    browser.keys(&["Escape"]);
    browser.wait("document.querySelector('dialog').open && document.activeElement.value === ''");
    browser.keys(&["Escape"]);
    browser.wait("document.querySelector('dialog')?.open !== true && document.activeElement.matches('.bar .find')");
    // "/" opens it from anywhere, and Enter follows the first answer.
    browser.keys(&["/"]);
    browser.wait("document.querySelector('dialog')?.open === true && document.activeElement.type === 'search'");
    browser.keys(&["jaw"]);
    browser.wait("document.querySelectorAll('dialog [role=listbox]:not([aria-busy]) [role=option]').length > 0");
    browser.keys(&["Down", "Enter"]);
    browser.wait("!location.pathname.includes('/about/')");
    assert_eq!(browser.complaints(), [""; 0]);
}

#[test]
fn no_page_scrolls_sideways_at_four_times_its_size() {
    let Some(browser) = Browser::start() else { return };
    let folder = built();
    // A window of 1280 by 1024 pixels at 400 %.
    browser.size(320, 256);
    for (name, url) in PAGES {
        browser.open(&address(&folder, url));
        let wide = browser.run("document.documentElement.scrollWidth");
        assert!(wide.as_u64().is_some_and(|wide| wide <= 320), "{name} is {wide} pixels wide");
        let covered = browser.run("[...document.querySelectorAll('body *')].filter(e => ['fixed', 'sticky'].includes(getComputedStyle(e).position) && e.getBoundingClientRect().height > innerHeight / 2 && e.closest('.bar')).length");
        assert_eq!(covered, json!(0), "the header of {name} covers the page");
    }
}
