//! Turns a value of the front matter into what a template sees, by the shape the schema gives it.

use std::borrow::Cow;

use rustc_hash::FxHashMap;
use serde_json::Value as Json;

use super::fill::Filler;
use super::{Fields, Maker, Value, map};
use crate::graph::Resolved;
use crate::parse::{Article, Target};
use crate::schema::Shape;
use crate::schema::formats::{Quantity, Rating};

/// Reads the fields of one owner for one page.
pub(super) struct Reader<'a, 'f> {
    pub maker: &'a Maker<'a>,
    pub filler: &'f mut Filler<'a>,
    pub owner: &'a Article,
    resolved: FxHashMap<&'a str, &'a Resolved>,
}

impl<'a, 'f> Reader<'a, 'f> {
    pub fn new(maker: &'a Maker<'a>, filler: &'f mut Filler<'a>, owner: &'a Article) -> Self {
        let list = maker.graph.resolved_of(&owner.id);
        let of_fields = owner
            .references
            .iter()
            .zip(list)
            .filter(|(r, _)| matches!(r.target, Target::Field { .. } | Target::Asset(_)));
        let resolved =
            of_fields.filter_map(|(reference, resolved)| Some((reference.field.as_deref()?, resolved))).collect();
        Self { maker, filler, owner, resolved }
    }

    /// The value at a JSON pointer. Nothing comes out as none; dropped list items do not come out at all.
    pub fn value(&mut self, shape: &Shape, value: &Json, pointer: &str) -> Value {
        let shape = shape.pick(value);
        match value {
            Json::Null => Value::None,
            Json::Array(items) => {
                let inner = if let Shape::List(inner) = shape { inner } else { shape };
                let present = items.iter().enumerate().filter(|(_, item)| !item.is_null());
                let list: Vec<Value> =
                    present.map(|(at, item)| self.value(inner, item, &format!("{pointer}/{at}"))).collect();
                Value::list(list.into_iter().filter(|item| *item != Value::None))
            }
            Json::Object(entries) => self.object(shape, entries, pointer),
            Json::String(text) => self.string(shape, text, pointer),
            Json::Bool(value) => Value::Bool(*value),
            Json::Number(number) => match (shape, number.as_i64()) {
                (Shape::Quantity { unit }, _) => quantity(&number.to_string(), unit.as_deref()),
                (_, Some(number)) => Value::Int(number),
                _ => Value::Number(number.as_f64().unwrap_or(0.0).to_bits()),
            },
        }
    }

    fn object(&mut self, shape: &Shape, entries: &serde_json::Map<String, Json>, pointer: &str) -> Value {
        let mut fields: Fields = Vec::with_capacity(entries.len());
        for (key, value) in entries {
            let mut inner = pointer.to_owned();
            crate::schema::step_into(&mut inner, key);
            let field = shape.key(key).unwrap_or(&Shape::Plain);
            let picture = matches!(field.pick(value), Shape::Asset);
            let read = self.value(field, value, &inner);
            fields.push((Cow::Owned(key.clone()), read));
            if picture {
                fields.extend(self.size(&inner));
            }
        }
        // Every known field is there, so that a template can ask for it without a fault.
        for name in shape.names().filter(|name| !entries.contains_key(*name)) {
            fields.push((Cow::Owned(name.to_owned()), Value::None));
        }
        Value::map(fields)
    }

    fn size(&self, pointer: &str) -> Fields {
        let size = match self.resolved.get(pointer) {
            Some(Resolved::Asset(path)) => self.maker.graph.assets.get(path).and_then(|asset| asset.size),
            _ => None,
        };
        let side = |n: Option<usize>| n.map_or(Value::None, Value::count);
        vec![(Cow::Borrowed("width"), side(size.map(|s| s.0))), (Cow::Borrowed("height"), side(size.map(|s| s.1)))]
    }

    fn string(&mut self, shape: &Shape, text: &str, pointer: &str) -> Value {
        match shape {
            Shape::Markdown | Shape::Blocks => match self.owner.rich.get(pointer) {
                Some(rich) => Value::html(&self.filler.rich(self.owner, rich, Some(pointer))),
                None => Value::text(text),
            },
            Shape::Ref { .. } => match self.resolved.get(pointer) {
                Some(Resolved::Thing { id, side, .. }) => self.maker.sided_card(id, side.as_deref()),
                _ => Value::None,
            },
            Shape::Asset => match self.resolved.get(pointer) {
                Some(Resolved::Asset(path)) => {
                    Value::option(self.maker.graph.assets.get(path).map(|asset| asset.url.as_str()))
                }
                _ => Value::None,
            },
            Shape::Quantity { unit } => quantity(text, unit.as_deref()),
            Shape::Rating => rating(text),
            _ => Value::text(text),
        }
    }
}

/// A number with its unit; where none was typed, the one that the schema gives.
fn quantity(text: &str, unit: Option<&str>) -> Value {
    let Some(mut quantity) = Quantity::parse(text) else { return Value::text(text) };
    if quantity.unit.is_empty() {
        unit.unwrap_or_default().clone_into(&mut quantity.unit);
    }
    map! {
        text: Value::text(&quantity.shown()),
        iso: Value::option(quantity.iso().as_deref()),
        min: Value::Number(quantity.min.to_bits()),
        max: Value::Number(quantity.max.to_bits()),
        unit: Value::text(&quantity.unit),
    }
}

fn rating(text: &str) -> Value {
    let Some(rating) = Rating::parse(text) else { return Value::text(text) };
    map! {
        text: Value::text(&rating.shown()),
        min: Value::Number(rating.min.to_bits()),
        max: Value::Number(rating.max.to_bits()),
        of: Value::Number(rating.of.to_bits()),
    }
}
