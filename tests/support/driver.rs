//! A real Chromium behind the WebDriver protocol, for tests that press keys, point and look.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// Far beyond what a page needs, also on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

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

/// The port in "ChromeDriver was started successfully on port 1234.", which comes after "Starting ChromeDriver on port 0".
fn port_of(line: &str) -> Option<u16> {
    line.rsplit_once(" on port ")?.1.trim_end_matches('.').parse().ok().filter(|port| *port > 0)
}

/// A browser with one window, driven over the WebDriver protocol.
pub struct Browser {
    driver: Child,
    port: u16,
    session: String,
    _profile: tempfile::TempDir,
    /// Open for as long as the driver may write.
    _said: BufReader<ChildStdout>,
}

impl Browser {
    pub fn start() -> Option<Self> {
        let (browser, driver) = programs()?;
        let profile = tempfile::tempdir().expect("a folder can be made");
        // The driver takes a port that is free and says which: one chosen here could be taken before it starts.
        let mut driver = Command::new(driver)
            .arg("--port=0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the driver starts");
        let mut said = BufReader::new(driver.stdout.take().expect("what it says can be read"));
        let port = said.by_ref().lines().map_while(Result::ok).find_map(|line| port_of(&line));
        let port = port.expect("the driver says its port");
        let mut started = Self { driver, port, session: String::new(), _profile: profile, _said: said };
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

    pub fn open(&self, address: &str) {
        self.call("POST", &format!("{}/url", self.session), &json!({ "url": address }));
    }

    /// The value of a script in the page.
    pub fn run(&self, script: &str) -> Value {
        let body = json!({ "script": format!("return {script}"), "args": [] });
        self.call("POST", &format!("{}/execute/sync", self.session), &body)
    }

    /// Waits until a script in the page says so. A page that is just reloading answers later.
    #[track_caller]
    pub fn wait(&self, script: &str) {
        let start = Instant::now();
        while self.run(script) != json!(true) {
            let page = self.run("document.body.innerText.slice(0, 500) + ' | ' + (document.querySelector('fascicle-preview')?.shadowRoot.textContent ?? 'no panel')");
            assert!(start.elapsed() < PATIENCE, "never true: {script}\n{page}");
            sleep(Duration::from_millis(10));
        }
    }

    /// Presses keys one after the other: letters, or the names of keys.
    pub fn keys(&self, names: &[&str]) {
        let code = |name: &&str| match *name {
            "Tab" => "\u{E004}".to_owned(),
            "Enter" => "\u{E007}".to_owned(),
            "Escape" => "\u{E00C}".to_owned(),
            "Down" => "\u{E015}".to_owned(),
            letters => letters.to_owned(),
        };
        let press = |key: char| [json!({"type": "keyDown", "value": key}), json!({"type": "keyUp", "value": key})];
        let actions: Vec<Value> =
            names.iter().map(code).flat_map(|text| text.chars().flat_map(press).collect::<Vec<_>>()).collect();
        self.perform(&json!([{ "type": "key", "id": "keys", "actions": actions }]));
    }

    /// Points at the middle of what a selector finds first: with a mouse that stays there, or with a tap.
    pub fn point(&self, selector: &str, tap: bool) {
        let at = self.run(&format!(
            "(() => {{ const e = document.querySelector({}); e.scrollIntoView({{block: 'center'}}); const r = e.getClientRects()[0]; return [r.x + r.width / 2 | 0, r.y + r.height / 2 | 0] }})()",
            json!(selector)
        ));
        let mut actions = vec![json!({"type": "pointerMove", "duration": 0, "x": at[0], "y": at[1]})];
        if tap {
            actions.extend([json!({"type": "pointerDown", "button": 0}), json!({"type": "pointerUp", "button": 0})]);
        }
        let kind = if tap { "touch" } else { "mouse" };
        let parameters = json!({ "pointerType": kind });
        self.perform(&json!([{ "type": "pointer", "id": kind, "parameters": parameters, "actions": actions }]));
    }

    fn perform(&self, actions: &Value) {
        self.call("POST", &format!("{}/actions", self.session), &json!({ "actions": actions }));
    }

    /// Makes the window as wide and high as a screen of that many pixels.
    pub fn size(&self, width: u32, height: u32) {
        let screen = json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false});
        let command = json!({"cmd": "Emulation.setDeviceMetricsOverride", "params": screen});
        self.call("POST", &format!("{}/goog/cdp/execute", self.session), &command);
    }

    /// What the browser complained of since it was last asked.
    pub fn complaints(&self) -> Vec<String> {
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
