//! `CREATE DATABASE`, `ALTER DATABASE` and `DROP DATABASE`: what is in one, and what its tables are in unless they say
//! otherwise.
//!
//! A file holds one database; which of them is wanted is decided elsewhere.
//!
//! It and `reader` know each other, as `objects` and `reader` do.

use super::column::word_or_string;
use super::definition::TableDefinition;
use super::error::DumpProblem;
use super::lexer::Token;
use super::reader::{DumpReader, ParsedStatement, Statement};

/// The character set and the collation of tables that say neither.
#[derive(Debug, Clone, Default)]
pub(super) struct DatabaseText {
    charset: Option<String>,
    collation: Option<String>,
}

impl DumpReader<'_> {
    /// Behind `CREATE DATABASE`, which may `replace` one.
    pub(super) fn create_database(
        &mut self,
        replace: bool,
    ) -> Result<ParsedStatement, DumpProblem> {
        let if_not_exists = self.cursor.skip_words("IF", &["NOT", "EXISTS"])?;
        let name = self.cursor.name("the name of a database")?;
        let text = self.database_text()?;
        self.ignore("CREATE DATABASE")?;
        if replace {
            self.drop_all_in(&name);
        }
        let database = Some(name);
        if !if_not_exists || self.tables.text_of(database.as_deref()).is_none() {
            self.tables.set_text_of(database, text);
        }
        Ok(self.first_of_several())
    }

    /// Behind `ALTER DATABASE`.
    pub(super) fn alter_database(&mut self) -> Result<ParsedStatement, DumpProblem> {
        let options = [
            "DEFAULT",
            "CHARACTER",
            "CHARSET",
            "COLLATE",
            "UPGRADE",
            "COMMENT",
        ];
        let mut database = self.session.database.clone();
        if !self.cursor.at_word(&options)? {
            database = Some(self.cursor.name("the name of a database")?);
        }
        let text = self.database_text()?;
        if text.charset.is_some() || text.collation.is_some() {
            self.tables.set_text_of(database, text);
        }
        self.ignore("ALTER DATABASE")
    }

    /// Behind `DROP DATABASE`.
    pub(super) fn drop_database(&mut self) -> Result<ParsedStatement, DumpProblem> {
        self.cursor.skip_words("IF", &["EXISTS"])?;
        let name = self.cursor.name("the name of a database")?;
        self.ignore("DROP DATABASE")?;
        self.drop_all_in(&name);
        Ok(self.first_of_several())
    }

    /// Drops all that the dump has in a database. What it has named none for is in another one, for all that is
    /// known.
    fn drop_all_in(&mut self, name: &str) {
        let (tables, views) = self.tables.remove_database(name);
        self.forget_triggers(|(_, own, _), _| own.as_deref() == Some(name));
        let views = views.into_iter().map(|view| {
            let database = Some(name.to_owned());
            Statement::ViewDropped(database, view)
        });
        self.further.extend(views);
        self.further
            .extend(tables.into_iter().map(Statement::Dropped));
        let dropped = Statement::DatabaseDropped(name.to_owned());
        self.further.push_back(dropped);
    }

    /// The options behind a database's name.
    fn database_text(&mut self) -> Result<DatabaseText, DumpProblem> {
        let mut text = DatabaseText::default();
        loop {
            let cursor = &mut self.cursor;
            if cursor.skip_words("CHARACTER", &["SET"])? || cursor.skip_word("CHARSET")? {
                cursor.skip_symbol(b'=')?;
                text.charset = Some(word_or_string(cursor)?);
            } else if cursor.skip_word("COLLATE")? {
                cursor.skip_symbol(b'=')?;
                text.collation = Some(word_or_string(cursor)?);
            } else if matches!(cursor.peek()?, Token::Delimiter | Token::End) {
                return Ok(text);
            } else {
                cursor.next()?;
            }
        }
    }

    /// Gives a table what its database has for those that say nothing.
    pub(super) fn settle_text(&self, table: &mut TableDefinition) {
        if table.charset.is_none()
            && table.collation.is_none()
            && let Some(text) = self.tables.text_of(table.database.as_deref())
        {
            table.charset.clone_from(&text.charset);
            table.collation.clone_from(&text.collation);
        }
    }
}
