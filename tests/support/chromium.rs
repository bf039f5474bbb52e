//! Finds the browser that tests open pages in.

use std::io::{self, Write};
use std::path::PathBuf;

/// The browser. Without one a run in CI fails, and on a user's machine the test says that it was skipped.
#[allow(clippy::disallowed_methods)]
pub fn chromium() -> Option<PathBuf> {
    let named = std::env::var_os("CHROMIUM").map(PathBuf::from);
    let known = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].map(PathBuf::from);
    let found = named.into_iter().chain(known).find(|path| path.exists());
    assert!(found.is_some() || std::env::var_os("CI").is_none(), "no Chromium: install it, or name it in CHROMIUM");
    if found.is_none() {
        // Past the test runner, which keeps what a passing test prints.
        let _ = writeln!(io::stderr(), "skipped: there is no Chromium on this machine");
    }
    found
}
