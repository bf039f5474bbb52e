//! Turns blocks and questions of all articles into what is said more than once.

use rustc_hash::FxHashMap;

use super::report::{Entry, Place};
use super::{Faq, Graph, faqs_of};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Span};
use crate::hash::Digest;
use crate::parse::{Article, Block, Id};
use crate::text::surface;

/// Compares everything once, in the order of paths, so that the first home does not depend on the order of files.
pub(super) fn all(graph: &mut Graph, diagnostics: &mut Diagnostics) {
    let mut report = std::mem::take(&mut graph.report);
    report.extend(graph.assets.report.iter().cloned());
    blocks(graph, &mut report, diagnostics);
    let homes = questions(graph, &mut report, diagnostics);
    report.sort();
    graph.homes = homes;
    graph.report = report;
}

fn in_order(graph: &Graph) -> Vec<&Article> {
    let mut order: Vec<&Article> = graph.articles.values().map(|a| &**a).collect();
    order.sort_by(|a, b| (&a.path, &a.base).cmp(&(&b.path, &b.base)));
    order
}

/// A block that stands in two articles is shown to the editor; both stay.
fn blocks(graph: &Graph, report: &mut Vec<Entry>, diagnostics: &mut Diagnostics) {
    let order = in_order(graph);
    let mut seen: FxHashMap<Digest, (&Article, &Block)> = FxHashMap::default();
    seen.reserve(order.iter().map(|article| article.blocks.len()).sum());
    for article in order {
        for block in article.blocks.iter().filter(|block| block.words >= graph.config.dedupe.min_words) {
            let Some((home, first)) = seen.get(&block.surface) else {
                seen.insert(block.surface, (article, block));
                continue;
            };
            let (here, there) =
                (Span::new(&article.path, block.range.clone()), Span::new(&home.path, first.range.clone()));
            let message = format!("this {} stands in {} too", block.what, home.path);
            let help = "say it in one place and link to it from the other";
            diagnostics.push(
                Diagnostic::new(Code::W502, here.clone(), message)
                    .help(help)
                    .see(there.clone(), "it stands here first"),
            );
            let place = |span: Span, id: &Id| Place { span, id: id.to_string() };
            report.push(Entry {
                kind: block.what,
                action: "flag",
                canonical: place(there, &home.id),
                others: vec![place(here, &article.id)],
                note: None,
            });
        }
    }
}

/// Equal questions have one home: the registry's record, else the first page. Different answers are shown.
fn questions(graph: &Graph, report: &mut Vec<Entry>, diagnostics: &mut Diagnostics) -> FxHashMap<String, (Id, String)> {
    let mut homes: FxHashMap<String, (Id, String)> = FxHashMap::default();
    let mut first: FxHashMap<String, (Faq<'_>, &Article, String)> = FxHashMap::default();
    // Places are looked up only where something is said twice: finding one reads the YAML again.
    let place =
        |faq: &Faq<'_>, article: &Article| Place { span: faq.owner.value(&faq.pointer), id: article.id.to_string() };
    for article in in_order(graph).into_iter().filter(|article| article.url.is_some()) {
        for faq in faqs_of(graph, article) {
            let (question, answer) = (surface(faq.question), surface(faq.answer));
            if let Some((known, home, before)) = first.get(&question) {
                // Two on one page were judged when the page was read (E511).
                if home.id == article.id {
                    continue;
                }
                let (canonical, here) = (place(known, home), place(&faq, article));
                if *before != answer {
                    let message =
                        format!("the question \"{}\" has another answer in {}", faq.question, canonical.span.path);
                    let help = "move the question to data/faqs.yaml and cite its id on both pages, or ask two different questions";
                    diagnostics.push(
                        Diagnostic::new(Code::W510, here.span.clone(), message)
                            .help(help)
                            .see(canonical.span.clone(), "the other answer"),
                    );
                    report.push(Entry {
                        kind: "faq",
                        action: "contradiction",
                        canonical,
                        others: vec![here],
                        note: None,
                    });
                } else if faq.record.is_none() {
                    report.push(Entry { kind: "faq", action: "note", canonical, others: vec![here], note: None });
                }
                continue;
            }
            homes.entry(format!("{question}\n{answer}")).or_insert_with(|| (article.id.clone(), faq.anchor.clone()));
            first.insert(question, (faq, article, answer));
        }
    }
    homes
}

/// What makes two questions one: the words of question and answer.
pub(crate) fn home_key(faq: &Faq<'_>) -> String {
    format!("{}\n{}", surface(faq.question), surface(faq.answer))
}
