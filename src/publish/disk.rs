//! The few things the publisher asks of a file system -> system calls.
//! Everything that changes the disk goes through `Disk`, so that the tests can let any step fail.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;

use super::parallel;

/// Everything that can change what a visitor finds.
pub(super) trait Disk: Send + Sync {
    /// Makes one folder; its parent exists.
    fn create_dir(&self, path: &Path) -> io::Result<()>;
    /// Writes a file that does not exist yet.
    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()>;
    /// Gives an existing file a second name.
    fn hard_link(&self, from: &Path, to: &Path) -> io::Result<()>;
    /// Moves a folder to a free name.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;
    /// Lets two folders change places in one step, or says `Unsupported`.
    fn exchange(&self, one: &Path, other: &Path) -> io::Result<()>;
    /// Returns when everything below `root` would survive a power cut.
    fn sync_tree(&self, root: &Path) -> io::Result<()>;
    /// Returns when the names in this folder would survive a power cut.
    fn sync_dir(&self, path: &Path) -> io::Result<()>;
    /// Removes a folder and all below it, never what a symlink in it points to.
    fn remove_tree(&self, root: &Path) -> io::Result<()>;
}

/// The disk of this machine.
pub(super) struct RealDisk;

impl Disk for RealDisk {
    fn create_dir(&self, path: &Path) -> io::Result<()> {
        let mut builder = fs::DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o755);
        builder.create(path)
    }

    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let mut options = OpenOptions::new();
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o644);
        options.write(true).create_new(true).open(path)?.write_all(bytes)
    }

    fn hard_link(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::hard_link(from, to)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn exchange(&self, one: &Path, other: &Path) -> io::Result<()> {
        exchange(one, other)
    }

    fn sync_tree(&self, root: &Path) -> io::Result<()> {
        sync_tree(root)
    }

    fn sync_dir(&self, path: &Path) -> io::Result<()> {
        sync_dir(path)
    }

    fn remove_tree(&self, root: &Path) -> io::Result<()> {
        match remove_tree(root) {
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
                make_writable(root)?;
                remove_tree(root)
            }
            result => result,
        }
    }
}

/// On all threads, because removing a file takes as long as writing it.
fn remove_tree(root: &Path) -> io::Result<()> {
    if !root.symlink_metadata()?.is_dir() {
        return fs::remove_file(root);
    }
    let entries: Vec<_> = fs::read_dir(root)?.collect::<io::Result<_>>()?;
    parallel::for_each(&entries, |entry| {
        let remove = if entry.file_type()?.is_dir() { fs::remove_dir_all } else { fs::remove_file };
        remove(entry.path())
    })?;
    fs::remove_dir(root)
}

#[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
fn exchange(one: &Path, other: &Path) -> io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    use rustix::io::Errno;

    renameat_with(CWD, one, CWD, other, RenameFlags::EXCHANGE).map_err(|errno| match errno {
        Errno::INVAL | Errno::NOSYS | Errno::NOTSUP => io::ErrorKind::Unsupported.into(),
        _ => errno.into(),
    })
}

#[cfg(not(any(target_os = "linux", target_os = "android", target_vendor = "apple")))]
fn exchange(_: &Path, _: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// One call for the whole file system: ten thousand calls for one file each take a hundred times as long.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn sync_tree(root: &Path) -> io::Result<()> {
    match rustix::fs::syncfs(File::open(root)?) {
        Err(rustix::io::Errno::NOSYS) => sync_each(root),
        result => Ok(result?),
    }
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn sync_tree(root: &Path) -> io::Result<()> {
    sync_each(root)
}

fn sync_each(root: &Path) -> io::Result<()> {
    for entry in walkdir::WalkDir::new(root).contents_first(true) {
        let entry = entry?;
        if entry.file_type().is_dir() {
            sync_dir(entry.path())?;
        } else {
            // Write access, because Windows flushes no file that is open for reading only.
            OpenOptions::new().append(true).open(entry.path())?.sync_all()?;
        }
    }
    Ok(())
}

#[cfg(unix)]
fn sync_dir(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

/// Folders cannot be opened as files here, and their names are journalled.
#[cfg(not(unix))]
fn sync_dir(_: &Path) -> io::Result<()> {
    Ok(())
}

/// Nothing can be removed from a read-only folder, even by its owner.
#[cfg(unix)]
fn make_writable(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;

    fs::set_permissions(folder, fs::Permissions::from_mode(0o700))?;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            make_writable(&entry.path())?;
        }
    }
    Ok(())
}

#[cfg(not(unix))]
fn make_writable(_: &Path) -> io::Result<()> {
    Ok(())
}
