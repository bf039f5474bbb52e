//! Turns a page and a theme into the bytes of a file, once for everything both may say.

use std::sync::Arc;

use crate::diagnostic::{Code, Diagnostic};
use crate::hash::Digest;
use crate::memo::{Memo, Stage};
use crate::page::{Page, Shared};
use crate::theme::Theme;

/// A file of the published site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    /// The path below the site's root, with `/` between its parts.
    pub route: String,
    /// The content.
    pub bytes: Arc<[u8]>,
}

type Rendered = Result<Arc<[u8]>, Box<Diagnostic>>;

/// The file of a page, or what went wrong in its template.
pub(crate) fn page(
    page: &Page,
    shared: &(Shared, Digest),
    theme: &Theme,
    memo: &Memo,
) -> Result<Output, Box<Diagnostic>> {
    let digest = || Digest::of(&(page.digest(), shared.1, theme.digest));
    let rendered: Arc<Rendered> = memo.get(Stage::Render, digest, || match theme.render(page, &shared.0) {
        Ok(bytes) => Ok(bytes.into()),
        Err(failure) => Err(Box::new(failure.diagnostic(Code::E802, Some(&page.path)))),
    });
    match &*rendered {
        Ok(bytes) => Ok(Output { route: page.route.clone(), bytes: bytes.clone() }),
        Err(diagnostic) => Err(diagnostic.clone()),
    }
}
