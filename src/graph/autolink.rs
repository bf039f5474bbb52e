//! Turns mentions into links nobody wrote: the first in each section, few in all, never where a word has two meanings, and
//! only where a link is worth it; what is nearly worth it is proposed to the editor.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rayon::prelude::*;
use rustc_hash::FxHashSet;
use serde_json::Value;

use super::bar::Worths;
use super::mentions::{Event, Mentions, Terms};
use super::place::{heads_item, is_inflected, near, starts_sentence};
use super::resolve::Resolved;
use super::worth::{Around, Evidence, Expected, Own, Said, is_technical};
use super::{Graph, Parts, around, siblings};
use crate::config::Per;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::hash::Digest;
use crate::memo::{Group, Memo, Stage};
use crate::parse::{Article, Id, Rich, Target};
use crate::text::plain;

/// From here on a link is made.
const BAR: f32 = 0.3;
/// From here on it is proposed.
const PROPOSED: f32 = 0.2;
/// At most so many links of one page are proposed.
const PROPOSALS: usize = 5;
/// A page may have so many times the links that the site allows for its words, where they are worth it.
const CROWDED: usize = 3;
/// What a word is worth that nothing around it explains.
const ALONE: f32 = 0.25;

/// A link that the engine adds to a text.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct AutoLink {
    /// The JSON pointer of the field; none for the body.
    pub pointer: Option<String>,
    /// The bytes of the HTML that become the link.
    pub start: usize,
    pub end: usize,
    pub to: Id,
    pub words: String,
    pub section: String,
    pub context: String,
    /// How probable it is that an author would have linked it, in thousandths.
    pub worth: u16,
}

/// What was chosen for one article.
#[derive(Default)]
struct Chosen {
    /// Links that are worth it, of which those above the bar of the site are made.
    links: Vec<AutoLink>,
    /// How many links its authors made.
    by_hand: usize,
    /// Links that an editor may want to make: too weak to be made.
    proposed: Vec<AutoLink>,
    /// Words that were not linked, with the number of their term.
    unclear: Vec<(String, usize)>,
    sibling: Option<Diagnostic>,
}

/// The choices for neighbours.
struct Choices {
    list: Vec<Arc<Chosen>>,
    /// The digest of what is linked by each.
    linked: Digest,
    worths: Worths,
    /// Whether there is anything to tell.
    tells: bool,
}

/// The links nobody wrote, by the places of their articles.
#[derive(Default)]
pub(crate) struct AutoLinks {
    starts: Vec<usize>,
    choices: Vec<Arc<Choices>>,
    /// What a link must be worth to be made, in thousandths.
    bar: u16,
    /// The digest of what leads where.
    pub digest: Digest,
}

impl AutoLinks {
    fn new(groups: &[Group<'_, Arc<Article>>], choices: Vec<Arc<Choices>>, allowed: f64) -> Self {
        let worths = choices.iter().fold(Worths::default(), |sum, group| sum.add(&group.worths));
        let bar = worths.bar(allowed);
        let linked = |group: &Arc<Choices>| if bar == 0 { group.linked } else { group.linked_above(bar) };
        Self {
            starts: groups.iter().map(|group| group.start).collect(),
            digest: Digest::of(&choices.iter().map(linked).collect::<Vec<_>>()),
            choices,
            bar,
        }
    }

    /// Those of the article at a place.
    pub fn at(&self, place: usize) -> impl Iterator<Item = &AutoLink> + Clone {
        let links = self.chosen(place).map_or(&[][..], |chosen| &chosen.links);
        links.iter().filter(|link| link.worth >= self.bar)
    }

    fn chosen(&self, place: usize) -> Option<&Chosen> {
        let group = self.starts.partition_point(|start| *start <= place).checked_sub(1)?;
        self.choices[group].list.get(place - self.starts[group]).map(|chosen| &**chosen)
    }

    pub fn count(&self) -> usize {
        let links = self.choices.iter().flat_map(|group| group.list.iter()).flat_map(|chosen| &chosen.links);
        links.filter(|link| link.worth >= self.bar).count()
    }
}

impl Graph {
    /// The links nobody wrote in an article.
    pub fn auto_of(&self, id: &Id) -> impl Iterator<Item = &AutoLink> + Clone {
        self.articles.place(id).into_iter().flat_map(|place| self.auto.at(place))
    }

