//! From flags, file and environment to the configuration of this process, and to the apps that are meant.
//!
//! One rule says which app a command is about: the one that its flag names, else the one that the
//! setting `apps` does. Commands about one app refuse to choose between several. It must not know what a
//! command does with its app.

use std::ffi::OsString;
use std::path::Path;

use figment::value::Value;

use super::arguments::{
    AccountArguments, AppArguments, Command, ConduitCommand, ConfigArguments, DataArguments,
    EnglishCommand, MigrateArguments, ModeArgument, OpenapiArguments, SeedArguments,
    ServeArguments,
};
use super::failure::Failure;
use super::remarks::warn;
use crate::apps::{self, App};
use crate::config::{
    ConfigError, Layers, LogFormat, Sources, concerns_configuration, early_log_format,
};
use crate::serving::{defaults_within, memory_limit};

/// A flag as people write it, the setting that it is, and its value.
type Flag = (&'static str, &'static str, Value);

/// What stands for every app.
const ALL_APPS: &str = "all";

/// Loads the configuration for a subcommand that takes no more flags than the file's name.
pub(super) fn load(arguments: &ConfigArguments) -> Result<Layers, Failure> {
    load_and_warn(arguments, Vec::new())
}

/// Loads the configuration for a subcommand about one app, and gives that app.
pub(super) fn load_for_app(
    arguments: &AppArguments,
) -> Result<(Layers, &'static dyn App), Failure> {
    let flags = apps_flag(arguments.app.as_slice()).into_iter().collect();
    let layers = load_and_warn(&arguments.config, flags)?;
    let app = one_app(&layers)?;
    Ok((layers, app))
}

/// Loads the configuration with the flags of `serve` as its last layer, and defaults that fit into memory.
pub(super) fn load_for_serve(arguments: &ServeArguments) -> Result<Layers, Failure> {
    let mut flags: Vec<Flag> = Vec::new();
    flags.extend(apps_flag(&arguments.app));
    if let Some(listen) = arguments.listen {
        flags.push(("--listen", "listen", listen.to_string().into()));
    }
    if let Some(port) = arguments.port {
        flags.push(("--port", "listen", port.to_string().into()));
    }
    flags.extend(data_dir_flag(arguments.data_dir.as_deref()));
    if let Some(mode) = arguments.mode {
        let name = match mode {
            ModeArgument::Primary => "primary",
            ModeArgument::Replica => "replica",
        };
        flags.push(("--mode", "mode", name.into()));
    }
    let mut sources = sources(&arguments.config, flags)?;
    let layers = Layers::load(&sources)?;
    let Some(memory) = memory_limit() else {
        return Ok(layers);
    };
    let fitting = defaults_within(memory, layers.config());
    if fitting == sources.defaults {
        return Ok(layers);
    }
    sources.defaults = fitting;
    Ok(Layers::load(&sources)?)
}

/// Loads the configuration with the data directory of `backup` or `restore` as its last layer, and gives
/// the app whose data it is.
pub(super) fn load_for_data(
    arguments: &DataArguments,
) -> Result<(Layers, &'static dyn App), Failure> {
    let app = apps_flag(arguments.app.app.as_slice());
    let data_dir = data_dir_flag(arguments.data_dir.as_deref());
    let layers = load_and_warn(
        &arguments.app.config,
        app.into_iter().chain(data_dir).collect(),
    )?;
    let app = one_app(&layers)?;
    Ok((layers, app))
}

/// Loads the configuration with the apps and the data directory of `migrate` as its last layer.
pub(super) fn load_for_migrate(arguments: &MigrateArguments) -> Result<Layers, Failure> {
    let apps = apps_flag(&arguments.app);
    let data_dir = data_dir_flag(arguments.data_dir.as_deref());
    load_and_warn(
        &arguments.config,
        apps.into_iter().chain(data_dir).collect(),
    )
}

/// Loads the configuration with the data directory of `seed` as its last layer, and gives the app whose
/// data it is.
pub(super) fn load_for_seed(
    arguments: &SeedArguments,
) -> Result<(Layers, &'static dyn App), Failure> {
    let app = apps_flag(std::slice::from_ref(&arguments.app));
    let data_dir = data_dir_flag(arguments.data_dir.as_deref());
    let layers = load_and_warn(&arguments.config, app.into_iter().chain(data_dir).collect())?;
    let app = one_app(&layers)?;
    Ok((layers, app))
}

/// Loads the configuration with the data directory of a subcommand about accounts of `app` as its last layer.
pub(super) fn load_for_accounts(
    arguments: &AccountArguments,
    app: &dyn App,
) -> Result<Layers, Failure> {
    let app = ("--app", "apps", vec![app.name().to_owned()].into());
    let data_dir = data_dir_flag(arguments.data_dir.as_deref());
    load_and_warn(
        &arguments.config,
        [app].into_iter().chain(data_dir).collect(),
    )
}

/// Loads the configuration with the apps of `openapi` as its last layer.
pub(super) fn load_for_openapi(arguments: &OpenapiArguments) -> Result<Layers, Failure> {
    let flags = apps_flag(&arguments.app);
    load_and_warn(&arguments.config, flags.into_iter().collect())
}

