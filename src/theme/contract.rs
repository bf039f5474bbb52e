//! Turns the comment at the head of each template into a contract, and finds what a template uses beyond it.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use crate::diagnostic::{Code, Diagnostic, Diagnostics, Span, did_you_mean};
use crate::page::ENTRIES;
use crate::words::Language;

/// What the engine gives to every template, and the entries of those that are maps of known names.
const GIVEN: &[(&str, &[&str])] = &[
    ("page", ENTRIES),
    ("site", &["title", "description", "url", "lang", "emergency_number", "indexes", "footer", "social"]),
    ("nav", &[]),
    ("root", &[]),
    ("assets", &[]),
    ("t", &[]),
    ("dir", &[]),
];
/// What the page of an old address is given instead.
const GIVEN_TO_REDIRECTS: &[&str] = &["target", "root", "lang", "dir", "t"];
/// A use of something given: `page.title` is (page, title).
struct Use<'t> {
    name: &'t str,
    entry: Option<&'t str>,
    range: Range<usize>,
}

/// The names that a head lists, each with its entries where it lists any.
type Listed<'t> = BTreeMap<&'t str, BTreeSet<&'t str>>;

/// Checks every template against its head, and every head against what the engine gives. A template without a list
/// may use what there is.
pub(super) fn check(
    templates: &[(String, Arc<str>)],
    builtin: &[(String, Arc<str>)],
    words: &Language,
    diagnostics: &mut Diagnostics,
) {
    // "as default.html" means the built-in list where a site's own default.html has none.
    let mut heads: BTreeMap<&str, Head<'_>> = BTreeMap::new();
    for (name, text) in builtin.iter().chain(templates) {
        heads.extend(Head::read(text).map(|head| (&**name, head)));
    }
    for (name, text) in templates {
        let path: Arc<str> = format!("theme/templates/{name}").into();
        let mut report = |range: Range<usize>, message: String, help: &str| {
            diagnostics.push(Diagnostic::new(Code::E803, Span::new(&path, range), message).help(help));
        };
        let own_list = Head::read(text).and_then(|_| listed(name, &heads, &mut BTreeSet::new()));
        if let Some(head) = Head::read(text) {
            for (known, entry, range) in &head.entries {
                if let Some(message) = unknown(name, known, *entry) {
                    report(range.clone(), format!("the head of this template lists {message}"), HELP);
                }
            }
        }
        let own = components(text);
        for found in uses(text) {
            if own.contains(found.name) {
                continue;
            }
            if let ("t", Some(word)) = (found.name, found.entry) {
                if word != "code" && !words.has(word) {
                    let hint = did_you_mean(word, words.all().map(|(key, _)| key));
                    let help = "add the word to theme/i18n/en.yaml and the other languages";
                    report(found.range, format!("there is no word \"{word}\"{hint}"), help);
                }
                continue;
            }
            if let Some(message) = unknown(name, found.name, found.entry) {
                report(found.range, format!("this template uses {message}"), HELP);
            } else if let Some(listed) = &own_list
                && !allows(listed, &found)
            {
                let shown = found.entry.map_or(found.name.to_owned(), |entry| format!("{}.{entry}", found.name));
                let message = format!("this template uses {shown}, which its head does not list");
                report(found.range, message, "add it to \"Fields:\" in the comment at the head of the template");
            }
        }
    }
}

const HELP: &str = "theme/README.md says what every page offers";

/// What is wrong with a name that the engine does not give; none for those it does.
fn unknown(template: &str, name: &str, entry: Option<&str>) -> Option<String> {
    if template == "redirect.html" {
        let known = GIVEN_TO_REDIRECTS.contains(&name);
        return (!known && GIVEN.iter().any(|(given, _)| *given == name))
            .then(|| format!("{name}, which an old address does not have"));
    }
    let (_, entries) = GIVEN.iter().find(|(given, _)| *given == name)?;
    let entry = entry.filter(|entry| !entries.is_empty() && !entries.contains(entry))?;
    let hint = did_you_mean(entry, entries.iter().copied());
    Some(format!("{name}.{entry}, which no page has{hint}"))
}

fn allows(listed: &Listed<'_>, found: &Use<'_>) -> bool {
    listed
        .get(found.name)
        .is_some_and(|entries| entries.is_empty() || found.entry.is_none_or(|entry| entries.contains(entry)))
}

