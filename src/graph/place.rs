//! Tells what stands around a mention: whether a sentence or an item begins with it, and how it is written.

use super::terms::Term;
use crate::text::plain;

/// Whether a sentence starts at a place of a text.
pub(super) fn starts_sentence(html: &str, from: usize, at: usize) -> bool {
    let before = html[from..at].trim_end();
    before.is_empty() || before.ends_with(['.', '!', '?', ':'])
}

/// Whether an item of a list or a cell of a table begins at a place of a text.
pub(super) fn heads_item(html: &str, at: usize) -> bool {
    let mut before = html[..at].trim_end();
    while let Some(rest) = ["<p>", "<strong>", "<em>"].iter().find_map(|tag| before.strip_suffix(tag)) {
        before = rest.trim_end();
    }
    ["<li>", "<td>", "<dt>", "<dd>"].iter().any(|tag| before.ends_with(tag))
}

/// Whether words are not written as the page that they name writes them: in the plural where its title is not.
pub(super) fn is_inflected(words: &str, term: &Term) -> bool {
    let written = words.chars().flat_map(char::to_lowercase).map(|c| if c == '-' { ' ' } else { c });
    !term.form.is_empty() && written.ne(term.form.chars())
}

/// Whether one of the words stands in the section around a place; true when none is asked for.
pub(super) fn near(html: &str, at: usize, needs: &[String]) -> bool {
    if needs.is_empty() {
        return true;
    }
    let start = html[..at].rfind("<h").unwrap_or(0);
    let end = html[at..].find("<h").map_or(html.len(), |n| at + n);
    let section = plain(&html[start..end]).to_lowercase();
    needs.iter().any(|word| section.split(|c: char| !c.is_alphanumeric()).any(|found| found == word))
}
