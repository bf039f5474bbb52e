//! Turns the process's arguments into its exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    fascicle::cli::run(std::env::args_os())
}
