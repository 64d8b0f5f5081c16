//! Generated columns: their values are those that the server computes, and they stay computed only where SQLite
//! gives the same by its rules.
//!
//! The dump has the values or leaves them out; those that it leaves out the evaluator computes, row by row. A
//! column whose expression SQLite computes by other rules becomes an ordinary one with these values, noted. What
//! the evaluator does not know SQLite computes, noted as well.

use rusqlite::{Connection, types};

use super::by_rule;
use super::computed::{stored, value_of};
use super::finish::Finisher;
use super::layout::{Extras, stored_sql};
use super::names::Names;
use super::row_values::{self, RowValues};
use super::table::ImportTable;
use crate::dump::ColumnDefinition;
use crate::evaluate::{self, Formula};
use crate::file::sql::{PROMISED_DEPTH, limit_parser, quoted, why_not};
use crate::load::LoadError;
use crate::load::note::{NoteClass, counted};
use crate::translate;

/// Rows whose values are in memory at a time.
const WINDOW: usize = 4096;

/// Where the values of a generated column come from.
enum Values {
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

impl Finisher<'_> {
    /// Gives generated columns their values, and makes computed ones of those that SQLite computes alike.
    pub(super) fn generated_columns(
        &mut self,
        table: &mut ImportTable,
        names: &mut Names,
    ) -> Result<(), LoadError> {
        let definition = table.definition.clone();
        for (index, column) in definition.columns.iter().enumerate() {
            let Some(generated) = &column.generated else {
                continue;
            };
            let position = generated.expression.position;
            let formula = evaluate::parse(&generated.expression);
            let values = match &formula {
                Ok(formula) => self.compute(table, names, index, formula)?,
                Err(reason) if table.rows > 0 && !is_whole(table, column) => {
                    Values::Unknown(reason.clone())
                }
                Err(_) => Values::Dump,
            };
            let rule = formula
                .and_then(|formula| by_rule::same(&formula, &table.definition))
                .map_err(|reason| format!("it uses {reason}"));
            let (sql, values) = (self.generated_sql(table, column, index)?, values);
            match (sql, rule, values) {
                (Ok(sql), Ok(()), _) => {
                    table.layout.columns[index].generated = Some((sql, generated.stored));
                }
                (Ok(sql), Err(_), Values::Unknown(reason)) => {
                    self.note_ascii_case(table, column, &sql)?;
                    table.layout.columns[index].generated = Some((sql, generated.stored));
                    let what = format!(
                        "column {} is computed by SQLite, which may give other values than the \
                         server: it uses {reason}",
                        column.name
                    );
                    self.note(table, position, NoteClass::Lossy, &what);
                }
                (sql, rule, values) => {
                    let mut reason = sql.err().or(rule.err()).unwrap_or_default();
                    if let Values::Unknown(unknown) = &values {
                        reason.push_str(&format!("; its values are not known: it uses {unknown}"));
                    }
                    self.note_plain(table, column, index, &values, &reason)?;
                }
            }
        }
        Ok(())
    }

    /// Notes that a generated column is an ordinary one here.
    fn note_plain(
        &mut self,
        table: &ImportTable,
        column: &ColumnDefinition,
        index: usize,
        values: &Values,
        reason: &str,
    ) -> Result<(), LoadError> {
        let Some(generated) = &column.generated else {
            return Ok(());
        };
        let (class, state) = match values {
            Values::Computed => (
                NoteClass::Changed,
                "holds the values that the server computes and is no longer computed".to_owned(),
            ),
            Values::Dump if table.rows == 0 => {
                (NoteClass::Changed, "is no longer computed".to_owned())
            }
            _ if table.given.contains(&column.id) => {
                let (class, gaps) = self.fill_gaps(table, column, index)?;
                (
                    class,
                    format!("holds the values of the dump and is no longer computed{gaps}"),
                )
            }
            _ => match self.fill_gaps(table, column, index)?.0 {
                NoteClass::Changed => (
                    NoteClass::Lossy,
                    "has been computed once, by SQLite, which may differ from the server"
                        .to_owned(),
                ),
                class => (class, "is computed by the server and empty here".to_owned()),
            },
        };
        let what = format!("column {} {state}: {reason}", column.name);
        self.note(table, generated.expression.position, class, &what);
        Ok(())
    }

