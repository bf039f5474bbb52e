//! Turns source texts into a site: the pipeline, stage by stage.

use std::sync::Arc;

use crate::config::Config;
use crate::diagnostic::{self, Diagnostics};
use crate::graph::{self, Parts};
use crate::hash::Digest;
use crate::memo::{Memo, Stage};
use crate::page::Plan;
use crate::parse;
use crate::schema::{Blank, Schema};
use crate::site::Site;
use crate::source::Sources;
use crate::theme::Theme;
use crate::words::Words;

/// Compiles source texts into a site. Touches neither disk nor clock.
#[must_use]
pub fn compile(sources: &Sources, memo: &Memo) -> (Site, Diagnostics) {
    compile_with(sources, memo, &mut |_| {})
}

/// Compiles, and names each stage when it has ended, for those who measure.
#[doc(hidden)]
pub fn compile_with(sources: &Sources, memo: &Memo, ended: &mut dyn FnMut(&'static str)) -> (Site, Diagnostics) {
    let mut diagnostics = Diagnostics::default();
    diagnostics.extend(sources.problems.iter().cloned());
    let schema = schema(sources, memo, &mut diagnostics);
    let config = Arc::new(Config::new(sources, &schema, &mut diagnostics));
    let words = Arc::new(Words::new(sources, &mut diagnostics));
    let theme = theme(sources, &schema, &words, memo, &mut diagnostics);
    ended("settings");
    let rules = parse::Rules { schema: &schema, config: &config, words: &words };
    let articles = parse::articles(sources, rules, memo, &mut diagnostics);
    ended("parse");
    let parts = Parts { sources, schema: &schema, config: &config, memo };
    let graph = graph::connect(&articles, &parts, &mut diagnostics, ended);
    theme.check_articles(&graph, &mut diagnostics);
    check_languages(&graph, &words, &mut diagnostics);
    let plan = Plan::of(&graph, sources, &words, memo, &mut diagnostics);
    ended("plan");
    let site = Site::new(graph, plan, theme, memo);
    memo.end_round();
    ended("site");
    (site, diagnostics)
}

/// Reports the languages of the site and of its articles for which the theme has no words.
fn check_languages(graph: &graph::Graph, words: &Words, diagnostics: &mut Diagnostics) {
    let settings: Arc<str> = crate::config::PATH.into();
    words.check(&graph.config.lang, || diagnostic::Span::file(&settings), diagnostics);
    let mut seen = std::collections::BTreeSet::new();
    for article in graph.articles.values() {
        if let Some(lang) = article.lang.as_deref().filter(|lang| *lang != graph.config.lang)
            && seen.insert(lang)
        {
            words.check(lang, || article.value("/lang"), diagnostics);
        }
    }
}

/// The schema, made once for its text.
fn schema(sources: &Sources, memo: &Memo, diagnostics: &mut Diagnostics) -> Arc<Schema> {
    let digest = || Digest::of(&sources.get(crate::schema::PATH).map(|source| source.digest));
    let made: Arc<(Arc<Schema>, Diagnostics)> = memo.get(Stage::Schema, digest, || {
        let mut found = Diagnostics::default();
        (Arc::new(Schema::new(sources, &mut found)), found)
    });
    diagnostics.extend(made.1.sorted().into_iter().cloned());
    made.0.clone()
}

/// The theme, compiled once for its files.
fn theme(
    sources: &Sources,
    schema: &Schema,
    words: &Arc<Words>,
    memo: &Memo,
    diagnostics: &mut Diagnostics,
) -> Arc<Theme> {
    let files = || sources.below("theme/").map(|source| (&source.path, source.digest)).collect::<Vec<_>>();
    let made: Arc<(Arc<Theme>, Diagnostics)> = memo.get(
        Stage::Theme,
        || Digest::of(&(schema.digest, files())),
        || {
            let mut found = Diagnostics::default();
            (Arc::new(Theme::new(sources, schema, words, &mut found)), found)
        },
    );
    diagnostics.extend(made.1.sorted().into_iter().cloned());
    made.0.clone()
}

/// The JSON Schema of a kind or registry of a site, or of all kinds, with its ids as enums.
///
/// # Errors
/// A sentence that names the kinds, when there is none of this name.
pub fn schema_of(sources: &Sources, kind: Option<&str>) -> Result<String, String> {
    let mut ignored = Diagnostics::default();
    let schema = Schema::new(sources, &mut ignored);
    let config = Config::new(sources, &schema, &mut ignored);
    let words = Words::new(sources, &mut ignored);
    let rules = parse::Rules { schema: &schema, config: &config, words: &words };
    let articles = parse::articles(sources, rules, &Memo::keeping(0), &mut ignored);
    let ids = |registry: &str| -> Vec<String> {
        let mut ids: Vec<String> = articles
            .iter()
            .filter(|a| *a.id.registry == *registry || *a.kind == *registry)
            .map(|a| a.id.slug.to_string())
            .collect();
        ids.sort();
        ids.dedup();
        ids
    };
    let document = match kind {
        Some(kind) => schema.export(kind, &ids)?,
        None => schema.export_all(&ids),
    };
    Ok(format!("{document:#}\n"))
}

/// The folder of a kind, and its required fields but the title.
///
/// # Errors
/// A sentence that names the kinds, when there is none of this name.
pub(crate) fn required_fields(sources: &Sources, kind: &str) -> Result<(String, Vec<Blank>), String> {
    let schema = Schema::new(sources, &mut Diagnostics::default());
    let Some(kind) = schema.kinds.get(kind) else {
        let names: Vec<&str> = schema.kinds.keys().map(|name| &**name).collect();
        let hint = diagnostic::did_you_mean(kind, names.iter().copied());
        return Err(format!("this site has no kind \"{kind}\"{hint}\nIts kinds are {}", names.join(", ")));
    };
    Ok((kind.folder.clone().unwrap_or_default(), kind.blanks()))
}
