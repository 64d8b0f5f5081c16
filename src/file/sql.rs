//! Words of SQL that have to be made: names and values that are pasted into statements, and questions that
//! every part of the file's format asks of SQLite.
//!
//! Values of rows are bound, never pasted; what is made here goes into definitions. It must not know what a
//! table is for.

use data_encoding::HEXLOWER;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode};

/// A name as an SQL identifier, whatever characters it has.
pub(crate) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A string as an SQL literal. A NUL would end the statement, so such text is written as bytes.
pub(crate) fn literal(text: &str) -> String {
    if text.contains('\0') {
        return format!("CAST(x'{}' AS TEXT)", HEXLOWER.encode(text.as_bytes()));
    }
    format!("'{}'", text.replace('\'', "''"))
}

/// The tables that are not the baker's or SQLite's own, by name.
pub(crate) fn table_names(connection: &Connection) -> rusqlite::Result<Vec<String>> {
    connection
        .prepare(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'ekiben\\_%' \
             ESCAPE '\\' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY 1",
        )?
        .query_map([], |row| row.get(0))?
        .collect()
}

/// Whether a statement failed because of what the file lies on, and not of what it says.
pub(crate) fn is_about_files(cause: &rusqlite::Error) -> bool {
    matches!(
        cause.sqlite_error_code(),
        Some(ErrorCode::DiskFull | ErrorCode::SystemIoFailure | ErrorCode::CannotOpen)
    )
}

/// SQLite takes an unknown name in double quotes for a string; an error is wanted.
pub(crate) fn refuse_names_as_strings(connection: &Connection) -> rusqlite::Result<()> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DDL, false)?;
    Ok(())
}
