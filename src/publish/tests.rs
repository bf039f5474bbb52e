//! Faults at every step -> the published folder is the whole old site or the whole new one, always.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use super::disk::{Disk, RealDisk};
use super::{Options, PublishError, Published, Staging, manifest};

type Site = BTreeMap<String, String>;

/// A folder of its own for one test, gone afterwards.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("fascicle-publish-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        Self(fs::canonicalize(path).unwrap())
    }

    fn out(&self) -> PathBuf {
        self.0.join("public")
    }

    fn put(&self, path: &str, text: &str) {
        let file = self.0.join(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }

    fn names(&self) -> Vec<String> {
        let mut names: Vec<String> =
            fs::read_dir(&self.0).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = RealDisk.remove_tree(&self.0);
    }
}

/// How the faulty disk fails.
#[derive(Clone, Copy, Debug)]
struct Fault {
    /// Steps that still work.
    after: usize,
    /// Everything after the first failure fails too, as if the process were dead.
    for_ever: bool,
    /// Whether folders can change places in one step.
    exchange: bool,
}

struct FaultyDisk {
    fault: Fault,
    steps: Arc<AtomicUsize>,
}

impl FaultyDisk {
    fn step(&self) -> io::Result<()> {
        let step = self.steps.fetch_add(1, Ordering::Relaxed);
        let fails = step == self.fault.after || self.fault.for_ever && step > self.fault.after;
        if fails { Err(io::Error::other("injected")) } else { Ok(()) }
    }
}

impl Disk for FaultyDisk {
    fn create_dir(&self, path: &Path) -> io::Result<()> {
        self.step()?;
        RealDisk.create_dir(path)
    }
    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let torn = self.step();
        RealDisk.write(path, if torn.is_ok() { bytes } else { &bytes[..bytes.len() / 2] })?;
        torn
    }
    fn hard_link(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.step()?;
        RealDisk.hard_link(from, to)
    }
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.step()?;
        RealDisk.rename(from, to)
    }
    fn exchange(&self, one: &Path, other: &Path) -> io::Result<()> {
        self.step()?;
        if self.fault.exchange { RealDisk.exchange(one, other) } else { Err(io::ErrorKind::Unsupported.into()) }
    }
    fn sync_tree(&self, root: &Path) -> io::Result<()> {
        self.step()?;
        RealDisk.sync_tree(root)
    }
    fn sync_dir(&self, path: &Path) -> io::Result<()> {
        self.step()?;
        RealDisk.sync_dir(path)
    }
    fn remove_tree(&self, root: &Path) -> io::Result<()> {
        self.step()?;
        RealDisk.remove_tree(root)
    }
}

fn site(files: &[(&str, &str)]) -> Site {
    files.iter().map(|(path, text)| (path.to_string(), text.to_string())).collect()
}

fn old_site() -> Site {
    site(&[("index.html", "old home"), ("a/index.html", "same"), ("gone/deep/index.html", "gone"), ("b.css", "old")])
}

fn new_site() -> Site {
    site(&[("index.html", "new home, longer"), ("a/index.html", "same"), ("c/d/e.html", "added"), ("b.css", "new")])
}

fn quick() -> Options<'static> {
    Options { wait: Duration::ZERO, ..Options::default() }
}

fn write_all(staging: Staging, site: &Site) -> Result<Published, PublishError> {
    for (path, text) in site {
        staging.write(path, text.as_bytes())?;
    }
    staging.commit()
}

fn publish(out: &Path, site: &Site) -> Result<Published, PublishError> {
    write_all(Staging::open(out, &quick())?, site)
}

/// What a visitor finds; the list of files is left out, after it was compared with the files.
fn visit(out: &Path) -> Site {
    let files = walkdir::WalkDir::new(out).into_iter().flatten().filter(|entry| entry.file_type().is_file());
    let relative = |path: &Path| path.strip_prefix(out).unwrap().to_str().unwrap().to_owned();
    let mut site: Site =
        files.map(|entry| (relative(entry.path()), fs::read_to_string(entry.path()).unwrap())).collect();
    if let Some(list) = site.remove(manifest::NAME) {
        assert!(list.lines().skip(1).eq(site.keys().map(String::as_str)), "{list}");
    }
    site
}

