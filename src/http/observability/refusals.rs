//! What was refused because there was too much of it, in the log: one line a minute with counts, however
//! many clients there are.
//!
//! It must not know limits; whoever refuses says why.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// The first line of a rush waits so long, so that it says what came at once.
const RUSH: Duration = Duration::from_secs(1);

/// From one line to the next.
const MINUTE: Duration = Duration::from_secs(60);

/// What was refused since the last line.
#[derive(Debug, Clone, Default)]
pub(crate) struct Refusals(Arc<Mutex<RefusalCounts>>);

#[derive(Debug, Default)]
struct RefusalCounts {
    /// By what clients were told: sentences of ours.
    counts: BTreeMap<String, u64>,
    /// Whether a line will be written.
    is_due: bool,
}

/// On a response that refuses for overload, why: what its client is told.
#[derive(Debug, Clone)]
pub(crate) struct Overloaded(pub(crate) Arc<str>);

impl Refusals {
    /// One more, for `reason`. To be called within the runtime.
    pub(crate) fn note(&self, reason: &str) {
        let mut counted = self.lock();
        match counted.counts.get_mut(reason) {
            Some(count) => *count += 1,
            None => {
                counted.counts.insert(reason.to_owned(), 1);
            }
        }
        if !std::mem::replace(&mut counted.is_due, true) {
            tokio::spawn(self.clone().write_lines());
        }
    }

    /// Writes lines until there was nothing for a minute.
    async fn write_lines(self) {
        tokio::time::sleep(RUSH).await;
        while let Some((refused, reasons)) = self.take() {
            tracing::warn!(refused, reasons, "requests are refused for overload");
            tokio::time::sleep(MINUTE).await;
        }
    }

    /// How many there were, and of what; `None` if there were none, and then no line is due.
    fn take(&self) -> Option<(u64, String)> {
        let mut counted = self.lock();
        let counts = std::mem::take(&mut counted.counts);
        if counts.is_empty() {
            counted.is_due = false;
            return None;
        }
        let reasons = counts
            .iter()
            .map(|(reason, count)| format!("{count} x {reason}"));
        let reasons: Vec<_> = reasons.collect();
        Some((counts.values().sum(), reasons.join(" ")))
    }

    fn lock(&self) -> MutexGuard<'_, RefusalCounts> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn counts_are_gathered_until_a_line_is_written() {
        let refusals = Refusals::default();
        for _ in 0..3 {
            refusals.note("Too much of one.");
        }
        refusals.note("Too much of another.");
        let (refused, reasons) = refusals.take().unwrap();
        assert_eq!(refused, 4);
        assert_eq!(reasons, "1 x Too much of another. 3 x Too much of one.");
        assert_eq!(refusals.take(), None);
    }

    #[tokio::test(start_paused = true)]
    async fn lines_end_when_there_was_nothing_for_a_minute() {
        let refusals = Refusals::default();
        refusals.note("Too much.");
        tokio::time::sleep(RUSH + Duration::from_millis(1)).await;
        assert!(refusals.lock().counts.is_empty() && refusals.lock().is_due);
        refusals.note("Too much.");
        tokio::time::sleep(MINUTE).await;
        assert!(refusals.lock().counts.is_empty() && refusals.lock().is_due);
        tokio::time::sleep(MINUTE).await;
        assert!(!refusals.lock().is_due);
    }
}
