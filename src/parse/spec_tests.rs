//! Holds our renderer to the CommonMark and GFM examples that pulldown-cmark passes, read from its own package.
//!
//! What we write differs on purpose: headings have anchors, tables a frame, HTML goes through an allow list. Both sides
//! are brought to one form that keeps elements, their order and every word, and drops what only we or only they add.

use std::path::PathBuf;
use std::process::Command;

use super::{render_body, sanitize};

/// The files of the package that hold examples of CommonMark and of GitHub's additions.
const SUITES: [&str; 5] = ["spec.rs", "gfm_table.rs", "gfm_strikethrough.rs", "gfm_tasklist.rs", "table.rs"];
/// At most this share of the examples may be exceptions.
const EXCEPTIONS: f64 = 0.05;
/// Examples that our renderer answers otherwise on purpose.
const DIFFERENT: &[(&str, &[usize], &str)] = &[
    (
        "spec.rs",
        &[148, 187, 344, 476, 477, 494, 613, 614, 615, 616, 630, 631, 642, 643],
        "an HTML element left open ends with its block",
    ),
    ("spec.rs", &[548, 559, 590], "double brackets are a wikilink"),
    ("spec.rs", &[596, 598, 599, 601], "the scheme of the address is not on the allow list"),
    ("table.rs", &[13, 19], "a table that stood on the page before is shown once"),
];

struct Example {
    number: usize,
    markdown: String,
    html: String,
}

/// The folder of the package, as cargo knows it.
fn package() -> PathBuf {
    // Without the platform cargo would ask for packages that only other systems need, and were never fetched.
    let version = String::from_utf8(Command::new("rustc").arg("-vV").output().unwrap().stdout).unwrap();
    let platform = version.lines().find_map(|line| line.strip_prefix("host: ")).unwrap();
    let arguments = ["metadata", "--offline", "--format-version", "1", "--filter-platform", platform];
    let output = Command::new(env!("CARGO")).args(arguments).current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap();
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let found = packages.iter().find(|package| package["name"] == "pulldown-cmark").unwrap();
    PathBuf::from(found["manifest_path"].as_str().unwrap()).parent().unwrap().to_owned()
}

/// The examples of one file: raw strings after `original` and `expected`, where no option is on that we do not set.
fn examples(text: &str) -> Vec<Example> {
    let raw = |part: &str, name: &str| {
        let start = part.split_once(&format!("let {name} = r##\""))?.1;
        Some(start.split_once("\"##;")?.0.to_owned())
    };
    let parts = text.split("\n#[test]\n").skip(1).enumerate();
    let plain = parts.filter(|(_, part)| part.contains("expected, false, false, false, false, false, false)"));
    plain
        .filter_map(|(at, part)| {
            Some(Example { number: at + 1, markdown: raw(part, "original")?, html: raw(part, "expected")? })
        })
        .collect()
}

/// One form for both: elements by name with the attributes that carry meaning, and the words between them.
fn normal(html: &str) -> String {
    let clean = sanitize::clean(html);
    let mut out = String::new();
    let mut rest = clean.as_str();
    let mut hidden: Option<&str> = None;
    while let Some(at) = rest.find('<') {
        if hidden.is_none() {
            out.push_str(&rest[..at]);
        }
        let end = rest[at..].find('>').map_or(rest.len(), |end| at + end + 1);
        let tag = &rest[at..end];
        rest = &rest[end..];
        let name = tag.trim_start_matches(['<', '/']).split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or("");
        if let Some(open) = hidden {
            hidden = if tag == format!("</{open}>") { None } else { hidden };
        } else if tag.contains("class=\"anchor\"") {
            hidden = Some("a");
            out.truncate(out.trim_end().len());
        } else if tag == "<figcaption>" {
            hidden = Some("figcaption");
        } else {
            push_tag(tag, name, &mut out);
        }
    }
    out.push_str(rest);
    let words: Vec<&str> = out.split_whitespace().collect();
    words.join(" ").replace("> ", ">").replace(" <", "<")
}

fn push_tag(tag: &str, name: &str, out: &mut String) {
    // A figure is a paragraph with a picture; the first level is the title's; frames and colours are ours.
    let shown = match name {
        "div" | "span" | "section" | "input" => return,
        "figure" => "p",
        "h1" => "h2",
        name => name,
    };
    out.push('<');
    if tag.starts_with("</") {
        out.push('/');
    }
    out.push_str(shown);
    let value =
        |key: &str| tag.split_once(&format!(" {key}=\"")).and_then(|(_, rest)| rest.split('"').next()).unwrap_or("");
    match name {
        "ol" => out.push_str(value("start")),
        // An address inside the site is a hole until the graph fills it.
        "a" if value("href").starts_with("http") => out.push_str(value("href")),
        "img" => out.push_str(value("alt")),
        _ => {}
    }
    out.push('>');
}

#[test]
fn the_examples_of_the_specifications_pass() {
    let folder = package().join("tests/suite");
    let (mut all, mut failed) = (0, Vec::new());
    for suite in SUITES {
        let text = std::fs::read_to_string(folder.join(suite)).unwrap();
        let excepted =
            |number: usize| DIFFERENT.iter().any(|(file, numbers, _)| *file == suite && numbers.contains(&number));
        for example in examples(&text) {
            all += 1;
            let (ours, theirs) = (normal(&render_body(&example.markdown)), normal(&example.html));
            if (ours == theirs) == excepted(example.number) {
                failed.push(format!(
                    "{suite} {}\n{}\n  ours:   {ours}\n  theirs: {theirs}",
                    example.number, example.markdown
                ));
            }
        }
    }
    assert!(all > 650, "only {all} examples were found");
    let excepted: usize = DIFFERENT.iter().map(|(_, numbers, _)| numbers.len()).sum();
    assert!(excepted as f64 <= EXCEPTIONS * all as f64, "{excepted} exceptions of {all}");
    assert!(
        failed.is_empty(),
        "{} of {all} examples differ, or are exceptions and do not:\n{}",
        failed.len(),
        failed.join("\n")
    );
}
