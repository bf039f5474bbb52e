//! Turns sections into the pages nobody writes: lists, contents, A to Z, sources, the home page, "not found".

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::fill::Filler;
use super::{ENTRIES, Fields, Listing, Maker, Page, Subject, Value, article, map, paging, root_of, route_of};
use crate::diagnostic::{Code, Diagnostic, did_you_mean};
use crate::graph::{Graph, PART};
use crate::parse::{Article, Id, SETTINGS};
use crate::schema::{Pages, capital};
use crate::source::Sources;
use crate::text::slug;

/// The home page names the pages of a section of at most this size one by one.
const MANY: usize = 60;

type Group<'a> = (Option<String>, Vec<&'a Article>);

/// The pages of a site that no file stands for, by route.
pub(super) fn subjects(maker: &Maker<'_>) -> BTreeMap<String, Subject> {
    let fixed = [
        ("index.html", Subject::Home),
        ("contents/index.html", Subject::Contents),
        ("a-z/index.html", Subject::AToZ),
        ("search/index.html", Subject::Search),
        ("404.html", Subject::NotFound),
    ];
    let lists = maker
        .sections
        .list
        .iter()
        .filter_map(|(name, section)| Some((route_of(section.url.as_deref()?), Subject::List(name.clone()))));
    fixed
        .into_iter()
        .map(|(route, subject)| (route.to_owned(), subject))
        .chain(lists)
        .chain(paging::subjects(maker))
        .collect()
}

/// Makes the page of a subject that is no article.
pub(super) fn page_of(maker: &Maker<'_>, subject: &Subject) -> Page {
    match subject {
        Subject::Home => home(maker),
        Subject::Contents => contents(maker),
        Subject::AToZ => paging::a_to_z(maker, 0),
        Subject::Part(of, part) if of == "a-z" => paging::a_to_z(maker, *part),
        Subject::Part(of, part) => paging::list(maker, of, *part),
        Subject::Search => search(maker),
        Subject::Article(_) | Subject::NotFound => not_found(maker),
        Subject::List(name) => {
            let section = maker.sections.get(name);
            let (url, title) = section
                .map_or(("", name.as_str()), |section| (section.url.as_deref().unwrap_or(""), section.title.as_str()));
            if name == "sources" { sources(maker, url) } else { list(maker, name, url, title) }
        }
    }
}

/// The header: what `nav` in site.yaml names, else the sections and the indexes.
pub(super) fn nav(maker: &Maker<'_>) -> Vec<(String, String)> {
    let named: Vec<(String, String)> = maker.graph.config.nav.iter().filter_map(|name| entry(maker, name)).collect();
    if !named.is_empty() {
        return named;
    }
    let sections = maker.sections.list.iter().filter(|(_, section)| {
        section.pages.iter().any(|page| page.url.as_deref().is_some_and(|url| !url.contains('#')))
    });
    let listed = sections.filter_map(|(_, section)| Some((section.title.clone(), section.url.clone()?)));
    listed.take(5).chain([(maker.words().get("a_to_z_short").to_owned(), "a-z/".to_owned())]).collect()
}

/// What to say of the names in `nav` that lead nowhere.
pub(super) fn unknown_entries(maker: &Maker<'_>, sources: &Sources) -> Vec<Diagnostic> {
    let unknown = maker.graph.config.nav.iter().enumerate().filter(|(_, name)| entry(maker, name).is_none());
    let fault = |(at, name): (usize, &String)| {
        let sections = maker.sections.list.iter().map(|(name, _)| name.as_str());
        let articles = maker.graph.articles.values().filter(|article| article.url.is_some());
        let known = sections.chain(articles.map(|article| &*article.id.slug)).chain(["a-z", "contents", "home"]);
        let message = format!("unknown entry \"{name}\"{}", did_you_mean(name, known));
        let help = "name a kind, a registry, a page by its id, or one of home, contents and a-z";
        Diagnostic::new(Code::E201, crate::config::place(sources, &format!("/nav/{at}")), message).help(help)
    };
    unknown.map(fault).collect()
}

fn entry(maker: &Maker<'_>, name: &str) -> Option<(String, String)> {
    match name {
        "a-z" => return Some((maker.words().get("a_to_z_short").to_owned(), "a-z/".to_owned())),
        "contents" => return Some((maker.words().get("topics").to_owned(), "contents/".to_owned())),
        "home" => return Some((maker.words().get("home").to_owned(), String::new())),
        _ => {}
    }
    // A kind whose pages are records stands for its registry.
    let registry = maker.graph.schema.kinds.get(name).and_then(|kind| kind.registry.as_deref());
    if let Some(section) = maker.sections.get(registry.unwrap_or(name)).filter(|section| section.url.is_some()) {
        return Some((section.title.clone(), section.url.clone()?));
    }
    let article = maker.graph.articles.values().find(|article| *article.id.slug == *name && article.url.is_some())?;
    Some((article.title.clone(), article.url.clone()?))
}

