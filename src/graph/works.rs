//! Turns source records that are one work into one record.
//!
//! Two records are one work when they share a DOI, a PMID or an address; records with different DOIs or PMIDs never are.

use std::collections::BTreeMap;
use std::sync::Arc;

use rustc_hash::FxHashMap;
use serde_json::Value;

use super::collect::Collected;
use super::report::{Entry, Place};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::parse::{Article, Id};
use crate::schema::{Schema, formats};
use crate::text::surface;

/// Merges the records of every registry that has an identity; gives the record each merged one became.
pub(super) fn merge(collected: &mut Collected, schema: &Schema, diagnostics: &mut Diagnostics) -> FxHashMap<Id, Id> {
    let mut merged = FxHashMap::default();
    for registry in schema.registries.values().filter(|registry| !registry.identity.is_empty()) {
        let records: Vec<Arc<Article>> =
            collected.articles.values().filter(|a| a.id.registry == registry.name).cloned().collect();
        for group in groups(&records, &registry.identity) {
            one_work(&group, collected, &mut merged, diagnostics);
        }
        same_title(&records, &merged, diagnostics);
    }
    merged
}

/// The value of one identity field in the form in which it is compared.
fn key(record: &Article, field: &str) -> Option<String> {
    let value = record.fields.get(field)?;
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let text = match field {
        "doi" => formats::doi(&text),
        "url" => formats::url(&text),
        _ => text.trim().to_lowercase(),
    };
    (!text.is_empty()).then(|| format!("{field}:{text}"))
}

/// Groups of two or more records that share a key, by union of keys in the order of ids.
fn groups(records: &[Arc<Article>], identity: &[String]) -> Vec<Vec<Arc<Article>>> {
    let mut group_of: FxHashMap<String, usize> = FxHashMap::default();
    let mut groups: Vec<Vec<Arc<Article>>> = Vec::new();
    // Of the members of a group those that are not alike: a work typed a thousand times is compared once each time.
    let mut unlike: Vec<Vec<Arc<Article>>> = Vec::new();
    let alike = |a: &Article, b: &Article| ["doi", "pmid"].iter().all(|f| key(a, f) == key(b, f)) && a.title == b.title;
    for record in records {
        let keys: Vec<String> = identity.iter().filter_map(|field| key(record, field)).collect();
        let known = keys
            .iter()
            .filter_map(|key| group_of.get(key).copied())
            .find(|group| unlike[*group].iter().all(|other| !differ(record, other)));
        let group = known.unwrap_or(groups.len());
        if group == groups.len() {
            groups.push(Vec::new());
            unlike.push(Vec::new());
        }
        if !unlike[group].iter().any(|other| alike(record, other)) {
            unlike[group].push(record.clone());
        }
        groups[group].push(record.clone());
        for key in keys {
            group_of.entry(key).or_insert(group);
        }
    }
    groups.retain(|group| group.len() > 1);
    groups
}

/// Whether two records carry different numbers of one kind, or one address with different titles.
fn differ(a: &Article, b: &Article) -> bool {
    let other_number =
        ["doi", "pmid"].iter().any(|field| matches!((key(a, field), key(b, field)), (Some(x), Some(y)) if x != y));
    let same_number =
        ["doi", "pmid"].iter().any(|field| matches!((key(a, field), key(b, field)), (Some(x), Some(y)) if x == y));
    other_number || !same_number && surface(&a.title) != surface(&b.title)
}

fn one_work(
    group: &[Arc<Article>],
    collected: &mut Collected,
    merged: &mut FxHashMap<Id, Id>,
    diagnostics: &mut Diagnostics,
) {
    let fullest = group.iter().max_by(|a, b| a.fields.len().cmp(&b.fields.len()).then_with(|| b.id.cmp(&a.id)));
    let Some(keep) = fullest.cloned() else { return };
    let place = |record: &Article| Place { span: record.value(""), id: record.id.to_string() };
    let mut conflicts: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for other in group.iter().filter(|other| other.id != keep.id) {
        for field in ["title", "year"] {
            if let (Some(a), Some(b)) = (said(&keep, field), said(other, field))
                && surface(&a) != surface(&b)
            {
                conflicts.entry(field).or_default().push(format!("{field} \"{a}\" and \"{b}\""));
                let message = format!("two records of one work disagree: {field} \"{b}\" here, \"{a}\" there");
                let help = "look at the work itself and mend one of the records; the fuller one is shown";
                diagnostics.push(
                    Diagnostic::new(Code::W403, other.value(&format!("/{field}")), message)
                        .help(help)
                        .see(keep.value(&format!("/{field}")), "the other record"),
                );
            }
        }
        merged.insert(other.id.clone(), keep.id.clone());
        collected.articles.remove(&other.id);
    }
    let others = group.iter().filter(|other| other.id != keep.id).map(|other| place(other)).collect();
    let note = conflicts.into_values().flatten().collect::<Vec<_>>().join("; ");
    let action = if note.is_empty() { "merge" } else { "note" };
    collected.report.push(Entry {
        kind: "source",
        action,
        canonical: place(&keep),
        others,
        note: (!note.is_empty()).then_some(note),
    });
}

fn said(record: &Article, field: &str) -> Option<String> {
    record.fields.get(field).map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned))
}

/// Same title and year without a shared number or address: shown, never merged.
fn same_title(records: &[Arc<Article>], merged: &FxHashMap<Id, Id>, diagnostics: &mut Diagnostics) {
    let mut seen: FxHashMap<(String, String), &Arc<Article>> = FxHashMap::default();
    for record in records.iter().filter(|record| !merged.contains_key(&record.id)) {
        // Without a year a title is a weak sign ("Introduction"): the publisher must be the same too.
        let said = ["year", "publisher"].iter().find_map(|field| record.fields.get(*field)).map(Value::to_string);
        let key = (surface(&record.title), said.unwrap_or_default().trim_matches('"').to_owned());
        match seen.get(&key) {
            Some(first) if !numbers_differ(first, record) => {
                let message = format!("two records with the title \"{}\"", record.title);
                let help = "if they are one work, give both its DOI, PMID or address, or delete one";
                diagnostics.push(
                    Diagnostic::new(Code::W403, record.value("/title"), message)
                        .help(help)
                        .see(first.value("/title"), "the other record"),
                );
            }
            Some(_) => {}
            None => _ = seen.insert(key, record),
        }
    }
}

fn numbers_differ(a: &Article, b: &Article) -> bool {
    ["doi", "pmid"].iter().any(|field| matches!((key(a, field), key(b, field)), (Some(x), Some(y)) if x != y))
}
