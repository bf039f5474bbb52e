//! Turns a value that breaks its JSON Schema into diagnostics with places, and a word that YAML misread back into text.

use std::borrow::Cow;
use std::sync::Arc;

use jsonschema::error::{TypeKind, ValidationErrorKind};
use jsonschema::{JsonType, ValidationError, Validator};
use serde_json::{Value, json};

use super::formats::FORMATS;
use super::shape::{Shape, step_into};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Span, did_you_mean};
use crate::yaml::Document;

/// A JSON Schema ready to check values, and the shape it describes.
pub(crate) struct Checker {
    schema: Value,
    validator: Validator,
    shape: Shape,
}

impl Checker {
    /// Compiles a schema whose `$ref`s point into `defs`.
    ///
    /// # Errors
    /// The JSON pointer in the schema of what is wrong, and what it is.
    pub fn new(mut schema: Value, defs: &Value) -> Result<Self, (String, String)> {
        schema["$defs"] = defs.clone();
        close(&mut schema);
        let mut options =
            jsonschema::draft202012::options().should_validate_formats(true).should_ignore_unknown_formats(true);
        for format in FORMATS {
            options = options.with_format(format.name, format.holds);
        }
        let validator = options.build(&schema).map_err(|error| fault(&error))?;
        let shape = Shape::new(&schema, &schema["$defs"]);
        Ok(Self { schema, validator, shape })
    }

    /// The shape of the values.
    pub fn shape(&self) -> &Shape {
        &self.shape
    }

    /// The JSON Schema itself.
    pub fn schema(&self) -> &Value {
        &self.schema
    }

    /// The names of the required fields.
    pub fn required(&self) -> impl Iterator<Item = &str> {
        self.schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str)
    }

    /// Checks the value that stands at `base` in the document, and mends words that YAML misread (W106).
    pub fn check(
        &self,
        value: &mut Value,
        base: &str,
        document: &Document,
        path: &Arc<str>,
        diagnostics: &mut Diagnostics,
    ) {
        if self.validator.is_valid(value) {
            return;
        }
        let mut report = Report { checker: self, base, document, path, found: Vec::new(), misread: Vec::new() };
        for error in self.validator.iter_errors(value) {
            report.error(&error, value);
        }
        let misread = std::mem::take(&mut report.misread);
        for (pointer, word) in misread {
            if let Some(place) = value.pointer_mut(&pointer) {
                *place = Value::String(word);
            }
        }
        // A mended word may still break a format or an enum; all else was said in the first round.
        let errors: Vec<_> = self.validator.iter_errors(value).collect();
        let late = Report { checker: self, base, document, path, found: Vec::new(), misread: Vec::new() };
        let late = errors.iter().fold(late, |mut late, error| {
            late.error(error, value);
            late
        });
        report.found.extend(late.found);
        report.found.sort();
        report.found.dedup();
        diagnostics.extend(report.found);
    }
}

/// The types a JSON Schema knows.
const TYPES: [&str; 7] = ["array", "boolean", "integer", "null", "number", "object", "string"];

/// What makes a schema no schema, in the words of someone who wrote one in YAML.
fn fault(error: &ValidationError<'_>) -> (String, String) {
    let pointer = error.instance_path().as_str().to_owned();
    let message = match (pointer.rsplit('/').next(), error.instance().as_ref()) {
        (Some("type"), Value::String(name)) => {
            format!("\"{name}\" is no type; there are {}{}", TYPES.join(", "), did_you_mean(name, TYPES))
        }
        _ => error.to_string(),
    };
    (pointer, message)
}

/// Closes every object that does not say otherwise, so that an unknown key is an error.
fn close(schema: &mut Value) {
    match schema {
        Value::Object(map) => {
            if map.get("properties").is_some_and(Value::is_object) && !map.contains_key("additionalProperties") {
                map.insert("additionalProperties".to_owned(), json!(false));
            }
            for (key, value) in map.iter_mut() {
                if !matches!(key.as_str(), "enum" | "const" | "default" | "examples" | "required") {
                    close(value);
                }
            }
        }
        Value::Array(list) => list.iter_mut().for_each(close),
        _ => {}
    }
}

/// More names than this are no help in one line.
const MANY: usize = 16;

struct Report<'a> {
    checker: &'a Checker,
    base: &'a str,
    document: &'a Document,
    path: &'a Arc<str>,
    found: Vec<Diagnostic>,
    misread: Vec<(String, String)>,
}

