//! Turns `theme/` and syntect's grammars into files that the binary includes.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{fs, io};

fn main() -> io::Result<()> {
    let root = folder("CARGO_MANIFEST_DIR")?;
    let out = folder("OUT_DIR")?;
    embed_theme(&root.join("theme"), &out)?;
    dump_grammars(&out)
}

/// A folder that Cargo names to a build script.
#[allow(clippy::disallowed_methods)]
fn folder(name: &str) -> io::Result<PathBuf> {
    std::env::var(name).map(PathBuf::from).map_err(io::Error::other)
}

/// Writes `theme.rs`: a sorted list of (name below `theme/`, bytes).
fn embed_theme(theme: &Path, out: &Path) -> io::Result<()> {
    let mut files = Vec::new();
    collect(theme, &mut files)?;
    files.sort();
    let mut code = String::from("&[\n");
    for file in &files {
        let name = file.strip_prefix(theme).map_err(io::Error::other)?.to_string_lossy().replace('\\', "/");
        let _ = writeln!(code, "    ({name:?}, include_bytes!({:?})),", file.display().to_string());
    }
    code.push_str("]\n");
    println!("cargo:rerun-if-changed={}", theme.display());
    fs::write(out.join("theme.rs"), code)
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    println!("cargo:rerun-if-changed={}", folder.display());
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|ending| ending != "md" && ending != "ts" && ending != "json") {
            files.push(path);
        }
    }
    Ok(())
}

/// Writes `grammars.bin`: syntect's default grammars, which match a whole line with its line feed.
fn dump_grammars(out: &Path) -> io::Result<()> {
    let grammars = syntect::parsing::SyntaxSet::load_defaults_newlines();
    syntect::dumps::dump_to_uncompressed_file(&grammars, out.join("grammars.bin")).map_err(io::Error::other)
}
