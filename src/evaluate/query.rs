//! Queries, as far as they can be carried out without a server.
//!
//! Only their form is known here; rows are for whoever has tables. Windows and HAVING are not read: they are
//! errors with their name.

use std::sync::atomic::{AtomicU64, Ordering};

use super::Unevaluable;
use super::formula::{Formula, Function};
use super::join::JoinedTable;
use super::parse::{FormulaParser, known, reason};
use crate::dump::{SourceText, Token};

/// A table that a statement names.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct NamedTable {
    pub(crate) database: Option<String>,
    pub(crate) name: String,
    pub(crate) alias: Option<String>,
}

impl NamedTable {
    /// A table as it is called itself.
    pub(crate) fn plain(database: Option<&str>, name: &str) -> Self {
        Self {
            database: database.map(str::to_owned),
            name: name.to_owned(),
            alias: None,
        }
    }

    /// Whether `qualifier` in front of a column means this table.
    pub(crate) fn is_called(&self, qualifier: &str) -> bool {
        let own = self.alias.as_ref().unwrap_or(&self.name);
        own.eq_ignore_ascii_case(qualifier)
    }
}

/// What a query selects.
#[derive(Debug, Clone)]
pub(crate) enum SelectedItem {
    /// `*`
    All,
    Value(Formula),
}

/// A query.
#[derive(Debug, Clone, Default)]
pub(crate) struct SelectQuery {
    /// The same for all copies of what was read once, and 0 for others.
    pub(crate) id: u64,
    pub(crate) items: Vec<SelectedItem>,
    pub(crate) from: Option<NamedTable>,
    /// Tables that are joined to it.
    pub(crate) joins: Vec<JoinedTable>,
    /// Rows that are the same are one.
    pub(crate) distinct: bool,
    pub(crate) filter: Option<Formula>,
    /// Rows that are the same in these give one.
    pub(crate) group: Vec<Formula>,
    /// What rows are sorted by, and whether downwards.
    pub(crate) order: Vec<(Formula, bool)>,
    /// How many rows are left out, and how many are taken at most.
    pub(crate) limit: Option<(u64, u64)>,
    /// Variables that take the values: `INTO @a, @b`.
    pub(crate) into: Vec<String>,
    /// Queries whose rows come behind; whether all of them do (`UNION ALL`), or each row once.
    pub(crate) united: Vec<(bool, SelectQuery)>,
}

impl SelectQuery {
    /// All expressions of the query.
    pub(crate) fn formulas(&self) -> impl Iterator<Item = &Formula> {
        let items = self.items.iter().filter_map(|item| match item {
            SelectedItem::All => None,
            SelectedItem::Value(formula) => Some(formula),
        });
        let order = self.order.iter().map(|(formula, _)| formula);
        let joins = self.joins.iter().filter_map(|join| join.on.as_ref());
        let rows = items.chain(&self.filter).chain(&self.group);
        rows.chain(order).chain(joins)
    }

    /// What `outer` takes of this query in its `FROM`, as one query; nothing where it takes no plain `*`.
    fn within(self, outer: SelectQuery) -> Option<Self> {
        let is_of_rows = |formula: &Formula| {
            let mut found = false;
            formula.parts(&mut |part| {
                found |= part.is_total() || matches!(part, Formula::Assign(..));
            });
            found
        };
        let grouped = !self.group.is_empty() || !outer.group.is_empty();
        let plain = self.order.is_empty() && self.limit.is_none() && self.into.is_empty();
        let simple = plain && !grouped;
        let names_nothing = outer.filter.as_ref().is_none_or(|it| !it.names_column());
        let is_all = matches!(outer.items[..], [SelectedItem::All]) && outer.order.is_empty();
        if !simple || self.distinct || self.formulas().any(is_of_rows) || !names_nothing || !is_all
        {
            return None;
        }
        let filter = match (self.filter, outer.filter) {
            (Some(own), Some(other)) => Some(known("AND", vec![own, other]).ok()?),
            (own, other) => own.or(other),
        };
        Some(Self {
            filter,
            limit: outer.limit,
            distinct: outer.distinct,
            into: outer.into,
            ..self
        })
    }

