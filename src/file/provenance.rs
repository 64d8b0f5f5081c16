//! Where a baked file came from, kept in the file itself (ARCHITECTURE.md, invariant 2).
//!
//! Three tables: `ekiben_provenance` (facts by key), `ekiben_input` (what was read, in order) and
//! `ekiben_table` (rows a table had when it was baked). `PRAGMA application_id` marks the file as
//! ours and `PRAGMA user_version` is the format of all this.

use std::collections::BTreeMap;

use data_encoding::HEXLOWER;
use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension as _};
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use utoipa::ToSchema;

use super::Schema;
use crate::release;

/// `PRAGMA application_id` of every file that this program writes: "EKBN".
pub const APPLICATION_ID: i64 = 0x454b_424e;

/// `PRAGMA user_version`: the format of the provenance and of what surrounds the app's tables.
pub const FORMAT: i64 = 1;

/// The version that every app's schema begins with.
pub(crate) const FIRST_SCHEMA: u32 = 1;

/// Name and version of the program that baked.
pub const IMPORTER: &str = concat!("ekiben ", env!("CARGO_PKG_VERSION"));

pub(crate) const TABLES: &str = "
    CREATE TABLE ekiben_provenance (
      key   TEXT PRIMARY KEY,
      value TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE ekiben_input (
      position INTEGER PRIMARY KEY,
      name     TEXT    NOT NULL,
      bytes    INTEGER NOT NULL,
      sha256   TEXT    NOT NULL
    ) STRICT;
    CREATE TABLE ekiben_table (
      name TEXT    PRIMARY KEY,
      rows INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE ekiben_document (
      name TEXT PRIMARY KEY,
      body TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;";

/// Where a file came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Provenance {
    /// Name of the app, or `import` for a file that belongs to none.
    pub app: String,
    /// The program that baked, see [`IMPORTER`].
    pub importer: String,
    /// SHA-256 over the inputs, in order, independent of their compression.
    pub dataset_digest: String,
    /// Digest of the app's schema files; empty for an import.
    pub schema_digest: String,
    /// Version of the app's schema, from 1; always 1 for an import.
    pub schema_version: u32,
    /// When, in UTC, RFC 3339 to the second: the only part that differs between two bakes of the
    /// same inputs by the same program.
    pub bake_time: String,
    /// Rows each table had when it was baked.
    pub rows: BTreeMap<String, u64>,
    /// The inputs in the order they were read.
    pub inputs: Vec<Input>,
    /// What distinguishes these rows from others of the same origin: of files that were written to, backups and
    /// seeds. The rows of a bake follow from its inputs.
    #[serde(skip)]
    pub state: Option<String>,
    /// When it was last restored from a backup, in seconds since 1970; nothing where it never was. Numbers of rows
    /// that were given between the backup and then are given once more.
    #[serde(skip)]
    pub restored: Option<u64>,
}

/// One input of a bake.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Input {
    /// File name without folder and compression.
    pub name: String,
    /// Unpacked size.
    pub bytes: u64,
    /// SHA-256 of the unpacked bytes, in hexadecimal.
    pub sha256: String,
}

/// The digest of a dataset: of the names, sizes and digests of its inputs, in order.
#[must_use]
pub fn dataset_digest(inputs: &[Input]) -> String {
    let mut hash = Sha256::new();
    for input in inputs {
        hash.update(format!(
            "{}  {}  {}\n",
            input.sha256, input.bytes, input.name
        ));
    }
    HEXLOWER.encode(&hash.finalize())
}

impl Provenance {
    pub(crate) fn write(&self, connection: &Connection) -> rusqlite::Result<()> {
        let schema_version = self.schema_version.to_string();
        let facts = [
            ("app", &self.app),
            ("importer", &self.importer),
            ("dataset_digest", &self.dataset_digest),
            ("schema_digest", &self.schema_digest),
            ("schema_version", &schema_version),
            ("bake_time", &self.bake_time),
        ];
        for (key, value) in facts {
            connection.execute(
                "INSERT INTO ekiben_provenance VALUES (?1, ?2)",
                (key, value),
            )?;
        }
        for (position, input) in self.inputs.iter().enumerate() {
            connection.execute(
                "INSERT INTO ekiben_input VALUES (?1, ?2, ?3, ?4)",
                (position, &input.name, input.bytes, &input.sha256),
            )?;
        }
        for (name, rows) in &self.rows {
            connection.execute("INSERT INTO ekiben_table VALUES (?1, ?2)", (name, rows))?;
        }
        connection.pragma_update(None, "application_id", APPLICATION_ID)?;
        connection.pragma_update(None, "user_version", FORMAT)
    }

    /// Reads the provenance of a file, or `None` when the file is not one of ours or of a format
    /// that this program does not know.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn read(connection: &Connection) -> rusqlite::Result<Option<Self>> {
        if marks(connection)? != (APPLICATION_ID, FORMAT) {
            return Ok(None);
        }
        let fact = |key: &str| {
            connection
                .query_row(
                    "SELECT value FROM ekiben_provenance WHERE key = ?1",
                    [key],
                    |row| row.get::<_, String>(0),
                )
                .optional()
                .map(Option::unwrap_or_default)
        };
        let rows = connection
            .prepare("SELECT name, rows FROM ekiben_table")?
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<Result<_, _>>()?;
        let inputs = connection
            .prepare("SELECT name, bytes, sha256 FROM ekiben_input ORDER BY position")?
            .query_map([], |row| {
                Ok(Input {
                    name: row.get(0)?,
                    bytes: row.get(1)?,
                    sha256: row.get(2)?,
                })
            })?
            .collect::<Result<_, _>>()?;
        Ok(Some(Self {
            app: fact("app")?,
            importer: fact("importer")?,
            dataset_digest: fact("dataset_digest")?,
            schema_digest: fact("schema_digest")?,
            schema_version: version_of(&fact("schema_version")?)?,
            bake_time: fact("bake_time")?,
            rows,
            inputs,
            state: Some(fact("state")?).filter(|state| !state.is_empty()),
            restored: fact("restored")?.parse().ok(),
        }))
    }
}

