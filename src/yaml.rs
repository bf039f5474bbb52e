//! Turns YAML into a JSON value, and, when something is wrong with the value, its places in the text.

use std::fmt;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use serde_yaml::Spanned;

/// A fault in YAML: where in the text given, what, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    pub range: Range<usize>,
    pub message: String,
    pub help: Option<String>,
}

/// A parsed YAML text inside a file. Places are looked up on demand: only an error needs them.
#[derive(Clone, Debug)]
pub(crate) struct Document {
    file: Arc<str>,
    range: Range<usize>,
    nodes: Arc<OnceLock<Option<Spanned<Node>>>>,
}

impl Document {
    /// Reads the YAML that stands in `range` of `file`.
    ///
    /// # Errors
    /// What is wrong with it, with a range inside `file`. Aliases are refused, depth and size are bounded.
    pub fn read(file: &Arc<str>, range: Range<usize>) -> Result<(Value, Self), Fault> {
        let text = &file[range.clone()];
        let document = Self { file: file.clone(), range: range.clone(), nodes: Arc::default() };
        if text.trim().is_empty() {
            return Ok((Value::Null, document));
        }
        match serde_yaml::from_str_with_options::<Value>(text, options()) {
            Ok(value) => Ok((value, document)),
            Err(error) => Err(fault(&error, text, range.start)),
        }
    }

    /// The text of the file that it stands in.
    pub fn file(&self) -> &Arc<str> {
        &self.file
    }

    /// Its own part of the file.
    pub fn text(&self) -> &str {
        self.file.get(self.range.clone()).unwrap_or("")
    }

    /// Where it stands in the file.
    pub fn range(&self) -> Range<usize> {
        self.range.clone()
    }

    /// The range in the file of the value at a JSON pointer; the whole text when there is none.
    pub fn value(&self, pointer: &str) -> Range<usize> {
        self.find(pointer).map_or(self.first_line(), |(_, value)| self.shift(value))
    }

    /// The range in the file of the key that leads to a JSON pointer; the value's own in a list.
    pub fn key(&self, pointer: &str) -> Range<usize> {
        self.find(pointer).map_or(self.first_line(), |(key, value)| self.shift(key.unwrap_or(value)))
    }

    /// The text of the scalar at a JSON pointer as it was typed, without quotes.
    pub fn raw(&self, pointer: &str) -> &str {
        self.file.get(self.value(pointer)).unwrap_or("").trim().trim_matches(['"', '\''])
    }

    /// Where in a value a text stands: the place of `needle` at or after the start of the value, else the value.
    pub fn inside(&self, pointer: &str, needle: &str) -> Range<usize> {
        let value = self.value(pointer);
        let end = value.end.max(value.start);
        match self.file.get(value.start..end).and_then(|text| text.find(needle)).filter(|_| !needle.is_empty()) {
            Some(at) => value.start + at..value.start + at + needle.len(),
            None => value,
        }
    }

    /// The first place in the whole file where words stand, whatever their case; the first line when nowhere.
    pub fn first_mention(&self, words: &str) -> Range<usize> {
        let at = self.file.find(words).or_else(|| self.file.to_ascii_lowercase().find(&words.to_ascii_lowercase()));
        at.filter(|_| !words.is_empty()).map_or(self.first_line(), |at| at..at + words.len())
    }

    fn first_line(&self) -> Range<usize> {
        let text = &self.file[self.range.clone()];
        self.range.start..self.range.start + text.find('\n').unwrap_or(text.len())
    }

    fn shift(&self, place: Range<usize>) -> Range<usize> {
        let end = self.file.len();
        (place.start + self.range.start).min(end)..(place.end + self.range.start).min(end)
    }

    /// The places of the key and of the value, in the YAML text.
    fn find(&self, pointer: &str) -> Option<(Option<Range<usize>>, Range<usize>)> {
        let text = &self.file[self.range.clone()];
        let root = self.nodes.get_or_init(|| serde_yaml::from_str_with_options(text, options()).ok()).as_ref()?;
        let (mut key, mut node) = (None, root);
        for step in pointer.split('/').skip(1) {
            let step = step.replace("~1", "/").replace("~0", "~");
            (key, node) = match &node.value {
                Node::Map(entries) => {
                    entries.iter().find(|(k, _)| k.value == step).map(|(k, v)| (Some(bytes(k, text)), v))?
                }
                Node::List(items) => (None, items.get(step.parse::<usize>().ok()?)?),
                Node::Scalar => return None,
            };
        }
        Some((key, trimmed(extent(node, text), text)))
    }
}