/// A page that no file stands for. Every field a template may ask for is there.
pub(super) fn page(
    maker: &Maker<'_>,
    url: &str,
    kind: &'static str,
    title: &str,
    summary: Option<&str>,
    own: Fields,
) -> Page {
    let canonical = maker.graph.config.url.as_ref().filter(|_| kind != "404").map(|base| format!("{base}/{url}"));
    let crumbs = if url.is_empty() || kind == "404" {
        Vec::new()
    } else {
        vec![map! { title: Value::text(maker.words().get("home")), url: Value::text("") }]
    };
    let mut data: Fields = vec![
        (Cow::Borrowed("kind"), Value::text(kind)),
        (Cow::Borrowed("title"), Value::text(title)),
        (Cow::Borrowed("summary"), Value::option(summary)),
        (Cow::Borrowed("description"), Value::option(summary)),
        (Cow::Borrowed("url"), Value::text(url)),
        (Cow::Borrowed("canonical"), Value::option(canonical.as_deref())),
        (Cow::Borrowed("lang"), Value::text(&maker.graph.config.lang)),
        (Cow::Borrowed("draft"), Value::Bool(false)),
        (Cow::Borrowed("words"), Value::Int(0)),
        (Cow::Borrowed("minutes"), Value::Int(0)),
        (Cow::Borrowed("breadcrumbs"), Value::list(crumbs)),
        (Cow::Borrowed("body"), Value::html("")),
        (Cow::Borrowed("before"), Value::list([])),
        (Cow::Borrowed("after"), Value::list([])),
        (Cow::Borrowed("disclaimers"), map! { top: Value::list([]), bottom: Value::list([]) }),
        (Cow::Borrowed("fields"), Value::map(Vec::new())),
        (Cow::Borrowed("labels"), Value::map(Vec::new())),
    ];
    data.retain(|(key, _)| !own.iter().any(|(given, _)| given == key));
    data.extend(own);
    let rest = ENTRIES.iter().filter(|name| !data.iter().any(|(given, _)| given == *name));
    let rest: Fields = rest.map(|name| (Cow::Borrowed(*name), Value::None)).collect();
    data.extend(rest);
    Page {
        route: route_of(url),
        template: format!("{kind}.html"),
        fallback: "list.html",
        root: root_of(url),
        data: Value::map(data),
        path: crate::config::PATH.into(),
    }
}

/// The pages that list everything, for the foot of every page.
pub(super) fn indexes(maker: &Maker<'_>) -> Value {
    let words = maker.words();
    let mut list = vec![(words.get("contents"), "contents/"), (words.get("a_to_z_short"), "a-z/")];
    let sources = maker.sections.get("sources").and_then(|section| section.url.as_deref());
    list.extend(sources.map(|url| (words.get("sources"), url)));
    list.push((words.get("search"), "search/"));
    Value::list(list.into_iter().map(|(title, url)| map! { title: Value::text(title), url: Value::text(url) }))
}

fn home(maker: &Maker<'_>) -> Page {
    let config = &maker.graph.config;
    let map = maker.maps.keys().next().map_or(Value::None, |registry| maker.full_map(registry, "./"));
    let own = vec![("list".into(), overview(maker)), ("map".into(), map)];
    page(maker, "", "home", &config.title, config.description.as_deref(), own)
}

/// What the home page lists: the articles by section, then the lists of records.
fn overview(maker: &Maker<'_>) -> Value {
    let (records, articles): (Vec<_>, Vec<_>) =
        maker.sections.list.iter().filter(|(_, section)| section.url.is_some()).partition(|(name, section)| {
            section.pages.len() > MANY || maker.graph.schema.registries.contains_key(name.as_str())
        });
    let mut groups: Vec<Value> = articles
        .into_iter()
        .flat_map(|(name, section)| {
            maker.grouped(name).into_iter().map(|(_, pages)| group(maker, &section.title, pages))
        })
        .collect();
    let lists = records.into_iter().map(|(name, section)| {
        let count = maker.words().count("entries", section.pages.len());
        map! { id: Value::text(name), kind: Value::text("list"), kind_title: Value::None, title: Value::text(&section.title), url: Value::option(section.url.as_deref()), summary: Value::text(&count) }
    });
    let lists = Value::list(lists);
    if !lists.items().is_empty() {
        groups.push(map! { title: Value::text(maker.words().get("lists")), id: Value::text("lists"), items: lists });
    }
    Value::list(groups.into_iter().filter(|group| group.get("items").is_some_and(|items| !items.items().is_empty())))
}

