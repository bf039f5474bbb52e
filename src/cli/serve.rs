//! Turns a preview's news into calm lines in the terminal.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::net::{IpAddr, SocketAddr};
use std::process::Command;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::Duration;

use super::{FormatArgument, Outcome, ReportArguments, ServeArguments, SiteArguments, tell, today};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::load::Folders;
use crate::serve::{self, News, Options, Timing};
use crate::source::Sources;

/// A first compile that takes longer says that it is at work.
const PATIENCE: Duration = Duration::from_millis(500);

/// Serves a site until the program is ended.
pub(super) fn serve(arguments: &ServeArguments) -> io::Result<Outcome> {
    let site = &arguments.site;
    if !site.content.is_dir() {
        return Ok(Outcome::Misuse(super::read(site).err().unwrap_or_default()));
    }
    let at = arguments.at;
    let options = Options {
        folders: Folders { content: site.content.clone(), theme: Some(site.theme.clone()) },
        drafts: site.drafts,
        url: site.url.clone(),
        today: Box::new(move || at.or_else(today)),
        host: arguments.host,
        port: arguments.port,
        allow_hosts: arguments.allow_host.clone(),
        base: arguments.base.clone(),
        editor: arguments.editor.clone(),
    };
    let mut teller = Teller { arguments, told: BTreeSet::new(), waiting: None };
    match serve::run(options, &mut |news| {
        // A terminal that is gone takes nothing away from the browser.
        let _ = teller.tell(news);
    }) {
        Err(why) => {
            writeln!(io::stderr(), "fascicle: {why}")?;
            Ok(Outcome::Bad)
        }
        Ok(never) => match never {},
    }
}

/// What was told, so that nothing is told twice.
struct Teller<'a> {
    arguments: &'a ServeArguments,
    told: BTreeSet<Diagnostic>,
    /// Dropped when the first site is there.
    waiting: Option<Sender<()>>,
}

impl Teller<'_> {
    fn tell(&mut self, news: News<'_>) -> io::Result<()> {
        match news {
            News::Listening(address) => self.listening(address),
            News::Rebuilt { sources, diagnostics, timing, shown } => {
                self.waiting = None;
                self.rebuilt(sources, diagnostics, timing, shown)
            }
        }
    }

    fn listening(&mut self, address: SocketAddr) -> io::Result<()> {
        let mut out = io::stdout();
        let name = if address.ip().is_unspecified() { IpAddr::from([127, 0, 0, 1]) } else { address.ip() };
        let place = format!("http://{}{}", SocketAddr::new(name, address.port()), self.arguments.base);
        if self.arguments.port != 0 && address.port() != self.arguments.port {
            writeln!(out, "Port {} is taken; this is the next free one", self.arguments.port)?;
        }
        if !address.ip().is_loopback() {
            writeln!(
                io::stderr(),
                "warning: --host {} opens the preview, drafts and all, to everyone who can reach this machine",
                self.arguments.host
            )?;
        }
        writeln!(
            out,
            "Preview at {place}\nWhat is wrong, what was merged, every address: {place}__fascicle/\nCtrl-C ends it"
        )?;
        out.flush()?;
        if self.arguments.open {
            open(&place)?;
        }
        self.waiting = Some(wait());
        Ok(())
    }

    fn rebuilt(
        &mut self,
        sources: &Sources,
        diagnostics: &Diagnostics,
        timing: &Timing,
        shown: bool,
    ) -> io::Result<()> {
        let now: BTreeSet<Diagnostic> = diagnostics.sorted().into_iter().cloned().collect();
        let mut news = Diagnostics::default();
        news.extend(now.difference(&self.told).cloned());
        self.told = now;
        tell(&news, sources, &self.arguments.site, &HUMAN)?;
        writeln!(io::stdout(), "{}", line(&self.arguments.site, diagnostics, timing, shown))
    }
}

const HUMAN: ReportArguments =
    ReportArguments { strict: false, format: FormatArgument::Human, quiet: false, verbose: false };

/// The line of a rebuild: what changed, how long it took, what is wrong.
fn line(site: &SiteArguments, diagnostics: &Diagnostics, timing: &Timing, shown: bool) -> String {
    let place = |path: &str| match path.strip_prefix("content/") {
        Some(rest) => site.content.join(rest).display().to_string(),
        None => path.to_owned(),
    };
    let what = match timing.changed.as_slice() {
        [] => "Compiled".to_owned(),
        [one] => place(one),
        [first, rest @ ..] => format!("{} and {} more", place(first), rest.len()),
    };
    let (errors, warnings) = diagnostics.count();
    let count = |count: usize, word: &str| if count == 1 { format!("1 {word}") } else { format!("{count} {word}s") };
    let wrong = match (errors, warnings) {
        (0, 0) => "nothing wrong".to_owned(),
        (0, _) => count(warnings, "warning"),
        (_, 0) => count(errors, "error"),
        _ => format!("{}, {}", count(errors, "error"), count(warnings, "warning")),
    };
    let still = if shown { "" } else { "; the last good site is shown" };
    format!("{what}: {:.0} ms, {wrong}{still}", timing.whole.as_secs_f64() * 1000.0)
}

/// Says after a while that there is work; dropping the sender ends the wait.
fn wait() -> Sender<()> {
    let (send, receive) = channel();
    thread::spawn(move || {
        if receive.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
            let _ = writeln!(io::stderr(), "Compiling …");
        }
    });
    send
}

/// Opens the browser.
fn open(address: &str) -> io::Result<()> {
    let mut command = if cfg!(target_os = "macos") {
        Command::new("open")
    } else if cfg!(target_os = "windows") {
        let mut command = Command::new("rundll32");
        command.arg("url.dll,FileProtocolHandler");
        command
    } else {
        Command::new("xdg-open")
    };
    match command.arg(address).spawn() {
        // Waited for, so that it does not remain as a dead process.
        Ok(mut child) => drop(thread::spawn(move || child.wait())),
        Err(error) => writeln!(io::stderr(), "The browser could not be opened ({error}): go to {address}")?,
    }
    Ok(())
}
