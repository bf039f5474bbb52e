//! Turns pages of one file name in several folders into pages of different ids: `setup/install.md` and `guide/install.md`.
//!
//! An id is the file's name for as long as no other file of the kind has it. Where one has, both get their folders before
//! it, whatever the order of the files, and the bare name means neither: a reference by it is ambiguous. Ids that are
//! typed, and those of records, stay as they are.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::article::{file_id, place};
use super::{Article, Id, Rules};
use crate::hash::Digest;

/// Gives the folders to the ids of pages that are namesakes.
pub(super) fn apart(articles: &mut [Arc<Article>], rules: Rules<'_>) {
    let mut known: FxHashMap<Id, usize> = FxHashMap::default();
    let pages = || (0..).zip(articles.iter()).filter(|(_, article)| article.base.is_empty());
    let mut shared: Vec<usize> = Vec::new();
    for (at, article) in pages() {
        if let Some(first) = known.insert(article.id.clone(), at) {
            shared.extend([first, at]);
        }
    }
    shared.sort_unstable();
    shared.dedup();
    shared.retain(|at| is_named_by_file(&articles[*at], rules));
    for at in shared {
        let article = with_folders(&articles[at]);
        articles[at] = Arc::new(article);
    }
}

fn is_named_by_file(article: &Article, rules: Rules<'_>) -> bool {
    let record = rules.schema.kinds.get(&article.kind).is_none_or(|kind| kind.registry.is_some());
    !record && !article.fields.contains_key("id")
}

fn with_folders(article: &Article) -> Article {
    let (folders, stem) = place(&article.path);
    let name = file_id(&folders, stem);
    // The name of an index holds its folder.
    let above = if stem == "index" { folders.len().saturating_sub(1) } else { folders.len() };
    let slug: String = folders[..above].iter().map(|folder| format!("{folder}-")).chain([name.clone()]).collect();
    let digest = Digest::of(&(article.digest, &slug));
    let id = Id { slug: slug.as_str().into(), ..article.id.clone() };
    Article { id, digest, namesake: Some(name.as_str().into()), ..article.clone() }
}
