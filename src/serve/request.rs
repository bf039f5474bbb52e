//! Turns the bytes of a request into what was asked, and refuses what no page of this site would ask.
//!
//! A page of another site can make a browser send requests here. Three headers give it away, none of which it can set:
//! the name it used for this machine (`Host`), where it comes from (`Origin`), and what the browser wants the answer for
//! (`Sec-Fetch-*`).

use std::net::IpAddr;

/// More headers than any browser sends.
const HEADERS: usize = 100;

/// What was asked.
#[derive(Debug, Default)]
pub(super) struct Request {
    /// `HEAD`: all but the body.
    pub head_only: bool,
    /// Decoded once; begins with `/`.
    pub path: String,
    pub query: String,
    pub if_none_match: Option<String>,
    pub range: Option<String>,
    pub if_range: Option<String>,
    /// Whether the connection may serve another request.
    pub keep: bool,
    host: Vec<String>,
    origin: Option<String>,
    fetch_site: Option<String>,
    fetch_mode: Option<String>,
    fetch_dest: Option<String>,
}

/// A status and a sentence for whoever asked.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Refusal(pub u16, pub &'static str);

/// Reads a request at the start of a buffer. `None` while it is not whole; else the request and its length.
///
/// # Errors
/// Why the connection ends.
pub(super) fn parse(buffer: &[u8]) -> Result<Option<(Request, usize)>, Refusal> {
    let mut headers = [httparse::EMPTY_HEADER; HEADERS];
    let mut parsed = httparse::Request::new(&mut headers);
    let length = match parsed.parse(buffer) {
        Ok(httparse::Status::Complete(length)) => length,
        Ok(httparse::Status::Partial) => return Ok(None),
        Err(httparse::Error::TooManyHeaders) => return Err(Refusal(431, "too many headers")),
        Err(_) => return Err(Refusal(400, "this is no request")),
    };
    if parsed.version != Some(1) {
        return Err(Refusal(505, "HTTP/1.1 is spoken here"));
    }
    let head_only = match parsed.method {
        Some("GET") => false,
        Some("HEAD") => true,
        _ => return Err(Refusal(405, "a preview can be read and nothing else")),
    };
    let target = parsed.path.unwrap_or("");
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let path = decode(path).filter(|path| path.starts_with('/')).ok_or(Refusal(400, "this is no address"))?;
    let mut request = Request { head_only, path, query: query.to_owned(), keep: true, ..Request::default() };
    for header in parsed.headers.iter() {
        let Ok(value) = std::str::from_utf8(header.value) else { continue };
        request.header(&header.name.to_ascii_lowercase(), value)?;
    }
    Ok(Some((request, length)))
}

impl Request {
    fn header(&mut self, name: &str, value: &str) -> Result<(), Refusal> {
        let text = || Some(value.to_owned());
        match name {
            "host" => self.host.push(value.to_ascii_lowercase()),
            "origin" => self.origin = Some(value.to_ascii_lowercase()),
            "sec-fetch-site" => self.fetch_site = text(),
            "sec-fetch-mode" => self.fetch_mode = text(),
            "sec-fetch-dest" => self.fetch_dest = text(),
            "if-none-match" => self.if_none_match = text(),
            "if-range" => self.if_range = text(),
            "range" => self.range = text(),
            "connection" => self.keep &= !value.to_ascii_lowercase().contains("close"),
            // Nothing that can be asked here has a body; without one no byte can pass for another request.
            "content-length" if value.trim() == "0" => {}
            "content-length" | "transfer-encoding" => return Err(Refusal(413, "a request has no body here")),
            _ => {}
        }
        Ok(())
    }

    /// Why a request is not answered: it names a machine that this is not, or a page of another site made it.
    pub fn refusal(&self, allowed: &[String], local: IpAddr) -> Option<Refusal> {
        let [host] = self.host.as_slice() else { return Some(Refusal(400, "a request names one host")) };
        let name = name_of(host);
        let here = allowed.iter().any(|known| known == name) || name.parse() == Ok(local);
        if !here {
            return Some(Refusal(421, "this preview does not go by that name; `--allow-host NAME` adds one"));
        }
        let own = |origin: &String| origin.split_once("://").is_some_and(|(_, rest)| rest == host);
        if self.origin.as_ref().is_some_and(|origin| !own(origin)) {
            return Some(Refusal(403, "a page of another site asked"));
        }
        self.is_foreign().then_some(Refusal(403, "a page of another site asked"))
    }

