//! A build that remembers the last one gives the bytes of a build that remembers nothing, and computes no more than an
//! edit asks for.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::Mutex;

use fascicle::{Code, Diagnostic, Memo, Sources, Stage, compile};

#[path = "support/random.rs"]
mod random;

use random::Random;

/// Edits of one run; four runs with different seeds share the work among the cores.
const EDITS: usize = 250;

type Tree = BTreeMap<String, Vec<u8>>;

/// Everything a build says: its files, its reports, its diagnostics.
fn built(sources: &Sources, memo: &Memo) -> (Tree, Vec<Diagnostic>) {
    let (site, mut diagnostics) = compile(sources, memo);
    let tree = Mutex::new(Tree::new());
    let Ok(()) = site.render_all(memo, &mut diagnostics, |output| {
        tree.lock().unwrap().insert(output.route, output.bytes.to_vec());
        Ok::<(), Infallible>(())
    });
    let mut tree = tree.into_inner().unwrap();
    tree.extend(site.reports().map(|(name, text)| (format!("reports/{name}"), text.as_bytes().to_vec())));
    (tree, diagnostics.sorted().into_iter().cloned().collect())
}

impl Random {
    fn of<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.below(list.len())]
    }
}

const WORDS: [&str; 24] = [
    "calf",
    "heel",
    "press",
    "slowly",
    "rest",
    "warm",
    "trigger point",
    "upper arm",
    "stretch",
    "a",
    "the",
    "muscle",
    "hold",
    "breathe",
    "walk",
    "taut band",
    "twice",
    "daily",
    "ease",
    "lower back",
    "[@work-1]",
    "[[a1]]",
    "**now**",
    "`code`",
];

fn prose(random: &mut Random) -> String {
    if random.below(12) == 0 {
        return format!("![[a{}#{}]]\n\n", random.below(8), random.of(&["part-0", "part-1", "part-2"]));
    }
    let words: Vec<&str> = (0..9 + random.below(20)).map(|_| random.of(&WORDS)).collect();
    format!("Then {}.\n\n", words.join(" "))
}

/// An article with everything that reaches into other pages: links, terms, sources, areas, questions.
fn article(random: &mut Random, n: usize) -> String {
    let title = format!(
        "{} {} {n}",
        random.of(&["Ease", "Press", "Stretch", "Trigger points in"]),
        random.of(&["the calf", "the heel"])
    );
    let fields = [
        format!("areas: [area-{}]\n", random.below(3)),
        format!("sources: [work-{}, work-{}]\n", random.below(2), random.below(4)),
        format!("takeaways: [\"Hold {} s\", \"See [[a{}]]\"]\n", random.below(90), random.below(8)),
        format!(
            "faqs:\n  - {{q: \"Is it safe {}?\", a: \"Mostly, see [[a{}]].\"}}\n",
            random.below(3),
            random.below(8)
        ),
        format!("aliases: [\"name {}\"]\nwas: [old-{n}-{}]\n", random.below(5), random.below(2)),
        format!("summary: \"In {} words.\"\n", random.below(50)),
        "draft: true\n".to_owned(),
        "date: 2026-01-02\nreview: {last_reviewed: 2020-01-01}\n".to_owned(),
    ];
    let chosen: String = fields.iter().filter(|_| random.below(3) == 0).map(String::as_str).collect();
    let body: String = (0..3).map(|part| format!("## Part {part}\n\n{}{}", prose(random), prose(random))).collect();
    format!("---\ntitle: \"{title}\"\n{chosen}---\nSee [the next](a{}.md).\n\n{body}", random.below(8))
}

fn areas(random: &mut Random) -> String {
    (0..2 + random.below(2))
        .map(|n| format!("- {{id: area-{n}, label: \"{}\"}}\n", random.of(&["Upper arm", "Lower back", "Left calf"])))
        .collect()
}

