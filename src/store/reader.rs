//! Pooled readers that keep their read transaction as long as nothing newer is to be seen.
//!
//! Taking and giving back SQLite's locks costs more than a point read, so a reader stays in its
//! transaction and is renewed only when a commit has been told since it began. A read that starts
//! after a commit was told sees it. What is held keeps the write-ahead log from beginning anew, so the
//! writer has all readers let go from time to time (`checkpoints.rs`).

use r2d2::ManageConnection;
use r2d2_sqlite::SqliteConnectionManager;
use rusqlite::Connection;

/// One connection and the transaction that it is in.
pub(super) struct Reader {
    connection: Connection,
    /// The number of the last commit that was told before the transaction began.
    held: Option<u64>,
}

impl Reader {
    /// The connection, in a transaction that sees at least the commit `newest`.
    pub(super) fn at(&mut self, newest: u64) -> rusqlite::Result<&Connection> {
        if self.held != Some(newest) {
            self.release()?;
            self.connection.prepare_cached("BEGIN")?.execute([])?;
            self.held = Some(newest);
        }
        Ok(&self.connection)
    }

    /// Ends its transaction, if it is in one.
    pub(super) fn release(&mut self) -> rusqlite::Result<()> {
        self.held = None;
        // An error can have ended the transaction already.
        if !self.connection.is_autocommit() {
            self.connection.prepare_cached("COMMIT")?.execute([])?;
        }
        Ok(())
    }
}

/// Opens [`Reader`]s.
#[derive(Debug)]
pub(super) struct ReaderManager(pub(super) SqliteConnectionManager);

impl ManageConnection for ReaderManager {
    type Connection = Reader;
    type Error = rusqlite::Error;

    fn connect(&self) -> Result<Reader, rusqlite::Error> {
        Ok(Reader {
            connection: self.0.connect()?,
            held: None,
        })
    }

    fn is_valid(&self, reader: &mut Reader) -> Result<(), rusqlite::Error> {
        self.0.is_valid(&mut reader.connection)
    }

    fn has_broken(&self, reader: &mut Reader) -> bool {
        self.0.has_broken(&mut reader.connection)
    }
}
