//! Turns ranked pages into an answer: titles, sections, excerpts with marks, and why each was found.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::Value;

use super::ask::{Asked, ask, key, words_of};
use super::rank::{Ranked, Row, rank};
use super::reader::{Reader, Texts};
use super::words::{fold, spans};
use crate::text::floor;

/// Sections of one page, the least share of the best that a section must have, and how deep phrases are looked for.
const SECTIONS: usize = 3;
const DEEP: usize = 50;

/// What a query finds.
#[derive(Debug, Serialize)]
pub struct Answer {
    /// As typed.
    pub query: String,
    /// Words that the site does not have, and what was searched instead.
    pub corrected: Vec<Correction>,
    /// Pages with any of the words.
    pub total: usize,
    /// The sign of danger that the query names.
    pub danger: Option<Danger>,
    /// The best pages.
    pub pages: Vec<Found>,
    /// Words of the site near those of a query that finds nothing.
    pub nearest: Vec<String>,
    /// By word of the query, what was looked for.
    pub terms: Vec<Term>,
}

/// A word and what it was taken for.
#[derive(Debug, Serialize)]
#[allow(missing_docs)]
pub struct Correction {
    pub from: String,
    pub to: String,
}

/// Where a sign of danger is explained.
#[derive(Debug, Serialize)]
#[allow(missing_docs)]
pub struct Danger {
    pub url: String,
    pub title: String,
    pub text: String,
}

/// A page found.
#[derive(Debug, Serialize)]
pub struct Found {
    /// The address below the site's root.
    pub url: String,
    /// Its title.
    pub title: String,
    /// By which results are compared.
    pub score: f64,
    /// Its best sections.
    pub sections: Vec<Section>,
}

/// A section found.
#[derive(Debug, Serialize)]
pub struct Section {
    /// The address with its anchor.
    pub url: String,
    /// Empty for the head of a page.
    pub heading: String,
    /// A piece of its text, cut into what is marked and what is not.
    pub text: Vec<(String, bool)>,
    /// Words of the query that it lacks.
    pub without: Vec<String>,
    /// Why it was found, where not for the words as typed.
    pub reason: Option<Reason>,
    /// By word of the query, its share of the score.
    pub weights: Vec<usize>,
}

/// Why a section was found.
#[derive(Debug, Serialize)]
pub struct Reason {
    /// `synonym`, `related`, `corrected` or `prefix`.
    #[serde(rename = "type")]
    pub way: String,
    /// What stands there.
    pub word: String,
    /// What was typed.
    #[serde(rename = "for")]
    pub asked: String,
}

/// A word of the query as it was looked for.
#[derive(Debug, Serialize)]
pub struct Term {
    /// As typed.
    pub word: String,
    /// How rare it is: the weight of each hit.
    pub rarity: usize,
    /// (kind of alternative, form, weight in tenths)
    pub forms: Vec<(String, String, usize)>,
}

/// Answers a query from the files of an index.
pub(super) fn answer(reader: &Reader, query: &str, limit: usize, literal: bool) -> Answer {
    let phrases = phrases(query);
    let asked = ask(reader, query, literal);
    let (total, ranked) = rank(reader, &asked, limit.max(DEEP));
    let deep = if phrases.is_empty() { limit } else { DEEP };
    let mut pages: Vec<(&Ranked, Texts)> =
        ranked.iter().take(deep).filter_map(|r| Some((r, reader.texts(r.page)?))).collect();
    let mut count = total;
    if !phrases.is_empty() {
        let sure: Vec<usize> = pages.iter().map(|(_, text)| holds_all(text, &phrases)).collect();
        let mut order: Vec<(usize, (&Ranked, Texts))> =
            sure.into_iter().zip(pages).filter(|(sure, _)| *sure > 0).collect();
        order.sort_by_key(|(sure, _)| std::cmp::Reverse(*sure));
        pages = order.into_iter().map(|(_, page)| page).collect();
        count = pages.len();
    }
    let nearest = if pages.is_empty() { nearest(reader, &asked) } else { Vec::new() };
    let marks: BTreeSet<&str> = asked
        .groups
        .iter()
        .flat_map(|group| &group.list)
        .flat_map(|one| &one.stems)
        .flat_map(|stem| stem.folds.iter().map(String::as_str))
        .collect();
    let pages = pages.into_iter().take(limit).map(|(ranked, text)| found(ranked, &text, &asked, &marks)).collect();
    Answer {
        query: query.to_owned(),
        danger: danger(reader, &asked),
        total: count,
        pages,
        nearest,
        terms: terms(&asked),
        corrected: corrections(asked),
    }
}

