//! A row of a table, as the expressions of a script see it: its columns beside all else that they may ask for.

use rusqlite::types::{Value, ValueRef};

use super::assigning::default_datum;
use super::computed::{stored, value_of};
use super::query::ScriptView;
use super::row_values;
use super::table::ImportTable;
use crate::dump::ValueType;
use crate::evaluate::{
    self, Clock, Datum, Formula, NamedTable, SelectQuery, SelectedItem, Surroundings, Unevaluable,
};

/// A row whose key is there already, and what expressions call it.
pub(super) struct ProposedRow<'r> {
    /// All cells, in the order of the layout.
    pub(super) cells: &'r [Value],
    /// Its name: `AS new`.
    pub(super) alias: Option<&'r str>,
    /// The names of its columns: `AS new(a, b)`, with their indexes.
    pub(super) columns: &'r [(String, usize)],
}

impl ProposedRow<'_> {
    /// The column that a name means.
    fn index_of(&self, table: &ImportTable, qualifier: Option<&str>, name: &str) -> Option<usize> {
        let is_named = |own: &&(String, usize)| own.0.eq_ignore_ascii_case(name);
        let renamed = self.columns.iter().find(is_named).map(|&(_, index)| index);
        match (qualifier, self.alias) {
            (Some(qualifier), Some(alias)) if qualifier.eq_ignore_ascii_case(alias) => {
                renamed.or_else(|| table.layout.index_of(name))
            }
            (None, _) if table.layout.index_of(name).is_none() => renamed,
            _ => None,
        }
    }
}

/// A row of a table, as an expression sees it.
pub(super) struct TableRow<'r> {
    pub(super) view: &'r ScriptView<'r>,
    pub(super) table: &'r ImportTable,
    pub(super) named: &'r NamedTable,
    /// Its name in SQLite.
    pub(super) id: i64,
    /// All cells, in the order of the layout; those that nothing asks for are NULL.
    pub(super) cells: Vec<Value>,
    /// What was to be stored in its place.
    pub(super) proposed: Option<ProposedRow<'r>>,
    /// Generated columns have their cells, which are not computed anew while a statement gives values to others.
    pub(super) keeps_generated: bool,
}

impl<'r> TableRow<'r> {
    /// A row of nothing but NULL.
    pub(super) fn empty(
        view: &'r ScriptView<'r>,
        table: &'r ImportTable,
        named: &'r NamedTable,
    ) -> Self {
        Self {
            view,
            table,
            named,
            id: 0,
            cells: vec![Value::Null; table.layout.columns.len()],
            proposed: None,
            keeps_generated: false,
        }
    }

    /// What a query makes of the row.
    pub(super) fn values(&self, query: &SelectQuery) -> Result<Vec<Datum>, Unevaluable> {
        let mut values = Vec::new();
        for item in &query.items {
            match item {
                SelectedItem::Value(formula) => values.push(formula.evaluate(self)?),
                SelectedItem::All => {
                    for column in self
                        .table
                        .definition
                        .columns
                        .iter()
                        .filter(|column| !column.invisible)
                    {
                        values.push(self.column(None, &column.name)?);
                    }
                }
            }
        }
        Ok(values)
    }

    /// The value of a column of the row that was to be stored.
    fn of_proposed(&self, proposed: &ProposedRow<'_>, index: usize) -> Result<Datum, Unevaluable> {
        if !is_computed(self.table, index) {
            return self.cell_datum(index, &proposed.cells[index]);
        }
        let row = TableRow {
            cells: proposed.cells.to_vec(),
            ..Self::empty(self.view, self.table, self.named)
        };
        row.datum(index)
    }

    /// The value of a cell.
    pub(super) fn datum(&self, index: usize) -> Result<Datum, Unevaluable> {
        let missing = is_computed(self.table, index) && self.cells[index] == Value::Null;
        if missing && !self.keeps_generated {
            return self.generated(index);
        }
        self.cell_datum(index, &self.cells[index])
    }

    /// A cell of the column at `index` as the session reads it.
    pub(super) fn cell_datum(&self, index: usize, cell: &Value) -> Result<Datum, Unevaluable> {
        match self.view.session.read_cell(self.table, index, cell) {
            Some(cell) => datum_of(self.table, index, &cell),
            None => datum_of(self.table, index, cell),
        }
    }

    /// The value of a generated column, which is computed when all rows are in.
    fn generated(&self, index: usize) -> Result<Datum, Unevaluable> {
        datum_of(self.table, index, &self.generated_cell(index)?)
    }

    /// Whether the column at `index` is stored with the time of day that it is in the session's zone.
    pub(super) fn is_zoned(&self, index: usize) -> bool {
        self.view.session.zone() != 0 && self.table.has_time_of_day(index)
    }

