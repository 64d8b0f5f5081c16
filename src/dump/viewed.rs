//! What the rows of a view are: those of one table, under other names perhaps, or something else.
//!
//! Servers take `INSERT`, `UPDATE` and `DELETE` of a view over one table for those of its table. Only as much of a
//! view's query is read as that takes. It must not know statements; `through_views` does.

use super::cursor::{Cursor, SourceText};
use super::definition::ViewDefinition;
use super::error::DumpProblem;
use super::lexer::Token;
use super::tables::Tables;

/// What statements about a view's rows are about; why they are about no one table otherwise, as the end of
/// "the view is …".
pub(super) type ViewTarget = Result<ViewedTable, String>;

/// A table as a view shows it.
#[derive(Debug, Clone)]
pub(super) struct ViewedTable {
    pub(super) database: Option<String>,
    pub(super) table: String,
    /// The view's columns, and those of the table that they are.
    pub(super) columns: Vec<ViewedColumn>,
    /// Only rows that meet this are shown; the names in it are the table's.
    pub(super) filter: Option<Result<SourceText, String>>,
    /// `WITH CHECK OPTION`
    pub(super) checks: bool,
}

/// What becomes of the tables in front of the names in an expression.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Qualifiers<'q> {
    Kept,
    Dropped,
    /// Those of this table.
    DroppedOf(&'q str),
}

/// A column of a view.
#[derive(Debug, Clone)]
pub(super) struct ViewedColumn {
    pub(super) name: String,
    /// The table's column; nothing of a computed one.
    pub(super) own: Option<String>,
}

/// What ends the condition of a query.
const BEHIND_FILTER: &[&str] = &[
    "GROUP",
    "HAVING",
    "UNION",
    "EXCEPT",
    "INTERSECT",
    "WINDOW",
    "ORDER",
    "LIMIT",
    "FOR",
    "LOCK",
    "WITH",
];

impl ViewedTable {
    /// What the rows of a view are; `materialized` ones are never a table's.
    pub(super) fn of(
        view: &ViewDefinition,
        materialized: bool,
        tables: &Tables,
    ) -> Result<ViewTarget, DumpProblem> {
        if materialized {
            return Ok(Err("a copy (ALGORITHM=TEMPTABLE)".to_owned()));
        }
        let mut cursor = Cursor::over(&view.query);
        if !cursor.skip_word("SELECT")? {
            return Ok(Err("no plain SELECT".to_owned()));
        }
        for word in ["ALL", "HIGH_PRIORITY", "SQL_NO_CACHE", "SQL_CACHE"] {
            cursor.skip_word(word)?;
        }
        if cursor.at_word(&["DISTINCT", "DISTINCTROW"])? {
            return Ok(Err("one of DISTINCT rows".to_owned()));
        }
        let items = items(&mut cursor)?;
        if !cursor.skip_word("FROM")? || cursor.peek()? == Token::Symbol(b'(') {
            return Ok(Err("over no plain table".to_owned()));
        }
        let (database, name) = cursor.qualified_name()?;
        let behind = ["WHERE", "ORDER", "WITH"];
        let named = matches!(cursor.peek()?, Token::Word(_) | Token::Name { .. });
        if cursor.skip_word("AS")? || (named && !cursor.at_word(BEHIND_TABLE)?) {
            cursor.name("the name of a table")?;
        }
        if !cursor.at_word(&behind)? && cursor.peek()? != Token::End {
            return Ok(Err(obstacle(&mut cursor)?));
        }
        let filter = if cursor.skip_word("WHERE")? {
            Some(cursor.source_to(BEHIND_FILTER)?)
        } else {
            None
        };
        if cursor.skip_word("ORDER")? {
            cursor.source_to(&["LIMIT", "WITH"])?;
        }
        let checks = cursor.skip_word("WITH")?;
        if !checks && cursor.peek()? != Token::End {
            return Ok(Err(obstacle(&mut cursor)?));
        }
        let database = database.or_else(|| view.database.clone());
        let Some(base) = shown(tables, database.as_deref(), &name) else {
            return Ok(Err(format!("over {name}, which is not here")));
        };
        Ok(base.and_then(|base| base.seen_by(view, items, filter, checks)))
    }