    /// The query itself, and those whose rows come behind.
    pub(crate) fn branches(&self) -> impl Iterator<Item = &SelectQuery> {
        let united = self.united.iter().map(|(_, query)| query);
        std::iter::once(self).chain(united)
    }

    /// Calls `visit` with every part of its expressions, those of queries in them too.
    pub(crate) fn all_parts<'f>(&'f self, visit: &mut dyn FnMut(&'f Formula)) {
        for formula in self.branches().flat_map(Self::formulas) {
            formula.all_parts(visit);
        }
    }

    /// Calls `visit` with every function that is called.
    pub(super) fn functions(&self, visit: &mut dyn FnMut(&'static Function)) {
        for formula in self.branches().flat_map(Self::formulas) {
            formula.functions(visit);
        }
    }
}

/// What rows are sorted by, and whether downwards.
pub(crate) type SortKey = (Formula, bool);

/// Reads a query.
pub(crate) fn selection(source: &SourceText) -> Result<SelectQuery, Unevaluable> {
    let mut parser = FormulaParser::new(source);
    let selection = parser.selection_in_parentheses()?;
    parser.end()?;
    Ok(selection)
}

/// Reads the query of an `INSERT`, and the assignments of the `ON DUPLICATE KEY UPDATE` behind it.
pub(crate) fn selected_rows(
    source: &SourceText,
) -> Result<(SelectQuery, Option<SourceText>), Unevaluable> {
    let mut parser = FormulaParser::new(source);
    let selection = parser.selection_in_parentheses()?;
    let mut assignments = None;
    if parser.skip_word("ON")? {
        for word in ["DUPLICATE", "KEY", "UPDATE"] {
            parser.expect_word(word)?;
        }
        assignments = Some(parser.cursor.source_to(&["RETURNING"]).map_err(reason)?);
    }
    parser.end()?;
    Ok((selection, assignments))
}

/// How the column of `t.*` is called, which none is.
pub(super) const ALL_OF_TABLE: &str = "\0*";

/// Words that no alias without `AS` is.
const CLAUSES: &[&str] = &[
    "WHERE",
    "ORDER",
    "LIMIT",
    "INTO",
    "GROUP",
    "HAVING",
    "UNION",
    "EXCEPT",
    "INTERSECT",
    "JOIN",
    "INNER",
    "LEFT",
    "RIGHT",
    "CROSS",
    "NATURAL",
    "STRAIGHT_JOIN",
    "ON",
    "SET",
    "FOR",
    "USE",
    "FORCE",
    "IGNORE",
    "PARTITION",
    "WINDOW",
    "PROCEDURE",
    "LOCK",
    "FROM",
    "USING",
    "RETURNING",
];

impl FormulaParser<'_> {
    pub(super) fn end(&mut self) -> Result<(), Unevaluable> {
        if self.skip_word("RETURNING")? {
            // Which only the client is shown.
            while !matches!(self.peek()?, Token::End | Token::Delimiter) {
                self.next()?;
            }
        }
        match self.next()? {
            Token::End | Token::Delimiter => Ok(()),
            token => Err(reason(self.cursor.unexpected(token, "the end"))),
        }
    }

    fn selection_in_parentheses(&mut self) -> Result<SelectQuery, Unevaluable> {
        let mut open = 0;
        while self.skip_symbol(b'(')? {
            open += 1;
        }
        let mut selection = self.selection()?;
        for _ in 0..open {
            self.expect_symbol(b')')?;
        }
        while self.skip_word("UNION")? {
            let all = self.skip_word("ALL")?;
            self.skip_word("DISTINCT")?;
            let opened = self.skip_symbol(b'(')?;
            let next = self.selection()?;
            if opened {
                self.expect_symbol(b')')?;
            }
            // What stands behind the last one is of all.
            let plain = |query: &SelectQuery| query.order.is_empty() && query.limit.is_none();
            if !plain(&selection) || !plain(&next) || !next.into.is_empty() {
                return Err("UNION with an order or a limit".to_owned());
            }
            selection.united.push((all, next));
        }
        Ok(selection)
    }

