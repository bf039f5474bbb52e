//! Turns the sample data of a theme into the page that shows its components.

use std::borrow::Cow;
use std::sync::Arc;

use serde_json::Value as Json;

use crate::builtin;
use crate::page::{ENTRIES, Page, Value};
use crate::source::Sources;
use crate::yaml::Document;

const PATH: &str = "theme/gallery.yaml";

/// The page of the components, as seen from two folders below the root. What the samples lack is none.
pub(super) fn page(sources: &Sources) -> Page {
    let own = sources.get(PATH).and_then(|source| source.text()).cloned();
    let text: Arc<str> = own.unwrap_or_else(|| builtin::text(PATH).unwrap_or("").into());
    let samples = Document::read(&text, 0..text.len()).map_or(Json::Null, |(samples, _)| samples);
    let field = |name: &&'static str| (Cow::Borrowed(*name), samples.get(name).map_or(Value::None, value));
    Page {
        route: "__fascicle/components/index.html".to_owned(),
        template: "gallery.html".to_owned(),
        fallback: "default.html",
        root: "../../".to_owned(),
        data: Value::map(ENTRIES.iter().map(field).collect()),
        path: PATH.into(),
    }
}

/// A sample: text that begins with `<` is HTML, and `none` or nothing at all is none.
fn value(json: &Json) -> Value {
    match json {
        Json::Null => Value::None,
        Json::String(text) if text.is_empty() || text == "none" => Value::None,
        Json::String(text) if text.starts_with('<') => Value::html(text),
        Json::String(text) => Value::text(text),
        Json::Bool(value) => Value::Bool(*value),
        Json::Number(number) => Value::Int(number.as_i64().unwrap_or(0)),
        Json::Array(items) => Value::list(items.iter().map(value)),
        Json::Object(fields) => {
            Value::map(fields.iter().map(|(key, inner)| (Cow::Owned(key.clone()), value(inner))).collect())
        }
    }
}
