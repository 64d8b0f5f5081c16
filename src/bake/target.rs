//! Tables that rows go into, and the rows of a dump going there.
//!
//! A [`Target`] knows a table's columns and how each stores its values; a [`Loader`] feeds the
//! `INSERT`s of a dump to the targets with the same names. Values are bound, never pasted into SQL;
//! one that does not fit its column ends the bake with its place in the dump.

use std::collections::{BTreeMap, HashMap};

use rusqlite::{Connection, Statement as Prepared};

use super::BakeError;
use super::input::Meter;
use super::progress::Progress;
use super::report::table_names;
use crate::dump::{InsertHeader, Kind, Position, Reader, Row, Value};

/// Rows between two reports of progress.
const ROWS_PER_REPORT: u64 = 1024;

/// A table of the new file.
#[derive(Debug, Clone)]
pub(super) struct Target {
    pub(super) name: String,
    /// The columns that take values (generated ones do not), and how they store them.
    columns: Vec<(String, Kind)>,
}

impl Target {
    /// Describes a STRICT table of the file.
    pub(super) fn read(connection: &Connection, name: &str) -> rusqlite::Result<Self> {
        let mut columns = Vec::new();
        let mut statement =
            connection.prepare("SELECT name, type FROM pragma_table_xinfo(?1) WHERE hidden = 0")?;
        let mut rows = statement.query([name])?;
        while let Some(row) = rows.next()? {
            let kind = match row.get_ref(1)?.as_str()? {
                "INTEGER" | "INT" => Kind::Integer,
                "REAL" => Kind::Real,
                "BLOB" => Kind::Blob,
                _ => Kind::Text,
            };
            columns.push((row.get(0)?, kind));
        }
        Ok(Self {
            name: name.to_owned(),
            columns,
        })
    }

    /// Describes all tables that are not the baker's own.
    pub(super) fn read_all(connection: &Connection) -> rusqlite::Result<Targets> {
        let mut targets = Targets::default();
        for name in table_names(connection)? {
            targets.add(Self::read(connection, &name)?);
        }
        Ok(targets)
    }

    fn kinds(&self, header: &InsertHeader) -> Result<Vec<Kind>, String> {
        let kind_of = |wanted: &String| {
            self.columns
                .iter()
                .find(|(column, _)| column.eq_ignore_ascii_case(wanted))
                .map(|&(_, kind)| kind)
                .ok_or_else(|| format!("the table has no column {wanted} that takes a value"))
        };
        header.columns.iter().map(kind_of).collect()
    }

    fn insert_sql(&self, header: &InsertHeader) -> String {
        let columns: Vec<_> = header.columns.iter().map(|column| quoted(column)).collect();
        let places = vec!["?"; columns.len()].join(", ");
        format!(
            "INSERT INTO {} ({}) VALUES ({places})",
            quoted(&self.name),
            columns.join(", ")
        )
    }
}

/// The tables of a file by name, in any case as both databases compare names.
#[derive(Debug, Default)]
pub(super) struct Targets(HashMap<String, Target>);

impl Targets {
    pub(super) fn add(&mut self, target: Target) {
        self.0.insert(target.name.to_ascii_lowercase(), target);
    }

    fn get(&self, name: &str) -> Option<&Target> {
        self.0.get(&name.to_ascii_lowercase())
    }
}

/// Puts rows of dumps into tables and counts them.
pub(super) struct Loader<'c> {
    connection: &'c Connection,
    pub(super) targets: Targets,
    /// Rows stored, by table.
    pub(super) rows: BTreeMap<String, u64>,
    /// Rows of tables that are no targets, by table.
    pub(super) ignored: BTreeMap<String, u64>,
}

impl<'c> Loader<'c> {
    pub(super) fn new(connection: &'c Connection, targets: Targets) -> Self {
        let rows = targets
            .0
            .values()
            .map(|target| (target.name.clone(), 0))
            .collect();
        Self {
            connection,
            targets,
            rows,
            ignored: BTreeMap::new(),
        }
    }

    pub(super) fn add_target(&mut self, target: Target) {
        self.rows.entry(target.name.clone()).or_default();
        self.targets.add(target);
    }

    /// Stores the rows of the `INSERT` that the reader has just returned.
    pub(super) fn load(
        &mut self,
        input: &str,
        reader: &mut Reader<'_>,
        header: &InsertHeader,
        meter: &Meter,
        progress: &mut dyn Progress,
    ) -> Result<(), BakeError> {
        let Some(target) = self.targets.get(&header.table) else {
            let ignored = self.ignored.entry(header.table.clone()).or_default();
            while reader.next_row()?.is_some() {
                *ignored += 1;
            }
            return Ok(());
        };
        let mismatch = |reason| mismatch(input, header.position, &header.table, reason);
        let kinds = target.kinds(header).map_err(mismatch)?;
        let mut insert = self
            .connection
            .prepare_cached(&target.insert_sql(header))
            .map_err(|cause| mismatch(cause.to_string()))?;
        let stored = self.rows.entry(target.name.clone()).or_default();
        while let Some(row) = reader.next_row()? {
            bind(&mut insert, &row, &kinds)?;
            insert
                .raw_execute()
                .map_err(|cause| row_error(input, &header.table, &row, cause))?;
            *stored += 1;
            if stored.is_multiple_of(ROWS_PER_REPORT) {
                progress.advance(meter.stored_bytes(), *stored);
            }
        }
        progress.advance(meter.stored_bytes(), *stored);
        Ok(())
    }
}

fn bind(insert: &mut Prepared<'_>, row: &Row<'_>, kinds: &[Kind]) -> Result<(), BakeError> {
    for (index, &kind) in kinds.iter().enumerate() {
        let place = index + 1;
        let bound = match row.value(index, kind)? {
            Value::Null => insert.raw_bind_parameter(place, rusqlite::types::Null),
            Value::Integer(number) => insert.raw_bind_parameter(place, number),
            Value::Real(number) => insert.raw_bind_parameter(place, number),
            Value::Text(text) => insert.raw_bind_parameter(place, text.as_ref()),
            Value::Blob(bytes) => insert.raw_bind_parameter(place, bytes.as_ref()),
        };
        bound.expect("the statement has a parameter for every column of the header");
    }
    Ok(())
}

fn row_error(input: &str, table: &str, row: &Row<'_>, cause: rusqlite::Error) -> BakeError {
    let Position { byte, line } = row.position();
    BakeError::Row {
        input: input.to_owned(),
        line,
        byte,
        table: table.to_owned(),
        row: row.ordinal(),
        cause,
    }
}

pub(super) fn mismatch(
    input: &str,
    Position { byte, line }: Position,
    table: &str,
    reason: String,
) -> BakeError {
    BakeError::Mismatch {
        input: input.to_owned(),
        line,
        byte,
        table: table.to_owned(),
        reason,
    }
}

/// A name as an SQL identifier, whatever characters it has.
pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
