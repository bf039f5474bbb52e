//! Turns mentions into links nobody wrote: the first in each section, few in all, never where a word has two meanings.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};
use serde_json::Value;

use super::Parts;
use super::collect::Collected;
use super::mentions::{Event, Mentions, Terms};
use super::resolve::Resolved;
use crate::config::Per;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::parse::{Article, Id, Rich};
use crate::text::{plain, shorten};

/// A link that the engine adds to a text.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct AutoLink {
    /// The JSON pointer of the field; none for the body.
    pub pointer: Option<String>,
    /// The bytes of the HTML that become the link.
    pub start: usize,
    pub end: usize,
    pub to: Id,
    pub words: String,
    pub section: String,
    pub context: String,
}

/// A page with its links, and the words that were not linked with the number of their term.
type Chosen = (Id, Vec<AutoLink>, Vec<(String, usize)>);
type Skipped = BTreeMap<String, BTreeSet<String>>;

/// The links of every article, and by words the meanings for which none was made.
pub(super) fn all(
    collected: &Collected,
    resolved: &FxHashMap<Id, Vec<Resolved>>,
    terms: &Terms,
    parts: &Parts<'_>,
    diagnostics: &mut Diagnostics,
) -> (FxHashMap<Id, Vec<AutoLink>>, Skipped) {
    let settings = &parts.config.autolink;
    if settings.per == Per::Off || terms.is_empty() {
        return (FxHashMap::default(), Skipped::new());
    }
    let pages: Vec<&Arc<Article>> = collected.articles.values().filter(|article| article.url.is_some()).collect();
    let made: Vec<Chosen> = pages
        .into_par_iter()
        .map(|article| {
            let mentions = terms.find(article, parts);
            let mut choice = Choice::new(article, resolved.get(&article.id).map_or(&[], Vec::as_slice), terms, parts);
            choice.all(&mentions);
            (article.id.clone(), choice.links, choice.unclear)
        })
        .collect();
    let mut links = FxHashMap::default();
    let mut skipped = Skipped::new();
    for (id, list, unclear) in made {
        for (words, term) in unclear {
            let meanings = skipped.entry(words.to_lowercase()).or_default();
            let first = meanings.is_empty();
            meanings.extend(terms.get(term).targets.iter().map(ToString::to_string));
            if first && !shared(terms, term, parts) {
                diagnostics.extend(unclear_words(collected, &id, &words, meanings));
            }
        }
        if !list.is_empty() {
            links.insert(id, list);
        }
    }
    (links, skipped)
}

/// Whether all meanings are records of one registry that says its synonyms may be shared.
fn shared(terms: &Terms, term: usize, parts: &Parts<'_>) -> bool {
    let mut registries = terms.get(term).targets.iter().map(|id| &id.registry);
    registries.all(|name| parts.schema.registries.get(name).is_some_and(|registry| registry.shared_synonyms))
}

fn unclear_words(collected: &Collected, id: &Id, words: &str, meanings: &BTreeSet<String>) -> Option<Diagnostic> {
    let article = collected.articles.get(id)?;
    let list = meanings.iter().cloned().collect::<Vec<_>>().join(", ");
    let span = crate::diagnostic::Span::new(&article.path, article.document.first_mention(words));
    let help = format!(
        "link the words by hand where a link helps, or add \"{}\" to autolink.stop in site.yaml",
        words.to_lowercase()
    );
    Some(Diagnostic::new(Code::W704, span, format!("\"{words}\" is not linked: it can mean {list}")).help(help))
}

/// The choice of links for one article.
struct Choice<'a> {
    article: &'a Article,
    resolved: &'a [Resolved],
    terms: &'a Terms,
    per: Per,
    room: usize,
    skip: FxHashSet<&'a str>,
    seen: FxHashSet<Id>,
    links: Vec<AutoLink>,
    unclear: Vec<(String, usize)>,
}

