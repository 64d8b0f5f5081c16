//! A client that sends the bytes it is given: what well-behaved HTTP libraries never send.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, Interest};
use tokio::net::TcpStream;

/// A connection of raw bytes.
pub(crate) struct RawSocket {
    stream: TcpStream,
    /// What came in behind the last answer.
    rest: Vec<u8>,
}

/// One answer with a body of known length.
#[derive(Debug)]
pub(crate) struct RawAnswer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl RawSocket {
    pub(crate) async fn connect(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).await.unwrap();
        let rest = Vec::new();
        Self { stream, rest }
    }

    /// Sends all of it; a server that closes meanwhile is no error.
    pub(crate) async fn send(&mut self, bytes: impl AsRef<[u8]>) {
        drop(self.stream.write_all(bytes.as_ref()).await);
    }

    /// Sends all of it to a server that does not close meanwhile.
    pub(crate) async fn sends_all(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).await.unwrap();
    }

    /// Says that nothing more will come.
    pub(crate) async fn end(&mut self) {
        self.stream.shutdown().await.unwrap();
    }

    /// Sends the same again and again until the server no longer takes it.
    pub(crate) async fn send_for_ever(&mut self, bytes: &[u8]) {
        while self.stream.write_all(bytes).await.is_ok() {}
    }

    /// Everything until the server closes, as text. A reset is an end too.
    pub(crate) async fn rest(&mut self) -> String {
        let mut bytes = std::mem::take(&mut self.rest);
        drop(self.stream.read_to_end(&mut bytes).await);
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// The next answer; `None` when the server closed before it began.
    pub(crate) async fn answer(&mut self) -> Option<RawAnswer> {
        let end = self.read_until(|bytes| bytes.windows(4).position(|four| four == b"\r\n\r\n"));
        let end = end.await? + 4;
        let head = String::from_utf8(self.rest.drain(..end).collect()).unwrap();
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "))
            .map_or(0, |length| length.parse().unwrap());
        self.read_until(|bytes| (bytes.len() >= length).then_some(length))
            .await?;
        Some(RawAnswer {
            status: head[9..12].parse().unwrap(),
            head,
            body: self.rest.drain(..length).collect(),
        })
    }

    /// Reads until `found` finds something.
    async fn read_until(&mut self, found: impl Fn(&[u8]) -> Option<usize>) -> Option<usize> {
        loop {
            if let Some(place) = found(&self.rest) {
                return Some(place);
            }
            if !matches!(self.stream.read_buf(&mut self.rest).await, Ok(1..)) {
                return None;
            }
        }
    }

    /// Waits for the beginning of an answer, without reading it.
    pub(crate) async fn is_answered(&self) {
        self.stream.readable().await.unwrap();
    }

    /// Waits for the server's reset, without reading anything.
    pub(crate) async fn is_reset(&self) {
        while !self.stream.ready(Interest::ERROR).await.unwrap().is_error() {}
    }
}
