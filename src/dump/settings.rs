//! The statement `SET`, and the values that can be known without a server.
//!
//! Dumps save a setting in a user variable and restore it later, and people change a list of modes with
//! `CONCAT` and `REPLACE`. What is computed here is text; anything else is [`KnownValue::No`], which is an error
//! only where the reading depends on it.
//!
//! It and `reader` know each other, as `objects` and `reader` do.

use super::column::word_or_string;
use super::cursor::SourceText;
use super::error::{DumpProblem, Position};
use super::insert::InsertHeader;
use super::lexer::Token;
use super::prepared::own_database;
use super::reader::{DumpReader, ParsedStatement};
use super::script::ScriptKind;
use super::server_setting::{ServerSetting, SettingValue, lost_setting, setting_value};
use super::session::{KnownValue, Modes};
use super::value_type::ValueType;

/// Deeper calls are no way to say a mode.
const DEEPEST: usize = 20;

/// What a `SET` leaves to whoever has the rows.
struct Assignments {
    /// User variables, with the text of their values.
    variables: Vec<(String, SourceText)>,
    settings: Vec<(ServerSetting, SettingValue)>,
}

impl DumpReader<'_> {
    pub(super) fn set(&mut self, position: Position) -> Result<ParsedStatement, DumpProblem> {
        if self.cursor.skip_word("STATEMENT")? {
            return self.set_statement();
        }
        *self.ignored.entry("SET".to_owned()).or_default() += 1;
        let all = self.cursor.skip_word("NAMES")?;
        let names = all
            || self.cursor.skip_word("CHARSET")?
            || self.cursor.skip_words("CHARACTER", &["SET"])?;
        if names {
            let charset = word_or_string(&mut self.cursor)?;
            // SET NAMES utf8mb4 COLLATE …, and more assignments behind it.
            while !self.at_setting_end()? {
                self.cursor.next()?;
            }
            self.session.set_names(&charset, all)?;
            if !self.cursor.skip_symbol(b',')? {
                self.cursor.skip_statement()?;
                self.cursor.configure(&self.session);
                return Ok(ParsedStatement::Nothing);
            }
        }
        let autocommit = self.session.autocommit;
        let Assignments {
            variables,
            settings,
        } = self.assignments(false)?;
        if !variables.is_empty() {
            let script = self.script(ScriptKind::Assign(variables), position);
            self.further.push_back(script);
        }
        for (setting, value) in settings {
            let script = self.script(ScriptKind::Set(setting, value), position);
            self.further.push_back(script);
        }
        if let ParsedStatement::Statement(step) = self.autocommit_was(autocommit, position) {
            self.further.push_back(step);
        }
        Ok(self.first_of_several())
    }

    /// The values of an `INSERT` that are for columns of bytes, if a server brings texts for them to another
    /// character set.
    pub(super) fn converted_columns(&self, header: &InsertHeader) -> Vec<usize> {
        let known = self.tables.get(header.database.as_deref(), &header.table);
        let (Some(table), Some(columns)) = (known, &header.columns) else {
            return Vec::new();
        };
        let is_bytes = |name: &String| {
            let kind = table
                .column(name)
                .and_then(|column| ValueType::of(column, table));
            matches!(kind, Some(ValueType::Blob | ValueType::FixedBlob(_)))
        };
        let columns = columns.iter().enumerate();
        let columns = columns.filter(|(_, name)| self.session.converts_bytes() && is_bytes(name));
        columns.map(|(at, _)| at).collect()
    }

    /// Notes the newest row if it is the first with bytes that a server would have brought to another character set.
    pub(super) fn note_converted_bytes(&mut self) {
        let Some(insert) = &mut self.insert else {
            return;
        };
        if insert.converted.is_empty() || !insert.meets_converted(&self.cursor) {
            return;
        }
        let position = insert.header.position;
        let what = format!(
            "INSERT INTO {}: texts for columns of bytes are kept as they are, and a server brings them from \
             character_set_client to character_set_connection",
            insert.header.table
        );
        if !self.skipped.iter().any(|skipped| skipped.statement == what) {
            self.note_skipped(what, position, true);
        }
    }

    /// `SET STATEMENT a = 1 FOR …`: settings of one statement, which comes now.
    fn set_statement(&mut self) -> Result<ParsedStatement, DumpProblem> {
        let kept = self.session.variable("sql_mode");
        let before = self.session.modes;
        for (setting, value) in self.assignments(true)?.settings {
            if value != SettingValue::Default {
                let what = format!("SET STATEMENT {}, which changes values", setting.name());
                let position = self.cursor.position();
                self.note_skipped(what, position, true);
            }
        }
        // The text of the statement was read before they hold.
        self.session.modes = Modes {
            no_auto_value_on_zero: self.session.modes.no_auto_value_on_zero,
            ..before
        };
        self.cursor.configure(&self.session);
        self.for_one_statement.get_or_insert(kept);
        self.statement()
    }

    /// After a statement that had settings of its own.
    pub(super) fn end_of_one_statement(&mut self) -> Result<(), DumpProblem> {
        if let Some(kept) = self.for_one_statement.take() {
            self.session.assign("sql_mode", kept)?;
            self.cursor.configure(&self.session);
        }
        Ok(())
    }

    /// `a = 1, @b = 2`, to the end of the statement or, `before_for`, to the word `FOR`; what of them is for whoever
    /// has the rows.
    fn assignments(&mut self, before_for: bool) -> Result<Assignments, DumpProblem> {
        // All are computed before the first is made.
        let mut assignments = Vec::new();
        let (mut variables, mut settings) = (Vec::new(), Vec::new());
        let mut name = String::new();
        loop {
            let token = self.cursor.next()?;
            match token {
                Token::Delimiter | Token::End => break,
                Token::Word(_) if before_for && self.cursor.is_word(token, "FOR") => break,
                Token::Symbol(b'=') => {
                    let start = self.cursor.next_start()?;
                    let value = self.setting()?;
                    let name = std::mem::take(&mut name);
                    if let Some(setting) = ServerSetting::named(&name) {
                        let source = self.cursor.source_from(start)?;
                        settings.push((setting, setting_value(&value, source)));
                    }
                    if let Some(variable) =
                        name.strip_prefix('@').filter(|name| !name.starts_with('@'))
                    {
                        let source = self.cursor.source_from(start)?;
                        variables.push((variable.to_ascii_lowercase(), source));
                    }
                    assignments.push((name, value));
                }
                Token::Symbol(b'.') => name.push('.'),
                Token::Symbol(b',') => name.clear(),
                Token::Word(_) | Token::Name { .. } => {
                    let word = self.cursor.name_of(token, "a setting")?;
                    // `@@session.sql_mode` is one name, and so is SESSION sql_mode.
                    match name.to_ascii_uppercase().as_str() {
                        "GLOBAL" | "PERSIST" | "PERSIST_ONLY" => name = format!("@@global.{word}"),
                        _ if name.ends_with(['.', '@']) => name.push_str(&word),
                        _ => name = word,
                    }
                }
                _ => {}
            }
        }
        for (name, value) in assignments {
            if let Some(what) = lost_setting(&name, &value)
                && !self.skipped.iter().any(|skipped| skipped.statement == what)
            {
                let position = self.cursor.position();
                self.note_skipped(what, position, true);
            }
            self.session.assign(&name, value)?;
        }
        self.cursor.configure(&self.session);
        Ok(Assignments {
            variables,
            settings,
        })
    }

    /// The value of an assignment, to the comma or the end behind it.
    pub(super) fn setting(&mut self) -> Result<KnownValue, DumpProblem> {
        let mut value = self.known(0)?;
        while !self.at_setting_end()? {
            value = KnownValue::No;
            if self.cursor.peek()? == Token::Symbol(b'(') {
                self.cursor.skip_group()?;
            } else {
                self.cursor.next()?;
            }
        }
        Ok(value)
    }

    fn at_setting_end(&mut self) -> Result<bool, DumpProblem> {
        let token = self.cursor.peek()?;
        Ok(
            matches!(token, Token::Symbol(b',') | Token::Delimiter | Token::End)
                || self.cursor.is_word(token, "FOR"),
        )
    }

    /// One value; what is behind it is for the caller.
    pub(super) fn known(&mut self, depth: usize) -> Result<KnownValue, DumpProblem> {
        let token = self.cursor.peek()?;
        match token {
            Token::Delimiter | Token::End | Token::Symbol(b',' | b')') => Ok(KnownValue::No),
            Token::Symbol(b'(') if depth < DEEPEST => {
                self.cursor.next()?;
                let is_query = self.cursor.skip_word("SELECT")?;
                let value = if is_query && self.cursor.at_word(&["COUNT"])? {
                    self.counted(&mut None)?
                } else {
                    self.known(depth + 1)?
                };
                self.closed(value)
            }
            Token::Text {
                span,
                quote,
                escaped,
            } => {
                self.cursor.next()?;
                self.cursor
                    .string_of(span, quote, escaped)
                    .map(KnownValue::Text)
            }
            Token::Number(span) => {
                self.cursor.next()?;
                self.cursor.text(span).map(KnownValue::Text)
            }
            Token::Word(_) => {
                self.cursor.next()?;
                let word = self.cursor.name_of(token, "a value")?;
                if word.starts_with('@') {
                    return self.variable(word);
                }
                if self.cursor.peek()? == Token::Symbol(b'(') && depth < DEEPEST {
                    return self.call(&word, depth);
                }
                Ok(match word.to_ascii_uppercase().as_str() {
                    "NULL" => KnownValue::Null,
                    _ => KnownValue::Text(word),
                })
            }
            _ => {
                self.cursor.next()?;
                Ok(KnownValue::No)
            }
        }
    }

    /// The value of a variable whose name begins with `name`.
    fn variable(&mut self, mut name: String) -> Result<KnownValue, DumpProblem> {
        while name.ends_with('@') || self.cursor.skip_symbol(b'.')? {
            if !name.ends_with('@') {
                name.push('.');
            }
            name.push_str(&self.cursor.name("the name of a variable")?);
        }
        Ok(self.session.variable(&name))
    }

    /// `value` if nothing but the closing parenthesis is behind it.
    pub(super) fn closed(&mut self, value: KnownValue) -> Result<KnownValue, DumpProblem> {
        if self.cursor.skip_symbol(b')')? {
            return Ok(value);
        }
        self.cursor.skip_open_group()?;
        Ok(KnownValue::No)
    }

    /// A call of a function that people make lists of modes with.
    fn call(&mut self, function: &str, depth: usize) -> Result<KnownValue, DumpProblem> {
        self.cursor.next()?;
        match function.to_ascii_uppercase().as_str() {
            "IF" => return self.chosen(depth + 1),
            "DATABASE" | "SCHEMA" => {
                let value = own_database(self.session.database.as_deref());
                return self.closed(value);
            }
            _ => {}
        }
        let mut arguments = Vec::new();
        while self.cursor.peek()? != Token::Symbol(b')') {
            arguments.push(self.known(depth + 1)?);
            if !self.cursor.skip_symbol(b',')? {
                break;
            }
        }
        let value = computed(&function.to_ascii_uppercase(), &arguments);
        self.closed(value)
    }
}

