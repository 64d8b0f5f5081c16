//! Statements whose effect depends on rows or variables: `UPDATE`, `DELETE … WHERE`, `INSERT … SELECT`,
//! `CREATE TABLE … SELECT`, `SELECT … INTO`, `SET @a = …`.
//!
//! The part of [`DumpReader`] that takes them whole, for whoever has the rows. It reads as much of a query as it
//! takes to know the columns of a new table, and must not compute anything.

use std::sync::Arc;

use super::cursor::{Cursor, SourceText};
use super::definition::{ColumnDefinition, DefaultValue, TableDefinition};
use super::error::{DumpProblem, Position};
use super::insert::{InsertHeader, OnConflict};
use super::lexer::Token;
use super::reader::{DumpReader, KnownTrigger, ParsedStatement, Statement};
use super::server_functions;
use super::server_setting::{ServerSetting, SettingValue};
use super::tables::Tables;

/// A statement that is to be carried out by whoever has the rows.
#[derive(Debug)]
pub struct ScriptStatement {
    /// What it is.
    pub kind: ScriptKind,
    /// The database of tables that are not qualified, if the dump has said it.
    pub database: Option<String>,
    /// Foreign keys are checked.
    pub checks_keys: bool,
    /// Where it starts.
    pub position: Position,
}

/// The kinds of [`ScriptStatement`], with their text.
#[derive(Debug)]
pub enum ScriptKind {
    /// `SET`: user variables, in lower case without their `@`, and their values. All values are computed first.
    Assign(Vec<(String, SourceText)>),
    /// `SET`: a setting of a server.
    Set(ServerSetting, SettingValue),
    /// A `SELECT` that gives variables values, whole.
    Select(SourceText),
    /// `UPDATE`, from behind that word.
    Update(SourceText),
    /// `DELETE`, from behind `FROM`.
    Delete(SourceText),
    /// `DELETE a, b FROM …`, from behind `DELETE`.
    DeleteJoined(SourceText),
    /// Rows of a query; the query begins with its first word or a parenthesis.
    Insert(InsertHeader, SourceText),
    /// A change of rows of a view that are not those of one table.
    OfView {
        /// The statement, as it is reported.
        what: String,
        /// The database of the view.
        database: Option<String>,
        /// Its name.
        view: String,
        /// Why it is not carried out, as the object of "it uses …".
        reason: String,
    },
}

/// A column of a query: the column that it is, unless it is computed, and what it is called.
struct QueryColumn {
    own: Option<String>,
    called: Option<String>,
}

