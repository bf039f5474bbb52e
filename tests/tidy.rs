//! The rules of the house, checked: who may import whom, how a file begins and how long it is, what stands where.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const MOST_LINES: usize = 500;
/// `unwrap` and `expect` in a thousand lines that are not tests.
const MOST_PANICS: f64 = 2.0;
/// What stands at the top of the project.
const TOP: &[&str] = &[
    ".ci",
    ".gitignore",
    "ARCHITECTURE.md",
    "CHANGELOG.md",
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "README.md",
    "benches",
    "build.rs",
    "clippy.toml",
    "content",
    "examples",
    "rustfmt.toml",
    "src",
    "tests",
    "theme",
];
/// What tools and builds put there; `.gitignore` names it too.
const MADE: &[&str] = &[".git", "target", "public", "reports"];
/// Words that only hold on one machine.
const MACHINE: &[&str] = &[concat!("/wo", "rk/"), concat!("/fa", "rm/"), concat!("/ro", "ot/"), concat!("/ho", "me/")];

/// A source file: its path below the project, and its text.
struct File {
    path: String,
    text: String,
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The files below some folders, by path.
fn files(folders: &[&str], endings: &[&str]) -> Vec<File> {
    let mut found = Vec::new();
    let mut open: Vec<PathBuf> = folders.iter().map(|folder| root().join(folder)).collect();
    while let Some(next) = open.pop() {
        if next.is_dir() {
            open.extend(fs::read_dir(next).unwrap().map(|entry| entry.unwrap().path()));
        } else if next.extension().is_some_and(|ending| endings.iter().any(|e| ending == *e)) {
            let path = next.strip_prefix(root()).unwrap().to_string_lossy().replace('\\', "/");
            found.push(File { path, text: fs::read_to_string(next).unwrap() });
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

fn rust() -> Vec<File> {
    let mut all = files(&["src", "tests", "benches", "examples"], &["rs"]);
    all.push(File { path: "build.rs".to_owned(), text: fs::read_to_string(root().join("build.rs")).unwrap() });
    all
}

fn report(rule: &str, broken: Vec<String>) {
    assert!(broken.is_empty(), "{rule}:\n  {}", broken.join("\n  "));
}

impl File {
    /// The module below `src/` that the file belongs to: `parse` for `src/parse/links.rs`.
    fn module(&self) -> &str {
        let inner = self.path.strip_prefix("src/").unwrap_or("");
        inner.split(['/', '.']).next().unwrap_or("")
    }

    fn is_test(&self) -> bool {
        !self.path.starts_with("src/") || self.path.ends_with("tests.rs")
    }

    /// The lines of code outside comments, with their numbers; without the tests at the end of a file.
    fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        let end = self.text.find("\n#[cfg(test)]\nmod tests {").unwrap_or(self.text.len());
        (1..).zip(self.text[..end].lines()).filter(|(_, line)| !line.trim_start().starts_with("//"))
    }
}

/// The modules as `lib.rs` lists them.
fn order() -> Vec<String> {
    let text = fs::read_to_string(root().join("src/lib.rs")).unwrap();
    let name = |line: &str| {
        line.strip_prefix("pub ").unwrap_or(line).strip_prefix("mod ")?.strip_suffix(';').map(str::to_owned)
    };
    text.lines().filter_map(name).collect()
}

/// The names behind each `crate::` of a line; several for `crate::{a, b}`.
fn imports(line: &str) -> Vec<&str> {
    let word = |text: &'_ str| text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
    let mut names = Vec::new();
    for (at, _) in line
        .match_indices("crate::")
        .filter(|(at, _)| !line[..*at].ends_with(|c: char| c.is_alphanumeric() || c == '_'))
    {
        let rest = &line[at + "crate::".len()..];
        match rest.strip_prefix('{') {
            Some(list) => names
                .extend(list.split('}').next().unwrap_or("").split(',').map(|name| &name.trim()[..word(name.trim())])),
            None => names.push(&rest[..word(rest)]),
        }
    }
    names
}

#[test]
fn modules_import_only_what_stands_above_them() {
    let order = order();
    let place = |name: &str| order.iter().position(|known| known == name);
    let mut broken = Vec::new();
    let mut listed: BTreeSet<&str> = BTreeSet::new();
    let all = files(&["src"], &["rs"]);
    for file in all.iter().filter(|file| !matches!(file.module(), "lib" | "main")) {
        let Some(own) = place(file.module()) else {
            broken.push(format!("{}: src/lib.rs does not list the module {}", file.path, file.module()));
            continue;
        };
        listed.insert(file.module());
        for (number, line) in file.code() {
            for name in imports(line) {
                match place(name) {
                    Some(at) if at > own => broken.push(format!(
                        "{}:{number}: {} imports {name}, which stands below it",
                        file.path,
                        file.module()
                    )),
                    // What lib.rs itself offers is built from all modules: only the program's shell may call it.
                    None if own + 1 < order.len() => {
                        broken.push(format!("{}:{number}: imports crate::{name}, which is no module", file.path))
                    }
                    _ => {}
                }
            }
        }
    }
    broken.extend(
        order
            .iter()
            .filter(|name| !listed.contains(name.as_str()))
            .map(|name| format!("src/lib.rs lists {name}, which has no file")),
    );
    report("a module imports only from those above it in src/lib.rs", broken);
}

#[test]
fn the_imports_of_a_line_are_found() {
    assert_eq!(imports("use crate::{graph::Id, text};"), ["graph", "text"]);
    assert_eq!(imports("let a = crate::text::plain(x) + $crate::page::map();"), ["text", "page"]);
    assert_eq!(imports("my_crate::x"), Vec::<&str>::new());
}

#[test]
fn files_begin_with_a_sentence_and_are_short() {
    let mut broken = Vec::new();
    for file in rust() {
        let head: String = file.text.lines().map_while(|line| line.strip_prefix("//!")).collect();
        if !head.contains(". ")
            && !head.trim_end().ends_with(['.', '|'])
            && !head.contains(".`")
            && !head.contains(".//")
        {
            broken.push(format!("{}: no `//!` sentence at the head", file.path));
        }
        let lines = file.text.lines().count();
        if lines > MOST_LINES {
            broken.push(format!("{}: {lines} lines", file.path));
        }
    }
    report("a file begins with one sentence and has at most 500 lines", broken);
}

/// By name as code writes it, the modules that the comment over a dependency names; empty for "everywhere".
fn dependencies() -> BTreeMap<String, Vec<String>> {
    let text = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let part = text.split("\n[dependencies]\n").nth(1).unwrap().split("\n[").next().unwrap();
    let mut list = BTreeMap::new();
    let mut named: Vec<String> = Vec::new();
    let mut comment = String::new();
    for line in part.lines() {
        if let Some(words) = line.strip_prefix("# ") {
            comment = if comment.is_empty() { words.to_owned() } else { format!("{comment} {words}") };
            let head = comment.split(": ").next().unwrap_or("");
            named =
                head.split([',', ' ']).filter(|word| word.ends_with(".rs")).map(|word| format!("src/{word}")).collect();
            if head.contains("and below") {
                named.extend(named.clone().iter().map(|file| file.replace(".rs", "/")));
            }
        } else if let Some((name, _)) = line.split_once(" = ") {
            list.insert(name.replace('-', "_"), named.clone());
            comment.clear();
        }
    }
    list
}

/// Whether a line names a crate: `name::` or `use name`, not as a part of a longer path.
fn names(line: &str, dependency: &str) -> bool {
    line.match_indices(dependency).any(|(at, _)| {
        let (before, after) = (&line[..at], &line[at + dependency.len()..]);
        let free = !before.ends_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | ':' | '"' | '.' | '/' | '-'));
        free && (after.starts_with("::") || before.trim_start() == "use " && after.starts_with(';'))
    })
}

#[test]
fn a_dependency_is_imported_where_its_comment_says() {
    let all = files(&["src"], &["rs"]);
    let mut broken = Vec::new();
    for (dependency, named) in dependencies() {
        let users: Vec<&File> = all
            .iter()
            .filter(|file| !file.is_test() && file.code().any(|(_, line)| names(line, &dependency)))
            .collect();
        if users.is_empty() {
            broken.push(format!("{dependency}: nobody imports it"));
        }
        let known = |path: &str| {
            named.is_empty()
                || named.iter().any(|name| name == path || name.ends_with('/') && path.starts_with(name.as_str()))
        };
        broken.extend(
            users
                .iter()
                .filter(|file| !known(&file.path))
                .map(|file| format!("{dependency}: imported in {}, named are {named:?}", file.path)),
        );
    }
    report("Cargo.toml says above each dependency which modules import it", broken);
}

#[test]
fn panics_are_rare() {
    let all = files(&["src"], &["rs"]);
    let lines: usize = all.iter().filter(|file| !file.is_test()).map(|file| file.code().count()).sum();
    let panic = |line: &str| {
        line.contains(".unwrap()")
            || line.contains(".expect(")
            || line.contains("panic!(")
            || line.contains(concat!("to", "do!("))
    };
    let places = all.iter().filter(|file| !file.is_test()).flat_map(|file| {
        file.code().filter(|(_, line)| panic(line)).map(|(number, _)| format!("{}:{number}", file.path))
    });
    let places: Vec<String> = places.collect();
    let most = MOST_PANICS * lines as f64 / 1000.0;
    assert!(places.len() as f64 <= most, "{} of {most:.1} allowed: {places:?}", places.len());
}

#[test]
fn nothing_names_this_machine() {
    let mut all = rust();
    all.extend(files(
        &["content", "theme", ".ci", "tests", "src"],
        &["md", "yaml", "yml", "html", "css", "js", "sh", "run", "txt", "json"],
    ));
    let top = ["Cargo.toml", "README.md", "ARCHITECTURE.md", "CHANGELOG.md", ".ci/run"].iter();
    all.extend(
        top.filter_map(|name| {
            Some(File { path: (*name).to_owned(), text: fs::read_to_string(root().join(name)).ok()? })
        }),
    );
    let broken = all.iter().flat_map(|file| {
        let lines = (1..).zip(file.text.lines()).filter(|(_, line)| names_machine(line));
        lines.map(|(number, line)| format!("{}:{number}: {}", file.path, line.trim())).collect::<Vec<_>>()
    });
    report("no path of one machine stands in the project", broken.collect());
}

/// Whether a line names this machine; what stands in an address of the web is a path of another one.
fn names_machine(line: &str) -> bool {
    let words = line.split_whitespace().filter(|word| !word.contains("https://"));
    words.into_iter().any(|word| MACHINE.iter().any(|machine| word.contains(machine)))
}

#[test]
fn the_top_level_is_what_the_design_says() {
    let entries = fs::read_dir(root()).unwrap().map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned());
    let (unknown, known): (Vec<String>, Vec<String>) = entries
        // Hidden entries are an editor's or a host's business.
        .filter(|name| !MADE.contains(&name.as_str()) && (!name.starts_with('.') || TOP.contains(&name.as_str())))
        .partition(|name| !TOP.contains(&name.as_str()));
    let missing =
        TOP.iter().filter(|name| !known.iter().any(|known| known == *name)).map(|name| format!("{name} is missing"));
    report(
        "the top level of the project",
        unknown.iter().map(|name| format!("{name} does not belong here")).chain(missing).collect(),
    );
}

#[test]
fn everything_is_formatted() {
    let run = |arguments: &[&str]| Command::new(env!("CARGO")).args(arguments).current_dir(root()).output();
    if !run(&["fmt", "--version"]).is_ok_and(|output| output.status.success()) {
        return;
    }
    let output = run(&["fmt", "--check", "--", "--files-with-diff"]).unwrap();
    let changed = String::from_utf8_lossy(&output.stdout).into_owned();
    let short =
        |path: &str| Path::new(path).strip_prefix(root()).map_or(path.to_owned(), |path| path.display().to_string());
    report(
        "run `cargo fmt`",
        changed.lines().filter(|line| line.ends_with(".rs")).map(short).collect::<BTreeSet<_>>().into_iter().collect(),
    );
}