    /// Links that an editor may want to make in an article: those for which the site has no room first.
    pub fn proposed_of(&self, id: &Id) -> impl Iterator<Item = &AutoLink> {
        let chosen = self.articles.place(id).and_then(|place| self.auto.chosen(place));
        let links = chosen.into_iter().flat_map(|chosen| &chosen.links).filter(|link| link.worth < self.auto.bar);
        links.chain(chosen.into_iter().flat_map(|chosen| &chosen.proposed)).take(PROPOSALS)
    }
}

/// By words, the meanings for which no link was made.
pub(crate) type Skipped = BTreeMap<String, BTreeSet<String>>;

/// A group of articles, and what each of them mentions.
type Found<'g> = (&'g Group<'g, Arc<Article>>, Arc<Vec<Arc<Mentions>>>);

/// The links of every article.
pub(super) fn all(
    graph: &Graph,
    groups: &[Group<'_, Arc<Article>>],
    terms: &Terms,
    parts: &Parts<'_>,
    diagnostics: &mut Diagnostics,
) -> (AutoLinks, Skipped) {
    if parts.config.autolink.per == Per::Off || terms.is_empty() {
        return Default::default();
    }
    let memo = parts.memo;
    let list = |article: &Article| graph.resolved_of(&article.id);
    let find = |article: &Arc<Article>, _| terms.find(article, parts);
    let found = memo.each((Stage::Mentions, terms.digest()), groups, |article| article.digest, find);
    let found: Vec<Found<'_>> = groups.iter().zip(found).collect();
    let world = Digest::of(&(graph.digest, terms.digest()));
    let (said, evidence) = weigh(graph, world, &found, terms, memo);
    let choose = |(article, mentions): (&Arc<Article>, &Arc<Mentions>)| {
        let said = || Said::new(std::iter::once((&**article, &**mentions, list(article))), terms);
        memo.get(
            Stage::Links,
            || Digest::of(&(world, article.digest, evidence.of(&said()))),
            || {
                let mut choice = Choice::new(article, list(article), terms, &evidence, parts);
                choice.all(mentions);
                let (links, proposed) = choice.chosen();
                let sibling = siblings::check(article, mentions, terms, &graph.articles);
                Chosen { links, by_hand: choice.by_hand, proposed, unclear: choice.unclear, sibling }
            },
        )
    };
    let allowed = parts.config.autolink.max_per_100_words;
    let of_group = |((group, mentions), said): (&Found<'_>, &Arc<Said>)| {
        memo.get(
            Stage::Group,
            || Digest::of(&("links", world, group.digest, evidence.of(said))),
            || Choices::new(group.items, group.items.iter().zip(&**mentions).map(choose).collect(), allowed),
        )
    };
    let choices: Vec<Arc<Choices>> = found.par_iter().zip(&said).map(of_group).collect();
    let links = AutoLinks::new(groups, choices, allowed);
    let skipped = tell(&links, groups, terms, parts, diagnostics);
    (links, skipped)
}

/// The articles of a group that are pages, with what they mention and what their references are.
fn pages<'g>(graph: &'g Graph, (group, mentions): &'g Found<'_>) -> impl Iterator<Item = Own<'g>> {
    let own = group.items.iter().zip(&**mentions).filter(|(article, _)| article.url.is_some());
    own.map(|(article, mentions)| (&**article, &**mentions, graph.resolved_of(&article.id)))
}

