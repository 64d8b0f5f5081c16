//! `ekiben bake`: an app's file from its dumps.

use std::path::Path;

use jiff::Timestamp;
use serde::Serialize;

use super::arguments::BakeArguments;
use super::failure::Failure;
use super::output::say_as;
use super::{progress, settings, summary};
use crate::apps::{self, App};
use crate::bake::{Recipe, bake};
use crate::config::Config;
use crate::file::Folder;
use crate::load::Report;

pub(super) fn run(arguments: &BakeArguments) -> Result<(), Failure> {
    let (layers, app) = settings::load_for_app(&arguments.app)?;
    let config = layers.config();
    let dataset = match &arguments.from {
        Some(folder) => Folder::Disk(folder.clone()),
        None => apps::dataset(app, config),
    };
    let folder = arguments
        .out
        .as_deref()
        .unwrap_or_else(|| config.baked_dir());
    let report = bake_app(app, config, &dataset, &folder.join(file_name(app)))?;
    let result = Baked {
        app: app.name(),
        report: &report,
    };
    say_as(arguments.form, &result, || summary::report(&report))
}

/// The result for programs.
#[derive(Serialize)]
struct Baked<'r> {
    app: &'r str,
    #[serde(flatten)]
    report: &'r Report,
}

/// Bakes one app's file to `out`, showing the progress on standard error.
pub(super) fn bake_app(
    app: &dyn App,
    config: &Config,
    dataset: &Folder,
    out: &Path,
) -> Result<Report, Failure> {
    let recipe = Recipe {
        app: app.name(),
        schema: &apps::schema(app, config)?,
        dataset,
        csv: app.csv_tables(),
        documents: app.documents(),
        default_documents: &apps::built_in_dataset(app),
        bake_time: &bake_time()?,
    };
    Ok(bake(&recipe, out, progress::for_stderr().as_mut())?)
}

/// The name of an app's baked file in its folder.
pub(super) fn file_name(app: &dyn App) -> String {
    format!("{}.sqlite", app.name())
}

/// Now, or what `SOURCE_DATE_EPOCH` says (<https://reproducible-builds.org/specs/source-date-epoch>).
pub(super) fn bake_time() -> Result<String, Failure> {
    let now = Timestamp::now().as_second();
    let second = match std::env::var("SOURCE_DATE_EPOCH") {
        Ok(text) if text.is_empty() => now,
        Ok(text) => text.parse().map_err(|_| {
            Failure::usage(format!(
                "SOURCE_DATE_EPOCH is {text:?}, not a number of seconds"
            ))
        })?,
        Err(_) => now,
    };
    let time = Timestamp::from_second(second)
        .map_err(|cause| Failure::usage(format!("SOURCE_DATE_EPOCH: {cause}")))?;
    Ok(time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string())
}
