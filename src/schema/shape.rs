//! Turns a JSON Schema into the shape that the engine walks along with a value: what is Markdown, what refers to what.

use std::sync::Arc;

use serde_json::Value;

/// What the engine does with a value.
#[derive(Clone, Debug)]
pub(crate) enum Shape {
    /// Nothing but show it.
    Plain,
    /// Inline Markdown.
    Markdown,
    /// Block Markdown.
    Blocks,
    Date,
    /// The unit is that of a bare number.
    Quantity {
        unit: Option<Arc<str>>,
    },
    Rating,
    Uri,
    /// A file beside the article or below `content/`.
    Asset,
    /// An id in a registry or kind; `any` for all of them.
    Ref {
        registry: Arc<str>,
        sided: bool,
    },
    List(Box<Shape>),
    Object(Box<Object>),
    /// One of several; the value's type decides.
    Choice(Vec<Shape>),
}

/// A map with known fields, in the order of the schema.
#[derive(Clone, Debug, Default)]
pub(crate) struct Object {
    pub fields: Vec<(Arc<str>, Field)>,
    /// The shape of other keys; none where the map is closed.
    pub rest: Option<Shape>,
}

/// A field and the annotations on it.
#[derive(Clone, Debug)]
pub(crate) struct Field {
    pub shape: Shape,
    /// The label.
    pub title: Option<String>,
    /// The description, shown in errors.
    pub help: Option<String>,
    /// The heading of the generated section.
    pub toc: Option<String>,
    /// Whether the section stands after the body.
    pub after: bool,
    /// The schema.org property.
    pub jsonld: Option<String>,
    /// How much its words weigh in the search; 0 keeps them out.
    pub search: Option<f64>,
    /// Whether automatic links may stand in it.
    pub links: bool,
    /// Whether its map must have it.
    pub required: bool,
    /// The words allowed; empty where any may stand.
    pub choices: Vec<String>,
}

/// A `$ref` chain deeper than this is a loop: what is inside stays plain.
const DEPTH: usize = 12;

impl Shape {
    /// The shape of a schema whose `$ref`s point into `defs`.
    pub fn new(schema: &Value, defs: &Value) -> Self {
        Self::at(schema, defs, 0)
    }

    fn at(schema: &Value, defs: &Value, depth: usize) -> Self {
        if depth > DEPTH {
            return Self::Plain;
        }
        if let Some(name) = schema["$ref"].as_str().and_then(|r| r.strip_prefix("#/$defs/")) {
            return Self::at(&defs[name], defs, depth + 1);
        }
        if let Some(choices) = schema["anyOf"].as_array().or_else(|| schema["oneOf"].as_array()) {
            return Self::Choice(choices.iter().map(|choice| Self::at(choice, defs, depth + 1)).collect());
        }
        if let Some(registry) = schema["ref"].as_str() {
            return Self::Ref { registry: registry.into(), sided: schema["sided"] == true };
        }
        if schema["properties"].is_object() || schema["additionalProperties"].is_object() {
            return Self::object(schema, defs, depth);
        }
        if schema["items"].is_object() {
            return Self::List(Box::new(Self::at(&schema["items"], defs, depth + 1)));
        }
        match schema["format"].as_str() {
            Some("markdown") => Self::Markdown,
            Some("blocks") => Self::Blocks,
            Some("date") => Self::Date,
            Some("quantity") => Self::Quantity { unit: schema["unit"].as_str().map(Into::into) },
            Some("rating") => Self::Rating,
            Some("uri") => Self::Uri,
            Some("asset") => Self::Asset,
            _ => Self::Plain,
        }
    }

    fn object(schema: &Value, defs: &Value, depth: usize) -> Self {
        let properties = schema["properties"].as_object();
        let fields = properties.into_iter().flatten().map(|(name, property)| {
            let field = Field::new(property, defs, depth);
            let required = schema["required"].as_array().is_some_and(|list| list.iter().any(|n| n == name));
            (name.as_str().into(), Field { required, ..field })
        });
        let rest = match &schema["additionalProperties"] {
            Value::Bool(true) => Some(Self::Plain),
            Value::Object(_) => Some(Self::at(&schema["additionalProperties"], defs, depth + 1)),
            _ => None,
        };
        Self::Object(Box::new(Object { fields: fields.collect(), rest }))
    }

    /// For a choice the shape that fits the value's type, else the shape itself.
    pub fn pick(&self, value: &Value) -> &Self {
        let Self::Choice(choices) = self else { return self };
        let fits = |shape: &&Self| match shape {
            Self::Object(_) => value.is_object(),
            Self::List(_) => value.is_array(),
            Self::Choice(_) => true,
            _ => !value.is_object() && !value.is_array(),
        };
        choices.iter().find(fits).map_or(self, |shape| shape.pick(value))
    }

    /// The field of an object, if this is one.
    pub fn field(&self, name: &str) -> Option<&Field> {
        let Self::Object(object) = self else { return None };
        object.fields.iter().find(|(known, _)| &**known == name).map(|(_, field)| field)
    }

