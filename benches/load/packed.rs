//! What clients get that accept an encoding: how many bytes, and whether they are the same answer.
//!
//! Answers that are too small to be packed stay plain and count as they are. It must not measure time.

use std::io::{Read as _, Write as _};

use clap::ValueEnum;
use flate2::Compression;
use flate2::read::MultiGzDecoder;
use flate2::write::GzEncoder;
use serde::{Deserialize, Serialize};

use crate::exchange::{Answer, Exchange};
use crate::server::Server;
use crate::workload::Endpoint;

/// An encoding that clients can accept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
pub(crate) enum PackedWith {
    Gzip,
    Zstd,
}

impl PackedWith {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
        }
    }
}

/// Requests of clients that accept an encoding, and the sizes of what they get.
pub(crate) struct PackedRequests {
    pub(crate) requests: Vec<Vec<u8>>,
    /// Bytes of a body as it is sent, on average.
    pub(crate) bytes: f64,
    /// Bytes of those that are packed, to what gzip makes of them at its level 6.
    pub(crate) to_level_six: Option<f64>,
}

/// Asks everything once and compares it with `plain` answers.
pub(crate) fn look(server: &Server, endpoint: &Endpoint, with: PackedWith) -> PackedRequests {
    let mut exchange = Exchange::with(server.address);
    let (mut sent, mut packed, mut level_six) = (0, 0, 0);
    let mut requests = Vec::with_capacity(endpoint.requests.len());
    for request in &endpoint.requests {
        let plain = exchange.ask(request).body;
        let accepting = accepting(request, with);
        let answer = exchange.ask(&accepting);
        requests.push(accepting);
        sent += answer.body.len();
        if let Some(body) = unpacked(&answer) {
            assert!(body == plain, "{} says something else", with.name());
            packed += answer.body.len();
            level_six += at_level_six(&plain);
        }
    }
    PackedRequests {
        bytes: sent as f64 / requests.len() as f64,
        to_level_six: (level_six > 0).then(|| packed as f64 / level_six as f64),
        requests,
    }
}

/// The request of a client that accepts an encoding.
pub(crate) fn accepting(request: &[u8], with: PackedWith) -> Vec<u8> {
    let line = memchr::memmem::find(request, b"\r\n").unwrap() + 2;
    let header = format!("Accept-Encoding: {}\r\n", with.name());
    [&request[..line], header.as_bytes(), &request[line..]].concat()
}

/// What a packed answer says; `None` for a plain one.
fn unpacked(answer: &Answer) -> Option<Vec<u8>> {
    let packed = &answer.body[..];
    let encoding = answer.values("content-encoding").next()?;
    let mut body = Vec::new();
    if encoding == PackedWith::Gzip.name() {
        MultiGzDecoder::new(packed).read_to_end(&mut body).unwrap();
    } else {
        zstd::stream::copy_decode(packed, &mut body).unwrap();
    }
    Some(body)
}

fn at_level_six(body: &[u8]) -> usize {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::new(6));
    encoder.write_all(body).unwrap();
    encoder.finish().unwrap().len()
}
