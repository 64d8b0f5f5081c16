//! What SIGINT (Ctrl-C), SIGTERM and SIGHUP do to a command: it ends, and leaves nothing half-made.
//!
//! They are listened to explicitly: the first process of a container is not ended by what it does not
//! listen to. What they do to a server is `serve`'s to know.

use std::future::poll_fn;
use std::io;
use std::process::exit;
use std::task::Poll;

use tokio::runtime::Builder;
use tokio::signal::unix::{Signal, SignalKind, signal};

use super::failure::Failure;
use super::remarks::remark;
use super::system::FEW_THREADS;
use crate::file::remove_half_made;

/// Shells give the number of the signal that ended a process with this added.
const BY_SIGNAL: i32 = 128;

/// The signals that end a command, as they are called.
const ENDING: [(SignalKind, &str); 3] = [
    (SignalKind::interrupt(), "SIGINT"),
    (SignalKind::terminate(), "SIGTERM"),
    (SignalKind::hangup(), "SIGHUP"),
];

/// A thread needs little to wait for signals.
const STACK: usize = 256 * 1024;

/// Has signals end the process from here on, with what it was making removed.
pub(super) fn end_on_signals() -> Result<(), Failure> {
    let failed = |cause: io::Error| {
        Failure::other(format!("cannot listen for signals: {cause}")).hint(FEW_THREADS)
    };
    let runtime = Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(failed)?;
    let ignored = ignored_signals();
    let mut signals = Vec::new();
    {
        let _inside = runtime.enter();
        for (kind, name) in ENDING {
            // Whoever started the process so (`nohup`, a shell's `&`) wants it to go on.
            if ignored & (1 << (kind.as_raw_value() - 1)) == 0 {
                signals.push((signal(kind).map_err(failed)?, kind, name));
            }
        }
    }
    let wait = move || {
        let (kind, name) = runtime.block_on(first(signals));
        remove_half_made();
        remark(&format!("ended by {name}; what was being made is removed"));
        exit(BY_SIGNAL + kind.as_raw_value());
    };
    std::thread::Builder::new()
        .name("signals".to_owned())
        .stack_size(STACK)
        .spawn(wait)
        .map_err(failed)?;
    Ok(())
}

/// The first of the signals that comes.
async fn first(mut signals: Vec<(Signal, SignalKind, &str)>) -> (SignalKind, &str) {
    poll_fn(|context| {
        let came =
            signals
                .iter_mut()
                .find_map(|(signal, kind, name)| match signal.poll_recv(context) {
                    Poll::Ready(Some(())) => Some((*kind, *name)),
                    _ => None,
                });
        came.map_or(Poll::Pending, Poll::Ready)
    })
    .await
}

/// The signals that this process was started to ignore, a bit for each; none where the system does not say.
fn ignored_signals() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok())
        .unwrap_or_default()
}
