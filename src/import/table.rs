//! One table of an import: its definition, and what was made of it so far.
//!
//! The table is made in the file when its first rows come, so that an `ALTER` before them is free.
//! What a later one does to the rows is `rebuild`'s.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::{Connection, types};

use super::computed::{by_server, fit};
use super::following_updates::MovedRow;
use super::keys::Index;
use super::layout::{Extras, Layout, default_sql, implicit_default, stored_sql, value_sql};
use super::row_values::{is_single, of_32_bits};
use super::seen_keys::SeenKeys;
use super::statement_numbers::StatementNumbers;
use crate::dump::{
    ColumnDefinition, Cut, DefaultValue, InsertHeader, Position, Repertoire, Room, SourceText,
    TableChange, TableDefinition, Value, ValueType,
};
use crate::evaluate;
use crate::evaluate::{Datum, Unevaluable};
use crate::file::sql::quoted;
use crate::load::LoadError;
use crate::load::error::mismatch;
use crate::translate;
use crate::translate::Scope;

/// The table that a statement calls `name`: by its spelling, else in any case; one of another database
/// is not it.
pub(super) fn find(tables: &[ImportTable], database: Option<&str>, name: &str) -> Option<usize> {
    let fits = |table: &ImportTable| {
        let own = table.definition.database.as_deref();
        own.is_none() || database.is_none() || own == database
    };
    let find = |same: &dyn Fn(&str) -> bool| {
        let mut tables = tables.iter();
        tables.position(|table| fits(table) && same(&table.definition.name))
    };
    find(&|own| own == name).or_else(|| find(&|own| own.eq_ignore_ascii_case(name)))
}

/// Where an `ALTER` stands, and what held for it.
#[derive(Debug, Clone)]
pub(super) struct AlterPlace {
    pub(super) input: String,
    pub(super) change: TableChange,
}

#[derive(Clone)]
pub(super) struct ImportTable {
    /// The newest definition; without columns when no `CREATE TABLE` describes the rows.
    pub(super) definition: TableDefinition,
    /// The input that defines it.
    pub(super) input: String,
    /// Its name in the file.
    pub(super) name: String,
    pub(super) layout: Layout,
    /// What the table in the file was made as.
    pub(super) created: Option<Layout>,
    /// The definition that this was, while there is a table in the file.
    pub(super) made: TableDefinition,
    /// The `ALTER` that changed a column last, by [`ColumnDefinition::id`], and the last one of all.
    pub(super) altered: BTreeMap<u32, AlterPlace>,
    pub(super) last_altered: Option<AlterPlace>,
    /// Columns, by [`crate::dump::ColumnDefinition::id`], that hold a number above 2^63-1.
    pub(super) widened: BTreeSet<u32>,
    /// Generated columns that the dump gives values for.
    pub(super) given: BTreeSet<u32>,
    /// Generated columns that some rows give no values for.
    pub(super) absent: BTreeSet<u32>,
    /// Its columns have names.
    is_named: bool,
    /// Values that are not the dump's, by column and what became of them, with the first place.
    pub(super) settled: BTreeMap<(String, String), (u64, String, Position)>,
    /// What is to be told of the values of an upsert's rows, by their places, if the rows are stored.
    pub(super) held: Option<Vec<(Position, usize, String)>>,
    /// Rows stored. Not exact where rows may have replaced others.
    pub(super) rows: u64,
    /// The number of rows has to be counted.
    pub(super) recount: bool,
    /// The first statement whose rows are merged with those that have their key.
    pub(super) merged: Option<(String, Position)>,
    /// Its keys of texts, since it matters.
    pub(super) seen_keys: Option<SeenKeys>,
    /// Rows that were merged before an `ALTER`, by key.
    pub(super) merged_before: BTreeMap<String, u64>,
    /// The rows that the present `REPLACE` has removed, where rows of children go or change with them.
    pub(super) replaced: Option<Vec<Vec<types::Value>>>,
    /// Rows whose keys an upsert has changed, where rows of other tables refer to them.
    pub(super) moved: Option<Vec<MovedRow>>,
    /// The number that the next row gets, when rows have asked for numbers.
    pub(super) next_number: Option<i64>,
    /// The numbers of the present upsert.
    pub(super) statement_numbers: StatementNumbers,
    /// Unique keys that are in the file already, with the names that they should have.
    pub(super) unique_indexes: Vec<(String, Index)>,
}

