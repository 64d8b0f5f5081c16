//! Statements of a dump, one after the other, and the rows of each `INSERT`.
//!
//! [`Reader`] dispatches on the first words of a statement: tables and rows are handed out, noise
//! of dump programs is read over, anything else that could matter is remembered as [`Skipped`] so
//! that callers can report it. Nothing in a dump is ever executed.

use std::collections::HashMap;
use std::io::Read;

use super::cursor::Cursor;
use super::definition::TableDefinition;
use super::error::{DumpError, Position, Problem};
use super::insert::{self, Follow, Head, InsertHeader, OpenInsert, Row};
use super::lexer::Token;
use super::session::Session;
use super::table;

/// Statements that only make sense on a server, or that a bake does better itself.
const NOISE: &[&str] = &[
    "USE", "DROP", "LOCK", "UNLOCK", "START", "BEGIN", "COMMIT", "FLUSH", "ANALYZE", "OPTIMIZE",
    "CHANGE", "RESET",
];

/// Statements that could have changed tables, rows or rights: read over, and told to the caller.
const SKIPPED: &[&str] = &[
    "CALL",
    "CHECK",
    "DEALLOCATE",
    "DELETE",
    "DO",
    "EXECUTE",
    "GRANT",
    "PREPARE",
    "RENAME",
    "REPAIR",
    "REVOKE",
    "SELECT",
    "TRUNCATE",
    "UPDATE",
    "WITH",
];

/// Statements and client commands that reach outside the dump.
const REFUSED: &[&str] = &["LOAD", "SOURCE", "SYSTEM", "HANDLER", "INSTALL"];

/// A statement that matters to the caller.
#[derive(Debug)]
pub enum Statement {
    /// `CREATE TABLE`.
    Table(TableDefinition),
    /// `INSERT` or `REPLACE`; its rows come from [`Reader::next_row`].
    Insert(InsertHeader),
}

/// A statement that was read over although it could have changed tables or rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    /// Where it starts.
    pub position: Position,
    /// Its first words in upper case.
    pub statement: String,
}

/// Reads one dump.
pub struct Reader<'i> {
    input: String,
    cursor: Cursor<'i>,
    session: Session,
    tables: HashMap<String, TableDefinition>,
    rows: HashMap<String, u64>,
    insert: Option<OpenInsert>,
    more_rows: bool,
    skipped: Vec<Skipped>,
}

impl<'i> Reader<'i> {
    /// Reads the unpacked text `bytes`; `input` names it in errors.
    #[must_use]
    pub fn new(input: impl Into<String>, bytes: impl Read + Send + 'i) -> Self {
        Self {
            input: input.into(),
            cursor: Cursor::new(Box::new(bytes)),
            session: Session::new(),
            tables: HashMap::new(),
            rows: HashMap::new(),
            insert: None,
            more_rows: false,
            skipped: Vec::new(),
        }
    }

    /// Takes over the tables of an earlier dump, whose rows may stand in this one.
    #[must_use]
    pub fn with_tables(mut self, tables: HashMap<String, TableDefinition>) -> Self {
        self.tables = tables;
        self
    }

    /// Ends the reading; gives the tables seen so far and what was skipped.
    #[must_use]
    pub fn finish(self) -> (HashMap<String, TableDefinition>, Vec<Skipped>) {
        (self.tables, self.skipped)
    }

    /// The next table or `INSERT`, or `None` at the end. Rows of the last `INSERT` that were not
    /// read are checked and passed over.
    ///
    /// # Errors
    /// When the dump cannot be read or its grammar is broken; the reader is then of no more use.
    pub fn next_statement(&mut self) -> Result<Option<Statement>, DumpError> {
        while self.next_row()?.is_some() {}
        self.insert = None;
        loop {
            self.cursor.set_anchor();
            let found = self.statement();
            match found.map_err(|problem| self.error(problem))? {
                Found::Nothing => {}
                Found::End => return Ok(None),
                Found::Statement(statement) => return Ok(Some(statement)),
            }
        }
    }