/// What each group says, and what follows from all of them on what is worth a link.
fn weigh(graph: &Graph, world: Digest, found: &[Found<'_>], terms: &Terms, memo: &Memo) -> (Vec<Arc<Said>>, Evidence) {
    let count = |group: &Found<'_>| {
        let digest = || Digest::of(&("said", world, group.0.digest));
        memo.get(Stage::Group, digest, || Said::new(pages(graph, group), terms))
    };
    let said: Vec<Arc<Said>> = found.par_iter().map(count).collect();
    let mut evidence = Evidence::new(said.iter().map(|part| &**part), terms);
    if terms.any_ranked() {
        let expect = |(group, said): (&Found<'_>, &Arc<Said>)| {
            let digest = || Digest::of(&("expected", world, group.0.digest, evidence.of(said)));
            memo.get(Stage::Group, digest, || evidence.expected(pages(graph, group), terms))
        };
        let expected: Vec<Arc<Expected>> = found.par_iter().zip(&said).map(expect).collect();
        evidence.learn(expected.iter().map(|part| &**part));
    }
    (said, evidence)
}

impl Choices {
    fn new(articles: &[Arc<Article>], list: Vec<Arc<Chosen>>, allowed: f64) -> Self {
        let mut worths = Worths::default();
        for (article, chosen) in articles.iter().zip(&list) {
            worths.count(article, chosen.by_hand, &chosen.links, allowed);
        }
        let tells = list.iter().any(|chosen| !chosen.unclear.is_empty() || chosen.sibling.is_some());
        let mut choices = Self { list, linked: Digest::default(), worths, tells };
        choices.linked = choices.linked_above(0);
        choices
    }

    /// The digest of what is linked by each where links must be worth so much.
    fn linked_above(&self, bar: u16) -> Digest {
        let made = |chosen: &Arc<Chosen>| {
            let made = chosen.links.iter().filter(|link| link.worth >= bar);
            Digest::of(&made.map(|link| &link.to).collect::<Vec<_>>())
        };
        Digest::of(&self.list.iter().map(made).collect::<Vec<_>>())
    }
}

/// Tells of words with several meanings, each once, and of texts that speak of a namesake.
fn tell(
    links: &AutoLinks,
    groups: &[Group<'_, Arc<Article>>],
    terms: &Terms,
    parts: &Parts<'_>,
    diagnostics: &mut Diagnostics,
) -> Skipped {
    let mut skipped = Skipped::new();
    let telling = groups.iter().zip(&links.choices).filter(|(_, choices)| choices.tells);
    for (article, chosen) in telling.flat_map(|(group, choices)| group.items.iter().zip(&choices.list)) {
        diagnostics.extend(chosen.sibling.clone());
        for (words, term) in &chosen.unclear {
            let meanings = skipped.entry(words.to_lowercase()).or_default();
            let first = meanings.is_empty();
            meanings.extend(terms.get(*term).targets.iter().map(ToString::to_string));
            if first && !shared(terms, *term, parts) {
                diagnostics.push(unclear_words(article, words, meanings));
            }
        }
    }
    skipped
}

/// Whether all meanings are records of one registry that says its synonyms may be shared.
fn shared(terms: &Terms, term: usize, parts: &Parts<'_>) -> bool {
    let mut registries = terms.get(term).targets.iter().map(|id| &id.registry);
    registries.all(|name| parts.schema.registries.get(name).is_some_and(|registry| registry.shared_synonyms))
}

fn unclear_words(article: &Article, words: &str, meanings: &BTreeSet<String>) -> Diagnostic {
    let list = meanings.iter().cloned().collect::<Vec<_>>().join(", ");
    let span = crate::diagnostic::Span::new(&article.path, article.document.first_mention(words));
    let help = format!(
        "link the words by hand where a link helps, or add \"{}\" to autolink.stop in site.yaml",
        words.to_lowercase()
    );
    Diagnostic::new(Code::W704, span, format!("\"{words}\" is not linked: it can mean {list}")).help(help)
}

/// The first mention of a thing in a section.
struct Candidate<'a> {
    pointer: Option<&'a String>,
    rich: &'a Rich,
    bytes: (usize, usize),
    to: &'a Id,
    section: &'a str,
    worth: f32,
    /// Whether it had to be worth a link.
    ranked: bool,
    /// Whether an item of a list or a cell of a table begins with it.
    heads: bool,
}

