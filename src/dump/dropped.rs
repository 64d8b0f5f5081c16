//! What is dropped: `DROP TABLE`, `DROP VIEW`, `DROP DATABASE`, triggers, and what `ALTER TABLE … DROP` and
//! `DROP INDEX` take from a table, by names that are written or that a server makes.
//!
//! What is not there is an error on a server, and is reported here. It must not know what becomes of rows.
//!
//! It and `reader` know each other, as `objects` and `reader` do.

use super::alter::Alterations;
use super::cursor::Cursor;
use super::definition::{KeyDefinition, KeyKind, KeyPart, KeyValue, TableDefinition};
use super::error::{DumpProblem, Position};
use super::partition_changes::partitions;
use super::reader::{
    DumpReader, KnownTrigger, ParsedStatement, Skipped, Statement, TriggerKey, UnkeptObject,
};

/// What is behind the name of a column that is gone, in a key; no name has it.
const GONE: char = '\u{2}';

/// Parses what is behind the word `DROP` of an `ALTER TABLE`, and does it.
pub(super) fn drop_element(
    cursor: &mut Cursor<'_>,
    table: &mut TableDefinition,
    outcome: &mut Alterations,
) -> Result<(), DumpProblem> {
    if cursor.skip_words("PRIMARY", &["KEY"])? {
        table.primary_key.clear();
        return Ok(());
    }
    if cursor.skip_word("PARTITION")? {
        return partitions(cursor, "DROP PARTITION", outcome);
    }
    if cursor.at_word(&["PERIOD", "SYSTEM"])? {
        outcome.unknown.push("DROP".to_owned());
        return Ok(());
    }
    let (what, drop): (_, fn(&mut TableDefinition, &str) -> bool) =
        if cursor.skip_words("FOREIGN", &["KEY"])? {
            ("FOREIGN KEY", TableDefinition::drop_foreign_key)
        } else if cursor.skip_word("CONSTRAINT")? {
            ("CONSTRAINT", TableDefinition::drop_constraint)
        } else if cursor.skip_word("CHECK")? {
            ("CHECK", TableDefinition::drop_check)
        } else if cursor.skip_word("KEY")? || cursor.skip_word("INDEX")? {
            ("INDEX", TableDefinition::drop_key)
        } else {
            cursor.skip_word("COLUMN")?;
            ("COLUMN", TableDefinition::drop_column)
        };
    let if_exists = cursor.skip_words("IF", &["EXISTS"])?;
    let name = cursor.name("the name of what is dropped")?;
    if !drop(table, &name) && !if_exists {
        let unknown = format!("DROP {what} {name}, which it does not have");
        outcome.unknown.push(unknown);
    }
    Ok(())
}