fn corrections(asked: Asked) -> Vec<Correction> {
    asked.corrected.into_iter().map(|(from, to)| Correction { from, to }).collect()
}

fn terms(asked: &Asked) -> Vec<Term> {
    let forms = |list: &[super::ask::Alternative]| {
        list.iter()
            .map(|one| (if one.way.is_empty() { "word" } else { one.way }.to_owned(), one.word.clone(), one.weight))
            .collect()
    };
    asked.groups.iter().map(|g| Term { word: g.word.clone(), rarity: g.rarity, forms: forms(&g.list) }).collect()
}

fn nearest(reader: &Reader, asked: &Asked) -> Vec<String> {
    let long = asked.kept.iter().filter(|word| word.encode_utf16().count() > 3);
    long.flat_map(|word| reader.nearest(&fold(word), 30)).collect()
}

/// What stands in quotes, as folded words between spaces.
fn phrases(query: &str) -> Vec<String> {
    let mut list = Vec::new();
    let mut rest = query;
    while let Some(at) = rest.find(['"', '“', '„']) {
        let inner = &rest[at..];
        let inner = &inner[inner.chars().next().map_or(0, char::len_utf8)..];
        let Some(end) = inner.find(['"', '“', '”', '„']) else { break };
        let closes = !inner[end..].starts_with('„');
        let words = words_of(&inner[..end]);
        if closes && words.len() > 1 {
            list.push(folded(&words));
        }
        rest = if closes && end > 0 {
            &inner[end + inner[end..].chars().next().map_or(0, char::len_utf8)..]
        } else {
            inner
        };
    }
    list
}

fn folded(words: &[String]) -> String {
    format!(" {} ", words.iter().map(|word| fold(word)).collect::<Vec<_>>().join(" "))
}

/// 2 where all phrases stand in a page, 1 where they may, since only the beginnings of its texts are here.
fn holds_all(text: &Texts, phrases: &[String]) -> usize {
    let holds = |phrase: &String| {
        let inside = |part: &str| folded(&words_of(part)).contains(phrase.as_str());
        let whole =
            inside(&text.title) || text.units.iter().any(|[heading, _, words]| inside(heading) || inside(words));
        if whole { 2 } else { usize::from(text.units.iter().any(|[_, _, words]| words.ends_with('…'))) }
    };
    phrases.iter().map(holds).min().unwrap_or(2)
}

fn found(ranked: &Ranked, text: &Texts, asked: &Asked, marks: &BTreeSet<&str>) -> Found {
    let best = ranked.parts.first().map_or(0, |part| part.sum);
    let parts = ranked.parts.iter().filter(|part| part.sum * 5 >= best * 3).take(SECTIONS);
    let sections = parts.filter_map(|part| {
        let mut unit = text.units.get(part.unit)?.clone();
        if unit[2] == "…" {
            // A large site keeps no texts of sections: the page says what it is about.
            unit[2].clone_from(&text.units.first()?[2]);
        }
        Some(section(&unit, &part.row, &ranked.head, &text.url, asked, marks))
    });
    Found { url: text.url.clone(), title: text.title.clone(), score: ranked.score, sections: sections.collect() }
}

