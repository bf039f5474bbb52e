//! Turns long lists into pages of bounded length, with letters or groups that lead to the right one.

use std::borrow::Cow;

use rayon::prelude::*;

use super::{Fields, Maker, Page, Subject, Value, lists, map};
use crate::graph::faqs_of;
use crate::parse::Article;
use crate::text::{slug, without_accent};

/// Entries on one page of a list.
pub(super) const PART: usize = 300;

/// An entry of the list from A to Z.
pub(crate) struct Entry {
    letter: String,
    key: String,
    item: Value,
}

/// The address of one part of a list; the first is the list itself.
pub(super) fn part_url(base: &str, part: usize) -> String {
    if part == 0 { base.to_owned() } else { format!("{base}page-{}/", part + 1) }
}

/// The further pages of lists that are too long for one.
pub(super) fn subjects(maker: &Maker<'_>) -> Vec<(String, Subject)> {
    let letters = further("a-z/", maker.a_to_z.len(), "a-z");
    let long = maker.sections.list.iter().filter(|(name, _)| maker.is_long(name));
    let lists =
        long.flat_map(|(name, section)| further(section.url.as_deref().unwrap_or(""), section.pages.len(), name));
    letters.into_iter().chain(lists).collect()
}

fn further(base: &str, count: usize, of: &str) -> Vec<(String, Subject)> {
    let part = |number| (super::route_of(&part_url(base, number)), Subject::Part(of.to_owned(), number));
    (1..count.div_ceil(PART)).map(part).collect()
}

/// Titles, terms and questions, in the order of their letters.
pub(super) fn entries(maker: &Maker<'_>) -> Vec<Entry> {
    let mut list: Vec<Entry> =
        maker.graph.articles.par_iter().flat_map_iter(|(_, article)| entries_of(maker, article)).collect();
    list.par_sort_unstable_by(|a, b| (&a.letter, &a.key).cmp(&(&b.letter, &b.key)));
    list
}

fn entries_of(maker: &Maker<'_>, article: &Article) -> Vec<Entry> {
    let Some(url) = article.url.as_deref().filter(|_| &*article.id.registry != "sources") else { return Vec::new() };
    let card = maker.card(&article.id);
    let mut list = vec![entry(&article.title, url, card.get("kind_title").cloned().unwrap_or(Value::None))];
    if !url.contains('#') {
        let questions = faqs_of(maker.graph, article).into_iter().filter(|faq| faq.record.is_none());
        let word = || Value::text(maker.words().get("question"));
        list.extend(questions.map(|faq| entry(faq.question, &format!("{url}#{}", faq.anchor), word())));
    }
    list
}

fn entry(title: &str, url: &str, kind_title: Value) -> Entry {
    let first = title.chars().find(|c| c.is_alphanumeric());
    let letter = match first {
        None => "#".to_owned(),
        Some(c) if c.is_numeric() => "0–9".to_owned(),
        // Readers look for "Épaule" under E.
        Some(c) => without_accent(c).to_uppercase().to_string(),
    };
    let item = map! { title: Value::text(title), url: Value::text(url), kind_title: kind_title };
    Entry { letter, key: format!("{}\n{url}", title.to_lowercase()), item }
}

/// One page of the list from A to Z.
pub(super) fn a_to_z(maker: &Maker<'_>, part: usize) -> Page {
    let words = maker.words();
    let all = maker.a_to_z;
    let anchor = |letter: &str| format!("letter-{}", slug(letter));
    let shown = &all[(part * PART).min(all.len())..((part + 1) * PART).min(all.len())];
    let groups = shown.chunk_by(|a, b| a.letter == b.letter).map(|entries| {
        let letter = &entries[0].letter;
        let items = entries.iter().map(|entry| entry.item.clone());
        map! { letter: Value::text(letter), id: Value::text(&anchor(letter)), items: Value::list(items) }
    });
    let mut at = 0;
    let index = all.chunk_by(|a, b| a.letter == b.letter).map(|entries| {
        let letter = &entries[0].letter;
        let (on, id) = (at / PART, anchor(letter));
        at += entries.len();
        let url = if on == part { Value::None } else { Value::text(&part_url("a-z/", on)) };
        map! { letter: Value::text(letter), id: Value::text(&id), url: url }
    });
    let own = vec![("letters".into(), Value::list(groups)), ("index".into(), Value::list(index))];
    let place = Place { base: "a-z/", part, count: all.len() };
    numbered(maker, "az", &place, (words.get("a_to_z"), Some(words.get("a_to_z_summary"))), own)
}

/// One page of a long list: its groups, as far as they stand on it.
pub(super) fn list(maker: &Maker<'_>, name: &str, part: usize) -> Page {
    let section = maker.sections.get(name);
    let (base, title) = section.map_or(("", name), |s| (s.url.as_deref().unwrap_or(""), s.title.as_str()));
    let own = vec![("list".into(), groups(maker, name, part))];
    let count = maker.listings.get(name).map_or(0, Vec::len);
    numbered(maker, "list", &Place { base, part, count }, (title, None), own)
}

/// The groups of a long list on one of its pages.
pub(super) fn groups(maker: &Maker<'_>, name: &str, part: usize) -> Value {
    let listing = maker.listings.get(name).map_or(&[][..], Vec::as_slice);
    let shown = &listing[(part * PART).min(listing.len())..((part + 1) * PART).min(listing.len())];
    Value::list(shown.chunk_by(|a, b| a.0 == b.0).map(|entries| {
        let title = entries[0].0.as_deref();
        let id = title.map(|title| format!("group-{}", slug(title)));
        let items = entries.iter().map(|(_, id)| maker.card(id));
        map! { title: Value::option(title), id: Value::option(id.as_deref()), items: Value::list(items) }
    }))
}

struct Place<'a> {
    base: &'a str,
    part: usize,
    count: usize,
}

fn numbered(
    maker: &Maker<'_>,
    kind: &'static str,
    place: &Place<'_>,
    (title, summary): (&str, Option<&str>),
    mut own: Fields,
) -> Page {
    let number = maker.words().fill("page_number", &[("n", &(place.part + 1).to_string())]);
    let title: Cow<'_, str> = if place.part == 0 { title.into() } else { format!("{title} – {number}").into() };
    own.push(("parts".into(), parts(place)));
    let url = part_url(place.base, place.part);
    lists::page(maker, &url, kind, &title, summary.filter(|_| place.part == 0), own)
}

/// The pages of one list; none where one is enough.
pub(super) fn parts_of(maker: &Maker<'_>, name: &str) -> Value {
    let base = maker.sections.get(name).and_then(|section| section.url.as_deref()).unwrap_or("");
    parts(&Place { base, part: 0, count: maker.listings.get(name).map_or(0, Vec::len) })
}

fn parts(place: &Place<'_>) -> Value {
    let many = place.count.div_ceil(PART);
    if many < 2 {
        return Value::None;
    }
    Value::list((0..many).map(|number| {
        map! {
            n: Value::count(number + 1),
            url: Value::text(&part_url(place.base, number)),
            current: Value::Bool(number == place.part),
        }
    }))
}

impl Maker<'_> {
    /// Whether a section is too long for one page. Lists whose entries have no pages of their own stay whole: their
    /// addresses name the page.
    pub(super) fn is_long(&self, name: &str) -> bool {
        self.listings.contains_key(name)
    }
}
