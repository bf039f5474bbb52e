//! Turns `schema.yaml` and the built-in schema into kinds, registries and the shapes of their fields.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Map, Value, json};

use crate::diagnostic::{Code, Diagnostic, Diagnostics, Span, did_you_mean};
use crate::hash::Digest;
use crate::source::Sources;
use crate::yaml::Document;

mod export;
pub(crate) mod formats;
mod shape;
mod validate;

pub(crate) use export::Blank;
pub(crate) use shape::{Field, Shape, step_into};
pub(crate) use validate::Checker;

/// Where the site's schema stands.
pub(crate) const PATH: &str = "content/schema.yaml";
const BUILTIN: &str = include_str!("schema/builtin.yaml");
/// Names of what is built in, by language. A site's own schema.yaml says its names itself.
const NAMES: &[(&str, &str)] = &[("es", include_str!("schema/es.yaml"))];
/// Where the settings stand: their `lang` chooses the names.
const SETTINGS: &str = "content/site.yaml";

/// What an article or record may say, and what the engine does with it.
pub(crate) struct Kind {
    pub name: Arc<str>,
    pub folder: Option<String>,
    pub title: String,
    pub plural: String,
    pub template: String,
    pub demands: Vec<String>,
    pub inherit: BTreeMap<String, String>,
    pub review: bool,
    pub cites: bool,
    pub list: bool,
    pub autolink: Option<bool>,
    pub jsonld: Option<String>,
    /// The registry whose records are of this kind.
    pub registry: Option<Arc<str>>,
    /// The field that holds the title.
    pub label: String,
    pub checker: Checker,
}

/// Whether the records of a registry have pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pages {
    Each,
    List,
    None,
}

/// Which names of a thing become links without an author's hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Autolink {
    /// All.
    First,
    /// Those of two words or more: a single word may be an everyday one.
    Phrases,
    Off,
}

/// A list of records in one data file.
pub(crate) struct Registry {
    pub name: Arc<str>,
    pub file: String,
    pub title: String,
    pub label: String,
    pub synonyms: String,
    pub shared_synonyms: bool,
    pub sided: String,
    pub group: String,
    pub groups: Vec<(String, String)>,
    pub map: Option<String>,
    pub kind: Option<Arc<str>>,
    pub pages: Pages,
    pub url: String,
    pub autolink: Autolink,
    pub identity: Vec<String>,
    pub checker: Checker,
}

/// `areas.referred_by` is computed from `muscles.refers_to`.
pub(crate) struct Derived {
    pub registry: String,
    pub field: String,
    pub title: Option<String>,
    pub source_registry: String,
    pub source_field: String,
}

/// Everything the engine knows about the subject of a site.
pub(crate) struct Schema {
    pub kinds: BTreeMap<Arc<str>, Kind>,
    pub registries: BTreeMap<Arc<str>, Registry>,
    pub derived: Vec<Derived>,
    /// The digest of the texts it was made from.
    pub digest: Digest,
    /// The checker of `site.yaml`.
    pub config: Checker,
}

impl Schema {
    /// Reads the site's schema over the built-in one. A faulty site schema is reported and left out.
    pub fn new(sources: &Sources, diagnostics: &mut Diagnostics) -> Self {
        let lang = language(sources);
        let builtin = builtin(&lang);
        let site = read_site(sources, &builtin, diagnostics);
        let merged = merge(&builtin, site.as_ref().map(|(value, _)| value));
        let mut faults = Vec::new();
        let text = sources.get(PATH).and_then(|s| s.text()).map(|t| t.as_ref()).unwrap_or("");
        let schema = Maker { all: &merged, faults: &mut faults }.schema(Digest::of(&(BUILTIN, text, &lang)), &builtin);
        if let Some((_, document)) = &site {
            let path: Arc<str> = PATH.into();
            diagnostics.extend(faults.into_iter().map(|(pointer, message)| {
                Diagnostic::new(Code::E110, Span::new(&path, document.key(&pointer)), message)
            }));
        }
        schema
    }

