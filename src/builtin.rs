//! Holds the files of the default theme as the binary carries them, by their names below `theme/`.

/// The built-in theme: names below `theme/` and bytes, sorted.
pub(crate) const FILES: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/theme.rs"));

/// The text of a built-in file, by its path inside the site (`theme/…`).
pub(crate) fn text(path: &str) -> Option<&'static str> {
    let name = path.strip_prefix("theme/")?;
    FILES.iter().find(|(known, _)| *known == name).and_then(|(_, bytes)| std::str::from_utf8(bytes).ok())
}