    /// The next row of the `INSERT` that [`Reader::next_statement`] returned last, or `None` behind
    /// its last row.
    ///
    /// # Errors
    /// As [`Reader::next_statement`], and when a row has another number of values than columns.
    pub fn next_row(&mut self) -> Result<Option<Row<'_>>, DumpError> {
        if let Err(problem) = self.advance_row() {
            return Err(self.error(problem));
        }
        match &self.insert {
            Some(insert) if self.more_rows => Ok(Some(Row {
                input: &self.input,
                cursor: &self.cursor,
                insert,
            })),
            _ => Ok(None),
        }
    }

    fn advance_row(&mut self) -> Result<(), Problem> {
        let Some(insert) = &mut self.insert else {
            return Ok(());
        };
        if !self.more_rows {
            return Ok(());
        }
        if !insert.literals.is_empty() {
            self.more_rows = matches!(insert::follow(&mut self.cursor)?, Follow::AnotherRow);
        }
        if self.more_rows {
            return insert.read_row(&mut self.cursor, &self.session);
        }
        self.rows.insert(insert.header.table.clone(), insert.row);
        Ok(())
    }

    fn statement(&mut self) -> Result<Found, Problem> {
        let word = match self.cursor.next()? {
            Token::End => return Ok(Found::End),
            Token::Symbol(b';') => return Ok(Found::Nothing),
            Token::Word(span) => self.cursor.utf8(span)?.to_ascii_uppercase(),
            token => return Err(self.cursor.unexpected(token, "a statement")),
        };
        let position = self.cursor.position();
        match word.as_str() {
            "CREATE" => self.create(position),
            "INSERT" | "REPLACE" => self.insert(position).map(Found::Statement),
            "SET" => self.set(),
            "DELIMITER" => Err(Problem::Unsupported("DELIMITER".to_owned())),
            noise if NOISE.contains(&noise) => self.skip(None),
            refused if REFUSED.contains(&refused) => Err(Problem::Unsupported(format!(
                "{refused}, which reaches outside the dump,"
            ))),
            "ALTER" => self.alter(position),
            known if SKIPPED.contains(&known) => self.skip(Some(Skipped {
                position,
                statement: known.to_owned(),
            })),
            _ => Err(Problem::Unexpected {
                expected: "a statement",
                found: format!("{word:?}"),
            }),
        }
    }

    fn create(&mut self, position: Position) -> Result<Found, Problem> {
        if self.cursor.skip_word("OR")? {
            self.cursor.expect_word("REPLACE")?;
        }
        self.cursor.skip_word("TEMPORARY")?;
        if self.cursor.skip_word("TABLE")? {
            let table = table::parse(&mut self.cursor, position)?;
            self.tables.insert(table.name.clone(), table.clone());
            return Ok(Found::Statement(Statement::Table(table)));
        }
        if self.cursor.skip_word("DATABASE")? || self.cursor.skip_word("SCHEMA")? {
            return self.skip(None);
        }
        let statement = match self.cursor.peek()? {
            Token::Word(span) => {
                format!("CREATE {}", self.cursor.utf8(span)?.to_ascii_uppercase())
            }
            _ => "CREATE".to_owned(),
        };
        self.skip(Some(Skipped {
            position,
            statement,
        }))
    }

    /// `ALTER TABLE … DISABLE KEYS` surrounds the rows of every default dump and changes nothing.
    fn alter(&mut self, position: Position) -> Result<Found, Problem> {
        self.cursor.expect_word("TABLE")?;
        let (_, table) = self.cursor.qualified_name()?;
        if self.cursor.skip_word("DISABLE")? || self.cursor.skip_word("ENABLE")? {
            return self.skip(None);
        }
        self.skip(Some(Skipped {
            position,
            statement: format!("ALTER TABLE {table}"),
        }))
    }

    fn set(&mut self) -> Result<Found, Problem> {
        if self.cursor.skip_word("NAMES")? || self.cursor.skip_word("CHARSET")? {
            let charset = match self.cursor.next()? {
                Token::Word(span) | Token::Text { span, .. } => self.cursor.utf8(span)?,
                token => return Err(self.cursor.unexpected(token, "a character set")),
            };
            self.session.set_names(&charset)?;
            return self.skip(None);
        }
        loop {
            match self.cursor.next()? {
                Token::Symbol(b';') => return Ok(Found::Nothing),
                Token::End => return Err(Problem::Truncated("a SET statement")),
                Token::Text { span, .. } => Session::check_mode(self.cursor.slice(span))?,
                _ => {}
            }
        }
    }

    fn insert(&mut self, position: Position) -> Result<Statement, Problem> {
        let Head {
            database,
            table,
            columns,
        } = insert::head(&mut self.cursor)?;
        let columns = match (columns, self.tables.get(&table)) {
            (Some(columns), _) => columns,
            (None, Some(table)) => table
                .columns
                .iter()
                .map(|column| column.name.clone())
                .collect(),
            (None, None) => return Err(Problem::UnknownColumns { table }),
        };
        let row = self.rows.get(&table).copied().unwrap_or(0);
        let header = InsertHeader {
            database,
            table,
            columns: columns.into(),
            position,
        };
        self.insert = Some(OpenInsert {
            header: header.clone(),
            literals: Vec::new(),
            row,
            row_start: 0,
        });
        self.more_rows = true;
        Ok(Statement::Insert(header))
    }

    fn skip(&mut self, skipped: Option<Skipped>) -> Result<Found, Problem> {
        self.skipped.extend(skipped);
        self.cursor.skip_statement()?;
        Ok(Found::Nothing)
    }

    fn error(&self, problem: Problem) -> DumpError {
        let insert = self.insert.as_ref();
        DumpError {
            input: self.input.clone(),
            position: self.cursor.position(),
            table: insert.map(|insert| insert.header.table.clone()),
            row: insert.map(|insert| insert.row).filter(|&row| row > 0),
            problem,
        }
    }
}

/// What a statement amounted to.
enum Found {
    Statement(Statement),
    Nothing,
    End,
}
