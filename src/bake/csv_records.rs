//! The records of a CSV file, one after the other, with the lines that they begin at.
//!
//! One record is held at a time, and it is bounded: a quote that is never closed must not fill the memory
//! with the rest of the file. Blank lines are no records. It must not know what fields mean.

use std::cell::Cell;
use std::io::{self, Read};
use std::rc::Rc;

use csv::{Position, Reader, ReaderBuilder, StringRecord, Terminator};

use super::csv_quotes::Quotes;

/// Bytes of a record at most, give or take what is read at once.
pub(super) const LONGEST_RECORD: usize = 1024 * 1024;

/// A record is longer than [`LONGEST_RECORD`].
#[derive(Debug, thiserror::Error)]
#[error("the record that begins here is longer than {LONGEST_RECORD} bytes")]
pub(super) struct TooLong;

/// A quote is not closed before the file ends, or before its record is too long.
#[derive(Debug, thiserror::Error)]
#[error("the quote that is opened here is not closed")]
pub(super) struct UnclosedQuote {
    /// Where it is opened, from 1.
    pub(super) line: u64,
}

pub(super) struct CsvRecords<R> {
    reader: Reader<Bounded<R>>,
    left: Rc<Cell<usize>>,
    unclosed: Rc<Cell<Option<u64>>>,
    record: StringRecord,
    line: u64,
    /// Line breaks within its fields.
    breaks: u64,
}

/// Bytes that may be read until the next record begins.
struct Bounded<R> {
    inner: R,
    left: Rc<Cell<usize>>,
    /// Where there are no more bytes: the line of a quote that is open there.
    unclosed: Rc<Cell<Option<u64>>>,
    quotes: Quotes,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let left = self.left.get();
        if left == 0 {
            let invalid = io::ErrorKind::InvalidData;
            return Err(match self.quotes.open() {
                Some(line) => io::Error::new(invalid, UnclosedQuote { line }),
                None => io::Error::new(invalid, TooLong),
            });
        }
        let count = self.inner.read(out)?;
        self.quotes.pass(out.get(..count).unwrap_or_default());
        if count == 0 {
            self.unclosed.set(self.quotes.open());
        }
        self.left.set(left.saturating_sub(count));
        Ok(count)
    }
}

impl<R: Read> CsvRecords<R> {
    pub(super) fn new(inner: R) -> Self {
        let left = Rc::new(Cell::new(LONGEST_RECORD));
        let unclosed = Rc::new(Cell::new(None));
        let bounded = Bounded {
            inner,
            left: Rc::clone(&left),
            unclosed: Rc::clone(&unclosed),
            quotes: Quotes::new(),
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
            unclosed,
            record: StringRecord::new(),
            line: 1,
            breaks: 0,
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
            // The reader takes the end of the file for the end of the quote.
            if let Some(line) = self.unclosed.get() {
                let invalid = io::ErrorKind::InvalidData;
                return Err(io::Error::new(invalid, UnclosedQuote { line }).into());
            }
            if self.record.len() > 1 || !self.text(0).unwrap_or_default().is_empty() {
                break;
            }
        }
        // The reader counts blank lines before a record as part of it.
        let breaks = |field: &str| field.bytes().filter(|byte| *byte == b'\n').count() as u64;
        self.breaks = self.record.iter().map(breaks).sum();
        let passed = self.reader.position().line() - self.line;
        self.line += passed.saturating_sub(self.breaks + 1);
        Ok(true)
    }

    /// The line of the record, from 1; after an error, a line not behind it.
    pub(super) fn line(&self) -> u64 {
        self.line
    }

    /// The line that the record ends in, where that is another one.
    pub(super) fn last_line(&self) -> Option<u64> {
        (self.breaks > 0).then_some(self.line + self.breaks)
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

    /// What the records end with, in words.
    fn failure(csv: &str) -> (Option<u64>, String) {
        let mut records = CsvRecords::new(csv.as_bytes());
        loop {
            match records.advance() {
                Ok(true) => {}
                Ok(false) => return (None, String::new()),
                Err(error) => {
                    let csv::ErrorKind::Io(cause) = error.into_kind() else {
                        panic!("another error");
                    };
                    let line = cause.get_ref().and_then(|cause| cause.downcast_ref());
                    let line = line.map(|UnclosedQuote { line }| *line);
                    return (line, cause.to_string());
                }
            }
        }
    }

    #[test]
    fn an_unclosed_quote_is_told_with_its_line() {
        for (csv, line) in [
            ("a,b\n1,\"x\n2,y\n", Some(2)),
            ("a,b\r\n1,\"x\r\n2,y\r\n", Some(2)),
            ("a,b\n\"x\ny\",\"z\n2,y", Some(3)),
            ("a,b\n1,\"", Some(2)),
            ("a,b\n\n\n1,\"x\"\"", Some(4)),
            ("\"", Some(1)),
            // Closed, or no quote that opens a field.
            ("a,b\n1,\"x\"", None),
            ("a,b\n1,\"x\"\"y\"\n", None),
            ("a,b\n1,x\"y\n2,z\n", None),
            ("a,b\n1,\"x\"y\"\n2,z\n", None),
            ("a,b\n1,\"\"\n", None),
        ] {
            assert_eq!(failure(csv).0, line, "{csv:?}");
        }
        let long = format!("a\nb\n\"{}", "x\n".repeat(LONGEST_RECORD));
        assert_eq!(failure(&long).0, Some(3));
    }

    #[test]
    fn a_record_is_bounded() {
        let long = format!("a\n{}", "x".repeat(2 * LONGEST_RECORD));
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
