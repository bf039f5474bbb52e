//! Turns source code into HTML whose classes a style sheet colours, light and dark.

use std::sync::LazyLock;

use syntect::html::{ClassStyle, ClassedHTMLGenerator};
use syntect::parsing::{SyntaxReference, SyntaxSet};

use crate::text::push_escaped;

/// The classes are `c-keyword`, `c-string`, …: the scopes' parts.
const STYLE: ClassStyle = ClassStyle::SpacedPrefixed { prefix: "c-" };
/// A longer line is data, not code to read.
const LINE_LIMIT: usize = 4_000;
const BLOCK_LIMIT: usize = 100_000;

static GRAMMARS: LazyLock<SyntaxSet> = LazyLock::new(|| {
    syntect::dumps::from_uncompressed_data(include_bytes!(concat!(env!("OUT_DIR"), "/grammars.bin")))
        .unwrap_or_default()
});

/// Appends highlighted code, or escaped code where the language is unknown or the block too large.
pub(crate) fn push_code(out: &mut String, code: &str, language: &str) {
    let small = code.len() <= BLOCK_LIMIT && code.lines().all(|line| line.len() <= LINE_LIMIT);
    match grammar(language).filter(|_| small).and_then(|grammar| highlight(code, grammar)) {
        Some(html) => out.push_str(&html),
        None => push_escaped(out, code),
    }
}

fn grammar(language: &str) -> Option<&'static SyntaxReference> {
    let known = !language.is_empty() && !matches!(language, "text" | "txt" | "plain");
    known.then(|| GRAMMARS.find_syntax_by_token(language)).flatten()
}

fn highlight(code: &str, grammar: &SyntaxReference) -> Option<String> {
    let mut generator = ClassedHTMLGenerator::new_with_class_style(grammar, &GRAMMARS, STYLE);
    for line in code.split_inclusive('\n') {
        generator.parse_html_for_line_which_includes_newline(line).ok()?;
    }
    Some(generator.finalize())
}
