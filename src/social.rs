//! Turns a title into the picture that other sites show beside a link to the page.

use std::sync::Arc;

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree};
use ttf_parser::{Face, OutlineBuilder};

use crate::builtin;
use crate::config::{Config, Social};
use crate::diagnostic::{Code, Diagnostic, Span};
use crate::hash::Digest;
use crate::source::Sources;

/// The drawing, with places for the words.
pub(crate) const PATH: &str = "theme/social.svg";
/// Lines stand this far apart, in sizes of the letters.
const LEADING: f32 = 1.2;

/// The pictures of a site: how they are drawn, and for what.
pub(crate) struct Pictures {
    drawing: Arc<str>,
    base: String,
    site: String,
    per_page: bool,
    /// The whole address of the picture of the site.
    of_site: String,
}

impl Pictures {
    /// None for a site without a public address, since a link to a picture must be whole, and where none are wanted.
    pub fn new(sources: &Sources, config: &Config) -> Option<Self> {
        let base = config.url.clone().filter(|_| config.social != Social::Off)?;
        let own = sources.get(PATH).and_then(|source| source.text()).cloned();
        let drawing = own.unwrap_or_else(|| builtin::text(PATH).unwrap_or("").into());
        let per_page = config.social == Social::Pages;
        let mut made = Self { drawing, base, site: config.title.clone(), per_page, of_site: String::new() };
        made.of_site = format!("{}/{}", made.base, made.route(&made.site));
        Some(made)
    }

    /// The title on the picture of a page: its own, or the site's where one picture serves all, and where the letters
    /// of a title are not in the font.
    fn shown<'t>(&'t self, title: &'t str) -> &'t str {
        let own = self.per_page && face().is_some_and(|face| has_letters(&face, title));
        if own { title } else { &self.site }
    }

    /// The file of a picture, below the site's root; named by all that is in it, so that it need not be drawn to be named.
    pub fn route(&self, title: &str) -> String {
        let shown = self.shown(title);
        // Bytes, not hashes of values: the name is the same on every machine.
        let all = [&*self.drawing, shown, &self.site].join("\u{0}");
        format!("assets/social.{}.png", Digest::of_bytes(all.as_bytes()).short(10))
    }

    /// The whole address of the picture of a page.
    pub fn address(&self, title: &str) -> String {
        if self.per_page { format!("{}/{}", self.base, self.route(title)) } else { self.of_site.clone() }
    }

    /// The whole address of the picture of the site.
    pub fn of_site(&self) -> &str {
        &self.of_site
    }

    /// The site's title, and with a picture a page all titles that are given.
    pub fn routes<'t>(&'t self, titles: impl Iterator<Item = &'t str>) -> Vec<(String, String)> {
        let own = titles.filter(|_| self.per_page).chain([self.site.as_str()]);
        own.map(|title| (self.route(title), self.shown(title).to_owned())).collect()
    }

    /// The picture as PNG.
    ///
    /// # Errors
    /// What is wrong with the theme's drawing.
    pub fn draw(&self, title: &str) -> Result<Vec<u8>, Box<Diagnostic>> {
        let fault = |why: String| {
            let message = format!("the picture for links cannot be drawn: {why}");
            Box::new(Diagnostic::new(Code::E802, Span::file(&PATH.into()), message).help(
                "it is an SVG whose <text data-fill=\"title\" x y font-size data-width data-lines fill/> are filled with words",
            ))
        };
        let svg = self.filled(title);
        let tree = Tree::from_str(&svg, &Options::default()).map_err(|error| fault(error.to_string()))?;
        let size = tree.size().to_int_size();
        let sane = size.width().max(size.height()) <= 4096;
        let mut pixmap = Pixmap::new(size.width(), size.height())
            .filter(|_| sane)
            .ok_or_else(|| fault("it is too large".to_owned()))?;
        resvg::render(&tree, Transform::identity(), &mut pixmap.as_mut());
        pixmap.encode_png().map_err(|error| fault(error.to_string()))
    }

    /// The drawing with outlines of letters in the place of its `<text data-fill>` elements.
    fn filled(&self, title: &str) -> String {
        let mut out = String::new();
        let mut rest = &*self.drawing;
        while let Some(at) = rest.find("<text ") {
            let end = rest[at..].find("/>").map_or(rest.len(), |n| at + n + 2);
            let element = &rest[at..end];
            out.push_str(&rest[..at]);
            let words = match attribute(element, "data-fill") {
                Some("title") => title,
                Some("site") if title == self.site => "",
                Some("site") => &self.site,
                _ => "",
            };
            out.push_str(&outlined(element, words).unwrap_or_default());
            rest = &rest[end..];
        }
        out + rest
    }
}

fn attribute<'e>(element: &'e str, name: &str) -> Option<&'e str> {
    let (_, rest) = element.split_once(&format!(" {name}=\""))?;
    rest.split('"').next()
}

fn face() -> Option<Face<'static>> {
    Face::parse(epaint_default_fonts::UBUNTU_LIGHT, 0).ok()
}

