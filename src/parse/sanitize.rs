//! Turns HTML that an author typed into HTML from an allow list.

use std::collections::HashSet;
use std::sync::LazyLock;

use ammonia::{Builder, UrlRelative};

/// Deeper nesting than this is no text; the tree builder's time grows with it.
pub(crate) const DEPTH: usize = 200;

static CLEANER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut builder = Builder::default();
    builder
        .add_tags([
            "section",
            "figure",
            "figcaption",
            "details",
            "summary",
            "mark",
            "kbd",
            "samp",
            "var",
            "abbr",
            "time",
            "dl",
            "dt",
            "dd",
            "sub",
            "sup",
            "u",
            "s",
            "small",
            "picture",
            "input",
        ])
        .add_generic_attributes(["class", "id", "lang", "dir", "title"])
        .add_tag_attributes("details", ["open"])
        .add_tag_attributes("time", ["datetime"])
        .add_tag_attributes("img", ["loading", "decoding"])
        .add_tag_attributes("input", ["type", "checked", "disabled"])
        .add_tag_attributes("div", ["role", "tabindex", "aria-label"])
        .add_tag_attributes("a", ["data-target", "aria-label", "role"])
        .add_tag_attributes("th", ["scope"])
        .add_tag_attributes("ol", ["start"])
        .url_schemes(HashSet::from(["http", "https", "mailto", "tel"]))
        .url_relative(UrlRelative::PassThrough)
        .link_rel(None)
        .strip_comments(true);
    builder
});

static DRAWER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut builder = Builder::empty();
    builder
        .add_tags([
            "svg", "g", "path", "polygon", "polyline", "rect", "circle", "ellipse", "line", "text", "tspan", "title",
            "desc", "defs", "pattern",
        ])
        .add_generic_attributes([
            "class",
            "id",
            "d",
            "points",
            "x",
            "y",
            "x1",
            "y1",
            "x2",
            "y2",
            "cx",
            "cy",
            "r",
            "rx",
            "ry",
            "width",
            "height",
            "viewBox",
            "transform",
            "fill",
            "stroke",
            "stroke-width",
            "text-anchor",
            "font-size",
            "data-part",
            "data-region",
            "data-side",
            "role",
            "aria-hidden",
            "aria-label",
            "preserveAspectRatio",
            "patternUnits",
            "patternTransform",
        ])
        .strip_comments(true);
    builder
});

/// Where an SVG file holds what would run when a reader opens it by itself: scripts, handlers, links out, entities.
pub(crate) fn program_in_svg(svg: &str) -> Option<std::ops::Range<usize>> {
    let lower = svg.to_ascii_lowercase();
    let words = ["<script", "<foreignobject", "<iframe", "<embed", "<object", "<handler", "<!entity", "javascript:"];
    let word = words.iter().filter_map(|word| lower.find(word).map(|at| at..at + word.len())).min_by_key(|r| r.start);
    word.or_else(|| attributes(&lower).find(|(name, value, _)| runs(name, value)).map(|(_, _, range)| range))
}

/// The attributes of all tags: name, value, and the range of the name.
fn attributes(svg: &str) -> impl Iterator<Item = (&str, &str, std::ops::Range<usize>)> {
    svg.match_indices('=').filter_map(|(at, _)| {
        let before = svg[..at].trim_end();
        let start =
            before.rfind(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '/' | '<')).map_or(0, |n| n + 1);
        let value = svg[at + 1..].trim_start();
        let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        Some((&before[start..], value[1..].split(quote).next().unwrap_or(""), start..before.len()))
    })
}

/// Handlers run; an address may only lead inside the drawing or be a picture of its own.
fn runs(name: &str, value: &str) -> bool {
    let handler = name.len() > 2 && name.starts_with("on") && name.bytes().all(|b| b.is_ascii_alphabetic());
    let address = matches!(name, "href" | "xlink:href") && !value.starts_with('#') && !value.starts_with("data:image/");
    handler || address
}

/// The drawing elements of an SVG, without scripts, styles, links and embedded content.
pub(crate) fn clean_svg(svg: &str) -> String {
    DRAWER.clean(svg).to_string()
}

/// The allowed part of a piece of HTML, always well formed.
pub(crate) fn clean(html: &str) -> String {
    CLEANER.clean(html).to_string()
}

/// Whether cleaning took something away that a reader or author would miss: a tag or an attribute.
pub(crate) fn lost(before: &str, after: &str) -> bool {
    let tags = |html: &str| html.matches('<').count() - html.matches("</").count() - html.matches("<!--").count();
    tags(after) < tags(before) || after.matches('=').count() < before.matches('=').count()
}

/// Whether an address may stand in a link: http, https, mailto, tel, or no scheme at all.
pub(crate) fn safe_url(url: &str) -> bool {
    let bare: String = url.chars().filter(|c| !c.is_whitespace() && !c.is_control()).collect();
    let end = bare.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '+' | '.' | '-')));
    match end {
        Some(at) if bare[at..].starts_with(':') => {
            matches!(bare[..at].to_ascii_lowercase().as_str(), "http" | "https" | "mailto" | "tel")
        }
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schemes_in_disguise() {
        for bad in [
            "javascript:x",
            "JaVaScRiPt:x",
            "\u{1}javascript:x",
            "java\tscript:x",
            "data:text/html,x",
            "vbscript:x",
            " javascript:x",
        ] {
            assert!(!safe_url(bad), "{bad:?}");
        }
        for good in ["https://a.b", "../x.md#y", "mailto:a@b.c", "tel:112", "#a", "a/b:c", "?q=a:b", ""] {
            assert!(safe_url(good), "{good:?}");
        }
    }

    #[test]
    fn programs_in_drawings_are_found() {
        for bad in [
            "<svg><SCRIPT>x</SCRIPT></svg>",
            "<svg onload=\"x\"/>",
            "<svg><a xlink:href='&#106;avascript:x'/></svg>",
            "<svg><foreignObject/></svg>",
            "<!DOCTYPE svg [<!ENTITY x 'y'>]><svg/>",
        ] {
            assert!(program_in_svg(bad).is_some(), "{bad}");
        }
        assert_eq!(
            program_in_svg("<svg viewBox='0 0 1 1'><use href='#a'/><text font-size=\"1\">on = off</text></svg>"),
            None
        );
    }

    #[test]
    fn scripts_go_and_text_stays() {
        let cleaned = clean("a<script>PWN</script><p onclick=\"x\">b</p><kbd>c</kbd>");
        assert_eq!(cleaned, "a<p>b</p><kbd>c</kbd>");
        assert!(lost("<p onclick=\"x\">b</p>", "<p>b</p>") && !lost("<kbd>c</kbd>", "<kbd>c</kbd>"));
    }
}
