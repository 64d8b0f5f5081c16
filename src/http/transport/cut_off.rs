//! How a response that its client does not take is cut off: by what it goes out on.
//!
//! A connection of HTTP/1.1 has one response at a time and is closed with it; of HTTP/2 a stream is reset,
//! and the others go on. It must not decide which response that is.

use std::fmt;
use std::sync::Arc;

use tokio::sync::Notify;
use tokio::task_local;

use super::connection::{ClientConnection, Reason};

task_local! {
    /// What the task at hand serves. Each request could carry it, which would cost every one of them.
    static CURRENT: CutOff;
}

/// Cuts one response off.
#[derive(Clone)]
pub(crate) enum CutOff {
    /// With its connection.
    Connection(Arc<ClientConnection>),
    /// By ending the task that sends it.
    Stream(Arc<Notify>),
}

impl CutOff {
    /// For what this task answers; `None` if it does not come from a socket.
    pub(crate) fn current() -> Option<Self> {
        CURRENT.try_with(Clone::clone).ok()
    }

    /// `serving` with this for all it answers.
    pub(crate) async fn around<F: Future>(self, serving: F) -> F::Output {
        CURRENT.scope(self, serving).await
    }

    pub(crate) fn cut(&self) {
        match self {
            Self::Connection(connection) => connection.close(Reason::Answer),
            Self::Stream(stream) => stream.notify_one(),
        }
    }
}

impl fmt::Debug for CutOff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Connection(_) => "CutOff::Connection",
            Self::Stream(_) => "CutOff::Stream",
        })
    }
}
