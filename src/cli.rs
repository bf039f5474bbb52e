//! Turns arguments into one of the calls of the library, and results into text and an exit code.

use std::ffi::OsString;
use std::io::{self, IsTerminal, Write};
use std::net::IpAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};

use crate::date::Date;
use crate::diagnostic::{Diagnostics, Format, Looks};
use crate::load::{Folders, load};
use crate::source::Sources;

mod build;
mod fix;
mod scaffold;
mod search;
mod serve;

/// Turns typed Markdown into a checked, deduplicated, cross-linked static site.
#[derive(Parser)]
#[command(name = "fascicle", version, arg_required_else_help = true, after_help = EXAMPLES)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "Examples:
  fascicle new my-site                  a small site that builds
  fascicle serve --open                 a preview that follows every edit
  fascicle build                        content/ becomes public/
  fascicle check --format github        diagnostics only, for a CI
  fascicle new how-to \"Hold a stretch\"  an article with every required field

Exit codes: 0 no errors, 1 errors in the site, 2 wrong use";

#[derive(Subcommand)]
enum Command {
    /// Check the site and publish it, all or nothing
    #[command(
        after_help = "Examples:\n  fascicle build\n  fascicle build --content docs --out dist --strict\n  fascicle build --format json > diagnostics.json"
    )]
    Build(BuildArguments),
    /// Check the site and publish nothing
    #[command(
        after_help = "Examples:\n  fascicle check\n  fascicle check --strict --format github\n  fascicle check --fix --dry-run"
    )]
    Check(CheckArguments),
    /// Show the site in the browser, and every edit as it is saved
    #[command(
        after_help = "Examples:\n  fascicle serve --open\n  fascicle serve --drafts --at 2027-01-01\n  fascicle serve --editor 'vscode://file{path}:{line}:{column}'\n  fascicle serve --base /guide/ --port 8080"
    )]
    Serve(ServeArguments),
    /// Start a site, or an article in it
    #[command(after_help = "Examples:\n  fascicle new my-site\n  fascicle new how-to \"Hold a stretch\"")]
    New(NewArguments),
    /// Search the site: titles, sections, addresses and scores, ranked as in the browser
    #[command(
        after_help = "Examples:\n  fascicle search \"heel hurts in the morning\"\n  fascicle search sholder --explain\n  fascicle search knot --json --limit 3"
    )]
    Search(search::SearchArguments),
    /// Print the JSON Schema of a kind, with this site's ids, for completion in an editor
    #[command(after_help = "Example:\n  fascicle schema how-to > .schemas/how-to.json")]
    Schema(SchemaArguments),
    /// Print a script that completes commands in a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page
    Man,
}

#[derive(Args, Clone)]
struct SiteArguments {
    /// The folder with the articles
    #[arg(long, default_value = "content", value_name = "DIR")]
    content: PathBuf,
    /// The folder with the theme; what it lacks is built in
    #[arg(long, default_value = "theme", value_name = "DIR")]
    theme: PathBuf,
    /// Make drafts part of the site
    #[arg(long)]
    drafts: bool,
    /// The public address, instead of `url` in site.yaml
    #[arg(long, value_parser = public_address)]
    url: Option<String>,
}

#[derive(Args, Clone)]
struct ReportArguments {
    /// Treat warnings as errors
    #[arg(long)]
    strict: bool,
    /// How diagnostics are written
    #[arg(long, value_enum, default_value = "human")]
    format: FormatArgument,
    /// Say nothing but diagnostics
    #[arg(long, short)]
    quiet: bool,
    /// Say what took how long
    #[arg(long, short, conflicts_with = "quiet")]
    verbose: bool,
}

#[derive(Args)]
struct BuildArguments {
    #[command(flatten)]
    site: SiteArguments,
    #[command(flatten)]
    report: ReportArguments,
    /// The folder to publish into
    #[arg(long, default_value = "public", value_name = "DIR")]
    out: PathBuf,
    /// The folder for the reports; beside the published one when not given
    #[arg(long, value_name = "DIR")]
    reports: Option<PathBuf>,
    /// Replace a folder that fascicle did not make
    #[arg(long)]
    force: bool,
}