    /// The kind of a file by its folder: the longest folder of a kind that contains it.
    pub fn kind_of_folder(&self, path: &str) -> Option<&Kind> {
        let inside = |folder: &str| path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'));
        let folders = self.kinds.values().filter_map(|kind| kind.folder.as_deref().map(|folder| (folder, kind)));
        folders.filter(|(folder, _)| inside(folder)).max_by_key(|(folder, _)| folder.len()).map(|(_, kind)| kind)
    }

    /// The kind that holds where nothing else says: `page`.
    pub fn fallback(&self) -> Option<&Kind> {
        self.kinds.get("page")
    }
}

/// The built-in schema with the names of a language.
fn builtin(lang: &str) -> Value {
    let read = |text: &str| {
        let text: Arc<str> = text.into();
        Document::read(&text, 0..text.len()).map(|(value, _)| value).expect("the built-in schema is read by every test")
    };
    let mut value = read(BUILTIN);
    if let Some((_, names)) = NAMES.iter().find(|(name, _)| *name == lang) {
        for (part, names) in object(&read(names)) {
            overlay(&mut value[part.as_str()], &names, 0);
        }
    }
    value
}

/// The language of the site, without its region.
fn language(sources: &Sources) -> String {
    let text = sources.get(SETTINGS).and_then(|source| source.text());
    let settings = text.and_then(|text| Document::read(text, 0..text.len()).ok());
    let lang = settings.and_then(|(settings, _)| self::text(&settings, "lang")).unwrap_or_default();
    lang.split('-').next().unwrap_or("").to_lowercase()
}

fn read_site(sources: &Sources, builtin: &Value, diagnostics: &mut Diagnostics) -> Option<(Value, Document)> {
    let source = sources.get(PATH)?;
    let text = source.text()?;
    let (mut value, document) = match Document::read(text, 0..text.len()) {
        Ok(read) => read,
        Err(fault) => {
            let diagnostic = Diagnostic::new(Code::E105, Span::new(&source.path, fault.range), fault.message);
            diagnostics.push(Diagnostic { help: fault.help, ..diagnostic });
            return None;
        }
    };
    let checker = Checker::new(builtin["schema"].clone(), &builtin["$defs"]).ok()?;
    let before = diagnostics.count().0;
    checker.check(&mut value, "", &document, &source.path, diagnostics);
    (diagnostics.count().0 == before && value.is_object()).then_some((value, document))
}

/// The built-in parts that hold, with the site's over them.
fn merge(builtin: &Value, site: Option<&Value>) -> Value {
    let mut all = json!({
        "$defs": builtin["$defs"], "common": builtin["common"], "registries": builtin["registries"],
        "kinds": builtin["kinds"], "derived": {},
    });
    match site {
        Some(site) => {
            all["kinds"] = json!({ "page": builtin["kinds"]["page"] });
            overlay(&mut all, site, 0);
        }
        None => overlay(&mut all["registries"], &builtin["default_registries"], 0),
    }
    all
}

/// Puts `over` over `base`, map by map, so that a site may add one property to a built-in registry.
fn overlay(base: &mut Value, over: &Value, depth: usize) {
    match (base, over) {
        (Value::Object(base), Value::Object(over)) if depth < 4 => {
            for (key, value) in over {
                overlay(base.entry(key.clone()).or_insert(Value::Null), value, depth + 1);
            }
        }
        (base, over) => *base = over.clone(),
    }
}

/// Makes kinds and registries from the merged JSON; what cannot be made is a fault at a JSON pointer.
struct Maker<'a> {
    all: &'a Value,
    faults: &'a mut Vec<(String, String)>,
}

