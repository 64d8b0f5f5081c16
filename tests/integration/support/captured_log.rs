//! The log of the test's own thread, as JSON lines of the format that the binary writes.
//!
//! One subscriber serves the whole process, and each thread that captures has a buffer of its own. A
//! subscriber for each thread would miss lines: `tracing` asks once for each place in the code whether
//! anybody wants its events, and as long as the process has one subscriber it asks that of the thread
//! which comes by first. If that thread captures nothing, the place is silent for all others, too.

use std::cell::RefCell;
use std::io;
use std::rc::Rc;
use std::sync::Once;

use serde_json::Value;
use tracing::callsite::rebuild_interest_cache;
use tracing_subscriber::Layer as _;
use tracing_subscriber::filter::dynamic_filter_fn;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

type Written = Rc<RefCell<Vec<u8>>>;

thread_local! {
    /// Where this thread's lines go while it captures.
    static CAPTURING: RefCell<Option<Written>> = const { RefCell::new(None) };
}

/// What this thread logs, from its making to its end.
pub(crate) struct CapturedLog {
    written: Written,
}

struct ToThisThread;

impl io::Write for ToThisThread {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        CAPTURING.with_borrow(|capturing| {
            if let Some(written) = capturing {
                written.borrow_mut().extend_from_slice(bytes);
            }
        });
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl CapturedLog {
    pub(crate) fn begin() -> Self {
        static SUBSCRIBED: Once = Once::new();
        SUBSCRIBED.call_once(|| {
            // Asked for each event, never once for all of them: threads begin and end to capture.
            let captured = dynamic_filter_fn(|_, _| CAPTURING.with_borrow(Option::is_some));
            let lines = tracing_subscriber::fmt::layer()
                .json()
                .flatten_event(true)
                .with_writer(|| ToThisThread)
                .with_filter(captured);
            tracing_subscriber::registry().with(lines).init();
        });
        // A place that another thread came to before there was a subscriber is asked for again.
        rebuild_interest_cache();
        let written = Written::default();
        let before = CAPTURING.replace(Some(Rc::clone(&written)));
        assert!(before.is_none(), "this thread captures its log already");
        Self { written }
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.written.borrow().clone()).unwrap()
    }

    /// The lines of one target so far.
    pub(crate) fn lines(&self, target: &str) -> Vec<Value> {
        let text = self.text();
        let lines = text.lines().map(|line| serde_json::from_str(line).unwrap());
        lines
            .filter(|line: &Value| line["target"] == target)
            .collect()
    }
}

impl Drop for CapturedLog {
    fn drop(&mut self) {
        CAPTURING.set(None);
    }
}

/// Trust 0: what a test of the log sees does not depend on which tests run beside it.
#[test]
fn lines_of_this_thread_are_there_whichever_thread_came_first() {
    // One callsite, which a thread without a captured log reaches first.
    fn speak(said: &str) {
        tracing::trace!(target: "captured_log", said);
    }
    let log = CapturedLog::begin();
    std::thread::spawn(|| speak("elsewhere")).join().unwrap();
    speak("here");
    let lines = log.lines("captured_log");
    assert_eq!(lines.len(), 1, "{}", log.text());
    assert_eq!(lines[0]["said"], "here");
    drop(log);
    speak("afterwards");
    assert_eq!(CapturedLog::begin().text(), "");
}
