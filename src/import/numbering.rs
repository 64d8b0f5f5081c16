//! `AUTO_INCREMENT`: numbers for rows that come without one.
//!
//! Dumps give every number; people leave them out and rely on those that the server would give, in
//! foreign keys further down. Numbers go on from the table's option and from the highest one so far,
//! as on a server that was never asked to skip any. A column that no key begins with counts within groups:
//! rows that are equal in the columns before it.

use std::collections::HashMap;

use rusqlite::{Connection, params_from_iter};

use super::resolve::Resolver;
use super::table::ImportTable;
use crate::dump::{InsertHeader, KeyPart};
use crate::file::sql::quoted;
use crate::load::LoadError;
use crate::load::batch::{Batch, Bound, Cell};

/// The `AUTO_INCREMENT` column, by its index, and the columns of its groups.
pub(super) struct Numbered {
    pub(super) index: usize,
    pub(super) group: Vec<usize>,
}

impl ImportTable {
    /// Numbers the rows that give NULL, `DEFAULT`, nothing, or 0 where that asks for a number too.
    pub(super) fn number_rows(
        &mut self,
        place: &Resolver<'_>,
        header: &InsertHeader,
        columns: &mut Vec<usize>,
        batch: &mut Batch,
    ) -> Result<(), LoadError> {
        let Some(numbered) = self.numbered_column() else {
            return Ok(());
        };
        let index = numbered.index;
        let at = given(index, columns, batch);
        let width = columns.len();
        let asks = |cell: &Cell| asks(cell, header);
        let mut cells = batch.cells.iter().skip(at).step_by(width);
        let session = place.view.session;
        let steps = session.steps();
        if self.next_number.is_none() && !cells.any(asks) {
            return Ok(());
        }
        if batch.expressions || !numbered.group.is_empty() {
            // What a row belongs to may be a default, and this column's own is no number. To expressions a number
            // that is still to come is none.
            for cell in batch.cells.iter_mut().skip(at).step_by(width) {
                if asks(cell) {
                    *cell = Cell::Null;
                }
            }
            if batch.unresolved {
                place.resolve(self, columns, batch)?;
            }
        }
        if !numbered.group.is_empty() {
            return self.number_groups(place, &numbered, columns, batch);
        }
        let mut next = match self.next_number {
            Some(next) => next,
            None => self.first_number(place.connection, index)?,
        };
        let lasting = self.definition.lasting;
        // InnoDB keeps the next one of the series.
        let behind = |number: i64| {
            if lasting || !session.has_generated() {
                number.saturating_add(1)
            } else {
                steps.after(number)
            }
        };
        let cells = batch.cells.iter_mut().skip(at).step_by(width);
        for (cell, origin) in cells.zip(&batch.places) {
            if origin.first {
                session.begin_insert();
            }
            if asks(cell) {
                let number = session.next_number(next);
                *cell = self.number(index, number);
                session.generate(number);
                next = next.max(behind(number));
            } else if let Some(number) = whole(cell) {
                session.see_number(number);
                next = next.max(behind(number));
            }
        }
        self.next_number = Some(next);
        Ok(())
    }

    /// Marks with NULL the cells that ask for a number, which an upsert hands out row by row.
    pub(super) fn mark_numbers(
        &self,
        header: &InsertHeader,
        columns: &mut Vec<usize>,
        batch: &mut Batch,
    ) {
        let Some(Numbered { index, .. }) = self.numbered_column() else {
            return;
        };
        let at = given(index, columns, batch);
        for cell in batch.cells.iter_mut().skip(at).step_by(columns.len()) {
            if asks(cell, header) {
                *cell = Cell::Null;
            }
        }
    }

