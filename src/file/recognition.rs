//! What a path names that is to be a SQLite file, as far as that shows without SQLite.
//!
//! SQLite takes an empty file for an empty database, waits on a pipe and reports a folder as a failing
//! disk. Whoever opens a file that a person named asks here first. It must not know what is in a database.

use std::fs::File;
use std::io::{self, ErrorKind, Read as _};
use std::path::Path;

/// What every SQLite file begins with (<https://sqlite.org/fileformat2.html#magic_header_string>).
const MAGIC: &[u8; 16] = b"SQLite format 3\0";

/// Why `path` names no regular file; `None` when it does.
fn why_not_regular(path: &Path) -> io::Result<Option<&'static str>> {
    let metadata = match path.metadata() {
        Ok(metadata) => metadata,
        Err(cause) if cause.kind() == ErrorKind::NotFound => {
            return Ok(Some("there is no such file"));
        }
        Err(cause) => return Err(cause),
    };
    Ok(if metadata.is_dir() {
        Some("it is a folder")
    } else if !metadata.is_file() {
        Some("it is a device, a pipe or a socket")
    } else {
        None
    })
}

/// Why `path` names no SQLite file; `None` when it looks like one.
///
/// # Errors
/// When it cannot be read.
pub(crate) fn why_not_sqlite(path: &Path) -> io::Result<Option<&'static str>> {
    let why = why_not_regular(path)?;
    if why.is_some() {
        return Ok(why);
    }
    let mut head = Vec::new();
    let magic = MAGIC.len() as u64;
    File::open(path)?.take(magic).read_to_end(&mut head)?;
    Ok(match &*head {
        [] => Some("it is empty"),
        head if head == MAGIC => None,
        _ => Some("it is not a SQLite file"),
    })
}
