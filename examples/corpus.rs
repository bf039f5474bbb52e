//! Writes a synthetic site of any size, the same for the same seed: what the benches and the tests of scale build.
//!
//! `cargo run --release --example corpus -- DIR ARTICLES [SEED]`

#![allow(clippy::print_stderr)]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs, io};

const AREAS: u64 = 40;
const SOURCES: u64 = 300;
const WORDS: usize = 12_000;
const LANGUAGES: [(&str, &str); 4] = [("rust", "//"), ("python", "#"), ("js", "//"), ("sh", "#")];

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let number = |at: usize| arguments.get(at).and_then(|text| text.parse::<u64>().ok());
    let (Some(folder), Some(articles)) = (arguments.first(), number(1)) else {
        eprintln!("usage: corpus DIR ARTICLES [SEED]");
        return ExitCode::from(2);
    };
    match write_site(Path::new(folder), articles, number(2).unwrap_or(1)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("corpus: {folder}: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Writes a site of this many articles below `folder`.
pub fn write_site(folder: &Path, articles: u64, seed: u64) -> io::Result<()> {
    let language = Language::new(seed);
    for (file, text) in shared_files(articles, &language, seed) {
        write_file(&folder.join(file), &text)?;
    }
    (0..articles).try_for_each(|n| {
        let text = Article { n, articles, random: Random::new(seed, n + 1), language: &language, text: String::new() }
            .finish();
        write_file(&folder.join(path(n)), &text)
    })
}

fn write_file(path: &PathBuf, text: &str) -> io::Result<()> {
    fs::create_dir_all(path.parent().unwrap_or(Path::new("")))?;
    fs::write(path, text)
}

/// The settings, the registries and the first page.
fn shared_files(articles: u64, language: &Language, seed: u64) -> Vec<(&'static str, String)> {
    let mut random = Random::new(seed, 0);
    let mut areas = String::new();
    for n in 0..AREAS {
        let _ = writeln!(areas, "- id: {}\n  label: \"{} region {n}\"", area(n), capital(language.word(&mut random)));
        let _ = writeln!(areas, "  summary: \"{}\"", language.sentence(&mut random, 14));
    }
    let mut sources = String::new();
    for n in 0..SOURCES {
        let title = language.sentence(&mut random, 9);
        let _ = writeln!(
            sources,
            "- id: {}\n  title: \"{title}\"\n  publisher: Press {}\n  year: {}",
            source(n),
            n % 17,
            1980 + n % 45
        );
        let _ = writeln!(sources, "  url: \"https://example.org/works/{n}\"");
    }
    let settings = "title: A synthetic site\ndescription: Articles made by a program, to measure with.\nurl: https://example.org/\nlang: en\n";
    let first = format!(
        "---\ntitle: A synthetic site\n---\nThis site has {articles} articles. It begins with [the first]({}).\n",
        path(0).trim_start_matches("content/")
    );
    vec![
        ("content/site.yaml", settings.to_owned()),
        ("content/data/areas.yaml", areas),
        ("content/data/sources.yaml", sources),
        ("content/index.md", first),
    ]
}

fn area(n: u64) -> String {
    format!("area-{n:02}")
}

fn source(n: u64) -> String {
    format!("work-{n:03}")
}

/// Where an article stands: seven of ten in `articles/`, two in `how-to/`, one in `overview/`.
fn path(n: u64) -> String {
    format!("content/{}/{}.md", folder(n), id(n))
}

fn folder(n: u64) -> &'static str {
    match n % 10 {
        0 => "overview",
        3 | 6 => "how-to",
        _ => "articles",
    }
}

fn id(n: u64) -> String {
    format!("a{n:05}")
}

/// One article in the making.
struct Article<'a> {
    n: u64,
    articles: u64,
    random: Random,
    language: &'a Language,
    text: String,
}

