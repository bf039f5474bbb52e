//! Turns what the system says of files into sets of changed paths, one set for each pause in the writing.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use notify::event::{CreateKind, EventKind, ModifyKind};
use notify::{Event, RecommendedWatcher, RecursiveMode, Watcher as _};

/// An editor's save is a few events within a millisecond or two.
const QUIET: Duration = Duration::from_millis(10);
/// A switch of branches is thousands, with pauses between them.
const MANY: usize = 20;
const QUIET_OF_MANY: Duration = Duration::from_millis(100);
/// Writing that never pauses is shown in between all the same.
const LONGEST: Duration = Duration::from_secs(3);
/// A new folder is looked at once more: what came into it before it was watched has sent no word.
const AGAIN: Duration = Duration::from_millis(300);

/// Watches the folders of a site from the moment it is made.
pub(super) struct Watcher {
    inner: RecommendedWatcher,
    events: Receiver<notify::Result<Event>>,
    roots: Vec<PathBuf>,
    /// New folders, and when to look at them again.
    again: Option<(Instant, BTreeSet<PathBuf>)>,
}

/// What one pause closed.
#[derive(Default)]
struct Burst {
    paths: BTreeSet<PathBuf>,
    folders: BTreeSet<PathBuf>,
}

impl Watcher {
    /// Starts to watch.
    ///
    /// # Errors
    /// A sentence when the system cannot watch so many folders.
    pub fn new(roots: Vec<PathBuf>) -> Result<Self, String> {
        let (send, events) = channel();
        // The other end is gone only when the program ends.
        let inner = notify::recommended_watcher(move |event| drop(send.send(event))).map_err(|error| cannot(&error))?;
        let mut watcher = Self { inner, events, roots, again: None };
        let parents: BTreeSet<PathBuf> = watcher
            .roots
            .iter()
            .filter_map(|root| root.parent())
            .filter(|parent| parent.is_dir())
            .map(Path::to_owned)
            .collect();
        // A root may come, go or be put in place of another: its parent says so.
        for parent in parents {
            watcher.inner.watch(&parent, RecursiveMode::NonRecursive).map_err(|error| cannot(&error))?;
        }
        for root in watcher.roots.clone().iter().filter(|root| root.is_dir()) {
            watcher.inner.watch(root, RecursiveMode::Recursive).map_err(|error| cannot(&error))?;
        }
        Ok(watcher)
    }

    /// Waits for changes, and for the pause after them.
    pub fn next(&mut self) -> BTreeSet<PathBuf> {
        let mut burst = Burst::default();
        while burst.paths.is_empty() {
            let due = self.again.as_ref().map(|(due, _)| due.saturating_duration_since(Instant::now()));
            match self.events.recv_timeout(due.unwrap_or(Duration::from_secs(3600))) {
                Ok(event) => self.take(event, &mut burst),
                Err(RecvTimeoutError::Timeout) => {
                    burst.paths.extend(self.again.take().into_iter().flat_map(|(_, folders)| folders))
                }
                Err(RecvTimeoutError::Disconnected) => std::thread::park(),
            }
        }
        let start = Instant::now();
        while start.elapsed() < LONGEST {
            let quiet = if burst.paths.len() > MANY { QUIET_OF_MANY } else { QUIET };
            let Ok(event) = self.events.recv_timeout(quiet) else { break };
            self.take(event, &mut burst);
        }
        if !burst.folders.is_empty() {
            let waiting = self.again.take().map(|(_, folders)| folders);
            burst.folders.extend(waiting.into_iter().flatten());
            self.again = Some((Instant::now() + AGAIN, burst.folders));
        }
        burst.paths
    }

    fn take(&mut self, event: notify::Result<Event>, burst: &mut Burst) {
        // A queue that ran over, and anything else that is not known, is answered by looking at everything.
        let Ok(event) = event else { return burst.paths.extend(self.roots.iter().cloned()) };
        if event.need_rescan() {
            burst.paths.extend(self.roots.iter().cloned());
        }
        if !changes(&event.kind) {
            return;
        }
        for path in event.paths {
            if let Some(root) = self.roots.iter().find(|root| path.starts_with(root)).cloned() {
                if is_folder(&event.kind, &path) {
                    if path == root {
                        // Watched already where nothing but its time changed.
                        let _ = self.inner.watch(&root, RecursiveMode::Recursive);
                    }
                    burst.folders.insert(path.clone());
                }
                burst.paths.insert(path);
            }
        }
    }
}

/// Whether a kind of event can mean other bytes.
fn changes(kind: &EventKind) -> bool {
    match kind {
        EventKind::Access(notify::event::AccessKind::Close(notify::event::AccessMode::Write)) => true,
        EventKind::Access(_) => false,
        // Times and rights of a folder say nothing; of a file, the bytes are compared.
        _ => true,
    }
}

fn is_folder(kind: &EventKind, path: &Path) -> bool {
    match kind {
        EventKind::Create(CreateKind::Folder) => true,
        EventKind::Create(_) | EventKind::Modify(ModifyKind::Name(_)) => path.is_dir(),
        _ => false,
    }
}

fn cannot(error: &notify::Error) -> String {
    let help = match error.kind {
        notify::ErrorKind::MaxFilesWatch => {
            "\nThe system allows too few watched folders: on Linux raise fs.inotify.max_user_watches"
        }
        _ => "",
    };
    format!("the folders of the site cannot be watched: {error}{help}")
}
