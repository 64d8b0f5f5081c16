//! Values that are not written as literals: `DEFAULT`, `NOW()`, `CONCAT('a', 'b')`.
//!
//! Dump programs do not write them; people and object mappers do. A default comes from the table,
//! an expression is computed by MySQL's rules, and the result is stored as the server would store it. What
//! is not known is an error, never a guess. Geometry is translated: its bytes are all there is to it. A default
//! may depend on other columns of its row, and is computed row by row then.

use rusqlite::limits::Limit;
use rusqlite::types::{self, ValueRef};
use rusqlite::{Connection, params_from_iter};

use super::computed::{Settled, settle};
use super::query::ScriptView;
use super::row_values::{self, RowValues};
use super::table::ImportTable;
use crate::dump::{Position, SourceText, Value, ValueType, convert_text};
use crate::evaluate::{self, Formula};
use crate::file::sql::quoted;
use crate::load::LoadError;
use crate::load::batch::{Batch, Cell};
use crate::load::error::mismatch;
use crate::translate;

/// The reference system of latitudes and longitudes, which servers read in either order.
const WGS_84: &str = "4326";
/// What is noted of its values.
const IN_WGS_84: &str = "in the reference system 4326 with x first, as MariaDB reads them; MySQL 8 reads the \
                         latitude first";
/// What is noted of values that have no room.
pub(super) const UNFIT: &str = "that did not fit, stored as a server that is not strict would";
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
        let mut resolved = Vec::with_capacity(cells.len());
        for (at, cell) in cells.into_iter().enumerate() {
            let index = columns[at % columns.len()];
            let place = batch.places[at / columns.len()].position;
            let (position, computed) = match cell {
                Cell::Default | Cell::Omitted if by_row[at % columns.len()] => {
                    (place, Ok(Cell::Default))
                }
                Cell::Default | Cell::Omitted => (place, self.default(table, index, place, batch)),
                Cell::Expression(source) => (
                    source.position,
                    self.expression(table, index, &source, batch),
                ),
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

    fn default(
        &self,
        table: &mut ImportTable,
        index: usize,
        position: Position,
        batch: &mut Batch,
    ) -> Result<Cell, String> {
        if let Some(fraction) = table.takes_time(index) {
            let session = self.view.session;
            if !session.knows_time() {
                table.settle(index, DEFAULT_TIME.to_owned(), self.input, position);
            }
            return Ok(batch.cell(session.time_in(table, index, fraction)));
        }
        match table.default_of(index) {
            Some(sql) => compute(
                self.connection,
                &sql,
                Vec::new(),
                &table.layout.columns[index].kind,
                batch,
            ),
            None => Ok(Cell::Null),
        }
    }

    fn expression(
        &self,
        table: &mut ImportTable,
        index: usize,
        source: &SourceText,
        batch: &mut Batch,
    ) -> Result<Cell, String> {
        let kind = table.layout.columns[index].kind.clone();
        if let Some(named) = default_of(source, table) {
            return match named {
                Some(sql) => compute(self.connection, &sql, Vec::new(), &kind, batch),
                None => Ok(Cell::Null),
            };
        }
        if translate::is_spatial(&source.text) {
            let sql =
                translate::value(source).map_err(|reason| format!("the value uses {reason}"))?;
            if source.text.contains(WGS_84) {
                table.settle(index, IN_WGS_84.to_owned(), self.input, source.position);
            }
            return compute(self.connection, &sql.text, Vec::new(), &kind, batch);
        }
        let Settled {
            value,
            by_server,
            unfit,
        } = settle(source, &kind, self.view)
            .map_err(|reason| format!("the value uses {reason}"))?;
        let behind = self.view.session.take_by_server();
        if let Some(function) = by_server.or(behind) {
            let what = format!("of {function}() settled at the time of the import");
            table.settle(index, what, self.input, source.position);
        }
        let (value, unfit) = match table.room(index).cut(&value) {
            Some(cut) => (cut.value, unfit || !cut.silent),
            None => (value, unfit),
        };
        let (value, unfit) = match self.view.session.written(table, index, &value) {
            Some((value, is_outside)) => (value, unfit || is_outside),
            None => (value, unfit),
        };
        if unfit {
            table.settle(index, UNFIT.to_owned(), self.input, source.position);
        }
        Ok(batch.cell(value))
    }
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
                let cells = &batch.cells[row * width..(row + 1) * width];
                let given = cells.iter().map(|cell| batch.value(cell)).collect();
                let value = self.row_default(table, index, columns, &formula, given, position);
                let value = value.map_err(|reason| {
                    let name = &table.layout.columns[index].name;
                    let reason = format!("the default of column {name} uses {reason}");
                    mismatch(self.input, position, &table.definition.name, reason)
                })?;
                batch.cells[row * width + at] = batch.cell(value);
            }
        }
        Ok(())
    }

    /// The default of the column at `index` in the row that has the values `given`.
    fn row_default(
        &self,
        table: &mut ImportTable,
        index: usize,
        columns: &[usize],
        formula: &Result<Formula, String>,
        given: Vec<types::Value>,
        position: Position,
    ) -> Result<Value<'static>, String> {
        let formula = formula.as_ref().map_err(Clone::clone)?;
        let row = row_sql(table, columns);
        let values = self.row_values(table, &row, given);
        let values = values.map_err(|cause| cause.to_string())?;
        let datum = formula.evaluate(&values)?;
        let (value, unfit) = table.fitted(index, &datum)?;
        if unfit {
            table.settle(index, UNFIT.to_owned(), self.input, position);
        }
        Ok(value)
    }

    fn row_values(
        &self,
        table: &ImportTable,
        row: &str,
        given: Vec<types::Value>,
    ) -> rusqlite::Result<RowValues> {
        let mut statement = self.connection.prepare_cached(row)?;
        let mut rows = statement.query(params_from_iter(given))?;
        let mut values = RowValues {
            columns: Vec::new(),
        };
        if let Some(row) = rows.next()? {
            for (at, column) in table.layout.columns.iter().enumerate() {
                let datum = row_values::datum(table, at, row.get_ref(at)?);
                values.columns.push((column.name.clone(), datum));
            }
        }
        Ok(values)
    }
}

