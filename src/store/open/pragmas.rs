//! How connections are set up: every pragma of the serving side, with its reason.

use std::path::Path;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use crate::config::Durability;

/// Waits this long for a lock that a checkpoint or a closing connection holds for a moment.
pub(in crate::store) const BUSY_TIMEOUT: std::time::Duration = std::time::Duration::from_secs(5);

/// Page cache of a reader in KiB, as the negative number that SQLite wants. Small, since mapped pages
/// come from the operating system's cache, which all connections and processes share.
const READER_CACHE_KIB: i64 = -2_048;

/// Page cache of the writer: room for the index pages that uploads touch.
const WRITER_CACHE_KIB: i64 = -16_384;

/// Files up to this size are read through memory mapping.
const MAPPED_BYTES: i64 = 1 << 30;

/// More than the number of different statements that an app usually runs; the default of 16 would
/// prepare statements anew under a mix of requests.
const CACHED_STATEMENTS: usize = 256;

/// The WAL is cut back to this size after a checkpoint.
const LARGEST_IDLE_WAL_BYTES: i64 = 16 * 1024 * 1024;

/// How a reader opens its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::store) enum Access {
    /// Nobody writes the file while it is open: no locks are taken at all.
    Immutable,
    /// A writer of this process changes the file.
    Shared,
}

pub(in crate::store) fn reader_flags() -> OpenFlags {
    // No mutex: the pool hands a connection to one thread at a time.
    OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX
}

/// The `file:` URI by which a reader opens `path`.
pub(in crate::store) fn reader_uri(path: &Path, access: Access) -> String {
    let escaped: String = path
        .to_string_lossy()
        .chars()
        .flat_map(|c| match c {
            '%' => "%25".chars().collect::<Vec<_>>(),
            '?' => "%3f".chars().collect(),
            '#' => "%23".chars().collect(),
            other => vec![other],
        })
        .collect();
    match access {
        Access::Immutable => format!("file:{escaped}?immutable=1"),
        Access::Shared => format!("file:{escaped}"),
    }
}

pub(in crate::store) fn set_up_reader(connection: &mut Connection) -> rusqlite::Result<()> {
    // First, so that everything after it waits instead of failing.
    connection.busy_timeout(BUSY_TIMEOUT)?;
    // A second fence behind the open flags: a query can never write, whatever it says.
    connection.pragma_update(None, "query_only", true)?;
    connection.pragma_update(None, "cache_size", READER_CACHE_KIB)?;
    connection.pragma_update(None, "mmap_size", MAPPED_BYTES)?;
    common(connection)
}

/// Opens the one connection that writes.
pub(in crate::store) fn open_writer(
    path: &Path,
    durability: Durability,
) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    // Readers never wait for the writer nor it for them.
    connection.pragma_update(None, "journal_mode", "WAL")?;
    let synchronous = match durability {
        Durability::Full => "FULL",
        Durability::Normal => "NORMAL",
    };
    connection.pragma_update(None, "synchronous", synchronous)?;
    connection.pragma_update(None, "journal_size_limit", LARGEST_IDLE_WAL_BYTES)?;
    // The writer sees to that (checkpoints.rs).
    connection.pragma_update(None, "wal_autocheckpoint", 0)?;
    connection.pragma_update(None, "cache_size", WRITER_CACHE_KIB)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    common(&connection)?;
    Ok(connection)
}

/// Commits something that changes nothing: shows that what is written comes to the file. That it has no
/// space may pass, and is for the caller to tell from what does not.
pub(in crate::store) fn prove_writable(writer: &Connection) -> rusqlite::Result<()> {
    // Where it may not write, SQLite opens a file for reading only and says so late.
    let prove = || {
        writer.execute_batch("BEGIN IMMEDIATE")?;
        let version: i32 = writer.pragma_query_value(None, "user_version", |row| row.get(0))?;
        writer.pragma_update(None, "user_version", version)?;
        writer.execute_batch("COMMIT")
    };
    prove().inspect_err(|_| {
        if !writer.is_autocommit() {
            drop(writer.execute_batch("ROLLBACK"));
        }
    })
}

/// Opens a file that has no name yet and is thrown away if anything fails.
pub(in crate::store) fn open_unpublished(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    // No journal and no syncs: nothing is ever repaired in it, and it is synced as a whole.
    connection.pragma_update(None, "journal_mode", "OFF")?;
    connection.pragma_update(None, "synchronous", "OFF")?;
    connection.pragma_update(None, "cache_size", WRITER_CACHE_KIB)?;
    // So that a migration can make a table anew that others refer to.
    connection.pragma_update(None, "foreign_keys", false)?;
    common(&connection)?;
    Ok(connection)
}

fn common(connection: &Connection) -> rusqlite::Result<()> {
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    // Functions and virtual tables inside views and triggers of the file are not trusted blindly:
    // https://sqlite.org/pragma.html#pragma_trusted_schema
    connection.pragma_update(None, "trusted_schema", false)?;
    // Plans do not depend on bound values, nor on that of a LIMIT: where they do, a statement is prepared
    // anew each time that such a value is bound, which costs more than most statements.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.set_prepared_statement_cache_capacity(CACHED_STATEMENTS);
    Ok(())
}

#[cfg(test)]
mod tests {
    use rusqlite::StatementStatus;
    use tempfile::TempDir;

    use super::*;

    #[test]
    fn another_limit_is_no_reason_to_prepare_a_statement_anew() {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("a.sqlite");
        let writer = Connection::open(&path).unwrap();
        writer.execute_batch("CREATE TABLE t (a)").unwrap();
        let mut reader = Connection::open(&path).unwrap();
        set_up_reader(&mut reader).unwrap();
        let writer = open_writer(&path, Durability::Normal).unwrap();
        for connection in [reader, writer] {
            let sql = "SELECT a FROM t WHERE a > ?1 ORDER BY a LIMIT ?2 OFFSET ?3";
            let mut select = connection.prepare(sql).unwrap();
            for bound in 0..5 {
                let mut rows = select.query([bound; 3]).unwrap();
                assert!(rows.next().unwrap().is_none());
            }
            assert_eq!(select.get_status(StatementStatus::RePrepare), 0);
        }
    }

    #[test]
    fn full_durability_syncs_each_commit_and_normal_does_not() {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("a.sqlite");
        drop(
            Connection::open(&path)
                .unwrap()
                .execute_batch("CREATE TABLE t (a)"),
        );
        for (durability, level) in [(Durability::Full, 2), (Durability::Normal, 1)] {
            let writer = open_writer(&path, durability).unwrap();
            let ask = |name| writer.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
            assert_eq!(ask("synchronous").unwrap(), level, "{durability:?}");
        }
    }
}
