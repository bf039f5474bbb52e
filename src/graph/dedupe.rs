//! Turns blocks and questions of all articles into what is said more than once.

use std::collections::BTreeSet;
use std::sync::Arc;

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::forms::Forms;
use super::index::{self, Mark};
use super::near::{self, Pair, Text};
use super::report::{Entry, Place};
use super::sentences::SENTENCE;
use super::whole::Whole;
use super::{Faq, Graph, Parts, copies, disclaimers, faqs_of, subject};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Span};
use crate::hash::Digest;
use crate::memo::{Group, groups};
use crate::parse::{Article, Block, Id, plain};
use crate::similar::{Guards, Relation, key, read, relate};

/// Compares everything once, in the order of paths, so that the first home does not depend on the order of files.
pub(super) fn all(graph: &Graph, whole: &Whole, parts: &Parts<'_>, diagnostics: &mut Diagnostics) -> Vec<Entry> {
    let list = graph.articles.list();
    let order: Vec<Arc<Article>> = whole.order.iter().map(|at| list[*at].clone()).collect();
    let groups = groups(&order, |article| &article.id, |article| article.digest);
    let mut report = Vec::new();
    let copied = copies::articles(graph, (&order, &groups), parts, &mut report, diagnostics);
    blocks(graph, (&order, &groups), &copied, parts, (&mut report, diagnostics));
    nearly((&order, &groups), &copied, whole, parts, (&mut report, diagnostics));
    report
}

/// The articles in the order of their paths, and the same in groups.
pub(super) type Order<'a> = (&'a [Arc<Article>], &'a [Group<'a, Arc<Article>>]);

/// Pairs of articles one of which is a copy of the other: their parts need no words of their own.
pub(super) type Copied = BTreeSet<(Id, Id)>;

fn is_copied(copied: &Copied, a: &Article, b: &Article) -> bool {
    !copied.is_empty()
        && (copied.contains(&(a.id.clone(), b.id.clone())) || copied.contains(&(b.id.clone(), a.id.clone())))
}

pub(super) fn path_key(article: &Article) -> (&str, &str) {
    (&article.path, &article.base)
}

pub(super) fn in_order(graph: &Graph) -> Vec<&Article> {
    let mut order: Vec<&Article> = graph.articles.values().map(|a| &**a).collect();
    order.sort_by_key(|article| path_key(article));
    order
}

/// A block that stands in two articles is shown to the editor; both stay.
fn blocks(
    graph: &Graph,
    (order, groups): Order<'_>,
    copied: &Copied,
    parts: &Parts<'_>,
    (report, diagnostics): (&mut Vec<Entry>, &mut Diagnostics),
) {
    let least = graph.config.dedupe.min_words;
    let features = |article: &Article, add: &mut dyn FnMut(u32, u32)| {
        for (block, number) in article.blocks.iter().zip(0..).filter(|(block, _)| block.words >= least) {
            add(block.surface.part(), number);
        }
    };
    let context = ("blocks", Digest::of(&least));
    let shared = index::shared(context, groups, parts.memo, features, |marks| {
        index::runs(marks).flatten().copied().collect::<Vec<Mark>>()
    });
    let mut places: Vec<Mark> = shared.iter().flat_map(|part| part.iter().copied()).collect();
    places.par_sort_unstable_by_key(|mark| (mark.article, mark.item));
    let mut seen: FxHashMap<Digest, (&Article, &Block)> = FxHashMap::default();
    // These are told where they are compared with the record that they should cite.
    let disclaimers = disclaimers::surfaces(graph);
    for mark in places {
        let article = &order[mark.article as usize];
        let block = &article.blocks[mark.item as usize];
        if disclaimers.contains(&block.surface) {
            continue;
        }
        let Some((home, first)) = seen.get(&block.surface) else {
            seen.insert(block.surface, (article, block));
            continue;
        };
        if is_copied(copied, home, article) {
            continue;
        }
        let (here, there) = (Span::new(&article.path, block.range.clone()), Span::new(&home.path, first.range.clone()));
        let message = format!("this {} stands in {} too", block.what, home.path);
        let help = "say it in one place: `fascicle check --fix` keeps it there and includes it here";
        diagnostics.push(
            Diagnostic::new(Code::W502, here.clone(), message).help(help).see(there.clone(), "it stands here first"),
        );
        report.push(Entry::same(block.what, "flag", Place::new(there, home), vec![Place::new(here, article)]));
    }
}

