//! Which files are served: those that an app's queries are written for, and that are whole as far as
//! that show without reading them.
//!
//! Nothing is written here: a file that is refused is left as it is. That every page is as it was
//! written only a full check can tell, which takes longer than a start may (`ekiben inspect --full`).

use std::cmp::Ordering;
use std::path::Path;

use rusqlite::Connection;

use super::files::file_error;
use super::length::missing;
use super::pragmas::{Access, reader_flags, reader_uri};
use super::unfinished::has_any;
use crate::file::provenance::{Provenance, why_unknown};
use crate::file::{Identity, Schema, why_not_sqlite};
use crate::store::{StoreError, StoreOptions};

/// How a file that can be used relates to the schema that the app's queries are written for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::store) enum Fit {
    /// It has that schema.
    Same,
    /// It has an older version, and can be migrated.
    Older,
}

/// A file that can be served.
pub(in crate::store) struct Accepted {
    /// Which file it was, if any.
    pub(in crate::store) identity: Option<Identity>,
    pub(in crate::store) provenance: Provenance,
}

/// Refuses a file that is not what the app's queries are written for, or not all of it.
///
/// Never while this process has it open through SQLite: the file is read here without SQLite, and whoever
/// closes a file gives back all locks that its process has on it. The next process that closed it would
/// then take itself for the last one, and remove the log (<https://sqlite.org/howtocorrupt.html>, 2.2).
pub(in crate::store) fn check(
    path: &Path,
    access: Access,
    options: &StoreOptions,
) -> Result<Accepted, StoreError> {
    let identity = Identity::at(path);
    match examine(path, access, &options.app, &options.schema)? {
        (provenance, Fit::Same) => Ok(Accepted {
            identity: identity.map_err(|cause| file_error(path, cause))?,
            provenance,
        }),
        (provenance, Fit::Older) => Err(StoreError::OlderSchema {
            path: path.to_owned(),
            file: provenance.schema_version,
            program: options.schema.version(),
        }),
    }
}

/// As [`check`], but takes a file of an older version too.
pub(in crate::store) fn examine(
    path: &Path,
    access: Access,
    app: &str,
    schema: &Schema,
) -> Result<(Provenance, Fit), StoreError> {
    let unusable = |reason: String| StoreError::Unusable {
        path: path.to_owned(),
        reason,
    };
    let no_file = why_not_sqlite(path).map_err(|cause| file_error(path, cause))?;
    if let Some(why) = no_file {
        if !path.exists() {
            return Err(StoreError::Absent {
                path: path.to_owned(),
            });
        }
        return Err(unusable(why.to_owned()));
    }
    // First: SQLite would only say that a truncated file is malformed.
    let missing = missing(path, access).map_err(|cause| file_error(path, cause))?;
    if let Some(missing) = missing {
        return Err(unusable(format!("it is truncated ({missing})")));
    }
    let connection = Connection::open_with_flags(reader_uri(path, access), reader_flags())
        .map_err(|cause| StoreError::of_opening(path, cause))?;
    let provenance = provenance_of(&connection, app)
        .map_err(|cause| StoreError::of_opening(path, cause))?
        .map_err(unusable)?;
    let fit = fit(path, &provenance, schema)?;
    // Whoever writes the file removes them; whoever only reads it would show them.
    let has_unfinished = access == Access::Immutable
        && has_any(&connection).map_err(|cause| StoreError::of_opening(path, cause))?;
    if has_unfinished {
        let reason = "a part of an upload is in it that did not end; copy a primary's file by \
            `ekiben backup`";
        return Err(unusable(reason.to_owned()));
    }
    Ok((provenance, fit))
}

/// The provenance of a file of `app`, or what is wrong with the file.
pub(in crate::store) fn provenance_of(
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

/// Refuses what has a newer schema than the app's queries are written for, or another one of that version.
pub(in crate::store) fn fit(
    path: &Path,
    provenance: &Provenance,
    schema: &Schema,
) -> Result<Fit, StoreError> {
    let (file, program) = (provenance.schema_version, schema.version());
    match file.cmp(&program) {
        Ordering::Less => Ok(Fit::Older),
        Ordering::Equal if provenance.schema_digest == schema.digest() => Ok(Fit::Same),
        Ordering::Equal => Err(StoreError::Unusable {
            path: path.to_owned(),
            reason: format!("it was baked with another schema of {}", provenance.app),
        }),
        Ordering::Greater => Err(StoreError::NewerSchema {
            path: path.to_owned(),
            file,
            program,
        }),
    }
}

pub(in crate::store) fn unreadable(cause: &rusqlite::Error) -> String {
    format!("it cannot be read ({cause})")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use tempfile::TempDir;

    use super::*;
    use crate::file::Folder;

    /// A schema of version 2.
    fn schema() -> Schema {
        let folder = TempDir::new().unwrap();
        for name in ["tables", "derived", "indexes", "checks", "migration_2"] {
            std::fs::write(folder.path().join(format!("{name}.sql")), "").unwrap();
        }
        Schema::read(&Folder::Disk(folder.path().to_owned())).unwrap()
    }

    #[test]
    fn a_file_fits_by_version_first_and_by_digest_then() {
        let schema = schema();
        let fit_of = |version, digest: &str| {
            let provenance = Provenance {
                app: "app".to_owned(),
                importer: String::new(),
                dataset_digest: String::new(),
                schema_digest: digest.to_owned(),
                schema_version: version,
                bake_time: String::new(),
                rows: BTreeMap::new(),
                inputs: Vec::new(),
                state: None,
                restored: None,
            };
            fit(Path::new("x"), &provenance, &schema).map_err(|error| error.to_string())
        };
        assert_eq!(fit_of(2, schema.digest()), Ok(Fit::Same));
        assert_eq!(fit_of(1, "of whatever it was then"), Ok(Fit::Older));
        let said = fit_of(2, "another").unwrap_err();
        assert_eq!(
            said,
            "cannot serve x: it was baked with another schema of app"
        );
        // However like it is.
        let said = fit_of(3, schema.digest()).unwrap_err();
        let versions = "x has schema version 3, and this program reads versions up to 2";
        assert_eq!(said, versions);
    }
}
