//! Turns one Markdown file, or one record of a data file, into an article.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::markdown::{self, Body, Fault, Setting};
use super::{Article, Id, Reference, Repeat, Rich, Rules, Target, Unit, front_matter, units};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Span, did_you_mean};
use crate::hash::Digest;
use crate::schema::{Checker, Kind, Registry, Shape};
use crate::similar::key;
use crate::source::Sources;
use crate::text::{count_words, is_id, slug};
use crate::yaml::Document;

/// The registry and id of the settings.
pub(crate) const SETTINGS: &str = "site-settings";
/// Headings that every page makes itself, and those it makes when the front matter has the field.
const GENERATED: &[&str] = &["table of contents", "contents", "on this page"];
const GENERATED_BY: &[(&str, &[&str])] = &[
    ("sources", &["sources", "references", "bibliography"]),
    ("faqs", &["faq", "faqs", "frequently asked questions"]),
    ("takeaways", &["key takeaways", "takeaways"]),
    ("disclaimers", &["disclaimer", "disclaimers"]),
];

/// Reads an article of its own. `None` when its front matter cannot be read at all.
pub(super) fn read(
    path: &Arc<str>,
    text: &Arc<str>,
    digest: Digest,
    rules: Rules<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<Article> {
    let split = front_matter::split(path, text, diagnostics)?;
    let kind = kind_of(path, &split.fields, &split.document, rules, diagnostics)?;
    let mut value = Value::Object(split.fields);
    kind.checker.check(&mut value, "", &split.document, path, diagnostics);
    let fields = crate::schema::object(&value);
    let (folders, stem) = place(path);
    let id = fields
        .get("id")
        .and_then(Value::as_str)
        .filter(|id| is_id(id))
        .map_or_else(|| file_id(&folders, stem), str::to_owned);
    let registry = kind.registry.clone().unwrap_or_else(|| kind.name.clone());
    let title = fields.get(&kind.label).and_then(Value::as_str).unwrap_or("").to_owned();
    let last = fields.get("slug").and_then(Value::as_str).filter(|s| crate::text::is_slug(s)).unwrap_or(&id);
    let url = match &kind.registry {
        Some(name) => rules.schema.registries.get(name).map(|r| format!("{}/{last}/", r.url)),
        None => Some(address(&folders, stem, last)),
    };
    check_address(path, url.as_deref().unwrap_or(""), diagnostics);
    let base = Article {
        id: Id { registry, slug: id.as_str().into() },
        kind: kind.name.clone(),
        path: path.clone(),
        digest,
        title: title.trim().to_owned(),
        url,
        ..blank(path, split.document, digest)
    };
    let synonyms = kind
        .registry
        .as_ref()
        .and_then(|name| rules.schema.registries.get(name))
        .map_or("aliases", |r| r.synonyms.as_str());
    let mut article = with_fields(base, fields, &kind.checker, synonyms, rules, diagnostics);
    add_body(&mut article, &text[split.body..], split.body, rules, diagnostics);
    Some(article)
}

/// The settings of a site as an article without a page: links in its footer are checked and lead where others do.
pub(super) fn settings(sources: &Sources, rules: Rules<'_>) -> Option<Article> {
    let source = sources.get(crate::config::PATH)?;
    let text = source.text()?;
    let (value, document) = Document::read(text, 0..text.len()).ok()?;
    let id = Id { registry: SETTINGS.into(), slug: SETTINGS.into() };
    let article = Article { id, ..blank(&source.path, document, source.digest) };
    // Its faults were reported when it was read as settings.
    Some(with_fields(
        article,
        crate::schema::object(&value),
        &rules.schema.config,
        "aliases",
        rules,
        &mut Diagnostics::default(),
    ))
}

/// Reads one record of a data file, at the JSON pointer `base`.
pub(super) fn record(
    registry: &Registry,
    base: String,
    fields: Map<String, Value>,
    blank: Article,
    rules: Rules<'_>,
    diagnostics: &mut Diagnostics,
) -> Article {
    let kind = registry.kind.as_ref().and_then(|kind| rules.schema.kinds.get(kind));
    let checker = kind.map_or(&registry.checker, |kind| &kind.checker);
    let id = fields.get("id").and_then(Value::as_str).unwrap_or("").to_owned();
    let title = fields.get(&registry.label).and_then(Value::as_str).unwrap_or(&id).trim().to_owned();
    let last = fields.get("slug").and_then(Value::as_str).unwrap_or(&id);
    let url = match registry.pages {
        crate::schema::Pages::Each => Some(format!("{}/{last}/", registry.url)),
        crate::schema::Pages::List => Some(format!("{}/#{last}", registry.url)),
        crate::schema::Pages::None => None,
    };
    let digest = Digest::of(&(blank.digest, &base));
    let kind = kind.map_or_else(|| "".into(), |kind| kind.name.clone());
    let article = Article {
        id: Id { registry: registry.name.clone(), slug: id.as_str().into() },
        kind,
        digest,
        base,
        title,
        url,
        ..blank
    };
    with_fields(article, fields, checker, &registry.synonyms, rules, diagnostics)
}

/// An article that says nothing yet.
pub(crate) fn blank(path: &Arc<str>, document: Document, digest: Digest) -> Article {
    Article {
        id: Id { registry: "".into(), slug: "".into() },
        kind: "".into(),
        path: path.clone(),
        digest,
        base: String::new(),
        document,
        title: String::new(),
        summary: None,
        lead: String::new(),
        lang: None,
        draft: false,
        names: Vec::new(),
        was: Vec::new(),
        fields: Map::new(),
        rich: BTreeMap::new(),
        body: Rich::default(),
        outline: Vec::new(),
        anchors: Vec::new(),
        references: Vec::new(),
        blocks: Vec::new(),
        repeats: Vec::new(),
        units: Vec::new(),
        shingles: Vec::new(),
        topic: Box::default(),
        words: 0,
        url: None,
        namesake: None,
    }
}

fn kind_of<'a>(
    path: &Arc<str>,
    fields: &Map<String, Value>,
    document: &Document,
    rules: Rules<'a>,
    diagnostics: &mut Diagnostics,
) -> Option<&'a Kind> {
    let inner = path.strip_prefix("content/").unwrap_or(path);
    let by_folder = || rules.schema.kind_of_folder(inner).or_else(|| rules.schema.fallback());
    let Some(name) = fields.get("kind").and_then(Value::as_str) else { return by_folder() };
    if let Some(kind) = rules.schema.kinds.get(name) {
        return Some(kind);
    }
    let known: Vec<&str> = rules.schema.kinds.keys().map(|k| &**k).collect();
    let message = format!("unknown kind \"{name}\"{}", did_you_mean(name, known.iter().copied()));
    let span = Span::new(path, document.value("/kind"));
    diagnostics.push(
        Diagnostic::new(Code::E104, span, message).help(format!("the kinds of this site are {}", known.join(", "))),
    );
    by_folder()
}

