//! Turns the headings of a body into anchors that are unique, readable and stable.

use std::collections::{HashMap, HashSet};

use crate::text::slug;

/// A heading of a body.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Heading {
    pub level: u8,
    pub id: String,
    /// Earlier anchors that lead here too.
    pub was: Vec<String>,
    /// Plain text.
    pub text: String,
}

/// Gives out anchors: the slug of a heading, with a number where it is taken. Linear however often a heading repeats.
#[derive(Debug, Default)]
pub(crate) struct Anchors {
    taken: HashSet<String>,
    next: HashMap<String, usize>,
}

impl Anchors {
    /// The anchor for a heading; `wanted` is an id given by hand, kept as it is when free.
    pub fn name(&mut self, wanted: Option<&str>, text: &str) -> String {
        let base = wanted.filter(|id| is_anchor(id)).map_or_else(|| slug(text), str::to_owned);
        let base = if base.is_empty() { "section".to_owned() } else { base };
        if self.taken.insert(base.clone()) {
            return base;
        }
        let next = self.next.entry(base.clone()).or_insert(2);
        loop {
            let name = format!("{base}-{next}");
            *next += 1;
            if self.taken.insert(name.clone()) {
                return name;
            }
        }
    }

    /// Whether an anchor is given out already; takes it if not.
    pub fn take(&mut self, id: &str) -> bool {
        self.taken.insert(id.to_owned())
    }
}

/// Whether a text may stand as an `id` in HTML without quoting trouble.
pub(crate) fn is_anchor(id: &str) -> bool {
    !id.is_empty() && id.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | ':'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeated_headings_are_numbered() {
        let mut anchors = Anchors::default();
        let names: Vec<String> = ["A b", "a-b", "A b 2", "A b"].iter().map(|t| anchors.name(None, t)).collect();
        assert_eq!(names, ["a-b", "a-b-2", "a-b-2-2", "a-b-3"]);
        assert_eq!(anchors.name(Some("own"), "x"), "own");
        assert_eq!(anchors.name(None, "!!"), "section");
    }
}
