//! The lock file of a primary's data: taken by whoever writes, and read by whoever comes second.
//!
//! The system gives the lock back when a process ends, however it ends; what stands in the file only says who
//! has it. In a container a process is called by the same low number everywhere, so the host and the time are
//! there as well: with them an operator finds the pod that has to go first. It must not know what the lock is
//! for.

use std::fmt;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read as _, Seek as _, Write as _};
use std::path::Path;

use jiff::{Timestamp, Unit};

use super::files::{file_error, make_like_folder};
use crate::file::Identity;
use crate::store::StoreError;

/// Who has a lock, as its file says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockHolder {
    /// Its number on its host. Empty where the file says nothing (yet).
    pub pid: String,
    /// The name of the host, which in Kubernetes is that of the pod. Empty if unknown: older versions wrote
    /// none.
    pub host: String,
    /// When it took the lock, in UTC. Empty if unknown.
    pub since: String,
}

impl LockHolder {
    fn this() -> Self {
        let now = Timestamp::now();
        Self {
            pid: std::process::id().to_string(),
            host: rustix::system::uname()
                .nodename()
                .to_string_lossy()
                .into_owned(),
            since: now.round(Unit::Second).unwrap_or(now).to_string(),
        }
    }

    /// From the line that [`LockHolder::line`] made, or a part of it.
    fn read(text: &str) -> Self {
        let mut words = text.split_whitespace().map(ToOwned::to_owned);
        let mut word = || words.next().unwrap_or_default();
        Self {
            pid: word(),
            host: word(),
            since: word(),
        }
    }

    fn line(&self) -> String {
        let Self { pid, host, since } = self;
        format!("{pid} {host} {since}\n")
    }
}

impl fmt::Display for LockHolder {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { pid, host, since } = self;
        if pid.is_empty() {
            // It was locked a moment ago.
            return out.write_str("which has not said yet who it is");
        }
        write!(out, "pid {pid}")?;
        if !host.is_empty() {
            write!(out, " on host {host}")?;
        }
        if !since.is_empty() {
            write!(out, ", since {since}")?;
        }
        Ok(())
    }
}

/// A locked file.
#[derive(Debug)]
pub(super) struct Lock(File);

impl Lock {
    /// Takes the lock, and writes into its file who has it.
    ///
    /// # Errors
    /// [`StoreError::Locked`] when another process has it.
    pub(super) fn take(path: &Path) -> Result<Self, StoreError> {
        let failed = |cause| file_error(path, cause);
        let is_new = !path.exists();
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)
            .map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut text = String::new();
                file.read_to_string(&mut text).map_err(failed)?;
                return Err(StoreError::Locked {
                    path: path.to_owned(),
                    holder: Box::new(LockHolder::read(&text)),
                });
            }
            Err(TryLockError::Error(cause)) => return Err(failed(cause)),
        }
        if is_new && let Some(folder) = path.parent() {
            make_like_folder(&file, folder).map_err(failed)?;
        }
        let line = LockHolder::this().line();
        file.set_len(0)
            .and_then(|()| file.rewind())
            .and_then(|()| file.write_all(line.as_bytes()))
            .map_err(failed)?;
        Ok(Self(file))
    }

    /// Whether it is the lock that others find at `path`.
    pub(super) fn is_at(&self, path: &Path) -> bool {
        let own = self.0.metadata().map(|file| Identity::of(&file));
        own.is_ok_and(|own| own.is_at(path))
    }
}

impl Drop for Lock {
    /// Closing would do, were it not that a process that is just being started has all files of this one
    /// for a moment, and the lock with them.
    fn drop(&mut self) {
        if let Err(cause) = self.0.unlock() {
            tracing::debug!(%cause, "a lock could not be given back");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_holder_is_told_as_far_as_it_is_known() {
        let told = |text: &str| LockHolder::read(text).to_string();
        assert_eq!(
            told("1 web-0 2026-11-30T02:00:00Z\n"),
            "pid 1 on host web-0, since 2026-11-30T02:00:00Z"
        );
        assert_eq!(told("17\n"), "pid 17");
        assert_eq!(told(""), "which has not said yet who it is");
    }

    #[test]
    fn this_process_is_read_as_it_was_written() {
        let this = LockHolder::this();
        assert_eq!(LockHolder::read(&this.line()), this);
        assert!(!this.host.is_empty());
        this.since.parse::<Timestamp>().unwrap();
    }
}
