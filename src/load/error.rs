//! What can go wrong in a bake or an import, on which object.
//!
//! Messages say what failed and where; the hint on what to do next is [`LoadError::hint`], which the
//! command line prints below.

use std::io;
use std::path::PathBuf;

use super::batch::RowPosition;
use super::note::Note;
use crate::dump::{DumpError, DumpProblem, Position};
use crate::file::{FileError, ROOM};

/// A bake or import that failed. Nothing is left behind when one is returned.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// A folder, the schema or the file being made.
    #[error(transparent)]
    File(#[from] FileError),
    /// A folder has no dump in it, nor a CSV file of its app.
    #[error("{folder} holds no dump (*.sql, *.sql.gz, *.sql.zst){}", or_csv(.csv))]
    NoDump {
        /// Path or embedded name.
        folder: String,
        /// The CSV files that the app takes.
        csv: Vec<&'static str>,
    },
    /// A CSV file is broken, or holds what its table cannot.
    #[error("{input}: line {line}: {reason}")]
    Csv {
        /// The file's name.
        input: String,
        /// Line in the unpacked file, from 1.
        line: u64,
        /// The column, if it is about one, and what is wrong.
        reason: String,
    },
    /// A dump is broken.
    #[error(transparent)]
    Dump(#[from] DumpError),
    /// A table that is to be filled has rows, and nothing was said of them.
    #[error("table {table} of {path} holds {rows} rows already")]
    HoldsRows {
        /// The table.
        table: &'static str,
        /// Its file.
        path: PathBuf,
        /// How many.
        rows: u64,
    },
    /// A row was refused by the table it goes to.
    #[error("{input}: line {line}, byte {byte}, table {table}, row {row}: {cause}")]
    Row {
        /// The dump's name.
        input: String,
        /// Line in the unpacked dump, from 1.
        line: u64,
        /// Offset of the row in the unpacked dump.
        byte: u64,
        /// Table of the row.
        table: String,
        /// Ordinal of the row in this dump, from 1.
        row: u64,
        /// The constraint that failed, or another error of SQLite.
        #[source]
        cause: rusqlite::Error,
    },
    /// A statement of a dump does not go with the tables of the schema.
    #[error("{input}: line {line}, byte {byte}, table {table}: {reason}")]
    Mismatch {
        /// The dump's name.
        input: String,
        /// Line in the unpacked dump, from 1.
        line: u64,
        /// Offset of the statement in the unpacked dump.
        byte: u64,
        /// Table of the statement.
        table: String,
        /// What does not fit.
        reason: String,
    },
    /// A document (condition file) is missing or is not JSON.
    #[error("{name}: {reason}")]
    Document {
        /// File name.
        name: String,
        /// What is wrong.
        reason: String,
    },
    /// The dumps hold several databases and none was chosen.
    #[error("the dumps hold several databases: {}", .names.join(", "))]
    SeveralDatabases {
        /// The databases.
        names: Vec<String>,
    },
    /// The chosen database is not in the dumps.
    #[error("the dumps hold no database {name}, but {}", .names.join(", "))]
    NoDatabase {
        /// The database that was chosen.
        name: String,
        /// The databases that are there.
        names: Vec<String>,
    },
    /// A table that was asked for is not in the dumps.
    #[error("the dumps hold no table {name}")]
    NoTable {
        /// The table.
        name: String,
    },
    /// A table is renamed to one that is wanted when its rows were passed over, and cannot be read again.
    #[error(
        "{input}: line {line}: table {old} is renamed to {new}, which is wanted, but its rows have been \
         passed over"
    )]
    PassedOver {
        /// The dump's name.
        input: String,
        /// Line of the table's `CREATE TABLE`.
        line: u64,
        /// Its name before.
        old: String,
        /// Its name now.
        new: String,
    },
    /// The inputs hold neither tables nor rows.
    #[error("the input holds no CREATE TABLE and no INSERT")]
    NothingToImport,
    /// Something would not be as the dump says, and that was not allowed.
    #[error("not everything can be carried over as it is:\n  {}", lines(.notes))]
    Strict {
        /// What it is.
        notes: Vec<Note>,
    },
    /// SQLite failed on something that the import itself made.
    #[error("cannot finish the tables: {cause}")]
    Finish {
        /// Why.
        #[source]
        cause: rusqlite::Error,
    },
    /// The output exists and may not be replaced.
    #[error("{path} exists already")]
    Exists {
        /// The output.
        path: PathBuf,
    },
    /// There is something at the output that cannot be replaced by a file.
    #[error("{path} is not a regular file")]
    NotAFile {
        /// The output.
        path: PathBuf,
    },
    /// The output is a symbolic link, and nothing is where it leads to.
    #[error("{path} is a symbolic link that leads nowhere")]
    LeadsNowhere {
        /// The output.
        path: PathBuf,
    },
    /// A log or a journal of SQLite's is beside the output, so that somebody has it open, or did not close it.
    #[error("{path} is in use: {beside} is beside it")]
    InUse {
        /// The output.
        path: PathBuf,
        /// The log or journal.
        beside: PathBuf,
    },
    /// A folder that the output would be in is none.
    #[error("cannot write {path}: {folder} is not a folder")]
    NotAFolder {
        /// The output.
        path: PathBuf,
        /// What should be a folder.
        folder: PathBuf,
    },
    /// The output is one of the inputs.
    #[error("{path} is both an input and the output")]
    InputAndOutput {
        /// The output.
        path: PathBuf,
    },
    /// The system gives no thread to read dumps beside storing.
    #[error("cannot start a thread: {cause}")]
    Threads {
        /// Why.
        #[source]
        cause: io::Error,
    },
    /// The output cannot be written.
    #[error("cannot write {path}: {cause}")]
    Output {
        /// The output.
        path: PathBuf,
        /// Why.
        #[source]
        cause: io::Error,
    },
}

