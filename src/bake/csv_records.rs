//! The records of a CSV file, one after the other, with the lines that they begin at.
//!
//! One record is held at a time, and it is bounded: a quote that is never closed must not fill the memory
//! with the rest of the file. Blank lines are no records. It must not know what fields mean.

use std::cell::Cell;
use std::io::{self, Read};
use std::rc::Rc;

use csv::{Position, Reader, ReaderBuilder, StringRecord, Terminator};

/// Bytes of a record at most, give or take what is read at once.
pub(super) const LONGEST_RECORD: usize = 1024 * 1024;

/// A record is longer than [`LONGEST_RECORD`].
#[derive(Debug, thiserror::Error)]
#[error(
    "the record that begins here is longer than {LONGEST_RECORD} bytes; is a quote not closed?"
)]
pub(super) struct TooLong;

pub(super) struct CsvRecords<R> {
    reader: Reader<Bounded<R>>,
    left: Rc<Cell<usize>>,
    record: StringRecord,
    line: u64,
}

/// Bytes that may be read until the next record begins.
struct Bounded<R> {
    inner: R,
    left: Rc<Cell<usize>>,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let left = self.left.get();
        if left == 0 {
            return Err(io::Error::new(io::ErrorKind::InvalidData, TooLong));
        }
        let count = self.inner.read(out)?;
        self.left.set(left.saturating_sub(count));
        Ok(count)
    }
}

impl<R: Read> CsvRecords<R> {
    pub(super) fn new(inner: R) -> Self {
        let left = Rc::new(Cell::new(LONGEST_RECORD));
        let bounded = Bounded {
            inner,
            left: Rc::clone(&left),
        };
        // Whoever reads compares widths, to say what was expected. With CR LF as its own terminator, the
        // reader would count a line as begun before the LF.
        let reader = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .terminator(Terminator::Any(b'\n'))
            .from_reader(bounded);
        Self {
            reader,
            left,
            record: StringRecord::new(),
            line: 1,
        }
    }

    /// Goes to the next record; whether there is one.
    pub(super) fn advance(&mut self) -> Result<bool, csv::Error> {
        loop {
            self.left.set(LONGEST_RECORD);
            // Where an error is, if there is one: the reader does not say that of all.
            self.line = self.reader.position().line();
            if !self.reader.read_record(&mut self.record)? {
                return Ok(false);
            }
            if self.record.len() > 1 || !self.text(0).unwrap_or_default().is_empty() {
                break;
            }
        }
        // The reader counts blank lines before a record as part of it.
        let breaks = |field: &str| field.bytes().filter(|byte| *byte == b'\n').count() as u64;
        let within: u64 = self.record.iter().map(breaks).sum();
        let passed = self.reader.position().line() - self.line;
        self.line += passed.saturating_sub(within + 1);
        Ok(true)
    }

    /// The line of the record, from 1; after an error, a line not behind it.
    pub(super) fn line(&self) -> u64 {
        self.line
    }

    /// Where the record begins, in bytes.
    pub(super) fn byte(&self) -> u64 {
        self.record.position().map_or(0, Position::byte)
    }

    pub(super) fn len(&self) -> usize {
        self.record.len()
    }

    /// A field, without the CR before the end of its line.
    pub(super) fn text(&self, index: usize) -> Option<&str> {
        let field = self.record.get(index)?;
        let is_last = index + 1 == self.record.len();
        let cut = field.strip_suffix('\r').filter(|_| is_last);
        Some(cut.unwrap_or(field))
    }

    /// All of them.
    pub(super) fn texts(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).filter_map(|index| self.text(index))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(csv: &str) -> Vec<(u64, String)> {
        let mut records = CsvRecords::new(csv.as_bytes());
        let mut lines = Vec::new();
        while records.advance().unwrap() {
            let texts: Vec<&str> = records.texts().collect();
            lines.push((records.line(), texts.join("|")));
        }
        lines
    }

    #[test]
    fn records_have_the_lines_that_they_begin_at() {
        for end in ["\n", "\r\n"] {
            let csv = ["a,b", "1,\"x\ny\"", "", "", "2,z", "3,\"\"", "", "4,u", ""].join(end);
            let expected = [(1, "a|b"), (2, "1|x\ny"), (6, "2|z"), (7, "3|"), (9, "4|u")];
            let expected = expected.map(|(line, text)| (line, text.to_owned()));
            assert_eq!(lines(&csv), expected, "{end:?}");
        }
        assert_eq!(lines("a,b\n1,2"), [(1, "a|b".into()), (2, "1|2".into())]);
        assert_eq!(lines("\n\n"), []);
    }

    #[test]
    fn a_record_is_bounded() {
        let long = format!("a\n\"{}", "x\n".repeat(LONGEST_RECORD));
        let mut records = CsvRecords::new(long.as_bytes());
        assert!(records.advance().unwrap());
        let error = records.advance().unwrap_err();
        let csv::ErrorKind::Io(cause) = error.into_kind() else {
            panic!("another error");
        };
        assert!(cause.get_ref().unwrap().is::<TooLong>());
        assert_eq!(records.line(), 2);
        // Many short ones are not.
        let many = "a,b\n".repeat(LONGEST_RECORD / 2);
        assert_eq!(lines(&many).len(), LONGEST_RECORD / 2);
    }
}
