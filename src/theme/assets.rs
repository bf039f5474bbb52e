//! Turns the files below a theme's `assets/` into published ones: small, in the reader's language, named by their content.

use std::collections::BTreeMap;

use crate::hash::Digest;
use crate::source::Body;
use crate::words::{Language, Words};

/// Stands in a script for the words of the interface that it shows.
const WORDS: &str = "WORDS";
/// The words that scripts show.
const SAID: &[&str] = &["search", "a_to_z"];

/// Of these, the words that only templates show.
const OF_PAGES: &[&str] = &["search_summary", "search_no_script", "a_to_z_short", "a_to_z_summary"];

/// A published file of a theme.
pub(crate) struct Asset {
    /// The address from the site's root.
    pub url: String,
    pub body: Body,
    /// The language it speaks; none for all.
    pub lang: Option<String>,
}

/// The published files by the name that templates use: `site.css`, and `dialog.en.js` for a script with words in it.
pub(super) fn all(files: &BTreeMap<String, Body>, words: &Words) -> BTreeMap<String, Asset> {
    let mut assets = BTreeMap::new();
    for (path, body) in files {
        let Some(name) = path.strip_prefix("assets/") else { continue };
        let body = minified(name, body);
        match (&body, name.strip_suffix(".js")) {
            (Body::Text(text), Some(stem)) if has_words(text) => {
                for (lang, language) in words.all() {
                    let name = format!("{stem}.{lang}.js");
                    let body = Body::Text(text.replacen(WORDS, &said(language), 1).into());
                    assets.insert(name.clone(), asset(&name, body, Some(lang.to_owned())));
                }
            }
            _ => _ = assets.insert(name.to_owned(), asset(name, body, None)),
        }
    }
    assets
}

fn has_words(text: &str) -> bool {
    text.match_indices(WORDS).any(|(at, _)| text[..at].trim_end().ends_with('='))
}

/// The words that a script may show, as an object.
fn said(language: &Language) -> String {
    let own =
        language.all().filter(|(key, _)| SAID.iter().any(|prefix| key.starts_with(prefix)) && !OF_PAGES.contains(key));
    let own: serde_json::Map<String, serde_json::Value> =
        own.map(|(key, word)| (key.to_owned(), word.into())).collect();
    serde_json::Value::Object(own).to_string()
}

/// Without comments and spaces that say nothing; `.min.` in a name says that somebody has done that.
fn minified(name: &str, body: &Body) -> Body {
    let Body::Text(text) = body else { return body.clone() };
    if name.contains(".min.") {
        return body.clone();
    }
    if name.ends_with(".js") {
        return Body::Text(minifier::js::minify(text).to_string().into());
    }
    if name.ends_with(".css") { Body::Text(squeezed(text).into()) } else { body.clone() }
}

/// CSS without comments and without the spaces that say nothing. Only those beside braces, semicolons and commas, and
/// after the colon of a declaration, are surely of that sort: `calc(1rem + 2vw)`, `.a .b` and `a :hover` need theirs.
/// (The CSS half of `minifier` takes the first of these away.)
fn squeezed(css: &str) -> String {
    let mut out = String::with_capacity(css.len());
    let mut chars = css.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '/' if chars.peek() == Some(&'*') => {
                let mut last = ' ';
                chars.next();
                while let Some(c) = chars.next().filter(|c| !(*c == '/' && last == '*')) {
                    last = c;
                }
            }
            '"' | '\'' => {
                out.push(c);
                let mut escaped = false;
                for inner in chars.by_ref() {
                    out.push(inner);
                    if inner == c && !escaped {
                        break;
                    }
                    escaped = inner == '\\' && !escaped;
                }
            }
            c if c.is_ascii_whitespace() => {
                let next = chars.peek().copied().unwrap_or('}');
                let free = next.is_ascii_whitespace() || "{};,".contains(next) || out.is_empty();
                if !(free || out.ends_with(['{', '}', ';', ',', ' ']) || out.ends_with(':') && after_colon(&out)) {
                    out.push(' ');
                }
            }
            '}' if out.ends_with(';') => {
                out.pop();
                out.push('}');
            }
            c => {
                if "{};,".contains(c) && out.ends_with(' ') {
                    out.pop();
                }
                out.push(c);
            }
        }
    }
    out
}

/// Whether a colon at the end belongs to a declaration: a name stands before it, and before that a brace or semicolon.
fn after_colon(out: &str) -> bool {
    let name = out.trim_end_matches(':').trim_end_matches(|c: char| c.is_ascii_alphanumeric() || c == '-');
    name.ends_with(['{', ';'])
}

fn asset(name: &str, body: Body, lang: Option<String>) -> Asset {
    let digest = Digest::of_bytes(super::bytes(&body)).short(10);
    let url = match name.rsplit_once('.') {
        Some((stem, ending)) => format!("assets/{stem}.{digest}.{ending}"),
        None => format!("assets/{name}.{digest}"),
    };
    Asset { url, body, lang }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn css_loses_only_what_says_nothing() {
        let css = "/* a */\n:root { --a: clamp(1rem, 1rem + .3vw, 2rem); }\n.a .b, .c > .d :hover { content: \"a  {b; }\"; margin: 0 auto }\n@media (width >= 48rem) { a { b: c } }\n";
        let small = ":root{--a:clamp(1rem,1rem + .3vw,2rem)}.a .b,.c > .d :hover{content:\"a  {b; }\";margin:0 auto}@media (width >= 48rem){a{b:c}}";
        assert_eq!(squeezed(css), small);
        assert_eq!(squeezed("a { b: url('x/*y*/') } /* open"), "a{b:url('x/*y*/')}");
        assert_eq!(squeezed("a\n{\n  b : c ;\n}\n"), "a{b : c}");
    }

    #[test]
    fn a_script_with_words_is_published_once_for_each_language() {
        let words = Words::new(&crate::source::Sources::default(), &mut crate::diagnostic::Diagnostics::default());
        let script = Body::Text("const words = WORDS; // the interface\nfind(words.search);\n".into());
        let files = BTreeMap::from([("assets/find.js".to_owned(), script)]);
        let assets = all(&files, &words);
        assert_eq!(assets.keys().collect::<Vec<_>>(), ["find.en.js", "find.es.js"]);
        let Body::Text(text) = &assets["find.es.js"].body else { panic!("a script is text") };
        assert!(text.contains("\"search\":\"Buscar\"") && !text.contains("the interface"), "{text}");
    }
}
