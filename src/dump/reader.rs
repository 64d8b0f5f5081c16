//! Statements of a dump, one after the other, and the rows of each `INSERT`.
//!
//! [`DumpReader`] dispatches on the first words of a statement: tables, views and rows are handed out,
//! noise of dump programs is counted and ignored, anything else that could matter is remembered
//! as [`Skipped`] so that callers can report it. Nothing in a dump is ever executed.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::io::Read;

use super::body::OPENERS;
use super::charset::Charset;
use super::cursor::Cursor;
use super::definition::{TableDefinition, ViewDefinition};
use super::error::{DumpError, DumpProblem, Position};
use super::insert::{self, DumpRow, Follow, InsertHeader, OnConflict, OpenInsert, Upsert};
use super::lexer::Token;
use super::row_scan;
use super::script::ScriptStatement;
use super::session::{KnownValue, SqlSession};
use super::tables::Tables;
use super::transaction::{OpenTransaction, TransactionStep};

/// Statements that only make sense on a server, or tell something and change nothing.
const NOISE: &[&str] = &[
    "BACKUP", "CACHE", "CHANGE", "CHECK", "CHECKSUM", "DESC", "DESCRIBE", "EXPLAIN", "FLUSH",
    "LOCK", "OPTIMIZE", "PURGE", "REPAIR", "RESET", "SHOW", "STOP", "UNLOCK",
];

/// Those of [`SKIPPED`] that change rows.
const LOSING: &[&str] = &["CALL"];

/// Statements that could have changed tables, rows or rights: skipped, and reported to the caller.
const SKIPPED: &[&str] = &["CALL", "GRANT", "KILL", "REVOKE", "SIGNAL"];

/// Statements and client commands that reach outside the dump.
const REFUSED: &[&str] = &[
    "LOAD",
    "SOURCE",
    "SYSTEM",
    "HANDLER",
    "INSTALL",
    "UNINSTALL",
    "IMPORT",
    "CONNECT",
    "TEE",
    "PAGER",
    "EDIT",
    "BINLOG",
    "CLONE",
    "SHUTDOWN",
    "RESTART",
];

/// Programs whose warnings end up in the dump when a shell merges their two outputs.
const TALKERS: &[&str] = &["MYSQLDUMP", "MARIADB", "MYSQL", "WARNING"];

/// A statement that matters to the caller.
#[derive(Debug)]
pub enum Statement {
    /// `CREATE TABLE`.
    Table(TableDefinition),
    /// `ALTER TABLE` or `CREATE INDEX`, with the whole table as it is now.
    Altered(TableDefinition),
    /// A renamed table: as it was, and as it is now, with other changes of the same statement.
    Renamed(Box<TableDefinition>, TableDefinition),
    /// `DROP TABLE` of a table of the dump.
    Dropped(TableDefinition),
    /// `TRUNCATE`, or a `DELETE` of all rows, behind which numbers go on.
    Emptied {
        /// The table's database.
        database: Option<String>,
        /// Its name.
        table: String,
        /// Numbers start again.
        restarts: bool,
    },
    /// `CREATE VIEW`.
    View(ViewDefinition),
    /// `DROP VIEW`, with the view's database and name.
    ViewDropped(Option<String>, String),
    /// A view under its new name; each with its database.
    ViewRenamed {
        /// As it was called.
        old: (Option<String>, String),
        /// As it is called now.
        new: (Option<String>, String),
    },
    /// `DROP DATABASE`, behind what was in it.
    DatabaseDropped(String),
    /// A statement that depends on rows or variables.
    Script(Box<ScriptStatement>),
    /// A step of a transaction, with its place.
    Transaction(TransactionStep, Position),
    /// `INSERT` or `REPLACE`; its rows come from [`DumpReader::next_row`].
    Insert(InsertHeader),
}

/// A statement that was skipped although it could have changed tables or rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    /// Where it starts.
    pub position: Position,
    /// Its first words in upper case, and the name of its object where it has one.
    pub statement: String,
    /// It would have changed rows or tables that are read.
    pub loses: bool,
}

/// What a reader leaves at the end of its input.
#[derive(Debug, Default)]
pub struct Finished {
    /// The tables seen so far, those of earlier inputs included.
    pub tables: Tables,
    /// Statements that were skipped although they could matter.
    pub skipped: Vec<Skipped>,
    /// How many statements without an effect here were ignored, by their first word.
    pub ignored: BTreeMap<String, u64>,
}

