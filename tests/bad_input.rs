//! Input that no editor means: each gets a clear error that names the file, or a safe page, in bounded time.
//!
//! Here stands what cannot be a folder of text files in git; the rest is in tests/cases. Codes made here: E107, E109, W111.

mod support;

use support::{Site, page};

const BAD: &str = "content/bad.md";
const BUILT: &str = "bad/index.html";

#[test]
fn bytes_that_are_not_utf8() {
    let mut bytes = page("Bad page", "one line");
    bytes.extend_from_slice(b"bad \xff\xfe\x80 here\n");
    Site::new().with(BAD, &bytes).build().refused(&["content/bad.md", "E107", "line 5", "0xff"]);
    Site::new().with(BAD, b"---\ntitle: Caf\xe9\n---\nx\n").build().refused(&[
        "content/bad.md",
        "E107",
        "line 2",
        "Latin-1",
    ]);
}

#[test]
fn utf16_is_named() {
    for order in [u16::to_le_bytes, u16::to_be_bytes] {
        let text = "\u{FEFF}---\ntitle: U\n---\nText\n";
        let bytes: Vec<u8> = text.encode_utf16().flat_map(order).collect();
        Site::new().with(BAD, &bytes).build().refused(&["content/bad.md", "E107", "UTF-16"]);
    }
}

#[test]
fn marks_and_line_ends_of_other_systems() {
    let text = "---\ntitle: Bad page\n---\nMARK\n\n- a\n- b\n";
    for bytes in [
        format!("\u{FEFF}{text}"),
        text.replace('\n', "\r\n"),
        text.replace('\n', "\r"),
        text.replacen('\n', "\r\n", 3),
    ] {
        Site::new()
            .with(BAD, bytes.as_bytes())
            .build()
            .shows(BUILT, "<h1>Bad page</h1>")
            .shows(BUILT, "<p>MARK</p>")
            .shows(BUILT, "<li>a</li>");
    }
}

#[test]
fn nul_and_noncharacters_reach_no_page() {
    let run = Site::new()
        .with_page(BAD, "MARK a\0b \u{FDD0}0\u{FDD1} \u{FDD0}1\u{FDD3} \u{FDD4}")
        .build()
        .shows(BUILT, "MARK a\u{FFFD}b");
    for (path, bytes) in run.outputs() {
        let text = String::from_utf8_lossy(&bytes);
        let hostile = text.contains(['\0', '\u{FDD0}', '\u{FDD1}']);
        assert!(!hostile || path.extension().is_none_or(|e| e != "html"), "{}", path.display());
    }
}

#[test]
fn front_matter_that_is_none() {
    let cases: &[(&str, &[&str])] = &[
        ("---\ntitle: Never closed\n\nMARK\n", &["E105", "never closed"]),
        ("", &["E103"]),
        ("---\ntitle: ~\n---\nMARK\n", &["E102"]),
        ("---\ntitle: [1, {a: b}]\n---\nMARK\n", &["bad.md:2", "E102"]),
        ("---\ntitle: One\ntitle: Two\n---\nMARK\n", &["bad.md:3", "E105", "twice"]),
        ("---\ntitle: One\n...\ntitle: Two\n---\nMARK\n", &["E105"]),
        ("---\n- a\n- b\n---\nMARK\n", &["E105"]),
    ];
    for (text, words) in cases {
        Site::new().with(BAD, text.as_bytes()).build().refused(&["content/bad.md"]).says(words);
    }
}

