//! Where quotes are open in the bytes of a CSV file, which its reader does not say.
//!
//! It must not know records: it sees bytes as they come, ahead of them.

/// Where quotes are open, by the rules of the reader: they open a field, `""` stands for one, and what
/// follows a closing one belongs to the field up to the comma.
pub(super) struct Quotes {
    line: u64,
    at: Place,
}

#[derive(Clone, Copy)]
enum Place {
    FieldStart,
    Unquoted,
    /// Behind a quote that was opened in that line.
    Quoted(u64),
    /// Behind a quote within those: the end, or half of `""`.
    Closing(u64),
}

impl Quotes {
    /// At the beginning of a file.
    pub(super) fn new() -> Self {
        Self {
            line: 1,
            at: Place::FieldStart,
        }
    }

    /// Goes over the bytes that come next.
    pub(super) fn pass(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.at = match (self.at, byte) {
                (Place::Quoted(line), b'"') => Place::Closing(line),
                (Place::Quoted(line), _) | (Place::Closing(line), b'"') => Place::Quoted(line),
                (Place::FieldStart, b'"') => Place::Quoted(self.line),
                (_, b',' | b'\n') => Place::FieldStart,
                _ => Place::Unquoted,
            };
            self.line += u64::from(byte == b'\n');
        }
    }

    /// The line of the quote that is open behind them.
    pub(super) fn open(&self) -> Option<u64> {
        match self.at {
            Place::Quoted(line) => Some(line),
            _ => None,
        }
    }
}
