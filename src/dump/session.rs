//! What `SET` and `USE` change about how the rest of a dump is read: the character set of the
//! text, the SQL modes that change what a string is, the current database.
//!
//! Dumps save a setting in a user variable and restore it later (`SET @saved = @@sql_mode`), so
//! variables are kept as text. What changes the values of rows is for whoever has these; the rest (SQL notes) has no
//! effect without a server and is ignored.

use std::collections::HashMap;

use super::charset::Charset;
use super::definition::is_lasting;
use super::error::DumpProblem;
use super::server_setting::ServerSetting;
use super::sql_mode;
pub use super::sql_mode::Modes;

/// What holds for the statements that come next.
#[derive(Debug, Clone)]
pub(super) struct SqlSession {
    /// Character set of names, and of strings without an introducer.
    pub(super) charset: Charset,
    /// `character_set_connection`: what a server brings strings to before it stores them. `None` is one that is not read.
    connection: Option<Charset>,
    pub(super) modes: Modes,
    /// The database of names that are not qualified, once the dump has said it.
    pub(super) database: Option<String>,
    /// Each statement is a transaction of its own.
    pub(super) autocommit: bool,
    /// Behind the end of a transaction the next one begins: `completion_type`.
    pub(super) chains: bool,
    /// The engine of tables that do not say theirs undoes nothing.
    pub(super) lasting_engine: bool,
    /// What the dump is in when it does not say.
    default_charset: Charset,
    /// The text is UTF-8 whatever the dump says: it has been translated.
    translated: bool,
    /// `sql_mode`, `character_set_client` and user variables (with their `@`), in lower case.
    variables: HashMap<String, KnownValue>,
}

/// What is known of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum KnownValue {
    /// Its text.
    Text(String),
    Null,
    /// A server would know.
    No,
}

impl SqlSession {
    /// `default` is what the clients of the last ten years write when they do not say it: UTF-8.
    pub(super) fn new(default: Charset) -> Self {
        Self {
            charset: default,
            connection: Some(default),
            modes: Modes::of(sql_mode::DEFAULT),
            database: None,
            autocommit: true,
            chains: false,
            lasting_engine: false,
            default_charset: default,
            translated: false,
            variables: usual_variables(),
        }
    }

    /// A session over text that is UTF-8 whatever the dump says.
    pub(super) fn translated() -> Self {
        Self {
            translated: true,
            ..Self::new(Charset::Utf8)
        }
    }

    /// `SET NAMES`; `SET CHARACTER SET`, which leaves the connection to the database's character set.
    pub(super) fn set_names(&mut self, name: &str, all: bool) -> Result<(), DumpProblem> {
        self.set_client(name)?;
        self.connection = Some(if all { self.charset } else { Charset::Utf8 });
        Ok(())
    }

    fn set_client(&mut self, name: &str) -> Result<(), DumpProblem> {
        // `SET NAMES DEFAULT` goes back to the client's own.
        let charset = if self.translated || name.eq_ignore_ascii_case("default") {
            self.default_charset
        } else {
            Charset::of_client(name)
                .ok_or_else(|| DumpProblem::Unsupported(format!("character set {name}")))?
        };
        self.charset = charset;
        let name = KnownValue::Text(name.to_ascii_lowercase());
        self.variables.insert(CLIENT.to_owned(), name);
        Ok(())
    }

    /// Whether strings that are stored as bytes have others on a server than in the dump.
    pub(super) fn converts_bytes(&self) -> bool {
        !self.translated && self.charset != Charset::Binary && self.connection != Some(self.charset)
    }

    /// The character set of a string with an introducer.
    pub(super) fn introduced(&self, charset: Charset) -> Charset {
        if self.translated && charset != Charset::Binary {
            Charset::Utf8
        } else {
            charset
        }
    }

    /// The value of a variable; one that nobody has set is NULL.
    pub(super) fn variable(&self, name: &str) -> KnownValue {
        let name = variable_name(name);
        if let Some(known) = self.variables.get(&name) {
            return known.clone();
        }
        match name.as_str() {
            "global.sql_mode" => default_modes(),
            _ if name.starts_with('@') || name == CLIENT => KnownValue::Null,
            _ => KnownValue::No,
        }
    }

    /// Whether foreign keys are checked.
    pub(super) fn checks_keys(&self) -> bool {
        self.variable(KEY_CHECKS) != KnownValue::Text("0".to_owned())
    }

