//! Generated columns: their values are those that the server computes, and they stay computed only where SQLite
//! gives the same by its rules.
//!
//! The dump has the values or leaves them out; those that it leaves out the evaluator computes (`generated_values`). A
//! column whose expression SQLite computes by other rules becomes an ordinary one with these values, noted. What
//! the evaluator does not know SQLite computes, noted as well.

use rusqlite::Connection;

use super::by_rule;
use super::finish::Finisher;
use super::generated_values::{Values, is_whole};
use super::layout::{Extras, stored_sql};
use super::names::Names;
use super::table::ImportTable;
use crate::dump::ColumnDefinition;
use crate::evaluate;
use crate::file::sql::{PROMISED_DEPTH, limit_parser, quoted, why_not};
use crate::load::LoadError;
use crate::load::note::{NoteClass, counted};
use crate::translate;

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
                Ok(formula) => table.compute(self.connection, names, index, formula)?,
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
