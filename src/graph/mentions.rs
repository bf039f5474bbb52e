//! Turns the texts of an article into the places where they name things of the site.
//!
//! A term is a sequence of folded words, each with a number; the longest that starts at a word wins. Headings, links, code and citations
//! are passed over. The result is a function of the article and the table of terms, and memoized as such.

use std::collections::VecDeque;

use rustc_hash::FxHashMap;

use super::Parts;
use super::collect::Collected;
use super::names::Names;
use super::terms::{self, LONGEST, Term};
use crate::hash::Digest;
use crate::parse::{Article, HOLE, Id};
use crate::text::{fold_into, tag_name};

/// All terms of a site, by the numbers of their first two words (the second is [`NONE`] for a single word).
pub(super) struct Terms {
    terms: Vec<Term>,
    words: FxHashMap<String, u32>,
    /// Which marks words have: most words of a text are told by theirs to be in no term.
    marks: Vec<u64>,
    numbers: Vec<Vec<u32>>,
    by_start: FxHashMap<(u32, u32), Vec<usize>>,
    /// By what a term names, the first of its terms.
    titles: FxHashMap<Id, usize>,
    digest: Digest,
}

/// How many marks there are.
const MARKS: usize = 1 << 16;

/// A number of a word in ASCII letters, the same for both cases; none of a word whose last letter may be left out.
#[derive(Default)]
struct Mark {
    hash: u32,
    last: u8,
    /// Whether a letter is not ASCII.
    other: bool,
}

impl Mark {
    /// Of a whole word.
    fn of(word: &str) -> Option<usize> {
        let mut mark = Self { other: !word.is_ascii(), ..Self::default() };
        word.bytes().for_each(|byte| mark.push(byte.to_ascii_lowercase()));
        mark.in_word()
    }

    fn push(&mut self, letter: u8) {
        self.hash = (self.hash.rotate_left(5) ^ u32::from(letter)).wrapping_mul(0x9E37_79B1);
        self.last = letter;
    }

    fn in_word(&self) -> Option<usize> {
        (!self.other && self.last != b's' && self.last != QUOTE).then_some((self.hash >> 16) as usize)
    }
}

/// No word of any term.
const NONE: u32 = u32::MAX;

/// A word of a text: where it stands, and its number.
type Token = (usize, usize, u32);

/// What a text says, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Event {
    /// A heading: a new section begins.
    Section(String),
    /// A link written by hand: the number of its reference.
    Hand(usize),
    /// The bytes `start..end` of the HTML name a term.
    Mention { start: usize, end: usize, term: usize, run: (usize, usize) },
}

/// The events of each text of an article: the body under no pointer, then the fields.
pub(super) type Mentions = Vec<(Option<String>, Vec<Event>)>;

impl Terms {
    /// The names of everything that may be linked without an author's hand.
    pub fn new(collected: &Collected, names: &Names, phrases: &[(String, Id)], parts: &Parts<'_>) -> Self {
        Self::table(terms::list(collected, names, phrases, parts))
    }

    fn table(terms: Vec<Term>) -> Self {
        let mut words: FxHashMap<String, u32> = FxHashMap::default();
        let mut by_start: FxHashMap<(u32, u32), Vec<usize>> = FxHashMap::default();
        let mut numbers: Vec<Vec<u32>> = Vec::with_capacity(terms.len());
        for (at, term) in terms.iter().enumerate() {
            let mut own = Vec::with_capacity(term.words.len());
            for word in &term.words {
                let next = words.len() as u32;
                own.push(*words.entry(word.clone()).or_insert(next));
            }
            by_start.entry((own[0], own.get(1).copied().unwrap_or(NONE))).or_default().push(at);
            numbers.push(own);
        }
        let mut titles: FxHashMap<Id, usize> = FxHashMap::default();
        for (at, term) in terms.iter().enumerate() {
            if let [one] = term.targets.as_slice() {
                titles.entry(one.clone()).or_insert(at);
            }
        }
        for list in by_start.values_mut() {
            list.sort_by_key(|at| std::cmp::Reverse(terms[*at].words.len()));
        }
        let digest = Digest::of(&terms);
        let mut marks = vec![0; MARKS / 64];
        for mark in words.keys().filter_map(|word| Mark::of(word)) {
            marks[mark / 64] |= 1 << (mark % 64);
        }
        Self { terms, words, marks, numbers, by_start, titles, digest }
    }

    pub fn get(&self, at: usize) -> &Term {
        &self.terms[at]
    }

    pub fn len(&self) -> usize {
        self.terms.len()
    }

    /// Whether a link to any term must be worth it.
    pub fn any_ranked(&self) -> bool {
        self.terms.iter().any(|term| term.ranked)
    }