    /// The cell of a generated column.
    pub(super) fn generated_cell(&self, index: usize) -> Result<Value, Unevaluable> {
        let column = self
            .table
            .definition
            .column(&self.table.layout.columns[index].name);
        let Some(generated) = column.and_then(|column| column.generated.as_ref()) else {
            return Ok(Value::Null);
        };
        self.generated_by(index, &evaluate::parse(&generated.expression)?)
    }

    /// The cell of a generated column that is made by `formula`.
    pub(super) fn generated_by(
        &self,
        index: usize,
        formula: &Formula,
    ) -> Result<Value, Unevaluable> {
        let datum = formula.evaluate(self)?;
        let value = stored(&datum, &self.table.layout.columns[index].kind)?;
        let written = self.view.session.written(self.table, index, &value);
        let value = written.map_or(value, |(value, _)| value);
        Ok(self.table.as_stored(index, value_of(value)))
    }
}

impl Surroundings for TableRow<'_> {
    fn column(&self, table: Option<&str>, name: &str) -> Result<Datum, Unevaluable> {
        if let Some(proposed) = &self.proposed
            && let Some(index) = proposed.index_of(self.table, table, name)
        {
            return self.of_proposed(proposed, index);
        }
        let is_own = table.is_none_or(|table| self.named.is_called(table));
        match self.table.layout.index_of(name).filter(|_| is_own) {
            Some(index) => self.datum(index),
            None => self.view.outer_column(table, name),
        }
    }

    fn proposed(&self, name: &str) -> Result<Datum, Unevaluable> {
        let proposed = self.proposed.as_ref().ok_or("the function VALUES")?;
        let index = self.table.layout.index_of(name);
        let index = index.ok_or_else(|| format!("the unknown name {name}"))?;
        self.of_proposed(proposed, index)
    }

    fn default(&self, name: &str) -> Result<Datum, Unevaluable> {
        default_datum(self, name)
    }

    fn variable(&self, name: &str) -> Result<Datum, Unevaluable> {
        self.view.variable(name)
    }

    fn assign(&self, name: &str, value: &Datum) -> Result<(), Unevaluable> {
        self.view.assign(name, value)
    }

    fn scalar(&self, query: &SelectQuery) -> Result<Datum, Unevaluable> {
        self.view.scalar_in(self, query)
    }

    fn exists(&self, query: &SelectQuery) -> Result<bool, Unevaluable> {
        self.view.exists_in(self, query)
    }

    fn among(&self, value: &Datum, query: &SelectQuery) -> Result<Option<bool>, Unevaluable> {
        self.view.among_in(self, value, query)
    }

    fn clock(&self) -> Result<Clock, Unevaluable> {
        self.view.clock()
    }

    fn random(&self) -> u128 {
        self.view.random()
    }

    fn database(&self) -> Result<Option<String>, Unevaluable> {
        self.view.database()
    }

    fn last_insert_id(&self) -> Result<u64, Unevaluable> {
        self.view.last_insert_id()
    }

    fn keep_insert_id(&self, number: u64) -> Result<(), Unevaluable> {
        self.view.keep_insert_id(number)
    }
}

/// A cell as the evaluator knows it.
pub(super) fn datum_of(
    table: &ImportTable,
    index: usize,
    cell: &Value,
) -> Result<Datum, Unevaluable> {
    let column = &table.layout.columns[index];
    if let (ValueType::Enum(members, _), Value::Text(text)) = (&column.kind, cell) {
        let at = members.iter().position(|member| member == text);
        let number = at.map_or(0, |at| at as u64 + 1);
        let definition = table.definition.column(&column.name);
        if let Some(definition) = definition
            && (number > 0 || text.is_empty())
        {
            let collation = row_values::collation(table, definition, &column.kind);
            return Ok(Datum::Member(text.clone(), number, collation));
        }
    }
    row_values::datum(table, index, ValueRef::from(cell))
}

/// Whether a column is computed from others, so that its cells may be empty until all rows are in.
pub(super) fn is_computed(table: &ImportTable, index: usize) -> bool {
    let column = table.definition.column(&table.layout.columns[index].name);
    column.is_some_and(|column| column.generated.is_some())
}

/// The columns of `table` that an expression names, or that a query in it may mean.
pub(super) fn named_columns(formula: &Formula, table: &ImportTable) -> Vec<usize> {
    let mut found = Vec::new();
    formula.all_parts(&mut |part| {
        if let Formula::Column(_, name) = part {
            found.extend(table.layout.index_of(name));
        }
    });
    found
}

/// The columns of `table` that the value of an expression depends on.
pub(super) fn columns_of(formula: &Formula, table: &ImportTable) -> Vec<usize> {
    let found = named_columns(formula, table);
    if found.iter().any(|&index| is_computed(table, index)) {
        return (0..table.layout.columns.len()).collect();
    }
    found
}
