//! Turns what a page shows into schema.org data that says the same.

use std::fmt::Write as _;

use serde_json::{Map, Value as Json, json};

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
    let mut graph = vec![main(maker, article, kind, &get)];
    graph.extend(questions(get("faqs")));
    graph.extend(crumbs(maker, get("breadcrumbs"), article));
    escaped(&json!({ "@context": "https://schema.org", "@graph": graph }).to_string())
}

/// JSON in which nothing reads as markup, and which is valid inside a script of any age.
fn escaped(json: &str) -> String {
    let mut out = String::with_capacity(json.len() + 16);
    let mut rest = json;
    while let Some(at) = rest.find(['<', '>', '&', '\u{2028}', '\u{2029}']) {
        out.push_str(&rest[..at]);
        let hostile = rest[at..].chars().next().unwrap_or('&');
        let _ = write!(out, "\\u{:04x}", u32::from(hostile));
        rest = &rest[at + hostile.len_utf8()..];
    }
    out.push_str(rest);
    out
}

fn main<'v>(maker: &Maker<'_>, article: &Article, kind: Option<&Kind>, get: &impl Fn(&str) -> &'v Value) -> Json {
    let named = kind.and_then(|kind| kind.jsonld.as_deref()).unwrap_or("WebPage");
    // Questions are a node of their own, so that a page can be an article and ask them.
    let named = if named == "FAQPage" { "WebPage" } else { named };
    let mut node = Map::new();
    node.insert("@type".into(), named.into());
    node.insert(
        if named == "HowTo" || named.ends_with("Page") { "name" } else { "headline" }.into(),
        article.title.clone().into(),
    );
    let mut put = |key: &str, value: Option<String>| {
        if let Some(value) = value {
            node.insert(key.into(), value.into());
        }
    };
    put("description", text(get("description")));
    put("inLanguage", text(get("lang")));
    // Without a public address the page is at least one thing in itself.
    put("@id", text(get("canonical")).or_else(|| Some("#page".to_owned())));
    put("url", text(get("canonical")));
    put("datePublished", article.text("/review/written").or(article.text("/date")).map(str::to_owned));
    put("dateModified", crate::graph::changed(article).map(|date| date.to_string()));
    if named.ends_with("Page") {
        put("lastReviewed", article.text("/review/last_reviewed").map(str::to_owned));
    }
    let people = |field: &str| -> Vec<Json> {
        let list = get("review").get(field).map_or(&[][..], Value::items);
        list.iter()
            .filter_map(|person| text(person.get("name")?))
            .map(|name| json!({ "@type": "Person", "name": name }))
            .collect()
    };
    for (key, field) in [("author", "authors"), ("reviewedBy", "reviewers")] {
        let list = people(field);
        if !list.is_empty() && (key == "author" || named.ends_with("Page")) {
            node.insert(key.into(), list.into());
        }
    }
    let sources: Vec<Json> = get("sources").items().iter().filter_map(citation).collect();
    if !sources.is_empty() {
        node.insert("citation".into(), sources.into());
    }
    if named == "HowTo" {
        node.insert("step".into(), steps(get("fields")).into());
    }
    own_fields(article, kind, &mut node);
    node.insert("isPartOf".into(), json!({ "@type": "WebSite", "name": maker.graph.config.title }));
    Json::Object(node)
}

/// Fields that the schema maps to a property.
fn own_fields(article: &Article, kind: Option<&Kind>, node: &mut Map<String, Json>) {
    for (name, field) in kind.into_iter().flat_map(|kind| kind.checker.shape().fields()) {
        let (Some(property), Some(value)) = (&field.jsonld, article.fields.get(&**name)) else { continue };
        let value = match value {
            Json::String(text) => json!(text),
            Json::Array(items) => {
                json!(items.iter().filter(|item| item.is_string() || item.is_number()).collect::<Vec<_>>())
            }
            Json::Number(_) | Json::Bool(_) => value.clone(),
            _ => continue,
        };
        node.insert(property.clone(), value);
    }
}

fn citation(source: &Value) -> Option<Json> {
    let mut node = Map::new();
    node.insert("@type".into(), "CreativeWork".into());
    node.insert("name".into(), text(source.get("title")?)?.into());
    let doi = source.get("doi").and_then(text_of).map(|doi| format!("https://doi.org/{doi}"));
    if let Some(url) = source.get("url").and_then(text_of).or(doi) {
        node.insert("url".into(), url.into());
    }
    if let Some(year) = source.get("year").and_then(text_of) {
        node.insert("datePublished".into(), year.into());
    }
    Some(Json::Object(node))
}

fn steps(fields: &Value) -> Vec<Json> {
    let steps = fields.get("steps").map_or(&[][..], Value::items);
    let said = |step: &Value, key: &str| step.get(key).and_then(text_of).map(|html| words(&html));
    steps.iter().enumerate().map(|(at, step)| json!({ "@type": "HowToStep", "position": at + 1, "name": said(step, "title"), "text": said(step, "do") })).collect()
}

fn questions(faqs: &Value) -> Option<Json> {
    let entries: Vec<Json> = faqs
        .items()
        .iter()
        .filter_map(|faq| {
            let answer = json!({ "@type": "Answer", "text": words(&text(faq.get("a")?)?) });
            Some(json!({ "@type": "Question", "name": text(faq.get("q")?)?, "acceptedAnswer": answer }))
        })
        .collect();
    (!entries.is_empty()).then(|| json!({ "@type": "FAQPage", "mainEntity": entries }))
}

fn crumbs(maker: &Maker<'_>, list: &Value, article: &Article) -> Option<Json> {
    let base = maker.graph.config.url.as_deref();
    let item = |at: usize, name: &str, url: Option<&str>| {
        let mut node = json!({ "@type": "ListItem", "position": at, "name": name });
        if let (Some(base), Some(url)) = (base, url) {
            node["item"] = format!("{base}/{url}").into();
        }
        node
    };
    let mut entries: Vec<Json> = list
        .items()
        .iter()
        .enumerate()
        .filter_map(|(at, crumb)| Some(item(at + 1, &text(crumb.get("title")?)?, text(crumb.get("url")?).as_deref())))
        .collect();
    if entries.is_empty() {
        return None;
    }
    entries.push(item(entries.len() + 1, &article.title, article.url.as_deref()));
    Some(json!({ "@type": "BreadcrumbList", "itemListElement": entries }))
}

/// The text that a reader sees of a piece of HTML.
fn words(html: &str) -> String {
    plain(html).split_whitespace().collect::<Vec<_>>().join(" ")
}

fn text(value: &Value) -> Option<String> {
    text_of(value)
}

fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::Text(text) | Value::Html(text) => Some(text.to_string()),
        _ => None,
    }
}
