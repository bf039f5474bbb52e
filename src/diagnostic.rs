//! Turns what is wrong with a site into text that names the place, shows the line and says what to do.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

mod lines;
mod show;

pub use show::{Format, Looks};

/// A range of bytes in one file of the site, by its path inside the site (`content/…`, `theme/…`).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The path inside the site.
    pub path: Arc<str>,
    /// The first byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

impl Span {
    /// A range of a file.
    pub fn new(path: &Arc<str>, range: Range<usize>) -> Self {
        Self { path: path.clone(), start: range.start, end: range.end }
    }

    /// A file as a whole; shown as its first line.
    pub fn file(path: &Arc<str>) -> Self {
        Self::new(path, 0..0)
    }
}

/// How much a diagnostic weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Nothing is published.
    Error,
    /// The site is published.
    Warning,
}

macro_rules! codes {
    ($($code:ident $meaning:literal,)*) => {
        /// Every fault the engine knows. The letter says how it weighs: E stops a build, W does so under `--strict` only.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code { $(#[doc = $meaning] $code,)* }

        impl Code {
            /// All codes with the sentence that explains them.
            pub const ALL: &'static [(Code, &'static str)] = &[$((Code::$code, $meaning),)*];

            /// `E201`.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Code::$code => stringify!($code),)* }
            }
        }
    };
}

codes! {
    E101 "A field that the schema does not know",
    E102 "A value of the wrong type or form",
    E103 "A required field is missing",
    E104 "A value that is not one of those allowed",
    E105 "Front matter or data that is not YAML: not closed, a syntax error, a key twice",
    W106 "YAML read a word as a truth value or a number, or the end of a text as a comment",
    E107 "A file that is not text in UTF-8",
    E108 "A file that is too large or too deeply nested",
    E109 "A file that cannot be read, or lies outside the site",
    E110 "A fault in site.yaml or schema.yaml",
    W111 "A file name under which nothing is read, or that some systems cannot hold",
    W120 "A typed section that the engine generates",
    W121 "Markup of another generator, which is shown as it is typed",
    E201 "A reference to something that does not exist",
    E202 "A reference that more than one thing answers to",
    E203 "One id for two things",
    E204 "One alias for two things",
    E205 "A published page refers to a draft",
    E206 "Two pages at one address",
    E207 "An address that is not safe",
    E208 "A footnote without its text, or a text without its mark",
    E209 "A reference link without its definition",
    E210 "A text that cannot be included where it is, or that includes itself",
    E301 "A question without an answer, or the reverse",
    E302 "A step without an action",
    E401 "A source that nobody could find",
    E402 "A DOI, PMID or address that cannot be one",
    W403 "Two records of one source disagree",
    W404 "A source that nothing cites",
    W405 "A source that was read long ago",
    W501 "A question asked in other words elsewhere",
    W502 "A block that stands twice, or in other words elsewhere",
    W503 "An article of which most stands in another one",
    W510 "Nearly the same text twice, with another meaning: a contradiction?",
    E511 "One question with two answers, on one page",
    W601 "A review that is overdue",
    E602 "Published without the review that its kind requires",
    E603 "A disclaimer, red flag or source that its kind requires is missing",
    W701 "A page nothing links to",
    W702 "An image without a text for those who cannot see it",
    E703 "A link to a heading that does not exist",
    W704 "An automatic link skipped, because its words have more than one meaning",
    W705 "A heading level is skipped",
    W706 "A link whose words do not say where it leads",
    W707 "A second title in the text",
    E708 "An image or file that does not exist",
    W709 "HTML that is not allowed was dropped",
    W710 "A map without a region, or a region without its area",
    W711 "Math that could not be read",
    E712 "A picture that carries a program",
    E801 "A template that cannot be read",
    E802 "A template failed on a page",
    E803 "A template uses what its head does not list, or what no page has",
    W804 "Words of the interface are missing in a language",
    W901 "A page of which the search reads only the beginning",
    W902 "More different words than the search holds",
}

impl Code {
    /// What the letter says.
    #[must_use]
    pub fn severity(self) -> Severity {
        if self.name().starts_with('E') { Severity::Error } else { Severity::Warning }
    }
}

