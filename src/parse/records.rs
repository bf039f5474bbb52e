//! Turns a data file into the records of its registry.

use std::sync::Arc;

use serde_json::Value;

use super::{Article, Rules, article, front_matter};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Span};
use crate::hash::Digest;
use crate::schema::Registry;
use crate::text::is_id;
use crate::yaml::Document;

/// Reads all records; those without a sound id are reported and left out.
pub(super) fn read(
    registry: &Registry,
    path: &Arc<str>,
    text: &Arc<str>,
    digest: Digest,
    rules: Rules<'_>,
    diagnostics: &mut Diagnostics,
) -> Vec<Article> {
    front_matter::cut_short(path, text, 0..text.len(), diagnostics);
    let (value, document) = match Document::read(text, 0..text.len()) {
        Ok(read) => read,
        Err(fault) => {
            let diagnostic = Diagnostic::new(Code::E105, Span::new(path, fault.range), fault.message);
            diagnostics.push(Diagnostic { help: fault.help, ..diagnostic });
            return Vec::new();
        }
    };
    let records = match value {
        Value::Null => return Vec::new(),
        Value::Array(records) => records,
        _ => {
            let help = "write each record as `- id: name` with its fields below";
            diagnostics
                .push(Diagnostic::new(Code::E102, Span::file(path), "a data file is a list of records").help(help));
            return Vec::new();
        }
    };
    let mut articles = Vec::with_capacity(records.len());
    for (at, record) in records.into_iter().enumerate() {
        let base = format!("/{at}");
        articles.extend(one(
            registry,
            base,
            record,
            article::blank(path, document.clone(), digest),
            rules,
            diagnostics,
        ));
    }
    articles
}

fn one(
    registry: &Registry,
    base: String,
    mut record: Value,
    blank: Article,
    rules: Rules<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<Article> {
    let (document, path) = (blank.document.clone(), blank.path.clone());
    let here = || {
        let range = document.value(&base);
        Span::new(&path, range.start..range.end.min(range.start + 1))
    };
    if !record.is_object() {
        diagnostics.push(
            Diagnostic::new(Code::E102, here(), "a record is a map of fields")
                .help("write `- id: name` and the fields below it"),
        );
        return None;
    }
    let kind = registry.kind.as_ref().and_then(|kind| rules.schema.kinds.get(kind));
    let checker = kind.map_or(&registry.checker, |kind| &kind.checker);
    checker.check(&mut record, &base, &document, &path, diagnostics);
    let fields = crate::schema::object(&record);
    match fields.get("id") {
        Some(Value::String(id)) if is_id(id) => {
            Some(article::record(registry, base, fields, blank, rules, diagnostics))
        }
        // The schema has said what is wrong with this id.
        Some(Value::String(_)) => None,
        _ => {
            diagnostics.push(
                Diagnostic::new(Code::E103, here(), "this record has no id")
                    .help("add `id:` – small letters, digits and hyphens"),
            );
            None
        }
    }
}
