//! The values of generated columns, computed by the evaluator row by row, where the dump leaves them out.
//!
//! All values of a column or none: nothing is stored before all are known. What becomes of a column whose values are not
//! known, and whether it stays computed, is `generated`'s; when an `ALTER` needs them earlier, `rebuild` asks.

use rusqlite::{Connection, types};

use super::computed::{stored, value_of};
use super::names::Names;
use super::row_values::{self, RowValues};
use super::table::ImportTable;
use crate::dump::{ColumnDefinition, Generated, TableDefinition};
use crate::evaluate::{self, Formula};
use crate::file::sql::quoted;
use crate::load::LoadError;

/// What is said of values that are lost where their column is no longer computed.
const UNKNOWN: &str = "of a generated column whose expression is not known, stored as NULL";

/// Rows whose values are in memory at a time.
const WINDOW: usize = 4096;

/// Where the values of a generated column come from.
pub(super) enum Values {
    /// There are no rows, or the dump gives all.
    Dump,
    /// The evaluator computed those that the dump leaves out.
    Computed,
    /// The evaluator does not know them, for this reason.
    Unknown(String),
}

/// Values that the evaluator knows.
struct KnownValues {
    /// Some are text: in a column of numbers, numbers above 2^63-1.
    large: bool,
    /// All of them, if they are few.
    all: Option<Vec<(i64, types::Value)>>,
}

impl ImportTable {
    /// Before an `ALTER`: columns that are no longer computed keep the values that a server has stored for them, and
    /// those that are computed otherwise have none yet.
    pub(super) fn settle_generated(
        &mut self,
        connection: &Connection,
        names: &mut Names,
        new: &TableDefinition,
    ) -> Result<(), LoadError> {
        let changed = |column: &ColumnDefinition| {
            let mut columns = new.columns.iter();
            columns.find(|other| other.id == column.id).cloned()
        };
        let stops = |column: &ColumnDefinition| {
            let plain = changed(column).is_some_and(|other| other.generated.is_none());
            column.generated.is_some() && plain
        };
        let last = self.definition.columns.iter().rposition(stops);
        if let Some(last) = last
            && self.created.is_some()
        {
            if self.created.as_ref() != Some(&self.layout) {
                self.rebuild(connection, names)?;
            }
            // It may be computed from others in front of it.
            for index in 0..=last {
                let column = self.definition.columns[index].clone();
                if !self.keep_computed(connection, names, index)? && stops(&column) {
                    self.settle_altered(index, UNKNOWN, self.rows);
                }
            }
        }
        for column in self.definition.columns.clone() {
            if changed(&column).is_some_and(|other| is_recomputed(&column, &other)) {
                self.given.remove(&column.id);
                self.absent.remove(&column.id);
            }
        }
        Ok(())
    }

    /// Stores the values of the column at `index` if it is computed; whether they are known.
    fn keep_computed(
        &mut self,
        connection: &Connection,
        names: &mut Names,
        index: usize,
    ) -> Result<bool, LoadError> {
        let column = &self.definition.columns[index];
        let Some(generated) = &column.generated else {
            return Ok(true);
        };
        let Ok(formula) = evaluate::parse(&generated.expression) else {
            return Ok(self.rows == 0 || is_whole(self, column));
        };
        let values = self.compute(connection, names, index, &formula)?;
        Ok(!matches!(values, Values::Unknown(_)))
    }

    /// Computes the values that the dump leaves out, and stores them.
    pub(super) fn compute(
        &mut self,
        connection: &Connection,
        names: &mut Names,
        index: usize,
        formula: &Formula,
    ) -> Result<Values, LoadError> {
        let Some(column) = self.definition.columns.get(index).cloned() else {
            return Ok(Values::Dump);
        };
        let column = &column;
        if self.rows == 0 || self.created.is_none() || is_whole(self, column) {
            return Ok(Values::Dump);
        }
        let Some(row) = self.row_name() else {
            return Ok(Values::Unknown("a row without a name".to_owned()));
        };
        // All values of a column or none: nothing is stored before all are known.
        let known = self.known_values(connection, index, formula, &row);
        let mut known = match known.map_err(|cause| self.sqlite(&cause))? {
            Ok(known) => known,
            Err(reason) => return Ok(Values::Unknown(reason)),
        };
        if known.large && self.layout.columns[index].storage == "INTEGER" {
            self.widened.insert(column.id);
            self.redefine(self.definition.clone())?;
            self.rebuild(connection, names)?;
            known.all = None;
        }
        let mut from = Some(i64::MIN);
        while let Some(start) = from {
            let computed = match known.all.take() {
                Some(all) => all,
                None => self
                    .computed_values(connection, index, formula, &row, start)
                    .map_err(|cause| self.sqlite(&cause))?
                    .unwrap_or_default(),
            };
            from = next_window(&computed);
            self.store_computed(connection, column, &row, computed)
                .map_err(|cause| self.sqlite(&cause))?;
        }
        self.given.insert(column.id);
        self.absent.remove(&column.id);
        Ok(Values::Computed)
    }

