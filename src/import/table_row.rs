//! A row of a table, as the expressions of a script see it: its columns beside all else that they may ask for.

use rusqlite::types::{Value, ValueRef};

use super::computed::{stored, value_of};
use super::query::ScriptView;
use super::row_values;
use super::table::ImportTable;
use crate::dump::ValueType;
use crate::evaluate::{
    self, Clock, Datum, Formula, NamedTable, SelectQuery, SelectedItem, Surroundings, Unevaluable,
};

/// A row of a table, as an expression sees it.
pub(super) struct TableRow<'r> {
    pub(super) view: &'r ScriptView<'r>,
    pub(super) table: &'r ImportTable,
    pub(super) named: &'r NamedTable,
    /// Its name in SQLite.
    pub(super) id: i64,
    /// All cells, in the order of the layout; those that nothing asks for are NULL.
    pub(super) cells: Vec<Value>,
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

    /// The value of a cell.
    pub(super) fn datum(&self, index: usize) -> Result<Datum, Unevaluable> {
        if is_computed(self.table, index) && self.cells[index] == Value::Null {
            return self.generated(index);
        }
        let cell = &self.cells[index];
        match self.view.session.read_cell(self.table, index, cell) {
            Some(cell) => datum_of(self.table, index, &cell),
            None => datum_of(self.table, index, cell),
        }
    }

    /// The value of a generated column, which is computed when all rows are in.
    fn generated(&self, index: usize) -> Result<Datum, Unevaluable> {
        let column = self
            .table
            .definition
            .column(&self.table.layout.columns[index].name);
        let Some(generated) = column.and_then(|column| column.generated.as_ref()) else {
            return Ok(Datum::NULL);
        };
        let datum = evaluate::parse(&generated.expression)?.evaluate(self)?;
        let value = value_of(stored(&datum, &self.table.layout.columns[index].kind)?);
        datum_of(self.table, index, &value)
    }
}

impl Surroundings for TableRow<'_> {
    fn column(&self, table: Option<&str>, name: &str) -> Result<Datum, Unevaluable> {
        let is_own = table.is_none_or(|table| self.named.is_called(table));
        match self.table.layout.index_of(name).filter(|_| is_own) {
            Some(index) => self.datum(index),
            None => Err(format!("the unknown name {name}")),
        }
    }

    fn variable(&self, name: &str) -> Result<Datum, Unevaluable> {
        self.view.variable(name)
    }

    fn assign(&self, name: &str, value: &Datum) -> Result<(), Unevaluable> {
        self.view.assign(name, value)
    }

    fn scalar(&self, query: &SelectQuery) -> Result<Datum, Unevaluable> {
        self.view.scalar(query)
    }

    fn exists(&self, query: &SelectQuery) -> Result<bool, Unevaluable> {
        self.view.exists(query)
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

/// The columns of `table` that an expression names.
pub(super) fn columns_of(formula: &Formula, table: &ImportTable) -> Vec<usize> {
    let mut found = Vec::new();
    formula.parts(&mut |part| {
        if let Formula::Column(_, name) = part {
            found.extend(table.layout.index_of(name));
        }
    });
    found
}