#[test]
fn yaml_bombs() {
    let levels: String =
        (1..=10).map(|n| format!("a{n}: &a{n} [{}]\n", vec![format!("*a{}", n - 1); 9].join(","))).collect();
    let bomb = format!("title: Bomb\na0: &a0 [x,x,x,x,x,x,x,x,x]\n{levels}extra: *a10\n");
    let deep = format!("title: Deep\nextra: {}{}\n", "[".repeat(10_000), "]".repeat(10_000));
    let long = format!("title: {}\n", "x".repeat(5_000_000));
    let many = format!("title: T\naliases: [{}]\n", "x,".repeat(100_000));
    for yaml in [bomb, deep, long, many] {
        let text = format!("---\n{yaml}---\nMARK\n");
        Site::new().with(BAD, text.as_bytes()).build().refused(&["content/bad.md"]);
        // A long title is no bomb outside of front matter.
        if yaml.len() < 5_000_000 {
            Site::new().with("content/site.yaml", yaml.as_bytes()).build().refused(&["content/site.yaml"]);
        }
    }
}

#[test]
fn deep_nesting() {
    let indented: String = (0..1500).map(|n| format!("{}- i\n", "  ".repeat(n))).collect();
    let bodies = [
        "- ".repeat(10_000) + "x",
        ">".repeat(10_000) + " a",
        indented,
        format!("{}x\n{}", "<div>\n".repeat(10_000), "</div>\n".repeat(10_000)),
    ];
    for body in bodies {
        Site::new().with_page(BAD, &body).build().refused(&["content/bad.md", "E108"]);
    }
    let brackets = format!("MARK {}a{}", "[".repeat(20_000), "]".repeat(20_000));
    Site::new().with_page(BAD, &brackets).build().shows_or_names(BUILT, "MARK", "content/bad.md");
    let emphasis = format!("MARK {}a{}", "*a **a ".repeat(10_000), "** a*".repeat(10_000));
    Site::new().with_page(BAD, &emphasis).build().shows_or_names(BUILT, "MARK", "content/bad.md");
}

#[test]
fn twenty_thousand_equal_headings() {
    Site::new()
        .with_page(BAD, &"## Same heading\n\ntext\n\n".repeat(20_000))
        .build()
        .shows(BUILT, "id=\"same-heading-20000\"");
}

#[test]
fn pathological_markdown() {
    let ticks: String = (1..1500).map(|n| format!("e{}", "`".repeat(n))).collect();
    let bodies = [
        "a_ ".repeat(50_000),
        "_a ".repeat(50_000),
        "a]".repeat(50_000),
        "*a_ ".repeat(50_000),
        "[a](<b".repeat(30_000),
        "<?".repeat(50_000),
        "a**b".to_owned() + &"c* ".repeat(50_000),
        "[^a]".repeat(20_000),
        "[[a|".repeat(20_000),
        "[@".repeat(20_000),
        "$a".repeat(20_000),
        "| a | b |\n|---|---|\n".to_owned() + &"| c | d |\n".repeat(20_000),
        "a".repeat(5_000_000),
        ticks,
    ];
    for body in bodies {
        Site::new().with_page(BAD, &format!("MARK\n\n{body}")).build().shows_or_names(BUILT, "MARK", "content/bad.md");
    }
}

#[test]
fn a_definition_used_without_measure() {
    let body = format!("[a]: /{}\n\n{}", "x".repeat(50_000), "[a]\n".repeat(5_000));
    Site::new().with_page(BAD, &body).build().refused(&["content/bad.md"]);
    let body = format!("[a]: https://example.org/{}\n\n{}", "x".repeat(50_000), "[a]\n".repeat(5_000));
    let run = Site::new().with_page(BAD, &body).build();
    let most = run.outputs().iter().map(|(_, bytes)| bytes.len()).max();
    assert!(most < Some(8 << 20), "a page of {most:?} bytes");
}

#[test]
fn files_without_measure() {
    let text = "The shoulder blade moves with the arm.\n\n".repeat(450_000);
    Site::new().with_page(BAD, &text).build().refused(&["content/bad.md", "E108", "16 MB"]);
}