/// What a template may use: its own list, with the lists it names by "as NAME.html". None for a template without one.
fn listed<'t>(name: &str, heads: &BTreeMap<&'t str, Head<'t>>, seen: &mut BTreeSet<String>) -> Option<Listed<'t>> {
    if !seen.insert(name.to_owned()) {
        return None;
    }
    let head = heads.get(name)?;
    let mut all = Listed::new();
    for (name, entry, _) in &head.entries {
        all.entry(name).or_default().extend(entry);
    }
    for other in &head.same_as {
        for (name, entries) in listed(other, heads, seen).unwrap_or_default() {
            all.entry(name).or_default().extend(entries);
        }
    }
    Some(all)
}

/// The list at the head of a template.
struct Head<'t> {
    /// Name, entry and place.
    entries: Vec<(&'t str, Option<&'t str>, Range<usize>)>,
    same_as: Vec<&'t str>,
}

impl<'t> Head<'t> {
    /// Reads `Fields: as other.html; root, page {title, toc: [{…}]}.` from the first comment.
    fn read(text: &'t str) -> Option<Self> {
        let comment = text.strip_prefix("{#")?.split("#}").next()?;
        let (before, list) = comment.split_once("Fields:")?;
        let mut head = Self { entries: Vec::new(), same_as: Vec::new() };
        let start = 2 + before.len() + "Fields:".len();
        let (mut depth, mut owner, mut key) = (0, None, true);
        let mut last = None;
        for (at, word) in tokens(list) {
            match word {
                "." if depth == 0 => break,
                "{" | "[" | "(" => {
                    depth += 1;
                    if depth == 1 && word == "{" {
                        owner = last;
                    }
                    key = true;
                }
                "}" | "]" | ")" => {
                    depth -= 1;
                    if depth == 0 {
                        owner = None;
                    }
                }
                "," | ";" => key = true,
                ":" => key = false,
                "as" | "none" if depth == 0 => {}
                word if word.ends_with(".html") => head.same_as.push(word),
                word if depth == 0 => {
                    last = Some(word);
                    head.entries.push((word, None, start + at..start + at + word.len()));
                }
                word if depth == 1 && key => {
                    if let Some(owner) = owner {
                        head.entries.push((owner, Some(word), start + at..start + at + word.len()));
                    }
                    key = false;
                }
                _ => {}
            }
        }
        Some(head)
    }
}

/// Words, file names and signs of a list, with their places.
fn tokens(list: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(c) = list[at..].chars().next() {
        let is_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
        let mut end = at + list[at..].find(|c| !is_word(c)).unwrap_or(list.len() - at);
        if list[end..].starts_with(".html") {
            end += ".html".len();
        }
        if end == at {
            end += c.len_utf8();
        }
        if !c.is_whitespace() {
            found.push((at, &list[at..end]));
        }
        at = end;
    }
    found
}

/// The names of arguments and variables that a template makes itself: they hide what is given.
fn components(text: &str) -> BTreeSet<&str> {
    let mut own = BTreeSet::new();
    for (_, code) in code(text) {
        let words = expression(code);
        let names: Vec<&str> = words.iter().map(|(_, word)| *word).collect();
        match names.first() {
            Some(&("set" | "set_global")) => own.extend(names.get(1)),
            Some(&"for") => own.extend(names.iter().skip(1).take_while(|word| **word != "in")),
            Some(&"component") => {
                let arguments = words.windows(2).filter(|pair| pair[0].1 == "(" || pair[0].1 == ",");
                own.extend(arguments.map(|pair| pair[1].1).filter(|word| *word != "@"));
            }
            _ => {}
        }
    }
    own
}

