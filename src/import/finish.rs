//! From bare tables full of rows to the finished ones: generated columns, checks, defaults, foreign
//! keys, `AUTO_INCREMENT`, indexes, triggers.
//!
//! Rows went into tables without constraints. What can be changed in the definition alone (checks,
//! defaults, foreign keys) is written into `sqlite_schema`, by the procedure that SQLite documents for
//! that, after each clause was tried on a table in memory and on the rows; what lies otherwise on
//! disk is done by copying the table. A constraint that the rows do not meet is left out and noted.

use rusqlite::Connection;

use super::keys::{self, Index};
use super::layout::{Extras, default_sql, now_sql};
use super::names::Names;
use super::table::ImportTable;
use crate::dump::{Position, ValueType};
use crate::file::sql::{quoted, why_not};
use crate::load::LoadError;
use crate::load::note::{ChangedColumn, Note, NoteClass, ValueNotes, counted};
use crate::translate;

/// What finishing a table needs to know and to note.
pub(super) struct Finisher<'f> {
    pub(super) connection: &'f Connection,
    /// An empty database to try definitions in.
    pub(super) scratch: Connection,
    pub(super) data_only: bool,
    pub(super) notes: &'f mut Vec<Note>,
    /// Values that are not the dump's.
    pub(super) values: &'f mut ValueNotes,
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
            self.generated_columns(table, names)?;
            return table.create(self.connection);
        }
        if table.created.as_ref() != Some(&table.layout) {
            table.rebuild(self.connection, names)?;
        }
        let plain = table.layout.clone();
        self.generated_columns(table, names)?;
        if table.layout == plain {
            return Ok(());
        }
        table.rebuild(self.connection, names)
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
            if let Ok(Some(sql)) = &sql
                && table.layout.rowid == Some(index)
            {
                let what = format!(
                    "column {}: SQLite numbers rows that lack it, whatever its DEFAULT is: {sql}",
                    column.name
                );
                self.note(table, table.definition.position, NoteClass::Changed, &what);
                defaults.push(None);
                continue;
            }
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
                .and_then(|sql| sql.condition())
                .map_err(|reason| format!("it uses {reason}"))
                .and_then(|sql| self.tried_check(table, &sql));
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

    pub(super) fn try_table(&self, sql: &str) -> Result<(), String> {
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
        let row = table.row_name();
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
            let of = ChangedColumn {
                input: input.clone(),
                table: table.definition.name.clone(),
                column: column.clone(),
                what: what.clone(),
            };
            self.values.add(of, *count, *position);
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
            if table.widened.contains(&column.id) && own.kind.is_above_i64() {
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
