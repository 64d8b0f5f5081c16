//! How much memory the bodies of all requests and responses take together.
//!
//! The limits of single bodies times that of concurrent requests would be more than any machine has.
//! What counts of a request is what has come in, not what was announced: a client that announces much
//! and sends nothing takes nothing from others. A response counts as long as its bytes are in memory,
//! those in the socket's queue among them. It must not know what bodies are for.

use std::io;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::response::Response;
use hyper::body::{Body as _, Frame};

use super::holders::{Holder, Holders, Membership};
use super::slices::{in_slices, is_sliced};
use crate::http::HttpError;
use crate::http::transport::cut_off::CutOff;
use crate::http::transport::tapped::Tapped;

/// Bodies that cannot grow beyond this are not counted: a connection is not much cheaper.
const SMALL: u64 = 8 * 1024;

/// Bodies up to this size are modest: they have a reserve, so that pages are served where all room is taken
/// by what is large.
const MODEST: usize = 64 * 1024;

/// The reserve as a part of the room for all.
const RESERVE: usize = 8;

/// The bytes that all bodies together may hold.
#[derive(Debug, Clone)]
pub(crate) struct Bodies {
    limit: usize,
    held: Arc<AtomicUsize>,
    /// Bodies of requests that are waited for.
    pub(super) arriving: Arc<Holders>,
    /// Responses that are being taken.
    sending: Arc<Holders>,
}

impl Bodies {
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            limit,
            held: Arc::default(),
            arriving: Arc::default(),
            sending: Arc::default(),
        }
    }

    /// Bodies of requests that are waited for.
    pub(crate) fn arriving(&self) -> usize {
        self.arriving.len()
    }

    /// Whether the body of `request` is announced as larger than all bodies may be.
    pub(crate) fn has_no_room(&self, request: &Request) -> bool {
        request.body().size_hint().lower() > self.limit as u64
    }

    /// Whether a body of a request is counted: one that may become large.
    pub(super) fn counts(body: &Body) -> bool {
        body.size_hint().upper().is_none_or(|upper| upper > SMALL)
    }

    /// Who holds nothing yet.
    pub(super) fn holder(&self, is_awaited: bool, cut_off: Option<CutOff>) -> Holder {
        Holder::new(Arc::clone(&self.held), is_awaited, cut_off)
    }

    /// Has `holder` hold `bytes` more, for which slow clients give way; whether that was enough.
    pub(super) fn take(&self, holder: &Holder, bytes: usize) -> bool {
        if holder.hold(bytes, self.limit) {
            return true;
        }
        // Bodies first: who sends one has got nothing yet.
        let freed = self.arriving.free(bytes);
        if freed < bytes {
            self.sending.free(bytes - freed);
        }
        let is_modest = holder.bytes().saturating_add(bytes) <= MODEST;
        let reserve = if is_modest { self.limit / RESERVE } else { 0 };
        holder.hold(bytes, self.limit.saturating_add(reserve))
    }

    /// Whether `holder` may stay, whose client has just done something.
    pub(super) fn stays(&self, holder: &Holder) -> bool {
        holder.stays(self.limit)
    }

    /// Has an answer in memory counted until its bytes are gone, unless it is small, and sent in slices if
    /// it is large. Whoever takes it slowly may be cut off, so that others get theirs. What may be done is told
    /// in any case: a client that hears of an overload would do it again.
    ///
    /// # Errors
    /// When there is no room for it.
    pub(crate) fn hold(&self, answer: Response, is_done: bool) -> Result<Response, HttpError> {
        let bytes = answer.body().size_hint().exact().unwrap_or_default();
        if bytes <= SMALL {
            return Ok(in_slices(answer));
        }
        let holder = Arc::new(self.holder(true, CutOff::current()));
        let bytes = usize::try_from(bytes).unwrap_or(usize::MAX);
        let is_held = self.take(&holder, bytes) || (is_done && holder.hold(bytes, usize::MAX));
        if !is_held {
            return Err(HttpError::overloaded(
                "Too many large answers are being sent.",
            ));
        }
        let held = Arc::new(HeldAnswer {
            _membership: self.sending.join(Arc::clone(&holder)),
            _holder: Arc::clone(&holder),
        });
        let hold = move |frame: Frame<Bytes>| {
            let hold = |bytes: Bytes| {
                Bytes::from_owner(CountedBytes {
                    bytes,
                    _held: Arc::clone(&held),
                })
            };
            Ok(frame.map_data(hold))
        };
        let taken = move |frame: Frame<Bytes>| {
            if holder.has_to_go() {
                let cause = io::Error::other("the answer was taken too slowly");
                return Err(axum::Error::new(cause));
            }
            holder.moved(frame.data_ref().map_or(0, Bytes::len));
            Ok(frame)
        };
        if !is_sliced(&answer) {
            // Both at once, which is one body less.
            let both = move |frame| hold(frame).and_then(&taken);
            return Ok(answer.map(|body| Body::new(Tapped::new(body, both))));
        }
        let answer = in_slices(answer.map(|body| Body::new(Tapped::new(body, hold))));
        Ok(answer.map(|body| Body::new(Tapped::new(body, taken))))
    }
}

/// What an answer holds, until the last of its bytes is gone.
struct HeldAnswer {
    _membership: Membership,
    _holder: Arc<Holder>,
}

/// Keeps the large body of a request counted for as long as it, or a clone of it, is held: in the
/// extensions of such a request, for handlers that keep what they read beyond their answer.
#[derive(Debug, Clone)]
pub struct BodyShare(#[expect(dead_code, reason = "held, not looked at")] Arc<Holder>);

impl BodyShare {
    pub(super) fn new(holder: Arc<Holder>) -> Self {
        Self(holder)
    }
}

/// Bytes of an answer, with what they hold.
struct CountedBytes {
    bytes: Bytes,
    _held: Arc<HeldAnswer>,
}

impl AsRef<[u8]> for CountedBytes {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}