impl DumpReader<'_> {
    /// A statement for whoever has the rows.
    pub(super) fn script(&self, kind: ScriptKind, position: Position) -> Statement {
        Statement::Script(Box::new(ScriptStatement {
            kind,
            database: self.session.database.clone(),
            checks_keys: self.session.checks_keys(),
            position,
        }))
    }

    /// The rest of a statement. Queries that write files are refused.
    pub(super) fn rest_of_statement(&mut self) -> Result<SourceText, DumpProblem> {
        let source = self.cursor.source_of(|cursor| {
            loop {
                let token = cursor.peek()?;
                if matches!(token, Token::Delimiter | Token::End) {
                    return Ok(());
                }
                cursor.next()?;
                if cursor.is_word(token, "OUTFILE") || cursor.is_word(token, "DUMPFILE") {
                    return Err(DumpProblem::Outside("INTO OUTFILE".to_owned()));
                }
            }
        })?;
        self.cursor.skip_statement()?;
        self.forget_variables(&source)?;
        Ok(source)
    }

    /// Behind `SELECT`, `DO`, `WITH` or `VALUES`: only what it gives to variables lasts, and what functions of the
    /// dump do.
    pub(super) fn select(
        &mut self,
        word: &str,
        position: Position,
    ) -> Result<ParsedStatement, DumpProblem> {
        let mut source = self.rest_of_statement()?;
        if word == "WITH" && changes_rows(&source)? {
            self.note_skipped(word, position, true);
            return Ok(ParsedStatement::Nothing);
        }
        let select = if word == "WITH" { "WITH " } else { "SELECT " };
        source.text.insert_str(0, select);
        if word == "SELECT" {
            self.count_into(&source)?;
        }
        let effect = effect_of(&source, &self.tables)?;
        let foreign = foreign_function(&source, &self.tables)?;
        if let Some(function) = &foreign {
            let what = format!("{word} of function {function}, which is not in the dump");
            self.note_skipped(what, position, false);
        }
        match effect {
            QueryEffect::None if foreign.is_some() => {}
            QueryEffect::None => *self.ignored.entry(word.to_owned()).or_default() += 1,
            QueryEffect::Unknown(function) => {
                let what = format!("{word} of function {function}, which is not run");
                self.note_skipped(what, position, true);
            }
            QueryEffect::Variables => {
                let statement = self.script(ScriptKind::Select(source), position);
                return Ok(ParsedStatement::Statement(statement));
            }
        }
        Ok(ParsedStatement::Nothing)
    }

    /// Behind `ANALYZE`: of a table, or, in MariaDB, of a statement, which is carried out.
    pub(super) fn analyze(&mut self, position: Position) -> Result<ParsedStatement, DumpProblem> {
        if self.cursor.skip_word("FORMAT")? {
            self.cursor.skip_symbol(b'=')?;
            self.cursor.next()?;
        }
        for word in ["UPDATE", "DELETE", "INSERT", "REPLACE"] {
            if self.cursor.skip_word(word)? {
                return self.dispatch(word, position);
            }
        }
        self.ignore("ANALYZE")
    }

    /// Behind `UPDATE`.
    pub(super) fn update(&mut self, position: Position) -> Result<ParsedStatement, DumpProblem> {
        self.cursor.skip_word("LOW_PRIORITY")?;
        let mut table = String::new();
        if !self.cursor.at_word(&["IGNORE"])?
            && matches!(self.cursor.peek()?, Token::Word(_) | Token::Name { .. })
        {
            let (database, name) = self.cursor.qualified_name()?;
            table = sql_name(database.as_deref(), &name);
            let database = database.or_else(|| self.session.database.clone());
            if self.tables.view(database.as_deref(), &name).is_some() {
                return self.update_view((database, name), position);
            }
            self.note_trigger("UPDATE", (database, name), position);
        }
        let mut source = self.rest_of_statement()?;
        self.note_triggers_in("UPDATE", &source, "SET", position)?;
        // `UPDATE a, b SET …` is shown as it is written.
        let is_list = source.text.starts_with(',');
        let table = if is_list { table.trim_end() } else { &table };
        source.text.insert_str(0, table);
        let statement = self.script(ScriptKind::Update(source), position);
        Ok(ParsedStatement::Statement(statement))
    }

    /// The same for all tables that a statement names before `end`.
    pub(super) fn note_triggers_in(
        &mut self,
        event: &'static str,
        source: &SourceText,
        end: &str,
        position: Position,
    ) -> Result<(), DumpProblem> {
        if self.triggers.is_empty() {
            return Ok(());
        }
        let head = Cursor::over(source).source_to(&[end])?;
        let mut cursor = Cursor::over(&head);
        loop {
            match cursor.next()? {
                Token::End | Token::Delimiter => return Ok(()),
                token @ (Token::Word(_) | Token::Name { .. }) => {
                    let name = cursor.name_of(token, "a name")?;
                    let database = self.session.database.clone();
                    self.note_trigger(event, (database, name), position);
                }
                _ => {}
            }
        }
    }

    /// Notes the first statement for whose rows a trigger would have run.
    pub(super) fn note_trigger(
        &mut self,
        event: &'static str,
        (database, table): (Option<String>, String),
        position: Position,
    ) {
        let key = (event, database, table);
        let triggers = self.triggers.remove(&key).unwrap_or_default();
        for KnownTrigger { name, mut written } in triggers {
            let table = &key.2;
            written.retain(|other| other != table);
            let mut what =
                format!("trigger {name} would have run for rows of {table} from here on");
            if !written.is_empty() {
                what.push_str(&format!(" and changed rows of {}", written.join(", ")));
            }
            self.note_skipped(what, position, true);
        }
    }

    /// Behind the options of a `CREATE TABLE`, at its query: the table and its rows. `table` has the columns that
    /// the statement defines itself.
    pub(super) fn create_from_query(
        &mut self,
        mut table: TableDefinition,
        on_conflict: OnConflict,
        replaced: Option<TableDefinition>,
        opened: bool,
    ) -> Result<ParsedStatement, DumpProblem> {
        let position = table.position;
        let mut source = self.rest_of_statement()?;
        if opened {
            source.text.insert(0, '(');
        }
        let database = self.session.database.as_deref();
        let Some(selected) = add_columns(&mut table, &source, &self.tables, database)? else {
            self.further.extend(replaced.map(Statement::Dropped));
            let what = format!("CREATE TABLE {} … SELECT", table.name);
            self.note_skipped(what, position, true);
            return Ok(self.first_of_several());
        };
        let header = InsertHeader {
            database: table.database.clone(),
            table: table.name.clone(),
            columns: Some(selected),
            on_conflict,
            zero_is_zero: self.session.modes.no_auto_value_on_zero,
            checks_keys: self.session.checks_keys(),
            position,
        };
        table.settle();
        self.tables.insert(table.clone());
        self.further.extend(replaced.map(Statement::Dropped));
        self.further.push_back(Statement::Table(table));
        let rows = self.script(ScriptKind::Insert(header, source), position);
        self.further.push_back(rows);
        Ok(self.first_of_several())
    }
}