    /// Computes the values that the dump leaves out, and stores them.
    fn compute(
        &self,
        table: &mut ImportTable,
        names: &mut Names,
        index: usize,
        formula: &Formula,
    ) -> Result<Values, LoadError> {
        let Some(column) = table.definition.columns.get(index).cloned() else {
            return Ok(Values::Dump);
        };
        let column = &column;
        if table.rows == 0 || table.created.is_none() || is_whole(table, column) {
            return Ok(Values::Dump);
        }
        let Some(row) = table.row_name() else {
            return Ok(Values::Unknown("a row without a name".to_owned()));
        };
        // All values of a column or none: nothing is stored before all are known.
        let known = self.known_values(table, index, formula, &row);
        let mut known = match known.map_err(|cause| table.sqlite(&cause))? {
            Ok(known) => known,
            Err(reason) => return Ok(Values::Unknown(reason)),
        };
        if known.large && table.layout.columns[index].storage == "INTEGER" {
            table.widened.insert(column.id);
            table.redefine(table.definition.clone())?;
            table.rebuild(self.connection, names)?;
            known.all = None;
        }
        let mut from = Some(i64::MIN);
        while let Some(start) = from {
            let computed = match known.all.take() {
                Some(all) => all,
                None => self
                    .computed_values(table, index, formula, &row, start)
                    .map_err(|cause| table.sqlite(&cause))?
                    .unwrap_or_default(),
            };
            from = next_window(&computed);
            self.store_computed(table, column, &row, computed)
                .map_err(|cause| table.sqlite(&cause))?;
        }
        table.given.insert(column.id);
        table.absent.remove(&column.id);
        Ok(Values::Computed)
    }

