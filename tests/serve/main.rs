//! Runs `fascicle serve` as an editor does, and asks it as browsers, strangers and a clean build would.

mod browser;
mod edits;
mod preview;
mod safety;
