//! What the user calls the output folder -> the real folder, the names beside it, and what stands there now.
//!
//! Beside `public` there may be, while a build runs or after one was killed:
//! - `.public.fascicle-new`: a site in the making, or one that was replaced; never needed again;
//! - `.public.fascicle-old`: a whole site that was moved out of the way. The name is the journal:
//!   it exists only between the renames that stand in for an exchange;
//! - `.public.fascicle-lock`: the lock.

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::fs::{self, FileType};
use std::io;
use std::path::{Path, PathBuf};

use walkdir::WalkDir;

use super::disk::Disk;
use super::error::PublishError;
use super::manifest;

/// Version control keeps its history in such a folder, and no build can write that again.
const HISTORY: [&str; 4] = [".git", ".hg", ".jj", ".svn"];

/// The output folder and the names beside it, which are on the same file system.
pub(super) struct Place {
    pub(super) parent: PathBuf,
    pub(super) out: PathBuf,
    pub(super) new: PathBuf,
    pub(super) old: PathBuf,
    pub(super) lock: PathBuf,
    /// Folders that did not exist, innermost first.
    made: Vec<PathBuf>,
}

impl Place {
    /// Follows symlinks, and makes the folders above the output folder.
    pub(super) fn find(out: &Path) -> Result<Self, PublishError> {
        let (real, made) = match fs::canonicalize(out) {
            Err(error) if error.kind() == io::ErrorKind::NotFound && !out.is_symlink() => make_parent(out)?,
            found => (found.map_err(PublishError::at("find", out))?, Vec::new()),
        };
        let (Some(parent), Some(name)) = (real.parent(), real.file_name()) else {
            return Err(PublishError::Protected { path: real.clone(), holds: real });
        };
        let beside = |role: &str| {
            parent.join(
                [OsStr::new("."), name, OsStr::new(".fascicle-"), OsStr::new(role)]
                    .iter()
                    .copied()
                    .collect::<OsString>(),
            )
        };
        let (new, old, lock) = (beside("new"), beside("old"), beside("lock"));
        Ok(Self { parent: parent.to_path_buf(), new, old, lock, out: real, made })
    }

    /// Refuses to replace a folder that any of these are in.
    pub(super) fn spare(&self, protected: &[&Path]) -> Result<(), PublishError> {
        let real = |path: &&Path| fs::canonicalize(path).ok();
        match protected.iter().filter_map(real).find(|path| path.starts_with(&self.out)) {
            None => Ok(()),
            Some(holds) => Err(PublishError::Protected { path: self.out.clone(), holds }),
        }
    }

    /// Puts right what a killed build left. Afterwards only the site and the lock are there.
    pub(super) fn recover(&self, disk: &dyn Disk) -> Result<(), PublishError> {
        if exists(&self.old) {
            match self.first_entry()? {
                // Killed between the two renames: nothing was published, so the last site comes back.
                None => disk.rename(&self.old, &self.out).map_err(PublishError::at("restore", &self.out))?,
                Some(_) => remove(disk, &self.old)?,
            }
        }
        remove(disk, &self.new)
    }

    /// The files of the last site; none when there was none, or when the folder is not ours and the user insists.
    pub(super) fn last_files(&self, force: bool) -> Result<BTreeSet<String>, PublishError> {
        let Some(found) = self.first_entry()? else { return Ok(BTreeSet::new()) };
        let files = manifest::read(&self.out).map_err(PublishError::at("read", &self.out.join(manifest::NAME)))?;
        let history = HISTORY.iter().find(|name| exists(&self.out.join(name)));
        match (files, history) {
            (Some(files), None) => Ok(files),
            _ if force => Ok(BTreeSet::new()),
            (_, history) => {
                Err(PublishError::Foreign { path: self.out.clone(), found: history.map_or(found, OsString::from) })
            }
        }
    }

    /// Whether the output folder has exactly this many files and folders, and nothing of another type.
    pub(super) fn holds(&self, files: usize, folders: usize) -> bool {
        let entries: walkdir::Result<Vec<_>> = WalkDir::new(&self.out).min_depth(1).into_iter().collect();
        entries.is_ok_and(|entries| {
            let count = |is: fn(&FileType) -> bool| entries.iter().filter(|entry| is(&entry.file_type())).count();
            (count(FileType::is_file), count(FileType::is_dir), entries.len()) == (files, folders, files + folders)
        })
    }

    /// Puts the new site where visitors look. Afterwards the last one, if there was one, is what `new` names.
    pub(super) fn swap(&self, disk: &dyn Disk) -> Result<(), PublishError> {
        let swapped = match disk.exchange(&self.new, &self.out) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => disk.rename(&self.new, &self.out),
            Err(error) if error.kind() == io::ErrorKind::Unsupported => self.swap_by_renames(disk),
            result => result,
        };
        swapped.map_err(|source| match source.kind() {
            io::ErrorKind::ResourceBusy | io::ErrorKind::CrossesDevices => {
                PublishError::Pinned { path: self.out.clone(), source }
            }
            _ => PublishError::at("publish to", &self.out)(source),
        })
    }

    /// For a moment nothing is published. If the process is killed in it, `recover` finds the last site in `old`.
    fn swap_by_renames(&self, disk: &dyn Disk) -> io::Result<()> {
        if !exists(&self.out) {
            return disk.rename(&self.new, &self.out);
        }
        disk.rename(&self.out, &self.old)?;
        if let Err(error) = disk.rename(&self.new, &self.out) {
            disk.rename(&self.old, &self.out)?;
            return Err(error);
        }
        disk.rename(&self.old, &self.new)
    }

    /// Any name in the output folder; `None` when it is empty or missing.
    fn first_entry(&self) -> Result<Option<OsString>, PublishError> {
        let first = match fs::read_dir(&self.out) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => Some(Err(error)),
            Ok(mut entries) => entries.next(),
        };
        first.transpose().map(|entry| entry.map(|entry| entry.file_name())).map_err(PublishError::at("read", &self.out))
    }
}

impl Drop for Place {
    /// Removes the folders made above the output folder, unless something is in them by now.
    fn drop(&mut self) {
        for folder in &self.made {
            let _ = fs::remove_dir(folder);
        }
    }
}

/// Removes a folder beside the output folder, if it is there.
pub(super) fn remove(disk: &dyn Disk, folder: &Path) -> Result<(), PublishError> {
    if !exists(folder) {
        return Ok(());
    }
    disk.remove_tree(folder).map_err(PublishError::at("remove what an earlier site left in", folder))
}

fn exists(path: &Path) -> bool {
    path.symlink_metadata().is_ok()
}

fn make_parent(out: &Path) -> Result<(PathBuf, Vec<PathBuf>), PublishError> {
    let absolute = std::path::absolute(out).map_err(PublishError::at("find", out))?;
    let (Some(parent), Some(name)) = (absolute.parent(), absolute.file_name()) else {
        return Err(PublishError::at("find", out)(io::ErrorKind::InvalidFilename.into()));
    };
    let made = parent.ancestors().take_while(|folder| !exists(folder)).map(Path::to_path_buf).collect();
    fs::create_dir_all(parent).map_err(PublishError::at("create", parent))?;
    let parent = fs::canonicalize(parent).map_err(PublishError::at("find", parent))?;
    Ok((parent.join(name), made))
}
