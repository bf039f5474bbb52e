//! Turns an SVG with regions into a map whose regions are links, and the same links as a list.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::{Maker, Value, map};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Span, did_you_mean};
use crate::graph::{Graph, Resolved};
use crate::parse::{Article, Id, Target, sanitize};
use crate::schema::Registry;
use crate::source::Sources;
use crate::text::escape;

/// A drawing cut at its regions.
pub(crate) struct Drawing {
    pieces: Vec<Piece>,
}

enum Piece {
    Text(String),
    Region { id: String, side: Option<String>, element: String },
}

/// What is marked on one page's map.
#[derive(Default)]
struct Marks<'a> {
    current: Vec<&'a Id>,
    /// The fields that name regions.
    fields: std::collections::BTreeSet<&'a str>,
    groups: BTreeMap<String, Vec<&'a Id>>,
}

/// The drawings of all registries that have one. Regions and records that miss each other are reported.
pub(super) fn drawings(graph: &Graph, sources: &Sources, diagnostics: &mut Diagnostics) -> BTreeMap<String, Drawing> {
    let mut all = BTreeMap::new();
    for registry in graph.schema.registries.values() {
        let Some(source) = registry.map.as_ref().and_then(|path| sources.get(path)) else { continue };
        let Some(text) = source.text() else { continue };
        let drawing = cut(&brief(&sanitize::clean_svg(text)));
        check(graph, registry, &drawing, (&source.path, text), diagnostics);
        all.insert(registry.name.to_string(), drawing);
    }
    all
}

/// The same drawing in fewer bytes: no white space between its elements, no end tags of shapes.
fn brief(svg: &str) -> String {
    let lines: String = svg.lines().map(str::trim).collect();
    ["path", "polygon", "polyline", "ellipse", "circle", "rect", "line", "use"]
        .iter()
        .fold(lines, |svg, shape| svg.replace(&format!("></{shape}>"), "/>"))
}

/// Cuts at every element with `data-region`; a region inside a region belongs to the outer one.
fn cut(svg: &str) -> Drawing {
    let mut pieces = Vec::new();
    let mut text_from = 0;
    let mut at = 0;
    while let Some(open) = svg[at..].find('<').map(|n| at + n) {
        let close = svg[open..].find('>').map_or(svg.len(), |n| open + n + 1);
        let tag = &svg[open..close];
        at = close;
        let Some(id) = attribute(tag, "data-region") else { continue };
        let end = element_end(svg, open, close);
        pieces.push(Piece::Text(svg[text_from..open].to_owned()));
        pieces.push(Piece::Region {
            id: id.to_owned(),
            side: attribute(tag, "data-side").map(str::to_owned),
            element: svg[open..end].to_owned(),
        });
        (text_from, at) = (end, end);
    }
    pieces.push(Piece::Text(svg[text_from..].to_owned()));
    Drawing { pieces }
}

fn attribute<'t>(tag: &'t str, name: &str) -> Option<&'t str> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    rest.split('"').next()
}

/// One past the end tag of the element that opens at `open`.
fn element_end(svg: &str, open: usize, close: usize) -> usize {
    if svg[open..close].ends_with("/>") {
        return close;
    }
    let name: &str = svg[open + 1..].split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or("");
    let (start, finish) = (format!("<{name}"), format!("</{name}>"));
    let (mut depth, mut at) = (1, close);
    while depth > 0 {
        let Some(end) = svg[at..].find(&finish).map(|n| at + n) else { return close };
        depth += svg[at..end].matches(&start).count();
        depth -= 1;
        at = end + finish.len();
    }
    at
}

type Text<'a> = (&'a std::sync::Arc<str>, &'a str);

fn check(graph: &Graph, registry: &Registry, drawing: &Drawing, (path, text): Text<'_>, diagnostics: &mut Diagnostics) {
    let records: Vec<&Article> =
        graph.articles.values().map(|a| &**a).filter(|a| a.id.registry == registry.name).collect();
    let mut drawn = std::collections::BTreeSet::new();
    for piece in &drawing.pieces {
        let Piece::Region { id, .. } = piece else { continue };
        if drawn.insert(id.as_str()) && !records.iter().any(|record| *record.id.slug == **id) {
            let at = text.find(&format!("data-region=\"{id}\"")).unwrap_or(0);
            let hint = did_you_mean(id, records.iter().map(|record| &*record.id.slug));
            let message = format!("the region \"{id}\" of this map has no record in {}{hint}", registry.name);
            let span = Span::new(path, at..at + "data-region".len());
            diagnostics.push(Diagnostic::new(Code::W710, span, message).help("add the record, or remove data-region"));
        }
    }
    for record in records.into_iter().filter(|record| !drawn.contains(&*record.id.slug)) {
        let message = format!("\"{}\" has no region on the map {path}", record.id.slug);
        diagnostics.push(
            Diagnostic::new(Code::W710, record.value("/id"), message)
                .help(format!("give a shape of the map data-region=\"{}\"", record.id.slug)),
        );
    }
}

