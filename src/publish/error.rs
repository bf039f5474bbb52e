//! What went wrong on the way to the disk -> one sentence that says what to do about it.
//! Paths are shown escaped, so that a name from an article cannot steer a terminal.

use std::ffi::OsString;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// Why a site was not published. The published site is the last one still, or already the whole new one.
#[derive(Debug)]
pub enum PublishError {
    /// The output folder holds something that no build of ours has put there.
    Foreign {
        /// The output folder.
        path: PathBuf,
        /// What is in it.
        found: OsString,
    },
    /// Replacing the output folder would delete something that must stay.
    Protected {
        /// The output folder.
        path: PathBuf,
        /// What is in it.
        holds: PathBuf,
    },
    /// Another build holds the lock.
    Locked {
        /// The output folder.
        path: PathBuf,
    },
    /// The system does not let this folder change places with another.
    Pinned {
        /// The output folder.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A file of the site has a name that could leave the folder, or that not every system can store.
    UnsafePath {
        /// The path inside the site.
        path: String,
        /// What is wrong with it, as the end of a sentence about the path.
        reason: &'static str,
    },
    /// Two files of the site would be one file on some systems.
    Collision {
        /// The path that came second.
        path: String,
        /// The path that came first.
        other: String,
    },
    /// The system refused a step.
    Io {
        /// What was tried, as in "cannot write".
        action: &'static str,
        /// Where.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

impl PublishError {
    /// For `map_err`: says what was tried where.
    pub(super) fn at(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_path_buf();
        move |source| Self::Io { action, path, source }
    }
}

impl fmt::Display for PublishError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Foreign { path, found } => {
                write!(f, "{path:?} holds {found:?}, which Fascicle did not write; ")?;
                f.write_str("choose another folder, or replace all of it with --force")
            }
            Self::Protected { path, holds } => {
                write!(
                    f,
                    "publishing replaces the whole folder {path:?}, and {holds:?} is in it; choose another folder"
                )
            }
            Self::Locked { path } => {
                write!(f, "another build is already publishing to {path:?}; ")?;
                f.write_str("wait until it ends, or choose another folder")
            }
            Self::Pinned { path, source } => {
                write!(f, "cannot replace {path:?} ({source}): it is a mount point or a part of a container image; ")?;
                f.write_str("publish into a folder inside it")
            }
            Self::UnsafePath { path, reason } => write!(f, "cannot write {path:?}: the path {reason}"),
            Self::Collision { path, other } => {
                write!(f, "{path:?} and {other:?} are the same file on some systems; rename one of them")
            }
            Self::Io { action, path, source } => write!(f, "cannot {action} {path:?}: {source}{}", hint(source)),
        }
    }
}

impl std::error::Error for PublishError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io { source, .. } | Self::Pinned { source, .. } => Some(source),
            _ => None,
        }
    }
}

fn hint(cause: &io::Error) -> &'static str {
    match cause.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            "; a new site needs room beside the old one until it replaces it"
        }
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            "; the folder around the published one must be writable: the new site is built there"
        }
        _ => "",
    }
}
