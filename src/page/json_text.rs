//! Turns names and values into JSON text in which nothing reads as markup, as it comes, without a tree in between.

use std::fmt::Write as _;

/// An object being written.
pub(super) struct Object<'o> {
    out: &'o mut String,
    first: bool,
}

/// A list being written.
pub(super) struct List<'o> {
    out: &'o mut String,
    first: bool,
}

impl<'o> Object<'o> {
    /// Opens an object; [`Object::end`] closes it.
    pub fn new(out: &'o mut String) -> Self {
        out.push('{');
        Self { out, first: true }
    }

    pub fn end(self) {
        self.out.push('}');
    }

    fn key(&mut self, key: &str) {
        if !std::mem::replace(&mut self.first, false) {
            self.out.push(',');
        }
        push_string(self.out, key);
        self.out.push(':');
    }

    pub fn text(&mut self, key: &str, value: &str) {
        self.key(key);
        push_string(self.out, value);
    }

    pub fn option(&mut self, key: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.text(key, value);
        }
    }

    /// A value that is JSON already.
    pub fn raw(&mut self, key: &str, json: &str) {
        self.key(key);
        self.out.push_str(json);
    }

    pub fn object(&mut self, key: &str, fill: impl FnOnce(&mut Object<'_>)) {
        self.key(key);
        let mut object = Object::new(self.out);
        fill(&mut object);
        object.end();
    }

    pub fn list(&mut self, key: &str, fill: impl FnOnce(&mut List<'_>)) {
        self.key(key);
        self.out.push('[');
        let mut list = List { out: self.out, first: true };
        fill(&mut list);
        self.out.push(']');
    }
}

impl List<'_> {
    pub fn object(&mut self, fill: impl FnOnce(&mut Object<'_>)) {
        if !std::mem::replace(&mut self.first, false) {
            self.out.push(',');
        }
        let mut object = Object::new(self.out);
        fill(&mut object);
        object.end();
    }
}

/// Appends a string: what JSON must escape, and what an HTML parser or an old script engine would misread.
fn push_string(out: &mut String, text: &str) {
    out.push('"');
    let mut from = 0;
    for (at, byte) in text.bytes().enumerate() {
        let length = match byte {
            b'"' | b'\\' | b'<' | b'>' | b'&' | 0..=0x1F => 1,
            // U+2028 and U+2029 are E2 80 A8 and E2 80 A9.
            0xE2 if matches!(text.as_bytes().get(at + 1..at + 3), Some([0x80, 0xA8 | 0xA9])) => 3,
            _ => continue,
        };
        out.push_str(&text[from..at]);
        push_escape(out, &text[at..at + length]);
        from = at + length;
    }
    out.push_str(&text[from..]);
    out.push('"');
}

fn push_escape(out: &mut String, character: &str) {
    match character {
        "\"" => out.push_str("\\\""),
        "\\" => out.push_str("\\\\"),
        "\n" => out.push_str("\\n"),
        "\r" => out.push_str("\\r"),
        "\t" => out.push_str("\\t"),
        other => {
            let code = other.chars().next().map_or(0, u32::from);
            let _ = write!(out, "\\u{code:04x}");
        }
    }
}

/// JSON text with what reads as markup escaped; outside of strings JSON has none of these characters.
pub(super) fn escaped(json: &str) -> String {
    let mut out = String::with_capacity(json.len() + 16);
    let mut rest = json;
    while let Some(at) = rest.find(['<', '>', '&', '\u{2028}', '\u{2029}']) {
        out.push_str(&rest[..at]);
        let hostile = rest[at..].chars().next().unwrap_or('&');
        let _ = write!(out, "\\u{:04x}", u32::from(hostile));
        rest = &rest[at + hostile.len_utf8()..];
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn written(text: &str) -> String {
        let mut out = String::new();
        push_string(&mut out, text);
        out
    }

    #[test]
    fn nothing_in_a_string_ends_the_block() {
        assert_eq!(written("</script>&\u{2028}\"\\\n\u{1}"), r#""\u003c/script\u003e\u0026\u2028\"\\\n\u0001""#);
    }

    proptest! {
        #[test]
        fn every_text_is_read_back(text in any::<String>()) {
            prop_assert_eq!(serde_json::from_str::<String>(&written(&text)).ok(), Some(text));
        }
    }
}