/// Every use of what is given, in the order of the text.
fn uses(text: &str) -> Vec<Use<'_>> {
    let mut found = Vec::new();
    for (start, code) in code(text) {
        let words = expression(code);
        // The head of a component names its arguments; those with @ are uses that happen in its text.
        if words.first().is_some_and(|(_, word)| matches!(*word, "component" | "endcomponent" | "block" | "endblock")) {
            continue;
        }
        for (n, (at, word)) in words.iter().enumerate() {
            let before = n.checked_sub(1).map_or("", |n| words[n].1);
            let after = words.get(n + 1).map_or("", |(_, word)| *word);
            let named = before == "." || after == "=" && words.get(n + 2).is_none_or(|(_, word)| *word != "=");
            if named || !GIVEN.iter().any(|(given, _)| given == word) {
                continue;
            }
            let entry = words
                .get(n + 2)
                .filter(|(_, name)| after == "." && name.starts_with(|c: char| c.is_alphabetic() || c == '_'));
            let end = entry.map_or(at + word.len(), |(at, name)| at + name.len());
            found.push(Use { name: word, entry: entry.map(|(_, name)| *name), range: start + at..start + end });
        }
    }
    found
}

/// What stands between `{{` and `}}`, `{%` and `%}`.
fn code(text: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(open) = text[at..].find('{').map(|n| at + n) {
        let end = match text.as_bytes().get(open + 1) {
            Some(b'#') => "#}",
            Some(b'{') => "}}",
            Some(b'%') => "%}",
            _ => {
                at = open + 1;
                continue;
            }
        };
        let from = open + 2;
        let to = closing(text, from, end);
        if end != "#}" {
            found.push((from, &text[from..to]));
        }
        at = (to + 2).min(text.len());
    }
    found
}

/// Where a piece of code ends; quoted text does not end it.
fn closing(text: &str, from: usize, end: &str) -> usize {
    let mut quote = None;
    for (at, c) in text[from..].char_indices() {
        match quote {
            Some(open) if c == open => quote = None,
            None if end != "#}" && (c == '"' || c == '\'') => quote = Some(c),
            None if text[from + at..].starts_with(end) && !text[from + at..].starts_with("}}}") => return from + at,
            _ => {}
        }
    }
    text.len()
}

/// Names and signs of an expression with their places; quoted text is left out.
fn expression(code: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(c) = code[at..].chars().next() {
        let mut end = at + c.len_utf8();
        if c == '"' || c == '\'' {
            end = code[end..].find(c).map_or(code.len(), |n| end + n + 1);
        } else if c.is_alphanumeric() || c == '_' {
            end = at + code[at..].find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(code.len() - at);
            found.push((at, &code[at..end]));
        } else if !c.is_whitespace() && c != '-' {
            found.push((at, &code[at..end]));
        }
        at = end;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Sources;
    use crate::words::Words;

    fn said(template: &str) -> Vec<String> {
        let mut diagnostics = Diagnostics::default();
        let words = Words::new(&Sources::default(), &mut diagnostics);
        check(&[("own.html".to_owned(), template.into())], &[], words.of("en"), &mut diagnostics);
        diagnostics.sorted().into_iter().map(|d| format!("{}..{} {}", d.span.start, d.span.end, d.message)).collect()
    }

    #[test]
    fn a_template_uses_what_its_head_lists() {
        assert_eq!(
            said(
                "{# A page. Fields: page {title, toc: [{id}]}, root. #}{{ page.title }}{{ root }}{{ page.toc[0].id }}"
            ),
            [""; 0]
        );
        assert_eq!(
            said("{# A page. Fields: page {title}. #}{{ page.summary }}"),
            ["38..50 this template uses page.summary, which its head does not list"]
        );
    }

    #[test]
    fn a_list_names_only_what_there_is() {
        let wrong = "the head of this template lists page.titel, which no page has. Did you mean \"title\"?";
        assert_eq!(said("{# Fields: page {titel}. #}"), [format!("17..22 {wrong}")]);
        assert_eq!(said("{{ page.titel }}{{ 'page.titel' }}{# page.titel #}").len(), 1);
    }

    #[test]
    fn words_are_known() {
        assert_eq!(said("{{ t.serach }}"), ["3..11 there is no word \"serach\". Did you mean \"search\"?"]);
        assert_eq!(said("{{ t['evidence_' ~ x] }}{% for t in list %}{{ t.serach }}{% endfor %}"), [""; 0]);
    }

    #[test]
    fn arguments_hide_what_is_given() {
        assert_eq!(said("{% component a(page) %}{{ page.own }}{% endcomponent a %}"), [""; 0]);
        assert_eq!(said("{{ <card page={page.titel} /> }}").len(), 1);
    }
}