fn glossary(random: &mut Random) -> String {
    let terms = ["trigger point", "taut band", "calf"];
    let few = terms.iter().enumerate().map(|(n, term)| {
        format!("- {{id: term-{n}, term: \"{term}\", definition: \"A place, see [[a{}]].\"}}\n", random.below(8))
    });
    let few: String = few.collect();
    // Now and then more than one page holds.
    let most = if random.below(4) == 0 { 310 } else { 0 };
    let more = (0..most).map(|n| format!("- {{id: more-{n}, term: \"word {n}\", definition: \"One of many.\"}}\n"));
    few + &more.collect::<String>()
}

fn works(random: &mut Random) -> String {
    (0..2 + random.below(3))
        .map(|n| {
            format!(
                "- {{id: work-{n}, title: \"Work {}\", url: \"https://example.org/{}\"}}\n",
                random.below(9),
                random.below(4)
            )
        })
        .collect()
}

fn settings(random: &mut Random) -> String {
    let lines = [
        "url: https://example.org/\n",
        "footer: \"See [[a1]].\"\n",
        "nav: [a1, area]\n",
        "autolink: {per: page}\n",
        "lang: de\n",
    ];
    let chosen: String = lines.iter().filter(|_| random.below(2) == 0).copied().collect();
    format!("title: Site {}\n{chosen}", random.below(9))
}

fn schema(random: &mut Random) -> String {
    let label = random.of(&["Areas", "Places"]);
    let toc = random.of(&["Notes", "Remarks"]);
    format!(
        "registries:\n  areas: {{file: data/areas.yaml, title: {label}, label: label, kind: area}}\nkinds:\n  area: {{title: Area}}\n  note:\n    folder: notes\n    properties:\n      remarks: {{toc: {toc}, type: array, items: {{type: string, format: markdown}}}}\n"
    )
}

/// One edit of any kind.
fn edit(sources: &mut Sources, random: &mut Random) {
    let n = random.below(8);
    let path = format!("content/{}a{n}.md", random.of(&["", "", "notes/"]));
    match random.below(17) {
        0..=3 => {
            if let Some(text) = sources.get(&path).and_then(|source| source.text()).map(|text| text.to_string()) {
                sources.insert_text(&path, &(text + &prose(random)));
            }
        }
        4..=6 => sources.insert_text(&path, &article(random, n)),
        7 => sources.remove(&path),
        8 => sources.insert_text("content/data/areas.yaml", &areas(random)),
        9 => sources.insert_text("content/data/glossary.yaml", &glossary(random)),
        10 => sources.insert_text("content/data/sources.yaml", &works(random)),
        11 => sources.insert_text("content/site.yaml", &settings(random)),
        12 => {
            let block = format!(
                "{{% extends \"default.html\" %}}{{% block end %}}<p>{}</p>{{% endblock end %}}",
                random.below(9)
            );
            sources.insert_text(&format!("theme/templates/{}.html", random.of(&["page", "area", "note"])), &block);
        }
        13 => sources.insert_text("theme/assets/site.css", &format!("p {{ margin: {}px }}", random.below(9))),
        14 => sources.insert_text("content/schema.yaml", &schema(random)),
        15 => sources.today = fascicle::Date::parse(random.of(&["2026-11-21", "2026-11-22", "2029-01-01"])),
        _ => sources.remove(random.of(&[
            "content/schema.yaml",
            "theme/templates/page.html",
            "theme/assets/site.css",
            "content/data/glossary.yaml",
        ])),
    }
}

fn site(random: &mut Random) -> Sources {
    let mut sources = Sources::default();
    sources.today = fascicle::Date::parse("2026-11-21");
    for n in 0..8 {
        sources.insert_text(&format!("content/a{n}.md"), &article(random, n));
    }
    sources.insert_text("content/site.yaml", &settings(random));
    sources.insert_text("content/data/areas.yaml", &areas(random));
    sources.insert_text("content/data/glossary.yaml", &glossary(random));
    sources.insert_text("content/data/sources.yaml", &works(random));
    sources
}

