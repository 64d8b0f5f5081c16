//! Scripts that go two ways: a client sends one to a real MariaDB, the importer reads the same bytes, and both must hold
//! the same cells of the same tables, or the importer says what it does otherwise.
//!
//! What scripts are made of is each generator's (`random_changes`, `random_merged`, `random_settings` …), and so is
//! what counts as having said it. The seed is printed; `PROPTEST_RNG_SEED` and `PROPTEST_CASES` set it and the number of
//! scripts. Nothing here knows SQL.

use std::cell::RefCell;
use std::fmt;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::Stdio;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use serde_json::Value;
use tempfile::TempDir;

use crate::import::random::{SEED, config, tables_of_file};
use crate::support::binary::{Finished, ekiben, finish};
use crate::support::cells;
use crate::support::mariadb::MariaDb;

/// How the scripts of a generator are compared.
pub(crate) struct ScriptComparison {
    /// What the server calls its database.
    pub(crate) database: &'static str,
    /// The file that the seeds of failures go to.
    pub(crate) seeds: &'static str,
    /// Whether a message of the importer may stand for a script that it refuses and the server takes.
    pub(crate) may_refuse: fn(&str) -> bool,
    /// The importer may take what the server refuses.
    pub(crate) may_take_more: bool,
    /// Whether a note says that what is in a table is not what the server has.
    pub(crate) admits: fn(&str, &str) -> bool,
    /// What else must be the same in a database and a file.
    pub(crate) also: fn(&MariaDb, &str, &Path) -> Result<(), String>,
}

/// A script, which is shown as SQL where it fails.
#[derive(Clone, Default)]
pub(crate) struct SqlScript {
    /// What the client reads.
    pub(crate) sql: Vec<u8>,
    /// What the importer reads, if the client does not read it.
    pub(crate) imported: Option<Vec<u8>>,
    /// Further arguments of the importer.
    pub(crate) arguments: &'static [&'static str],
    pub(crate) chosen: ChosenTables,
    /// Whether the importer gets it through a pipe.
    pub(crate) is_piped: bool,
    /// Whether the client takes it as typed by a person, with all of its own commands.
    pub(crate) is_typed: bool,
}

/// Which tables the importer is asked for.
#[derive(Debug, Clone, Default)]
pub(crate) enum ChosenTables {
    #[default]
    All,
    Only(Vec<String>),
    Without(Vec<String>),
}

impl ChosenTables {
    fn arguments(&self) -> Vec<String> {
        let (option, names) = match self {
            Self::Only(names) => ("--tables", names),
            Self::Without(names) => ("--exclude", names),
            Self::All => return Vec::new(),
        };
        vec![option.to_owned(), names.join(",")]
    }

    fn has(&self, name: &String) -> bool {
        match self {
            Self::All => true,
            Self::Only(names) => names.contains(name),
            Self::Without(names) => !names.contains(name),
        }
    }
}

impl From<String> for SqlScript {
    fn from(sql: String) -> Self {
        sql.into_bytes().into()
    }
}

impl From<Vec<u8>> for SqlScript {
    fn from(sql: Vec<u8>) -> Self {
        Self {
            sql,
            ..Self::default()
        }
    }
}

impl fmt::Debug for SqlScript {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let piped = if self.is_piped { ", piped" } else { "" };
        let options = self.arguments.join(" ");
        writeln!(formatter, "-- {:?} {options}{piped}", self.chosen)?;
        // Bytes that are no text are shown in a way that a shell can make them again.
        for chunk in self.sql.utf8_chunks() {
            formatter.write_str(chunk.valid())?;
            for byte in chunk.invalid() {
                write!(formatter, "\\x{byte:02x}")?;
            }
        }
        Ok(())
    }
}

/// What has become of all scripts.
#[derive(Debug, Default)]
pub(crate) struct ComparedScripts {
    pub(crate) scripts: usize,
    /// Those that the server took, and whose tables are all the same.
    pub(crate) equal: usize,
    pub(crate) cells: usize,
    /// Why others were not compared, or may differ.
    pub(crate) reasons: Vec<String>,
}

/// What has become of a script.
enum Outcome {
    Equal(usize),
    /// Refused, or a difference that is admitted.
    Explained(String),
}

impl ScriptComparison {
    /// One without any exceptions.
    pub(crate) const fn exact(database: &'static str, seeds: &'static str) -> Self {
        Self {
            database,
            seeds,
            may_refuse: |_| false,
            may_take_more: false,
            admits: |_, _| false,
            also: |_, _, _| Ok(()),
        }
    }

