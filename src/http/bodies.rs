//! How much of bodies is held at once, of requests and answers, by all requests together.
//!
//! The limits of single bodies times that of concurrent requests would be more than any machine has.
//! What counts of a request is what has come in, not what was announced: a client that announces much
//! and sends nothing takes nothing from others. An answer counts until it was sent. It must not know
//! what bodies are for.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::{Context, Poll, ready};

use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::response::Response;
use hyper::body::{Body as _, Frame, SizeHint};

use super::HttpError;

/// Bodies that cannot grow beyond this are not counted: as many as there may be requests are not much.
const SMALL: u64 = 16 * 1024;

/// The bytes that all bodies together may hold.
#[derive(Debug, Clone)]
pub(super) struct Bodies {
    limit: usize,
    held: Arc<AtomicUsize>,
}

impl Bodies {
    pub(super) fn new(limit: usize) -> Self {
        Self {
            limit,
            held: Arc::default(),
        }
    }

    /// Whether the body of `request` is announced as larger than all bodies may be.
    pub(super) fn has_no_room(&self, request: &Request) -> bool {
        request.body().size_hint().lower() > self.limit as u64
    }

    /// Has the body of `request` counted, unless it is small. What is returned is the body's share, which
    /// it has until both are dropped.
    pub(super) fn count(&self, request: Request) -> (Request, Option<Arc<Share>>) {
        if request
            .body()
            .size_hint()
            .upper()
            .is_some_and(|upper| upper <= SMALL)
        {
            return (request, None);
        }
        let share = Arc::new(self.share());
        let counted = |body| {
            Body::new(Counted {
                body,
                share: Arc::clone(&share),
            })
        };
        (request.map(counted), Some(share))
    }

    /// The share of an answer in memory, which it has until it is dropped; none for a small one.
    ///
    /// # Errors
    /// When there is no room for it.
    pub(super) fn hold(&self, answer: &Response) -> Result<Option<Share>, HttpError> {
        let Some(bytes) = answer
            .body()
            .size_hint()
            .exact()
            .filter(|bytes| *bytes > SMALL)
        else {
            return Ok(None);
        };
        let share = self.share();
        if share.take(usize::try_from(bytes).unwrap_or(usize::MAX)) {
            Ok(Some(share))
        } else {
            Err(HttpError::overloaded(
                "Too many large answers are being sent.",
            ))
        }
    }

    fn share(&self) -> Share {
        Share {
            bodies: self.clone(),
            bytes: AtomicUsize::new(0),
            is_refused: AtomicBool::new(false),
        }
    }
}

/// What one body holds of the bytes.
#[derive(Debug)]
pub(super) struct Share {
    bodies: Bodies,
    bytes: AtomicUsize,
    is_refused: AtomicBool,
}

impl Share {
    /// Takes `bytes` more; whether they are to be had.
    fn take(&self, bytes: usize) -> bool {
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
        let before = self.bodies.held.fetch_add(bytes, Ordering::Relaxed);
        let is_had = before + bytes <= self.bodies.limit;
        if !is_had {
            self.is_refused.store(true, Ordering::Relaxed);
        }
        is_had
    }

    /// Whether the body was cut off because there was nothing left for it.
    pub(super) fn is_refused(&self) -> bool {
        self.is_refused.load(Ordering::Relaxed)
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        let bytes = self.bytes.load(Ordering::Relaxed);
        self.bodies.held.fetch_sub(bytes, Ordering::Relaxed);
    }
}

/// A body that is counted as it comes in.
struct Counted {
    body: Body,
    share: Arc<Share>,
}

impl hyper::body::Body for Counted {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(context));
        let bytes = match &frame {
            Some(Ok(frame)) => frame.data_ref().map_or(0, Bytes::len),
            Some(Err(_)) | None => 0,
        };
        if self.share.take(bytes) {
            return Poll::Ready(frame);
        }
        let cause = io::Error::other("too much of request bodies is held");
        Poll::Ready(Some(Err(axum::Error::new(cause))))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
