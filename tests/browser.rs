//! Opens built pages in a real Chromium, from a folder on disk, and looks at what a reader gets.

use std::path::{Path, PathBuf};
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

/// This repository's own site, published in a folder that is gone with the first of what is given.
fn build() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let out = folder.path().join("site");
    let built = Command::new(env!("CARGO_BIN_EXE_fascicle"))
        .args(["build", "--quiet", "--out"])
        .arg(&out)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("the program starts");
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    (folder, out)
}

#[test]
fn pages_work_from_a_folder_on_disk_under_their_own_policy() {
    let Some(browser) = chromium() else { return };
    let (_folder, out) = build();
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

/// Uses the filters of the search page as somebody with a keyboard does, and says after each step what stands there: what
/// is said to a screen reader, the value that has the focus, and by facet its values with their counts, chosen ones with a star.
const FILTERING: &str = r#"
(async () => {
  const all = (what, inside = document) => [...inside.querySelectorAll(what)], steps = [];
  const until = test => new Promise(done => { const look = () => test() ? done() : setTimeout(look, 20); look() });
  const chip = label => (label.firstChild.checked ? "*" : "") + label.childNodes[1].textContent + " " + label.lastChild.textContent;
  const step = async act => {
    act();
    await new Promise(done => setTimeout(done, 100));
    await until(rests);
    const sets = all(".filters fieldset").map(set => all("label", set).map(chip));
    steps.push([document.querySelector("[role=status]").textContent, document.activeElement.value || "", sets]);
  };
  const box = n => all(".filters input")[n], press = e => { e.focus(); e.click() };
  const rests = () => document.querySelector("[role=status]")?.textContent && !document.querySelector("[aria-busy]");
  await until(rests);
  if (!location.search.includes("kind")) await step(() => press(document.querySelector(".filters summary")));
  else await step(() => {});
  for (const n of [0, 1, 0]) await step(() => press(box(n)));
  await step(() => press(document.querySelector(".filters button")));
  const report = document.createElement("pre");
  report.id = "report";
  report.textContent = JSON.stringify(steps);
  document.body.append(report);
})();
"#;

/// After each step what is said, what has the focus, and the chips by facet.
type Steps = Vec<(String, String, Vec<Vec<String>>)>;

fn filtering(browser: &Path, out: &Path, query: &str) -> Steps {
    let page = out.join("search/index.html");
    let html = std::fs::read_to_string(&page).expect("the page is there");
    std::fs::write(out.join("filtering.js"), FILTERING).expect("a file can be written");
    if !html.contains("filtering.js") {
        let html = html.replace("</body>", "<script src=\"../filtering.js\"></script></body>");
        std::fs::write(&page, html).expect("a file can be written");
    }
    let (shown, _) = open(browser, &format!("file://{}?{query}", page.display()));
    let report = shown.split_once("<pre id=\"report\">").and_then(|(_, rest)| rest.split_once("</pre>"));
    serde_json::from_str(report.expect("the steps were made").0).expect("a report")
}

#[test]
fn a_reader_can_go_over_from_one_filter_to_another() {
    let Some(browser) = chromium() else { return };
    let (_folder, out) = build();

    let steps = filtering(&browser, &out, "q=shoulder");
    let chips = |step: usize| steps[step].2[0].clone();
    let found = |step: usize| steps[step].0.split(' ').next().unwrap_or("").to_owned();
    let count = |chip: &str| chip.rsplit(' ').next().unwrap_or("").to_owned();
    let name = |chip: &str| chip.rsplit_once(' ').map_or("", |(name, _)| name).to_owned();
    let kinds = chips(0);
    assert!(kinds.len() > 2 && steps[0].2.len() > 1, "{steps:?}");
    // One is chosen: the others stay, with the same counts. Those of the other facet are of pages of that kind.
    let starred = |at: &[usize]| -> Vec<String> {
        kinds
            .iter()
            .enumerate()
            .map(|(n, chip)| if at.contains(&n) { format!("*{chip}") } else { chip.clone() })
            .collect()
    };
    assert_eq!(chips(1), starred(&[0]));
    assert_eq!(found(1), count(&kinds[0]));
    assert!(steps[1].0.ends_with(&format!(" · {}", name(&kinds[0]))), "the choice is said: {}", steps[1].0);
    assert_ne!(steps[1].2.get(1), steps[0].2.get(1));
    // Another one with it, and then alone; the focus stays on the chip.
    assert_eq!(chips(2), starred(&[0, 1]));
    assert_eq!((chips(3), found(3)), (starred(&[1]), count(&kinds[1])));
    assert!(!steps[3].1.is_empty() && steps[3].1 == steps[1].1, "{steps:?}");
    // All are taken back at once.
    assert_eq!((chips(4), found(4), &steps[4].2), (kinds.clone(), found(0), &steps[0].2));
    let everything = steps[0].0.clone();

    // The address has them, too; what it says beside them is no filter. A value that nothing has is not shown.
    let steps = filtering(&browser, &out, "utm=x&kind=muscle&q=shoulder");
    let chosen: Vec<&String> = steps[0].2[0].iter().filter(|chip| chip.starts_with('*')).collect();
    assert!(matches!(chosen.as_slice(), [one] if one.starts_with("*Muscle ")), "{steps:?}");
    assert_eq!(steps[0].2[0].len(), kinds.len());
    let steps = filtering(&browser, &out, "kind=nothing&q=shoulder");
    assert_eq!(steps[0].2[0], kinds);
    assert!(steps[0].0.starts_with("Nothing was found"), "{}", steps[0].0);
    assert_eq!(steps[4].0, everything, "what found nothing can be taken back");
}
