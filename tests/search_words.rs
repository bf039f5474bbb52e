//! Asks for a page by words that stand only in its `search_words`: it answers, and shows none of them.

use fascicle::{Memo, Sources, compile};

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
