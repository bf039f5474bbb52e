//! A running preview of a throw-away site: its files, its process, and requests to it byte by byte.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// Far beyond what anything here takes, also on a busy machine: only what never comes meets it.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// A preview that ends with the value.
pub struct Preview {
    folder: tempfile::TempDir,
    child: Child,
    pub port: u16,
}

/// An answer, its header names in small letters.
pub struct Answer {
    pub status: u16,
    pub headers: BTreeMap<String, String>,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    /// A page without the line that the preview puts into it.
    pub fn page(&self) -> Vec<u8> {
        let text = self.text();
        let start = text.find("<script src=\"/__fascicle/client.js\"").expect("a page has the preview's script");
        let end = start + text[start..].find("</script>\n").expect("the script ends") + "</script>\n".len();
        [&self.body[..start], &self.body[end..]].concat()
    }
}

impl Preview {
    /// Writes a site and starts its preview.
    pub fn start(files: &[(&str, &str)], arguments: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        for (path, text) in files {
            write(folder.path().join(path), text);
        }
        let mut child = Command::new(env!("CARGO_BIN_EXE_fascicle"))
            .arg("serve")
            .args(if arguments.contains(&"--port") { &[][..] } else { &["--port", "0"] })
            .args(arguments)
            .current_dir(folder.path())
            .env("NO_COLOR", "1")
            .env("SOURCE_DATE_EPOCH", "1795219200")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program starts");
        let mut lines = BufReader::new(child.stdout.take().expect("its output is a pipe")).lines();
        let said = |line: &Result<String, _>| line.as_ref().is_ok_and(|line| line.starts_with("Preview at "));
        let first = lines.find(said).expect("it says where it is").expect("in UTF-8");
        let port = first.rsplit(':').next().and_then(|rest| rest.split('/').next()).and_then(|port| port.parse().ok());
        // The rest is read as well, so that the program never waits for a reader.
        std::thread::spawn(move || lines.for_each(drop));
        Self { folder, child, port: port.unwrap_or_else(|| panic!("no port in {first:?}")) }
    }

    pub fn path(&self, inner: &str) -> PathBuf {
        self.folder.path().join(inner)
    }

    /// Saves a file.
    pub fn save(&self, inner: &str, text: &str) {
        write(self.path(inner), text);
    }

    /// Asks for a page.
    pub fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, &[])
    }

    /// Asks with more headers; a `Host` among them takes the place of the right one.
    pub fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)]) -> Answer {
        let host = format!("localhost:{}", self.port);
        let own = [("Host", host.as_str())];
        let named = headers.iter().any(|(name, _)| *name == "Host");
        let all = own.iter().filter(|_| !named).chain(headers);
        let lines: String = all.map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        self.send(format!("{method} {path} HTTP/1.1\r\n{lines}Connection: close\r\n\r\n").as_bytes())
    }

    /// Sends bytes and reads what comes back until the end.
    pub fn send(&self, bytes: &[u8]) -> Answer {
        let mut stream = self.connect();
        // What is refused early may be cut while it is sent.
        let _ = stream.write_all(bytes);
        let mut all = Vec::new();
        let _ = stream.read_to_end(&mut all);
        let end = all.windows(4).position(|four| four == b"\r\n\r\n").map_or(all.len(), |at| at + 4);
        let head = String::from_utf8_lossy(&all[..end]).into_owned();
        let mut lines = head.lines();
        let status = lines.next().and_then(|line| line.split(' ').nth(1)).and_then(|status| status.parse().ok());
        let headers = lines.filter_map(|line| line.split_once(": ")).map(|(n, v)| (n.to_lowercase(), v.to_owned()));
        Answer { status: status.unwrap_or(0), headers: headers.collect(), body: all[end..].to_vec() }
    }

    pub fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(("127.0.0.1", self.port)).expect("the preview answers");
        stream.set_read_timeout(Some(PATIENCE)).expect("a deadline can be set");
        stream
    }

    /// Waits until a page satisfies a condition.
    #[track_caller]
    pub fn wait(&self, path: &str, what: &str, good: impl Fn(&Answer) -> bool) -> Answer {
        let start = Instant::now();
        loop {
            let answer = self.get(path);
            if good(&answer) {
                return answer;
            }
            assert!(start.elapsed() < PATIENCE, "{path} never showed {what}: {} {}", answer.status, answer.text());
            sleep(Duration::from_millis(5));
        }
    }

    /// Waits until a page holds a text.
    #[track_caller]
    pub fn shows(&self, path: &str, text: &str) -> Answer {
        self.wait(path, text, |answer| answer.text().contains(text))
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Preview {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn write(path: PathBuf, text: &str) {
    fs::create_dir_all(path.parent().expect("a file has a folder")).expect("a folder can be made");
    fs::write(path, text).expect("a file can be written");
}
