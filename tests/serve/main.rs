//! Runs `fascicle serve` as an editor does, and asks it as browsers, strangers and a clean build would.

mod browser;
#[path = "../support/driver.rs"]
#[allow(dead_code)]
mod driver;
mod edits;
mod preview;
mod safety;
