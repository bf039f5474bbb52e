//! Turns long lists into pages of bounded length, with letters or groups that lead to the right one.

use std::borrow::Cow;

use rayon::prelude::*;

use super::{Fields, Maker, Page, Subject, Value, lists, map};
use crate::graph::{PART, faqs_of, part_url};
use crate::parse::Article;
use crate::schema::Pages;
use crate::text::{initial, slug};

/// An entry of the list from A to Z.
pub(crate) struct Entry {
    letter: String,
    key: String,
    item: Value,
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
    let item = map! { title: Value::text(title), url: Value::text(url), kind_title: kind_title };
    Entry { letter: initial(title), key: format!("{}\n{url}", title.to_lowercase()), item }
}

/// One page of the list from A to Z.
pub(super) fn a_to_z(maker: &Maker<'_>, part: usize) -> Page {
    let words = maker.words();
    let all = maker.a_to_z;
    let anchor = |letter: &str| format!("letter-{}", slug(letter));
    let groups = shown(all, part).chunk_by(|a, b| a.letter == b.letter).map(|entries| {
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
    let listing = maker.listings.get(name).map_or(&[][..], Vec::as_slice);
    let place = Place { base, part, count: listing.len() };
    if name == "sources" {
        let works = lists::works(maker, shown(listing, part));
        let own = vec![("sources".into(), works), ("index".into(), index_of(maker, name, part))];
        return numbered(maker, "sources", &place, (title, None), own);
    }
    let own = vec![("list".into(), groups(maker, name, part)), ("index".into(), index_of(maker, name, part))];
    numbered(maker, "list", &place, (title, None), own)
}

/// The groups of a long list on one of its pages.
pub(super) fn groups(maker: &Maker<'_>, name: &str, part: usize) -> Value {
    let listing = maker.listings.get(name).map_or(&[][..], Vec::as_slice);
    let base = maker.sections.get(name).and_then(|section| section.url.as_deref()).unwrap_or("");
    let url = part_url(base, part);
    let full = maker.graph.schema.registries.get(name).is_some_and(|registry| registry.pages == Pages::List);
    Value::list(shown(listing, part).chunk_by(|a, b| a.0 == b.0).map(|entries| {
        let title = entries[0].0.as_deref();
        let id = title.map(group_anchor);
        let items = entries.iter().map(|(_, id)| match maker.graph.get(id).filter(|_| full) {
            Some(record) => lists::entry_in_full(maker, record, &url),
            None => maker.card(id),
        });
        map! { title: Value::option(title), id: Value::option(id.as_deref()), items: Value::list(items) }
    }))
}

/// The entries of a list that stand on one of its pages.
fn shown<T>(all: &[T], part: usize) -> &[T] {
    &all[(part * PART).min(all.len())..((part + 1) * PART).min(all.len())]
}

/// The anchor of a group of a list.
pub(super) fn group_anchor(title: &str) -> String {
    format!("group-{}", slug(title))
}

/// The groups of a list, each with the page on which it begins, as seen from one of its pages. A list on one page has
/// such an index where its groups are letters.
pub(super) fn index_of(maker: &Maker<'_>, name: &str, part: usize) -> Value {
    let long = maker.listings.get(name);
    let listing = long.cloned().unwrap_or_else(|| lists::listing_of(maker, name));
    let base = maker.sections.get(name).and_then(|section| section.url.as_deref()).unwrap_or("");
    let mut at = 0;
    let mut groups = Vec::new();
    for entries in listing.chunk_by(|a, b| a.0 == b.0) {
        let on = at / PART;
        at += entries.len();
        let Some(title) = entries[0].0.as_deref().filter(|title| long.is_some() || title.chars().count() <= 3) else {
            return Value::None;
        };
        // Sources stand in one list without headings: a letter leads to the first of them.
        let id = if name == "sources" { entries[0].1.slug.to_string() } else { group_anchor(title) };
        let url = if on == part { Value::None } else { Value::text(&part_url(base, on)) };
        groups.push(map! { letter: Value::text(title), id: Value::text(&id), url: url });
    }
    if groups.len() < 2 { Value::None } else { Value::list(groups) }
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
    /// Whether a section is too long for one page.
    pub(super) fn is_long(&self, name: &str) -> bool {
        self.listings.contains_key(name)
    }
}
