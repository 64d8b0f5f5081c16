//! The health of a data file, for the operator who looks at it: is it whole, how much is in its log, which
//! generation is it, and is it still of the baked file's data.
//!
//! It only reads, and may be used on a file that is served. It must not know how this is shown.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, ErrorCode, OpenFlags};
use serde::Serialize;

use crate::file::path_as_text;
use crate::file::provenance::Provenance;
use crate::store::open::files::{generation_at, log_bytes};

/// Problems reported at most; the first is enough to know.
const MOST_PROBLEMS: u32 = 10;

/// How much is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Depth {
    /// All pages, without comparing indexes with their tables.
    Quick,
    /// Everything that SQLite can check.
    Full,
}

/// What is known of a file's health.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Health {
    /// How much was checked.
    pub checked: Depth,
    /// What is wrong; nothing when the file is whole.
    pub problems: Vec<String>,
    /// The size of the WAL beside the file: what is not checkpointed yet, and what was and will be
    /// overwritten.
    pub wal_bytes: u64,
    /// The number of a primary's generation, when the name has it.
    pub generation: Option<u64>,
    /// How a primary's copy relates to the baked file, when there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub drift: Option<Drift>,
}

/// How a primary's copy relates to a baked file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Drift {
    /// The baked file.
    #[serde(serialize_with = "path_as_text")]
    pub baked: PathBuf,
    /// Digest of its dataset.
    pub baked_dataset_digest: String,
    /// Whether both were made from the same dataset.
    pub same_dataset: bool,
    /// Whether both have the same schema.
    pub same_schema: bool,
    /// Version of its schema.
    pub baked_schema_version: u32,
    /// Whether both have the same version; if not, a reset migrates, or is refused.
    pub same_schema_version: bool,
}

impl Health {
    /// Examines the file at `path`; a primary's copy is compared with the first of the files `baked` that
    /// is one of the same app.
    ///
    /// # Errors
    /// When the file cannot be opened at all.
    pub fn examine(path: &Path, depth: Depth, baked: &[PathBuf]) -> rusqlite::Result<Self> {
        // First: reading makes a log where there is none.
        let wal_bytes = log_bytes(path);
        let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        let problems = problems(&connection, depth)?;
        let generation = generation_at(path).map(|(_, generation)| generation);
        let drift = match (generation, Provenance::read(&connection)) {
            (Some(_), Ok(Some(kept))) => baked.iter().find_map(|baked| drift(&kept, baked)),
            _ => None,
        };
        Ok(Self {
            checked: depth,
            problems,
            wal_bytes,
            generation,
            drift,
        })
    }
}

/// What is wrong with a file; nothing when it is whole.
pub(in crate::store) fn problems(
    connection: &Connection,
    depth: Depth,
) -> rusqlite::Result<Vec<String>> {
    let pragma = match depth {
        Depth::Quick => "quick_check",
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

fn drift(kept: &Provenance, baked: &Path) -> Option<Drift> {
    let connection = Connection::open_with_flags(baked, OpenFlags::SQLITE_OPEN_READ_ONLY).ok()?;
    let provenance = Provenance::read(&connection).ok()??;
    (provenance.app == kept.app).then(|| Drift {
        baked: baked.to_owned(),
        same_dataset: provenance.dataset_digest == kept.dataset_digest,
        same_schema: provenance.schema_digest == kept.schema_digest,
        baked_schema_version: provenance.schema_version,
        same_schema_version: provenance.schema_version == kept.schema_version,
        baked_dataset_digest: provenance.dataset_digest,
    })
}
