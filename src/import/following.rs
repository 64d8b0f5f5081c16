//! What foreign keys do to the rows of children when those of a parent go, by `DELETE` or `REPLACE`:
//! `ON DELETE CASCADE` and `SET NULL`.
//!
//! Only where SQLite finds the rows that a server would find; of a key for which that is not known a note says that it is
//! not followed. Keys without an action keep rows on a server, which is an error there. It must not decide which rows of
//! the parent go.

use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

use super::changes::{acts, remove};
use super::dumped_tables::ImportStorage;
use super::script::{Obstacle, ScriptPlace};
use super::table::{self, ImportTable};
use crate::dump::{ForeignKey, KeyPart, ValueType};
use crate::file::sql::quoted;
use crate::load::LoadError;
use crate::load::note::NoteClass;

/// Parameters of a statement; SQLite's limit is 32,766.
pub(super) const PARAMETERS: usize = 2000;

/// What becomes of a row of a parent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum KeyEvent {
    /// It goes.
    Gone,
    /// It gets another key.
    Changed,
}

/// A foreign key that acts on an event: the tables, and the columns in pairs.
pub(super) struct ActingKey {
    pub(super) child: usize,
    key: ForeignKey,
    /// `CASCADE`, `SET NULL` or `SET DEFAULT`
    pub(super) action: String,
    /// Those of the child and of the parent; nothing if one is not there.
    pub(super) pairs: Option<ColumnPairs>,
}

/// Columns of a child, each with that of the parent to which it refers.
type ColumnPairs = Vec<(usize, usize)>;

/// Rows that are gone: all cells, of which those that no key refers to are NULL.
type GoneRows = Vec<Vec<Value>>;

impl ActingKey {
    fn of(
        child: (usize, &ImportTable),
        key: &ForeignKey,
        action: &str,
        parent: &ImportTable,
    ) -> Self {
        let primary = || {
            let parts = parent.definition.primary_key.iter();
            parts.filter_map(KeyPart::column).map(str::to_owned)
        };
        let referred: Vec<String> = if key.parent_columns.is_empty() {
            primary().collect()
        } else {
            key.parent_columns.clone()
        };
        let pairs = key.columns.iter().zip(&referred).map(|(own, referred)| {
            let own = child.1.layout.index_of(own)?;
            Some((own, parent.layout.index_of(referred)?))
        });
        let pairs: Option<Vec<(usize, usize)>> = pairs.collect();
        Self {
            child: child.0,
            key: key.clone(),
            action: action.to_owned(),
            pairs: pairs.filter(|pairs| !pairs.is_empty() && pairs.len() == referred.len()),
        }
    }
}

