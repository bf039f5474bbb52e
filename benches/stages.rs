//! Measures each stage of a cold build at two sizes: processor and wall time, growth, memory, and the ratio to a floor
//! that only reads the sources and writes the same bytes.
//!
//! `cargo bench --bench stages [-- SIZE SIZE]`. Each build runs in a process of its own, so that its peak memory is its own;
//! of three runs the fastest counts.

#![allow(clippy::print_stdout)]

use std::collections::BTreeMap;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;
use std::{env, fs, thread};

use fascicle::{Folders, Memo, Options, Staging, compile_with, load};
use rustix::time::{ClockId, clock_gettime};

#[allow(dead_code)]
#[path = "../examples/corpus.rs"]
mod corpus;

/// As in the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const SIZES: [u64; 2] = [1_000, 10_000];
const RUNS: usize = 3;
/// The aim of a cold build: processor time, growth, memory.
const AIM: &str = "aim: 250 us per article, growth 1.05, 60 KiB per article + 100 MiB; \
                   links and dedupe 150 us together, after one edit (edit:links and edit:dedupe) 40 us; \
                   of the search index 120 us per article and 1.3 times the memory of a build without it";

type Outcome<T> = Result<T, Box<dyn Error>>;

/// Microseconds by stage: processor, wall. `peak` is in KiB.
type Figures = BTreeMap<String, (f64, f64)>;

const STAGES: [&str; 19] = [
    "load",
    "settings",
    "parse",
    "graph",
    "links",
    "dedupe",
    "rules",
    "plan",
    "site",
    "search",
    "render",
    "publish",
    "whole",
    "edit:parse",
    "edit:graph",
    "edit:links",
    "edit:dedupe",
    "edit:rules",
    "edit:plan",
];

fn main() -> Outcome<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["child", "build", site, out] => build(Path::new(site), Path::new(out)),
        ["child", "again", site] => again(Path::new(site)),
        ["child", "bare", site, made] => bare(Path::new(site), Path::new(made)),
        ["child", "floor", site, made, out] => floor(Path::new(site), Path::new(made), Path::new(out)),
        _ => {
            let sizes: Vec<u64> = words.iter().filter_map(|word| word.parse().ok()).collect();
            // Without `--bench` this runs among the tests: it only has to work.
            let smoke = !words.contains(&"--bench") && sizes.is_empty();
            let sizes = if smoke {
                vec![20, 40]
            } else if sizes.is_empty() {
                SIZES.to_vec()
            } else {
                sizes
            };
            table(&sizes, if smoke { 1 } else { RUNS })
        }
    }
}

fn table(sizes: &[u64], runs: usize) -> Outcome<()> {
    let columns: Vec<(u64, Figures, Figures)> =
        sizes.iter().map(|size| measure(*size, runs)).collect::<Outcome<_>>()?;
    print!("{:<11}", "us/article");
    for (size, ..) in &columns {
        print!("{:>11} cpu{:>9} wall", size, "");
    }
    println!("{:>9}", "growth");
    for stage in STAGES {
        print!("{stage:<11}");
        for (size, figures, _) in &columns {
            let (cpu, wall) = figures.get(stage).copied().unwrap_or_default();
            print!("{:>15.1}{:>14.1}", cpu / *size as f64, wall / *size as f64);
        }
        println!("{:>9}", growth(&columns, stage));
    }
    print!("{:<11}", "floor");
    for (size, _, floor) in &columns {
        let (cpu, wall) = floor.get("floor").copied().unwrap_or_default();
        print!("{:>15.1}{:>14.1}", cpu / *size as f64, wall / *size as f64);
    }
    println!();
    for (size, figures, floor) in &columns {
        let (whole, base) =
            (figures.get("whole").copied().unwrap_or_default(), floor.get("floor").copied().unwrap_or((1.0, 1.0)));
        let peak = figures.get("peak").copied().unwrap_or_default().0;
        let bound = *size as f64 * 60.0 + 100.0 * 1024.0;
        println!(
            "{size}: {:.1} times the floor's cpu, {:.1} times its wall; peak {:.0} MiB of {:.0} allowed",
            whole.0 / base.0,
            whole.1 / base.1,
            peak / 1024.0,
            bound / 1024.0
        );
        let bare = floor.get("bare").copied().unwrap_or((1.0, 1.0)).0;
        println!("{size}: {:.2} times the memory of a build without the search index", peak / bare);
    }
    println!("{AIM}");
    Ok(())
}

