//! Turns each compiled site into the newest one that is worth showing: one with more errors never takes the place of one
//! with fewer, so that a good site stays until the next good one.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use crate::diagnostic::{Code, Diagnostic, Diagnostics, Severity};
use crate::memo::Stage;
use crate::site::Site;
use crate::source::Sources;

/// What is shown, and what is known of it.
pub(super) struct Newest {
    /// Counts the compiles.
    pub round: u64,
    pub site: Arc<Site>,
    /// The errors of the site that is shown. A first one may have some: better a page with its faults over it than none.
    shown_errors: usize,
    /// What is wrong with the newest texts, by file and place.
    pub faults: Vec<Diagnostic>,
    pub errors: usize,
    pub timing: Timing,
    /// Files that keep their names, and the round in which each changed.
    pub fixed: BTreeMap<String, u64>,
    /// The texts that faults point into.
    texts: BTreeMap<Arc<str>, Arc<str>>,
}

/// What one compile took.
#[derive(Clone, Debug, Default)]
pub struct Timing {
    /// The files that changed; none at the start.
    pub changed: Vec<Arc<str>>,
    /// The stages in their order.
    pub stages: Vec<(&'static str, Duration)>,
    /// How many values each memoized stage had to compute.
    pub computed: Vec<(Stage, u64)>,
    /// From the first event to the page that can be asked for.
    pub whole: Duration,
}

impl Newest {
    /// Makes the next state from the last one and a compile.
    pub fn after(
        last: Option<&Self>,
        site: Site,
        diagnostics: &Diagnostics,
        sources: &Sources,
        timing: Timing,
    ) -> Self {
        let faults: Vec<Diagnostic> = diagnostics.sorted().into_iter().cloned().collect();
        let errors = faults.iter().filter(|fault| fault.severity == Severity::Error).count();
        let round = last.map_or(1, |last| last.round + 1);
        let kept = last.filter(|last| errors > last.shown_errors);
        let fixed = match (kept, last) {
            (Some(kept), _) => kept.fixed.clone(),
            (None, Some(last)) => changed(last, &site, round),
            (None, None) => BTreeMap::new(),
        };
        let shown_errors = kept.map_or(errors, |kept| kept.shown_errors);
        let site = kept.map_or_else(|| Arc::new(site), |kept| kept.site.clone());
        let named = |fault: &Diagnostic| {
            let places = std::iter::once(&fault.span).chain(fault.related.iter().map(|(span, _)| span));
            places.map(|span| span.path.clone()).collect::<Vec<_>>()
        };
        let text = |path: Arc<str>| Some((path.clone(), sources.get(&path)?.text()?.clone()));
        // Templates too: they may fail on a page that is asked for later.
        let templates = sources.below("theme/").map(|source| source.path.clone());
        let texts = faults.iter().flat_map(named).chain(templates).filter_map(text).collect();
        Self { round, site, shown_errors, faults, errors, timing, fixed, texts }
    }

    pub fn warnings(&self) -> usize {
        self.faults.len() - self.errors
    }

    /// Whether the newest texts are what is shown.
    pub fn is_current(&self) -> bool {
        self.errors == self.shown_errors
    }

    /// The text of a file that a fault points into.
    pub fn text(&self, path: &str) -> Option<&str> {
        self.texts.get(path).map(|text| &**text).or_else(|| crate::builtin::text(path))
    }

    /// The source of a page, whether it is a draft, and whether its review is overdue.
    pub fn about(&self, route: &str) -> Option<(&Arc<str>, bool, bool)> {
        let (path, draft) = self.site.source(route)?;
        let overdue = self.faults.iter().any(|fault| fault.code == Code::W601 && fault.span.path == *path);
        Some((path, draft, overdue))
    }
}

/// The files with names of their own that differ from the last shown site's, beside those that did so before.
fn changed(last: &Newest, site: &Site, round: u64) -> BTreeMap<String, u64> {
    let mut fixed = last.fixed.clone();
    let old: BTreeMap<&str, &[u8]> = last.site.fixed_files().collect();
    for (route, bytes) in site.fixed_files() {
        // Files that were not read again are the same memory.
        let same = old.get(route).is_some_and(|old| std::ptr::eq(*old, bytes) || *old == bytes);
        if !same {
            fixed.insert(route.to_owned(), round);
        }
    }
    fixed
}
