//! Turns the head of an article into its front matter, and says where the body begins.

use std::ops::Range;
use std::sync::Arc;

use serde_json::{Map, Value};

use crate::diagnostic::{Code, Diagnostic, Diagnostics, Span};
use crate::yaml::{self, Document};

/// Longer front matter is no front matter.
const LIMIT: usize = 64 << 10;

/// Front matter and the place of the body.
pub(crate) struct Split {
    pub fields: Map<String, Value>,
    pub document: Document,
    pub body: usize,
}

/// Splits a file. `None` when the front matter cannot be read; why is in the diagnostics.
pub(crate) fn split(path: &Arc<str>, text: &Arc<str>, diagnostics: &mut Diagnostics) -> Option<Split> {
    let range = match find(text) {
        Ok(range) => range,
        Err(fault) => {
            diagnostics.push(fault(path));
            return None;
        }
    };
    let body = text[range.end..].find('\n').map_or(text.len(), |n| range.end + n + 1);
    let body = if range.is_empty() && !text.starts_with("---") { 0 } else { body };
    cut_short(path, text, range.clone(), diagnostics);
    match Document::read(text, range.clone()) {
        Ok((Value::Null, document)) => Some(Split { fields: Map::new(), document, body }),
        Ok((Value::Object(fields), document)) => Some(Split { fields, document, body }),
        Ok(_) => {
            let span = Span::new(path, range.start..range.start + 1);
            diagnostics.push(
                Diagnostic::new(Code::E105, span, "front matter is not a map of fields")
                    .help("write lines such as `title: Heel pain`"),
            );
            None
        }
        Err(fault) => {
            let diagnostic = Diagnostic::new(Code::E105, Span::new(path, fault.range), fault.message);
            diagnostics.push(Diagnostic { help: fault.help, ..diagnostic });
            None
        }
    }
}

/// Reports texts that end where YAML sees a comment.
pub(super) fn cut_short(path: &Arc<str>, text: &str, range: Range<usize>, diagnostics: &mut Diagnostics) {
    for place in yaml::cut_short(text, range) {
        let message = format!("YAML reads {} as a comment, so it is no part of the text", &text[place.clone()]);
        let help = "put the whole text in quotes, or a space behind the # of a comment";
        diagnostics.push(Diagnostic::new(Code::W106, Span::new(path, place), message).help(help));
    }
}

type Fault = Box<dyn Fn(&Arc<str>) -> Diagnostic>;

/// The range of the YAML between the two lines of three hyphens; empty at the start when there is none.
fn find(text: &str) -> Result<Range<usize>, Fault> {
    let first = text.lines().next().unwrap_or("");
    if first.trim_end() == "+++" {
        return Err(Box::new(|path| {
            Diagnostic::new(Code::E105, Span::new(path, 0..3), "front matter in TOML")
                .help("write it as YAML between two lines of three hyphens (---): `title: Heel pain`")
        }));
    }
    if first.trim_end() != "---" {
        return Ok(0..0);
    }
    let start = (first.len() + 1).min(text.len());
    let mut at = start;
    for line in text[start..].split_inclusive('\n') {
        if line.trim_end() == "---" {
            return if at - start > LIMIT { Err(Box::new(move |path| too_long(path, start))) } else { Ok(start..at) };
        }
        at += line.len();
    }
    Err(Box::new(|path| {
        let span = Span::new(path, 0..3);
        Diagnostic::new(Code::E105, span, "front matter is opened here and never closed")
            .help("put a line with three hyphens (---) behind its last field")
    }))
}

fn too_long(path: &Arc<str>, start: usize) -> Diagnostic {
    let message = format!("front matter is longer than {} KiB", LIMIT >> 10);
    Diagnostic::new(Code::E108, Span::new(path, start..start + 1), message).help("move long texts into the body")
}
