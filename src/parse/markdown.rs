//! Turns Markdown into HTML with holes, an outline, references and blocks, in one pass over pulldown-cmark's events.

use std::cell::RefCell;
use std::fmt::Write as _;
use std::ops::Range;

use pulldown_cmark::{BlockQuoteKind, BrokenLink, CowStr, Event, LinkType, Parser, Tag, TagEnd};

use super::blocks::Blocks;
use super::headings::Siblings;
use super::leaves::language;
use super::leaves::{end_is_inline, tag_is_inline};
use super::links::{OpenLink, spoken};
use super::notes::Notes;
use super::outline::{Anchors, Heading};
use super::tables::Table;
use super::typed_tags::Typed;
use super::units::options;
use super::{Block, Reference, Repeat, Rich, Unit, raw_html};
use crate::diagnostic::Code;
use crate::similar::Topic;
use crate::text::{count_words, escape, push_escaped};
use crate::words::Language;

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
    pub anchors: Vec<String>,
    pub references: Vec<Reference>,
    pub blocks: Vec<Block>,
    pub repeats: Vec<Repeat>,
    pub units: Vec<Unit>,
    pub shingles: Vec<u32>,
    pub topic: Topic,
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
    /// The words of the interface in the language of the text; without them their names are shown.
    pub words: Option<&'a Language>,
    /// The public address of the site: what is typed with it leads inside.
    pub site: Option<&'a str>,
}

/// HTML of one body without the site around it: what the Markdown alone says.
#[cfg(test)]
pub(crate) fn render_body(text: &str) -> String {
    render(text, Setting { min_words: usize::MAX, body: true, ..Setting::default() }).rich.html
}

