//! The file in which a primary keeps the secret that it made: `APP.key` in its data folder.
//!
//! It is made once, complete or not at all, for its owner alone (0600), and said in the log. Its content is
//! text, so that other machines of the site take a copy as `APP.secret_file`. It is no part of a backup.
//! It must not know what the secret is for.

use std::fs::{self, Permissions};
use std::io::{self, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use data_encoding::HEXLOWER;

use super::keys::KeyError;
use super::password::fill;
use crate::config::Secret;
use crate::file::Temporary;

/// Random bytes of a secret; the file has two characters for each.
const RANDOM_BYTES: usize = 32;

/// Bytes of a file that may be one: what was put there by hand may be longer than ours.
const LARGEST: u64 = 4096;

/// Rights of others than the owner.
const OF_OTHERS: u32 = 0o077;

/// How the file of an app is called.
pub(super) fn name(app: &str) -> String {
    format!("{app}.key")
}

/// The secret in the file at `path`, which is made if there is none.
///
/// # Errors
/// When it can be neither read nor made, or holds no secret.
pub(super) fn read_or_make(app: &str, path: &Path) -> Result<Secret, KeyError> {
    if let Some(secret) = read(path)? {
        return Ok(secret);
    }
    let made = make(path);
    if let Ok(true) = made {
        tracing::info!(
            app,
            path = %path.display(),
            "made the key that signs tokens and sessions; other machines of this site need a copy of \
             it, named in {app}.secret_file"
        );
    }
    // Another process may have made one meanwhile, and then counts, whatever became of ours.
    match (read(path)?, made) {
        (Some(secret), _) => Ok(secret),
        (None, made) => Err(KeyError::Write {
            path: path.to_owned(),
            cause: made.err().unwrap_or_else(|| io::ErrorKind::NotFound.into()),
        }),
    }
}

fn read(path: &Path) -> Result<Option<Secret>, KeyError> {
    let unreadable = |cause| KeyError::Read {
        path: path.to_owned(),
        cause,
    };
    let no_key = |reason| KeyError::NoKey {
        path: path.to_owned(),
        reason,
    };
    let metadata = match fs::metadata(path) {
        Ok(metadata) => metadata,
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(cause) => return Err(unreadable(cause)),
    };
    if !metadata.is_file() || metadata.len() > LARGEST {
        return Err(no_key("it is no small file"));
    }
    let text = fs::read_to_string(path).map_err(unreadable)?;
    let text = text.trim_end_matches(['\r', '\n']);
    // What we made has twice as many; a shorter one was cut off, or is something else.
    if text.len() < RANDOM_BYTES {
        return Err(no_key("it holds less than 32 bytes"));
    }
    if metadata.permissions().mode() & OF_OTHERS != 0 {
        tracing::warn!(path = %path.display(), "others than its owner may read the key file; chmod 600 it");
    }
    Ok(Some(Secret::from(text)))
}

/// Whether it was made; not when another process made one meanwhile.
fn make(path: &Path) -> io::Result<bool> {
    let mut random = [0; RANDOM_BYTES];
    fill(&mut random)?;
    let temporary = Temporary::create(path, "key")?;
    // Before anything is in it.
    fs::set_permissions(temporary.path(), Permissions::from_mode(0o600))?;
    let mut file = fs::OpenOptions::new().write(true).open(temporary.path())?;
    file.write_all(format!("{}\n", HEXLOWER.encode(&random)).as_bytes())?;
    match temporary.publish_new(path) {
        Ok(()) => {
            // What a killed process left holds a key that nobody has. Not before: it could be that of a
            // process that is about to publish.
            drop(Temporary::remove_leftovers(path));
            Ok(true)
        }
        Err(cause) if cause.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        Err(cause) => Err(cause),
    }
}