/// One group a section, with all its pages.
fn contents(maker: &Maker<'_>) -> Page {
    page(
        maker,
        "contents/",
        "contents",
        maker.words().get("contents"),
        Some(maker.words().get("contents_summary")),
        vec![("list".into(), sections(maker))],
    )
}

fn sections(maker: &Maker<'_>) -> Value {
    let with_pages = maker.sections.list.iter().filter(|(_, section)| section.url.is_some());
    let lists = with_pages.flat_map(|(name, section)| {
        if maker.is_long(name) {
            let title = maker.words().count("pages", section.pages.len());
            let link = map! { title: Value::text(&title), url: Value::option(section.url.as_deref()) };
            return vec![map! { title: Value::text(&section.title), id: Value::text(&slug(&section.title)), items: Value::list([link]) }];
        }
        let groups = maker.grouped(name);
        let many = groups.len() > 1;
        let groups = groups.into_iter().map(move |(title, records)| {
            let title = title
                .filter(|_| many)
                .map_or_else(|| section.title.clone(), |group| format!("{}: {group}", section.title));
            group(maker, &title, records)
        });
        groups.collect::<Vec<_>>()
    });
    Value::list(lists.filter(|group| group.get("items").is_some_and(|items| !items.items().is_empty())))
}

fn group(maker: &Maker<'_>, title: &str, records: Vec<&Article>) -> Value {
    map! { title: Value::text(title), id: Value::text(&slug(title)), items: Value::list(records.into_iter().map(|record| maker.card(&record.id))) }
}

fn list(maker: &Maker<'_>, name: &str, url: &str, title: &str) -> Page {
    let count = maker.sections.get(name).map_or(0, |section| section.pages.len());
    let parts = [("title", title), ("n", &count.to_string()), ("site", &maker.graph.config.title)];
    let description = maker.words().fill("list_summary", &parts);
    let mut own: Fields = vec![
        ("list".into(), listed(maker, name, url)),
        ("description".into(), Value::text(&description)),
        ("parts".into(), paging::parts_of(maker, name)),
        ("index".into(), paging::index_of(maker, name, 0)),
    ];
    if maker.maps.contains_key(name) {
        own.push(("map".into(), maker.full_map(name, &root_of(url))));
    }
    page(maker, url, "list", title, None, own)
}

/// The groups of one section; records without pages of their own are shown in full.
fn listed(maker: &Maker<'_>, name: &str, url: &str) -> Value {
    if maker.is_long(name) {
        return paging::groups(maker, name, 0);
    }
    let full = maker.graph.schema.registries.get(name).is_some_and(|registry| registry.pages == Pages::List);
    let groups = maker.grouped(name);
    let many = groups.len() > 1;
    Value::list(groups.into_iter().map(|(title, records)| {
        let items = records
            .into_iter()
            .map(|record| if full { entry_in_full(maker, record, url) } else { maker.card(&record.id) });
        let title = title.filter(|_| many);
        let id = title.as_deref().map(paging::group_anchor);
        map! { title: Value::option(title.as_deref()), id: Value::option(id.as_deref()), items: Value::list(items) }
    }))
}

/// A record with its text, for a list on which it has its only place.
pub(super) fn entry_in_full(maker: &Maker<'_>, record: &Article, url: &str) -> Value {
    let mut filler = Filler::new(maker, record);
    filler.root = root_of(url);
    let html: String =
        record.rich.iter().map(|(pointer, rich)| block(filler.rich(record, rich, Some(pointer)))).collect();
    maker.card(&record.id).with("html", if html.is_empty() { Value::None } else { Value::html(&html) })
}

fn block(html: String) -> String {
    if html.starts_with("<p>") || html.starts_with("<ul") || html.starts_with("<ol") {
        html
    } else {
        format!("<p>{html}</p>")
    }
}

fn sources(maker: &Maker<'_>, url: &str) -> Page {
    let all = || listing_of(maker, "sources");
    let list = match maker.listings.get("sources") {
        Some(long) => works(maker, &long[..PART.min(long.len())]),
        None => works(maker, &all()),
    };
    page(
        maker,
        url,
        "sources",
        maker.words().get("sources"),
        Some(maker.words().get("sources_summary")),
        vec![
            ("sources".into(), list),
            ("parts".into(), paging::parts_of(maker, "sources")),
            ("index".into(), paging::index_of(maker, "sources", 0)),
        ],
    )
}

