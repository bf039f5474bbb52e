//! Turns an article into the units that a search answers with: its head, its sections, its questions.

use serde_json::Value;

use crate::graph::{faq_anchor, section_id};
use crate::parse::{ADDRESS, Article, CITATION, HOLE, Rich, TITLE};
use crate::schema::{Field, Schema, Shape, capital, step_into};
use crate::text::is_inline;

/// Fields that say nothing to a reader, or stand elsewhere.
const SILENT: &[&str] = &[
    "id",
    "title",
    "kind",
    "description",
    "aliases",
    "was",
    "lang",
    "status",
    "draft",
    "date",
    "updated",
    "slug",
    "sources",
    "faqs",
    "disclaimers",
    "related",
    "autolink",
    "needs",
    "review",
    "image",
    "canonical",
    "template",
    "toc",
    "order",
];
/// Fields with a section of their own that the schema does not name.
const OWN: &[&str] = &["takeaways", "red_flags", "contraindications"];
/// The field with the words that readers type, and how much each weighs: they were chosen by hand.
const FOUND_BY: &str = "search_words";
const FOUND_WEIGHT: f64 = 3.0;
/// How much more the words of a question weigh than those of a heading: they are what readers type.
const ASKED: f64 = 2.0;
/// Bytes of HTML that are more than text: a tag, an entity, the first of a hole.
const TOLD: [bool; 256] = {
    let mut table = [false; 256];
    (table[b'<' as usize], table[b'&' as usize], table[0xEF]) = (true, true, true);
    table
};
/// At most so many units of one page: what follows is part of the last.
const MOST: usize = 200;

/// The words that a link to another page shows where it shows that page's title, by the number of the reference.
pub(super) type Titles<'a> = &'a (dyn Fn(usize) -> String + 'a);

/// A part of a page with an address of its own.
#[derive(Clone, Debug, Default)]
pub(super) struct Unit {
    /// Empty for the head of the page.
    pub heading: String,
    pub anchor: String,
    pub text: String,
    /// Words that are found and not shown.
    pub hidden: String,
    /// How much the words of the heading weigh; as those of any where 0.
    pub asked: f64,
    /// Words that weigh more than their place says: (text, weight).
    pub weighed: Vec<(String, f64)>,
}

/// The units of an article in the order of its page; the first is its head.
pub(super) fn units(article: &Article, schema: &Schema, titles: Titles<'_>) -> Vec<Unit> {
    let mut units = vec![Unit { text: article.summary.clone().unwrap_or_default(), ..Unit::default() }];
    let kind = schema.kinds.get(&article.kind).map(|kind| kind.checker.shape());
    let shape = kind.or_else(|| schema.registries.get(&article.id.registry).map(|registry| registry.checker.shape()));
    let reader = Reader { article, schema, titles };
    let mut later = Vec::new();
    for (name, field) in shape.into_iter().flat_map(Shape::fields) {
        let Some(value) = article.fields.get(&**name) else { continue };
        if field.search == Some(0.0) || field.search.is_none() && reader.is_silent(name, field) {
            continue;
        }
        push_gap(&mut units[0].hidden);
        if **name == *FOUND_BY {
            let words: Vec<&str> = value.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
            let words = words.join(", ");
            units[0].hidden.push_str(&words);
            units[0].weighed.push((words, FOUND_WEIGHT));
            continue;
        }
        let (mut text, mut names) = (String::new(), String::new());
        reader.value(&field.shape, value, &format!("/{name}"), &mut text, &mut names);
        let own = field.toc.clone().or_else(|| OWN.contains(&&**name).then(|| capital(&name.replace('_', " "))));
        let weighed = field.search.filter(|weight| *weight != 1.0).map(|weight| (text.clone(), weight));
        match own {
            // A list of pages is found by its words, and does not answer anything itself.
            Some(_) if text.is_empty() => units[0].hidden.push_str(&names),
            Some(heading) => {
                let hidden = names;
                let weighed = weighed.into_iter().collect();
                let unit = Unit { heading, anchor: section_id(name), text, hidden, weighed, ..Unit::default() };
                if field.after { later.push(unit) } else { units.push(unit) }
            }
            None => {
                push_gap(&mut units[0].text);
                units[0].text.push_str(&text);
                units[0].hidden.push_str(&names);
                units[0].weighed.extend(weighed);
            }
        }
    }
    reader.body(&mut units);
    units.append(&mut later);
    reader.questions(&mut units);
    for unit in units.split_off(units.len().min(MOST)) {
        push_gap(&mut units[MOST - 1].text);
        units[MOST - 1].text.push_str(&unit.text);
    }
    units
}

fn push_gap(text: &mut String) {
    if !text.is_empty() && !text.ends_with(char::is_whitespace) {
        text.push(' ');
    }
}

/// Parts of a list do not run into each other.
fn end_sentence(text: &mut String) {
    let end = text.trim_end().len();
    text.truncate(end);
    if !text.is_empty() && !text.ends_with(['.', '!', '?', ':', ';', '…']) {
        text.push('.');
    }
}

struct Reader<'a> {
    article: &'a Article,
    schema: &'a Schema,
    titles: Titles<'a>,
}

