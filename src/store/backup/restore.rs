//! A restore: a file becomes the next generation of a primary that does not run.
//!
//! The generations before it stay until the next start, so a restore of the wrong file is undone by
//! restoring one of them. It must not touch a data directory that is served.

use std::fs::File;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use super::pages;
use super::{BackupError, Copied, CopyError};
use crate::file::{Schema, log_beside};
use crate::store::StoreError;
use crate::store::open::acceptance::fit;
use crate::store::open::files::{PrimaryFiles, file_error};
use crate::store::open::pragmas::Access;

/// Makes `file`, a backup or a baked file of `app`, the newest generation in `data_dir`, which the next
/// primary serves. One of an older version than `schema` is restored as it is: that start migrates it.
///
/// # Errors
/// When the file cannot be read, is damaged, of another app or of another or newer schema, when a process
/// serves the data directory, or when the copy cannot be written; the generation before then stays the
/// newest.
pub fn restore(
    file: &Path,
    data_dir: &Path,
    app: &str,
    schema: &Schema,
) -> Result<Copied, BackupError> {
    let unusable = |reason| {
        BackupError::Copy(CopyError::Unusable {
            path: file.to_owned(),
            reason,
        })
    };
    let source = pages::open_source(file, access(file))?;
    let transaction = source
        .unchecked_transaction()
        .map_err(|cause| unusable(cause.to_string()))?;
    let provenance = pages::provenance(&transaction, file, app)?;
    fit(file, &provenance, schema).map_err(|error| match error {
        StoreError::Unusable { reason, .. } => unusable(reason),
        newer => newer.into(),
    })?;
    let files = PrimaryFiles::lock(data_dir, app)?;
    // What killed ones left would use up numbers and space.
    files.clear()?;
    let generation = files.unused()?;
    let target = files.path(generation);
    let begun = Instant::now();
    let (restored, wait) = next_second();
    let (to, ()) = files.make(generation, |temporary| {
        drop(File::create(temporary).map_err(|cause| file_error(&target, cause))?);
        pages::copy(&transaction, file, temporary, &target)?;
        pages::date_restore(temporary, &target, restored)?;
        pages::check(file, temporary, &target)?;
        Ok::<_, BackupError>(())
    })?;
    // What is issued says when to the second. Nothing is issued before the lock is given back.
    thread::sleep(wait.saturating_sub(begun.elapsed()));
    let bytes = to.metadata().map_err(|cause| file_error(&to, cause))?.len();
    Ok(Copied {
        from: file.to_owned(),
        to,
        generation,
        bytes,
        provenance,
    })
}

/// The second after this one, since 1970, and how long it is until then.
fn next_second() -> (u64, Duration) {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let since = since.unwrap_or_default();
    let next = since.as_secs() + 1;
    (next, Duration::from_secs(next).saturating_sub(since))
}

/// A file that was copied by hand may have a log or a journal beside it that belongs to it. Otherwise
/// nothing is made beside the file, which may be where nobody can write.
fn access(file: &Path) -> Access {
    match log_beside(file) {
        Some(_) => Access::Shared,
        None => Access::Immutable,
    }
}