impl Article<'_> {
    fn finish(mut self) -> String {
        self.front_matter();
        let mut links = self.links();
        self.paragraph(&mut links);
        for section in 0..5 {
            let words = self.words(3, 6);
            let _ = write!(self.text, "## {}\n\n", capital(&words));
            self.paragraph(&mut links);
            self.paragraph(&mut links);
            match section {
                0 => self.list("-"),
                1 => self.table(),
                2 => {
                    let words = self.words(2, 4);
                    let _ = write!(self.text, "### {}\n\n", capital(&words));
                    self.list("1.");
                }
                3 if self.n.is_multiple_of(5) => self.code(),
                _ => self.paragraph(&mut links),
            }
        }
        self.text
    }

    fn front_matter(&mut self) {
        let (n, title) = (self.n, self.words(3, 6));
        let _ = writeln!(self.text, "---\ntitle: \"{} {n}\"", capital(&title));
        if folder(n) == "articles" {
            self.text.push_str("kind: article\n");
        }
        let summary = self.sentence(16, 24);
        let _ = writeln!(self.text, "summary: \"{summary}\"\ndate: 2026-{:02}-{:02}", 1 + n % 11, 1 + n % 28);
        let areas: Vec<String> = self.distinct(2, AREAS).into_iter().map(area).collect();
        let sources: Vec<String> = self.distinct(4, SOURCES).into_iter().map(source).collect();
        let _ = writeln!(self.text, "areas: [{}]\nsources: [{}]\nfaqs:", areas.join(", "), sources.join(", "));
        for _ in 0..4 {
            let (question, answer) = (self.words(6, 10), self.sentence(18, 30));
            let _ = writeln!(self.text, "  - q: \"{}?\"\n    a: \"{answer}\"", capital(&question));
        }
        if folder(n) == "how-to" {
            self.text.push_str("steps:\n");
            for _ in 0..4 {
                let (title, text) = (self.words(2, 4), self.sentence(10, 18));
                let _ = writeln!(self.text, "  - title: \"{}\"\n    do: \"{text}\"", capital(&title));
            }
        }
        self.text.push_str("---\n");
    }

    /// The next article, so that each is linked from somewhere, and four to seven others.
    fn links(&mut self) -> Vec<u64> {
        let next = (self.n + 1) % self.articles;
        let count = self.random.between(5, 8) as usize;
        let mut links = if next == self.n { Vec::new() } else { vec![next] };
        for other in self.distinct(count.min(self.articles as usize), self.articles) {
            if other != self.n && other != next && links.len() < count {
                links.push(other);
            }
        }
        links
    }

    /// A paragraph with the next link in it, every other as a wikilink, and now and then emphasis or a code span.
    fn paragraph(&mut self, links: &mut Vec<u64>) {
        let sentences = self.random.between(3, 4);
        for at in 0..sentences {
            let mut sentence = self.sentence(9, 17);
            match (at, self.random.below(4)) {
                (1, _) => {
                    if let Some(link) = links.pop() {
                        let words = self.words(2, 3);
                        let target = if link.is_multiple_of(2) {
                            format!("[[{}|{words}]]", id(link))
                        } else {
                            format!("[{words}](../{}/{}.md)", folder(link), id(link))
                        };
                        sentence = format!("{} {target} {sentence}", capital(&self.words(2, 3)));
                    }
                }
                (2, 0) => sentence = format!("**{}** {sentence}", capital(&self.words(1, 2))),
                (2, 1) => sentence = format!("The *{}* of `{}` {sentence}", self.words(1, 2), self.words(1, 1)),
                _ => {}
            }
            self.text.push_str(&sentence);
            self.text.push(if at + 1 < sentences { ' ' } else { '\n' });
        }
        self.text.push('\n');
    }

    fn list(&mut self, mark: &str) {
        for _ in 0..self.random.between(4, 6) {
            let item = self.sentence(6, 12);
            let _ = writeln!(self.text, "{mark} {item}");
        }
        self.text.push('\n');
    }

    fn table(&mut self) {
        let heads = [self.words(1, 2), self.words(1, 2), self.words(1, 2)].map(|words| capital(&words));
        let _ = writeln!(self.text, "| {} |\n|---|---:|---|", heads.join(" | "));
        for _ in 0..5 {
            let (first, number, last) = (self.words(1, 3), self.random.below(1000), self.words(2, 5));
            let _ = writeln!(self.text, "| {first} | {number} | {last} |");
        }
        self.text.push('\n');
    }

    fn code(&mut self) {
        let (language, comment) = LANGUAGES[self.random.below(4) as usize];
        let remark = self.words(4, 8);
        let _ = writeln!(self.text, "```{language}\n{comment} {remark}");
        for _ in 0..8 {
            let (name, value) = (self.words(1, 1), self.random.below(100));
            let line = match language {
                "rust" => format!("let {name} = {value} + count(\"{}\");", self.words(1, 2)),
                "python" => format!("{name} = {value} + count(\"{}\")", self.words(1, 2)),
                "js" => format!("const {name} = {value} + count('{}');", self.words(1, 2)),
                _ => format!("{name}=$(count \"{}\" | head -n {value})", self.words(1, 2)),
            };
            let _ = writeln!(self.text, "{line}");
        }
        self.text.push_str("```\n\n");
    }

    fn words(&mut self, least: u64, most: u64) -> String {
        let count = self.random.between(least, most);
        self.language.words(&mut self.random, count)
    }

    fn sentence(&mut self, least: u64, most: u64) -> String {
        let count = self.random.between(least, most);
        self.language.sentence(&mut self.random, count)
    }

    /// Different numbers below a bound, in the order drawn.
    fn distinct(&mut self, count: usize, bound: u64) -> Vec<u64> {
        let mut numbers = Vec::with_capacity(count);
        while numbers.len() < count {
            let number = self.random.below(bound);
            if !numbers.contains(&number) {
                numbers.push(number);
            }
        }
        numbers
    }
}

