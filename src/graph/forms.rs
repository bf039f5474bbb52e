//! Turns texts that differ by an ordinary word into those that nothing else on the site is told in the form of: a
//! contradiction perhaps, where three of a form are siblings.

use rustc_hash::FxHashMap;

use super::near::{Pair, Text};
use crate::similar::Relation;

/// How many texts each text is told in one form with.
pub(super) struct Forms<'g>(FxHashMap<Place<'g>, usize>);

type Place<'g> = (&'g str, &'g str, Option<&'g str>, usize);

impl<'g> Forms<'g> {
    /// Those of all pairs of a site.
    pub(super) fn of(pairs: &[Pair<'g>]) -> Self {
        let mut forms = FxHashMap::default();
        for pair in
            pairs.iter().filter(|pair| matches!(&pair.relation, Relation::Differ { guards, .. } if by_word(guards)))
        {
            for text in [pair.first, pair.second] {
                *forms.entry(place(text)).or_default() += 1;
            }
        }
        Self(forms)
    }

    /// Whether a pair differs by more than an ordinary word, or is alone in its form and no list, whose items are made
    /// alike.
    pub(super) fn tell(&self, pair: [Text<'g>; 2], guards: &[&str]) -> bool {
        !by_word(guards)
            || pair.iter().all(|text| text.unit.what != "list item" && self.0.get(&place(*text)) == Some(&1))
    }
}

fn by_word(guards: &[&str]) -> bool {
    guards == ["word"]
}

fn place(text: Text<'_>) -> Place<'_> {
    let id = &text.article.id;
    (&*id.registry, &*id.slug, text.unit.field.as_deref(), text.unit.range.start)
}
