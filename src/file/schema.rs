//! The SQL files of an app: `tables.sql` before the rows; `derived.sql`, `indexes.sql` and `checks.sql`
//! after them; `migration_N.sql` for files that were made when the schema had fewer of those.
//!
//! The files are the documentation of the data, so they are kept and hashed as they are written. A
//! statement of `checks.sql` returns one row for each complaint; they must hold for what a primary may
//! have written too, since a migration ends with them.

use data_encoding::HEXLOWER;
use rusqlite::Connection;
use sha2::{Digest as _, Sha256};

use super::migrations::Migrations;
use super::script::Script;
use super::sql::refuse_names_as_strings;
use super::{FileError, Folder};

/// So many rows that refer to nothing are reported; the first is enough to look.
const MOST_ORPHANS: u32 = 10;

/// The schema of one app.
#[derive(Debug, Clone)]
pub struct Schema {
    tables: Script,
    derived: Script,
    indexes: Script,
    checks: Script,
    migrations: Migrations,
    digest: String,
}

impl Schema {
    /// Reads the four files of a schema folder and its migrations.
    ///
    /// # Errors
    /// When one is missing or cannot be read, or a migration has a wrong name.
    pub fn read(folder: &Folder) -> Result<Self, FileError> {
        let files = folder.files()?;
        let script =
            |name: &str| -> Result<Script, FileError> {
                let file = files.iter().find(|file| file.name == name).ok_or_else(|| {
                    FileError::Schema {
                        name: format!("{}/{name}", folder.shown()),
                        reason: "there is no such file".to_owned(),
                    }
                })?;
                Script::read(file)
            };
        let (tables, derived) = (script("tables.sql")?, script("derived.sql")?);
        let (indexes, checks) = (script("indexes.sql")?, script("checks.sql")?);
        let mut hash = Sha256::new();
        for part in [&tables, &derived, &indexes, &checks] {
            hash.update(part.sql().len().to_le_bytes());
            hash.update(part.sql());
        }
        Ok(Self {
            tables,
            derived,
            indexes,
            checks,
            migrations: Migrations::read(&files)?,
            digest: HEXLOWER.encode(&hash.finalize()),
        })
    }

    /// SHA-256 over the four files; two files with the same digest have the same tables. How older files
    /// come to have them is not in it.
    #[must_use]
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// 1, and one more for each migration.
    #[must_use]
    pub fn version(&self) -> u32 {
        self.migrations.version()
    }

    pub(crate) fn create_tables(&self, connection: &Connection) -> Result<(), FileError> {
        self.tables.run(connection)
    }

    /// Fills the tables that are derived from the rows, and sets up what keeps them.
    pub(crate) fn derive(&self, connection: &Connection) -> Result<(), FileError> {
        self.derived.run(connection)
    }

    pub(crate) fn create_indexes(&self, connection: &Connection) -> Result<(), FileError> {
        self.indexes.run(connection)
    }

    /// Runs every check; the complaints of all of them.
    pub(crate) fn check(&self, connection: &Connection) -> Result<(), FileError> {
        let complaints = self
            .checks
            .complaints(connection)
            .map_err(|cause| self.checks.error(cause))?;
        if complaints.is_empty() {
            Ok(())
        } else {
            Err(FileError::Check { complaints })
        }
    }

    /// Brings a file of an older `version` to this schema, in the transaction that `connection` is in:
    /// the migrations that it lacks, and what must hold then. Foreign keys are not to be enforced
    /// meanwhile, so that tables can be made anew.
    pub(crate) fn migrate(&self, connection: &Connection, version: u32) -> Result<(), FileError> {
        refuse_names_as_strings(connection).map_err(|cause| self.checks.error(cause))?;
        self.migrations.run(connection, version)?;
        let complaints = orphans(connection).unwrap_or_else(|cause| {
            // A key that refers to no key, say.
            vec![format!("the foreign keys cannot be checked: {cause}")]
        });
        if !complaints.is_empty() {
            return Err(FileError::Check { complaints });
        }
        self.check(connection)
    }
}

/// Rows whose foreign key refers to no row.
fn orphans(connection: &Connection) -> rusqlite::Result<Vec<String>> {
    connection
        .prepare(&format!(
            "SELECT format('table %s, row %s: there is no row of %s that it refers to', \"table\",
                           ifnull(rowid, 'without number'), parent)
             FROM pragma_foreign_key_check LIMIT {MOST_ORPHANS}"
        ))?
        .query_map([], |row| row.get(0))?
        .collect()
}
