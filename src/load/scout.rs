//! A second reading of an input that runs ahead of the first.
//!
//! What happens to duplicates stands behind the last row of an `INSERT`. One that is too long to be
//! held in memory is asked about here: the scout reads on to its end, far faster than rows are
//! stored, and never goes back. Inputs that can be read only once have no scout.

use crate::dump::{
    Charset, DumpError, DumpReader, Position, Statement, Tables, Upsert, decompress,
};
use crate::file::FolderFile;

pub(crate) struct Scout {
    reader: DumpReader<'static>,
}

impl Scout {
    /// A scout over `file`, which begins with `tables` known; `None` if it cannot be read twice.
    pub(crate) fn over(file: &FolderFile, charset: Charset, tables: Tables) -> Option<Self> {
        if !file.is_repeatable() {
            return None;
        }
        let bytes = decompress(file.open().ok()?).ok()?;
        let translated = bytes.is_translated();
        let reader = DumpReader::new(&file.shown, bytes)
            .with_tables(tables)
            .with_charset(charset)
            .translated(translated)
            .allow_incomplete(true);
        Some(Self { reader })
    }

    /// The `ON DUPLICATE KEY UPDATE` of the `INSERT` at `position`, which lies ahead.
    ///
    /// # Errors
    /// As the first reading will have them, when it gets there.
    pub(crate) fn upsert(&mut self, position: Position) -> Result<Option<Upsert>, DumpError> {
        while let Some(statement) = self.reader.next_statement()? {
            let Statement::Insert(header) = statement else {
                continue;
            };
            while self.reader.next_row()?.is_some() {}
            if header.position.byte == position.byte {
                return Ok(self.reader.upsert().cloned());
            }
        }
        Ok(None)
    }
}
