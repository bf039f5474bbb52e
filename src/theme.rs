//! Turns templates, the theme's own over the built-in ones, into something that renders pages.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};
use std::ops::Range;
use std::sync::Arc;

use tera::value::Key;
use tera::{Context, Error, ErrorKind, Kwargs, Map, State, Tera};

use crate::builtin::FILES;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Span, did_you_mean};
use crate::graph::Graph;
use crate::hash::Digest;
use crate::page::{Fields, Page, Shared, Value};
use crate::schema::Schema;
use crate::source::{Body, Sources};
use crate::words::{Language, Words, right_to_left};

mod assets;
mod contract;
mod gallery;

use assets::Asset;

/// One page may grow to this size; a template that loops is stopped here.
const PAGE_LIMIT: usize = 64 << 20;
/// The longest `range()`: a nested pair of them still ends within seconds.
const RANGE_LIMIT: i64 = 10_000;

/// Compiled templates and the files of a theme.
pub(crate) struct Theme {
    tera: Tera,
    /// By the name that templates use.
    assets: BTreeMap<String, Asset>,
    /// The digest of every template and asset.
    pub digest: Digest,
    asset_map: tera::Value,
    words: Arc<Words>,
    /// `t` in the templates, by language.
    said: BTreeMap<String, tera::Value>,
    /// The page that shows every component with sample data.
    pub gallery: Page,
}

/// A template that failed: where, and why.
pub(crate) struct Failure {
    pub template: String,
    pub range: Range<usize>,
    pub message: String,
}

impl Theme {
    /// Compiles the theme. A template of the site that cannot be read is reported and the built-in one stands in.
    pub fn new(sources: &Sources, schema: &Schema, words: &Arc<Words>, diagnostics: &mut Diagnostics) -> Self {
        let mut files: BTreeMap<String, Body> =
            FILES.iter().map(|(name, bytes)| ((*name).to_owned(), body(bytes))).collect();
        let own = sources
            .below("theme/")
            .map(|source| (source.path.trim_start_matches("theme/").to_owned(), source.body.clone()));
        let builtin = templates(&files);
        files.extend(own);
        let tera = compile(&templates(&files)).unwrap_or_else(|error| {
            diagnostics.push(blame(&templates(&files), &builtin, &error).diagnostic(Code::E801, None));
            compile(&builtin).unwrap_or_default()
        });
        check_names(&tera, schema, sources, diagnostics);
        contract::check(&templates(&files), &builtin, words.of(""), diagnostics);
        let assets = assets::all(&files, words);
        let of_files = files.iter().map(|(name, body)| (name, bytes(body))).collect::<Vec<_>>();
        let digest = Digest::of(&(of_files, words.digest));
        let asset_map =
            assets.iter().map(|(name, asset)| (Key::from(name.clone()), tera::Value::from(asset.url.as_str())));
        let asset_map = tera::Value::from(asset_map.collect::<Map>());
        Self {
            tera,
            assets,
            digest,
            asset_map,
            words: words.clone(),
            said: said(words),
            gallery: gallery::page(sources),
        }
    }

    /// The files to publish for a site in these languages: their addresses from its root, and their content.
    pub fn published<'t>(&'t self, langs: &BTreeSet<&str>) -> impl Iterator<Item = (&'t str, &'t Body)> {
        let spoken: BTreeSet<&str> = langs.iter().map(|lang| self.words.name(lang)).collect();
        let of_them = move |asset: &&Asset| asset.lang.as_deref().is_none_or(|lang| spoken.contains(lang));
        self.assets.values().filter(of_them).map(|asset| (asset.url.as_str(), &asset.body))
    }

    /// Whether the theme has a template.
    pub fn has(&self, template: &str) -> bool {
        self.tera.contains_template(template)
    }

    /// Reports articles that name a template which does not exist.
    pub fn check_articles(&self, graph: &Graph, diagnostics: &mut Diagnostics) {
        for article in graph.articles.values() {
            if let Some(name) = article.text("/template").filter(|name| !self.has(name)) {
                let hint = did_you_mean(name, self.tera.get_template_names());
                let help = format!("add theme/templates/{name}, or remove the field");
                diagnostics.push(
                    Diagnostic::new(
                        Code::E801,
                        article.value("/template"),
                        format!("there is no template {name}{hint}"),
                    )
                    .help(help),
                );
            }
        }
    }

    /// Renders a page.
    ///
    /// # Errors
    /// The template, the place in it and the cause.
    pub fn render(&self, page: &Page, shared: &Shared) -> Result<Vec<u8>, Failure> {
        let template =
            [page.template.as_str(), page.fallback].into_iter().find(|name| self.has(name)).unwrap_or(&page.template);
        let mut context = Context::new();
        context.insert_value("root", tera::Value::from(page.root.as_str()));
        context.insert_value("site", shared.site.get(&page.root).map_or_else(tera::Value::none, convert));
        context.insert_value("nav", convert(&shared.nav));
        context.insert_value("assets", self.asset_map.clone());
        context.insert_value("page", convert(&page.data));
        let lang = if let Some(Value::Text(lang)) = page.data.get("lang") { lang } else { "" };
        self.say(lang, &mut context);
        self.write(template, &context)
    }

    /// The page that leads a reader from an earlier address to the new one.
    ///
    /// # Errors
    /// As [`Theme::render`].
    pub fn redirect(&self, root: &str, target: &str, lang: &str) -> Result<Vec<u8>, Failure> {
        let mut context = Context::new();
        for (key, value) in [("root", root), ("target", target), ("lang", lang)] {
            context.insert_value(key, tera::Value::from(value));
        }
        self.say(lang, &mut context);
        self.write("redirect.html", &context)
    }

    /// The words of a language, and the side on which its lines begin.
    fn say(&self, lang: &str, context: &mut Context) {
        if let Some(said) = self.said.get(self.words.name(lang)) {
            context.insert_value("t", said.clone());
        }
        context.insert_value("dir", tera::Value::from(if right_to_left(lang) { "rtl" } else { "ltr" }));
    }

    fn write(&self, template: &str, context: &Context) -> Result<Vec<u8>, Failure> {
        let mut out = Bounded(Vec::with_capacity(16 << 10));
        match self.tera.render_to(template, context, &mut out) {
            Ok(()) => Ok(out.0),
            Err(error) => {
                let mut failure = failure(&error);
                if failure.template.is_empty() {
                    template.clone_into(&mut failure.template);
                }
                Err(failure)
            }
        }
    }
}

