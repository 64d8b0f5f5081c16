//! A backup: the newest generation of a primary, as a file of its own.
//!
//! No lock is taken: the server goes on, resets included. It must not write to the data directory,
//! unless that is where the backup is to be.

use std::fs;
use std::path::{Path, PathBuf};

use super::pages;
use super::{BackupError, Copied, CopyError};
use crate::file::provenance::Provenance;
use crate::file::{Temporary, log_beside};
use crate::store::open::files;
use crate::store::open::pragmas::Access;

/// So often a copy is begun anew because a reset replaced the file meanwhile.
const ATTEMPTS: u32 = 16;

/// Copies the state that a primary of `app` has in `data_dir` now, served or not, to `out`, which is
/// complete and checked by the time it has its name. An existing file is replaced only on request, and the
/// file at `baked`, which resets return to, never.
///
/// # Errors
/// When there is nothing to copy, it is damaged or of another app, or `out` cannot be written.
pub fn back_up(
    data_dir: &Path,
    baked: &Path,
    app: &str,
    out: &Path,
    replace: bool,
) -> Result<Copied, BackupError> {
    let output = |cause| {
        BackupError::Copy(CopyError::Output {
            path: out.to_owned(),
            cause,
        })
    };
    refuse_place(baked, out, replace)?;
    for _ in 0..ATTEMPTS {
        let nothing = || BackupError::NoCopy {
            data_dir: data_dir.to_owned(),
            app: app.to_owned(),
            others: files::apps_in(data_dir),
        };
        if !data_dir.exists() {
            return Err(nothing());
        }
        let generation = files::newest(data_dir, app)?.ok_or_else(nothing)?;
        let from = files::path(data_dir, app, generation);
        Temporary::remove_leftovers(out).map_err(output)?;
        let temporary = Temporary::create(out, "result").map_err(output)?;
        let copied = copy(&from, app, temporary.path(), out);
        if !from.exists() {
            // A reset removed it, and perhaps its log before that was read: the copy may be of no
            // moment at all.
            continue;
        }
        let provenance = copied?;
        pages::check(&from, temporary.path(), out)?;
        publish(&temporary, out, replace)?;
        let bytes = out.metadata().map_err(output)?.len();
        return Ok(Copied {
            from,
            to: out.to_owned(),
            generation,
            bytes,
            provenance,
        });
    }
    Err(BackupError::Restless {
        app: app.to_owned(),
    })
}

/// The original is let go of when this returns, so that the server can shorten its log.
fn copy(from: &Path, app: &str, to: &Path, out: &Path) -> Result<Provenance, BackupError> {
    let source = pages::open_source(from, Access::Shared)?;
    // One transaction: what is read of the provenance is what is copied. Whatever schema it has, it can
    // be backed up: a file that this version cannot serve is worth as much.
    let transaction = source
        .unchecked_transaction()
        .map_err(|cause| CopyError::Unusable {
            path: from.to_owned(),
            reason: cause.to_string(),
        })?;
    let provenance = pages::provenance(&transaction, from, app)?;
    pages::copy(&transaction, from, to, out)?;
    pages::name_state(to, out)?;
    Ok(provenance)
}

fn publish(temporary: &Temporary, out: &Path, replace: bool) -> Result<(), BackupError> {
    let published = if replace {
        temporary.publish(out)
    } else {
        temporary.publish_new(out)
    };
    published.map_err(|cause| match cause.kind() {
        std::io::ErrorKind::AlreadyExists => BackupError::Exists {
            path: out.to_owned(),
        },
        _ => CopyError::Output {
            path: out.to_owned(),
            cause,
        }
        .into(),
    })
}

/// Refuses, before anything is copied, a place where no backup can be.
fn refuse_place(baked: &Path, out: &Path, replace: bool) -> Result<(), BackupError> {
    let misplaced = |reason| BackupError::Misplaced {
        path: out.to_owned(),
        reason,
    };
    let ends_in_slash = out.as_os_str().as_encoded_bytes().ends_with(b"/");
    match fs::symlink_metadata(out) {
        _ if ends_in_slash => return Err(misplaced("it names a folder")),
        Ok(metadata) if !metadata.is_file() => {
            return Err(misplaced("there is something else than a file"));
        }
        Ok(_) if !replace => {
            return Err(BackupError::Exists {
                path: out.to_owned(),
            });
        }
        _ => {}
    }
    let is_baked = canonical(baked).is_some_and(|baked| canonical(out) == Some(baked));
    if is_baked || files::is_of_primary(out) {
        return Err(misplaced("a primary keeps files of such names there"));
    }
    if log_beside(out).is_some() {
        return Err(misplaced(
            "a file of that name with -wal or -journal is beside it, which SQLite would take for a part \
             of the backup",
        ));
    }
    Ok(())
}

/// A path by which two names of one file are known, whether it is there or not.
fn canonical(path: &Path) -> Option<PathBuf> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new(".")).canonicalize().ok()?;
    Some(folder.join(path.file_name()?))
}
