//! Turns the questions of an article, typed there or cited from the registry, into one form with an anchor each.

use serde_json::Value;

use super::Graph;
use crate::parse::{Article, Id, Rich};
use crate::text::slug;

/// A question on a page.
pub(crate) struct Faq<'a> {
    /// The anchor on the page.
    pub anchor: String,
    pub question: &'a str,
    pub answer: &'a str,
    /// The answer as HTML, whose holes are those of `owner`.
    pub html: Option<&'a Rich>,
    /// The article or record whose file says it.
    pub owner: &'a Article,
    /// The JSON pointer of the entry.
    pub pointer: String,
    /// The record of the registry, when the question is a cited one.
    pub record: Option<Id>,
}

/// The anchor of an entry of `faqs`: by its id, else by its question.
pub(crate) fn anchor(entry: &Value) -> String {
    let text = |key: &str| entry.get(key).and_then(Value::as_str).filter(|t| !t.is_empty());
    let name =
        entry.as_str().or_else(|| text("id")).map_or_else(|| slug(text("q").unwrap_or("question")), str::to_owned);
    let short = name.char_indices().nth(80).map_or(&*name, |(at, _)| &name[..at]);
    format!("faq-{}", short.trim_end_matches('-'))
}

/// The questions of an article in their order; entries that lead nowhere are left out.
pub(crate) fn faqs_of<'a>(graph: &'a Graph, article: &'a Article) -> Vec<Faq<'a>> {
    let entries = article.fields.get("faqs").and_then(Value::as_array);
    let mut cited = graph.field_refs(article, "faqs");
    let mut list = Vec::new();
    for (at, entry) in entries.into_iter().flatten().enumerate() {
        match entry {
            Value::String(_) => {
                let Some(record) = cited.next().and_then(|id| graph.get(id)) else { continue };
                list.extend(one(record, String::new(), None));
            }
            Value::Object(_) => list.extend(one(article, format!("/faqs/{at}"), Some(entry))),
            _ => {}
        }
    }
    list
}

/// A question typed into `owner` as `entry`, or without one the record that `owner` is.
fn one<'a>(owner: &'a Article, pointer: String, entry: Option<&'a Value>) -> Option<Faq<'a>> {
    let field = |name: &str| {
        let value = entry.map_or_else(|| owner.fields.get(name), |entry| entry.get(name));
        value.and_then(Value::as_str)
    };
    let anchor = entry.map_or_else(|| format!("faq-{}", owner.id.slug), anchor);
    let record = entry.is_none().then(|| owner.id.clone());
    Some(Faq {
        anchor,
        question: field("q")?,
        answer: field("a")?,
        html: owner.rich.get(&format!("{pointer}/a")),
        owner,
        pointer,
        record,
    })
}