fn has_letters(face: &Face<'_>, text: &str) -> bool {
    text.chars().all(|c| c.is_whitespace() || face.glyph_index(c).is_some())
}

/// The words of one element as a path.
fn outlined(element: &str, words: &str) -> Option<String> {
    let face = face()?;
    let number = |name: &str| attribute(element, name)?.parse::<f32>().ok();
    let (x, y, mut size) = (number("x")?, number("y")?, number("font-size")?);
    let (width, most) = (number("data-width").unwrap_or(1000.0), number("data-lines").unwrap_or(1.0).max(1.0) as usize);
    let em = f32::from(face.units_per_em());
    let mut lines = wrapped(&face, words, width * em / size);
    // A long title is set smaller, down to three fifths; what is longer still ends in an ellipsis.
    let least = size * 0.6;
    while lines.len() > most && size > least {
        size *= 0.9;
        lines = wrapped(&face, words, width * em / size);
    }
    if lines.len() > most {
        lines.truncate(most);
        lines.last_mut()?.push('…');
    }
    let mut outline = Outline { path: String::new(), x, y, scale: size / em };
    for line in lines {
        outline.x = x;
        for c in line.chars() {
            let glyph = face.glyph_index(c).unwrap_or_default();
            face.outline_glyph(glyph, &mut outline);
            outline.x += f32::from(face.glyph_hor_advance(glyph).unwrap_or(0)) * outline.scale;
        }
        outline.y += size * LEADING;
    }
    let fill = attribute(element, "fill").unwrap_or("#000");
    Some(format!("<path fill=\"{}\" d=\"{}\"/>", crate::text::escape(fill), outline.path))
}

/// Words in lines of at most `width` units of the font; a longer word is cut.
fn wrapped(face: &Face<'_>, words: &str, width: f32) -> Vec<String> {
    let measure = |text: &str| -> f32 {
        let advance = |c| face.glyph_index(c).and_then(|glyph| face.glyph_hor_advance(glyph)).unwrap_or(0);
        text.chars().map(|c| f32::from(advance(c))).sum()
    };
    let mut lines: Vec<String> = vec![String::new()];
    for word in words.split_whitespace() {
        let Some(line) = lines.last_mut() else { break };
        let longer = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
        if measure(&longer) <= width {
            *line = longer;
            continue;
        }
        if !line.is_empty() {
            lines.push(String::new());
        }
        for c in word.chars() {
            let full = lines.last().is_some_and(|line| !line.is_empty() && measure(line) + measure("o") > width);
            if full {
                lines.push(String::new());
            }
            lines.last_mut().into_iter().for_each(|line| line.push(c));
        }
    }
    lines.retain(|line| !line.is_empty());
    lines
}

/// Letters as SVG path data, from the font's units to the picture's.
struct Outline {
    path: String,
    x: f32,
    y: f32,
    scale: f32,
}

impl Outline {
    fn put(&mut self, command: char, points: &[(f32, f32)]) {
        use std::fmt::Write as _;
        self.path.push(command);
        for (x, y) in points {
            let _ = write!(self.path, "{:.1} {:.1} ", self.x + x * self.scale, self.y - y * self.scale);
        }
    }
}

impl OutlineBuilder for Outline {
    fn move_to(&mut self, x: f32, y: f32) {
        self.put('M', &[(x, y)]);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.put('L', &[(x, y)]);
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        self.put('Q', &[(x1, y1), (x, y)]);
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        self.put('C', &[(x1, y1), (x2, y2), (x, y)]);
    }

    fn close(&mut self) {
        self.path.push('Z');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pictures(social: Social) -> Pictures {
        let config =
            Config { url: Some("https://example.org".into()), title: "A site".into(), social, ..Config::default() };
        Pictures::new(&Sources::default(), &config).expect("a site with an address has pictures")
    }

    #[test]
    fn a_title_becomes_a_picture_of_the_usual_size() {
        let png =
            pictures(Social::Pages).draw("What a very long title looks like when it needs more than one line").unwrap();
        assert_eq!(&png[1..4], b"PNG");
        assert_eq!((&png[16..20], &png[20..24]), (&1200u32.to_be_bytes()[..], &630u32.to_be_bytes()[..]));
        assert!(png.len() < 60_000, "{} bytes", png.len());
    }

    #[test]
    fn lines_are_as_wide_as_they_may_be_and_words_without_end_are_cut() {
        let face = face().unwrap();
        assert_eq!(wrapped(&face, "one two three", 1e6), ["one two three"]);
        assert!(wrapped(&face, "one two three", 2000.0).len() > 1);
        assert!(wrapped(&face, &"x".repeat(500), 9000.0).len() > 10);
    }

    #[test]
    fn one_picture_serves_a_site_that_does_not_ask_for_more() {
        let one = pictures(Social::Site);
        assert_eq!(one.address("This"), one.address("That"));
        assert_eq!(one.routes(["This", "That"].into_iter()).len(), 1);
        let each = pictures(Social::Pages);
        assert_ne!(each.address("This"), each.address("That"));
        assert_eq!(each.address("漢字"), each.of_site(), "letters that the font lacks");
    }
}