/// The name of a table as it is written, with a blank behind.
pub(super) fn sql_name(database: Option<&str>, name: &str) -> String {
    let quoted = |name: &str| format!("`{}`", name.replace('`', "``"));
    match database {
        Some(database) => format!("{}.{} ", quoted(database), quoted(name)),
        None => format!("{} ", quoted(name)),
    }
}

/// What is left of a query when its rows are gone.
enum QueryEffect {
    None,
    /// Variables have values: `INTO @a`, `@a := 1`, `LAST_INSERT_ID(1)`.
    Variables,
    /// Whatever this function of the dump does.
    Unknown(String),
}

fn effect_of(source: &SourceText, tables: &Tables) -> Result<QueryEffect, DumpProblem> {
    let mut cursor = Cursor::over(source);
    let mut effect = QueryEffect::None;
    loop {
        match cursor.next()? {
            Token::End | Token::Delimiter => return Ok(effect),
            Token::Symbol(b':') if cursor.peek()? == Token::Symbol(b'=') => {
                effect = QueryEffect::Variables;
            }
            token @ (Token::Word(_) | Token::Name { .. }) => {
                if cursor.is_word(token, "INTO") {
                    if let Token::Word(span) = cursor.peek()?
                        && cursor.slice(span).starts_with(b"@")
                    {
                        effect = QueryEffect::Variables;
                    }
                } else if cursor.peek()? == Token::Symbol(b'(') {
                    let name = cursor.name_of(token, "a function")?;
                    if tables.is_function(&name) {
                        return Ok(QueryEffect::Unknown(name));
                    }
                    cursor.next()?;
                    let gives = name.eq_ignore_ascii_case("LAST_INSERT_ID");
                    if gives && cursor.peek()? != Token::Symbol(b')') {
                        effect = QueryEffect::Variables;
                    }
                }
            }
            _ => {}
        }
    }
}