impl Reader<'_> {
    fn is_silent(&self, name: &str, field: &Field) -> bool {
        let registry = self.schema.registries.get(&self.article.id.registry);
        let names = registry.is_some_and(|registry| registry.synonyms == name || registry.label == name);
        names || name == "summary" || SILENT.contains(&name) || !field.choices.is_empty()
    }

    /// The words of a value: what is shown of it, and the names behind references to pages.
    fn value(&self, shape: &Shape, value: &Value, pointer: &str, out: &mut String, names: &mut String) {
        let shape = shape.pick(value);
        match (shape, value) {
            (Shape::List(items), Value::Array(values)) => {
                for (at, value) in values.iter().enumerate() {
                    self.value(items, value, &format!("{pointer}/{at}"), out, names);
                }
            }
            (Shape::Object(_), Value::Object(values)) => {
                // One word of a few, such as "avoid", is for the page to show.
                for (key, value) in values {
                    let field = shape.field(key);
                    if field.is_some_and(|field| !field.choices.is_empty() || field.search == Some(0.0)) {
                        continue;
                    }
                    let Some(inner) = shape.key(key) else { continue };
                    let mut pointer = pointer.to_owned();
                    step_into(&mut pointer, key);
                    if field.is_some_and(|field| field.search.is_some()) {
                        self.value(inner, value, &pointer, names, &mut String::new());
                    } else {
                        self.value(inner, value, &pointer, out, names);
                    }
                }
            }
            (Shape::Markdown | Shape::Blocks, Value::String(text)) => {
                push_gap(out);
                match self.article.rich.get(pointer) {
                    Some(rich) => self.rich(rich, &rich.html, out),
                    None => out.push_str(text),
                }
                end_sentence(out);
            }
            (Shape::Plain, Value::String(text)) if text.contains(' ') => {
                push_gap(out);
                out.push_str(text);
                end_sentence(out);
            }
            (Shape::Plain, Value::String(text)) => {
                push_gap(names);
                names.push_str(text);
            }
            (Shape::Ref { registry, .. }, Value::String(text)) if self.has_pages(registry) => {
                if !names.is_empty() {
                    names.push_str(", ");
                }
                names.push_str(&text.split('@').next().unwrap_or("").replace('-', " "));
            }
            _ => {}
        }
    }

    fn has_pages(&self, registry: &str) -> bool {
        self.schema.registries.get(registry).is_some_and(|registry| registry.kind.is_some())
    }

    /// The body by its headings; what stands before the first belongs to the head.
    fn body(&self, units: &mut Vec<Unit>) {
        let body = &self.article.body;
        let mut rest = body.html.as_str();
        for heading in &self.article.outline {
            let start = format!("<h{} id=\"{}\">", heading.level, heading.id);
            let mut text = String::new();
            let Some(at) = self.rich_until(body, rest, &start, &mut text) else { continue };
            push_gap(&mut last(units).text);
            last(units).text.push_str(text.trim());
            let close = format!("</h{}>", heading.level);
            let closes = |at: &usize| rest[*at..].starts_with(&close);
            let end = rest[at..].match_indices('<').map(|(inner, _)| at + inner).find(closes);
            rest = &rest[end.map_or(rest.len(), |end| end + close.len())..];
            units.push(Unit { heading: heading.text.clone(), anchor: heading.id.clone(), ..Unit::default() });
        }
        let mut text = String::new();
        self.rich(body, rest, &mut text);
        push_gap(&mut last(units).text);
        last(units).text.push_str(text.trim());
    }

    fn questions(&self, units: &mut Vec<Unit>) {
        let entries = self.article.fields.get("faqs").and_then(Value::as_array);
        for (at, entry) in entries.into_iter().flatten().enumerate() {
            let (Some(q), Some(a)) = (entry["q"].as_str(), entry["a"].as_str()) else { continue };
            let mut text = String::new();
            match self.article.rich.get(&format!("/faqs/{at}/a")) {
                Some(rich) => self.rich(rich, &rich.html, &mut text),
                None => text.push_str(a),
            }
            units.push(Unit {
                heading: q.to_owned(),
                anchor: faq_anchor(entry),
                text,
                asked: ASKED,
                ..Unit::default()
            });
        }
    }

    /// HTML as words: no tags, a gap where a block ends, and for a link that shows a title that title.
    fn rich(&self, rich: &Rich, html: &str, out: &mut String) {
        self.rich_until(rich, html, "\0", out);
    }

    /// The same up to a tag; where that stands, if it does.
    fn rich_until(&self, rich: &Rich, html: &str, stop: &str, out: &mut String) -> Option<usize> {
        let mut rest = html;
        while let Some(at) = rest.as_bytes().iter().position(|byte| TOLD[usize::from(*byte)]) {
            out.push_str(&rest[..at]);
            rest = &rest[at..];
            rest = match rest.as_bytes()[0] {
                b'<' if rest.starts_with(stop) => return Some(html.len() - rest.len()),
                b'<' => tag(rest, out),
                b'&' => entity(rest, out),
                _ if rest.starts_with(HOLE) && rich.holes => self.hole(rest, out),
                _ if rest.starts_with(HOLE) => &rest[HOLE.len_utf8()..],
                _ => {
                    let other = rest.chars().next().map_or(1, char::len_utf8);
                    out.push_str(&rest[..other]);
                    &rest[other..]
                }
            };
        }
        out.push_str(rest);
        None
    }

    fn hole<'t>(&self, text: &'t str, out: &mut String) -> &'t str {
        let inner = &text[HOLE.len_utf8()..];
        let digits = inner.len() - inner.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        if inner[digits..].starts_with(TITLE)
            && let Ok(number) = inner[..digits].parse()
        {
            out.push_str(&(self.titles)(number));
        }
        inner[digits..].trim_start_matches([ADDRESS, TITLE, CITATION])
    }
}

fn last(units: &mut [Unit]) -> &mut Unit {
    let at = units.len() - 1;
    &mut units[at]
}

/// Behind a tag; tags of blocks leave a gap.
fn tag<'t>(text: &'t str, out: &mut String) -> &'t str {
    let end = text.as_bytes().iter().position(|byte| *byte == b'>').map_or(text.len(), |end| end + 1);
    if !is_inline(&text[..end]) {
        push_gap(out);
    }
    &text[end..]
}

fn entity<'t>(text: &'t str, out: &mut String) -> &'t str {
    for (name, c) in [("&lt;", '<'), ("&gt;", '>'), ("&quot;", '"'), ("&#39;", '\''), ("&amp;", '&')] {
        if let Some(rest) = text.strip_prefix(name) {
            out.push(c);
            return rest;
        }
    }
    out.push('&');
    &text[1..]
}
