//! The health of a data file: is it whole.
//!
//! It only reads, and may be used on a file that is served. It must not know how this is shown.

use rusqlite::{Connection, ErrorCode};

/// So many problems are told; the first is enough to know.
const MOST_PROBLEMS: u32 = 10;

/// How much is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// Everything that SQLite can check.
    Full,
}

/// What is wrong with a file; nothing when it is whole.
pub(super) fn problems(connection: &Connection, depth: Depth) -> rusqlite::Result<Vec<String>> {
    let pragma = match depth {
        Depth::Full => "integrity_check",
    };
    let check = || {
        connection
            .prepare(&format!("PRAGMA {pragma}({MOST_PROBLEMS})"))?
            .query_map([], |row| row.get(0))?
            .collect::<rusqlite::Result<Vec<String>>>()
    };
    match check() {
        Ok(lines) => Ok(lines.into_iter().filter(|line| line != "ok").collect()),
        // So damaged that it cannot even be checked.
        Err(cause) if cause.sqlite_error_code() == Some(ErrorCode::DatabaseCorrupt) => {
            Ok(vec![cause.to_string()])
        }
        Err(cause) => Err(cause),
    }
}
