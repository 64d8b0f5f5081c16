//! New names of tables and columns, followed wherever they are named: in keys, checks, generated columns and defaults of
//! the table, and in foreign keys of others.
//!
//! Views are not followed: on a server they fail then.

use super::cursor::{Cursor, SourceText};
use super::definition::{DefaultValue, ForeignKey, KeyValue, TableDefinition};
use super::error::DumpProblem;
use super::lexer::Token;
use super::tables::Tables;

impl TableDefinition {
    /// Calls the column `old` by its new name wherever it is named.
    pub(super) fn rename_column(&mut self, old: &str, new: &str) -> Result<(), DumpProblem> {
        if old == new {
            return Ok(());
        }
        let is_old = |name: &str| name.eq_ignore_ascii_case(old);
        for column in &mut self.columns {
            if is_old(&column.name) {
                new.clone_into(&mut column.name);
            }
            if let Some(generated) = &mut column.generated {
                generated.expression.rename(old, new)?;
            }
            if let Some(DefaultValue::Expression(source)) = &mut column.default {
                source.rename(old, new)?;
            }
        }
        let keys = self.keys.iter_mut().flat_map(|key| &mut key.parts);
        for part in self.primary_key.iter_mut().chain(keys) {
            match &mut part.value {
                KeyValue::Column(name) if is_old(name) => new.clone_into(name),
                KeyValue::Expression(source) => source.rename(old, new)?,
                KeyValue::Column(_) | KeyValue::Period(_) => {}
            }
        }
        for check in &mut self.checks {
            check.expression.rename(old, new)?;
        }
        for key in &mut self.foreign_keys {
            for column in key.columns.iter_mut().filter(|name| is_old(name)) {
                new.clone_into(column);
            }
        }
        Ok(())
    }

    /// The columns that `self` calls otherwise than `before` did: their old names and the new ones.
    #[must_use]
    pub fn renamed_columns(&self, before: &Self) -> Vec<(String, String)> {
        let renamed = self.columns.iter().filter_map(|column| {
            let mut olds = before.columns.iter();
            let old = olds.find(|old| old.id == column.id && old.name != column.name)?;
            Some((old.name.clone(), column.name.clone()))
        });
        renamed.collect()
    }

    /// Follows the new names of a table, and of its columns, in the foreign keys that lead to it.
    pub fn follow_parent(&mut self, before: &Self, after: &Self, columns: &[(String, String)]) {
        let own = self.database.clone();
        let leads_there = |key: &&mut ForeignKey| {
            let database = key.parent_database.as_ref().or(own.as_ref());
            let fits = database.is_none() || before.database.is_none();
            key.parent == before.name && (fits || database == before.database.as_ref())
        };
        for key in self.foreign_keys.iter_mut().filter(leads_there) {
            key.parent.clone_from(&after.name);
            if before.database != after.database {
                key.parent_database.clone_from(&after.database);
            }
            for name in &mut key.parent_columns {
                let mut renamed = columns.iter();
                if let Some((_, new)) = renamed.find(|(old, _)| old.eq_ignore_ascii_case(name)) {
                    name.clone_from(new);
                }
            }
        }
    }
}

impl Tables {
    /// Follows new names of a table or of its columns in all others. What names the columns by default is left.
    pub(super) fn follow(&mut self, before: &TableDefinition, after: &TableDefinition) {
        let columns = after.renamed_columns(before);
        let is_same = before.name == after.name && before.database == after.database;
        if is_same && columns.is_empty() {
            return;
        }
        for table in self.iter_mut() {
            table.follow_parent(before, after, &columns);
        }
    }
}

impl SourceText {
    /// Calls the column `old` by its new name.
    fn rename(&mut self, old: &str, new: &str) -> Result<(), DumpProblem> {
        let mut places = Vec::new();
        let mut cursor = Cursor::over(self);
        loop {
            let token = cursor.next()?;
            match token {
                Token::End | Token::Delimiter => break,
                Token::Word(_) | Token::Name { .. } => {
                    let place = cursor.offsets();
                    let is_column = !matches!(cursor.peek()?, Token::Symbol(b'(' | b'.'));
                    if is_column && cursor.name_of(token, "a name")?.eq_ignore_ascii_case(old) {
                        places.push(place);
                    }
                }
                _ => {}
            }
        }
        drop(cursor);
        let new = format!("`{}`", new.replace('`', "``"));
        for (start, end) in places.into_iter().rev() {
            self.text.replace_range(start..end, &new);
        }
        Ok(())
    }
}
