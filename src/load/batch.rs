//! Rows on their way from the reader to SQLite: typed cells in one flat list, their text and bytes
//! in one piece each.
//!
//! Reading and storing run on two threads; a batch is what passes between them, and goes back to be
//! filled again. It knows nothing of tables: whoever fills it chose the kinds.

use rusqlite::ToSql;
use rusqlite::types::{ToSqlOutput, ValueRef};

use crate::dump::{
    DumpError, DumpRow, Position, Repertoire, Room, SourceText, Value, ValueType, is_impossible_day,
};

/// One value of a row.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Cell {
    Null,
    Integer(i64),
    Real(f64),
    /// A range of the batch's text.
    Text(usize, usize),
    /// A range of the batch's bytes.
    Blob(usize, usize),
    /// The column's default, to be put in before the row is stored.
    Default,
    /// The same, of a row that gives no values at all.
    Omitted,
    /// An expression, to be computed before the row is stored.
    Expression(Box<SourceText>),
}

/// Where a row came from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RowPosition {
    pub(crate) position: Position,
    /// Among the table's rows in its input, from 1.
    pub(crate) ordinal: u64,
    /// It is the only row of its statement.
    pub(crate) alone: bool,
    /// It is the first row of its statement.
    pub(crate) first: bool,
}

/// How a value is stored differently from how it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum CellChange {
    /// Spelled or rounded as the server does.
    Spelled,
    /// It does not fit the column, and a server that is not strict makes something of it.
    Unfit,
    /// A day that its month does not have, kept as it is.
    Impossible,
    /// Lines of a text that end with two bytes in the dump, and with one as a client sends them.
    Lines,
    /// The same in bytes, which are kept.
    LinesKept,
}

impl CellChange {
    /// As it is told behind the number of such values.
    pub(crate) fn told(self) -> &'static str {
        match self {
            Self::Spelled => "spelled or rounded as the server would",
            Self::Impossible => {
                "of a day that its month does not have, which a server keeps with \
                 ALLOW_INVALID_DATES only"
            }
            Self::Lines => {
                "with CRLF in it, stored with LF as clients send it, but with --binary-mode"
            }
            Self::LinesKept => {
                "of bytes with CRLF in it, kept; clients send LF, but with --binary-mode"
            }
            Self::Unfit => "that did not fit, stored as a server that is not strict would",
        }
    }
}

/// A value of a batch that is stored differently from how it is written.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ChangedCell {
    pub(crate) row: usize,
    /// Among the columns of the rows.
    pub(crate) column: usize,
    pub(crate) change: CellChange,
}

/// Rows of the same columns.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    pub(crate) cells: Vec<Cell>,
    pub(crate) places: Vec<RowPosition>,
    text: String,
    bytes: Vec<u8>,
    /// Some cell is a default or an expression.
    pub(crate) unresolved: bool,
    /// Some cell was an expression: all rows are of one statement then.
    pub(crate) expressions: bool,
    /// Columns of the rows, by their index modulo 64, that may hold NULL.
    pub(crate) nulls: u64,
    /// What is to be told of rows of an upsert, if they are stored.
    pub(crate) changes: Vec<ChangedCell>,
}