    /// `SET name = value`.
    pub(super) fn assign(&mut self, name: &str, value: KnownValue) -> Result<(), DumpProblem> {
        let name = variable_name(name);
        match name.as_str() {
            SQL_MODE | CLIENT if value == KnownValue::No => {
                let what = format!("SET {name} to a value that only a server would know");
                return Err(DumpProblem::Unsupported(what));
            }
            SQL_MODE => {
                let list = match value {
                    KnownValue::Text(list) if !list.eq_ignore_ascii_case("default") => {
                        sql_mode::spelled_out(&list)
                    }
                    _ => sql_mode::DEFAULT.to_owned(),
                };
                self.modes = Modes::of(&list);
                self.variables.insert(name, KnownValue::Text(list));
            }
            // The character set from before the dump is NULL when it is restored at the end.
            CLIENT => match value {
                KnownValue::Text(charset) => self.set_client(&charset)?,
                _ => self.set_client("default")?,
            },
            "character_set_connection" | "collation_connection" => {
                self.connection = match &value {
                    KnownValue::Text(name) if !name.eq_ignore_ascii_case("default") => {
                        Charset::from_name(name.split('_').next().unwrap_or_default())
                    }
                    _ => Some(self.default_charset),
                };
            }
            AUTOCOMMIT | KEY_CHECKS => {
                let off = ["0", "OFF", "FALSE"];
                let is_off = |text: &str| off.iter().any(|word| text.eq_ignore_ascii_case(word));
                let on = !matches!(&value, KnownValue::Text(text) if is_off(text));
                if name == AUTOCOMMIT {
                    self.autocommit = on;
                }
                let number = if on { "1" } else { "0" };
                self.variables
                    .insert(name, KnownValue::Text(number.to_owned()));
            }
            "completion_type" => {
                let chain = ["1", "CHAIN"];
                self.chains = matches!(&value, KnownValue::Text(text)
                    if chain.iter().any(|word| text.eq_ignore_ascii_case(word)));
            }
            "default_storage_engine" | "storage_engine" => {
                if let KnownValue::Text(engine) = &value {
                    self.lasting_engine = is_lasting(engine);
                }
            }
            _ if name.starts_with('@') => {
                self.variables.insert(name, value);
            }
            _ => {
                let setting = ServerSetting::named(&name);
                let usual = setting.map(ServerSetting::usual);
                let value = match (value, usual) {
                    (KnownValue::Text(text), Some(usual))
                        if text.eq_ignore_ascii_case("default") =>
                    {
                        KnownValue::Text(usual.to_owned())
                    }
                    (value, _) => value,
                };
                if setting.is_some() {
                    self.variables.insert(name, value);
                }
            }
        }
        Ok(())
    }
}

const SQL_MODE: &str = "sql_mode";
const AUTOCOMMIT: &str = "autocommit";
const KEY_CHECKS: &str = "foreign_key_checks";
const CLIENT: &str = "character_set_client";

/// What a session begins with.
fn usual_variables() -> HashMap<String, KnownValue> {
    let settings = ServerSetting::ALL.iter();
    let settings = settings.map(|&(name, setting)| (name, setting.usual()));
    let flags = [(AUTOCOMMIT, "1"), (KEY_CHECKS, "1")];
    let mut variables: HashMap<String, KnownValue> = settings
        .chain(flags)
        .map(|(name, usual)| (name.to_owned(), KnownValue::Text(usual.to_owned())))
        .collect();
    variables.insert(SQL_MODE.to_owned(), default_modes());
    variables
}

fn default_modes() -> KnownValue {
    KnownValue::Text(sql_mode::DEFAULT.to_owned())
}

/// One spelling for `@@SQL_MODE`, `@@session.sql_mode`, `SESSION sql_mode` and `sql_mode`. What is set for
/// all sessions to come changes nothing in this one, and has another.
pub(super) fn variable_name(name: &str) -> String {
    let name = name.to_ascii_lowercase();
    let mut plain = name.as_str();
    if let Some(system) = name.strip_prefix("@@") {
        let scopes = ["session.", "local."];
        let scoped = scopes.iter().find_map(|scope| system.strip_prefix(scope));
        plain = scoped.unwrap_or(system);
    }
    match plain {
        "identity" => "last_insert_id".to_owned(),
        plain => plain.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> KnownValue {
        KnownValue::Text(text.to_owned())
    }

    #[test]
    fn modes_are_set_saved_and_restored() {
        let mut session = SqlSession::new(Charset::Utf8);
        session
            .assign("sql_mode", text("NO_ZERO_DATE, no_backslash_escapes"))
            .unwrap();
        let own = session.variable("@@SESSION.sql_mode");
        session.assign("@saved", own).unwrap();
        session.assign("SQL_MODE", text("ANSI")).unwrap();
        assert!(session.modes.ansi_quotes && !session.modes.no_backslash_escapes);
        let saved = session.variable("@saved");
        session.assign("@@sql_mode", saved).unwrap();
        assert!(!session.modes.ansi_quotes && session.modes.no_backslash_escapes);
        session.assign("@@global.sql_mode", text("ANSI")).unwrap();
        assert!(session.modes.no_backslash_escapes);
        assert!(session.assign("sql_mode", KnownValue::No).is_err());
        assert_eq!(session.variable("@never"), KnownValue::Null);
        session.assign("sql_mode", KnownValue::Null).unwrap();
        assert_eq!(session.modes, Modes::default());
    }

    #[test]
    fn the_character_set_of_definitions_differs_from_that_of_rows() {
        let mut session = SqlSession::new(Charset::Utf8);
        session.set_names("latin1", true).unwrap();
        let latin1 = session.charset;
        let own = session.variable("@@character_set_client");
        session.assign("@saved_cs_client", own).unwrap();
        session
            .assign("character_set_client", text("utf8"))
            .unwrap();
        assert_eq!(session.charset, Charset::Utf8);
        let saved = session.variable("@saved_cs_client");
        session.assign("character_set_client", saved).unwrap();
        assert_eq!(session.charset, latin1);
        session
            .assign("character_set_client", KnownValue::Null)
            .unwrap();
        assert_eq!(session.charset, Charset::Utf8);
        assert!(session.set_names("klingon", true).is_err());
    }

    #[test]
    fn translated_text_is_utf8_whatever_is_said() {
        let mut session = SqlSession::translated();
        session.set_names("latin1", true).unwrap();
        assert_eq!(session.charset, Charset::Utf8);
        let cp932 = Charset::from_name("cp932").unwrap();
        assert_eq!(session.introduced(cp932), Charset::Utf8);
        assert_eq!(session.introduced(Charset::Binary), Charset::Binary);
    }
}
