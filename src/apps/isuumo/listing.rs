//! What every list does: take the ids of the page from a covering index, then fetch those rows.
//!
//! Two steps instead of a join, so that the order of the page is the order of the index by
//! construction and the rows outside the page are never touched (ARCHITECTURE.md, invariant 6).

use rusqlite::{CachedStatement, Connection, Params, Row};

/// Rows in the order of the ids that `ids_sql` selects in its first column.
pub(super) fn page<T>(
    connection: &Connection,
    ids_sql: &str,
    params: impl Params,
    row_sql: &str,
    from_row: fn(&Row<'_>) -> rusqlite::Result<T>,
) -> rusqlite::Result<Vec<T>> {
    let mut ids = connection.prepare_cached(ids_sql)?;
    let mut ids = ids.query(params)?;
    let mut select = connection.prepare_cached(row_sql)?;
    let mut rows = Vec::new();
    while let Some(id) = ids.next()? {
        rows.push(fetch(&mut select, id.get(0)?, from_row)?);
    }
    Ok(rows)
}

/// Rows in the order of `ids`.
pub(super) fn rows<T>(
    connection: &Connection,
    ids: impl IntoIterator<Item = i64>,
    row_sql: &str,
    from_row: fn(&Row<'_>) -> rusqlite::Result<T>,
) -> rusqlite::Result<Vec<T>> {
    let mut select = connection.prepare_cached(row_sql)?;
    ids.into_iter()
        .map(|id| fetch(&mut select, id, from_row))
        .collect()
}

fn fetch<T>(
    select: &mut CachedStatement<'_>,
    id: i64,
    from_row: fn(&Row<'_>) -> rusqlite::Result<T>,
) -> rusqlite::Result<T> {
    select.query_row([id], from_row)
}

/// Says how SQLite would run `sql`, one line a step.
#[cfg(test)]
pub(super) fn plan(connection: &Connection, sql: &str) -> Vec<String> {
    let mut explain = connection
        .prepare(&format!("EXPLAIN QUERY PLAN {sql}"))
        .unwrap();
    // Parameters left unbound are NULL, which plans alike: no sampled statistics are kept.
    let mut rows = explain.raw_query();
    let mut lines = Vec::new();
    while let Some(row) = rows.next().unwrap() {
        lines.push(row.get::<_, String>(3).unwrap());
    }
    lines
}

/// Fails unless `sql` is answered from covering indexes (or by id), without sorting.
#[cfg(test)]
#[track_caller]
pub(super) fn assert_covered(connection: &Connection, sql: &str) {
    let lines = plan(connection, sql);
    let covered = |line: &String| {
        line.contains("USING COVERING INDEX")
            || (line.starts_with("SEARCH") && line.contains("USING INTEGER PRIMARY KEY"))
    };
    assert!(
        !lines.is_empty() && lines.iter().all(covered),
        "{sql}\n{}",
        lines.join("\n")
    );
}
