//! Two builds of the same texts are equal, whatever the order of files, the threads, the environment and the place.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;

use fascicle::{Folders, Memo, Sources, compile, load};

#[allow(dead_code)]
#[path = "../examples/corpus.rs"]
mod corpus;

type Tree = BTreeMap<PathBuf, Vec<u8>>;

fn tree(folder: &Path) -> Tree {
    let mut found = Tree::new();
    collect(folder, folder, &mut found);
    found
}

fn collect(root: &Path, folder: &Path, found: &mut Tree) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(root, &path, found);
        } else {
            found.insert(path.strip_prefix(root).unwrap().to_owned(), fs::read(&path).unwrap());
        }
    }
}

/// Where two trees differ.
fn differences<'t>(a: &'t Tree, b: &'t Tree) -> Vec<&'t Path> {
    let names = a.keys().chain(b.keys()).filter(|name| a.get(*name) != b.get(*name));
    let mut names: Vec<&Path> = names.map(PathBuf::as_path).collect();
    names.dedup();
    names
}

/// A build through the program: what it publishes and what it reports.
fn build(site: &Path, out: &Path, environment: &[(&str, &str)]) -> Tree {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fascicle"));
    command.args(["build", "--quiet", "--content"]).arg(site.join("content")).arg("--theme").arg(site.join("theme"));
    command.arg("--out").arg(out).arg("--reports").arg(out.with_extension("reports"));
    command.env("SOURCE_DATE_EPOCH", "1795219200").envs(environment.iter().copied());
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut all = tree(out);
    all.extend(
        tree(&out.with_extension("reports")).into_iter().map(|(name, bytes)| (Path::new("reports").join(name), bytes)),
    );
    all
}

fn copy(from: &Path, to: &Path, backwards: bool) {
    let mut files: Vec<(PathBuf, Vec<u8>)> = tree(from).into_iter().collect();
    if backwards {
        files.reverse();
    }
    for (name, bytes) in files {
        let path = to.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
}

#[test]
fn the_environment_and_the_place_do_not_matter() {
    let folder = tempfile::tempdir().unwrap();
    let site = folder.path().join("site");
    corpus::write_site(&site, 60, 7).unwrap();
    let first = build(&site, &folder.path().join("out"), &[]);
    assert!(first.len() > 100);
    let cases: [&[(&str, &str)]; 5] = [
        &[("RAYON_NUM_THREADS", "1")],
        &[("RAYON_NUM_THREADS", "2"), ("TZ", "Pacific/Kiritimati"), ("LC_ALL", "tr_TR.UTF-8")],
        &[("RAYON_NUM_THREADS", "7"), ("TZ", "Pacific/Pago_Pago"), ("LC_ALL", "C"), ("LANG", "de_DE.ISO-8859-1")],
        &[("HOME", "/nonexistent"), ("USER", "nobody"), ("TERM", "dumb"), ("NO_COLOR", "1")],
        &[("CI", "true"), ("RUST_BACKTRACE", "1"), ("COLUMNS", "20")],
    ];
    for (n, environment) in cases.iter().enumerate() {
        let other = build(&site, &folder.path().join(format!("out-{n}")), environment);
        assert_eq!(differences(&first, &other), Vec::<&Path>::new(), "{environment:?}");
    }
    let elsewhere = folder.path().join("another place/with ümlauts");
    copy(&site, &elsewhere, true);
    let other = build(&elsewhere, &folder.path().join("somewhere/else/public"), &[]);
    assert_eq!(differences(&first, &other), Vec::<&Path>::new(), "files made in another order at another place");
}

#[test]
fn the_order_of_sources_does_not_matter() {
    let folders = Folders { content: Path::new(env!("CARGO_MANIFEST_DIR")).join("content"), theme: None };
    let loaded = load(&folders).unwrap();
    let mut files: Vec<_> = loaded.iter().cloned().collect();
    let mut first = None;
    for turn in 0..4 {
        let length = files.len();
        match turn {
            1 => files.reverse(),
            2 => files.rotate_left(length / 3),
            3 => files.sort_by_key(|source| source.digest),
            _ => {}
        }
        let mut sources = Sources::default();
        for source in &files {
            match source.text() {
                Some(text) => sources.insert_text(&source.path, text),
                None => sources.insert_bytes(&source.path, source.bytes().to_vec()),
            }
        }
        let made = in_memory(&sources);
        let first = first.get_or_insert_with(|| made.clone());
        assert_eq!(differences(first, &made), Vec::<&Path>::new(), "turn {turn}");
    }
}

fn in_memory(sources: &Sources) -> Tree {
    let memo = Memo::keeping(0);
    let (site, mut diagnostics) = compile(sources, &memo);
    let tree = Mutex::new(Tree::new());
    let Ok(()) = site.render_all(&memo, &mut diagnostics, |output| {
        tree.lock().unwrap().insert(output.route.into(), output.bytes.to_vec());
        Ok::<(), Infallible>(())
    });
    let mut tree = tree.into_inner().unwrap();
    tree.extend(site.reports().map(|(name, text)| (Path::new("reports").join(name), text.as_bytes().to_vec())));
    tree
}