/// The first function of a query that is neither the server's own nor of the dump: it may change rows.
fn foreign_function(source: &SourceText, tables: &Tables) -> Result<Option<String>, DumpProblem> {
    let common = common_tables(source)?;
    let mut cursor = Cursor::over(source);
    let (mut before, mut last) = (Token::End, String::new());
    loop {
        let token = cursor.next()?;
        match token {
            Token::End | Token::Delimiter => return Ok(None),
            Token::Word(_) | Token::Name { .. } => {
                let name = cursor.name_of(token, "a name")?;
                let schema = std::mem::replace(&mut last, name.clone());
                let is_qualified = before == Token::Symbol(b'.');
                // `AS t (a, b)`, and the same without `AS` behind a query.
                let is_alias = cursor.is_word(before, "AS") || before == Token::Symbol(b')');
                let is_known = match is_qualified {
                    // Those of a server's own schema only read.
                    true => schema.eq_ignore_ascii_case("sys"),
                    false => {
                        is_alias || common.contains(&name) || server_functions::is_known(&name)
                    }
                };
                let is_call = cursor.peek()? == Token::Symbol(b'(');
                if is_call && !is_known && !tables.is_function(&name) {
                    return Ok(Some(match is_qualified {
                        true => format!("{schema}.{name}"),
                        false => name,
                    }));
                }
            }
            _ => {}
        }
        before = token;
    }
}

/// The names that the queries of a `WITH` have.
fn common_tables(source: &SourceText) -> Result<Vec<String>, DumpProblem> {
    let mut cursor = Cursor::over(source);
    let mut names = Vec::new();
    if !cursor.skip_word("WITH")? {
        return Ok(names);
    }
    cursor.skip_word("RECURSIVE")?;
    while matches!(cursor.peek()?, Token::Word(_) | Token::Name { .. }) {
        names.push(cursor.name("a name")?);
        if cursor.peek()? == Token::Symbol(b'(') {
            cursor.skip_group()?;
        }
        if !cursor.skip_word("AS")? || cursor.peek()? != Token::Symbol(b'(') {
            break;
        }
        cursor.skip_group()?;
        if !cursor.skip_symbol(b',')? {
            break;
        }
    }
    Ok(names)
}

/// Whether the statement behind the queries of a `WITH` is none that only reads.
fn changes_rows(source: &SourceText) -> Result<bool, DumpProblem> {
    let mut cursor = Cursor::over(source);
    loop {
        let token = cursor.peek()?;
        match token {
            Token::End | Token::Delimiter => return Ok(false),
            Token::Symbol(b'(') => cursor.skip_group()?,
            _ if cursor.at_word(&["UPDATE", "DELETE", "INSERT", "REPLACE"])? => return Ok(true),
            // Of `SELECT … FOR UPDATE` no more is read.
            _ if cursor.at_word(&["SELECT"])? => return Ok(false),
            _ => drop(cursor.next()?),
        }
    }
}

/// Adds the columns that a query gives to a table; their names in the order of the query. `None` where the type
/// of one is not known.
fn add_columns(
    table: &mut TableDefinition,
    source: &SourceText,
    tables: &Tables,
    database: Option<&str>,
) -> Result<Option<Arc<[String]>>, DumpProblem> {
    let mut cursor = Cursor::over(source);
    let Some((items, from)) = query_columns(&mut cursor)? else {
        return Ok(None);
    };
    let from = from.and_then(|(own, name)| tables.get(own.as_deref().or(database), &name));
    let mut selected: Vec<ColumnDefinition> = Vec::new();
    for item in items {
        let Some(item) = item else {
            let Some(from) = from else { return Ok(None) };
            let seen = from.columns.iter().filter(|column| !column.invisible);
            selected.extend(seen.map(|column| copied(column, from)));
            continue;
        };
        let own = item
            .own
            .as_deref()
            .and_then(|name| Some(copied(from?.column(name)?, from?)));
        let name = item
            .called
            .or_else(|| own.as_ref().map(|own| own.name.clone()));
        let defined = name.as_deref().and_then(|name| table.column(name).cloned());
        match (defined, own, name) {
            (Some(defined), ..) => selected.push(defined),
            (None, Some(own), Some(name)) => selected.push(ColumnDefinition { name, ..own }),
            _ => return Ok(None),
        }
    }
    let names: Arc<[String]> = selected.iter().map(|column| column.name.clone()).collect();
    // The columns of the statement that the query does not give come first.
    let is_given = |column: &ColumnDefinition| {
        let mut names = names.iter();
        names.any(|name| name.eq_ignore_ascii_case(&column.name))
    };
    let own = std::mem::take(&mut table.columns);
    let (given, first): (Vec<_>, Vec<_>) = own.into_iter().partition(is_given);
    table.columns = first;
    for column in selected {
        let is_it = |own: &&ColumnDefinition| own.name.eq_ignore_ascii_case(&column.name);
        match given.iter().find(is_it) {
            Some(own) => table.columns.push(own.clone()),
            None => {
                table.columns_made += 1;
                let id = table.columns_made;
                table.columns.push(ColumnDefinition { id, ..column });
            }
        }
    }
    Ok(Some(names))
}

