//! Whether a file is as long as it says, which finds one that was truncated without reading it.
//!
//! SQLite compares the two as well, but not while there is a WAL: what a checkpoint had no
//! time to add to the file is still in the WAL then, and the file is rightly shorter than it says. So
//! pages behind the end of the file are looked for in the WAL.

use std::collections::HashSet;
use std::fs::File;
use std::io::{self, ErrorKind};
use std::os::unix::fs::FileExt as _;
use std::path::Path;

use super::pragmas::Access;
use crate::file::beside;

const MAGIC: &[u8] = b"SQLite format 3\0";

/// The log's own head, and that of each page in it (<https://sqlite.org/fileformat2.html#walformat>).
const LOG_HEAD: u64 = 32;
const FRAME_HEAD: u64 = 24;

/// The page that holds this byte belongs to the locks and is never written.
const LOCK_BYTE: u64 = 1 << 30;

/// What is missing of the file at `path`, in words; nothing when it is all there, or when it is no
/// SQLite file, which is reported elsewhere.
pub(in crate::store) fn missing(path: &Path, access: Access) -> io::Result<Option<String>> {
    let file = File::open(path)?;
    let bytes = file.metadata()?.len();
    let mut head = [0; 100];
    if !read_whole(&file, &mut head, 0)? || !head.starts_with(MAGIC) {
        return Ok(None);
    }
    // 65536 does not fit into the two bytes.
    let page_size = match u64::from(u16::from_be_bytes([head[16], head[17]])) {
        1 => 65_536,
        size => size,
    };
    // The second counter says whether the page count is of the last change.
    if page_size < 512 || head[24..28] != head[92..96] {
        return Ok(None);
    }
    let mut pages = u64::from(big_endian(&head, 28));
    let log = match access {
        Access::Immutable => WalContents::default(),
        Access::Shared => WalContents::read(path, page_size)?,
    };
    pages = log.pages_after_commit.unwrap_or(pages);
    let lost = (bytes / page_size + 1..=pages)
        .any(|page| page != LOCK_BYTE / page_size + 1 && !log.pages.contains(&page));
    let expected = pages * page_size;
    Ok(lost.then(|| format!("{bytes} bytes of {expected}")))
}

/// What a WAL holds.
#[derive(Default)]
struct WalContents {
    pages: HashSet<u64>,
    /// The size of the file after the last commit in it.
    pages_after_commit: Option<u64>,
}

impl WalContents {
    /// Reads the heads of the WAL's frames, up to those that a shorter WAL has left standing.
    fn read(path: &Path, page_size: u64) -> io::Result<Self> {
        let mut log = Self::default();
        let file = match File::open(beside(path, "-wal")) {
            Ok(file) => file,
            Err(cause) if cause.kind() == ErrorKind::NotFound => return Ok(log),
            Err(cause) => return Err(cause),
        };
        let mut head = [0; 32];
        if !read_whole(&file, &mut head, 0)? {
            return Ok(log);
        }
        let mut frame = [0; 16];
        let mut at = LOG_HEAD;
        while read_whole(&file, &mut frame, at)? && frame[8..16] == head[16..24] {
            log.pages.insert(u64::from(big_endian(&frame, 0)));
            match big_endian(&frame, 4) {
                0 => {}
                pages => log.pages_after_commit = Some(u64::from(pages)),
            }
            at += FRAME_HEAD + page_size;
        }
        Ok(log)
    }
}

fn big_endian(bytes: &[u8], at: usize) -> u32 {
    bytes[at..at + 4]
        .iter()
        .fold(0, |number, &byte| number << 8 | u32::from(byte))
}

/// Whether there are so many bytes at `at`; they are in `bytes` then.
fn read_whole(file: &File, bytes: &mut [u8], at: u64) -> io::Result<bool> {
    match file.read_exact_at(bytes, at) {
        Ok(()) => Ok(true),
        Err(cause) if cause.kind() == ErrorKind::UnexpectedEof => Ok(false),
        Err(cause) => Err(cause),
    }
}

#[cfg(test)]
mod tests {
    use rusqlite::Connection;
    use tempfile::TempDir;

    use super::*;

    /// A file whose rows are in its log, and one page that is not.
    fn with_log(folder: &Path) -> (std::path::PathBuf, Connection) {
        let path = folder.join("a.sqlite");
        let connection = Connection::open(&path).unwrap();
        connection
            .execute_batch(
                "PRAGMA journal_mode = WAL;
                 PRAGMA wal_autocheckpoint = 0;
                 CREATE TABLE t (bytes BLOB);
                 CREATE TABLE other (a);
                 PRAGMA wal_checkpoint(TRUNCATE);
                 INSERT INTO t VALUES (zeroblob(100000));",
            )
            .unwrap();
        (path, connection)
    }

    fn cut(path: &Path, bytes: u64) {
        let file = File::options().write(true).open(path).unwrap();
        file.set_len(bytes).unwrap();
    }

    #[test]
    fn pages_that_are_still_in_the_log_are_not_missing() {
        let folder = TempDir::new().unwrap();
        let (path, connection) = with_log(folder.path());
        let before = path.metadata().unwrap().len();
        assert_eq!(missing(&path, Access::Shared).unwrap(), None);
        connection
            .execute_batch("PRAGMA wal_checkpoint(PASSIVE)")
            .unwrap();
        let after = path.metadata().unwrap().len();
        assert!(after > before, "{before}, {after}");
        // As a checkpoint that was interrupted leaves it: the first page says more than there is.
        cut(&path, before);
        assert_eq!(missing(&path, Access::Shared).unwrap(), None);
        // Without the WAL it would be truncated.
        let said = missing(&path, Access::Immutable).unwrap().unwrap();
        assert_eq!(said, format!("{before} bytes of {after}"));
        // And so it is where the WAL does not have it either.
        cut(&path, 4096);
        assert!(missing(&path, Access::Shared).unwrap().is_some());
    }

    #[test]
    fn a_file_that_lacks_a_byte_is_truncated() {
        let folder = TempDir::new().unwrap();
        let (path, connection) = with_log(folder.path());
        connection
            .execute_batch("PRAGMA wal_checkpoint(TRUNCATE)")
            .unwrap();
        drop(connection);
        let bytes = path.metadata().unwrap().len();
        for access in [Access::Immutable, Access::Shared] {
            cut(&path, bytes);
            assert_eq!(missing(&path, access).unwrap(), None);
            cut(&path, bytes - 1);
            assert!(missing(&path, access).unwrap().is_some());
        }
    }
}
