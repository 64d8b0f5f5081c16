//! Sets up the log: standard error, text for a terminal and JSON for everything else.

use std::io::IsTerminal as _;

use tracing_subscriber::layer::{Layer as _, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;

use super::failure::Failure;
use crate::config::{ConfigError, LogFormat, LogSettings};

pub(super) fn set_up(log: &LogSettings) -> Result<(), Failure> {
    let filter = log.targets().map_err(|reason| ConfigError::BadValue {
        key: "log.filter".to_owned(),
        origin: "the configuration".to_owned(),
        reason,
    })?;
    let terminal = std::io::stderr().is_terminal();
    let json = match log.format {
        LogFormat::Auto => !terminal,
        LogFormat::Text => false,
        LogFormat::Json => true,
    };
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    let lines = if json {
        lines.json().flatten_event(true).boxed()
    } else {
        lines.with_ansi(terminal).with_target(false).boxed()
    };
    // Only the first call in a process has an effect, which is all that the command line makes.
    let set = tracing_subscriber::registry()
        .with(lines)
        .with(filter)
        .try_init();
    set.map_err(|cause| Failure::other(format!("cannot set up the log: {cause}")))
}
