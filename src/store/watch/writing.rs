//! Whether a primary's writes reach its file, as far as the last ones show.
//!
//! The writer notes each outcome; whoever asks for readiness reads it. Changes are logged once, here. This
//! must not write or try anything.

use std::fmt;
use std::sync::atomic::{AtomicU8, Ordering};

use rusqlite::ErrorCode;

use crate::store::error::is_full;

/// What becomes of writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Writing {
    /// They are stored; or there have been none, and nothing is known against it.
    Works,
    /// There is no space. Some may still find some, and reads go on.
    Full,
    /// The storage fails, or the files are no longer in their place.
    Fails,
}

/// The last that is known.
#[derive(Debug, Default)]
pub(in crate::store) struct WritingWatch(AtomicU8);

impl WritingWatch {
    pub(in crate::store) fn state(&self) -> Writing {
        let state = self.0.load(Ordering::Relaxed);
        [Writing::Works, Writing::Full, Writing::Fails]
            .into_iter()
            .find(|known| *known as u8 == state)
            .unwrap_or(Writing::Fails)
    }

    /// Writes were stored.
    pub(in crate::store) fn works(&self) {
        if self.change(Writing::Works) {
            tracing::info!("writes are stored again");
        }
    }

    /// Writes were not stored. Failures that say nothing of the storage change nothing.
    pub(in crate::store) fn failed(&self, cause: &rusqlite::Error) {
        match found_by(cause) {
            Some(Writing::Full) if self.change(Writing::Full) => {
                tracing::warn!(%cause, "there is no space left for writes");
            }
            Some(Writing::Fails) => self.fails(&cause),
            _ => {}
        }
    }

    /// Writes cannot be stored.
    pub(in crate::store) fn fails(&self, cause: &dyn fmt::Display) {
        if self.change(Writing::Fails) {
            tracing::error!(%cause, "writes cannot be stored; not ready until they can");
        }
    }

    /// Whether it was another state before.
    fn change(&self, to: Writing) -> bool {
        self.0.load(Ordering::Relaxed) != to as u8
            && self.0.swap(to as u8, Ordering::Relaxed) != to as u8
    }
}

/// What a failure says of the storage: nothing when a write was at fault, or was interrupted.
fn found_by(cause: &rusqlite::Error) -> Option<Writing> {
    if is_full(cause) {
        return Some(Writing::Full);
    }
    match cause.sqlite_error_code()? {
        ErrorCode::SystemIoFailure
        | ErrorCode::ReadOnly
        | ErrorCode::CannotOpen
        | ErrorCode::PermissionDenied
        | ErrorCode::DatabaseCorrupt
        | ErrorCode::NotADatabase
        | ErrorCode::DatabaseBusy
        | ErrorCode::FileLockingProtocolFailed => Some(Writing::Fails),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use rusqlite::ffi;

    use super::*;

    #[test]
    fn only_the_storage_makes_writing_fail() {
        let watch = WritingWatch::default();
        let fail = |code| {
            watch.failed(&rusqlite::Error::SqliteFailure(ffi::Error::new(code), None));
            watch.state()
        };
        assert_eq!(fail(ffi::SQLITE_CONSTRAINT), Writing::Works);
        assert_eq!(fail(ffi::SQLITE_INTERRUPT), Writing::Works);
        assert_eq!(fail(ffi::SQLITE_FULL), Writing::Full);
        assert_eq!(fail(ffi::SQLITE_IOERR_WRITE), Writing::Fails);
        // What is known stays known.
        assert_eq!(fail(ffi::SQLITE_ABORT), Writing::Fails);
        watch.works();
        assert_eq!(fail(ffi::SQLITE_READONLY), Writing::Fails);
    }
}