/// The choice of links for one article.
struct Choice<'a> {
    article: &'a Article,
    resolved: &'a [Resolved],
    terms: &'a Terms,
    evidence: &'a Evidence,
    per: Per,
    room: usize,
    skip: FxHashSet<&'a str>,
    /// Registries to which its front matter refers: it speaks of such things.
    subjects: FxHashSet<&'a str>,
    seen: FxHashSet<&'a Id>,
    named: FxHashSet<&'a Id>,
    candidates: Vec<Candidate<'a>>,
    by_hand: usize,
    unclear: Vec<(String, usize)>,
}

/// A text of an article with its events.
#[derive(Clone, Copy)]
struct Text<'a> {
    pointer: Option<&'a String>,
    rich: &'a Rich,
}

impl<'a> Choice<'a> {
    fn new(
        article: &'a Article,
        resolved: &'a [Resolved],
        terms: &'a Terms,
        evidence: &'a Evidence,
        parts: &Parts<'_>,
    ) -> Self {
        let settings = &parts.config.autolink;
        let skip = article.fields.get("autolink").and_then(|value| value.get("skip")).and_then(Value::as_array);
        // For each hundred that is begun, so that a page of thirty words may have some.
        let room = (settings.max_per_100_words * article.words.div_ceil(100) as f64).ceil() as usize;
        let fields = article.references.iter().filter_map(|reference| match &reference.target {
            Target::Field { registry, .. } => Some(&**registry),
            _ => None,
        });
        Self {
            article,
            resolved,
            terms,
            evidence,
            per: settings.per,
            room,
            skip: skip.into_iter().flatten().filter_map(Value::as_str).collect(),
            subjects: fields.collect(),
            seen: FxHashSet::default(),
            named: FxHashSet::default(),
            candidates: Vec::new(),
            by_hand: 0,
            unclear: Vec::new(),
        }
    }

    fn all(&mut self, mentions: &'a Mentions) {
        let mut field = "";
        for (pointer, events) in mentions {
            let name = pointer.as_deref().and_then(|p| p.split('/').nth(1)).unwrap_or("");
            if name != field {
                self.new_section();
                field = name;
            }
            let rich = pointer.as_ref().map_or(Some(&self.article.body), |pointer| self.article.rich.get(pointer));
            if let Some(rich) = rich {
                self.text(Text { pointer: pointer.as_ref(), rich }, events);
            }
        }
    }

    fn new_section(&mut self) {
        if self.per == Per::Section {
            self.seen.clear();
        }
    }

    /// One text. A link by hand counts for its whole section, also where it comes after the mention.
    fn text(&mut self, text: Text<'a>, events: &'a [Event]) {
        let mut from = 0;
        let mut section = "";
        while from < events.len() {
            let until = events[from + 1..]
                .iter()
                .position(|event| matches!(event, Event::Section(_)))
                .map_or(events.len(), |n| from + 1 + n);
            if let Event::Section(id) = &events[from] {
                self.new_section();
                section = id;
            }
            let part = &events[from..until];
            let by_hand = part
                .iter()
                .filter_map(|event| if let Event::Hand(number) = event { self.resolved.get(*number) } else { None });
            let by_hand: Vec<&Id> = by_hand
                .filter_map(|resolved| if let Resolved::Thing { id, .. } = resolved { Some(id) } else { None })
                .collect();
            self.by_hand += by_hand.len();
            self.seen.extend(&by_hand);
            self.named.extend(&by_hand);
            for event in part {
                self.mention(text, event, section, (part, !by_hand.is_empty()));
            }
            from = until;
        }
    }

