//! Turns the folders of a site into a preview in the browser that follows every edit.
//!
//! There is one path: what changed is read, all is compiled, the newest site is shown. What an edit means is not asked
//! here; what did not change is remembered below.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::fs;
use std::hash::{BuildHasher, RandomState};
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use tokio::sync::watch;

use crate::compile::compile_with;
use crate::date::Date;
use crate::diagnostic::Diagnostics;
use crate::load::{Folders, Loader, roots};
use crate::memo::{Memo, Stage};
use crate::site::Site;
use crate::source::Sources;
use disk::Watcher;
use newest::Newest;
pub(crate) use newest::Timing;
use request::{Request, encode};

mod answer;
mod client;
mod dashboard;
mod disk;
mod events;
mod http;
mod newest;
mod panel;
mod request;

/// What a preview is asked to be.
pub(crate) struct Options {
    pub folders: Folders,
    pub drafts: bool,
    /// The public address, instead of the one in site.yaml.
    pub url: Option<String>,
    /// The day on which the site is seen.
    pub today: Box<dyn Fn() -> Option<Date>>,
    pub host: IpAddr,
    pub port: u16,
    /// Names of this machine beside the loopback ones.
    pub allow_hosts: Vec<String>,
    /// Where the site stands on its host; begins and ends with `/`.
    pub base: String,
    /// The address that opens a file in an editor, with `{path}`, `{line}` and `{column}`.
    pub editor: Option<String>,
}

/// What happens to a preview, for whoever tells the user.
pub(crate) enum News<'a> {
    /// It can be reached.
    Listening(SocketAddr),
    /// A newer site is shown, or the last good one still is.
    Rebuilt { sources: &'a Sources, diagnostics: &'a Diagnostics, timing: &'a Timing, shown: bool },
}