/// One attempt on a faulty disk over the old site; true when nothing failed.
fn attempt(fault: Fault, over: &Site) -> bool {
    let folder = Folder::new(&format!("fault-{}-{}-{}-{}", fault.after, fault.for_ever, fault.exchange, over.len()));
    if !over.is_empty() {
        publish(&folder.out(), over).unwrap();
    }
    let disk = FaultyDisk { fault, steps: Arc::default() };
    let steps = Arc::clone(&disk.steps);
    let result =
        Staging::open_on(Box::new(disk), &folder.out(), &quick()).and_then(|staging| write_all(staging, &new_site()));
    let hit = steps.load(Ordering::Relaxed) > fault.after;
    // A link that fails is written instead, so a fault need not be an error.
    let stands = visit(&folder.out());
    assert!(result.is_err() || stands == new_site(), "{fault:?}");
    let between_renames = fault.for_ever && !fault.exchange && stands.is_empty();
    assert!(stands == *over || stands == new_site() || between_renames, "{fault:?} {stands:?}");
    drop(Staging::open(&folder.out(), &quick()).unwrap());
    let recovered = visit(&folder.out());
    assert!(recovered == *over || recovered == new_site(), "{fault:?} {recovered:?}");
    publish(&folder.out(), &new_site()).unwrap();
    assert_eq!(visit(&folder.out()), new_site(), "{fault:?}");
    assert_eq!(folder.names(), ["public"], "{fault:?}");
    !hit
}

#[test]
fn any_step_may_fail_once_or_for_ever() {
    for over in [old_site(), Site::new()] {
        for (for_ever, exchange) in [(false, true), (false, false), (true, true), (true, false)] {
            let steps = (0..).find(|&after| attempt(Fault { after, for_ever, exchange }, &over)).unwrap();
            assert!(steps > 10, "{steps}");
        }
    }
}

#[test]
fn counts_and_keeps_what_did_not_change() {
    let folder = Folder::new("links");
    let first = publish(&folder.out(), &old_site()).unwrap();
    assert_eq!(first, Published { written: 4, linked: 0, removed: 0 });
    let before = fs::metadata(folder.out().join("a/index.html")).unwrap();
    let second = publish(&folder.out(), &new_site()).unwrap();
    assert_eq!(second, Published { written: 3, linked: 1, removed: 1 });
    let after = fs::metadata(folder.out().join("a/index.html")).unwrap();
    assert_eq!(before.modified().unwrap(), after.modified().unwrap());
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        assert_eq!((before.ino(), after.nlink()), (after.ino(), 1));
    }
}

#[test]
fn a_build_that_changes_nothing_leaves_the_folder_alone() {
    let folder = Folder::new("same");
    publish(&folder.out(), &old_site()).unwrap();
    let before = fs::metadata(folder.out()).unwrap().created().ok();
    assert_eq!(publish(&folder.out(), &old_site()).unwrap(), Published { written: 0, linked: 4, removed: 0 });
    assert_eq!(fs::metadata(folder.out()).unwrap().created().ok(), before);
    assert_eq!((visit(&folder.out()), folder.names()), (old_site(), vec!["public".to_owned()]));
    for stray in ["public/stray.txt", "public/a/stray/deep.txt"] {
        folder.put(stray, "mine");
        publish(&folder.out(), &old_site()).unwrap();
        assert_eq!(visit(&folder.out()), old_site());
    }
    fs::create_dir(folder.out().join("stray")).unwrap();
    publish(&folder.out(), &old_site()).unwrap();
    assert!(!folder.out().join("stray").exists());
}

#[test]
fn an_edited_file_is_written_again() {
    let folder = Folder::new("edited");
    publish(&folder.out(), &old_site()).unwrap();
    folder.put("public/b.css", "OLD");
    folder.put("public/stray.txt", "mine");
    assert_eq!(publish(&folder.out(), &old_site()).unwrap().written, 1);
    assert_eq!(visit(&folder.out()), old_site());
}

#[test]
fn without_commit_nothing_happens() {
    let folder = Folder::new("drop");
    let out = folder.0.join("not/there/public");
    let staging = Staging::open(&out, &quick()).unwrap();
    staging.write("index.html", b"never seen").unwrap();
    drop(staging);
    assert!(folder.names().is_empty());
}

#[test]
fn foreign_folders_are_refused_unless_forced() {
    let folder = Folder::new("foreign");
    folder.put("public/diary.txt", "mine");
    let error = publish(&folder.out(), &new_site()).unwrap_err();
    assert!(matches!(error, PublishError::Foreign { .. }) && error.to_string().contains("diary.txt"), "{error}");
    assert_eq!(folder.names(), ["public"]);
    assert_eq!(visit(&folder.out()).len(), 1);
    let forced = Staging::open(&folder.out(), &Options { force: true, ..quick() }).unwrap();
    write_all(forced, &new_site()).unwrap();
    assert_eq!(visit(&folder.out()), new_site());
}

