//! Turns a request into an answer from the newest site: a look-up by key, never a path on disk.

use std::ops::Range;
use std::sync::Arc;

use super::newest::Newest;
use super::request::{Refusal, Request, encode};
use super::{Server, client, dashboard, panel};
use crate::feeds::POLICY;
use crate::hash::Digest;
use crate::text::escape;

/// What goes back.
pub(super) struct Answer {
    pub status: u16,
    pub headers: Vec<(&'static str, String)>,
    pub body: Arc<[u8]>,
    /// The part of the body that is sent.
    pub range: Range<usize>,
}

/// A page as it is shown: its file, its bytes without the script of the preview, and whether it exists.
pub(super) struct Shown {
    pub route: String,
    pub bytes: Arc<[u8]>,
    pub status: u16,
}

impl Answer {
    fn new(status: u16, kind: &str, body: Arc<[u8]>) -> Self {
        let headers = vec![
            ("Content-Type", kind.to_owned()),
            ("Cache-Control", "no-cache".to_owned()),
            ("Content-Security-Policy", format!("{POLICY}; frame-ancestors 'none'")),
            ("X-Content-Type-Options", "nosniff".to_owned()),
            ("Cross-Origin-Resource-Policy", "same-origin".to_owned()),
            ("Cross-Origin-Opener-Policy", "same-origin".to_owned()),
            ("Referrer-Policy", "strict-origin-when-cross-origin".to_owned()),
        ];
        let range = 0..body.len();
        Self { status, headers, body, range }
    }

    /// A sentence.
    pub fn text(status: u16, text: &str) -> Self {
        Self::new(status, "text/plain; charset=utf-8", format!("{text}\n").into_bytes().into())
    }

    fn html(status: u16, html: String) -> Self {
        Self::new(status, "text/html; charset=utf-8", html.into_bytes().into())
    }

    fn moved(place: String) -> Self {
        let mut answer = Self::text(302, "the page is over there");
        answer.headers.push(("Location", place));
        answer
    }
}

impl From<Refusal> for Answer {
    fn from(Refusal(status, why): Refusal) -> Self {
        let mut answer = Self::text(status, why);
        if status == 405 {
            answer.headers.push(("Allow", "GET, HEAD".to_owned()));
        }
        answer
    }
}

/// The answer to a request that may be answered.
pub(super) fn answer(server: &Server, newest: &Newest, request: &Request) -> Answer {
    let Some(inner) = request.path.strip_prefix(server.base.as_str()) else {
        let home = format!("{}/", request.path) == server.base || request.path == "/";
        return if home { Answer::moved(encode(&server.base)) } else { Answer::text(404, "the site is not here") };
    };
    let made = match inner.strip_prefix("__fascicle/") {
        Some(own) => tools(server, newest, own, request),
        None => site(server, newest, inner),
    };
    if made.status == 200 { conditional(made, request) } else { made }
}

/// What the preview itself offers.
fn tools(server: &Server, newest: &Newest, name: &str, request: &Request) -> Answer {
    match name {
        "" => {
            let html = page("Preview", &dashboard::body(server, newest), server);
            Answer::new(200, "text/html; charset=utf-8", client::inject_round(&html, server, newest.round).into())
        }
        "components/" => match newest.site.gallery() {
            Ok(html) => Answer::html(200, html),
            Err(fault) => Answer::text(500, &fault.message),
        },
        "panel" => Answer::html(200, panel::panel(server, newest, request.asked("page").as_deref().unwrap_or(""))),
        _ => match client::file(name) {
            Some((kind, text)) => Answer::new(200, kind, text.as_bytes().into()),
            None => Answer::text(404, "the preview has no such page"),
        },
    }
}

fn site(server: &Server, newest: &Newest, inner: &str) -> Answer {
    match find(server, newest, inner) {
        Found::Page(shown) if shown.status == 404 => {
            let html = from_base(&shown.bytes, &server.base);
            Answer::new(404, "text/html; charset=utf-8", client::inject_as(&html, &shown.bytes, server).into())
        }
        Found::Page(shown) if shown.route.ends_with(".html") => {
            Answer::new(shown.status, "text/html; charset=utf-8", client::inject(&shown.bytes, server).into())
        }
        Found::Page(shown) => Answer::new(shown.status, mime(&shown.route), shown.bytes),
        Found::Folder => Answer::moved(format!("{}{}/", encode(&server.base), encode(inner))),
        Found::Broken(html) => Answer::html(500, html),
    }
}

/// What stands at an address below the base.
pub(super) enum Found {
    Page(Shown),
    /// The address lacks its last slash.
    Folder,
    /// The template failed; a page that says so.
    Broken(String),
}

pub(super) fn find(server: &Server, newest: &Newest, inner: &str) -> Found {
    let folder = inner.is_empty() || inner.ends_with('/');
    let route = if folder { format!("{inner}index.html") } else { inner.to_owned() };
    let (status, rendered) = match newest.site.render(&route, &server.memo) {
        Some(rendered) => (200, rendered),
        None if !folder && newest.site.has(&format!("{inner}/index.html")) => return Found::Folder,
        None => match newest.site.render("404.html", &server.memo) {
            Some(rendered) => (404, rendered),
            None => return Found::Broken(broken("Not found", "", server)),
        },
    };
    match rendered {
        Ok(output) => Found::Page(Shown { route: output.route, bytes: output.bytes, status }),
        Err(fault) => {
            Found::Broken(broken("This page cannot be shown", &panel::faults(server, newest, &[&fault]), server))
        }
    }
}

/// The page "not found" as its host would show it at any address: its links start at the base, not at the address.
fn from_base(html: &[u8], base: &str) -> String {
    let html = String::from_utf8_lossy(html);
    let root = html.split_once("data-root=\"").and_then(|(_, rest)| rest.split('"').next()).unwrap_or("./");
    html.replace(&format!("=\"{root}"), &format!("=\"{base}"))
}

/// A page of the preview's own.
fn page(title: &str, body: &str, server: &Server) -> String {
    let sheet = format!("{}__fascicle/panel.css", server.base);
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width\">\n<title>{0}</title>\n<link rel=\"stylesheet\" href=\"{1}\">\n</head>\n<body>\n<main>\n<h1>{0}</h1>\n{body}</main>\n</body>\n</html>\n",
        escape(title),
        escape(&sheet)
    )
}

