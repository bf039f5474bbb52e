//! Nothing on the machine is exposed: who may ask, what for, how, and for how long.

use std::io::{Read, Write};
use std::time::{Duration, Instant};

use crate::preview::Preview;

const SECRET: &str = "the secret of this machine";

fn preview(arguments: &[&str]) -> Preview {
    let files = [
        ("content/site.yaml", "title: Site\n"),
        ("content/index.md", "---\ntitle: Home\n---\nWelcome.\n"),
        ("content/a.md", "---\ntitle: Page A\n---\nFirst words.\n"),
        ("content/static/plain.txt", "0123456789"),
        ("content/static/folder/inner.txt", "inner"),
        ("outside.txt", SECRET),
        ("content/.hidden/file.txt", SECRET),
    ];
    let preview = Preview::start(&files, arguments);
    preview.shows("/a/", "First words.");
    preview
}

#[test]
fn only_those_who_name_this_machine_are_answered() {
    let preview = preview(&["--allow-host", "Preview.example"]);
    let port = preview.port;
    for (host, status) in [
        (format!("localhost:{port}"), 200),
        (format!("127.0.0.1:{port}"), 200),
        (format!("[::1]:{port}"), 200),
        ("preview.example".to_owned(), 200),
        (format!("evil.example:{port}"), 421),
        ("preview.example.evil.example".to_owned(), 421),
        ("10.0.0.1".to_owned(), 421),
        (String::new(), 421),
    ] {
        let answer = preview.ask("GET", "/a/", &[("Host", &host)]);
        assert_eq!(answer.status, status, "{host}");
        assert_eq!(answer.text().contains("First words."), status == 200, "{host}");
    }
    assert_eq!(preview.send(b"GET /a/ HTTP/1.1\r\n\r\n").status, 400);
}