impl ImportTable {
    pub(super) fn new(
        definition: TableDefinition,
        input: &str,
        name: String,
    ) -> Result<Self, LoadError> {
        let widened = large_defaults(&definition);
        let layout = Layout::of(&definition, &widened)
            .map_err(|reason| mismatch(input, definition.position, &definition.name, reason))?;
        Ok(Self {
            made: definition.clone(),
            definition,
            input: input.to_owned(),
            name,
            layout,
            created: None,
            altered: BTreeMap::new(),
            last_altered: None,
            widened,
            given: BTreeSet::new(),
            absent: BTreeSet::new(),
            settled: BTreeMap::new(),
            held: None,
            is_named: true,
            rows: 0,
            recount: false,
            merged: None,
            seen_keys: None,
            merged_before: BTreeMap::new(),
            replaced: None,
            moved: None,
            next_number: None,
            statement_numbers: StatementNumbers::default(),
            unique_indexes: Vec::new(),
        })
    }

    /// A table for rows that no `CREATE TABLE` describes.
    pub(super) fn untyped(header: &InsertHeader, width: usize, input: &str, name: String) -> Self {
        let names: Vec<String> = match &header.columns {
            Some(columns) => columns.to_vec(),
            None => (1..=width)
                .map(|number| format!("column{number}"))
                .collect(),
        };
        let definition = TableDefinition::empty(
            header.database.clone(),
            header.table.clone(),
            header.position,
        );
        Self {
            made: definition.clone(),
            definition,
            input: input.to_owned(),
            name,
            layout: Layout::untyped(names),
            created: None,
            altered: BTreeMap::new(),
            last_altered: None,
            widened: BTreeSet::new(),
            given: BTreeSet::new(),
            absent: BTreeSet::new(),
            settled: BTreeMap::new(),
            held: None,
            is_named: header.columns.is_some(),
            rows: 0,
            recount: false,
            merged: None,
            seen_keys: None,
            merged_before: BTreeMap::new(),
            replaced: None,
            moved: None,
            next_number: None,
            statement_numbers: StatementNumbers::default(),
            unique_indexes: Vec::new(),
        }
    }

    /// Adds columns that later rows name, to a table that no `CREATE TABLE` describes.
    pub(super) fn widen_untyped(&mut self, header: &InsertHeader) {
        let Some(columns) = &header.columns else {
            return;
        };
        // The columns of rows that named none have no names.
        if !self.definition.columns.is_empty() || !self.is_named {
            return;
        }
        let own = self.layout.columns.iter().map(|column| column.name.clone());
        let mut names: Vec<String> = own.collect();
        for name in columns.iter() {
            if !names.iter().any(|own| own.eq_ignore_ascii_case(name)) {
                names.push(name.clone());
            }
        }
        if names.len() > self.layout.columns.len() {
            self.layout = Layout::untyped(names);
        }
    }

    /// Takes over a definition that an `ALTER` has changed.
    pub(super) fn redefine(&mut self, definition: TableDefinition) -> Result<(), LoadError> {
        self.widened.extend(large_defaults(&definition));
        let mut layout = Layout::of(&definition, &self.widened).map_err(|reason| {
            mismatch(&self.input, definition.position, &definition.name, reason)
        })?;
        layout.changes = self.layout.changes;
        if definition.columns != self.definition.columns || definition.keys != self.definition.keys
        {
            self.forget_keys();
        }
        if self.created.is_some() && definition.columns != self.definition.columns {
            layout.changes += 1;
        }
        self.layout = layout;
        // A server that is told where to go on forgets where it was.
        if definition.auto_increment != self.definition.auto_increment {
            self.next_number = None;
        }
        self.definition = definition;
        Ok(())
    }