/// Whether a text has nothing that Markdown could read as more than words.
pub(super) fn is_plain(text: &str) -> bool {
    let special = |b: u8| {
        matches!(
            b,
            b'*' | b'_'
                | b'['
                | b']'
                | b'<'
                | b'>'
                | b'&'
                | b'`'
                | b'$'
                | b'~'
                | b'#'
                | b'|'
                | b'\\'
                | b'\n'
                | b'!'
                | b':'
                | b'='
                | b'"'
        )
    };
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
        let in_full = matches!(
            link.link_type,
            LinkType::Reference | LinkType::ReferenceUnknown | LinkType::Collapsed | LinkType::CollapsedUnknown
        );
        if in_full || link.reference.starts_with('^') && link.reference.len() > 1 {
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
        Some(note) => {
            (Code::E208, format!("the footnote [^{note}] has no text"), format!("add a line `[^{note}]: the note`"))
        }
        None => (
            Code::E209,
            format!("the link [{name}] has no definition"),
            format!("add a line `[{name}]: address`, or write \\[ where a bracket is meant"),
        ),
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
    pub(super) siblings: Siblings,
    pub(super) link: Vec<OpenLink>,
    blocks: Blocks,
    table: Option<Table>,
    pub(super) heading: Option<(Range<usize>, usize, Vec<String>)>,
    pub(super) code: Option<(String, String)>,
    /// Ranges of `out` that an author typed as HTML.
    pub(super) raw: Vec<Range<usize>>,
    pub(super) raw_depth: usize,
    /// The block of HTML that is being read.
    pub(super) typed: Typed,
    /// Whether the block of HTML that ends is a paragraph.
    pub(super) paragraph: bool,
    /// Where blocks of HTML stand in the source.
    pub(super) html_blocks: Vec<Range<usize>>,
    pub(super) leaf: usize,
    /// Where the last block on the top level starts in `out`.
    pub(super) last_block: Option<usize>,
    /// Images in the paragraph, and whether anything else stands in it.
    pub(super) pictures: usize,
    pub(super) prose: bool,
    pub(super) caption: Option<String>,
    pub(super) depth: usize,
    pub(super) notes: Notes,
    limit: usize,
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
            siblings: Siblings::default(),
            link: Vec::new(),
            blocks: Blocks::new(setting.min_words),
            table: None,
            heading: None,
            code: None,
            raw: Vec::new(),
            raw_depth: 0,
            typed: Typed::default(),
            paragraph: false,
            html_blocks: Vec::new(),
            leaf: 0,
            last_block: None,
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
            Event::End(TagEnd::HtmlBlock) if !self.html_block(&range) => return false,
            Event::End(tag) => self.end(tag, range),
            Event::Text(text) => {
                self.lost_note(&text, range.start);
                self.foreign_tag(&text, &range);
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
                self.typed.push(&html, range.start);
            }
            Event::InlineHtml(html) => {
                let mut typed = Typed::default();
                typed.push(&html, range.start);
                return self.html(&typed, range);
            }
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
            self.fault(
                Code::E108,
                0..1,
                "this text grows beyond all measure when it is rendered",
                "look for one long link definition that is used many times",
            );
            return false;
        }
        true
    }

    pub(super) fn fault(
        &mut self,
        code: Code,
        range: Range<usize>,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.push_fault(Fault { code, range, message: message.into(), help: Some(help.into()), see: None });
    }

    /// What is wrong beside something that stands first.
    pub(super) fn fault_beside(
        &mut self,
        code: Code,
        range: Range<usize>,
        message: impl Into<String>,
        help: impl Into<String>,
        first: Range<usize>,
    ) {
        self.push_fault(Fault { code, range, message: message.into(), help: Some(help.into()), see: Some(first) });
    }

    fn push_fault(&mut self, fault: Fault) {
        if self.body.faults.len() < NOTICES {
            self.body.faults.push(fault);
        }
    }

    fn words(&mut self, text: &str) {
        if let Some((code, _)) = &mut self.code {
            code.push_str(text);
            return;
        }
        self.prose |= self.link.iter().all(|link| !link.image) && !text.trim().is_empty();
        match self.link.last() {
            Some(link) if link.bare => self.text.push_str(&spoken(text)),
            _ => self.text.push_str(text),
        }
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

    fn start(&mut self, tag: Tag<'_>, range: Range<usize>) -> bool {
        if !tag_is_inline(&tag) {
            self.depth += 1;
            if self.depth > DEPTH {
                self.fault(
                    Code::E108,
                    range,
                    "lists or quotations nested too deeply",
                    format!("nest at most {DEPTH} deep"),
                );
                return false;
            }
            if self.depth == 1 {
                self.blocks.open(self.out.len(), self.text.len(), &self.body);
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
            Tag::Item => {
                self.open_leaf("<li>");
                self.blocks.open_item(self.text.len());
            }
            Tag::FootnoteDefinition(name) => self.notes.open = Some((name.to_string(), self.out.len())),
            Tag::DefinitionList => self.out.push_str("<dl>\n"),
            Tag::DefinitionListTitle => self.open_leaf("<dt>"),
            Tag::DefinitionListDefinition => {
                self.foreign_line(&range);
                self.open_leaf("<dd>");
            }
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
            Tag::Image { link_type, dest_url, title, .. } => self.open_image(link_type, &dest_url, &title, range),
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
    pub(super) fn text_gap(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with(char::is_whitespace) {
            self.text.push('\n');
        }
    }

    fn open_quote(&mut self, kind: Option<BlockQuoteKind>) {
        let (class, word) = match kind {
            None => return self.out.push_str("<blockquote>\n"),
            Some(BlockQuoteKind::Note) => ("note", "alert_note"),
            Some(BlockQuoteKind::Tip) => ("tip", "alert_tip"),
            Some(BlockQuoteKind::Important) => ("important", "alert_important"),
            Some(BlockQuoteKind::Warning) => ("warning", "alert_warning"),
            Some(BlockQuoteKind::Caution) => ("caution", "alert_caution"),
        };
        let word = escape(self.setting.word(word));
        let _ = writeln!(self.out, "<div class=\"alert {class}\" role=\"note\">\n<p class=\"alert-title\">{word}</p>");
    }

    fn end(&mut self, tag: TagEnd, range: Range<usize>) {
        match tag {
            TagEnd::Paragraph => self.close_paragraph(&range),
            TagEnd::Heading(_) => self.close_heading(),
            TagEnd::BlockQuote(kind) => self.out.push_str(if kind.is_some() { "</div>\n" } else { "</blockquote>\n" }),
            TagEnd::CodeBlock => self.close_code(),
            TagEnd::List(ordered) => self.out.push_str(if ordered { "</ol>\n" } else { "</ul>\n" }),
            TagEnd::Item => {
                self.close_block_leaf(&range, "</li>\n");
                self.blocks.close_item(&self.text, &range, &mut self.body);
            }
            TagEnd::FootnoteDefinition => self.close_note(range.clone()),
            TagEnd::DefinitionList => self.out.push_str("</dl>\n"),
            TagEnd::DefinitionListTitle => self.close_block_leaf(&range, "</dt>\n"),
            TagEnd::DefinitionListDefinition => self.close_block_leaf(&range, "</dd>\n"),
            TagEnd::Table => {
                self.table.take().into_iter().for_each(|table| table.close(&mut self.out, self.setting.words))
            }
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
            let paragraph = std::mem::take(&mut self.paragraph);
            if self.depth == 0 {
                self.close_block(if paragraph { TagEnd::Paragraph } else { tag }, &range);
            }
        }
    }

    fn close_block_leaf(&mut self, range: &Range<usize>, html: &str) {
        self.close_leaf(range);
        self.out.push_str(html);
    }

    /// A block on the top level ends: sentences around references are known, and whether it stood here before.
    fn close_block(&mut self, tag: TagEnd, range: &Range<usize>) {
        self.body.words += count_words(&self.text);
        self.settle_contexts();
        if self.setting.body
            && let Some(kept) = self.blocks.close(tag, &self.text, range, &mut self.body)
        {
            self.cut(self.blocks.out);
            let help = "say it once: the first stays, this one is left out of the page";
            self.fault_beside(
                Code::W502,
                range.start..range.start + self.source[range.clone()].trim_end().len(),
                format!("this {} stands on this page already", self.blocks.what),
                help,
                kept,
            );
        }
        self.last_block = Some(self.blocks.out);
        self.text.clear();
    }

    fn finish(mut self) -> Body {
        self.write_notes();
        self.body.words += count_words(&self.text);
        self.settle_contexts();
        if !self.raw.is_empty() {
            let (clean, lost) = raw_html::clean(&self.out, &self.raw);
            self.out = clean;
            if lost {
                self.dropped_blocks();
            }
        }
        self.body.topic = self.blocks.sketcher.topic();
        self.body.shingles = std::mem::take(&mut self.blocks.sketcher.shingles);
        // It is kept for as long as the site is.
        self.out.shrink_to_fit();
        self.body.rich = Rich { holes: !self.body.references.is_empty(), html: self.out };
        self.body
    }
}
