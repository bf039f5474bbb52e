//! Turns a name into a small site that builds, or a kind and a title into an article with every required field.

use std::fmt::Write as _;
use std::io::{self, Write};
use std::path::Path;

use super::{NewArguments, Outcome, read};
use crate::publish::write_file;

/// The files of a new site.
const STARTER: &[(&str, &str)] = &[
    ("content/site.yaml", include_str!("starter/site.yaml")),
    ("content/index.md", include_str!("starter/index.md")),
    ("content/how-to/first-steps.md", include_str!("starter/first-steps.md")),
    ("content/data/glossary.yaml", include_str!("starter/glossary.yaml")),
    (".gitignore", "public/\nreports/\n"),
];

/// Makes a site, or an article in the site here.
pub(super) fn new(arguments: &NewArguments) -> io::Result<Outcome> {
    match &arguments.title {
        None => site(Path::new(&arguments.what)),
        Some(title) => article(arguments, title),
    }
}

fn site(folder: &Path) -> io::Result<Outcome> {
    if folder.exists() && folder.read_dir().is_ok_and(|mut entries| entries.next().is_some()) {
        return Ok(Outcome::Misuse(format!(
            "{} is not empty\nGive a new folder, or `fascicle new KIND TITLE` for an article",
            folder.display()
        )));
    }
    for (name, text) in STARTER {
        write_file(&folder.join(name), text.as_bytes())?;
    }
    let place = folder.display();
    writeln!(
        io::stdout(),
        "Made a site in {place}. Next:\n  cd {place}\n  fascicle build\nthen open public/index.html"
    )?;
    Ok(Outcome::Good)
}

fn article(arguments: &NewArguments, title: &str) -> io::Result<Outcome> {
    let sources = match read(&arguments.site) {
        Ok(sources) => sources,
        Err(why) => return Ok(Outcome::Misuse(why)),
    };
    let (folder, fields) = match crate::compile::required_fields(&sources, &arguments.what) {
        Ok(found) => found,
        Err(why) => return Ok(Outcome::Misuse(why)),
    };
    let name = crate::text::slug(title);
    let path = arguments.site.content.join(&folder).join(format!("{name}.md"));
    if path.exists() || name.is_empty() {
        return Ok(Outcome::Misuse(format!("{} exists\nGive another title", path.display())));
    }
    write_file(&path, text(title, &folder, &arguments.what, &fields).as_bytes())?;
    writeln!(io::stdout(), "Made {}. Fill in its fields, then take out `draft: true`.", path.display())?;
    Ok(Outcome::Good)
}

/// The article: each required field with its help, as a draft, so that the site still builds.
fn text(title: &str, folder: &str, kind: &str, fields: &[(String, String, String)]) -> String {
    let mut text = String::from("---\n");
    if folder.is_empty() {
        let _ = writeln!(text, "kind: {kind}");
    }
    let _ = writeln!(text, "title: {}", serde_json::Value::from(title));
    for (name, help, value) in fields {
        if !help.is_empty() {
            let _ = writeln!(text, "# {help}");
        }
        let _ = writeln!(text, "{name}:{value}");
    }
    text.push_str("draft: true\n---\nWrite here.\n");
    text
}