/// Sources as a list of them shows each: without a number.
pub(super) fn works(maker: &Maker<'_>, listing: &[(Option<String>, Id)]) -> Value {
    let records = listing.iter().filter_map(|(_, id)| maker.graph.get(id));
    Value::list(records.map(|record| {
        match article::source(record, 0, 0) {
            Value::Map(fields) => Value::map(
                fields
                    .iter()
                    .map(|(key, value)| (key.clone(), if key == "n" { Value::None } else { value.clone() }))
                    .collect(),
            ),
            other => other,
        }
    }))
}

/// The search by address. What it finds, its script shows.
fn search(maker: &Maker<'_>) -> Page {
    let words = maker.words();
    page(maker, "search/", "search", words.get("search"), Some(words.get("search_summary")), Vec::new())
}

/// The entries of the sections that are too long for one page.
pub(super) fn listings(maker: &Maker<'_>) -> BTreeMap<String, Listing> {
    let long = maker.sections.list.iter().filter(|(_, section)| section.pages.len() > PART && section.url.is_some());
    long.map(|(name, _)| (name.clone(), listing_of(maker, name))).collect()
}

/// The entries of a section in the order of its groups.
pub(super) fn listing_of(maker: &Maker<'_>, name: &str) -> Listing {
    let entries = |(title, pages): Group<'_>| -> Listing {
        pages.into_iter().map(|page| (title.clone(), page.id.clone())).collect()
    };
    maker.grouped(name).into_iter().flat_map(entries).collect()
}

/// Where the links of "not found" start.
pub(super) fn not_found_root(graph: &Graph) -> String {
    let place = graph.config.url.as_deref().and_then(|url| url.split_once("://"));
    place.map_or_else(
        || "./".to_owned(),
        |(_, rest)| rest.split_once('/').map_or_else(|| "/".to_owned(), |(_, path)| format!("/{path}/")),
    )
}

/// Shown by a host at any address: its links start at the site's public address, where that is known.
fn not_found(maker: &Maker<'_>) -> Page {
    let root = not_found_root(maker.graph);
    let map = maker.maps.keys().next().map_or(Value::None, |registry| maker.full_map(registry, &root));
    let main = maker.nav.iter().map(|(title, url)| map! { id: Value::text(&slug(title)), kind: Value::None, kind_title: Value::None, title: Value::text(title), url: Value::text(url), summary: Value::None });
    let list = Value::list([
        map! { title: Value::text(maker.words().get("main_topics")), id: Value::text("topics"), items: Value::list(main) },
    ]);
    let made = page(
        maker,
        "",
        "404",
        maker.words().get("not_found"),
        Some(maker.words().get("not_found_summary")),
        vec![("list".into(), list), ("map".into(), map), ("url".into(), Value::text("404.html"))],
    );
    Page { route: "404.html".to_owned(), root, fallback: "default.html", ..made }
}

impl Maker<'_> {
    /// What a page at the address of a section lists: the section.
    pub(super) fn list_for(&self, article: &Article) -> Value {
        let url = article.url.as_deref().unwrap_or("");
        if url.is_empty() {
            return overview(self);
        }
        let section = self.sections.list.iter().find(|(_, section)| section.url.as_deref() == Some(url));
        section.map_or(Value::None, |(name, _)| listed(self, name, url))
    }

    /// The pages of a section by the groups of its registry, or by letters where there are many.
    pub(super) fn grouped<'a>(&'a self, name: &str) -> Vec<Group<'a>> {
        let Some(section) = self.sections.get(name) else { return Vec::new() };
        let own = section.url.as_deref();
        let pages: Vec<&Article> = section
            .pages
            .iter()
            .map(|page| &**page)
            .filter(|page| page.url.as_deref() != own && page.url.as_deref() != Some(""))
            .collect();
        let registry = self.graph.schema.registries.get(name);
        let mut groups: BTreeMap<(usize, String), Group<'a>> = BTreeMap::new();
        for (key, page) in crate::graph::groups(registry, &pages).into_iter().zip(pages) {
            let known = registry.and_then(|r| r.groups.get(key.0)).map(|(_, title)| title.clone());
            let title = known.or_else(|| Some(capital(&key.1)).filter(|title| !title.is_empty()));
            groups.entry(key).or_insert_with(|| (title, Vec::new())).1.push(page);
        }
        groups.into_values().collect()
    }

    /// The line at the end of every page, with links as seen from a root.
    pub(super) fn footer(&self, root: &str) -> Option<String> {
        let id = Id { registry: SETTINGS.into(), slug: SETTINGS.into() };
        let settings = self.graph.get(&id)?;
        let rich = settings.rich.get("/footer")?;
        let mut filler = Filler::new(self, settings);
        root.clone_into(&mut filler.root);
        Some(filler.rich(settings, rich, Some("/footer")))
    }
}
