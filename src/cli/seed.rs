//! `ekiben seed`: the rows of a CSV file into a primary's data. The sentences of `english` are
//! `seed_sentences`' own.

use std::path::Path;
use std::time::Instant;

use indicatif::HumanCount;
use serde::Serialize;

use super::arguments::SeedArguments;
use super::backup::tell_of_mode;
use super::bake::{bake_missing, file_name};
use super::failure::Failure;
use super::output::say_as;
#[cfg(feature = "english")]
use super::seed_sentences;
use super::{progress, settings};
#[cfg(feature = "english")]
use crate::apps::english::English;
use crate::apps::{self, App, AppData as _};
use crate::bake::{Existing, Seed, Seeded};
use crate::config::Config;
use crate::file::{FolderFile, path_as_text};
use crate::store::{self, NextGeneration, Standing};

pub(super) fn run(arguments: &SeedArguments) -> Result<(), Failure> {
    let start = Instant::now();
    let (layers, app) = settings::load_for_seed(arguments)?;
    let config = layers.config();
    if arguments.if_new
        && let Some(generation) = generation_there(config, app)?
    {
        let result = NotSeeded {
            app: app.name(),
            seeded: false,
            generation,
        };
        return say_as(arguments.form, &result, || {
            format!(
                "{} has data, generation {generation}: nothing was seeded",
                app.name()
            )
        });
    }
    #[cfg(feature = "english")]
    if app.name() == English.name() {
        return seed_sentences::run(arguments, config, app);
    }
    if arguments.replace_users || arguments.strict {
        let failure = Failure::usage(format!(
            "--replace-users and --strict are not for {}",
            app.name()
        ));
        return Err(failure.hint("They are for the sentences of english."));
    }
    let Some(table) = app.csv_tables().first() else {
        let failure = Failure::usage(format!("{} takes no CSV file", app.name()));
        return Err(failure.hint("Its rows come from dumps: see `ekiben bake --help`."));
    };
    let Some(path) = &arguments.file else {
        let failure = Failure::usage("there is no CSV file");
        return Err(failure.hint("Name it; `-` is standard input."));
    };
    let file = list_file(path, "stdin.csv")?;
    let schema = apps::schema(app, config)?;
    let baked = config.baked_dir().join(file_name(app));
    let standing = store::standing(&config.data_dir, app.name(), &schema)?;
    if matches!(standing, Standing::NoCopy) {
        bake_missing(app, config)?;
    }
    let seed = Seed {
        schema: &schema,
        table,
        file: &file,
        existing: match (arguments.replace, arguments.append) {
            (true, _) => Existing::Replace,
            (_, true) => Existing::Keep,
            _ => Existing::Refuse,
        },
    };
    let next = NextGeneration {
        data_dir: &config.data_dir,
        baked: &baked,
        app: app.name(),
        schema: &schema,
    };
    let mut progress = progress::for_stderr();
    let made = next.make(|connection, path| -> Result<Seeded, Failure> {
        Ok(seed.fill(connection, path, progress.as_mut())?)
    })?;
    let result = SeedResult {
        app: app.name(),
        path: &made.path,
        generation: made.generation,
        input: &file.shown,
        rows: made.value.rows,
        rows_before: made.value.before,
        replaced: arguments.replace,
        seconds: start.elapsed().as_secs_f64(),
    };
    say_as(arguments.form, &result, || summary(&result))?;
    tell_of_mode(config.mode);
    Ok(())
}

/// The generation of the data that a primary has, if it has any.
fn generation_there(config: &Config, app: &dyn App) -> Result<Option<u64>, Failure> {
    let schema = apps::schema(app, config)?;
    Ok(
        match store::standing(&config.data_dir, app.name(), &schema)? {
            Standing::NoCopy => None,
            Standing::Current { generation, .. } | Standing::Due { generation, .. } => {
                Some(generation)
            }
        },
    )
}

/// What programs are told where there were data already.
#[derive(Serialize)]
struct NotSeeded<'s> {
    app: &'s str,
    seeded: bool,
    generation: u64,
}

/// The file at `path`; `-` is standard input, called `name`.
pub(super) fn list_file(path: &Path, name: &str) -> Result<FolderFile, Failure> {
    if path == Path::new("-") {
        return Ok(FolderFile::standard_input(name));
    }
    Ok(FolderFile::at(path)?)
}

/// The result for programs.
#[derive(Serialize)]
struct SeedResult<'s> {
    app: &'s str,
    #[serde(serialize_with = "path_as_text")]
    path: &'s Path,
    generation: u64,
    input: &'s str,
    rows: u64,
    /// Rows that were there, and that are no more if `replaced`.
    rows_before: u64,
    replaced: bool,
    seconds: f64,
}

fn summary(result: &SeedResult<'_>) -> String {
    let others = match (result.rows_before, result.replaced) {
        (0, _) => String::new(),
        (before, true) => format!(" in place of {}", HumanCount(before)),
        (before, false) => format!(" beside {}", HumanCount(before)),
    };
    format!(
        "{}: {} rows from {}{others}, checked, in {:.2} s\n{}, generation {}",
        result.path.display(),
        HumanCount(result.rows),
        result.input,
        result.seconds,
        result.app,
        result.generation,
    )
}
