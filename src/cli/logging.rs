//! Sets up the log: standard error, text for a terminal and JSON for everything else.

use std::io::IsTerminal as _;

use tracing_subscriber::EnvFilter;

use super::failure::Failure;
use crate::config::{ConfigError, Log, LogFormat};

pub(super) fn set_up(log: &Log) -> Result<(), Failure> {
    let filter = EnvFilter::try_new(&log.filter).map_err(|cause| ConfigError::BadValue {
        key: "log.filter".to_owned(),
        origin: "the configuration".to_owned(),
        reason: cause.to_string(),
    })?;
    let terminal = std::io::stderr().is_terminal();
    let json = match log.format {
        LogFormat::Auto => !terminal,
        LogFormat::Text => false,
        LogFormat::Json => true,
    };
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    // Only the first call in a process has an effect, which is all that the command line makes.
    let set = if json {
        builder.json().flatten_event(true).try_init()
    } else {
        builder.with_ansi(terminal).with_target(false).try_init()
    };
    set.map_err(|cause| Failure::other(format!("cannot set up the log: {cause}")))
}