/// The exponent with which a stage grows between the first and the last size.
fn growth(columns: &[(u64, Figures, Figures)], stage: &str) -> String {
    let (Some((small, few, _)), Some((large, many, _))) = (columns.first(), columns.last()) else {
        return String::new();
    };
    match (few.get(stage), many.get(stage)) {
        (Some((a, _)), Some((b, _))) if small < large && *a > 0.0 && *b > 0.0 => {
            format!("{:.2}", (b / a).ln() / (*large as f64 / *small as f64).ln())
        }
        _ => String::new(),
    }
}

fn measure(size: u64, runs: usize) -> Outcome<(u64, Figures, Figures)> {
    let folder = tempfile::tempdir()?;
    let site = folder.path().join("site");
    corpus::write_site(&site, size, 1)?;
    let (mut best, mut least) = (Figures::new(), Figures::new());
    for run in 0..runs {
        let out = folder.path().join(format!("out-{run}"));
        let built = child(&["child", "build", &text(&site)?, &text(&out)?])?;
        let bare = child(&[
            "child",
            "floor",
            &text(&site)?,
            &text(&out)?,
            &text(&folder.path().join(format!("floor-{run}")))?,
        ])?;
        let faster = |new: &Figures, old: &Figures, key: &str| {
            old.get(key).is_none_or(|old| new.get(key).is_some_and(|new| new.0 < old.0))
        };
        if faster(&built, &best, "whole") {
            best.extend(built);
        }
        let alone = child(&["child", "bare", &text(&site)?, &text(&out)?])?;
        let edited = child(&["child", "again", &text(&site)?])?;
        if faster(&edited, &best, "edit:dedupe") {
            best.extend(edited);
        }
        if faster(&bare, &least, "floor") {
            least.extend(bare);
        }
        if alone.get("bare").is_some_and(|new| least.get("bare").is_none_or(|old| new.0 < old.0)) {
            least.extend(alone);
        }
        fs::remove_dir_all(&out)?;
    }
    Ok((size, best, least))
}

fn text(path: &Path) -> Outcome<String> {
    Ok(path.to_str().ok_or("the temporary folder's name is not text")?.to_owned())
}

/// Runs this program again and reads its lines: a name and two numbers each.
fn child(arguments: &[&str]) -> Outcome<Figures> {
    let output = Command::new(env::current_exe()?).args(arguments).output()?;
    if !output.status.success() {
        return Err(format!("{}\n{}", arguments.join(" "), String::from_utf8_lossy(&output.stderr)).into());
    }
    let mut figures = Figures::new();
    for line in String::from_utf8(output.stdout)?.lines() {
        let words: Vec<&str> = line.split(' ').collect();
        if let [name, cpu, wall] = words.as_slice() {
            figures.insert((*name).to_owned(), (cpu.parse()?, wall.parse()?));
        }
    }
    Ok(figures)
}

/// Microseconds that a clock of the system shows.
fn clock(id: ClockId) -> f64 {
    let now = clock_gettime(id);
    now.tv_sec as f64 * 1e6 + now.tv_nsec as f64 / 1e3
}

struct Laps {
    cpu: f64,
    wall: Instant,
}

impl Laps {
    fn new() -> Self {
        Self { cpu: clock(ClockId::ProcessCPUTime), wall: Instant::now() }
    }

    fn take(&mut self) -> (f64, f64) {
        let last = std::mem::replace(self, Self::new());
        (self.cpu - last.cpu, self.wall.duration_since(last.wall).as_secs_f64() * 1e6)
    }
}

/// What `fascicle build` does, with a line for each stage.
fn build(site: &Path, out: &Path) -> Outcome<()> {
    let start = Instant::now();
    let mut laps = Laps::new();
    let told = |name: &str, (cpu, wall): (f64, f64)| println!("{name} {cpu:.0} {wall:.0}");
    let staging = Staging::open(out, &Options::default())?;
    let sources = load(&Folders { content: site.join("content"), theme: None })?;
    told("load", laps.take());
    let memo = Memo::keeping(0);
    let (compiled, mut diagnostics) = compile_with(&sources, &memo, &mut |stage| told(stage, laps.take()));
    if diagnostics.has_errors() {
        return Err(format!("the corpus has errors: {:?}", diagnostics.by_code()).into());
    }
    let _ = compiled.render("search/index.js", &memo);
    told("search", laps.take());
    // Rendering and writing alternate on every thread: what the writing takes is counted there.
    let writing = AtomicU64::new(0);
    compiled.render_all(&memo, &mut diagnostics, |output| {
        let before = clock(ClockId::ThreadCPUTime);
        let written = staging.write(&output.route, &output.bytes);
        writing.fetch_add((clock(ClockId::ThreadCPUTime) - before) as u64, Ordering::Relaxed);
        written
    })?;
    let (cpu, wall) = laps.take();
    staging.commit()?;
    let commit = laps.take();
    let writing = writing.into_inner() as f64;
    let share = writing / cpu.max(1.0);
    told("render", (cpu - writing, wall * (1.0 - share)));
    told("publish", (commit.0 + writing, commit.1 + wall * share));
    told("whole", (clock(ClockId::ProcessCPUTime), start.elapsed().as_secs_f64() * 1e6));
    told("peak", (peak_kib(), 0.0));
    Ok(())
}

