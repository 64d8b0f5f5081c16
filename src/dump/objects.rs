//! Statements about tables, views and other objects: `CREATE`, `ALTER`, `DROP`, `TRUNCATE`, `USE`.
//!
//! The part of [`Reader`] that keeps the tables as the server would have them by now. Objects that a
//! file of tables and views has no place for (triggers, routines, users) are skipped and told.

use super::alter;
use super::definition::{KeyKind, TableDefinition, ViewDefinition};
use super::error::{Position, Problem};
use super::lexer::Token;
use super::reader::{Found, Reader, Skipped, Statement};
use super::table;

/// What `CREATE` may be about, behind its options.
const OBJECTS: &[&str] = &[
    "TABLE",
    "VIEW",
    "INDEX",
    "DATABASE",
    "SCHEMA",
    "TRIGGER",
    "PROCEDURE",
    "FUNCTION",
    "EVENT",
    "USER",
    "ROLE",
    "SERVER",
    "SEQUENCE",
    "TABLESPACE",
    "LOGFILE",
    "PACKAGE",
    "SPATIAL",
];

impl Reader<'_> {
    pub(super) fn create(&mut self, position: Position) -> Result<Found, Problem> {
        let mut kind = KeyKind::Plain;
        loop {
            let token = self.cursor.peek()?;
            let Token::Word(span) = token else {
                match token {
                    Token::Delimiter => return self.skip("CREATE", position),
                    Token::End => return Err(Problem::Truncated("a CREATE statement")),
                    // ALGORITHM = …, DEFINER = `user`@`host`.
                    _ => {
                        self.cursor.next()?;
                        continue;
                    }
                }
            };
            let word = self.cursor.text(span)?.to_ascii_uppercase();
            self.cursor.next()?;
            match word.as_str() {
                "TABLE" => return self.create_table(position),
                "VIEW" => return self.create_view(position),
                "INDEX" => return self.create_index(kind, position),
                "DATABASE" | "SCHEMA" => return self.read_over("CREATE DATABASE"),
                "UNIQUE" => kind = KeyKind::Unique,
                "FULLTEXT" => kind = KeyKind::Fulltext,
                // CREATE SPATIAL INDEX, and CREATE SPATIAL REFERENCE SYSTEM.
                "SPATIAL" if self.cursor.at_word(&["INDEX"])? => kind = KeyKind::Spatial,
                object if OBJECTS.contains(&object) => {
                    self.cursor.skip_words("IF", &["NOT", "EXISTS"])?;
                    let name = match self.cursor.peek()? {
                        Token::Word(_) | Token::Name { .. } => self.cursor.qualified_name()?.1,
                        _ => String::new(),
                    };
                    let statement = format!("CREATE {object} {name}");
                    return self.skip(statement.trim_end(), position);
                }
                _ => {}
            }
        }
    }

    fn create_table(&mut self, position: Position) -> Result<Found, Problem> {
        let if_not_exists = self.cursor.skip_words("IF", &["NOT", "EXISTS"])?;
        let (database, name) = self.cursor.qualified_name()?;
        let database = database.or_else(|| self.session.database.clone());
        let known = self.tables.get(database.as_deref(), &name);
        if known.is_some_and(|known| known.name == name) {
            if if_not_exists {
                return self.read_over("CREATE TABLE IF NOT EXISTS");
            }
            return Err(Problem::Unsupported(format!(
                "a second CREATE TABLE {name}, which has not been dropped,"
            )));
        }
        let like = self.cursor.skip_word("LIKE")?;
        if !like && !self.cursor.skip_symbol(b'(')? {
            if !self.cursor.at_word(&["AS", "SELECT", "WITH"])? {
                let token = self.cursor.next()?;
                return Err(self
                    .cursor
                    .unexpected(token, "'(' and the columns of the table"));
            }
            let statement = format!("CREATE TABLE {name} … SELECT");
            return self.skip_query(&statement, position);
        }
        let table = if like || self.cursor.skip_word("LIKE")? {
            self.like(database, name, position)?
        } else {
            let mut table = TableDefinition::empty(database, name, position);
            table::body(&mut self.cursor, &mut table)?;
            table
        };
        self.tables.insert(table.clone());
        Ok(Found::Statement(Statement::Table(table)))
    }

    fn like(
        &mut self,
        database: Option<String>,
        name: String,
        position: Position,
    ) -> Result<TableDefinition, Problem> {
        let (other_database, other) = self.cursor.qualified_name()?;
        let other_database = other_database.or_else(|| self.session.database.clone());
        self.cursor.skip_statement()?;
        let template = self.tables.get(other_database.as_deref(), &other);
        let template = template.ok_or_else(|| {
            Problem::Unsupported(format!(
                "CREATE TABLE LIKE {other}, which is not in the dump,"
            ))
        })?;
        Ok(TableDefinition {
            database,
            name,
            position,
            foreign_keys: Vec::new(),
            auto_increment: None,
            ..template.clone()
        })
    }

    fn create_view(&mut self, position: Position) -> Result<Found, Problem> {
        self.cursor.skip_words("IF", &["NOT", "EXISTS"])?;
        let (database, name) = self.cursor.qualified_name()?;
        let mut columns = Vec::new();
        if self.cursor.skip_symbol(b'(')? {
            columns = self.cursor.name_list()?;
        }
        self.cursor.expect_word("AS")?;
        let query = self
            .cursor
            .source_until(|_, token| token == Token::Delimiter)?;
        self.cursor.skip_statement()?;
        Ok(Found::Statement(Statement::View(ViewDefinition {
            database: database.or_else(|| self.session.database.clone()),
            name,
            columns,
            query,
            position,
        })))
    }

    fn create_index(&mut self, kind: KeyKind, position: Position) -> Result<Found, Problem> {
        let ((database, name), key) = alter::create_index(&mut self.cursor, kind)?;
        let database = database.or_else(|| self.session.database.clone());
        let Some(mut table) = self.tables.remove(database.as_deref(), &name) else {
            self.skipped.push(Skipped {
                position,
                statement: format!("CREATE INDEX on {name}, which is not in the dump"),
            });
            return Ok(Found::Nothing);
        };
        table.keys.push(key);
        self.tables.insert(table.clone());
        Ok(Found::Statement(Statement::Altered(table)))
    }

    pub(super) fn alter(&mut self, position: Position) -> Result<Found, Problem> {
        let _ = self.cursor.skip_word("ONLINE")? || self.cursor.skip_word("IGNORE")?;
        if !self.cursor.skip_word("TABLE")? {
            if self.cursor.at_word(&["DATABASE", "SCHEMA"])? {
                return self.read_over("ALTER DATABASE");
            }
            return self.skip("ALTER", position);
        }
        self.cursor.skip_words("IF", &["EXISTS"])?;
        let (database, name) = self.cursor.qualified_name()?;
        let database = database.or_else(|| self.session.database.clone());
        if self.cursor.at_word(&["DISABLE", "ENABLE"])? {
            return self.read_over("ALTER TABLE … KEYS");
        }
        let Some(mut table) = self.tables.remove(database.as_deref(), &name) else {
            let statement = format!("ALTER TABLE {name}, which is not in the dump");
            return self.skip(&statement, position);
        };
        let outcome = alter::changes(&mut self.cursor, &mut table);
        let result = outcome.map(|outcome| {
            for unknown in &outcome.unknown {
                self.skipped.push(Skipped {
                    position,
                    statement: format!("ALTER TABLE {name} {unknown}"),
                });
            }
            if let Some(new) = outcome.renamed {
                self.skipped.push(Skipped {
                    position,
                    statement: format!("ALTER TABLE {name} RENAME TO {new}"),
                });
            }
            outcome.changed
        });
        self.tables.insert(table.clone());
        Ok(if result? {
            Found::Statement(Statement::Altered(table))
        } else {
            Found::Nothing
        })
    }

    pub(super) fn drop_object(&mut self) -> Result<Found, Problem> {
        self.cursor.skip_word("TEMPORARY")?;
        let is_table = self.cursor.skip_word("TABLE")? || self.cursor.skip_word("TABLES")?;
        if !is_table && !self.cursor.skip_word("VIEW")? {
            return self.read_over("DROP");
        }
        self.cursor.skip_words("IF", &["EXISTS"])?;
        let (database, name) = self.cursor.qualified_name()?;
        let database = database.or_else(|| self.session.database.clone());
        let mut others = Vec::new();
        while self.cursor.skip_symbol(b',')? {
            others.push(self.cursor.qualified_name()?);
        }
        self.read_over(if is_table { "DROP TABLE" } else { "DROP VIEW" })?;
        for (other_database, other) in others {
            // Several at once stand at the start of a file, where none of them is there yet.
            let database = other_database.or_else(|| self.session.database.clone());
            if self.tables.get(database.as_deref(), &other).is_some() {
                return Err(Problem::Unsupported(format!(
                    "dropping {other} together with another table"
                )));
            }
        }
        if !is_table {
            return Ok(Found::Statement(Statement::ViewDropped(database, name)));
        }
        Ok(match self.tables.remove(database.as_deref(), &name) {
            Some(table) => Found::Statement(Statement::Dropped(table)),
            None => Found::Nothing,
        })
    }

    pub(super) fn truncate(&mut self) -> Result<Found, Problem> {
        self.cursor.skip_word("TABLE")?;
        self.emptied()
    }

    pub(super) fn delete(&mut self, position: Position) -> Result<Found, Problem> {
        for modifier in ["LOW_PRIORITY", "QUICK", "IGNORE"] {
            self.cursor.skip_word(modifier)?;
        }
        if !self.cursor.skip_word("FROM")? {
            return self.skip("DELETE", position);
        }
        let (database, name) = self.cursor.qualified_name()?;
        if !matches!(self.cursor.peek()?, Token::Delimiter | Token::End) {
            return self.skip(&format!("DELETE FROM {name} WHERE"), position);
        }
        self.cursor.skip_statement()?;
        let database = database.or_else(|| self.session.database.clone());
        Ok(Found::Statement(Statement::Emptied(database, name)))
    }

    fn emptied(&mut self) -> Result<Found, Problem> {
        let (database, name) = self.cursor.qualified_name()?;
        self.cursor.skip_statement()?;
        let database = database.or_else(|| self.session.database.clone());
        Ok(Found::Statement(Statement::Emptied(database, name)))
    }

    pub(super) fn use_database(&mut self) -> Result<Found, Problem> {
        let name = self.cursor.name("the name of a database")?;
        self.read_over("USE")?;
        self.session.database = Some(name);
        Ok(Found::Nothing)
    }
}
