//! The layers of the configuration, merged, with the origin of every value.
//!
//! It must not know what a setting is for; only whether its default is a number, a text or a secret.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::{Path, PathBuf};

use figment::Figment;
use figment::providers::Serialized;
use figment::value::{Dict, Empty, Value};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::environment::{self, Environment};
use super::file::FileLayer;
use super::listening::ListenLayers;
use super::value_origin::{FLAG, SingleValue, in_words, origin};
use super::{Config, ConfigError, Mount, bounds, secret_files, wording};

/// What the configuration is made from, all of it given so that tests need no real environment. Not to be
/// printed: the environment holds secrets as they were given.
#[derive(Clone, Default)]
pub struct Sources {
    /// The settings to begin with. Secrets in it count as unset, since they do not serialise.
    pub defaults: Config,
    /// Default sections of the apps, by app name.
    pub app_defaults: BTreeMap<String, Dict>,
    /// The configuration file; without one, `ekiben.toml` is read if it is there.
    pub file: Option<PathBuf>,
    /// Environment variables; an empty one counts as unset.
    pub environment: Vec<(String, String)>,
    /// Variables of other systems that apps take, each with the key of the setting that it gives.
    pub foreign_variables: Vec<(&'static str, &'static str)>,
    /// Flags as (flag, key, value), for example (`--listen`, `listen`, …).
    pub flags: Vec<(&'static str, &'static str, Value)>,
}

/// The merged layers. They hold secrets, so that nothing is printed of them but by [`print`](super::print()).
#[derive(Clone)]
pub struct Layers {
    pub(super) merged: Figment,
    pub(super) secrets: BTreeSet<String>,
    config: Config,
    ignored_variables: Vec<String>,
}

/// One app's settings.
#[derive(Clone)]
pub struct Section {
    merged: Figment,
    name: String,
}

impl Layers {
    /// Merges the layers and validates the result.
    ///
    /// # Errors
    /// When a key is unknown, a value does not fit, or a file cannot be read.
    pub fn load(sources: &Sources) -> Result<Self, ConfigError> {
        let (defaults, secrets) = defaults(sources)?;
        let known = leaves(&values(&defaults)?);
        let environment =
            Environment::read(&sources.environment, &sources.foreign_variables, |key| {
                known.contains_key(key)
            })?;
        let named = sources.file.as_deref();
        let named = named.or_else(|| environment.file.map(Path::new));
        let mut merged = defaults;
        let mut listen = ListenLayers::new(&sources.defaults);
        if let Some(mut file) = FileLayer::read(named)? {
            let origin = file.origin();
            for key in ["listen", "admin.listen", "metrics.listen"] {
                if let Some(value) = file.value_mut(key) {
                    *value = complete(&mut listen, key, value.clone(), &origin)?;
                }
            }
            merged = merged.merge(file);
        }
        for &(variable, port) in &environment.ports {
            merged = merged.merge(SingleValue {
                origin: environment::origin(variable),
                key: "listen".to_owned(),
                value: listen.port_of_platform(port),
            });
        }
        for &(variable, ref key, text) in &environment.settings {
            let origin = environment::origin(variable);
            let value = typed(known.get(key), text);
            merged = merged.merge(SingleValue {
                value: complete(&mut listen, key, value, &origin)?,
                key: key.clone(),
                origin,
            });
        }
        for (flag, key, value) in &sources.flags {
            let origin = format!("{FLAG} {flag}");
            merged = merged.merge(SingleValue {
                value: complete(&mut listen, key, value.clone(), &origin)?,
                key: (*key).to_owned(),
                origin,
            });
        }
        check_keys(&known, &merged)?;
        let merged = secret_files::read_all(merged, &secrets)?;
        let config: Config = read(&Value::from(values(&merged)?), &merged, "")?;
        if let Some((key, reason)) = config.flaw().or_else(|| bounds::flaw(&config)) {
            let origin = origin(&merged, key);
            return Err(ConfigError::BadValue {
                key: key.to_owned(),
                origin,
                reason,
            });
        }
        let ignored = environment.service_links.into_iter();
        Ok(Self {
            merged,
            secrets,
            config,
            ignored_variables: ignored.map(str::to_owned).collect(),
        })
    }

    /// The layer that a setting's value comes from, in words.
    #[must_use]
    pub fn origin(&self, key: &str) -> String {
        origin(&self.merged, key)
    }

    /// Whether a setting's value comes from the command line.
    #[must_use]
    pub fn is_flag(&self, key: &str) -> bool {
        self.origin(key).starts_with(FLAG)
    }

