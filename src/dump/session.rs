//! What `SET` and `USE` change about how the rest of a dump is read: the character set of the
//! text, the SQL modes that change what a string is, the current database.
//!
//! Dumps save a setting in a user variable and restore it later (`SET @saved = @@sql_mode`), so
//! variables are kept as text. Everything else that dumps set (time zone, checks, SQL notes) has no
//! effect without a server and is ignored.

use std::collections::HashMap;

use super::charset::Charset;
use super::error::DumpProblem;

/// SQL modes that change what the bytes of a dump mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Modes {
    /// `"x"` is a name, not a string.
    pub ansi_quotes: bool,
    /// A backslash in a string is a backslash.
    pub no_backslash_escapes: bool,
    /// `a || b` joins strings instead of being a logical OR.
    pub pipes_as_concat: bool,
    /// 0 in an `AUTO_INCREMENT` column is 0, not the next number.
    pub no_auto_value_on_zero: bool,
}

impl Modes {
    /// Reads a list such as `NO_ZERO_DATE,ANSI_QUOTES`; the names of other databases are bundles.
    fn parse(list: &str) -> Self {
        let mut modes = Self::default();
        for mode in list.split(',') {
            match mode.trim().to_ascii_uppercase().as_str() {
                "ANSI_QUOTES" => modes.ansi_quotes = true,
                "NO_BACKSLASH_ESCAPES" => modes.no_backslash_escapes = true,
                "NO_AUTO_VALUE_ON_ZERO" => modes.no_auto_value_on_zero = true,
                "PIPES_AS_CONCAT" => modes.pipes_as_concat = true,
                "ANSI" | "DB2" | "MAXDB" | "MSSQL" | "ORACLE" | "POSTGRESQL" => {
                    modes.ansi_quotes = true;
                    modes.pipes_as_concat = true;
                }
                _ => {}
            }
        }
        modes
    }
}

/// What holds for the statements that come next.
#[derive(Debug, Clone)]
pub(super) struct SqlSession {
    /// Character set of names, and of strings without an introducer.
    pub(super) charset: Charset,
    pub(super) modes: Modes,
    /// The database of names that are not qualified, once the dump has said it.
    pub(super) database: Option<String>,
    /// What the dump is in when it does not say.
    default_charset: Charset,
    /// `sql_mode`, `character_set_client` and user variables (with their `@`), in lower case.
    variables: HashMap<String, String>,
}

/// The right-hand side of an assignment in `SET`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Setting {
    /// A string or a bare word: `'ANSI'`, `utf8mb4`, `0`.
    Literal(String),
    /// A variable: `@OLD_SQL_MODE`, `@@sql_mode`.
    Variable(String),
    /// Anything else.
    Other,
}

impl SqlSession {
    /// `default` is what the clients of the last ten years write when they do not say it: UTF-8.
    pub(super) fn new(default: Charset) -> Self {
        Self {
            charset: default,
            modes: Modes::default(),
            database: None,
            default_charset: default,
            variables: HashMap::new(),
        }
    }

    /// `SET NAMES` and `SET CHARACTER SET`.
    pub(super) fn set_names(&mut self, name: &str) -> Result<(), DumpProblem> {
        // `SET NAMES DEFAULT` goes back to the client's own.
        self.charset = if name.eq_ignore_ascii_case("default") {
            self.default_charset
        } else {
            Charset::from_name(name)
                .ok_or_else(|| DumpProblem::Unsupported(format!("character set {name}")))?
        };
        self.variables
            .insert("character_set_client".to_owned(), name.to_ascii_lowercase());
        Ok(())
    }

    /// `SET name = value`.
    pub(super) fn assign(&mut self, name: &str, value: &Setting) -> Result<(), DumpProblem> {
        let name = variable_name(name);
        let value = match value {
            Setting::Literal(text) => Some(text.clone()),
            Setting::Variable(other) => self.variables.get(&variable_name(other)).cloned(),
            Setting::Other => None,
        };
        match name.as_str() {
            "sql_mode" => {
                let list = value.unwrap_or_default();
                self.modes = Modes::parse(&list);
                self.variables.insert(name, list);
            }
            // The character set from before the dump is NULL when it is restored at the end.
            "character_set_client" => {
                self.set_names(value.as_deref().unwrap_or("default"))?;
            }
            _ if name.starts_with('@') => {
                match value {
                    Some(value) => self.variables.insert(name, value),
                    None => self.variables.remove(&name),
                };
            }
            _ => {}
        }
        Ok(())
    }
}

/// One spelling for `@@SQL_MODE`, `@@session.sql_mode`, `SESSION sql_mode` and `sql_mode`.
fn variable_name(name: &str) -> String {
    let name = name.to_ascii_lowercase();
    let Some(system) = name.strip_prefix("@@") else {
        return name;
    };
    let plain = ["session.", "local.", "global."]
        .iter()
        .find_map(|scope| system.strip_prefix(scope));
    plain.unwrap_or(system).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modes_are_set_saved_and_restored() {
        let mut session = SqlSession::new(Charset::Utf8);
        let literal = |text: &str| Setting::Literal(text.to_owned());
        let variable = |text: &str| Setting::Variable(text.to_owned());
        session
            .assign("sql_mode", &literal("NO_ZERO_DATE, no_backslash_escapes"))
            .unwrap();
        session
            .assign("@saved", &variable("@@SESSION.sql_mode"))
            .unwrap();
        session.assign("SQL_MODE", &literal("ANSI")).unwrap();
        assert!(session.modes.ansi_quotes && !session.modes.no_backslash_escapes);
        session.assign("@@sql_mode", &variable("@saved")).unwrap();
        assert!(!session.modes.ansi_quotes && session.modes.no_backslash_escapes);
        session.assign("sql_mode", &variable("@never")).unwrap();
        assert_eq!(session.modes, Modes::default());
    }

    #[test]
    fn the_character_set_of_definitions_differs_from_that_of_rows() {
        let mut session = SqlSession::new(Charset::Utf8);
        session.set_names("latin1").unwrap();
        let latin1 = session.charset;
        session
            .assign(
                "@saved_cs_client",
                &Setting::Variable("@@character_set_client".into()),
            )
            .unwrap();
        session
            .assign("character_set_client", &Setting::Literal("utf8".into()))
            .unwrap();
        assert_eq!(session.charset, Charset::Utf8);
        session
            .assign(
                "character_set_client",
                &Setting::Variable("@saved_cs_client".into()),
            )
            .unwrap();
        assert_eq!(session.charset, latin1);
        session
            .assign("character_set_client", &Setting::Variable("@old".into()))
            .unwrap();
        assert_eq!(session.charset, Charset::Utf8);
        assert!(session.set_names("klingon").is_err());
    }
}