    /// Numbers the rows whose cell is NULL, each in its group.
    fn number_groups(
        &self,
        resolver: &Resolver<'_>,
        numbered: &Numbered,
        columns: &[usize],
        batch: &mut Batch,
    ) -> Result<(), LoadError> {
        let (connection, session) = (resolver.connection, resolver.view.session);
        let width = columns.len();
        let place = |index: usize| columns.iter().position(|&column| column == index);
        // Columns that the rows do not give are the same in all of them.
        let given: Vec<usize> = numbered.group.iter().filter_map(|&c| place(c)).collect();
        let Some(at) = place(numbered.index) else {
            return Ok(());
        };
        let mut select = connection
            .prepare_cached(&self.highest_of_group(numbered, columns))
            .map_err(|cause| self.sqlite(&cause))?;
        let mut next_of: HashMap<Vec<String>, i64> = HashMap::new();
        for row in 0..batch.rows() {
            if batch.places[row].first {
                session.begin_insert();
            }
            let cells = &batch.cells[row * width..(row + 1) * width];
            let key = given
                .iter()
                .map(|&at| {
                    group_key(
                        &batch.bound(&cells[at]),
                        self.layout.columns[columns[at]].nocase,
                    )
                })
                .collect();
            let next = match next_of.get(&key) {
                Some(next) => *next,
                None => {
                    let values = given.iter().map(|&at| batch.bound(&cells[at]));
                    let highest: i64 = select
                        .query_row(params_from_iter(values), |row| row.get(0))
                        .map_err(|cause| self.sqlite(&cause))?;
                    highest.saturating_add(1)
                }
            };
            let cell = &mut batch.cells[row * width + at];
            let used = match whole(cell) {
                Some(number) => number,
                None => {
                    let number = session.next_in_group(next);
                    *cell = self.number(numbered.index, number);
                    session.generate(number);
                    number
                }
            };
            next_of.insert(key, next.max(used.saturating_add(1)));
        }
        Ok(())
    }

    /// The highest number in the group that the parameters say.
    pub(super) fn highest_of_group(&self, numbered: &Numbered, columns: &[usize]) -> String {
        let conditions = numbered.group.iter().map(|&index| {
            let column = &self.layout.columns[index];
            let own = quoted(&column.name);
            let value = if columns.contains(&index) {
                "?".to_owned()
            } else {
                self.default_of(index).unwrap_or_else(|| "NULL".to_owned())
            };
            // Blanks at the end do not count.
            if column.nocase {
                format!("rtrim({own}) IS rtrim({value}) COLLATE NOCASE")
            } else {
                format!("{own} IS {value}")
            }
        });
        format!(
            "SELECT CAST(coalesce(max({}), 0) AS INTEGER) FROM {} WHERE {}",
            quoted(&self.layout.columns[numbered.index].name),
            quoted(&self.name),
            conditions.collect::<Vec<_>>().join(" AND ")
        )
    }

