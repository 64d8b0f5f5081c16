//! What an `ALTER` that adds a column gives to the rows that are there, where its default is another one for each row:
//! computed by the evaluator, or else by SQLite, and fitted to the column as a value of an `INSERT` is.
//!
//! All values of a column come from one of the two: nothing is stored before all are known. The table has the column
//! already; adding it is `rebuild`'s.

use rusqlite::{Connection, types};

use super::computed::{by_server, value_of};
use super::layout::{Layout, implicit_default};
use super::names::Names;
use super::rebuild::{NULL, UNFIT};
use super::resolve::DEFAULT_TIME;
use super::row_values::{self, RowValues};
use super::storing::NO_DEFAULT;
use super::table::ImportTable;
use super::table_row::{is_computed, named_columns};
use crate::evaluate::{self, Datum, Formula, Unevaluable};
use crate::file::sql::quoted;
use crate::load::LoadError;

/// Rows whose values are in memory at a time.
const WINDOW: usize = 4096;

/// Where the values of rows come from.
enum DefaultSource {
    Formula(Formula),
    /// SQL over the columns of the table.
    Sql(String),
}

/// What a row gets, by its name in SQLite, and what is to be said of it.
type AddedValue = (i64, types::Value, Option<&'static str>);

impl ImportTable {
    /// Notes what a new column gets that only a server could have said.
    pub(super) fn note_added(
        &mut self,
        connection: &Connection,
        index: usize,
        old: &Layout,
    ) -> Result<(), LoadError> {
        let what = if self.takes_time(index).is_some() {
            DEFAULT_TIME.to_owned()
        } else if let Some(function) = self.asked_function(index) {
            format!("of {function}() settled at the time of the import")
        } else if !self.fills_by_row(index)
            && self.row_default(index, old).is_none()
            && self.lacks_default(index)
        {
            NO_DEFAULT.to_owned()
        } else {
            return Ok(());
        };
        let rows = self.count(connection, "1")?;
        if rows > 0 {
            self.settle_altered(index, &what, rows);
        }
        Ok(())
    }

    /// The function of a default that only a server could answer.
    fn asked_function(&self, index: usize) -> Option<&'static str> {
        let formula = evaluate::parse(self.row_default_source(index)?).ok()?;
        by_server(&formula, false)
    }

    /// Whether `fill_added` gives the column at `index` its values.
    pub(super) fn fills_by_row(&self, index: usize) -> bool {
        self.row_default_source(index).is_some()
            && self.asked_function(index).is_none()
            && self.row_name().is_some()
    }

    /// Gives the columns that `old` has not, and whose defaults depend on others, their values, in their order.
    pub(super) fn fill_added(
        &mut self,
        connection: &Connection,
        names: &mut Names,
        old: &Layout,
    ) -> Result<(), LoadError> {
        for index in 0..self.layout.columns.len() {
            let id = self.layout.columns[index].id;
            let is_new = old.columns.iter().all(|column| column.id != id);
            if !is_new || !self.fills_by_row(index) {
                continue;
            }
            let mut filled = false;
            for source in self.default_sources(index) {
                filled = self.fill(connection, names, index, &source)?;
                if filled {
                    break;
                }
            }
            let rows = self.count(connection, "1")?;
            if !filled && rows > 0 {
                self.settle_altered(index, NO_DEFAULT, rows);
            }
        }
        Ok(())
    }

    /// Where the values may come from, the best first.
    fn default_sources(&self, index: usize) -> Vec<DefaultSource> {
        let mut sources = Vec::new();
        let formula = self.row_default_source(index).map(evaluate::parse);
        if let Some(Ok(formula)) = formula {
            // Their cells are not what the session read, or not there yet.
            let is_other = |&index: &usize| self.has_time_of_day(index) || is_computed(self, index);
            if !self.has_time_of_day(index) && !named_columns(&formula, self).iter().any(is_other) {
                sources.push(DefaultSource::Formula(formula));
            }
        }
        sources.extend(
            self.row_default(index, &self.layout)
                .map(DefaultSource::Sql),
        );
        sources
    }

    /// Stores the values of the column at `index`, if all are known.
    fn fill(
        &mut self,
        connection: &Connection,
        names: &mut Names,
        index: usize,
        source: &DefaultSource,
    ) -> Result<bool, LoadError> {
        let failed = |table: &Self, cause: &rusqlite::Error| table.sqlite(cause);
        let mut large = false;
        let mut start = Some(i64::MIN);
        while let Some(from) = start {
            let values = self.added_values(connection, index, source, from);
            let Ok(values) = values.map_err(|cause| failed(self, &cause))? else {
                return Ok(false);
            };
            large |= values
                .iter()
                .any(|(_, value, _)| self.is_too_large(index, value));
            start = next_window(&values);
        }
        if large {
            let id = self.layout.columns[index].id;
            self.widened.insert(id);
            self.redefine(self.definition.clone())?;
            self.rebuild(connection, names)?;
        }
        let mut start = Some(i64::MIN);
        while let Some(from) = start {
            let values = self.added_values(connection, index, source, from);
            let values = values.map_err(|cause| failed(self, &cause))?;
            let values = values.unwrap_or_default();
            self.store_added(connection, index, &values)
                .map_err(|cause| failed(self, &cause))?;
            for what in [UNFIT, NULL] {
                let told = values.iter().filter(|(.., note)| *note == Some(what));
                let rows = told.count() as u64;
                if rows > 0 {
                    self.settle_altered(index, what, rows);
                }
            }
            start = next_window(&values);
        }
        Ok(true)
    }

    fn store_added(
        &self,
        connection: &Connection,
        index: usize,
        values: &[AddedValue],
    ) -> rusqlite::Result<()> {
        let update = format!(
            "UPDATE {} SET {} = ?1 WHERE {} = ?2",
            quoted(&self.name),
            quoted(&self.layout.columns[index].name),
            self.row_name().unwrap_or_default(),
        );
        let mut update = connection.prepare_cached(&update)?;
        for (id, value, _) in values {
            update.execute((value, id))?;
        }
        Ok(())
    }

    /// The values of the next rows; why one is not known otherwise.
    fn added_values(
        &self,
        connection: &Connection,
        index: usize,
        source: &DefaultSource,
        from: i64,
    ) -> rusqlite::Result<Result<Vec<AddedValue>, Unevaluable>> {
        let columns = &self.layout.columns;
        let asked = match source {
            DefaultSource::Formula(_) => {
                let names = columns.iter().map(|column| quoted(&column.name));
                names.collect::<Vec<_>>().join(", ")
            }
            DefaultSource::Sql(sql) => sql.clone(),
        };
        let name = self.row_name().unwrap_or_default();
        let table = quoted(&self.name);
        let mut statement = connection.prepare_cached(&format!(
            "SELECT {name}, {asked} FROM {table} WHERE {name} >= ?1 ORDER BY {name} LIMIT {WINDOW}"
        ))?;
        let mut rows = statement.query([from])?;
        let mut values = Vec::new();
        while let Some(row) = rows.next()? {
            let datum = match source {
                DefaultSource::Formula(formula) => {
                    let mut values = RowValues {
                        columns: Vec::with_capacity(columns.len()),
                    };
                    for (at, column) in columns.iter().enumerate() {
                        let datum = row_values::datum(self, at, row.get_ref(at + 1)?);
                        values.columns.push((column.name.clone(), datum));
                    }
                    formula.evaluate(&values)
                }
                DefaultSource::Sql(_) => of_sqlite(row.get(1)?),
            };
            match datum.and_then(|datum| self.added_value(index, &datum)) {
                Ok((value, note)) => values.push((row.get(0)?, value, note)),
                Err(reason) => return Ok(Err(reason)),
            }
        }
        Ok(Ok(values))
    }

    /// What the column at `index` stores for a value.
    fn added_value(
        &self,
        index: usize,
        datum: &Datum,
    ) -> Result<(types::Value, Option<&'static str>), Unevaluable> {
        let column = &self.layout.columns[index];
        let (value, note) = if datum.is_null() && column.not_null {
            (implicit_default(&column.kind), Some(NULL))
        } else {
            let (value, unfit) = self.fitted(index, datum)?;
            (value, unfit.then_some(UNFIT))
        };
        Ok((self.as_stored(index, value_of(value)), note))
    }
}

/// A value that SQLite has computed.
fn of_sqlite(value: types::Value) -> Result<Datum, Unevaluable> {
    match value {
        types::Value::Null => Ok(Datum::NULL),
        types::Value::Integer(number) => Ok(Datum::Int(number)),
        types::Value::Real(number) => Datum::double(number),
        types::Value::Text(text) => Ok(Datum::Text(text, evaluate::Collation::LITERAL)),
        types::Value::Blob(bytes) => Ok(Datum::Bytes(bytes, evaluate::Strength::Column)),
    }
}

/// The first row that may come behind these, if there are more.
fn next_window(values: &[AddedValue]) -> Option<i64> {
    let (last, ..) = values.last().filter(|_| values.len() == WINDOW)?;
    last.checked_add(1)
}
