//! Turns one article and its neighbours into its page.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::fields::Reader;
use super::fill::Filler;
use super::{Fields, Maker, Page, Value, jsonld, map, root_of, route_of, summary};
use crate::date::Date;
use crate::graph::{Edge, Why, faqs_of, home_key, section_id};
use crate::parse::{Article, Heading, Id};
use crate::schema::{Kind, Shape, capital};
use crate::words::Language;

/// Words a grown-up reads in a minute.
const WORDS_A_MINUTE: usize = 220;
/// Backlinks and citing pages shown of one kind.
const MOST: usize = 100;

/// Makes the page of an article that has an address of its own.
pub(super) fn page(maker: &Maker<'_>, article: &Article) -> Page {
    let url = article.url.clone().unwrap_or_default();
    let kind = maker.graph.schema.kinds.get(&article.kind);
    let template = article.text("/template").map(str::to_owned).or_else(|| kind.map(|kind| kind.template.clone()));
    let template =
        if url.is_empty() { "home.html".to_owned() } else { template.unwrap_or_else(|| "default.html".to_owned()) };
    let data = Parts::new(maker, article, kind).data(&url);
    Page {
        route: route_of(&url),
        template,
        fallback: "default.html",
        root: root_of(&url),
        data,
        path: article.path.clone(),
    }
}

/// The parts of a page, made in the order in which a reader meets them, so that citations count upwards.
struct Parts<'a> {
    maker: &'a Maker<'a>,
    article: &'a Article,
    kind: Option<&'a Kind>,
    words: &'a Language,
    filler: Filler<'a>,
    fields: BTreeMap<&'a str, Value>,
}

impl<'a> Parts<'a> {
    fn new(maker: &'a Maker<'a>, article: &'a Article, kind: Option<&'a Kind>) -> Self {
        Self {
            maker,
            article,
            kind,
            words: maker.words_of(article),
            filler: Filler::new(maker, article),
            fields: BTreeMap::new(),
        }
    }

    fn data(mut self, url: &str) -> Value {
        let (maker, article) = (self.maker, self.article);
        for field in ["takeaways", "red_flags", "contraindications"] {
            self.field(field);
        }
        let red_flags = self.inherited("red_flags");
        let contraindications = self.inherited("contraindications");
        let before = self.sections(false);
        let body = self.filler.body();
        let after = self.sections(true);
        let faqs = self.faqs();
        let disclaimers = self.disclaimers();
        let sources = self.sources();
        let fields = self.all_fields();
        let toc = self.toc(&before, &after, &faqs, &sources);
        let (section, prev, next) = maker.neighbours(article);
        let review = self.review();
        let lead = summary(article);
        let config = &maker.graph.config;
        let canonical = self.canonical(url);
        let mut data = vec![
            entry("id", Value::text(&article.id.slug)),
            entry("kind", Value::text(&article.kind)),
            entry("kind_title", Value::option(self.kind.map(|kind| kind.title.as_str()))),
            entry("kind_plural", Value::option(self.kind.map(|kind| kind.plural.as_str()))),
            entry("title", Value::text(&article.title)),
            entry("summary", Value::option(article.summary.as_deref())),
            entry("description", Value::option(article.text("/description").or(lead.as_deref()))),
            entry("url", Value::text(url)),
            entry("canonical", Value::option(canonical.as_deref())),
            entry("lang", Value::text(article.lang.as_deref().unwrap_or(&config.lang))),
            entry("draft", Value::Bool(article.draft)),
            entry("words", Value::count(article.words)),
            entry("minutes", Value::count(article.words.div_ceil(WORDS_A_MINUTE).max(1))),
            entry("breadcrumbs", self.breadcrumbs(url)),
            entry("section", section),
            entry("prev", prev),
            entry("next", next),
            entry("toc", toc),
            entry("body", Value::html(&body)),
            entry("before", before),
            entry("after", after),
            entry("takeaways", self.fields.get("takeaways").cloned().unwrap_or(Value::None)),
            entry("red_flags", red_flags),
            entry("contraindications", contraindications),
            entry("faqs", faqs),
            entry("sources", sources),
            entry("disclaimers", disclaimers),
            entry("review", review),
            entry("terms", maker.terms(article)),
            entry("image", fields.get("image").cloned().unwrap_or(Value::None)),
            entry("backlinks", self.backlinks()),
            entry("cited_by", self.cited_by()),
            entry("related", self.related()),
            entry("derived", self.derived()),
            entry("map", maker.map_for(article, &self.filler.root)),
            entry("list", maker.list_for(article)),
            entry("letters", Value::None),
            entry("index", Value::None),
            entry("parts", self.parts(url)),
            entry("picture", Value::option(maker.pictures.map(|pictures| pictures.address(&article.title)).as_deref())),
            entry("fields", fields),
            entry("labels", self.labels()),
        ];
        let json_ld = jsonld::script(maker, article, self.kind, &data);
        data.push(entry("json_ld", Value::html(&json_ld)));
        Value::map(data)
    }