/// The folders below `content/` as slugs, and the name of the file without its ending.
pub(super) fn place(path: &str) -> (Vec<String>, &str) {
    let inner = path.strip_prefix("content/").unwrap_or(path);
    let (folders, file) = inner.rsplit_once('/').map_or(("", inner), |(a, b)| (a, b));
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    (folders.split('/').filter(|f| !f.is_empty()).map(segment).collect(), stem)
}

/// A slug that is never empty and never longer than a file system holds.
fn segment(name: &str) -> String {
    let slug = slug(name);
    let short = |text: &str| Digest::of_bytes(text.as_bytes()).short(8);
    match slug.len() {
        0 => format!("page-{}", short(name)),
        1..=200 => slug,
        _ => format!("{}-{}", slug.chars().take(60).collect::<String>(), short(name)),
    }
}

pub(super) fn file_id(folders: &[String], stem: &str) -> String {
    if stem != "index" {
        return segment(stem);
    }
    folders.last().map_or_else(|| "home".to_owned(), |folder| format!("{folder}-index"))
}

/// `how-to/press/`; an `index.md` stands for its folder.
fn address(folders: &[String], stem: &str, last: &str) -> String {
    let mut url = folders.iter().fold(String::new(), |url, folder| url + folder + "/");
    if stem != "index" {
        url.push_str(last);
        url.push('/');
    }
    url
}

/// Names that Windows keeps for devices.
fn check_address(path: &Arc<str>, url: &str, diagnostics: &mut Diagnostics) {
    let device = |part: &str| {
        matches!(part, "con" | "prn" | "aux" | "nul")
            || part.len() == 4
                && (part.starts_with("com") || part.starts_with("lpt"))
                && part.ends_with(|c: char| c.is_ascii_digit())
    };
    if let Some(part) = url.split('/').find(|part| device(part)) {
        let message = format!("\"{part}\" cannot be the name of a file or folder on Windows");
        diagnostics.push(
            Diagnostic::new(Code::W111, Span::file(path), message).help("rename the file, or give the page a `slug`"),
        );
    }
}

