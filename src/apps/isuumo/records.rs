//! The records of an uploaded CSV file, one after the other.
//!
//! One record is held at a time, and of it only the fields that are asked for, so that neither many
//! records nor wide ones need memory. Records of different widths and text that is not UTF-8 are errors.
//! It must not know what fields mean, nor how strict uploads are about quotes.

use csv_core::{ReadFieldResult, Reader, ReaderBuilder, Terminator};

/// Room for a record at first.
const USUAL: usize = 1024;

/// What is read is no CSV file.
#[derive(Debug, thiserror::Error)]
#[error("records of different widths, or text that is not UTF-8")]
pub(super) struct Broken;

/// Reads a file whose lines end with LF; blank ones are left out.
pub(super) struct Records<'a> {
    reader: Reader,
    rest: &'a [u8],
    /// More than any record of the file needs.
    longest: usize,
    /// The wanted fields of a record, one behind the other, and room for the one that is read.
    text: Vec<u8>,
    /// Where each of the wanted fields ends.
    ends: Vec<usize>,
    wanted: usize,
    /// How many fields the first record has, and so all others.
    width: Option<usize>,
}

/// The first fields of one record.
pub(super) struct Record<'a> {
    text: &'a [u8],
    ends: &'a [usize],
}

impl<'a> Records<'a> {
    /// Of each record, the first `wanted` fields can be looked at.
    pub(super) fn new(csv: &'a [u8], wanted: usize) -> Self {
        let terminator = Terminator::Any(b'\n');
        Self {
            reader: ReaderBuilder::new().terminator(terminator).build(),
            rest: csv,
            longest: csv.len() + 1,
            text: vec![0; USUAL],
            ends: Vec::with_capacity(wanted),
            wanted,
            width: None,
        }
    }

    /// What is behind the last record: a file of its own.
    pub(super) fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// The next record; `None` at the end.
    pub(super) fn next(&mut self) -> Result<Option<Record<'_>>, Broken> {
        self.ends.clear();
        let mut fields = 0;
        let mut kept = 0;
        while let Some((end, is_last)) = self.field(kept) {
            str::from_utf8(&self.text[kept..end]).map_err(|_| Broken)?;
            fields += 1;
            if fields <= self.wanted {
                self.ends.push(end);
                kept = end;
            }
            if is_last {
                return self.complete(fields).map(Some);
            }
        }
        Ok(None)
    }

    /// Reads a field to `start`: its end, and whether it is the last of its record.
    fn field(&mut self, start: usize) -> Option<(usize, bool)> {
        let mut end = start;
        loop {
            let (result, read, written) = self.reader.read_field(self.rest, &mut self.text[end..]);
            self.rest = &self.rest[read..];
            end += written;
            match result {
                // Asked again with nothing left, the reader says what that means.
                ReadFieldResult::InputEmpty => {}
                ReadFieldResult::OutputFull => {
                    let room = (self.text.len() * 2).min(end + self.longest);
                    self.text.resize(room, 0);
                }
                ReadFieldResult::Field { record_end } => return Some((end, record_end)),
                ReadFieldResult::End => return None,
            }
        }
    }

    fn complete(&mut self, fields: usize) -> Result<Record<'_>, Broken> {
        if *self.width.get_or_insert(fields) != fields {
            return Err(Broken);
        }
        Ok(Record {
            text: &self.text,
            ends: &self.ends,
        })
    }
}

impl Record<'_> {
    /// A field, which is UTF-8; `None` if the record has fewer.
    pub(super) fn get(&self, index: usize) -> Option<&[u8]> {
        let end = *self.ends.get(index)?;
        let start = index.checked_sub(1).map_or(0, |before| self.ends[before]);
        self.text.get(start..end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type ParsedFields = Option<Vec<Vec<Vec<u8>>>>;

    fn read(csv: &[u8], wanted: usize) -> ParsedFields {
        let mut records = Records::new(csv, wanted);
        let mut rows = Vec::new();
        loop {
            match records.next() {
                Ok(Some(record)) => {
                    let fields = (0..).map_while(|index| record.get(index));
                    rows.push(fields.map(<[u8]>::to_vec).collect());
                }
                Ok(None) => return Some(rows),
                Err(Broken) => return None,
            }
        }
    }

    /// The same by the reader of the csv crate, which holds whole records.
    fn expected(csv: &[u8], wanted: usize) -> ParsedFields {
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .terminator(csv::Terminator::Any(b'\n'))
            .from_reader(csv);
        let records: Result<Vec<_>, _> = reader.records().collect();
        let row = |record: &csv::StringRecord| {
            let fields = record.iter().take(wanted);
            fields.map(|field| field.as_bytes().to_vec()).collect()
        };
        records
            .ok()
            .map(|records| records.iter().map(row).collect())
    }

    #[test]
    fn every_short_file_is_read_as_by_the_csv_crate() {
        const ALPHABET: &[u8] = b"a,\n\"\r\xc3\xa9";
        let mut files: Vec<Vec<u8>> = vec![Vec::new()];
        for length in 0..=5 {
            for csv in &files {
                assert_eq!(read(csv, 2), expected(csv, 2), "{csv:?}");
            }
            if length < 5 {
                let longer = |csv: &Vec<u8>| {
                    let csv = csv.clone();
                    ALPHABET
                        .iter()
                        .map(move |byte| [&csv[..], &[*byte]].concat())
                };
                files = files.iter().flat_map(longer).collect();
            }
        }
    }

    #[test]
    fn long_fields_and_a_byte_order_mark_are_read_as_by_the_csv_crate() {
        for length in [USUAL - 1, USUAL, USUAL + 1, 5 * USUAL] {
            let long = "x".repeat(length);
            for csv in [
                format!("{long},1\n2,{long}\n\"{long}\"\"\",{long}"),
                format!("1,2,{long}\n1,2,3\n"),
                format!("\u{feff}1,{long}\n"),
                format!("\u{feff}\"1\"\n{long}"),
            ] {
                let csv = csv.as_bytes();
                assert_eq!(read(csv, 2), expected(csv, 2));
            }
        }
    }
}