impl Report<'_> {
    fn error(&mut self, error: &ValidationError<'_>, root: &Value) {
        let pointer = error.instance_path().as_str().to_owned();
        match error.kind() {
            ValidationErrorKind::AdditionalProperties { unexpected } => self.unknown(&pointer, unexpected, root),
            ValidationErrorKind::Required { property } => self.missing(&pointer, property.as_str().unwrap_or(""), root),
            ValidationErrorKind::Type { kind } => self.wrong_type(&pointer, kind, error.instance()),
            ValidationErrorKind::Enum { options } => self.not_allowed(&pointer, options, error.instance()),
            ValidationErrorKind::Format { format } => self.wrong_form(&pointer, format, error.instance()),
            ValidationErrorKind::AnyOf { context } => self.any_of(&pointer, context, root),
            kind => self.say(Code::E102, self.value(&pointer), limits(kind, error), self.help(&pointer, root)),
        }
    }

    fn say(&mut self, code: Code, span: Span, message: String, help: Option<String>) {
        let diagnostic = Diagnostic::new(code, span, message);
        self.found.push(Diagnostic { help, ..diagnostic });
    }

    fn at(&self, pointer: &str) -> String {
        format!("{}{pointer}", self.base)
    }

    fn value(&self, pointer: &str) -> Span {
        Span::new(self.path, self.document.value(&self.at(pointer)))
    }

    /// What the schema says of the field at a pointer.
    fn help(&self, pointer: &str, root: &Value) -> Option<String> {
        let (parent, name) = pointer.rsplit_once('/')?;
        let field = self.checker.shape.locate(root, parent)?.field(name)?;
        field.help.as_ref().map(|help| format!("{name}: {help}"))
    }

    fn unknown(&mut self, pointer: &str, names: &[String], root: &Value) {
        for name in names {
            let mut inner = pointer.to_owned();
            step_into(&mut inner, name);
            let span = Span::new(self.path, self.document.key(&self.at(&inner)));
            let known: Vec<&str> =
                self.checker.shape.locate(root, pointer).map(|s| s.names().collect()).unwrap_or_default();
            let hint = did_you_mean(name, known.iter().copied());
            let help = match known.len() {
                0..=MANY => format!("the fields here are {}", listed(&known)),
                _ => "`fascicle schema KIND` lists the fields of a kind; schema.yaml may add some".to_owned(),
            };
            self.say(Code::E101, span, format!("unknown field \"{name}\"{hint}"), Some(help));
        }
    }

    fn missing(&mut self, pointer: &str, name: &str, root: &Value) {
        let here = root.pointer(pointer).unwrap_or(&Value::Null);
        let span = self.value(pointer);
        let span = Span { end: span.end.min(span.start + 1).max(span.start), ..span };
        let purpose = self.checker.shape.locate(root, pointer).and_then(|s| s.field(name)).and_then(|f| f.help.clone());
        let help = purpose.map_or_else(|| format!("add `{name}:`"), |purpose| format!("add `{name}:` – {purpose}"));
        let (code, message) = match name {
            "q" if here.get("a").is_some() => (Code::E301, "an answer without its question".to_owned()),
            "a" if here.get("q").is_some() => (Code::E301, "a question without its answer".to_owned()),
            "do" => (Code::E302, "a step without what to do".to_owned()),
            _ => (Code::E103, format!("required field \"{name}\" is missing")),
        };
        self.say(code, span, message, Some(help));
    }

    fn wrong_type(&mut self, pointer: &str, kind: &TypeKind, found: &Value) {
        let wants = |wanted| match kind {
            TypeKind::Single(one) => *one == wanted,
            TypeKind::Multiple(many) => many.contains(wanted),
        };
        let raw = self.document.raw(&self.at(pointer)).to_owned();
        if wants(JsonType::String) && (found.is_number() || found.is_boolean()) && !raw.is_empty() {
            let read = if found.is_boolean() { "a truth value" } else { "a number" };
            let message = format!("YAML reads {raw} as {read}, but a text belongs here");
            self.say(Code::W106, self.value(pointer), message, Some(format!("put it in quotes: \"{raw}\"")));
            self.misread.push((pointer.to_owned(), raw));
            return;
        }
        let expected = match kind {
            TypeKind::Single(one) => named(*one).to_owned(),
            TypeKind::Multiple(many) => many.iter().map(named).collect::<Vec<_>>().join(" or "),
        };
        let field = pointer.rsplit('/').next().unwrap_or("");
        let example = if wants(JsonType::Boolean) {
            Some(format!("write `{field}: true` or `{field}: false`"))
        } else if wants(JsonType::Array) {
            Some(format!("write a list: `{field}: [one, two]`"))
        } else {
            None
        };
        self.say(Code::E102, self.value(pointer), format!("{} where {expected} is expected", found_as(found)), example);
    }

    fn not_allowed(&mut self, pointer: &str, options: &Value, found: &Value) {
        let words: Vec<&str> = options.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let found = found.as_str().map_or_else(|| found.to_string(), str::to_owned);
        let hint = did_you_mean(&found, words.iter().copied());
        let help = format!("allowed are {}", listed(&words));
        self.say(Code::E104, self.value(pointer), format!("\"{}\" is not allowed here{hint}", cut(&found)), Some(help));
    }

    fn wrong_form(&mut self, pointer: &str, format: &str, found: &Value) {
        let example = FORMATS.iter().find(|f| f.name == format).map_or("another form", |f| f.example);
        let code = match format {
            "doi" | "pmid" | "uri" => Code::E402,
            "slug" => Code::E207,
            _ => Code::E102,
        };
        let found = found.as_str().map_or_else(|| found.to_string(), str::to_owned);
        self.say(
            code,
            self.value(pointer),
            format!("\"{}\" is not {}", cut(&found), example.split(',').next().unwrap_or(example)),
            Some(format!("write {example}")),
        );
    }

    /// Of the alternatives, the one whose type fits speaks; else all that is known is that none does.
    fn any_of(&mut self, pointer: &str, context: &[Vec<ValidationError<'static>>], root: &Value) {
        let about_type = |error: &ValidationError<'_>| {
            matches!(error.kind(), ValidationErrorKind::Type { .. }) && error.instance_path().as_str() == pointer
        };
        match context.iter().find(|errors| !errors.iter().any(about_type)) {
            Some(errors) => errors.iter().for_each(|error| self.error(error, root)),
            None => {
                let found = root.pointer(pointer).map_or(Cow::Borrowed("this"), |v| Cow::Owned(found_as(v)));
                self.say(
                    Code::E102,
                    self.value(pointer),
                    format!("{found} is none of what may stand here"),
                    self.help(pointer, root),
                );
            }
        }
    }
}