#[derive(Args)]
struct CheckArguments {
    #[command(flatten)]
    site: SiteArguments,
    #[command(flatten)]
    report: ReportArguments,
    /// Write the reports into this folder
    #[arg(long, value_name = "DIR")]
    reports: Option<PathBuf>,
    /// Mend what can be mended without changing what pages say, and show it: blocks that stand twice, links by an earlier
    /// name, sections typed by hand that the page makes
    #[arg(long)]
    fix: bool,
    /// Show what --fix would change, and change nothing
    #[arg(long, requires = "fix")]
    dry_run: bool,
}

#[derive(Args)]
struct ServeArguments {
    #[command(flatten)]
    site: SiteArguments,
    /// The port; a taken one is passed over
    #[arg(long, default_value_t = 4000)]
    port: u16,
    /// The address to listen at; other machines can reach any but the loopback ones
    #[arg(long, default_value = "127.0.0.1", value_name = "ADDRESS")]
    host: IpAddr,
    /// A name by which this machine may be asked, beside localhost; can be given again
    #[arg(long, value_name = "NAME")]
    allow_host: Vec<String>,
    /// Serve the site under this path, as a host may
    #[arg(long, default_value = "/", value_name = "PATH", value_parser = base_path)]
    base: String,
    /// See the site as of this day
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    at: Option<Date>,
    /// The address that opens a file in your editor, with {path}, {line} and {column}
    #[arg(long, value_name = "URL", value_parser = editor)]
    editor: Option<String>,
    /// Open the browser
    #[arg(long)]
    open: bool,
}

#[derive(Args)]
struct NewArguments {
    /// A folder for a new site, or the kind of a new article
    #[arg(value_name = "DIR | KIND")]
    what: String,
    /// The title of the new article
    title: Option<String>,
    #[command(flatten)]
    site: SiteArguments,
}

#[derive(Args)]
struct SchemaArguments {
    /// A kind or registry; all kinds when not given
    kind: Option<String>,
    #[command(flatten)]
    site: SiteArguments,
}

#[derive(Clone, Copy, ValueEnum)]
enum FormatArgument {
    /// With the source line, for a person
    Human,
    /// One JSON document
    Json,
    /// Annotations of a CI
    Github,
}

/// What a command came to.
enum Outcome {
    Good,
    /// The site has errors, or could not be published.
    Bad,
    /// The command was wrong; the sentence says why.
    Misuse(String),
}

/// Runs the program with its arguments, the first of which is its name.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(error) => {
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    match dispatch(arguments.command) {
        Ok(Outcome::Good) => ExitCode::SUCCESS,
        Ok(Outcome::Bad) => ExitCode::from(1),
        Ok(Outcome::Misuse(why)) => {
            let _ = writeln!(io::stderr(), "fascicle: {why}");
            ExitCode::from(2)
        }
        // A closed pipe (`fascicle check | head`) is no fault of the site.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "fascicle: {error}");
            ExitCode::from(1)
        }
    }
}

fn dispatch(command: Command) -> io::Result<Outcome> {
    match command {
        Command::Build(arguments) => build::build(&arguments),
        Command::Check(arguments) => build::check(&arguments),
        Command::Serve(arguments) => serve::serve(&arguments),
        Command::New(arguments) => scaffold::new(&arguments),
        Command::Search(arguments) => search::search(&arguments),
        Command::Schema(arguments) => schema(&arguments),
        Command::Completions { shell } => {
            clap_complete::generate(shell, &mut Arguments::command(), "fascicle", &mut io::stdout());
            Ok(Outcome::Good)
        }
        Command::Man => clap_mangen::Man::new(Arguments::command()).render(&mut io::stdout()).map(|()| Outcome::Good),
    }
}

fn public_address(text: &str) -> Result<String, String> {
    let web = text.starts_with("https://") || text.starts_with("http://");
    if web && crate::schema::formats::is_uri(text) {
        Ok(text.to_owned())
    } else {
        Err("give an address such as https://example.org/guide".to_owned())
    }
}

