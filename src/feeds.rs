//! Turns the pages of a site into the files that machines read: sitemap, Atom feed, robots.txt, headers.

use std::fmt::Write as _;

use crate::date::Date;
use crate::graph::{Graph, changed};
use crate::page::summary;
use crate::parse::Article;
use crate::text::escape;

/// Entries in the feed.
const FEED: usize = 50;
/// What a page may load: itself and its own files, and nothing that is not in them.
pub(crate) const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'";

/// The names of the feeds. Without a public address there is neither sitemap nor feed: both need absolute links.
pub(crate) fn names(graph: &Graph) -> impl Iterator<Item = &'static str> {
    let public = graph.config.url.iter().flat_map(|_| ["sitemap.xml", "atom.xml"]);
    ["robots.txt", "_headers"].into_iter().chain(public)
}

/// A feed by its name; `pages` are the files of all pages.
pub(crate) fn file<'r>(graph: &Graph, name: &str, pages: impl Iterator<Item = &'r String>) -> String {
    match (name, &graph.config.url) {
        ("sitemap.xml", Some(base)) => sitemap(graph, base, pages),
        ("atom.xml", Some(base)) => atom(graph, base),
        ("_headers", _) => headers(),
        _ => robots(graph),
    }
}

fn robots(graph: &Graph) -> String {
    let map = graph.config.url.as_ref().map(|base| format!("Sitemap: {base}/sitemap.xml\n")).unwrap_or_default();
    format!("User-agent: *\nAllow: /\n{map}")
}

fn headers() -> String {
    format!(
        "/*\n  Content-Security-Policy: {POLICY}; frame-ancestors 'none'\n  X-Content-Type-Options: nosniff\n  Referrer-Policy: strict-origin-when-cross-origin\n/assets/*\n  Cache-Control: public, max-age=31536000, immutable\n"
    )
}

/// Every page but "not found", with the day it was changed where its front matter says so.
fn sitemap<'r>(graph: &Graph, base: &str, routes: impl Iterator<Item = &'r String>) -> String {
    let dates: std::collections::BTreeMap<&str, Date> =
        graph.articles.values().filter_map(|a| Some((a.url.as_deref()?, changed(a)?))).collect();
    let mut xml = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n",
    );
    for route in routes.filter(|route| *route != "404.html") {
        let url = route.strip_suffix("index.html").unwrap_or(route);
        let date = dates.get(url).map(|date| format!("<lastmod>{date}</lastmod>")).unwrap_or_default();
        let _ = writeln!(xml, "<url><loc>{}</loc>{date}</url>", escape(&absolute(base, url)));
    }
    xml.push_str("</urlset>\n");
    xml
}

/// What changed, the newest first; pages without a date are no news.
fn atom(graph: &Graph, base: &str) -> String {
    let pages = graph.articles.values().filter(|a| a.url.as_deref().is_some_and(|url| !url.contains('#')));
    let mut news: Vec<(Date, &Article)> = pages.filter_map(|a| Some((changed(a)?, &**a))).collect();
    news.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.id.cmp(&b.1.id)));
    news.truncate(FEED);
    let config = &graph.config;
    // A feed must say when it changed; one without news says the start of the calendar it is counted in.
    let updated = news.first().map_or_else(|| "1970-01-01T00:00:00Z".to_owned(), |(date, _)| date.rfc3339());
    let author = config.author.as_deref().unwrap_or(&config.title);
    let mut xml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"{}\">\n<title>{}</title>\n<id>{base}/</id>\n<link href=\"{base}/\"/>\n<link rel=\"self\" href=\"{base}/atom.xml\"/>\n<updated>{updated}</updated>\n<author><name>{}</name></author>\n",
        escape(&config.lang),
        escape(&config.title),
        escape(author),
    );
    for (date, article) in news {
        let url = escape(&absolute(base, article.url.as_deref().unwrap_or("")));
        let text = summary(article).map(|text| format!("<summary>{}</summary>", escape(&text))).unwrap_or_default();
        let _ = writeln!(
            xml,
            "<entry><title>{}</title><id>{url}</id><link href=\"{url}\"/><updated>{}</updated>{text}</entry>",
            escape(&article.title),
            date.rfc3339()
        );
    }
    xml.push_str("</feed>\n");
    xml
}

/// An address with what URLs cannot hold percent-encoded.
fn absolute(base: &str, url: &str) -> String {
    let mut out = format!("{base}/");
    for byte in url.bytes() {
        if byte.is_ascii_alphanumeric() || b"/-_.~#".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}