/// Takes from the fields what the engine understands, renders their Markdown and collects their references.
fn with_fields(
    mut article: Article,
    fields: Map<String, Value>,
    checker: &Checker,
    synonyms: &str,
    rules: Rules<'_>,
    diagnostics: &mut Diagnostics,
) -> Article {
    let text =
        |key: &str| fields.get(key).and_then(Value::as_str).map(|t| t.trim().to_owned()).filter(|t| !t.is_empty());
    let list = |key: &str| -> Vec<String> {
        fields
            .get(key)
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect()
    };
    article.summary = text("summary");
    article.lang = text("lang");
    article.draft = fields.get("draft") == Some(&Value::Bool(true)) || text("status").as_deref() == Some("draft");
    article.was = list("was");
    article.names = list(synonyms);
    if synonyms != "aliases" {
        article.names.extend(list("aliases"));
    }
    article.fields = fields;
    let asked = drop_repeats(&mut article, checker.shape(), diagnostics);
    let mut visits = Vec::new();
    let value = Value::Object(std::mem::take(&mut article.fields));
    checker.shape().walk(&value, &mut String::new(), &mut |shape, value, pointer| {
        if let Value::String(text) = value {
            visits.push((shape.clone(), text.clone(), pointer.to_owned()));
        }
    });
    article.fields = crate::schema::object(&value);
    for (shape, text, pointer) in visits {
        field(&mut article, &shape, &text, (&pointer, rules), diagnostics);
    }
    units::of_fields(&mut article, &asked);
    article
}