fn section(unit: &[String; 3], row: &Row, head: &Row, page: &str, asked: &Asked, marks: &BTreeSet<&str>) -> Section {
    let [heading, anchor, words] = unit;
    let hit = |cell: &Option<super::rank::Cell>| cell.is_some_and(|cell| cell.hit);
    let cells: Row =
        row.iter().zip(head).map(|(own, head)| if hit(own) || !hit(head) { *own } else { *head }).collect();
    let groups = &asked.groups;
    let way = cells.iter().zip(groups).find_map(|(cell, group)| {
        let by = &group.list[cell.filter(|cell| cell.hit)?.by];
        (!by.way.is_empty()).then(|| Reason {
            way: by.way.to_owned(),
            word: by.word.clone(),
            asked: group.word.clone(),
        })
    });
    let related = || {
        let asked = groups.iter().map(|group| group.word.as_str()).collect::<Vec<_>>().join(" ");
        Some(Reason { way: "related".to_owned(), word: String::new(), asked })
    };
    let anchor = match anchor.as_str() {
        "" => crate::text::slug(heading),
        "?" => format!("faq-{}", crate::text::slug(heading)),
        anchor => anchor.to_owned(),
    };
    let base = page.split('#').next().unwrap_or("");
    Section {
        url: if heading.is_empty() { page.to_owned() } else { format!("{base}#{anchor}") },
        heading: heading.clone(),
        text: excerpt(words, marks),
        without: cells.iter().zip(groups).filter(|(cell, _)| !hit(cell)).map(|(_, group)| group.word.clone()).collect(),
        reason: if cells.iter().any(hit) { way } else { related() },
        weights: row
            .iter()
            .zip(head)
            .zip(groups)
            .map(|((own, head), group)| {
                let worth = |cell: &Option<super::rank::Cell>| cell.map_or(0, |cell| cell.worth);
                group.rarity * worth(own).max(worth(head))
            })
            .collect(),
    }
}

/// A text around its best place, cut into what is marked and what is not.
fn excerpt(text: &str, marks: &BTreeSet<&str>) -> Vec<(String, bool)> {
    const WIDTH: usize = 150;
    let spans = spans(text);
    let hits: Vec<&(String, usize, usize)> =
        spans.iter().filter(|(word, ..)| marks.contains(fold(word).as_str())).collect();
    let within = |start: usize| {
        hits.iter().filter(|h| h.1 >= start && h.2 <= start + WIDTH).map(|h| &h.0).collect::<BTreeSet<_>>().len()
    };
    // The first of the best places.
    let best =
        hits.iter().fold((0, 0), |best, hit| if within(hit.1) > best.0 { (within(hit.1), hit.1) } else { best }).1;
    let space = |end: usize| text[..floor(text, end)].rfind(' ');
    let from = if best < 60 { 0 } else { space(best - 30).map_or(0, |at| at + 1) };
    let end =
        if text.len() <= from + 210 { text.len() } else { space(from + 181).unwrap_or(0).max(floor(text, from + 100)) };
    let mut out: Vec<(String, bool)> = Vec::new();
    let mut put = |from: usize, end: usize, marked: bool| {
        if end > from {
            out.push((text[from..end].to_owned(), marked));
        }
    };
    let mut at = from;
    for (_, start, stop) in hits.into_iter().filter(|h| h.1 >= from && h.2 <= end) {
        put(at, *start, false);
        put(*start, *stop, true);
        at = *stop;
    }
    put(at, end, false);
    if from > 0 {
        out.insert(0, ("… ".to_owned(), false));
    }
    if end < text.len() {
        out.push((" …".to_owned(), false));
    }
    out
}

/// The sign of danger that a query names.
fn danger(reader: &Reader, asked: &Asked) -> Option<Danger> {
    let corrected = asked.corrected.iter().map(|(_, to)| to);
    let keys: BTreeSet<String> = asked.all.iter().chain(corrected).map(|word| key(word)).collect();
    let signs = reader.core["danger"].as_array()?;
    let named = |phrase: &Value| phrase.as_str().is_some_and(|p| p.split(' ').all(|word| keys.contains(&key(word))));
    let sign = signs.iter().find(|sign| sign[0].as_array().is_some_and(|phrases| phrases.iter().any(named)))?;
    let text = |at: usize| sign[at].as_str().unwrap_or("").to_owned();
    Some(Danger { url: text(1), title: text(2), text: text(3) })
}
