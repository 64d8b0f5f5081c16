//! `ekiben bake`: an app's file from its dumps.

use std::fs;
use std::path::Path;

use jiff::Timestamp;
use serde::Serialize;

use super::arguments::BakeArguments;
use super::failure::Failure;
use super::output::say_as;
use super::{progress, remarks, settings, summary};
use crate::apps::{self, App};
use crate::bake::{Recipe, bake};
use crate::config::Config;
use crate::file::{Folder, HalfMade};
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

/// Bakes an app's file if there is none.
pub(super) fn bake_missing(app: &dyn App, config: &Config) -> Result<(), Failure> {
    let baked = config.baked_dir().join(file_name(app));
    if !baked.exists() {
        let report = bake_app(app, config, &apps::dataset(app, config), &baked)?;
        tell_baked(app, &report);
    }
    Ok(())
}

/// The same, but only if the file that would be baked `is_wanted`, for what is in it: nothing is left of one that
/// is not. Whether there is a baked file now.
pub(super) fn bake_missing_if(
    app: &dyn App,
    config: &Config,
    is_wanted: impl Fn(&Path) -> Result<bool, Failure>,
) -> Result<bool, Failure> {
    let baked = config.baked_dir().join(file_name(app));
    if baked.exists() {
        return is_wanted(&baked);
    }
    let had_folder = config.baked_dir().exists();
    // What a killed process leaves of it, the next bake removes, as it does with its own (`file::Temporary`).
    let aside = format!(".{}.baking-aside-{}", file_name(app), std::process::id());
    let aside = baked.with_file_name(aside);
    let half_made = HalfMade::at(&aside);
    let looked_at = bake_app(app, config, &apps::dataset(app, config), &aside)
        .and_then(|report| Ok((report, is_wanted(&aside)?)));
    // Others that bake make the same file in place of this one.
    if let Ok((report, true)) = looked_at {
        fs::rename(&aside, &baked).map_err(|cause| not_named(&baked, &cause))?;
        drop(half_made);
        tell_baked(
            app,
            &Report {
                path: baked,
                ..report
            },
        );
        return Ok(true);
    }
    // It was looked at, and that is all that it was for.
    drop(fs::remove_file(&aside));
    if !had_folder {
        drop(fs::remove_dir(config.baked_dir()));
    }
    looked_at.map(|_| false)
}

fn not_named(baked: &Path, cause: &std::io::Error) -> Failure {
    Failure::other(format!("{}: cannot be made: {cause}", baked.display()))
}

fn tell_baked(app: &dyn App, report: &Report) {
    if remarks::are_logged() {
        log_baked(app, report);
    } else {
        remarks::remark(&summary::report(report));
    }
}

/// The table of a bake as lines of the log: one for the file, one for each thing that differs.
fn log_baked(app: &dyn App, report: &Report) {
    for note in &report.notes {
        tracing::warn!(
            app = app.name(),
            input = note.input,
            line = note.line,
            class = %note.class,
            "{}",
            note.what
        );
    }
    tracing::info!(
        app = app.name(),
        file = %report.path.display(),
        rows = report.rows,
        bytes = report.bytes,
        input_bytes = report.input_bytes,
        seconds = report.elapsed.as_secs_f64(),
        "baked"
    );
}

/// Bakes one app's file to `out`, showing the progress on standard error.
fn bake_app(
    app: &dyn App,
    config: &Config,
    dataset: &Folder,
    out: &Path,
) -> Result<Report, Failure> {
    if cfg!(not(feature = "datasets")) && matches!(dataset, Folder::Embedded(_)) {
        let failure = Failure::usage(format!("this build carries no data of {}", app.name()));
        return Err(failure.hint("Name yours: `ekiben bake --from DIR`, or dataset_dir."));
    }
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