    /// Environment variables that look like settings and were ignored, because Kubernetes sets such
    /// variables for Services.
    #[must_use]
    pub fn ignored_variables(&self) -> &[String] {
        &self.ignored_variables
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
        let section = self.merged.find_value(&self.name);
        let section = section.map_err(|error| bad_value(&self.merged, &error))?;
        read(&section, &self.merged, &self.name)
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

impl fmt::Debug for Layers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let config = &self.config;
        f.debug_struct("Layers")
            .field("config", config)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Section {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = &self.name;
        f.debug_struct("Section")
            .field("name", name)
            .finish_non_exhaustive()
    }
}

/// The defaults, and the keys of the secrets among them, each with a setting beside it that names its
/// file.
fn defaults(sources: &Sources) -> Result<(Figment, BTreeSet<String>), ConfigError> {
    let mut defaults = Figment::from(Serialized::defaults(&sources.defaults));
    for (app, section) in &sources.app_defaults {
        defaults = defaults.merge(Serialized::default(app, section));
        let at_root = !sources.defaults.mounts.contains_key(app);
        if at_root {
            let key = format!("mounts.{app}");
            defaults = defaults.merge(Serialized::default(&key, Mount::default()));
        }
    }
    let is_secret = |value: &Value| matches!(value, Value::Empty(_, Empty::Unit));
    let secrets: BTreeSet<_> = leaves(&values(&defaults)?)
        .into_iter()
        .filter(|(_, value)| is_secret(value))
        .map(|(key, _)| key)
        .collect();
    for key in &secrets {
        defaults = defaults.merge(Serialized::default(&secret_files::file_key(key), ""));
    }
    Ok((defaults, secrets))
}

/// What a variable's text is as the value of a setting with that default. Only a number and a yes or no
/// are read as such: everything else is text, whatever it looks like.
fn typed(default: Option<&Value>, text: &str) -> Value {
    match default {
        Some(Value::Num(..) | Value::Bool(..)) => {
            text.parse().unwrap_or_else(|never| match never {})
        }
        _ => text.into(),
    }
}

/// The value that a layer has for `key`, where an address to listen on has what the layer left out.
fn complete(
    listen: &mut ListenLayers,
    key: &str,
    value: Value,
    origin: &str,
) -> Result<Value, ConfigError> {
    let completed = listen.complete(key, value);
    completed.map_err(|reason| ConfigError::BadValue {
        key: key.to_owned(),
        origin: origin.to_owned(),
        reason,
    })
}

/// All values of a figment.
pub(super) fn values(figment: &Figment) -> Result<Dict, ConfigError> {
    figment
        .extract::<Dict>()
        .map_err(|error| bad_value(figment, &error))
}

/// The value that stands at `key` as a type of settings; an error names its origin in `merged`.
///
/// From the value, and not by `Figment::extract`, which has every struct compiled six times, for what a value of
/// its own can be: a megabyte of the binary.
fn read<T: DeserializeOwned>(value: &Value, merged: &Figment, key: &str) -> Result<T, ConfigError> {
    T::deserialize(value).map_err(|mut error| {
        if !key.is_empty() {
            error.path.insert(0, key.to_owned());
        }
        bad_value(merged, &error)
    })
}

/// Every key must be one that the defaults have.
fn check_keys(known: &BTreeMap<String, Value>, merged: &Figment) -> Result<(), ConfigError> {
    for key in leaves(&values(merged)?).into_keys() {
        if known.contains_key(&key) {
            continue;
        }
        let origin = origin(merged, &key);
        return Err(match misplaced(known, &key) {
            Some((key, reason)) => ConfigError::BadValue {
                key,
                origin,
                reason,
            },
            None => ConfigError::UnknownKey { key, origin },
        });
    }
    Ok(())
}

/// What is wrong with `key` where a value stands for a section, or a section for a value: the setting and the
/// reason, which never quotes a value that may be a secret.
fn misplaced(known: &BTreeMap<String, Value>, key: &str) -> Option<(String, String)> {
    let below = format!("{key}.");
    if let Some(setting) = known.keys().find(|known| known.starts_with(&below)) {
        let reason = format!(
            "is a section and has no value of its own; set one of its settings, such as `{setting}`"
        );
        return Some((key.to_owned(), reason));
    }
    let mut above = key.rmatch_indices('.').map(|(at, _)| &key[..at]);
    let setting = above.find(|above| known.contains_key(*above))?;
    let reason = "has a value and is no section".to_owned();
    Some((setting.to_owned(), reason))
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

fn bad_value(merged: &Figment, error: &figment::Error) -> ConfigError {
    // An element of a list has the origin of its list.
    let mut known = (1..=error.path.len()).rev();
    let metadata = known.find_map(|length| merged.find_metadata(&error.path[..length].join(".")));
    let metadata = error.metadata.as_ref().or(metadata);
    let key = error.path.join(".");
    ConfigError::BadValue {
        origin: metadata.map_or_else(|| origin(merged, &key), in_words),
        key,
        reason: wording::reason(&error.kind),
    }
}
