//! UTF-16 to UTF-8, for dumps that PowerShell's `>` has written.
//!
//! Only a byte order mark decides: without one nothing is touched. Decoding is strict; half a
//! character is an error, never a replacement.

use std::io::{self, Read};

use encoding_rs::{Decoder, DecoderResult, UTF_16BE, UTF_16LE};

use super::decompress::{ENOUGH, refuse_strangers};

const READ_BYTES: usize = 64 * 1024;

/// Wraps `input` so that reading yields UTF-8 if it starts with a mark of UTF-16, and its own bytes
/// otherwise.
pub(super) fn to_utf8<'a>(mut input: impl Read + Send + 'a) -> io::Result<UnpackedText<'a>> {
    const MARK: usize = 2;
    let mut start = vec![0; ENOUGH];
    let mut filled = 0;
    // What is there already is enough: a pipe may have no more for a long time.
    while filled < MARK {
        match input.read(&mut start[filled..]) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(cause) if cause.kind() == io::ErrorKind::Interrupted => {}
            Err(cause) => return Err(cause),
        }
    }
    start.truncate(filled);
    refuse_strangers(&start)?;
    let encoding = match start.get(..MARK) {
        Some(b"\xff\xfe") => Some(UTF_16LE),
        Some(b"\xfe\xff") => Some(UTF_16BE),
        _ => None,
    };
    let mut all = io::Cursor::new(start).chain(input);
    let Some(encoding) = encoding else {
        return Ok(UnpackedText {
            bytes: Box::new(all),
            translated: false,
        });
    };
    all.read_exact(&mut [0; MARK])?;
    let bytes = Box::new(Utf16 {
        input: all,
        decoder: encoding.new_decoder_without_bom_handling(),
        raw: Vec::new(),
        text: io::Cursor::new(String::new()),
        ended: false,
    });
    Ok(UnpackedText {
        bytes,
        translated: true,
    })
}

/// The unpacked text of an input.
pub struct UnpackedText<'a> {
    bytes: Box<dyn Read + Send + 'a>,
    translated: bool,
}

impl UnpackedText<'_> {
    /// The text was in UTF-16 and is UTF-8 now, so that what it says of its character set no longer holds.
    #[must_use]
    pub fn is_translated(&self) -> bool {
        self.translated
    }
}

impl Read for UnpackedText<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        self.bytes.read(out)
    }
}

struct Utf16<R> {
    input: R,
    decoder: Decoder,
    /// Bytes that are read and not yet decoded.
    raw: Vec<u8>,
    /// Text that is decoded and not yet handed out.
    text: io::Cursor<String>,
    ended: bool,
}

impl<R: Read> Utf16<R> {
    fn decode_more(&mut self) -> io::Result<()> {
        self.raw.clear();
        let limit = READ_BYTES as u64;
        self.input.by_ref().take(limit).read_to_end(&mut self.raw)?;
        self.ended = self.raw.len() < READ_BYTES;
        let room = self
            .decoder
            .max_utf8_buffer_length_without_replacement(self.raw.len());
        let mut text = String::with_capacity(room.unwrap_or(4 * READ_BYTES));
        let (result, _) = self
            .decoder
            .decode_to_string_without_replacement(&self.raw, &mut text, self.ended);
        if let DecoderResult::Malformed(..) = result {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "the text is not valid UTF-16",
            ));
        }
        self.text = io::Cursor::new(text);
        Ok(())
    }
}

impl<R: Read> Read for Utf16<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        loop {
            let count = self.text.read(out)?;
            if count > 0 || self.ended || out.is_empty() {
                return Ok(count);
            }
            self.decode_more()?;
        }
    }
}