impl Drawing {
    /// A map whose regions lead to their pages.
    fn linked(&self, maker: &Maker<'_>, registry: &str, root: &str, current: &[&Id]) -> String {
        let mut out = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => out.push_str(text),
                Piece::Region { id, side, element } => {
                    let key = Id { registry: registry.into(), slug: id.as_str().into() };
                    let Some(record) = maker.graph.get(&key) else {
                        out.push_str(element);
                        continue;
                    };
                    let side_name = side.as_deref().map(|side| format!(", {side}")).unwrap_or_default();
                    let here = if current.contains(&&key) { " aria-current=\"true\"" } else { "" };
                    let hash = side.as_deref().map(|side| format!("#{}", escape(side))).unwrap_or_default();
                    let url = record.url.as_deref().unwrap_or("");
                    let said = format!("{}{side_name}", record.title);
                    let count = maker.citing(&key);
                    let pages = maker.words().count("pages", count);
                    let title = match count {
                        0 => escape(&said),
                        _ => escape(&maker.words().fill("map_region", &[("title", &said), ("pages", &pages)])),
                    };
                    let element = shape_only(element, side.as_deref());
                    let _ = write!(
                        out,
                        "<a href=\"{root}{url}{hash}\" data-region=\"{id}\"{here}><title>{title}</title>{element}</a>"
                    );
                }
            }
        }
        out
    }

    /// The sides on which these regions are drawn.
    fn sides(&self, ids: &[&Id]) -> std::collections::BTreeSet<&str> {
        let shown = self.pieces.iter().filter_map(|piece| match piece {
            Piece::Region { id, side, .. } if ids.iter().any(|known| *known.slug == **id) => side.as_deref(),
            _ => None,
        });
        shown.collect()
    }

    /// A picture in which some regions are marked. Where the drawing has an outline, nothing else is drawn of those that are not.
    fn marked(&self, marks: &Marks<'_>, registry: &str, label: &str) -> String {
        let class_of = |id: &str| {
            let is = |known: &&Id| *known.slug == *id && *known.registry == *registry;
            let group = marks.groups.iter().find(|(_, ids)| ids.iter().any(is)).map(|(name, _)| name.as_str());
            group.or_else(|| marks.current.iter().any(is).then_some("current"))
        };
        let outlined =
            self.pieces.iter().any(|piece| matches!(piece, Piece::Text(text) if text.contains("class=\"figure\"")));
        let mut out = String::new();
        let mut run = Run::default();
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) if text.is_empty() => {}
                Piece::Text(text) => {
                    run.flush(&mut out);
                    out.push_str(text);
                }
                Piece::Region { id, element, side } => match class_of(id) {
                    None if outlined => {}
                    class => run.add(class.unwrap_or("rest"), &shape_only(element, side.as_deref()), &mut out),
                },
            }
        }
        run.flush(&mut out);
        let classes = marks.groups.keys().map(String::as_str).chain(["current"]);
        let mut out = parts_with(&out, &classes.map(|class| format!("<g class=\"{class}\">")).collect::<Vec<_>>());
        // What only sometimes hurts is hatched: a mark that does not need colour.
        let hatch = "<defs><pattern id=\"hatch\" width=\"4\" height=\"4\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\"><rect width=\"4\" height=\"4\"/><path d=\"M0 0V4\"/></pattern></defs>";
        if let Some(end) = out.find('>').filter(|_| marks.groups.contains_key("sometimes")) {
            out.insert_str(end + 1, hatch);
        }
        out.replacen("<svg", &format!("<svg role=\"img\" aria-label=\"{}\"", escape(label)), 1)
    }
}

