//! A body each of whose parts goes through a function on its way: to be counted, held or refused.
//!
//! What the function has is dropped with the body. It must not change how long a body is, which is announced
//! before its parts are looked at.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use axum::Error;
use axum::body::{Body, Bytes};
use hyper::body::{Frame, SizeHint};

/// `body`, of which each frame goes through `tap`.
pub(crate) struct Tapped<F> {
    body: Body,
    tap: F,
}

impl<F> Tapped<F>
where
    F: FnMut(Frame<Bytes>) -> Result<Frame<Bytes>, Error> + Unpin,
{
    pub(crate) fn new(body: Body, tap: F) -> Self {
        Self { body, tap }
    }
}

impl<F> hyper::body::Body for Tapped<F>
where
    F: FnMut(Frame<Bytes>) -> Result<Frame<Bytes>, Error> + Unpin,
{
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(context));
        Poll::Ready(frame.map(|frame| frame.and_then(&mut self.tap)))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