impl DumpReader<'_> {
    /// Behind `DROP`.
    pub(super) fn drop_object(
        &mut self,
        position: Position,
    ) -> Result<ParsedStatement, DumpProblem> {
        self.cursor.skip_word("TEMPORARY")?;
        if self.cursor.skip_word("INDEX")? {
            return self.drop_index(position);
        }
        if self.cursor.skip_word("DATABASE")? || self.cursor.skip_word("SCHEMA")? {
            return self.drop_database();
        }
        let is_table = self.cursor.skip_word("TABLE")? || self.cursor.skip_word("TABLES")?;
        if !is_table && !self.cursor.skip_word("VIEW")? {
            return self.drop_unkept();
        }
        self.cursor.skip_words("IF", &["EXISTS"])?;
        loop {
            let (database, name) = self.cursor.qualified_name()?;
            let database = database.or_else(|| self.session.database.clone());
            if !is_table {
                self.tables.remove_view(database.as_deref(), &name);
                let dropped = Statement::ViewDropped(database, name);
                self.further.push_back(dropped);
            } else if let Some(table) = self.tables.remove(database.as_deref(), &name) {
                self.forget_triggers(|(_, own, name), _| *own == database && *name == table.name);
                self.further.push_back(Statement::Dropped(table));
            }
            if !self.cursor.skip_symbol(b',')? {
                self.ignore(if is_table { "DROP TABLE" } else { "DROP VIEW" })?;
                return Ok(self.first_of_several());
            }
        }
    }

    /// `DROP` of what is skipped when it is created: together they are nothing.
    fn drop_unkept(&mut self) -> Result<ParsedStatement, DumpProblem> {
        for object in ["TRIGGER", "PROCEDURE", "FUNCTION", "EVENT", "SEQUENCE"] {
            if self.cursor.skip_word(object)? {
                self.cursor.skip_words("IF", &["EXISTS"])?;
                let (database, name) = self.cursor.qualified_name()?;
                let database = database.or_else(|| self.session.database.clone());
                if object == "TRIGGER" {
                    self.forget_trigger(database.as_deref(), &name);
                }
                self.forget_creation(object, database.as_deref(), &name);
            }
        }
        self.ignore("DROP")
    }

    /// Forgets a trigger that is gone by itself.
    pub(super) fn forget_trigger(&mut self, database: Option<&str>, name: &str) {
        self.forget_triggers(|(_, own, _), trigger| {
            own.as_deref() == database && trigger.name == name
        });
    }

    /// Forgets triggers that are gone with their tables, or by themselves.
    pub(super) fn forget_triggers(&mut self, is_gone: impl Fn(&TriggerKey, &KnownTrigger) -> bool) {
        let mut gone = Vec::new();
        for (key, triggers) in &mut self.triggers {
            let dropped = triggers.extract_if(.., |trigger| is_gone(key, trigger));
            gone.extend(dropped.map(|trigger| (key.1.clone(), trigger.name)));
        }
        for (database, name) in gone {
            self.forget_creation("TRIGGER", database.as_deref(), &name);
        }
    }

    /// Takes back the note that something was not created.
    fn forget_creation(&mut self, object: &str, database: Option<&str>, name: &str) {
        let mut created = self.unkept.iter();
        let is_it = |created: &UnkeptObject| {
            (created.object.as_str(), created.database.as_deref()) == (object, database)
                && created.name == name
        };
        let Some(index) = created.rposition(is_it) else {
            return;
        };
        let position = self.unkept.remove(index).position;
        let statement = format!("CREATE {object} {name}");
        let is_it = |note: &Skipped| {
            !note.loses && note.position == position && note.statement == statement
        };
        if let Some(index) = self.skipped.iter().rposition(is_it) {
            self.skipped.remove(index);
        }
    }

    fn drop_index(&mut self, position: Position) -> Result<ParsedStatement, DumpProblem> {
        let if_exists = self.cursor.skip_words("IF", &["EXISTS"])?;
        let index = self.cursor.name("the name of an index")?;
        self.cursor.expect_word("ON")?;
        let (database, name) = self.cursor.qualified_name()?;
        self.cursor.skip_statement()?;
        let database = database.or_else(|| self.session.database.clone());
        let Some(mut table) = self.tables.remove(database.as_deref(), &name) else {
            return Ok(ParsedStatement::Nothing);
        };
        if !table.drop_key(&index) && !if_exists {
            let what = format!("DROP INDEX {index} of table {name}, which does not have it");
            self.note_skipped(what, position, false);
        }
        self.tables.insert(table.clone());
        Ok(ParsedStatement::Statement(Statement::Altered(table)))
    }
}

impl TableDefinition {
    /// Takes a key away. One of that name that the same statement has added stays.
    pub(super) fn drop_key(&mut self, name: &str) -> bool {
        if name.eq_ignore_ascii_case("PRIMARY") && !self.primary_key.is_empty() {
            self.primary_key.clear();
            return true;
        }
        if let Some(index) = self.key_index(name) {
            self.keys.remove(index);
            return true;
        }
        let is_it = |key: &String| key.eq_ignore_ascii_case(name);
        let unkept = self.unkept_keys.iter().position(is_it);
        if let Some(index) = unkept {
            self.unkept_keys.remove(index);
        }
        unkept.is_some()
    }