    /// The number of the term that these folded words are; without words, that of the title of what they lead to.
    pub fn named(&self, words: &str, to: &Id) -> Option<usize> {
        if words.is_empty() {
            return self.titles.get(to).copied();
        }
        let own: Option<Vec<u32>> = words.split(' ').map(|word| self.words.get(word).copied()).collect();
        let own = own?;
        let start = (*own.first()?, own.get(1).copied().unwrap_or(NONE));
        self.by_start.get(&start)?.iter().copied().find(|at| self.numbers[*at] == own)
    }

    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// The mentions in an article; none in what has no address.
    pub fn find(&self, article: &Article, parts: &Parts<'_>) -> Mentions {
        if article.url.is_none() {
            return Vec::new();
        }
        let fields = article.rich.iter().filter(|(pointer, _)| linkable(article, pointer, parts));
        let texts =
            std::iter::once((None, &article.body)).chain(fields.map(|(pointer, rich)| (Some(pointer.clone()), rich)));
        texts.map(|(pointer, rich)| (pointer, self.scan(&rich.html))).filter(|(_, events)| !events.is_empty()).collect()
    }

    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// Walks the HTML once: text between tags, and the tags that open and close zones without links.
    fn scan(&self, html: &str) -> Vec<Event> {
        let mut events = Vec::new();
        let mut zone: Option<&str> = None;
        let mut at = 0;
        while at < html.len() {
            // Tags stand close to each other: one compares sooner than one prepares a search.
            let find =
                |from: usize, byte: u8| html.as_bytes()[from..].iter().position(|b| *b == byte).map(|n| from + n);
            let Some(open) = find(at, b'<') else {
                self.run(html, at, html.len(), zone, &mut events);
                break;
            };
            self.run(html, at, open, zone, &mut events);
            let close = find(open, b'>').map_or(html.len(), |n| n + 1);
            let tag = &html[open..close];
            zone = next_zone(tag, zone, &mut events);
            at = close;
        }
        events
    }

    fn run(&self, html: &str, from: usize, to: usize, zone: Option<&str>, events: &mut Vec<Event>) {
        if zone.is_some() || from == to {
            return;
        }
        let mut reader = Tokens { text: &html[..to], at: from, terms: self, folded: String::new() };
        let mut ahead = VecDeque::with_capacity(LONGEST);
        while let Some(first) = ahead.pop_front().or_else(|| reader.next()) {
            if first.2 == NONE {
                continue;
            }
            if ahead.is_empty() {
                ahead.extend(reader.next());
            }
            let second = ahead.front().map_or(NONE, |token| token.2);
            let pair = self.by_start.get(&(first.2, second)).filter(|_| second != NONE);
            let found = pair.and_then(|list| {
                ahead.extend(reader.by_ref().take(LONGEST - 1 - ahead.len()));
                list.iter().copied().find(|at| self.matches(*at, html, first, &ahead))
            });
            let single = || self.by_start.get(&(first.2, NONE))?.iter().copied().find(|at| self.fits(*at, html, first));
            if let Some(term) = found.or_else(single) {
                let more = self.numbers[term].len() - 1;
                if in_address(html, from, first.0) {
                    continue;
                }
                let end = if more == 0 { first.1 } else { ahead[more - 1].1 };
                events.push(Event::Mention { start: first.0, end, term, run: (from, to) });
                ahead.drain(..more);
            }
        }
    }

    /// Whether a term of one word stands here, in the only form it may have.
    fn fits(&self, term: usize, html: &str, token: Token) -> bool {
        let whole = &html[token.0..token.1];
        self.terms[term].capitals.as_ref().is_none_or(|form| whole == form || whole.strip_suffix('s') == Some(form))
    }

    /// Whether the words of a term follow each other here.
    fn matches(&self, term: usize, html: &str, first: Token, ahead: &VecDeque<Token>) -> bool {
        let rest = &self.numbers[term][1..];
        if ahead.len() < rest.len() || self.terms[term].capitals.is_some() {
            return false;
        }
        let mut end = first.1;
        rest.iter().zip(ahead).all(|(number, token)| {
            let gap = &html[end..token.0];
            end = token.1;
            token.2 == *number && gap.chars().all(|c| matches!(c, ' ' | '-' | '\n' | '\u{A0}' | '\u{2011}'))
        })
    }
}

/// Whether a word stands in an address typed as text.
fn in_address(html: &str, from: usize, at: usize) -> bool {
    let before = &html.as_bytes()[from..at];
    let start = before.iter().rposition(|b| b.is_ascii_whitespace()).map_or(0, |n| n + 1);
    before.last().is_some_and(|b| !b.is_ascii_whitespace()) && before[start..].windows(3).any(|w| w == b"://")
}

