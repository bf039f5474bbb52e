//! Turns `theme/i18n/*.yaml` into the words of the interface, by language.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::builtin;
use crate::date::Date;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Span, did_you_mean};
use crate::hash::Digest;
use crate::source::Sources;
use crate::yaml::Document;

const FOLDER: &str = "theme/i18n/";
/// Of this language every word is there: the program's own files have them.
const FIRST: &str = "en";
/// Languages written from right to left, by their primary subtag.
const RIGHT_TO_LEFT: &[&str] = &["ar", "arc", "ckb", "dv", "fa", "ha", "he", "khw", "ks", "ps", "sd", "ug", "ur", "yi"];

/// A file of words: its path, its text, and whether it is the site's own.
type File = (Arc<str>, Arc<str>, bool);

/// The words of all languages that the theme knows.
pub(crate) struct Words {
    languages: BTreeMap<String, Language>,
    first: Language,
    /// What to say of a language that lacks words, where it is used.
    missing: BTreeMap<String, Diagnostic>,
    /// The digest of all of them.
    pub digest: Digest,
}

/// The words of one language; where it lacks one, the English word stands in.
#[derive(Clone, Debug, Default, Hash)]
pub(crate) struct Language {
    words: BTreeMap<Arc<str>, Arc<str>>,
}

impl Words {
    /// Reads the built-in languages and the site's own, whose words replace those of the same name.
    pub fn new(sources: &Sources, diagnostics: &mut Diagnostics) -> Self {
        let mut files: BTreeMap<String, Vec<File>> = BTreeMap::new();
        let built_in = builtin::FILES
            .iter()
            .filter(|(name, _)| name.starts_with("i18n/"))
            .filter_map(|(name, bytes)| Some((format!("theme/{name}"), std::str::from_utf8(bytes).ok()?, false)));
        let own = sources.below(FOLDER).filter_map(|source| Some((source.path.to_string(), &**source.text()?, true)));
        for (path, text, own) in built_in.chain(own) {
            if let Some(name) = path.strip_prefix(FOLDER).and_then(|name| name.strip_suffix(".yaml")) {
                files.entry(name.to_lowercase()).or_default().push((path.as_str().into(), text.into(), own));
            }
        }
        let mut first = Language::default();
        for (path, text, own) in files.remove(FIRST).into_iter().flatten() {
            let known = own.then(|| first.clone());
            first.read(&path, &text, known.as_ref(), diagnostics);
        }
        let mut missing = BTreeMap::new();
        let read = |(name, list): (String, Vec<File>)| {
            let mut language = Language::default();
            for (path, text, own) in &list {
                language.read(path, text, own.then_some(&first), diagnostics);
            }
            let without = list.last().and_then(|(path, _, _)| language.complete(&first, path));
            missing.extend(without.map(|fault| (name.clone(), fault)));
            (name, language)
        };
        let mut languages: BTreeMap<String, Language> = files.into_iter().map(read).collect();
        languages.insert(FIRST.to_owned(), first.clone());
        let digest = Digest::of(&languages);
        Self { languages, first, missing, digest }
    }

    /// The words for a page in this language: its own, else those of its primary subtag, else the English ones.
    pub fn of(&self, lang: &str) -> &Language {
        self.known(lang).map_or(&self.first, |(_, language)| language)
    }

    /// The name of the language whose words such a page shows.
    pub fn name(&self, lang: &str) -> &str {
        self.known(lang).map_or(FIRST, |(name, _)| name)
    }

    fn known(&self, lang: &str) -> Option<(&str, &Language)> {
        let name = lang.to_lowercase();
        let primary = name.split('-').next().unwrap_or("");
        let found = self.languages.get_key_value(&name).or_else(|| self.languages.get_key_value(primary));
        found.map(|(name, language)| (name.as_str(), language))
    }

    /// Every language by its name.
    pub fn all(&self) -> impl Iterator<Item = (&str, &Language)> {
        self.languages.iter().map(|(name, language)| (name.as_str(), language))
    }

    /// Reports a language of the site or of a page for which there are no words, or too few.
    pub fn check(&self, lang: &str, place: impl FnOnce() -> Span, diagnostics: &mut Diagnostics) {
        if let Some((name, _)) = self.known(lang) {
            diagnostics.extend(self.missing.get(name).cloned());
            return;
        }
        let known = self.languages.keys().cloned().collect::<Vec<_>>().join(", ");
        let message = format!("the theme has no words for the language \"{lang}\", so its pages say them in English");
        let help = format!("add {FOLDER}{lang}.yaml; known are {known}");
        diagnostics.push(Diagnostic::new(Code::W804, place(), message).help(help));
    }
}

impl Language {
    fn read(&mut self, path: &Arc<str>, text: &str, known: Option<&Self>, diagnostics: &mut Diagnostics) {
        let file: Arc<str> = text.into();
        let (value, document) = match Document::read(&file, 0..text.len()) {
            Ok(read) => read,
            Err(fault) => {
                let diagnostic = Diagnostic::new(Code::E105, Span::new(path, fault.range), fault.message);
                return diagnostics.push(Diagnostic { help: fault.help, ..diagnostic });
            }
        };
        for (key, word) in value.as_object().into_iter().flatten() {
            let pointer = format!("/{key}");
            let Some(word) = word.as_str() else {
                let message = format!("\"{key}\" must be a text");
                diagnostics.push(
                    Diagnostic::new(Code::W804, Span::new(path, document.value(&pointer)), message)
                        .help("put the words in quotes"),
                );
                continue;
            };
            if let Some(known) = known.filter(|known| !known.words.contains_key(key.as_str())) {
                let hint = did_you_mean(key, known.words.keys().map(|key| &**key));
                // A theme's own templates may have words of their own; a slip is near a known one.
                if !hint.is_empty() {
                    let message = format!("there is no word \"{key}\"{hint}");
                    diagnostics.push(Diagnostic::new(Code::W804, Span::new(path, document.key(&pointer)), message));
                }
            }
            self.words.insert(key.as_str().into(), word.into());
        }
    }

