//! Whose rows an `INSERT` or `REPLACE` has: the table, its columns, the form in which they come.
//!
//! The part of [`DumpReader`] between the head of the statement and its first row. Rows of a view are those of its
//! table. What the rows are is `insert`'s.

use super::error::{DumpProblem, Position};
use super::insert::{self, InsertHeader, OnConflict, OpenInsert};
use super::reader::{DumpReader, ParsedStatement, Statement};
use super::script::ScriptKind;
use super::through_views::NamedView;

impl DumpReader<'_> {
    pub(super) fn insert(
        &mut self,
        position: Position,
        on_conflict: OnConflict,
    ) -> Result<ParsedStatement, DumpProblem> {
        let head = insert::head(&mut self.cursor, &self.session, on_conflict)?;
        let database = head.database.or_else(|| self.session.database.clone());
        let mut view = None;
        let (database, table, columns) = match self.viewed(database.as_deref(), &head.table) {
            None => (database, head.table, head.columns),
            Some(viewed) => {
                let rows = viewed.and_then(|viewed| {
                    let columns = viewed.given(head.columns.as_deref(), head.on_conflict)?;
                    Ok((viewed, columns))
                });
                let (viewed, columns) = match rows {
                    Ok(rows) => rows,
                    Err(reason) => {
                        self.cursor.skip_statement()?;
                        let view = (database, head.table);
                        return Ok(self.obstructed("INSERT INTO", view, &reason, position));
                    }
                };
                let own = (viewed.database.clone(), viewed.table.clone());
                view = Some(Box::new(NamedView {
                    name: head.table,
                    viewed,
                }));
                (own.0, own.1, Some(columns))
            }
        };
        let query = match head.rows {
            insert::RowsForm::Query { opened } => Some(if opened { "(" } else { "" }),
            _ => None,
        };
        let literals = match head.rows {
            insert::RowsForm::Values | insert::RowsForm::Query { .. } => None,
            insert::RowsForm::Set(literals) => Some(literals),
        };
        let key = (database.clone(), table.clone());
        if !self.triggers.is_empty() {
            self.note_trigger("INSERT", key.clone(), position);
        }
        let known = self.tables.get(database.as_deref(), &table);
        let columns = match (columns, known) {
            // An empty list stands for rows of defaults only.
            (Some(columns), _) if !columns.is_empty() => Some(columns.into()),
            (_, Some(known)) => Some(
                known
                    .columns
                    .iter()
                    .filter(|column| !column.invisible)
                    .map(|column| column.name.clone())
                    .collect(),
            ),
            (_, None) => None,
        };
        let row = self.rows.get(&key).copied().unwrap_or(0);
        let header = InsertHeader {
            database,
            table,
            columns,
            on_conflict: head.on_conflict,
            zero_is_zero: self.session.modes.no_auto_value_on_zero,
            checks_keys: self.session.checks_keys(),
            position,
        };
        if let Some(opened) = query {
            let mut source = self.rest_of_statement()?;
            source.text.insert_str(0, opened);
            let assigns = source.text.to_ascii_uppercase().contains("DUPLICATE");
            if let Some(view) = view.filter(|_| assigns) {
                let reason = "given rows of a query with ON DUPLICATE KEY UPDATE";
                let view = (header.database, view.name);
                return Ok(self.obstructed("INSERT INTO", view, reason, position));
            }
            let statement = self.script(ScriptKind::Insert(header, source), position);
            return Ok(ParsedStatement::Statement(statement));
        }
        let open = OpenInsert {
            width: header.columns.as_ref().map(|columns| columns.len()),
            header: header.clone(),
            is_set_form: literals.is_some(),
            literals: literals.unwrap_or_default(),
            row,
            row_start: 0,
            row_read: false,
            upsert: None,
            view,
            converted: self.converted_columns(&header),
        };
        let named = header.columns.as_deref().unwrap_or_default();
        let known = self.tables.get(header.database.as_deref(), &header.table);
        if let Some(table) = known.and_then(|table| table.with_history(named)) {
            self.tables.insert(table.clone());
            self.deferred = Some(open);
            self.further.push_back(Statement::Insert(header));
            return Ok(ParsedStatement::Statement(Statement::Altered(table)));
        }
        self.insert = Some(open);
        self.more_rows = true;
        Ok(ParsedStatement::Statement(Statement::Insert(header)))
    }
}
