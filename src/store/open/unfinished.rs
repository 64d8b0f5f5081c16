//! The rows of a write in pieces that has not ended: they are in the file and do not count yet.
//!
//! Each piece is committed together with a row here that names what it inserted, and the last one removes
//! all of these. So a file says by itself which of its rows nobody was promised, whenever its process or
//! its machine stopped; whoever opens it for writing, or copies it, removes them. This must not know who
//! wrote the rows, nor what they are.

use rusqlite::{Connection, OptionalExtension as _};

use crate::file::sql::quoted;

/// Made by the first write that needs more than one piece: most files never have it.
const TABLE: &str = "
    CREATE TABLE IF NOT EXISTS ekiben_unfinished (
      piece   INTEGER PRIMARY KEY,
      \"table\" TEXT    NOT NULL,
      least   INTEGER NOT NULL,
      most    INTEGER NOT NULL,
      -- Sorted, each in eight bytes.
      ids     BLOB    NOT NULL
    ) STRICT";

const IS_THERE: &str = "SELECT 1 FROM sqlite_schema WHERE name = 'ekiben_unfinished'";

/// Rows that one undoing removes at most: some 20 ms of the writer.
const UNDONE_AT_ONCE: usize = 4_000;

const ID_BYTES: usize = size_of::<i64>();

/// What a piece inserted into one table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::store) struct PieceInserts {
    pub(in crate::store) table: String,
    pub(in crate::store) ids: Vec<i64>,
}

/// Notes in the transaction of a piece what it inserted, in the order in which tables were written first.
pub(in crate::store) fn record(
    connection: &Connection,
    inserted: Vec<PieceInserts>,
) -> rusqlite::Result<()> {
    connection.prepare_cached(TABLE)?.execute([])?;
    let mut insert = connection.prepare_cached(
        "INSERT INTO ekiben_unfinished (\"table\", least, most, ids) VALUES (?1, ?2, ?3, ?4)",
    )?;
    for PieceInserts { table, mut ids } in inserted {
        ids.sort_unstable();
        for part in ids.chunks(UNDONE_AT_ONCE) {
            let bytes: Vec<u8> = part.iter().flat_map(|id| id.to_be_bytes()).collect();
            insert.execute((&table, part.first(), part.last(), bytes))?;
        }
    }
    Ok(())
}

/// Has all rows that are noted count from the end of the transaction on.
pub(in crate::store) fn accept(connection: &Connection) -> rusqlite::Result<()> {
    if is_there(connection)? {
        connection.execute("DELETE FROM ekiben_unfinished", [])?;
    }
    Ok(())
}

