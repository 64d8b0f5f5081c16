//! Statements about tables, views and other objects: `CREATE`, `ALTER`, `DROP`, `TRUNCATE`, `USE`.
//!
//! The part of [`DumpReader`] that keeps the tables as the server would have them by now. Objects that a
//! file of tables and views has no place for (triggers, routines, users) are skipped and reported.
//!
//! It and `reader` know each other: both are one parser over one cursor, and `reader` hands a statement over
//! here by its first word.

use super::alter::{self, CreatedIndex};
use super::body::{Block, Body};
use super::definition::{KeyKind, TableChange, TableDefinition};
use super::error::{DumpProblem, Position};
use super::insert::OnConflict;
use super::lexer::Token;
use super::reader::{DumpReader, KnownTrigger, ParsedStatement, Statement, UnkeptObject};
use super::script::{ScriptKind, sql_name};
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

/// What triggers run for.
const EVENTS: [&str; 3] = ["INSERT", "UPDATE", "DELETE"];

/// Those of them that may have a `BEGIN … END`.
const BODIES: &[&str] = &["TRIGGER", "PROCEDURE", "FUNCTION", "EVENT", "PACKAGE"];

impl DumpReader<'_> {
    /// Skips a trigger or routine to the end of its body. Clients need another delimiter for
    /// one with several statements; servers do not, and some programs rely on that.
    fn skip_body(
        &mut self,
        statement: &str,
        position: Position,
    ) -> Result<ParsedStatement, DumpProblem> {
        self.note_skipped(statement, position, false);
        // The language of Oracle marks its ends otherwise; all that a client sends is one statement.
        let foreign = self.session.modes.oracle || statement.starts_with("CREATE PACKAGE");
        if foreign && self.cursor.has_own_delimiter() {
            return self.skip_sent();
        }
        let mut body = Body::of_routine();
        body.skip(&mut self.cursor)?;
        if let Some(trigger) = statement.strip_prefix("CREATE TRIGGER ") {
            for known in self.triggers.values_mut().flatten() {
                if known.name == trigger {
                    known.written.clone_from(&body.written);
                }
            }
        }
        Ok(ParsedStatement::Nothing)
    }

    fn skip_sent(&mut self) -> Result<ParsedStatement, DumpProblem> {
        loop {
            match self.cursor.next()? {
                Token::Delimiter if self.cursor.sends() => return Ok(ParsedStatement::Nothing),
                Token::End => return Ok(ParsedStatement::Nothing),
                _ => self.cursor.forget(),
            }
        }
    }

    /// `BEGIN`: of a transaction, or of a block whose statements are run here as any others.
    pub(super) fn begin(&mut self, position: Position) -> Result<ParsedStatement, DumpProblem> {
        if self.cursor.skip_words("NOT", &["ATOMIC"])? || self.blocks > 0 {
            self.blocks += 1;
            return Ok(ParsedStatement::Nothing);
        }
        self.begin_transaction(position)
    }

    pub(super) fn end_of_block(&mut self) -> Result<ParsedStatement, DumpProblem> {
        self.blocks -= 1;
        self.cursor.skip_statement()?;
        Ok(ParsedStatement::Nothing)
    }

    /// A block that declares something: what becomes of its statements depends on that.
    pub(super) fn rest_of_block(
        &mut self,
        position: Position,
    ) -> Result<ParsedStatement, DumpProblem> {
        self.note_skipped("a BEGIN NOT ATOMIC from its DECLARE on", position, true);
        let open = vec![Block::Begin; std::mem::take(&mut self.blocks)];
        Body::within(open).skip(&mut self.cursor)?;
        Ok(ParsedStatement::Nothing)
    }

    /// `IF … END IF` and its kin, which MariaDB runs outside of routines too.
    pub(super) fn compound(
        &mut self,
        opener: &str,
        position: Position,
    ) -> Result<ParsedStatement, DumpProblem> {
        self.note_skipped(format!("{opener} … END {opener}"), position, true);
        Body::within(vec![Block::of(opener)]).skip(&mut self.cursor)?;
        Ok(ParsedStatement::Nothing)
    }

    pub(super) fn create(&mut self, position: Position) -> Result<ParsedStatement, DumpProblem> {
        let mut kind = KeyKind::Plain;
        let (mut replace, mut materialized) = (false, false);
        loop {
            let token = self.cursor.peek()?;
            let Token::Word(span) = token else {
                match token {
                    Token::Delimiter => return self.skip("CREATE", position, false),
                    Token::End => return Err(DumpProblem::Truncated("a CREATE statement")),
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
                "REPLACE" => replace = true,
                "TABLE" => return self.create_table(position, replace),
                "VIEW" => return self.create_view(position, materialized),
                "TEMPTABLE" => materialized = true,
                "INDEX" => return self.create_index(kind, replace, position),
                "DATABASE" | "SCHEMA" => return self.create_database(replace),
                "UNIQUE" => kind = KeyKind::Unique,
                "FULLTEXT" => kind = KeyKind::Fulltext,
                // CREATE SPATIAL INDEX, and CREATE SPATIAL REFERENCE SYSTEM.
                "SPATIAL" if self.cursor.at_word(&["INDEX"])? => kind = KeyKind::Spatial,
                object if OBJECTS.contains(&object) => {
                    self.cursor.skip_words("IF", &["NOT", "EXISTS"])?;
                    let (database, name) = match self.cursor.peek()? {
                        Token::Word(_) | Token::Name { .. } => self.cursor.qualified_name()?,
                        _ => (None, String::new()),
                    };
                    let database = database.or_else(|| self.session.database.clone());
                    match object {
                        "TRIGGER" => {
                            if replace {
                                self.forget_trigger(database.as_deref(), &name);
                            }
                            self.trigger(&name)?;
                        }
                        "FUNCTION" => self.tables.insert_function(&name),
                        _ => {}
                    }
                    let statement = format!("CREATE {object} {name}");
                    self.unkept.push(UnkeptObject {
                        object: object.to_owned(),
                        database,
                        name,
                        position,
                    });
                    if BODIES.contains(&object) {
                        return self.skip_body(statement.trim_end(), position);
                    }
                    return self.skip(statement.trim_end(), position, false);
                }
                _ => {}
            }
        }
    }

    fn create_table(
        &mut self,
        position: Position,
        replace: bool,
    ) -> Result<ParsedStatement, DumpProblem> {
        let if_not_exists = self.cursor.skip_words("IF", &["NOT", "EXISTS"])?;
        let (database, name) = self.cursor.qualified_name()?;
        let database = database.or_else(|| self.session.database.clone());
        let known = self.tables.get(database.as_deref(), &name);
        let mut replaced = None;
        if known.is_some_and(|known| known.name == name) {
            if replace {
                replaced = self.tables.remove(database.as_deref(), &name);
            } else if if_not_exists {
                return self.ignore("CREATE TABLE IF NOT EXISTS");
            } else {
                return Err(DumpProblem::Unsupported(format!(
                    "a second CREATE TABLE {name}, which has not been dropped,"
                )));
            }
        }
        let mut opened = self.cursor.skip_symbol(b'(')?;
        if self.cursor.skip_word("LIKE")? {
            let table = self.like(database, name, position)?;
            return Ok(self.created(table, replaced));
        }
        let mut table = TableDefinition {
            lasting: self.session.lasting_engine,
            ..TableDefinition::empty(database, name, position)
        };
        if opened && !self.cursor.at_word(&["SELECT", "WITH"])? {
            table::elements(&mut self.cursor, &mut table)?;
            opened = false;
        }
        let query = if opened {
            Some(OnConflict::Fail)
        } else {
            table::options(&mut self.cursor, &mut table)?
        };
        self.settle_text(&mut table);
        match query {
            Some(on_conflict) => self.create_from_query(table, on_conflict, replaced, opened),
            None if table.columns.is_empty() => Err(DumpProblem::Unexpected {
                expected: "'(' and the columns of the table",
                found: "the end of the statement".to_owned(),
            }),
            None => Ok(self.created(table, replaced)),
        }
    }

    fn created(
        &mut self,
        mut table: TableDefinition,
        replaced: Option<TableDefinition>,
    ) -> ParsedStatement {
        table.keep_foreign_keys_of_engine();
        // The real table of a view's stand-in.
        self.tables
            .remove_view(table.database.as_deref(), &table.name);
        self.tables.insert(table.clone());
        self.further.extend(replaced.map(Statement::Dropped));
        self.further.push_back(Statement::Table(table));
        self.first_of_several()
    }

    fn like(
        &mut self,
        database: Option<String>,
        name: String,
        position: Position,
    ) -> Result<TableDefinition, DumpProblem> {
        let (other_database, other) = self.cursor.qualified_name()?;
        let other_database = other_database.or_else(|| self.session.database.clone());
        self.cursor.skip_statement()?;
        let template = self.tables.get(other_database.as_deref(), &other);
        let template = template.ok_or_else(|| {
            DumpProblem::Unsupported(format!(
                "CREATE TABLE LIKE {other}, which is not in the dump,"
            ))
        })?;
        let mut table = TableDefinition {
            database,
            name,
            position,
            auto_increment: None,
            changed: None,
            unkept_keys: Vec::new(),
            ..template.clone()
        };
        // Foreign keys are not taken over, but the keys that a server has made for them are.
        for foreign in std::mem::take(&mut table.foreign_keys) {
            table.keep_key_of(foreign);
        }
        table.settle();
        Ok(table)
    }

    fn create_index(
        &mut self,
        kind: KeyKind,
        replace: bool,
        position: Position,
    ) -> Result<ParsedStatement, DumpProblem> {
        let CreatedIndex {
            table: (database, name),
            key,
            if_not_exists,
        } = alter::create_index(&mut self.cursor, kind)?;
        let database = database.or_else(|| self.session.database.clone());
        let Some(mut table) = self.tables.remove(database.as_deref(), &name) else {
            let what = format!("CREATE INDEX on {name}, which is not in the dump");
            self.note_skipped(what, position, false);
            return Ok(ParsedStatement::Nothing);
        };
        if replace && let Some(name) = &key.name {
            table.drop_key(name);
        }
        if !if_not_exists || !table.has_key(key.name.as_deref()) {
            table.keys.push(key);
        }
        table.changed = Some(self.change(position));
        self.tables.insert(table.clone());
        Ok(ParsedStatement::Statement(Statement::Altered(table)))
    }

    fn change(&self, position: Position) -> TableChange {
        TableChange {
            position,
            zero_is_zero: self.session.modes.no_auto_value_on_zero,
            ignores: false,
        }
    }

    pub(super) fn alter(&mut self, position: Position) -> Result<ParsedStatement, DumpProblem> {
        self.cursor.skip_word("ONLINE")?;
        let ignores = self.cursor.skip_word("IGNORE")?;
        if !self.cursor.skip_word("TABLE")? {
            if self.cursor.skip_word("DATABASE")? || self.cursor.skip_word("SCHEMA")? {
                return self.alter_database();
            }
            return self.alter_other(position);
        }
        let if_exists = self.cursor.skip_words("IF", &["EXISTS"])?;
        let (database, name) = self.cursor.qualified_name()?;
        let database = database.or_else(|| self.session.database.clone());
        alter::lock_wait(&mut self.cursor)?;
        if self.cursor.at_word(&["DISABLE", "ENABLE"])? {
            return self.ignore("ALTER TABLE … KEYS");
        }
        let Some(mut table) = self.tables.remove(database.as_deref(), &name) else {
            if if_exists {
                return self.ignore("ALTER TABLE IF EXISTS");
            }
            let statement = format!("ALTER TABLE {name}, which is not in the dump");
            return self.skip(&statement, position, false);
        };
        let before = table.clone();
        let outcome = alter::changes(&mut self.cursor, &mut table);
        table.changed = Some(TableChange {
            ignores,
            ..self.change(position)
        });
        table.keep_foreign_keys_of_engine();
        let columns = table.renamed_columns(&before);
        table.follow_parent(&before, &before, &columns);
        self.tables.follow(&before, &table);
        self.tables.insert(table.clone());
        let outcome = outcome?;
        for unknown in &outcome.unknown {
            self.note_skipped(format!("ALTER TABLE {name} {unknown}"), position, false);
        }
        for lost in &outcome.lost {
            self.note_skipped(format!("ALTER TABLE {name} {lost}"), position, true);
        }
        if let Some((other, new)) = outcome.renamed {
            return Ok(self.renamed(database.as_deref(), &name, other, new));
        }
        Ok(if outcome.changed {
            ParsedStatement::Statement(Statement::Altered(table))
        } else {
            ParsedStatement::Nothing
        })
    }

    /// `RENAME TABLE a TO b, c TO d`: one after the other.
    pub(super) fn rename(&mut self, position: Position) -> Result<ParsedStatement, DumpProblem> {
        if !self.cursor.skip_word("TABLE")? && !self.cursor.skip_word("TABLES")? {
            return self.skip("RENAME", position, false);
        }
        let if_exists = self.cursor.skip_words("IF", &["EXISTS"])?;
        loop {
            let (database, name) = self.cursor.qualified_name()?;
            alter::lock_wait(&mut self.cursor)?;
            self.cursor.expect_word("TO")?;
            let (other, new) = self.cursor.qualified_name()?;
            let database = database.or_else(|| self.session.database.clone());
            match self.renamed(database.as_deref(), &name, other, new) {
                ParsedStatement::Statement(statement) => self.further.push_back(statement),
                _ if if_exists => {}
                _ => {
                    let what = format!("RENAME TABLE {name}, which is not in the dump");
                    self.note_skipped(what, position, false);
                }
            }
            if !self.cursor.skip_symbol(b',')? {
                self.cursor.skip_statement()?;
                return Ok(self.first_of_several());
            }
        }
    }

    pub(super) fn first_of_several(&mut self) -> ParsedStatement {
        let first = self.further.pop_front();
        first.map_or(ParsedStatement::Nothing, ParsedStatement::Statement)
    }

    fn renamed(
        &mut self,
        database: Option<&str>,
        name: &str,
        other: Option<String>,
        new: String,
    ) -> ParsedStatement {
        let Some(old) = self.tables.remove(database, name) else {
            return self.renamed_view(database, name, other, new);
        };
        let mut table = old.clone();
        table.name = new;
        table.rename_constraints(name);
        table.database = other.or_else(|| old.database.clone());
        let after = table.clone();
        table.follow_parent(&old, &after, &[]);
        self.tables.follow(&old, &table);
        self.tables.insert(table.clone());
        for event in EVENTS {
            let key = (event, old.database.clone(), old.name.clone());
            if let Some(triggers) = self.triggers.remove(&key) {
                let key = (event, table.database.clone(), table.name.clone());
                self.triggers.insert(key, triggers);
            }
        }
        ParsedStatement::Statement(Statement::Renamed(Box::new(old), table))
    }

    /// Remembers a trigger, from behind its name on.
    fn trigger(&mut self, name: &str) -> Result<(), DumpProblem> {
        let _ = self.cursor.skip_word("BEFORE")? || self.cursor.skip_word("AFTER")?;
        for event in EVENTS {
            if self.cursor.skip_words(event, &["ON"])? {
                let (database, table) = self.cursor.qualified_name()?;
                let database = database.or_else(|| self.session.database.clone());
                let trigger = KnownTrigger {
                    name: name.to_owned(),
                    written: Vec::new(),
                };
                self.triggers
                    .entry((event, database, table))
                    .or_default()
                    .push(trigger);
            }
        }
        Ok(())
    }

    pub(super) fn truncate(&mut self, position: Position) -> Result<ParsedStatement, DumpProblem> {
        self.cursor.skip_word("TABLE")?;
        let (database, name) = self.cursor.qualified_name()?;
        self.cursor.skip_statement()?;
        let own = database.clone().or_else(|| self.session.database.clone());
        if self.tables.view(own.as_deref(), &name).is_some() {
            let reason = "none that a server empties";
            return Ok(self.obstructed("TRUNCATE", (own, name), reason, position));
        }
        Ok(self.emptied_table(database, name, true))
    }

    pub(super) fn delete(&mut self, position: Position) -> Result<ParsedStatement, DumpProblem> {
        for modifier in ["LOW_PRIORITY", "QUICK", "IGNORE"] {
            self.cursor.skip_word(modifier)?;
        }
        if !self.cursor.skip_word("FROM")? {
            let source = self.rest_of_statement()?;
            self.note_triggers_in("DELETE", &source, "WHERE", position)?;
            let statement = self.script(ScriptKind::DeleteJoined(source), position);
            return Ok(ParsedStatement::Statement(statement));
        }
        let (database, name) = self.cursor.qualified_name()?;
        let own = database.clone().or_else(|| self.session.database.clone());
        if self.tables.view(own.as_deref(), &name).is_some() {
            return self.delete_of_view((own, name), position);
        }
        self.note_trigger("DELETE", (own, name.clone()), position);
        let is_of_all = matches!(self.cursor.peek()?, Token::Delimiter | Token::End);
        let is_followed = self.session.checks_keys() && self.tables.has_acting_child(&name);
        if !is_of_all || is_followed {
            let mut source = self.rest_of_statement()?;
            self.note_triggers_in("DELETE", &source, "WHERE", position)?;
            source
                .text
                .insert_str(0, &sql_name(database.as_deref(), &name));
            let statement = self.script(ScriptKind::Delete(source), position);
            return Ok(ParsedStatement::Statement(statement));
        }
        self.cursor.skip_statement()?;
        Ok(self.emptied_table(database, name, false))
    }

    pub(super) fn emptied_table(
        &mut self,
        database: Option<String>,
        table: String,
        restarts: bool,
    ) -> ParsedStatement {
        let database = database.or_else(|| self.session.database.clone());
        if restarts && let Some(mut known) = self.tables.remove(database.as_deref(), &table) {
            known.auto_increment = None;
            self.tables.insert(known);
        }
        ParsedStatement::Statement(Statement::Emptied {
            database,
            table,
            restarts,
        })
    }

    pub(super) fn use_database(&mut self) -> Result<ParsedStatement, DumpProblem> {
        let name = self.cursor.name("the name of a database")?;
        // To the clients USE is a command of its own, which the end of the line ends.
        if self.cursor.lexer().at_line_end()? {
            *self.ignored.entry("USE".to_owned()).or_default() += 1;
        } else {
            self.ignore("USE")?;
        }
        self.session.database = Some(name);
        Ok(ParsedStatement::Nothing)
    }
}
