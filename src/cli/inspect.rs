//! `ekiben inspect`: what is in a file, where it came from (ARCHITECTURE.md, invariant 2) and how it is.

use std::path::{Path, PathBuf};

use indicatif::{HumanBytes, HumanCount};
use serde::Serialize;

use super::arguments::InspectArguments;
use super::failure::Failure;
use super::output::{json, say};
use super::settings;
use super::summary::table;
use crate::bake::{FileReport, inspect};
use crate::file::provenance::Provenance;
use crate::file::why_not_sqlite;
use crate::store::{Depth, Drift, Health, generation_at};

/// Everything that is reported about a file.
#[derive(Serialize)]
struct Inspection {
    #[serde(flatten)]
    file: FileReport,
    health: Health,
}

pub(super) fn run(arguments: &InspectArguments) -> Result<(), Failure> {
    let path = &arguments.file;
    let unusable = |cause: rusqlite::Error| {
        use rusqlite::ErrorCode::DatabaseCorrupt;
        let hint = match cause.sqlite_error_code() {
            Some(DatabaseCorrupt) => DAMAGED,
            _ => NOT_OURS,
        };
        Failure::data_file(format!("cannot inspect {}: {cause}", path.display())).hint(hint)
    };
    let not_ours = |reason: &str| {
        let said = format!("cannot inspect {}: {reason}", path.display());
        Failure::data_file(said).hint(NOT_OURS)
    };
    match why_not_sqlite(path) {
        Ok(None) => {}
        Ok(Some(why)) => return Err(not_ours(why)),
        Err(cause) => return Err(not_ours(&format!("it cannot be read ({cause})"))),
    }
    let baked = baked_files(arguments)?;
    let depth = if arguments.full {
        Depth::Full
    } else {
        Depth::Quick
    };
    // First, because it looks at the WAL before anything is opened.
    let health = Health::examine(path, depth, &baked).map_err(unusable)?;
    let file = inspect(path).map_err(unusable)?;
    let file = file.ok_or_else(|| not_ours("this version of ekiben did not make it"))?;
    let inspection = Inspection { file, health };
    say(&if arguments.json {
        json(&inspection)?
    } else {
        describe(path, &inspection)
    })?;
    match inspection.health.problems.first() {
        None => Ok(()),
        Some(problem) => {
            let said = format!("{} is damaged: {problem}", path.display());
            Err(Failure::data_file(said).hint(DAMAGED))
        }
    }
}

const NOT_OURS: &str = "Name a file made by `ekiben bake` or `ekiben import`.";

const DAMAGED: &str =
    "Restore the newest backup that is whole with `ekiben restore`, or bake the file anew.";

/// Where the baked file of a primary's copy may be: where the configuration says, or beside the copy. Any
/// other file has none, and needs no configuration to be looked at.
fn baked_files(arguments: &InspectArguments) -> Result<Vec<PathBuf>, Failure> {
    let Some((app, _)) = generation_at(&arguments.file) else {
        return Ok(Vec::new());
    };
    let layers = settings::load(&arguments.config)?;
    let name = format!("{app}.sqlite");
    let configured = &layers.config().baked_dir;
    let mut files = vec![arguments.file.with_file_name(&name)];
    if !configured.as_os_str().is_empty() {
        files.insert(0, configured.join(name));
    }
    Ok(files)
}

fn describe(path: &Path, inspection: &Inspection) -> String {
    let file = &inspection.file;
    let Provenance {
        app,
        importer,
        dataset_digest,
        schema_digest,
        schema_version,
        bake_time,
        ..
    } = &file.provenance;
    let mut text = format!(
        "{}: {}\n\napp             {app}\nbaked           {bake_time} by {importer}\n\
         dataset digest  {dataset_digest}\n",
        path.display(),
        HumanBytes(file.bytes),
    );
    if !schema_digest.is_empty() {
        text.push_str(&format!(
            "schema digest   {schema_digest}\nschema version  {schema_version}\n"
        ));
    }
    text.push_str(&describe_health(&inspection.health));
    let mut inputs = vec![["input", "bytes", "sha256"].map(str::to_owned)];
    inputs.extend(file.provenance.inputs.iter().map(|input| {
        [
            input.name.clone(),
            HumanCount(input.bytes).to_string(),
            input.sha256.clone(),
        ]
    }));
    format!("{text}\n{}\n{}", table(&inputs), table(&contents(file)))
}

fn describe_health(health: &Health) -> String {
    let checked = match health.checked {
        Depth::Quick => "quick check; --full compares indexes with their tables too",
        Depth::Full => "full check",
    };
    let integrity = if health.problems.is_empty() {
        "ok"
    } else {
        "damaged"
    };
    let mut text = format!("integrity       {integrity} ({checked})\n");
    for problem in &health.problems {
        text.push_str(&format!("                {problem}\n"));
    }
    let log = HumanBytes(health.wal_bytes);
    text.push_str(&format!("WAL beside it   {log}\n"));
    if let Some(generation) = health.generation {
        text.push_str(&format!("generation      {generation}\n"));
    }
    if let Some(drift) = &health.drift {
        text.push_str(&format!("baked file      {}\n", describe_drift(drift)));
    }
    text
}

fn describe_drift(drift: &Drift) -> String {
    let Drift {
        baked,
        baked_dataset_digest,
        ..
    } = drift;
    let dataset = if drift.same_dataset {
        "the same dataset".to_owned()
    } else {
        let short = baked_dataset_digest.get(..12);
        format!("another dataset, {}", short.unwrap_or(baked_dataset_digest))
    };
    let schema = match (drift.same_schema, drift.same_schema_version) {
        (true, _) => String::new(),
        (false, true) => ", another schema".to_owned(),
        (false, false) => format!(", schema version {}", drift.baked_schema_version),
    };
    format!("{}: {dataset}{schema}", baked.display())
}

/// Tables and indexes with their rows and sizes.
fn contents(file: &FileReport) -> Vec<[String; 4]> {
    let mut rows = vec![["table or index", "rows baked", "rows now", "size"].map(str::to_owned)];
    for table in &file.tables {
        let baked = file.provenance.rows.get(&table.name);
        rows.push([
            table.name.clone(),
            baked.map_or_else(
                || "derived".to_owned(),
                |&rows| HumanCount(rows).to_string(),
            ),
            HumanCount(table.rows).to_string(),
            HumanBytes(table.bytes.unwrap_or(0)).to_string(),
        ]);
        rows.extend(table.indexes.iter().map(|index| {
            let size = HumanBytes(index.bytes.unwrap_or(0)).to_string();
            [
                format!("  {}", index.name),
                String::new(),
                String::new(),
                size,
            ]
        }));
    }
    rows
}
