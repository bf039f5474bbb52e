//! Asks small sites for what stands in few places: words that no text shows, questions, names of pages, long texts
//! without spaces.

use fascicle::{Answer, Memo, Sources, compile};

/// Answers of a site of these files.
fn ask(files: &[(&str, &str)], queries: &[&str]) -> Vec<Answer> {
    let mut sources = Sources::default();
    for (path, text) in files {
        sources.insert_text(path, text);
    }
    let memo = Memo::default();
    compile(&sources, &memo).0.search(queries, 5, false, &memo)
}

fn first(answer: &Answer) -> &str {
    answer.pages.first().map_or("", |page| &page.sections[0].url)
}

#[test]
fn a_page_is_found_by_words_it_does_not_show() {
    let mut sources = Sources::default();
    sources.insert_text("content/index.md", "---\ntitle: Bakery\n---\nBegin with the [bread](bread.md).\n");
    let bread = "---\ntitle: Bread\nsearch_words: [sourdough starter is dead]\n---\nFeed the flour, back to the [shelf](index.md).\n";
    sources.insert_text("content/bread.md", bread);
    let memo = Memo::default();
    let (site, _) = compile(&sources, &memo);
    let answer = &site.search(&["dead starter"], 5, false, &memo)[0];
    assert_eq!(answer.pages.first().map(|page| page.url.as_str()), Some("bread/"));
    let shown = serde_json::to_string(&answer.pages[0].sections).expect("an answer is JSON");
    assert!(!shown.contains("sourdough"), "{shown}");
    let page = site.render("bread/index.html", &memo).expect("a route").expect("a page");
    assert!(!String::from_utf8_lossy(&page.bytes).contains("sourdough"));
}

#[test]
fn a_word_with_a_synonym_is_no_slip() {
    let files = [
        ("content/site.yaml", "title: Bakery\nlang: en\nsynonyms: [[batt, dough], [oven spring, rise]]\n"),
        ("content/index.md", "---\ntitle: Bakery\n---\nA bath and a bat for all, but no oven sprint.\n"),
        ("content/dough.md", "---\ntitle: Dough\n---\nLeave the dough alone for an hour.\n"),
        ("content/loaf.md", "---\ntitle: Loaf\n---\nLet it rise in the heat.\n"),
    ];
    for (answer, url) in ask(&files, &["batt", "batt hour", "oven spring", "spring oven"])
        .iter()
        .zip(["dough/", "dough/", "loaf/", "loaf/"])
    {
        assert!(answer.corrected.is_empty(), "{}: {:?}", answer.query, answer.corrected);
        assert_eq!(first(answer), url, "{}", answer.query);
    }
}

#[test]
fn no_word_is_corrected_to_one_that_says_nothing() {
    let text = "The bust stood there, but nobody saw it. Which way did they go, and where to?";
    let files = [("content/index.md", &*format!("---\ntitle: Museum\n---\n{text}\n"))];
    let answers = ask(&files, &["butt hall", "whcih hall"]);
    assert_eq!(answers[0].corrected[0].to, "bust");
    // Where nothing else is near, that word was meant.
    assert_eq!(answers[1].corrected[0].to, "which");
}

#[test]
fn a_question_as_it_is_asked_comes_first() {
    let question = "faqs: [{id: ask, q: \"Who should I ask about a flat loaf?\", a: \"The miller, and after that one of the people at the long table who have baked with this flour before and know it.\"}]";
    let mut files = vec![
        ("content/index.md".to_owned(), format!("---\ntitle: Bakery\n{question}\n---\nWelcome.\n")),
        ("content/list.md".to_owned(), "---\ntitle: Flat loaf\n---\nA list.\n".to_owned()),
    ];
    for n in 0..30 {
        let text = format!("---\ntitle: Page {n}\n---\n## Loaf\n\nAsk.\n\n## Flat\n\nA flat loaf.\n");
        files.push((format!("content/p{n}.md"), text));
    }
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let answers = ask(&files, &["Who should I ask about a flat loaf?", "who to ask flat loaf"]);
    assert_eq!(answers.iter().map(first).collect::<Vec<_>>(), ["#faq-ask"; 2]);
}

#[test]
fn a_text_shows_the_titles_that_its_page_shows() {
    let files = [
        (
            "content/index.md",
            "---\ntitle: Bakery\n---\nKnead, or go to [[bread-basics]] for the [[loaf-two|second loaf]].\n",
        ),
        ("content/bread-basics.md", "---\ntitle: First loaves for everyone\n---\nFlour.\n"),
        ("content/loaf-two.md", "---\ntitle: Loaf two\n---\nWater.\n"),
    ];
    let answer = &ask(&files, &["knead"])[0];
    let shown: String = answer.pages[0].sections[0].text.iter().map(|(text, _)| text.as_str()).collect();
    assert_eq!(shown, "Knead, or go to First loaves for everyone for the second loaf.");
}

/// A book in a script without spaces is cut into words as a whole, and any of them is found.
#[test]
fn long_texts_without_spaces_are_found() {
    let thai = "\u{e1b}\u{e27}\u{e14}\u{e44}\u{e2b}\u{e25}\u{e48}".repeat(8_000);
    let files = [
        ("content/index.md", &*format!("---\ntitle: Home\n---\n{thai}\u{e19}\u{e49}\u{e33}\n")),
        ("content/other.md", "---\ntitle: Other\n---\nWater.\n"),
    ];
    let answers = ask(&files, &["\u{e44}\u{e2b}\u{e25}\u{e48}", "\u{e19}\u{e49}\u{e33}"]);
    assert_eq!(answers.iter().map(|answer| answer.pages.len()).collect::<Vec<_>>(), [1, 1]);
}