    /// The fields of an object in the order of the schema.
    pub fn fields(&self) -> impl Iterator<Item = (&Arc<str>, &Field)> {
        let fields = if let Self::Object(object) = self { object.fields.as_slice() } else { &[] };
        fields.iter().map(|(name, field)| (name, field))
    }

    /// The names of an object's fields.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.fields().map(|(name, _)| &**name)
    }

    /// The shape of one key of an object.
    pub fn key(&self, name: &str) -> Option<&Self> {
        let Self::Object(object) = self else { return None };
        self.field(name).map(|field| &field.shape).or(object.rest.as_ref())
    }

    /// The shape at a JSON pointer, led by the types in the value.
    pub fn locate<'a>(&'a self, value: &Value, pointer: &str) -> Option<&'a Self> {
        let (mut shape, mut value) = (self.pick(value), value);
        for step in pointer.split('/').skip(1) {
            let step = step.replace("~1", "/").replace("~0", "~");
            let (inner, part) = match shape {
                Self::List(items) => (&**items, value.get(step.parse::<usize>().ok()?)?),
                Self::Object(_) => (shape.key(&step)?, value.get(&step)?),
                _ => return None,
            };
            (shape, value) = (inner.pick(part), part);
        }
        Some(shape)
    }

    /// Calls `visit` for every value that is neither list nor map, with its shape and JSON pointer.
    pub fn walk(&self, value: &Value, pointer: &mut String, visit: &mut dyn FnMut(&Self, &Value, &str)) {
        let shape = self.pick(value);
        let length = pointer.len();
        match (shape, value) {
            (Self::List(items), Value::Array(values)) => {
                for (at, value) in values.iter().enumerate() {
                    pointer.push('/');
                    pointer.push_str(&at.to_string());
                    items.walk(value, pointer, visit);
                    pointer.truncate(length);
                }
            }
            (Self::Object(_), Value::Object(values)) => {
                for (key, value) in values {
                    let Some(shape) = shape.key(key) else { continue };
                    step_into(pointer, key);
                    shape.walk(value, pointer, visit);
                    pointer.truncate(length);
                }
            }
            _ => visit(shape, value, pointer),
        }
    }

    /// The registries that refs in this shape name.
    pub fn registries(&self) -> Vec<&str> {
        match self {
            Self::Ref { registry, .. } => vec![registry],
            Self::List(items) => items.registries(),
            Self::Choice(choices) => choices.iter().flat_map(Self::registries).collect(),
            Self::Object(object) => {
                let fields = object.fields.iter().map(|(_, field)| &field.shape);
                fields.chain(&object.rest).flat_map(Self::registries).collect()
            }
            _ => Vec::new(),
        }
    }
}

/// Appends a key to a JSON pointer.
pub(crate) fn step_into(pointer: &mut String, key: &str) {
    pointer.push('/');
    if key.contains(['~', '/']) {
        pointer.push_str(&key.replace('~', "~0").replace('/', "~1"));
    } else {
        pointer.push_str(key);
    }
}

impl Field {
    fn new(schema: &Value, defs: &Value, depth: usize) -> Self {
        let text = |key: &str| schema[key].as_str().map(str::to_owned);
        Self {
            shape: Shape::at(schema, defs, depth + 1),
            title: text("title"),
            help: text("description"),
            toc: text("toc"),
            after: schema["place"] == "after",
            jsonld: text("jsonld"),
            search: schema["search"].as_f64().map(|weight| weight.clamp(0.0, 10.0)),
            links: schema["links"] != false,
            required: false,
            choices: schema["enum"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(|w| w.as_str().map(str::to_owned))
                .collect(),
        }
    }
}

/// The fields of a map that a new article shows: those required, else those explained, else all.
fn wanted(object: &Object) -> Vec<&(Arc<str>, Field)> {
    let having = |test: fn(&Field) -> bool| object.fields.iter().filter(|(_, field)| test(field)).collect::<Vec<_>>();
    let choices = [having(|field| field.required), having(|field| field.help.is_some()), having(|_| true)];
    choices.into_iter().find(|list| !list.is_empty()).unwrap_or_default()
}

/// The YAML of an empty value of a shape, after its key.
pub(super) fn blank(shape: &Shape, depth: usize) -> String {
    let indent = "  ".repeat(depth);
    match shape {
        Shape::List(items) => match &**items {
            Shape::Object(_) => format!("\n{indent}- {}", blank(items, depth + 1).trim_start()),
            _ => " []".to_owned(),
        },
        Shape::Object(object) => {
            let lines = wanted(object).into_iter().map(|(name, field)| {
                let choices = (!field.choices.is_empty()).then(|| field.choices.join(" | "));
                let words: Vec<String> = field.help.iter().cloned().chain(choices).collect();
                let help = if words.is_empty() { String::new() } else { format!("   # {}", words.join(": ")) };
                let value = if depth > 3 { " \"\"".to_owned() } else { blank(&field.shape, depth + 1) };
                format!("{indent}{name}:{value}{}", if value.contains('\n') { String::new() } else { help })
            });
            format!("\n{}", lines.collect::<Vec<_>>().join("\n"))
        }
        Shape::Choice(choices) => choices.first().map_or_else(|| " \"\"".to_owned(), |first| blank(first, depth)),
        _ => " \"\"".to_owned(),
    }
}
