//! Turns HTML mixed of generated and typed parts into HTML in which the typed parts went through the allow list.
//!
//! What the engine generated is replaced by placeholders while the rest is cleaned, so that cleaning can neither change
//! nor be fooled by it.

use std::ops::Range;

use super::sanitize;

/// A placeholder is this character, a number and [`END`]; neither can stand in a source.
const MARK: char = super::HOLE;
const END: char = '\u{FDD4}';

/// The HTML with its `raw` ranges (ascending, apart) cleaned. The flag says that something was taken away.
pub(crate) fn clean(html: &str, raw: &[Range<usize>]) -> (String, bool) {
    let mut skeleton = String::new();
    let mut generated: Vec<&str> = Vec::new();
    let mut from = 0;
    for range in raw {
        hold(&mut skeleton, &mut generated, &html[from..range.start]);
        skeleton.push_str(&html[range.clone()]);
        from = range.end;
    }
    hold(&mut skeleton, &mut generated, &html[from..]);
    let cleaned = sanitize::clean(&skeleton);
    let lost = sanitize::lost(&skeleton, &cleaned);
    (fill(&cleaned, &generated), lost)
}

fn hold<'a>(skeleton: &mut String, generated: &mut Vec<&'a str>, part: &'a str) {
    if part.is_empty() {
        return;
    }
    skeleton.push(MARK);
    skeleton.push_str(&generated.len().to_string());
    skeleton.push(END);
    generated.push(part);
}

fn fill(cleaned: &str, generated: &[&str]) -> String {
    let mut out = String::with_capacity(cleaned.len());
    let mut rest = cleaned;
    while let Some(at) = rest.find(MARK) {
        out.push_str(&rest[..at]);
        let inner = &rest[at + MARK.len_utf8()..];
        let Some(end) = inner.find(END) else { break };
        out.push_str(inner[..end].parse::<usize>().ok().and_then(|n| generated.get(n)).unwrap_or(&""));
        rest = &inner[end + END.len_utf8()..];
    }
    out.push_str(rest);
    out
}

/// How deep the elements of a piece of HTML nest, by counting: an upper bound that costs one pass.
pub(crate) fn depth_after(html: &str, mut depth: usize) -> usize {
    for part in html.split('<').skip(1) {
        if part.starts_with('/') {
            depth = depth.saturating_sub(1);
        } else if part.starts_with(|c: char| c.is_ascii_alphabetic()) && !is_void(part) {
            depth += 1;
            if depth > sanitize::DEPTH {
                break;
            }
        }
    }
    depth
}

fn is_void(tag: &str) -> bool {
    let name: String = tag.chars().take_while(char::is_ascii_alphanumeric).collect();
    ["br", "hr", "img", "input", "wbr", "source", "meta", "link"].contains(&name.to_ascii_lowercase().as_str()) || tag.split('>').next().is_some_and(|t| t.ends_with('/'))
}