impl<'a> Choice<'a> {
    fn new(article: &'a Article, resolved: &'a [Resolved], terms: &'a Terms, parts: &Parts<'_>) -> Self {
        let settings = &parts.config.autolink;
        let skip = article.fields.get("autolink").and_then(|value| value.get("skip")).and_then(Value::as_array);
        // Rounded up, so that a page of thirty words may have one.
        let room = (settings.max_per_100_words * article.words as f64 / 100.0).ceil() as usize;
        Self {
            article,
            resolved,
            terms,
            per: settings.per,
            room,
            skip: skip.into_iter().flatten().filter_map(Value::as_str).collect(),
            seen: FxHashSet::default(),
            links: Vec::new(),
            unclear: Vec::new(),
        }
    }

    fn all(&mut self, mentions: &Mentions) {
        let mut field = "";
        for (pointer, events) in mentions {
            let name = pointer.as_deref().and_then(|p| p.split('/').nth(1)).unwrap_or("");
            if name != field {
                self.new_section();
                field = name;
            }
            let rich = pointer.as_ref().map_or(Some(&self.article.body), |pointer| self.article.rich.get(pointer));
            if let Some(rich) = rich {
                self.text(pointer.as_ref(), rich, events);
            }
        }
    }

    fn new_section(&mut self) {
        if self.per == Per::Section {
            self.seen.clear();
        }
    }

    /// One text. A link by hand counts for its whole section, also where it comes after the mention.
    fn text(&mut self, pointer: Option<&String>, rich: &Rich, events: &[Event]) {
        let mut from = 0;
        let mut section = String::new();
        while from < events.len() {
            let until = events[from + 1..]
                .iter()
                .position(|event| matches!(event, Event::Section(_)))
                .map_or(events.len(), |n| from + 1 + n);
            if let Event::Section(id) = &events[from] {
                self.new_section();
                section.clone_from(id);
            }
            let part = &events[from..until];
            let by_hand = part
                .iter()
                .filter_map(|event| if let Event::Hand(number) = event { self.resolved.get(*number) } else { None });
            let by_hand: Vec<Id> = by_hand
                .filter_map(|resolved| if let Resolved::Thing { id, .. } = resolved { Some(id.clone()) } else { None })
                .collect();
            self.seen.extend(by_hand);
            for event in part {
                if let Event::Mention { start, end, term, run } = event {
                    self.mention(pointer, rich, (*start, *end), *term, *run, &section);
                }
            }
            from = until;
        }
    }

    fn mention(
        &mut self,
        pointer: Option<&String>,
        rich: &Rich,
        (start, end): (usize, usize),
        number: usize,
        run: (usize, usize),
        section: &str,
    ) {
        let term = self.terms.get(number);
        let words = &rich.html[start..end];
        let [to] = term.targets.as_slice() else {
            if !term.targets.contains(&self.article.id) {
                self.unclear.push((plain(words), number));
            }
            return;
        };
        let fits = *to != self.article.id
            && !self.skip.contains(&*to.slug)
            && self.links.len() < self.room
            && near(&rich.html, start, &term.needs);
        if fits && self.seen.insert(to.clone()) {
            let context = shorten(crate::parse::without_holes(&plain(&rich.html[run.0..run.1])).trim(), 200);
            self.links.push(AutoLink {
                pointer: pointer.cloned(),
                start,
                end,
                to: to.clone(),
                words: plain(words),
                section: section.to_owned(),
                context,
            });
        }
    }
}

/// Whether one of the words stands in the section around a place; true when none is asked for.
fn near(html: &str, at: usize, needs: &[String]) -> bool {
    if needs.is_empty() {
        return true;
    }
    let start = html[..at].rfind("<h").unwrap_or(0);
    let end = html[at..].find("<h").map_or(html.len(), |n| at + n);
    let section = plain(&html[start..end]).to_lowercase();
    needs.iter().any(|word| section.split(|c: char| !c.is_alphanumeric()).any(|found| found == word))
}