#[test]
fn addresses_that_lead_out() {
    for slug in ["../../escaped", "/etc/escaped", "..", "a/b", "%2e%2e%2fescaped", "A b", "con:", "a\\\\b"] {
        let run = Site::new().with(BAD, format!("---\ntitle: Bad\nslug: \"{slug}\"\n---\nx\n").as_bytes()).build();
        run.refused(&["content/bad.md:3:7", "E207"]);
    }
    for target in ["../../../etc/passwd", "%2e%2e/%2e%2e/secret.md"] {
        Site::new().with_page(BAD, &format!("[x]({target}) ![y]({target})")).build().refused(&[
            "content/bad.md:4",
            "E201",
            "E708",
        ]);
    }
    let template = "---\ntitle: Bad\ntemplate: ../../secret.html\n---\nx\n";
    Site::new().with(BAD, template.as_bytes()).build().refused(&["content/bad.md:3"]);
}

#[test]
fn names_that_are_one_elsewhere() {
    let one = Site::new().with_page("content/Collide.md", "MARK").with_page("content/collide.md", "MARK");
    if std::fs::read_dir(one.path("content")).expect("a folder").count() == 4 {
        one.build().refused(&["content/collide.md", "E20"]);
    }
    let (composed, apart) = ("content/caf\u{e9}.md", "content/cafe\u{301}.md");
    let two = Site::new().with_page(composed, "MARK").with_page(apart, "MARK");
    if std::fs::read_dir(two.path("content")).expect("a folder").count() == 4 {
        two.build().refused(&["content/caf", "E20"]);
    }
    let picture = b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>";
    let site = Site::new().with("content/static/A.svg", picture).with("content/static/a.svg", b"<svg/>");
    if std::fs::read_dir(site.path("content/static")).expect("a folder").count() == 2 {
        site.build().refused(&["a.svg", "same file"]);
    }
}

#[test]
fn names_of_every_kind() {
    for (name, url) in
        [("100%25 done", ""), ("zw\u{200b}\u{1F600}\u{5d0}", ""), ("con", "con/index.html"), ("a b", "a-b/index.html")]
    {
        let run = Site::new().with_page(&format!("content/{name}.md"), "MARK").build();
        assert!(
            run.outputs().iter().any(|(_, bytes)| String::from_utf8_lossy(bytes).contains("<p>MARK</p>")),
            "{name}: {}",
            run.said
        );
        if !url.is_empty() {
            run.shows(url, "MARK");
        }
    }
    Site::new().with_page("content/con.md", "MARK").build().says(&["content/con.md", "W111", "Windows"]);
    Site::new().with_page(&format!("content/{}.md", "a".repeat(250)), "MARK").build();
    Site::new().with("content/folder.md/inner.md", &page("Inner", "MARK")).build();
}

#[cfg(unix)]
mod unix {
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::symlink;

    use super::*;

    const SECRET: &str = "TOPSECRET-7f3a9c";

    fn linked(target: &str, name: &str) -> support::Run {
        let site = Site::new().with("outside/secret.md", &page("Secret", SECRET));
        let target = if target.starts_with("outside") { site.path(target) } else { target.into() };
        symlink(target, site.path(name)).expect("a link can be made");
        let run = site.build();
        assert!(
            run.outputs().iter().all(|(_, bytes)| !String::from_utf8_lossy(bytes).contains(SECRET)),
            "published a file from outside"
        );
        run
    }

    #[test]
    fn links_out_of_the_site() {
        linked("outside/secret.md", "content/leak.md").refused(&["content/leak.md", "E109", "out of the site"]);
        linked("outside", "content/leak").refused(&["content/leak", "E109"]);
        linked("../outside/secret.md", "content/leak.md").refused(&["content/leak.md", "E109"]);
        linked("/nonexistent/nowhere.md", "content/leak.md").refused(&["content/leak.md", "E109", "nowhere"]);
        linked("/dev/zero", "content/zero.md").refused(&["content/zero.md", "E109"]);
        linked(".", "content/loop").refused(&["content/loop", "E109"]);
        linked("loop.md", "content/loop.md").refused(&["content/loop.md", "E109"]);
    }

    #[test]
    fn links_inside_the_site_are_followed() {
        let site = Site::new();
        symlink("index.md", site.path("content/twin.md")).expect("a link can be made");
        site.build().shows("twin/index.html", "The good page.");
    }

