//! How much memory the bodies of all requests and responses take together.
//!
//! The limits of single bodies times that of concurrent requests would be more than any machine has.
//! What counts of a request is what has come in, not what was announced: a client that announces much
//! and sends nothing takes nothing from others. A response counts as long as its bytes are in memory,
//! those in the socket's queue among them. It must not know what bodies are for.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::response::Response;
use hyper::body::{Body as _, Frame};

use crate::http::HttpError;
use crate::http::transport::tapped::Tapped;

/// Bodies that cannot grow beyond this are not counted: a connection is not much cheaper.
const SMALL: u64 = 4 * 1024;

/// The bytes that all bodies together may hold.
#[derive(Debug, Clone)]
pub(crate) struct Bodies {
    limit: usize,
    held: Arc<AtomicUsize>,
}

impl Bodies {
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            limit,
            held: Arc::default(),
        }
    }

    /// Whether the body of `request` is announced as larger than all bodies may be.
    pub(crate) fn has_no_room(&self, request: &Request) -> bool {
        request.body().size_hint().lower() > self.limit as u64
    }

    /// Has the body of `request` counted, unless it is small. What is returned is the body's share, which
    /// it has until both are dropped.
    pub(crate) fn count(&self, mut request: Request) -> (Request, Option<Arc<Share>>) {
        if request
            .body()
            .size_hint()
            .upper()
            .is_some_and(|upper| upper <= SMALL)
        {
            return (request, None);
        }
        let share = Arc::new(self.share());
        request
            .extensions_mut()
            .insert(BodyShare(Arc::clone(&share)));
        let received = Arc::clone(&share);
        let count = move |frame: Frame<Bytes>| {
            let bytes = frame.data_ref().map_or(0, Bytes::len);
            if received.take(bytes) {
                Ok(frame)
            } else {
                let cause = io::Error::other("too much of request bodies is held");
                Err(axum::Error::new(cause))
            }
        };
        let request = request.map(|body| Body::new(Tapped::new(body, count)));
        (request, Some(share))
    }

    /// Has an answer in memory counted until its bytes are gone, unless it is small.
    ///
    /// # Errors
    /// When there is no room for it.
    pub(crate) fn hold(&self, answer: Response) -> Result<Response, HttpError> {
        let bytes = answer.body().size_hint().exact().unwrap_or_default();
        if bytes <= SMALL {
            return Ok(answer);
        }
        let share = self.share();
        if !share.take(usize::try_from(bytes).unwrap_or(usize::MAX)) {
            return Err(HttpError::overloaded(
                "Too many large answers are being sent.",
            ));
        }
        let share = Arc::new(share);
        let hold = move |frame: Frame<Bytes>| {
            let hold = |bytes| {
                Bytes::from_owner(Counted {
                    bytes,
                    _share: Arc::clone(&share),
                })
            };
            Ok(frame.map_data(hold))
        };
        Ok(answer.map(|body| Body::new(Tapped::new(body, hold))))
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
pub(crate) struct Share {
    bodies: Bodies,
    bytes: AtomicUsize,
    is_refused: AtomicBool,
}

impl Share {
    /// Takes `bytes` more; whether they are to be had.
    fn take(&self, bytes: usize) -> bool {
        let held = &self.bodies.held;
        let before = held.fetch_add(bytes, Ordering::Relaxed);
        if bytes > 0 && before.saturating_add(bytes) > self.bodies.limit {
            held.fetch_sub(bytes, Ordering::Relaxed);
            self.is_refused.store(true, Ordering::Relaxed);
            return false;
        }
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
        true
    }

    /// Whether the body was cut off because there was nothing left for it.
    pub(crate) fn is_refused(&self) -> bool {
        self.is_refused.load(Ordering::Relaxed)
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        let bytes = self.bytes.load(Ordering::Relaxed);
        self.bodies.held.fetch_sub(bytes, Ordering::Relaxed);
    }
}

/// Keeps the large body of a request counted for as long as it, or a clone of it, is held: in the
/// extensions of such a request, for handlers that keep what they read beyond their answer.
#[derive(Debug, Clone)]
pub struct BodyShare(#[expect(dead_code, reason = "held, not looked at")] Arc<Share>);

/// Bytes of an answer, with its share.
struct Counted {
    bytes: Bytes,
    _share: Arc<Share>,
}

impl AsRef<[u8]> for Counted {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}
