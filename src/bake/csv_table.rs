//! CSV files as row sources: how an app says what their fields are, and how they become rows.
//!
//! For bakes and for seeds. A file has a header, which is compared, so that columns in another order
//! are not taken for each other; compression and the byte order mark are seen through. Whatever does not
//! fit ends the work with line and column; that nothing stays of it is up to the caller's transaction.

use std::path::Path;

use csv::{ErrorKind, StringRecord};
use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};
use sha2::{Digest as _, Sha256};

use super::input::{open, unpacked_name};
use super::provenance::Input;
use super::target::quoted;
use super::{BakeError, FolderFile};

/// Rows between two calls of [`Loading::told`].
const ROWS_BETWEEN: u64 = 1_000;

/// A table that a CSV file can fill.
#[derive(Debug)]
pub struct CsvTable {
    /// Name of the file in a dataset folder, whatever it is compressed with.
    pub file: &'static str,
    /// The table.
    pub table: &'static str,
    /// Its columns, in the order of the values that `row` gives.
    pub columns: &'static [&'static str],
    /// What the header must name, in this order. Case does not matter.
    pub header: &'static [&'static str],
    /// What it may name behind that.
    pub optional: &'static [&'static str],
    /// The values of a row.
    pub row: fn(&Fields<'_>) -> Result<Vec<Value>, FieldError>,
}

/// The fields of a record, and sixteen bytes that no other row has.
#[derive(Debug)]
pub struct Fields<'r> {
    record: &'r StringRecord,
    /// For keys that the file does not give.
    pub unique: [u8; 16],
}

/// What is wrong with a field.
#[derive(Debug)]
pub struct FieldError {
    /// Its index in the record.
    pub field: usize,
    /// Why, in a few words that follow on its value.
    pub reason: String,
}

/// Where the bytes of [`Fields::unique`] come from.
#[derive(Debug, Clone, Copy)]
pub(super) enum Unique {
    /// The record and its number: the same file gives the same.
    Derived,
    /// The system's randomness: the same file gives others each time.
    Random,
}

/// The reading of one file.
pub(super) struct Loading<'l> {
    pub(super) table: &'l CsvTable,
    pub(super) file: &'l FolderFile,
    pub(super) unique: Unique,
    /// Called now and then with stored bytes read and rows stored so far.
    pub(super) told: &'l mut dyn FnMut(u64, u64),
}

impl Fields<'_> {
    /// The field at `index`; empty where an optional one is left out.
    #[must_use]
    pub fn text(&self, index: usize) -> &str {
        field(self.record, index).unwrap_or_default()
    }
}

/// A field without the CR before the end of its line.
fn field(record: &StringRecord, index: usize) -> Option<&str> {
    let field = record.get(index)?;
    let is_last = index + 1 == record.len();
    Some(if is_last {
        field.strip_suffix('\r').unwrap_or(field)
    } else {
        field
    })
}

fn last(record: &StringRecord) -> &str {
    let last = record.len().checked_sub(1);
    last.and_then(|last| field(record, last))
        .unwrap_or_default()
}

impl CsvTable {
    /// Whether a file of this name is meant for it.
    pub(super) fn is_in(&self, file: &FolderFile) -> bool {
        unpacked_name(&file.name) == self.file
    }

    /// The name of a column of the file.
    fn column(&self, index: usize) -> &'static str {
        let mut names = self.header.iter().chain(self.optional);
        names.nth(index).copied().unwrap_or("behind the last")
    }
}

