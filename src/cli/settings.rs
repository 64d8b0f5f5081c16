//! From flags, file and environment to the configuration of this process.

use std::path::Path;

use figment::value::Value;

use super::arguments::{
    ConfigArguments, DataArguments, MigrateArguments, ModeArgument, OpenapiArguments,
    SeedArguments, ServeArguments,
};
use super::failure::Failure;
use crate::apps::{self, App};
use crate::config::{Layers, Sources};

/// A flag as people write it, the setting that it is, and its value.
type Flag = (&'static str, &'static str, Value);

/// What stands for every app.
const ALL_APPS: &str = "all";

/// Loads the configuration for a subcommand that takes no more flags than the file's name.
pub(super) fn load(arguments: &ConfigArguments) -> Result<Layers, Failure> {
    load_with(arguments, Vec::new())
}

/// Loads the configuration with the flags of `serve` as its last layer.
pub(super) fn load_for_serve(arguments: &ServeArguments) -> Result<Layers, Failure> {
    let mut flags: Vec<Flag> = Vec::new();
    flags.extend(apps_flag(&arguments.app));
    if let Some(listen) = arguments.listen {
        flags.push(("--listen", "listen", listen.to_string().into()));
    }
    flags.extend(data_dir_flag(arguments.data_dir.as_deref()));
    if let Some(mode) = arguments.mode {
        let name = match mode {
            ModeArgument::Primary => "primary",
            ModeArgument::Replica => "replica",
        };
        flags.push(("--mode", "mode", name.into()));
    }
    load_with(&arguments.config, flags)
}

/// Loads the configuration with the data directory of `backup` or `restore` as its last layer.
pub(super) fn load_for_data(arguments: &DataArguments) -> Result<Layers, Failure> {
    let flags = data_dir_flag(arguments.data_dir.as_deref());
    load_with(&arguments.config, flags.into_iter().collect())
}

/// Loads the configuration with the apps and the data directory of `migrate` as its last layer.
pub(super) fn load_for_migrate(arguments: &MigrateArguments) -> Result<Layers, Failure> {
    let apps = apps_flag(&arguments.app);
    let data_dir = data_dir_flag(arguments.data_dir.as_deref());
    load_with(
        &arguments.config,
        apps.into_iter().chain(data_dir).collect(),
    )
}

/// Loads the configuration with the data directory of `seed` as its last layer.
pub(super) fn load_for_seed(arguments: &SeedArguments) -> Result<Layers, Failure> {
    let flags = data_dir_flag(arguments.data_dir.as_deref());
    load_with(&arguments.config, flags.into_iter().collect())
}

/// Loads the configuration with the apps of `openapi` as its last layer.
pub(super) fn load_for_openapi(arguments: &OpenapiArguments) -> Result<Layers, Failure> {
    let flags = apps_flag(&arguments.app);
    load_with(&arguments.config, flags.into_iter().collect())
}

/// The apps that the configuration names, each once; `all` names every one.
pub(super) fn apps(layers: &Layers) -> Result<Vec<&'static dyn App>, Failure> {
    let mut found: Vec<&'static dyn App> = Vec::new();
    for name in &layers.config().apps {
        let named = match name.as_str() {
            ALL_APPS => apps::ALL.to_vec(),
            name => vec![app(name)?],
        };
        for app in named {
            if !found.iter().any(|known| known.name() == app.name()) {
                found.push(app);
            }
        }
    }
    Ok(found)
}

fn apps_flag(names: &[String]) -> Option<Flag> {
    (!names.is_empty()).then(|| ("--app", "apps", names.to_vec().into()))
}

fn data_dir_flag(data_dir: Option<&Path>) -> Option<Flag> {
    data_dir.map(|path| ("--data-dir", "data_dir", path.display().to_string().into()))
}

/// The app of that name, or a failure that lists those there are.
pub(super) fn app(name: &str) -> Result<&'static dyn App, Failure> {
    apps::find(name).ok_or_else(|| {
        let names: Vec<_> = apps::ALL.iter().map(|app| app.name()).collect();
        Failure::usage(format!(
            "there is no app {name:?}; the apps are: {}",
            names.join(", ")
        ))
    })
}

fn load_with(arguments: &ConfigArguments, flags: Vec<Flag>) -> Result<Layers, Failure> {
    let app_defaults = apps::ALL
        .iter()
        .map(|app| (app.name().to_owned(), app.default_settings()))
        .collect();
    let environment = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect();
    let sources = Sources {
        app_defaults,
        file: arguments.config.clone(),
        environment,
        flags,
        ..Sources::default()
    };
    Ok(Layers::load(&sources)?)
}
