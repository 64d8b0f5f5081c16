//! Whether the system gives threads (`ulimit -u`, `ulimit -v`, the limit of a container's processes), for
//! libraries that panic where it does not.

use std::io;
use std::sync::mpsc::channel;
use std::thread::{Builder, JoinHandle};

/// Has so many threads at the same time, which end at once.
///
/// # Errors
/// When the system does not give them.
pub(crate) fn prove_threads(count: usize) -> io::Result<()> {
    let mut threads: Vec<(_, JoinHandle<()>)> = Vec::new();
    for _ in 0..count {
        let (end, ended) = channel::<()>();
        // Fails when the other end is dropped, which is the sign.
        let wait = move || ended.recv().unwrap_or_default();
        threads.push((end, Builder::new().spawn(wait)?));
    }
    for (end, thread) in threads {
        drop(end);
        // They do nothing that could panic.
        drop(thread.join());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn threads_are_there_and_end() {
        prove_threads(4).unwrap();
    }
}
