//! Turns a page into the page with the preview's script, and holds the files that the script is made of.

use super::Server;
use super::events::digests;
use crate::text::escape;

/// A file of the preview's own: its media type and its text.
pub(super) fn file(name: &str) -> Option<(&'static str, &'static str)> {
    match name {
        "client.js" => Some(("text/javascript; charset=utf-8", include_str!("client.js"))),
        "panel.css" => Some(("text/css; charset=utf-8", include_str!("panel.css"))),
        _ => None,
    }
}

/// A page with the script before its end. The script learns what the page shows, and the word that lets it ask for news.
pub(super) fn inject(page: &[u8], server: &Server) -> Vec<u8> {
    with_script(page, server, &digests(page))
}

/// The same for a page that is shown in another form than the one that is compared.
pub(super) fn inject_as(shown: &str, page: &[u8], server: &Server) -> Vec<u8> {
    with_script(shown.as_bytes(), server, &digests(page))
}

/// The same for a page of the preview's own, which shows a round.
pub(super) fn inject_round(page: &str, server: &Server, round: u64) -> Vec<u8> {
    with_script(page.as_bytes(), server, &(round.to_string(), round.to_string()))
}

fn with_script(page: &[u8], server: &Server, (digest, frame): &(String, String)) -> Vec<u8> {
    let script = format!(
        "<script src=\"{0}__fascicle/client.js\" data-base=\"{0}\" data-token=\"{1}\" data-digest=\"{digest}\" data-frame=\"{frame}\" defer></script>\n",
        escape(&server.base),
        server.token
    );
    let end = b"</body>";
    let at = page.windows(end.len()).rposition(|part| part.eq_ignore_ascii_case(end)).unwrap_or(page.len());
    [&page[..at], script.as_bytes(), &page[at..]].concat()
}
