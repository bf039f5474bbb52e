//! Turns Markdown into HTML with holes, an outline, references and blocks, in one pass over pulldown-cmark's events.

use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt::Write as _;
use std::ops::Range;

use pulldown_cmark::{BlockQuoteKind, BrokenLink, CodeBlockKind, CowStr, Event, HeadingLevel, LinkType, Options, Parser, Tag, TagEnd};

use super::blocks::Blocks;
use super::links::OpenLink;
use super::outline::{Anchors, Heading};
use super::tables::Table;
use super::{Block, Reference, Repeat, Rich, highlight, math, raw_html, sanitize};
use crate::diagnostic::{Code, did_you_mean};
use crate::text::{escape, push_escaped};

/// Lists, quotations and tables may nest this deep.
const DEPTH: usize = 60;
/// Output of one body; the floor lets small bodies with long link definitions through.
const OUTPUT_FLOOR: usize = 4 << 20;
const OUTPUT_FACTOR: usize = 24;
/// At most this many notices of one file: the author mends one and runs again.
const NOTICES: usize = 200;

/// A fault found in Markdown, at a range of the text given.
pub(super) struct Fault {
    pub code: Code,
    pub range: Range<usize>,
    pub message: String,
    pub help: Option<String>,
    pub see: Option<Range<usize>>,
}

/// What a body says.
#[derive(Default)]
pub(super) struct Body {
    pub rich: Rich,
    pub outline: Vec<Heading>,
    pub references: Vec<Reference>,
    pub blocks: Vec<Block>,
    pub repeats: Vec<Repeat>,
    pub words: usize,
    pub lead: String,
    pub faults: Vec<Fault>,
}

/// What the renderer must know of the article around the Markdown.
#[derive(Clone, Copy, Default)]
pub(super) struct Setting<'a> {
    /// The title, whose repetition as a first heading is dropped.
    pub title: &'a str,
    /// Blocks with fewer words may repeat.
    pub min_words: usize,
    /// The number of references made before.
    pub references: usize,
    /// Headings that the page generates anyway.
    pub generated: &'a [&'a str],
    /// Whether headings and repetitions are looked at: in a body, not in a field.
    pub body: bool,
    /// Anchors that the page uses for its own sections.
    pub reserved: &'a [String],
    /// Prefix of footnote anchors, so that fields and body do not collide.
    pub notes: &'a str,
}

/// HTML of one body without the site around it: what the Markdown alone says.
#[cfg(test)]
pub(crate) fn render_body(text: &str) -> String {
    render(text, Setting { min_words: usize::MAX, body: true, ..Setting::default() }).rich.html
}

fn options() -> Options {
    Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_HEADING_ATTRIBUTES
        | Options::ENABLE_MATH
        | Options::ENABLE_GFM
        | Options::ENABLE_DEFINITION_LIST
        | Options::ENABLE_WIKILINKS
}

/// Whether a text has nothing that Markdown could read as more than words.
pub(super) fn is_plain(text: &str) -> bool {
    let special = |b: u8| matches!(b, b'*' | b'_' | b'[' | b']' | b'<' | b'>' | b'&' | b'`' | b'$' | b'~' | b'#' | b'|' | b'\\' | b'\n' | b'!' | b':' | b'=' | b'"');
    let starts_block = text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | ' '));
    !starts_block && !text.bytes().any(special)
}

/// Renders Markdown.
pub(super) fn render<'t>(text: &'t str, setting: Setting<'t>) -> Body {
    let broken = RefCell::new(Vec::new());
    let on_broken = |link: BrokenLink<'t>| -> Option<(CowStr<'t>, CowStr<'t>)> {
        if link.reference.starts_with('@') && link.reference.len() > 1 {
            return Some((CowStr::from(format!("cite:{}", link.reference)), CowStr::from("")));
        }
        if matches!(link.link_type, LinkType::Reference | LinkType::ReferenceUnknown | LinkType::Collapsed | LinkType::CollapsedUnknown) {
            broken.borrow_mut().push((link.span.clone(), link.reference.to_string()));
        } else if link.reference.starts_with('^') && link.reference.len() > 1 {
            broken.borrow_mut().push((link.span.clone(), link.reference.to_string()));
        }
        None
    };
    let events = Parser::new_with_broken_link_callback(text, options(), Some(on_broken)).into_offset_iter();
    let mut writer = Writer::new(text, setting);
    for (event, range) in events {
        if !writer.event(event, range) {
            break;
        }
    }
    let mut body = writer.finish();
    for (range, name) in broken.into_inner() {
        body.faults.push(undefined(range, &name));
    }
    body
}

