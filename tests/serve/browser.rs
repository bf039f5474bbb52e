//! A page that is open in a real Chromium follows every edit: it reloads where it has to, and only then.

use serde_json::{Value, json};

use crate::driver::Browser;
use crate::preview::Preview;

const PANEL: &str = "document.querySelector('fascicle-preview')?.shadowRoot";

fn article(title: &str, words: &str) -> String {
    let filler = "Long enough to scroll.\n\n".repeat(80);
    format!(
        "---\ntitle: {title}\nfaqs:\n  - {{q: \"Is it so?\", a: \"Yes, it is.\"}}\n---\n{words}\n\n{filler}See [[a]] and [[b]].\n"
    )
}

#[test]
fn an_open_page_follows_every_edit() {
    let Some(browser) = Browser::start() else { return };
    let (a, b) = (article("Page A", "First words."), article("Page B", "Other words."));
    let files = [("content/site.yaml", "title: Site\n"), ("content/a.md", a.as_str()), ("content/b.md", b.as_str())];
    let preview = Preview::start(&files, &["--editor", "zed://file{path}:{line}:{column}"]);
    preview.shows("/a/", "First words.");
    browser.open(&format!("http://localhost:{}/a/", preview.port));
    browser.wait("document.body.innerText.includes('First words.')");

    // An edit reloads the page, which keeps its place and what was unfolded.
    browser.run("(document.querySelector('main details').open = true, scrollTo(0, 700), window.marker = 1)");
    preview.save("content/a.md", &article("Page A", "Second words."));
    browser.wait("document.body.innerText.includes('Second words.')");
    browser.wait("document.querySelector('main details').open && Math.abs(scrollY - 700) < 3");
    assert_eq!(browser.run("window.marker ?? null"), Value::Null, "the page was loaded anew");

    // Of another page's edit only the counter tells: this page stays as it is.
    browser.run("(window.marker = 2)");
    preview.save("content/b.md", &article("Page B", "Changed words.\n\n### Skipped a level"));
    browser.wait(&format!("{PANEL}?.querySelector('button.warning')?.textContent === '1 warning'"));
    browser.wait(&format!("{PANEL}.querySelector('.list').hidden"));
    assert_eq!(browser.run("window.marker"), json!(2), "the page was left alone");
    preview.save("content/b.md", &article("Page B", "Changed words."));
    browser.wait("document.querySelector('fascicle-preview') === null");

    // A style sheet is exchanged in the open page.
    browser.run("(window.marker = 3)");
    preview.save("theme/assets/site.css", "body { color: rgb(1, 2, 3) }");
    browser.wait("getComputedStyle(document.body).color === 'rgb(1, 2, 3)'");
    preview.save("theme/assets/site.css", "body { color: rgb(4, 5, 6) }");
    browser.wait("getComputedStyle(document.body).color === 'rgb(4, 5, 6)'");
    browser.wait("document.querySelectorAll('link[rel=stylesheet]').length === 1");
    assert_eq!(browser.run("window.marker"), json!(3), "without a reload");

    // A mistake is shown over the last good page, with the way to it and to mend it.
    preview.save("content/a.md", "---\ntitle: Page A\nareas: [nowhere]\n---\nThird words.\n");
    browser.wait(&format!("{PANEL}?.querySelector('article.error b')?.textContent === 'E201'"));
    assert_eq!(browser.run("document.body.innerText.includes('Second words.')"), json!(true), "the last good page");
    let shown = browser.run(&format!("{PANEL}.querySelector('.list').innerText"));
    let shown = shown.as_str().expect("the panel has text");
    for part in ["content/a.md", "content/a.md:3:9", "3 | areas: [nowhere]"] {
        assert!(shown.contains(part), "{part} in {shown}");
    }
    assert_eq!(browser.run(&format!("{PANEL}.querySelector('.list').hidden")), json!(false));
    assert_eq!(browser.run(&format!("{PANEL}.querySelector('.list .help') !== null")), json!(true));
    let link = browser.run(&format!("{PANEL}.querySelector('.list article a').href"));
    assert!(link.as_str().is_some_and(|link| link.starts_with("zed://file") && link.ends_with("a.md:3:9")), "{link}");

    // Mended, the page is there and the panel is not.
    preview.save("content/a.md", &article("Page A", "Mended words."));
    browser.wait("document.body.innerText.includes('Mended words.')");
    browser.wait("document.querySelector('fascicle-preview') === null");

    // A template that fails on the open page is a mistake like any other.
    preview.save("theme/templates/page.html", "<html><body>{{ page.nothing.at.all }}</body></html>");
    for code in ["E802", "E803"] {
        let codes = format!("Array.from({PANEL}?.querySelectorAll('article.error b') ?? [])");
        browser.wait(&format!("{codes}.some(code => code.textContent === '{code}')"));
    }
    assert_eq!(browser.run("document.body.innerText.includes('Mended words.')"), json!(true), "the last good page");
    std::fs::remove_file(preview.path("theme/templates/page.html")).expect("a file can be removed");
    browser.wait("document.querySelector('fascicle-preview') === null");

    // A page that goes is not there, and comes back when it does.
    std::fs::remove_file(preview.path("content/a.md")).expect("a file can be removed");
    preview.save("content/b.md", "---\ntitle: Page B\n---\nAlone.\n");
    browser.wait("!document.body.innerText.includes('Mended words.')");
    preview.save("content/a.md", &article("Page A", "Back again."));
    preview.save("content/b.md", &article("Page B", "Other words."));
    browser.wait("document.body.innerText.includes('Back again.')");

    // The page's own policy holds with the preview's script and panel in it; the one missing page was missing.
    let complaints: Vec<String> = browser.complaints().into_iter().filter(|text| !text.contains("404")).collect();
    assert!(complaints.is_empty(), "{complaints:?}");
}

#[test]
fn a_preview_that_was_started_anew_is_found_again() {
    let Some(browser) = Browser::start() else { return };
    let files = [("content/a.md", "---\ntitle: Page A\n---\nBefore the restart.\n")];
    let preview = Preview::start(&files, &[]);
    preview.shows("/a/", "Before");
    browser.open(&format!("http://localhost:{}/a/", preview.port));
    browser.wait("document.body.innerText.includes('Before')");
    let port = preview.port.to_string();
    drop(preview);
    let files = [("content/a.md", "---\ntitle: Page A\n---\nAfter the restart.\n")];
    let preview = Preview::start(&files, &["--port", &port]);
    assert_eq!(preview.port.to_string(), port, "the port is free again");
    browser.wait("document.body.innerText.includes('After')");
}