    fn drop_foreign_key(&mut self, name: &str) -> bool {
        let mut keys = self.foreign_keys.iter();
        let index = keys.position(|key| key.is_called(name));
        if let Some(index) = index {
            // Its key stays, unless that was dropped ahead of it.
            let foreign = self.foreign_keys.remove(index);
            let first = foreign.columns.first().map(String::as_str);
            let name = foreign.name.as_deref().or(first);
            if self
                .unkept_keys
                .iter()
                .any(|key| Some(key.as_str()) == name)
            {
                self.keep_key_of(foreign);
            }
        }
        // Engines without transactions have none, and their drop is an error of the server.
        index.is_some() || self.lasting
    }

    fn drop_check(&mut self, name: &str) -> bool {
        let index = self.checks.iter().position(|check| check.is_called(name));
        if let Some(index) = index {
            self.checks.remove(index);
        }
        index.is_some()
    }

    fn drop_constraint(&mut self, name: &str) -> bool {
        if self.drop_check(name) {
            return true;
        }
        if self.foreign_keys.iter().any(|key| key.is_called(name)) {
            return self.drop_foreign_key(name);
        }
        let key = self.key_index(name);
        let is_unique = key.is_some_and(|index| self.keys[index].kind == KeyKind::Unique);
        let is_primary = name.eq_ignore_ascii_case("PRIMARY");
        (is_unique || is_primary) && self.drop_key(name)
    }

    /// Takes a column away, with the checks that are written at it. What becomes of its keys is settled at the end of
    /// the statement.
    pub(super) fn drop_column(&mut self, name: &str) -> bool {
        let Some(index) = self.column_index(name) else {
            return false;
        };
        let id = self.columns.remove(index).id;
        self.checks.retain(|check| check.column != Some(id));
        let secondary = self.keys.iter_mut().flat_map(|key| &mut key.parts);
        for part in self.primary_key.iter_mut().chain(secondary) {
            if part
                .column()
                .is_some_and(|own| own.eq_ignore_ascii_case(name))
            {
                part.value = KeyValue::Column(format!("{name}{GONE}"));
            }
        }
        true
    }

    /// At the end of an `ALTER TABLE`: keys go with their columns, unless a new one has the name, which a server takes
    /// for the old one there. A key of a foreign key stays behind it only if it was one before.
    pub(super) fn settle_dropped(&mut self, before: &Self) {
        let is_new = |name: &str| {
            let mut columns = self.columns.iter();
            columns.any(|column| {
                column.id > before.columns_made && column.name.eq_ignore_ascii_case(name)
            })
        };
        let settled = |parts: &[KeyPart]| {
            let parts = parts.iter().filter_map(|part| {
                let Some(name) = part.column().and_then(|name| name.strip_suffix(GONE)) else {
                    return Some(part.clone());
                };
                let value = KeyValue::Column(name.to_owned());
                is_new(name).then(|| KeyPart {
                    value,
                    ..part.clone()
                })
            });
            parts.collect::<Vec<_>>()
        };
        let primary_key = settled(&self.primary_key);
        let keys = self.keys.iter().map(|key| KeyDefinition {
            parts: settled(&key.parts),
            ..key.clone()
        });
        let mut keys: Vec<_> = keys.filter(|key| !key.parts.is_empty()).collect();
        for foreign in &before.foreign_keys {
            if before.is_covered(foreign) {
                // Made when it was dropped, as another key was dropped ahead of it.
                keys.retain(|key| key.position != foreign.position || before.keys.contains(key));
            }
        }
        (self.primary_key, self.keys) = (primary_key, keys);
    }

    /// The secondary key of that name.
    pub(super) fn key_index(&self, name: &str) -> Option<usize> {
        let is_it = |own: &str| own.eq_ignore_ascii_case(name);
        let mut keys = self.keys.iter();
        keys.position(|key| key.name.as_deref().is_some_and(is_it))
    }

    /// Remembers the names of the keys that a server makes for foreign keys: they are not kept here, and may be
    /// dropped.
    pub(super) fn note_unkept_keys(&mut self) {
        for key in &self.foreign_keys {
            let first = key.columns.first().map(String::as_str);
            for name in [key.name.as_deref(), first].into_iter().flatten() {
                if !self.unkept_keys.iter().any(|known| known == name) {
                    self.unkept_keys.push(name.to_owned());
                }
            }
        }
    }
}
