//! Turns the texts of the front matter into units that are compared with those of other articles.

use std::borrow::Cow;

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
use serde_json::Value;

use super::{Article, Unit, markdown, without_holes};
use crate::hash::Digest;
use crate::similar::{JOINED, Sketcher, key};

/// Shorter texts of fields may be alike.
const LEAST: usize = 6;

/// What of Markdown is read.
pub(super) fn options() -> Options {
    Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_HEADING_ATTRIBUTES
        | Options::ENABLE_MATH
        | Options::ENABLE_GFM
        | Options::ENABLE_DEFINITION_LIST
        | Options::ENABLE_WIKILINKS
}

/// Every question with its answer is one unit, and so is every other text in Markdown. The words of the questions in
/// the field `faqs` and of their answers are given.
pub(super) fn of_fields(article: &mut Article, asked: &[Option<(Digest, Digest)>]) {
    let mut sketcher = Sketcher::default();
    let mut units = Vec::new();
    let own = article.text("/q").zip(article.text("/a"));
    let own_answer = own.is_some();
    let own = own.map(|(q, a)| (String::new(), q, a, None));
    let list = article.fields.get("faqs").and_then(Value::as_array).into_iter().flatten().enumerate();
    let listed = list.filter_map(|(at, faq)| {
        let text = |key: &str| faq.get(key).and_then(Value::as_str);
        Some((format!("/faqs/{at}"), text("q")?, text("a")?, asked.get(at).copied().flatten()))
    });
    for (pointer, q, a, keys) in own.into_iter().chain(listed) {
        let keys = keys.or_else(|| Some((key(&plain(q)), key(&plain(a))))).map(Box::new);
        let question = sketcher.sketch(q).0;
        units.push(Unit {
            what: "question",
            field: Some(pointer.clone()),
            range: 0..0,
            sketch: question,
            section: 0,
            keys: keys.clone(),
            sentences: Box::default(),
        });
        let sketch = sketcher.sketch(&format!("{q}\n{a}")).0;
        let sentences = sketcher.sentences();
        units.push(Unit { what: "faq", field: Some(pointer), range: 0..0, sketch, section: 0, keys, sentences });
    }
    let others =
        article.rich.iter().filter(|(pointer, _)| !(pointer.starts_with("/faqs/") || own_answer && *pointer == "/a"));
    for (pointer, rich) in others {
        let (sketch, words) = sketcher.sketch(&rich.html);
        if words >= LEAST {
            units.push(Unit {
                what: "text",
                field: Some(pointer.clone()),
                range: 0..0,
                sketch,
                section: 0,
                keys: None,
                sentences: Box::default(),
            });
        }
    }
    article.units = units;
}

/// The words of a text that may be Markdown.
pub(crate) fn plain(text: &str) -> Cow<'_, str> {
    if markdown::is_plain(text) { Cow::Borrowed(text) } else { Cow::Owned(plain_words(text, false)) }
}

/// The words of a piece of Markdown, without its signs. With `joined`, a name in code is one word, whatever its signs.
fn plain_words(text: &str, joined: bool) -> String {
    let mut out = String::with_capacity(text.len());
    // A tag may go over several lines.
    let mut html = String::new();
    for event in Parser::new_ext(text, options()) {
        match event {
            Event::Code(code) if joined && code.contains(|c: char| c.is_alphabetic()) => {
                out.extend(code.chars().map(|c| if c.is_alphanumeric() { c } else { JOINED }));
            }
            Event::Text(text) | Event::Code(text) | Event::InlineMath(text) | Event::DisplayMath(text) => {
                out.push_str(&text);
            }
            Event::Html(line) => html.push_str(&line),
            Event::End(TagEnd::HtmlBlock) => {
                out.push_str(&crate::text::plain(&std::mem::take(&mut html)));
                out.push('\n');
            }
            Event::SoftBreak | Event::HardBreak => out.push(' '),
            Event::End(TagEnd::Paragraph | TagEnd::Item | TagEnd::TableCell | TagEnd::Heading(_)) => out.push('\n'),
            Event::Start(Tag::List(_)) if !out.is_empty() => out.push('\n'),
            _ => {}
        }
    }
    out.truncate(out.trim_end().len());
    out
}

impl Article {
    /// The words of a unit; `source` is the text of the article's file.
    pub fn words_of(&self, unit: &Unit, source: &str) -> String {
        let Some(pointer) = &unit.field else {
            return plain_words(source.get(unit.range.clone()).unwrap_or(""), true);
        };
        if unit.keys.is_some() {
            let field = |name: &str| self.text(&format!("{pointer}/{name}")).map(plain).unwrap_or_default();
            let question = field("q");
            return if unit.what == "question" { question.into_owned() } else { format!("{question}\n{}", field("a")) };
        }
        self.rich.get(pointer).map_or_else(String::new, |rich| without_holes(&crate::text::plain(&rich.html)))
    }
}