#[test]
fn pages_of_other_sites_get_nothing() {
    let preview = preview(&[]);
    let port = preview.port;
    let events = |token: &str, headers: &[(&str, &str)]| {
        preview.ask("GET", &format!("/__fascicle/events?page=/a/&token={token}"), headers).status
    };
    let page = preview.get("/a/").text();
    let token = page.split("data-token=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a token").to_owned();
    assert_eq!(token.len(), 32);
    let foreign = "http://evil.example";
    let other_port = format!("http://localhost:{}", port ^ 1);
    for origin in [foreign, other_port.as_str(), "null"] {
        let answer = preview.ask("GET", "/a/", &[("Origin", origin)]);
        assert_eq!(answer.status, 403, "{origin}");
        assert_eq!(answer.header("access-control-allow-origin"), "");
        assert_eq!(events(&token, &[("Origin", origin)]), 403, "{origin}");
    }
    for wrong in ["", "0", &token[..31]] {
        assert_eq!(events(wrong, &[]), 403, "{wrong}");
    }
    let fetch = |site: &str, mode: &str, dest: &str| {
        let headers = [("Sec-Fetch-Site", site), ("Sec-Fetch-Mode", mode), ("Sec-Fetch-Dest", dest)];
        preview.ask("GET", "/a/", &headers).status
    };
    assert_eq!(fetch("same-origin", "cors", "empty"), 200);
    assert_eq!(fetch("none", "navigate", "document"), 200);
    assert_eq!(fetch("cross-site", "navigate", "document"), 200, "a link from elsewhere may be followed");
    assert_eq!(fetch("cross-site", "no-cors", "script"), 403);
    assert_eq!(fetch("same-site", "no-cors", "image"), 403, "another port is another site");
    assert_eq!(fetch("cross-site", "navigate", "iframe"), 403);
    // The right page with the right token gets a stream.
    let mut stream = preview.connect();
    let request = format!(
        "GET /__fascicle/events?page=%2Fa%2F&token={token} HTTP/1.1\r\nHost: localhost:{port}\r\nOrigin: http://localhost:{port}\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).expect("a request can be sent");
    let mut start = [0; 64];
    stream.read_exact(&mut start).expect("a stream begins");
    assert!(start.starts_with(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream"));
}

#[test]
fn a_path_is_a_key() {
    let preview = preview(&[]);
    let outside = preview.path("outside.txt");
    let outside = outside.display();
    #[cfg(unix)]
    std::os::unix::fs::symlink(preview.path("outside.txt"), preview.path("content/link.txt"))
        .expect("a link can be made");
    for path in [
        "/../outside.txt".to_owned(),
        "/..%2foutside.txt".to_owned(),
        "/%2e%2e/outside.txt".to_owned(),
        "/%2e%2e%2foutside.txt".to_owned(),
        "/..%252foutside.txt".to_owned(),
        "/....//outside.txt".to_owned(),
        "/..\\outside.txt".to_owned(),
        "/..%5coutside.txt".to_owned(),
        "/..%c0%afoutside.txt".to_owned(),
        "/..;/outside.txt".to_owned(),
        "/..%00/outside.txt".to_owned(),
        "/a/../../outside.txt".to_owned(),
        "/./../outside.txt".to_owned(),
        format!("/{outside}"),
        format!("//{outside}"),
        format!("{outside}"),
        "http://localhost/../outside.txt".to_owned(),
        "/content/a.md".to_owned(),
        "/.hidden/file.txt".to_owned(),
        "/link.txt".to_owned(),
        "/__fascicle/../../outside.txt".to_owned(),
    ] {
        let answer = preview.get(&path);
        assert!(matches!(answer.status, 400 | 404), "{path}: {}", answer.status);
        assert!(!answer.text().contains(SECRET), "{path}");
        assert!(!answer.text().contains("title: Page A"), "{path}");
    }
    for path in ["//evil.example", "//evil.example/%2f..", "/\\evil.example", "/a%0d%0aX-Injected:1"] {
        let answer = preview.get(path);
        assert_eq!((answer.header("location"), answer.header("x-injected")), ("", ""), "{path}");
    }
    let answer = preview.get("/no-such%3Cscript%3E");
    assert!(answer.status == 404 && !answer.text().contains("no-such"), "nothing is echoed");
    assert_eq!(preview.get("/folder/").status, 404, "no list of a folder");
}

#[test]
fn reading_is_all_there_is() {
    let preview = preview(&[]);
    for method in ["POST", "PUT", "DELETE", "OPTIONS", "TRACE", "CONNECT", "X"] {
        let answer = preview.ask(method, "/a/", &[]);
        assert_eq!((answer.status, answer.header("allow")), (405, "GET, HEAD"), "{method}");
    }
    let (get, head) = (preview.get("/a/"), preview.ask("HEAD", "/a/", &[]));
    assert_eq!((head.status, head.body.len()), (200, 0));
    assert_eq!(head.header("content-length"), get.body.len().to_string());
    for (name, value) in [
        ("content-type", "text/html; charset=utf-8"),
        ("x-content-type-options", "nosniff"),
        ("cross-origin-resource-policy", "same-origin"),
        ("cache-control", "no-cache"),
    ] {
        assert_eq!(get.header(name), value);
    }
    assert!(get.header("content-security-policy").starts_with("default-src 'none'; script-src 'self';"));

    let tag = get.header("etag");
    let again = preview.ask("GET", "/a/", &[("If-None-Match", tag)]);
    assert_eq!((again.status, again.body.len(), again.header("etag")), (304, 0, tag));
    assert_eq!(preview.ask("GET", "/a/", &[("If-None-Match", "\"x\"")]).status, 200);

    let range = |range: &str| preview.ask("GET", "/plain.txt", &[("Range", range)]);
    let part = range("bytes=2-4");
    assert_eq!((part.status, part.text().as_str(), part.header("content-range")), (206, "234", "bytes 2-4/10"));
    assert_eq!(range("bytes=-3").text(), "789");
    assert_eq!((range("bytes=10-").status, range("bytes=10-").header("content-range")), (416, "bytes */10"));
    assert_eq!(preview.ask("GET", "/plain.txt", &[("Range", "bytes=2-4"), ("If-Range", "\"old\"")]).status, 200);
    assert_eq!(preview.get("/plain.txt").header("content-type"), "text/plain; charset=utf-8");

    let folder = preview.get("/a");
    assert_eq!((folder.status, folder.header("location")), (302, "/a/"));
}

#[test]
fn what_is_too_long_or_too_slow_is_cut() {
    let preview = preview(&[]);
    let long = |head: String| preview.send(head.as_bytes()).status;
    assert_eq!(long(format!("GET /{} HTTP/1.1\r\nHost: localhost\r\n\r\n", "a".repeat(20 << 10))), 431);
    assert_eq!(long(format!("GET / HTTP/1.1\r\nHost: localhost\r\n{}\r\n", "X: y\r\n".repeat(500))), 431);
    assert_eq!(long("GET / HTTP/1.0\r\nHost: localhost\r\n\r\n".to_owned()), 505);
    assert_eq!(long("GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhello".to_owned()), 413);
    assert_eq!(long("no request at all\r\n\r\n".to_owned()), 400);

    // Clients that never come to an end hold up nobody, and are gone after five seconds.
    let mut slow: Vec<_> = (0..50).map(|_| preview.connect()).collect();
    for stream in &mut slow {
        stream.write_all(b"GET / HTTP/1.1\r\nHost: local").expect("a start can be sent");
    }
    assert_eq!(preview.get("/a/").status, 200);
    let start = Instant::now();
    for stream in &mut slow {
        // The end, or a reset: either way the connection is over.
        assert!(!matches!(stream.read(&mut [0; 16]), Ok(1..)), "an answer to half a request");
    }
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
}

#[test]
fn one_connection_serves_many_requests() {
    let preview = preview(&[]);
    let mut stream = preview.connect();
    let request = format!("GET /plain.txt HTTP/1.1\r\nHost: localhost:{}\r\n\r\n", preview.port);
    // Two at once: the second waits in the buffer.
    stream.write_all(request.repeat(2).as_bytes()).expect("requests can be sent");
    let mut all = Vec::new();
    let mut piece = [0; 1024];
    while String::from_utf8_lossy(&all).matches("0123456789").count() < 2 {
        let read = stream.read(&mut piece).expect("answers come");
        assert!(read > 0, "cut after {}", String::from_utf8_lossy(&all));
        all.extend_from_slice(&piece[..read]);
    }
}

#[test]
fn a_site_below_a_path_is_served_as_its_host_would() {
    let preview = Preview::start(
        &[("content/site.yaml", "title: Site\n"), ("content/a.md", "---\ntitle: Page A\n---\nFirst words.\n")],
        &["--base", "/sub/path/"],
    );
    preview.shows("/sub/path/a/", "First words.");
    assert_eq!(preview.get("/").header("location"), "/sub/path/");
    assert_eq!(preview.get("/sub/path").header("location"), "/sub/path/");
    assert_eq!(preview.get("/a/").status, 404);
    assert_eq!(preview.get("/sub/path/__fascicle/client.js").status, 200);
}

#[test]
fn a_taken_port_takes_the_next() {
    let first = preview(&[]);
    let port = first.port.to_string();
    let second = preview(&["--port", &port]);
    assert!(second.port > first.port, "{} after {}", second.port, first.port);
}
