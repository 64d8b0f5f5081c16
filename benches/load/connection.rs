//! One keep-alive connection of the load, and as little HTTP/1.1 as its answers need.
//!
//! Bodies are read and dropped. It must not copy or decode more than that: every microsecond here is
//! one that the client takes from the measurement.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::SocketAddr;
use std::time::Instant;

use memchr::memmem;
use mio::net::TcpStream;
use mio::{Interest, Registry, Token};

/// What the first bytes of an answer say.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Head {
    pub(crate) status: u16,
    /// Bytes up to and with the blank line.
    pub(crate) length: usize,
    pub(crate) body: BodyEnd,
}

/// How the end of a body is known.
#[derive(Debug, Clone, Copy)]
pub(crate) enum BodyEnd {
    /// After so many bytes.
    After(usize),
    /// With [`LAST_CHUNK`]: what is packed while it is sent has no length.
    Chunked,
}

/// The end of a chunked body without trailers. Nothing follows it, since each connection has one request under
/// way.
pub(crate) const LAST_CHUNK: &[u8] = b"\r\n0\r\n\r\n";

/// As our server writes it, and as others do.
const LENGTH: [&[u8]; 2] = [b"\r\ncontent-length: ", b"\r\nContent-Length: "];

impl Head {
    /// `None` while the head is not complete.
    pub(crate) fn parse(answer: &[u8]) -> Option<Self> {
        let length = memmem::find(answer, b"\r\n\r\n")? + 4;
        let head = &answer[..length];
        let digits = answer[9..12].iter();
        let status = digits.fold(0, |status, digit| status * 10 + u16::from(digit - b'0'));
        let value = |name: &[u8]| memmem::find(head, name).map(|start| start + name.len());
        let body = match LENGTH.into_iter().find_map(value) {
            None => BodyEnd::Chunked,
            Some(value) => {
                let digits = head[value..].iter();
                let digits = digits.take_while(|byte| byte.is_ascii_digit());
                let body = digits.fold(0, |body, digit| body * 10 + usize::from(digit - b'0'));
                BodyEnd::After(body)
            }
        };
        Some(Self {
            status,
            length,
            body,
        })
    }
}

pub(crate) struct Connection {
    stream: TcpStream,
    /// The beginning of the answer, as long as its head is not complete; a scratch area after that.
    buffer: Vec<u8>,
    filled: usize,
    /// The last bytes that were read.
    tail: [u8; LAST_CHUNK.len()],
    head: Option<Head>,
    pub(crate) sent: Instant,
    pub(crate) waits: bool,
    /// Whether the request under way is a write.
    pub(crate) is_write: bool,
}

impl Connection {
    pub(crate) fn open(address: SocketAddr, registry: &Registry, token: Token) -> Self {
        let stream = std::net::TcpStream::connect(address).unwrap();
        stream.set_nodelay(true).unwrap();
        stream.set_nonblocking(true).unwrap();
        let mut stream = TcpStream::from_std(stream);
        registry
            .register(&mut stream, token, Interest::READABLE)
            .unwrap();
        Self {
            stream,
            buffer: vec![0; 64 * 1024],
            filled: 0,
            tail: [0; _],
            head: None,
            sent: Instant::now(),
            waits: false,
            is_write: false,
        }
    }

    pub(crate) fn send(&mut self, request: &[u8], now: Instant) {
        // Requests are far smaller than the socket's buffer, which is empty: they go in at once.
        let written = self.stream.write(request).unwrap();
        assert_eq!(written, request.len(), "a request went out in part");
        self.sent = now;
        self.waits = true;
        self.filled = 0;
        self.head = None;
    }

    /// Reads what is there; the head once the answer is complete.
    pub(crate) fn receive(&mut self) -> Option<Head> {
        loop {
            let scratch = if self.head.is_some() { 0 } else { self.filled };
            let read = match self.stream.read(&mut self.buffer[scratch..]) {
                Ok(0) => panic!("the server closed a connection"),
                Ok(read) => read,
                Err(error) if error.kind() == ErrorKind::WouldBlock => return None,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => panic!("reading an answer: {error}"),
            };
            self.note_tail(scratch, read);
            self.filled += read;
            if self.head.is_none() {
                self.head = Head::parse(&self.buffer[..self.filled]);
            }
            if let Some(head) = self.head
                && self.is_complete(head)
            {
                // No more can follow before the next request, so the edge-triggered poll misses
                // nothing when this read is the last.
                self.waits = false;
                return Some(head);
            }
        }
    }

    fn is_complete(&self, head: Head) -> bool {
        match head.body {
            BodyEnd::After(bytes) => self.filled >= head.length + bytes,
            BodyEnd::Chunked => self.tail == LAST_CHUNK,
        }
    }

    /// Notes the last of `read` bytes that came to `start`.
    fn note_tail(&mut self, start: usize, read: usize) {
        let new = &self.buffer[start..start + read];
        let new = &new[new.len().saturating_sub(self.tail.len())..];
        self.tail.rotate_left(new.len());
        let kept = self.tail.len() - new.len();
        self.tail[kept..].copy_from_slice(new);
    }
}
