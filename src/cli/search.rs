//! Turns a query into the sections that answer it, ranked as in the browser.

use std::io::{self, Write};

use clap::Args;

use super::{Outcome, SiteArguments, read};
use crate::memo::Memo;
use crate::search::Answer;

/// Search the site as its readers do
#[derive(Args)]
pub(super) struct SearchArguments {
    #[command(flatten)]
    site: SiteArguments,
    /// What a reader would type
    #[arg(required = true, value_name = "QUERY")]
    query: Vec<String>,
    /// The most pages to show
    #[arg(long, short, default_value_t = 10, value_name = "N")]
    limit: usize,
    /// Search the words as typed, without corrections and synonyms
    #[arg(long)]
    literal: bool,
    /// Show what each word was searched as, and what it adds to each section
    #[arg(long)]
    explain: bool,
    /// Write the answer as JSON
    #[arg(long, conflicts_with = "explain")]
    json: bool,
}

/// Answers a query from the texts as they are now.
pub(super) fn search(arguments: &SearchArguments) -> io::Result<Outcome> {
    let sources = match read(&arguments.site) {
        Ok(sources) => sources,
        Err(why) => return Ok(Outcome::Misuse(why)),
    };
    let memo = Memo::keeping(0);
    let (site, _) = crate::compile::compile(&sources, &memo);
    let query = arguments.query.join(" ");
    let answers = site.search(&[query], arguments.limit.clamp(1, 1_000), arguments.literal, &memo);
    let Some(answer) = answers.into_iter().next() else {
        return Ok(Outcome::Misuse("the index cannot be read".to_owned()));
    };
    let mut out = io::stdout().lock();
    if arguments.json {
        serde_json::to_writer_pretty(&mut out, &answer)?;
        writeln!(out)?;
    } else {
        write(&mut out, &answer, arguments.explain)?;
    }
    Ok(if answer.pages.is_empty() { Outcome::Bad } else { Outcome::Good })
}

fn write(out: &mut impl Write, answer: &Answer, explain: bool) -> io::Result<()> {
    for correction in &answer.corrected {
        writeln!(
            out,
            "Showing \"{}\" for \"{}\"; --literal searches the words as typed",
            correction.to, correction.from
        )?;
    }
    if let Some(danger) = &answer.danger {
        writeln!(out, "! {}: {}\n  {}", danger.title, danger.text, danger.url)?;
    }
    if answer.pages.is_empty() {
        let near = if answer.nearest.is_empty() {
            String::new()
        } else {
            format!("; near are: {}", answer.nearest.join(", "))
        };
        return writeln!(out, "Nothing found{near}");
    }
    if explain {
        for term in &answer.terms {
            let forms: Vec<String> = term
                .forms
                .iter()
                .map(|(way, form, weight)| format!("{way} {form} x{:.1}", *weight as f64 / 10.0))
                .collect();
            writeln!(
                out,
                "{} (rarity {}): {}",
                term.word,
                term.rarity,
                if forms.is_empty() { "nothing".to_owned() } else { forms.join(", ") }
            )?;
        }
    }
    for page in &answer.pages {
        writeln!(out, "{}  {}  {:.0}", page.title, page.url, page.score)?;
        for section in &page.sections {
            let heading = if section.heading.is_empty() {
                String::new()
            } else {
                format!("{}  {}: ", section.heading, section.url)
            };
            let text: String = section.text.iter().map(|(text, _)| text.as_str()).collect();
            writeln!(out, "  {heading}{text}")?;
            if !section.without.is_empty() {
                writeln!(out, "    without: {}", section.without.join(", "))?;
            }
            if let Some(reason) = &section.reason {
                writeln!(out, "    {}: {} for {}", reason.way, reason.word, reason.asked)?;
            }
            if explain {
                let words: Vec<String> = answer
                    .terms
                    .iter()
                    .zip(&section.weights)
                    .map(|(term, weight)| format!("{} {weight}", term.word))
                    .collect();
                writeln!(out, "    {}", words.join(" + "))?;
            }
        }
    }
    writeln!(
        out,
        "{} found",
        match answer.total {
            1 => "1 page".to_owned(),
            n => format!("{n} pages"),
        }
    )
}