/// What a batch cell is bound as.
pub(crate) enum Bound<'b> {
    Null,
    Integer(i64),
    Real(f64),
    Text(&'b str),
    Blob(&'b [u8]),
}

impl ToSql for Bound<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match *self {
            Self::Null => ValueRef::Null,
            Self::Integer(number) => ValueRef::Integer(number),
            Self::Real(number) => ValueRef::Real(number),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Blob(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

impl Batch {
    pub(crate) fn clear(&mut self) {
        self.cells.clear();
        self.places.clear();
        self.text.clear();
        self.bytes.clear();
        self.unresolved = false;
        self.expressions = false;
        self.nulls = 0;
        self.changes.clear();
    }

    pub(crate) fn rows(&self) -> usize {
        self.places.len()
    }

    /// Whether some text is not ASCII alone.
    pub(crate) fn has_letters(&self) -> bool {
        !self.text.is_ascii()
    }

    /// Whether a column with these characters has all of the batch.
    pub(crate) fn is_within(&self, set: &Repertoire) -> bool {
        set.has_text(&self.text)
    }

    /// Memory that the rows take, about.
    pub(crate) fn size(&self) -> usize {
        self.text.len() + self.bytes.len() + self.cells.len() * size_of::<Cell>()
    }

    /// Adds a row; `on_change` gets the columns whose values are stored differently from how they are written.
    /// What does not fit is an error, or, if `lenient`, what a server that is not strict makes of it; `rooms` are
    /// those of the columns, as far as they are bounded.
    pub(crate) fn push(
        &mut self,
        row: &DumpRow<'_>,
        kinds: &[ValueType],
        rooms: &[Room],
        lenient: bool,
        mut on_change: impl FnMut(usize, CellChange),
    ) -> Result<(), DumpError> {
        self.places.push(RowPosition {
            position: row.position(),
            ordinal: row.ordinal(),
            alone: false,
            first: false,
        });
        if row.len() == 0 {
            self.unresolved = true;
            self.cells.extend(kinds.iter().map(|_| Cell::Omitted));
            return Ok(());
        }
        for (index, kind) in kinds.iter().enumerate() {
            let mut changed = false;
            let (value, mut change) = match row.value(index, kind, &mut changed) {
                Ok(value) => (value, changed.then_some(CellChange::Spelled)),
                Err(error) if lenient && error.problem.is_about_value() => {
                    let value = row.lenient_value(index, kind).ok_or(error)?;
                    let change = match &value {
                        Value::Text(text) if is_impossible_day(text) => CellChange::Impossible,
                        _ => CellChange::Unfit,
                    };
                    (value, Some(change))
                }
                Err(error) => return Err(error),
            };
            if change.is_none() && row.has_wide_line_ends(index) {
                change = Some(match row.keeps_line_ends(index, kind) {
                    true => CellChange::LinesKept,
                    false => CellChange::Lines,
                });
            }
            if value == Value::Null {
                self.nulls |= 1 << (index % 64);
            }
            let cell = match rooms.get(index).and_then(|room| room.cut(&value)) {
                None => self.cell(value),
                Some(cut) => {
                    // What is cut is not kept as it is.
                    let kept = change.filter(|&change| change == CellChange::Unfit);
                    change = kept.max(Some(if cut.silent {
                        CellChange::Spelled
                    } else {
                        CellChange::Unfit
                    }));
                    self.cell(cut.value)
                }
            };
            self.cells.push(cell);
            if let Some(change) = change {
                on_change(index, change);
            }
        }
        Ok(())
    }

    /// Stores a value's bytes in the arena.
    pub(crate) fn cell(&mut self, value: Value<'_>) -> Cell {
        match value {
            Value::Null => Cell::Null,
            Value::Integer(number) => Cell::Integer(number),
            Value::Real(number) => Cell::Real(number),
            Value::Text(text) => {
                let start = self.text.len();
                self.text.push_str(&text);
                Cell::Text(start, self.text.len())
            }
            Value::Blob(bytes) => {
                let start = self.bytes.len();
                self.bytes.extend_from_slice(&bytes);
                Cell::Blob(start, self.bytes.len())
            }
            Value::Default => {
                self.unresolved = true;
                Cell::Default
            }
            Value::Expression(source) => {
                self.unresolved = true;
                self.expressions = true;
                Cell::Expression(source)
            }
        }
    }

    pub(crate) fn bound(&self, cell: &Cell) -> Bound<'_> {
        match *cell {
            Cell::Integer(number) => Bound::Integer(number),
            Cell::Real(number) => Bound::Real(number),
            Cell::Text(start, end) => Bound::Text(&self.text[start..end]),
            Cell::Blob(start, end) => Bound::Blob(&self.bytes[start..end]),
            Cell::Null | Cell::Default | Cell::Omitted | Cell::Expression(_) => Bound::Null,
        }
    }

    /// A cell as a value of its own.
    pub(crate) fn value(&self, cell: &Cell) -> rusqlite::types::Value {
        use rusqlite::types::Value;
        match self.bound(cell) {
            Bound::Null => Value::Null,
            Bound::Integer(number) => Value::Integer(number),
            Bound::Real(number) => Value::Real(number),
            Bound::Text(text) => Value::Text(text.to_owned()),
            Bound::Blob(bytes) => Value::Blob(bytes.to_vec()),
        }
    }

    /// Turns the integers of a column into text of their digits.
    pub(crate) fn integers_to_text(&mut self, column: usize, width: usize) {
        for index in (column..self.cells.len()).step_by(width.max(1)) {
            if let Cell::Integer(number) = self.cells[index] {
                self.cells[index] = self.cell(Value::Text(number.to_string().into()));
            }
        }
    }

    /// Puts `cell` behind the `width` cells of each row.
    pub(crate) fn add_column(&mut self, width: usize, cell: &Cell) {
        let mut cells = std::mem::take(&mut self.cells).into_iter();
        for _ in 0..self.rows() {
            self.cells.extend(cells.by_ref().take(width));
            self.cells.push(cell.clone());
        }
    }

    /// Takes out the rows that are not `kept`; `width` is the cells of a row.
    pub(crate) fn retain_rows(&mut self, kept: &[bool], width: usize) {
        if kept.iter().all(|&kept| kept) {
            return;
        }
        let is_kept = |row: usize| kept.get(row).copied().unwrap_or(true);
        // The first row that is kept of a statement is its first one now.
        for row in 0..self.places.len().saturating_sub(1) {
            if self.places[row].first && !is_kept(row) && !self.places[row + 1].first {
                self.places[row + 1].first = true;
            }
        }
        let mut cell = 0;
        self.cells.retain(|_| {
            cell += 1;
            is_kept((cell - 1) / width.max(1))
        });
        let mut row = 0;
        self.places.retain(|_| {
            row += 1;
            is_kept(row - 1)
        });
        let before = |row: usize| (0..row).filter(|&row| is_kept(row)).count();
        self.changes.retain(|changed| is_kept(changed.row));
        for changed in &mut self.changes {
            changed.row = before(changed.row);
        }
    }

    /// Moves the rows from `first` on to a batch of their own; `width` is the cells of a row.
    pub(crate) fn split_off(&mut self, first: usize, width: usize) -> Self {
        Self {
            cells: self.cells.split_off(first * width),
            places: self.places.split_off(first),
            text: self.text.clone(),
            bytes: self.bytes.clone(),
            unresolved: self.unresolved,
            expressions: self.expressions,
            nulls: self.nulls,
            changes: Vec::new(),
        }
    }
}
