//! Turns two texts that nearly say the same into whether they speak of one thing: else what differs is no contradiction.

use super::near::Text;
use crate::parse::Article;
use crate::schema::Schema;

/// Whether two texts that differ by a guard, and by these words, are about one subject. Paragraphs of bodies and questions
/// name their subject themselves; a field is about the thing whose field it is.
pub(super) fn is_one(a: Text<'_>, b: Text<'_>, words: &(Vec<String>, Vec<String>), schema: &Schema) -> bool {
    let all = |is: &dyn Fn(Text<'_>) -> bool| is(a) && is(b);
    if a.article.id == b.article.id || all(&|text| text.unit.keys.is_some()) || all(&|text| text.unit.field.is_none()) {
        return true;
    }
    let parts = [Part::of(a.article, schema), Part::of(b.article, schema)];
    let alike = words.0.is_empty() && words.1.is_empty();
    alike && !parts.contains(&Part::Work) && (parts.contains(&Part::Shared) || !parts.contains(&Part::Thing))
}

/// Whether one of two texts that say the same in other words is what a record says of a work, and the other is no such
/// record: a page may tell what its source tells.
pub(super) fn retells(a: Text<'_>, b: Text<'_>, schema: &Schema) -> bool {
    (Part::of(a.article, schema) == Part::Work) != (Part::of(b.article, schema) == Part::Work)
}

/// What the fields of an article are about.
#[derive(PartialEq, Eq)]
enum Part {
    /// A work that it describes.
    Work,
    /// A thing of a registry.
    Thing,
    /// Whatever page cites it: a disclaimer, a shared question.
    Shared,
    /// What the page is about.
    Page,
}

impl Part {
    fn of(article: &Article, schema: &Schema) -> Self {
        match schema.registries.get(&article.id.registry) {
            None => Self::Page,
            Some(registry) if !registry.identity.is_empty() => Self::Work,
            Some(_) if article.url.is_none() && !article.base.is_empty() => Self::Shared,
            Some(_) => Self::Thing,
        }
    }
}
