//! A page that is open in a real Chromium follows every edit: it reloads where it has to, and only then.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::preview::{PATIENCE, Preview};

/// The browser and its driver. Without them a run in CI fails, and on a user's machine the test says that it was skipped.
#[allow(clippy::disallowed_methods)]
fn programs() -> Option<(PathBuf, PathBuf)> {
    let find = |variable: &str, known: &[&str]| {
        let named = std::env::var_os(variable).map(PathBuf::from);
        named.into_iter().chain(known.iter().map(PathBuf::from)).find(|path| path.exists())
    };
    let browser = find("CHROMIUM", &["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"]);
    let driver = find("CHROMEDRIVER", &["/usr/bin/chromedriver", "/usr/lib/chromium-browser/chromedriver"]);
    let found = browser.zip(driver);
    assert!(found.is_some() || std::env::var_os("CI").is_none(), "no Chromium: install it and its driver");
    if found.is_none() {
        // Past the test runner, which keeps what a passing test prints.
        let _ = writeln!(io::stderr(), "skipped: there is no Chromium with a driver on this machine");
    }
    found
}

/// A browser with one window, driven over the WebDriver protocol.
struct Browser {
    driver: Child,
    port: u16,
    session: String,
    _profile: tempfile::TempDir,
}

impl Browser {
    fn start() -> Option<Self> {
        let (browser, driver) = programs()?;
        let profile = tempfile::tempdir().expect("a folder can be made");
        let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let port = free.local_addr().expect("it has a number").port();
        drop(free);
        let driver = Command::new(driver)
            .arg(format!("--port={port}"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the driver starts");
        let mut started = Self { driver, port, session: String::new(), _profile: profile };
        let start = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(start.elapsed() < PATIENCE, "the driver never answered");
            sleep(Duration::from_millis(20));
        }
        let data = format!("--user-data-dir={}", started._profile.path().display());
        let arguments = json!([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--window-size=800,600",
            data
        ]);
        let wanted = json!({"capabilities": {"alwaysMatch": {
            "goog:chromeOptions": {"binary": browser, "args": arguments}, "goog:loggingPrefs": {"browser": "ALL"}
        }}});
        let session = started.call("POST", "/session", &wanted);
        started.session = format!("/session/{}", session["sessionId"].as_str().expect("a session"));
        Some(started)
    }

    /// One command of the protocol.
    fn call(&self, method: &str, path: &str, body: &Value) -> Value {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).expect("the driver answers");
        let text = body.to_string();
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
            text.len()
        );
        stream.write_all((head + &text).as_bytes()).expect("a command can be sent");
        stream.set_read_timeout(Some(PATIENCE)).expect("a deadline can be set");
        // The driver leaves connections open, so an answer ends where it says.
        let mut lines = BufReader::new(stream);
        let mut length = 0;
        loop {
            let mut line = String::new();
            lines.read_line(&mut line).expect("the driver answers in time");
            match line.trim().to_lowercase().split_once(':') {
                Some(("content-length", number)) => length = number.trim().parse().expect("a number"),
                None if line.trim().is_empty() => break,
                _ => {}
            }
        }
        let mut body = vec![0; length];
        lines.read_exact(&mut body).expect("the whole answer comes");
        let all = String::from_utf8_lossy(&body);
        let mut value: Value = serde_json::from_str(&all).unwrap_or_else(|_| panic!("{path}: {all}"));
        value["value"].take()
    }

    fn open(&self, address: &str) {
        self.call("POST", &format!("{}/url", self.session), &json!({ "url": address }));
    }

    /// The value of a script in the page.
    fn run(&self, script: &str) -> Value {
        let body = json!({ "script": format!("return {script}"), "args": [] });
        self.call("POST", &format!("{}/execute/sync", self.session), &body)
    }

    /// Waits until a script in the page says so. A page that is just reloading answers later.
    #[track_caller]
    fn wait(&self, script: &str) {
        let start = Instant::now();
        while self.run(script) != json!(true) {
            let page = self.run("document.body.innerText.slice(0, 500) + ' | ' + (document.querySelector('fascicle-preview')?.shadowRoot.textContent ?? 'no panel')");
            assert!(start.elapsed() < PATIENCE, "never true: {script}\n{page}");
            sleep(Duration::from_millis(10));
        }
    }

    /// What the browser complained of since it was last asked.
    fn complaints(&self) -> Vec<String> {
        let log = self.call("POST", &format!("{}/se/log", self.session), &json!({ "type": "browser" }));
        let entries = log.as_array().cloned().unwrap_or_default();
        entries.iter().map(|entry| entry["message"].as_str().unwrap_or("").to_owned()).collect()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        if !self.session.is_empty() {
            self.call("DELETE", &self.session, &json!({}));
        }
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

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