    /// A query, from its first word on.
    pub(super) fn selection(&mut self) -> Result<SelectQuery, Unevaluable> {
        if self.skip_word("TABLE")? {
            let from = Some(self.only_table()?);
            let query = SelectQuery {
                items: vec![SelectedItem::All],
                from,
                ..SelectQuery::default()
            };
            return self.behind_tables(query);
        }
        if self.at_word(&["WITH", "VALUES"])? {
            return Err("a query that is no plain SELECT".to_owned());
        }
        self.expect_word("SELECT")?;
        self.skip_word("ALL")?;
        let distinct = self.skip_word("DISTINCT")? || self.skip_word("DISTINCTROW")?;
        for hint in ["HIGH_PRIORITY", "SQL_NO_CACHE", "SQL_CACHE"] {
            self.skip_word(hint)?;
        }
        let mut items = Vec::new();
        loop {
            items.push(self.item()?);
            if !self.skip_symbol(b',')? {
                break;
            }
        }
        let into = self.into()?;
        let (mut from, mut joins) = (None, Vec::new());
        if self.skip_word("FROM")? {
            if self.skip_symbol(b'(')? {
                return self.over_query(items, distinct, into);
            }
            let first = self.named_table()?;
            joins = self.joins(&first)?;
            from = Some(first).filter(|table| !table.name.eq_ignore_ascii_case("DUAL"));
        }
        let only = from.as_ref().filter(|_| joins.is_empty());
        for item in &mut items {
            if let SelectedItem::Value(Formula::Column(Some(table), name)) = &item
                && name == ALL_OF_TABLE
            {
                if !only.is_some_and(|only| only.is_called(table)) {
                    return Err(format!("{table}.* of several tables"));
                }
                *item = SelectedItem::All;
            }
        }
        static READ: AtomicU64 = AtomicU64::new(1);
        self.behind_tables(SelectQuery {
            id: READ.fetch_add(1, Ordering::Relaxed),
            items,
            from,
            joins,
            distinct,
            into,
            ..SelectQuery::default()
        })
    }

    /// A query over another, from behind its parenthesis.
    fn over_query(
        &mut self,
        items: Vec<SelectedItem>,
        distinct: bool,
        into: Vec<String>,
    ) -> Result<SelectQuery, Unevaluable> {
        if !self.at_word(&["SELECT"])? {
            return Err("tables in parentheses".to_owned());
        }
        let inner = self.nested_selection()?;
        if !self.skip_symbol(b')')? {
            return Err("a query in FROM".to_owned());
        }
        self.skip_word("AS")?;
        self.name()?;
        let outer = self.behind_tables(SelectQuery {
            items,
            distinct,
            into,
            ..SelectQuery::default()
        })?;
        inner
            .within(outer)
            .ok_or_else(|| "a query in FROM".to_owned())
    }

    fn behind_tables(&mut self, query: SelectQuery) -> Result<SelectQuery, Unevaluable> {
        let filter = self.filter()?;
        let group = self.group()?;
        let order = self.order()?;
        let limit = self.limit()?;
        let into = if query.into.is_empty() {
            self.into()?
        } else {
            query.into
        };
        Ok(SelectQuery {
            filter,
            group,
            order,
            limit,
            into,
            ..query
        })
    }

    fn item(&mut self) -> Result<SelectedItem, Unevaluable> {
        if self.skip_symbol(b'*')? {
            return Ok(SelectedItem::All);
        }
        let formula = self.expression()?;
        let names = matches!(
            self.peek()?,
            Token::Word(_) | Token::Name { .. } | Token::Text { .. }
        );
        if self.skip_word("AS")? || (names && !self.at_word(CLAUSES)?) {
            self.alias()?;
        }
        Ok(SelectedItem::Value(formula))
    }

