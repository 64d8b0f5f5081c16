//! Standard output: the result of a subcommand, for people or for programs.
//!
//! Everything else goes to standard error (`remarks`). It must not know what a result means.

use std::io::{self, Write as _};

use super::arguments::ResultForm;
use super::failure::Failure;

/// Writes a result to standard output. A reader that went away (`| head`) is no failure.
pub(super) fn say(text: &str) -> Result<(), Failure> {
    let written = writeln!(io::stdout().lock(), "{}", text.trim_end());
    match written {
        Err(cause) if cause.kind() != io::ErrorKind::BrokenPipe => Err(Failure::output(format!(
            "cannot write to standard output: {cause}"
        ))),
        _ => Ok(()),
    }
}

/// Writes a result in the form that was asked for: one JSON object, or text.
pub(super) fn say_as(
    form: ResultForm,
    result: &impl serde::Serialize,
    text: impl FnOnce() -> String,
) -> Result<(), Failure> {
    say(&if form.json { json(result)? } else { text() })
}

/// The whole report for programs.
pub(super) fn json(report: &impl serde::Serialize) -> Result<String, Failure> {
    serde_json::to_string_pretty(report)
        .map(|text| text + "\n")
        .map_err(|error| Failure::other(format!("cannot write the report: {error}")))
}