impl Failure {
    /// The diagnostic: at the template, with the page that was being made.
    pub fn diagnostic(self, code: Code, page: Option<&str>) -> Diagnostic {
        let path: Arc<str> = format!("theme/templates/{}", self.template).into();
        let message = match page {
            Some(page) => format!("template {} failed on the page {page}: {}", self.template, self.message),
            None => format!("template {} cannot be used: {}", self.template, self.message),
        };
        Diagnostic::new(code, Span::new(&path, self.range), message)
            .help("templates are written in Tera 2; what a page offers is listed at the head of each built-in template")
    }
}

fn body(bytes: &'static [u8]) -> Body {
    match std::str::from_utf8(bytes) {
        Ok(text) => Body::Text(text.into()),
        Err(_) => Body::Bytes(bytes.into()),
    }
}

fn bytes(body: &Body) -> &[u8] {
    match body {
        Body::Text(text) => text.as_bytes(),
        Body::Bytes(bytes) => bytes,
    }
}

/// `t` in the templates, by language.
fn said(words: &Words) -> BTreeMap<String, tera::Value> {
    let map = |name: &str, language: &Language| -> Map {
        let own = language.all().chain([("code", name)]);
        own.map(|(key, word)| (Key::from(key.to_owned()), tera::Value::normal_string(word))).collect()
    };
    words.all().map(|(name, language)| (name.to_owned(), tera::Value::from(map(name, language)))).collect()
}

/// The templates by name below `templates/`.
fn templates(files: &BTreeMap<String, Body>) -> Vec<(String, Arc<str>)> {
    let list = files.iter().filter_map(|(name, body)| match (name.strip_prefix("templates/"), body) {
        (Some(name), Body::Text(text)) if name.ends_with(".html") => Some((name.to_owned(), text.clone())),
        _ => None,
    });
    list.collect()
}

fn compile(templates: &[(String, Arc<str>)]) -> Result<Tera, Error> {
    let mut tera = Tera::new();
    tera.register_function("range", range);
    tera.add_raw_templates(templates.iter().map(|(name, text)| (name.as_str(), &**text)))?;
    Ok(tera)
}

/// Tera's `range`, bounded: start (0), end, step_by (1).
fn range(kwargs: Kwargs, _: &State) -> tera::TeraResult<Vec<i64>> {
    let start: i64 = kwargs.get("start")?.unwrap_or(0);
    let end: i64 = kwargs.must_get("end")?;
    let step: i64 = kwargs.get("step_by")?.unwrap_or(1);
    let step = usize::try_from(step)
        .ok()
        .filter(|step| *step > 0)
        .ok_or_else(|| Error::message("`step_by` must be 1 or more"))?;
    if end.saturating_sub(start) > RANGE_LIMIT {
        return Err(Error::message(format!("a range of more than {RANGE_LIMIT} numbers is refused")));
    }
    Ok((start..end).step_by(step).collect())
}