/// The range of a node with all it holds: the parser gives only the opening bracket of a list or map in brackets.
fn extent(node: &Spanned<Node>, text: &str) -> Range<usize> {
    let own = bytes(node, text);
    let inner = match &node.value {
        Node::Scalar => None,
        Node::List(items) => items.last(),
        Node::Map(entries) => entries.last().map(|(_, value)| value),
    };
    let end = inner.map_or(own.end, |last| extent(last, text).end);
    let open = text.get(own.clone()).unwrap_or("");
    let closing = |bracket: char| {
        text.get(end..)
            .and_then(|rest| rest.trim_start().strip_prefix(bracket))
            .map_or(end, |rest| text.len() - rest.len())
    };
    own.start..match open {
        "[" => closing(']'),
        "{" => closing('}'),
        _ => own.end.max(end),
    }
}

/// A block value's range runs to the start of what follows; a caret wants its text only.
fn trimmed(range: Range<usize>, text: &str) -> Range<usize> {
    let length = text.get(range.clone()).map_or(0, |value| value.trim_end().len());
    range.start..range.start + length
}

fn bytes<T>(spanned: &Spanned<T>, text: &str) -> Range<usize> {
    let span = spanned.referenced.span();
    let start = usize::try_from(span.byte_offset().unwrap_or(0)).unwrap_or(0).min(text.len());
    let length = usize::try_from(span.byte_len().unwrap_or(0)).unwrap_or(0);
    start..start.saturating_add(length).min(text.len())
}

/// Limits that no honest front matter or data file meets.
fn options() -> serde_yaml::Options {
    serde_yaml::options! {
        budget: serde_yaml::budget! { max_anchors: 0, max_aliases: 0, max_documents: 1, max_depth: 32, max_nodes: 1_000_000, max_events: 4_000_000, max_merge_keys: 0 },
        strict_booleans: true,
        with_snippet: false,
    }
}

fn fault(error: &serde_yaml::Error, text: &str, shift: usize) -> Fault {
    let line = error.location().map_or(1, |at| usize::try_from(at.line()).unwrap_or(1));
    let column = error.location().map_or(1, |at| usize::try_from(at.column()).unwrap_or(1));
    let start: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    let shown = text[start..].lines().next().unwrap_or("");
    let inner = shown.char_indices().nth(column.saturating_sub(1)).map_or(0, |(at, _)| at);
    let at = shift + (start + inner).min(text.len());
    let (message, help) = explain(&error.without_snippet().to_string(), shown);
    Fault { range: at..at + 1, message, help }
}

/// The parser's words, and what an editor should do about the usual slips.
fn explain(message: &str, line: &str) -> (String, Option<String>) {
    // The place in the message counts from the front matter, not from the file; the diagnostic has its own.
    let message = message.lines().next().unwrap_or("").trim_start_matches("error: ");
    let message = message.rsplit_once(" at line ").map_or(message, |(message, _)| message);
    let value = line.split_once(": ").map_or("", |(_, value)| value.trim());
    let quoted = value.starts_with(['"', '\'', '[', '{', '|', '>']);
    let open_quote = message.contains("quoted scalar") || message.contains("unclosed quote");
    let help = if line.trim_start_matches(' ').starts_with('\t') {
        Some("indent with spaces: YAML does not allow tabs")
    } else if message.contains("alias") || message.contains("anchor") || message.contains("merge") {
        Some("write the value out: anchors (&name), aliases (*name) and merge keys (<<) are not allowed")
    } else if message.contains("duplicate") {
        Some("keep one of the two: of a key given twice only one value would be used")
    } else if open_quote {
        Some("check that the quotes are closed, and that a quote inside the text is doubled or escaped")
    } else if !quoted && (value.contains(": ") || value.contains(" #") || value.ends_with(':')) {
        Some("put the value in quotes: it contains \": \" or \" #\"")
    } else if value.starts_with(['"', '\'']) {
        Some("check that the quotes are closed, and that a quote inside the text is doubled or escaped")
    } else {
        None
    };
    let message = match message.strip_prefix("duplicate mapping key: ") {
        Some(key) => format!("the key \"{}\" is given twice", key.split(',').next().unwrap_or(key)),
        None if open_quote => "a text in quotes that is not closed".to_owned(),
        None if message.starts_with("budget breached: A") => "an anchor or alias".to_owned(),
        None if message.starts_with("budget breached") => "nested too deeply, or too long".to_owned(),
        None if message.starts_with("mapping values are not allowed") => {
            "a second colon in an unquoted value".to_owned()
        }
        None => message.to_owned(),
    };
    (message, help.map(str::to_owned))
}

