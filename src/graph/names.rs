//! Turns ids, titles and synonyms into one table in which a reference is looked up.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::collect::Collected;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, near};
use crate::parse::{Article, Id};
use crate::schema::Schema;
use crate::text::name_key;

/// Everything a reference can be resolved by.
#[derive(Default)]
pub(crate) struct Names {
    /// By id, all things with it.
    ids: FxHashMap<Arc<str>, Vec<Id>>,
    /// By folded title or synonym, all things with it.
    names: FxHashMap<String, Vec<Id>>,
    /// By a file name that several folders have, the pages of these files.
    namesakes: FxHashMap<Arc<str>, Vec<Id>>,
    /// Ids that a thing had before.
    was: FxHashMap<String, Vec<Id>>,
    /// By the id of a merged record, what it became.
    merged: FxHashMap<Arc<str>, Vec<Id>>,
}

/// What a look-up found.
pub(crate) enum Found {
    One(Id),
    Draft(Id),
    Many(Vec<Id>),
    /// The nearest ids.
    None(Vec<String>),
}

impl Names {
    /// Collects all names. A synonym that two things of one registry claim is reported.
    pub fn new(
        collected: &Collected,
        merged: &FxHashMap<Id, Id>,
        schema: &Schema,
        diagnostics: &mut Diagnostics,
    ) -> Self {
        let mut table = Self::default();
        for (id, keep) in merged {
            table.merged.entry(id.slug.clone()).or_default().push(keep.clone());
        }
        let mut aliases: FxHashMap<(Arc<str>, String), (Arc<Article>, bool)> = FxHashMap::default();
        for (id, article) in &collected.articles {
            table.ids.entry(id.slug.clone()).or_default().push(id.clone());
            if let Some(name) = &article.namesake {
                table.namesakes.entry(name.clone()).or_default().push(id.clone());
            }
            for old in &article.was {
                table.was.entry(old.clone()).or_default().push(id.clone());
            }
            let mut own: Vec<String> = Vec::new();
            for (at, name) in std::iter::once(&article.title).chain(&article.names).enumerate() {
                let key = name_key(name);
                if key.is_empty() || own.contains(&key) {
                    continue;
                }
                own.push(key.clone());
                table.names.entry(key.clone()).or_default().push(id.clone());
                let registry = schema.registries.get(&id.registry);
                if registry.is_some_and(|registry| {
                    registry.identity.is_empty() && !registry.shared_synonyms && registry.label != "id"
                }) {
                    claim(&mut aliases, (id.registry.clone(), key), article, (name, at > 0), diagnostics);
                }
            }
        }
        for (id, article) in &collected.drafts {
            if !collected.articles.contains_key(id) {
                table.ids.entry(article.id.slug.clone()).or_default().push(id.clone());
            }
        }
        table
    }

    /// Looks up a name. `registry` is a registry, a kind, or `any`.
    pub fn find(&self, registry: &str, name: &str, collected: &Collected) -> Found {
        let fits = |id: &Id| {
            let kind = || {
                collected.articles.get(id).or_else(|| collected.drafts.get(id)).is_some_and(|a| *a.kind == *registry)
            };
            registry == "any" || *id.registry == *registry || kind()
        };
        for table in [&self.ids, &self.namesakes] {
            let exact: Vec<Id> = table.get(name).into_iter().flatten().filter(|id| fits(id)).cloned().collect();
            if !exact.is_empty() {
                return Self::judge(exact, collected);
            }
        }
        let earlier = self.merged.get(name).into_iter().chain(self.was.get(name)).flatten();
        if let Some(id) = earlier.filter(|id| fits(id)).min() {
            return Found::One(id.clone());
        }
        let mut named: Vec<Id> =
            self.names.get(&name_key(name)).into_iter().flatten().filter(|id| fits(id)).cloned().collect();
        named.dedup();
        if named.is_empty() { Found::None(self.nearest(name, fits)) } else { Self::judge(named, collected) }
    }

    /// All things of one folded name.
    pub fn named(&self, key: &str) -> &[Id] {
        self.names.get(key).map_or(&[], Vec::as_slice)
    }

    fn judge(found: Vec<Id>, collected: &Collected) -> Found {
        match found.as_slice() {
            [one] if collected.articles.contains_key(one) => Found::One(one.clone()),
            [one] => Found::Draft(one.clone()),
            _ => Found::Many(found),
        }
    }

    fn nearest(&self, name: &str, fits: impl Fn(&Id) -> bool) -> Vec<String> {
        let known = self.ids.iter().filter(|(_, ids)| ids.iter().any(&fits)).map(|(slug, _)| &**slug);
        near(name, known, 3).into_iter().map(str::to_owned).collect()
    }
}

type Claims = FxHashMap<(Arc<str>, String), (Arc<Article>, bool)>;

fn claim(
    aliases: &mut Claims,
    key: (Arc<str>, String),
    article: &Arc<Article>,
    (name, alias): (&str, bool),
    diagnostics: &mut Diagnostics,
) {
    match aliases.get(&key) {
        // Two titles may be alike; a synonym that is another thing's name would make every reference by it unclear.
        Some((first, first_alias)) if alias || *first_alias => {
            let message = format!("\"{name}\" names both {} and {}", first.id, article.id);
            let help = "remove it from one of the two, or say `shared_synonyms: true` for the registry in schema.yaml";
            let span = article.document.inside(&article.base, name);
            let span = crate::diagnostic::Span::new(&article.path, span);
            diagnostics.push(Diagnostic::new(Code::E204, span, message).help(help).see(first.head(), "the other one"));
        }
        Some(_) => {}
        None => _ = aliases.insert(key, (article.clone(), alias)),
    }
}
