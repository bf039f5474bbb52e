//! Turns what a page shows into schema.org data that says the same.
//!
//! The text is written as it is made: a tree of values in between would cost as much as the rest of the page.

use serde_json::Value as Json;

use super::json_text::{Object, escaped};
use super::{Maker, Value};
use crate::parse::Article;
use crate::schema::Kind;
use crate::text::plain;

/// The text of the `application/ld+json` block: nothing in it can end the block.
pub(super) fn script(
    maker: &Maker<'_>,
    article: &Article,
    kind: Option<&Kind>,
    data: &[(std::borrow::Cow<'static, str>, Value)],
) -> String {
    let get = |key: &str| data.iter().find(|(name, _)| name == key).map_or(&Value::None, |(_, value)| value);
    let mut out = String::with_capacity(4096);
    let mut whole = Object::new(&mut out);
    whole.text("@context", "https://schema.org");
    whole.list("@graph", |graph| {
        graph.object(|node| main(maker, article, kind, &get, node));
        if !get("faqs").items().is_empty() {
            graph.object(|node| questions(get("faqs"), node));
        }
        if !get("breadcrumbs").items().is_empty() {
            graph.object(|node| crumbs(maker, get("breadcrumbs"), article, node));
        }
    });
    whole.end();
    out
}

fn main<'v>(
    maker: &Maker<'_>,
    article: &Article,
    kind: Option<&Kind>,
    get: &impl Fn(&str) -> &'v Value,
    node: &mut Object<'_>,
) {
    let named = kind.and_then(|kind| kind.jsonld.as_deref()).unwrap_or("WebPage");
    // Questions are a node of their own, so that a page can be an article and ask them.
    let named = if named == "FAQPage" { "WebPage" } else { named };
    let is_page = named.ends_with("Page");
    node.text("@type", named);
    node.text(if named == "HowTo" || is_page { "name" } else { "headline" }, &article.title);
    node.option("description", text(get("description")));
    node.option("inLanguage", text(get("lang")));
    // Without a public address the page is at least one thing in itself.
    node.text("@id", text(get("canonical")).unwrap_or("#page"));
    node.option("url", text(get("canonical")));
    node.option("datePublished", article.text("/review/written").or(article.text("/date")));
    node.option("dateModified", crate::graph::changed(article).map(|date| date.to_string()).as_deref());
    if is_page {
        node.option("lastReviewed", article.text("/review/last_reviewed"));
    }
    people(get("review"), "author", "authors", node);
    if is_page {
        people(get("review"), "reviewedBy", "reviewers", node);
    }
    let sources = get("sources").items();
    if sources.iter().any(|source| source.get("title").and_then(text).is_some()) {
        node.list("citation", |list| {
            for (source, title) in sources.iter().filter_map(|s| Some((s, text(s.get("title")?)?))) {
                list.object(|node| citation(source, title, node));
            }
        });
    }
    if named == "HowTo" {
        steps(get("fields"), node);
    }
    own_fields(article, kind, node);
    node.object("isPartOf", |node| {
        node.text("@type", "WebSite");
        node.text("name", &maker.graph.config.title);
    });
}

fn people(review: &Value, property: &str, field: &str, node: &mut Object<'_>) {
    let list = review.get(field).map_or(&[][..], Value::items);
    let names: Vec<&str> = list.iter().filter_map(|person| text(person.get("name")?)).collect();
    if names.is_empty() {
        return;
    }
    node.list(property, |list| {
        for name in names {
            list.object(|node| {
                node.text("@type", "Person");
                node.text("name", name);
            });
        }
    });
}

/// Fields that the schema maps to a property.
fn own_fields(article: &Article, kind: Option<&Kind>, node: &mut Object<'_>) {
    for (name, field) in kind.into_iter().flat_map(|kind| kind.checker.shape().fields()) {
        let (Some(property), Some(value)) = (&field.jsonld, article.fields.get(&**name)) else { continue };
        match value {
            Json::String(text) => node.text(property, text),
            Json::Number(_) | Json::Bool(_) => node.raw(property, &value.to_string()),
            Json::Array(items) => {
                let simple = items.iter().filter(|item| item.is_string() || item.is_number());
                let simple = Json::Array(simple.cloned().collect());
                node.raw(property, &escaped(&simple.to_string()));
            }
            _ => {}
        }
    }
}

fn citation(source: &Value, title: &str, node: &mut Object<'_>) {
    node.text("@type", "CreativeWork");
    node.text("name", title);
    let doi = || source.get("doi").and_then(text).map(|doi| format!("https://doi.org/{doi}"));
    match source.get("url").and_then(text) {
        Some(url) => node.text("url", url),
        None => node.option("url", doi().as_deref()),
    }
    node.option("datePublished", source.get("year").and_then(text));
}

fn steps(fields: &Value, node: &mut Object<'_>) {
    let steps = fields.get("steps").map_or(&[][..], Value::items);
    node.list("step", |list| {
        for (at, step) in steps.iter().enumerate() {
            list.object(|node| {
                node.text("@type", "HowToStep");
                node.raw("position", &(at + 1).to_string());
                for (property, field) in [("name", "title"), ("text", "do")] {
                    match step.get(field).and_then(text) {
                        Some(html) => node.text(property, &words(html)),
                        None => node.raw(property, "null"),
                    }
                }
            });
        }
    });
}

fn questions(faqs: &Value, node: &mut Object<'_>) {
    node.text("@type", "FAQPage");
    node.list("mainEntity", |list| {
        let said = |faq: &Value, key: &str| faq.get(key).and_then(text).map(str::to_owned);
        for (question, answer) in faqs.items().iter().filter_map(|faq| Some((said(faq, "q")?, said(faq, "a")?))) {
            list.object(|node| {
                node.text("@type", "Question");
                node.text("name", &question);
                node.object("acceptedAnswer", |node| {
                    node.text("@type", "Answer");
                    node.text("text", &words(&answer));
                });
            });
        }
    });
}

fn crumbs(maker: &Maker<'_>, list: &Value, article: &Article, node: &mut Object<'_>) {
    let base = maker.graph.config.url.as_deref();
    let above = list.items().iter().filter_map(|crumb| Some((text(crumb.get("title")?)?, text(crumb.get("url")?))));
    let all = above.chain([(article.title.as_str(), article.url.as_deref())]);
    node.text("@type", "BreadcrumbList");
    node.list("itemListElement", |list| {
        for (at, (name, url)) in all.enumerate() {
            list.object(|node| {
                node.text("@type", "ListItem");
                node.raw("position", &(at + 1).to_string());
                node.text("name", name);
                if let (Some(base), Some(url)) = (base, url) {
                    node.text("item", &format!("{base}/{url}"));
                }
            });
        }
    });
}

/// The text that a reader sees of a piece of HTML.
fn words(html: &str) -> String {
    let plain = plain(html);
    let mut out = String::with_capacity(plain.len());
    for word in plain.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

fn text(value: &Value) -> Option<&str> {
    match value {
        Value::Text(text) | Value::Html(text) => Some(text),
        _ => None,
    }
}
