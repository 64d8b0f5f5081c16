//! `SELECT`, for the views of a dump.
//!
//! Dump programs write views in the server's own normal form: every name quoted, every item with an
//! alias, joins in parentheses. Tables come from the [`super::Catalog`], so that a view over
//! something that is not in the file is an error here and not later.
//!
//! A part of the one recursive descent that `expression`, `primary`, `function` and `query` are: they call each
//! other, as the grammar does.

use super::compare::TextUse;
use super::expression::reason;
use super::item_name::{self, Naming, SelectItem};
use super::sql::{Sql, SqlForm};
use super::types::{EXACT_DIGITS, Type};
use super::{KnownColumn, Scope, ScopeTable, Translator, Untranslatable};
use crate::dump::{SourceText, Token};
use crate::file::sql::quoted;

impl Translator<'_> {
    /// A query, with `UNION`, `ORDER BY` and `LIMIT`. Its columns are in `self.columns` then.
    pub(super) fn query(&mut self) -> Result<String, Untranslatable> {
        if !self.queries {
            return Err("a query".to_owned());
        }
        self.deeper()?;
        let mut text = String::new();
        if self.skip_word("WITH")? {
            text = self.common_tables()?;
        }
        self.scopes.push(Scope::default());
        text += &self.query_part(false)?;
        // The first part names the columns of a union.
        let mut columns = self.columns.clone();
        loop {
            let operator = if self.skip_word("UNION")? {
                if self.skip_word("ALL")? {
                    "UNION ALL"
                } else {
                    self.skip_word("DISTINCT")?;
                    "UNION"
                }
            } else if self.skip_word("EXCEPT")? {
                "EXCEPT"
            } else if self.skip_word("INTERSECT")? {
                "INTERSECT"
            } else {
                break;
            };
            // Each part has its own tables.
            self.scopes.pop();
            self.scopes.push(Scope::default());
            text += &format!(" {operator} {}", self.query_part(true)?);
            unite(&mut columns, &self.columns)?;
            if operator != "UNION ALL" {
                self.distinct(&columns)?;
                let others = std::mem::take(&mut self.columns);
                self.distinct(&others)?;
            }
        }
        self.columns = columns;
        if self.skip_word("ORDER")? {
            self.expect_word("BY")?;
            // Which rows come first matters where there is a limit.
            let before = self.compared.clone();
            text += &format!(" ORDER BY {}", self.order_items(TextUse::Order)?);
            if !self.at_word(&["LIMIT"])? {
                self.compared = before;
            }
        }
        if self.skip_word("LIMIT")? {
            text += &self.limit()?;
        }
        self.scopes.pop();
        self.depth -= 1;
        Ok(text)
    }

    fn common_tables(&mut self) -> Result<String, Untranslatable> {
        let recursive = if self.skip_word("RECURSIVE")? {
            "RECURSIVE "
        } else {
            ""
        };
        let mut tables = Vec::new();
        loop {
            let name = self.name()?;
            let mut columns = String::new();
            if self.skip_symbol(b'(')? {
                let mut names = vec![quoted(&self.name()?)];
                while self.skip_symbol(b',')? {
                    names.push(quoted(&self.name()?));
                }
                self.expect_symbol(b')')?;
                columns = format!(" ({})", names.join(", "));
            }
            self.expect_word("AS")?;
            self.expect_symbol(b'(')?;
            self.common.push(name.clone());
            let query = self.table_query()?;
            if columns.is_empty() {
                let types = std::mem::take(&mut self.columns);
                self.common_columns.push((name.clone(), types));
            }
            self.expect_symbol(b')')?;
            tables.push(format!("{}{columns} AS ({query})", quoted(&name)));
            if !self.skip_symbol(b',')? {
                return Ok(format!("WITH {recursive}{} ", tables.join(", ")));
            }
        }
    }

    /// A `SELECT`, or a query in parentheses, which SQLite has as a table only.
    fn query_part(&mut self, is_second: bool) -> Result<String, Untranslatable> {
        if !self.skip_symbol(b'(')? {
            return self.select();
        }
        let inner = self.query()?;
        self.expect_symbol(b')')?;
        let more = ["UNION", "EXCEPT", "INTERSECT", "ORDER", "LIMIT"];
        if !is_second && !self.at_word(&more)? {
            return Ok(inner);
        }
        let columns = self.columns.clone();
        self.add_table("part", columns);
        Ok(format!("SELECT * FROM ({inner}) AS \"part\""))
    }

    /// One `SELECT` without what stands behind a union.
    fn select(&mut self) -> Result<String, Untranslatable> {
        self.expect_word("SELECT")?;
        let mut distinct = "";
        loop {
            if self.skip_word("DISTINCT")? || self.skip_word("DISTINCTROW")? {
                distinct = "DISTINCT ";
            } else if ![
                "ALL",
                "SQL_CALC_FOUND_ROWS",
                "HIGH_PRIORITY",
                "SQL_NO_CACHE",
            ]
            .iter()
            .try_fold(false, |seen, word| {
                Ok::<_, Untranslatable>(seen || self.skip_word(word)?)
            })? {
                break;
            }
        }
        // The items use the tables that come behind them: their text is read again afterwards.
        let items = self.deferred_items()?;
        let mut text = String::new();
        if self.skip_word("FROM")? {
            text += &format!(" FROM {}", self.tables()?);
        }
        let items = self.items(&items)?;
        if self.skip_word("WHERE")? {
            text += &format!(" WHERE {}", self.expression()?.condition()?);
        }
        if self.skip_word("GROUP")? {
            self.expect_word("BY")?;
            text += &format!(" GROUP BY {}", self.order_items(TextUse::Group)?);
            if self.at_word(&["WITH"])? {
                return Err("GROUP BY … WITH ROLLUP".to_owned());
            }
        }
        if self.skip_word("HAVING")? {
            text += &format!(" HAVING {}", self.expression()?.condition()?);
        }
        if self.at_word(&["WINDOW"])? {
            return Err("a named WINDOW".to_owned());
        }
        if !distinct.is_empty() {
            let columns = self.columns.clone();
            self.distinct(&columns)?;
        }
        Ok(format!("SELECT {distinct}{items}{text}"))
    }

    /// The select list's source, up to `FROM` or the end of the query.
    fn deferred_items(&mut self) -> Result<SourceText, Untranslatable> {
        self.cursor
            .source_to(&[
                "FROM",
                "WHERE",
                "UNION",
                "EXCEPT",
                "INTERSECT",
                "ORDER",
                "LIMIT",
                "GROUP",
                "HAVING",
                "FOR",
                "LOCK",
            ])
            .map_err(reason)
    }

    /// Translates the select list with the tables known.
    fn items(&mut self, source: &SourceText) -> Result<String, Untranslatable> {
        let mut inner = Translator::new(source, self.catalog);
        inner.scopes = std::mem::take(&mut self.scopes);
        inner.common.clone_from(&self.common);
        inner.common_columns.clone_from(&self.common_columns);
        inner.depth = self.depth;
        inner.list_use = self.list_use;
        inner.compared = std::mem::take(&mut self.compared);
        let items = inner.item_list();
        self.scopes = inner.scopes;
        self.compared = inner.compared;
        self.columns = inner.columns;
        items
    }

    fn item_list(&mut self) -> Result<String, Untranslatable> {
        let mut items = Vec::new();
        loop {
            let start = self.cursor.next_start().map_err(reason)?;
            let item = self.expression()?;
            let source = self.cursor.source_from(start).map_err(reason)?;
            let named = self.skip_word("AS")?
                || matches!(
                    self.peek()?,
                    Token::Word(_) | Token::Name { .. } | Token::Text { .. }
                );
            let alias = if named { Some(self.alias()?) } else { None };
            items.push(self.item(item, alias, &source)?);
            if !self.skip_symbol(b',')? {
                break;
            }
        }
        self.expect_end()?;
        let (text, columns) = item_name::list(items, self.list_use)?;
        self.columns = columns;
        Ok(text)
    }

    fn item(
        &self,
        item: Sql,
        alias: Option<String>,
        source: &SourceText,
    ) -> Result<SelectItem, Untranslatable> {
        let value = match item.value {
            Type::Bits if item.constant().is_some() => {
                return Err("a bit literal as a column".to_owned());
            }
            // What was computed has no more digits than 64 bits.
            Type::Exact { digits, scale } if item.form == SqlForm::Scaled => Type::Exact {
                digits: digits.min(EXACT_DIGITS),
                scale,
            },
            value => value,
        };
        if let (None, Some(table)) = (&alias, item_name::star(&item)) {
            return Ok(SelectItem {
                columns: self.columns_of(table),
                text: self.all_of(table)?.unwrap_or(item.text),
                naming: Naming::Star,
            });
        }
        let naming = match alias {
            Some(_) => Naming::Alias,
            None if item.text.ends_with('"') => Naming::Column,
            None => Naming::Automatic,
        };
        Ok(SelectItem {
            columns: vec![KnownColumn {
                name: match alias {
                    Some(alias) => alias,
                    None => item_name::of_source(source)?,
                },
                value,
                sources: item.columns.clone(),
                carries_collation: item.carries_collation,
            }],
            text: item.shown()?,
            naming,
        })
    }

    fn alias(&mut self) -> Result<String, Untranslatable> {
        if let Token::Text { .. } = self.peek()? {
            return self.cursor.string("an alias").map_err(reason);
        }
        self.name()
    }

    /// What stands behind `FROM`.
    fn tables(&mut self) -> Result<String, Untranslatable> {
        let mut text = self.table()?;
        loop {
            if self.skip_symbol(b',')? {
                text += &format!(", {}", self.table()?);
                continue;
            }
            let Some(join) = self.join()? else {
                return Ok(text);
            };
            text += &format!(" {join} {}", self.table()?);
            if self.skip_word("ON")? {
                text += &format!(" ON {}", self.expression()?.condition()?);
            } else if self.skip_word("USING")? {
                text += &self.using()?;
            }
        }
    }

    /// `USING (…)`: columns of one name, which are compared as they are.
    fn using(&mut self) -> Result<String, Untranslatable> {
        self.expect_symbol(b'(')?;
        let mut names = Vec::new();
        loop {
            let name = self.name()?;
            let mut found = Vec::new();
            for table in self
                .scopes
                .last()
                .map_or(&[][..], |scope| scope.tables.as_slice())
            {
                let same = |column: &&KnownColumn| column.name.eq_ignore_ascii_case(&name);
                found.extend(table.columns.iter().find(same).map(KnownColumn::sql));
            }
            if let [first, others @ ..] = found.as_slice() {
                for other in others {
                    let (own, its) = self.pair(first, other, TextUse::Equality)?;
                    if own != first.text || its != other.text {
                        return Err(format!("USING ({name}) of different types"));
                    }
                }
            }
            names.push(quoted(&name));
            if !self.skip_symbol(b',')? {
                break;
            }
        }
        self.expect_symbol(b')')?;
        Ok(format!(" USING ({})", names.join(", ")))
    }

    fn join(&mut self) -> Result<Option<String>, Untranslatable> {
        if self.at_word(&["NATURAL"])? {
            return Err("a NATURAL JOIN".to_owned());
        }
        let mut kind = "JOIN";
        if self.skip_word("LEFT")? {
            kind = "LEFT JOIN";
        } else if self.skip_word("RIGHT")? {
            kind = "RIGHT JOIN";
        } else if self.skip_word("STRAIGHT_JOIN")? {
            return Ok(Some("JOIN".to_owned()));
        } else if !self.skip_word("INNER")? {
            self.skip_word("CROSS")?;
        }
        self.skip_word("OUTER")?;
        if self.skip_word("JOIN")? {
            return Ok(Some(kind.to_owned()));
        }
        Ok(None)
    }

    fn table(&mut self) -> Result<String, Untranslatable> {
        self.deeper()?;
        let text = if self.skip_symbol(b'(')? {
            if self.at_word(&["SELECT", "WITH"])? {
                let query = self.table_query()?;
                self.expect_symbol(b')')?;
                let columns = std::mem::take(&mut self.columns);
                let alias = self.table_alias()?.ok_or("a query without an alias")?;
                self.add_table(&alias, columns);
                format!("({query}) AS {}", quoted(&alias))
            } else {
                let tables = self.tables()?;
                self.expect_symbol(b')')?;
                format!("({tables})")
            }
        } else {
            self.named_table()?
        };
        self.depth -= 1;
        Ok(text)
    }

    fn named_table(&mut self) -> Result<String, Untranslatable> {
        let mut name = self.name()?;
        let mut database = None;
        if self.skip_symbol(b'.')? {
            database = Some(std::mem::replace(&mut name, self.name()?));
        }
        if self.peek()? == Token::Symbol(b'(') {
            return Err(format!("the table function {name}"));
        }
        if self.skip_word("PARTITION")? {
            return Err("PARTITION (…) of a table".to_owned());
        }
        let alias = self.table_alias()?;
        let common = self
            .common
            .iter()
            .any(|other| other.eq_ignore_ascii_case(&name));
        let (own, columns) = if common && database.is_none() {
            let mut known = self.common_columns.iter();
            let known = known.find(|(other, _)| other.eq_ignore_ascii_case(&name));
            let columns = known.map(|(_, columns)| columns.clone());
            (name.clone(), columns.unwrap_or_default())
        } else {
            let (own, columns) = self
                .catalog
                .table(database.as_deref(), &name)
                .ok_or_else(|| format!("{name}, which is not in the file"))?;
            let is_view = self.catalog.is_view(database.as_deref(), &name);
            let columns = KnownColumn::of_table(Some(&own), is_view, columns);
            (own, columns)
        };
        let narrowed = !common && self.catalog.is_narrowed(database.as_deref(), &name);
        let lost = self.catalog.lost_column(database.as_deref(), &name);
        let shown = alias.unwrap_or(name);
        self.add_table(&shown, columns);
        let tables = self.scopes.last_mut().map(|scope| &mut scope.tables);
        if let Some(table) = tables.and_then(|tables| tables.last_mut()) {
            table.narrowed = narrowed;
            table.lost = lost.filter(|_| narrowed);
        }
        Ok(if shown == own {
            quoted(&own)
        } else {
            format!("{} AS {}", quoted(&own), quoted(&shown))
        })
    }

    fn table_alias(&mut self) -> Result<Option<String>, Untranslatable> {
        let mut alias = None;
        let stops = [
            "ON",
            "USING",
            "JOIN",
            "LEFT",
            "RIGHT",
            "INNER",
            "CROSS",
            "NATURAL",
            "STRAIGHT_JOIN",
            "WHERE",
            "GROUP",
            "ORDER",
            "HAVING",
            "LIMIT",
            "UNION",
            "EXCEPT",
            "INTERSECT",
            "USE",
            "FORCE",
            "IGNORE",
            "WINDOW",
            "FOR",
            "LOCK",
            "OUTER",
            "WITH",
        ];
        if self.skip_word("AS")?
            || matches!(self.peek()?, Token::Name { .. })
            || (matches!(self.peek()?, Token::Word(_)) && !self.at_word(&stops)?)
        {
            alias = Some(self.name()?);
        }
        // Index hints change no rows.
        while self.at_word(&["USE", "FORCE", "IGNORE"])? {
            while self.peek()? != Token::Symbol(b'(') {
                if matches!(self.next()?, Token::End | Token::Delimiter) {
                    return Err("an index hint".to_owned());
                }
            }
            self.cursor.skip_group().map_err(reason)?;
        }
        Ok(alias)
    }

    fn add_table(&mut self, name: &str, columns: Vec<KnownColumn>) {
        if let Some(scope) = self.scopes.last_mut() {
            scope.tables.push(ScopeTable {
                name: name.to_owned(),
                columns,
                prefix: Some(name.to_owned()),
                narrowed: false,
                lost: None,
            });
        }
    }

    /// What stands behind `ORDER BY`, where an item may have a direction, or behind `GROUP BY`.
    pub(super) fn order_items(&mut self, how: TextUse) -> Result<String, Untranslatable> {
        let mut items = Vec::new();
        loop {
            let item = self.expression()?;
            item.of_one_collation()?;
            let mut item = match (how, item.value) {
                // The number of a column.
                _ if item.constant().is_some() => item.text,
                (TextUse::Group, _) => self.grouped(&item)?,
                (_, Type::Choice(_)) => {
                    return Err("the order of an ENUM's or SET's members".to_owned());
                }
                (_, Type::Text(_)) => self.collated(&item, how),
                (_, Type::Exact { .. }) if item.compares_as_number() => item.number(),
                (_, Type::Exact { .. }) => item.scaled()?.text,
                (_, Type::Time | Type::Json | Type::Unknown | Type::Quotient { .. }) => {
                    return Err(format!("the order of {}", item.value.called()));
                }
                _ => item.text,
            };
            if self.skip_word("DESC")? {
                item += " DESC";
            }
            self.skip_word("ASC")?;
            items.push(item);
            if !self.skip_symbol(b',')? {
                return Ok(items.join(", "));
            }
        }
    }

    /// Rows that are equal in these columns are one.
    fn distinct(&mut self, columns: &[KnownColumn]) -> Result<(), Untranslatable> {
        for column in columns {
            self.grouped(&column.sql())?;
        }
        Ok(())
    }

    fn limit(&mut self) -> Result<String, Untranslatable> {
        let first = self.expression()?.text;
        if self.skip_symbol(b',')? {
            let count = self.expression()?.text;
            return Ok(format!(" LIMIT {count} OFFSET {first}"));
        }
        if self.skip_word("OFFSET")? {
            let offset = self.expression()?.text;
            return Ok(format!(" LIMIT {first} OFFSET {offset}"));
        }
        Ok(format!(" LIMIT {first}"))
    }

    /// `WITH CASCADED CHECK OPTION`, `FOR UPDATE`.
    pub(super) fn skip_view_options(&mut self) -> Result<(), Untranslatable> {
        if self.at_word(&["WITH", "FOR", "LOCK"])? {
            while !matches!(self.next()?, Token::End | Token::Delimiter) {}
        }
        Ok(())
    }

    fn deeper(&mut self) -> Result<(), Untranslatable> {
        self.depth += 1;
        if self.depth > super::DEEPEST {
            return Err("deeper nesting than is read".to_owned());
        }
        Ok(())
    }
}

/// The types of a union: those of all its parts, which SQLite does not convert.
fn unite(columns: &mut [KnownColumn], others: &[KnownColumn]) -> Result<(), Untranslatable> {
    for (column, other) in columns.iter_mut().zip(others) {
        let value = match (column.value, other.value) {
            (Type::Nothing, value) | (value, Type::Nothing) => value,
            (own @ Type::Whole { .. }, Type::Whole { .. }) => Type::Whole {
                digits: super::types::WHOLE_DIGITS,
                signed: !own.is_unsigned() || !other.value.is_unsigned(),
            },
            (
                Type::Exact { digits, scale },
                Type::Exact {
                    digits: more,
                    scale: same,
                },
            ) if scale == same => Type::Exact {
                digits: digits.max(more),
                scale,
            },
            (Type::Text(_) | Type::Choice(_), Type::Text(_) | Type::Choice(_)) => {
                let sql = |column: &KnownColumn| Sql::new("", column.value);
                Sql::text_of("", &[&sql(column), &sql(other)]).value
            }
            (own, its) if own == its => own,
            (own, its) => return Err(format!("a UNION of {} and {}", own.called(), its.called())),
        };
        column.value = value;
        column.sources.extend(other.sources.iter().cloned());
    }
    Ok(())
}
