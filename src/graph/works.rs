//! Turns source records that are one work into one record.
//!
//! Two records are one work when they share a DOI, a PMID or an address; records with different DOIs or PMIDs never are.

use std::collections::BTreeMap;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::collect::Collected;
use super::report::{Entry, Place};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::parse::{Article, Id};
use crate::schema::{Schema, formats};

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
    let text = said(record, field)
        .or_else(|| said(record, "url").filter(|url| field == "doi" && url.contains("doi.org/10.")))?;
    let text = match field {
        "doi" => formats::doi(&text),
        "url" => formats::url(&text),
        _ => text.trim().to_lowercase(),
    };
    (!text.is_empty()).then(|| format!("{field}:{text}"))
}

/// All that a record without a number or address says: two that say the same are one.
fn whole(record: &Article) -> Option<String> {
    let part = |field: &str| said(record, field).map(|text| title_key(&text));
    let (year, publisher, authors) = (part("year")?, part("publisher"), part("authors"));
    let by = publisher.as_ref().or(authors.as_ref())?.clone();
    let rest: Vec<String> = ["volume", "issue", "edition", "pages"].iter().filter_map(|field| part(field)).collect();
    Some(format!("whole:{}|{year}|{by}|{authors:?}|{rest:?}", title_key(&record.title)))
}

