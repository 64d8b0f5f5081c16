//! What has to be known before the configuration is loaded: the form in which its own errors are told.
//!
//! It takes the setting from wherever it stands and ignores what is wrong beside it, which
//! [`Layers::load`](super::Layers::load) reports in that form.

use std::path::Path;

use figment::value::Value;
use serde::Deserialize as _;
use serde::de::IntoDeserializer as _;
use serde::de::value::Error;

use super::choices::LogFormat;
use super::environment::{FILE_VARIABLE, PREFIX};
use super::file::FileLayer;

/// The setting `log.format` as the environment has it, else the file; `auto` where neither has one that
/// fits. No flag sets it.
#[must_use]
pub fn early_log_format(environment: &[(String, String)], file: Option<&Path>) -> LogFormat {
    let variable = |wanted: &str| {
        let mut set = environment.iter().filter(|(_, text)| !text.is_empty());
        set.find(|(name, _)| name == wanted)
            .map(|(_, text)| text.as_str())
    };
    let format = |text: &str| {
        let text: serde::de::value::StrDeserializer<'_, Error> = text.into_deserializer();
        LogFormat::deserialize(text).ok()
    };
    if let Some(text) = variable(&format!("{PREFIX}LOG__FORMAT")) {
        return format(text).unwrap_or(LogFormat::Auto);
    }
    let named = file.or_else(|| variable(FILE_VARIABLE).map(Path::new));
    let layer = FileLayer::read(named).ok().flatten();
    let value = layer.and_then(|mut layer| layer.value_mut("log.format").cloned());
    let text = value.as_ref().and_then(Value::as_str);
    text.and_then(format).unwrap_or(LogFormat::Auto)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_wins_and_what_is_wrong_is_ignored() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.toml");
        std::fs::write(&file, "color = 1\n[log]\nformat = \"json\"\nfilter = 5\n").unwrap();
        let told = |text: &str, file: Option<&Path>| {
            let variables = [("EKIBEN_LOG__FORMAT".to_owned(), text.to_owned())];
            early_log_format(&variables, file)
        };
        assert_eq!(told("", Some(&file)), LogFormat::Json);
        assert_eq!(told("text", Some(&file)), LogFormat::Text);
        assert_eq!(told("loud", Some(&file)), LogFormat::Auto);
        assert_eq!(told("", Some(&folder.path().join("none"))), LogFormat::Auto);
        let named = [("EKIBEN_CONFIG".to_owned(), file.display().to_string())];
        assert_eq!(early_log_format(&named, None), LogFormat::Json);
    }
}
