//! `CREATE VIEW`, `ALTER VIEW` and `RENAME TABLE` of a view.
//!
//! What a `*` stands for is settled when a view is made: a column that its table gets later is not in it. So a view
//! remembers the columns of the tables that it names. What the rows of a view are is `viewed`'s.
//!
//! It and `reader` know each other, as `objects` and `reader` do.

use super::cursor::{Cursor, SourceText};
use super::definition::{SeenTable, ViewDefinition};
use super::error::{DumpProblem, Position};
use super::lexer::Token;
use super::reader::{DumpReader, ParsedStatement, Statement};
use super::viewed::ViewedTable;

impl DumpReader<'_> {
    /// Behind `CREATE … VIEW`.
    pub(super) fn create_view(
        &mut self,
        position: Position,
        materialized: bool,
    ) -> Result<ParsedStatement, DumpProblem> {
        let if_not_exists = self.cursor.skip_words("IF", &["NOT", "EXISTS"])?;
        let (database, name) = self.cursor.qualified_name()?;
        let database = database.or_else(|| self.session.database.clone());
        if if_not_exists && self.tables.view(database.as_deref(), &name).is_some() {
            return self.ignore("CREATE VIEW IF NOT EXISTS");
        }
        let mut columns = Vec::new();
        if self.cursor.skip_symbol(b'(')? {
            columns = self.cursor.name_list()?;
        }
        self.cursor.expect_word("AS")?;
        let query = self
            .cursor
            .source_until(|_, token| token == Token::Delimiter)?;
        self.cursor.skip_statement()?;
        let view = ViewDefinition {
            database,
            name,
            columns,
            seen: self.seen_columns(&query)?,
            query,
            position,
        };
        let target = ViewedTable::of(&view, materialized, &self.tables);
        let target = target.unwrap_or_else(|_| Err("one that is not read".to_owned()));
        self.tables
            .insert_view(view.database.clone(), view.name.clone(), target);
        Ok(ParsedStatement::Statement(Statement::View(view)))
    }

    /// The columns that the tables of a query have by now, if it asks for all of any.
    fn seen_columns(&self, query: &SourceText) -> Result<Vec<SeenTable>, DumpProblem> {
        let mut cursor = Cursor::over(query);
        let mut seen: Vec<SeenTable> = Vec::new();
        let mut asks_for_all = false;
        let mut before = Token::End;
        let mut last_name = None;
        loop {
            let token = cursor.next()?;
            match token {
                Token::End | Token::Delimiter => break,
                Token::Symbol(b'*') => {
                    let words = ["SELECT", "DISTINCT", "ALL"];
                    asks_for_all |= matches!(before, Token::Symbol(b'.' | b','))
                        || words.iter().any(|word| cursor.is_word(before, word));
                }
                Token::Word(_) | Token::Name { .. } => {
                    let name = cursor.name_of(token, "a name")?;
                    let qualifier = last_name.replace(name.clone());
                    let qualifier = qualifier.filter(|_| before == Token::Symbol(b'.'));
                    let database = qualifier.as_ref().or(self.session.database.as_ref());
                    if let Some(table) = self.tables.get(database.map(String::as_str), &name)
                        && !seen
                            .iter()
                            .any(|seen| seen.is(table.database.as_deref(), &name))
                    {
                        let visible = table.columns.iter().filter(|column| !column.invisible);
                        seen.push(SeenTable {
                            database: table.database.clone(),
                            columns: visible.map(|column| column.name.clone()).collect(),
                            name,
                        });
                    }
                }
                _ => {}
            }
            before = token;
        }
        Ok(if asks_for_all { seen } else { Vec::new() })
    }

    /// Behind `ALTER` of what is no table and no database.
    pub(super) fn alter_other(
        &mut self,
        position: Position,
    ) -> Result<ParsedStatement, DumpProblem> {
        if !self
            .cursor
            .at_word(&["ALGORITHM", "DEFINER", "SQL", "VIEW"])?
        {
            return self.skip("ALTER", position, false);
        }
        let mut materialized = false;
        loop {
            let token = self.cursor.peek()?;
            if matches!(token, Token::Delimiter | Token::End) || self.cursor.is_word(token, "EVENT")
            {
                return self.skip("ALTER", position, false);
            }
            self.cursor.next()?;
            materialized |= self.cursor.is_word(token, "TEMPTABLE");
            if self.cursor.is_word(token, "VIEW") {
                return self.create_view(position, materialized);
            }
        }
    }

    /// A view under its new name.
    pub(super) fn renamed_view(
        &mut self,
        database: Option<&str>,
        name: &str,
        other: Option<String>,
        new: String,
    ) -> ParsedStatement {
        let Some(((own, old), target)) = self.tables.remove_view(database, name) else {
            return ParsedStatement::Nothing;
        };
        let new_database = other.or_else(|| own.clone());
        self.tables
            .insert_view(new_database.clone(), new.clone(), target);
        ParsedStatement::Statement(Statement::ViewRenamed {
            old: (own, old),
            new: (new_database, new),
        })
    }
}
