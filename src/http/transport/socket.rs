//! A socket that reports to its [`ClientConnection`] what comes in and what cannot go out.
//!
//! It ends politely: a system that has received what nobody read takes the answer back when the socket is
//! closed, before the client has read it. So what still comes is read and thrown away for a while. It must
//! not look at what it reads.

use std::io;
use std::mem::MaybeUninit;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep};

use super::connection::ClientConnection;

/// How long a client may go on sending what nobody reads, how long it may pause, and how much it may send.
const LINGER: Duration = Duration::from_secs(15);
const PAUSE: Duration = Duration::from_secs(2);
const MOST: usize = 256 * 1024 * 1024;

/// A client's socket.
pub(crate) struct Socket {
    stream: TcpStream,
    connection: Arc<ClientConnection>,
    /// After the end of what is sent.
    lingering: Option<Lingering>,
}

struct Lingering {
    until: Instant,
    pause: Pin<Box<Sleep>>,
    bytes: usize,
}

impl Lingering {
    fn begin() -> Self {
        Self {
            until: Instant::now() + LINGER,
            pause: Box::pin(tokio::time::sleep(PAUSE)),
            bytes: 0,
        }
    }

    /// Reads until the client has ended too, or has had its time.
    fn poll(&mut self, stream: &mut TcpStream, context: &mut Context<'_>) -> Poll<()> {
        let mut bytes = [MaybeUninit::uninit(); 16 * 1024];
        loop {
            let mut ignored = ReadBuf::uninit(&mut bytes);
            match Pin::new(&mut *stream).poll_read(context, &mut ignored) {
                Poll::Ready(Ok(())) if !ignored.filled().is_empty() => {
                    self.bytes += ignored.filled().len();
                    if self.bytes > MOST {
                        return Poll::Ready(());
                    }
                    let until = self.until.min(Instant::now() + PAUSE);
                    self.pause.as_mut().reset(until);
                }
                Poll::Ready(_) => return Poll::Ready(()),
                Poll::Pending => return self.pause.as_mut().poll(context),
            }
        }
    }
}

impl Socket {
    pub(crate) fn new(stream: TcpStream, connection: Arc<ClientConnection>) -> Self {
        Self {
            stream,
            connection,
            lingering: None,
        }
    }

    fn wrote(&self, result: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        if result.is_pending() {
            self.connection.blocked();
        }
        result
    }
}

impl AsyncRead for Socket {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let result = Pin::new(&mut self.stream).poll_read(context, buffer);
        let bytes = &buffer.filled()[before..];
        if !bytes.is_empty() {
            self.connection.received(bytes);
        }
        result
    }
}

impl AsyncWrite for Socket {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let result = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.wrote(result)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let result = Pin::new(&mut self.stream).poll_write_vectored(context, slices);
        self.wrote(result)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    /// Asked for only when all that was to be sent was written.
    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.connection.flushed();
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        if this.lingering.is_none() {
            ready!(Pin::new(&mut this.stream).poll_shutdown(context))?;
            if !this.connection.is_unread() {
                return Poll::Ready(Ok(()));
            }
        }
        let lingering = this.lingering.get_or_insert_with(Lingering::begin);
        lingering.poll(&mut this.stream, context).map(Ok)
    }
}
