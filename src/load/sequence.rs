//! The one sequence by which a file is made from dumps, whether it is an app's or an import's.
//!
//! It feeds rows to the storing side, reports progress, writes provenance and statistics, compacts, checks
//! and publishes. What differs is handed in: [`LoadPlan`] is the part that is data, [`Destination`] and
//! [`Storage`] the part that is code. It must not know what the tables of the file are.

use std::collections::BTreeMap;
use std::time::Instant;

use super::batch::Batch;
use super::error::LoadError;
use super::feed::{Event, FeedOptions, InputsRead, InsertedRows, Planner, feed};
use super::note::Note;
use super::output::Output;
use super::progress::{CurrentInput, Phase, Progress};
use super::report::{self, Report, TableReport};
use crate::dump::{InsertHeader, Statement};
use crate::file::FolderFile;
use crate::file::provenance::{IMPORTER, Input, Provenance, dataset_digest};

/// What a file is made from, and what its provenance says beside the rows.
pub(crate) struct LoadPlan<'a> {
    /// Name of the app, or `import`.
    pub(crate) app: &'a str,
    /// Digest of the app's schema; empty for an import.
    pub(crate) schema_digest: &'a str,
    pub(crate) schema_version: u32,
    /// In UTC, RFC 3339 to the second.
    pub(crate) bake_time: &'a str,
    /// The dumps, in the order in which they are read.
    pub(crate) dumps: &'a [FolderFile],
    pub(crate) options: FeedOptions,
    /// When the work began, for the report.
    pub(crate) start: Instant,
}

/// What the reading side asks, and the storing side, over one new file.
pub(crate) type BothSides<'o> = (Box<dyn Planner + 'o>, Box<dyn Storage + 'o>);

/// Which tables the rows of dumps go into.
pub(crate) trait Destination {
    /// Prepares the new file: what the reading side has to know of it, and the storing side.
    fn open<'o>(&'o self, output: &'o Output) -> Result<BothSides<'o>, LoadError>;
}

/// The storing side: takes what the reading side hands over, in the order of the dumps. `input` is the name of
/// the current one.
pub(crate) trait Storage {
    /// A statement that changes tables.
    fn statement(&mut self, input: &str, statement: Statement) -> Result<(), LoadError>;

    /// Stores rows; gives the batch back for the next ones.
    fn rows(&mut self, input: &str, rows: InsertedRows) -> Result<Batch, LoadError>;

    /// Rows that the planner did not want.
    fn unwanted(&mut self, input: &str, header: InsertHeader, count: u64);

    /// All dumps are read: checks what they held, and stores what comes from elsewhere.
    fn after_dumps(&mut self, progress: &mut dyn Progress) -> Result<(), LoadError>;

    /// Makes indexes, and whatever else needs all rows.
    fn finish(self: Box<Self>, read: InputsRead) -> Result<FilledFile, LoadError>;
}

/// A file with all rows and indexes, before its provenance is written.
pub(crate) struct FilledFile {
    /// All inputs in the order in which they were read.
    pub(crate) inputs: Vec<Input>,
    /// Rows by table.
    pub(crate) rows: BTreeMap<String, u64>,
    pub(crate) notes: Vec<Note>,
    /// Statements that were ignored, as the report shows them.
    pub(crate) ignored: BTreeMap<String, u64>,
    pub(crate) views: Vec<String>,
    pub(crate) tables: FilledTables,
}

/// What is known of the tables, and with it how the file is completed.
pub(crate) enum FilledTables {
    /// The storing side reports them. The file is not read again: it may be larger than memory.
    Reported(Vec<TableReport>),
    /// They are read from the finished file, which is checked too. It is rewritten unless the rows came
    /// `in_order`.
    Checked { in_order: bool },
}

/// Makes the file of `output`, complete or not at all.
pub(crate) fn load(
    plan: &LoadPlan<'_>,
    mut output: Output,
    destination: &dyn Destination,
    progress: &mut dyn Progress,
) -> Result<Report, LoadError> {
    let stored = store(plan, &output, destination, progress)?;
    let provenance = Provenance {
        app: plan.app.to_owned(),
        importer: IMPORTER.to_owned(),
        dataset_digest: dataset_digest(&stored.inputs),
        schema_digest: plan.schema_digest.to_owned(),
        schema_version: plan.schema_version,
        bake_time: plan.bake_time.to_owned(),
        rows: stored.rows,
        inputs: stored.inputs,
        state: None,
        restored: None,
    };
    progress.begin(Phase::Statistics);
    output.analyze(&provenance)?;
    let tables = match stored.tables {
        FilledTables::Reported(tables) => {
            progress.begin(Phase::Writing);
            output.compact(true)?;
            tables
        }
        FilledTables::Checked { in_order } => {
            progress.begin(Phase::Compaction);
            output.compact(in_order)?;
            progress.begin(Phase::Integrity);
            output.check(report::tables)?
        }
    };
    let path = output.publish()?;
    Ok(Report {
        views: stored.views,
        ignored: stored.ignored,
        ..report::of(&path, provenance, tables, stored.notes, plan.start)
    })
}

/// Brings all rows into the file, and makes what needs them.
fn store(
    plan: &LoadPlan<'_>,
    output: &Output,
    destination: &dyn Destination,
    progress: &mut dyn Progress,
) -> Result<FilledFile, LoadError> {
    let (mut planner, mut storage) = destination.open(output)?;
    let mut current = CurrentInput::new(plan.dumps, progress);
    let mut read = InputsRead::default();
    feed(plan.dumps, plan.options, &mut *planner, &mut |event| {
        match event {
            Event::Input(index, meter) => current.begin(index, meter),
            Event::Statement(statement) => storage.statement(current.shown(), statement)?,
            Event::Rows(rows) => {
                let count = rows.batch.rows();
                let batch = storage.rows(current.shown(), rows)?;
                current.advance(count);
                return Ok(Some(batch));
            }
            Event::Unwanted(header, count) => storage.unwanted(current.shown(), header, count),
            Event::End(end) => read = end,
        }
        Ok(None)
    })
    .and_then(|()| storage.after_dumps(progress))
    .and_then(|()| {
        progress.begin(Phase::Indexes);
        storage.finish(read)
    })
    // A full disk is the file's fault, whichever row or statement met it.
    .map_err(|error| output.blame(error))
}