/// A column as a table that is made from a query has it.
fn copied(column: &ColumnDefinition, from: &TableDefinition) -> ColumnDefinition {
    let plain = column.charset.is_none() && column.collation.is_none();
    // A column that counts gets the default of its type instead.
    let counts = column.auto_increment;
    let zero = || DefaultValue::Literal("0".to_owned());
    ColumnDefinition {
        auto_increment: false,
        default: counts.then(zero).or_else(|| column.default.clone()),
        generated: None,
        not_null: column.not_null && column.generated.is_none(),
        charset: column
            .charset
            .clone()
            .or_else(|| from.charset.clone().filter(|_| plain)),
        collation: column
            .collation
            .clone()
            .or_else(|| from.collation.clone().filter(|_| plain)),
        ..column.clone()
    }
}

/// What a query names: its columns (`None` for all of the table), and the table.
type QueryColumns = (Vec<Option<QueryColumn>>, Option<(Option<String>, String)>);

/// Reads a query up to its table; `None` if it is another kind of query.
fn query_columns(cursor: &mut Cursor<'_>) -> Result<Option<QueryColumns>, DumpProblem> {
    while cursor.skip_symbol(b'(')? {}
    if !cursor.skip_word("SELECT")? {
        return Ok(None);
    }
    let mut columns = Vec::new();
    loop {
        if cursor.skip_symbol(b'*')? {
            columns.push(None);
        } else {
            columns.push(query_column(cursor)?);
        }
        if !cursor.skip_symbol(b',')? {
            break;
        }
    }
    let mut from = None;
    if cursor.skip_word("FROM")? {
        if !matches!(cursor.peek()?, Token::Word(_) | Token::Name { .. }) {
            return Ok(None);
        }
        from = Some(cursor.qualified_name()?);
    }
    Ok(Some((columns, from)))
}

/// One column of a query, up to the comma or `FROM` behind it; `None` for `t.*`.
fn query_column(cursor: &mut Cursor<'_>) -> Result<Option<QueryColumn>, DumpProblem> {
    let mut column = QueryColumn {
        own: None,
        called: None,
    };
    // A name, qualified or not, is a column as long as nothing else comes.
    if let Token::Word(_) | Token::Name { .. } = cursor.peek()? {
        let mut name = cursor.name("a column")?;
        while cursor.skip_symbol(b'.')? {
            if cursor.skip_symbol(b'*')? {
                return Ok(None);
            }
            name = cursor.name("a column")?;
        }
        let constant = ["NULL", "TRUE", "FALSE"];
        let literal = name.starts_with(['@', '_'])
            || constant.iter().any(|word| name.eq_ignore_ascii_case(word));
        column.own = Some(name).filter(|_| !literal);
    }
    loop {
        let token = cursor.peek()?;
        if matches!(
            token,
            Token::End | Token::Delimiter | Token::Symbol(b',' | b')')
        ) || cursor.at_word(&["FROM", "WHERE", "LIMIT", "UNION", "ORDER"])?
        {
            return Ok(Some(column));
        }
        if cursor.skip_word("AS")? {
            column.called = Some(cursor.name("the name of a column")?);
            continue;
        }
        if token == Token::Symbol(b'(') {
            column.own = None;
            cursor.skip_group()?;
            continue;
        }
        cursor.next()?;
        // Without AS: the name that ends an expression.
        if let Token::Word(_) | Token::Name { .. } = token {
            column.called = Some(cursor.name_of(token, "the name of a column")?);
        } else {
            column.own = None;
            column.called = None;
        }
    }
}
