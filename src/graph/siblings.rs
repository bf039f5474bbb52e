//! Turns mentions into records whose texts speak of a namesake only: a text that was copied from one to the other.

use super::Articles;
use super::mentions::{Event, Mentions, Terms};
use crate::diagnostic::{Code, Diagnostic, Span};
use crate::parse::{Article, Id};
use crate::text::{name_key, plain};

/// Looks at a record whose text begins with the name of another record that shares a word with its own name, and never
/// says its own.
pub(super) fn check(article: &Article, mentions: &Mentions, terms: &Terms, articles: &Articles) -> Option<Diagnostic> {
    if !article.title.contains(' ') {
        return None;
    }
    let events = || mentions.iter().flat_map(|(pointer, events)| events.iter().map(move |event| (pointer, event)));
    let named =
        |event: &Event, id: &Id| matches!(event, Event::Mention { term, .. } if terms.get(*term).targets.contains(id));
    if events().any(|(_, event)| named(event, &article.id)) {
        return None;
    }
    let first = events().find_map(|(pointer, event)| {
        let Event::Mention { start, end, term, run } = event else { return None };
        let [other] = terms.get(*term).targets.as_slice() else { return None };
        let sibling = articles.get(other).filter(|other| are_siblings(article, other))?;
        let rich = pointer.as_ref().map_or(Some(&article.body), |pointer| article.rich.get(pointer))?;
        // Somewhere in a sentence a neighbour may be named.
        let before = plain(&rich.html[run.0..*start]);
        let begins = before.trim().is_empty() || before.trim().len() <= 4 && !before.contains(['.', ',']);
        begins.then(|| (sibling, plain(&rich.html[*start..*end])))
    });
    let (sibling, words) = first?;
    let span = Span::new(&article.path, article.document.inside(&article.base, &words));
    let message = format!("this text of \"{}\" speaks of \"{words}\" and never of itself", article.title);
    let help = "is it a text of the other one? If not, say whose it is";
    Some(Diagnostic::new(Code::W510, span, message).help(help).see(sibling.head(), "the other one"))
}

/// Records of one registry with names that share a word and not all.
fn are_siblings(a: &Article, b: &Article) -> bool {
    let (x, y) = (name_key(&a.title), name_key(&b.title));
    let shared = x.split(' ').filter(|word| word.len() > 3 && y.split(' ').any(|other| other == *word)).count();
    a.id.registry == b.id.registry && a.id != b.id && shared > 0 && x != y
}
