//! The settings of the `[english]` section.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::config::{PublicUrl, Secret};

/// Settings of this app; see `ekiben.example.toml`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnglishSettings {
    /// What sessions are sealed with, 32 bytes at least. Without one a primary makes a key, once.
    pub secret: Secret,
    /// Whether anybody can make an account.
    pub sign_up: bool,
    /// The folder with recordings; without one there are the built-in ones.
    pub voice_dir: PathBuf,
    /// The service that knows the words; without one they are in the file.
    pub words_url: String,
    /// For how long a page waits for that service.
    pub words_timeout_milliseconds: u64,
    /// For how long its answer is kept.
    pub words_keep_seconds: u64,
    /// Where sentences are streamed, for learners elsewhere; without one there is no link.
    pub streaming_global: String,
    /// The same for learners in the house.
    pub streaming_local: String,
    /// By which the streaming service says that it may read every learner's order.
    pub streaming_token: Secret,
}

impl Default for EnglishSettings {
    fn default() -> Self {
        Self {
            secret: Secret::default(),
            sign_up: true,
            voice_dir: PathBuf::new(),
            words_url: String::new(),
            words_timeout_milliseconds: 1000,
            words_keep_seconds: 86_400,
            streaming_global: String::new(),
            streaming_local: String::new(),
            streaming_token: Secret::default(),
        }
    }
}

/// Bytes of the shortest token of the streaming service.
const SHORTEST_TOKEN: usize = 16;

impl EnglishSettings {
    /// What is wrong with them.
    pub(super) fn flaw(&self) -> Option<String> {
        if self.words_timeout_milliseconds == 0 {
            return Some("english.words_timeout_milliseconds must be at least 1".to_owned());
        }
        if !self.words_url.is_empty() && !self.words_url.starts_with("http://") {
            let reason = "its service is asked without TLS";
            let url = &self.words_url;
            return Some(format!(
                "english.words_url {url:?} must begin with http://: {reason}"
            ));
        }
        let token = self.streaming_token.expose();
        if self.streaming_token.is_set() && token.len() < SHORTEST_TOKEN {
            let least = format!("must have at least {SHORTEST_TOKEN} bytes");
            return Some(format!("english.streaming_token {least}"));
        }
        let addresses = [
            ("words_url", &self.words_url),
            ("streaming_global", &self.streaming_global),
            ("streaming_local", &self.streaming_local),
        ];
        addresses.into_iter().find_map(|(name, text)| {
            let flaw = PublicUrl::parse(text).err().filter(|_| !text.is_empty())?;
            Some(format!("english.{name} {flaw}"))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_that_cannot_be_meant_are_refused() {
        let flaw = |change: fn(&mut EnglishSettings)| {
            let mut settings = EnglishSettings::default();
            change(&mut settings);
            settings.flaw()
        };
        assert_eq!(flaw(|_| {}), None);
        assert_eq!(flaw(|s| s.words_url = "http://wm:3000".into()), None);
        let local = flaw(|s| s.streaming_local = "https://drill.example/stream".into());
        assert_eq!(local, None);
        for (name, wrong) in [
            (
                "words_timeout_milliseconds",
                flaw(|s| s.words_timeout_milliseconds = 0),
            ),
            ("words_url", flaw(|s| s.words_url = "https://wm".into())),
            ("words_url", flaw(|s| s.words_url = "http://".into())),
            (
                "streaming_local",
                flaw(|s| s.streaming_local = "javascript:alert(1)".into()),
            ),
            (
                "streaming_global",
                flaw(|s| s.streaming_global = "//x".into()),
            ),
            (
                "streaming_token",
                flaw(|s| s.streaming_token = Secret::from("short")),
            ),
        ] {
            let wrong = wrong.unwrap_or_default();
            assert!(
                wrong.starts_with(&format!("english.{name} ")),
                "{name}: {wrong}"
            );
            assert!(!wrong.contains("short"), "{wrong}");
        }
    }
}
