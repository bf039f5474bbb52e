//! Turns the graph into pages: for each address, everything its template may see.

use std::any::Any;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::{Arc, OnceLock};

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use crate::diagnostic::Diagnostics;
use crate::graph::Graph;
use crate::hash::Digest;
use crate::memo::{Memo, Stage};
use crate::parse::{Article, Id};
use crate::social::Pictures;
use crate::source::Sources;
use crate::words::{Language, Words};

pub(crate) use fill::shown_title;

mod article;
mod clashes;
mod fields;
mod fill;
mod json_text;
mod jsonld;
mod lists;
mod paging;
mod region_map;
mod sections;
mod terms;

/// What a template sees: text is escaped where it is shown, HTML is not.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) enum Value {
    #[default]
    None,
    Bool(bool),
    Int(i64),
    /// A number with a fraction, by its bits, so that it can be digested.
    Number(u64),
    Text(Arc<str>),
    Html(Arc<str>),
    List(Arc<[Value]>),
    Map(Arc<Fields>),
    /// A map that many pages show.
    Card(Arc<Card>),
}

/// Entries that many pages show, and what the theme made of them when it met them first.
pub(crate) struct Card {
    pub fields: Fields,
    pub shown: OnceLock<Box<dyn Any + Send + Sync>>,
}

impl fmt::Debug for Card {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.fields.fmt(f)
    }
}

impl PartialEq for Card {
    fn eq(&self, other: &Self) -> bool {
        self.fields == other.fields
    }
}

impl Eq for Card {}

impl Hash for Card {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.fields.hash(state);
    }
}

/// The entries of a map, in the order in which a template meets them.
pub(crate) type Fields = Vec<(Cow<'static, str>, Value)>;

impl Value {
    pub fn text(text: &str) -> Self {
        Self::Text(text.into())
    }

    pub fn html(html: &str) -> Self {
        Self::Html(html.into())
    }

    pub fn option(text: Option<&str>) -> Self {
        text.map_or(Self::None, Self::text)
    }

    pub fn list(items: impl IntoIterator<Item = Self>) -> Self {
        Self::List(items.into_iter().collect())
    }

    pub fn map(fields: Fields) -> Self {
        Self::Map(Arc::new(fields))
    }

    /// The same map, to be shown by many pages.
    pub fn shared(self) -> Self {
        match self {
            Self::Map(fields) => {
                let fields = Arc::try_unwrap(fields).unwrap_or_else(|shared| (*shared).clone());
                Self::Card(Arc::new(Card { fields, shown: OnceLock::new() }))
            }
            other => other,
        }
    }

    /// A map with one entry more; anything else stays as it is.
    pub fn with(self, key: &'static str, value: Self) -> Self {
        let Some(fields) = self.fields() else { return self };
        let mut fields = fields.clone();
        fields.push((Cow::Borrowed(key), value));
        Self::map(fields)
    }

    fn fields(&self) -> Option<&Fields> {
        match self {
            Self::Map(fields) => Some(fields),
            Self::Card(card) => Some(&card.fields),
            _ => None,
        }
    }

    pub fn count(count: usize) -> Self {
        Self::Int(i64::try_from(count).unwrap_or(i64::MAX))
    }

    /// An entry of a map.
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.fields()?.iter().find(|(name, _)| name == key).map(|(_, value)| value)
    }

    /// The items of a list; none for anything else.
    pub fn items(&self) -> &[Self] {
        if let Self::List(items) = self { items } else { &[] }
    }
}

macro_rules! map {
    ($($key:ident: $value:expr),* $(,)?) => { $crate::page::Value::map(vec![$((std::borrow::Cow::Borrowed(stringify!($key)), $value)),*]) };
}
pub(crate) use map;

/// Every field of a page; `page.fields` and `page.labels` hold what the schema of its kind says.
pub(crate) const ENTRIES: &[&str] = &[
    "id",
    "kind",
    "kind_title",
    "kind_plural",
    "title",
    "summary",
    "description",
    "url",
    "canonical",
    "lang",
    "draft",
    "words",
    "minutes",
    "breadcrumbs",
    "section",
    "prev",
    "next",
    "toc",
    "body",
    "before",
    "after",
    "takeaways",
    "red_flags",
    "contraindications",
    "faqs",
    "sources",
    "disclaimers",
    "review",
    "terms",
    "image",
    "backlinks",
    "cited_by",
    "related",
    "derived",
    "map",
    "list",
    "letters",
    "index",
    "parts",
    "picture",
    "fields",
    "labels",
    "json_ld",
];