/// A page that stands in for one that failed.
fn broken(title: &str, body: &str, server: &Server) -> String {
    String::from_utf8_lossy(&client::inject(page(title, body, server).as_bytes(), server)).into_owned()
}

/// Adds the validator, and answers what depends on it: 304 to who has this version, a part to who wants a part.
fn conditional(mut answer: Answer, request: &Request) -> Answer {
    let tag = format!("\"{}\"", Digest::of_bytes(&answer.body).short(32));
    answer.headers.push(("ETag", tag.clone()));
    answer.headers.push(("Accept-Ranges", "bytes".to_owned()));
    let known = |tags: &str| {
        tags.split(',').any(|known| matches!(known.trim().trim_start_matches("W/"), t if t == "*" || t == tag))
    };
    if request.if_none_match.as_deref().is_some_and(known) {
        answer.status = 304;
        answer.range = 0..0;
        return answer;
    }
    let length = answer.body.len();
    let same = request.if_range.as_ref().is_none_or(|known| *known == tag);
    match request.range.as_deref().filter(|_| same && !request.head_only).and_then(|range| part(range, length)) {
        Some(Some(range)) => {
            answer.status = 206;
            answer.headers.push(("Content-Range", format!("bytes {}-{}/{length}", range.start, range.end - 1)));
            answer.range = range;
        }
        Some(None) => {
            answer.status = 416;
            answer.headers.push(("Content-Range", format!("bytes */{length}")));
            answer.range = 0..0;
        }
        None => {}
    }
    answer
}

/// One range of bytes; `None` for what may be answered with the whole, `Some(None)` for what lies outside it.
fn part(range: &str, length: usize) -> Option<Option<Range<usize>>> {
    let (from, to) = range.strip_prefix("bytes=")?.split_once('-')?;
    let number = |text: &str| text.trim().parse::<usize>().ok();
    let range = match (from.trim(), to.trim()) {
        ("", last) => length.saturating_sub(number(last)?)..length,
        (first, "") => number(first)?..length,
        (first, last) => {
            let (first, last) = (number(first)?, number(last)?);
            if last < first {
                return None;
            }
            first..last.saturating_add(1).min(length)
        }
    };
    Some((range.start < range.end).then_some(range))
}

/// The media type of a file by its ending.
fn mime(route: &str) -> &'static str {
    let ending = route.rsplit_once('.').map_or("", |(_, ending)| ending).to_ascii_lowercase();
    match ending.as_str() {
        "html" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "json" | "map" => "application/json",
        "xml" => "application/xml",
        "atom" => "application/atom+xml",
        "txt" | "md" => "text/plain; charset=utf-8",
        "csv" => "text/csv; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "avif" => "image/avif",
        "ico" => "image/x-icon",
        "woff" => "font/woff",
        "woff2" => "font/woff2",
        "ttf" => "font/ttf",
        "otf" => "font/otf",
        "pdf" => "application/pdf",
        "wasm" => "application/wasm",
        "webmanifest" => "application/manifest+json",
        "mp3" => "audio/mpeg",
        "ogg" => "audio/ogg",
        "mp4" => "video/mp4",
        "webm" => "video/webm",
        "zip" => "application/zip",
        "gz" => "application/gzip",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::part;

    #[test]
    fn parts() {
        for (range, expected) in [
            ("bytes=0-9", Some(Some(0..10))),
            ("bytes=90-", Some(Some(90..100))),
            ("bytes=-10", Some(Some(90..100))),
            ("bytes=-1000", Some(Some(0..100))),
            ("bytes=50-5000", Some(Some(50..100))),
            ("bytes=100-", Some(None)),
            ("bytes=-0", Some(None)),
            ("bytes=9-3", None),
            ("bytes=0-1,5-6", None),
            ("lines=0-1", None),
            ("bytes=x-y", None),
        ] {
            assert_eq!(part(range, 100), expected, "{range}");
        }
    }
}