#[test]
fn a_repository_in_the_site_is_not_deleted() {
    let folder = Folder::new("repository");
    publish(&folder.out(), &old_site()).unwrap();
    folder.put("public/.git/HEAD", "years of work");
    let error = publish(&folder.out(), &new_site()).unwrap_err();
    assert!(error.to_string().contains(".git"), "{error}");
}

#[test]
fn an_empty_folder_is_anyones() {
    let folder = Folder::new("empty");
    fs::create_dir(folder.out()).unwrap();
    publish(&folder.out(), &new_site()).unwrap();
    assert_eq!((visit(&folder.out()), folder.names()), (new_site(), vec!["public".to_owned()]));
}

#[test]
fn a_folder_that_holds_the_sources_is_refused() {
    let folder = Folder::new("protected");
    folder.put("site/content/a.md", "source");
    let content = folder.0.join("site/content");
    for out in ["site", "site/content", "."] {
        let options = Options { force: true, protect: &[&content], ..quick() };
        let result = Staging::open(&folder.0.join(out), &options);
        assert!(matches!(result, Err(PublishError::Protected { .. })), "{out}");
    }
    for out in ["/", ".", ".."] {
        assert!(matches!(Staging::open(Path::new(out), &quick()), Err(PublishError::Protected { .. })), "{out}");
    }
}

#[cfg(unix)]
#[test]
fn a_symlink_stays_and_its_target_is_replaced() {
    let folder = Folder::new("symlink");
    fs::create_dir_all(folder.0.join("releases/live")).unwrap();
    std::os::unix::fs::symlink("releases/live", folder.out()).unwrap();
    publish(&folder.out(), &old_site()).unwrap();
    publish(&folder.out(), &new_site()).unwrap();
    assert!(folder.out().is_symlink());
    assert_eq!(visit(&folder.0.join("releases/live")), new_site());
    assert_eq!(folder.names(), ["public", "releases"]);
}

#[cfg(unix)]
#[test]
fn symlinks_in_the_old_site_are_neither_followed_nor_kept() {
    let folder = Folder::new("inner-symlink");
    publish(&folder.out(), &old_site()).unwrap();
    folder.put("elsewhere/index.html", "same");
    RealDisk.remove_tree(&folder.out().join("a")).unwrap();
    std::os::unix::fs::symlink(folder.0.join("elsewhere"), folder.out().join("a")).unwrap();
    fs::remove_file(folder.out().join("b.css")).unwrap();
    std::os::unix::fs::symlink(folder.0.join("elsewhere/index.html"), folder.out().join("b.css")).unwrap();
    publish(&folder.out(), &old_site()).unwrap();
    assert!(!folder.out().join("a").is_symlink() && !folder.out().join("b.css").is_symlink());
    assert_eq!(visit(&folder.0.join("elsewhere")), site(&[("index.html", "same")]));
}

#[test]
fn paths_that_could_leave_the_folder_are_refused() {
    let folder = Folder::new("paths");
    let staging = Staging::open(&folder.out(), &quick()).unwrap();
    for path in [
        "",
        "/etc/x",
        "../x",
        "a/../../x",
        "a/..",
        "./a",
        "a//b",
        "a/",
        "a\\b",
        "a\0b",
        "a\nb",
        "a\u{1b}[2J",
        ".fascicle",
        ".Fascicle",
    ] {
        let error = staging.write(path, b"x").unwrap_err();
        assert!(matches!(error, PublishError::UnsafePath { .. }), "{path:?}");
        assert!(!error.to_string().contains(char::is_control), "{path:?}");
    }
    staging.write("a/.fascicle", "ünïcödé".as_bytes()).unwrap();
    staging.write("ü/…/x", b"").unwrap();
}

#[test]
fn two_files_at_one_path_are_refused() {
    let folder = Folder::new("collision");
    let staging = Staging::open(&folder.out(), &quick()).unwrap();
    for path in ["about.html", "a/b/c", "x/Y", "b/NEW", "Docs/one"] {
        staging.write(path, b"1").unwrap();
    }
    for path in ["about.html", "About.HTML", "a/b", "A", "x/y/z", "B/new/ABOUT.html/x", "X/y"] {
        assert!(matches!(staging.write(path, b"2"), Err(PublishError::Collision { .. })), "{path}");
    }
    staging.write("docs/two", b"3").unwrap();
    assert_eq!(staging.commit().unwrap().written, 6);
    assert_eq!(visit(&folder.out()).len(), 6);
}

