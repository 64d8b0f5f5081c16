//! Statements that change the rows of views: carried out on their tables, or handed on as what they are.
//!
//! The part of [`DumpReader`] that turns `UPDATE`, `DELETE`, `TRUNCATE` and the head of an `INSERT` of a view into
//! those of its table, under the table's names. What a view's rows are is `viewed`'s.

use super::cursor::{Cursor, SourceText};
use super::error::{DumpProblem, Position};
use super::insert::{OnConflict, Upsert};
use super::lexer::Token;
use super::reader::{DumpReader, ParsedStatement};
use super::script::{ScriptKind, sql_name};
use super::viewed::{Qualifiers, ViewedTable, both_of};

/// A view that an `INSERT` names.
pub(super) struct NamedView {
    pub(super) name: String,
    pub(super) viewed: ViewedTable,
}

impl NamedView {
    /// Gives the assignments behind the rows of a view the names of its table.
    pub(super) fn rename(&self, upsert: &mut Upsert) -> Result<(), DumpProblem> {
        let own = Qualifiers::DroppedOf(&self.name);
        let renamed = self.viewed.in_own_names(&upsert.assignments, own);
        upsert.assignments = renamed.map_err(|reason| {
            let what = format!(
                "ON DUPLICATE KEY UPDATE of the view {}, which is {reason},",
                self.name
            );
            DumpProblem::Unsupported(what)
        })?;
        Ok(())
    }
}

impl ViewedTable {
    /// The table's columns that rows of the view are given for: those `named`, or all.
    pub(super) fn given(
        &self,
        named: Option<&[String]>,
        on_conflict: OnConflict,
    ) -> Result<Vec<String>, String> {
        if self.checks && on_conflict == OnConflict::Ignore {
            return Err("one WITH CHECK OPTION, which leaves rows out".to_owned());
        }
        let computed = || "one with computed columns".to_owned();
        match named.filter(|named| !named.is_empty()) {
            None => {
                let own = self.columns.iter().map(|column| column.own.clone());
                own.collect::<Option<_>>().ok_or_else(computed)
            }
            Some(named) => {
                let own = named.iter().map(|name| match self.column(name) {
                    Some(column) => column.own.clone().ok_or_else(computed),
                    None => Ok(name.clone()),
                });
                own.collect()
            }
        }
    }
}