fn named(kind: JsonType) -> &'static str {
    match kind {
        JsonType::Array => "a list",
        JsonType::Boolean => "true or false",
        JsonType::Integer => "a whole number",
        JsonType::Null => "nothing",
        JsonType::Number => "a number",
        JsonType::Object => "a map",
        JsonType::String => "a text",
    }
}

fn found_as(value: &Value) -> String {
    match value {
        Value::Null => "nothing".to_owned(),
        Value::Bool(b) => format!("the truth value {b}"),
        Value::Number(n) => format!("the number {n}"),
        Value::String(s) => format!("the text \"{}\"", cut(s)),
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "a map".to_owned(),
    }
}

/// What a bound asks for, in words.
fn limits(kind: &ValidationErrorKind, error: &ValidationError<'_>) -> String {
    let count = error.instance().as_array().map_or(0, Vec::len);
    match kind {
        ValidationErrorKind::MinItems { limit } => format!("{count} where at least {limit} are needed"),
        ValidationErrorKind::MaxItems { limit } => format!("{count} where at most {limit} may stand"),
        ValidationErrorKind::MinLength { limit: 1 } => "an empty text".to_owned(),
        ValidationErrorKind::Pattern { pattern } if pattern == r"\S" => "an empty text".to_owned(),
        ValidationErrorKind::MinLength { limit } => format!("a text of less than {limit} characters"),
        ValidationErrorKind::MaxLength { limit } => format!("a text of more than {limit} characters"),
        _ if error.instance().is_array() || error.instance().is_object() => brief(&error.masked().to_string()),
        _ => brief(&error.to_string()),
    }
}

fn listed(names: &[&str]) -> String {
    names.join(", ")
}

fn cut(text: &str) -> String {
    crate::text::shorten(text, 60)
}

fn brief(text: &str) -> String {
    crate::text::shorten(text, 200)
}