/// By the words of a question and its answer, the page and anchor where it is at home.
pub(crate) type Homes = FxHashMap<(Digest, Digest), (Id, String)>;

/// Equal questions have one home: the registry's record, else the first page. Different answers are shown, and so are those
/// that say the same in other words.
pub(super) fn questions<'g>(
    graph: &'g Graph,
    order: &[&'g Article],
    guards: &Guards,
    diagnostics: &mut Diagnostics,
) -> (Homes, Vec<Entry>) {
    let mut report = Vec::new();
    let mut homes = Homes::default();
    let mut first: FxHashMap<Digest, (Faq<'_>, &Article, Digest)> = FxHashMap::default();
    // Places are looked up only where something is said twice: finding one reads the YAML again.
    let place = |faq: &Faq<'_>, article: &Article| Place {
        id: article.id.to_string(),
        ..Place::new(faq.owner.value(&faq.pointer), faq.owner)
    };
    let keyed = |article: &&'g Article| {
        let list = faqs_of(graph, article).into_iter().map(|faq| (home_key(&faq), faq));
        (*article, list.collect::<Vec<_>>())
    };
    let asked: Vec<_> = order.par_iter().filter(|article| article.url.is_some()).map(keyed).collect();
    for (article, list) in asked {
        for ((question, answer), faq) in list {
            if let Some((known, home, before)) = first.get(&question) {
                // Two that are typed on one page were judged when the page was read.
                let cited = faq.record.is_some() || known.record.is_some();
                if home.id == article.id && !(cited && *before != answer) {
                    continue;
                }
                let (canonical, here) = (place(known, home), place(&faq, article));
                if home.id == article.id {
                    diagnostics.push(two_on_a_page(article, &faq, canonical.span));
                    continue;
                }
                if *before != answer {
                    let (told, entry) = answered_twice(known, &faq, (canonical, here), guards);
                    diagnostics.push(told);
                    report.push(entry);
                } else if faq.record.is_none() {
                    report.push(Entry::same("faq", "note", canonical, vec![here]));
                }
                continue;
            }
            homes.entry((question, answer)).or_insert_with(|| (article.id.clone(), faq.anchor.clone()));
            first.insert(question, (faq, article, answer));
        }
    }
    (homes, report)
}

/// A question that has two answers: two things, or one in other words.
fn answered_twice(
    known: &Faq<'_>,
    faq: &Faq<'_>,
    (first, here): (Place, Place),
    guards: &Guards,
) -> (Diagnostic, Entry) {
    let reading = |faq: &Faq<'_>| read(&format!("{} {}", plain(faq.question), plain(faq.answer)), guards);
    let relation = relate(&reading(known), &reading(faq), guards);
    let (question, path) = (&faq.question, &first.span.path);
    let told = if matches!(relation, Relation::Near(_)) {
        Diagnostic::new(
            Code::W501,
            here.span.clone(),
            format!("the question \"{question}\" is answered in other words in {path}"),
        )
        .help("keep one: move it to data/faqs.yaml and cite its id on both pages")
        .see(first.span.clone(), "it stands here")
    } else {
        let help = "move the question to data/faqs.yaml and cite its id on both pages, or ask two different questions";
        Diagnostic::new(
            Code::W510,
            here.span.clone(),
            format!("the question \"{question}\" has another answer in {path}"),
        )
        .help(help)
        .see(first.span.clone(), "the other answer")
    };
    let entry = match relation {
        Relation::Near(similarity) => {
            Entry { similarity: thousandths(similarity), ..Entry::same("faq", "flag", first, vec![here]) }
        }
        _ => Entry { guards: vec!["answer"], ..Entry::same("faq", "contradiction", first, vec![here]) },
    };
    (told, entry)
}

/// A question that is typed where a record is cited that asks it too.
fn two_on_a_page(article: &Article, faq: &Faq<'_>, first: Span) -> Diagnostic {
    let here = if faq.record.is_some() { article.value("/faqs") } else { article.value(&faq.pointer) };
    let message = format!("the question \"{}\" has another answer on this page already", faq.question);
    Diagnostic::new(Code::E511, here, message).help("keep one answer").see(first, "the first answer")
}