impl ImportStorage<'_> {
    /// The keys by which rows of other tables, or of the same one, go or change with those of the table at `index`.
    pub(super) fn acting_keys(&self, index: usize, event: KeyEvent) -> Vec<ActingKey> {
        let parent = &self.tables[index];
        if parent.definition.lasting {
            return Vec::new();
        }
        let mut found = Vec::new();
        for (child, own) in self.tables.iter().enumerate() {
            if own.rows == 0 || own.created.is_none() || own.definition.lasting {
                continue;
            }
            for key in &own.definition.foreign_keys {
                let database = key.parent_database.as_deref();
                let database = database.or(own.definition.database.as_deref());
                let action = match event {
                    KeyEvent::Gone => key.on_delete.as_ref(),
                    KeyEvent::Changed => key.on_update.as_ref(),
                };
                if let Some(action) = action.filter(|&action| acts(action))
                    && table::find(&self.tables, database, &key.parent) == Some(index)
                {
                    found.push(ActingKey::of((child, own), key, action, parent));
                }
            }
        }
        found
    }

    /// The columns of the table at `index` whose values are asked for when its rows go.
    pub(super) fn referred(&self, place: ScriptPlace<'_>, index: usize) -> Vec<usize> {
        if !place.checks_keys {
            return Vec::new();
        }
        let keys = self.acting_keys(index, KeyEvent::Gone);
        let pairs = keys.iter().filter_map(|key| key.pairs.as_ref()).flatten();
        pairs.map(|&(_, referred)| referred).collect()
    }

    /// Does to the rows of children what a server does when rows of the table at `index` are gone.
    pub(super) fn follow(
        &mut self,
        place: ScriptPlace<'_>,
        index: usize,
        gone: GoneRows,
        statement: &str,
    ) -> Result<(), LoadError> {
        let mut pending = vec![(index, gone)];
        while let Some((index, gone)) = pending.pop() {
            for acting in self.acting_keys(index, KeyEvent::Gone) {
                let found = self.children(index, &acting, &gone)?;
                let Some(found) = found else {
                    self.note_unfollowed(place, index, &acting, statement);
                    continue;
                };
                if found.is_empty() {
                    continue;
                }
                let child = acting.child;
                // Which of them came before the row that was replaced is not known any more.
                if child == index && statement == "REPLACE" {
                    self.note_unfollowed(place, index, &acting, statement);
                    continue;
                }
                self.transaction
                    .touch(self.connection, &self.tables[child])?;
                if acting.action == "CASCADE" {
                    pending.push((child, self.remove_children(child, &found)?));
                } else {
                    self.separate(place, &acting, &found, statement)?;
                }
            }
        }
        Ok(())
    }

    pub(super) fn note_unfollowed(
        &mut self,
        place: ScriptPlace<'_>,
        index: usize,
        acting: &ActingKey,
        statement: &str,
    ) {
        let what = format!(
            "{statement} of table {}: the foreign key of table {} over {} is not followed",
            self.tables[index].definition.name,
            self.tables[acting.child].definition.name,
            acting.key.columns.join(", ")
        );
        self.note(place, NoteClass::Lossy, what);
    }

    /// The children of rows that are gone, by their names in SQLite; `None` where these are not known.
    fn children<'s>(
        &'s self,
        index: usize,
        acting: &'s ActingKey,
        gone: &'s GoneRows,
    ) -> Result<Option<Vec<i64>>, LoadError> {
        let Some((pairs, row_name)) = self.found_by_value(index, acting, gone.iter())? else {
            return Ok(None);
        };
        let child = &self.tables[acting.child];
        let failed = |cause: rusqlite::Error| child.sqlite(&cause);
        let names: Vec<String> = pairs
            .iter()
            .map(|&(own, _)| quoted(&child.layout.columns[own].name))
            .collect();
        let complete = |row: &&Vec<Value>| {
            let mut values = pairs.iter().map(|&(_, referred)| &row[referred]);
            values.all(|value| *value != Value::Null)
        };
        let gone: Vec<&Vec<Value>> = gone.iter().filter(complete).collect();
        let mut found = Vec::new();
        for rows in gone.chunks((PARAMETERS / pairs.len()).max(1)) {
            let row = format!("({})", vec!["?"; pairs.len()].join(", "));
            let sql = format!(
                "SELECT {row_name} FROM {} WHERE ({}) IN (VALUES {})",
                quoted(&child.name),
                names.join(", "),
                vec![row; rows.len()].join(", ")
            );
            let values = rows
                .iter()
                .flat_map(|row| pairs.iter().map(|&(_, at)| &row[at]));
            let mut statement = self.connection.prepare_cached(&sql).map_err(failed)?;
            let ids = statement
                .query_map(params_from_iter(values), |row| row.get(0))
                .map_err(failed)?;
            found.extend(ids.collect::<Result<Vec<i64>, _>>().map_err(failed)?);
        }
        found.sort_unstable();
        found.dedup();
        Ok(Some(found))
    }

    /// The columns by whose values the children of rows of the table at `index` are found, and what SQLite calls the
    /// children; `None` where a server may find others.
    pub(super) fn found_by_value<'s>(
        &'s self,
        index: usize,
        acting: &'s ActingKey,
        mut rows: impl Iterator<Item = &'s Vec<Value>>,
    ) -> Result<Option<(&'s ColumnPairs, String)>, LoadError> {
        let (parent, child) = (&self.tables[index], &self.tables[acting.child]);
        let (Some(pairs), Some(row_name)) = (&acting.pairs, child.row_name()) else {
            return Ok(None);
        };
        let comparable =
            |&(own, referred): &(usize, usize)| are_comparable((child, own), (parent, referred));
        let plain = |row: &Vec<Value>| {
            let mut pairs = pairs.iter();
            pairs.all(|&(own, referred)| is_plain(child, own, &row[referred]))
        };
        if acting.action == "SET DEFAULT" || !pairs.iter().all(comparable) || !rows.all(plain) {
            return Ok(None);
        }
        for &(own, _) in pairs {
            let odd = has_odd_texts(self.connection, child, own);
            if odd.map_err(|cause| child.sqlite(&cause))? {
                return Ok(None);
            }
        }
        Ok(Some((pairs, row_name)))
    }

    /// All cells of rows, by their names in SQLite.
    pub(super) fn cells_of(&self, index: usize, ids: &[i64]) -> Result<GoneRows, LoadError> {
        let table = &self.tables[index];
        let names = table.layout.columns.iter();
        let names: Vec<String> = names.map(|column| quoted(&column.name)).collect();
        let sql = format!(
            "SELECT {} FROM {} WHERE {} = ?",
            names.join(", "),
            quoted(&table.name),
            table.row_name().unwrap_or_default()
        );
        let read = || {
            let mut statement = self.connection.prepare_cached(&sql)?;
            let mut rows = GoneRows::new();
            for id in ids {
                let cells =
                    |row: &rusqlite::Row<'_>| (0..names.len()).map(|at| row.get(at)).collect();
                rows.push(statement.query_row([id], cells)?);
            }
            Ok(rows)
        };
        read().map_err(|cause: rusqlite::Error| table.sqlite(&cause))
    }

    /// The statement that gives columns of a row values, and the columns that are computed anew with them.
    pub(super) fn assignment(&self, index: usize, columns: &[usize]) -> (String, Vec<usize>) {
        let table = &self.tables[index];
        let generated = table.definition.columns.iter();
        let generated = generated.filter(|column| column.generated.is_some());
        let computed: Vec<usize> = generated
            .filter_map(|column| table.layout.index_of(&column.name))
            .collect();
        let set = |index: &usize, value| {
            format!("{} = {value}", quoted(&table.layout.columns[*index].name))
        };
        let sets: Vec<String> = columns
            .iter()
            .map(|column| set(column, "?"))
            .chain(computed.iter().map(|column| set(column, "NULL")))
            .collect();
        let sql = format!(
            "UPDATE {} SET {} WHERE {} = ?",
            quoted(&table.name),
            sets.join(", "),
            table.row_name().unwrap_or_default()
        );
        (sql, computed)
    }

    /// Columns that are made of others wait until all rows are in.
    pub(super) fn computed_anew(&mut self, index: usize, computed: &[usize]) {
        let table = &mut self.tables[index];
        for &column in computed {
            table.absent.insert(table.layout.columns[column].id);
        }
    }

    /// Removes rows of a child; what of them its own children refer to.
    fn remove_children(&mut self, child: usize, ids: &[i64]) -> Result<GoneRows, LoadError> {
        self.tables[child].remember_number(self.connection)?;
        let gone = if self.acting_keys(child, KeyEvent::Gone).is_empty() {
            GoneRows::new()
        } else {
            self.cells_of(child, ids)?
        };
        match remove(self, child, ids) {
            Ok(()) | Err(Obstacle::Narrow(_)) => {}
            Err(Obstacle::Fatal(error)) => return Err(error),
            Err(Obstacle::Unknown(reason)) => {
                let table = &self.tables[child];
                return Err(table.wrong(table.definition.position, reason));
            }
        }
        let table = &mut self.tables[child];
        table.rows = table.rows.saturating_sub(ids.len() as u64);
        table.recount = true;
        Ok(gone)
    }

    /// `SET NULL`: rows stay and refer to nothing.
    fn separate(
        &mut self,
        place: ScriptPlace<'_>,
        acting: &ActingKey,
        ids: &[i64],
        statement: &str,
    ) -> Result<(), LoadError> {
        let child = acting.child;
        let own = acting.pairs.iter().flatten().map(|&(own, _)| own);
        let own: Vec<usize> = own.collect();
        let before = if self.referred_by(place, child, &own).is_empty() {
            GoneRows::new()
        } else {
            self.cells_of(child, ids)?
        };
        let (sql, computed) = self.assignment(child, &own);
        let run = || {
            let mut statement = self.connection.prepare_cached(&sql)?;
            for id in ids {
                let nulls = own.iter().map(|_| Value::Null);
                statement.execute(params_from_iter(nulls.chain([Value::Integer(*id)])))?;
            }
            Ok(())
        };
        run().map_err(|cause: rusqlite::Error| self.tables[child].sqlite(&cause))?;
        self.computed_anew(child, &computed);
        let moved = before.into_iter().map(|before| {
            let mut after = before.clone();
            for &own in &own {
                after[own] = Value::Null;
            }
            (before, after)
        });
        self.follow_moved(place, child, moved.collect(), statement)
    }
}

