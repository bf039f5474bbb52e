//! The published folder is, at every moment and after every failure, the whole last site or the whole new one.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant, SystemTime};

use fascicle::{Options, PublishError, Staging};

#[allow(dead_code)]
#[path = "../examples/corpus.rs"]
mod corpus;

/// Builds that are killed.
const KILLS: u32 = 40;

type Tree = BTreeMap<PathBuf, (Vec<u8>, SystemTime)>;

/// The files below a folder with their times.
fn tree(folder: &Path) -> Tree {
    let mut found = Tree::new();
    let mut open = vec![folder.to_owned()];
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                let time = fs::metadata(&path).unwrap().modified().unwrap();
                found.insert(path.strip_prefix(folder).unwrap().to_owned(), (fs::read(&path).unwrap(), time));
            }
        }
    }
    found
}

/// Whether two trees have the same files with the same bytes.
fn same(a: &Tree, b: &Tree) -> bool {
    a.len() == b.len() && a.iter().all(|(name, (bytes, _))| b.get(name).is_some_and(|(other, _)| other == bytes))
}

fn command(site: &Path, out: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fascicle"));
    command.args(["build", "--quiet", "--content"]).arg(site.join("content")).arg("--theme").arg(site.join("theme"));
    command.arg("--out").arg(out);
    command.env("SOURCE_DATE_EPOCH", "1795219200").stdout(Stdio::null()).stderr(Stdio::piped());
    command
}

fn run(site: &Path, out: &Path) -> Output {
    command(site, out).output().unwrap()
}

fn succeed(site: &Path, out: &Path) {
    let output = run(site, out);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// A small site with a word in it.
fn small(folder: &Path, word: &str) -> PathBuf {
    let content = folder.join("content");
    fs::create_dir_all(&content).unwrap();
    fs::write(content.join("site.yaml"), "title: Small\n").unwrap();
    fs::write(content.join("index.md"), format!("---\ntitle: Small\n---\nThe word is {word}. See [[other]].\n"))
        .unwrap();
    fs::write(content.join("other.md"), "---\ntitle: Other\n---\nThe same in every build.\n").unwrap();
    folder.to_owned()
}

#[test]
fn a_killed_build_leaves_the_old_or_the_new_site() {
    let folder = tempfile::tempdir().unwrap();
    let sites = [1, 2].map(|seed| {
        let site = folder.path().join(format!("site-{seed}"));
        corpus::write_site(&site, 60, seed).unwrap();
        site
    });
    let start = Instant::now();
    let whole = [0, 1].map(|n| {
        let out = folder.path().join(format!("whole-{n}"));
        succeed(&sites[n], &out);
        tree(&out)
    });
    let time = start.elapsed() / 2;
    let out = folder.path().join("place/public");
    succeed(&sites[0], &out);
    let mut state = 0x2545_F491_4F6C_DD1D_u64;
    let mut random = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    let mut killed = 0;
    for turn in 0..KILLS {
        let mut child = command(&sites[(turn % 2) as usize], &out).spawn().unwrap();
        // Half of the kills fall into the last part of a build, where files are written and folders change places.
        let share = (random() % 1000) as u32;
        let moment = if turn % 4 < 2 { time * share / 900 } else { time * (600 + share * 4 / 10) / 900 };
        sleep(moment);
        child.kill().unwrap();
        killed += u32::from(!child.wait().unwrap().success());
        let now = tree(&out);
        assert!(
            whole.iter().any(|site| same(site, &now)),
            "turn {turn}, killed after {moment:?}: neither the old nor the new site"
        );
    }
    assert!(killed > KILLS / 4, "only {killed} builds were killed before they ended");
    succeed(&sites[1], &out);
    assert!(same(&tree(&out), &whole[1]));
    let left: Vec<_> = fs::read_dir(out.parent().unwrap())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .filter(|name| name.to_string_lossy().starts_with('.'))
        .collect();
    assert!(left.is_empty(), "left behind: {left:?}");
}

#[test]
fn a_failed_build_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (site, out) = (small(&folder.path().join("site"), "good"), folder.path().join("public"));
    succeed(&site, &out);
    let before = tree(&out);
    let faults = [
        ("content/index.md", "---\ntitle: Small\n---\nSee [[nowhere]].\n"),
        ("content/index.md", "---\ntitel: Small\n---\nNo title.\n"),
        ("content/site.yaml", "title: [\n"),
        ("theme/templates/page.html", "{{ page.nothing_of_this_name }}"),
        ("theme/templates/page.html", "{% if %}"),
    ];
    for (file, text) in faults {
        let path = site.join(file);
        let good = fs::read(&path).ok();
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        let output = run(&site, &out);
        assert_eq!(output.status.code(), Some(1), "{file}: {}", String::from_utf8_lossy(&output.stderr));
        assert!(tree(&out) == before, "{file}: {text}");
        match good {
            Some(good) => fs::write(&path, good).unwrap(),
            None => fs::remove_file(&path).unwrap(),
        }
    }
    assert_eq!(command(&site, &out).arg("--strict").arg("--no-such-flag").output().unwrap().status.code(), Some(2));
    assert!(tree(&out) == before);
}

#[test]
fn what_did_not_change_keeps_its_time() {
    let folder = tempfile::tempdir().unwrap();
    let (site, out) = (small(&folder.path().join("site"), "old"), folder.path().join("public"));
    succeed(&site, &out);
    let before = tree(&out);
    sleep(Duration::from_millis(20));
    small(&site, "new");
    succeed(&site, &out);
    let after = tree(&out);
    let touched: Vec<&Path> =
        after.iter().filter(|(name, file)| before.get(*name) != Some(file)).map(|(name, _)| name.as_path()).collect();
    assert!(touched.contains(&Path::new("index.html")) && !touched.contains(&Path::new("assets")), "{touched:?}");
    assert!(after.keys().any(|name| name.starts_with("assets") && before.get(name) == after.get(name)));
}

#[test]
fn a_folder_that_is_not_ours_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let (site, out) = (small(&folder.path().join("site"), "a"), folder.path().join("public"));
    fs::create_dir(&out).unwrap();
    fs::write(out.join("thesis.txt"), "years of work").unwrap();
    let refused = run(&site, &out);
    assert_eq!(refused.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("--force"));
    assert_eq!(tree(&out).len(), 1);
    assert!(command(&site, &out).arg("--force").status().unwrap().success());
    assert!(out.join("index.html").exists() && !out.join("thesis.txt").exists());
    // Neither the sources nor a folder above them can be the target, whatever is insisted on.
    for target in [site.join("content"), site.clone()] {
        assert_eq!(command(&site, &target).arg("--force").status().unwrap().code(), Some(1));
        assert!(site.join("content/index.md").exists());
    }
}

#[test]
fn one_build_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    let (site, out) = (small(&folder.path().join("site"), "a"), folder.path().join("public"));
    let staging = Staging::open(&out, &Options::default()).unwrap();
    let impatient = Options { wait: Duration::ZERO, ..Options::default() };
    assert!(matches!(Staging::open(&out, &impatient), Err(PublishError::Locked { .. })));
    let mut waiting = command(&site, &out).spawn().unwrap();
    sleep(Duration::from_millis(300));
    assert!(waiting.try_wait().unwrap().is_none(), "the second build waits");
    assert!(!out.exists());
    drop(staging);
    assert!(waiting.wait().unwrap().success());
    assert!(out.join("index.html").exists());
}
