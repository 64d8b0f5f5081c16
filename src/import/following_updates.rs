//! What foreign keys do to the rows of children when a key of their parent changes: `ON UPDATE CASCADE` and
//! `SET NULL`.
//!
//! As with rows that go (`following`), only where SQLite finds the rows that a server would find; else a note says that
//! the key is not followed. A server refuses a change that comes back to a table that it went through, so nothing is
//! done there either. It must not decide what the rows of the parent become.

use rusqlite::params_from_iter;
use rusqlite::types::Value;

use super::dumped_tables::ImportStorage;
use super::following::{ActingKey, KeyEvent, PARAMETERS};
use super::script::ScriptPlace;
use crate::file::sql::quoted;
use crate::load::LoadError;

/// A row before and after a change: all cells, of which those that no key refers to are NULL.
pub(super) type MovedRow = (Vec<Value>, Vec<Value>);

/// A child of a row that was changed: the row's place among those that were, and the child's name in SQLite.
type MovedChild = (usize, i64);

impl ActingKey {
    /// Whether a change of a row of the parent is one of this key.
    fn is_moved(&self, (before, after): &MovedRow) -> bool {
        let Some(pairs) = &self.pairs else {
            return true;
        };
        pairs
            .iter()
            .any(|&(_, referred)| before[referred] != after[referred])
    }
}