    /// Whether all values are known; why not otherwise.
    fn known_values(
        &self,
        table: &ImportTable,
        index: usize,
        formula: &Formula,
        row_name: &str,
    ) -> rusqlite::Result<Result<KnownValues, String>> {
        let mut large = false;
        let mut start = i64::MIN;
        loop {
            let computed = match self.computed_values(table, index, formula, row_name, start)? {
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
        table: &ImportTable,
        column: &ColumnDefinition,
        row_name: &str,
        computed: Vec<(i64, types::Value)>,
    ) -> rusqlite::Result<()> {
        let update = format!(
            "UPDATE {} SET {} = ?1 WHERE {row_name} = ?2",
            quoted(&table.name),
            quoted(&column.name)
        );
        let mut update = self.connection.prepare_cached(&update)?;
        for (id, value) in computed {
            update.execute((value, id))?;
        }
        Ok(())
    }

    /// The values of the next rows that have none, with the rows' names in SQLite; why one is not known otherwise.
    fn computed_values(
        &self,
        table: &ImportTable,
        index: usize,
        formula: &Formula,
        row_name: &str,
        from: i64,
    ) -> rusqlite::Result<Result<Vec<(i64, types::Value)>, String>> {
        let columns = &table.layout.columns;
        let names: Vec<String> = columns.iter().map(|column| quoted(&column.name)).collect();
        let select = format!(
            "SELECT {row_name}, {} FROM {} WHERE {} IS NULL AND {row_name} >= ?1 \
             ORDER BY {row_name} LIMIT {WINDOW}",
            names.join(", "),
            quoted(&table.name),
            quoted(&columns[index].name)
        );
        let mut statement = self.connection.prepare_cached(&select)?;
        let mut rows = statement.query([from])?;
        let mut computed = Vec::new();
        while let Some(row) = rows.next()? {
            let mut values = RowValues {
                columns: Vec::with_capacity(columns.len()),
            };
            for (at, column) in columns.iter().enumerate() {
                let datum = row_values::datum(table, at, row.get_ref(at + 1)?);
                values.columns.push((column.name.clone(), datum));
            }
            let datum = formula.evaluate(&values);
            let value = datum.and_then(|datum| stored(&datum, &columns[index].kind));
            let value = value.map(|value| match table.cut(index, &value) {
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

    /// SQLite's `lower` and `upper` change ASCII letters only: notes where that makes a difference.
    fn note_ascii_case(
        &mut self,
        table: &ImportTable,
        column: &ColumnDefinition,
        sql: &str,
    ) -> Result<(), LoadError> {
        if table.given.contains(&column.id) || !translate::changes_case(sql) {
            return Ok(());
        }
        let count = format!(
            "SELECT count(*) FROM {} WHERE length({sql}) <> length(CAST({sql} AS BLOB))",
            quoted(&table.name)
        );
        let others: u64 = if table.created.is_none() {
            0
        } else {
            let counted = self.connection.query_row(&count, [], |row| row.get(0));
            counted.map_err(|cause| table.sqlite(&cause))?
        };
        if others > 0 {
            let what = format!(
                "column {} is computed with SQLite's lower() or upper(), which change ASCII letters \
                 only; {} with others",
                column.name,
                counted(others, "row")
            );
            let position = table.definition.position;
            self.note(table, position, NoteClass::Lossy, &what);
        }
        Ok(())
    }

    /// Computes the values of a generated column where the dump gives some and not others.
    fn fill_gaps(
        &self,
        table: &ImportTable,
        column: &ColumnDefinition,
        index: usize,
    ) -> Result<(NoteClass, &'static str), LoadError> {
        let Some(generated) = &column.generated else {
            return Ok((NoteClass::Changed, ""));
        };
        if !table.absent.contains(&column.id) {
            return Ok((NoteClass::Changed, ""));
        }
        let scope = table.layout.scope(&table.definition.name);
        let kind = &table.layout.columns[index].kind;
        let sql = translate::expression(&generated.expression, &scope);
        let Ok(sql) = sql.and_then(|sql| stored_sql(&sql, kind)) else {
            return Ok((NoteClass::Lossy, ", and is NULL in rows that give none"));
        };
        let own = quoted(&column.name);
        let mut fill = format!("UPDATE {} SET {own} = {sql}", quoted(&table.name));
        if table.given.contains(&column.id) {
            fill.push_str(&format!(" WHERE {own} IS NULL"));
        }
        // What no file can hold may be computed all the same.
        let unlimited = self.unlimited(|connection| connection.execute(&fill, []));
        match unlimited {
            Ok(_) => Ok((NoteClass::Changed, ", but in rows that give none")),
            Err(_) => Ok((NoteClass::Lossy, ", and is NULL in rows that give none")),
        }
    }

    /// Does what no file has to hold, without the limits of the promised SQLite.
    fn unlimited<T>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> rusqlite::Result<T> {
        limit_parser(self.connection, i32::MAX)?;
        let done = work(self.connection);
        limit_parser(self.connection, PROMISED_DEPTH)?;
        done
    }

    /// The SQL of a generated column, or why it has to be a plain one.
    fn generated_sql(
        &self,
        table: &ImportTable,
        column: &ColumnDefinition,
        index: usize,
    ) -> Result<Result<String, String>, LoadError> {
        let Some(generated) = &column.generated else {
            return Ok(Err(String::new()));
        };
        let scope = table.layout.scope(&table.definition.name);
        let kind = &table.layout.columns[index].kind;
        let sql = translate::expression(&generated.expression, &scope);
        let sql = match sql.and_then(|sql| stored_sql(&sql, kind)) {
            Ok(sql) => sql,
            Err(reason) => return Ok(Err(format!("it uses {reason}"))),
        };
        // Tried alone: SQLite refuses what may change by itself, as CURRENT_TIMESTAMP does.
        let mut layout = table.layout.clone();
        layout.columns[index].generated = Some((sql.clone(), generated.stored));
        if let Err(cause) = self.try_table(&layout.create_sql("t", &Extras::default())) {
            return Ok(Err(cause));
        }
        if table.rows == 0 {
            return Ok(Ok(sql));
        }
        let own = quoted(&column.name);
        let storage = table.layout.columns[index].storage;
        let differs = if table.given.contains(&column.id) {
            let gaps = if table.absent.contains(&column.id) {
                format!(" AND {own} IS NOT NULL")
            } else {
                String::new()
            };
            format!("CAST({own} AS {storage}) IS NOT CAST(({sql}) AS {storage}){gaps}")
        } else {
            // Values that the column could not hold would stop the copying.
            let class = match storage {
                "INTEGER" => "'integer', 'null'",
                "REAL" => "'integer', 'real', 'null'",
                "BLOB" => "'blob', 'null'",
                _ => "'integer', 'real', 'text', 'null'",
            };
            format!("typeof({sql}) NOT IN ({class})")
        };
        let count = format!(
            "SELECT count(*) FROM {} WHERE {differs}",
            quoted(&table.name)
        );
        Ok(
            match self.connection.query_row(&count, [], |row| row.get(0)) {
                Ok(0_u64) => Ok(sql),
                Ok(count) => Err(format!(
                    "SQLite computes {} in {}",
                    if table.given.contains(&column.id) {
                        "another value"
                    } else {
                        "a value of another type"
                    },
                    counted(count, "row")
                )),
                Err(cause) => Err(why_not(&cause)),
            },
        )
    }
}

/// Whether the dump gives the values of all rows.
fn is_whole(table: &ImportTable, column: &ColumnDefinition) -> bool {
    table.given.contains(&column.id) && !table.absent.contains(&column.id)
}

/// The first row that may come behind these, if there are more.
fn next_window(computed: &[(i64, types::Value)]) -> Option<i64> {
    let (last, _) = computed.last().filter(|_| computed.len() == WINDOW)?;
    last.checked_add(1)
}