/// The shape of a document with the place of every part.
#[derive(Clone, Debug)]
enum Node {
    Scalar,
    List(Vec<Spanned<Node>>),
    Map(Vec<(Spanned<String>, Spanned<Node>)>),
}

struct NodeVisitor;

macro_rules! scalars {
    ($($method:ident: $type:ty,)*) => { $(fn $method<E>(self, _: $type) -> Result<Node, E> { Ok(Node::Scalar) })* };
}

impl<'de> Visitor<'de> for NodeVisitor {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    scalars! { visit_bool: bool, visit_i64: i64, visit_u64: u64, visit_i128: i128, visit_u128: u128, visit_f64: f64, visit_str: &str, }

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::Scalar)
    }

    fn visit_none<E>(self) -> Result<Node, E> {
        Ok(Node::Scalar)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Node, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Node, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Node::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Node, A::Error> {
        let mut list = Vec::new();
        while let Some(entry) = entries.next_entry()? {
            list.push(entry);
        }
        Ok(Node::Map(list))
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NodeVisitor)
    }
}

/// Where a text without quotes is cut by what YAML takes for a comment, though no space stands behind its sign: `title: Part #2`.
pub(crate) fn cut_short(text: &str, range: Range<usize>) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let all = text.get(range.clone()).unwrap_or("");
    if !all.contains(" #") {
        return found;
    }
    let (mut at, mut block) = (range.start, None);
    for line in all.split_inclusive('\n') {
        let indent = line.len() - line.trim_start_matches([' ', '-']).len();
        // The lines of a block of text are taken as they stand.
        if block.is_some_and(|outer| indent > outer || line.trim().is_empty()) {
            at += line.len();
            continue;
        }
        let entry = || line.trim_start().strip_prefix("- ");
        let value = line.split_once(": ").map(|(_, value)| value).or_else(entry).map_or("", str::trim);
        block = value.starts_with(['|', '>']).then_some(indent);
        let quoted = value.is_empty() || value.starts_with(['"', '\'', '[', '{', '|', '>', '#']);
        let sign = value.find(" #").filter(|at| !quoted && value[at + 2..].starts_with(char::is_alphanumeric));
        if let Some(sign) = sign.and_then(|_| line.find(" #")) {
            found.push(at + sign + 1..at + line.trim_end().len());
        }
        at += line.len();
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_places_of_keys_and_values() {
        let file: Arc<str> = "---\ntitle: A\nareas:\n  - neck\n  - claf\nreview: {written: 2026-01-01}\n---\n".into();
        let (value, document) = Document::read(&file, 4..file.len() - 4).unwrap();
        assert_eq!(value["areas"][1], "claf");
        assert_eq!(&file[document.value("/areas/1")], "claf");
        assert_eq!(&file[document.key("/review/written")], "written");
        assert_eq!(&file[document.value("/review/written")], "2026-01-01");
    }

    #[test]
    fn refuses_aliases_and_duplicates_with_a_line() {
        for (text, line) in
            [("a: &x 1\nb: *x\n", 1), ("a: 1\na: 2\n", 2), ("a:\n\tb: 1\n", 2), ("a: \"never\nb: 1\n", 1)]
        {
            let file: Arc<str> = text.into();
            let fault = Document::read(&file, 0..file.len()).unwrap_err();
            let found = text[..fault.range.start.min(text.len())].matches('\n').count() + 1;
            assert!(found.abs_diff(line) <= 1, "{text:?}: line {found}, {}", fault.message);
        }
    }
}