/// A query that gives a row, whose values are its parameters or the constants of the table.
fn row_sql(table: &ImportTable, columns: &[usize]) -> String {
    let cells = table
        .layout
        .columns
        .iter()
        .enumerate()
        .map(|(index, column)| {
            let value = match columns.iter().position(|&given| given == index) {
                Some(at) => format!("?{}", at + 1),
                None => table.default_of(index).unwrap_or_else(|| "NULL".to_owned()),
            };
            let collation = if column.nocase { " COLLATE NOCASE" } else { "" };
            format!("{value}{collation} AS {}", quoted(&column.name))
        });
    format!("SELECT {}", cells.collect::<Vec<_>>().join(", "))
}

/// `DEFAULT(name)`: the default of a column of the table, `Some(None)` for NULL.
fn default_of(source: &SourceText, table: &ImportTable) -> Option<Option<String>> {
    let call = source.text.get(.."DEFAULT".len())?;
    let inner = source.text["DEFAULT".len()..].trim();
    let name = inner.strip_prefix('(')?.strip_suffix(')')?.trim();
    let name = name.trim_matches('`');
    let index = table.layout.index_of(name)?;
    call.eq_ignore_ascii_case("DEFAULT")
        .then(|| table.default_of(index))
}

/// The value of `sql` in a column of `kind`.
fn compute(
    connection: &Connection,
    sql: &str,
    parameters: Vec<types::Value>,
    kind: &ValueType,
    batch: &mut Batch,
) -> Result<Cell, String> {
    let usual = connection
        .set_limit(Limit::SQLITE_LIMIT_LENGTH, LONGEST)
        .map_err(|cause| cause.to_string())?;
    let computed = compute_bounded(connection, sql, parameters, kind, batch);
    connection
        .set_limit(Limit::SQLITE_LIMIT_LENGTH, usual)
        .map_err(|cause| cause.to_string())?;
    computed
}

fn compute_bounded(
    connection: &Connection,
    sql: &str,
    parameters: Vec<types::Value>,
    kind: &ValueType,
    batch: &mut Batch,
) -> Result<Cell, String> {
    let mut statement = connection
        .prepare_cached(&format!("SELECT {sql}"))
        .map_err(|cause| cause.to_string())?;
    let parameters = params_from_iter(parameters);
    let mut rows = statement
        .query(parameters)
        .map_err(|cause| cause.to_string())?;
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