/// Removes some of the rows that are noted, the last first, in the caller's transaction; whether there
/// were any.
pub(in crate::store) fn undo_some(connection: &Connection) -> rusqlite::Result<bool> {
    if !is_there(connection)? {
        return Ok(false);
    }
    let last = "SELECT piece, \"table\", ids FROM ekiben_unfinished ORDER BY piece DESC LIMIT 1";
    let found: Option<(i64, String, Vec<u8>)> = connection
        .query_row(last, [], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()?;
    let Some((piece, table, ids)) = found else {
        return Ok(false);
    };
    let sql = format!("DELETE FROM {} WHERE rowid = ?1", quoted(&table));
    let mut delete = connection.prepare_cached(&sql)?;
    for id in ids.as_chunks::<ID_BYTES>().0 {
        delete.execute([i64::from_be_bytes(*id)])?;
    }
    connection.execute("DELETE FROM ekiben_unfinished WHERE piece = ?1", [piece])?;
    Ok(true)
}

/// Removes all rows that are noted, in as many transactions; how many notes there were.
pub(in crate::store) fn undo_all(connection: &Connection) -> rusqlite::Result<usize> {
    let mut notes = 0;
    loop {
        let transaction = connection.unchecked_transaction()?;
        let was_there = undo_some(&transaction)?;
        transaction.commit()?;
        if !was_there {
            return Ok(notes);
        }
        notes += 1;
    }
}

/// Whether a file has rows that do not count.
pub(in crate::store) fn has_any(connection: &Connection) -> rusqlite::Result<bool> {
    Ok(is_there(connection)?
        && connection
            .prepare_cached("SELECT 1 FROM ekiben_unfinished")?
            .exists([])?)
}

/// Whether the row of `table` with this rowid belongs to a write that has not ended, in the state that
/// `connection` sees: then it must be shown to nobody. Costs a look-up or two; what an app derives from
/// the file never has such rows.
///
/// # Errors
/// When SQLite fails.
pub fn is_unfinished(connection: &Connection, table: &str, id: i64) -> rusqlite::Result<bool> {
    if !is_there(connection)? {
        return Ok(false);
    }
    let mut near = connection.prepare_cached(
        "SELECT ids FROM ekiben_unfinished WHERE \"table\" = ?1 AND least <= ?2 AND most >= ?2",
    )?;
    let mut rows = near.query((table, id))?;
    while let Some(row) = rows.next()? {
        let ids = row.get_ref(0)?.as_blob()?.as_chunks::<ID_BYTES>().0;
        if ids
            .binary_search_by_key(&id, |id| i64::from_be_bytes(*id))
            .is_ok()
        {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The rows of one table that must be shown to nobody, in the state that a connection sees.
#[derive(Debug, Default)]
pub struct Unfinished(Vec<Vec<i64>>);

impl Unfinished {
    /// Those of `table`. Nearly always there are none.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn read(connection: &Connection, table: &str) -> rusqlite::Result<Self> {
        if !is_there(connection)? {
            return Ok(Self::default());
        }
        let select = "SELECT ids FROM ekiben_unfinished WHERE \"table\" = ?1";
        let mut select = connection.prepare_cached(select)?;
        let notes = select.query_map([table], |row| {
            let ids = row.get_ref(0)?.as_blob()?.as_chunks::<ID_BYTES>().0;
            Ok(ids.iter().map(|id| i64::from_be_bytes(*id)).collect())
        })?;
        notes.collect::<rusqlite::Result<_>>().map(Self)
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether the row with this rowid is one of them.
    #[must_use]
    pub fn has(&self, id: i64) -> bool {
        self.0.iter().any(|ids| ids.binary_search(&id).is_ok())
    }
}

fn is_there(connection: &Connection) -> rusqlite::Result<bool> {
    connection.prepare_cached(IS_THERE)?.exists([])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(table: &str, ids: impl IntoIterator<Item = i64>) -> PieceInserts {
        PieceInserts {
            table: table.to_owned(),
            ids: ids.into_iter().collect(),
        }
    }

    #[test]
    fn what_is_noted_is_hidden_and_goes_and_what_is_accepted_stays() {
        let connection = Connection::open_in_memory().unwrap();
        let tables = "CREATE TABLE \"a \"\"b\" (id INTEGER PRIMARY KEY); CREATE TABLE c (x)";
        connection.execute_batch(tables).unwrap();
        let insert = |sql: &str| connection.execute(sql, []).unwrap();
        let hidden = |table, id| is_unfinished(&connection, table, id).unwrap();
        assert!(!has_any(&connection).unwrap() && !hidden("c", 1));
        insert("INSERT INTO \"a \"\"b\" VALUES (-5), (2), (3), (7)");
        insert("INSERT INTO c VALUES (1), (2)");
        let many = rows("c", 100..100 + 2 * i64::try_from(UNDONE_AT_ONCE).unwrap());
        record(
            &connection,
            vec![rows("a \"b", [7, -5, 3]), rows("c", [2]), many],
        )
        .unwrap();
        let found: Vec<i64> = (-9..9).filter(|&id| hidden("a \"b", id)).collect();
        assert_eq!(found, [-5, 3, 7]);
        let all = Unfinished::read(&connection, "a \"b").unwrap();
        assert!((-9..9).all(|id| all.has(id) == found.contains(&id)) && !all.is_empty());
        assert!(hidden("c", 2) && !hidden("c", 1) && hidden("c", 100 + 4_000));
        assert_eq!(undo_all(&connection).unwrap(), 4);
        let count = |sql: &str| {
            connection
                .query_row(sql, [], |row| row.get::<_, i64>(0))
                .unwrap()
        };
        assert_eq!(count("SELECT sum(id) FROM \"a \"\"b\""), 2);
        assert_eq!(count("SELECT count(*) FROM c"), 1);
        record(&connection, vec![rows("c", [1])]).unwrap();
        accept(&connection).unwrap();
        assert_eq!(undo_all(&connection).unwrap(), 0);
        assert_eq!(count("SELECT count(*) FROM c"), 1);
    }
}