impl LoadError {
    /// What the user can do about it, as a full sentence.
    #[must_use]
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::NoDump { .. } => {
                Some("Put the files into that folder, or name another one with --from.")
            }
            Self::Dump(error) => Some(hint_of_dump(&error.problem)),
            Self::Row { .. } => Some(
                "The table refuses the row: mend it at the place named above; lines and bytes count in \
                 the unpacked text.",
            ),
            Self::Mismatch { .. } | Self::Csv { .. } => Some(
                "Mend the file at the place named above; lines and bytes count in the unpacked text.",
            ),
            Self::PassedOver { .. } => Some(
                "Import the dump from a file, which can be read twice, or choose the old name as well.",
            ),
            Self::HoldsRows { .. } => {
                Some("Say what becomes of them: --replace removes them, --append keeps them.")
            }
            Self::Document { .. } => {
                Some("Put the file beside the dumps, or leave it out to use the built-in one.")
            }
            Self::SeveralDatabases { .. } | Self::NoDatabase { .. } => {
                Some("Choose one of them with --database.")
            }
            Self::NoTable { .. } => {
                Some("Names in --tables and --exclude are compared letter by letter.")
            }
            Self::NothingToImport => Some(
                "Nothing in it makes a table or a row: was the dump written with --no-create-info and \
                 --no-data, or of another database?",
            ),
            Self::Strict { .. } => Some("Leave out --strict to import it all the same."),
            Self::Finish { .. } => {
                Some("This should not happen: please report it with the dump's CREATE TABLEs.")
            }
            Self::Exists { .. } => Some("Name another output, or add --force to replace it."),
            Self::LeadsNowhere { .. } => Some("Name the file itself, or remove the link."),
            Self::NotAFile { .. } | Self::InputAndOutput { .. } => {
                Some("Name another output: a file that does not exist yet.")
            }
            Self::NotAFolder { .. } => {
                Some("Name a folder for the output; one that is not there is made.")
            }
            Self::InUse { .. } => Some(
                "Name another output, or close what uses this one: SQLite would take those for a part of the new file.",
            ),
            Self::Threads { .. } => Some(
                "Raise the limit of threads (ulimit -u) or of the address space (ulimit -v), or import with --jobs 1.",
            ),
            Self::Output { .. } => Some(ROOM),
            Self::File(error) => error.hint(),
        }
    }
}

/// What can be done about a dump with this problem.
fn hint_of_dump(problem: &DumpProblem) -> &'static str {
    match problem {
        DumpProblem::Incomplete => {
            "Write the dump again; if it is known to be whole, import it with --allow-incomplete."
        }
        DumpProblem::Outside(_) => {
            "Nothing but the dump is read or run. Take the statement out; files that SOURCE names can be \
             given as further dumps, in their order."
        }
        DumpProblem::NoDump(_) => {
            "Is it a dump? mysqldump, mariadb-dump and phpMyAdmin write what is read here."
        }
        problem if problem.is_about_text() => match problem.looks_like() {
            Some("cp932") => {
                "The bytes are Japanese in cp932: if the dump does not say its character set (SET NAMES), \
                 import it with --charset cp932."
            }
            Some("ujis") => {
                "The bytes are Japanese in EUC: if the dump does not say its character set (SET NAMES), \
                 import it with --charset ujis."
            }
            _ => {
                "If the dump does not say its character set (SET NAMES), name it with --charset: latin1, \
                 cp932, gbk, …; otherwise write it again with --hex-blob."
            }
        },
        DumpProblem::Truncated(_) => {
            "The end is missing: write or copy the dump again, and compare the lengths."
        }
        DumpProblem::Read(_) => "Check the file, and the disk or the pipe that it comes from.",
        DumpProblem::Unsupported(_) => {
            "Take the statement out of the dump, or write it in another way; docs/import.md lists what is read."
        }
        DumpProblem::ColumnCount { .. } => {
            "Give the row as many values as there are columns; lines and bytes count in the unpacked text."
        }
        DumpProblem::Value { .. } | DumpProblem::Text(..) => {
            "Mend the value at the place named above; lines and bytes count in the unpacked text."
        }
        DumpProblem::TooLarge { .. } => {
            "SQLite cannot hold such a row: leave the table out with --exclude, or write shorter INSERTs."
        }
        DumpProblem::Unexpected { .. } => {
            "Mend the dump at the place named above, or write it again with mysqldump or mariadb-dump; \
             lines and bytes count in the unpacked text."
        }
    }
}

fn or_csv(files: &[&str]) -> String {
    files.iter().map(|file| format!(", nor {file}")).collect()
}

fn lines(notes: &[Note]) -> String {
    let lines: Vec<String> = notes.iter().map(ToString::to_string).collect();
    lines.join("\n  ")
}

pub(crate) fn row_error(
    input: &str,
    table: &str,
    place: &RowPosition,
    cause: rusqlite::Error,
) -> LoadError {
    let Position { byte, line } = place.position;
    LoadError::Row {
        input: input.to_owned(),
        line,
        byte,
        table: table.to_owned(),
        row: place.ordinal,
        cause,
    }
}

pub(crate) fn mismatch(
    input: &str,
    Position { byte, line }: Position,
    table: &str,
    reason: String,
) -> LoadError {
    LoadError::Mismatch {
        input: input.to_owned(),
        line,
        byte,
        table: table.to_owned(),
        reason,
    }
}
