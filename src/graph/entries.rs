//! Turns the entries of a long list into parts of bounded length: the address of an entry names the part it stands on.

use std::sync::Arc;

use super::collect::Collected;
use crate::parse::{Article, Id};
use crate::schema::{Pages, Registry, Schema};
use crate::text::initial;

/// Entries on one page of a list.
pub(crate) const PART: usize = 300;
/// A list with more entries than this is cut by first letters.
const LONG: usize = 60;

/// The address of one part of a list; the first is the list itself.
pub(crate) fn part_url(base: &str, part: usize) -> String {
    if part == 0 { base.to_owned() } else { format!("{base}page-{}/", part + 1) }
}

/// The place of an article in its section: as its `order` says, then as a reader sorts titles, without regard to case.
pub(crate) fn rank(article: &Article) -> (u64, String, Id) {
    let order = article.fields.get("order").and_then(serde_json::Value::as_f64);
    // Numbers that are not negative sort as their bits do.
    (order.map_or(u64::MAX, |n| n.max(0.0).to_bits()), article.title.to_lowercase(), article.id.clone())
}

/// For each of these articles the group it stands in, in the order of groups: those of its registry, or letters where
/// there are many.
pub(crate) fn groups(registry: Option<&Registry>, articles: &[&Article]) -> Vec<(usize, String)> {
    let named: Vec<Option<String>> = articles
        .iter()
        .map(|article| registry.and_then(|r| article.text(&format!("/{}", r.group)).map(str::to_owned)))
        .collect();
    let by_letter = articles.len() > LONG && named.iter().all(Option::is_none);
    let keys = articles.iter().zip(named).map(|(article, name)| {
        let key = name.or_else(|| by_letter.then(|| initial(&article.title)));
        let known = registry.and_then(|r| r.groups.iter().position(|(id, _)| Some(id) == key.as_ref()));
        (known.unwrap_or(usize::MAX), key.unwrap_or_default())
    });
    keys.collect()
}

/// Gives the entries of long lists, which have no page of their own, the address of their part.
pub(super) fn place(collected: &mut Collected, schema: &Schema) {
    for registry in schema.registries.values().filter(|registry| registry.pages == Pages::List) {
        let first = Id { registry: registry.name.clone(), slug: "".into() };
        let all = collected.articles.range(first..).take_while(|(id, _)| id.registry == registry.name);
        let entries: Vec<&Article> = all.map(|(_, entry)| &**entry).filter(|entry| entry.url.is_some()).collect();
        if entries.len() <= PART {
            continue;
        }
        let groups = groups(Some(registry), &entries);
        let mut order: Vec<_> = groups.into_iter().zip(entries.iter().map(|entry| rank(entry))).collect();
        order.sort();
        let base = format!("{}/", registry.url);
        for (at, (_, (_, _, id))) in order.into_iter().enumerate().skip(PART) {
            let Some(entry) = collected.articles.get_mut(&id) else { continue };
            let anchor = entry.url.as_deref().and_then(|url| url.split_once('#')).map_or("", |(_, anchor)| anchor);
            let url = format!("{}#{anchor}", part_url(&base, at / PART));
            // Its address on the first part goes on naming it.
            collected.addresses.insert(url.clone(), id);
            Arc::make_mut(entry).url = Some(url);
        }
    }
}
