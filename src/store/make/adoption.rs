//! Which generation a primary serves: the one that it kept, or one that is made of that or of the baked file.
//!
//! What a look at the newest one refuses is left as it is, and older generations with it; those go only
//! after that look. This must not open anything for writing.

use super::migration::{MigrationSource, migrate_kept};
use crate::store::open::acceptance::{Fit, examine};
use crate::store::open::files::{PrimaryFiles, remove_generation};
use crate::store::open::pragmas::Access;
use crate::store::serve::generation::Generation;
use crate::store::{StoreError, StoreOptions};

/// The generation that a start serves: the one that was `kept`, if it has the schema, or a new one.
/// Nothing is removed before it is known that there is one; what is left of others goes once it is open.
pub(in crate::store) fn first_generation(
    files: &PrimaryFiles,
    kept: Option<u64>,
    options: &StoreOptions,
) -> Result<u64, StoreError> {
    let Some(kept) = kept else {
        files.clear()?;
        return copy_baked(files, options, files.unused()?);
    };
    let StoreOptions { app, schema, .. } = options;
    let (_, fit) =
        examine(&files.path(kept), Access::Shared, app, schema).map_err(StoreError::about_copy)?;
    match fit {
        Fit::Same => Ok(kept),
        Fit::Older => Ok(migrate_kept(files, kept, app, schema)?.generation),
    }
}

/// Why the first generation of a start, `number`, cannot be served. A copy that was kept is left alone;
/// one that was just made goes, or it would be taken for one that holds writes.
pub(in crate::store) fn refused(
    error: StoreError,
    files: &PrimaryFiles,
    number: u64,
    kept: Option<u64>,
    options: &StoreOptions,
) -> StoreError {
    if kept != Some(number) {
        remove_generation(&files.path(number));
    }
    match (error, kept) {
        (StoreError::Unusable { reason, .. }, None) => StoreError::Unusable {
            path: options.baked.clone(),
            reason,
        },
        (StoreError::Unusable { reason, .. }, Some(kept)) if kept != number => {
            StoreError::UnusableCopy {
                path: files.path(kept),
                reason: format!("once it is migrated, {reason}"),
            }
        }
        (other, _) => other.about_copy(),
    }
}

/// Makes generation `number` of the baked file, migrated if it has an older schema.
pub(in crate::store) fn copy_baked(
    files: &PrimaryFiles,
    options: &StoreOptions,
    number: u64,
) -> Result<u64, StoreError> {
    let StoreOptions {
        app, schema, baked, ..
    } = options;
    match examine(baked, Access::Immutable, app, schema)? {
        (_, Fit::Same) => files.copy(baked, number).map(|_path| number),
        (_, Fit::Older) => {
            let source = MigrationSource {
                path: baked,
                access: Access::Immutable,
                app,
                schema,
            };
            source.migrate(files, number).map(|_migrated| number)
        }
    }
}

/// A kept copy goes on being served when the baked file beside it is another one: its writes are worth
/// more than the news. The operator is warned, and a reset adopts the baked file.
pub(in crate::store) fn tell_drift(kept: &Generation, options: &StoreOptions) {
    let StoreOptions {
        app, schema, baked, ..
    } = options;
    match examine(baked, Access::Immutable, app, schema) {
        Ok((baked, _)) if baked.dataset_digest == kept.provenance().dataset_digest => {}
        Ok((baked, _)) => tracing::warn!(
            baked = %baked.dataset_digest,
            kept = %kept.provenance().dataset_digest,
            "the primary's copy was made from another dataset than the baked file"
        ),
        Err(cause) => tracing::warn!(%cause, "the baked file cannot be used for a reset"),
    }
}