    /// This, as a query over it shows it.
    fn seen_by(
        self,
        view: &ViewDefinition,
        items: Vec<ViewItem>,
        filter: Option<SourceText>,
        checks: bool,
    ) -> ViewTarget {
        let mut columns = Vec::new();
        for item in items {
            match item {
                ViewItem::All => columns.extend(self.columns.iter().cloned()),
                ViewItem::Column { name, of } => {
                    let column = self.column(&of);
                    let own =
                        column.ok_or_else(|| format!("one of column {of}, which is not here"))?;
                    let own = own.own.clone();
                    columns.push(ViewedColumn { name, own });
                }
                ViewItem::Computed => columns.push(ViewedColumn {
                    name: String::new(),
                    own: None,
                }),
            }
        }
        for (column, name) in columns.iter_mut().zip(&view.columns) {
            column.name.clone_from(name);
        }
        // A name must not mean one thing in the view and another one in its table.
        let is_own = |name: &str| {
            let mut all = self
                .columns
                .iter()
                .filter_map(|column| column.own.as_deref());
            all.any(|own| own.eq_ignore_ascii_case(name))
        };
        let misleads = |column: &&ViewedColumn| {
            let own = column.own.as_deref().unwrap_or_default();
            !own.eq_ignore_ascii_case(&column.name) && is_own(&column.name)
        };
        if let Some(column) = columns.iter().find(misleads) {
            let reason = format!("one that calls another column {}", column.name);
            return Err(reason);
        }
        let filter = match (self.filter.clone(), filter) {
            (both, None) => both,
            (Some(Err(reason)), _) => Some(Err(reason)),
            (None, Some(own)) => Some(self.in_own_names(&own, Qualifiers::Dropped)),
            (Some(Ok(inner)), Some(own)) => Some(
                self.in_own_names(&own, Qualifiers::Dropped)
                    .and_then(|own| both_of(&inner, &own)),
            ),
        };
        Ok(Self {
            columns,
            filter,
            checks: checks || self.checks,
            ..self
        })
    }

    /// The column of the view that is called `name`.
    pub(super) fn column(&self, name: &str) -> Option<&ViewedColumn> {
        let is_it = |column: &&ViewedColumn| column.name.eq_ignore_ascii_case(name);
        self.columns.iter().find(is_it)
    }

    /// An expression over the view as one over its table.
    pub(super) fn in_own_names(
        &self,
        source: &SourceText,
        qualifiers: Qualifiers<'_>,
    ) -> Result<SourceText, String> {
        if self.columns.iter().any(|column| column.own.is_none()) {
            return Err("one with computed columns".to_owned());
        }
        self.rewritten(source, qualifiers)
            .unwrap_or_else(|_| Err("one with an expression that is not read".to_owned()))
    }

    fn rewritten(
        &self,
        source: &SourceText,
        qualifiers: Qualifiers<'_>,
    ) -> Result<Result<SourceText, String>, DumpProblem> {
        let mut cursor = Cursor::over(source);
        let (mut text, mut copied) = (String::new(), 0);
        let mut columns = self.columns.iter();
        let renames = columns.any(|column| column.own.as_ref() != Some(&column.name));
        loop {
            let mut token = cursor.next()?;
            let (first, _) = cursor.offsets();
            match token {
                Token::End | Token::Delimiter => break,
                Token::Word(_)
                    if cursor.is_word(token, "SELECT")
                        && (renames || qualifiers != Qualifiers::Kept) =>
                {
                    return Ok(Err("one with a query in an expression".to_owned()));
                }
                Token::Word(_) | Token::Name { .. } => {}
                _ => continue,
            }
            let mut qualifier = String::new();
            while cursor.peek()? == Token::Symbol(b'.') {
                qualifier = cursor.name_of(token, "the name of a table")?;
                cursor.next()?;
                token = cursor.next()?;
            }
            let (last, end) = cursor.offsets();
            if !matches!(token, Token::Word(_) | Token::Name { .. })
                || cursor.peek()? == Token::Symbol(b'(')
            {
                continue;
            }
            let name = cursor.name_of(token, "a column")?;
            let own = self.column(&name).and_then(|column| column.own.as_ref());
            let drops = match qualifiers {
                Qualifiers::Kept => false,
                Qualifiers::Dropped => true,
                Qualifiers::DroppedOf(table) => table.eq_ignore_ascii_case(&qualifier),
            };
            let start = if drops { first } else { last };
            text.push_str(&source.text[copied..start]);
            match own.filter(|own| !own.eq_ignore_ascii_case(&name)) {
                Some(own) => text.push_str(&format!("`{}`", own.replace('`', "``"))),
                None => text.push_str(&source.text[last..end]),
            }
            copied = end;
        }
        text.push_str(&source.text[copied..]);
        Ok(Ok(SourceText {
            text,
            ..source.clone()
        }))
    }
}

