//! Turns diagnostics into lines for a terminal, JSON for tools, and annotations for a CI.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::rc::Rc;
use std::sync::Arc;

use serde_json::{Value, json};

use super::lines::{Lines, Place};
use super::{Diagnostic, Diagnostics, Severity, Span};

/// The form of the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Source frames for a person.
    Human,
    /// One JSON document.
    Json,
    /// Workflow commands that a CI shows beside the changed lines.
    Github,
}

/// How diagnostics are shown.
pub struct Looks<'a> {
    /// The form.
    pub format: Format,
    /// Whether escape codes may stand in the text.
    pub colour: bool,
    /// The text of a file of the site, if it has one.
    pub text: &'a dyn Fn(&str) -> Option<&'a str>,
    /// The path to show for a path inside the site.
    pub place: &'a dyn Fn(&str) -> String,
    /// The lines of each file that was asked for.
    lines: RefCell<BTreeMap<Arc<str>, Option<Rc<Lines<'a>>>>>,
}

const WIDTH: usize = 100;

impl Diagnostics {
    /// The diagnostics as text, sorted by file and place; empty when there are none (but for JSON).
    #[must_use]
    pub fn show(&self, looks: &Looks<'_>) -> String {
        let sorted = self.sorted();
        match looks.format {
            Format::Human => sorted.iter().map(|d| looks.human(d)).collect::<Vec<_>>().join("\n"),
            Format::Json => looks.json(&sorted),
            Format::Github => sorted.iter().map(|d| looks.github(d)).collect(),
        }
    }
}

/// One diagnostic in parts, for those who lay it out themselves.
pub(crate) struct Parts {
    /// Where it starts, as people count.
    pub line: usize,
    pub column: usize,
    /// The line of the source, and the carets below it.
    pub frame: String,
    /// Other places, each with its numbers and a word on why.
    pub related: Vec<(Span, usize, usize, String)>,
}

impl<'a> Looks<'a> {
    /// Looks without colour; `text` gives the text of a file of the site, if it has one, and `place` the path to show for it.
    pub fn new(format: Format, text: &'a dyn Fn(&str) -> Option<&'a str>, place: &'a dyn Fn(&str) -> String) -> Self {
        Self { format, colour: false, text, place, lines: RefCell::default() }
    }

    /// The parts of a diagnostic.
    pub(crate) fn parts(&self, d: &Diagnostic) -> Parts {
        let numbers = |span: &Span| self.find(span).map_or((1, 1), |p| (p.line, p.column));
        let (line, column) = numbers(&d.span);
        let mut frame = String::new();
        self.frame(&mut frame, &d.span, "");
        let related = d.related.iter().map(|(span, why)| {
            let (line, column) = numbers(span);
            (span.clone(), line, column, why.clone())
        });
        Parts { line, column, frame, related: related.collect() }
    }

