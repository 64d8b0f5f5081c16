//! Values that are not written as literals: `DEFAULT`, `NOW()`, `CONCAT('a', 'b')`.
//!
//! Dump programs do not write them; people and object mappers do. A default comes from the table,
//! an expression is computed by MySQL's rules, and the result is stored as the server would store it. What
//! is not known is an error, never a guess. Geometry is translated: its bytes are all there is to it. A default
//! may depend on other columns of its row, and is computed row by row then.

use rusqlite::Connection;
use rusqlite::limits::Limit;
use rusqlite::types::{self, ValueRef};

use super::assigning::{AssignedValue, computed_value, default_value};
use super::computed::cell_of;
use super::query::ScriptView;
use super::table::ImportTable;
use super::table_row::{TableRow, columns_of, is_computed, named_columns};
use crate::dump::{Position, SourceText, Value, ValueType, convert_text};
use crate::evaluate::{self, Formula, NamedTable, Unevaluable};
use crate::load::LoadError;
use crate::load::batch::{Batch, Cell};
use crate::load::error::mismatch;
use crate::translate;

/// The reference system of latitudes and longitudes, which servers read in either order.
const WGS_84: &str = "4326";
/// What is noted of its values.
const IN_WGS_84: &str = "in the reference system 4326 with x first, as MariaDB reads them; MySQL 8 reads the \
                         latitude first";
/// What is noted of rows that get the time.
pub(super) const DEFAULT_TIME: &str =
    "of DEFAULT CURRENT_TIMESTAMP settled at the time of the import";
/// Computed values longer than this are refused.
const LONGEST: i32 = 16 * 1024 * 1024;

/// Where rows are stored, and what their expressions may ask for.
pub(super) struct Resolver<'p> {
    pub(super) connection: &'p Connection,
    pub(super) input: &'p str,
    pub(super) view: &'p ScriptView<'p>,
}