/// A picture without the parts (groups with `data-part`) in which nothing is marked. When a single part with a box of its own
/// remains, the picture is cut to that box.
fn parts_with(svg: &str, marks: &[String]) -> String {
    let mut out = String::new();
    let mut boxes = Vec::new();
    let mut at = 0;
    while let Some((open, close, area)) = next_part(svg, at) {
        out.push_str(&svg[at..open]);
        let end = element_end(svg, open, close);
        let kept = marks.iter().any(|mark| svg[open..end].contains(mark.as_str()));
        if kept {
            boxes.extend(Some(area).filter(|area| !area.is_empty()));
            out.push_str(&svg[open..close].replacen(&format!(" data-part=\"{area}\""), "", 1));
        }
        at = if kept { close } else { end };
    }
    out.push_str(&svg[at..]);
    match (boxes.as_slice(), attribute(svg, "viewBox")) {
        ([area], Some(whole)) => out.replacen(&format!("viewBox=\"{whole}\""), &format!("viewBox=\"{area}\""), 1),
        _ => out,
    }
}

/// Where the start tag of the next part begins and ends, and its box.
fn next_part(svg: &str, from: usize) -> Option<(usize, usize, &str)> {
    let name = from + svg[from..].find(" data-part=\"")?;
    let open = svg[..name].rfind('<')?;
    let close = name + svg[name..].find('>')? + 1;
    Some((open, close, attribute(&svg[open..close], "data-part")?))
}

/// Shapes in a row that mean the same on this page: one group, and one path of all that are plain paths.
#[derive(Default)]
struct Run {
    class: String,
    paths: String,
    others: String,
}

impl Run {
    fn add(&mut self, class: &str, element: &str, out: &mut String) {
        if self.class != class {
            self.flush(out);
            class.clone_into(&mut self.class);
        }
        let path = element.strip_prefix("<path d=\"").and_then(|rest| rest.strip_suffix("\"/>"));
        match path.filter(|path| path.starts_with('M') && !path.contains('"')) {
            Some(path) => self.paths.push_str(path),
            None => self.others.push_str(element),
        }
    }

    fn flush(&mut self, out: &mut String) {
        let (paths, others) = (std::mem::take(&mut self.paths), std::mem::take(&mut self.others));
        if paths.is_empty() && others.is_empty() {
            return;
        }
        let path = if paths.is_empty() { String::new() } else { format!("<path d=\"{paths}\"/>") };
        let _ = write!(out, "<g class=\"{}\">{path}{others}</g>", self.class);
    }
}

/// A region's element without what its link already says.
fn shape_only(element: &str, side: Option<&str>) -> String {
    let end = element.find('>').unwrap_or(element.len());
    let (tag, rest) = element.split_at(end);
    let mut tag = tag.replacen(" class=\"region\"", "", 1);
    if let Some(id) = attribute(&tag, "data-region") {
        tag = tag.replacen(&format!(" data-region=\"{id}\""), "", 1);
    }
    if let Some(side) = side {
        tag = tag.replacen(&format!(" data-side=\"{side}\""), "", 1);
    }
    tag + rest
}

