//! The sliding buffer under the lexer.
//!
//! It holds the bytes from an anchor on (the start of the current row or statement) and forgets
//! everything before it. Spans are relative to the anchor, so they stay true when the buffer moves
//! or grows. It knows bytes, offsets and lines; it must not know tokens.

use std::cell::Cell;
use std::io::{self, Read};

use super::error::{DumpProblem, Position};

/// First capacity, and the least free space that a read is given.
const CHUNK_BYTES: usize = 256 * 1024;
/// A row or DDL statement above this is refused: SQLite itself stores at most 10^9 bytes a row.
pub(super) const LARGEST_ROW_BYTES: usize = 1 << 30;

/// A range of bytes, relative to the anchor of the [`Window`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ByteSpan {
    pub(crate) start: usize,
    pub(crate) end: usize,
}

pub(super) struct Window<R> {
    input: R,
    buffer: Vec<u8>,
    /// Index in `buffer` of the first byte that spans may refer to.
    anchor: usize,
    /// Index in `buffer` of the next byte.
    next: usize,
    /// Index in `buffer` behind the last byte that was read.
    filled: usize,
    /// Offset of `buffer[0]` in the input.
    base: u64,
    /// Where the lines were last counted to: an index in `buffer` and the newlines before it.
    /// Positions are asked for in rising order, so that each byte is counted about once.
    counted: Cell<(usize, u64)>,
    /// Some byte so far was a carriage return, so that line ends may be of two bytes.
    has_returns: bool,
    ended: bool,
}

impl<R: Read> Window<R> {
    pub(super) fn new(input: R) -> Self {
        Self::with_capacity(input, 2 * CHUNK_BYTES)
    }

    /// A window over an input that is known to be `capacity` bytes or less.
    pub(super) fn with_capacity(input: R, capacity: usize) -> Self {
        Self {
            input,
            buffer: vec![0; capacity.max(1)],
            anchor: 0,
            next: 0,
            filled: 0,
            base: 0,
            counted: Cell::new((0, 0)),
            has_returns: false,
            ended: false,
        }
    }

    /// Has the bytes, of which none was read, stand behind `position`.
    pub(super) fn begin_at(&mut self, position: Position) {
        self.base = position.byte;
        self.counted.set((0, position.line.saturating_sub(1)));
    }

    /// Forgets everything before the next byte; all spans become invalid.
    pub(super) fn set_anchor(&mut self) {
        self.anchor = self.next;
    }

    /// Offset of the next byte from the anchor, as spans count.
    pub(super) fn offset(&self) -> usize {
        self.next - self.anchor
    }

    pub(super) fn slice(&self, span: ByteSpan) -> &[u8] {
        &self.buffer[self.anchor + span.start..self.anchor + span.end]
    }

    /// The bytes that are already in memory, from the next one on.
    pub(super) fn unread(&self) -> &[u8] {
        &self.buffer[self.next..self.filled]
    }

    /// Whether there was a carriage return so far. Most dumps have none, and need not be asked for line ends.
    pub(super) fn has_returns(&self) -> bool {
        self.has_returns
    }

