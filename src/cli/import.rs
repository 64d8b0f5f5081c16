//! `ekiben import`: any dump to a SQLite file.

use std::path::Path;

use super::arguments::{ImportArguments, ReportForm};
use super::bake::bake_time;
use super::failure::Failure;
use super::output::{json, say};
use super::{progress, summary};
use crate::dump::Charset;
use crate::file::FolderFile;
use crate::import::{ImportOptions, Selection, import};
use crate::load::LoadError;
use crate::store;

/// What a primary keeps holds writes, and a running one would go on with a file that nobody finds any more.
fn refuse_primary(output: &Path) -> Result<(), Failure> {
    if !store::is_of_primary(output) {
        return Ok(());
    }
    let shown = output.display();
    let failure = Failure::output(format!("{shown} is the name of a file of a primary's"));
    Err(failure
        .hint("Name another file; `ekiben restore` puts a file of its app into a primary's data."))
}

pub(super) fn run(arguments: &ImportArguments) -> Result<(), Failure> {
    let pipes = arguments
        .dumps
        .iter()
        .filter(|path| *path == Path::new("-"));
    if pipes.count() > 1 {
        return Err(Failure::usage("standard input can be read only once"));
    }
    if arguments.output == Path::new("-") {
        let failure = Failure::usage("a SQLite file cannot be written to standard output");
        return Err(failure.hint("Name a file: -o out.sqlite"));
    }
    refuse_primary(&arguments.output)?;
    let dumps: Vec<_> = arguments
        .dumps
        .iter()
        .map(|path| {
            if path == Path::new("-") {
                Ok(FolderFile::standard_input("stdin.sql"))
            } else {
                FolderFile::at(path)
            }
        })
        .collect::<Result<_, _>>()?;
    let charset = Charset::of_client(&arguments.charset).ok_or_else(|| {
        Failure::usage(format!("there is no character set {}", arguments.charset))
            .hint("Use a name of MySQL: utf8mb4, latin1, cp932, sjis, ujis, gbk, big5, binary, …")
    })?;
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    let options = ImportOptions {
        force: arguments.force,
        bake_time: &bake_time()?,
        selection: Selection {
            database: arguments.database.clone(),
            tables: arguments.tables.clone(),
            exclude: arguments.exclude.clone(),
            schema_only: arguments.schema_only,
            data_only: arguments.data_only,
        },
        strict: arguments.strict,
        jobs: arguments.jobs.map_or(processors, usize::from),
        charset,
        allow_incomplete: arguments.allow_incomplete,
    };
    let imported = import(
        &dumps,
        &arguments.output,
        &options,
        progress::for_stderr().as_mut(),
    );
    let form = if arguments.json {
        ReportForm::Json
    } else {
        arguments.report
    };
    // Whoever sees the failure is told what became of the file.
    let path = arguments.output.display();
    let told = |failure: Failure| {
        failure.hint(format!(
            "{path} is complete; only the report about it is lost."
        ))
    };
    match (imported, form) {
        (Ok(report), ReportForm::Text) => say(&summary::import_report(&report)).map_err(told),
        (Ok(report), ReportForm::Json) => json(&report).and_then(|text| say(&text)).map_err(told),
        // Whoever reads reports by program wants to know what stood in the way.
        (Err(LoadError::Strict { notes }), ReportForm::Json) => {
            say(&json(&serde_json::json!({ "notes": notes }))?)?;
            Err(LoadError::Strict { notes }.into())
        }
        (Err(error), _) => Err(error.into()),
    }
}