/// What makes two questions one: the digests of the words of question and answer, as they were taken when the file was
/// read.
pub(crate) fn home_key(faq: &Faq<'_>) -> (Digest, Digest) {
    let unit = faq.owner.units.iter().find(|unit| unit.keys.is_some() && unit.field.as_deref() == Some(&*faq.pointer));
    unit.and_then(|unit| unit.keys.as_deref().copied())
        .unwrap_or_else(|| (key(&plain(faq.question)), key(&plain(faq.answer))))
}

/// Texts that say the same in other words, and those that say nearly the same and mean another thing.
fn nearly(
    order: Order<'_>,
    copied: &Copied,
    whole: &Whole,
    parts: &Parts<'_>,
    (report, diagnostics): (&mut Vec<Entry>, &mut Diagnostics),
) {
    let pairs = near::pairs(order, whole, parts);
    let forms = Forms::of(&pairs);
    let place = |text: Text<'_>| (text.article.id.clone(), text.unit.field.clone());
    let answered: BTreeSet<_> = pairs
        .iter()
        .filter(|pair| pair.first.unit.what == "faq")
        .map(|pair| (place(pair.first), place(pair.second)))
        .collect();
    for pair in pairs {
        // The question and its answer were compared as one.
        if pair.first.unit.what == "question" && answered.contains(&(place(pair.first), place(pair.second))) {
            continue;
        }
        if is_copied(copied, pair.first.article, pair.second.article) || told(&pair) {
            continue;
        }
        let records = |text: Text<'_>| !text.article.base.is_empty();
        // A record is there to be cited; else the first place stays.
        let turned = records(pair.second) && !records(pair.first);
        let (home, other) = if turned { (pair.second, pair.first) } else { (pair.first, pair.second) };
        let why = if records(home) { "a record that pages can cite" } else { "the first place, by path" };
        let (here, there) = (span(other), span(home));
        let place = |span: &Span, text: Text<'_>| Place::new(span.clone(), text.article);
        let (canonical, others) = (place(&there, home), vec![place(&here, other)]);
        let what = if other.unit.what == "question" { "faq" } else { other.unit.what };
        let entry = Entry { why, ..Entry::same(what, "flag", canonical, others) };
        match pair.relation {
            Relation::Near(similarity) if other.unit.what == "question" => {
                diagnostics.push(two_answers(home, here, there));
                report.push(Entry {
                    action: "contradiction",
                    similarity: thousandths(similarity),
                    guards: vec!["answer"],
                    ..entry
                });
            }
            Relation::Near(similarity) => {
                if pair.equal || !subject::retells(home, other, parts.schema) {
                    diagnostics.push(same(home, other, here, there, pair.equal));
                }
                report.push(Entry { similarity: thousandths(similarity), ..entry });
            }
            Relation::Differ { guards, similarity, words } => {
                // Told in the report alone: one of several things of one form, or one text with more in it.
                if forms.tell([pair.first, pair.second], &guards)
                    && guards != ["detail"]
                    && !parallel(home, other, &guards)
                    && subject::is_one(home, other, &words, parts.schema)
                {
                    diagnostics.push(contradiction(home, other, (here, there), &guards));
                }
                report.push(Entry { action: "contradiction", similarity: thousandths(similarity), guards, ..entry });
            }
            Relation::Apart => {}
        }
    }
}

fn thousandths(similarity: f32) -> u16 {
    (similarity * 1000.0) as u16
}

/// Whether a pair was told already, or is not worth a word.
fn told(pair: &Pair<'_>) -> bool {
    let (a, b) = (pair.first, pair.second);
    let body = |text: Text<'_>| text.unit.field.is_none();
    let list = |text: Text<'_>| matches!(text.unit.what, "list item" | "text");
    let one_page = a.article.id == b.article.id;
    match &pair.relation {
        // Questions alone only matter where their answers differ, which is told by the answers.
        _ if a.unit.what == "question" => match &pair.relation {
            // Where a word is left over, two short questions may ask for two things.
            Relation::Near(similarity) if *similarity < 1.0 => true,
            Relation::Near(_) => one_page && a.unit.keys == b.unit.keys || !answers_apart(pair),
            _ => true,
        },
        Relation::Near(_) if pair.equal => {
            body(a) && body(b) && (both_blocks(a, b) || lists_of(a, b))
                || a.unit.keys.is_some() && a.unit.keys == b.unit.keys
        }
        // A question that is asked in the same words was looked at with its answers.
        Relation::Near(_) if same_question(a, b) => true,
        // The entries of one list are made alike on purpose.
        Relation::Differ { .. } => one_page && list(a) && list(b) || same_question(a, b),
        _ => false,
    }
}

