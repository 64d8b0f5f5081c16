//! What SQLite's planner knows of a finished file.

use rusqlite::Connection;

/// Gathers what the planner knows of tables and indexes.
pub(crate) fn gather_statistics(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute_batch("ANALYZE")?;
    // With samples in sqlite_stat4 SQLite prepares a statement anew whenever a bound value could change
    // its plan, which costs more than any plan gains here.
    connection.execute_batch("DROP TABLE IF EXISTS sqlite_stat4")
}
