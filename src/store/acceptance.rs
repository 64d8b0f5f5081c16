//! Which files are served: those that an app's queries are written for, and that are whole as far as
//! that can be told without reading them.
//!
//! Nothing is written here: a file that is refused is left as it is. That every page is as it was
//! written only a full check can tell, which takes longer than a start may (`ekiben inspect --full`).

use std::path::Path;

use rusqlite::Connection;

use super::files::file_error;
use super::length::missing;
use super::pragmas::{Access, reader_flags, reader_uri};
use super::{StoreError, StoreOptions};
use crate::bake::provenance::{Provenance, why_unknown};

/// Refuses a file that is not what the app's queries are written for, or not all of it.
pub(super) fn check(
    path: &Path,
    access: Access,
    options: &StoreOptions,
) -> Result<Provenance, StoreError> {
    let unusable = |reason: String| StoreError::Unusable {
        path: path.to_owned(),
        reason,
    };
    if !path.exists() {
        return Err(unusable("there is no such file".to_owned()));
    }
    // First: SQLite would only say that a truncated file is malformed.
    let missing = missing(path, access).map_err(|cause| file_error(path, cause))?;
    if let Some(missing) = missing {
        return Err(unusable(format!("it is truncated ({missing})")));
    }
    let connection = Connection::open_with_flags(reader_uri(path, access), reader_flags())
        .map_err(|cause| StoreError::of_opening(path, cause))?;
    provenance_of(&connection, &options.app)
        .map_err(|cause| StoreError::of_opening(path, cause))?
        .and_then(|provenance| of_schema(provenance, &options.schema_digest))
        .map_err(unusable)
}

/// The provenance of a file of `app`, or what is wrong with the file.
pub(super) fn provenance_of(
    connection: &Connection,
    app: &str,
) -> rusqlite::Result<Result<Provenance, String>> {
    let Some(provenance) = Provenance::read(connection)? else {
        return why_unknown(connection).map(Err);
    };
    if provenance.app != app {
        let reason = format!("it belongs to {}, not to {app}", provenance.app);
        return Ok(Err(reason));
    }
    Ok(Ok(provenance))
}

/// Refuses what was baked with another schema than the app's queries are written for.
pub(super) fn of_schema(provenance: Provenance, digest: &str) -> Result<Provenance, String> {
    if provenance.schema_digest == digest {
        Ok(provenance)
    } else {
        Err(format!(
            "it was baked with another schema of {}",
            provenance.app
        ))
    }
}

pub(super) fn unreadable(cause: &rusqlite::Error) -> String {
    format!("it cannot be read ({cause})")
}