    /// Counts a value that is not the dump's.
    pub(super) fn settle(&mut self, index: usize, what: String, input: &str, position: Position) {
        if let Some(held) = &mut self.held {
            held.push((position, index, what));
            return;
        }
        self.settle_rows(index, what, input, position, 1);
    }

    /// Counts so many values that are not the dump's, the first of which is at `position`.
    pub(super) fn settle_rows(
        &mut self,
        index: usize,
        what: String,
        input: &str,
        position: Position,
        rows: u64,
    ) {
        let column = self.layout.columns[index].name.clone();
        let first = || (0, input.to_owned(), position);
        let entry = self.settled.entry((column, what)).or_insert_with(first);
        entry.0 += rows;
    }

    /// Whether the unique key is in the file already.
    pub(super) fn has_index(&self, index: &Index) -> bool {
        let mut made = self.unique_indexes.iter();
        made.any(|(name, own)| *name == index.name && own.parts == index.parts)
    }

    /// The name by which SQLite knows a row, which columns may have all.
    pub(super) fn row_name(&self) -> Option<String> {
        let free = |name: &&str| self.layout.index_of(name).is_none();
        match self.layout.rowid {
            Some(index) => Some(quoted(&self.layout.columns[index].name)),
            None => ["rowid", "_rowid_", "oid"]
                .into_iter()
                .find(free)
                .map(str::to_owned),
        }
    }

    /// Whether the column is SQLite's rowid.
    pub(super) fn is_rowid(&self, column: &ColumnDefinition) -> bool {
        let rowid = self.layout.rowid.map(|index| self.layout.columns[index].id);
        rowid == Some(column.id)
    }

    pub(super) fn wrong(&self, position: Position, reason: impl Into<String>) -> LoadError {
        mismatch(&self.input, position, &self.definition.name, reason.into())
    }

    pub(super) fn sqlite(&self, cause: &rusqlite::Error) -> LoadError {
        self.wrong(self.definition.position, cause.to_string())
    }

    /// Makes the table in the file if it is not there.
    pub(super) fn create(&mut self, connection: &Connection) -> Result<(), LoadError> {
        if self.created.is_none() {
            let sql = self.layout.create_sql(&self.name, &Extras::default());
            connection
                .execute_batch(&sql)
                .map_err(|cause| self.sqlite(&cause))?;
            self.created = Some(self.layout.clone());
            self.made = self.definition.clone();
        }
        Ok(())
    }

    /// What the column at `index` stores for a computed value, and whether that is because it does not fit.
    pub(super) fn fitted(
        &self,
        index: usize,
        datum: &Datum,
    ) -> Result<(Value<'static>, bool), Unevaluable> {
        let own = &self.layout.columns[index];
        let (value, unfit) = fit(datum, &own.kind)?;
        let value = match value {
            Value::Real(number) if self.definition.column(&own.name).is_some_and(is_single) => {
                Value::Real(of_32_bits(number))
            }
            value => value,
        };
        Ok(match self.cut(index, &value) {
            Some(cut) => (cut.value, unfit || !cut.silent),
            None => (value, unfit),
        })
    }

    /// What is left of a value that the column at `index` has no room for, or whose characters it does not have.
    pub(super) fn cut(&self, index: usize, value: &Value<'_>) -> Option<Cut> {
        let cut = self.room(index).cut(value);
        let kept = cut.as_ref().map_or(value, |cut| &cut.value);
        if let Value::Text(text) = kept
            && !text.is_ascii()
            && let Some(known) = self.repertoire(index).cut(text)
        {
            return Some(Cut {
                value: Value::Text(known.into()),
                silent: false,
            });
        }
        cut
    }

    /// The characters that the column at `index` has.
    pub(super) fn repertoire(&self, index: usize) -> Repertoire {
        let own = &self.layout.columns[index];
        let is_text = matches!(own.kind, ValueType::Text(_) | ValueType::Char(_));
        let column = self.definition.column(&own.name).filter(|_| is_text);
        column.map_or(Repertoire::All, |column| {
            Repertoire::of(column, &self.definition)
        })
    }