impl DumpReader<'_> {
    /// What the rows of the view of that name are, or why they are no table's; nothing of a table.
    pub(super) fn viewed(
        &self,
        database: Option<&str>,
        name: &str,
    ) -> Option<Result<ViewedTable, String>> {
        let viewed = self.tables.view(database, name)?.clone();
        Some(viewed.and_then(|viewed| {
            let table = self.tables.get(viewed.database.as_deref(), &viewed.table);
            let Some(table) = table else {
                return Err(format!("over {}, which is not here", viewed.table));
            };
            let own = viewed
                .columns
                .iter()
                .filter_map(|column| column.own.as_deref());
            match own.clone().find(|own| table.column(own).is_none()) {
                Some(own) => Err(format!("one of column {own}, which is not here")),
                None => Ok(viewed),
            }
        }))
    }

    /// A statement about rows of a view that is not carried out, of which all is read.
    pub(super) fn obstructed(
        &self,
        statement: &str,
        (database, view): (Option<String>, String),
        reason: &str,
        position: Position,
    ) -> ParsedStatement {
        let kind = ScriptKind::OfView {
            what: format!("{statement} {view}"),
            reason: format!("view {view}, which is {reason}"),
            database,
            view,
        };
        ParsedStatement::Statement(self.script(kind, position))
    }

    /// `UPDATE` of a view, from behind its name.
    pub(super) fn update_view(
        &mut self,
        view: (Option<String>, String),
        position: Position,
    ) -> Result<ParsedStatement, DumpProblem> {
        let source = self.rest_of_statement()?;
        Ok(match self.of_table(&view, &source) {
            Ok((viewed, source)) => {
                self.note_trigger("UPDATE", (viewed.database, viewed.table), position);
                ParsedStatement::Statement(self.script(ScriptKind::Update(source), position))
            }
            Err(reason) => self.obstructed("UPDATE", view, &reason, position),
        })
    }

    /// `DELETE FROM` a view, from behind its name.
    pub(super) fn delete_of_view(
        &mut self,
        view: (Option<String>, String),
        position: Position,
    ) -> Result<ParsedStatement, DumpProblem> {
        let source = self.rest_of_statement()?;
        let (viewed, of_table) = match self.of_table(&view, &source) {
            Ok(found) => found,
            Err(reason) => return Ok(self.obstructed("DELETE FROM", view, &reason, position)),
        };
        let own = (viewed.database.clone(), viewed.table.clone());
        self.note_trigger("DELETE", own, position);
        let is_followed = self.session.checks_keys() && self.tables.has_acting_child(&viewed.table);
        if source.text.is_empty() && viewed.filter.is_none() && !is_followed {
            return Ok(self.emptied_table(viewed.database, viewed.table, false));
        }
        let statement = self.script(ScriptKind::Delete(of_table), position);
        Ok(ParsedStatement::Statement(statement))
    }

    /// What stands behind the name of a view, as it would behind that of its table, whose name comes first.
    fn of_table(
        &self,
        (database, view): &(Option<String>, String),
        source: &SourceText,
    ) -> Result<(ViewedTable, SourceText), String> {
        let viewed = self.viewed(database.as_deref(), view);
        let viewed = viewed.unwrap_or_else(|| Err("not here".to_owned()))?;
        let parts = StatementParts::of(source, view);
        let parts = parts.map_err(|_| "in a statement that is not read".to_owned())?;
        if parts.has_more {
            return Err("one of several tables".to_owned());
        }
        let renamed = |source: &SourceText| viewed.in_own_names(source, Qualifiers::Kept);
        let own = parts.filter.as_ref().map(renamed).transpose()?;
        let filter = match (own, viewed.filter.clone()) {
            (own, None) => own,
            (_, Some(Err(reason))) => return Err(reason),
            (None, Some(Ok(shown))) => Some(shown),
            (Some(own), Some(Ok(shown))) => Some(both_of(&own, &shown)?),
        };
        let filter = filter.map_or_else(String::new, |filter| format!(" WHERE {}", filter.text));
        let text = format!(
            "{}AS `{}` {}{filter} {}",
            sql_name(viewed.database.as_deref(), &viewed.table),
            parts.alias.replace('`', "``"),
            renamed(&parts.head)?.text,
            renamed(&parts.tail)?.text
        );
        let source = SourceText {
            text,
            ..source.clone()
        };
        Ok((viewed, source))
    }
}

/// An `UPDATE` or `DELETE` from behind the name of its table.
struct StatementParts {
    /// What the table is called in it.
    alias: String,
    /// There are other tables.
    has_more: bool,
    head: SourceText,
    filter: Option<SourceText>,
    tail: SourceText,
}

impl StatementParts {
    fn of(source: &SourceText, name: &str) -> Result<Self, DumpProblem> {
        const TAIL: &[&str] = &["ORDER", "LIMIT", "RETURNING"];
        let mut cursor = Cursor::over(source);
        let no_alias = [
            "SET",
            "WHERE",
            "ORDER",
            "LIMIT",
            "RETURNING",
            "JOIN",
            "INNER",
            "LEFT",
            "RIGHT",
            "CROSS",
            "NATURAL",
            "STRAIGHT_JOIN",
            "USING",
            "FROM",
            "PARTITION",
            "FOR",
        ];
        let mut alias = name.to_owned();
        let named = matches!(cursor.peek()?, Token::Word(_) | Token::Name { .. });
        if cursor.skip_word("AS")? || (named && !cursor.at_word(&no_alias)?) {
            alias = cursor.name("the name of a table")?;
        }
        let begins = ["SET", "WHERE", "ORDER", "LIMIT", "RETURNING"];
        let has_more = !cursor.at_word(&begins)? && cursor.peek()? != Token::End;
        let head = cursor.source_to(&["WHERE", "ORDER", "LIMIT", "RETURNING"])?;
        let filter = if cursor.skip_word("WHERE")? {
            Some(cursor.source_to(TAIL)?)
        } else {
            None
        };
        let tail = cursor.source_to(&[])?;
        Ok(Self {
            alias,
            has_more,
            head,
            filter,
            tail,
        })
    }
}