    fn find(&self, span: &Span) -> Option<Place<'a>> {
        self.lines(&span.path).map(|lines| lines.place(span.start))
    }

    fn lines(&self, path: &Arc<str>) -> Option<Rc<Lines<'a>>> {
        let read = || (self.text)(path).map(|text| Rc::new(Lines::new(text)));
        self.lines.borrow_mut().entry(path.clone()).or_insert_with(read).clone()
    }

    fn address(&self, span: &Span) -> String {
        let (line, column) = self.find(span).map_or((1, 1), |p| (p.line, p.column));
        format!("{}:{line}:{column}", plain(&(self.place)(&span.path)))
    }

    fn paint(&self, code: &str, text: &str) -> String {
        if self.colour { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }

    fn human(&self, d: &Diagnostic) -> String {
        let hue = if d.severity == Severity::Error { "1;31" } else { "1;33" };
        let mut out = String::new();
        let _ = writeln!(
            out,
            "{} {} {}",
            self.paint("1", &self.address(&d.span)),
            self.paint(hue, d.code.name()),
            plain(&d.message)
        );
        self.frame(&mut out, &d.span, hue);
        for (span, why) in &d.related {
            let _ = writeln!(out, "  {} {}: {}", self.paint("1;34", "::"), self.address(span), plain(why));
        }
        if let Some(help) = &d.help {
            let _ = writeln!(out, "  {} {}", self.paint("1;34", "="), plain(help));
        }
        out
    }

    /// The line and a caret below it. A long line is cut around the place.
    fn frame(&self, out: &mut String, span: &Span, hue: &str) {
        let Some(place) = self.find(span).filter(|p| !p.text.trim().is_empty()) else { return };
        let cut = if place.length <= WIDTH { place.column - 1 } else { WIDTH / 2 };
        let (left, right) = place.text.split_at(place.at);
        let (from, kept) =
            left.char_indices().rev().take(cut).zip(1..).last().map_or((place.at, 0), |((at, _), kept)| (at, kept));
        let first = place.column - 1 - kept;
        let shown: String = left[from..].chars().chain(right.chars()).take(WIDTH).collect();
        let gutter = place.line.to_string();
        let (before, after) = (if first > 0 { "…" } else { "" }, if first + WIDTH < place.length { "…" } else { "" });
        let _ = writeln!(out, "{} {before}{}{after}", self.paint("1;34", &format!("{gutter} |")), plain(&shown));
        let room = (place.length + 1)
            .saturating_sub(place.column)
            .min(first + WIDTH + 1 - place.column.min(first + WIDTH))
            .max(1);
        let wide = width(span, &place).clamp(1, room);
        let indent = " ".repeat(place.column - 1 - first + before.chars().count());
        let caret = self.paint(hue, &"^".repeat(wide));
        let _ = writeln!(out, "{} {indent}{caret}", self.paint("1;34", &format!("{} |", " ".repeat(gutter.len()))));
    }

    fn json(&self, sorted: &[&Diagnostic]) -> String {
        let list: Vec<Value> = sorted.iter().map(|d| self.entry(d)).collect();
        let errors = sorted.iter().filter(|d| d.severity == Severity::Error).count();
        let all = json!({ "errors": errors, "warnings": sorted.len() - errors, "diagnostics": list });
        format!("{all:#}\n")
    }

    fn entry(&self, d: &Diagnostic) -> Value {
        let mut entry = self.position(&d.span);
        entry.insert("code".into(), d.code.name().into());
        entry.insert("severity".into(), if d.severity == Severity::Error { "error" } else { "warning" }.into());
        entry.insert("message".into(), d.message.clone().into());
        entry.insert("help".into(), d.help.clone().into());
        let related: Vec<Value> = d
            .related
            .iter()
            .map(|(span, why)| {
                let mut place = self.position(span);
                place.insert("message".into(), why.clone().into());
                place.into_iter().collect()
            })
            .collect();
        entry.insert("related".into(), related.into());
        entry.into_iter().collect()
    }

    fn position(&self, span: &Span) -> BTreeMap<String, Value> {
        let start = self.find(span);
        let end = self.lines(&span.path).map(|lines| lines.place(span.end.max(span.start)));
        let number = |place: &Option<Place<'_>>, of: fn(&Place<'_>) -> usize| place.as_ref().map_or(1, of);
        BTreeMap::from([
            ("file".to_owned(), (self.place)(&span.path).into()),
            ("line".to_owned(), number(&start, |p| p.line).into()),
            ("column".to_owned(), number(&start, |p| p.column).into()),
            ("end_line".to_owned(), number(&end, |p| p.line).into()),
            ("end_column".to_owned(), number(&end, |p| p.column).into()),
        ])
    }

    fn github(&self, d: &Diagnostic) -> String {
        let level = if d.severity == Severity::Error { "error" } else { "warning" };
        let (line, column) = self.find(&d.span).map_or((1, 1), |p| (p.line, p.column));
        let data = |text: &str| text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
        let property = |text: &str| data(text).replace(':', "%3A").replace(',', "%2C");
        let help = d.help.as_deref().map(|help| format!("\n{help}")).unwrap_or_default();
        let (file, title) = (property(&(self.place)(&d.span.path)), d.code.name());
        format!(
            "::{level} file={file},line={line},col={column},title={title}::{}\n",
            data(&format!("{}{help}", d.message))
        )
    }
}

/// How many characters of its first line a span covers, as far as they are shown.
fn width(span: &Span, place: &Place<'_>) -> usize {
    let end = span.end.saturating_sub(place.start).min(place.text.len());
    place.text.get(place.at..end).map_or(1, |marked| marked.chars().take(WIDTH).count())
}

/// Text without what could steer a terminal: control characters become their escaped form, a tab one space.
fn plain(text: &str) -> String {
    let hostile = |c: char| c.is_control() || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    text.chars()
        .map(|c| {
            if c == '\t' {
                " ".to_owned()
            } else if hostile(c) {
                c.escape_unicode().to_string()
            } else {
                c.to_string()
            }
        })
        .collect()
}