#[test]
fn many_threads_write_at_once() {
    let folder = Folder::new("threads");
    let pages: Site = (0..2000).map(|i| (format!("s{}/t{}/p{i}.html", i % 7, i % 31), format!("page {i}"))).collect();
    for linked in [0, 2000] {
        let staging = Staging::open(&folder.out(), &quick()).unwrap();
        let all: Vec<_> = pages.iter().collect();
        thread::scope(|scope| {
            for part in all.chunks(250) {
                scope.spawn(|| part.iter().for_each(|(path, text)| staging.write(path, text.as_bytes()).unwrap()));
            }
        });
        assert_eq!(staging.commit().unwrap().linked, linked);
        assert_eq!(visit(&folder.out()), pages);
    }
}

#[test]
fn a_second_build_waits_or_refuses() {
    let folder = Folder::new("lock");
    let first = Staging::open(&folder.out(), &quick()).unwrap();
    let refused = Staging::open(&folder.out(), &Options { wait: Duration::from_millis(100), ..quick() });
    assert!(matches!(refused, Err(PublishError::Locked { .. })));
    thread::scope(|scope| {
        let second = scope.spawn(|| write_all(Staging::open(&folder.out(), &Options::default())?, &new_site()));
        thread::sleep(Duration::from_millis(120));
        write_all(first, &old_site()).unwrap();
        assert_eq!(second.join().unwrap().unwrap().removed, 1);
    });
    assert_eq!((visit(&folder.out()), folder.names()), (new_site(), vec!["public".to_owned()]));
}

#[test]
fn builds_that_race_never_mix() {
    let folder = Folder::new("race");
    thread::scope(|scope| {
        for build in 0..8 {
            let (out, site) = (folder.out(), if build % 2 == 0 { old_site() } else { new_site() });
            scope.spawn(move || {
                (0..5)
                    .for_each(|_| assert!(write_all(Staging::open(&out, &Options::default()).unwrap(), &site).is_ok()))
            });
        }
    });
    let stands = visit(&folder.out());
    assert!(stands == old_site() || stands == new_site());
    assert_eq!(folder.names(), ["public"]);
}

#[test]
fn leftovers_of_a_killed_build_are_cleared() {
    let leftovers: [(&str, &[&str], &Site); 4] = [
        ("while writing", &[".public.fascicle-new/half", ".public.fascicle-lock"], &old_site()),
        ("after the exchange", &[".public.fascicle-new/a/old.html", ".public.fascicle-new/.fascicle"], &old_site()),
        ("after two renames", &[".public.fascicle-old/a/old.html"], &old_site()),
        ("between two renames", &[".public.fascicle-new/index.html"], &old_site()),
    ];
    for (when, files, stands) in leftovers {
        let folder = Folder::new("leftovers");
        publish(&folder.out(), &old_site()).unwrap();
        files.iter().for_each(|file| folder.put(file, "left"));
        if when.starts_with("between") {
            fs::rename(folder.out(), folder.0.join(".public.fascicle-old")).unwrap();
        }
        drop(Staging::open(&folder.out(), &quick()).unwrap());
        assert_eq!((&visit(&folder.out()), folder.names()), (stands, vec!["public".to_owned()]), "{when}");
    }
}

#[cfg(unix)]
#[test]
fn a_read_only_site_is_replaced() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = Folder::new("read-only");
    publish(&folder.out(), &old_site()).unwrap();
    for path in ["gone/deep/index.html", "gone/deep", "gone", "."] {
        let path = folder.out().join(path);
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode & 0o555)).unwrap();
    }
    publish(&folder.out(), &new_site()).unwrap();
    assert_eq!((visit(&folder.out()), folder.names()), (new_site(), vec!["public".to_owned()]));
}

#[test]
fn messages_say_what_to_do() {
    let path = PathBuf::from("/srv/public");
    let full = PublishError::at("write", &path)(io::ErrorKind::StorageFull.into());
    assert_eq!(
        full.to_string(),
        r#"cannot write "/srv/public": no storage space; a new site needs room beside the old one until it replaces it"#
    );
    let locked = PublishError::Locked { path };
    assert_eq!(
        locked.to_string(),
        r#"another build is already publishing to "/srv/public"; wait until it ends, or choose another folder"#
    );
}
