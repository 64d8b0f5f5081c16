//! Transactions: which statements begin and end them, so that `ROLLBACK` can be carried out.
//!
//! The part of [`DumpReader`] that keeps what a server knows of the session's transaction. It says what is to
//! be done in words that need no such knowledge: statements that commit without saying so, `autocommit` and
//! the names of savepoints end here. It must not know what is undone, or how.

use super::error::{DumpProblem, Position};
use super::lexer::Token;
use super::reader::{DumpReader, ParsedStatement, Statement};

/// Statements that commit what is open before they run.
const COMMITTING: &[&str] = &[
    "ALTER", "ANALYZE", "CACHE", "CHANGE", "CHECK", "CREATE", "DROP", "FLUSH", "GRANT", "LOCK",
    "OPTIMIZE", "RENAME", "REPAIR", "RESET", "REVOKE", "STOP", "TRUNCATE",
];

/// What becomes of the rows that were changed since the transaction began.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TransactionStep {
    /// What is changed from here on may be undone.
    Begin,
    /// All stays; `again` if the next transaction begins at once.
    Commit {
        /// As [`TransactionStep::Begin`] behind it.
        again: bool,
    },
    /// All is undone.
    Rollback {
        /// As [`TransactionStep::Begin`] behind it.
        again: bool,
    },
    /// The input ends with a transaction that is open: a server undoes it.
    Abandon,
    /// A further point that can be gone back to.
    Savepoint,
    /// What was changed since the savepoint of this number is undone; later savepoints are gone.
    RollbackTo(usize),
    /// The savepoint of this number and later ones are gone.
    Release(usize),
}

/// The session's transaction.
#[derive(Debug)]
pub(super) struct OpenTransaction {
    is_open: bool,
    /// Tables are locked, so that `UNLOCK TABLES` commits.
    locks: bool,
    /// Savepoints in their order; `None` where a later one has taken the name.
    savepoints: Vec<Option<String>>,
}

impl OpenTransaction {
    pub(super) const NONE: Self = Self {
        is_open: false,
        locks: false,
        savepoints: Vec::new(),
    };

    fn find(&self, name: &str) -> Option<usize> {
        let same = |own: &Option<String>| {
            own.as_ref()
                .is_some_and(|own| own.eq_ignore_ascii_case(name))
        };
        self.savepoints.iter().position(same)
    }
}

