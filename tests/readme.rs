//! Turns the README's console sessions into commands that are run, and compares what they print.

use std::path::Path;
use std::process::Command;

/// One command and the lines shown below it.
struct Step {
    command: String,
    shown: Vec<String>,
}

fn steps(readme: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let mut inside = false;
    for line in readme.lines() {
        match line {
            "```console" => inside = true,
            "```" => inside = false,
            _ if !inside => {}
            _ => match line.strip_prefix("$ ") {
                Some(command) => steps.push(Step { command: command.to_owned(), shown: Vec::new() }),
                None => steps.last_mut().expect("a session starts with a command").shown.push(line.to_owned()),
            },
        }
    }
    steps
}

/// Times differ from run to run.
fn without_times(text: &str) -> String {
    text.lines()
        .map(|line| line.rsplit_once(", ").filter(|(_, end)| end.ends_with(" s")).map_or(line, |(start, _)| start))
        .collect::<Vec<_>>()
        .join("\n")
}

#[test]
fn the_five_minute_tour_prints_what_the_readme_shows() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = std::fs::read_to_string(root.join("README.md")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let program = Path::new(env!("CARGO_BIN_EXE_fascicle"));
    let path = format!("PATH='{}':\"$PATH\"", program.parent().unwrap().display());
    let steps = steps(&readme);
    assert!(steps.len() >= 6, "the tour has {} commands", steps.len());
    let mut place = folder.path().to_owned();
    for step in steps {
        if let Some(inner) = step.command.strip_prefix("cd ") {
            place = place.join(inner);
            continue;
        }
        let shell = Command::new("sh")
            .args(["-c", &format!("export {path}; ({}) 2>&1", step.command)])
            .current_dir(&place)
            .env("NO_COLOR", "1")
            .env_remove("CI")
            .output()
            .unwrap();
        let printed = String::from_utf8(shell.stdout).unwrap();
        assert_eq!(
            without_times(printed.trim_end()),
            without_times(step.shown.join("\n").trim_end()),
            "{}",
            step.command
        );
    }
}

#[test]
fn the_commands_for_tools_work() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for arguments in [
        &["schema", "how-to"][..],
        &["completions", "bash"],
        &["man"],
        &["check", "--format", "github"],
        &["check", "--format", "json"],
    ] {
        let done = Command::new(env!("CARGO_BIN_EXE_fascicle")).args(arguments).current_dir(root).output().unwrap();
        assert!(done.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
    }
}

#[test]
fn the_article_in_the_readme_is_sound() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = std::fs::read_to_string(root.join("README.md")).unwrap();
    let (_, rest) = readme.split_once("```markdown\n").unwrap();
    let (article, _) = rest.split_once("```").unwrap();
    let folder = tempfile::tempdir().unwrap();
    copy(&root.join("content"), &folder.path().join("content"));
    std::fs::write(folder.path().join("content/how-to/press-a-trigger-point.md"), article).unwrap();
    let done = Command::new(env!("CARGO_BIN_EXE_fascicle")).arg("check").current_dir(folder.path()).output().unwrap();
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(!said.contains("press-a-trigger-point.md:") || !said.contains(" E1"), "{said}");
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target)
        } else {
            _ = std::fs::copy(entry.path(), target).unwrap()
        }
    }
}