    #[test]
    fn pipes_and_sockets() {
        let site = Site::new();
        let made = std::process::Command::new("mkfifo").arg(site.path(BAD)).status();
        if made.is_ok_and(|status| status.success()) {
            site.build().refused(&["content/bad.md", "E109", "neither a file nor a folder"]);
        }
        let site = Site::new();
        if std::os::unix::net::UnixListener::bind(site.path("content/s.md")).is_ok() {
            site.build().refused(&["content/s.md", "E109"]);
        }
    }

    #[test]
    fn names_that_are_not_text() {
        let site = Site::new();
        let name = std::ffi::OsStr::from_bytes(b"bad\xff\xfe.md");
        if std::fs::write(site.path("content").join(name), page("Bad", "MARK")).is_ok() {
            site.build().refused(&["E109", "content/bad"]);
        }
    }

    #[test]
    fn files_that_may_not_be_read() {
        use std::os::unix::fs::PermissionsExt;
        let site = Site::new().with_page(BAD, "MARK");
        std::fs::set_permissions(site.path(BAD), std::fs::Permissions::from_mode(0o0)).expect("permissions can be set");
        // The superuser may read it all the same.
        if std::fs::read(site.path(BAD)).is_err() {
            site.build().refused(&["content/bad.md", "E109"]);
        }
    }
}

#[test]
fn templates_that_never_end() {
    let page = |inner: &str| format!("{{% extends \"base.html\" %}}\n{{% block main %}}{inner}{{% endblock main %}}\n");
    let name = "theme/templates/page.html";
    for (inner, words) in [
        ("{% for i in range(end=1000000000) %}x{% endfor %}", "page.html"),
        ("{% include \"page.html\" %}", "page.html"),
        (
            "{% for i in range(end=100000) %}{% for j in range(end=100000) %}xxxxxxxxxx{% endfor %}{% endfor %}",
            "page.html",
        ),
    ] {
        Site::new().with(name, page(inner).as_bytes()).with_page(BAD, "x").build().refused(&[words]);
    }
    let component = "{% component toc(@page) -%}{{ <toc /> }}{%- endcomponent toc %}\n";
    Site::new()
        .with("theme/templates/components/toc.html", component.as_bytes())
        .build()
        .refused(&["E802", "recursion"]);
}

#[test]
fn template_code_in_a_text_does_not_run() {
    let body = "MARK {{ 6 * 7 }} {% include \"base.html\" %} {{ <toc /> }} {# gone #}";
    Site::new().with_page(BAD, body).build().shows(BUILT, "MARK {{ 6 * 7 }} {% include").shows(BUILT, "{# gone #}");
}

/// Words that differ, `count` of them from a number on.
fn different(from: usize, count: usize) -> String {
    let word = |n: usize| format!("w{n:x}q{}", if n.is_multiple_of(1000) { '\n' } else { ' ' });
    (from..from + count).map(word).collect()
}

#[test]
fn words_without_measure() {
    let line = |body: String| body.into_bytes();
    Site::new()
        .with_page("content/long.md", &"x".repeat(130_000))
        .with_page(
            "content/controls.md",
            "a\u{1}b \u{202E}drow\u{202C} \u{1F9B6}\u{1F3FD} \u{5DE}\u{5E8}\u{5E4}\u{5E7} \u{FEFF}\u{AD}",
        )
        .build()
        .shows("long/index.html", "xxx")
        .shows("search/index.js", "fascicleFiles");
    let book = "---\ntitle: Book\n---\n".to_owned() + &"one two three four ".repeat(60_000);
    Site::new().with("content/book.md", &line(book)).build().says(&["W901", "book.md", "first 200000 words"]);
    let site = (0..3)
        .fold(Site::new(), |site, n| site.with_page(&format!("content/list-{n}.md"), &different(n * 190_000, 190_000)));
    site.build().says(&["W902", "more different words"]);
}