impl Maker<'_> {
    /// How many pages name a record in a field.
    fn citing(&self, id: &Id) -> usize {
        self.graph.to(id).filter(|edge| matches!(edge.why, crate::graph::Why::Field(_))).count()
    }

    /// The map of a page: with links on a record's own page, marked where a page's fields name regions.
    pub(super) fn map_for(&self, article: &Article, root: &str) -> Value {
        if article.url.as_deref() == Some("") {
            return self.maps.keys().next().map_or(Value::None, |registry| self.full_map(registry, root));
        }
        for (registry, drawing) in self.maps {
            let marks = self.marks(article, registry);
            if marks.current.is_empty() && marks.groups.is_empty() {
                continue;
            }
            let label = self.description(article, &marks);
            let svg = drawing.marked(&marks, registry, &label);
            return self.map_value(registry, svg, &marks);
        }
        Value::None
    }

    /// The map by which a reader finds the way in.
    pub(super) fn full_map(&self, registry: &str, root: &str) -> Value {
        let Some(drawing) = self.maps.get(registry) else { return Value::None };
        let svg = drawing.linked(self, registry, root, &[]);
        self.map_value(registry, svg, &Marks::default())
    }

    /// The regions that a page names in fields other than `areas`, and the page's own.
    fn marks<'a>(&'a self, article: &'a Article, registry: &str) -> Marks<'a> {
        let mut marks = Marks::default();
        if *article.id.registry == *registry {
            marks.current.push(&article.id);
        }
        let resolved = self.graph.resolved_of(&article.id);
        for (reference, resolved) in article.references.iter().zip(resolved) {
            let (Some(pointer), Resolved::Thing { id, .. }, Target::Field { .. }) =
                (&reference.field, resolved, &reference.target)
            else {
                continue;
            };
            if *id.registry != *registry || pointer.starts_with("/areas/") {
                continue;
            }
            let group = pointer.split('/').skip(2).find(|step| step.parse::<usize>().is_err()).unwrap_or("main");
            marks.fields.extend(pointer.split('/').nth(1));
            marks.groups.entry(group.to_owned()).or_default().push(id);
        }
        marks
    }

    /// The same in words: what the field that marks is called, then what is marked.
    fn description(&self, article: &Article, marks: &Marks<'_>) -> String {
        let names = |ids: &[&Id]| {
            ids.iter().filter_map(|id| self.graph.get(id)).map(|a| a.title.as_str()).collect::<Vec<_>>().join(", ")
        };
        let said = |group: &str| {
            let key = format!("map_{group}");
            if self.words().has(&key) { self.words().get(&key).to_owned() } else { crate::schema::capital(group) }
        };
        let mut fields =
            self.graph.schema.kinds.get(&article.kind).into_iter().flat_map(|kind| kind.checker.shape().fields());
        let title =
            fields.find(|(name, _)| marks.fields.contains::<str>(name)).and_then(|(_, field)| field.title.clone());
        let mut parts = Vec::new();
        parts.extend(Some(names(&marks.current)).filter(|names| !names.is_empty()));
        parts.extend(title.map(|title| title.to_string()));
        parts.extend(marks.groups.iter().map(|(group, ids)| format!("{}: {}", said(group), names(ids))));
        parts.join(". ")
    }

    fn map_value(&self, registry: &str, svg: String, marks: &Marks<'_>) -> Value {
        let ids = |list: &[&Id]| Value::list(list.iter().map(|id| Value::text(&id.slug)));
        let group = |name: &str| marks.groups.get(name).map_or(Value::None, |list| ids(list));
        let section = self.sections.get(registry);
        let sides = self.maps.get(registry).map(|drawing| drawing.sides(&marks.current)).unwrap_or_default();
        map! {
            title: Value::option(section.map(|section| section.title.as_str())),
            url: Value::option(section.and_then(|section| section.url.as_deref())),
            svg: Value::html(&svg),
            sides: Value::list(sides.into_iter().map(Value::text)),
            fields: Value::list(marks.fields.iter().map(|field| Value::text(field))),
            groups: self.map_groups(registry, marks),
            current: ids(&marks.current),
            main: group("main"),
            sometimes: group("sometimes"),
        }
    }

    fn map_groups(&self, registry: &str, marks: &Marks<'_>) -> Value {
        let groups = self.grouped(registry);
        Value::list(groups.into_iter().map(|(title, records)| {
            let items = records.into_iter().map(|record| {
                map! {
                    id: Value::text(&record.id.slug),
                    title: Value::text(&record.title),
                    url: Value::option(record.url.as_deref()),
                    count: Value::count(self.citing(&record.id)),
                    current: Value::Bool(marks.current.contains(&&record.id)),
                }
            });
            map! { title: Value::option(title.as_deref()), items: Value::list(items) }
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::parts_with;

    #[test]
    fn a_small_map_keeps_only_the_parts_with_a_mark() {
        let svg = "<svg viewBox=\"0 0 4 2\"><g data-part=\"0 0 2 2\"><path/><g data-part=\"\"><rect/></g></g><g data-part=\"2 0 2 2\"><g class=\"main\"><path/></g></g></svg>";
        let back = "<svg viewBox=\"2 0 2 2\"><g><g class=\"main\"><path/></g></g></svg>";
        assert_eq!(parts_with(svg, &["<g class=\"main\">".to_owned()]), back);
        let both = svg.replace("<rect/>", "<g class=\"current\"><rect/></g>");
        let marks = ["main", "current"].map(|class| format!("<g class=\"{class}\">"));
        assert!(parts_with(&both, &marks).contains("viewBox=\"0 0 4 2\""), "two parts are shown whole");
    }
}
