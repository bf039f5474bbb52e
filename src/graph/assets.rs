//! Turns the pictures and downloads of a site into published files named by their content.

use std::collections::BTreeMap;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::report::{Entry, Place};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Span};
use crate::hash::Digest;
use crate::memo::{Memo, Stage};
use crate::parse::sanitize;
use crate::source::{Body, Source, Sources};

/// A file beside the articles.
#[derive(Clone, Debug)]
pub(crate) struct Asset {
    pub path: Arc<str>,
    /// The address relative to the site's root, with a part of the content's digest in the name.
    pub url: String,
    /// Width and height in pixels, for pictures.
    pub size: Option<(usize, usize)>,
    pub body: Body,
}

/// All assets by path inside the site; equal bytes have one address.
#[derive(Debug, Default)]
pub(crate) struct Assets {
    by_path: BTreeMap<Arc<str>, Arc<Asset>>,
    /// Files below `content/static/` that keep their names.
    pub fixed: BTreeMap<String, Asset>,
    pub report: Vec<Entry>,
    /// The digest of the files they were made from.
    pub digest: Digest,
    diagnostics: Diagnostics,
}

const FIXED: &str = "content/static/";

impl Assets {
    /// Takes every file below `content/` that is neither an article nor data; once for the same files.
    pub fn of(sources: &Sources, memo: &Memo, diagnostics: &mut Diagnostics) -> Arc<Self> {
        let files: Vec<&Source> = sources.below("content/").filter(|source| is_asset(&source.path)).collect();
        let digest = Digest::of(&files.iter().map(|source| (&source.path, source.digest)).collect::<Vec<_>>());
        let made = memo.get(Stage::Whole, || Digest::of(&("assets", digest)), || Self::new(&files, digest));
        diagnostics.extend(made.diagnostics.sorted().into_iter().cloned());
        made
    }

    fn new(files: &[&Source], digest: Digest) -> Self {
        let mut assets = Self { digest, ..Self::default() };
        check(files, &mut assets.diagnostics);
        let mut by_digest: FxHashMap<Digest, Arc<Asset>> = FxHashMap::default();
        for source in files {
            if let Some(name) = source.path.strip_prefix(FIXED) {
                assets.fixed.insert(name.to_owned(), Asset { url: name.to_owned(), ..asset(source) });
                continue;
            }
            let asset = match by_digest.get(&source.digest) {
                Some(first) => {
                    assets.report.push(same(first, source));
                    first.clone()
                }
                None => Arc::new(asset(source)),
            };
            by_digest.entry(source.digest).or_insert_with(|| asset.clone());
            assets.by_path.insert(source.path.clone(), asset);
        }
        assets
    }

    /// The asset at a path inside the site.
    pub fn get(&self, path: &str) -> Option<&Asset> {
        let fixed = || self.fixed.get(path.strip_prefix(FIXED)?);
        self.by_path.get(path).map(|asset| &**asset).or_else(fixed)
    }

    /// The path of the asset at an address below the site's root, for a file that keeps its name.
    pub fn at_address(&self, address: &str) -> Option<&str> {
        self.fixed.get(address).map(|asset| &*asset.path)
    }

    /// The paths of all assets.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.by_path.keys().chain(self.fixed.values().map(|asset| &asset.path)).map(|path| &**path)
    }

    /// Every published asset once.
    pub fn published(&self) -> impl Iterator<Item = &Arc<Asset>> {
        self.by_path.iter().filter(|(path, asset)| **path == asset.path).map(|(_, asset)| asset)
    }
}

/// Reports drawings that would run a program when opened by themselves: a host may not send the policy that stops it.
fn check(files: &[&Source], diagnostics: &mut Diagnostics) {
    for source in files.iter().filter(|source| source.path.to_ascii_lowercase().ends_with(".svg")) {
        if let Some(range) = source.text().and_then(|text| sanitize::program_in_svg(text)) {
            let message = "this drawing carries a program or leads out of the site";
            let help = "remove scripts, handlers (on…), foreign content and links from the file";
            diagnostics.push(Diagnostic::new(Code::E712, Span::new(&source.path, range), message).help(help));
        }
    }
}

fn is_asset(path: &str) -> bool {
    let text = [".md", ".markdown", ".yaml", ".yml"];
    path.starts_with(FIXED) || !text.iter().any(|ending| path.ends_with(ending))
}

fn asset(source: &Source) -> Asset {
    let inner = source.path.strip_prefix("content/").unwrap_or(&source.path);
    let (folder, file) = inner.rsplit_once('/').map_or(("", inner), |(a, b)| (a, b));
    let (stem, ending) = file.rsplit_once('.').unwrap_or((file, ""));
    let part = |text: &str| {
        let slug = crate::text::slug(text);
        if slug.is_empty() || slug.len() > 80 { "file".to_owned() } else { slug }
    };
    let folders: String = folder.split('/').filter(|f| !f.is_empty()).map(|f| part(f) + "/").collect();
    let ending = if ending.is_empty() { String::new() } else { format!(".{}", part(ending)) };
    let url = format!("{folders}{}.{}{ending}", part(stem), source.digest.short(10));
    let size =
        imagesize::blob_size(source.bytes()).ok().map(|size| (size.width, size.height)).or_else(|| svg_size(source));
    Asset { path: source.path.clone(), url, size, body: source.body.clone() }
}

/// The size of an SVG by its `viewBox`.
fn svg_size(source: &Source) -> Option<(usize, usize)> {
    let text = source.text().filter(|_| source.path.ends_with(".svg"))?;
    let (_, rest) = text.split_once("viewBox=")?;
    let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let numbers: Vec<f64> = rest[1..].split(quote).next()?.split([' ', ',']).filter_map(|n| n.parse().ok()).collect();
    let [_, _, width, height] = numbers[..] else { return None };
    let pixels = |n: f64| (n.is_finite() && (1.0..100_000.0).contains(&n)).then(|| n.round() as usize);
    Some((pixels(width)?, pixels(height)?))
}

fn same(first: &Asset, source: &Source) -> Entry {
    let place = |path: &Arc<str>| Place::file(path);
    Entry::same("asset", "merge", place(&first.path), vec![place(&source.path)])
}
