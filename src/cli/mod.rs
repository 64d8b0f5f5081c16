//! The command line: arguments in, calls to the library, words for people out.
//!
//! One file per subcommand, named like it (`backup` holds `restore` too). Results go to standard output, everything else to standard
//! error. It must not know SQL or HTTP details.

mod arguments;
mod backup;
mod bake;
mod check;
mod conduit;
mod failure;
mod import;
mod inspect;
mod logging;
mod migrate;
mod openapi;
mod ports;
mod progress;
mod prompt;
mod seed;
mod serve;
mod settings;
mod summary;

use std::process::ExitCode;

use clap::Parser as _;

use arguments::{Cli, Command};
use failure::Failure;

/// Parses the process's arguments, runs the subcommand and gives the exit code: see `--help`.
#[must_use]
pub fn run() -> ExitCode {
    let Cli { command, serve } = Cli::parse();
    let done = match command {
        None => serve::run(&serve),
        Some(Command::Serve(arguments)) => serve::run(&arguments),
        Some(Command::Bake(arguments)) => bake::run(&arguments),
        Some(Command::Import(arguments)) => import::run(&arguments),
        Some(Command::Inspect(arguments)) => inspect::run(&arguments),
        Some(Command::Backup(arguments)) => backup::back_up(&arguments),
        Some(Command::Restore(arguments)) => backup::restore(&arguments),
        Some(Command::Migrate(arguments)) => migrate::run(&arguments),
        Some(Command::Seed(arguments)) => seed::run(&arguments),
        Some(Command::Conduit(arguments)) => conduit::run(&arguments),
        Some(Command::Check(arguments)) => check::run(&arguments),
        Some(Command::Openapi(arguments)) => openapi::run(&arguments),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}

/// Writes a result to standard output. A reader that went away (`| head`) is no failure.
fn say(text: &str) -> Result<(), Failure> {
    use std::io::Write as _;
    let written = writeln!(std::io::stdout().lock(), "{}", text.trim_end());
    match written {
        Err(cause) if cause.kind() != std::io::ErrorKind::BrokenPipe => Err(Failure::output(
            format!("cannot write to standard output: {cause}"),
        )),
        _ => Ok(()),
    }
}

/// Writes a remark to standard error, if that is possible.
fn remark(text: &str) {
    use std::io::Write as _;
    drop(writeln!(std::io::stderr().lock(), "{}", text.trim_end()));
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    #[test]
    fn the_arguments_are_consistent() {
        super::Cli::command().debug_assert();
    }
}
