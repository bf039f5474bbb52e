//! Measures a preview at two sizes: from the start to the first page, and from saving a file to the new page over HTTP.
//!
//! `cargo bench --bench serve [-- SIZE SIZE]`. The preview's pause of 10 ms after the last event is part of the numbers.

#![allow(clippy::print_stdout)]

use std::error::Error;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};
use std::{env, fs};

use fascicle::{Folders, Memo, compile, load};

#[allow(dead_code)]
#[path = "../examples/corpus.rs"]
mod corpus;

const SIZES: [u64; 2] = [1_000, 10_000];
const EDITS: usize = 20;
/// Edits after which memory is looked at.
const MANY: usize = 1_000;
const AIM: &str = "aim: an edit within 30 ms + 20 ms at 1,000 articles and 60 ms + 20 ms at 10,000; the first page within 1.2 times a compile; no more memory after 1,000 edits";

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let sizes: Vec<u64> = arguments.iter().filter_map(|word| word.parse().ok()).collect();
    // Without `--bench` this runs among the tests: it only has to work.
    let smoke = !arguments.iter().any(|word| word == "--bench") && sizes.is_empty();
    let sizes = match (smoke, sizes.is_empty()) {
        (true, _) => vec![20],
        (_, true) => SIZES.to_vec(),
        _ => sizes,
    };
    for size in sizes {
        measure(size, if smoke { 2 } else { EDITS }, if smoke { 2 } else { MANY })?;
    }
    println!("{AIM}");
    Ok(())
}

fn measure(size: u64, edits: usize, many: usize) -> Outcome<()> {
    let folder = tempfile::tempdir()?;
    let site = folder.path();
    corpus::write_site(site, size, 1)?;
    let start = Instant::now();
    let sources = load(&Folders { content: site.join("content"), theme: None })?;
    drop(compile(&sources, &Memo::keeping(0)));
    let compiled = start.elapsed();

    let article = an_article(&site.join("content"))?;
    let inner = article.strip_prefix(site.join("content"))?.with_extension("");
    let page = format!("/{}/", inner.to_str().ok_or("a path that is no text")?);
    let start = Instant::now();
    let preview = Preview::start(site)?;
    preview.wait(&page, "</html>")?;
    let first = start.elapsed();

    let text = fs::read_to_string(&article)?;
    let edit = |n: usize| {
        save(&preview, &article, &format!("{text}\nWords of edit {n}.\n"), &page, &format!("Words of edit {n}."))
    };
    let prose = median((0..edits).map(edit).collect::<Outcome<_>>()?);
    let template = site.join("theme/templates/base.html");
    let base = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("theme/templates/base.html"))?;
    fs::create_dir_all(template.parent().ok_or("a file has a folder")?)?;
    let edit = |n: usize| {
        let text = base.replace("</body>", &format!("<!-- edit {n} --></body>"));
        save(&preview, &template, &text, &page, &format!("<!-- edit {n} -->"))
    };
    let designed = median((0..edits).map(edit).collect::<Outcome<_>>()?);
    let before = preview.resident();
    for n in 0..many {
        let words = format!("Words of another edit {n}.");
        save(&preview, &article, &format!("{text}\n{words}\n"), &page, &words)?;
    }
    let after = preview.resident();
    println!(
        "{size}: first page {:.0} ms, {:.2} times a compile; an edit of prose {:.1} ms, of a template {:.1} ms; {:.0} MiB, after {many} more edits {:.0} MiB",
        first.as_secs_f64() * 1e3,
        first.as_secs_f64() / compiled.as_secs_f64(),
        prose.as_secs_f64() * 1e3,
        designed.as_secs_f64() * 1e3,
        before / 1024.0,
        after / 1024.0,
    );
    Ok(())
}

/// From saving a file to the page that shows it.
fn save(preview: &Preview, file: &Path, text: &str, page: &str, shows: &str) -> Outcome<Duration> {
    let start = Instant::now();
    fs::write(file, text)?;
    preview.wait(page, shows)?;
    let taken = start.elapsed();
    // An editor does not save again at once: the last site is put away meanwhile.
    sleep(Duration::from_millis(30));
    Ok(taken)
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

/// The first article in a folder of articles.
fn an_article(folder: &Path) -> Outcome<PathBuf> {
    let mut entries: Vec<PathBuf> = fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<Outcome<_>>()?;
    entries.sort();
    let inner = entries.into_iter().filter(|path| path.is_dir() && !path.ends_with("data"));
    let articles = inner.flat_map(|folder| fs::read_dir(folder).into_iter().flatten().flatten());
    let found = articles.map(|entry| entry.path()).filter(|path| path.extension().is_some_and(|ending| ending == "md"));
    Ok(found.min().ok_or("the corpus has no articles")?)
}

/// A preview that ends with the value.
struct Preview {
    child: Child,
    port: u16,
}

impl Preview {
    fn start(site: &Path) -> Outcome<Self> {
        let mut child = Command::new(env!("CARGO_BIN_EXE_fascicle"))
            .args(["serve", "--port", "0"])
            .current_dir(site)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let mut lines = BufReader::new(child.stdout.take().ok_or("its output is a pipe")?).lines();
        let first = lines.next().ok_or("it said nothing")??;
        let port = first.rsplit(':').next().and_then(|rest| rest.split('/').next()).unwrap_or("").parse()?;
        // The rest is read as well, so that the program never waits for a reader.
        std::thread::spawn(move || lines.for_each(drop));
        Ok(Self { child, port })
    }

    fn wait(&self, page: &str, shows: &str) -> Outcome<()> {
        let start = Instant::now();
        loop {
            let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
            write!(stream, "GET {page} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
            let mut answer = Vec::new();
            stream.read_to_end(&mut answer)?;
            if String::from_utf8_lossy(&answer).contains(shows) {
                return Ok(());
            }
            if start.elapsed() > Duration::from_secs(60) {
                return Err(format!("{page} never showed {shows}").into());
            }
            sleep(Duration::from_millis(1));
        }
    }

    /// Its memory in KiB; 0 where the system does not say.
    fn resident(&self) -> f64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or("");
        line.split_whitespace().next().and_then(|number| number.parse().ok()).unwrap_or(0.0)
    }
}

impl Drop for Preview {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