/// Whether links may be made in a field.
fn linkable(article: &Article, pointer: &str, parts: &Parts<'_>) -> bool {
    let name = pointer.split('/').nth(1).unwrap_or("");
    let kind = parts.schema.kinds.get(&article.kind).map(|kind| &kind.checker);
    let checker = kind.or_else(|| parts.schema.registries.get(&article.id.registry).map(|registry| &registry.checker));
    checker.and_then(|checker| checker.shape().field(name)).is_none_or(|field| field.links)
}

/// The zone after a tag: none, or the element at whose end links may be made again.
fn next_zone<'t>(tag: &'t str, zone: Option<&'t str>, events: &mut Vec<Event>) -> Option<&'t str> {
    let name = tag_name(tag);
    if let Some(open) = zone {
        return if tag.starts_with("</") && name == open { None } else { zone };
    }
    if tag.starts_with("</") {
        return None;
    }
    let address = (name == "a").then(|| tag.split_once("href=\"")).flatten();
    if let Some((_, rest)) = address.filter(|(_, rest)| rest.starts_with(HOLE)) {
        let digits: String = rest[HOLE.len_utf8()..].chars().take_while(char::is_ascii_digit).collect();
        events.extend(digits.parse().ok().map(Event::Hand));
    }
    if matches!(name, "h1" | "h2" | "h3" | "h4" | "h5" | "h6") {
        let id = tag.split_once("id=\"").and_then(|(_, rest)| rest.split('"').next()).unwrap_or("");
        events.push(Event::Section(id.to_owned()));
    }
    matches!(
        name,
        "a" | "code"
            | "pre"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "math"
            | "svg"
            | "button"
            | "sup"
            | "summary"
            | "kbd"
            | "samp"
            | "figcaption"
    )
    .then_some(name)
}

/// The words of a text with their numbers; entities are gaps.
struct Tokens<'t> {
    text: &'t str,
    at: usize,
    terms: &'t Terms,
    folded: String,
}

impl Tokens<'_> {
    /// The word that starts here, with what its letters make when all of them are ASCII.
    fn word(&self, start: usize) -> (usize, Mark) {
        let (bytes, mut mark) = (self.text.as_bytes(), Mark::default());
        let mut at = start;
        while let Some(byte) = bytes.get(at) {
            let letter = LETTERS[usize::from(*byte)];
            if letter == GAP || letter == ENTITY {
                break;
            }
            if letter == OTHER {
                let Some(c) = self.text[at..].chars().next().filter(|c| is_in_word(*c)) else { break };
                at += c.len_utf8();
                mark.other = true;
                continue;
            }
            mark.push(letter);
            at += 1;
        }
        (at, mark)
    }
}

impl Iterator for Tokens<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        let bytes = self.text.as_bytes();
        loop {
            let start = self.at;
            match LETTERS[usize::from(*bytes.get(start)?)] {
                GAP | QUOTE => self.at += 1,
                ENTITY => self.at = self.text[start..].find(';').map_or(start + 1, |n| start + n + 1),
                OTHER if !self.text[start..].starts_with(char::is_alphanumeric) => {
                    self.at += self.text[start..].chars().next().map_or(1, char::len_utf8);
                }
                _ => break,
            }
        }
        let start = self.at;
        let (end, mark) = self.word(start);
        self.at = end;
        if mark.in_word().is_some_and(|mark| self.terms.marks[mark / 64] >> (mark % 64) & 1 == 0) {
            return Some((start, end, NONE));
        }
        let word = self.text[start..end].trim_end_matches(['\'', '\u{2019}']);
        fold_into(word, &mut self.folded);
        Some((start, start + word.len(), self.terms.words.get(self.folded.as_str()).copied().unwrap_or(NONE)))
    }
}

fn is_in_word(c: char) -> bool {
    c.is_alphanumeric() || c == '\u{2019}'
}

/// What stands between words.
const GAP: u8 = 0;
/// The sign with which an entity begins.
const ENTITY: u8 = 1;
/// A byte of a character that is not ASCII.
const OTHER: u8 = 2;
/// Stands in words, but begins none.
const QUOTE: u8 = b'\'';

/// By byte, the letter it is in a word, or what else it is.
const LETTERS: [u8; 256] = {
    let mut letters = [GAP; 256];
    let mut at = 0;
    while at < 256 {
        let byte = at as u8;
        letters[at] = match byte.to_ascii_lowercase() {
            b'&' => ENTITY,
            QUOTE => QUOTE,
            letter if letter.is_ascii_alphanumeric() => letter,
            letter if letter.is_ascii() => GAP,
            _ => OTHER,
        };
        at += 1;
    }
    letters
};
