//! Which rule of the schema a write broke, so that whoever writes can say what that means.
//!
//! SQLite names the rule in its message only, in a form that has not changed since 2013
//! (`sqlite3UniqueConstraint` and its like in `build.c`); the kind of rule is in its extended code. What
//! a broken rule means to a client is for the app to say, at the statement that can break it.

use rusqlite::ffi;

use crate::store::StoreError;

/// A rule of the schema, as SQLite names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Constraint<'a> {
    /// `UNIQUE` or `PRIMARY KEY`, by its columns: `user.email`, or `follow.follower, follow.followed`. An
    /// index of expressions has its own name.
    Unique(&'a str),
    /// `NOT NULL`, by its column: `user.email`.
    NotNull(&'a str),
    /// `CHECK`, by its name, or by its expression as it is in the schema if it has none.
    Check(&'a str),
    /// Some foreign key of the statement: SQLite does not say which.
    ForeignKey,
}

impl<'a> Constraint<'a> {
    fn of(cause: &'a rusqlite::Error) -> Option<Self> {
        let rusqlite::Error::SqliteFailure(code, text) = cause else {
            return None;
        };
        let name = || {
            let (_, name) = text.as_deref()?.split_once(" constraint failed: ")?;
            let index = name.strip_prefix("index '");
            Some(
                index
                    .and_then(|name| name.strip_suffix('\''))
                    .unwrap_or(name),
            )
        };
        match code.extended_code {
            ffi::SQLITE_CONSTRAINT_UNIQUE
            | ffi::SQLITE_CONSTRAINT_PRIMARYKEY
            | ffi::SQLITE_CONSTRAINT_ROWID => name().map(Self::Unique),
            ffi::SQLITE_CONSTRAINT_NOTNULL => name().map(Self::NotNull),
            ffi::SQLITE_CONSTRAINT_CHECK => name().map(Self::Check),
            ffi::SQLITE_CONSTRAINT_FOREIGNKEY => Some(Self::ForeignKey),
            _ => None,
        }
    }
}

impl StoreError {
    /// The rule of the schema that a statement broke, if that is what failed.
    #[must_use]
    pub fn constraint(&self) -> Option<Constraint<'_>> {
        match self {
            Self::Sqlite(cause) => Constraint::of(cause),
            _ => None,
        }
    }
}

/// What a statement in a job of the writer gives.
pub trait ResultExt<T> {
    /// Makes an error of the app's own where the statement broke `constraint`; other errors stay what
    /// they are.
    ///
    /// # Errors
    /// `refusal` for that constraint, and whatever else failed.
    fn on_constraint<E: From<StoreError>>(
        self,
        constraint: Constraint<'_>,
        refusal: impl FnOnce() -> E,
    ) -> Result<T, E>;
}

impl<T, S: Into<StoreError>> ResultExt<T> for Result<T, S> {
    fn on_constraint<E: From<StoreError>>(
        self,
        constraint: Constraint<'_>,
        refusal: impl FnOnce() -> E,
    ) -> Result<T, E> {
        self.map_err(|error| {
            let error = error.into();
            if error.constraint() == Some(constraint) {
                refusal()
            } else {
                error.into()
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use rusqlite::Connection;

    use super::*;

    const SCHEMA: &str = "
        CREATE TABLE user (
          id    INTEGER PRIMARY KEY,
          email TEXT NOT NULL UNIQUE,
          age   INTEGER CHECK (age >= 0),
          name  TEXT CONSTRAINT short_name CHECK (length(name) < 9)
        ) STRICT;
        CREATE UNIQUE INDEX user_by_name ON user (lower(name));
        CREATE TABLE follow (
          follower INTEGER NOT NULL REFERENCES user,
          followed INTEGER NOT NULL REFERENCES user,
          PRIMARY KEY (follower, followed)
        ) WITHOUT ROWID;
        INSERT INTO user VALUES (1, 'a@b', 1, 'Ann'), (2, 'c@d', 1, NULL);
        INSERT INTO follow VALUES (1, 2);
        PRAGMA foreign_keys = ON";

    /// What an `INSERT` into these tables breaks.
    fn broken(insert: &str) -> StoreError {
        let connection = Connection::open_in_memory().unwrap();
        connection.execute_batch(SCHEMA).unwrap();
        connection.execute(insert, []).unwrap_err().into()
    }

    #[test]
    fn every_kind_of_rule_is_told_by_its_kind_and_name() {
        for (row, expected) in [
            (
                "user VALUES (1, 'x', 1, 'x')",
                Constraint::Unique("user.id"),
            ),
            (
                "user VALUES (3, 'a@b', 1, 'x')",
                Constraint::Unique("user.email"),
            ),
            (
                "user VALUES (3, 'x', 1, 'ann')",
                Constraint::Unique("user_by_name"),
            ),
            (
                "user VALUES (3, NULL, 1, 'x')",
                Constraint::NotNull("user.email"),
            ),
            (
                "user VALUES (3, 'x', -1, 'x')",
                Constraint::Check("age >= 0"),
            ),
            (
                "user VALUES (3, 'x', 1, '123456789')",
                Constraint::Check("short_name"),
            ),
            (
                "follow VALUES (1, 2)",
                Constraint::Unique("follow.follower, follow.followed"),
            ),
            ("follow VALUES (1, 3)", Constraint::ForeignKey),
        ] {
            let error = broken(&format!("INSERT INTO {row}"));
            assert_eq!(error.constraint(), Some(expected), "{error}");
        }
        // A value of another type, and what is no statement at all.
        assert_eq!(
            broken("INSERT INTO user VALUES (3, 'x', 'old', 'x')").constraint(),
            None
        );
        assert_eq!(broken("INSERT INTO nobody VALUES (1)").constraint(), None);
    }

    #[test]
    fn only_the_named_rule_becomes_the_apps_own_error() {
        #[derive(Debug, PartialEq)]
        enum NameError {
            Taken,
            Failed(String),
        }
        impl From<StoreError> for NameError {
            fn from(error: StoreError) -> Self {
                Self::Failed(error.to_string())
            }
        }
        let refused = |insert: &str, constraint| {
            let result = Err::<(), _>(broken(insert));
            result
                .on_constraint(constraint, || NameError::Taken)
                .unwrap_err()
        };
        let twice = "INSERT INTO user VALUES (3, 'a@b', 1, 'x')";
        let taken = refused(twice, Constraint::Unique("user.email"));
        assert_eq!(taken, NameError::Taken);
        for other in [
            Constraint::Unique("user.id"),
            Constraint::NotNull("user.email"),
        ] {
            let failed = refused(twice, other);
            let text = "UNIQUE constraint failed: user.email".to_owned();
            assert_eq!(failed, NameError::Failed(text));
        }
    }
}
