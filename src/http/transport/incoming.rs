//! The body of a request as its connection sees it: whether it is waited for, and whether any of it is left
//! when the request was answered.
//!
//! It must not know what reads the body, nor how much of it may come.

use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use axum::Error;
use axum::body::Bytes;
use hyper::body::{Body as _, Frame, Incoming, SizeHint};

use super::connection::ClientConnection;

/// The body of a request, for its handler.
pub(super) struct RequestBody {
    incoming: Arc<Mutex<Incoming>>,
    awaited: Awaited,
}

/// The same, for when the request was answered.
pub(super) struct UnreadBody {
    incoming: Arc<Mutex<Incoming>>,
    /// Whether the client waits until it is asked to send it.
    expects_to_be_asked: bool,
}

/// Both ends of the body of a request on `connection`.
pub(super) fn shared(
    incoming: Incoming,
    connection: &Arc<ClientConnection>,
    expects_to_be_asked: bool,
) -> (RequestBody, UnreadBody) {
    let incoming = Arc::new(Mutex::new(incoming));
    let body = RequestBody {
        incoming: Arc::clone(&incoming),
        awaited: Awaited {
            connection: Arc::clone(connection),
            is_awaited: AtomicBool::new(false),
        },
    };
    let unread = UnreadBody {
        incoming,
        expects_to_be_asked,
    };
    (body, unread)
}

impl UnreadBody {
    /// Whether the client has more of it to send. What has come already is passed over.
    pub(super) fn is_left(&self) -> bool {
        let mut incoming = lock(&self.incoming);
        // Looking for more would ask for it.
        if self.expects_to_be_asked && !incoming.is_end_stream() {
            return true;
        }
        let mut nobody = Context::from_waker(Waker::noop());
        while !incoming.is_end_stream() {
            match Pin::new(&mut *incoming).poll_frame(&mut nobody) {
                Poll::Ready(Some(Ok(_))) => {}
                Poll::Ready(None) => return false,
                Poll::Ready(Some(Err(_))) | Poll::Pending => return true,
            }
        }
        false
    }
}

impl hyper::body::Body for RequestBody {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        let frame = Pin::new(&mut *lock(&self.incoming)).poll_frame(context);
        self.awaited.set(frame.is_pending());
        frame.map_err(Error::new)
    }

    fn is_end_stream(&self) -> bool {
        lock(&self.incoming).is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        lock(&self.incoming).size_hint()
    }
}

/// Whether a body is among those that its connection's client is waited for.
struct Awaited {
    connection: Arc<ClientConnection>,
    is_awaited: AtomicBool,
}

impl Awaited {
    fn set(&self, is_awaited: bool) {
        if self.is_awaited.swap(is_awaited, Ordering::Relaxed) != is_awaited {
            self.connection.awaits_body(is_awaited);
        }
    }
}

impl Drop for Awaited {
    fn drop(&mut self) {
        self.set(false);
    }
}

fn lock(incoming: &Mutex<Incoming>) -> MutexGuard<'_, Incoming> {
    incoming.lock().unwrap_or_else(PoisonError::into_inner)
}