/// `INSERT`, `UPDATE` or `DELETE`, and the table's database and name.
pub(super) type TriggerKey = (&'static str, Option<String>, String);

/// A trigger, and the tables that its body changes, as far as its text says it.
pub(super) struct KnownTrigger {
    pub(super) name: String,
    pub(super) written: Vec<String>,
}

/// A trigger, routine or event whose `CREATE` is noted.
pub(super) struct UnkeptObject {
    pub(super) object: String,
    pub(super) database: Option<String>,
    pub(super) name: String,
    pub(super) position: Position,
}

/// Reads one dump.
pub struct DumpReader<'i> {
    pub(super) input: String,
    pub(super) cursor: Cursor<'i>,
    pub(super) session: SqlSession,
    pub(super) tables: Tables,
    pub(super) rows: HashMap<(Option<String>, String), u64>,
    pub(super) insert: Option<OpenInsert>,
    pub(super) more_rows: bool,
    /// Found together with the statement that was returned last.
    pub(super) further: VecDeque<Statement>,
    /// Of an `INSERT` among them.
    pub(super) deferred: Option<OpenInsert>,
    /// Triggers by what they run for and table: rows behind them would have fired them.
    pub(super) triggers: HashMap<TriggerKey, Vec<KnownTrigger>>,
    /// Prepared statements, by their names in lower case.
    pub(super) prepared: HashMap<String, KnownValue>,
    pub(super) unkept: Vec<UnkeptObject>,
    pub(super) skipped: Vec<Skipped>,
    pub(super) ignored: BTreeMap<String, u64>,
    allow_incomplete: bool,
    /// The list of SQL modes behind a `SET STATEMENT … FOR`.
    pub(super) for_one_statement: Option<KnownValue>,
    pub(super) transaction: OpenTransaction,
    /// A statement was handed out.
    recognised: bool,
    /// Blocks outside of routines (`BEGIN NOT ATOMIC`) that are open around the next statement.
    pub(super) blocks: usize,
}

impl<'i> DumpReader<'i> {
    /// Reads the unpacked text `bytes`; `input` names it in errors.
    #[must_use]
    pub fn new(input: impl Into<String>, bytes: impl Read + Send + 'i) -> Self {
        Self {
            input: input.into(),
            cursor: Cursor::new(Box::new(bytes)),
            session: SqlSession::new(Charset::Utf8),
            tables: Tables::default(),
            rows: HashMap::new(),
            insert: None,
            more_rows: false,
            further: VecDeque::new(),
            deferred: None,
            triggers: HashMap::new(),
            prepared: HashMap::new(),
            unkept: Vec::new(),
            skipped: Vec::new(),
            ignored: BTreeMap::new(),
            allow_incomplete: false,
            for_one_statement: None,
            transaction: OpenTransaction::NONE,
            recognised: false,
            blocks: 0,
        }
    }

    /// Takes over the tables of an earlier dump, whose rows may stand in this one.
    #[must_use]
    pub fn with_tables(mut self, tables: Tables) -> Self {
        self.tables = tables;
        self
    }

    /// Takes text for `charset` as long as the dump does not say what it is in.
    #[must_use]
    pub fn with_charset(mut self, charset: Charset) -> Self {
        self.session = SqlSession::new(charset);
        self.cursor.configure(&self.session);
        self
    }

    /// Takes the text for UTF-8 whatever the dump says: it was in UTF-16, and has been translated.
    #[must_use]
    pub fn translated(mut self, translated: bool) -> Self {
        if translated {
            self.session = SqlSession::translated();
            self.cursor.configure(&self.session);
        }
        self
    }

    /// Accepts a dump that has its program's header and lacks the line at its end.
    #[must_use]
    pub fn allow_incomplete(mut self, allow: bool) -> Self {
        self.allow_incomplete = allow;
        self
    }

    /// Ends the reading.
    #[must_use]
    pub fn finish(self) -> Finished {
        Finished {
            tables: self.tables,
            skipped: self.skipped,
            ignored: self.ignored,
        }
    }

    /// The next statement that matters, or `None` at the end. Rows of the last `INSERT` that were
    /// not read are checked and passed over.
    ///
    /// # Errors
    /// When the dump cannot be read or its grammar is broken; the reader is then of no more use.
    pub fn next_statement(&mut self) -> Result<Option<Statement>, DumpError> {
        while self.next_row()?.is_some() {}
        self.insert = None;
        if let Some(statement) = self.further.pop_front() {
            if let Statement::Insert(_) = statement {
                self.insert = self.deferred.take();
                self.more_rows = true;
            }
            return Ok(Some(statement));
        }
        loop {
            self.cursor.forget();
            let found = self.end_of_one_statement().and_then(|()| self.statement());
            for position in self.cursor.lexer().take_complaints() {
                self.note_skipped("an error of the dump program", position, true);
            }
            match found {
                Ok(ParsedStatement::Nothing) => {}
                Ok(ParsedStatement::End) => return Ok(None),
                Ok(ParsedStatement::Statement(statement)) => {
                    self.recognised = true;
                    return Ok(Some(statement));
                }
                Err(problem) => {
                    let problem = self.no_dump(problem);
                    return Err(self.error(problem));
                }
            }
        }
    }