fn warm_equals_cold(seed: u64) {
    let random = &mut Random(seed);
    let mut sources = site(random);
    let memo = Memo::default();
    for step in 0..EDITS {
        let warm = built(&sources, &memo);
        let cold = built(&sources, &Memo::keeping(0));
        assert_eq!(warm.1, cold.1, "seed {seed}, edit {step}: other diagnostics");
        let differ: Vec<&String> =
            cold.0.iter().filter(|(route, bytes)| warm.0.get(*route) != Some(bytes)).map(|(route, _)| route).collect();
        assert!(differ.is_empty() && warm.0.len() == cold.0.len(), "seed {seed}, edit {step}: {differ:?}");
        edit(&mut sources, random);
    }
}

#[test]
fn warm_equals_cold_1() {
    warm_equals_cold(1);
}

#[test]
fn warm_equals_cold_2() {
    warm_equals_cold(2);
}

#[test]
fn warm_equals_cold_3() {
    warm_equals_cold(3);
}

#[test]
fn warm_equals_cold_4() {
    warm_equals_cold(4);
}

/// Sentences of which each is said by a few articles, by some with another number or a "not".
fn said(random: &mut Random) -> String {
    let number = random.below(60);
    let syllables = [["ba", "de", "fi", "go", "ku"][number % 5], ["lan", "mer", "tis", "von"][number / 5 % 4]];
    let name = format!("{}{}", syllables.concat(), ["da", "re", "so"][number / 20]);
    let hold = random.of(&["30", "45", "90"]);
    let what = random.of(&["You should", "You should not"]);
    match random.below(3) {
        0 => {
            format!("{what} press the {name} muscle of your left {name} shoulder for {hold} seconds every morning.\n\n")
        }
        1 => format!(
            "Breathe {hold} times before {name} lunch, walk around the {name} chair, then look at it again.\n\n"
        ),
        _ => format!("![[p{number}#more]]\n\n"),
    }
}

fn said_by(random: &mut Random, n: usize) -> String {
    let (first, more): (String, String) = ((0..3).map(|_| said(random)).collect(), said(random));
    format!("---\ntitle: \"Title {n}\"\n---\n{first}\n## More\n\n{more}See [[p{}]].\n", random.below(200))
}

/// Enough articles for several groups of neighbours, which share sentences.
#[test]
fn warm_equals_cold_among_many() {
    let random = &mut Random(5);
    let mut sources = Sources::default();
    sources.insert_text("content/site.yaml", "title: Many\n");
    for n in 0..200 {
        sources.insert_text(&format!("content/p{n}.md"), &said_by(random, n));
    }
    let memo = Memo::default();
    let mut contradictions = 0;
    for step in 0..40 {
        let [warm, cold] = [&memo, &Memo::keeping(0)].map(|memo| {
            let (site, diagnostics) = compile(&sources, memo);
            let reports: Vec<(&str, String)> = site.reports().collect();
            let diagnostics: Vec<Diagnostic> = diagnostics.sorted().into_iter().cloned().collect();
            let routes = (0..3).map(|at| format!("p{}/index.html", (step * 7 + at) % 200));
            let pages =
                routes.map(|route| site.render(&route, memo).map(|made| made.map(|output| output.bytes.to_vec())));
            (reports, diagnostics, pages.collect::<Vec<_>>())
        });
        assert!(warm == cold, "edit {step}: what is remembered differs");
        contradictions += warm.1.iter().filter(|diagnostic| diagnostic.code == Code::W510).count();
        let n = random.below(220);
        let path = format!("content/p{n}.md");
        if random.below(8) == 0 { sources.remove(&path) } else { sources.insert_text(&path, &said_by(random, n)) }
    }
    assert!(contradictions > 40, "the articles are to have something to say of each other");
}

