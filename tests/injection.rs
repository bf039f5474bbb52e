//! No text of an editor runs as code: whatever stands in a field, a record, a body or a picture, no page gets a script,
//! an event handler or an address that runs. Drawings are published as they are: as a picture none of them runs.

mod support;

use support::{Run, Site};

/// What each field tries, quoted for YAML.
const PAYLOAD: &str = "'\"></title></script><script>PWN(1)</script><img src=/x onerror=PWN(2)><a href=\"javascript:PWN(3)\">x</a> [y](javascript:PWN(4))'";

/// The tags of a page, each as the text between its brackets; quotes are respected.
fn tags(html: &str) -> Vec<&str> {
    let mut list = Vec::new();
    let mut at = 0;
    while let Some(open) = html[at..].find('<').map(|n| at + n + 1) {
        let (mut quote, mut close) = (None, html.len());
        for (n, c) in html[open..].char_indices() {
            match (quote, c) {
                (None, '>') => {
                    close = open + n;
                    break;
                }
                (None, '"' | '\'') => quote = Some(c),
                (Some(q), c) if c == q => quote = None,
                _ => {}
            }
        }
        list.push(&html[open..close]);
        at = close;
        // What a script holds is no tag, but it may hold nothing that could end it.
        if list.last().is_some_and(|tag| tag.starts_with("script")) {
            let inner = html[at..].split("</script>").next().unwrap_or("").trim_start_matches('>');
            assert!(!inner.contains('<'), "a script holds a tag: {inner}");
            at += inner.len();
        }
    }
    list
}

/// The attributes of a tag.
fn attributes(tag: &str) -> Vec<(String, String)> {
    let mut list = Vec::new();
    let mut rest = tag.split_once(char::is_whitespace).map_or("", |(_, rest)| rest);
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '/');
        let end = rest.find(|c: char| c.is_whitespace() || c == '=').unwrap_or(rest.len());
        if end == 0 {
            return list;
        }
        let name = rest[..end].to_lowercase();
        rest = &rest[end..];
        let Some(value) = rest.strip_prefix('=') else {
            list.push((name, String::new()));
            continue;
        };
        let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''));
        let (value, after) = match quote {
            Some(quote) => value[1..].split_once(quote).unwrap_or((&value[1..], "")),
            None => value.split_at(value.find(char::is_whitespace).unwrap_or(value.len())),
        };
        list.push((name, value.to_owned()));
        rest = after;
    }
}

/// An address as a browser reads it: entities decoded, white space and control characters dropped.
fn address(value: &str) -> String {
    let decoded = value
        .replace("&#x09;", "")
        .replace("&Tab;", "")
        .replace("&colon;", ":")
        .replace("&#58;", ":")
        .replace("&#106;", "j")
        .replace("&amp;", "&");
    decoded.chars().filter(|c| !c.is_whitespace() && !c.is_control()).collect::<String>().to_lowercase()
}

fn assert_harmless(run: &Run) {
    assert_eq!(run.code, Some(0), "{}", run.said);
    let outputs = run.outputs();
    for (path, bytes) in &outputs {
        let text = String::from_utf8_lossy(bytes);
        let place = path.display();
        let markup = path.extension().is_some_and(|e| e == "html" || e == "xml");
        for tag in if markup { tags(&text) } else { Vec::new() } {
            let name = tag.split(|c: char| c.is_whitespace() || c == '/').next().unwrap_or("").to_lowercase();
            let own = tag.contains("application/ld+json")
                || tag.contains("src=\"") && tag.contains("assets/") && tag.ends_with("defer");
            assert!(name != "script" || own, "{place}: <{tag}>");
            assert!(
                !matches!(name.as_str(), "iframe" | "object" | "embed" | "base" | "form" | "style" | "foreignobject"),
                "{place}: <{tag}>"
            );
            for (name, value) in attributes(tag) {
                assert!(!name.starts_with("on"), "{place}: <{tag}>");
                assert!(name != "style" && name != "srcdoc", "{place}: <{tag}>");
                let runs =
                    ["javascript:", "vbscript:", "data:"].iter().any(|scheme| address(&value).starts_with(scheme));
                assert!(
                    !runs || !matches!(name.as_str(), "href" | "src" | "xlink:href" | "action" | "content"),
                    "{place}: <{tag}>"
                );
            }
        }
    }
    assert!(outputs.iter().any(|(path, _)| path.ends_with("index.html")));
}

#[test]
fn the_check_itself_sees_an_attack() {
    assert_eq!(tags("<a title=\"<b>\" href=x>y</a>"), ["a title=\"<b>\" href=x", "/a"]);
    assert_eq!(
        attributes("img src=x onerror=PWN(2)"),
        [("src".to_owned(), "x".to_owned()), ("onerror".to_owned(), "PWN(2)".to_owned())]
    );
    assert_eq!(address("java\tscript:x"), "javascript:x");
}

