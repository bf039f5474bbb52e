//! Holds a compiled site: all its addresses, each rendered when it is asked for.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use rayon::prelude::*;

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::feeds;
use crate::graph::{Edit, Graph, dedupe_report, fixes, links_report};
use crate::hash::Digest;
use crate::memo::{Memo, Stage};
use crate::page::{Plan, Subject, root_of, route_of};
use crate::render::{self, Output};
use crate::search::{self, Answer, Index};
use crate::source::{Body, Sources};
use crate::theme::Theme;

/// An immutable compiled site.
pub struct Site {
    graph: Graph,
    plan: Arc<Plan>,
    theme: Arc<Theme>,
    routes: Arc<Routes>,
    /// Made when a file of it is first asked for.
    index: OnceLock<Index>,
}

type Routes = BTreeMap<String, Route>;

/// What a site holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Pages, generated ones included.
    pub pages: usize,
    /// Things that stood twice and are now one.
    pub merged: usize,
    /// Links and references between pages.
    pub links: usize,
    /// Links that nobody wrote.
    pub automatic: usize,
}

#[derive(Clone)]
enum Route {
    Page(Subject),
    Redirect {
        root: String,
        target: String,
    },
    /// What machines read.
    Feed(&'static str),
    /// A picture that shows a title.
    Picture(String),
    File(Body),
}

impl Site {
    pub(crate) fn new(graph: Graph, plan: Arc<Plan>, theme: Arc<Theme>, memo: &Memo) -> Self {
        let digest = || Digest::of(&("routes", plan.digest, theme.digest));
        let routes = memo.get(Stage::Plan, digest, || routes(&graph, &plan, &theme));
        Self { graph, plan, theme, routes, index: OnceLock::new() }
    }

    /// Counts for the line at the end of a build.
    #[must_use]
    pub fn counts(&self) -> Counts {
        let report = self.graph.said_twice();
        let merged = report.iter().filter(|entry| entry.action != "flag" && entry.action != "contradiction");
        Counts {
            pages: self.plan.subjects.len(),
            merged: merged.map(|entry| entry.others.len()).sum(),
            links: self.graph.count_links(),
            automatic: self.graph.auto.count(),
        }
    }

    /// What a program can mend in the sources of this site.
    pub(crate) fn fixes(&self, sources: &Sources, diagnostics: &Diagnostics) -> Vec<Edit> {
        fixes(&self.graph, sources, diagnostics)
    }

    /// Whether the page at a route is that of a source file.
    pub(crate) fn is_made_from(&self, route: &str, path: &str) -> bool {
        let address = route.trim_end_matches("index.html");
        self.graph.articles.values().any(|article| *article.path == *path && article.url.as_deref() == Some(address))
    }

    /// Every path of the published site, in order.
    pub fn routes(&self) -> impl Iterator<Item = &str> {
        self.files(&Memo::keeping(0))
    }

    /// The same for those who have a memo: the files of the search index are known when it is made.
    pub(crate) fn files<'a>(&'a self, memo: &Memo) -> impl Iterator<Item = &'a str> + use<'a> {
        let index = self.index(memo).files.iter().map(|(name, _)| name.as_str());
        let mut all: Vec<&str> = self.routes.keys().map(String::as_str).chain(index).collect();
        all.sort_unstable();
        all.into_iter()
    }

    /// Answers queries as the script in the browser does, with at most `limit` pages each.
    pub fn search<Q: AsRef<str>>(&self, queries: &[Q], limit: usize, literal: bool, memo: &Memo) -> Vec<Answer> {
        self.index(memo).answers(queries, limit, literal)
    }

    /// The search index, made once.
    fn index(&self, memo: &Memo) -> &Index {
        self.index.get_or_init(|| search::index(&self.graph, memo))
    }

    /// Whether there is a file at a path.
    pub(crate) fn has(&self, route: &str) -> bool {
        self.routes.contains_key(route)
    }

    /// The source of a page that one article makes, and whether it is a draft.
    pub(crate) fn source(&self, route: &str) -> Option<(&Arc<str>, bool)> {
        let Some(Route::Page(Subject::Article(id))) = self.routes.get(route) else { return None };
        self.graph.get(id).map(|article| (&article.path, article.draft))
    }

    /// The files whose names say nothing of their content.
    pub(crate) fn fixed_files(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.graph.assets.fixed.iter().map(|(name, asset)| match &asset.body {
            Body::Text(text) => (name.as_str(), text.as_bytes()),
            Body::Bytes(bytes) => (name.as_str(), &**bytes),
        })
    }

    /// The reports by name: what was merged, what was linked.
    pub fn reports(&self) -> impl Iterator<Item = (&'static str, String)> {
        // Made when they are asked for: a preview seldom is.
        ["dedupe.json", "links.json"].into_iter().map(|name| match name {
            "dedupe.json" => (name, dedupe_report(&self.graph)),
            _ => (name, links_report(&self.graph)),
        })
    }

    /// Takes over what is known already: a picture is named by all that is in it, so one of the same name need not be
    /// drawn again.
    pub fn reuse(&mut self, known: impl Fn(&str) -> Option<Arc<[u8]>>) {
        for (name, route) in Arc::make_mut(&mut self.routes) {
            if let Route::Picture(_) = route
                && let Some(bytes) = known(name)
            {
                *route = Route::File(Body::Bytes(bytes));
            }
        }
    }