/// Templates that the schema names must exist: the engine's choice falls back, a person's choice does not.
fn check_names(tera: &Tera, schema: &Schema, sources: &Sources, diagnostics: &mut Diagnostics) {
    for kind in schema
        .kinds
        .values()
        .filter(|kind| kind.template != format!("{}.html", kind.name) && !tera.contains_template(&kind.template))
    {
        let path: Arc<str> = crate::schema::PATH.into();
        let at =
            sources.get(&path).and_then(|source| source.text()).and_then(|text| text.find(&kind.template)).unwrap_or(0);
        let hint = did_you_mean(&kind.template, tera.get_template_names());
        let message = format!("there is no template {}{hint}", kind.template);
        let help =
            format!("add theme/templates/{}, or remove `template` from the kind \"{}\"", kind.template, kind.name);
        diagnostics
            .push(Diagnostic::new(Code::E801, Span::new(&path, at..at + kind.template.len()), message).help(help));
    }
}

/// Why a set of templates fails. Where a built-in one is said to be at fault, the site's own one that it cannot live with is.
fn blame(all: &[(String, Arc<str>)], builtin: &[(String, Arc<str>)], error: &Error) -> Failure {
    let found = failure(error);
    let own: Vec<_> = all.iter().filter(|template| !builtin.contains(template)).collect();
    if own.iter().any(|(name, _)| *name == found.template) {
        return found;
    }
    let culprit = own.into_iter().find_map(|(name, text)| {
        let others = builtin.iter().filter(|(other, _)| other != name).cloned();
        let error = compile(&others.chain([(name.clone(), text.clone())]).collect::<Vec<_>>()).err()?;
        let inner = failure(&error);
        let message = format!("with it, the built-in {} fails: {}", inner.template, inner.message);
        Some(Failure { template: name.clone(), range: 0..1, message })
    });
    culprit.unwrap_or(found)
}

fn failure(error: &Error) -> Failure {
    let at = |template: &str, message: String| Failure { template: template.to_owned(), range: 0..1, message };
    match error.kind() {
        ErrorKind::SyntaxError(report) | ErrorKind::RenderingError(report) => Failure {
            template: report.filename().to_owned(),
            range: report.span().range.clone(),
            message: report.message().to_owned(),
        },
        ErrorKind::CircularExtend { tpl, .. } => at(tpl, "it extends itself".to_owned()),
        ErrorKind::CircularInclude { tpl, .. } => at(tpl, "it includes itself".to_owned()),
        ErrorKind::MissingParent { current, parent } => {
            at(current, format!("it extends {parent}, which does not exist"))
        }
        ErrorKind::TemplateNotFound(name) => at(name, "it does not exist".to_owned()),
        ErrorKind::Io(_) => at("", format!("the page grows beyond {} MB", PAGE_LIMIT >> 20)),
        other => several(&other.to_string()),
    }
}

/// Of an error that lists many: the first, with its template.
fn several(text: &str) -> Failure {
    let message = text.lines().next().unwrap_or("").trim_start_matches("error: ");
    let template = text.split_once("--> ").and_then(|(_, rest)| rest.split(':').next()).unwrap_or("");
    let more = text.matches("--> ").count().saturating_sub(1);
    let message = if more > 0 { format!("{message} (and {more} more of its kind)") } else { message.to_owned() };
    Failure { template: template.to_owned(), range: 0..1, message }
}

/// A page's value as Tera's: text is escaped where it is shown, HTML is safe.
fn convert(value: &Value) -> tera::Value {
    match value {
        Value::None => tera::Value::none(),
        Value::Bool(value) => tera::Value::from(*value),
        Value::Int(value) => tera::Value::from(*value),
        Value::Number(bits) => tera::Value::from(f64::from_bits(*bits)),
        Value::Text(text) => tera::Value::normal_string(text),
        Value::Html(html) => tera::Value::safe_string(html),
        Value::List(items) => tera::Value::from(items.iter().map(convert).collect::<Vec<_>>()),
        Value::Map(fields) => convert_map(fields),
        Value::Card(card) => {
            let shown = card.shown.get_or_init(|| Box::new(convert_map(&card.fields)));
            shown.downcast_ref().map_or_else(tera::Value::none, tera::Value::clone)
        }
    }
}

/// Tera copies a map it is given into one of its own. One that comes in order costs less to make than one that hashes.
fn convert_map(fields: &Fields) -> tera::Value {
    let entries = fields.iter().enumerate();
    tera::Value::from(
        entries.map(|(at, (key, value))| (Ordered(at, key.clone()), convert(value))).collect::<BTreeMap<_, _>>(),
    )
}

/// A key by its place in the map.
struct Ordered(usize, Cow<'static, str>);

impl From<Ordered> for Key<'static> {
    fn from(key: Ordered) -> Self {
        match key.1 {
            Cow::Borrowed(key) => Self::from(key),
            Cow::Owned(key) => Self::from(key),
        }
    }
}

impl PartialEq for Ordered {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl Eq for Ordered {}

impl PartialOrd for Ordered {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Ordered {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.cmp(&other.0)
    }
}

/// A buffer that refuses to grow without end.
struct Bounded(Vec<u8>);

impl Write for &mut Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > PAGE_LIMIT {
            return Err(io::Error::from(io::ErrorKind::FileTooLarge));
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
