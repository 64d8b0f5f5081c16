//! Looks into a finished file: provenance, and rows and sizes as they are now.

use std::path::Path;

use rusqlite::{Connection, OpenFlags};
use serde::Serialize;

use crate::file::provenance::Provenance;
use crate::load::report;
use crate::load::report::TableReport;

/// What a file holds.
#[derive(Debug, Clone, Serialize)]
pub struct FileReport {
    /// Its size in bytes.
    pub bytes: u64,
    /// Where it came from.
    pub provenance: Provenance,
    /// Its tables as they are now.
    pub tables: Vec<TableReport>,
}

/// Looks into the file at `path`; `None` when this program did not make it.
///
/// # Errors
/// When the file cannot be read as a SQLite database.
pub fn inspect(path: &Path) -> rusqlite::Result<Option<FileReport>> {
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let Some(provenance) = Provenance::read(&connection)? else {
        return Ok(None);
    };
    let tables = report::tables(&connection)?;
    let bytes = path.metadata().map_or(0, |metadata| metadata.len());
    Ok(Some(FileReport {
        bytes,
        provenance,
        tables,
    }))
}
