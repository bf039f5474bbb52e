//! Turns newer sites into words for one open page: that it changed, that only its styles did, what is wrong.
//!
//! The page says which bytes it shows, so it does not matter how long it slept.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use tokio::net::TcpStream;
use tokio::sync::watch::Receiver;
use tokio::time::timeout;

use super::answer::{Found, find};
use super::http::send;
use super::newest::Newest;
use super::request::{Refusal, Request};
use super::{Open, Server};
use crate::hash::Digest;

/// A word now and then finds out whether the page is still open.
const HEARTBEAT: Duration = Duration::from_secs(10);

/// The event stream of one open page.
pub(super) struct Stream {
    server: Arc<Server>,
    newer: Receiver<Option<Arc<Newest>>>,
    /// The address below the base.
    page: String,
    /// What the page shows: all of it, and it without the digests of its style sheets.
    shows: (String, String),
    /// The round that the page knows.
    round: u64,
    _open: Open,
}

impl Stream {
    /// Starts a stream for a page of this run.
    ///
    /// # Errors
    /// For all others.
    pub fn open(server: &Arc<Server>, request: &Request) -> Result<Self, Refusal> {
        if request.asked("token").is_none_or(|token| token != server.token) {
            return Err(Refusal(403, "the preview was started anew: load the page again"));
        }
        let path = request.asked("page").unwrap_or_default();
        let page = path.strip_prefix(server.base.as_str()).unwrap_or("404.html").to_owned();
        let round = request.asked("round").and_then(|round| round.parse().ok()).unwrap_or(0);
        let shows = (request.asked("digest").unwrap_or_default(), request.asked("frame").unwrap_or_default());
        let open = Open::new(server, page.clone());
        Ok(Self { server: server.clone(), newer: server.subscribe(), page, shows, round, _open: open })
    }

    /// Tells the page what concerns it until it is closed.
    pub async fn run(mut self, mut stream: TcpStream) -> io::Result<()> {
        let head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\nretry: 500\n\n";
        send(&mut stream, head.as_bytes()).await?;
        loop {
            let newest = self.newer.borrow_and_update().clone();
            if let Some(newest) = newest {
                let words = tokio::task::spawn_blocking(move || {
                    let words = self.words(&newest);
                    (self, words)
                });
                let (this, words) = words.await.map_err(io::Error::other)?;
                self = this;
                send(&mut stream, words.as_bytes()).await?;
            }
            while timeout(HEARTBEAT, self.newer.changed()).await.is_err() {
                send(&mut stream, b":\n\n").await?;
            }
        }
    }

    /// What is to be said of a newer site.
    fn words(&mut self, newest: &Newest) -> String {
        let files: Vec<&str> = newest
            .fixed
            .iter()
            .filter(|(_, round)| **round > self.round && self.round > 0)
            .map(|(file, _)| file.as_str())
            .collect();
        let mut words = String::new();
        let mut about = None;
        if self.page.starts_with("__fascicle/") {
            words += self.compare((newest.round.to_string(), newest.round.to_string()));
        } else if let Found::Page(shown) = find(&self.server, newest, &self.page) {
            words += self.compare(digests(&shown.bytes));
            about = newest.about(&shown.route).map(|(path, draft, overdue)| {
                json!({ "path": &**path, "edit": self.server.edit(path, 1, 1), "draft": draft, "overdue": overdue })
            });
        }
        if !files.is_empty() {
            words += &format!("event: files\ndata: {}\n\n", json!(files));
        }
        let state = json!({
            "round": newest.round,
            "errors": newest.errors,
            "warnings": newest.warnings(),
            "page": about,
        });
        self.round = newest.round;
        words + &format!("event: state\ndata: {state}\n\n")
    }
}

impl Stream {
    /// What a page has to do to show this.
    fn compare(&mut self, now: (String, String)) -> &'static str {
        let (same, only_styles) = (self.shows.0 == now.0, self.shows.1 == now.1);
        self.shows = now;
        match (same, only_styles) {
            (true, _) => "",
            (_, true) => "event: style\ndata: \n\n",
            _ => "event: reload\ndata: \n\n",
        }
    }
}

/// The digest of a page, and of the page without the digests in the names of its style sheets.
pub(super) fn digests(bytes: &[u8]) -> (String, String) {
    (Digest::of_bytes(bytes).short(32), Digest::of_bytes(&without_style_names(bytes)).short(32))
}

/// `site.0123456789.css` to `site.css`.
fn without_style_names(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some(at) = rest.windows(4).position(|four| four == b".css") {
        let (before, after) = rest.split_at(at);
        let name = before.len().checked_sub(11).map(|start| before.split_at(start));
        match name {
            Some((stem, [b'.', digits @ ..])) if digits.iter().all(u8::is_ascii_hexdigit) => {
                out.extend_from_slice(stem)
            }
            _ => out.extend_from_slice(before),
        }
        out.extend_from_slice(&after[..4]);
        rest = &after[4..];
    }
    out.extend_from_slice(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::without_style_names;

    #[test]
    fn a_page_without_the_digests_of_its_styles() {
        let page = |digest: &str| format!("<link href=\"../assets/site{digest}.css\"> .css x.css");
        assert_eq!(without_style_names(page(".0123456789").as_bytes()), page("").as_bytes());
        assert_eq!(without_style_names(page(".012345678z").as_bytes()), page(".012345678z").as_bytes());
    }
}
