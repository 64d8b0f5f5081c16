//! Sets up the log: standard error, text for a terminal and JSON for everything else.

use std::io::IsTerminal as _;

use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::{Layer as _, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;

use super::failure::Failure;
use crate::config::{ConfigError, Log, LogFormat};

pub(super) fn set_up(log: &Log) -> Result<(), Failure> {
    let filter = targets(&log.filter).map_err(|reason| ConfigError::BadValue {
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

/// Reads `LEVEL` and `TARGET=LEVEL`, separated by commas. Spans and fields, which some programs take
/// here, would be taken for the name of a target.
fn targets(text: &str) -> Result<Targets, String> {
    let parts = text
        .split(',')
        .map(str::trim)
        .filter(|part| !part.is_empty());
    let mut filter = Targets::new();
    for part in parts {
        let (target, level) = part.split_once('=').unwrap_or(("", part));
        let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, ':' | '_' | '-');
        // An empty one would be taken for ERROR.
        let level = Some(level).filter(|level| !level.is_empty());
        let level = level.and_then(|level| level.parse::<LevelFilter>().ok());
        let (true, Some(level)) = (target.chars().all(is_name), level) else {
            return Err(format!("{part:?} is neither LEVEL nor TARGET=LEVEL"));
        };
        filter = if part.contains('=') {
            filter.with_target(target, level)
        } else {
            filter.with_default(level)
        };
    }
    Ok(filter)
}

#[cfg(test)]
mod tests {
    use tracing::Level;

    use super::*;

    #[test]
    fn levels_and_targets() {
        for text in [
            "info,ekiben::request=warn",
            " info , ekiben::request=warn,",
            "INFO,,ekiben::request=warn",
        ] {
            let filter = targets(text).unwrap();
            assert!(filter.would_enable("ekiben::store", &Level::INFO), "{text}");
            assert!(
                !filter.would_enable("ekiben::store", &Level::DEBUG),
                "{text}"
            );
            assert!(
                !filter.would_enable("ekiben::request", &Level::INFO),
                "{text}"
            );
            assert!(
                filter.would_enable("ekiben::request", &Level::WARN),
                "{text}"
            );
        }
        assert!(
            !targets("off")
                .unwrap()
                .would_enable("ekiben", &Level::ERROR)
        );
        for wrong in [
            "loud",
            "ekiben",
            "[span]=debug",
            "ekiben{a=1}=debug",
            "a b=info",
            "ekiben=",
        ] {
            assert!(targets(wrong).is_err(), "{wrong}");
        }
    }
}