    /// The file at a path; `None` when the site has none.
    ///
    /// # Errors
    /// What went wrong in a template.
    pub fn render(&self, route: &str, memo: &Memo) -> Option<Result<Output, Box<Diagnostic>>> {
        if let Some(known) = self.routes.get(route) {
            return Some(self.output(route, known, memo));
        }
        if !route.starts_with("search/") {
            return None;
        }
        let (_, bytes) = self.index(memo).files.iter().find(|(name, _)| name == route)?;
        Some(Ok(Output { route: route.to_owned(), bytes: bytes.clone() }))
    }

    /// A page with every component of the theme in every state, for those who change it. It is no part of the site; its
    /// links start two folders below the root, at `__fascicle/components/`.
    ///
    /// # Errors
    /// What went wrong in a template.
    pub fn gallery(&self) -> Result<String, Box<Diagnostic>> {
        let page = &self.theme.gallery;
        let made = self.theme.render(page, &self.plan.shared.0);
        let bytes = made.map_err(|failure| Box::new(failure.diagnostic(Code::E802, Some(&page.path))))?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// Renders everything, in parallel, and hands each file to `sink`. What failed is reported; the first refusal of
    /// the sink is returned.
    ///
    /// # Errors
    /// The error of the sink.
    pub fn render_all<E: Send>(
        &self,
        memo: &Memo,
        diagnostics: &mut Diagnostics,
        sink: impl Fn(Output) -> Result<(), E> + Sync,
    ) -> Result<(), E> {
        // Before the loop: it has a parallel loop of its own, and may not be waited for inside another.
        let index = self.index(memo);
        diagnostics.extend(index.warnings.iter().cloned());
        for (route, bytes) in &index.files {
            sink(Output { route: route.clone(), bytes: bytes.clone() })?;
        }
        let routes: Vec<_> = self.routes.iter().collect();
        let done: Result<Vec<Option<Box<Diagnostic>>>, E> = routes
            .into_par_iter()
            .map(|(name, route)| match self.output(name, route, memo) {
                Ok(output) => sink(output).map(|()| None),
                Err(diagnostic) => Ok(Some(diagnostic)),
            })
            .collect();
        // One fault in a template breaks many pages: the first of each place speaks for all.
        let mut failed: BTreeMap<_, (Box<Diagnostic>, usize)> = BTreeMap::new();
        for diagnostic in done?.into_iter().flatten() {
            let place = diagnostic.span.clone();
            failed.entry(place).or_insert((diagnostic, 0)).1 += 1;
        }
        diagnostics.extend(failed.into_values().map(|(mut diagnostic, count)| {
            if count > 1 {
                diagnostic.message = format!("{} (and on {} more)", diagnostic.message, count - 1);
            }
            *diagnostic
        }));
        Ok(())
    }

    fn output(&self, name: &str, route: &Route, memo: &Memo) -> Result<Output, Box<Diagnostic>> {
        let bytes: Arc<[u8]> = match route {
            Route::Page(subject) => {
                return render::page(&self.plan.page(&self.graph, subject), &self.plan.shared, &self.theme, memo);
            }
            Route::Redirect { root, target } => {
                let made = self.theme.redirect(root, &format!("{root}{target}"), &self.graph.config.lang);
                made.map_err(|failure| Box::new(failure.diagnostic(Code::E802, Some(name))))?.into()
            }
            Route::Picture(title) => match &self.plan.pictures {
                Some(pictures) => pictures.draw(title)?.into(),
                None => Arc::default(),
            },
            Route::Feed(name) => feeds::file(&self.graph, name, self.plan.subjects.keys()).into_bytes().into(),
            Route::File(Body::Text(text)) => text.as_bytes().into(),
            Route::File(Body::Bytes(bytes)) => bytes.clone(),
        };
        Ok(Output { route: name.to_owned(), bytes })
    }
}

/// What stands at each address.
fn routes(graph: &Graph, plan: &Plan, theme: &Theme) -> Routes {
    let mut routes: Routes =
        graph.assets.fixed.iter().map(|(name, asset)| (name.clone(), Route::File(asset.body.clone()))).collect();
    for asset in graph.assets.published() {
        routes.insert(asset.url.clone(), Route::File(asset.body.clone()));
    }
    let own = graph.articles.values().filter_map(|article| article.lang.as_deref());
    for (url, body) in theme.published(&own.chain([graph.config.lang.as_str()]).collect()) {
        routes.insert(url.to_owned(), Route::File(body.clone()));
    }
    let titles = graph.articles.values().filter(|a| a.url.as_deref().is_some_and(|url| !url.contains('#')));
    let pictures = plan.pictures.as_ref().map(|pictures| pictures.routes(titles.map(|a| a.title.as_str())));
    routes.extend(pictures.into_iter().flatten().map(|(route, title)| (route, Route::Picture(title))));
    for (from, to) in &*graph.redirects {
        routes.insert(route_of(from), Route::Redirect { root: root_of(from), target: to.clone() });
    }
    for name in feeds::names(graph) {
        routes.entry(name.to_owned()).or_insert(Route::Feed(name));
    }
    routes.extend(plan.subjects.iter().map(|(route, subject)| (route.clone(), Route::Page(subject.clone()))));
    routes
}