impl DumpReader<'_> {
    /// Reads a statement that begins with `word`, and commits before it if it does that on a server.
    pub(super) fn committing(
        &mut self,
        word: &str,
        position: Position,
    ) -> Result<ParsedStatement, DumpProblem> {
        let commits = self.transaction.is_open && self.commits(word)?;
        match word {
            "LOCK" => self.transaction.locks = true,
            "UNLOCK" => self.transaction.locks = false,
            _ => {}
        }
        let parsed = self.dispatch(word, position)?;
        if !commits || matches!(parsed, ParsedStatement::End) {
            return Ok(parsed);
        }
        if let ParsedStatement::Statement(statement) = parsed {
            self.further.push_front(statement);
        }
        let again = !self.session.autocommit;
        Ok(self.step(TransactionStep::Commit { again }, position))
    }

    fn commits(&mut self, word: &str) -> Result<bool, DumpProblem> {
        Ok(match word {
            "UNLOCK" => self.transaction.locks,
            "CREATE" | "DROP" => !self.cursor.at_word(&["TEMPORARY"])?,
            word => COMMITTING.contains(&word),
        })
    }

    fn step(&mut self, step: TransactionStep, position: Position) -> ParsedStatement {
        match step {
            TransactionStep::Begin => self.transaction.is_open = true,
            TransactionStep::Commit { again } | TransactionStep::Rollback { again } => {
                self.transaction.is_open = again;
                self.transaction.savepoints.clear();
            }
            TransactionStep::Abandon => self.transaction = OpenTransaction::NONE,
            _ => {}
        }
        ParsedStatement::Statement(Statement::Transaction(step, position))
    }

    /// `BEGIN` and `START TRANSACTION`, which commit what is open.
    pub(super) fn begin_transaction(
        &mut self,
        position: Position,
    ) -> Result<ParsedStatement, DumpProblem> {
        self.cursor.skip_statement()?;
        self.transaction.locks = false;
        let step = if self.transaction.is_open {
            TransactionStep::Commit { again: true }
        } else {
            TransactionStep::Begin
        };
        Ok(self.step(step, position))
    }

    /// `START TRANSACTION`, or of something that has no effect here.
    pub(super) fn start(&mut self, position: Position) -> Result<ParsedStatement, DumpProblem> {
        if self.cursor.skip_word("TRANSACTION")? {
            return self.begin_transaction(position);
        }
        self.ignore("START")
    }

    /// Behind `COMMIT`.
    pub(super) fn commit(&mut self, position: Position) -> Result<ParsedStatement, DumpProblem> {
        let again = self.chains()? || !self.session.autocommit;
        if !self.transaction.is_open {
            return Ok(ParsedStatement::Nothing);
        }
        Ok(self.step(TransactionStep::Commit { again }, position))
    }

    /// Behind `ROLLBACK`, which goes back to a savepoint or to the beginning.
    pub(super) fn rollback(&mut self, position: Position) -> Result<ParsedStatement, DumpProblem> {
        self.cursor.skip_word("WORK")?;
        if self.cursor.skip_word("TO")? {
            let number = self.known_savepoint("ROLLBACK TO")?;
            if let Some(number) = number {
                self.transaction.savepoints.truncate(number + 1);
                return Ok(self.step(TransactionStep::RollbackTo(number), position));
            }
            return Ok(ParsedStatement::Nothing);
        }
        let again = self.chains()? || !self.session.autocommit;
        if !self.transaction.is_open {
            return Ok(ParsedStatement::Nothing);
        }
        Ok(self.step(TransactionStep::Rollback { again }, position))
    }

    /// `[WORK] [AND [NO] CHAIN] [[NO] RELEASE]`, to the end of the statement.
    fn chains(&mut self) -> Result<bool, DumpProblem> {
        self.cursor.skip_word("WORK")?;
        let chains = match self.cursor.skip_word("AND")? {
            true => !self.cursor.skip_word("NO")?,
            false => self.session.chains,
        };
        self.cursor.skip_statement()?;
        Ok(chains)
    }

    /// Behind `SAVEPOINT`. Outside of a transaction it is gone at once.
    pub(super) fn savepoint(&mut self, position: Position) -> Result<ParsedStatement, DumpProblem> {
        let name = self.cursor.name("the name of a savepoint")?;
        self.cursor.skip_statement()?;
        if !self.transaction.is_open {
            return Ok(ParsedStatement::Nothing);
        }
        if let Some(older) = self.transaction.find(&name) {
            self.transaction.savepoints[older] = None;
        }
        self.transaction.savepoints.push(Some(name));
        Ok(self.step(TransactionStep::Savepoint, position))
    }

    /// Behind `RELEASE`.
    pub(super) fn release(&mut self, position: Position) -> Result<ParsedStatement, DumpProblem> {
        match self.known_savepoint("RELEASE")? {
            Some(number) => {
                self.transaction.savepoints.truncate(number);
                Ok(self.step(TransactionStep::Release(number), position))
            }
            None => Ok(ParsedStatement::Nothing),
        }
    }

    /// `[SAVEPOINT] name`, which is an error on a server that has no such savepoint.
    fn known_savepoint(&mut self, statement: &str) -> Result<Option<usize>, DumpProblem> {
        let mut name = self.cursor.name("the name of a savepoint")?;
        let ends = matches!(self.cursor.peek()?, Token::Delimiter | Token::End);
        if name.eq_ignore_ascii_case("SAVEPOINT") && !ends {
            name = self.cursor.name("the name of a savepoint")?;
        }
        self.cursor.skip_statement()?;
        match self.transaction.find(&name) {
            Some(number) => Ok(Some(number)),
            None => Err(DumpProblem::Unsupported(format!(
                "{statement} {name}, which is no savepoint of this transaction,"
            ))),
        }
    }

    /// Behind `XA`: transactions that are named. What is done between their ends is the same.
    pub(super) fn xa(&mut self, position: Position) -> Result<ParsedStatement, DumpProblem> {
        if self.cursor.at_word(&["START", "BEGIN"])? {
            return self.begin_transaction(position);
        }
        let (commits, undoes) = (
            self.cursor.at_word(&["COMMIT"])?,
            self.cursor.at_word(&["ROLLBACK"])?,
        );
        if !self.transaction.is_open || !(commits || undoes) {
            return self.ignore("XA");
        }
        self.cursor.skip_statement()?;
        let again = !self.session.autocommit;
        let step = if commits {
            TransactionStep::Commit { again }
        } else {
            TransactionStep::Rollback { again }
        };
        Ok(self.step(step, position))
    }

    /// After a `SET`, before which `autocommit` was this: from now on all is in transactions, or nothing is.
    pub(super) fn autocommit_was(&mut self, before: bool, position: Position) -> ParsedStatement {
        let now = self.session.autocommit;
        if now == before || now != self.transaction.is_open {
            return ParsedStatement::Nothing;
        }
        let step = if now {
            TransactionStep::Commit { again: false }
        } else {
            TransactionStep::Begin
        };
        self.step(step, position)
    }

    /// At the end of the input, where a server would undo what is open.
    pub(super) fn abandoned(&mut self) -> Option<ParsedStatement> {
        let position = self.cursor.position();
        let open = self.transaction.is_open;
        open.then(|| self.step(TransactionStep::Abandon, position))
    }
}
