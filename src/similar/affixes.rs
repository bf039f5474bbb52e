//! Turns two words that differ in how they begin or end into what that says: a denial, an opposite, another thing.

use serde_json::Value;

use super::lists::{list, split};

/// Beginnings and endings of a language.
#[derive(Default)]
pub(crate) struct Affixes {
    /// Beginnings that deny: unsafe.
    deny: Vec<String>,
    /// Endings that deny: harmless.
    without: Vec<String>,
    /// Words that only look as if they began so: mistaken.
    whole: Vec<String>,
    /// Beginnings that exclude each other: upstream, downstream.
    begin: Vec<Vec<String>>,
    /// Endings that exclude each other: employer, employee.
    end: Vec<Vec<String>>,
    /// Endings of names for different things: nitrate, nitrite.
    name: Vec<Vec<String>>,
}

/// What is left of a word without its beginning or ending has so many letters.
const LEAST: usize = 4;

impl Affixes {
    pub fn new(value: &Value) -> Self {
        let words = |field: &str| list(value, field).map(str::to_owned).collect();
        let groups = |field: &str| list(value, field).map(|group| split(group).map(str::to_owned).collect()).collect();
        Self {
            deny: words("prefixes"),
            without: words("suffixes"),
            whole: words("undivided"),
            begin: groups("beginnings"),
            end: groups("ends"),
            name: groups("kinds"),
        }
    }

    /// The guard by which two words differ whose rest is one.
    pub fn differ(&self, a: &str, b: &str, stem: impl Fn(&str) -> String) -> Option<&'static str> {
        let long = |rest: &str, affix: &str| rest.len() >= if affix.len() == 1 { LEAST + 2 } else { LEAST };
        let denies = |x: &str, y: &str| {
            if self.whole.iter().any(|word| word == x) {
                return false;
            }
            let begins = self.deny.iter().filter_map(|p| Some((p, x.strip_prefix(p.as_str())?)));
            let ends = self.without.iter().filter_map(|e| Some((e, x.strip_suffix(e.as_str())?)));
            begins.chain(ends).any(|(affix, rest)| long(rest, affix) && stem(rest) == stem(y))
        };
        if denies(a, b) || denies(b, a) {
            return Some("negation");
        }
        let begins = |group: &Vec<String>| {
            let rest = |word: &str| -> Vec<String> {
                let rests = group.iter().filter_map(|p| word.strip_prefix(p.as_str()).filter(|rest| long(rest, p)));
                rests.map(&stem).collect()
            };
            a != b && meet(&rest(a), &rest(b))
        };
        if self.begin.iter().any(begins) {
            return Some("side");
        }
        let ends = |group: &Vec<String>| {
            let rest = |word: &str| -> Vec<String> {
                let forms = [Some(word), word.strip_suffix('s')];
                let rests = forms
                    .into_iter()
                    .flatten()
                    .flat_map(|word| group.iter().filter_map(|e| word.strip_suffix(e.as_str())));
                rests.filter(|rest| rest.len() >= LEAST - 1).map(str::to_owned).collect()
            };
            a.trim_end_matches('s') != b.trim_end_matches('s') && meet(&rest(a), &rest(b))
        };
        if self.end.iter().any(ends) {
            return Some("side");
        }
        self.name.iter().any(ends).then_some("name")
    }
}

fn meet(a: &[String], b: &[String]) -> bool {
    a.iter().any(|rest| b.contains(rest))
}