    /// Whether all values are known; why not otherwise.
    fn known_values(
        &self,
        connection: &Connection,
        index: usize,
        formula: &Formula,
        row_name: &str,
    ) -> rusqlite::Result<Result<KnownValues, String>> {
        let mut large = false;
        let mut start = i64::MIN;
        loop {
            let computed =
                match self.computed_values(connection, index, formula, row_name, start)? {
                    Ok(computed) => computed,
                    Err(reason) => return Ok(Err(reason)),
                };
            let text = |(_, value): &(i64, types::Value)| matches!(value, types::Value::Text(_));
            large |= computed.iter().any(text);
            match next_window(&computed) {
                Some(next) => start = next,
                None => {
                    let all = (start == i64::MIN).then_some(computed);
                    return Ok(Ok(KnownValues { large, all }));
                }
            }
        }
    }

    fn store_computed(
        &self,
        connection: &Connection,
        column: &ColumnDefinition,
        row_name: &str,
        computed: Vec<(i64, types::Value)>,
    ) -> rusqlite::Result<()> {
        let update = format!(
            "UPDATE {} SET {} = ?1 WHERE {row_name} = ?2",
            quoted(&self.name),
            quoted(&column.name)
        );
        let mut update = connection.prepare_cached(&update)?;
        for (id, value) in computed {
            update.execute((value, id))?;
        }
        Ok(())
    }

    /// The values of the next rows that have none, with the rows' names in SQLite; why one is not known otherwise.
    fn computed_values(
        &self,
        connection: &Connection,
        index: usize,
        formula: &Formula,
        row_name: &str,
        from: i64,
    ) -> rusqlite::Result<Result<Vec<(i64, types::Value)>, String>> {
        let columns = &self.layout.columns;
        let names: Vec<String> = columns.iter().map(|column| quoted(&column.name)).collect();
        let select = format!(
            "SELECT {row_name}, {} FROM {} WHERE {} IS NULL AND {row_name} >= ?1 \
             ORDER BY {row_name} LIMIT {WINDOW}",
            names.join(", "),
            quoted(&self.name),
            quoted(&columns[index].name)
        );
        let mut statement = connection.prepare_cached(&select)?;
        let mut rows = statement.query([from])?;
        let mut computed = Vec::new();
        while let Some(row) = rows.next()? {
            let mut values = RowValues {
                columns: Vec::with_capacity(columns.len()),
            };
            for (at, column) in columns.iter().enumerate() {
                let datum = row_values::datum(self, at, row.get_ref(at + 1)?);
                values.columns.push((column.name.clone(), datum));
            }
            let datum = formula.evaluate(&values);
            let value = datum.and_then(|datum| stored(&datum, &columns[index].kind));
            let value = value.map(|value| match self.cut(index, &value) {
                Some(cut) => cut.value,
                None => value,
            });
            match value {
                Ok(value) => computed.push((
                    row.get(0)?,
                    match value_of(value) {
                        types::Value::Integer(number) if columns[index].storage == "TEXT" => {
                            types::Value::Text(number.to_string())
                        }
                        value => value,
                    },
                )),
                Err(reason) => return Ok(Err(reason)),
            }
        }
        Ok(Ok(computed))
    }
}

/// Whether a column gets new values because it is computed now, or otherwise than before. One whose expression only
/// calls columns by new names is not.
pub(super) fn is_recomputed(before: &ColumnDefinition, after: &ColumnDefinition) -> bool {
    let source = |generated: &Generated| {
        let expression = &generated.expression;
        (expression.position, expression.text.clone())
    };
    match (before.generated.as_ref(), after.generated.as_ref()) {
        (None, Some(_)) => true,
        (Some(before), Some(after)) => {
            let ((was_at, was), (is_at, is)) = (source(before), source(after));
            was_at != is_at && was != is
        }
        _ => false,
    }
}

/// Whether the dump gives the values of all rows.
pub(super) fn is_whole(table: &ImportTable, column: &ColumnDefinition) -> bool {
    table.given.contains(&column.id) && !table.absent.contains(&column.id)
}

/// The first row that may come behind these, if there are more.
fn next_window(computed: &[(i64, types::Value)]) -> Option<i64> {
    let (last, _) = computed.last().filter(|_| computed.len() == WINDOW)?;
    last.checked_add(1)
}