/// One text of the front matter.
fn field(
    article: &mut Article,
    shape: &Shape,
    text: &str,
    (pointer, rules): (&str, Rules<'_>),
    diagnostics: &mut Diagnostics,
) {
    let refer = |target: Target| Reference {
        target,
        field: Some(pointer.to_owned()),
        range: 0..0,
        context: String::new(),
        words: String::new(),
    };
    match shape {
        Shape::Ref { registry, sided } => article.references.push(refer(Target::Field {
            registry: registry.clone(),
            id: text.to_owned(),
            sided: *sided,
        })),
        Shape::Asset => article.references.push(refer(Target::Asset(text.to_owned()))),
        Shape::Markdown | Shape::Blocks => {
            article.words += count_words(text);
            let rich = markdown_field(article, matches!(shape, Shape::Blocks), text, (pointer, rules), diagnostics);
            article.rich.insert(pointer.to_owned(), rich);
        }
        _ => {}
    }
}

fn markdown_field(
    article: &mut Article,
    blocks: bool,
    text: &str,
    (pointer, rules): (&str, Rules<'_>),
    diagnostics: &mut Diagnostics,
) -> Rich {
    if markdown::is_plain(text) {
        let words = crate::text::escape(text);
        return Rich { html: if blocks { format!("<p>{words}</p>\n") } else { words }, holes: false };
    }
    let notes = format!("{}-", slug(pointer));
    let setting = Setting {
        references: article.references.len(),
        notes: &notes,
        words: Some(rules.words(article)),
        site: rules.config.url.as_deref(),
        ..Setting::default()
    };
    let body = markdown::render(text, setting);
    for fault in &body.faults {
        let words = text.get(fault.range.clone()).unwrap_or("").lines().next().unwrap_or("");
        let span = Span::new(&article.path, article.document.inside(&format!("{}{pointer}", article.base), words));
        diagnostics
            .push(Diagnostic { help: fault.help.clone(), ..Diagnostic::new(fault.code, span, fault.message.clone()) });
    }
    article.references.extend(
        body.references.into_iter().map(|reference| Reference { field: Some(pointer.to_owned()), ..reference }),
    );
    if blocks { body.rich } else { Rich { html: inline(body.rich.html), ..body.rich } }
}

/// A single paragraph without its element.
fn inline(html: String) -> String {
    let inner = html
        .trim_end()
        .strip_prefix("<p>")
        .and_then(|rest| rest.strip_suffix("</p>"))
        .filter(|inner| !inner.contains("<p>"));
    inner.map(str::to_owned).unwrap_or(html)
}

/// Of equal texts in one list, and of equal questions with equal answers, the first stays. What is dropped becomes
/// null, so that positions stay what they are in the file. Gives the words of the page's questions and their answers.
fn drop_repeats(article: &mut Article, shape: &Shape, diagnostics: &mut Diagnostics) -> Vec<Option<Words>> {
    let mut asked = Vec::new();
    let mut dropped: Vec<(String, usize)> = Vec::new();
    for (name, value) in &article.fields {
        let (Value::Array(values), Some(Shape::List(items))) = (value, shape.key(name)) else { continue };
        let texts = matches!(**items, Shape::Markdown | Shape::Blocks | Shape::Ref { .. });
        if !(texts || matches!(name.as_str(), "sources" | "faqs")) {
            continue;
        }
        let words: Vec<Option<Words>> = values.iter().map(compared).collect();
        for (at, first) in repeats_of(&words) {
            let range = |at: usize| article.document.value(&format!("{}/{name}/{at}", article.base));
            if words[at] == words[first] {
                article.repeats.push(Repeat { what: what_of(name), kept: range(first), dropped: range(at) });
                dropped.push((name.clone(), at));
            } else if name == "faqs" {
                let message = "this question has another answer on this page already";
                let diagnostic = Diagnostic::new(Code::E511, Span::new(&article.path, range(at)), message);
                let diagnostic = diagnostic.help("keep one answer");
                diagnostics.push(diagnostic.see(Span::new(&article.path, range(first)), "the first answer"));
            }
        }
        if name == "faqs" {
            asked = words;
        }
    }
    for (name, at) in dropped {
        if let Some(value) = article.fields.get_mut(&name).and_then(|values| values.get_mut(at)) {
            *value = Value::Null;
        }
    }
    asked
}

/// The digests of the words of a text, or of a question and its answer.
type Words = (Digest, Digest);

/// The places of entries whose key stood before, each with the first place of that key.
fn repeats_of(words: &[Option<Words>]) -> Vec<(usize, usize)> {
    let mut seen: HashMap<Digest, usize> = HashMap::new();
    let keys = words.iter().enumerate().filter_map(|(at, words)| Some((at, words.as_ref()?.0)));
    keys.map(|(at, key)| (at, *seen.entry(key).or_insert(at))).filter(|(at, first)| at != first).collect()
}

/// What two entries of a list are compared by: the key, and for a question its answer.
fn compared(value: &Value) -> Option<Words> {
    let words = |text: &str| key(&super::units::plain(text));
    match value {
        Value::String(text) => Some((words(text), Digest::default())),
        Value::Object(map) => match (map.get("q"), map.get("a")) {
            (Some(q), Some(a)) => Some((words(q.as_str()?), words(a.as_str()?))),
            // Sources inside an article are compared by the graph, which knows those of all articles.
            _ => None,
        },
        _ => None,
    }
}

fn what_of(name: &str) -> &'static str {
    match name {
        "faqs" => "faq",
        "sources" => "source",
        "takeaways" => "takeaway",
        _ => "list item",
    }
}

fn add_body(article: &mut Article, text: &str, start: usize, rules: Rules<'_>, diagnostics: &mut Diagnostics) {
    let mut generated = GENERATED.to_vec();
    for (field, names) in GENERATED_BY {
        if article.fields.contains_key(*field) {
            generated.extend_from_slice(names);
        }
    }
    let shape = rules.schema.kinds.get(&article.kind).map(|kind| kind.checker.shape());
    let reserved = shape.map(|shape| section_ids(article, shape)).unwrap_or_default();
    let setting = Setting {
        title: &article.title,
        min_words: rules.config.dedupe.min_words,
        references: article.references.len(),
        generated: &generated,
        reserved: &reserved,
        body: true,
        notes: "",
        words: Some(rules.words(article)),
        site: rules.config.url.as_deref(),
    };
    let Body { rich, outline, anchors, references, blocks, repeats, units, shingles, topic, words, lead, faults } =
        markdown::render(text, setting);
    let shift = |range: Range<usize>| range.start + start..range.end + start;
    diagnostics.extend(faults.into_iter().map(|fault| located(fault, &article.path, start)));
    article.references.extend(references.into_iter().map(|r| Reference { range: shift(r.range), ..r }));
    article.blocks = blocks
        .into_iter()
        .map(|mut block| {
            block.range = shift(block.range);
            block
        })
        .collect();
    article.repeats.extend(repeats.into_iter().map(|r| Repeat { kept: shift(r.kept), dropped: shift(r.dropped), ..r }));
    article.units.extend(units.into_iter().map(|unit| Unit { range: shift(unit.range), ..unit }));
    article.references.shrink_to_fit();
    article.units.shrink_to_fit();
    (article.anchors, article.shingles) = (anchors, shingles);
    article.shingles.shrink_to_fit();
    article.topic = topic;
    article.words += words;
    (article.body, article.outline, article.lead) = (rich, outline, lead);
}

/// Anchors that a page's templates use.
const PAGE_IDS: &[&str] = &[
    "main",
    "faq",
    "sources",
    "disclaimer",
    "takeaways",
    "red-flags",
    "contraindications",
    "related",
    "backlinks",
    "toc",
    "search",
];

/// The anchors of the sections that the page makes around the body.
fn section_ids(article: &Article, shape: &Shape) -> Vec<String> {
    let own = shape.fields().filter(|(name, field)| field.toc.is_some() && article.fields.contains_key(&***name));
    own.map(|(name, _)| slug(name)).chain(PAGE_IDS.iter().map(|id| (*id).to_owned())).collect()
}

fn located(fault: Fault, path: &Arc<str>, start: usize) -> Diagnostic {
    let shift = |range: Range<usize>| Span::new(path, range.start + start..range.end + start);
    let mut diagnostic = Diagnostic::new(fault.code, shift(fault.range), fault.message);
    diagnostic.help = fault.help;
    match fault.see {
        Some(range) => diagnostic.see(shift(range), "it stands here first"),
        None => diagnostic,
    }
}