/// Groups of two or more records that share a key, by union of keys in the order of ids.
fn groups(records: &[Arc<Article>], identity: &[String]) -> Vec<Vec<Arc<Article>>> {
    let mut group_of: FxHashMap<String, usize> = FxHashMap::default();
    let mut groups: Vec<Vec<Arc<Article>>> = Vec::new();
    // Of the members of a group those that are not alike: a work typed a thousand times is compared once each time.
    let mut unlike: Vec<Vec<Arc<Article>>> = Vec::new();
    let alike = |a: &Article, b: &Article| ["doi", "pmid"].iter().all(|f| key(a, f) == key(b, f)) && a.title == b.title;
    for record in records {
        let mut keys: Vec<String> = identity.iter().filter_map(|field| key(record, field)).collect();
        if keys.is_empty() {
            keys.extend(whole(record));
        }
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
    other_number || !same_number && title_key(&a.title) != title_key(&b.title)
}

fn one_work(
    group: &[Arc<Article>],
    collected: &mut Collected,
    merged: &mut FxHashMap<Id, Id>,
    diagnostics: &mut Diagnostics,
) {
    let fullest = group.iter().max_by(|a, b| a.fields.len().cmp(&b.fields.len()).then_with(|| b.id.cmp(&a.id)));
    let Some(keep) = fullest.cloned() else { return };
    let place = |record: &Article| Place::new(record.value(""), record);
    let mut conflicts: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for other in group.iter().filter(|other| other.id != keep.id) {
        for field in ["title", "year"] {
            if let (Some(a), Some(b)) = (said(&keep, field), said(other, field))
                && title_key(&a) != title_key(&b)
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
    let entry = Entry::same("source", action, place(&keep), others);
    let note = (!note.is_empty()).then_some(note);
    collected.report.push(Entry { note, why: "the record with the most fields", ..entry });
}

fn said(record: &Article, field: &str) -> Option<String> {
    record.fields.get(field).map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned))
}

/// With so many records of one address or title another one is compared.
const ENOUGH: usize = 8;

/// Same title and year without a shared number or address: shown, never merged.
fn same_title(records: &[Arc<Article>], merged: &FxHashMap<Id, Id>, diagnostics: &mut Diagnostics) {
    let mut seen: FxHashMap<String, Vec<&Arc<Article>>> = FxHashMap::default();
    for record in records.iter().filter(|record| !merged.contains_key(&record.id)) {
        // One address with two titles that differ by a slip of the hand is one work too.
        let address = key(record, "url").map(|url| seen.entry(url).or_default());
        let slip = address.and_then(|known| {
            let first = known.iter().find(|first| slip(&first.title, &record.title)).copied();
            if known.len() < ENOUGH {
                known.push(record);
            }
            first
        });
        let known = seen.entry(short_title(&record.title)).or_default();
        let first = known.iter().find(|first| may_be_one(first, record)).copied();
        if let Some(first) = first.or(slip.filter(|first| !numbers_differ(first, record))) {
            let message = format!("two records with the title \"{}\"", record.title);
            let help = "if they are one work, give both its DOI, PMID or address, or delete one";
            diagnostics.push(
                Diagnostic::new(Code::W403, record.value("/title"), message)
                    .help(help)
                    .see(first.value("/title"), "the other record"),
            );
        } else if known.len() < ENOUGH {
            known.push(record);
        }
    }
}

/// Whether two titles that are not the same differ by no more than one slip of the hand a word.
fn slip(a: &str, b: &str) -> bool {
    let (a, b) = (short_title(a), short_title(b));
    let (a, b): (Vec<&str>, Vec<&str>) = (a.split(' ').collect(), b.split(' ').collect());
    a != b && a.len() == b.len() && a.iter().zip(&b).all(|(x, y)| x == y || crate::similar::one_slip(x, y))
}

/// Whether two records of one title may be one work: one year, one publisher or author, and no sign of two works.
fn may_be_one(a: &Article, b: &Article) -> bool {
    let both = |field: &str| said(a, field).zip(said(b, field)).map(|(x, y)| (title_key(&x), title_key(&y)));
    let same = |field: &str| both(field).is_some_and(|(x, y)| x == y);
    let other_year = both("year").is_some_and(|(x, y)| x != y);
    if numbers_differ(a, b) || other_year {
        return false;
    }
    // Two numbers behind one path are two records; two paths may be copies of one work.
    let path = |record: &Article| key(record, "url").map(|url| url.split('?').next().unwrap_or("").to_owned());
    // Two numbers in one form of address are two pages: versions, guidelines, volumes.
    let form = |record: &Article| path(record).map(|path| path.replace(|c: char| c.is_ascii_digit() || c == '.', ""));
    let two_pages = form(a).is_some() && form(a) == form(b);
    let publisher = both("publisher").is_some_and(|(x, y)| {
        x == y
            || format!(" {x} ").contains(&format!(" {y} "))
            || format!(" {y} ").contains(&format!(" {x} "))
            || initials(&x) == y
            || initials(&y) == x
    });
    // Without a year a title is a weak sign ("Introduction"): the publisher must be the same too.
    !two_pages
        && (publisher || same("authors") || same("year") && both("publisher").is_none() && both("authors").is_none())
}

/// A title in the form in which it is compared: letters, digits and signs of names, `&` as "and".
fn title_key(title: &str) -> String {
    let words = crate::similar::words(&title.replace(['\u{2013}', '\u{2014}', ':', '/', '(', ')', '[', ']', ','], " "));
    words.replace([',', '"'], "").split(' ').filter(|word| *word != "-").collect::<Vec<_>>().join(" ")
}

/// A title without what publishers shorten or add: "Vol." is a volume, an abbreviation in brackets is none of its words.
fn short_title(title: &str) -> String {
    let bracket = title.find('(').zip(title.find(')')).filter(|(open, close)| open < close);
    let bare = match bracket {
        Some((open, close)) if title[open + 1..close].chars().all(|c| c.is_uppercase() || c.is_ascii_digit()) => {
            format!("{} {}", &title[..open], &title[close + 1..])
        }
        _ => title.to_owned(),
    };
    let key = title_key(&bare);
    let long = |word: &str| {
        SHORTENED
            .iter()
            .find(|(short, _)| *short == word)
            .map_or_else(|| word.to_owned(), |(_, long)| (*long).to_owned())
    };
    key.split_whitespace().filter(|word| !ARTICLES.contains(word)).map(long).collect::<Vec<_>>().join(" ")
}

/// What bibliographies leave out.
const ARTICLES: &[&str] = &["the", "a", "an"];
/// What bibliographies shorten.
const SHORTENED: &[(&str, &str)] = &[
    ("vol", "volume"),
    ("ed", "edition"),
    ("edn", "edition"),
    ("no", "number"),
    ("pt", "part"),
    ("suppl", "supplement"),
];

fn initials(name: &str) -> String {
    name.split(' ').filter(|word| word.len() > 3).filter_map(|word| word.chars().next()).collect()
}

fn numbers_differ(a: &Article, b: &Article) -> bool {
    ["doi", "pmid"].iter().any(|field| matches!((key(a, field), key(b, field)), (Some(x), Some(y)) if x != y))
}
