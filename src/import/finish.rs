//! From bare tables full of rows to the finished ones: generated columns, checks, defaults, foreign
//! keys, `AUTO_INCREMENT`, indexes, triggers.
//!
//! Rows went into tables without constraints. What can be changed in the definition alone (checks,
//! defaults, foreign keys) is written into `sqlite_schema`, by the procedure that SQLite documents for
//! that, after each clause was tried on a table in memory and on the rows; what lies otherwise on
//! disk is done by copying the table. A constraint that the rows do not meet is left out and noted.

use rusqlite::Connection;

use super::keys::{self, Index};
use super::layout::{Extras, default_sql, fitted, now_sql};
use super::names::Names;
use super::table::ImportTable;
use crate::dump::{ColumnDefinition, Position, ValueType};
use crate::file::sql::{PROMISED_DEPTH, limit_parser, quoted, why_not};
use crate::load::LoadError;
use crate::load::note::{Note, NoteClass, counted};
use crate::translate;

/// What finishing a table needs to know and to note.
pub(super) struct Finisher<'f> {
    pub(super) connection: &'f Connection,
    /// An empty database to try definitions in.
    pub(super) scratch: Connection,
    pub(super) data_only: bool,
    pub(super) notes: &'f mut Vec<Note>,
}

impl Finisher<'_> {
    pub(super) fn note(
        &mut self,
        table: &ImportTable,
        position: Position,
        class: NoteClass,
        what: &str,
    ) {
        let what = format!("table {}: {what}", table.definition.name);
        self.notes
            .push(Note::new(&table.input, position, class, what));
    }

    /// Brings the table in the file to its last layout.
    pub(super) fn lay_out(
        &mut self,
        table: &mut ImportTable,
        names: &mut Names,
    ) -> Result<(), LoadError> {
        if table.created.is_none() {
            // Nobody gave the columns values, so there is nothing to compare with.
            self.generated_columns(table)?;
            return table.create(self.connection);
        }
        if table.created.as_ref() != Some(&table.layout) {
            table.rebuild(self.connection, names)?;
        }
        let plain = table.layout.clone();
        self.generated_columns(table)?;
        if table.layout == plain {
            return Ok(());
        }
        table.rebuild(self.connection, names)
    }

    /// Makes generated columns computed ones where that gives the values of the dump.
    fn generated_columns(&mut self, table: &mut ImportTable) -> Result<(), LoadError> {
        let definition = table.definition.clone();
        for (index, column) in definition.columns.iter().enumerate() {
            let Some(generated) = &column.generated else {
                continue;
            };
            let position = generated.expression.position;
            match self.generated_sql(table, column, index)? {
                Ok(sql) => {
                    self.note_ascii_case(table, column, &sql)?;
                    table.layout.columns[index].generated = Some((sql, generated.stored));
                }
                Err(reason) if table.given.contains(&column.id) => {
                    let (class, gaps) = self.fill_gaps(table, column, index)?;
                    let what = format!(
                        "column {} holds the values of the dump and is no longer computed{gaps}: \
                         {reason}",
                        column.name
                    );
                    self.note(table, position, class, &what);
                }
                Err(reason) => {
                    let (class, _) = self.fill_gaps(table, column, index)?;
                    let state = match class {
                        NoteClass::Changed => "has been computed once",
                        _ => "is computed by the server and empty here",
                    };
                    let what = format!("column {} {state}: {reason}", column.name);
                    self.note(table, position, class, &what);
                }
            }
        }
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
        let Ok(sql) = translate::expression(&generated.expression, &scope) else {
            return Ok((NoteClass::Lossy, ", and is NULL in rows that give none"));
        };
        let own = quoted(&column.name);
        let mut fill = format!(
            "UPDATE {} SET {own} = {}",
            quoted(&table.name),
            fitted(sql.text, &table.layout.columns[index].kind),
        );
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
        let sql = match translate::expression(&generated.expression, &scope) {
            Ok(sql) => sql.text,
            Err(reason) => return Ok(Err(format!("it uses {reason}"))),
        };
        let sql = fitted(sql, &table.layout.columns[index].kind);
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
                    "SQLite computes another value in {}",
                    counted(count, "row")
                )),
                Err(cause) => Err(why_not(&cause)),
            },
        )
    }

    /// Writes defaults, checks, foreign keys and `AUTOINCREMENT` into the definition, which stands
    /// in this row of `sqlite_schema`.
    pub(super) fn complete(
        &mut self,
        table: &ImportTable,
        schema_row: i64,
        foreign_keys: Vec<String>,
    ) -> Result<(), LoadError> {
        let mut extras = Extras {
            autoincrement: table.layout.rowid.is_some_and(|index| {
                table
                    .definition
                    .columns
                    .get(index)
                    .is_some_and(|column| column.auto_increment)
            }),
            ..Extras::default()
        };
        if !self.data_only {
            extras.defaults = self.defaults(table);
            extras.constraints = self.checks(table)?;
            extras.constraints.extend(foreign_keys);
        }
        let bare = table.layout.create_sql(&table.name, &Extras::default());
        let full = table.layout.create_sql(&table.name, &extras);
        if full == bare {
            return Ok(());
        }
        self.try_table(&full)
            .map_err(|cause| table.wrong(table.definition.position, cause))?;
        self.connection
            .execute(
                "UPDATE sqlite_schema SET sql = ?1 WHERE rowid = ?2",
                (&full, schema_row),
            )
            .map_err(|cause| table.sqlite(&cause))?;
        if extras.autoincrement {
            self.next_number(table)?;
        }
        Ok(())
    }

    /// `AUTO_INCREMENT` goes on where the server would.
    fn next_number(&self, table: &ImportTable) -> Result<(), LoadError> {
        let Some(rowid) = table.layout.rowid else {
            return Ok(());
        };
        let option = table.definition.auto_increment.unwrap_or(0);
        let option = i64::try_from(option.saturating_sub(1)).unwrap_or(i64::MAX);
        let given = table.next_number.unwrap_or(0).saturating_sub(1);
        let last = option.max(given);
        let sql = format!(
            "INSERT INTO sqlite_sequence (name, seq) \
             SELECT ?1, max(?2, coalesce((SELECT max({}) FROM {}), 0))",
            quoted(&table.layout.columns[rowid].name),
            quoted(&table.name)
        );
        self.connection
            .execute(&sql, (&table.name, last))
            .map_err(|cause| table.sqlite(&cause))?;
        Ok(())
    }

    fn defaults(&mut self, table: &ImportTable) -> Vec<Option<String>> {
        let mut defaults = Vec::new();
        for (index, column) in table.layout.columns.iter().enumerate() {
            let definition = table.definition.columns.get(index);
            let sql =
                definition.map_or(Ok(None), |definition| default_sql(definition, &column.kind));
            let sql = sql.and_then(|sql| {
                let Some(sql) = sql else { return Ok(None) };
                self.try_table(&format!("CREATE TABLE t (c DEFAULT {sql})"))
                    .map(|()| Some(sql))
            });
            defaults.push(sql.unwrap_or_else(|reason| {
                let what = format!("column {}: its DEFAULT is left out: {reason}", column.name);
                self.note(table, table.definition.position, NoteClass::Lossy, &what);
                None
            }));
        }
        defaults
    }

    /// The checks that SQLite understands and the rows meet.
    fn checks(&mut self, table: &ImportTable) -> Result<Vec<String>, LoadError> {
        let mut kept = Vec::new();
        let scope = table.layout.scope(&table.definition.name);
        for check in &table.definition.checks {
            let position = check.expression.position;
            if !check.enforced {
                self.note(
                    table,
                    position,
                    NoteClass::Skipped,
                    "a CHECK that is NOT ENFORCED",
                );
                continue;
            }
            let clause = translate::expression(&check.expression, &scope)
                .map_err(|reason| format!("it uses {reason}"))
                .and_then(|sql| self.tried_check(table, &sql.text));
            match clause {
                Ok(clause) => kept.push(match &check.name {
                    Some(name) => format!("CONSTRAINT {} {clause}", quoted(name)),
                    None => clause,
                }),
                Err(reason) => {
                    let what = format!("CHECK ({}) is left out: {reason}", check.expression.text);
                    self.note(table, position, NoteClass::Lossy, &what);
                }
            }
        }
        for (index, column) in table.layout.columns.iter().enumerate() {
            let definition = table.definition.columns.get(index);
            let json = definition.is_some_and(|column| column.column_type.name == "JSON");
            let Some(sql) = keys::type_check(&column.name, &column.kind, json) else {
                continue;
            };
            // A server that is not strict stores '' for a value that is none of the members.
            let lenient = format!("{sql} OR {} = ''", quoted(&column.name));
            match self.tried_check(table, &sql) {
                Ok(clause) => kept.push(clause),
                Err(_) if !json && self.tried_check(table, &lenient).is_ok() => {
                    let what = format!(
                        "column {}: its CHECK allows '', which some rows hold",
                        column.name
                    );
                    self.note(table, table.definition.position, NoteClass::Changed, &what);
                    kept.push(format!("CHECK ({lenient})"));
                }
                Err(reason) => {
                    let what = format!("column {}: its CHECK is left out: {reason}", column.name);
                    self.note(table, table.definition.position, NoteClass::Lossy, &what);
                }
            }
        }
        Ok(kept)
    }

    /// `CHECK (sql)` if SQLite takes it and no row contradicts it.
    fn tried_check(&self, table: &ImportTable, sql: &str) -> Result<String, String> {
        let clause = format!("CHECK ({sql})");
        let extras = Extras {
            constraints: vec![clause.clone()],
            ..Extras::default()
        };
        self.try_table(&table.layout.create_sql("t", &extras))?;
        let count = format!(
            "SELECT count(*) FROM {} WHERE NOT ({sql})",
            quoted(&table.name)
        );
        let broken: u64 = self
            .connection
            .query_row(&count, [], |row| row.get(0))
            .map_err(|cause| why_not(&cause))?;
        if broken > 0 {
            return Err(format!("{} against it", counted(broken, "row")));
        }
        Ok(clause)
    }

    fn try_table(&self, sql: &str) -> Result<(), String> {
        self.scratch
            .execute_batch(&format!("SAVEPOINT t; {sql}; ROLLBACK TO t; RELEASE t"))
            .map_err(|cause| {
                drop(self.scratch.execute_batch("ROLLBACK TO t; RELEASE t"));
                why_not(&cause)
            })
    }

    /// `ON UPDATE CURRENT_TIMESTAMP`, as a trigger: when another column changes and this one does
    /// not.
    pub(super) fn update_triggers(
        &mut self,
        table: &ImportTable,
        names: &mut Names,
    ) -> Vec<String> {
        let mut triggers = Vec::new();
        // A column may have the name by which SQLite knows a row.
        let free = |name: &&str| table.layout.index_of(name).is_none();
        let row = match table.layout.rowid {
            Some(index) => Some(quoted(&table.layout.columns[index].name)),
            None => ["rowid", "_rowid_", "oid"]
                .into_iter()
                .find(free)
                .map(str::to_owned),
        };
        let columns = table.definition.columns.iter();
        for column in columns.filter(|column| column.on_update) {
            let Some(row) = &row else {
                let what = format!(
                    "ON UPDATE of column {} is left out: columns have all the names by which SQLite \
                     knows a row",
                    column.name
                );
                self.note(table, table.definition.position, NoteClass::Lossy, &what);
                continue;
            };
            let others: Vec<String> = table
                .layout
                .columns
                .iter()
                .filter(|other| other.name != column.name && other.generated.is_none())
                .map(|other| {
                    let name = quoted(&other.name);
                    format!("NEW.{name} IS NOT OLD.{name}")
                })
                .collect();
            let Some(kind) =
                ValueType::of(column, &table.definition).filter(|_| !others.is_empty())
            else {
                continue;
            };
            let own = quoted(&column.name);
            triggers.push(format!(
                "CREATE TRIGGER {} AFTER UPDATE ON {table} FOR EACH ROW WHEN NEW.{own} IS OLD.{own} \
                 AND ({}) BEGIN UPDATE {table} SET {own} = {} WHERE {row} = NEW.{row}; END",
                quoted(&names.take(&format!("{}_{}_on_update", table.name, column.name))),
                others.join(" OR "),
                now_sql(&kind),
                table = quoted(&table.name),
            ));
        }
        triggers
    }

    /// The secondary keys as indexes; what cannot be one is noted.
    pub(super) fn indexes(&mut self, table: &ImportTable) -> Vec<(Index, Position)> {
        let mut indexes = Vec::new();
        if let Some(primary) = keys::primary_index(table) {
            let what = "the primary key is over a computed column or the first characters of one; \
                        it is a unique index here";
            self.note(table, table.definition.position, NoteClass::Changed, what);
            indexes.push((primary, table.definition.position));
        }
        for key in &table.definition.keys {
            if keys::is_rowid(table, key) {
                continue;
            }
            match keys::index(table, key) {
                Ok(index) => indexes.push((index, key.position)),
                Err(reason) => {
                    let what = format!("key {} is left out: {reason}", keys::key_name(key));
                    self.note(table, key.position, NoteClass::Lossy, &what);
                }
            }
        }
        indexes
    }

    /// Values that are not the dump's.
    fn note_settled(&mut self, table: &ImportTable) {
        for ((column, what), (count, input, position)) in &table.settled {
            let what = format!(
                "table {}, column {column}: {} {what}, here the first",
                table.definition.name,
                counted(*count, "value"),
            );
            self.notes
                .push(Note::new(input, *position, NoteClass::Changed, what));
        }
    }

    /// Where the new table differs from the definition.
    pub(super) fn note_changes(&mut self, table: &ImportTable) {
        let position = table.definition.position;
        for omitted in &table.definition.omitted {
            let what = format!("made without {omitted}");
            self.note(table, position, NoteClass::Lossy, &what);
        }
        let mut decimals = Vec::new();
        let mut differences = Vec::new();
        for (column, own) in table.definition.columns.iter().zip(&table.layout.columns) {
            let name = &column.name;
            if matches!(own.kind, ValueType::Decimal(_)) {
                decimals.push(name.as_str());
            }
            if table.widened.contains(&column.id) {
                let what = format!("column {name} is TEXT, because it holds a number above 2^63-1");
                differences.push((NoteClass::Changed, what));
            }
            if column.column_type.zerofill {
                let what = format!("column {name} loses ZEROFILL, which only pads what is shown");
                differences.push((NoteClass::Changed, what));
            }
            if column.auto_increment && !table.is_rowid(column) {
                let what = format!(
                    "column {name} loses AUTO_INCREMENT, which SQLite has for primary keys only"
                );
                differences.push((NoteClass::Lossy, what));
            }
        }
        if !decimals.is_empty() {
            let what = format!(
                "every digit of DECIMAL is kept as TEXT, to be cast for comparing and sorting by \
                 value: {}",
                decimals.join(", ")
            );
            self.note(table, position, NoteClass::Changed, &what);
        }
        for (class, what) in differences {
            self.note(table, position, class, &what);
        }
        self.note_settled(table);
    }
}
