//! The layers of the configuration, merged, with the origin of every value.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use figment::providers::{Format as _, Serialized, Toml};
use figment::value::{Dict, Map, Value};
use figment::{Figment, Metadata, Profile, Provider};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Config, ConfigError, Mount};

/// Looked for in the working directory when no file is named.
const DEFAULT_FILE: &str = "ekiben.toml";

const PREFIX: &str = "EKIBEN_";

/// Variables with our prefix that are not settings.
const NOT_SETTINGS: &[&str] = &[
    "EKIBEN_CONFIG",
    "EKIBEN_REFERENCE_DATA",
    "EKIBEN_BUILD_COMMIT",
];

/// Kubernetes sets variables for each Service of a namespace, and one called "ekiben" has our prefix.
/// No setting starts like these.
const KUBERNETES_PREFIXES: &[&str] = &["EKIBEN_PORT", "EKIBEN_SERVICE_HOST", "EKIBEN_SERVICE_PORT"];

/// Platforms tell the port by these; the later one wins.
const PORT_VARIABLES: &[&str] = &["PORT", "SERVER_PORT"];

/// What the configuration is made from, all of it given so that tests need no real environment.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    /// The settings to begin with.
    pub defaults: Config,
    /// Default sections of the apps, by app name.
    pub app_defaults: BTreeMap<String, Dict>,
    /// The configuration file; without one, `ekiben.toml` is read if it is there.
    pub file: Option<PathBuf>,
    /// Environment variables.
    pub environment: Vec<(String, String)>,
    /// Flags as (flag, key, value), for example (`--listen`, `listen`, …).
    pub flags: Vec<(&'static str, &'static str, Value)>,
}

/// The merged layers.
#[derive(Debug, Clone)]
pub struct Layers {
    pub(super) merged: Figment,
    config: Config,
}

/// One app's settings.
#[derive(Debug, Clone)]
pub struct Section {
    merged: Figment,
    name: String,
}

impl Layers {
    /// Merges the layers and validates the result.
    ///
    /// # Errors
    /// When a key is unknown, a value does not fit, or the file cannot be read.
    pub fn load(sources: &Sources) -> Result<Self, ConfigError> {
        let mut defaults = Figment::from(Serialized::defaults(&sources.defaults));
        for (app, section) in &sources.app_defaults {
            defaults = defaults.merge(Serialized::default(app, section));
            let at_root = !sources.defaults.mounts.contains_key(app);
            if at_root {
                let key = format!("mounts.{app}");
                defaults = defaults.merge(Serialized::default(&key, Mount::default()));
            }
        }
        let mut merged = defaults.clone();
        if let Some(file) = file(sources)? {
            merged = merged.merge(file);
        }
        merged = ports(merged, sources)?;
        for (name, value) in &sources.environment {
            if is_setting(name) {
                let key = name[PREFIX.len()..].to_ascii_lowercase().replace("__", ".");
                let value: Value = value.parse().unwrap_or_else(|never| match never {});
                merged = merged.merge(One {
                    origin: format!("environment variable {name}"),
                    key,
                    value,
                });
            }
        }
        for (flag, key, value) in &sources.flags {
            let (origin, key) = (format!("flag {flag}"), (*key).to_owned());
            merged = merged.merge(One {
                origin,
                key,
                value: value.clone(),
            });
        }
        check_keys(&defaults, &merged)?;
        let config: Config = merged
            .extract()
            .map_err(|error| bad_value(&merged, &error))?;
        if let Some((key, reason)) = config.flaw() {
            let origin = origin(&merged, key);
            return Err(ConfigError::BadValue {
                key: key.to_owned(),
                origin,
                reason: reason.to_owned(),
            });
        }
        Ok(Self { merged, config })
    }

    /// The settings that are not an app's own.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// The settings of one app.
    #[must_use]
    pub fn section(&self, app: &str) -> Section {
        Section {
            merged: self.merged.clone(),
            name: app.to_owned(),
        }
    }
}

impl Section {
    /// A section of nothing but defaults.
    #[must_use]
    pub fn of_defaults(app: &str, defaults: Dict) -> Self {
        let merged = Figment::from(Serialized::default(app, defaults));
        Self {
            merged,
            name: app.to_owned(),
        }
    }

    /// The app's settings as its own type.
    ///
    /// # Errors
    /// When a value does not fit.
    pub fn extract<T: DeserializeOwned>(&self) -> Result<T, ConfigError> {
        self.merged
            .extract_inner(&self.name)
            .map_err(|error| bad_value(&self.merged, &error))
    }
}

/// A settings struct as the dictionary that a layer is made of.
///
/// # Panics
/// When it serialises to anything but a map with string keys, which a settings struct never does.
#[must_use]
pub fn dictionary(settings: &impl Serialize) -> Dict {
    Value::serialize(settings)
        .ok()
        .and_then(Value::into_dict)
        .expect("a settings struct is a map of its fields")
}

