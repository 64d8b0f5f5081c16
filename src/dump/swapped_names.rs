//! Names of columns while an `ALTER TABLE` changes several: `CHANGE a b …, CHANGE b a …` swaps two.
//!
//! A server finds a column by the name that it had before the statement. So a column whose name another one takes gets
//! a name for the time being, until its own change comes. If none comes, it has its name back, and there are two.

use super::definition::TableDefinition;
use super::error::DumpProblem;

/// What is behind a name for the time being; no name has it.
const ASIDE: char = '\u{1}';

/// The names of a table's columns before the statement, with [`super::ColumnDefinition::id`].
pub(super) struct SwappedNames(Vec<(String, u32)>);

impl SwappedNames {
    pub(super) fn of(table: &TableDefinition) -> Self {
        let columns = table.columns.iter();
        Self(
            columns
                .map(|column| (column.name.clone(), column.id))
                .collect(),
        )
    }

    /// The column that a change calls `name`.
    pub(super) fn column_index(&self, table: &TableDefinition, name: &str) -> Option<usize> {
        let mut before = self.0.iter();
        let known = before.find(|(own, _)| own.eq_ignore_ascii_case(name));
        let by_id = known.and_then(|&(_, id)| {
            let mut columns = table.columns.iter();
            columns.position(|column| column.id == id)
        });
        by_id.or_else(|| table.column_index(name))
    }

    /// Before the column at `index` is called `new`: puts the name of another one aside, if the statement may change
    /// that too.
    pub(super) fn make_way(
        table: &mut TableDefinition,
        index: usize,
        new: &str,
    ) -> Result<(), DumpProblem> {
        match table.column_index(new) {
            Some(other) if other != index => {
                let name = table.columns[other].name.clone();
                table.rename_column(&name, &format!("{name}{ASIDE}"))
            }
            _ => Ok(()),
        }
    }

    /// At the end of the statement: names that were put aside for nothing.
    pub(super) fn restore(table: &mut TableDefinition) -> Result<(), DumpProblem> {
        let aside: Vec<String> = table
            .columns
            .iter()
            .filter_map(|column| column.name.strip_suffix(ASIDE))
            .map(str::to_owned)
            .collect();
        for name in aside {
            table.rename_column(&format!("{name}{ASIDE}"), &name)?;
        }
        Ok(())
    }
}
