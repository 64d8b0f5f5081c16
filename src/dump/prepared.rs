//! `PREPARE`, `EXECUTE` and `DEALLOCATE`: a statement whose text is known is read as if it stood in their place.
//!
//! Scripts that may be run twice ask `information_schema` whether a table, column, key or constraint is there, and
//! prepare one text or another. What they ask is known from what has been read, since nothing else is there. A text
//! that is not known, has parameters, or brings rows is left to the caller, noted.

use std::io;

use super::cursor::{Cursor, SourceText};
use super::error::{DumpProblem, Position};
use super::lexer::Token;
use super::reader::{DumpReader, ParsedStatement};
use super::session::KnownValue;

/// Statements that a prepared text may be.
const PREPARED: &[&str] = &[
    "ALTER", "ANALYZE", "CREATE", "DELETE", "DO", "DROP", "RENAME", "SELECT", "SET", "SHOW",
    "TRUNCATE", "UPDATE",
];

/// What `DATABASE()` is where no statement has said it, as no database is called.
const OWN_DATABASE: &str = "\0";

impl DumpReader<'_> {
    /// Behind `PREPARE`.
    pub(super) fn prepare(&mut self, position: Position) -> Result<ParsedStatement, DumpProblem> {
        let name = self.cursor.name("the name of a statement")?;
        self.cursor.expect_word("FROM")?;
        let text = self.setting()?;
        self.cursor.skip_statement()?;
        match &text {
            KnownValue::Text(_) => *self.ignored.entry("PREPARE".to_owned()).or_default() += 1,
            _ => self.note_skipped(format!("PREPARE {name}"), position, false),
        }
        self.prepared.insert(name.to_lowercase(), text);
        Ok(ParsedStatement::Nothing)
    }

    /// Behind `DEALLOCATE`, or `DROP` in front of `PREPARE`.
    pub(super) fn deallocate(
        &mut self,
        position: Position,
    ) -> Result<ParsedStatement, DumpProblem> {
        self.cursor.skip_word("PREPARE")?;
        let name = self.cursor.name("the name of a statement")?;
        self.cursor.skip_statement()?;
        match self.prepared.remove(&name.to_lowercase()) {
            Some(KnownValue::Text(_)) => {
                *self.ignored.entry("DEALLOCATE".to_owned()).or_default() += 1;
            }
            _ => self.note_skipped(format!("DEALLOCATE {name}"), position, false),
        }
        Ok(ParsedStatement::Nothing)
    }

    /// Behind `EXECUTE`.
    pub(super) fn execute(&mut self, position: Position) -> Result<ParsedStatement, DumpProblem> {
        let (what, text) = if self.cursor.skip_word("IMMEDIATE")? {
            ("EXECUTE IMMEDIATE".to_owned(), self.setting()?)
        } else {
            let name = self.cursor.name("the name of a statement")?;
            let text = self.prepared.get(&name.to_lowercase()).cloned();
            (format!("EXECUTE {name}"), text.unwrap_or(KnownValue::No))
        };
        let has_parameters = self.cursor.at_word(&["USING"])?;
        self.cursor.skip_statement()?;
        let known = match text {
            KnownValue::Text(text) if !text.contains(OWN_DATABASE) => Some(text),
            _ => None,
        };
        let Some(text) = known else {
            self.note_skipped(format!("{what}, whose text is not known"), position, true);
            return Ok(ParsedStatement::Nothing);
        };
        let text = text.trim().trim_end_matches(';').to_owned();
        let word: String = text.chars().take_while(char::is_ascii_alphabetic).collect();
        let word = word.to_ascii_uppercase();
        if has_parameters || !PREPARED.contains(&word.as_str()) {
            let source = SourceText {
                text,
                modes: self.session.modes,
                charset: self.session.charset,
                position,
            };
            let shown = source.shown_to(&["VALUES", "SET", "SELECT"]);
            self.note_skipped(format!("{what}: {shown}"), position, true);
            return Ok(ParsedStatement::Nothing);
        }
        *self.ignored.entry("EXECUTE".to_owned()).or_default() += 1;
        self.within(text, position, |reader| {
            reader.cursor.next()?;
            reader.committing(&word, position)
        })
    }

    /// Does `read` where the cursor is at the beginning of `text`, which counts as standing at `position`.
    fn within<T>(
        &mut self,
        text: String,
        position: Position,
        read: impl FnOnce(&mut Self) -> Result<T, DumpProblem>,
    ) -> Result<T, DumpProblem> {
        let mut inner = Cursor::new(Box::new(io::Cursor::new(text.into_bytes())));
        inner.begin_at(position);
        inner.configure(&self.session);
        let outer = std::mem::replace(&mut self.cursor, inner);
        let outcome = read(self);
        self.cursor = outer;
        self.cursor.configure(&self.session);
        outcome
    }

    /// Forgets what user variables are that a statement gives values: `@a := 1`, `INTO @a, @b`.
    pub(super) fn forget_variables(&mut self, source: &SourceText) -> Result<(), DumpProblem> {
        let text = source.text.to_ascii_uppercase();
        let mut in_list = false;
        let mut parts = text.split('@');
        let mut before = parts.next().unwrap_or_default().trim();
        for part in parts {
            // The name of the variable whose `@` is in front of this part, and what is behind it.
            let is_part =
                |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '$' | '.');
            let end = part.find(|letter| !is_part(letter)).unwrap_or(part.len());
            let (name, behind) = part.split_at(end);
            in_list = before.ends_with("INTO") || in_list && before == ",";
            if !name.is_empty() && (in_list || behind.trim_start().starts_with(":=")) {
                self.session.assign(&format!("@{name}"), KnownValue::No)?;
            }
            before = behind.trim();
        }
        Ok(())
    }

    /// `SELECT COUNT(*) INTO @a FROM information_schema.…`, from behind `SELECT`: the variable has the count.
    pub(super) fn count_into(&mut self, source: &SourceText) -> Result<(), DumpProblem> {
        let upper = source.text.to_ascii_uppercase();
        if !upper.contains("INFORMATION_SCHEMA") || !upper.contains("INTO") {
            return Ok(());
        }
        let (name, count) = self.within(source.text.clone(), source.position, |reader| {
            reader.cursor.skip_word("SELECT")?;
            let mut name = None;
            if !reader.cursor.at_word(&["COUNT"])? {
                return Ok((name, KnownValue::No));
            }
            let count = reader.counted(&mut name)?;
            let is_whole = matches!(reader.cursor.peek()?, Token::End | Token::Delimiter);
            Ok((name, if is_whole { count } else { KnownValue::No }))
        })?;
        match name.filter(|name| name.starts_with('@')) {
            Some(name) => self.session.assign(&name, count),
            None => Ok(()),
        }
    }

    /// `IF(condition, a, b)`, from behind the parenthesis.
    pub(super) fn chosen(&mut self, depth: usize) -> Result<KnownValue, DumpProblem> {
        let holds = self.holds(depth)?;
        let mut values = Vec::new();
        while self.cursor.skip_symbol(b',')? {
            values.push(self.known(depth)?);
            if !matches!(self.cursor.peek()?, Token::Symbol(b',' | b')')) {
                self.cursor.skip_open_group()?;
                return Ok(KnownValue::No);
            }
        }
        if !self.cursor.skip_symbol(b')')? {
            self.cursor.skip_open_group()?;
            return Ok(KnownValue::No);
        }
        let Ok([yes, no]) = <[KnownValue; 2]>::try_from(values) else {
            return Ok(KnownValue::No);
        };
        Ok(match holds {
            Some(true) => yes,
            Some(false) => no,
            None if yes == no => yes,
            None => KnownValue::No,
        })
    }

    /// Whether a condition holds, which ends at a comma or a parenthesis; `None` if that is not known.
    fn holds(&mut self, depth: usize) -> Result<Option<bool>, DumpProblem> {
        if self.cursor.skip_word("NOT")? || self.cursor.skip_symbol(b'!')? {
            return Ok(self.holds(depth)?.map(|holds| !holds));
        }
        let value = if self.cursor.skip_word("EXISTS")? {
            self.cursor.expect_symbol(b'(', "a query")?;
            self.cursor.skip_word("SELECT")?;
            let count = self.counted(&mut None)?;
            self.closed(count)?
        } else {
            match self.cursor.peek()? {
                // A name is no text here.
                Token::Word(span) if !self.cursor.slice(span).starts_with(b"@") => KnownValue::No,
                _ => self.known(depth)?,
            }
        };
        let mut operator = String::new();
        while let Token::Symbol(symbol @ (b'=' | b'<' | b'>' | b'!')) = self.cursor.peek()? {
            self.cursor.next()?;
            operator.push(char::from(symbol));
        }
        let holds = if !operator.is_empty() {
            compared(&value, &operator, &self.known(depth)?)
        } else if self.cursor.skip_word("IS")? {
            let not = self.cursor.skip_word("NOT")?;
            let null = self.cursor.skip_word("NULL")?;
            (null && value != KnownValue::No).then(|| (value == KnownValue::Null) != not)
        } else {
            match &value {
                KnownValue::Null => Some(false),
                value => number(value).map(|number| number != 0),
            }
        };
        let mut known = holds;
        while !matches!(
            self.cursor.peek()?,
            Token::Symbol(b',' | b')') | Token::Delimiter | Token::End
        ) {
            known = None;
            if self.cursor.peek()? == Token::Symbol(b'(') {
                self.cursor.skip_group()?;
            } else {
                self.cursor.next()?;
            }
        }
        Ok(known)
    }
}

fn number(value: &KnownValue) -> Option<i64> {
    match value {
        KnownValue::Text(text) => text.parse().ok(),
        _ => None,
    }
}

fn compared(value: &KnownValue, operator: &str, other: &KnownValue) -> Option<bool> {
    let (own, its) = (number(value)?, number(other)?);
    Some(match operator {
        "=" => own == its,
        "<>" | "!=" => own != its,
        "<" => own < its,
        ">" => own > its,
        "<=" => own <= its,
        ">=" => own >= its,
        _ => return None,
    })
}

/// The database that a statement means by a name; nothing where it means the one that it is in.
pub(super) fn named_database(name: &str) -> Option<&str> {
    (name != OWN_DATABASE).then_some(name)
}

/// What `DATABASE()` is.
pub(super) fn own_database(database: Option<&str>) -> KnownValue {
    KnownValue::Text(database.unwrap_or(OWN_DATABASE).to_owned())
}