fn undefined(range: Range<usize>, name: &str) -> Fault {
    let (code, message, help) = match name.strip_prefix('^') {
        Some(note) => (Code::E208, format!("the footnote [^{note}] has no text"), format!("add a line `[^{note}]: the note`")),
        None => (Code::E209, format!("the link [{name}] has no definition"), format!("add a line `[{name}]: address`, or write \\[ where a bracket is meant")),
    };
    Fault { code, range, message, help: Some(help), see: None }
}

/// The state of one rendering.
pub(super) struct Writer<'a> {
    pub(super) source: &'a str,
    pub(super) setting: Setting<'a>,
    pub(super) out: String,
    /// The plain text of the block being written.
    pub(super) text: String,
    pub(super) body: Body,
    pub(super) anchors: Anchors,
    pub(super) link: Vec<OpenLink>,
    blocks: Blocks,
    table: Option<Table>,
    pub(super) heading: Option<(Range<usize>, usize, Vec<String>)>,
    code: Option<(String, String)>,
    /// Ranges of `out` that an author typed as HTML.
    raw: Vec<Range<usize>>,
    raw_depth: usize,
    /// Where blocks of HTML stand in the source.
    html_blocks: Vec<Range<usize>>,
    pub(super) leaf: usize,
    /// Images in the paragraph, and whether anything else stands in it.
    pub(super) pictures: usize,
    pub(super) prose: bool,
    pub(super) caption: Option<String>,
    depth: usize,
    notes: Notes,
    limit: usize,
}

/// Footnotes: numbered in the order of their first mark, written at the end.
#[derive(Default)]
struct Notes {
    numbers: HashMap<String, usize>,
    marks: Vec<usize>,
    texts: HashMap<String, (String, Range<usize>)>,
    open: Option<(String, usize)>,
    ranges: Vec<(String, Range<usize>)>,
    /// Marks without a text: the parser takes them for words.
    lost: Vec<(String, Range<usize>)>,
}

impl<'a> Writer<'a> {
    fn new(source: &'a str, setting: Setting<'a>) -> Self {
        let mut anchors = Anchors::default();
        for id in setting.reserved {
            anchors.take(id);
        }
        Self {
            source,
            setting,
            out: String::with_capacity(source.len() + source.len() / 2),
            text: String::new(),
            body: Body::default(),
            anchors,
            link: Vec::new(),
            blocks: Blocks::new(setting.min_words),
            table: None,
            heading: None,
            code: None,
            raw: Vec::new(),
            raw_depth: 0,
            html_blocks: Vec::new(),
            leaf: 0,
            pictures: 0,
            prose: false,
            caption: None,
            depth: 0,
            notes: Notes::default(),
            limit: OUTPUT_FLOOR.max(source.len().saturating_mul(OUTPUT_FACTOR)),
        }
    }