/// A made-up vocabulary in which the n-th word is drawn n times more seldom than the first.
struct Language {
    words: Vec<String>,
    /// The sum of the weights up to each word.
    sums: Vec<u64>,
}

impl Language {
    fn new(seed: u64) -> Self {
        const ONSETS: [&str; 16] = ["b", "c", "d", "f", "g", "h", "l", "m", "n", "p", "r", "s", "t", "v", "st", "tr"];
        const VOWELS: [&str; 8] = ["a", "e", "i", "o", "u", "ea", "io", "ou"];
        const ENDS: [&str; 8] = ["", "n", "r", "l", "t", "nd", "m", "rk"];
        let mut random = Random::new(seed, u64::MAX);
        let mut words = Vec::with_capacity(WORDS);
        let mut known = std::collections::BTreeSet::new();
        while words.len() < WORDS {
            let syllables =
                1 + usize::from(words.len() > 100) + random.below(2) as usize * usize::from(words.len() > 40);
            let mut part = |list: &[&'static str]| list[random.below(list.len() as u64) as usize];
            let mut word: String = (0..syllables).map(|_| [part(&ONSETS), part(&VOWELS)].concat()).collect();
            word.push_str(part(&ENDS));
            if known.insert(word.clone()) {
                words.push(word);
            }
        }
        let sums = (1..=WORDS as u64).scan(0, |sum, rank| {
            *sum += 1_000_000_000 / rank;
            Some(*sum)
        });
        Self { words, sums: sums.collect() }
    }

    fn word(&self, random: &mut Random) -> &str {
        let point = random.below(self.sums[WORDS - 1]);
        &self.words[self.sums.partition_point(|sum| *sum <= point)]
    }

    fn words(&self, random: &mut Random, count: u64) -> String {
        let words: Vec<&str> = (0..count).map(|_| self.word(random)).collect();
        words.join(" ")
    }

    fn sentence(&self, random: &mut Random, count: u64) -> String {
        format!("{}.", capital(&self.words(random, count)))
    }
}

/// SplitMix64: small, fast, and the same everywhere.
struct Random(u64);

impl Random {
    /// One stream for each article, so that article 7 is the same in a site of ten and of ten thousand.
    fn new(seed: u64, stream: u64) -> Self {
        let mut random = Self(seed ^ stream.wrapping_mul(0xD134_2543_DE82_EF95));
        random.next();
        random
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, bound: u64) -> u64 {
        ((u128::from(self.next()) * u128::from(bound)) >> 64) as u64
    }

    fn between(&mut self, least: u64, most: u64) -> u64 {
        least + self.below(most - least + 1)
    }
}

fn capital(text: &str) -> String {
    let (first, rest) = text.split_at(text.len().min(1));
    first.to_uppercase() + rest
}