    /// The next row of the `INSERT` that [`DumpReader::next_statement`] returned last, or `None` behind
    /// its last row.
    ///
    /// # Errors
    /// As [`DumpReader::next_statement`], and when a row has another number of values than columns.
    pub fn next_row(&mut self) -> Result<Option<DumpRow<'_>>, DumpError> {
        if let Err(problem) = self.advance_row() {
            return Err(self.error(problem));
        }
        Ok(self.current_row())
    }

    /// The row that [`DumpReader::next_row`] returned last.
    #[must_use]
    pub fn current_row(&self) -> Option<DumpRow<'_>> {
        match &self.insert {
            Some(insert) if self.more_rows => Some(DumpRow {
                input: &self.input,
                cursor: &self.cursor,
                insert,
            }),
            _ => None,
        }
    }

    /// Behind the last row: the `ON DUPLICATE KEY UPDATE` of the statement.
    #[must_use]
    pub fn upsert(&self) -> Option<&Upsert> {
        self.insert
            .as_ref()
            .and_then(|insert| insert.upsert.as_ref())
    }

    fn advance_row(&mut self) -> Result<(), DumpProblem> {
        let Some(insert) = &mut self.insert else {
            return Ok(());
        };
        if !self.more_rows {
            return Ok(());
        }
        if insert.row_read {
            let comma = self.cursor.is_plain() && row_scan::comma(self.cursor.lexer());
            self.more_rows = comma
                || matches!(
                    insert::follow(&mut self.cursor, &mut insert.upsert)?,
                    Follow::AnotherRow
                );
            if !self.more_rows
                && let Some(upsert) = &mut insert.upsert
                && let Some(view) = insert.view.take()
            {
                view.rename(upsert)?;
            }
        } else if insert.is_set_form {
            insert.row_read = true;
            insert.row += 1;
            self.note_converted_bytes();
            return Ok(());
        }
        if self.more_rows {
            insert.row_read = true;
            insert.read_row(&mut self.cursor, &self.session)?;
            self.note_converted_bytes();
            return Ok(());
        }
        let key = (insert.header.database.clone(), insert.header.table.clone());
        self.rows.insert(key, insert.row);
        Ok(())
    }

    pub(super) fn statement(&mut self) -> Result<ParsedStatement, DumpProblem> {
        let word = match self.cursor.next()? {
            Token::End => return self.end(),
            Token::Delimiter => return Ok(ParsedStatement::Nothing),
            // The clients skip such a line, with a blank behind it or without.
            Token::Symbol(b'-') if self.cursor.byte_ahead()? == Some(b'-') => {
                self.cursor.lexer().skip_line()?;
                return Ok(ParsedStatement::Nothing);
            }
            Token::Word(span) => self.cursor.text(span)?.to_ascii_uppercase(),
            Token::Symbol(b'\\') => {
                return Err(DumpProblem::Outside("a client command (\\)".to_owned()));
            }
            // A query in parentheses.
            Token::Symbol(b'(') => "SELECT".to_owned(),
            // The first byte of `--` or `/*`.
            Token::Symbol(b'-' | b'/') if self.cursor.peek()? == Token::End => {
                return Err(DumpProblem::Truncated("a comment"));
            }
            token => return Err(self.cursor.unexpected(token, "a statement")),
        };
        let position = self.cursor.position();
        self.committing(&word, position)
    }

    /// Reads a statement from behind its first word, which is in upper case.
    pub(super) fn dispatch(
        &mut self,
        word: &str,
        position: Position,
    ) -> Result<ParsedStatement, DumpProblem> {
        match word {
            "CREATE" => self.create(position),
            "INSERT" => self.insert(position, OnConflict::Fail),
            "REPLACE" => self.insert(position, OnConflict::Replace),
            "SELECT" | "DO" | "WITH" | "VALUES" => self.select(word, position),
            "ANALYZE" => self.analyze(position),
            "UPDATE" => self.update(position),
            "SET" => self.set(position),
            "USE" => self.use_database(),
            "DROP" => self.drop_object(position),
            "ALTER" => self.alter(position),
            "TRUNCATE" => self.truncate(position),
            "DELETE" => self.delete(position),
            "RENAME" => self.rename(position),
            "BEGIN" => self.begin(position),
            "START" => self.start(position),
            "COMMIT" => self.commit(position),
            "ROLLBACK" => self.rollback(position),
            "SAVEPOINT" => self.savepoint(position),
            "RELEASE" => self.release(position),
            "XA" => self.xa(position),
            "PREPARE" => self.prepare(position),
            "EXECUTE" => self.execute(position),
            "DEALLOCATE" => self.deallocate(position),
            "END" if self.blocks > 0 => self.end_of_block(),
            "DECLARE" if self.blocks > 0 => self.rest_of_block(position),
            opener if OPENERS.contains(&opener) => self.compound(opener, position),
            "DELIMITER" => self
                .cursor
                .lexer()
                .set_delimiter()
                .map(|()| ParsedStatement::Nothing),
            noise if NOISE.contains(&noise) => self.ignore(noise),
            refused if REFUSED.contains(&refused) => Err(DumpProblem::Outside(refused.to_owned())),
            known if SKIPPED.contains(&known) => {
                self.skip_query(known, position, LOSING.contains(&known))
            }
            talker if TALKERS.contains(&talker) => {
                // `mysqldump: Error: …` means that rows are missing.
                let line = self.cursor.lexer().rest_of_line()?;
                let error = ["error", "lost connection", "couldn't"]
                    .iter()
                    .any(|word| line.to_ascii_lowercase().contains(word));
                let what = if error { "an error" } else { "a warning" };
                self.note_skipped(format!("{what} of the dump program"), position, error);
                Ok(ParsedStatement::Nothing)
            }
            _ => Err(DumpProblem::Unexpected {
                expected: "a statement",
                found: format!("{word:?}"),
            }),
        }
    }

    fn end(&mut self) -> Result<ParsedStatement, DumpProblem> {
        if self.blocks > 0 {
            return Err(DumpProblem::Truncated("a BEGIN NOT ATOMIC block"));
        }
        if self.cursor.is_dump_open() && !self.allow_incomplete {
            return Err(DumpProblem::Incomplete);
        }
        Ok(self.abandoned().unwrap_or(ParsedStatement::End))
    }

    /// Ignores a statement that has no effect here.
    pub(super) fn ignore(&mut self, word: &str) -> Result<ParsedStatement, DumpProblem> {
        *self.ignored.entry(word.to_owned()).or_default() += 1;
        self.cursor.skip_statement()?;
        Ok(ParsedStatement::Nothing)
    }

    /// Remembers a statement that could have mattered; `loses` if rows or tables are missing for it.
    pub(super) fn note_skipped(
        &mut self,
        statement: impl Into<String>,
        position: Position,
        loses: bool,
    ) {
        self.skipped.push(Skipped {
            position,
            statement: statement.into(),
            loses,
        });
    }

    /// Skips the rest of a statement that could have mattered.
    pub(super) fn skip(
        &mut self,
        statement: &str,
        position: Position,
        loses: bool,
    ) -> Result<ParsedStatement, DumpProblem> {
        self.note_skipped(statement, position, loses);
        self.cursor.skip_statement()?;
        Ok(ParsedStatement::Nothing)
    }

    /// Skips a statement that holds a query, which must not write files.
    pub(super) fn skip_query(
        &mut self,
        statement: &str,
        position: Position,
        loses: bool,
    ) -> Result<ParsedStatement, DumpProblem> {
        self.note_skipped(statement, position, loses);
        loop {
            let token = self.cursor.next()?;
            if matches!(token, Token::Delimiter | Token::End) {
                return Ok(ParsedStatement::Nothing);
            }
            if ["OUTFILE", "DUMPFILE"]
                .iter()
                .any(|word| self.cursor.is_word(token, word))
            {
                return Err(DumpProblem::Outside("INTO OUTFILE".to_owned()));
            }
            // A query of any length needs no memory.
            self.cursor.forget();
        }
    }

    /// What is read, where the first thing in it is no statement already.
    fn no_dump(&mut self, problem: DumpProblem) -> DumpProblem {
        let nothing = !self.recognised && self.ignored.is_empty() && self.skipped.is_empty();
        let DumpProblem::Unexpected {
            expected: "a statement",
            found,
        } = &problem
        else {
            return problem;
        };
        if !nothing {
            return problem;
        }
        let rest = self.cursor.lexer().rest_of_line().unwrap_or_default();
        DumpProblem::NoDump(match found.as_str() {
            "'<'" => "this is XML or HTML, and no SQL".to_owned(),
            "'{'" | "'['" => "this is JSON, and no SQL".to_owned(),
            _ if rest.contains('\t') || separates(&rest) => {
                format!("this is a table of values (CSV), and no SQL: it begins with {found}")
            }
            _ => format!("this is no SQL: it begins with {found}"),
        })
    }

    fn error(&self, problem: DumpProblem) -> DumpError {
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

/// Whether the rest of a line has separators with a value behind each, without the blank that prose has.
fn separates(rest: &str) -> bool {
    let mut values = rest.split([',', ';']).skip(1).peekable();
    values.peek().is_some() && values.all(|value| !value.is_empty() && !value.starts_with(' '))
}

/// What a statement amounted to.
#[expect(
    clippy::large_enum_variant,
    reason = "one at a time, handed on at once"
)]
pub(super) enum ParsedStatement {
    Statement(Statement),
    Nothing,
    End,
}
