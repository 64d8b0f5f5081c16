//! What `ekiben` alone prints on a terminal: what it can do, and two commands to go on with.
//!
//! Elsewhere `ekiben` alone serves, as units and containers have it. The list of commands is that of the
//! arguments, so that it cannot lack one.

use std::io::IsTerminal as _;

use clap::CommandFactory as _;

use super::arguments::Cli;
use super::failure::Failure;
use super::features::of_this_build;
use super::output::say;

/// Whether somebody at a terminal typed the name alone.
pub(super) fn is_wanted() -> bool {
    std::env::args_os().len() <= 1 && std::io::stdout().is_terminal()
}

pub(super) fn print() -> Result<(), Failure> {
    let command = Cli::command();
    let mut text = format!(
        "{}\n\n{}\n",
        command.render_version().trim_end(),
        of_this_build(START)
    );
    for subcommand in command.get_subcommands().filter(|one| !one.is_hide_set()) {
        let about = subcommand.get_about().map(ToString::to_string);
        let name = subcommand.get_name();
        text.push_str(&format!("  {name:<12}{}\n", about.unwrap_or_default()));
    }
    text.push_str(END);
    say(&text)
}

const START: &str = "\
An application and its data in one box: MySQL dumps go in, a read-optimised
SQLite file comes out.

Go on with one of these:
  ekiben serve                              built-in data: http://localhost:1323
  ekiben import shop.sql.gz -o shop.sqlite  your MySQL dump as a SQLite file

All commands:
";

const END: &str = "
`ekiben COMMAND --help` explains one of them with examples, `ekiben --help` has
exit codes too.
";