fn is_text(kind: &ValueType) -> bool {
    matches!(kind, ValueType::Text(_) | ValueType::Char(_))
}

/// Whether equal values of two columns are stored the same.
fn are_comparable(child: (&ImportTable, usize), parent: (&ImportTable, usize)) -> bool {
    let (own, referred) = (
        &child.0.layout.columns[child.1],
        &parent.0.layout.columns[parent.1],
    );
    let texts = is_text(&own.kind) && is_text(&referred.kind) && own.nocase == referred.nocase;
    own.storage == referred.storage && (texts || own.kind == referred.kind)
}

/// Whether SQLite finds a value where a server does: of texts those of printable ASCII.
fn is_plain(table: &ImportTable, index: usize, value: &Value) -> bool {
    let plain = |byte: u8| (b' '..=b'~').contains(&byte);
    match value {
        Value::Text(text) if is_text(&table.layout.columns[index].kind) => {
            !text.ends_with(' ') && text.bytes().all(plain)
        }
        _ => true,
    }
}

/// Whether a column holds texts that a server may take for others.
fn has_odd_texts(
    connection: &Connection,
    table: &ImportTable,
    index: usize,
) -> rusqlite::Result<bool> {
    let column = &table.layout.columns[index];
    if !is_text(&column.kind) {
        return Ok(false);
    }
    let own = quoted(&column.name);
    let sql = format!(
        "SELECT EXISTS (SELECT 1 FROM {} WHERE {own} GLOB '*[^ -~]*' OR substr({own}, -1) = ' ')",
        quoted(&table.name)
    );
    connection.query_row(&sql, [], |row| row.get(0))
}