#[test]
fn in_every_field_of_an_article() {
    let p = PAYLOAD;
    let article = format!(
        "---
title: {p}
summary: {p}
description: {p}
aliases: [{p}]
takeaways: [{p}]
red_flags: [{{sign: {p}, action: clinician, why: {p}}}]
contraindications: [{{when: {p}, action: avoid, why: {p}}}]
steps: [{{title: {p}, do: {p}, example: {p}, watch: {p}}}]
frequency: [{{for: {p}, every: {p}, during: {p}, then: {p}}}]
checklists: [{{title: {p}, items: [{p}]}}]
troubleshooting: [{{problem: {p}, try: {p}}}]
faqs: [{{q: {p}, a: {p}}}]
sources: [{{title: {p}, publisher: {p}, authors: [{p}], year: 2020, url: 'https://example.org/?a&b', note: {p}}}]
image: {{src: ../a.svg, alt: {p}, caption: {p}}}
autolink: {{skip: [{p}]}}
needs: [{p}]
---
Text.
"
    )
    .replace("[y](javascript:PWN(4))", "");
    let run = Site::new()
        .with("content/static/x", b"x")
        .with("content/a.svg", b"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 4 4\"/>")
        .with("content/how-to/bad.md", article.as_bytes())
        .build();
    assert_harmless(&run);
}

#[test]
fn in_every_record_and_setting() {
    let p = PAYLOAD.replace("[y](javascript:PWN(4))", "");
    let run = Site::new()
        .with("content/static/x", b"x")
        .with("content/site.yaml", format!("title: {p}\ndescription: {p}\nauthor: {p}\nfooter: {p}\nurl: https://example.org\nemergency_number: {p}\nnav: [bad]\n").as_bytes())
        .with("content/data/glossary.yaml", format!("- {{id: g, term: {p}, definition: {p}, aliases: [odd words], not_to_confuse: {p}}}\n").as_bytes())
        .with("content/data/areas.yaml", format!("- {{id: a, label: {p}, synonyms: [{p}], group: {p}}}\n").as_bytes())
        .with("content/data/people.yaml", format!("- {{id: p, name: {p}, role: {p}, credentials: {p}}}\n").as_bytes())
        .with("content/data/disclaimers.yaml", format!("- {{id: d, text: {p}, placement: top, applies_to: [page]}}\n").as_bytes())
        .with("content/data/faqs.yaml", format!("- {{id: f, q: {p}, a: {p}}}\n").as_bytes())
        .with("content/data/sources.yaml", format!("- {{id: s, title: {p}, publisher: {p}, year: 2020, authors: [{p}], note: {p}}}\n").as_bytes())
        .with("content/data/patterns.yaml", format!("- {{id: q, title: {p}, where_it_hurts: {p}, find_it: {p}, do_this: [{{do: {p}}}], bonus: {p}, refers_to: [a]}}\n").as_bytes())
        .with("content/evidence/bad.md", format!("---\ntitle: Bad\nareas: [a]\nterms: [g]\nfaqs: [f]\nsources: [s]\ndisclaimers: [d]\nquestion: {p}\nfindings: [{{population: {p}, finding: {p}, limits: {p}, source: s}}]\nreview: {{authors: [p], last_reviewed: 2026-10-01}}\n---\nSome odd words [[q]] [@s].\n").as_bytes())
        .with("content/comparison/c.md", format!("---\ntitle: C\ncolumns: [{{id: x, title: {p}}}]\nrows: [{{subject: {p}, cells: {{x: {p}}}}}]\n---\nText [[bad]].\n").as_bytes())
        .build();
    assert_harmless(&run);
}