    /// Writes one event; `false` when a bound is met and the rest is not read.
    fn event(&mut self, event: Event<'_>, range: Range<usize>) -> bool {
        match event {
            Event::Start(tag) => return self.start(tag, range),
            Event::End(tag) => self.end(tag, range),
            Event::Text(text) => {
                if &*text == "[" {
                    self.lost_note(range.start);
                }
                self.words(&text);
            }
            Event::Code(code) => self.inline_code(&code),
            Event::InlineMath(latex) => self.math(&latex, false, range),
            Event::DisplayMath(latex) => self.math(&latex, true, range),
            Event::Html(html) => {
                match self.html_blocks.last_mut() {
                    Some(last) if last.end == range.start => last.end = range.end,
                    _ => self.html_blocks.push(range.clone()),
                }
                return self.html(&html, range);
            }
            Event::InlineHtml(html) => return self.html(&html, range),
            Event::FootnoteReference(name) => self.note_mark(&name, range),
            Event::SoftBreak => self.space("\n"),
            Event::HardBreak => self.space("<br>\n"),
            Event::Rule => self.out.push_str("<hr>\n"),
            Event::TaskListMarker(done) => {
                let (label, checked) = if done { ("done", " checked") } else { ("to do", "") };
                let _ = write!(self.out, "<input type=\"checkbox\" disabled aria-label=\"{label}\"{checked}> ");
            }
        }
        if self.out.len() > self.limit {
            self.fault(Code::E108, 0..1, "this text grows beyond all measure when it is rendered", "look for one long link definition that is used many times");
            return false;
        }
        true
    }

    pub(super) fn fault(&mut self, code: Code, range: Range<usize>, message: impl Into<String>, help: impl Into<String>) {
        if self.body.faults.len() < NOTICES {
            self.body.faults.push(Fault { code, range, message: message.into(), help: Some(help.into()), see: None });
        }
    }

    fn words(&mut self, text: &str) {
        if let Some((code, _)) = &mut self.code {
            code.push_str(text);
            return;
        }
        self.prose |= self.link.iter().all(|link| !link.image) && !text.trim().is_empty();
        self.text.push_str(text);
        if self.link.last().is_none_or(|link| link.shows_text()) {
            push_escaped(&mut self.out, text);
        }
    }

    fn space(&mut self, html: &str) {
        self.text.push(' ');
        if self.link.last().is_none_or(|link| link.shows_text()) {
            self.out.push_str(html);
        }
    }

    fn inline_code(&mut self, code: &str) {
        self.prose = true;
        self.text.push_str(code);
        if self.link.last().is_none_or(|link| link.shows_text()) {
            self.out.push_str("<code>");
            push_escaped(&mut self.out, code);
            self.out.push_str("</code>");
        }
    }

    fn math(&mut self, latex: &str, display: bool, range: Range<usize>) {
        self.prose = true;
        self.text.push_str(latex);
        match math::mathml(latex, display) {
            Ok(html) => self.out.push_str(&html),
            Err(message) => {
                let _ = write!(self.out, "<code>{}</code>", escape(latex));
                self.fault(Code::W711, range, format!("this formula cannot be read: {message}"), "write LaTeX between the dollar signs, or \\$ for a dollar");
            }
        }
    }

    fn html(&mut self, html: &str, range: Range<usize>) -> bool {
        self.prose = true;
        self.raw_depth = raw_html::depth_after(html, self.raw_depth);
        if self.raw_depth > super::sanitize::DEPTH {
            self.fault(Code::E108, range, "HTML nested too deeply", "close the elements, or write Markdown instead");
            return false;
        }
        let start = self.out.len();
        self.out.push_str(html);
        match self.raw.last_mut() {
            Some(last) if last.end == start => last.end = self.out.len(),
            _ => self.raw.push(start..self.out.len()),
        }
        true
    }

    /// A leaf block ends: HTML typed inside it is cleaned now, so that it cannot reach into the next block.
    fn close_leaf(&mut self, range: &Range<usize>) {
        if self.raw.last().is_none_or(|raw| raw.start < self.leaf) {
            return;
        }
        let first = self.raw.partition_point(|raw| raw.start < self.leaf);
        let raw: Vec<_> = self.raw.split_off(first).into_iter().map(|raw| raw.start - self.leaf..raw.end - self.leaf).collect();
        let (clean, lost) = raw_html::clean(&self.out[self.leaf..], &raw);
        self.out.truncate(self.leaf);
        self.out.push_str(&clean);
        self.raw_depth = 0;
        if lost {
            self.dropped(range.clone());
        }
    }

