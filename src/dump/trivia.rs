//! What stands between tokens: blanks, comments, the marks of version comments, a byte order mark.
//!
//! Some comments mean something to a reader of dumps: the header that a dump program writes first, and what it
//! writes last, `-- Dump completed`. It is a part of [`Lexer`], which skips trivia before each token: the two know each
//! other.

use std::io::Read;

use super::error::{DumpProblem, Position};
use super::lexer::Lexer;

/// MariaDB's sandbox mark is a version comment for a server that will never exist.
const NEVER_VERSION: u32 = 999_999;
/// The same for those who write versions in five digits.
const NEVER_IN_FIVE_DIGITS: u32 = 99_999;

/// The headers of the programs that end their dumps with [`COMPLETED`].
const HEADERS: [&[u8]; 2] = [b"-- MySQL dump ", b"-- MariaDB dump "];
const COMPLETED: &[u8] = b"-- Dump completed";
/// The first version of the header whose program writes that line: that of MySQL 5.0.
const COMPLETING: u32 = 10_010;
/// What dumps have as their last statement since MySQL 4.1.11: whoever cut the comments away left it.
const LAST_STATEMENT: &[u8] = b"/*!40111 SET SQL_NOTES=@OLD_SQL_NOTES";
/// How dump programs that go on after an error say in a comment that something is missing.
const COMPLAINTS: [&[u8]; 4] = [
    b"-- Error reading ",
    b"-- failed on view ",
    b"-- in use(",
    b"-- insufficient privileges ",
];
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

impl<R: Read> Lexer<R> {
    pub(super) fn skip_trivia(&mut self) -> Result<(), DumpProblem> {
        // Nothing is held before the first token, however much stands there.
        let holds_nothing = self.window.offset() == 0;
        while let Some(byte) = self.window.peek(0)? {
            if holds_nothing {
                self.set_anchor();
            }
            match byte {
                // Among them the end mark of DOS, and what fills up the blocks of an archive.
                b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c | 0x1a | 0 => self.window.advance(1),
                b'#' => self.skip_line()?,
                b'-' if self.at_dash_comment()? => self.dash_comment()?,
                b'/' if self.window.peek(1)? == Some(b'*') => self.comment()?,
                b'*' if self.version_depth > 0 && self.window.peek(1)? == Some(b'/') => {
                    self.window.advance(2);
                    self.version_depth -= 1;
                }
                // At the start of the file, and again where files were put together.
                0xef if self.window.starts_with(BYTE_ORDER_MARK)? => {
                    self.window.advance(BYTE_ORDER_MARK.len());
                }
                _ => break,
            }
        }
        Ok(())
    }

    /// `--` starts a comment only before a blank, a control character or the end of the input.
    fn at_dash_comment(&mut self) -> Result<bool, DumpProblem> {
        Ok(self.window.peek(1)? == Some(b'-')
            && self.window.peek(2)?.is_none_or(|byte| byte <= b' '))
    }

    fn dash_comment(&mut self) -> Result<(), DumpProblem> {
        for header in HEADERS {
            if self.window.starts_with(header)? {
                self.marks.open_dump = self.header_version(header.len())? >= COMPLETING;
            }
        }
        for complaint in COMPLAINTS {
            if self.window.starts_with(complaint)? {
                let position = self.window.position(self.window.offset());
                self.marks.complaints.push(position);
            }
        }
        if self.window.starts_with(COMPLETED)? {
            self.marks.open_dump = false;
        }
        self.skip_line()
    }

    /// The version in a header from `ahead` on, `10.19` as 10,019; one that cannot be read is a new one.
    fn header_version(&mut self, mut ahead: usize) -> Result<u32, DumpProblem> {
        let mut parts = [None, None];
        for part in &mut parts {
            while let Some(digit @ b'0'..=b'9') = self.window.peek(ahead)? {
                let before = part.unwrap_or(0_u32);
                *part = Some(
                    before
                        .saturating_mul(10)
                        .saturating_add(u32::from(digit - b'0')),
                );
                ahead += 1;
            }
            // The point between them.
            ahead += 1;
        }
        // Where the input ends in it, there may have been more digits.
        let is_cut = self.window.peek(ahead - 1)?.is_none();
        let [Some(major), Some(minor)] = parts else {
            return Ok(u32::MAX);
        };
        if is_cut {
            return Ok(u32::MAX);
        }
        Ok(major.saturating_mul(1_000).saturating_add(minor))
    }

    /// Where comments since the last call say that the dump program failed at something.
    pub(super) fn take_complaints(&mut self) -> Vec<Position> {
        std::mem::take(&mut self.marks.complaints)
    }

    /// Whether nothing but blanks follows on this line.
    pub(super) fn at_line_end(&mut self) -> Result<bool, DumpProblem> {
        let mut ahead = 0;
        loop {
            match self.window.peek(ahead)? {
                Some(b' ' | b'\t') => ahead += 1,
                next => return Ok(matches!(next, Some(b'\n' | b'\r'))),
            }
        }
    }

    pub(super) fn skip_line(&mut self) -> Result<(), DumpProblem> {
        self.window
            .advance_to(|bytes| memchr::memchr(b'\n', bytes))?;
        Ok(())
    }

    /// Skips the line and gives the start of it, with `?` for each byte that is not ASCII.
    pub(super) fn rest_of_line(&mut self) -> Result<String, DumpProblem> {
        const ENOUGH: usize = 200;
        let mut line = String::new();
        while let Some(byte) = self.window.peek(line.len())? {
            if byte == b'\n' || line.len() == ENOUGH {
                break;
            }
            line.push(if byte.is_ascii() {
                char::from(byte)
            } else {
                '?'
            });
        }
        self.skip_line()?;
        Ok(line)
    }

    fn comment(&mut self) -> Result<(), DumpProblem> {
        self.start_at(self.window.offset());
        if self.window.starts_with(LAST_STATEMENT)? {
            self.marks.open_dump = false;
        }
        let mark = match (self.window.peek(2)?, self.window.peek(3)?) {
            (Some(b'!'), _) => 3,
            (Some(b'M'), Some(b'!')) => 4,
            _ => {
                self.window.advance(2);
                return self.skip_comment();
            }
        };
        let mut version = 0_u32;
        let mut length = mark;
        while let Some(digit @ b'0'..=b'9') = self.window.peek(length)? {
            version = version
                .saturating_mul(10)
                .saturating_add(u32::from(digit - b'0'));
            length += 1;
        }
        self.window.advance(length);
        if version >= NEVER_VERSION || version == NEVER_IN_FIVE_DIGITS {
            return self.skip_comment();
        }
        self.version_depth += 1;
        Ok(())
    }

    fn skip_comment(&mut self) -> Result<(), DumpProblem> {
        loop {
            if !self
                .window
                .advance_to(|bytes| memchr::memchr(b'*', bytes))?
            {
                return Err(DumpProblem::Truncated("a comment"));
            }
            self.window.advance(1);
            if self.window.peek(0)? == Some(b'/') {
                self.window.advance(1);
                return Ok(());
            }
        }
    }
}