impl Resolver<'_> {
    /// Puts values in the place of all defaults and expressions of the batch.
    pub(super) fn resolve(
        &self,
        table: &mut ImportTable,
        columns: &[usize],
        batch: &mut Batch,
    ) -> Result<(), LoadError> {
        let by_row: Vec<bool> = columns
            .iter()
            .map(|&index| table.row_default_source(index).is_some())
            .collect();
        let cells = std::mem::take(&mut batch.cells);
        let named = NamedTable::plain(self.view.database, &table.definition.name);
        let mut resolved = Vec::with_capacity(cells.len());
        for (at, cell) in cells.into_iter().enumerate() {
            let column = at % columns.len();
            let index = columns[column];
            let place = batch.places[at / columns.len()].position;
            let (position, computed) = match cell {
                Cell::Default | Cell::Omitted if by_row[column] => (place, Ok(Cell::Default)),
                Cell::Default | Cell::Omitted => {
                    let row = TableRow::empty(self.view, table, &named);
                    let value = default_value(&row, index);
                    let cell = value.map(|value| self.settled(table, index, value, place, batch));
                    (
                        place,
                        cell.map_err(|reason| format!("its default uses {reason}")),
                    )
                }
                Cell::Expression(source) => {
                    let given = &resolved[at - column..];
                    let computed = self.expression(table, (columns, given), &named, &source, batch);
                    (source.position, computed)
                }
                cell => (place, Ok(cell)),
            };
            let cell = computed.map_err(|reason| {
                let reason = format!("column {}: {reason}", table.layout.columns[index].name);
                mismatch(self.input, position, &table.definition.name, reason)
            })?;
            resolved.push(cell);
        }
        batch.cells = resolved;
        batch.unresolved = false;
        batch.nulls = u64::MAX;
        self.row_defaults(table, columns, batch)
    }

    /// `ST_GEOMFROMTEXT(…)` of a text that is computed.
    fn geometry_of_text(&self, source: &SourceText) -> Option<Vec<u8>> {
        let (name, rest) = source.text.split_once('(')?;
        let is_of_text = name.trim().to_ascii_uppercase().ends_with("FROMTEXT");
        let inner = rest.trim_end().strip_suffix(')').filter(|_| is_of_text)?;
        let with_system = inner
            .rsplit_once(',')
            .and_then(|(text, system)| Some((text, system.trim().parse().ok()?)));
        let (text, system) = with_system.unwrap_or((inner, 0));
        let text = SourceText {
            text: text.to_owned(),
            ..source.clone()
        };
        let text = evaluate::parse(&text).and_then(|formula| formula.evaluate(self.view));
        translate::geometry(&text.ok()?.shown()?, system)
    }

    /// A value as a cell; notes what there is to note of it.
    fn settled(
        &self,
        table: &mut ImportTable,
        index: usize,
        assigned: AssignedValue,
        position: Position,
        batch: &mut Batch,
    ) -> Cell {
        for what in assigned.notes {
            table.settle(index, what, self.input, position);
        }
        batch.cell(cell_of(assigned.value))
    }

    /// The value of an expression for the next column behind those that are `given`.
    fn expression(
        &self,
        table: &mut ImportTable,
        (columns, given): (&[usize], &[Cell]),
        named: &NamedTable,
        source: &SourceText,
        batch: &mut Batch,
    ) -> Result<Cell, String> {
        let index = columns[given.len()];
        if translate::is_spatial(&source.text) {
            if source.text.contains(WGS_84) {
                table.settle(index, IN_WGS_84.to_owned(), self.input, source.position);
            }
            if let Some(bytes) = self.geometry_of_text(source) {
                return Ok(batch.cell(Value::Blob(bytes.into())));
            }
            let kind = table.layout.columns[index].kind.clone();
            let sql =
                translate::value(source).map_err(|reason| format!("the value uses {reason}"))?;
            return compute(self.connection, &sql.text, &kind, batch);
        }
        let formula = evaluate::parse(source);
        let is_own = matches!(
            &formula,
            Ok(Formula::Default(Some(name))) if table.layout.index_of(name) == Some(index)
        );
        if is_own && table.row_default_source(index).is_some() {
            return Ok(Cell::Default);
        }
        let value = formula.and_then(|formula| {
            if let Some(name) = default_by_row(&formula, table) {
                return Err(format!(
                    "the default of column {name}, which is another one for each row"
                ));
            }
            let mut row = TableRow::empty(self.view, table, named);
            row.keeps_generated = true;
            for index in named_columns(&formula, table) {
                row.cells[index] = earlier(&row, index, (columns, given), batch)?;
            }
            computed_value(&row, index, &formula)
        });
        let value = value.map_err(|reason| format!("the value uses {reason}"))?;
        Ok(self.settled(table, index, value, source.position, batch))
    }
}

/// The first `DEFAULT(name)` in an expression that is another one for each row.
fn default_by_row<'f>(formula: &'f Formula, table: &ImportTable) -> Option<&'f str> {
    let mut found = None;
    formula.parts(&mut |part| {
        if let Formula::Default(Some(name)) = part
            && let Some(index) = table.layout.index_of(name)
            && table.row_default_source(index).is_some()
        {
            found = found.or(Some(name.as_str()));
        }
    });
    found
}

/// What a column holds while a row gets its values one after the other: its own, or its default.
fn earlier(
    row: &TableRow<'_>,
    index: usize,
    (columns, given): (&[usize], &[Cell]),
    batch: &Batch,
) -> Result<types::Value, Unevaluable> {
    let table = row.table;
    let name = &table.layout.columns[index].name;
    let at = columns.iter().position(|&column| column == index);
    let value = match at.and_then(|at| given.get(at)) {
        Some(Cell::Default) => return Err(format!("column {name} before it has a value")),
        Some(cell) => batch.value(cell),
        None if is_computed(table, index) => types::Value::Null,
        None => {
            let default = default_value(row, index)?;
            if !default.notes.is_empty() {
                return Err(format!("the default of column {name}"));
            }
            default.value
        }
    };
    // A number that is still to come.
    let is_numbered = table
        .definition
        .column(name)
        .is_some_and(|column| column.auto_increment);
    Ok(match value {
        types::Value::Null if is_numbered => types::Value::Integer(0),
        value => value,
    })
}

impl ImportTable {
    /// Adds the columns that the rows do not give and whose defaults depend on others.
    pub(super) fn add_row_defaults(&self, columns: &mut Vec<usize>, batch: &mut Batch) {
        for index in 0..self.layout.columns.len() {
            if !columns.contains(&index) && self.row_default_source(index).is_some() {
                batch.add_column(columns.len(), &Cell::Default);
                batch.unresolved = true;
                columns.push(index);
            }
        }
    }
}

