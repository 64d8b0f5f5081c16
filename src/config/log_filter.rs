//! `log.filter`: which lines of the log are wanted, by target and level.
//!
//! It must not know where lines go.

use tracing_subscriber::filter::{LevelFilter, Targets};

/// Reads `LEVEL` and `TARGET=LEVEL`, separated by commas. Spans and fields, which some programs take
/// here, would be taken for the name of a target.
pub(super) fn parse(text: &str) -> Result<Targets, String> {
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
            let filter = parse(text).unwrap();
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
        assert!(!parse("off").unwrap().would_enable("ekiben", &Level::ERROR));
        for wrong in [
            "loud",
            "ekiben",
            "[span]=debug",
            "ekiben{a=1}=debug",
            "a b=info",
            "ekiben=",
        ] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }
}
