//! Turns the folders of a site into a published folder, or into diagnostics.

use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::{BuildArguments, CheckArguments, FormatArgument, Outcome, ReportArguments, read, tell};
use crate::diagnostic::Diagnostics;
use crate::memo::Memo;
use crate::publish::{Options, PublishError, Published, Staging, write_file};
use crate::site::Site;

/// A bar is shown for work that takes longer than this.
const PATIENCE: Duration = Duration::from_secs(1);

/// Publishes a site; with errors in it, nothing changes.
pub(super) fn build(arguments: &BuildArguments) -> io::Result<Outcome> {
    let start = Instant::now();
    let (site, report) = (&arguments.site, &arguments.report);
    if !site.content.is_dir() {
        return Ok(Outcome::Misuse(read(site).err().unwrap_or_default()));
    }
    let protect: [&Path; 2] = [&site.content, &site.theme];
    // The lock is taken before the site is read, so that of two builds at once the later publishes the later texts.
    let staging = match Staging::open(
        &arguments.out,
        &Options { force: arguments.force, protect: &protect, ..Options::default() },
    ) {
        Ok(staging) => staging,
        Err(error) => return refused(&error),
    };
    let sources = match read(site) {
        Ok(sources) => sources,
        Err(why) => return Ok(Outcome::Misuse(why)),
    };
    let mut timer = Timer::new(report, start);
    timer.lap("read");
    let memo = Memo::keeping(0);
    let (mut compiled, mut diagnostics) = crate::compile::compile(&sources, &memo);
    compiled.reuse(|route| staging.last(route).map(Arc::from));
    timer.lap("compile");
    // Render errors are shown with the rest, so everything is rendered even where the site has errors already.
    if let Err(error) = render(&compiled, &memo, &staging, report, start, &mut diagnostics) {
        tell(&diagnostics, &sources, site, report)?;
        return refused(&error);
    }
    timer.lap("render and write");
    if report.strict {
        diagnostics.deny_warnings();
    }
    tell(&diagnostics, &sources, site, report)?;
    if diagnostics.has_errors() {
        failed(&diagnostics, report, "nothing was published")?;
        return Ok(Outcome::Bad);
    }
    let published = match staging.commit() {
        Ok(published) => published,
        Err(error) => return refused(&error),
    };
    timer.lap("publish");
    write_reports(&compiled, &arguments.reports.clone().unwrap_or_else(|| beside(&arguments.out)))?;
    summary(&compiled, &diagnostics, arguments, published, start)?;
    // The process ends: taking a large site apart piece by piece would only keep the terminal waiting.
    std::mem::forget((compiled, sources));
    Ok(Outcome::Good)
}

/// Checks a site, templates included, and publishes nothing.
pub(super) fn check(arguments: &CheckArguments) -> io::Result<Outcome> {
    let start = Instant::now();
    let (site, report) = (&arguments.site, &arguments.report);
    let mut sources = match read(site) {
        Ok(sources) => sources,
        Err(why) => return Ok(Outcome::Misuse(why)),
    };
    if arguments.fix {
        super::fix::fix(arguments, &mut sources)?;
    }
    let memo = Memo::keeping(0);
    let (mut compiled, mut diagnostics) = crate::compile::compile(&sources, &memo);
    // Nothing is published, so no picture is drawn.
    compiled.reuse(|_| Some(Arc::default()));
    let Ok(()) = compiled.render_all(&memo, &mut diagnostics, |_| Ok::<(), std::convert::Infallible>(()));
    if report.strict {
        diagnostics.deny_warnings();
    }
    tell(&diagnostics, &sources, site, report)?;
    if let Some(folder) = &arguments.reports {
        write_reports(&compiled, folder)?;
    }
    if diagnostics.has_errors() {
        failed(&diagnostics, report, "a build would publish nothing")?;
        return Ok(Outcome::Bad);
    }
    if !report.quiet && matches!(report.format, FormatArgument::Human) {
        let warnings = plural(diagnostics.count().1, "warning");
        writeln!(
            io::stdout(),
            "Checked {}: no errors, {warnings}, {}",
            plural(compiled.counts().pages, "page"),
            seconds(start)
        )?;
    }
    Ok(Outcome::Good)
}

fn refused(error: &PublishError) -> io::Result<Outcome> {
    writeln!(io::stderr(), "fascicle: {error}")?;
    Ok(Outcome::Bad)
}

fn render(
    compiled: &Site,
    memo: &Memo,
    staging: &Staging,
    report: &ReportArguments,
    start: Instant,
    diagnostics: &mut Diagnostics,
) -> Result<(), PublishError> {
    let bar = ProgressBar::with_draw_target(Some(compiled.files(memo).count() as u64), ProgressDrawTarget::hidden());
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} files") {
        bar.set_style(style);
    }
    let shown = !report.quiet && matches!(report.format, FormatArgument::Human) && io::stderr().is_terminal();
    let done = compiled.render_all(memo, diagnostics, |output| {
        if shown && bar.is_hidden() && start.elapsed() > PATIENCE {
            bar.set_draw_target(ProgressDrawTarget::stderr());
        }
        bar.inc(1);
        staging.write(&output.route, &output.bytes)
    });
    bar.finish_and_clear();
    done
}

fn failed(diagnostics: &Diagnostics, report: &ReportArguments, consequence: &str) -> io::Result<()> {
    if report.quiet || !matches!(report.format, FormatArgument::Human) {
        return Ok(());
    }
    let (errors, warnings) = diagnostics.count();
    writeln!(io::stderr(), "\n{}, {}: {consequence}", plural(errors, "error"), plural(warnings, "warning"))
}

/// `reports` beside the published folder.
fn beside(out: &Path) -> PathBuf {
    out.parent().unwrap_or(Path::new("")).join("reports")
}

fn write_reports(compiled: &Site, folder: &Path) -> io::Result<()> {
    compiled.reports().try_for_each(|(name, text)| write_file(&folder.join(name), text.as_bytes()))
}

fn summary(
    compiled: &Site,
    diagnostics: &Diagnostics,
    arguments: &BuildArguments,
    published: Published,
    start: Instant,
) -> io::Result<()> {
    if arguments.report.quiet || !matches!(arguments.report.format, FormatArgument::Human) {
        return Ok(());
    }
    let counts = compiled.counts();
    let warnings = plural(diagnostics.count().1, "warning");
    let links = format!("{} ({} automatic)", plural(counts.links, "link"), counts.automatic);
    let out = arguments.out.display();
    writeln!(
        io::stdout(),
        "Published {} to {out}: {} merged, {links}, {warnings}, {} changed, {}",
        plural(counts.pages, "page"),
        counts.merged,
        plural(published.written, "file"),
        seconds(start)
    )
}

fn plural(count: usize, word: &str) -> String {
    if count == 1 { format!("1 {word}") } else { format!("{count} {word}s") }
}

fn seconds(start: Instant) -> String {
    format!("{:.2} s", start.elapsed().as_secs_f64())
}

/// Says what took how long, with `--verbose`.
struct Timer {
    shown: bool,
    last: Instant,
}

impl Timer {
    fn new(report: &ReportArguments, start: Instant) -> Self {
        Self { shown: report.verbose, last: start }
    }

    fn lap(&mut self, what: &str) {
        if self.shown {
            let _ = writeln!(io::stderr(), "{what:>18}: {:.0} ms", self.last.elapsed().as_secs_f64() * 1000.0);
        }
        self.last = Instant::now();
    }
}