/// Says in a file that it has the tables of this schema, as after a migration.
pub(crate) fn record_schema(connection: &Connection, schema: &Schema) -> rusqlite::Result<()> {
    let version = schema.version().to_string();
    for (key, value) in [
        ("schema_digest", schema.digest()),
        ("schema_version", &version),
    ] {
        let record = "INSERT OR REPLACE INTO ekiben_provenance VALUES (?1, ?2)";
        connection.execute(record, (key, value))?;
    }
    Ok(())
}

/// Gives the rows of a file that was written to a name of their own.
pub(crate) fn record_state(connection: &Connection) -> rusqlite::Result<()> {
    let state = format!("{:016x}{:016x}", release::random(), release::random());
    let record = "INSERT OR REPLACE INTO ekiben_provenance VALUES ('state', ?1)";
    connection.execute(record, [state]).map(drop)
}

/// Says in a file that it is restored at `time`, in seconds since 1970.
pub(crate) fn record_restore(connection: &Connection, time: u64) -> rusqlite::Result<()> {
    let record = "INSERT OR REPLACE INTO ekiben_provenance VALUES ('restored', ?1)";
    connection.execute(record, [time.to_string()]).map(drop)
}

/// The version of a schema; files from before there were versions do not say it.
fn version_of(fact: &str) -> rusqlite::Result<u32> {
    match fact.parse() {
        _ if fact.is_empty() => Ok(FIRST_SCHEMA),
        Ok(version) if version >= FIRST_SCHEMA => Ok(version),
        _ => Err(rusqlite::Error::FromSqlConversionFailure(
            0,
            Type::Text,
            format!("schema_version is {fact:?}, not a version").into(),
        )),
    }
}

/// Why [`Provenance::read`] finds nothing in a file that is readable.
///
/// # Errors
/// When the file cannot be read.
pub fn why_unknown(connection: &Connection) -> rusqlite::Result<String> {
    Ok(match marks(connection)? {
        (APPLICATION_ID, format) if format > FORMAT => format!(
            "a newer version of ekiben made it (file format {format}, this version reads {FORMAT})"
        ),
        (APPLICATION_ID, format) => format!(
            "another version of ekiben made it (file format {format}, this version reads {FORMAT})"
        ),
        _ => "ekiben did not make it".to_owned(),
    })
}

/// `application_id` and `user_version`.
fn marks(connection: &Connection) -> rusqlite::Result<(i64, i64)> {
    let pragma = |name: &str| connection.pragma_query_value(None, name, |row| row.get(0));
    Ok((pragma("application_id")?, pragma("user_version")?))
}

impl Input {
    /// An input whose bytes are at hand.
    pub(crate) fn of(name: &str, bytes: &[u8]) -> Self {
        let sha256 = HEXLOWER.encode(&Sha256::digest(bytes));
        Self {
            name: name.to_owned(),
            bytes: bytes.len() as u64,
            sha256,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schema_version_is_a_number_from_1_and_1_where_there_is_none() {
        assert_eq!(version_of("").unwrap(), 1);
        assert_eq!(version_of("1").unwrap(), 1);
        assert_eq!(version_of("12").unwrap(), 12);
        for wrong in ["0", "-1", "x", "1.5", "99999999999"] {
            let said = version_of(wrong).unwrap_err().to_string();
            assert!(said.contains("not a version"), "{said}");
        }
    }
}