fn base_path(text: &str) -> Result<String, String> {
    let inner = text.trim_matches('/');
    let plain = |part: &str| !part.is_empty() && part != "." && part != ".." && !part.contains(['?', '#', '%', '\\']);
    if inner.is_empty() {
        Ok("/".to_owned())
    } else if inner.split('/').all(plain) && !inner.contains(char::is_control) {
        Ok(format!("/{inner}/"))
    } else {
        Err("give a path such as /guide/".to_owned())
    }
}

fn day(text: &str) -> Result<Date, String> {
    Date::parse(text).ok_or_else(|| "give a day such as 2027-01-31".to_owned())
}

fn editor(text: &str) -> Result<String, String> {
    let scheme = text.split(':').next().unwrap_or("");
    let named = !scheme.is_empty() && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c));
    let runs = ["javascript", "data", "vbscript", "blob"].iter().any(|bad| scheme.eq_ignore_ascii_case(bad));
    if named && !runs && text.contains(':') && text.contains("{path}") {
        Ok(text.to_owned())
    } else {
        Err("give an address such as vscode://file{path}:{line}:{column} or zed://file{path}:{line}".to_owned())
    }
}

/// Reads a site as of today.
fn read(site: &SiteArguments) -> Result<Sources, String> {
    let theme = Some(site.theme.clone());
    let mut sources = load(&Folders { content: site.content.clone(), theme })?;
    sources.drafts = site.drafts;
    sources.url.clone_from(&site.url);
    sources.today = today();
    Ok(sources)
}

/// The day of the run, or of `SOURCE_DATE_EPOCH` where a build must be the same on every day.
#[allow(clippy::disallowed_methods)]
fn today() -> Option<Date> {
    let fixed = std::env::var("SOURCE_DATE_EPOCH").ok().and_then(|text| text.parse::<i64>().ok());
    let now =
        || SystemTime::now().duration_since(UNIX_EPOCH).ok().and_then(|since| i64::try_from(since.as_secs()).ok());
    fixed.or_else(now).and_then(Date::from_unix)
}

#[allow(clippy::disallowed_methods)]
fn colour(terminal: bool) -> bool {
    terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

/// Writes diagnostics: for a person to standard error, for a machine to standard output.
fn tell(
    diagnostics: &Diagnostics,
    sources: &Sources,
    site: &SiteArguments,
    report: &ReportArguments,
) -> io::Result<()> {
    let format = match report.format {
        FormatArgument::Human => Format::Human,
        FormatArgument::Json => Format::Json,
        FormatArgument::Github => Format::Github,
    };
    let text = |path: &str| {
        sources.get(path).and_then(|source| source.text()).map(|text| &**text).or_else(|| crate::builtin::text(path))
    };
    let place = |path: &str| match (path.strip_prefix("content/"), path.strip_prefix("theme/")) {
        (Some(rest), _) => site.content.join(rest).display().to_string(),
        (_, Some(rest)) => site.theme.join(rest).display().to_string(),
        _ => path.to_owned(),
    };
    let human = format == Format::Human;
    let mut looks = Looks::new(format, &text, &place);
    looks.colour = human && colour(io::stderr().is_terminal());
    let shown = diagnostics.show(&looks);
    if human { io::stderr().write_all(shown.as_bytes()) } else { io::stdout().write_all(shown.as_bytes()) }
}

fn schema(arguments: &SchemaArguments) -> io::Result<Outcome> {
    let sources = match read(&arguments.site) {
        Ok(sources) => sources,
        Err(why) => return Ok(Outcome::Misuse(why)),
    };
    match crate::compile::schema_of(&sources, arguments.kind.as_deref()) {
        Ok(schema) => io::stdout().write_all(schema.as_bytes()).map(|()| Outcome::Good),
        Err(why) => Ok(Outcome::Misuse(why)),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn arguments_are_sound() {
        super::Arguments::command().debug_assert();
    }
}
