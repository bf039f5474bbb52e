//! The files of a site -> a folder on disk that is, at every moment, the whole last site or the whole new one.
//! Nothing else in this crate writes, and nothing here knows what is in a file.
//!
//! The new site is built beside the published folder and takes its place in one step. Files that did not change
//! are hard links to the last site's: they keep their times, so that an upload sends only what is new.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::mem;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use disk::{Disk, RealDisk};
pub use error::PublishError;
use lock::Lock;
use names::Names;
use place::Place;

mod disk;
mod error;
mod lock;
mod manifest;
mod names;
mod parallel;
mod place;
#[cfg(test)]
mod tests;

/// What the user allows.
#[derive(Clone, Copy, Debug)]
pub struct Options<'a> {
    /// Replace a folder that is not ours; all that is in it is lost.
    pub force: bool,
    /// How long another build may take to end.
    pub wait: Duration,
    /// What must not be inside the output folder, for it would be deleted: sources, the home folder.
    /// The current folder is always spared.
    pub protect: &'a [&'a Path],
}

impl Default for Options<'_> {
    fn default() -> Self {
        Self { force: false, wait: Duration::from_secs(30), protect: &[] }
    }
}

/// What a build changed, in files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Published {
    /// New or changed.
    pub written: usize,
    /// The same as in the last site.
    pub linked: usize,
    /// Only in the last site.
    pub removed: usize,
}

/// A site in the making, invisible until `commit`; dropped without it, it leaves no trace.
pub struct Staging {
    disk: Box<dyn Disk>,
    last: BTreeSet<String>,
    names: Mutex<Names>,
    /// Folders that exist in the new site.
    made: Mutex<BTreeSet<String>>,
    /// Files that are linked when it is certain that there is anything to publish.
    unchanged: Mutex<Vec<String>>,
    // Dropped in this order: the lock is a file in a folder that the place may have made.
    _lock: Lock,
    place: Place,
}

impl Staging {
    /// Takes the lock, puts right what a killed build left, and starts an empty site beside the output folder.
    pub fn open(out: &Path, options: &Options<'_>) -> Result<Self, PublishError> {
        Self::open_on(Box::new(RealDisk), out, options)
    }

    fn open_on(disk: Box<dyn Disk>, out: &Path, options: &Options<'_>) -> Result<Self, PublishError> {
        let place = Place::find(out)?;
        place.spare(options.protect)?;
        place.spare(&[Path::new(".")])?;
        let taken = Lock::take(&place.lock, options.wait).map_err(PublishError::at("lock", &place.lock))?;
        let Some(lock) = taken else { return Err(PublishError::Locked { path: place.out.clone() }) };
        place.recover(&*disk)?;
        let last = place.last_files(options.force)?;
        disk.create_dir(&place.new).map_err(PublishError::at("create", &place.new))?;
        Ok(Self {
            disk,
            last,
            names: Mutex::default(),
            made: Mutex::default(),
            unchanged: Mutex::default(),
            _lock: lock,
            place,
        })
    }

    /// Adds a file to the new site. Paths are relative, with `/` between folders; many threads may write at once.
    /// After an error the site is not whole: drop it.
    pub fn write(&self, path: &str, bytes: &[u8]) -> Result<(), PublishError> {
        locked(&self.names).claim(path)?;
        if self.is_unchanged(path, bytes) {
            locked(&self.unchanged).push(path.to_owned());
            return Ok(());
        }
        self.put(path, bytes)
    }

    /// A file of the last site.
    #[must_use]
    pub fn last(&self, path: &str) -> Option<Vec<u8>> {
        let file = self.place.out.join(path);
        let known = self.last.contains(path) && fs::symlink_metadata(&file).is_ok_and(|found| found.is_file());
        known.then(|| fs::read(&file).ok()).flatten()
    }

    /// Publishes. After an error, too, the folder holds the whole last site or the whole new one.
    pub fn commit(self) -> Result<Published, PublishError> {
        let (files, folders) = mem::take(&mut *locked(&self.names)).finish();
        let mut unchanged = mem::take(&mut *locked(&self.unchanged));
        unchanged.sort_unstable();
        let published = Published {
            written: files.len() - unchanged.len(),
            linked: unchanged.len(),
            removed: self.last.difference(&files).count(),
        };
        let same = published.written + published.removed == 0 && !files.is_empty();
        if !(same && self.place.holds(files.len() + 1, folders)) {
            parallel::for_each(&unchanged, |path| self.link(path))?;
            self.put(manifest::NAME, manifest::text(&files).as_bytes())?;
            self.replace()?;
        }
        Ok(published)
    }

    fn replace(&self) -> Result<(), PublishError> {
        self.disk.sync_tree(&self.place.new).map_err(PublishError::at("save", &self.place.new))?;
        self.place.swap(&*self.disk)?;
        self.disk.sync_dir(&self.place.parent).map_err(PublishError::at("save", &self.place.parent))?;
        place::remove(&*self.disk, &self.place.new)
    }

    /// Compares the files themselves: the list names them, but anyone may have edited one since.
    fn is_unchanged(&self, path: &str, bytes: &[u8]) -> bool {
        let file = self.place.out.join(path);
        self.last.contains(path)
            && fs::symlink_metadata(&file).is_ok_and(|found| found.is_file() && found.len() == bytes.len() as u64)
            && fs::read(&file).is_ok_and(|found| found == bytes)
    }

    fn link(&self, path: &str) -> Result<(), PublishError> {
        self.make_folders(path)?;
        let last = self.place.out.join(path);
        // Some file systems have no links, or no more for this file, or not for this user.
        self.disk.hard_link(&last, &self.place.new.join(path)).or_else(|_| {
            let bytes = fs::read(&last).map_err(PublishError::at("read", &last))?;
            self.put(path, &bytes)
        })
    }

    fn put(&self, path: &str, bytes: &[u8]) -> Result<(), PublishError> {
        self.make_folders(path)?;
        let written = self.disk.write(&self.place.new.join(path), bytes);
        written.map_err(PublishError::at("write", &self.place.out.join(path)))
    }

    /// Two threads may make the same folder; neither waits for the other, because most folders hold one page.
    fn make_folders(&self, path: &str) -> Result<(), PublishError> {
        let missing: Vec<&str> = {
            let made = locked(&self.made);
            names::folders(path).take_while(|folder| !made.contains(*folder)).collect()
        };
        for folder in missing.into_iter().rev() {
            self.make_folder(&self.place.new.join(folder))?;
            locked(&self.made).insert(folder.to_owned());
        }
        Ok(())
    }

    fn make_folder(&self, folder: &Path) -> Result<(), PublishError> {
        match self.disk.create_dir(folder) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            result => result.map_err(PublishError::at("create", folder)),
        }
    }
}

impl Drop for Staging {
    /// What cannot be removed now, the next build removes.
    fn drop(&mut self) {
        let _ = place::remove(&*self.disk, &self.place.new);
    }
}

/// A thread that panicked has left each of these sets whole.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Writes one file beside the site – a report, a new article – whole or not at all, making its folder.
pub fn write_file(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    if fs::read(path).is_ok_and(|known| known == bytes) {
        return Ok(());
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let temporary = folder.join(format!(".{name}.{}.fascicle", std::process::id()));
    fs::write(&temporary, bytes)?;
    fs::rename(&temporary, path)
}
