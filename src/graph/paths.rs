//! Turns paths and addresses as they are typed into places inside the site, and back.

/// A path from the folder of `file`, or from the site's root when it starts with a slash. `None` when it leads out.
pub(super) fn join(file: &str, path: &str) -> Option<String> {
    let inner = file.strip_prefix("content/");
    let mut parts: Vec<&str> = inner.unwrap_or(file).split('/').collect();
    parts.pop();
    if path.starts_with('/') {
        parts.clear();
    }
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => _ = parts.pop()?,
            part => parts.push(part),
        }
    }
    let joined = parts.join("/");
    Some(if inner.is_some() { format!("content/{joined}") } else { joined })
}

/// The path of `to` as it is written in a link of `from`.
pub(super) fn relative(from: &str, to: &str) -> String {
    let from: Vec<&str> = from.split('/').collect();
    let to: Vec<&str> = to.split('/').collect();
    let shared = from.iter().zip(&to).take(from.len() - 1).take_while(|(a, b)| a == b).count();
    let up = "../".repeat(from.len() - 1 - shared);
    format!("{up}{}", to[shared..].join("/"))
}

pub(super) fn percent_decoded(text: &str) -> String {
    if !text.contains('%') {
        return text.to_owned();
    }
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = bytes
            .get(at + 1..at + 3)
            .and_then(|pair| std::str::from_utf8(pair).ok())
            .and_then(|pair| u8::from_str_radix(pair, 16).ok());
        match hex.filter(|_| bytes[at] == b'%') {
            Some(byte) => {
                out.push(byte);
                at += 3;
            }
            None => {
                out.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8(out).unwrap_or_else(|_| text.to_owned())
}

/// The address of a page or file with what is typed behind it.
pub(super) fn with_suffix(address: &str, query: &str, anchor: &str) -> String {
    let parts = [('?', query), ('#', anchor)].into_iter().filter(|(_, part)| !part.is_empty());
    let suffix: String = parts.map(|(sign, part)| format!("{sign}{part}")).collect();
    let file = address.is_empty() || address.ends_with('/') || address.contains('.');
    if suffix.is_empty() || file { format!("{address}{suffix}") } else { format!("{address}/{suffix}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_stay_inside() {
        assert_eq!(join("content/a/b.md", "../c.md").as_deref(), Some("content/c.md"));
        assert_eq!(join("content/a/b.md", "/c/").as_deref(), Some("content/c"));
        assert_eq!(join("content/b.md", "../c.md"), None);
        assert_eq!(relative("content/a/b.md", "content/c/d.md"), "../c/d.md");
        assert_eq!(percent_decoded("caf%C3%A9%2"), "café%2");
    }
}