/// A build of what was made before, without the search index: what it adds to the memory is measured against this.
fn bare(site: &Path, made: &Path) -> Outcome<()> {
    let sources = load(&Folders { content: site.join("content"), theme: None })?;
    let memo = Memo::keeping(0);
    let (compiled, _) = compile_with(&sources, &memo, &mut |_| {});
    let mut published = Vec::new();
    files(made, &mut published)?;
    let routes: Vec<String> = published.iter().map(|path| text(path.strip_prefix(made)?)).collect::<Outcome<_>>()?;
    let routes: Vec<&String> = routes.iter().filter(|route| !route.starts_with("search/")).collect();
    thread::scope(|scope| {
        for half in routes.chunks(routes.len().div_ceil(2).max(1)) {
            let (compiled, memo) = (&compiled, &memo);
            scope.spawn(move || half.iter().filter(|route| compiled.render(route, memo).is_some()).count());
        }
    });
    println!("bare {:.0} 0", peak_kib());
    Ok(())
}

/// What a preview does after one edit: everything again, with what the memo remembers.
fn again(site: &Path) -> Outcome<()> {
    let mut sources = load(&Folders { content: site.join("content"), theme: None })?;
    let memo = Memo::default();
    drop(compile_with(&sources, &memo, &mut |_| {}));
    let edited = sources.below("content/").filter(|source| source.path.ends_with(".md")).nth(5);
    let edited = edited.and_then(|source| Some((source.path.to_string(), source.text()?.to_string())));
    let (path, text) = edited.ok_or("a corpus without articles")?;
    sources.insert_text(&path, &format!("{text}\nOne more sentence that no other article has.\n"));
    let mut laps = Laps::new();
    drop(compile_with(&sources, &memo, &mut |stage| {
        let (cpu, wall) = laps.take();
        println!("edit:{stage} {cpu:.0} {wall:.0}");
    }));
    Ok(())
}

/// The most memory this process has held; 0 where the system does not say.
fn peak_kib() -> f64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or("");
    line.split_whitespace().next().and_then(|number| number.parse().ok()).unwrap_or(0.0)
}

/// Reads every source and writes the bytes of a published site, with two threads.
fn floor(site: &Path, made: &Path, out: &Path) -> Outcome<()> {
    let mut sources = Vec::new();
    files(site, &mut sources)?;
    let mut published = Vec::new();
    files(made, &mut published)?;
    let pages: Vec<(PathBuf, Vec<u8>)> = published
        .into_iter()
        .map(|path| Ok((out.join(path.strip_prefix(made)?), fs::read(&path)?)))
        .collect::<Outcome<_>>()?;
    let mut laps = Laps::new();
    let halves = |length: usize| [0..length / 2, length / 2..length];
    let reading: Vec<&[PathBuf]> = halves(sources.len()).map(|half| &sources[half]).to_vec();
    let writing: Vec<&[(PathBuf, Vec<u8>)]> = halves(pages.len()).map(|half| &pages[half]).to_vec();
    thread::scope(|scope| {
        for (sources, pages) in reading.into_iter().zip(writing) {
            scope.spawn(move || {
                let texts: Vec<Vec<u8>> = sources.iter().filter_map(|path| fs::read(path).ok()).collect();
                for (path, bytes) in pages {
                    let _ = path.parent().map(fs::create_dir_all);
                    let _ = fs::write(path, bytes);
                }
                texts.len()
            });
        }
    });
    let (cpu, wall) = laps.take();
    println!("floor {cpu:.0} {wall:.0}");
    fs::remove_dir_all(out)?;
    Ok(())
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) -> Outcome<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() { files(&path, found)? } else { found.push(path) }
    }
    Ok(())
}
