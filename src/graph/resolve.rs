//! Turns the references of an article into what they lead to, and reports those that lead nowhere.

use rayon::prelude::*;
use serde_json::Value;

use super::assets::Assets;
use super::collect::Collected;
use super::names::{Found, Names};
use super::paths::{join, percent_decoded, relative, with_suffix};
use super::whole::{AllResolved, Fault};
use crate::diagnostic::{Code, Diagnostic, Span, did_you_mean, near_path};
use crate::parse::{Article, Id, Reference, Target};
use crate::schema::{Pages, Schema};
use crate::text::slug;

/// What a reference leads to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Resolved {
    /// A page or record, and the anchor on it.
    Thing { id: Id, anchor: Option<String>, side: Option<String> },
    /// An address relative to the site's root that is no thing of its own: a list page, a fixed file.
    Address(String),
    /// A picture or download, by path inside the site.
    Asset(String),
    /// Nothing; an error was reported.
    Nothing,
}

/// Everything a look-up may look at.
pub(super) struct Resolver<'a> {
    pub collected: &'a Collected,
    pub names: &'a Names,
    pub assets: &'a Assets,
    pub schema: &'a Schema,
}

type Refused = Box<Diagnostic>;

impl Resolver<'_> {
    /// Resolves all references of all articles, in their order.
    pub fn all(&self) -> (AllResolved, Vec<Fault>) {
        let resolved: Vec<_> =
            self.collected.articles.par_iter().map(|(id, article)| self.article(id, article)).collect();
        let mut faults = Vec::new();
        let lists = resolved.into_iter().map(|(id, list, mut found)| {
            faults.append(&mut found);
            (id, list)
        });
        (lists.collect(), faults)
    }

    fn article(&self, id: &Id, article: &Article) -> (Id, Vec<Resolved>, Vec<Fault>) {
        let mut faults = Vec::new();
        let mut list = Vec::with_capacity(article.references.len());
        for (number, reference) in article.references.iter().enumerate() {
            list.push(self.one(article, reference).unwrap_or_else(|refused| {
                faults.push(Fault { article: id.clone(), reference: number, diagnostic: *refused });
                Resolved::Nothing
            }));
        }
        (id.clone(), list, faults)
    }

    fn one(&self, article: &Article, reference: &Reference) -> Result<Resolved, Refused> {
        match &reference.target {
            Target::Field { registry, id, sided } => self.field(article, reference, (registry, id, *sided)),
            Target::Cite(id) => self.thing(article, reference, "sources", id, None),
            Target::Wiki(target) | Target::Include(target) => self.wiki(article, reference, target),
            Target::Link(target) => self.link(article, reference, target),
            Target::Asset(target) => self.asset(article, reference, target),
        }
    }

    fn field(
        &self,
        article: &Article,
        reference: &Reference,
        (registry, typed, sided): (&str, &str, bool),
    ) -> Result<Resolved, Refused> {
        let (id, side) = match typed.split_once('@') {
            Some((id, side)) => (id, Some(side.to_owned())),
            None => (typed, None),
        };
        let found = self.thing(article, reference, registry, id, None)?;
        let Resolved::Thing { id, anchor, .. } = found else { return Ok(found) };
        if let Some(side) = side.as_deref() {
            self.check_side(article, reference, &id, side, sided)?;
        }
        Ok(Resolved::Thing { id, anchor, side })
    }

    /// `id@left`: only where the schema allows sides, and of things that have them.
    fn check_side(
        &self,
        article: &Article,
        reference: &Reference,
        id: &Id,
        side: &str,
        sided: bool,
    ) -> Result<(), Refused> {
        let field = self.schema.registries.get(&id.registry).map_or("sided", |registry| registry.sided.as_str());
        let has_sides =
            self.collected.articles.get(id).is_some_and(|record| record.fields.get(field) == Some(&Value::Bool(true)));
        let why = match (sided, has_sides, side) {
            (true, true, "left" | "right") => return Ok(()),
            (true, true, _) => format!("\"{side}\" is no side{}", did_you_mean(side, ["left", "right"])),
            (true, false, _) => format!("\"{}\" has no left and right", id.slug),
            (false, ..) => "this field takes ids without a side".to_owned(),
        };
        Err(self.refuse(
            article,
            reference,
            Code::E201,
            why,
            format!("write {}, or for a sided one {}@left or {}@right", id.slug, id.slug, id.slug),
        ))
    }

    /// `registry:id#anchor`, every part but the id optional.
    fn wiki(&self, article: &Article, reference: &Reference, target: &str) -> Result<Resolved, Refused> {
        let (name, anchor) = target.split_once('#').map_or((target, None), |(name, anchor)| (name, Some(anchor)));
        if name.is_empty() {
            return self.anchored(article, reference, article.id.clone(), anchor);
        }
        let known =
            |registry: &str| self.schema.registries.contains_key(registry) || self.schema.kinds.contains_key(registry);
        let (registry, name) = name.split_once(':').filter(|(registry, _)| known(registry)).unwrap_or(("any", name));
        if let Some(id) = self.at_path(article, name.trim()) {
            return self.anchored(article, reference, id, anchor);
        }
        self.thing(article, reference, registry, name.trim(), anchor)
    }

    /// The page whose file a name is that looks like a path, from `content/` or from the article's folder.
    fn at_path(&self, article: &Article, name: &str) -> Option<Id> {
        let file = match name.strip_suffix(".md") {
            None if !name.contains('/') => return None,
            stem => format!("{}.md", stem.unwrap_or(name)),
        };
        let places = [join("content/x", &file), join(&article.path, &file)];
        places.iter().flatten().find_map(|place| self.collected.paths.get(place.as_str())).cloned()
    }

    fn thing(
        &self,
        article: &Article,
        reference: &Reference,
        registry: &str,
        name: &str,
        anchor: Option<&str>,
    ) -> Result<Resolved, Refused> {
        match self.names.find(registry, name, self.collected) {
            Found::One(id) => self.anchored(article, reference, id, anchor),
            // A field of a draft may name drafts: both come out together.
            Found::Draft(id) => {
                let message = format!("\"{name}\" is a draft, and this page is published");
                let help = format!("publish {id}, or take the reference out until it is");
                Err(self.refuse(article, reference, Code::E205, message, help))
            }
            Found::Many(ids) => {
                let list = ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
                Err(self.refuse(
                    article,
                    reference,
                    Code::E202,
                    format!("\"{name}\" can mean {list}"),
                    format!("say which: [[{}]]", ids[0]),
                ))
            }
            Found::None(_) if self.is_unread(registry, name) => Ok(Resolved::Nothing),
            Found::None(nearest) => Err(self.unknown(article, reference, registry, name, &nearest)),
        }
    }

    fn unknown(
        &self,
        article: &Article,
        reference: &Reference,
        registry: &str,
        name: &str,
        nearest: &[String],
    ) -> Refused {
        let (what, home) = match self.schema.registries.get(registry) {
            Some(known) => {
                (singular(registry), format!(" ({registry}: {})", known.file.trim_start_matches("content/")))
            }
            None if registry == "any" => ("page or record".to_owned(), String::new()),
            None => (registry.to_owned(), String::new()),
        };
        let hint = match nearest {
            [] => String::new(),
            names => format!(". Did you mean \"{}\"?", names.join("\" or \"")),
        };
        let help = if registry == "any" {
            "write the id of a page or record: the name of its file, or the `id` in its data file"
        } else {
            "write an id that exists, or add the record"
        };
        self.refuse(article, reference, Code::E201, format!("unknown {what} \"{name}\"{hint}{home}"), help)
    }

    /// A thing with an anchor on its page, which must exist.
    fn anchored(
        &self,
        article: &Article,
        reference: &Reference,
        id: Id,
        anchor: Option<&str>,
    ) -> Result<Resolved, Refused> {
        // Every page has a top, wherever it is.
        let Some(anchor) = anchor.filter(|anchor| !matches!(*anchor, "" | "top")) else {
            return Ok(Resolved::Thing { id, anchor: None, side: None });
        };
        let Some(target) = self.collected.articles.get(&id) else {
            return Ok(Resolved::Thing { id, anchor: None, side: None });
        };
        match self.anchor(target, anchor) {
            Some(found) => Ok(Resolved::Thing { id, anchor: Some(found), side: None }),
            None => {
                let known = self.anchors(target);
                let message = format!(
                    "no heading \"{anchor}\" in {}{}",
                    target.path,
                    did_you_mean(anchor, known.iter().map(String::as_str))
                );
                let help = if known.is_empty() {
                    "that page has no headings".to_owned()
                } else {
                    format!("its anchors are {}", first_few(&known))
                };
                Err(self.refuse(article, reference, Code::E703, message, help))
            }
        }
    }

    fn anchor(&self, target: &Article, anchor: &str) -> Option<String> {
        let anchor = percent_decoded(anchor);
        let known = self.anchors(target);
        let block = anchor.strip_prefix('^').unwrap_or(&anchor).to_owned();
        let wanted = [anchor.clone(), slug(&anchor), format!("faq-{anchor}"), block];
        wanted
            .into_iter()
            .find(|name| known.contains(name) || target.outline.iter().any(|heading| heading.was.contains(name)))
    }

    /// All anchors of a page: headings, generated sections, questions.
    fn anchors(&self, target: &Article) -> Vec<String> {
        let mut known: Vec<String> =
            target.outline.iter().map(|heading| heading.id.clone()).chain(target.anchors.iter().cloned()).collect();
        if let Some(kind) = self.schema.kinds.get(&target.kind) {
            let sections = kind
                .checker
                .shape()
                .fields()
                .filter(|(name, field)| field.toc.is_some() && target.fields.contains_key(&***name));
            known.extend(sections.map(|(name, _)| section_id(name)));
        }
        for field in ["faqs", "sources", "disclaimers", "takeaways", "red_flags", "contraindications"] {
            if target.fields.contains_key(field) {
                known.push(section_id(field));
            }
        }
        known
            .extend(target.fields.get("faqs").and_then(Value::as_array).into_iter().flatten().map(super::faqs::anchor));
        known
    }

    /// A Markdown link inside the site: to a file, an address, an asset, or a heading of this page.
    fn link(&self, article: &Article, reference: &Reference, target: &str) -> Result<Resolved, Refused> {
        let (path, anchor) = target.split_once('#').map_or((target, None), |(path, anchor)| (path, Some(anchor)));
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let path = percent_decoded(path);
        if path.is_empty() {
            return self.anchored(article, reference, article.id.clone(), anchor);
        }
        let Some(place) = join(&article.path, &path) else {
            let help = "a link stays inside the site; link to other sites with https://";
            return Err(self.refuse(article, reference, Code::E201, format!("\"{path}\" leads out of the site"), help));
        };
        if let Some(id) = self.page_at(article, &path, &place) {
            return self.anchored(article, reference, id, anchor);
        }
        if self.collected.drafts.values().any(|draft| *draft.path == *place) {
            return Err(self.refuse(
                article,
                reference,
                Code::E205,
                format!("\"{path}\" is a draft, and this page is published"),
                "publish it, or take the link out until it is",
            ));
        }
        if self.assets.get(&place).is_some() {
            return Ok(Resolved::Asset(place));
        }
        let address = place.strip_prefix("content/").unwrap_or(&place);
        // An entry of a list by the list's address: it may stand on a later part of it.
        let list = address.trim_end_matches("index.html").trim_end_matches('/');
        let entry = anchor.and_then(|anchor| self.collected.addresses.get(&format!("{list}/#{anchor}")));
        if let Some(id) = entry {
            return Ok(Resolved::Thing { id: id.clone(), anchor: None, side: None });
        }
        if self.is_generated(address) {
            return Ok(Resolved::Address(with_suffix(address, query, anchor.unwrap_or(""))));
        }
        let file = place.trim_end_matches('/');
        if [file, &format!("{file}.md"), &format!("{file}/index.md")]
            .iter()
            .any(|file| self.collected.unread.contains(*file))
        {
            return Ok(Resolved::Nothing);
        }
        Err(self.missing(article, reference, &path, &place))
    }

    /// Whether a name may be that of something in a file that could not be read. That file has its own error.
    fn is_unread(&self, registry: &str, name: &str) -> bool {
        let unread = &self.collected.unread;
        let stem = |path: &str| {
            path.rsplit('/')
                .next()
                .and_then(|file| file.rsplit_once('.'))
                .is_some_and(|(stem, _)| slug(stem) == slug(name))
        };
        let records = |r: &crate::schema::Registry| {
            (registry == "any" || *r.name == *registry) && unread.contains(r.file.as_str())
        };
        !unread.is_empty() && (unread.iter().any(|path| stem(path)) || self.schema.registries.values().any(records))
    }

    /// The page that a path names: by its source file, or by its address.
    fn page_at(&self, article: &Article, path: &str, place: &str) -> Option<Id> {
        if let Some(id) = self.collected.paths.get(place) {
            return Some(id.clone());
        }
        let absolute = place.strip_prefix("content/").unwrap_or(place);
        // A file that was renamed is found by the address that its page had.
        let renamed = absolute
            .strip_suffix(".md")
            .filter(|address| self.collected.redirects.contains_key(&format!("{address}/")));
        if let Some(address) = renamed {
            return self.at_address(address);
        }
        let from_page =
            article.url.as_deref().filter(|_| !path.starts_with('/')).and_then(|url| join(&format!("{url}x"), path));
        [Some(absolute.to_owned()), from_page].into_iter().flatten().find_map(|address| self.at_address(&address))
    }

    fn at_address(&self, address: &str) -> Option<Id> {
        let bare = address.trim_end_matches("index.html").trim_end_matches('/');
        let folder = if bare.is_empty() { String::new() } else { format!("{bare}/") };
        let lead = self.collected.redirects.get(&folder).unwrap_or(&folder);
        self.collected.addresses.get(lead).cloned()
    }

    /// Pages the engine makes: lists of kinds and registries, A to Z, contents, files that keep their names.
    fn is_generated(&self, address: &str) -> bool {
        let bare = address.trim_end_matches("index.html").trim_end_matches('/');
        let from = |name: &std::sync::Arc<str>| {
            self.collected.articles.range(Id { registry: name.clone(), slug: "".into() }..).next()
        };
        let any = |name: &std::sync::Arc<str>| from(name).is_some_and(|(id, _)| id.registry == *name);
        let list = self.schema.registries.values().any(|r| r.pages != Pages::None && r.url == bare && any(&r.name));
        let kind = self.schema.kinds.values().any(|k| k.list && k.folder.as_deref() == Some(bare) && any(&k.name));
        list || kind
            || matches!(bare, "a-z" | "contents" | "search" | "atom.xml" | "sitemap.xml" | "")
            || self.assets.fixed.contains_key(address)
    }

    fn missing(&self, article: &Article, reference: &Reference, path: &str, place: &str) -> Refused {
        let nearest = if path.starts_with('/') {
            let addresses = self.collected.addresses.keys().map(String::as_str);
            near_path(path.trim_start_matches('/'), addresses).map(|near| format!("/{near}"))
        } else {
            let files = self.collected.paths.keys().map(|path| &**path);
            near_path(place, files).map(|near| relative(&article.path, near))
        };
        let hint = nearest.map(|near| format!(". Did you mean \"{near}\"?")).unwrap_or_default();
        let help =
            "link to a file of the site (../how-to/press.md), to an address (/how-to/press/), or by id ([[press]])";
        self.refuse(
            article,
            reference,
            Code::E201,
            format!("link to a page that does not exist: \"{path}\"{hint}"),
            help,
        )
    }

    fn asset(&self, article: &Article, reference: &Reference, target: &str) -> Result<Resolved, Refused> {
        let path = percent_decoded(target.split(['?', '#']).next().unwrap_or(""));
        let places = [join(&article.path, &path), join("content/x", path.trim_start_matches('/'))];
        if let Some(place) = places.iter().flatten().find(|place| self.assets.get(place).is_some()) {
            return Ok(Resolved::Asset(place.clone()));
        }
        if let Some(place) = self.assets.at_address(path.trim_start_matches('/')).filter(|_| path.starts_with('/')) {
            return Ok(Resolved::Asset(place.to_owned()));
        }
        let wanted = path.rsplit('/').next().unwrap_or(&path);
        let names = self.assets.paths().map(|path| path.rsplit('/').next().unwrap_or(path));
        let message = format!("no file \"{path}\" beside this page or below content/{}", did_you_mean(wanted, names));
        Err(self.refuse(
            article,
            reference,
            Code::E708,
            message,
            "put the file beside the article, or write its path from content/",
        ))
    }

    fn refuse(
        &self,
        article: &Article,
        reference: &Reference,
        code: Code,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> Refused {
        let span: Span = article.place(reference);
        Box::new(Diagnostic::new(code, span, message).help(help))
    }
}

/// The anchor of the section that a page makes from a field.
pub(crate) fn section_id(field: &str) -> String {
    match field {
        "faqs" => "faq".to_owned(),
        "disclaimers" => "disclaimer".to_owned(),
        _ => slug(field),
    }
}

fn singular(registry: &str) -> String {
    registry.strip_suffix('s').unwrap_or(registry).to_owned()
}

fn first_few(names: &[String]) -> String {
    let shown = names.iter().take(12).cloned().collect::<Vec<_>>().join(", ");
    if names.len() > 12 { format!("{shown}, …") } else { shown }
}
