//! How large numbers among the settings may be: what a thread, a place in a queue and a second are at most,
//! so that a slip of the keyboard is an error and not a process that never comes up.
//!
//! It must not know which values are sensible, only which cannot work.

use super::Config;

/// Threads of one kind: each costs a stack, and most a reader of every file.
const THREADS: u64 = 1_024;

/// Places in a queue, and what else is counted one by one: queues are reserved as they are made.
const PLACES: u64 = 1_000_000;

/// A year.
const SECONDS: u64 = 31_536_000;

/// What is too large, as (key, reason).
pub(super) fn flaw(config: &Config) -> Option<(&'static str, String)> {
    let limits = &config.limits;
    let store = &config.store;
    let threads = [
        ("worker_threads", config.worker_threads as u64),
        ("limits.work_threads", limits.work_threads as u64),
        (
            "store.offloaded_readers",
            u64::from(store.offloaded_readers),
        ),
    ];
    let places = [
        (
            "limits.concurrent_requests",
            limits.concurrent_requests as u64,
        ),
        ("limits.arriving_bodies", limits.arriving_bodies as u64),
        ("limits.connections", limits.connections as u64),
        ("limits.work_queue", limits.work_queue as u64),
        ("store.read_queue", store.read_queue as u64),
        ("store.write_queue", store.write_queue as u64),
        ("store.write_batch", store.write_batch as u64),
    ];
    let seconds = [
        ("limits.request_seconds", limits.request_seconds),
        ("limits.body_seconds", limits.body_seconds),
        ("limits.head_seconds", limits.head_seconds),
        ("limits.idle_seconds", limits.idle_seconds),
        ("limits.answer_seconds", limits.answer_seconds),
        ("shutdown.delay_seconds", config.shutdown.delay_seconds),
        ("shutdown.timeout_seconds", config.shutdown.timeout_seconds),
    ];
    let all = [
        (THREADS, &threads[..]),
        (PLACES, &places[..]),
        (SECONDS, &seconds[..]),
    ];
    all.into_iter().find_map(|(most, values)| {
        let (key, _) = values.iter().find(|(_, value)| *value > most)?;
        Some((*key, format!("must be at most {most}")))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Trust 26: a hundred thousand threads, and what is reserved or added up before anything is served.
    #[test]
    fn numbers_that_cannot_work_are_found() {
        assert_eq!(flaw(&Config::default()), None);
        let too_large = |change: &dyn Fn(&mut Config)| {
            let mut config = Config::default();
            change(&mut config);
            flaw(&config).unwrap().0
        };
        let found = [
            too_large(&|config| config.worker_threads = 100_000),
            too_large(&|config| config.store.offloaded_readers = u32::MAX),
            too_large(&|config| config.limits.work_queue = usize::MAX),
            too_large(&|config| config.limits.answer_seconds = u64::MAX),
        ];
        let expected = [
            "worker_threads",
            "store.offloaded_readers",
            "limits.work_queue",
            "limits.answer_seconds",
        ];
        assert_eq!(found, expected);
    }
}