    fn shape(&self) -> Option<&'a Shape> {
        self.kind.map(|kind| kind.checker.shape())
    }

    /// A field read once: its citations are counted where it is read first.
    fn field(&mut self, name: &'a str) -> Value {
        if let Some(known) = self.fields.get(name) {
            return known.clone();
        }
        let Some(value) = self.article.fields.get(name) else { return Value::None };
        let shape = self.shape().and_then(|shape| shape.key(name)).unwrap_or(&Shape::Plain);
        let mut reader = Reader::new(self.maker, &mut self.filler, self.article);
        let read = reader.value(shape, value, &format!("/{name}"));
        self.fields.insert(name, read.clone());
        read
    }

    /// The fields given, but for those that have their own place.
    fn all_fields(&mut self) -> Value {
        let Some(shape) = self.shape() else { return Value::map(Vec::new()) };
        let apart = ["faqs", "sources", "search_words"];
        let names = shape.names().filter(|name| !apart.contains(name));
        let given = names.filter(|name| self.article.fields.contains_key(*name)).collect::<Vec<_>>();
        let fields: Fields = given.into_iter().map(|name| (Cow::Owned(name.to_owned()), self.field(name))).collect();
        Value::map(fields)
    }

    /// The shown names of fields that the schema gives one.
    fn labels(&self) -> Value {
        let named = self
            .shape()
            .into_iter()
            .flat_map(Shape::fields)
            .filter_map(|(name, field)| Some((name, field.title.as_ref()?)));
        Value::map(named.map(|(name, title)| (Cow::Owned(name.to_string()), Value::text(title))).collect())
    }

    /// The sections made from fields with `toc`, before or after the body.
    fn sections(&mut self, after: bool) -> Value {
        let Some(shape) = self.shape() else { return Value::list([]) };
        let mut list = Vec::new();
        for (name, field) in shape.fields().filter(|(_, field)| field.after == after) {
            let Some(title) = &field.toc else { continue };
            let value = self.field(name);
            if value != Value::None && !matches!(&value, Value::List(items) if items.is_empty()) {
                list.push(map! { field: Value::text(name), id: Value::text(&section_id(name)), title: Value::text(title), value: value });
            }
        }
        Value::list(list)
    }

    fn inherited(&mut self, field: &str) -> Value {
        let entries = self.maker.graph.inherited(self.article, field);
        let mut seen = Vec::new();
        for (owner, at) in entries {
            let Some(value) = owner.fields.get(field).and_then(|list| list.get(at)) else { continue };
            let shape = self.maker.graph.schema.kinds.get(&owner.kind).and_then(|kind| kind.checker.shape().key(field));
            let Some(Shape::List(shape)) = shape else { continue };
            let read = Reader::new(self.maker, &mut self.filler, owner).value(shape, value, &format!("/{field}/{at}"));
            let read = with_action(read, self.words);
            if !seen.iter().any(|(known, _)| *known == read) {
                seen.push((read, owner.id != self.article.id));
            }
        }
        let list = seen.into_iter().map(|(read, inherited)| read.with("inherited", Value::Bool(inherited)));
        let list: Vec<Value> = list.collect();
        if list.is_empty() { Value::None } else { Value::list(list) }
    }

    fn faqs(&mut self) -> Value {
        let graph = self.maker.graph;
        let mut list = Vec::new();
        for faq in faqs_of(graph, self.article) {
            let answer = faq.html.map_or_else(
                || crate::text::escape(faq.answer),
                |rich| self.filler.rich(faq.owner, rich, Some(&format!("{}/a", faq.pointer))),
            );
            let home = graph.homes.get(&home_key(&faq)).filter(|(page, _)| *page != self.article.id);
            let home = home.and_then(|(page, anchor)| Some(format!("{}#{anchor}", graph.get(page)?.url.as_deref()?)));
            list.push(map! { id: Value::text(&faq.anchor), q: Value::text(faq.question), a: Value::html(&answer), home: Value::option(home.as_deref()) });
        }
        if list.is_empty() { Value::None } else { Value::list(list) }
    }

    fn disclaimers(&mut self) -> Value {
        let (mut top, mut bottom) = (Vec::new(), Vec::new());
        for disclaimer in self.maker.graph.disclaimers(self.article) {
            let Some(rich) = disclaimer.rich.get("/text") else { continue };
            let html = self.filler.rich(disclaimer, rich, Some("/text"));
            let item = map! { id: Value::text(&disclaimer.id.slug), html: Value::html(&html) };
            if disclaimer.text("/placement") == Some("top") { top.push(item) } else { bottom.push(item) }
        }
        map! { top: Value::list(top), bottom: Value::list(bottom) }
    }

    /// The sources in the order of their first citation, then those only listed.
    fn sources(&mut self) -> Value {
        let graph = self.maker.graph;
        let typed = (0..).zip(self.article.fields.get("sources").and_then(Json::as_array).into_iter().flatten());
        let listed: Vec<Id> = graph.field_refs(self.article, "sources").cloned().collect();
        let made =
            typed.filter(|(_, value)| value.is_object()).filter_map(|(at, _)| graph.typed_source(&self.article.id, at));
        for id in listed.into_iter().chain(made) {
            let id = graph.merged.get(&id).cloned().unwrap_or(id);
            if !self.filler.cited.iter().any(|(known, _)| *known == id) {
                self.filler.cited.push((id, 0));
            }
        }
        let cited = self.filler.cited.clone();
        let list: Vec<Value> = cited
            .iter()
            .enumerate()
            .filter_map(|(at, (id, marks))| Some(source(graph.get(id)?, at + 1, *marks)))
            .collect();
        if list.is_empty() { Value::None } else { Value::list(list) }
    }

    fn review(&self) -> Value {
        let Some(Json::Object(_)) = self.article.fields.get("review") else { return Value::None };
        let text = |pointer: &str| self.article.text(pointer);
        let people = |field: &str| {
            let prefix = format!("/review/{field}/");
            let graph = self.maker.graph;
            let resolved = graph.resolved_of(&self.article.id);
            let named = self
                .article
                .references
                .iter()
                .zip(resolved)
                .filter(|(r, _)| r.field.as_deref().is_some_and(|f| f.starts_with(&prefix)));
            let list = named.filter_map(|(_, resolved)| {
                if let crate::graph::Resolved::Thing { id, .. } = resolved { graph.get(id) } else { None }
            });
            Value::list(
                list.map(|person| map! { name: Value::text(&person.title), url: Value::option(person.text("/url")) }),
            )
        };
        let long = |pointer: &str| {
            Value::option(text(pointer).and_then(Date::parse).map(|date| self.words.date(date)).as_deref())
        };
        map! {
            authors: people("authors"),
            reviewers: people("reviewers"),
            written: Value::option(text("/review/written")),
            last_reviewed: Value::option(text("/review/last_reviewed")),
            last_reviewed_text: long("/review/last_reviewed"),
            next_review: Value::option(text("/review/next_review")),
            evidence: Value::option(text("/review/evidence")),
        }
    }

    fn toc(&self, before: &Value, after: &Value, faqs: &Value, sources: &Value) -> Value {
        if self.article.fields.get("toc") == Some(&Json::Bool(false)) {
            return Value::None;
        }
        let made = |list: &Value| -> Vec<Value> {
            list.items().iter().map(|s| leaf(s.get("id").cloned(), s.get("title").cloned())).collect()
        };
        let mut list = made(before);
        list.extend(nested(&self.article.outline, 2));
        list.extend(made(after));
        if *faqs != Value::None {
            list.push(leaf(Some(Value::text("faq")), Some(Value::text(self.words.get("questions")))));
        }
        if *sources != Value::None {
            list.push(leaf(Some(Value::text("sources")), Some(Value::text(self.words.get("sources")))));
        }
        if list.len() < 2 { Value::None } else { Value::list(list) }
    }

    /// The further pages, where the article stands at the address of a long list.
    fn parts(&self, url: &str) -> Value {
        let section = self.maker.sections.list.iter().find(|(_, section)| section.url.as_deref() == Some(url));
        section.map_or(Value::None, |(name, _)| super::paging::parts_of(self.maker, name))
    }

    fn canonical(&self, url: &str) -> Option<String> {
        let base = self.maker.graph.config.url.as_deref()?;
        let other = self
            .maker
            .graph
            .field_refs(self.article, "canonical")
            .next()
            .and_then(|id| self.maker.graph.get(id))
            .and_then(|a| a.url.clone());
        Some(format!("{base}/{}", other.as_deref().unwrap_or(url)))
    }

    fn breadcrumbs(&self, url: &str) -> Value {
        if url.is_empty() {
            return Value::list([]);
        }
        let mut list = vec![map! { title: Value::text(self.words.get("home")), url: Value::text("") }];
        if let Some(section) = self.maker.sections.get(&self.article.id.registry)
            && let Some(place) = section.url.as_deref().filter(|place| *place != url)
        {
            list.push(map! { title: Value::text(&section.title), url: Value::text(place) });
        }
        Value::list(list)
    }

    /// Pages whose text leads here, grouped by kind; links by hand come before automatic ones.
    fn backlinks(&self) -> Value {
        let graph = self.maker.graph;
        let edges = graph.to(&self.article.id);
        let mut links: Vec<&Edge> = edges.filter(|edge| matches!(edge.why, Why::Hand | Why::Auto)).collect();
        links.sort_by_key(|edge| (edge.why == Why::Auto, &edge.from, graph.context(edge)));
        let mut seen = std::collections::BTreeSet::new();
        links.retain(|edge| seen.insert(&edge.from));
        let items = links.into_iter().map(|edge| (&edge.from, graph.context(edge)));
        self.by_kind(items, |card, context| map! { title: get(card, "title"), url: get(card, "url"), context: Value::option(Some(context.trim()).filter(|c| !c.is_empty())) })
    }

    /// Pages whose front matter names this one, grouped by kind.
    fn cited_by(&self) -> Value {
        let edges = self.maker.graph.to(&self.article.id).filter(|edge| matches!(edge.why, Why::Field(_)));
        let derived: Vec<&Id> = self
            .maker
            .graph
            .derived
            .get(&self.article.id)
            .into_iter()
            .flat_map(|fields| fields.values().flat_map(|groups| groups.values().flatten()))
            .collect();
        let mut seen = std::collections::BTreeSet::new();
        let items: Vec<(&Id, &str)> = edges
            .map(|edge| &edge.from)
            .filter(|id| !derived.contains(id) && seen.insert(*id))
            .map(|id| (id, ""))
            .collect();
        self.by_kind(items.into_iter(), |card, _| card.clone())
    }

    fn by_kind<'e>(
        &self,
        items: impl Iterator<Item = (&'e Id, &'e str)>,
        show: impl Fn(&Value, &str) -> Value,
    ) -> Value {
        let mut groups: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
        for (id, context) in items {
            let Some(card) =
                self.maker.cards.get(id).filter(|card| !matches!(card.get("url"), Some(Value::None) | None))
            else {
                continue;
            };
            let group = groups.entry(&id.registry).or_default();
            if group.len() < MOST {
                group.push(show(card, context));
            }
        }
        let list = groups.into_iter().map(|(name, items)| {
            let title = self.maker.sections.get(name).map_or_else(|| capital(name), |section| section.title.clone());
            map! { kind: Value::text(name), title: Value::text(&title), field: Value::text(name), items: Value::list(items) }
        });
        let list: Vec<Value> = list.collect();
        if list.is_empty() { Value::None } else { Value::list(list) }
    }

    fn related(&self) -> Value {
        let related = self.maker.graph.related(self.article);
        let list: Vec<Value> = related
            .iter()
            .map(|related| {
                let card = self.maker.card(&related.id);
                map! { title: get(&card, "title"), url: get(&card, "url"), summary: get(&card, "summary"), kind_title: get(&card, "kind_title"), reasons: Value::list(related.reasons.iter().map(|r| Value::text(r))) }
            })
            .collect();
        if list.is_empty() { Value::None } else { Value::list(list) }
    }

    fn derived(&self) -> Value {
        let Some(fields) = self.maker.graph.derived.get(&self.article.id) else { return Value::None };
        let cards = |ids: &Vec<Id>| Value::list(ids.iter().map(|id| self.maker.card(id)));
        let groups = |groups: &BTreeMap<String, Vec<Id>>| match groups.get("").filter(|_| groups.len() == 1) {
            Some(ids) => cards(ids),
            None => Value::map(groups.iter().map(|(name, ids)| (Cow::Owned(name.clone()), cards(ids))).collect()),
        };
        let schema = &self.maker.graph.schema;
        let title = |name: &str| {
            let known = schema
                .derived
                .iter()
                .find(|derived| derived.field == *name && *derived.registry == *self.article.id.registry);
            known.and_then(|derived| derived.title.clone()).unwrap_or_else(|| capital(&name.replace('_', " ")))
        };
        Value::list(fields.iter().map(|(name, list)| {
            map! { id: Value::text(&format!("derived-{}", section_id(name))), title: Value::text(&title(name)), value: groups(list) }
        }))
    }
}