    /// The number as a cell of the column.
    fn number(&self, index: usize, number: i64) -> Cell {
        #[expect(
            clippy::cast_precision_loss,
            reason = "a floating-point column counts no further than the server's does"
        )]
        match self.layout.columns[index].storage {
            "REAL" => Cell::Real(number as f64),
            _ => Cell::Integer(number),
        }
    }

    /// The column that counts for all of the table.
    pub(super) fn numbered_index(&self) -> Option<usize> {
        let numbered = self.numbered_column()?;
        numbered.group.is_empty().then_some(numbered.index)
    }

    /// The `AUTO_INCREMENT` column. One that no key begins with counts within groups, on engines
    /// that have such.
    pub(super) fn numbered_column(&self) -> Option<Numbered> {
        let mut columns = self.definition.columns.iter();
        let index = columns.position(|column| column.auto_increment)?;
        if !matches!(self.layout.columns[index].storage, "INTEGER" | "REAL") {
            return None;
        }
        let name = self.layout.columns[index].name.as_str();
        let at = |parts: &&[KeyPart]| {
            let is_it = |part: &KeyPart| {
                part.column()
                    .is_some_and(|own| own.eq_ignore_ascii_case(name))
            };
            parts.iter().position(is_it)
        };
        let keys: Vec<&[KeyPart]> = std::iter::once(self.definition.primary_key.as_slice())
            .chain(self.definition.keys.iter().map(|key| key.parts.as_slice()))
            .collect();
        if keys.iter().any(|parts| at(parts) == Some(0)) {
            return Some(Numbered {
                index,
                group: Vec::new(),
            });
        }
        let (parts, behind) = keys.iter().find_map(|parts| Some((parts, at(parts)?)))?;
        let index_of = |part: &KeyPart| self.layout.index_of(part.column()?);
        let group: Option<Vec<usize>> = parts[..behind].iter().map(index_of).collect();
        Some(Numbered {
            index,
            group: group?,
        })
    }

    /// The table has lost its rows: numbers start again, or go on from where they are.
    pub(super) fn emptied(
        &mut self,
        connection: &Connection,
        restarts: bool,
    ) -> Result<(), LoadError> {
        if restarts {
            self.definition.auto_increment = None;
            self.next_number = None;
        } else {
            self.remember_number(connection)?;
        }
        Ok(())
    }

    /// Notes the next number, before rows go that it depends on.
    pub(super) fn remember_number(&mut self, connection: &Connection) -> Result<(), LoadError> {
        if self.next_number.is_none()
            && self.created.is_some()
            && let Some(numbered) = self
                .numbered_column()
                .filter(|found| found.group.is_empty())
        {
            self.next_number = Some(self.first_number(connection, numbered.index)?);
        }
        Ok(())
    }

    /// Numbers go on behind those in the file, if these are beyond the next one.
    pub(super) fn pass_numbers(&mut self, connection: &Connection) -> Result<(), LoadError> {
        if let (Some(index), Some(next)) = (self.numbered_index(), self.next_number) {
            self.next_number = Some(next.max(self.first_number(connection, index)?));
        }
        Ok(())
    }

    /// The number after those in the file, or that of the table option `AUTO_INCREMENT`.
    fn first_number(&self, connection: &Connection, index: usize) -> Result<i64, LoadError> {
        let column = quoted(&self.layout.columns[index].name);
        let highest = format!(
            "SELECT CAST(coalesce(max({column}), 0) AS INTEGER) FROM {}",
            quoted(&self.name)
        );
        let highest: i64 = connection
            .query_row(&highest, [], |row| row.get(0))
            .map_err(|cause| self.sqlite(&cause))?;
        let option = self.definition.auto_increment.unwrap_or(1);
        let option = i64::try_from(option).unwrap_or(i64::MAX);
        Ok(option.max(highest.saturating_add(1)))
    }
}

/// Where the column at `index` is among those of the rows, which it joins if it is not.
fn given(index: usize, columns: &mut Vec<usize>, batch: &mut Batch) -> usize {
    if let Some(at) = columns.iter().position(|&column| column == index) {
        return at;
    }
    batch.add_column(columns.len(), &Cell::Null);
    columns.push(index);
    columns.len() - 1
}

/// Whether a cell of the column asks for a number.
pub(super) fn asks(cell: &Cell, header: &InsertHeader) -> bool {
    match cell {
        Cell::Null | Cell::Omitted => true,
        // Which is 0.
        Cell::Default => !header.zero_is_zero,
        Cell::Integer(number) => *number == 0 && !header.zero_is_zero,
        Cell::Real(number) => *number == 0.0 && !header.zero_is_zero,
        _ => false,
    }
}

/// How many numbers `InnoDB` takes for so many rows of a query, whose number it does not know: first one, then
/// twice as many each time.
pub(super) fn reserved(rows: i64) -> i64 {
    const MOST: i64 = 65_535;
    let (mut taken, mut next) = (0_i64, 1);
    while taken < rows {
        taken = taken.saturating_add(next);
        next = (next * 2).min(MOST);
    }
    taken
}

fn whole(cell: &Cell) -> Option<i64> {
    match *cell {
        Cell::Integer(number) => Some(number),
        #[expect(clippy::cast_possible_truncation, reason = "that is what is asked for")]
        Cell::Real(number) => Some(number as i64),
        _ => None,
    }
}

/// What is the same of all rows of a group.
fn group_key(value: &Bound<'_>, nocase: bool) -> String {
    match value {
        Bound::Null => "null".to_owned(),
        Bound::Integer(number) => format!("i{number}"),
        Bound::Real(number) => format!("r{number}"),
        Bound::Text(text) if nocase => {
            format!("t{}", text.trim_end_matches(' ').to_ascii_lowercase())
        }
        Bound::Text(text) => format!("t{text}"),
        Bound::Blob(bytes) => format!("b{bytes:?}"),
    }
}