fn file(sources: &Sources) -> Result<Option<figment::providers::Data<Toml>>, ConfigError> {
    let named = sources.file.clone().or_else(|| {
        let variable = sources
            .environment
            .iter()
            .find(|(name, _)| name == "EKIBEN_CONFIG");
        variable.map(|(_, path)| PathBuf::from(path))
    });
    let path = named.clone().unwrap_or_else(|| PathBuf::from(DEFAULT_FILE));
    if named.is_none() && !path.exists() {
        return Ok(None);
    }
    let readable = |path: &Path| std::fs::read_to_string(path).map(drop);
    readable(&path).map_err(|cause| ConfigError::File {
        path: path.display().to_string(),
        reason: cause.to_string(),
    })?;
    Ok(Some(Toml::file_exact(path)))
}

fn is_setting(variable: &str) -> bool {
    variable.starts_with(PREFIX)
        && !NOT_SETTINGS.contains(&variable)
        && !KUBERNETES_PREFIXES
            .iter()
            .any(|prefix| variable.starts_with(prefix))
}

/// `PORT` and `SERVER_PORT` replace the port of what the layers below listen on.
fn ports(mut merged: Figment, sources: &Sources) -> Result<Figment, ConfigError> {
    for &variable in PORT_VARIABLES {
        let Some((_, text)) = sources
            .environment
            .iter()
            // A Service called "server" has Kubernetes set SERVER_PORT to tcp://10.0.0.1:80.
            .find(|(name, value)| name == variable && !value.starts_with("tcp://"))
        else {
            continue;
        };
        let origin = format!("environment variable {variable}");
        let port: u16 = text.parse().map_err(|_| ConfigError::BadValue {
            key: "listen".to_owned(),
            origin: origin.clone(),
            reason: format!("{text:?} is not a port"),
        })?;
        let mut listen: SocketAddr = merged
            .extract_inner("listen")
            .map_err(|error| bad_value(&merged, &error))?;
        listen.set_port(port);
        merged = merged.merge(One {
            origin,
            key: "listen".to_owned(),
            value: listen.to_string().into(),
        });
    }
    Ok(merged)
}

/// A layer of one key.
struct One {
    origin: String,
    key: String,
    value: Value,
}

impl Provider for One {
    fn metadata(&self) -> Metadata {
        Metadata::named(self.origin.clone())
    }

    fn data(&self) -> figment::error::Result<Map<Profile, Dict>> {
        let nested = figment::util::nest(&self.key, self.value.clone());
        Ok(Profile::Default.collect(nested.into_dict().unwrap_or_default()))
    }
}

/// Every key must be one that the defaults have.
fn check_keys(defaults: &Figment, merged: &Figment) -> Result<(), ConfigError> {
    let data = |figment: &Figment| {
        figment
            .extract::<Dict>()
            .map_err(|error| bad_value(figment, &error))
    };
    let known = leaves(&data(defaults)?);
    for key in leaves(&data(merged)?).into_keys() {
        if !known.contains_key(&key) {
            return Err(ConfigError::UnknownKey {
                origin: origin(merged, &key),
                key,
            });
        }
    }
    Ok(())
}

/// The values that are not tables, by their dotted keys.
pub(super) fn leaves(dict: &Dict) -> BTreeMap<String, Value> {
    let mut found = BTreeMap::new();
    for (key, value) in dict {
        match value {
            Value::Dict(_, inner) => {
                let below = leaves(inner);
                found.extend(
                    below
                        .into_iter()
                        .map(|(rest, value)| (format!("{key}.{rest}"), value)),
                );
            }
            other => {
                found.insert(key.clone(), other.clone());
            }
        }
    }
    found
}

/// The layer that a key's value comes from, in words.
pub(super) fn origin(merged: &Figment, key: &str) -> String {
    let Some(metadata) = merged.find_metadata(key) else {
        return "the configuration".to_owned();
    };
    match &metadata.source {
        Some(figment::Source::File(path)) => path.display().to_string(),
        Some(figment::Source::Code(_)) => "the defaults".to_owned(),
        _ => metadata.name.to_string(),
    }
}

fn bad_value(merged: &Figment, error: &figment::Error) -> ConfigError {
    let key = error.path.join(".");
    // The file as a whole has no key: its syntax is broken.
    if key.is_empty() && error.metadata.is_some() {
        let path = error
            .metadata
            .as_ref()
            .map(|metadata| match &metadata.source {
                Some(figment::Source::File(path)) => path.display().to_string(),
                _ => metadata.name.to_string(),
            });
        return ConfigError::File {
            path: path.unwrap_or_default(),
            reason: error.kind.to_string(),
        };
    }
    let origin = error.metadata.as_ref().map_or_else(
        || origin(merged, &key),
        |metadata| match &metadata.source {
            Some(figment::Source::File(path)) => path.display().to_string(),
            _ => metadata.name.to_string(),
        },
    );
    ConfigError::BadValue {
        key,
        origin,
        reason: error.kind.to_string(),
    }
}