/// One page, before it is rendered.
#[derive(Clone, Debug)]
pub(crate) struct Page {
    /// The file it is written to, below the site's root.
    pub route: String,
    /// The template, and what to use where the theme has none of that name.
    pub template: String,
    pub fallback: &'static str,
    /// The way back to the root: `./`, `../../`.
    pub root: String,
    /// `page` in the template.
    pub data: Value,
    /// Where the page comes from, for messages.
    pub path: Arc<str>,
}

impl Page {
    /// The digest of everything the template may see of this page.
    pub fn digest(&self) -> Digest {
        Digest::of(&(&self.route, &self.template, self.fallback, &self.root, &self.data))
    }
}

/// What all pages share: digested once.
#[derive(Clone, Debug, Default, Hash)]
pub(crate) struct Shared {
    /// `site` in the templates, by the way back to the root, since its footer may hold links.
    pub site: BTreeMap<String, Value>,
    pub nav: Value,
}

/// The entries of a long list in order, each with the title of its group.
pub(crate) type Listing = Vec<(Option<String>, Id)>;

/// What the pages of a site are made with, beside the graph.
pub(crate) struct Plan {
    cards: FxHashMap<Id, Value>,
    sections: sections::Sections,
    maps: BTreeMap<String, region_map::Drawing>,
    nav: Vec<(String, String)>,
    words: Arc<Words>,
    pub pictures: Option<Pictures>,
    a_to_z: Vec<paging::Entry>,
    listings: BTreeMap<String, Listing>,
    /// By file, what stands there.
    pub subjects: BTreeMap<String, Subject>,
    /// What all pages show alike, and its digest.
    pub shared: (Shared, Digest),
    /// The digest of everything the plan was made from.
    pub digest: Digest,
    diagnostics: Diagnostics,
}

/// What a page is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Subject {
    Article(Id),
    Home,
    Contents,
    AToZ,
    Search,
    NotFound,
    /// The list of a registry or kind.
    List(String),
    /// A further page of a long list: of a section, or `a-z`.
    Part(String, usize),
}

/// The view in which pages are made: the graph and the plan side by side.
#[derive(Clone, Copy)]
pub(crate) struct Maker<'g> {
    pub graph: &'g Graph,
    pub cards: &'g FxHashMap<Id, Value>,
    pub sections: &'g sections::Sections,
    pub maps: &'g BTreeMap<String, region_map::Drawing>,
    pub nav: &'g [(String, String)],
    pub words: &'g Words,
    pub pictures: Option<&'g Pictures>,
    pub a_to_z: &'g [paging::Entry],
    pub listings: &'g BTreeMap<String, Listing>,
}

impl Plan {
    /// Plans the pages of a site, once for all that articles show to each other. No page is made before it is asked for.
    pub fn of(
        graph: &Graph,
        sources: &Sources,
        words: &Arc<Words>,
        memo: &Memo,
        diagnostics: &mut Diagnostics,
    ) -> Arc<Self> {
        let drawings = graph.schema.registries.values().filter_map(|registry| registry.map.as_deref());
        // Where names of the menu stand is told from the settings as they are typed.
        let read = drawings.chain([crate::social::PATH, crate::config::PATH]);
        let read: Vec<_> = read.map(|path| sources.get(path).map(|source| source.digest)).collect();
        let digest = Digest::of(&(graph.digest, words.digest, read));
        let plan = memo.get(Stage::Plan, || digest, || Self::new(graph, sources, words, digest));
        diagnostics.extend(plan.diagnostics.sorted().into_iter().cloned());
        plan
    }

    fn new(graph: &Graph, sources: &Sources, words: &Arc<Words>, digest: Digest) -> Self {
        let mut diagnostics = Diagnostics::default();
        let mut plan = Self {
            cards: graph.articles.par_iter().map(|(id, article)| (id.clone(), card(graph, article))).collect(),
            sections: sections::Sections::new(graph),
            maps: region_map::drawings(graph, sources, &mut diagnostics),
            nav: Vec::new(),
            words: words.clone(),
            pictures: Pictures::new(sources, &graph.config),
            a_to_z: Vec::new(),
            listings: BTreeMap::new(),
            subjects: BTreeMap::new(),
            shared: Default::default(),
            digest,
            diagnostics,
        };
        plan.nav = lists::nav(&plan.maker(graph));
        let unknown = lists::unknown_entries(&plan.maker(graph), sources);
        plan.diagnostics.extend(unknown);
        plan.a_to_z = paging::entries(&plan.maker(graph));
        plan.listings = lists::listings(&plan.maker(graph));
        plan.subjects = lists::subjects(&plan.maker(graph));
        let own = graph
            .articles
            .values()
            .filter_map(|article| Some((article.url.as_deref().filter(|url| !url.contains('#'))?, &article.id)));
        plan.subjects.extend(own.map(|(url, id)| (route_of(url), Subject::Article(id.clone()))));
        clashes::check(graph, plan.subjects.keys(), &mut plan.diagnostics);
        let shared = plan.all_share(graph);
        plan.shared = (shared.clone(), Digest::of(&shared));
        plan
    }

