//! Each folder below tests/cases is a small site: `check` must say what its expected.txt says, and a build must hold
//! what its contains.txt lists and nothing of its absent.txt. No Rust is needed to add one: README.md there says how.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The day of all cases: 21 November 2026.
const TODAY: &str = "1795219200";
/// Codes whose input cannot be a text file that every system can check out: tests/bad_input.rs makes those.
const NOT_IN_A_FOLDER: &[&str] = &["E107", "E109", "W111", "W901", "W902"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases")
}

fn cases() -> Vec<PathBuf> {
    let entries = fs::read_dir(root()).expect("tests/cases is a folder");
    let mut folders: Vec<PathBuf> =
        entries.filter_map(|entry| Some(entry.ok()?.path())).filter(|path| path.is_dir()).collect();
    folders.sort();
    assert!(!folders.is_empty(), "no cases");
    folders
}

fn name(case: &Path) -> String {
    case.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// Runs the program in a case's folder, with the arguments of its file `args`.
fn fascicle(case: &Path, command: &[&str]) -> Output {
    let extra = fs::read_to_string(case.join("args")).unwrap_or_default();
    let mut program = Command::new(env!("CARGO_BIN_EXE_fascicle"));
    program.args(command).args(extra.split_whitespace()).current_dir(case);
    program.env("SOURCE_DATE_EPOCH", TODAY).env("NO_COLOR", "1").output().expect("the program starts")
}

/// What `check` answers, in the form of expected.txt.
fn answer(case: &Path) -> String {
    let output = fascicle(case, &["check"]);
    let code = output.status.code().map_or_else(|| "by a signal".to_owned(), |code| code.to_string());
    let text = |bytes: &[u8]| without_seconds(&String::from_utf8_lossy(bytes).replace("\r\n", "\n"));
    let (errors, words) = (text(&output.stderr), text(&output.stdout));
    let part = |title: &str, text: &str| if text.is_empty() { String::new() } else { format!("--- {title}\n{text}") };
    format!("exit {code}\n{}{}", part("stderr", &errors), part("stdout", &words))
}

/// The text without how long the run took.
fn without_seconds(text: &str) -> String {
    text.split_inclusive('\n')
        .map(|line| {
            line.rsplit_once(", ")
                .filter(|(_, rest)| is_seconds(rest))
                .map_or_else(|| line.to_owned(), |(before, _)| format!("{before}\n"))
        })
        .collect()
}

fn is_seconds(text: &str) -> bool {
    text.strip_suffix(" s\n").is_some_and(|number| number.parse::<f64>().is_ok())
}

/// The first lines in which two texts differ.
fn difference(expected: &str, found: &str) -> String {
    let (mut expected, mut found) = (expected.lines(), found.lines());
    let mut at = 1;
    loop {
        match (expected.next(), found.next()) {
            (None, None) => return "only the end of the last line differs".to_owned(),
            (a, b) if a != b => {
                return format!(
                    "line {at}\n  expected: {}\n  found:    {}",
                    a.unwrap_or("(the end)"),
                    b.unwrap_or("(the end)")
                );
            }
            _ => at += 1,
        }
    }
}

#[test]
fn every_case_is_answered_as_expected() {
    #[allow(clippy::disallowed_methods)]
    let update = std::env::var_os("UPDATE_EXPECT").is_some();
    let mut wrong = Vec::new();
    for case in cases() {
        let file = case.join("expected.txt");
        let found = answer(&case);
        if update {
            fs::write(&file, &found).expect("expected.txt can be written");
        }
        match fs::read_to_string(&file) {
            Ok(expected) if expected.replace("\r\n", "\n") == found => {}
            Ok(expected) => wrong.push(format!("{}: {}", name(&case), difference(&expected, &found))),
            Err(_) => wrong.push(format!("{}: has no expected.txt; UPDATE_EXPECT=1 cargo test writes it", name(&case))),
        }
    }
    assert!(
        wrong.is_empty(),
        "{}\n(UPDATE_EXPECT=1 cargo test --test cases takes over what was found)",
        wrong.join("\n")
    );
}

#[test]
fn a_case_has_only_files_that_are_read() {
    let known = ["content", "theme", "args", "expected.txt", "contains.txt", "absent.txt"];
    for case in cases() {
        for entry in fs::read_dir(&case).expect("a case is a folder").flatten() {
            let file = entry.file_name().to_string_lossy().into_owned();
            assert!(known.contains(&file.as_str()), "{}: nothing reads {file}", name(&case));
        }
        assert!(case.join("content").is_dir(), "{}: no content", name(&case));
    }
}

#[test]
fn every_code_has_a_case() {
    let texts: String =
        cases().iter().map(|case| fs::read_to_string(case.join("expected.txt")).unwrap_or_default()).collect();
    let said: BTreeSet<&str> = texts.split_whitespace().collect();
    let (outside, inside): (Vec<&str>, Vec<&str>) =
        fascicle::Code::ALL.iter().map(|(code, _)| code.name()).partition(|name| NOT_IN_A_FOLDER.contains(name));
    let missing: Vec<&str> = inside.into_iter().filter(|name| !said.contains(name)).collect();
    assert!(missing.is_empty(), "codes without a case: {}", missing.join(", "));
    assert_eq!(outside.len(), NOT_IN_A_FOLDER.len(), "a code of the exceptions is gone");
    let made = fs::read_to_string(root().with_file_name("bad_input.rs")).expect("tests/bad_input.rs is a file");
    let missing: Vec<&str> = outside.into_iter().filter(|name| !made.contains(name)).collect();
    assert!(missing.is_empty(), "codes that tests/bad_input.rs does not make: {}", missing.join(", "));
}

/// A line of contains.txt or absent.txt: a file below the built folder, and a text.
fn claims(file: &Path) -> Vec<(String, String)> {
    let text = fs::read_to_string(file).unwrap_or_default();
    let lines = text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#'));
    lines
        .map(|line| {
            line.split_once(": ").map_or_else(
                || (line.trim_end_matches(':').to_owned(), String::new()),
                |(path, text)| (path.to_owned(), text.to_owned()),
            )
        })
        .collect()
}

/// A file of a build; white space counts once, so that a claim fits on a line.
fn built(folder: &Path, path: &str) -> Option<String> {
    let text = fs::read_to_string(folder.join(path)).ok()?;
    Some(text.split_whitespace().collect::<Vec<_>>().join(" "))
}

#[test]
fn built_sites_hold_what_they_should() {
    let mut wrong = Vec::new();
    for case in cases() {
        let (wanted, unwanted) = (claims(&case.join("contains.txt")), claims(&case.join("absent.txt")));
        if wanted.is_empty() && unwanted.is_empty() {
            continue;
        }
        let folder = tempfile::tempdir().expect("a temporary folder");
        let out = folder.path().join("public").display().to_string();
        let output = fascicle(&case, &["build", "--out", &out]);
        if !output.status.success() {
            wrong.push(format!("{}: does not build\n{}", name(&case), String::from_utf8_lossy(&output.stderr)));
            continue;
        }
        for (path, text) in wanted {
            match built(folder.path(), &path) {
                Some(page) if page.contains(&text) => {}
                Some(_) => wrong.push(format!("{}: {path} lacks {text}", name(&case))),
                None => wrong.push(format!("{}: {path} was not built", name(&case))),
            }
        }
        for (path, text) in unwanted {
            match built(folder.path(), &path) {
                Some(_) if text.is_empty() => wrong.push(format!("{}: {path} was built", name(&case))),
                Some(page) if page.contains(&text) => wrong.push(format!("{}: {path} has {text}", name(&case))),
                // A page that is not there has nothing; but then the claim should say just that.
                None if !text.is_empty() => wrong.push(format!("{}: {path} was not built", name(&case))),
                _ => {}
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
