//! The migrations of a schema folder: `migration_N.sql` brings a file of version N-1 to N.
//!
//! Version 1 is the first; each migration makes the next, so a schema's version is one more than it has
//! migrations. This file reads and runs them. It must not know which file they are run on, nor when.

use rusqlite::Connection;

use super::provenance::FIRST_SCHEMA;
use super::script::Script;
use super::{FileError, FolderFile};

/// The migrations of one schema, each with the version that it makes, from 2 on and without gaps.
#[derive(Debug, Clone)]
pub(crate) struct Migrations(Vec<(u32, Script)>);

impl Migrations {
    /// Finds the migrations among the files of a schema folder.
    pub(crate) fn read(files: &[FolderFile]) -> Result<Self, FileError> {
        let mut numbered = Vec::new();
        for file in files.iter().filter(|file| is_meant_as_one(&file.name)) {
            let wrong = |reason: &str| FileError::Schema {
                name: file.shown.clone(),
                reason: reason.to_owned(),
            };
            let number = number(&file.name).ok_or_else(|| {
                wrong("a migration is named migration_N.sql, where N is the version that it makes")
            })?;
            if number <= FIRST_SCHEMA {
                return Err(wrong(
                    "the first migration is migration_2.sql: version 1 is what an app begins with",
                ));
            }
            numbered.push((number, file));
        }
        // By number: by name, the tenth comes before the second.
        numbered.sort_by_key(|(number, _)| *number);
        let mut migrations = Vec::new();
        for (expected, (number, file)) in (FIRST_SCHEMA + 1..).zip(numbered) {
            if number != expected {
                return Err(FileError::Schema {
                    name: file.shown.clone(),
                    reason: format!("there is no migration_{expected}.sql before it"),
                });
            }
            migrations.push((number, Script::read(file)?));
        }
        Ok(Self(migrations))
    }

    /// The version that the last of them makes.
    pub(crate) fn version(&self) -> u32 {
        self.0.last().map_or(FIRST_SCHEMA, |(version, _)| *version)
    }

    /// Runs those that a file of `version` lacks, in the transaction that `connection` is in.
    pub(crate) fn run(&self, connection: &Connection, version: u32) -> Result<(), FileError> {
        for (_, script) in self.0.iter().filter(|(makes, _)| *makes > version) {
            script.run(connection)?;
            if connection.is_autocommit() {
                return Err(FileError::Schema {
                    name: script.name().to_owned(),
                    reason: "it ends the transaction that all migrations run in".to_owned(),
                });
            }
        }
        Ok(())
    }
}

/// Whether somebody meant a file as a migration: a wrong name must not be ignored.
fn is_meant_as_one(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.starts_with("migration") && name.ends_with(".sql")
}

/// The number in the name of a migration, written in the one way that there is.
fn number(name: &str) -> Option<u32> {
    let digits = name.strip_prefix("migration_")?.strip_suffix(".sql")?;
    let number: u32 = digits.parse().ok()?;
    (number.to_string() == digits).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file::Content;

    fn read(files: &[(&str, &'static str)]) -> Result<Migrations, String> {
        let file = |(name, sql): &(&str, &'static str)| FolderFile {
            name: (*name).to_owned(),
            shown: format!("schema/app/{name}"),
            bytes: sql.len() as u64,
            content: Content::Embedded(sql.as_bytes()),
        };
        let files: Vec<_> = files.iter().map(file).collect();
        Migrations::read(&files).map_err(|error| error.to_string())
    }

    #[test]
    fn the_version_is_one_more_than_there_are_migrations() {
        assert_eq!(read(&[("tables.sql", "")]).unwrap().version(), 1);
        let names: Vec<_> = (2..=11)
            .map(|number| format!("migration_{number}.sql"))
            .collect();
        let mut files: Vec<_> = names.iter().map(|name| (name.as_str(), "")).collect();
        // As a folder lists them.
        files.sort_unstable();
        assert_eq!(read(&files).unwrap().version(), 11);
    }

    #[test]
    fn wrong_names_and_gaps_are_errors_that_name_the_file() {
        for (names, file, reason) in [
            (&["migration_x.sql"][..], "migration_x.sql", "is named"),
            (&["migration.sql"], "migration.sql", "is named"),
            (&["migration_02.sql"], "migration_02.sql", "is named"),
            (&["Migration_2.sql"], "Migration_2.sql", "is named"),
            (&["migration_-2.sql"], "migration_-2.sql", "is named"),
            (&["migration_1.sql"], "migration_1.sql", "the first"),
            (&["migration_0.sql"], "migration_0.sql", "the first"),
            (&["migration_3.sql"], "migration_3.sql", "migration_2.sql"),
            (
                &["migration_2.sql", "migration_4.sql"],
                "migration_4.sql",
                "no migration_3.sql",
            ),
        ] {
            let files: Vec<_> = names.iter().map(|name| (*name, "")).collect();
            let said = read(&files).unwrap_err();
            let begin = format!("schema file schema/app/{file}: ");
            assert!(said.starts_with(&begin) && said.contains(reason), "{said}");
        }
        let others = [("tables.sql", ""), ("migration_2.sql.orig", "")];
        assert_eq!(read(&others).unwrap().version(), 1);
    }

    #[test]
    fn those_that_are_missing_run_in_order_and_stay_in_the_transaction() {
        let migrations = read(&[
            ("migration_2.sql", "SELECT * FROM lacking"),
            ("migration_3.sql", "CREATE TABLE a (b)"),
            ("migration_4.sql", "ALTER TABLE a ADD COLUMN c"),
        ])
        .unwrap();
        let connection = Connection::open_in_memory().unwrap();
        connection.execute_batch("BEGIN").unwrap();
        migrations.run(&connection, 2).unwrap();
        connection
            .execute_batch("INSERT INTO a VALUES (1, 2)")
            .unwrap();
        let said = migrations.run(&connection, 1).unwrap_err().to_string();
        assert!(said.contains("migration_2.sql: no such table"), "{said}");
        migrations.run(&connection, 4).unwrap();

        let migrations = read(&[("migration_2.sql", "CREATE TABLE d (e); COMMIT")]).unwrap();
        let said = migrations.run(&connection, 1).unwrap_err().to_string();
        assert!(said.contains("migration_2.sql: it ends the"), "{said}");
    }
}