    fn mention(&mut self, text: Text<'a>, event: &Event, section: &'a str, around: (&[Event], bool)) {
        let Event::Mention { start, end, term: number, run } = event else { return };
        let term = self.terms.get(*number);
        let words = &text.rich.html[*start..*end];
        let [to] = term.targets.as_slice() else {
            if !term.targets.contains(&self.article.id) {
                self.unclear.push((plain(words), *number));
            }
            return;
        };
        let fits =
            *to != self.article.id && !self.skip.contains(&*to.slug) && near(&text.rich.html, *start, &term.needs);
        if fits && self.seen.insert(to) {
            let again = !self.named.insert(to);
            let heads = heads_item(&text.rich.html, *start);
            let worth = if term.ranked {
                let capital =
                    (!starts_sentence(&text.rich.html, run.0, *start)).then(|| words.starts_with(char::is_uppercase));
                let mutual = self.evidence.names(to, &self.article.id);
                let inflected = is_inflected(words, term);
                self.evidence.worth(*number, term, Around { capital, again, mutual, heads, inflected })
            } else if is_technical(term) || !term.needs.is_empty() || self.is_at_home(*number, to, around) {
                1.0
            } else {
                ALONE
            };
            let Text { pointer, rich } = text;
            let bytes = (*start, *end);
            self.candidates.push(Candidate { pointer, rich, bytes, to, section, worth, ranked: term.ranked, heads });
        }
    }

    /// Whether an everyday word means what it names here: the page is about such things, authors link it, or the section
    /// names another thing that no everyday word is.
    fn is_at_home(&self, number: usize, to: &Id, (part, by_hand): (&[Event], bool)) -> bool {
        let other = |event: &Event| match event {
            Event::Mention { term, .. } => {
                let term = self.terms.get(*term);
                is_technical(term) && !term.targets.contains(to) && !term.targets.contains(&self.article.id)
            }
            _ => false,
        };
        by_hand || self.subjects.contains(&*to.registry) || self.evidence.linked(number) || part.iter().any(other)
    }

    /// The best within the room there is, in the order of the text; and the best of the rest.
    fn chosen(&self) -> (Vec<AutoLink>, Vec<AutoLink>) {
        let mut order: Vec<usize> = (0..self.candidates.len()).collect();
        order.sort_by(|a, b| self.candidates[*b].worth.total_cmp(&self.candidates[*a].worth).then(a.cmp(b)));
        // The links of its authors take the room that a page has, but for names that are linked wherever they stand.
        let left = self.room.saturating_sub(self.by_hand);
        let mut taken = 0;
        let fits = |at: &usize| {
            let candidate = &self.candidates[*at];
            let room = if candidate.ranked { left * CROWDED } else { self.room };
            let free = candidate.ranked && candidate.heads && room > 0;
            let fits = candidate.worth >= BAR && (free || taken < room);
            taken += usize::from(fits && !free);
            fits
        };
        let (made, rest): (Vec<usize>, Vec<usize>) = order.into_iter().partition(fits);
        let list = |chosen: &[usize]| -> Vec<AutoLink> {
            let mut chosen = chosen.to_vec();
            chosen.sort_unstable();
            chosen.into_iter().map(|at| self.candidates[at].link()).collect()
        };
        let proposed = rest.iter().take_while(|at| self.candidates[**at].worth >= PROPOSED).take(PROPOSALS).count();
        (list(&made), list(&rest[..proposed]))
    }
}

impl Candidate<'_> {
    fn link(&self) -> AutoLink {
        let html = &self.rich.html;
        let (start, end) = self.bytes;
        AutoLink {
            pointer: self.pointer.cloned(),
            start,
            end,
            to: self.to.clone(),
            words: plain(&html[start..end]),
            section: self.section.to_owned(),
            context: around::sentence_at(html, start..end),
            worth: (self.worth * 1000.0) as u16,
        }
    }
}