fn entry(key: &'static str, value: Value) -> (Cow<'static, str>, Value) {
    (Cow::Borrowed(key), value)
}

fn get(card: &Value, key: &str) -> Value {
    card.get(key).cloned().unwrap_or(Value::None)
}

fn leaf(id: Option<Value>, title: Option<Value>) -> Value {
    map! { id: id.unwrap_or(Value::None), title: title.unwrap_or(Value::None), children: Value::list([]) }
}

/// The headings of one level with those below them.
fn nested(outline: &[Heading], level: u8) -> Vec<Value> {
    let mut list = Vec::new();
    let mut at = 0;
    while at < outline.len() {
        let heading = &outline[at];
        let end = outline[at + 1..]
            .iter()
            .position(|next| next.level <= level.max(heading.level))
            .map_or(outline.len(), |n| at + 1 + n);
        let children = if level < 3 { nested(&outline[at + 1..end], level + 1) } else { Vec::new() };
        list.push(
            map! { id: Value::text(&heading.id), title: Value::text(&heading.text), children: Value::list(children) },
        );
        at = end;
    }
    list
}

/// How soon, in words.
fn with_action(value: Value, words: &Language) -> Value {
    let known = match value.get("action") {
        Some(Value::Text(action)) => Some(format!("action_{action}")).filter(|key| words.has(key)),
        _ => None,
    };
    let words = known.as_deref().map_or("", |key| words.get(key));
    value.with("action_text", Value::text(words))
}

/// A source as a page lists it.
pub(super) fn source(record: &Article, number: usize, marks: usize) -> Value {
    let text = |key: &str| {
        let value = record.fields.get(key);
        Value::option(
            value.and_then(|v| v.as_str().map(str::to_owned).or_else(|| v.as_u64().map(|n| n.to_string()))).as_deref(),
        )
    };
    let backs = (1..=marks).map(|mark| Value::text(&format!("cite-{number}-{mark}")));
    map! {
        n: Value::count(number),
        id: Value::text(&record.id.slug),
        title: Value::text(&record.title),
        authors: Value::list(record.list("authors").map(Value::text)),
        publisher: text("publisher"),
        year: text("year"),
        url: text("url"),
        doi: text("doi"),
        pmid: text("pmid"),
        accessed: text("accessed"),
        note: record.rich.get("/note").filter(|rich| !rich.holes).map_or(Value::None, |rich| Value::html(&rich.html)),
        backrefs: Value::list(backs),
    }
}
