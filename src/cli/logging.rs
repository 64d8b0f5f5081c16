//! Sets up the log: standard error, text for a terminal and JSON for everything else.

use anstream::{AutoStream, ColorChoice};
use tracing_subscriber::layer::{Layer as _, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;

use super::failure::Failure;
use super::remarks;
use crate::config::{ConfigError, LogSettings};

pub(super) fn set_up(log: &LogSettings) -> Result<(), Failure> {
    let filter = log.targets().map_err(|reason| ConfigError::BadValue {
        key: "log.filter".to_owned(),
        origin: "the configuration".to_owned(),
        reason,
    })?;
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    // As decided for what is said beside the log, so that no line has another form.
    let lines = if remarks::is_json() {
        lines.json().flatten_event(true).boxed()
    } else {
        lines.with_ansi(has_colours()).with_target(false).boxed()
    };
    // Only the first call in a process has an effect, which is all that the command line makes.
    let set = tracing_subscriber::registry()
        .with(lines)
        .with(filter)
        .try_init();
    set.map_err(|cause| Failure::other(format!("cannot set up the log: {cause}")))
}

/// Whether standard error takes colours: `NO_COLOR`, `CLICOLOR`, `CLICOLOR_FORCE`, `TERM` and whether it is
/// a terminal decide, by the rule that help texts have.
fn has_colours() -> bool {
    AutoStream::choice(&std::io::stderr()) != ColorChoice::Never
}
