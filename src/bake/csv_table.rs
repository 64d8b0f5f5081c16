//! CSV files as row sources: how an app says what their fields are, and how they become rows.
//!
//! For bakes and for seeds. A file has a header, which is compared, so that columns in another order
//! are not taken for each other; compression and the byte order mark are seen through. Whatever does not
//! fit ends the work with line and column; that nothing stays of it is up to the caller's transaction.

use std::io::Read;
use std::path::Path;

use csv::ErrorKind;
use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};
use sha2::{Digest as _, Sha256};

use super::csv_records::{CsvRecords, TooLong, UnclosedQuote};
use crate::file::provenance::Input;
use crate::file::sql::quoted;
use crate::file::{FileError, FolderFile};
use crate::load::LoadError;
use crate::load::input::{Opened, open, unpacked_name};

/// Rows between two calls of [`Loading::progress`].
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
    texts: Vec<&'r str>,
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
    pub(super) progress: &'l mut dyn FnMut(u64, u64),
}

impl Fields<'_> {
    /// The field at `index`; empty where an optional one is left out.
    #[must_use]
    pub fn text(&self, index: usize) -> &str {
        self.texts.get(index).copied().unwrap_or_default()
    }
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
    pub(super) fn store(&mut self, connection: &Connection) -> Result<(u64, Input), LoadError> {
        let Opened { bytes, meter, .. } = open(self.file)?;
        let mut records = CsvRecords::new(bytes);
        if !self.advance(&mut records)? {
            return Err(self.wrong(1, "the file is empty; a header is needed".to_owned()));
        }
        let width = self.header(&records)?;
        let mut insert = self.prepare(connection)?;
        let mut rows = 0;
        while self.advance(&mut records)? {
            let values = self.values(&records, width, rows)?;
            insert
                .execute(params_from_iter(values))
                .map_err(|cause| self.refused(&records, rows, cause))?;
            rows += 1;
            if rows % ROWS_BETWEEN == 0 {
                (self.progress)(meter.stored_bytes(), rows);
            }
        }
        (self.progress)(meter.stored_bytes(), rows);
        let (bytes, sha256) = meter.finish();
        let input = Input {
            name: unpacked_name(&self.file.name).to_owned(),
            bytes,
            sha256,
        };
        Ok((rows, input))
    }

    fn advance<R: Read>(&self, records: &mut CsvRecords<R>) -> Result<bool, LoadError> {
        let read = records.advance();
        read.map_err(|cause| self.broken(records.line(), cause))
    }

    /// The values of a record, of which there are `before`.
    fn values<R: Read>(
        &self,
        records: &CsvRecords<R>,
        width: usize,
        before: u64,
    ) -> Result<Vec<Value>, LoadError> {
        let texts: Vec<&str> = records.texts().collect();
        if texts.len() != width {
            let (count, goes_on) = (texts.len(), goes_on(records));
            let reason = format!("{count} fields where the header has {width}{goes_on}");
            return Err(self.wrong(records.line(), reason));
        }
        let fields = Fields {
            unique: self.unique.bytes(before, &texts),
            texts,
        };
        let values = (self.table.row)(&fields);
        values.map_err(|error| self.unfit(records, &fields, &error))
    }

    fn prepare<'c>(
        &self,
        connection: &'c Connection,
    ) -> Result<rusqlite::CachedStatement<'c>, LoadError> {
        let CsvTable { table, columns, .. } = self.table;
        let names: Vec<String> = columns.iter().copied().map(quoted).collect();
        let sql = format!(
            "INSERT INTO {} ({}) VALUES ({})",
            quoted(table),
            names.join(", "),
            vec!["?"; columns.len()].join(", ")
        );
        connection.prepare_cached(&sql).map_err(|cause| {
            let path = Path::new(&self.file.shown).to_owned();
            FileError::Sqlite { path, cause }.into()
        })
    }

    /// Compares the header; how many fields it names.
    fn header<R: Read>(&self, records: &CsvRecords<R>) -> Result<usize, LoadError> {
        let CsvTable {
            header, optional, ..
        } = self.table;
        let (least, most) = (header.len(), header.len() + optional.len());
        let line = records.line();
        for (index, expected) in header.iter().chain(*optional).enumerate() {
            match records.text(index) {
                Some(found) if is_called(found, expected) => {}
                None if index >= least => break,
                found => {
                    let found = found.map_or("nothing".to_owned(), |found| format!("{found:?}"));
                    let reason = format!(
                        "column {}: the header has {found} where {expected:?} is expected",
                        index + 1
                    );
                    return Err(self.wrong(line, reason));
                }
            }
        }
        if records.len() > most {
            let reason = format!("the header has {} columns; there are {most}", records.len());
            return Err(self.wrong(line, reason));
        }
        Ok(records.len())
    }

    fn wrong(&self, line: u64, reason: String) -> LoadError {
        LoadError::Csv {
            input: self.file.shown.clone(),
            line,
            reason,
        }
    }

    fn unfit<R: Read>(
        &self,
        records: &CsvRecords<R>,
        fields: &Fields<'_>,
        error: &FieldError,
    ) -> LoadError {
        const SHOWN: usize = 40;
        let FieldError { field, reason } = error;
        let text = fields.text(*field);
        let shown: String = text.chars().take(SHOWN).collect();
        let more = if shown.len() < text.len() { "…" } else { "" };
        let column = self.table.column(*field);
        let goes_on = goes_on(records);
        let reason = format!(
            "column {} ({column}): {shown:?}{more} {reason}{goes_on}",
            field + 1
        );
        self.wrong(records.line(), reason)
    }

    fn broken(&self, line: u64, cause: csv::Error) -> LoadError {
        match cause.into_kind() {
            ErrorKind::Io(cause) => match cause.get_ref() {
                Some(reason) if reason.is::<TooLong>() => self.wrong(line, reason.to_string()),
                Some(reason) if reason.is::<UnclosedQuote>() => {
                    let line = reason
                        .downcast_ref()
                        .map_or(line, |quote: &UnclosedQuote| quote.line);
                    self.wrong(line, reason.to_string())
                }
                _ => {
                    let name = self.file.shown.clone();
                    FileError::Input { name, cause }.into()
                }
            },
            ErrorKind::Utf8 { pos, err } => {
                let line = pos.map_or(line, |position| position.line());
                let column = self.table.column(err.field());
                let reason = format!("column {} ({column}): not UTF-8", err.field() + 1);
                self.wrong(line, reason)
            }
            other => self.wrong(line, format!("{other:?}")),
        }
    }

    fn refused<R: Read>(
        &self,
        records: &CsvRecords<R>,
        before: u64,
        cause: rusqlite::Error,
    ) -> LoadError {
        LoadError::Row {
            input: self.file.shown.clone(),
            line: records.line(),
            byte: records.byte(),
            table: self.table.table.to_owned(),
            row: before + 1,
            cause,
        }
    }
}

/// That a record spans lines, which it seldom should: a quote that is not closed takes in what follows,
/// up to the next one.
fn goes_on<R: Read>(records: &CsvRecords<R>) -> String {
    let last = records.last_line();
    last.map_or_else(String::new, |last| {
        format!("; the record goes on to line {last}: is a quote not closed?")
    })
}

/// A byte order mark may stand before the first.
fn is_called(found: &str, expected: &str) -> bool {
    let found = found.trim_start_matches('\u{feff}').trim();
    found.eq_ignore_ascii_case(expected)
}

impl Unique {
    fn bytes(self, before: u64, texts: &[&str]) -> [u8; 16] {
        match self {
            Self::Random => uuid::Uuid::new_v4().into_bytes(),
            Self::Derived => {
                let mut hash = Sha256::new_with_prefix(before.to_le_bytes());
                for text in texts {
                    hash.update(text.len().to_le_bytes());
                    hash.update(text);
                }
                let mut bytes = [0; 16];
                bytes.copy_from_slice(&hash.finalize()[..16]);
                bytes
            }
        }
    }
}