    /// Runs all scripts of a generator; `None` where there is no server.
    pub(crate) fn of(&self, scripts: impl Strategy<Value = SqlScript>) -> Option<ComparedScripts> {
        let db = MariaDb::start()?;
        let folder = TempDir::new().unwrap();
        let compared = RefCell::new(ComparedScripts::default());
        let config = config(self.seeds);
        eprintln!("{}", called(&config));
        let outcome = TestRunner::new(config).run(&scripts, |script| {
            let outcome = self.check(&db, folder.path(), &script)?;
            let mut compared = compared.borrow_mut();
            compared.scripts += 1;
            match outcome {
                Outcome::Equal(cells) => {
                    compared.equal += 1;
                    compared.cells += cells;
                }
                Outcome::Explained(reason) => compared.reasons.push(reason),
            }
            Ok(())
        });
        outcome.unwrap_or_else(|failure| panic!("{failure}"));
        Some(compared.into_inner())
    }

    fn check(
        &self,
        db: &MariaDb,
        folder: &Path,
        script: &SqlScript,
    ) -> Result<Outcome, TestCaseError> {
        let database = self.database;
        db.load(&format!(
            "DROP DATABASE IF EXISTS {database}; CREATE DATABASE {database};"
        ));
        let taken = match script.is_typed {
            true => db.load_as_typed(database, &script.sql),
            false => db.load_into(database, &script.sql),
        };
        let done = script.import(folder);
        if done.code != Some(0) {
            let explained = taken.is_err() || (self.may_refuse)(&done.stderr);
            prop_assert!(explained, "{}", done.stderr);
            return Ok(Outcome::Explained(done.stderr));
        }
        if let Err(refusal) = taken {
            prop_assert!(self.may_take_more, "the server refuses it: {refusal}");
            return Ok(Outcome::Explained(refusal));
        }
        self.compare(db, folder, (script, &done))
    }

    fn compare(
        &self,
        db: &MariaDb,
        folder: &Path,
        (script, done): (&SqlScript, &Finished),
    ) -> Result<Outcome, TestCaseError> {
        let notes = notes(done);
        let file = folder.join("out.sqlite");
        let (mut compared, mut explained) = (0, None);
        let mut expected = cells::of_server(db, self.database);
        expected.retain(|name, _| script.chosen.has(name));
        let mut found = tables_of_file(&file);
        found.retain(|name| !expected.contains_key(name));
        prop_assert!(found.is_empty(), "there are also {found:?}");
        for (name, table) in &expected {
            match cells::compare(&file, name, table) {
                Ok(cells) => compared += cells,
                Err(difference) => {
                    let note = notes.iter().find(|note| (self.admits)(note, name));
                    prop_assert!(note.is_some(), "{difference}, and the notes are {notes:#?}");
                    explained = note.cloned();
                }
            }
        }
        if let Some(note) = explained {
            return Ok(Outcome::Explained(note));
        }
        (self.also)(db, self.database, &file).map_err(TestCaseError::fail)?;
        Ok(Outcome::Equal(compared))
    }
}

impl SqlScript {
    fn import(&self, folder: &Path) -> Finished {
        let imported = self.imported.as_ref().unwrap_or(&self.sql);
        fs::write(folder.join("script.sql"), imported).unwrap();
        let input = if self.is_piped { "-" } else { "script.sql" };
        let mut import = ekiben(folder)
            .args(["import", input, "-o", "out.sqlite", "--force", "--json"])
            .args(self.chosen.arguments())
            .args(self.arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut pipe = import.stdin.take().unwrap();
        if self.is_piped {
            // The importer may have stopped to read.
            drop(pipe.write_all(imported));
        }
        drop(pipe);
        finish(&import.wait_with_output().unwrap())
    }
}

fn notes(done: &Finished) -> Vec<String> {
    let report: Value = serde_json::from_str(&done.stdout).unwrap();
    let notes = report["notes"].as_array().unwrap().iter();
    notes
        .map(|note| note["what"].as_str().unwrap().to_owned())
        .collect()
}

/// How a run is called again.
fn called(config: &Config) -> String {
    let seed = std::env::var("PROPTEST_RNG_SEED").unwrap_or_else(|_| SEED.to_string());
    format!(
        "PROPTEST_RNG_SEED={seed} PROPTEST_CASES={} makes these scripts",
        config.cases
    )
}

impl ComparedScripts {
    /// At least so many of a hundred scripts were the same, with so many cells each.
    pub(crate) fn assert_telling(&self, of_hundred: usize, cells: usize) {
        let enough = self.equal * 100 >= self.scripts * of_hundred;
        assert!(enough && self.cells > cells * self.equal, "{self:#?}");
    }
}

/// Random bytes that choose, over and over again.
pub(crate) struct Choices<'c> {
    bytes: &'c [u8],
    at: usize,
}

impl<'c> Choices<'c> {
    pub(crate) fn of(bytes: &'c [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    pub(crate) fn below(&mut self, count: usize) -> usize {
        self.at += 1;
        // What is read again says something else.
        let byte = self.bytes[self.at % self.bytes.len()];
        (usize::from(byte) + self.at / self.bytes.len() * 7) % count
    }

    pub(crate) fn one(&mut self, of: &[&str]) -> String {
        of[self.below(of.len())].to_owned()
    }
}
