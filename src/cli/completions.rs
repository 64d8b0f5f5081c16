//! `ekiben completions`: what a shell needs to complete commands, flags and file names.
//!
//! It is made of the arguments, so that it cannot lack one.

use clap::CommandFactory as _;
use clap_complete::generate;

use super::arguments::{Cli, CompletionsArguments};
use super::failure::Failure;
use super::output::say;

pub(super) fn run(arguments: &CompletionsArguments) -> Result<(), Failure> {
    let mut script = Vec::new();
    generate(arguments.shell, &mut Cli::command(), "ekiben", &mut script);
    say(&String::from_utf8_lossy(&script))
}