/// One thing that is wrong, for the author to mend.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Diagnostic {
    /// Where.
    pub span: Span,
    /// Which fault.
    pub code: Code,
    /// How it weighs in this run.
    pub severity: Severity,
    /// What is wrong, in one sentence without a full stop.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
    /// Other places that belong to it, each with a word on why.
    pub related: Vec<(Span, String)>,
}

impl Diagnostic {
    /// A diagnostic without help.
    pub fn new(code: Code, span: Span, message: impl Into<String>) -> Self {
        Self { span, code, severity: code.severity(), message: message.into(), help: None, related: Vec::new() }
    }

    /// Adds what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds another place.
    #[must_use]
    pub fn see(mut self, span: Span, why: impl Into<String>) -> Self {
        self.related.push((span, why.into()));
        self
    }
}

/// Everything that is wrong, of all stages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diagnostics {
    list: Vec<Diagnostic>,
}

impl Diagnostics {
    /// Adds one.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.list.push(diagnostic);
    }

    /// Adds many.
    pub fn extend(&mut self, more: impl IntoIterator<Item = Diagnostic>) {
        self.list.extend(more);
    }

    /// Makes every warning an error, as `--strict` asks.
    pub fn deny_warnings(&mut self) {
        for diagnostic in &mut self.list {
            diagnostic.severity = Severity::Error;
        }
    }

    /// By file, place and code, each once.
    #[must_use]
    pub fn sorted(&self) -> Vec<&Diagnostic> {
        let mut list: Vec<_> = self.list.iter().collect();
        list.sort();
        list.dedup();
        list
    }

    /// How many errors, and how many warnings.
    #[must_use]
    pub fn count(&self) -> (usize, usize) {
        let sorted = self.sorted();
        let errors = sorted.iter().filter(|d| d.severity == Severity::Error).count();
        (errors, sorted.len() - errors)
    }

    /// Whether nothing may be published.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.list.iter().any(|d| d.severity == Severity::Error)
    }

    /// How often each code stands in the list.
    #[must_use]
    pub fn by_code(&self) -> BTreeMap<Code, usize> {
        let mut counts = BTreeMap::new();
        for diagnostic in self.sorted() {
            *counts.entry(diagnostic.code).or_default() += 1;
        }
        counts
    }
}

/// Up to `limit` known names near enough to be a slip – a third of the letters at most –, the nearest first.
pub fn near<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>, limit: usize) -> Vec<&'a str> {
    let wrong: String = wrong.to_lowercase().chars().take(80).collect();
    let length = wrong.chars().count();
    let most = (length / 3).max(1);
    let mut found: Vec<(usize, &str)> = known
        .into_iter()
        .filter(|name| name.len().abs_diff(wrong.len()) <= most + 8)
        .filter_map(|name| {
            let lower = name.to_lowercase();
            let distance = strsim::osa_distance(&wrong, &lower);
            let begun = length > 3 && (lower.starts_with(&wrong) || wrong.starts_with(&lower) && lower.len() > 3);
            (distance <= most || begun).then_some((distance, name))
        })
        .collect();
    found.sort_unstable();
    found.dedup();
    found.into_iter().take(limit).map(|(_, name)| name).collect()
}

/// The known path whose last part is near the last part of a wrong one; of several, the nearest as a whole. What only
/// stands in the same folder is no slip.
pub(crate) fn near_path<'a>(wrong: &str, known: impl Iterator<Item = &'a str> + Clone) -> Option<&'a str> {
    let last = |path: &'a str| path.trim_end_matches('/').rsplit('/').next().unwrap_or(path);
    let wrong = wrong.trim_end_matches('/');
    let names = near(wrong.rsplit('/').next().unwrap_or(wrong), known.clone().map(last), 1);
    let of_name = known.filter(|path| names.contains(&last(path)));
    of_name.min_by_key(|path| (strsim::osa_distance(wrong, path), *path))
}

/// `. Did you mean "calf"?`, or nothing; to be put behind a message.
pub fn did_you_mean<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    match near(wrong, known, 3).as_slice() {
        [] => String::new(),
        [one] => format!(". Did you mean \"{one}\"?"),
        [first @ .., last] => format!(". Did you mean \"{}\" or \"{last}\"?", first.join("\", \"")),
    }
}