/// Words behind a table that are no name for it.
const BEHIND_TABLE: &[&str] = &[
    "WHERE",
    "ORDER",
    "WITH",
    "GROUP",
    "HAVING",
    "LIMIT",
    "JOIN",
    "INNER",
    "LEFT",
    "RIGHT",
    "CROSS",
    "NATURAL",
    "STRAIGHT_JOIN",
    "UNION",
    "EXCEPT",
    "INTERSECT",
    "USE",
    "FORCE",
    "IGNORE",
    "FOR",
    "PARTITION",
    "WINDOW",
    "LOCK",
];

/// What a view with this behind its table or condition is.
fn obstacle(cursor: &mut Cursor<'_>) -> Result<String, DumpProblem> {
    let token = cursor.next()?;
    Ok(match token {
        Token::Word(span) => {
            let word = cursor.text(span)?.to_ascii_uppercase();
            match word.as_str() {
                "JOIN" | "INNER" | "LEFT" | "RIGHT" | "CROSS" | "NATURAL" | "STRAIGHT_JOIN" => {
                    "over several tables".to_owned()
                }
                word => format!("one with {word}"),
            }
        }
        Token::Symbol(b',') => "over several tables".to_owned(),
        _ => "over no plain table".to_owned(),
    })
}

/// Two conditions as one, which are read alike.
pub(super) fn both_of(one: &SourceText, other: &SourceText) -> Result<SourceText, String> {
    if one.modes != other.modes || one.charset != other.charset {
        return Err("one that was made under another sql_mode or character set".to_owned());
    }
    Ok(SourceText {
        text: format!("({}) AND ({})", one.text, other.text),
        ..one.clone()
    })
}

/// A table or view as itself.
fn shown(tables: &Tables, database: Option<&str>, name: &str) -> Option<ViewTarget> {
    if let Some(table) = tables.get(database, name) {
        let visible = table.columns.iter().filter(|column| !column.invisible);
        return Some(Ok(ViewedTable {
            database: table.database.clone(),
            table: table.name.clone(),
            columns: visible
                .map(|column| ViewedColumn {
                    name: column.name.clone(),
                    own: Some(column.name.clone()),
                })
                .collect(),
            filter: None,
            checks: false,
        }));
    }
    tables.view(database, name).cloned()
}

/// What a view selects.
enum ViewItem {
    All,
    Column { name: String, of: String },
    Computed,
}

/// Reads the items of a query up to what stands behind them.
fn items(cursor: &mut Cursor<'_>) -> Result<Vec<ViewItem>, DumpProblem> {
    let mut items = Vec::new();
    loop {
        items.push(item(cursor)?);
        if !cursor.skip_symbol(b',')? {
            return Ok(items);
        }
    }
}

fn item(cursor: &mut Cursor<'_>) -> Result<ViewItem, DumpProblem> {
    if cursor.skip_symbol(b'*')? {
        return Ok(ViewItem::All);
    }
    let mut column = None;
    if let Token::Word(_) | Token::Name { .. } = cursor.peek()? {
        let is_literal = cursor.at_word(&["NULL", "TRUE", "FALSE", "CURRENT_TIMESTAMP"])?;
        let mut name = cursor.name("a column")?;
        while cursor.skip_symbol(b'.')? {
            if cursor.skip_symbol(b'*')? {
                return Ok(ViewItem::All);
            }
            name = cursor.name("a column")?;
        }
        column = Some(name).filter(|_| !is_literal);
    }
    let mut name = column.clone();
    let mut named = false;
    loop {
        let token = cursor.peek()?;
        if matches!(
            token,
            Token::End | Token::Delimiter | Token::Symbol(b',' | b')')
        ) || cursor.at_word(&["FROM"])?
        {
            break;
        }
        let has_as = cursor.skip_word("AS")?;
        let token = cursor.peek()?;
        if column.is_some() && !named && matches!(token, Token::Word(_) | Token::Name { .. }) {
            cursor.next()?;
            name = Some(cursor.name_of(token, "the name of a column")?);
            named = true;
            continue;
        }
        if has_as
            && column.is_some()
            && !named
            && let Token::Text { .. } = token
        {
            name = Some(cursor.string("the name of a column")?);
            named = true;
            continue;
        }
        column = None;
        if token == Token::Symbol(b'(') {
            cursor.skip_group()?;
        } else {
            cursor.next()?;
        }
    }
    Ok(match (column, name) {
        (Some(of), Some(name)) => ViewItem::Column { name, of },
        _ => ViewItem::Computed,
    })
}
