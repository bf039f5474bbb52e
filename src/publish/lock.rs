//! A path -> the right to publish there, for one process at a time.
//! The system takes the lock back from a killed process; the file it leaves is only a name.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

const POLL: Duration = Duration::from_millis(50);

/// Held while a build may change the output folder.
pub(super) struct Lock {
    path: PathBuf,
    _file: File,
}

impl Lock {
    /// Waits for the lock; `None` when another process still holds it in the end.
    pub(super) fn take(path: &Path, wait: Duration) -> io::Result<Option<Self>> {
        // Polls are counted and no clock is read: a machine that slept has not waited.
        for _ in 0..wait.as_millis() / POLL.as_millis() {
            if let Some(lock) = Self::attempt(path)? {
                return Ok(Some(lock));
            }
            thread::sleep(POLL);
        }
        Self::attempt(path)
    }

    fn attempt(path: &Path) -> io::Result<Option<Self>> {
        loop {
            let file = OpenOptions::new().create(true).truncate(false).write(true).open(path)?;
            match file.try_lock() {
                Err(TryLockError::WouldBlock) => return Ok(None),
                Err(TryLockError::Error(error)) => return Err(error),
                Ok(()) if is_at(&file, path)? => return Ok(Some(Self { path: path.to_path_buf(), _file: file })),
                // The last holder removed this file between our two calls, so the next build would lock another one.
                Ok(()) => {}
            }
        }
    }
}

impl Drop for Lock {
    /// Removes the name while the lock is still held, so that it is never another build's name.
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}

#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt as _;

    let ours = file.metadata()?;
    match fs::metadata(path) {
        Ok(named) => Ok((named.dev(), named.ino()) == (ours.dev(), ours.ino())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

/// An open file keeps its name here.
#[cfg(not(unix))]
fn is_at(_: &File, _: &Path) -> io::Result<bool> {
    Ok(true)
}