/// Whether two texts that are equal were compared as blocks: an item of a list is none.
fn both_blocks(a: Text<'_>, b: Text<'_>) -> bool {
    a.unit.what == b.unit.what && a.unit.what != "list item"
}

/// Whether two items stand in lists that were told as a whole.
fn lists_of(a: Text<'_>, b: Text<'_>) -> bool {
    let around = |text: Text<'_>| {
        let lists = text.article.blocks.iter().filter(|block| block.what == "list");
        let inside = |block: &&Block| block.range.contains(&text.unit.range.start);
        lists.filter(inside).map(|list| list.surface).collect::<Vec<_>>()
    };
    let lists = around(a);
    a.unit.what == b.unit.what && around(b).iter().any(|list| lists.contains(list))
}

/// Two sections of one page that are told in one form: only a denial is worth a word.
fn parallel(a: Text<'_>, b: Text<'_>, guards: &[&str]) -> bool {
    a.article.id == b.article.id && a.unit.section != b.unit.section && !guards.contains(&"negation")
}

fn same_question(a: Text<'_>, b: Text<'_>) -> bool {
    matches!((&a.unit.keys, &b.unit.keys), (Some(x), Some(y)) if x.0 == y.0)
}

/// Whether two questions that are the same in other words have different answers.
fn answers_apart(pair: &Pair<'_>) -> bool {
    !pair.equal && matches!((&pair.first.unit.keys, &pair.second.unit.keys), (Some(a), Some(b)) if a.1 != b.1)
}

fn span(text: Text<'_>) -> Span {
    match &text.unit.field {
        None => Span::new(&text.article.path, text.unit.range.clone()),
        Some(pointer) => text.article.value(pointer),
    }
}

fn two_answers(home: Text<'_>, here: Span, there: Span) -> Diagnostic {
    let message =
        format!("this question is asked in other words in {}, and has another answer there", home.article.path);
    let help = "give one answer: move the question to data/faqs.yaml and cite its id on both pages, or ask two different questions";
    Diagnostic::new(Code::W510, here, message).help(help).see(there, "the other answer")
}

fn same(home: Text<'_>, other: Text<'_>, here: Span, there: Span, equal: bool) -> Diagnostic {
    let how = if equal { "stands" } else { "stands in other words" };
    let (code, message) = if other.unit.what == "faq" {
        (Code::W501, format!("this question is asked and answered in other words in {}", home.article.path))
    } else {
        (Code::W502, format!("this {} {how} in {} too", other.unit.what, home.article.path))
    };
    let help = if other.unit.what == "faq" {
        "keep one: move it to data/faqs.yaml and cite its id on both pages".to_owned()
    } else if disclaimers::is_one(&home.article.id) {
        let mended = other.unit.field.is_none() && matches!(other.unit.what, "paragraph" | "quotation");
        let mended = if mended { "; `fascicle check --fix` does so" } else { "" };
        format!("cite it: disclaimers: [{}]{mended}", home.article.id.slug)
    } else {
        format!("say it in one place and link there: [[{}]]", home.article.id.slug)
    };
    Diagnostic::new(code, here, message).help(help).see(there, "it stands here")
}

fn contradiction(home: Text<'_>, other: Text<'_>, (here, there): (Span, Span), guards: &[&'static str]) -> Diagnostic {
    let differs: Vec<&str> = guards
        .iter()
        .filter(|guard| **guard != SENTENCE)
        .map(|guard| match *guard {
            "negation" => "one denies what the other says",
            "number" => "a number or unit differs",
            "side" => "a word is replaced by its opposite",
            "modality" => "one asks for more than the other",
            "quantifier" => "one says it of more than the other",
            "order" => "two words changed places",
            "direction" => "one goes from where the other goes to",
            "actor" => "someone else does it",
            "choice" => "one says \"and\" where the other says \"or\"",
            "replaced" => "one word is another",
            _ => "they name different things",
        })
        .collect();
    let what = if other.unit.what == "question" { "question" } else { other.unit.what };
    let sentence = if guards.contains(&SENTENCE) { "a sentence of " } else { "" };
    let message = format!("{sentence}this {what} is nearly one in {}, but {}", home.article.path, differs.join(", "));
    let help = "if both are right, say what makes the difference; else mend one of them";
    Diagnostic::new(Code::W510, here, message).help(help).see(there, "the other place")
}