    /// Takes what is missing from the first language; gives what to say of it where the language is used.
    fn complete(&mut self, first: &Self, path: &Arc<str>) -> Option<Diagnostic> {
        let missing: Vec<(&Arc<str>, &Arc<str>)> =
            first.words.iter().filter(|(key, _)| !self.words.contains_key(*key)).collect();
        if missing.is_empty() {
            return None;
        }
        let names = missing.iter().take(8).map(|(key, _)| &***key).collect::<Vec<_>>().join(", ");
        let more = if missing.len() > 8 { format!(" and {} more", missing.len() - 8) } else { String::new() };
        let message = format!("words are missing in this language: {names}{more}");
        let missing: Vec<_> = missing.into_iter().map(|(key, word)| (key.clone(), word.clone())).collect();
        self.words.extend(missing);
        let fault = Diagnostic::new(Code::W804, Span::file(path), message);
        Some(fault.help("until they are there, pages say them in English"))
    }

    /// A word; one that no language has shows its own name.
    pub fn get<'w>(&'w self, key: &'w str) -> &'w str {
        self.words.get(key).map_or(key, |word| word)
    }

    /// Whether there is such a word.
    pub fn has(&self, key: &str) -> bool {
        self.words.contains_key(key)
    }

    /// Words with what stands in braces filled in.
    pub fn fill(&self, key: &str, parts: &[(&str, &str)]) -> String {
        let mut out = String::new();
        let mut rest = self.get(key);
        while let Some((before, after)) = rest.split_once('{') {
            let (name, behind) = after.split_once('}').unwrap_or((after, ""));
            out.push_str(before);
            out.push_str(parts.iter().find(|(known, _)| *known == name).map_or("", |(_, text)| text));
            rest = behind;
        }
        out + rest
    }

    /// A number with its noun: `pages` for `pages_one` and `pages_many`.
    pub fn count(&self, noun: &str, n: usize) -> String {
        let key = format!("{noun}_{}", if n == 1 { "one" } else { "many" });
        self.fill(&key, &[("n", &n.to_string())])
    }

    /// A day as a sentence names it.
    pub fn date(&self, date: Date) -> String {
        let (day, month, year) = date.parts();
        let month = format!("month_{month}");
        self.fill("date", &[("day", &day.to_string()), ("month", self.get(&month)), ("year", &year.to_string())])
    }

    /// All words by their names.
    pub fn all(&self) -> impl Iterator<Item = (&str, &str)> {
        self.words.iter().map(|(key, word)| (&**key, &**word))
    }
}

/// Whether a language is written from right to left. A script subtag decides where there is one.
pub(crate) fn right_to_left(lang: &str) -> bool {
    let mut parts = lang.split('-');
    let primary = parts.next().unwrap_or("").to_lowercase();
    match parts.find(|part| part.len() == 4) {
        Some(script) => {
            ["arab", "hebr", "thaa", "syrc", "nkoo", "adlm", "rohg"].contains(&script.to_lowercase().as_str())
        }
        None => RIGHT_TO_LEFT.contains(&primary.as_str()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_built_in_languages_are_complete() {
        let mut diagnostics = Diagnostics::default();
        let words = Words::new(&Sources::default(), &mut diagnostics);
        assert_eq!(diagnostics.count(), (0, 0), "{:?}", diagnostics.sorted());
        assert_eq!(words.all().map(|(name, _)| name).collect::<Vec<_>>(), ["en", "es"]);
        let keys = |lang: &str| words.of(lang).all().map(|(key, _)| key.to_owned()).collect::<Vec<_>>();
        assert_eq!(keys("en"), keys("es"));
    }

    #[test]
    fn a_day_and_a_count_are_said_in_the_language_of_the_page() {
        let words = Words::new(&Sources::default(), &mut Diagnostics::default());
        let day = Date::parse("2026-11-21").unwrap();
        assert_eq!(words.of("en").date(day), "21 November 2026");
        assert_eq!(words.of("es-MX").date(day), "21 de noviembre de 2026");
        assert_eq!(words.of("en").count("pages", 1), "1 page");
        assert_eq!(words.of("es").count("pages", 3), "3 páginas");
    }

    #[test]
    fn own_words_replace_single_lines_and_what_is_missing_is_said() {
        let mut sources = Sources::default();
        sources.insert_text("theme/i18n/en.yaml", "home: Start\n");
        sources.insert_text("theme/i18n/nl.yaml", "home: Begin\n");
        let mut diagnostics = Diagnostics::default();
        let words = Words::new(&sources, &mut diagnostics);
        assert_eq!((words.of("en").get("home"), words.of("en").get("next")), ("Start", "Next"));
        assert_eq!((words.of("nl").get("home"), words.of("nl").get("next")), ("Begin", "Next"));
        for (lang, warnings) in [("en", 0), ("es", 0), ("nl-BE", 1)] {
            let mut diagnostics = Diagnostics::default();
            words.check(lang, || Span::file(&"content/site.yaml".into()), &mut diagnostics);
            assert_eq!(diagnostics.count(), (0, warnings), "{lang}");
        }
        assert_eq!(diagnostics.count(), (0, 0));
    }

    #[test]
    fn direction_follows_language_and_script() {
        let right: Vec<bool> = ["ar", "he-IL", "en", "az-Arab", "ku-Latn", "fa"].map(right_to_left).to_vec();
        assert_eq!(right, [true, true, false, true, false, true]);
    }
}