impl Maker<'_> {
    fn schema(mut self, digest: Digest, builtin: &Value) -> Schema {
        let registries = self.entries("registries", Self::registry);
        let kinds = self.entries("kinds", Self::kind);
        let derived = self.derived();
        self.check_names(&registries, &kinds);
        let config = Checker::new(builtin["config"].clone(), &builtin["$defs"])
            .expect("the built-in schema is read by every test");
        Schema { kinds, registries, derived, digest, config }
    }

    fn entries<T>(&mut self, part: &str, make: fn(&mut Self, &str, &Value) -> Option<T>) -> BTreeMap<Arc<str>, T> {
        let all = self.all;
        let Some(entries) = all[part].as_object() else { return BTreeMap::new() };
        entries.iter().filter_map(|(name, value)| Some((name.as_str().into(), make(self, name, value)?))).collect()
    }

    fn kind(&mut self, name: &str, value: &Value) -> Option<Kind> {
        let owner = self.all["registries"].as_object()?.iter().find(|(_, registry)| registry["kind"] == name);
        let registry: Option<Arc<str>> = owner.map(|(owner, _)| owner.as_str().into());
        let label = owner.and_then(|(_, r)| r["label"].as_str()).unwrap_or("title").to_owned();
        let folder = value["folder"]
            .as_str()
            .map(str::to_owned)
            .or_else(|| owner.map(|(owner, r)| text(r, "url").unwrap_or(owner.clone())));
        let title = text(value, "title").unwrap_or_else(|| name.replace(['-', '_'], " "));
        let mut required = strings(&value["required"]);
        if value["summary"] == "required" {
            required.push("summary".to_owned());
        }
        let checker = self.checker(&format!("/kinds/{name}"), owner.map(|(_, r)| r), value, required, &label)?;
        Some(Kind {
            name: name.into(),
            folder: folder.map(|f| f.trim_matches('/').to_owned()),
            plural: text(value, "plural")
                .or_else(|| owner.and_then(|(_, r)| text(r, "title")))
                .unwrap_or_else(|| title.clone()),
            title,
            template: text(value, "template").unwrap_or_else(|| format!("{name}.html")),
            demands: strings(&value["demands"]),
            inherit: value["inherit"]
                .as_object()
                .into_iter()
                .flatten()
                .filter_map(|(k, v)| Some((k.clone(), v.as_str()?.to_owned())))
                .collect(),
            review: value["review"] == "required",
            cites: value["cites"] == true,
            list: value["list"] != false,
            autolink: value["autolink"].as_str().map(|word| word == "first"),
            jsonld: text(value, "jsonld"),
            registry,
            label,
            checker,
        })
    }

    fn registry(&mut self, name: &str, value: &Value) -> Option<Registry> {
        let kind = text(value, "kind");
        let label = text(value, "label").unwrap_or_else(|| "title".to_owned());
        let own = kind.as_deref().and_then(|kind| self.all["kinds"].get(kind)).cloned().unwrap_or(Value::Null);
        let required = strings(&own["required"]);
        let checker = self.checker(&format!("/registries/{name}"), Some(value), &own, required, &label)?;
        Some(Registry {
            name: name.into(),
            file: format!("content/{}", text(value, "file").unwrap_or_else(|| format!("data/{name}.yaml"))),
            title: text(value, "title").unwrap_or_else(|| capital(&name.replace(['-', '_'], " "))),
            synonyms: text(value, "synonyms").unwrap_or_else(|| "aliases".to_owned()),
            shared_synonyms: value["shared_synonyms"] == true,
            sided: text(value, "sided").unwrap_or_else(|| "sided".to_owned()),
            group: text(value, "group").unwrap_or_else(|| "group".to_owned()),
            groups: value["groups"]
                .as_object()
                .into_iter()
                .flatten()
                .filter_map(|(k, v)| Some((k.clone(), v.as_str()?.to_owned())))
                .collect(),
            map: text(value, "map").map(|map| format!("content/{map}")),
            pages: match value["pages"].as_str() {
                Some("each") => Pages::Each,
                Some("list") => Pages::List,
                Some(_) => Pages::None,
                None => {
                    if kind.is_some() {
                        Pages::Each
                    } else {
                        Pages::None
                    }
                }
            },
            kind: kind.map(Into::into),
            url: text(value, "url").unwrap_or_else(|| name.to_owned()),
            autolink: match value["autolink"].as_str() {
                Some("first") => Autolink::First,
                Some(_) => Autolink::Off,
                None => Autolink::Phrases,
            },
            identity: strings(&value["identity"]),
            label,
            checker,
        })
    }

    /// The JSON Schema of a kind or registry: common fields, then the registry's, then the kind's own.
    fn checker(
        &mut self,
        pointer: &str,
        registry: Option<&Value>,
        kind: &Value,
        mut required: Vec<String>,
        label: &str,
    ) -> Option<Checker> {
        let mut properties = self.all["common"].as_object().cloned().unwrap_or_default();
        let named = properties.remove("areas");
        if self.all["registries"].get("areas").is_some() {
            let mut areas = json!({ "type": "array", "items": { "type": "string", "ref": "areas", "sided": true } });
            overlay(&mut areas, &named.unwrap_or_else(|| json!({})), 0);
            properties.insert("areas".to_owned(), areas);
        }
        let parts = [registry.map(|r| &r["properties"]), Some(&kind["properties"])];
        for (name, property) in parts.into_iter().flatten().filter_map(Value::as_object).flatten() {
            // A field declared again comes after the common ones: the order of fields is the order of sections.
            properties.shift_remove(name);
            properties.insert(name.clone(), property.clone());
        }
        if !properties.contains_key(label) {
            properties.insert(label.to_owned(), json!({ "type": "string", "minLength": 1 }));
        }
        required.extend(registry.map(|r| strings(&r["required"])).unwrap_or_default());
        required.push(label.to_owned());
        required.sort();
        required.dedup();
        required.retain(|field| field != "id");
        let schema = json!({ "type": "object", "properties": properties, "required": required });
        match Checker::new(schema, &self.all["$defs"]) {
            Ok(checker) => Some(checker),
            Err((inner, message)) => {
                self.faults.push((format!("{pointer}{inner}"), message));
                None
            }
        }
    }

    fn derived(&mut self) -> Vec<Derived> {
        let all = self.all;
        let Some(entries) = all["derived"].as_object() else { return Vec::new() };
        let mut list = Vec::new();
        for (name, value) in entries {
            let pair = |text: &str| text.split_once('.').map(|(a, b)| (a.to_owned(), b.to_owned()));
            match (pair(name), value["inverse_of"].as_str().and_then(pair)) {
                (Some((registry, field)), Some((source_registry, source_field))) => {
                    list.push(Derived { registry, field, title: text(value, "title"), source_registry, source_field });
                }
                _ => self.faults.push((
                    format!("/derived/{name}"),
                    format!("\"{name}\" must be REGISTRY.FIELD, and so must inverse_of"),
                )),
            }
        }
        list
    }

    /// Every `ref` names a registry or kind, every registry's kind exists, every required field is declared.
    fn check_names(&mut self, registries: &BTreeMap<Arc<str>, Registry>, kinds: &BTreeMap<Arc<str>, Kind>) {
        let names: Vec<&str> = registries.keys().chain(kinds.keys()).map(|n| &**n).chain(["any"]).collect();
        for (name, registry) in registries {
            if let Some(kind) = registry.kind.as_ref().filter(|kind| !kinds.contains_key(*kind)) {
                let hint = did_you_mean(kind, kinds.keys().map(|k| &**k));
                self.faults.push((format!("/registries/{name}/kind"), format!("unknown kind \"{kind}\"{hint}")));
            }
        }
        let checkers = registries.iter().map(|(n, r)| (format!("/registries/{n}"), &r.checker));
        for (pointer, checker) in checkers.chain(kinds.iter().map(|(n, k)| (format!("/kinds/{n}"), &k.checker))) {
            for unknown in checker.shape().registries().into_iter().filter(|r| !names.contains(r)) {
                let hint = did_you_mean(unknown, names.iter().copied());
                self.faults.push((pointer.clone(), format!("unknown registry \"{unknown}\" in a ref{hint}")));
            }
            for field in checker.required().filter(|field| checker.shape().field(field).is_none()) {
                let hint = did_you_mean(field, checker.shape().names());
                self.faults
                    .push((format!("{pointer}/required"), format!("required field \"{field}\" is not declared{hint}")));
            }
        }
    }
}

fn text(value: &Value, key: &str) -> Option<String> {
    value.get(key)?.as_str().map(str::to_owned)
}

fn strings(value: &Value) -> Vec<String> {
    value.as_array().into_iter().flatten().filter_map(|v| v.as_str().map(str::to_owned)).collect()
}

/// The first letter as a capital.
pub(crate) fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

/// A JSON object; any other value is empty.
pub(crate) fn object(value: &Value) -> Map<String, Value> {
    value.as_object().cloned().unwrap_or_default()
}
