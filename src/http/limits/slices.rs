//! A large response in slices, between which other connections get their turn.
//!
//! What is done to the bytes of a response on their way out, above all packing them, is done on a thread
//! that serves: five megabytes as gzip take 50 ms, a slice about one. It must not change how long a body is,
//! nor when its bytes are freed.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use axum::Error;
use axum::body::{Body, Bytes};
use axum::response::Response;
use hyper::body::{Body as _, Frame, SizeHint};

/// Bytes of a slice.
const SLICE: usize = 64 * 1024;

/// The answer in slices, if it is large enough for more than one.
pub(crate) fn in_slices(answer: Response) -> Response {
    if !is_sliced(&answer) {
        return answer;
    }
    answer.map(|body| Body::new(Sliced::new(body)))
}

/// Whether an answer is sent in slices.
pub(crate) fn is_sliced(answer: &Response) -> bool {
    answer.body().size_hint().lower() > SLICE as u64
}

struct Sliced {
    body: Body,
    /// What has come of the body and is not passed on yet.
    rest: Bytes,
    /// Whether it is the turn of others.
    has_passed_on: bool,
}

impl Sliced {
    fn new(body: Body) -> Self {
        Self {
            body,
            rest: Bytes::new(),
            has_passed_on: false,
        }
    }
}

impl hyper::body::Body for Sliced {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        if std::mem::take(&mut self.has_passed_on) {
            // Asks for the next turn, behind all who wait for one.
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        if self.rest.is_empty() {
            let Some(frame) = ready!(Pin::new(&mut self.body).poll_frame(context)?) else {
                return Poll::Ready(None);
            };
            match frame.into_data() {
                Ok(data) => self.rest = data,
                Err(trailers) => return Poll::Ready(Some(Ok(trailers))),
            }
        }
        let length = self.rest.len().min(SLICE);
        let slice = self.rest.split_to(length);
        self.has_passed_on = !self.rest.is_empty();
        Poll::Ready(Some(Ok(Frame::data(slice))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let (hint, rest) = (self.body.size_hint(), self.rest.len() as u64);
        let mut whole = SizeHint::new();
        whole.set_lower(hint.lower() + rest);
        if let Some(upper) = hint.upper() {
            whole.set_upper(upper + rest);
        }
        whole
    }
}

#[cfg(test)]
mod tests {
    use std::task::Waker;

    use super::*;

    #[test]
    fn slices_are_passed_on_one_at_a_turn() {
        let bytes: Vec<u8> = (0..=250).cycle().take(2 * SLICE + 5).collect();
        let mut body = in_slices(Response::new(Body::from(bytes.clone()))).into_body();
        let mut context = Context::from_waker(Waker::noop());
        let (mut passed, mut turns) = (Vec::new(), 0);
        while !body.is_end_stream() {
            let left = (bytes.len() - passed.len()) as u64;
            assert_eq!(body.size_hint().exact(), Some(left));
            match Pin::new(&mut body).poll_frame(&mut context) {
                Poll::Ready(frame) => {
                    let slice = frame.unwrap().unwrap().into_data().unwrap();
                    assert!(slice.len() <= SLICE);
                    passed.extend_from_slice(&slice);
                }
                Poll::Pending => turns += 1,
            }
        }
        assert_eq!((turns, passed), (2, bytes));
    }
}
