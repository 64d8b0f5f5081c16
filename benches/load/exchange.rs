//! One request at a time on a connection of its own: for looking at answers, resets, uploads, starts.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};

use crate::connection::{BodyEnd, Head, LAST_CHUNK};

/// An answer with everything in it.
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// Lines of the head behind the first one.
    headers: Vec<String>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// Names of the headers and the content type, in order: what must be equal for equal headers.
    pub(crate) fn form(&self) -> Vec<String> {
        let lines = self.headers.iter().map(|line| line.to_lowercase());
        lines
            .map(|line| match line.split_once(':') {
                Some((name, _)) if name != "content-type" => name.to_owned(),
                _ => line,
            })
            .collect()
    }

    /// The values of a header.
    pub(crate) fn values(&self, name: &str) -> impl Iterator<Item = &str> {
        let lines = self.headers.iter().filter_map(|line| line.split_once(':'));
        lines
            .filter(move |(other, _)| other.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.trim())
    }
}

pub(crate) struct Exchange {
    stream: TcpStream,
}

impl Exchange {
    pub(crate) fn with(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_nodelay(true).unwrap();
        Self { stream }
    }

    pub(crate) fn ask(&mut self, request: &[u8]) -> Answer {
        self.stream.write_all(request).unwrap();
        let mut answer = Vec::new();
        let mut buffer = vec![0; 64 * 1024];
        loop {
            let read = self.stream.read(&mut buffer).unwrap();
            assert_ne!(read, 0, "the server closed a connection");
            answer.extend_from_slice(&buffer[..read]);
            let Some(head) = Head::parse(&answer) else {
                continue;
            };
            let body = &answer[head.length..];
            let body = match head.body {
                BodyEnd::After(bytes) => (body.len() == bytes).then(|| body.to_vec()),
                BodyEnd::Chunked => body.ends_with(LAST_CHUNK).then(|| joined(body)),
            };
            if let Some(body) = body {
                return Answer {
                    status: head.status,
                    headers: headers(&answer[..head.length]),
                    body,
                };
            }
        }
    }

    /// A body that must be there.
    pub(crate) fn get(&mut self, path: &str) -> Vec<u8> {
        let answer = self.ask(&get(path));
        assert_eq!(answer.status, 200, "{path}");
        answer.body
    }
}

pub(crate) fn get(path: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: ekiben\r\n\r\n").into_bytes()
}

pub(crate) fn post(path: &str, kind: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: ekiben\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n\r\n"
    );
    [head.as_bytes(), body].concat()
}

/// What is in the chunks of a body.
fn joined(mut chunks: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    while let Some(end) = memchr::memchr(b'\r', chunks) {
        let digits = str::from_utf8(&chunks[..end]).unwrap();
        let length = usize::from_str_radix(digits, 16).unwrap();
        body.extend_from_slice(&chunks[end + 2..end + 2 + length]);
        chunks = &chunks[end + 2 + length + 2..];
    }
    body
}

fn headers(head: &[u8]) -> Vec<String> {
    let head = String::from_utf8_lossy(head);
    let lines = head.lines().skip(1).filter(|line| !line.is_empty());
    lines.map(ToOwned::to_owned).collect()
}