    /// The blocks of HTML that lose something by themselves; the first where only the whole does.
    fn dropped_blocks(&mut self) {
        let blocks = std::mem::take(&mut self.html_blocks);
        let lossy = |range: &&Range<usize>| sanitize::lost(&self.source[(*range).clone()], &sanitize::clean(&self.source[(*range).clone()]));
        let found: Vec<_> = blocks.iter().filter(lossy).cloned().collect();
        let first = blocks.into_iter().next().filter(|_| found.is_empty());
        found.into_iter().chain(first).for_each(|range| self.dropped(range));
    }

    fn dropped(&mut self, range: Range<usize>) {
        let end = self.source[range.clone()].find('\n').map_or(range.end, |n| range.start + n);
        self.fault(Code::W709, range.start..end, "part of this HTML is not allowed and was left out", "scripts, styles, event handlers and unknown elements never reach a page; use Markdown");
    }

    fn start(&mut self, tag: Tag<'_>, range: Range<usize>) -> bool {
        if !tag_is_inline(&tag) {
            self.depth += 1;
            if self.depth > DEPTH {
                self.fault(Code::E108, range, "lists or quotations nested too deeply", format!("nest at most {DEPTH} deep"));
                return false;
            }
            if self.depth == 1 {
                self.blocks.open(self.out.len(), self.body.references.len(), self.text.len());
            }
        }
        match tag {
            Tag::Paragraph => self.open_leaf("<p>"),
            Tag::Heading { level, id, attrs, .. } => self.open_heading(level, id.as_deref(), &attrs, range),
            Tag::BlockQuote(kind) => self.open_quote(kind),
            Tag::CodeBlock(kind) => self.code = Some((String::new(), language(&kind))),
            Tag::List(None) => self.out.push_str("<ul>\n"),
            Tag::List(Some(1)) => self.out.push_str("<ol>\n"),
            Tag::List(Some(start)) => _ = writeln!(self.out, "<ol start=\"{start}\">"),
            Tag::Item => self.open_leaf("<li>"),
            Tag::FootnoteDefinition(name) => self.notes.open = Some((name.to_string(), self.out.len())),
            Tag::DefinitionList => self.out.push_str("<dl>\n"),
            Tag::DefinitionListTitle => self.open_leaf("<dt>"),
            Tag::DefinitionListDefinition => self.open_leaf("<dd>"),
            Tag::Table(alignments) => {
                let table = Table::open(&alignments, self.out.len());
                self.table = Some(table);
            }
            Tag::TableHead | Tag::TableRow => self.table.iter_mut().for_each(|table| table.open_row(&mut self.out)),
            Tag::TableCell => {
                self.table.iter_mut().for_each(|table| table.open_cell(&mut self.out));
                self.leaf = self.out.len();
                self.text_gap();
            }
            Tag::Emphasis => self.out.push_str("<em>"),
            Tag::Strong => self.out.push_str("<strong>"),
            Tag::Strikethrough => self.out.push_str("<del>"),
            Tag::Superscript => self.out.push_str("<sup>"),
            Tag::Subscript => self.out.push_str("<sub>"),
            Tag::Link { link_type, dest_url, title, .. } => self.open_link(link_type, &dest_url, &title, range),
            Tag::Image { dest_url, title, .. } => self.open_image(&dest_url, &title, range),
            Tag::HtmlBlock | Tag::MetadataBlock(_) => {}
        }
        true
    }

    fn open_leaf(&mut self, html: &str) {
        self.text_gap();
        self.out.push_str(html);
        self.leaf = self.out.len();
        (self.pictures, self.prose, self.caption) = (0, false, None);
    }

    /// Words of two blocks do not run into each other.
    fn text_gap(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with(char::is_whitespace) {
            self.text.push('\n');
        }
    }

    fn open_quote(&mut self, kind: Option<BlockQuoteKind>) {
        let (class, word) = match kind {
            None => return self.out.push_str("<blockquote>\n"),
            Some(BlockQuoteKind::Note) => ("note", "Note"),
            Some(BlockQuoteKind::Tip) => ("tip", "Tip"),
            Some(BlockQuoteKind::Important) => ("important", "Important"),
            Some(BlockQuoteKind::Warning) => ("warning", "Warning"),
            Some(BlockQuoteKind::Caution) => ("caution", "Caution"),
        };
        let _ = writeln!(self.out, "<div class=\"alert {class}\" role=\"note\">\n<p class=\"alert-title\">{word}</p>");
    }

