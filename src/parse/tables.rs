//! Turns the cells of a Markdown table into a table that becomes cards on a phone, each cell with the name of its column.

use std::fmt::Write as _;

use pulldown_cmark::Alignment;

use crate::words::Language;

/// An open table.
pub(super) struct Table {
    alignments: Vec<Alignment>,
    names: Vec<String>,
    column: usize,
    head: bool,
    /// Where the name of the region goes, once the first column's is known.
    start: usize,
}

impl Table {
    pub fn open(alignments: &[Alignment], start: usize) -> Self {
        Self { alignments: alignments.to_vec(), names: Vec::new(), column: 0, head: true, start }
    }

    pub fn open_row(&mut self, out: &mut String) {
        self.column = 0;
        out.push_str(if self.head { "<thead>\n<tr>" } else { "<tr>" });
    }

    pub fn open_cell(&mut self, out: &mut String) {
        let class = match self.alignments.get(self.column) {
            Some(Alignment::Right) => " class=\"right\"",
            Some(Alignment::Center) => " class=\"center\"",
            _ => "",
        };
        if self.head {
            let _ = write!(out, "<th scope=\"col\"{class}>");
        } else {
            let label = self.names.get(self.column).map(String::as_str).filter(|name| !name.is_empty());
            let label = label.map(|name| format!(" data-label=\"{}\"", crate::text::escape(name))).unwrap_or_default();
            let _ = write!(out, "<td{class}{label}>");
        }
    }

    pub fn close_cell(&mut self, html: &str, out: &mut String) {
        if self.head {
            // A name with a reference in it would carry a hole into an attribute.
            self.names.push(if html.contains(super::HOLE) { String::new() } else { crate::text::plain(html) });
        }
        out.push_str(if self.head { "</th>" } else { "</td>" });
        self.column += 1;
    }

    pub fn close_head(&mut self, out: &mut String) {
        self.head = false;
        out.push_str("</tr>\n</thead>\n<tbody>\n");
    }

    pub fn close(self, out: &mut String, words: Option<&Language>) {
        out.push_str("</tbody>\n</table>\n</div>\n");
        let names: Vec<&str> = self.names.iter().map(String::as_str).filter(|name| !name.is_empty()).collect();
        let columns = names.join(", ");
        let label = match words {
            Some(words) if names.is_empty() => words.get("table").to_owned(),
            Some(words) => words.fill("table_of", &[("columns", &columns)]),
            None => columns,
        };
        // Where every column has a name, each row can become a card on a phone.
        let class = if names.len() == self.names.len() { " class=\"stack\"" } else { "" };
        let open = format!(
            "<div class=\"table\" role=\"region\" tabindex=\"0\" aria-label=\"{}\">\n<table{class}>\n",
            crate::text::escape(&label)
        );
        out.insert_str(self.start, &open);
    }
}