fn computed(function: &str, arguments: &[KnownValue]) -> KnownValue {
    if arguments.contains(&KnownValue::No) {
        return KnownValue::No;
    }
    let given = |known: &&KnownValue| **known != KnownValue::Null;
    if matches!(function, "IFNULL" | "COALESCE") {
        return arguments
            .iter()
            .find(given)
            .cloned()
            .unwrap_or(KnownValue::Null);
    }
    let texts: Vec<&str> = arguments
        .iter()
        .filter_map(|known| match known {
            KnownValue::Text(text) => Some(text.as_str()),
            _ => None,
        })
        .collect();
    match (function, texts.as_slice()) {
        ("CONCAT_WS", [between, parts @ ..]) if arguments.first() != Some(&KnownValue::Null) => {
            KnownValue::Text(parts.join(between))
        }
        ("CONCAT" | "REPLACE" | "LOWER" | "UPPER" | "TRIM", _) if texts.len() < arguments.len() => {
            KnownValue::Null
        }
        ("CONCAT", parts) => KnownValue::Text(parts.concat()),
        ("REPLACE", [text, "", _]) => KnownValue::Text((*text).to_owned()),
        ("REPLACE", [text, old, new]) => KnownValue::Text(text.replace(old, new)),
        ("LOWER", [text]) => KnownValue::Text(text.to_lowercase()),
        ("UPPER", [text]) => KnownValue::Text(text.to_uppercase()),
        ("TRIM", [text]) => KnownValue::Text(text.trim_matches(' ').to_owned()),
        _ => KnownValue::No,
    }
}
