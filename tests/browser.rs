//! Opens built pages in a real Chromium, from a folder on disk, and looks at what a reader gets.

use std::path::Path;
use std::process::Command;

#[path = "support/chromium.rs"]
mod chromium;

use chromium::chromium;

/// The page after its scripts have run, and what the browser complained of.
fn open(browser: &Path, address: &str) -> (String, String) {
    let profile = tempfile::tempdir().expect("a folder can be made");
    let output = Command::new(browser)
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"])
        .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
        .args(["--enable-logging=stderr", "--virtual-time-budget=3000", "--dump-dom"])
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .arg(address)
        .output()
        .expect("the browser starts");
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    let complaints = text(output.stderr).lines().filter(|line| line.contains("CONSOLE")).collect::<Vec<_>>().join("\n");
    (text(output.stdout), complaints)
}

#[test]
fn pages_work_from_a_folder_on_disk_under_their_own_policy() {
    let Some(browser) = chromium() else { return };
    let folder = tempfile::tempdir().expect("a folder can be made");
    let out = folder.path().join("site");
    let built = Command::new(env!("CARGO_BIN_EXE_fascicle"))
        .args(["build", "--quiet", "--out"])
        .arg(&out)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("the program starts");
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    let address = |page: &str| format!("file://{}/{page}", out.display());

    let (home, complaints) = open(&browser, &address("index.html"));
    assert_eq!(complaints, "", "the console is quiet");
    assert_eq!(home.matches("<h1").count(), 1);
    // A folder is opened from disk as its index: the script completes the links, so it runs under the policy.
    assert!(home.contains("href=\"./areas/index.html\""), "{home}");
    assert!(!home.contains("href=\"./areas/\""));

    // A question is folded until the address names it.
    let how_to = "how-to/press-a-trigger-point/index.html";
    let typed = std::fs::read_to_string(out.join(how_to)).expect("the page is there");
    let (_, rest) = typed.split_once("<details id=\"faq-").expect("the page has questions");
    let question = format!("faq-{}", rest.split('"').next().unwrap_or(""));
    assert!(typed.contains(&format!("<details id=\"{question}\">")), "folded in the file");
    let (page, complaints) = open(&browser, &address(&format!("{how_to}#{question}")));
    assert_eq!(complaints, "");
    assert!(page.contains(&format!("<details id=\"{question}\" open")), "{question} is open");
}