impl Loading<'_> {
    /// Stores all rows of the file; how many, and what the file was.
    ///
    /// # Errors
    /// When it cannot be read or a row does not fit. Rows before that are stored.
    pub(super) fn store(&mut self, connection: &Connection) -> Result<(u64, Input), BakeError> {
        let (bytes, meter) = open(self.file)?;
        // Widths are compared here, to say what was expected. With CR LF as its own terminator, the reader
        // would count a line as begun before the LF.
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .terminator(csv::Terminator::Any(b'\n'))
            .from_reader(bytes);
        let mut record = StringRecord::new();
        let read = reader.read_record(&mut record);
        if !read.map_err(|cause| self.broken(cause))? {
            return Err(self.wrong(1, "the file is empty; a header is needed".to_owned()));
        }
        let width = self.header(&record)?;
        let mut insert = self.prepare(connection)?;
        let mut rows = 0;
        loop {
            let read = reader.read_record(&mut record);
            if !read.map_err(|cause| self.broken(cause))? {
                break;
            }
            if record.len() == 1 && last(&record).is_empty() {
                continue;
            }
            let line = record.position().map_or(0, csv::Position::line);
            if record.len() != width {
                let found = record.len();
                let reason = format!("{found} fields where the header has {width}");
                return Err(self.wrong(line, reason));
            }
            let fields = Fields {
                unique: self.unique.bytes(rows, &record),
                record: &record,
            };
            let values =
                (self.table.row)(&fields).map_err(|error| self.unfit(line, &record, &error))?;
            insert
                .execute(params_from_iter(values))
                .map_err(|cause| self.refused(&record, rows, cause))?;
            rows += 1;
            if rows % ROWS_BETWEEN == 0 {
                (self.told)(meter.stored_bytes(), rows);
            }
        }
        (self.told)(meter.stored_bytes(), rows);
        let (bytes, sha256) = meter.finish();
        let name = unpacked_name(&self.file.name).to_owned();
        Ok((
            rows,
            Input {
                name,
                bytes,
                sha256,
            },
        ))
    }

    fn prepare<'c>(
        &self,
        connection: &'c Connection,
    ) -> Result<rusqlite::CachedStatement<'c>, BakeError> {
        let CsvTable { table, columns, .. } = self.table;
        let names: Vec<String> = columns.iter().copied().map(quoted).collect();
        let sql = format!(
            "INSERT INTO {} ({}) VALUES ({})",
            quoted(table),
            names.join(", "),
            vec!["?"; columns.len()].join(", ")
        );
        connection
            .prepare_cached(&sql)
            .map_err(|cause| BakeError::Sqlite {
                path: Path::new(&self.file.shown).to_owned(),
                cause,
            })
    }

    /// Compares the header; how many fields it names.
    fn header(&self, record: &StringRecord) -> Result<usize, BakeError> {
        let CsvTable {
            header, optional, ..
        } = self.table;
        let (least, most) = (header.len(), header.len() + optional.len());
        for (index, expected) in header.iter().chain(*optional).enumerate() {
            match field(record, index) {
                Some(found) if is_called(found, expected) => {}
                None if index >= least => break,
                found => {
                    let found = found.map_or("nothing".to_owned(), |found| format!("{found:?}"));
                    let reason = format!(
                        "column {}: the header has {found} where {expected:?} is expected",
                        index + 1
                    );
                    return Err(self.wrong(1, reason));
                }
            }
        }
        if record.len() > most {
            let reason = format!("the header has {} columns; there are {most}", record.len());
            return Err(self.wrong(1, reason));
        }
        Ok(record.len())
    }

    fn wrong(&self, line: u64, reason: String) -> BakeError {
        BakeError::Csv {
            input: self.file.shown.clone(),
            line,
            reason,
        }
    }

    fn unfit(&self, line: u64, record: &StringRecord, error: &FieldError) -> BakeError {
        const SHOWN: usize = 40;
        let FieldError {
            field: index,
            reason,
        } = error;
        let text = field(record, *index).unwrap_or_default();
        let shown: String = text.chars().take(SHOWN).collect();
        let more = if shown.len() < text.len() { "…" } else { "" };
        let column = self.table.column(*index);
        let reason = format!("column {} ({column}): {shown:?}{more} {reason}", index + 1);
        self.wrong(line, reason)
    }

    fn broken(&self, cause: csv::Error) -> BakeError {
        let line = cause.position().map_or(0, csv::Position::line);
        match cause.into_kind() {
            ErrorKind::Io(cause) => BakeError::Input {
                name: self.file.shown.clone(),
                cause,
            },
            ErrorKind::Utf8 { err, .. } => {
                let column = self.table.column(err.field());
                let reason = format!("column {} ({column}): not UTF-8", err.field() + 1);
                self.wrong(line, reason)
            }
            other => self.wrong(line, format!("{other:?}")),
        }
    }

    fn refused(&self, record: &StringRecord, before: u64, cause: rusqlite::Error) -> BakeError {
        let position = record.position();
        BakeError::Row {
            input: self.file.shown.clone(),
            line: position.map_or(0, csv::Position::line),
            byte: position.map_or(0, csv::Position::byte),
            table: self.table.table.to_owned(),
            row: before + 1,
            cause,
        }
    }
}

/// A byte order mark may stand before the first.
fn is_called(found: &str, expected: &str) -> bool {
    let found = found.trim_start_matches('\u{feff}').trim();
    found.eq_ignore_ascii_case(expected)
}

impl Unique {
    fn bytes(self, before: u64, record: &StringRecord) -> [u8; 16] {
        match self {
            Self::Random => uuid::Uuid::new_v4().into_bytes(),
            Self::Derived => {
                let mut hash = Sha256::new_with_prefix(before.to_le_bytes());
                for index in 0..record.len() {
                    let field = field(record, index).unwrap_or_default();
                    hash.update(field.len().to_le_bytes());
                    hash.update(field);
                }
                let mut bytes = [0; 16];
                bytes.copy_from_slice(&hash.finalize()[..16]);
                bytes
            }
        }
    }
}