    /// Whether the next bytes are `bytes`.
    pub(super) fn starts_with(&mut self, bytes: &[u8]) -> Result<bool, DumpProblem> {
        for (ahead, &byte) in bytes.iter().enumerate() {
            if self.peek(ahead)? != Some(byte) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The place of a byte in the whole input.
    pub(super) fn position(&self, offset: usize) -> Position {
        let index = (self.anchor + offset).min(self.filled);
        let (counted, lines) = self.counted.get();
        let lines = if index >= counted {
            lines + count_lines(&self.buffer[counted..index])
        } else {
            lines - count_lines(&self.buffer[index..counted])
        };
        self.counted.set((index, lines));
        Position {
            byte: self.base + index as u64,
            line: 1 + lines,
        }
    }

    /// The byte `ahead` places after the next one, or `None` behind the end of the input.
    #[inline]
    pub(super) fn peek(&mut self, ahead: usize) -> Result<Option<u8>, DumpProblem> {
        while self.next + ahead >= self.filled {
            if !self.fill()? {
                return Ok(None);
            }
        }
        Ok(Some(self.buffer[self.next + ahead]))
    }

    #[inline]
    pub(super) fn advance(&mut self, count: usize) {
        self.next += count;
        debug_assert!(
            self.next <= self.filled,
            "advanced over bytes that were never peeked"
        );
    }

    /// Moves to the next byte for which `find` gives an index into the unread bytes, and says
    /// whether there is one; without one, everything up to the end of the input is consumed.
    #[inline]
    pub(super) fn advance_to(
        &mut self,
        find: impl Fn(&[u8]) -> Option<usize>,
    ) -> Result<bool, DumpProblem> {
        loop {
            if let Some(index) = find(&self.buffer[self.next..self.filled]) {
                self.next += index;
                return Ok(true);
            }
            self.next = self.filled;
            if !self.fill()? {
                return Ok(false);
            }
        }
    }

    /// Reads more input behind the buffered bytes; `false` at the end of the input.
    #[cold]
    fn fill(&mut self) -> Result<bool, DumpProblem> {
        if self.ended {
            return Ok(false);
        }
        self.make_room()?;
        loop {
            match self.input.read(&mut self.buffer[self.filled..]) {
                Ok(0) => {
                    self.ended = true;
                    return Ok(false);
                }
                Ok(count) => {
                    let fresh = &self.buffer[self.filled..self.filled + count];
                    self.has_returns = self.has_returns || memchr::memchr(b'\r', fresh).is_some();
                    self.filled += count;
                    return Ok(true);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(DumpProblem::Read(error)),
            }
        }
    }

    fn make_room(&mut self) -> Result<(), DumpProblem> {
        if self.buffer.len() - self.filled >= CHUNK_BYTES {
            return Ok(());
        }
        if self.anchor > 0 {
            self.position(0);
            self.counted.set((0, self.counted.get().1));
            self.base += self.anchor as u64;
            self.buffer.copy_within(self.anchor..self.filled, 0);
            self.next -= self.anchor;
            self.filled -= self.anchor;
            self.anchor = 0;
        }
        // Growing by doubling keeps the copying linear in the length of the longest row.
        if self.buffer.len() - self.filled < CHUNK_BYTES {
            if self.buffer.len() >= LARGEST_ROW_BYTES {
                return Err(DumpProblem::TooLarge {
                    limit: LARGEST_ROW_BYTES,
                });
            }
            self.buffer.resize(self.buffer.len() * 2, 0);
        }
        Ok(())
    }
}

fn count_lines(bytes: &[u8]) -> u64 {
    memchr::memchr_iter(b'\n', bytes).count() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives one byte a read, so that every boundary is met.
    struct Trickle<'a>(&'a [u8]);

    impl Read for Trickle<'_> {
        fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
            let count = usize::from(!self.0.is_empty()).min(out.len());
            out[..count].copy_from_slice(&self.0[..count]);
            self.0 = &self.0[count..];
            Ok(count)
        }
    }

    #[test]
    fn spans_survive_refills() {
        let mut window = Window::new(Trickle(b"abc\ndef"));
        assert_eq!(window.peek(0).unwrap(), Some(b'a'));
        window.advance(1);
        window.set_anchor();
        assert!(
            window
                .advance_to(|bytes| memchr::memchr(b'f', bytes))
                .unwrap()
        );
        let span = ByteSpan {
            start: 0,
            end: window.offset(),
        };
        assert_eq!(window.peek(1).unwrap(), None);
        assert_eq!(window.slice(span), b"bc\nde");
        assert_eq!(window.position(span.end), Position { byte: 6, line: 2 });
    }

    #[test]
    fn lines_and_bytes_are_counted_over_discarded_parts() {
        let text = b"0123456\n".repeat(200_000);
        let mut window = Window::new(&text[..]);
        for _ in 0..150_000 {
            window.set_anchor();
            assert!(
                window
                    .advance_to(|bytes| memchr::memchr(b'\n', bytes))
                    .unwrap()
            );
            window.advance(1);
        }
        assert_eq!(
            window.position(window.offset()),
            Position {
                byte: 1_200_000,
                line: 150_001
            }
        );
        assert!(
            window.buffer.len() <= 4 * CHUNK_BYTES,
            "the buffer must not grow with the input"
        );
    }
}
