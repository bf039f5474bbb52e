//! Turns words as typed into the forms in which they are compared, and into slugs.

use unicode_normalization::UnicodeNormalization;

/// A slug: lower-case letters and digits of any script in NFC, words joined by hyphens. May be empty.
pub(crate) fn slug(text: &str) -> String {
    if text.is_ascii() {
        return slug_of(text.bytes().map(|b| char::from(b.to_ascii_lowercase())), text.len());
    }
    slug_of(text.nfc().flat_map(char::to_lowercase), text.len())
}

fn slug_of(letters: impl Iterator<Item = char>, length: usize) -> String {
    let mut slug = String::with_capacity(length);
    let mut gap = false;
    for c in letters {
        if c.is_alphanumeric() {
            if gap && !slug.is_empty() {
                slug.push('-');
            }
            gap = false;
            slug.push(c);
        } else if !matches!(c, '\'' | '\u{2019}') {
            gap = true;
        }
    }
    slug
}

/// A path as file systems that fold case and composition see it.
pub(crate) fn file_key(path: &str) -> String {
    path.nfc().flat_map(char::to_lowercase).collect()
}

/// Whether a text is an id: `[a-z0-9][a-z0-9-]*`, at most 100 characters.
pub(crate) fn is_id(text: &str) -> bool {
    let first = text.bytes().next().is_some_and(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    first && text.len() <= 100 && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

/// Whether a text may be the last part of an address: an id of any script, without a path in it.
pub(crate) fn is_slug(text: &str) -> bool {
    let first = text.chars().next().is_some_and(char::is_alphanumeric);
    first
        && text.len() <= 200
        && text.chars().all(|c| (c.is_alphanumeric() && !c.is_uppercase()) || c == '-' || c == '_')
}

/// The form in which names are looked up: lower case, hyphens as spaces, plain quotes, the last word's plural folded.
pub(crate) fn name_key(text: &str) -> String {
    let mut key = String::with_capacity(text.len());
    for word in words(text) {
        if !key.is_empty() {
            key.push(' ');
        }
        key.push_str(&word);
    }
    key
}

/// The words of a text as [`name_key`] compares them, one by one.
fn words(text: &str) -> impl Iterator<Item = String> {
    text.split(|c: char| !(c.is_alphanumeric() || matches!(c, '\'' | '\u{2019}'))).filter(|w| !w.is_empty()).map(fold)
}

/// One word folded: lower case, without possessive, singular by the commonest English endings.
///
/// Both sides of a comparison are folded, so a wrong stem ("bursa", "burs") does no harm as long as it is stable.
pub(crate) fn fold(word: &str) -> String {
    let mut folded = String::with_capacity(word.len());
    fold_into(word, &mut folded);
    folded
}

/// [`fold`] into a buffer, for those who fold every word of a text.
pub(crate) fn fold_into(word: &str, folded: &mut String) {
    folded.clear();
    if word.is_ascii() {
        folded.push_str(word);
        folded.make_ascii_lowercase();
    } else {
        folded.extend(word.nfc().flat_map(char::to_lowercase));
    }
    // Most words end in none of these, and one byte tells.
    if matches!(folded.as_bytes().last(), Some(b's' | b'\'' | 0x99)) {
        without_ending(folded);
    }
}

fn without_ending(folded: &mut String) {
    for ending in ["'s", "\u{2019}s", "'", "\u{2019}"] {
        if let Some(stem) = folded.strip_suffix(ending) {
            folded.truncate(stem.len());
            break;
        }
    }
    let length = folded.len();
    if length > 4 && folded.ends_with("ies") {
        folded.truncate(length - 3);
        folded.push('y');
    } else if length > 4 && ["ches", "shes", "sses", "xes", "zes"].iter().any(|e| folded.ends_with(e)) {
        folded.truncate(length - 2);
    } else if length > 3 && folded.ends_with('s') && !["ss", "us", "is"].iter().any(|e| folded.ends_with(e)) {
        folded.truncate(length - 1);
    }
}

/// How many words a text has, between white space.
pub(crate) fn count_words(text: &str) -> usize {
    if !text.is_ascii() {
        return text.split_whitespace().count();
    }
    // Without branches, and in pieces whose count fits a byte: many bytes are looked at in one instruction.
    const PIECE: usize = 255;
    let blank = |byte: u8| (byte == b' ') | (byte.wrapping_sub(b'\t') < 5);
    let Some((first, behind)) = text.as_bytes().split_first() else { return 0 };
    let pieces = text.as_bytes().chunks(PIECE).zip(behind.chunks(PIECE));
    let starts = |(before, at): (&[u8], &[u8])| -> u8 {
        before.iter().zip(at).map(|(before, at)| u8::from(blank(*before) & !blank(*at))).sum()
    };
    usize::from(!blank(*first)) + pieces.map(|piece| usize::from(starts(piece))).sum::<usize>()
}

/// A text cut at a word before `most` characters, with an ellipsis where something was cut.
pub(crate) fn shorten(text: &str, most: usize) -> String {
    let Some((end, _)) = text.char_indices().nth(most) else { return text.to_owned() };
    let cut = text[..end].rfind(' ').unwrap_or(end);
    format!("{}…", text[..cut].trim_end_matches([',', ';', ':', '.', ' ']))
}

/// `text` with what has a meaning in HTML written as entities; good for text and quoted attributes.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    push_escaped(&mut out, text);
    out
}

/// Appends `text` to `out` as [`escape`] writes it.
pub(crate) fn push_escaped(out: &mut String, text: &str) {
    let mut from = 0;
    for (at, byte) in text.bytes().enumerate() {
        let entity = match byte {
            b'&' => "&amp;",
            b'<' => "&lt;",
            b'>' => "&gt;",
            b'"' => "&quot;",
            _ => continue,
        };
        out.push_str(&text[from..at]);
        out.push_str(entity);
        from = at + 1;
    }
    out.push_str(&text[from..]);
}

/// HTML as plain text: tags out, the five entities that [`escape`] writes back.
pub(crate) fn plain(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        out.push_str(&rest[..at]);
        rest = rest[at..].find('>').map_or("", |end| &rest[at + end + 1..]);
    }
    out.push_str(rest);
    if out.contains('&') {
        out = out
            .replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&quot;", "\"")
            .replace("&#39;", "'")
            .replace("&amp;", "&");
    }
    out
}