/// What every connection sees.
struct Server {
    memo: Memo,
    /// A word that only pages of this run know.
    token: String,
    base: String,
    hosts: Vec<String>,
    editor: Option<String>,
    /// The folders as the user named them, and as the system does.
    shown: Folders,
    roots: Vec<(PathBuf, &'static str)>,
    newest: watch::Sender<Option<Arc<Newest>>>,
    /// The addresses that are open in browsers, and how often.
    open: Mutex<BTreeMap<String, usize>>,
}

/// Serves a site until the program ends.
///
/// # Errors
/// A sentence when there is nothing to serve, or no way to.
pub(crate) fn run(options: Options, tell: &mut dyn FnMut(News<'_>)) -> Result<Infallible, String> {
    // Watched before it is read, so that no edit falls in between.
    let mut watcher = Watcher::new(roots(&options.folders).into_iter().map(|(root, _)| root).collect())?;
    let none = |error: std::io::Error| {
        format!("no connections can be taken at {}: {error}", SocketAddr::new(options.host, options.port))
    };
    let port = http::Port::take(options.host, options.port).map_err(none)?;
    let server = Arc::new(Server::new(&options));
    tell(News::Listening(port.address));
    port.answer(server.clone()).map_err(none)?;
    let mut start = Instant::now();
    let mut loader = Loader::open(&options.folders)?;
    let mut changed = Vec::new();
    loop {
        loader.sources_mut().drafts = options.drafts;
        loader.sources_mut().url.clone_from(&options.url);
        loader.sources_mut().today = (options.today)();
        server.compile(loader.sources(), changed, start, tell);
        changed = loop {
            let paths = watcher.next();
            start = Instant::now();
            let changed = loader.refresh(&paths);
            if !changed.is_empty() {
                break changed;
            }
        };
    }
}

impl Server {
    fn new(options: &Options) -> Self {
        let loopback = ["localhost", "127.0.0.1", "::1"].map(str::to_owned);
        let named = options.allow_hosts.iter().map(|name| name.to_ascii_lowercase());
        // The hash of a number under two keys that the system drew at random: no page can guess it.
        let random = || RandomState::new().hash_one(0_u8);
        Self {
            memo: Memo::default(),
            token: format!("{:016x}{:016x}", random(), random()),
            base: options.base.clone(),
            hosts: loopback.into_iter().chain(named).collect(),
            editor: options.editor.clone(),
            shown: options.folders.clone(),
            roots: roots(&options.folders),
            newest: watch::Sender::new(None),
            open: Mutex::default(),
        }
    }

    fn compile(&self, sources: &Sources, changed: Vec<Arc<str>>, start: Instant, tell: &mut dyn FnMut(News<'_>)) {
        let before = Stage::ALL.map(|stage| self.memo.misses(stage));
        let mut timing = Timing { changed, stages: vec![("read", start.elapsed())], ..Timing::default() };
        let mut last = Instant::now();
        let (site, mut diagnostics) = compile_with(sources, &self.memo, &mut |stage| {
            timing.stages.push((stage, last.elapsed()));
            last = Instant::now();
        });
        self.try_open_pages(&site, &mut diagnostics);
        timing.stages.push(("open pages", last.elapsed()));
        let computed = Stage::ALL.into_iter().zip(before);
        timing.computed = computed.map(|(stage, before)| (stage, self.memo.misses(stage) - before)).collect();
        timing.whole = start.elapsed();
        let shown = self.show(site, &diagnostics, sources, timing.clone());
        tell(News::Rebuilt { sources, diagnostics: &diagnostics, timing: &timing, shown });
    }

    /// A template that fails on a page that is being looked at is an error like any other.
    fn try_open_pages(&self, site: &Site, diagnostics: &mut Diagnostics) {
        let open: Vec<String> = self.open().keys().cloned().collect();
        for page in open {
            let route = if page.is_empty() || page.ends_with('/') { format!("{page}index.html") } else { page };
            if let Some(Err(fault)) = site.render(&route, &self.memo) {
                diagnostics.push(*fault);
            }
        }
    }

    /// Puts a site in the place of the last one, unless it has more errors.
    fn show(&self, site: Site, diagnostics: &Diagnostics, sources: &Sources, timing: Timing) -> bool {
        let last = self.newest.borrow().clone();
        let next = Newest::after(last.as_deref(), site, diagnostics, sources, timing);
        let shown = next.is_current();
        self.newest.send_replace(Some(Arc::new(next)));
        shown
    }

    /// The newest site, as soon as there is one.
    async fn newest(&self) -> Arc<Newest> {
        let mut newer = self.newest.subscribe();
        loop {
            if let Some(newest) = newer.borrow_and_update().clone() {
                return newest;
            }
            // The sender is part of this server.
            let _ = newer.changed().await;
        }
    }

    fn subscribe(&self) -> watch::Receiver<Option<Arc<Newest>>> {
        self.newest.subscribe()
    }

    /// Whether a request asks for the event stream.
    fn is_events(&self, request: &Request) -> bool {
        request.path.strip_prefix(self.base.as_str()) == Some("__fascicle/events")
    }

    fn open(&self) -> MutexGuard<'_, BTreeMap<String, usize>> {
        // Counting cannot fail half-way.
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A path inside the site as the user knows it.
    fn place(&self, path: &str) -> String {
        let theme = self.shown.theme.as_deref();
        match (path.strip_prefix("content/"), path.strip_prefix("theme/"), theme) {
            (Some(rest), ..) => self.shown.content.join(rest).display().to_string(),
            (_, Some(rest), Some(theme)) => theme.join(rest).display().to_string(),
            _ => path.to_owned(),
        }
    }

    /// The address that opens a place in the editor; none for files that are built in.
    fn edit(&self, path: &str, line: usize, column: usize) -> Option<String> {
        let pattern = self.editor.as_ref()?;
        let file =
            self.roots.iter().find_map(|(root, name)| Some(root.join(path.strip_prefix(name)?.strip_prefix('/')?)))?;
        let file = encode(&fs::canonicalize(file).ok()?.to_string_lossy().replace('\\', "/"));
        Some(
            pattern
                .replace("{path}", &file)
                .replace("{line}", &line.to_string())
                .replace("{column}", &column.to_string()),
        )
    }
}

/// A page that is open in a browser, counted while this lives.
struct Open {
    server: Arc<Server>,
    page: String,
}

impl Open {
    fn new(server: &Arc<Server>, page: String) -> Self {
        *server.open().entry(page.clone()).or_default() += 1;
        Self { server: server.clone(), page }
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        let mut open = self.server.open();
        if let Some(count) = open.get_mut(&self.page) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.page);
            }
        }
    }
}