    fn maker<'g>(&'g self, graph: &'g Graph) -> Maker<'g> {
        Maker {
            graph,
            cards: &self.cards,
            sections: &self.sections,
            maps: &self.maps,
            nav: &self.nav,
            words: &self.words,
            pictures: self.pictures.as_ref(),
            a_to_z: &self.a_to_z,
            listings: &self.listings,
        }
    }

    /// Makes one page. A pure function of what the graph says around it.
    pub fn page(&self, graph: &Graph, subject: &Subject) -> Page {
        let maker = self.maker(graph);
        match subject {
            Subject::Article(id) => graph
                .get(id)
                .map_or_else(|| lists::page_of(&maker, &Subject::NotFound), |article| article::page(&maker, article)),
            listed => lists::page_of(&maker, listed),
        }
    }

    fn all_share(&self, graph: &Graph) -> Shared {
        let maker = self.maker(graph);
        let mut roots: std::collections::BTreeSet<String> = self.subjects.keys().map(|route| root_of(route)).collect();
        roots.insert(lists::not_found_root(graph));
        // The page of the theme's components.
        roots.insert("../../".to_owned());
        shared(&maker, roots)
    }
}

impl<'g> Maker<'g> {
    /// The words of the interface on pages that no article stands for.
    pub fn words(&self) -> &'g Language {
        self.words.of(&self.graph.config.lang)
    }

    /// The words of the interface on an article's page.
    pub fn words_of(&self, article: &Article) -> &'g Language {
        self.words.of(article.lang.as_deref().unwrap_or(&self.graph.config.lang))
    }
}

fn shared(maker: &Maker<'_>, roots: std::collections::BTreeSet<String>) -> Shared {
    let site = roots.into_iter().map(|root| (root.clone(), site(maker, &root))).collect();
    let nav = maker.nav.iter().map(|(title, url)| map! { title: Value::text(title), url: Value::text(url) }.shared());
    Shared { site, nav: Value::list(nav) }
}

fn site(maker: &Maker<'_>, root: &str) -> Value {
    let config = &maker.graph.config;
    map! {
        title: Value::text(&config.title),
        description: Value::option(config.description.as_deref()),
        url: Value::option(config.url.as_deref()),
        lang: Value::text(&config.lang),
        emergency_number: Value::option(config.emergency_number.as_deref()),
        social: Value::option(maker.pictures.map(Pictures::of_site)),
        indexes: lists::indexes(maker),
        footer: maker.footer(root).map_or(Value::None, |html| Value::html(&html)),
    }
    .shared()
}

/// What other pages show of a thing.
fn card(graph: &Graph, article: &Article) -> Value {
    let kind = graph.schema.kinds.get(&article.kind);
    let registry = || graph.schema.registries.get(&article.id.registry).map(|registry| registry.title.as_str());
    map! {
        id: Value::text(&article.id.slug),
        kind: Value::text(if article.kind.is_empty() { &article.id.registry } else { &article.kind }),
        kind_title: Value::option(kind.map(|kind| kind.title.as_str()).or_else(registry)),
        title: Value::text(&article.title),
        url: Value::option(article.url.as_deref()),
        summary: Value::option(summary(article).as_deref()),
    }
    .shared()
}

/// The summary, or what comes nearest to one.
pub(crate) fn summary(article: &Article) -> Option<String> {
    let plain = |pointer: &str| {
        article
            .rich
            .get(pointer)
            .map(|rich| crate::text::plain(&rich.html))
            .filter(|text| !text.contains(crate::parse::HOLE))
    };
    let said = article
        .summary
        .clone()
        .or_else(|| article.text("/description").map(str::to_owned))
        .or_else(|| plain("/definition"));
    said.or_else(|| (!article.lead.is_empty()).then(|| crate::text::shorten(&article.lead, 160)))
}

/// The way from an address back to the root.
pub(crate) fn root_of(url: &str) -> String {
    match url.matches('/').count() {
        0 => "./".to_owned(),
        depth => "../".repeat(depth),
    }
}

/// The file of an address: folders get an `index.html`.
pub(crate) fn route_of(url: &str) -> String {
    if url.is_empty() || url.ends_with('/') { format!("{url}index.html") } else { url.to_owned() }
}
