//! What assignments make of a row: those of `UPDATE` and of `ON DUPLICATE KEY UPDATE`.
//!
//! Each sees what those before it have assigned, and its value is brought to the form of its column, as a server
//! that is not strict does. Nothing is stored here.

use rusqlite::types::Value;

use super::computed::{by_server, value_of};
use super::layout::implicit_default;
use super::resolve::DEFAULT_TIME;
use super::table::ImportTable;
use super::table_row::{TableRow, columns_of, named_columns};
use crate::dump::ValueType;
use crate::evaluate::{self, Assignment, Datum, Formula, Unevaluable};

/// What is noted of values that have no room.
pub(super) const UNFIT: &str = "that did not fit, stored as a server that is not strict would";
const NULL: &str = "of NULL in NOT NULL, stored as a server that is not strict would";
const NULL_STAMP: &str = "of NULL in TIMESTAMP NOT NULL settled at the time of the import";
const STAMPED: &str = "of ON UPDATE CURRENT_TIMESTAMP settled at the time of the import";

/// The columns that get values, in the order in which they get them.
pub(super) struct ChangedColumns<'u> {
    assigned: Vec<(usize, Option<&'u Formula>)>,
    /// `ON UPDATE CURRENT_TIMESTAMP`
    stamped: Vec<usize>,
    /// Computed from others when all rows are in.
    pub(super) computed: Vec<usize>,
    /// Those of them that the expressions read, as they were in the old row.
    read: Vec<usize>,
    /// Stored generated columns with `= DEFAULT`, and how many columns have got their values before: those behind read NULL.
    emptied: Vec<(usize, usize)>,
    /// NULL in a column that is NOT NULL is an error.
    refuses_null: bool,
}

/// A value that a column gets, and what is noted of it.
pub(super) struct AssignedValue {
    pub(super) value: Value,
    pub(super) notes: Vec<String>,
}

impl AssignedValue {
    fn plain(value: Value) -> Self {
        let notes = Vec::new();
        Self { value, notes }
    }
}

/// What is noted of the values of a row, by column.
pub(super) type RowNotes = Vec<(usize, String)>;

impl<'u> ChangedColumns<'u> {
    pub(super) fn of(
        table: &ImportTable,
        assignments: &'u [Assignment],
        refuses_null: bool,
    ) -> Result<Self, Unevaluable> {
        let generated = |index: usize| {
            let column = table.definition.column(&table.layout.columns[index].name);
            column.is_some_and(|column| column.generated.is_some())
        };
        let (mut assigned, mut emptied) = (Vec::new(), Vec::new());
        for (name, value) in assignments {
            let index = table.layout.index_of(name);
            let index =
                index.ok_or_else(|| format!("column {name}, which the table does not have"))?;
            match value {
                Some(_) if generated(index) => {
                    return Err("a value for a generated column".to_owned());
                }
                None if generated(index) => {
                    let definition = table.definition.column(name);
                    let generated = definition.and_then(|column| column.generated.as_ref());
                    // Of others that says nothing.
                    if generated.is_some_and(|generated| generated.stored) {
                        emptied.push((index, assigned.len()));
                    }
                }
                value => assigned.push((index, value.as_ref())),
            }
        }
        let (mut stamped, mut computed) = (Vec::new(), Vec::new());
        for (index, column) in table.layout.columns.iter().enumerate() {
            let Some(definition) = table.definition.column(&column.name) else {
                continue;
            };
            let is_assigned = assigned.iter().any(|&(own, _)| own == index);
            if definition.generated.is_some() {
                computed.push(index);
            } else if definition.on_update && !is_assigned {
                stamped.push(index);
            }
        }
        let formulas = assigned.iter().filter_map(|&(_, value)| value);
        let mut read: Vec<usize> = formulas
            .flat_map(|formula: &Formula| named_columns(formula, table))
            .collect();
        read.retain(|index| computed.contains(index));
        Ok(Self {
            assigned,
            stamped,
            computed,
            read,
            emptied,
            refuses_null,
        })
    }

    /// Whether numbers of `AUTO_INCREMENT` are among them.
    pub(super) fn counts(&self, table: &ImportTable) -> bool {
        let numbered = table.numbered_index();
        self.assigned
            .iter()
            .any(|&(index, _)| Some(index) == numbered)
    }

    /// All of them, each once.
    pub(super) fn all(&self) -> Vec<usize> {
        let mut all: Vec<usize> = Vec::new();
        let assigned = self.assigned.iter().map(|(index, _)| index);
        for &index in assigned.chain(&self.stamped).chain(&self.computed) {
            if !all.contains(&index) {
                all.push(index);
            }
        }
        all
    }

    /// The columns of a row that its new values depend on.
    pub(super) fn needed(&self, table: &ImportTable) -> Vec<usize> {
        let mut needed = self.all();
        for (_, value) in &self.assigned {
            let mut default = value.is_none();
            if let Some(formula) = value {
                needed.extend(columns_of(formula, table));
                formula.parts(&mut |part| default |= matches!(part, Formula::Default(_)));
            }
            if default {
                // It may be made of any.
                return (0..table.layout.columns.len()).collect();
            }
        }
        needed
    }

