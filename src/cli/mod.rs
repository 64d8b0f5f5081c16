//! The command line: arguments in, calls to the library, words for people out.
//!
//! One file per subcommand, named like it (`backup` holds `restore` too, `manual` is `man`). Results go to
//! standard output, everything else to standard error. It must not know SQL or HTTP details.

#[cfg(any(feature = "conduit", feature = "english"))]
mod accounts;
mod arguments;
mod backup;
mod bake;
mod check;
mod completions;
mod deploy;
mod failure;
mod features;
#[cfg(feature = "import")]
mod import;
mod inspect;
mod interruption;
mod logging;
mod manual;
mod migrate;
mod openapi;
mod output;
mod overview;
mod ports;
mod progress;
mod prompt;
mod remarks;
mod seed;
#[cfg(feature = "english")]
mod seed_sentences;
mod serve;
mod settings;
mod summary;
mod system;

use std::process::ExitCode;

use clap::Parser as _;

use arguments::{Cli, Command, ServeArguments};
use failure::Failure;

/// Parses the process's arguments, runs the subcommand and gives the exit code: see `--help`.
#[must_use]
pub fn run() -> ExitCode {
    let Cli { command, serve } = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return refuse(&error),
    };
    remarks::set_form(
        settings::log_format(command.as_ref(), &serve),
        match &command {
            None => !serve.print_config,
            Some(Command::Serve(serve)) => !serve.print_config,
            Some(_) => false,
        },
    );
    let done = system::check().and_then(|()| run_command(command, &serve));
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}

fn run_command(command: Option<Command>, serve: &ServeArguments) -> Result<(), Failure> {
    let is_server = matches!(command, Some(Command::Serve(_)) | None);
    if !is_server {
        interruption::end_on_signals()?;
    }
    match command {
        None if overview::is_wanted() => overview::print(),
        None => serve::run(serve),
        Some(Command::Serve(arguments)) => serve::run(&arguments),
        Some(Command::Bake(arguments)) => bake::run(&arguments),
        #[cfg(feature = "import")]
        Some(Command::Import(arguments)) => import::run(&arguments),
        Some(Command::Inspect(arguments)) => inspect::run(&arguments),
        Some(Command::Backup(arguments)) => backup::back_up(&arguments),
        Some(Command::Restore(arguments)) => backup::restore(&arguments),
        Some(Command::Migrate(arguments)) => migrate::run(&arguments),
        Some(Command::Seed(arguments)) => seed::run(&arguments),
        #[cfg(feature = "conduit")]
        Some(Command::Conduit(arguments)) => accounts::run_conduit(&arguments),
        #[cfg(feature = "english")]
        Some(Command::English(arguments)) => accounts::run_english(&arguments),
        Some(Command::Check(arguments)) => check::run(&arguments),
        Some(Command::Openapi(arguments)) => openapi::run(&arguments),
        Some(Command::Deploy(arguments)) => deploy::run(&arguments),
        Some(Command::Completions(arguments)) => completions::run(&arguments),
        Some(Command::Man(arguments)) => manual::run(&arguments),
    }
}

/// Prints help and the version, or what is wrong with the arguments. The latter is a line of the log
/// where a server was meant, as far as one can tell.
fn refuse(error: &clap::Error) -> ExitCode {
    let mut names = std::env::args_os().skip(1);
    let is_server = names
        .next()
        .is_none_or(|name| name == "serve" || name.to_string_lossy().starts_with('-'));
    // What prints and ends is for people.
    let is_server = is_server && !names.any(|name| name == "--print-config");
    remarks::set_form(settings::log_format_without_arguments(), is_server);
    let typed = std::env::args_os().skip(1);
    let typed = typed.map(|name| name.to_string_lossy().into_owned());
    if let Some(failure) = features::refusal(error, typed) {
        return failure.report();
    }
    if error.use_stderr() && remarks::is_json() {
        let (message, hint) = in_lines(&error.render().to_string());
        remarks::report_error(&message, hint.as_deref());
    } else {
        // Where nobody reads, there is nobody to tell.
        drop(error.print());
    }
    u8::try_from(error.exit_code()).map_or(ExitCode::FAILURE, ExitCode::from)
}

/// What is wrong with the arguments in one line, and in another what to do: the usage and tips, which stand
/// below each other for people.
fn in_lines(text: &str) -> (String, Option<String>) {
    let text = text.strip_prefix("error: ").unwrap_or(text);
    let in_one = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut paragraphs = text.split("\n\n").map(in_one);
    let message = paragraphs.next().unwrap_or_default();
    let rest: Vec<_> = paragraphs
        .map(|line| line.trim_end_matches('.').to_owned() + ".")
        .filter(|line| line.len() > 1)
        .collect();
    (message, (!rest.is_empty()).then(|| rest.join(" ")))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    #[test]
    fn the_arguments_are_consistent() {
        super::Cli::command().debug_assert();
    }
}
