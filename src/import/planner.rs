//! The reading side's view of an import: which rows are wanted, and the kinds of their columns.

use std::sync::Arc;

use super::final_names::WantedTables;
use crate::dump::{InsertHeader, Room, Statement, Tables, ValueType};
use crate::load::feed::{Planner, RowPlan};

pub(super) struct ImportPlanner {
    wanted: WantedTables,
    schema_only: bool,
    tables: Tables,
}

impl ImportPlanner {
    pub(super) fn new(wanted: WantedTables, schema_only: bool) -> Self {
        Self {
            wanted,
            schema_only,
            tables: Tables::default(),
        }
    }
}

impl Planner for ImportPlanner {
    fn plan(&mut self, header: &InsertHeader, width: usize) -> Result<Option<RowPlan>, String> {
        let database = header.database.as_deref();
        if self.schema_only || !self.wanted.wants(database, &header.table) {
            return Ok(None);
        }
        let Some(table) = self.tables.get(database, &header.table) else {
            let width = header
                .columns
                .as_ref()
                .map_or(width, |columns| columns.len());
            if width == 0 {
                return Err("no CREATE TABLE says which columns its rows have".to_owned());
            }
            return Ok(Some(RowPlan {
                kinds: vec![ValueType::Any; width].into(),
                rooms: Arc::new([]),
            }));
        };
        let kinds = ValueType::of_table(table).map_err(|column| {
            format!(
                "column {} has the unknown type {}",
                column.name, column.column_type.name
            )
        })?;
        let rooms = Room::of_table(table);
        let columns = header.columns.as_deref().unwrap_or_default();
        let index_of = |column: &String| {
            let index = table.column_index(column);
            index.ok_or_else(|| format!("the table has no column {column}"))
        };
        let indexes: Vec<usize> = columns.iter().map(index_of).collect::<Result<_, _>>()?;
        Ok(Some(RowPlan {
            kinds: indexes.iter().map(|&index| kinds[index].clone()).collect(),
            rooms: indexes.iter().map(|&index| rooms[index]).collect(),
        }))
    }

    fn see(&mut self, statement: &Statement) {
        self.wanted.see(statement);
        match statement {
            Statement::Table(table) | Statement::Altered(table) => {
                self.tables.insert(table.clone());
            }
            Statement::Renamed(old, new) => {
                self.tables.remove(old.database.as_deref(), &old.name);
                self.tables.insert(new.clone());
            }
            Statement::Dropped(table) => {
                self.tables.remove(table.database.as_deref(), &table.name);
            }
            _ => {}
        }
    }
}