    /// Changes a row; what is noted of its values, or nothing if it stays as it was.
    pub(super) fn change(&self, row: &mut TableRow<'_>) -> Result<Option<RowNotes>, Unevaluable> {
        for &index in &self.read {
            if row.cells[index] == Value::Null {
                row.cells[index] = row.generated_cell(index)?;
            }
        }
        row.keeps_generated = true;
        let before = row.cells.clone();
        let mut notes = Vec::new();
        for (at, &(index, value)) in self.assigned.iter().enumerate() {
            for &(emptied, _) in self.emptied.iter().filter(|&&(_, before)| before == at) {
                row.cells[emptied] = Value::Null;
            }
            let assigned = match value {
                Some(formula) => self.assigned(row, index, formula)?,
                None => default_value(row, index)?,
            };
            notes.extend(assigned.notes.into_iter().map(|what| (index, what)));
            row.cells[index] = assigned.value;
        }
        for &(index, _) in &self.emptied {
            row.cells[index] = before[index].clone();
        }
        if row.cells == before {
            return Ok(None);
        }
        for &index in &self.stamped {
            let kind = &row.table.layout.columns[index].kind;
            let fraction = if let ValueType::DateTime(fraction) = kind {
                *fraction
            } else {
                0
            };
            let session = row.view.session;
            row.cells[index] = value_of(session.time_in(row.table, index, fraction));
            if !session.knows_time() {
                notes.push((index, STAMPED.to_owned()));
            }
        }
        for &index in &self.computed {
            row.cells[index] = Value::Null;
        }
        for &index in &self.computed {
            if row.is_zoned(index) {
                row.cells[index] = row.generated_cell(index).unwrap_or(Value::Null);
            }
        }
        Ok(Some(notes))
    }

    /// The value that a column gets from an expression.
    fn assigned(
        &self,
        row: &TableRow<'_>,
        index: usize,
        formula: &Formula,
    ) -> Result<AssignedValue, Unevaluable> {
        let mut assigned = computed_value(row, index, formula)?;
        let column = &row.table.layout.columns[index];
        if assigned.value == Value::Null && column.not_null {
            let definition = row.table.definition.column(&column.name);
            let stamp = definition.is_some_and(|column| column.column_type.name == "TIMESTAMP");
            let session = row.view.session;
            let (value, what) = match column.kind {
                ValueType::DateTime(fraction) if stamp => {
                    let now = session.time_in(row.table, index, fraction);
                    (now, (!session.knows_time()).then_some(NULL_STAMP))
                }
                _ if self.refuses_null => {
                    return Err(format!(
                        "NULL for column {}, which is NOT NULL",
                        column.name
                    ));
                }
                ref kind => (implicit_default(kind), Some(NULL)),
            };
            assigned = AssignedValue {
                value: value_of(value),
                notes: what.map(str::to_owned).into_iter().collect(),
            };
        }
        Ok(assigned)
    }
}

/// What the column at `index` stores for an expression over a row.
pub(super) fn computed_value(
    row: &TableRow<'_>,
    index: usize,
    formula: &Formula,
) -> Result<AssignedValue, Unevaluable> {
    if let Formula::Default(Some(name)) = formula
        && row.table.layout.index_of(name) == Some(index)
    {
        return default_value(row, index);
    }
    let datum = formula.evaluate(row)?;
    let session = row.view.session;
    let mut notes = Vec::new();
    if let Some(function) = by_server(formula, session.knows_time()).or(session.take_by_server()) {
        notes.push(format!("of {function}() settled at the time of the import"));
    }
    let (value, unfit) = row.table.fitted(index, &datum)?;
    let (value, unfit) = match session.written(row.table, index, &value) {
        Some((value, is_outside)) => (value, unfit || is_outside),
        None => (value, unfit),
    };
    if unfit {
        notes.push(UNFIT.to_owned());
    }
    let value = row.table.as_stored(index, value_of(value));
    Ok(AssignedValue { value, notes })
}

/// What the column at `index` of a row gets that is given no value.
pub(super) fn default_value(
    row: &TableRow<'_>,
    index: usize,
) -> Result<AssignedValue, Unevaluable> {
    let (table, view) = (row.table, row.view);
    if let Some(fraction) = table.takes_time(index) {
        let session = view.session;
        let value = value_of(session.time_in(table, index, fraction));
        let notes = (!session.knows_time()).then(|| DEFAULT_TIME.to_owned());
        let notes = notes.into_iter().collect();
        return Ok(AssignedValue { value, notes });
    }
    if let Some(source) = table.row_default_source(index) {
        return computed_value(row, index, &evaluate::parse(source)?);
    }
    let Some(sql) = table.default_of(index) else {
        return Ok(AssignedValue::plain(Value::Null));
    };
    let mut statement = view
        .connection
        .prepare_cached(&format!("SELECT {sql}"))
        .map_err(|cause| cause.to_string())?;
    let value = statement.query_row([], |row| row.get(0));
    value
        .map(AssignedValue::plain)
        .map_err(|cause| cause.to_string())
}

/// `DEFAULT(name)` in an expression over a row.
pub(super) fn default_datum(row: &TableRow<'_>, name: &str) -> Result<Datum, Unevaluable> {
    let index = row.table.layout.index_of(name);
    let index = index.ok_or_else(|| format!("the unknown name {name}"))?;
    let definition = row.table.definition.column(name);
    if definition.is_some_and(|column| column.not_null && column.default.is_none()) {
        return Err(format!("the default of column {name}, which has none"));
    }
    let default = default_value(row, index)?;
    if !default.notes.is_empty() {
        return Err("a default that only a server knows".to_owned());
    }
    row.cell_datum(index, &default.value)
}