    fn open_heading(&mut self, level: HeadingLevel, id: Option<&str>, attrs: &[(CowStr<'_>, Option<CowStr<'_>>)], range: Range<usize>) {
        let was = attrs.iter().filter(|(key, _)| &**key == "was").filter_map(|(_, value)| value.as_deref()).flat_map(|v| v.split(',')).map(str::to_owned);
        let was = was.chain(id.map(|id| format!("#{id}"))).collect();
        self.text_gap();
        self.heading = Some((range, level as usize, was));
        self.leaf = self.out.len();
        self.text.clear();
    }

    fn close_heading(&mut self) {
        let Some((range, level, attrs)) = self.heading.take() else { return };
        self.close_leaf(&range);
        let html = self.out.split_off(self.leaf);
        let text = self.text.split_whitespace().collect::<Vec<_>>().join(" ");
        if self.setting.body && level == 1 && self.body.outline.is_empty() && text == self.setting.title {
            return;
        }
        let level = self.checked_level(level, &text, &range);
        let wanted = attrs.iter().find_map(|a| a.strip_prefix('#'));
        let id = self.anchors.name(wanted, &text);
        let was: Vec<String> = attrs.iter().filter(|a| !a.starts_with('#') && super::outline::is_anchor(a) && self.anchors.take(a)).cloned().collect();
        for old in &was {
            let _ = write!(self.out, "<span id=\"{old}\"></span>");
        }
        let label = escape(&text);
        let _ = writeln!(self.out, "<h{level} id=\"{id}\">{html} <a class=\"anchor\" href=\"#{id}\" aria-label=\"Link to: {label}\">#</a></h{level}>");
        self.body.outline.push(Heading { level, id, was, text });
    }

    /// The level to write, and what is wrong with the one typed.
    fn checked_level(&mut self, level: usize, text: &str, range: &Range<usize>) -> u8 {
        let shown = u8::try_from(level.max(2)).unwrap_or(6);
        if !self.setting.body {
            return shown;
        }
        let line = range.start..range.start + self.source[range.clone()].trim_end().len();
        if level == 1 {
            self.fault(Code::W707, line.clone(), "a heading of the first level in the text", "the title of the page is its only first heading: write ## here");
        }
        let before = self.body.outline.last().map_or(1, |heading| heading.level);
        if shown > before + 1 {
            let help = format!("write {} here: readers who listen to a page move by its levels", "#".repeat(usize::from(before) + 1));
            self.fault(Code::W705, line.clone(), format!("this heading skips a level: {} follows {}", "#".repeat(level), "#".repeat(usize::from(before))), help);
        }
        if self.setting.generated.contains(&text.to_lowercase().as_str()) {
            self.fault(Code::W120, line, format!("a section \"{text}\" typed by hand"), "leave it out: the page makes this section from its front matter and headings");
        }
        shown
    }