    /// Links from other sites may be followed; nothing of this one may be part of their pages. Another port of this
    /// machine is another site too, though a browser calls it the same.
    fn is_foreign(&self) -> bool {
        let from = self.fetch_site.as_deref();
        let followed = self.fetch_mode.as_deref() == Some("navigate") && self.fetch_dest.as_deref() == Some("document");
        !matches!(from, None | Some("same-origin" | "none")) && !followed
    }

    /// A value of the query.
    pub fn asked(&self, key: &str) -> Option<String> {
        let value = self.query.split('&').find_map(|pair| pair.split_once('=').filter(|(name, _)| *name == key))?.1;
        decode(value)
    }
}

/// A host without its port and the brackets of an address: `localhost:4000`, `[::1]:4000`.
fn name_of(host: &str) -> &str {
    if let Some(inner) = host.strip_prefix('[') {
        return inner.split(']').next().unwrap_or(inner);
    }
    let name = host.split(':').next().unwrap_or(host);
    name.strip_suffix('.').unwrap_or(name)
}

/// `%41` to `A`, once; `None` when the result is no text or holds a control character.
pub(super) fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        let mut digit = || rest.next().and_then(|digit| char::from(digit).to_digit(16));
        bytes.push(if byte == b'%' { u8::try_from(digit()? * 16 + digit()?).ok()? } else { byte });
    }
    String::from_utf8(bytes).ok().filter(|text| !text.contains(char::is_control))
}

/// The reverse, for an address.
pub(super) fn encode(path: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-_.~".contains(&byte);
    path.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(head: &str) -> Option<u16> {
        let parsed = parse(format!("{head}\r\n\r\n").as_bytes());
        let local = IpAddr::from([127, 0, 0, 1]);
        match parsed {
            Ok(Some((request, _))) => request.refusal(&["localhost".to_owned(), "::1".to_owned()], local).map(|r| r.0),
            Ok(None) => Some(0),
            Err(refusal) => Some(refusal.0),
        }
    }

    #[test]
    fn names_and_origins() {
        let get = "GET / HTTP/1.1\r\n";
        for (headers, status) in [
            ("Host: localhost:4000", None),
            ("Host: LOCALHOST.", None),
            ("Host: [::1]:4000", None),
            ("Host: 127.0.0.1", None),
            ("Host: 127.0.0.2", Some(421)),
            ("Host: evil.example:4000", Some(421)),
            ("Host: localhost.evil.example", Some(421)),
            ("Host: localhost\r\nHost: evil.example", Some(400)),
            ("X: y", Some(400)),
            ("Host: localhost:4\r\nOrigin: http://localhost:4", None),
            ("Host: localhost:4\r\nOrigin: http://localhost:5", Some(403)),
            ("Host: localhost\r\nOrigin: null", Some(403)),
            (
                "Host: localhost\r\nSec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: no-cors\r\nSec-Fetch-Dest: script",
                Some(403),
            ),
            (
                "Host: localhost\r\nSec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: iframe",
                Some(403),
            ),
            (
                "Host: localhost\r\nSec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document",
                None,
            ),
            (
                "Host: localhost\r\nSec-Fetch-Site: same-site\r\nSec-Fetch-Mode: cors\r\nSec-Fetch-Dest: empty",
                Some(403),
            ),
            ("Host: localhost\r\nContent-Length: 3", Some(413)),
        ] {
            assert_eq!(refused(&format!("{get}{headers}")), status, "{headers}");
        }
        assert_eq!(refused("POST / HTTP/1.1\r\nHost: localhost"), Some(405));
        assert_eq!(refused("GET / HTTP/1.0\r\nHost: localhost"), Some(505));
        assert_eq!(refused("GET http://localhost/ HTTP/1.1\r\nHost: localhost"), Some(400));
    }

    #[test]
    fn addresses_are_decoded_once() {
        assert_eq!(decode("/a%2Fb%20c").as_deref(), Some("/a/b c"));
        assert_eq!(decode("/%252e").as_deref(), Some("/%2e"));
        for bad in ["/%", "/%4", "/%zz", "/%c0%af", "/%00", "/%0d%0a"] {
            assert_eq!(decode(bad), None, "{bad}");
        }
        assert_eq!(encode("a b/ä%"), "a%20b/%C3%A4%25");
    }
}