/// A site of twenty articles, each of which links to the next two.
fn ring() -> Sources {
    let mut sources = Sources::default();
    for n in 0..20 {
        let (next, after) = ((n + 1) % 20, (n + 2) % 20);
        let folder = if n < 10 { "overview" } else { "safety" };
        let text = format!(
            "---\ntitle: \"Title {n}\"\nsummary: \"What page {n} is about.\"\n---\nThe first words of {n}.\n\n## More\n\nRead [[p{next}]] and [[p{after}]] too.\n\nProse of page {n} that nobody else shows.\n"
        );
        sources.insert_text(&format!("content/{folder}/p{n}.md"), &text);
    }
    sources.insert_text("content/site.yaml", "title: Ring\n");
    sources
}

fn replace(sources: &mut Sources, path: &str, from: &str, to: &str) {
    let text = sources.get(path).and_then(|source| source.text()).expect("the file is there").replacen(from, to, 1);
    sources.insert_text(path, &text);
}

/// What one change of a built site computes: parses, renders, and the pages that changed.
fn computed(change: impl Fn(&mut Sources)) -> (u64, u64, Vec<String>, u64) {
    let mut sources = ring();
    let memo = Memo::default();
    let (before, _) = built(&sources, &memo);
    let pages = memo.misses(Stage::Render);
    let (parses, renders) = (memo.misses(Stage::Parse), memo.misses(Stage::Render));
    change(&mut sources);
    let (after, _) = built(&sources, &memo);
    let changed = after.iter().filter(|(route, bytes)| before.get(*route) != Some(bytes) && route.ends_with(".html"));
    let changed = changed.map(|(route, _)| route.clone()).collect();
    (memo.misses(Stage::Parse) - parses, memo.misses(Stage::Render) - renders, changed, pages)
}

#[test]
fn nothing_computes_nothing() {
    assert_eq!(computed(|_| {}).0, 0);
    assert_eq!(computed(|_| {}).1, 0);
}

#[test]
fn prose_is_one_parse_and_one_render() {
    let (parses, renders, changed, _) =
        computed(|sources| replace(sources, "content/overview/p5.md", "nobody else", "no one"));
    assert_eq!((parses, renders), (1, 1));
    assert_eq!(changed, ["overview/p5/index.html"]);
}

#[test]
fn a_title_is_one_parse_and_the_pages_that_show_it() {
    let (parses, renders, changed, pages) =
        computed(|sources| replace(sources, "content/overview/p5.md", "Title 5", "Title 5b"));
    assert_eq!(parses, 1);
    assert_eq!(renders, changed.len() as u64, "rendered and unchanged, of {changed:?}");
    assert!(renders < pages, "{renders} of {pages} pages");
    for shows in [
        "overview/p5/index.html",
        "overview/p4/index.html",
        "overview/p3/index.html",
        "overview/index.html",
        "a-z/index.html",
    ] {
        assert!(changed.iter().any(|route| route == shows), "{shows} is not among {changed:?}");
    }
    assert!(!changed.iter().any(|route| route == "safety/p15/index.html"), "{changed:?}");
}

#[test]
fn a_template_is_every_render_and_no_parse() {
    let template = "{% extends \"default.html\" %}{% block top %}<h1>{{ page.title }}</h1>{% endblock top %}";
    let (parses, renders, _, pages) =
        computed(|sources| sources.insert_text("theme/templates/overview.html", template));
    assert_eq!((parses, renders), (0, pages));
}

#[test]
fn what_is_not_asked_for_is_forgotten() {
    let mut sources = ring();
    let memo = Memo::keeping(2);
    let first = sources.clone();
    built(&sources, &memo);
    replace(&mut sources, "content/overview/p5.md", "nobody else", "no one");
    for _ in 0..4 {
        built(&sources, &memo);
    }
    let parses = memo.misses(Stage::Parse);
    built(&first, &memo);
    assert_eq!(memo.misses(Stage::Parse) - parses, 1, "the earlier text is parsed again");
}