    fn end(&mut self, tag: TagEnd, range: Range<usize>) {
        match tag {
            TagEnd::Paragraph => self.close_paragraph(&range),
            TagEnd::Heading(_) => self.close_heading(),
            TagEnd::BlockQuote(kind) => self.out.push_str(if kind.is_some() { "</div>\n" } else { "</blockquote>\n" }),
            TagEnd::CodeBlock => self.close_code(),
            TagEnd::List(ordered) => self.out.push_str(if ordered { "</ol>\n" } else { "</ul>\n" }),
            TagEnd::Item => self.close_block_leaf(&range, "</li>\n"),
            TagEnd::FootnoteDefinition => self.close_note(range.clone()),
            TagEnd::DefinitionList => self.out.push_str("</dl>\n"),
            TagEnd::DefinitionListTitle => self.close_block_leaf(&range, "</dt>\n"),
            TagEnd::DefinitionListDefinition => self.close_block_leaf(&range, "</dd>\n"),
            TagEnd::Table => self.table.take().into_iter().for_each(|table| table.close(&mut self.out)),
            TagEnd::TableHead => self.table.iter_mut().for_each(|table| table.close_head(&mut self.out)),
            TagEnd::TableRow => self.out.push_str("</tr>\n"),
            TagEnd::TableCell => {
                self.close_leaf(&range);
                let name = self.out[self.leaf.min(self.out.len())..].to_owned();
                self.table.iter_mut().for_each(|table| table.close_cell(&name, &mut self.out));
            }
            TagEnd::Emphasis => self.out.push_str("</em>"),
            TagEnd::Strong => self.out.push_str("</strong>"),
            TagEnd::Strikethrough => self.out.push_str("</del>"),
            TagEnd::Superscript => self.out.push_str("</sup>"),
            TagEnd::Subscript => self.out.push_str("</sub>"),
            TagEnd::Link | TagEnd::Image => return self.close_link(range),
            TagEnd::HtmlBlock | TagEnd::MetadataBlock(_) => {}
        }
        if !end_is_inline(tag) {
            self.depth -= 1;
            if self.depth == 0 {
                self.close_block(tag, &range);
            }
        }
    }

    fn close_block_leaf(&mut self, range: &Range<usize>, html: &str) {
        self.close_leaf(range);
        self.out.push_str(html);
    }

    fn close_paragraph(&mut self, range: &Range<usize>) {
        self.close_leaf(range);
        if self.pictures == 1 && !self.prose {
            let inner = self.out.split_off(self.leaf);
            self.out.truncate(self.leaf - "<p>".len());
            let caption = self.caption.take().map(|c| format!("<figcaption>{}</figcaption>", escape(&c))).unwrap_or_default();
            let _ = writeln!(self.out, "<figure>{inner}{caption}</figure>");
        } else {
            self.out.push_str("</p>\n");
        }
        if self.body.lead.is_empty() && self.depth == 1 {
            self.body.lead = self.text.split_whitespace().collect::<Vec<_>>().join(" ");
        }
    }

    fn close_code(&mut self) {
        let Some((code, language)) = self.code.take() else { return };
        let class = if language.is_empty() { String::new() } else { format!(" class=\"language-{}\"", escape(&language)) };
        let _ = write!(self.out, "<pre tabindex=\"0\"><code{class}>");
        highlight::push_code(&mut self.out, &code, &language);
        self.out.push_str("</code></pre>\n");
        self.text.push_str(&code);
    }

    /// A block on the top level ends: sentences around references are known, and whether it stood here before.
    fn close_block(&mut self, tag: TagEnd, range: &Range<usize>) {
        self.body.words += self.text.split_whitespace().count();
        self.settle_contexts();
        if self.setting.body {
            if let Some(kept) = self.blocks.close(tag, &self.text, range, &mut self.body) {
                self.out.truncate(self.blocks.out);
                self.body.references.truncate(self.blocks.references);
                self.raw.retain(|raw| raw.end <= self.blocks.out);
                let help = "say it once: the first stays, this one is left out of the page";
                self.fault(Code::W502, range.start..range.start + self.source[range.clone()].trim_end().len(), format!("this {} stands on this page already", self.blocks.what), help);
                if let Some(fault) = self.body.faults.last_mut() {
                    fault.see = Some(kept);
                }
            }
        }
        self.text.clear();
    }

    fn note_mark(&mut self, name: &str, range: Range<usize>) {
        self.prose = true;
        let count = self.notes.numbers.len();
        let number = *self.notes.numbers.entry(name.to_owned()).or_insert(count + 1);
        if number > self.notes.marks.len() {
            self.notes.marks.push(0);
            self.notes.ranges.push((name.to_owned(), range));
        }
        self.notes.marks[number - 1] += 1;
        let (mark, prefix) = (self.notes.marks[number - 1], self.setting.notes);
        let _ = write!(self.out, "<sup class=\"note-mark\"><a id=\"{prefix}note-{number}-mark-{mark}\" href=\"#{prefix}note-{number}\">{number}</a></sup>");
    }

