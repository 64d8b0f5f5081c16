//! One state of a file, copied page for page to a new file and checked.
//!
//! Page for page, and not `VACUUM INTO`: that would make indexes anew and so hide damage that the
//! original has, renumber rows of tables without an integer key, and hold its read transaction, during
//! which the server's WAL only grows, many times as long.

use std::fs::OpenOptions;
use std::io;
use std::path::Path;

use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, ErrorCode, ffi};

use super::error::{BackupError, CopyError};
use crate::file::provenance::{Provenance, record_restore, record_state};
use crate::file::why_not_sqlite;
use crate::store::open::acceptance::{provenance_of, unreadable};
use crate::store::open::files::mark_log;
use crate::store::open::pragmas::{
    Access, open_unpublished, reader_flags, reader_uri, set_up_reader,
};
use crate::store::open::unfinished;
use crate::store::watch::health::{Depth, problems};

/// Opens a file to copy from it; the file and its log stay as they are.
pub(in crate::store) fn open_source(path: &Path, access: Access) -> Result<Connection, CopyError> {
    let unusable = |reason| CopyError::Unusable {
        path: path.to_owned(),
        reason,
    };
    match why_not_sqlite(path) {
        Ok(None) => {}
        Ok(Some(why)) => return Err(unusable(why.to_owned())),
        Err(cause) => return Err(unusable(format!("it cannot be read ({cause})"))),
    }
    let open = || {
        let mut connection = Connection::open_with_flags(reader_uri(path, access), reader_flags())?;
        set_up_reader(&mut connection)?;
        Ok(connection)
    };
    open().map_err(|cause| unusable(unreadable(&cause)))
}

/// What `source`, the file at `path`, says of itself; refused unless it is a file of `app`.
pub(super) fn provenance(
    source: &Connection,
    path: &Path,
    app: &str,
) -> Result<Provenance, BackupError> {
    let unusable = |reason| CopyError::Unusable {
        path: path.to_owned(),
        reason,
    };
    let found = Provenance::read(source).map_err(|cause| unusable(unreadable(&cause)))?;
    if let Some(Provenance { app: owner, .. }) = found
        && owner != app
    {
        return Err(BackupError::OtherApp {
            path: path.to_owned(),
            owner,
            app: app.to_owned(),
        });
    }
    let found = provenance_of(source, app).unwrap_or_else(|cause| Err(unreadable(&cause)));
    Ok(found.map_err(unusable)?)
}

/// Writes what `source` sees of the file `from` to the empty file `to`, which will be `target`. The copy is
/// whole by itself: no log lies beside it, nor does it ask for one, and of a write that has not ended it
/// has nothing.
pub(in crate::store) fn copy(
    source: &Connection,
    from: &Path,
    to: &Path,
    target: &Path,
) -> Result<(), CopyError> {
    write(source, to).map_err(|cause| match cause.sqlite_error_code() {
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => CopyError::Damaged {
            path: from.to_owned(),
            detail: cause.to_string(),
        },
        _ => CopyError::Sqlite {
            path: target.to_owned(),
            cause,
        },
    })?;
    forget_log(to).map_err(|cause| CopyError::Output {
        path: target.to_owned(),
        cause,
    })?;
    let undone = open_unpublished(to).and_then(|copy| unfinished::undo_all(&copy));
    let (path, undone) = (target.to_owned(), undone.map(|_notes| ()));
    undone.map_err(|cause| CopyError::Sqlite { path, cause })
}

/// Gives the rows of a copy a name of their own: two backups of one primary have the same provenance, and
/// a replica may serve the one after the other.
pub(super) fn name_state(copy: &Path, target: &Path) -> Result<(), CopyError> {
    let named = open_unpublished(copy).and_then(|copy| record_state(&copy));
    named.map_err(|cause| CopyError::Sqlite {
        path: target.to_owned(),
        cause,
    })
}

/// Says in a copy that it is restored at `time`: who was somebody before may be somebody else in it.
pub(super) fn date_restore(copy: &Path, target: &Path, time: u64) -> Result<(), CopyError> {
    let dated = open_unpublished(copy).and_then(|copy| record_restore(&copy, time));
    dated.map_err(|cause| CopyError::Sqlite {
        path: target.to_owned(),
        cause,
    })
}

/// Checks a finished copy in full: page for page the same, it is as whole as the original.
pub(super) fn check(from: &Path, to: &Path, target: &Path) -> Result<(), CopyError> {
    let found = Connection::open_with_flags(reader_uri(to, Access::Immutable), reader_flags())
        .and_then(|mut copy| {
            set_up_reader(&mut copy)?;
            problems(&copy, Depth::Full)
        })
        .map_err(|cause| CopyError::Sqlite {
            path: target.to_owned(),
            cause,
        })?;
    match found.first() {
        None => Ok(()),
        Some(detail) => Err(CopyError::Damaged {
            path: from.to_owned(),
            detail: detail.clone(),
        }),
    }
}

fn write(source: &Connection, to: &Path) -> rusqlite::Result<()> {
    let mut copy = open_unpublished(to)?;
    // In one step: between two, the state would have to be held by other means.
    let step = Backup::new(source, &mut copy)?.step(-1);
    match step.map_err(without_text)? {
        StepResult::Done => Ok(()),
        _ => Err(failure(ffi::SQLITE_BUSY)),
    }
}

/// The text is what the connection said last, which need not be about this.
fn without_text(cause: rusqlite::Error) -> rusqlite::Error {
    match cause {
        rusqlite::Error::SqliteFailure(code, _) => failure(code.extended_code),
        other => other,
    }
}

fn failure(code: i32) -> rusqlite::Error {
    rusqlite::Error::SqliteFailure(ffi::Error::new(code), None)
}

/// A primary's file says that it has a WAL; to read such a file SQLite makes one beside it,
/// even where nobody may write. All that was in the WAL is in the copy.
fn forget_log(copy: &Path) -> io::Result<()> {
    mark_log(&OpenOptions::new().write(true).open(copy)?, false)
}
