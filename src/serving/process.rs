//! What the process needs from the system: open files, and the threads that serve.

use std::io;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::runtime::{Builder, Runtime};

use crate::config::Config;
use crate::store::prove_threads;

/// Files that the process has open beside its connections, with some to spare: readers of each app,
/// their logs, the runtime's own.
const OTHER_FILES: u64 = 512;

/// Has the system allow as many open files as `connections` and the stores need. Returns how many
/// connections there can be, which is fewer where the hard limit is lower.
#[must_use]
pub fn allow_files(connections: usize) -> usize {
    let wanted = (connections as u64).saturating_add(OTHER_FILES);
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let allowed = maximum.map_or(wanted, |maximum| wanted.min(maximum));
    let raised = Rlimit {
        current: Some(allowed),
        maximum,
    };
    let is_enough = current.is_none_or(|current| current >= allowed);
    let files = if is_enough || setrlimit(Resource::Nofile, raised).is_ok() {
        allowed
    } else {
        current.unwrap_or(allowed)
    };
    // Few files leave as many for connections as for all else.
    let left = files.saturating_sub(OTHER_FILES).max(files / 2);
    usize::try_from(left)
        .unwrap_or(connections)
        .min(connections)
}

/// Bytes of address space that the process may have; `None` without a limit.
#[must_use]
pub fn address_space() -> Option<u64> {
    getrlimit(Resource::As).current
}

/// The threads that serve.
///
/// # Errors
/// When they cannot be started.
pub fn runtime(config: &Config) -> io::Result<Runtime> {
    // One that gets no thread panics.
    prove_threads(config.workers())?;
    Builder::new_multi_thread()
        .worker_threads(config.workers())
        .enable_all()
        .build()
}
