//! Words of SQL that have to be made: names and values that are pasted into statements, and questions that
//! every part of the file's format asks of SQLite.
//!
//! Values of rows are bound, never pasted; what is made here goes into definitions. It must not know what a
//! table is for.

use data_encoding::HEXLOWER;
use rusqlite::config::DbConfig;
use rusqlite::limits::Limit;
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

/// How deep the parser of SQLite 3.40 goes, which every imported file can be opened with. Newer ones go
/// deeper, and write definitions for which an older one gives up the whole file.
pub(crate) const PROMISED_DEPTH: i32 = 100;

/// Refuses SQL that a parser of `depth` cannot read; see [`PROMISED_DEPTH`].
pub(crate) fn limit_parser(connection: &Connection, depth: i32) -> rusqlite::Result<()> {
    connection.set_limit(Limit::SQLITE_LIMIT_PARSER_DEPTH, depth)?;
    Ok(())
}

/// Why a definition cannot be in a file.
pub(crate) fn why_not(cause: &rusqlite::Error) -> String {
    // Not with the SQL that was tried, which is nobody's.
    let reason = match cause {
        rusqlite::Error::SqlInputError { msg, .. } => msg.clone(),
        cause => cause.to_string(),
    };
    if reason.contains("Recursion limit") || reason.contains("parser stack overflow") {
        "SQLite 3.40 cannot read SQL that is nested so deep".to_owned()
    } else {
        reason
    }
}

/// SQLite takes an unknown name in double quotes for a string; an error is wanted.
pub(crate) fn refuse_names_as_strings(connection: &Connection) -> rusqlite::Result<()> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DDL, false)?;
    Ok(())
}
