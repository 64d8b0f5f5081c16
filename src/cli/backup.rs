//! `ekiben backup` and `ekiben restore`: a primary's data to a file and back.

use std::path::Path;
use std::time::Instant;

use indicatif::HumanBytes;
use serde::Serialize;

use super::arguments::{BackupArguments, RestoreArguments};
use super::bake::file_name;
use super::failure::Failure;
use super::output::say_as;
use super::remarks::remark;
use super::settings;
use crate::apps;
use crate::config::Mode;
use crate::file::path_as_text;
use crate::store::{self, Copied};

pub(super) fn back_up(arguments: &BackupArguments) -> Result<(), Failure> {
    let start = Instant::now();
    let (layers, app) = settings::load_for_data(&arguments.data)?;
    let baked = layers.config().baked_dir().join(file_name(app));
    let app = app.name();
    if arguments.out == Path::new("-") {
        let failure = Failure::usage("a backup cannot be written to standard output");
        return Err(failure.hint("Name a file; it is checked before it has its name."));
    }
    let data_dir = &layers.config().data_dir;
    let copied = store::back_up(data_dir, &baked, app, &arguments.out, arguments.replace)?;
    let result = CopyResult::new(&copied, app, start);
    say_as(arguments.form, &result, || summary(&copied, app, start))
}

pub(super) fn restore(arguments: &RestoreArguments) -> Result<(), Failure> {
    let start = Instant::now();
    let (layers, app) = settings::load_for_data(&arguments.data)?;
    let config = layers.config();
    let schema = apps::schema(app, config)?;
    let (name, file) = (app.name(), &arguments.file);
    let copied = store::restore(file, &config.data_dir, name, &schema)?;
    let (file, program) = (copied.provenance.schema_version, schema.version());
    let is_due = file < program;
    let result = CopyResult {
        migration_due: Some(is_due),
        ..CopyResult::new(&copied, name, start)
    };
    say_as(arguments.form, &result, || summary(&copied, name, start))?;
    if is_due {
        remark(&format!(
            "note: its schema version is {file}; the next start migrates it to {program}"
        ));
    }
    tell_of_mode(config.mode);
    Ok(())
}

/// Who changes a primary's data where replicas are configured may wonder.
pub(super) fn tell_of_mode(mode: Mode) {
    if mode == Mode::Replica {
        remark(
            "note: `mode` is replica in this configuration; what was changed is served with mode primary",
        );
    }
}

/// The result of either for programs.
#[derive(Serialize)]
struct CopyResult<'c> {
    app: &'c str,
    #[serde(serialize_with = "path_as_text")]
    path: &'c Path,
    bytes: u64,
    #[serde(serialize_with = "path_as_text")]
    from: &'c Path,
    generation: u64,
    dataset_digest: &'c str,
    schema_version: u32,
    bake_time: &'c str,
    /// Of a restore: whether the next start migrates it.
    #[serde(skip_serializing_if = "Option::is_none")]
    migration_due: Option<bool>,
    seconds: f64,
}

impl<'c> CopyResult<'c> {
    fn new(copied: &'c Copied, app: &'c str, start: Instant) -> Self {
        Self {
            app,
            path: &copied.to,
            bytes: copied.bytes,
            from: &copied.from,
            generation: copied.generation,
            dataset_digest: &copied.provenance.dataset_digest,
            schema_version: copied.provenance.schema_version,
            bake_time: &copied.provenance.bake_time,
            migration_due: None,
            seconds: start.elapsed().as_secs_f64(),
        }
    }
}

fn summary(copied: &Copied, app: &str, start: Instant) -> String {
    let dataset = &copied.provenance.dataset_digest;
    format!(
        "{}: {}, from {}, checked, in {:.2} s\n{app}, generation {}, dataset {}, baked {}",
        copied.to.display(),
        HumanBytes(copied.bytes),
        copied.from.display(),
        start.elapsed().as_secs_f64(),
        copied.generation,
        dataset.get(..12).unwrap_or(dataset),
        copied.provenance.bake_time,
    )
}