/// The form of the log as far as it is known before the configuration is loaded, whose errors have it too.
pub(super) fn log_format(command: Option<&Command>, serve: &ServeArguments) -> LogFormat {
    let file = match command {
        None => &serve.config.config,
        Some(Command::Serve(arguments)) => &arguments.config.config,
        Some(Command::Bake(arguments)) => &arguments.app.config.config,
        Some(Command::Backup(arguments)) => &arguments.data.app.config.config,
        Some(Command::Restore(arguments)) => &arguments.data.app.config.config,
        Some(Command::Migrate(arguments)) => &arguments.config.config,
        Some(Command::Seed(arguments)) => &arguments.config.config,
        Some(Command::Inspect(arguments)) => &arguments.config.config,
        Some(Command::Check(arguments)) => &arguments.config.config,
        Some(Command::Openapi(arguments)) => &arguments.config.config,
        #[cfg(feature = "conduit")]
        Some(Command::Conduit(arguments)) => match &arguments.command {
            ConduitCommand::SetPassword(arguments) => &arguments.data.config.config,
        },
        #[cfg(feature = "english")]
        Some(Command::English(arguments)) => match &arguments.command {
            EnglishCommand::Grant(arguments) => &arguments.data.config.config,
            EnglishCommand::SetPassword(arguments) => &arguments.data.config.config,
        },
        Some(Command::Deploy(arguments)) => &arguments.app.config.config,
        Some(Command::Completions(_) | Command::Man(_)) => &None,
        #[cfg(feature = "import")]
        Some(Command::Import(_)) => &None,
    };
    format_by(file.as_deref())
}

/// The same where the arguments are wrong.
pub(super) fn log_format_without_arguments() -> LogFormat {
    format_by(None)
}

fn format_by(file: Option<&Path>) -> LogFormat {
    // A variable that is no text is an error of the configuration, later.
    let environment: Vec<_> = std::env::vars_os()
        .filter_map(|pair| text(pair, |_| false)?.ok())
        .collect();
    early_log_format(&environment, file)
}

/// The apps that the configuration names, each once; `all` names every one.
pub(super) fn apps(layers: &Layers) -> Result<Vec<&'static dyn App>, Failure> {
    let mut found: Vec<&'static dyn App> = Vec::new();
    for name in &layers.config().apps {
        let named = match name.as_str() {
            ALL_APPS => apps::ALL.to_vec(),
            name => vec![apps::find(name).ok_or_else(|| no_such_app(layers, name))?],
        };
        for app in named {
            if !found.iter().any(|known| known.name() == app.name()) {
                found.push(app);
            }
        }
    }
    Ok(found)
}

/// The app that the configuration names, where it names one only.
fn one_app(layers: &Layers) -> Result<&'static dyn App, Failure> {
    let apps = apps(layers)?;
    if let [app] = apps[..] {
        return Ok(app);
    }
    let origin = layers.origin("apps");
    let names = names(&apps);
    let failure = Failure::usage(format!("which app? {origin} names several: {names}"));
    Err(failure.hint("Name one of them with --app NAME."))
}

/// A name that no app has is a mistake of the arguments or of the configuration, wherever it stands.
fn no_such_app(layers: &Layers, name: &str) -> Failure {
    let reason = format!(
        "there is no app {name:?}; the apps are: {}",
        names(apps::ALL)
    );
    if layers.is_flag("apps") {
        return Failure::usage(reason);
    }
    let error = ConfigError::BadValue {
        key: "apps".to_owned(),
        origin: layers.origin("apps"),
        reason,
    };
    error.into()
}

fn names(apps: &[&'static dyn App]) -> String {
    let names: Vec<_> = apps.iter().map(|app| app.name()).collect();
    names.join(", ")
}

fn apps_flag(names: &[String]) -> Option<Flag> {
    (!names.is_empty()).then(|| ("--app", "apps", names.to_vec().into()))
}

fn data_dir_flag(data_dir: Option<&Path>) -> Option<Flag> {
    data_dir.map(|path| ("--data-dir", "data_dir", path.display().to_string().into()))
}

/// Loads the configuration, with a warning on standard error about what it ignores.
fn load_and_warn(arguments: &ConfigArguments, flags: Vec<Flag>) -> Result<Layers, Failure> {
    let layers = load_with(arguments, flags)?;
    if let Some(warning) = ignored(&layers) {
        warn(&warning);
    }
    Ok(layers)
}

/// What to warn of: variables that have our prefix and were ignored.
pub(super) fn ignored(layers: &Layers) -> Option<String> {
    let names = layers.ignored_variables();
    (!names.is_empty()).then(|| {
        let names = names.join(", ");
        format!("ignored environment variables that Kubernetes sets for Services: {names}")
    })
}

fn load_with(arguments: &ConfigArguments, flags: Vec<Flag>) -> Result<Layers, Failure> {
    Ok(Layers::load(&sources(arguments, flags)?)?)
}

fn sources(arguments: &ConfigArguments, flags: Vec<Flag>) -> Result<Sources, Failure> {
    let app_defaults = apps::ALL
        .iter()
        .map(|app| (app.name().to_owned(), app.default_settings()))
        .collect();
    let foreign_variables = apps::ALL.iter().flat_map(|app| app.variables()).copied();
    let foreign_variables: Vec<_> = foreign_variables.collect();
    let is_foreign = |name: &str| foreign_variables.iter().any(|(known, _)| *known == name);
    let environment = std::env::vars_os()
        .filter_map(|variable| text(variable, is_foreign))
        .collect::<Result<_, _>>()?;
    Ok(Sources {
        app_defaults,
        file: arguments.config.clone(),
        environment,
        foreign_variables,
        flags,
        ..Sources::default()
    })
}

/// A variable as text. One that is not UTF-8 is somebody else's, or an error: a setting that was left
/// out in silence would be taken for its default.
fn text(
    (name, text): (OsString, OsString),
    is_foreign: impl Fn(&str) -> bool,
) -> Option<Result<(String, String), ConfigError>> {
    let name = name.into_string().ok()?;
    match text.into_string() {
        Ok(text) => Some(Ok((name, text))),
        Err(_) if concerns_configuration(&name) || is_foreign(&name) => {
            Some(Err(ConfigError::NotText { name }))
        }
        Err(_) => None,
    }
}
