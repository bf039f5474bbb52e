//! Turns a kind into the JSON Schema that an editor's completion understands, with this site's ids as enums.

use serde_json::{Value, json};

use super::{Schema, validate::Checker};
use crate::diagnostic::did_you_mean;

impl Schema {
    /// The JSON Schema of a kind or registry. `ids` lists the ids of a registry or kind.
    ///
    /// # Errors
    /// A sentence that names the kinds, when there is none of this name.
    pub fn export(&self, name: &str, ids: &dyn Fn(&str) -> Vec<String>) -> Result<Value, String> {
        let kind = self.kinds.get(name).map(|kind| (&kind.title, &kind.checker));
        let registry = || self.registries.get(name).map(|registry| (&registry.title, &registry.checker));
        let Some((title, checker)) = kind.or_else(registry) else {
            let names: Vec<&str> = self.kinds.keys().chain(self.registries.keys()).map(|n| &**n).collect();
            return Err(format!(
                "no kind or registry \"{name}\"{}\nThere are: {}",
                did_you_mean(name, names.iter().copied()),
                names.join(", ")
            ));
        };
        Ok(document(title, checker, ids))
    }

    /// One JSON Schema for the front matter of any kind.
    pub fn export_all(&self, ids: &dyn Fn(&str) -> Vec<String>) -> Value {
        let kinds: serde_json::Map<String, Value> = self
            .kinds
            .iter()
            .map(|(name, kind)| (name.to_string(), document(&kind.title, &kind.checker, ids)))
            .collect();
        json!({ "$schema": "https://json-schema.org/draft/2020-12/schema", "$defs": kinds })
    }
}

fn document(title: &str, checker: &Checker, ids: &dyn Fn(&str) -> Vec<String>) -> Value {
    let mut schema = checker.schema().clone();
    enumerate(&mut schema, ids);
    let mut document = json!({ "$schema": "https://json-schema.org/draft/2020-12/schema", "title": title });
    for (key, value) in super::object(&schema) {
        document[key] = value;
    }
    document
}

/// Puts the ids a `ref` may name beside it. A registry without records stays open.
fn enumerate(schema: &mut Value, ids: &dyn Fn(&str) -> Vec<String>) {
    match schema {
        Value::Object(map) => {
            if let Some(registry) = map.get("ref").and_then(Value::as_str) {
                let mut known = ids(registry);
                if map.get("sided") == Some(&json!(true)) {
                    let sides: Vec<String> =
                        known.iter().flat_map(|id| [format!("{id}@left"), format!("{id}@right")]).collect();
                    known.extend(sides);
                }
                if !known.is_empty() {
                    map.insert("enum".to_owned(), json!(known));
                }
            }
            map.iter_mut().for_each(|(_, value)| enumerate(value, ids));
        }
        Value::Array(list) => list.iter_mut().for_each(|value| enumerate(value, ids)),
        _ => {}
    }
}

/// A field of a new article: name, help, and the YAML of an empty value.
pub(crate) type Blank = (String, String, String);

impl super::Kind {
    /// The required and demanded fields but the title: name, help, and the YAML of an empty value.
    pub fn blanks(&self) -> Vec<Blank> {
        let required = self.checker.required().map(str::to_owned);
        let mut names: Vec<String> =
            required.chain(self.demands.iter().cloned()).filter(|name| *name != self.label).collect();
        if self.review {
            names.push("review".to_owned());
        }
        let mut seen = std::collections::BTreeSet::new();
        names.retain(|name| seen.insert(name.clone()));
        names.into_iter().map(|name| self.blank(name)).collect()
    }

    fn blank(&self, name: String) -> Blank {
        let field = self.checker.shape().field(&name);
        let help = field.and_then(|field| field.help.clone()).unwrap_or_default();
        let value = field.map_or_else(|| " \"\"".to_owned(), |field| super::shape::blank(&field.shape, 1));
        (name, help, value)
    }
}