impl ImportStorage<'_> {
    /// The columns of the table at `index` whose values are asked for when those at `changed` change.
    pub(super) fn referred_by(
        &self,
        place: ScriptPlace<'_>,
        index: usize,
        changed: &[usize],
    ) -> Vec<usize> {
        if !place.checks_keys {
            return Vec::new();
        }
        let keys = self.acting_keys(index, KeyEvent::Changed);
        let pairs = keys.iter().filter_map(|key| key.pairs.as_ref());
        let pairs = pairs.filter(|pairs| {
            let mut referred = pairs.iter().map(|(_, referred)| referred);
            referred.any(|referred| changed.contains(referred))
        });
        pairs.flatten().map(|&(_, referred)| referred).collect()
    }

    /// Does to the rows of children what a server does when keys of rows of the table at `index` have changed.
    pub(super) fn follow_moved(
        &mut self,
        place: ScriptPlace<'_>,
        index: usize,
        moved: Vec<MovedRow>,
        statement: &str,
    ) -> Result<(), LoadError> {
        let mut pending = vec![(vec![index], moved)];
        while let Some((way, moved)) = pending.pop() {
            let index = way.last().copied().unwrap_or(index);
            for acting in self.acting_keys(index, KeyEvent::Changed) {
                let rows = moved.iter().filter(|row| acting.is_moved(row));
                let rows: Vec<&MovedRow> = rows.collect();
                let children = self.moved_children(index, &acting, &rows)?;
                if children.as_ref().is_some_and(Vec::is_empty) {
                    continue;
                }
                let children = children.filter(|_| !way.contains(&acting.child));
                let followed = match children {
                    Some(children) => self.move_children(&acting, &rows, &children)?,
                    None => None,
                };
                match followed {
                    Some(moved) => {
                        let way = way.iter().copied().chain([acting.child]).collect();
                        pending.push((way, moved));
                    }
                    None => self.note_unfollowed(place, index, &acting, statement),
                }
            }
        }
        Ok(())
    }

    /// The children of rows that have changed, in the order of these; `None` where they are not known.
    fn moved_children<'s>(
        &'s self,
        index: usize,
        acting: &'s ActingKey,
        rows: &[&'s MovedRow],
    ) -> Result<Option<Vec<MovedChild>>, LoadError> {
        let before = rows.iter().map(|row| &row.0);
        if rows.is_empty() {
            return Ok(Some(Vec::new()));
        }
        let Some((pairs, row_name)) = self.found_by_value(index, acting, before)? else {
            return Ok(None);
        };
        let child = &self.tables[acting.child];
        let failed = |cause: rusqlite::Error| child.sqlite(&cause);
        let columns: Vec<String> = (0..pairs.len()).map(|at| format!("k{at}")).collect();
        let on: Vec<String> = pairs
            .iter()
            .zip(&columns)
            .map(|(&(own, _), name)| {
                let own = quoted(&child.layout.columns[own].name);
                format!("child.{own} = moved.{name}")
            })
            .collect();
        let mut found = Vec::new();
        let most = (PARAMETERS / (pairs.len() + 1)).max(1);
        for (piece, rows) in rows.chunks(most).enumerate() {
            let marks = format!("(?{})", ", ?".repeat(pairs.len()));
            let sql = format!(
                "WITH moved(n, {}) AS (VALUES {})
                 SELECT moved.n, child.{row_name} FROM moved CROSS JOIN {} AS child ON {}",
                columns.join(", "),
                vec![marks; rows.len()].join(", "),
                quoted(&child.name),
                on.join(" AND "),
            );
            let values = (0_i64..).zip(rows).flat_map(|(at, row)| {
                let cells = pairs.iter().map(|&(_, referred)| row.0[referred].clone());
                std::iter::once(Value::Integer(at)).chain(cells)
            });
            let mut statement = self.connection.prepare(&sql).map_err(failed)?;
            let pairs = statement
                .query_map(params_from_iter(values), |row| {
                    Ok((row.get::<_, i64>(0)?, row.get(1)?))
                })
                .map_err(failed)?;
            for pair in pairs {
                let (at, id) = pair.map_err(failed)?;
                found.push((piece * most + usize::try_from(at).unwrap_or(0), id));
            }
        }
        found.sort_unstable();
        Ok(Some(found))
    }

    /// Gives children the new key, or none; what that makes of the keys that others refer to. `None` where another row
    /// has such a key: nothing is done then.
    fn move_children(
        &mut self,
        acting: &ActingKey,
        rows: &[&MovedRow],
        children: &[MovedChild],
    ) -> Result<Option<Vec<MovedRow>>, LoadError> {
        const SAVEPOINT: &str = "ekiben_moved";
        let child = acting.child;
        self.transaction
            .touch(self.connection, &self.tables[child])?;
        let pairs = acting.pairs.clone().unwrap_or_default();
        let cascades = acting.action == "CASCADE";
        let value = |at: usize, referred: usize| match cascades {
            true => rows[at].1[referred].clone(),
            false => Value::Null,
        };
        let ids: Vec<i64> = children.iter().map(|&(_, id)| id).collect();
        let refers = !self.acting_keys(child, KeyEvent::Changed).is_empty();
        let before = if refers {
            self.cells_of(child, &ids)?
        } else {
            Vec::new()
        };
        let columns: Vec<usize> = pairs.iter().map(|&(own, _)| own).collect();
        let (sql, computed) = self.assignment(child, &columns);
        let run = |sql: &str| self.connection.execute_batch(sql);
        let assign = || -> rusqlite::Result<()> {
            let mut statement = self.connection.prepare_cached(&sql)?;
            for &(at, id) in children {
                let values = pairs.iter().map(|&(_, referred)| value(at, referred));
                let values = values.chain([Value::Integer(id)]);
                statement.execute(params_from_iter(values))?;
            }
            Ok(())
        };
        let failed = |cause: rusqlite::Error| self.tables[child].sqlite(&cause);
        run(&format!("SAVEPOINT {SAVEPOINT}")).map_err(failed)?;
        let outcome = assign();
        if outcome.is_err() {
            run(&format!("ROLLBACK TO {SAVEPOINT}")).map_err(failed)?;
        }
        run(&format!("RELEASE {SAVEPOINT}")).map_err(failed)?;
        if let Err(cause) = outcome {
            let meets = cause.sqlite_error_code() == Some(rusqlite::ErrorCode::ConstraintViolation);
            return if meets { Ok(None) } else { Err(failed(cause)) };
        }
        self.computed_anew(child, &computed);
        let moved = before.into_iter().zip(children).map(|(before, &(at, _))| {
            let mut after = before.clone();
            for &(own, referred) in &pairs {
                after[own] = value(at, referred);
            }
            (before, after)
        });
        Ok(Some(moved.collect()))
    }
}
