//! `ekiben inspect`: what is in a file and where it came from (ARCHITECTURE.md, invariant 2).

use std::path::Path;

use indicatif::{HumanBytes, HumanCount};

use super::arguments::InspectArguments;
use super::failure::Failure;
use super::say;
use super::summary::table;
use crate::bake::provenance::Provenance;
use crate::bake::{FileReport, inspect};

pub(super) fn run(arguments: &InspectArguments) -> Result<(), Failure> {
    let path = &arguments.file;
    let unusable = |reason: String| {
        Failure::data_file(format!("cannot inspect {}: {reason}", path.display()))
            .hint("Name a file made by `ekiben bake` or `ekiben import`.")
    };
    let report = inspect(path)
        .map_err(|cause| unusable(cause.to_string()))?
        .ok_or_else(|| unusable("this version of ekiben did not make it".to_owned()))?;
    if arguments.json {
        let json = serde_json::to_string_pretty(&report);
        return say(&json.map_err(|cause| Failure::other(cause.to_string()))?);
    }
    say(&describe(path, &report))
}

fn describe(path: &Path, report: &FileReport) -> String {
    let Provenance {
        app,
        importer,
        dataset_digest,
        schema_digest,
        bake_time,
        ..
    } = &report.provenance;
    let mut text = format!(
        "{}: {}\n\napp             {app}\nbaked           {bake_time} by {importer}\n\
         dataset digest  {dataset_digest}\n",
        path.display(),
        HumanBytes(report.bytes),
    );
    if !schema_digest.is_empty() {
        text.push_str(&format!("schema digest   {schema_digest}\n"));
    }
    let mut inputs = vec![["input", "bytes", "sha256"].map(str::to_owned)];
    inputs.extend(report.provenance.inputs.iter().map(|input| {
        [
            input.name.clone(),
            HumanCount(input.bytes).to_string(),
            input.sha256.clone(),
        ]
    }));
    let mut tables = vec![["table or index", "rows baked", "rows now", "size"].map(str::to_owned)];
    for table in &report.tables {
        let baked = report.provenance.rows.get(&table.name);
        tables.push([
            table.name.clone(),
            baked.map_or_else(
                || "derived".to_owned(),
                |&rows| HumanCount(rows).to_string(),
            ),
            HumanCount(table.rows).to_string(),
            HumanBytes(table.bytes.unwrap_or(0)).to_string(),
        ]);
        tables.extend(table.indexes.iter().map(|index| {
            let size = HumanBytes(index.bytes.unwrap_or(0)).to_string();
            [
                format!("  {}", index.name),
                String::new(),
                String::new(),
                size,
            ]
        }));
    }
    format!("{text}\n{}\n{}", table(&inputs), table(&tables))
}
