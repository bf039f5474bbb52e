//! Turns `content/site.yaml` into the typed settings of a site.

use std::collections::BTreeSet;

use serde::Deserialize;

use crate::diagnostic::{Code, Diagnostic, Diagnostics, Span};
use crate::schema::Schema;
use crate::similar::GuardWords;
use crate::source::Sources;
use crate::yaml::Document;

/// Where the settings stand.
pub(crate) const PATH: &str = "content/site.yaml";

/// The place of a setting by its JSON pointer.
pub(crate) fn place(sources: &Sources, pointer: &str) -> Span {
    let text = sources.get(PATH).and_then(|source| source.text());
    let document = text.and_then(|text| Document::read(text, 0..text.len()).ok());
    document.map_or(Span::file(&PATH.into()), |(_, document)| Span::new(&PATH.into(), document.value(pointer)))
}

/// The settings of a site; every field has a default that holds without a `site.yaml`.
#[derive(Clone, Debug, Deserialize, Hash)]
#[serde(default)]
pub(crate) struct Config {
    pub title: String,
    pub description: Option<String>,
    /// The public address, without a slash at the end.
    pub url: Option<String>,
    pub lang: String,
    pub author: Option<String>,
    pub emergency_number: Option<String>,
    pub footer: Option<String>,
    pub nav: Vec<String>,
    pub synonyms: Vec<Vec<String>>,
    pub policies: Policies,
    pub dedupe: Dedupe,
    pub autolink: Autolink,
    pub social: Social,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            title: "Untitled site".to_owned(),
            description: None,
            url: None,
            lang: "en".to_owned(),
            author: None,
            emergency_number: None,
            footer: None,
            nav: Vec::new(),
            synonyms: Vec::new(),
            policies: Policies::default(),
            dedupe: Dedupe::default(),
            autolink: Autolink::default(),
            social: Social::default(),
        }
    }
}

/// Which pictures are made for links on other sites.
#[derive(Clone, Copy, Debug, Default, Deserialize, Hash, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Social {
    #[default]
    Site,
    Pages,
    Off,
}

/// When something counts as old.
#[derive(Clone, Debug, Deserialize, Hash)]
#[serde(default)]
pub(crate) struct Policies {
    pub review_months: u16,
    pub accessed_months: Option<u16>,
}

impl Default for Policies {
    fn default() -> Self {
        Self { review_months: 24, accessed_months: None }
    }
}

/// What may repeat.
#[derive(Clone, Debug, Deserialize, Hash)]
#[serde(default)]
pub(crate) struct Dedupe {
    /// Blocks with fewer words may stand twice.
    pub min_words: usize,
    /// Words on which a meaning turns, besides those of the language.
    pub guards: GuardWords,
}

impl Default for Dedupe {
    fn default() -> Self {
        Self { min_words: 6, guards: GuardWords::default() }
    }
}

/// How often one thing is linked without an author's hand.
#[derive(Clone, Copy, Debug, Deserialize, Hash, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Per {
    Section,
    Page,
    Off,
}

/// How many links are made without an author's hand.
#[derive(Clone, Debug, Deserialize)]
#[serde(default)]
pub(crate) struct Autolink {
    pub per: Per,
    pub max_per_100_words: f64,
    pub stop: BTreeSet<String>,
}

impl Default for Autolink {
    fn default() -> Self {
        Self { per: Per::Section, max_per_100_words: 2.0, stop: BTreeSet::new() }
    }
}

impl std::hash::Hash for Autolink {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        (self.per, self.max_per_100_words.to_bits(), &self.stop).hash(state);
    }
}

impl Config {
    /// Reads the settings. What is wrong is reported, and defaults hold.
    pub fn new(sources: &Sources, schema: &Schema, diagnostics: &mut Diagnostics) -> Self {
        let config = Self::read(sources, schema, diagnostics);
        let url = sources.url.clone().or(config.url).map(|url| url.trim_end_matches('/').to_owned());
        Self { url, ..config }
    }

    fn read(sources: &Sources, schema: &Schema, diagnostics: &mut Diagnostics) -> Self {
        let Some(source) = sources.get(PATH) else { return Self::default() };
        let Some(text) = source.text() else { return Self::default() };
        match Document::read(text, 0..text.len()) {
            Ok((mut value, document)) => {
                let mut found = Diagnostics::default();
                schema.config.check(&mut value, "", &document, &source.path, &mut found);
                let sound = !found.has_errors();
                diagnostics.extend(found.sorted().into_iter().cloned());
                if sound { serde_json::from_value(value).unwrap_or_default() } else { Self::default() }
            }
            Err(fault) => {
                let diagnostic = Diagnostic::new(Code::E105, Span::new(&source.path, fault.range), fault.message);
                diagnostics.push(Diagnostic { help: fault.help, ..diagnostic });
                Self::default()
            }
        }
    }
}