    /// A value as the column at `index` has it in SQLite: a number in TEXT is its digits.
    pub(super) fn as_stored(&self, index: usize, value: types::Value) -> types::Value {
        match value {
            types::Value::Integer(number) if self.layout.columns[index].storage == "TEXT" => {
                types::Value::Text(number.to_string())
            }
            value => value,
        }
    }

    /// Whether a value is a number above 2^63-1 for which the column at `index` has no room yet.
    pub(super) fn is_too_large(&self, index: usize, value: &types::Value) -> bool {
        let storage = self.layout.columns[index].storage;
        storage == "INTEGER" && matches!(value, types::Value::Text(_))
    }

    /// What the column at `index` has room for.
    pub(super) fn room(&self, index: usize) -> Room {
        let column = self.definition.column(&self.layout.columns[index].name);
        column.map_or(Room::Boundless, |column| Room::of(column, &self.definition))
    }

    /// The SQL of a column's value in rows that give none; `None` for NULL.
    pub(super) fn default_of(&self, index: usize) -> Option<String> {
        let column = &self.layout.columns[index];
        let definition = self.definition.column(&column.name)?;
        if definition.generated.is_some() {
            return None;
        }
        let default = default_sql(definition, &column.kind).ok().flatten();
        let implicit = || value_sql(&implicit_default(&column.kind));
        let sql = default.or_else(|| column.not_null.then(implicit).flatten())?;
        if column.storage == "TEXT" && column.kind == ValueType::Unsigned {
            return Some(format!("CAST({sql} AS TEXT)"));
        }
        Some(sql)
    }

    /// Whether the column at `index` has a default that is not known.
    pub(super) fn lacks_default(&self, index: usize) -> bool {
        let column = &self.layout.columns[index];
        let definition = self.definition.column(&column.name);
        definition.is_some_and(|definition| {
            definition.generated.is_none() && default_sql(definition, &column.kind).is_err()
        })
    }

    /// The expression of a default that is another one for each row: it depends on other columns, or asks a server.
    pub(super) fn row_default_source(&self, index: usize) -> Option<&SourceText> {
        let column = &self.layout.columns[index];
        let Some(DefaultValue::Expression(source)) = &self.definition.column(&column.name)?.default
        else {
            return None;
        };
        let depends = match evaluate::parse(source) {
            Ok(formula) => formula.names_column() || by_server(&formula, false).is_some(),
            Err(_) => self.row_default(index, &self.layout).is_some(),
        };
        depends.then_some(source)
    }

    /// Whether rows that give the column at `index` no value get the time, and with how many digits of a second.
    pub(super) fn takes_time(&self, index: usize) -> Option<usize> {
        let column = &self.layout.columns[index];
        let default = &self.definition.column(&column.name)?.default;
        match (default, &column.kind) {
            (Some(DefaultValue::CurrentTimestamp), ValueType::DateTime(fraction)) => {
                Some(*fraction)
            }
            _ => None,
        }
    }

    /// The SQL of a default that depends on other columns of the row, those of `layout`.
    pub(super) fn row_default(&self, index: usize, layout: &Layout) -> Option<String> {
        let column = &self.layout.columns[index];
        let Some(DefaultValue::Expression(source)) = &self.definition.column(&column.name)?.default
        else {
            return None;
        };
        if translate::expression(source, &Scope::default()).is_ok() {
            return None;
        }
        let scope = layout.scope(&self.definition.name);
        let sql = translate::expression(source, &scope).ok()?;
        stored_sql(&sql, &column.kind).ok()
    }
}

/// Columns whose default is a number above 2^63-1.
fn large_defaults(table: &TableDefinition) -> BTreeSet<u32> {
    let is_large = |column: &&ColumnDefinition| {
        let Some(DefaultValue::Literal(text)) = &column.default else {
            return false;
        };
        let large = text
            .parse::<u64>()
            .is_ok_and(|number| i64::try_from(number).is_err());
        large && ValueType::of(column, table) == Some(ValueType::Unsigned)
    };
    let columns = table.columns.iter().filter(is_large);
    columns.map(|column| column.id).collect()
}
