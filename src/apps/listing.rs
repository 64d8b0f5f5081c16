//! What lists do that SQLite answers: take the ids of the page from a covering index, then write
//! those rows.
//!
//! Two steps instead of a join, so that the order of the page is the order of the index by
//! construction and the rows outside the page are never touched (ARCHITECTURE.md, invariant 7).

use rusqlite::{CachedStatement, Connection, Params};

use super::answer::RowFormat;
use crate::store::Unfinished;

/// The ids that `sql` selects in its first column.
pub(super) fn ids(
    connection: &Connection,
    sql: &str,
    params: impl Params,
) -> rusqlite::Result<Vec<i64>> {
    let mut select = connection.prepare_cached(sql)?;
    let ids = select.query_map(params, |row| row.get(0))?;
    ids.collect()
}

/// How many rows `sql` selects whose ids, in its first column, are not `hidden`, and the ids of a page of
/// them. Where no count is wanted, `most` ends it with the page.
pub(super) fn ids_without(
    connection: &Connection,
    hidden: &Unfinished,
    sql: &str,
    params: impl Params,
    (offset, limit): (usize, usize),
    most: usize,
) -> rusqlite::Result<(usize, Vec<i64>)> {
    let mut select = connection.prepare_cached(sql)?;
    let mut rows = select.query(params)?;
    let (mut count, mut ids) = (0, Vec::new());
    while count < most
        && let Some(row) = rows.next()?
    {
        let id = row.get(0)?;
        if hidden.has(id) {
            continue;
        }
        if count >= offset && ids.len() < limit {
            ids.push(id);
        }
        count += 1;
    }
    Ok((count, ids))
}

/// Writes rows as JSON, in the order of `ids`, with commas between them.
pub(super) fn write_rows(
    connection: &Connection,
    kind: RowFormat,
    ids: &[i64],
    out: &mut Vec<u8>,
) -> rusqlite::Result<()> {
    let mut select = connection.prepare_cached(kind.select)?;
    for (index, &id) in ids.iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        write_row(&mut select, kind, id, out)?;
    }
    Ok(())
}

/// Writes one row as JSON.
pub(super) fn write_row(
    select: &mut CachedStatement<'_>,
    kind: RowFormat,
    id: i64,
    out: &mut Vec<u8>,
) -> rusqlite::Result<()> {
    select.query_row([id], |row| (kind.write)(row, out))
}