    fn alias(&mut self) -> Result<(), Unevaluable> {
        if let Token::Text { .. } = self.peek()? {
            self.next()?;
            return Ok(());
        }
        self.name().map(drop)
    }

    fn into(&mut self) -> Result<Vec<String>, Unevaluable> {
        let mut names = Vec::new();
        if !self.skip_word("INTO")? {
            return Ok(names);
        }
        loop {
            let name = self.name()?;
            let Some(variable) = name.strip_prefix('@').filter(|name| !name.starts_with('@'))
            else {
                return Err(format!("INTO {name}"));
            };
            names.push(variable.to_ascii_lowercase());
            if !self.skip_symbol(b',')? {
                return Ok(names);
            }
        }
    }

    pub(super) fn named_table(&mut self) -> Result<NamedTable, Unevaluable> {
        if self.peek()? == Token::Symbol(b'(') {
            return Err("a query in FROM".to_owned());
        }
        let mut parts = vec![self.name()?];
        while self.skip_symbol(b'.')? {
            parts.push(self.name()?);
        }
        let name = parts.pop().unwrap_or_default();
        let mut alias = None;
        let named = matches!(self.peek()?, Token::Word(_) | Token::Name { .. });
        if self.skip_word("AS")? || (named && !self.at_word(CLAUSES)?) {
            alias = Some(self.name()?);
        }
        Ok(NamedTable {
            database: parts.pop(),
            name,
            alias,
        })
    }

    pub(super) fn filter(&mut self) -> Result<Option<Formula>, Unevaluable> {
        if self.skip_word("WHERE")? {
            return self.expression().map(Some);
        }
        Ok(None)
    }

    fn group(&mut self) -> Result<Vec<Formula>, Unevaluable> {
        let mut group = Vec::new();
        if !self.skip_word("GROUP")? {
            return Ok(group);
        }
        self.expect_word("BY")?;
        loop {
            let formula = self.expression()?;
            if matches!(formula, Formula::Value(_) | Formula::Truth(_)) {
                return Err("GROUP BY the number of a column".to_owned());
            }
            self.skip_word("ASC")?;
            group.push(formula);
            if !self.skip_symbol(b',')? {
                break;
            }
        }
        for word in ["WITH", "HAVING", "DESC"] {
            if self.at_word(&[word])? {
                return Err(format!("{word} behind GROUP BY"));
            }
        }
        Ok(group)
    }

    pub(super) fn order(&mut self) -> Result<Vec<(Formula, bool)>, Unevaluable> {
        let mut order = Vec::new();
        if !self.skip_word("ORDER")? {
            return Ok(order);
        }
        self.expect_word("BY")?;
        loop {
            let formula = self.expression()?;
            if matches!(formula, Formula::Value(_) | Formula::Truth(_)) {
                return Err("ORDER BY the number of a column".to_owned());
            }
            let downwards = self.skip_word("DESC")?;
            if !downwards {
                self.skip_word("ASC")?;
            }
            order.push((formula, downwards));
            if !self.skip_symbol(b',')? {
                return Ok(order);
            }
        }
    }

    pub(super) fn limit(&mut self) -> Result<Option<(u64, u64)>, Unevaluable> {
        if !self.skip_word("LIMIT")? {
            return Ok(None);
        }
        let first = self.count()?;
        if self.skip_symbol(b',')? {
            return Ok(Some((first, self.count()?)));
        }
        if self.skip_word("OFFSET")? {
            return Ok(Some((self.count()?, first)));
        }
        Ok(Some((0, first)))
    }

    fn count(&mut self) -> Result<u64, Unevaluable> {
        let Token::Number(span) = self.next()? else {
            return Err("a LIMIT that is no number".to_owned());
        };
        let digits = self.cursor.text(span).map_err(reason)?;
        digits
            .parse()
            .map_err(|_| "a LIMIT that is no number".to_owned())
    }
}