    fn close_note(&mut self, range: Range<usize>) {
        if let Some((name, start)) = self.notes.open.take() {
            let text = self.out.split_off(start);
            let end = range.start + name.len() + "[^]:".len();
            self.notes.texts.insert(name, (text, range.start..end));
        }
    }

    /// A bracket that stayed words, at a place of the source: the mark of a footnote that has no text?
    fn lost_note(&mut self, at: usize) {
        let escaped = self.source[..at].ends_with('\\');
        let name = self.source[at..].strip_prefix("[^").and_then(|rest| rest.split_once(']')).map(|(name, _)| name);
        let fits = |name: &&str| !name.is_empty() && !name.contains(|c: char| c.is_whitespace() || c == '[');
        if let Some(name) = name.filter(fits).filter(|_| !escaped && self.code.is_none()) {
            self.notes.lost.push((name.to_owned(), at..at + name.len() + "[^]".len()));
        }
    }

    /// Marks without a text, and texts without a mark.
    fn check_notes(&mut self) {
        for (name, range) in std::mem::take(&mut self.notes.lost) {
            let hint = did_you_mean(&name, self.notes.texts.keys().map(String::as_str));
            let help = format!("add a line `[^{name}]: the note`, or write \\[ where a bracket is meant");
            self.fault(Code::E208, range, format!("the footnote [^{name}] has no text{hint}"), help);
        }
        for (name, (_, range)) in std::mem::take(&mut self.notes.texts) {
            let help = format!("put the mark [^{name}] where the note belongs, or delete it");
            self.fault(Code::E208, range, format!("nothing refers to the footnote [^{name}], so no reader sees it"), help);
        }
    }

    fn finish(mut self) -> Body {
        self.write_notes();
        self.body.words += self.text.split_whitespace().count();
        self.settle_contexts();
        if !self.raw.is_empty() {
            let (clean, lost) = raw_html::clean(&self.out, &self.raw);
            self.out = clean;
            if lost {
                self.dropped_blocks();
            }
        }
        self.body.rich = Rich { holes: !self.body.references.is_empty(), html: self.out };
        self.body
    }

    fn write_notes(&mut self) {
        let ranges = std::mem::take(&mut self.notes.ranges);
        if ranges.is_empty() {
            return self.check_notes();
        }
        let prefix = self.setting.notes;
        self.out.push_str("<section class=\"notes\" aria-label=\"Notes\">\n<ol>\n");
        for (at, (name, range)) in ranges.into_iter().enumerate() {
            let number = at + 1;
            let Some((text, _)) = self.notes.texts.remove(&name) else {
                self.notes.lost.push((name, range));
                continue;
            };
            let _ = write!(self.out, "<li id=\"{prefix}note-{number}\">\n{text}");
            for mark in 1..=self.notes.marks[at] {
                let _ = write!(self.out, "<a class=\"back\" href=\"#{prefix}note-{number}-mark-{mark}\" aria-label=\"Back to the text\">↩</a>");
            }
            self.out.push_str("</li>\n");
        }
        self.out.push_str("</ol>\n</section>\n");
        self.check_notes();
    }
}

fn language(kind: &CodeBlockKind<'_>) -> String {
    match kind {
        CodeBlockKind::Fenced(info) => info.split([' ', ',', '{']).next().unwrap_or("").chars().take(40).collect(),
        CodeBlockKind::Indented => String::new(),
    }
}

fn tag_is_inline(tag: &Tag<'_>) -> bool {
    matches!(tag, Tag::Emphasis | Tag::Strong | Tag::Strikethrough | Tag::Superscript | Tag::Subscript | Tag::Link { .. } | Tag::Image { .. })
}

fn end_is_inline(tag: TagEnd) -> bool {
    matches!(tag, TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough | TagEnd::Superscript | TagEnd::Subscript | TagEnd::Link | TagEnd::Image)
}