impl Resolver<'_> {
    /// Computes the defaults that depend on other columns of their row, in the order of the columns.
    fn row_defaults(
        &self,
        table: &mut ImportTable,
        columns: &[usize],
        batch: &mut Batch,
    ) -> Result<(), LoadError> {
        let width = columns.len();
        let named = NamedTable::plain(self.view.database, &table.definition.name);
        for index in 0..table.layout.columns.len() {
            let at = columns.iter().position(|&column| column == index);
            let Some((at, source)) = at.zip(table.row_default_source(index)) else {
                continue;
            };
            let formula = evaluate::parse(source);
            for row in 0..batch.rows() {
                if batch.cells[row * width + at] != Cell::Default {
                    continue;
                }
                let position = batch.places[row].position;
                let value = formula.as_ref().map_err(Clone::clone).and_then(|formula| {
                    let given = &batch.cells[row * width..(row + 1) * width];
                    let mut row = TableRow::empty(self.view, table, &named);
                    for other in columns_of(formula, table) {
                        row.cells[other] = in_row(&row, other, (columns, given), batch)?;
                    }
                    computed_value(&row, index, formula)
                });
                let value = value.map_err(|reason| {
                    let name = &table.layout.columns[index].name;
                    let reason = format!("the default of column {name} uses {reason}");
                    mismatch(self.input, position, &table.definition.name, reason)
                })?;
                let cell = self.settled(table, index, value, position, batch);
                batch.cells[row * width + at] = cell;
            }
        }
        Ok(())
    }
}

/// What a column of a whole row holds.
pub(super) fn in_row(
    row: &TableRow<'_>,
    index: usize,
    (columns, given): (&[usize], &[Cell]),
    batch: &Batch,
) -> Result<types::Value, Unevaluable> {
    match columns.iter().position(|&column| column == index) {
        Some(at) => Ok(batch.value(&given[at])),
        None if is_computed(row.table, index) => Ok(types::Value::Null),
        None => default_value(row, index).map(|default| default.value),
    }
}

/// The value of `sql` in a column of `kind`.
fn compute(
    connection: &Connection,
    sql: &str,
    kind: &ValueType,
    batch: &mut Batch,
) -> Result<Cell, String> {
    let usual = connection
        .set_limit(Limit::SQLITE_LIMIT_LENGTH, LONGEST)
        .map_err(|cause| cause.to_string())?;
    let computed = compute_bounded(connection, sql, kind, batch);
    connection
        .set_limit(Limit::SQLITE_LIMIT_LENGTH, usual)
        .map_err(|cause| cause.to_string())?;
    computed
}

fn compute_bounded(
    connection: &Connection,
    sql: &str,
    kind: &ValueType,
    batch: &mut Batch,
) -> Result<Cell, String> {
    let mut statement = connection
        .prepare_cached(&format!("SELECT {sql}"))
        .map_err(|cause| cause.to_string())?;
    let mut rows = statement.query([]).map_err(|cause| cause.to_string())?;
    let row = rows.next().map_err(|cause| cause.to_string())?;
    let value = row.map_or(Ok(ValueRef::Null), |row| row.get_ref(0));
    let text = match value.map_err(|cause| cause.to_string())? {
        ValueRef::Null => return Ok(Cell::Null),
        // Strings in a BIT column are bytes, but this is a number already.
        ValueRef::Integer(number) if *kind == ValueType::Bits => return Ok(Cell::Integer(number)),
        ValueRef::Integer(number) => number.to_string(),
        ValueRef::Real(number) => number.to_string(),
        ValueRef::Text(text) => String::from_utf8_lossy(text).into_owned(),
        ValueRef::Blob(bytes)
            if matches!(
                kind,
                ValueType::Blob | ValueType::FixedBlob(_) | ValueType::Any
            ) =>
        {
            return Ok(batch.cell(Value::Blob(bytes.into())));
        }
        ValueRef::Blob(bytes) => String::from_utf8_lossy(bytes).into_owned(),
    };
    let value = convert_text(&text, kind).map_err(|error| error.to_string())?;
    Ok(batch.cell(value))
}