/// The last place not behind `at` where a character begins.
pub(crate) fn floor(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

/// The name of the element that a tag opens or closes.
pub(crate) fn tag_name(tag: &str) -> &str {
    let name = tag.trim_start_matches(['<', '/']);
    let length = name.bytes().position(|byte| !byte.is_ascii_alphanumeric()).unwrap_or(name.len());
    &name[..length]
}

/// Whether a tag stands within a line: what is before and behind it is one text.
pub(crate) fn is_inline(tag: &str) -> bool {
    matches!(
        tag_name(tag),
        "a" | "em"
            | "strong"
            | "code"
            | "span"
            | "sub"
            | "sup"
            | "del"
            | "abbr"
            | "b"
            | "i"
            | "mark"
            | "kbd"
            | "cite"
            | "q"
            | "s"
    )
}

/// What a title is found under in a list by letters: readers look for "Épaule" under E.
pub(crate) fn initial(title: &str) -> String {
    match title.chars().find(|c| c.is_alphanumeric()) {
        None => "#".to_owned(),
        Some(c) if c.is_numeric() => "0–9".to_owned(),
        Some(c) => without_accent(c).to_uppercase().to_string(),
    }
}

/// A letter without its accent.
pub fn without_accent(c: char) -> char {
    c.nfd().next().unwrap_or(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_and_names() {
        for text in ["", " ", "a", " a  b\u{b}c\n", "caf\u{e9}\u{2003}noir", "\u{1c}a"] {
            assert_eq!(count_words(text), text.split_whitespace().count(), "{text:?}");
        }
        assert_eq!(slug("What's  “new”, in 2.1?"), "whats-new-in-2-1");
        assert_eq!(slug("Cafe\u{301}"), slug("Café"));
        assert_eq!(name_key("Pole-Stars"), name_key("pole star"));
        assert_eq!(name_key("Gluteus medius"), "gluteus medius");
        assert!(is_id("a-1") && !is_id("A") && !is_id("../a") && !is_id(""));
        assert!(!is_slug("../x") && !is_slug("a/b") && is_slug("é-2"));
    }
}