#[test]
fn in_a_body() {
    let bodies = [
        "<script>PWN(1)</script>\n\ntext <script>PWN(2)</script>",
        "<img src=x onerror=PWN(1)>\n\n<p onclick=\"PWN(2)\" style=\"x:y\">x</p>\n\n<a href=\"java&#x09;script:PWN(3)\">x</a>",
        "<svg><script>PWN(1)</script><a xlink:href=\"javascript:PWN(2)\"><text>x</text></a></svg>",
        "<iframe srcdoc=\"<script>PWN(1)</script>\"></iframe><object data=x></object><form action=\"javascript:PWN(1)\"><base href=x><style>x{}</style>",
        "<p title=\"a\n\nb\"><script>PWN(1)</script>\n\n<div\n\nonclick=PWN(1)>",
        "<!-- --><script>PWN(1)</script> -->\n\n<![CDATA[<script>PWN(1)</script>]]>\n\n<?x <script>PWN(1)</script> ?>",
        "## <script>PWN(1)</script> heading {#x\"onclick=PWN(1) was=\"><script>PWN(1)</script>}\n\ntext",
        "```<script>PWN(1)</script>\n<script>PWN(1)</script>\n```\n\n```js\"onclick=PWN(1)\nx\n```",
        "| <script>PWN(1)</script> | \" onclick=PWN(1) |\n|---|---|\n| <img src=x onerror=PWN(1)> | b |",
        "[a](https://example.org/\"onclick=PWN(1) \"t\\\" onclick=PWN(1)\")\n\n<https://example.org/\"onclick=PWN(1)>",
        "A note.[^\"><script>]\n\n[^\"><script>]: <script>PWN(1)</script>",
        "$\\text{<script>PWN(1)</script>}$ and $\\href{javascript:PWN(1)}{x}$ and $\\unicode{<img src=x onerror=PWN(1)>}$",
        "![\" onerror=PWN(1)](a.svg \"<script>PWN(1)</script>\")",
        "[[index|<script>PWN(1)</script>]] [[home|\" onclick=PWN(1)]]",
        "Apple <script>\n: <script>PWN(1)</script>\n\n> [!NOTE]\n> <script>PWN(1)</script>\n\n- [x] <script>PWN(1)</script>",
        "&lt;script&gt;PWN(1)&lt;/script&gt; \\<script>PWN(1)\\</script>",
        "{{ \"<script>PWN(1)</script>\" | safe }}",
    ];
    for body in bodies {
        let run = Site::new()
            .with("content/a.svg", b"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 4 4\"/>")
            .with_page("content/bad.md", body)
            .build();
        let run = run.shows_or_names("bad/index.html", "<h1>Bad page</h1>", "content/bad.md");
        if run.code == Some(0) {
            assert_harmless(&run);
        }
    }
}

#[test]
fn addresses_in_disguise() {
    for url in [
        "javascript:PWN(1)",
        "JaVaScRiPt:PWN",
        "java&#x09;script:PWN",
        "&#106;avascript:PWN",
        "javascript&colon;PWN",
        "\u{1}javascript:PWN",
        "data:text/html,<script>PWN</script>",
        "vbscript:PWN",
        " javascript:PWN",
        "java%73cript&#58;PWN",
    ] {
        for body in [
            format!("[a]({url})"),
            format!("[a](<{url}>)"),
            format!("[a]\n\n[a]: {url}"),
            format!("<{url}>"),
            format!("![a]({url})"),
            format!("[[{url}]]"),
            format!("[[{url}|x]]"),
        ] {
            let run = Site::new().with_page("content/bad.md", &body).build();
            let run = run.shows_or_names("bad/index.html", "<h1>Bad page</h1>", "content/bad.md");
            if run.code == Some(0) {
                assert_harmless(&run);
            }
        }
    }
    for field in [
        "sources: [{title: A, url: 'javascript:PWN(1)'}]",
        "image: {src: 'javascript:PWN(1)', alt: x}",
        "takeaways: ['[x](javascript:PWN(1))']",
        "canonical: 'javascript:PWN(1)'",
    ] {
        Site::new()
            .with("content/bad.md", format!("---\ntitle: Bad\n{field}\n---\nx\n").as_bytes())
            .build()
            .refused(&["content/bad.md:3"]);
    }
    Site::new()
        .with("content/data/people.yaml", b"- {id: p, name: P, url: 'javascript:PWN(1)'}\n")
        .build()
        .refused(&["content/data/people.yaml:1"]);
    Site::new()
        .with("content/site.yaml", b"title: S\nurl: 'javascript:PWN(1)'\n")
        .build()
        .refused(&["content/site.yaml:2"]);
}

#[test]
fn in_a_drawing() {
    let open = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 4 4\"";
    for program in [
        " onload=\"PWN(1)\">",
        "><script>PWN(1)</script>",
        "><a xlink:href=\"javascript:PWN(1)\"><text>x</text></a>",
        "><foreignObject><p>x</p></foreignObject>",
        "><image href=\"https://example.org/PWN\"/>",
    ] {
        let drawing = format!("{open}{program}</svg>");
        for file in ["content/assets/map.svg", "content/bad.svg"] {
            let run = Site::new().with(file, drawing.as_bytes()).build();
            run.refused(&["E712", file]);
        }
    }
    // What does not run is still not drawn into a page.
    let drawing = format!(
        "{open}><style>@import 'PWN'</style><g data-region=\"a\" style=\"x:PWN\"><rect width=\"4\" height=\"4\"/></g></svg>"
    );
    let run = Site::new()
        .with("content/assets/map.svg", drawing.as_bytes())
        .with("content/data/areas.yaml", b"- {id: a, label: A}\n")
        .build();
    assert_harmless(&run);
    let pages = run.outputs().into_iter().filter(|(path, _)| path.extension().is_some_and(|ending| ending == "html"));
    for (path, bytes) in pages {
        assert!(!String::from_utf8_lossy(&bytes).contains("PWN"), "{}", path.display());
    }
}
