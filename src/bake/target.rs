//! The tables of an app's schema that rows go into, and the storing of the rows.
//!
//! A [`Target`] knows a table's columns and how each stores its values; the [`Loader`] puts the rows
//! of the dumps into the targets with the same names. A row that does not fit ends the bake with its
//! place in the dump.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use rusqlite::Connection;

use crate::dump::{InsertHeader, OnConflict, Statement, ValueType};
use crate::file::sql::table_names;
use crate::load::LoadError;
use crate::load::batch::{Batch, Bound, Cell, RowPosition};
use crate::load::error::{mismatch, row_error};
use crate::load::feed::{InsertedRows, Planner, RowPlan};
use crate::load::insertion::{Conflict, Insertion};

/// A table of the new file.
#[derive(Debug, Clone)]
pub(super) struct Target {
    pub(super) name: String,
    /// The columns that take values (generated ones do not), and how they store them.
    columns: Vec<(String, ValueType)>,
    key: RowOrder,
}

/// What a table's rows are stored by.
#[derive(Debug, Clone)]
enum RowOrder {
    /// The order in which they come.
    Arrival,
    /// This integer column.
    Column(String),
    /// Something else, with an index of its own.
    Other,
}

impl Target {
    /// Describes a STRICT table of the file.
    fn read(connection: &Connection, name: &str) -> rusqlite::Result<Self> {
        let mut columns = Vec::new();
        let mut key = RowOrder::Arrival;
        let mut statement = connection
            .prepare("SELECT name, type, pk FROM pragma_table_xinfo(?1) WHERE hidden = 0")?;
        let mut rows = statement.query([name])?;
        while let Some(row) = rows.next()? {
            if row.get::<_, bool>(2)? {
                let is_rowid =
                    matches!(key, RowOrder::Arrival) && row.get_ref(1)?.as_str()? == "INTEGER";
                key = if is_rowid {
                    RowOrder::Column(row.get(0)?)
                } else {
                    RowOrder::Other
                };
            }
            let kind = match row.get_ref(1)?.as_str()? {
                "INTEGER" | "INT" => ValueType::Integer,
                "REAL" => ValueType::Real,
                "BLOB" => ValueType::Blob,
                _ => ValueType::TEXT,
            };
            columns.push((row.get(0)?, kind));
        }
        Ok(Self {
            name: name.to_owned(),
            columns,
            key,
        })
    }

    fn kind(&self, wanted: &str) -> Result<ValueType, String> {
        self.columns
            .iter()
            .find(|(column, _)| column.eq_ignore_ascii_case(wanted))
            .map(|(_, kind)| kind.clone())
            .ok_or_else(|| format!("the table has no column {wanted} that takes a value"))
    }
}

/// The tables of a file by name, in any case as both databases compare names.
#[derive(Debug, Clone, Default)]
pub(super) struct Targets(HashMap<String, Target>);

impl Targets {
    /// Describes all tables that are not the baker's own.
    pub(super) fn read(connection: &Connection) -> rusqlite::Result<Self> {
        let mut targets = HashMap::new();
        for name in table_names(connection)? {
            targets.insert(name.to_ascii_lowercase(), Target::read(connection, &name)?);
        }
        Ok(Self(targets))
    }

    fn get(&self, name: &str) -> Option<&Target> {
        self.0.get(&name.to_ascii_lowercase())
    }
}

impl Planner for Targets {
    fn plan(&mut self, header: &InsertHeader, _width: usize) -> Result<Option<RowPlan>, String> {
        let Some(target) = self.get(&header.table) else {
            return Ok(None);
        };
        if header.on_conflict != OnConflict::Fail {
            return Err(
                "INSERT IGNORE and REPLACE are for imports; a dataset has each row once".to_owned(),
            );
        }
        let columns = header.columns.as_ref().ok_or_else(|| {
            "the INSERT has no column list and no CREATE TABLE came before it".to_owned()
        })?;
        let kinds: Result<_, String> = columns.iter().map(|column| target.kind(column)).collect();
        Ok(Some(RowPlan {
            kinds: kinds?,
            rooms: Arc::new([]),
        }))
    }

    fn see(&mut self, _statement: &Statement) {}
}

/// Puts rows of dumps into tables and counts them.
pub(super) struct Loader<'c> {
    connection: &'c Connection,
    targets: Targets,
    /// Rows stored, by table.
    pub(super) rows: BTreeMap<String, u64>,
    /// Whether they came in the order in which they are stored, so that each page was filled once.
    pub(super) in_order: bool,
    /// The last keys, by table.
    last: HashMap<String, i64>,
}

impl<'c> Loader<'c> {
    pub(super) fn new(connection: &'c Connection, targets: Targets) -> Self {
        let rows = targets
            .0
            .values()
            .map(|target| (target.name.clone(), 0))
            .collect();
        Self {
            connection,
            targets,
            rows,
            in_order: true,
            last: HashMap::new(),
        }
    }

    /// Stores rows; gives the batch back for the next ones.
    pub(super) fn store(&mut self, input: &str, rows: InsertedRows) -> Result<Batch, LoadError> {
        let InsertedRows {
            header,
            batch,
            upsert,
            unforeseen: _,
        } = rows;
        let wrong = |place: &RowPosition, reason: &str| {
            mismatch(input, place.position, &header.table, reason.to_owned())
        };
        if let (Some(_), Some(place)) = (upsert, batch.places.first()) {
            return Err(wrong(place, "ON DUPLICATE KEY UPDATE is for imports only"));
        }
        let columns = header.columns.as_deref().unwrap_or_default();
        if batch.unresolved {
            let unresolved =
                |cell: &Cell| matches!(cell, Cell::Default | Cell::Omitted | Cell::Expression(_));
            let cell = batch.cells.iter().position(unresolved).unwrap_or(0);
            let place = &batch.places[cell / columns.len().max(1)];
            return Err(wrong(
                place,
                "the row holds an expression or DEFAULT, which a dataset must not",
            ));
        }
        let Some(target) = self.targets.get(&header.table) else {
            return Ok(batch);
        };
        let insertion = Insertion {
            table: &target.name,
            columns: columns.iter().map(String::as_str).collect(),
            constants: Vec::new(),
            conflict: Conflict::Fail,
        };
        insertion
            .store(self.connection, &batch)
            .map_err(|refused| {
                row_error(
                    input,
                    &header.table,
                    &batch.places[refused.row],
                    refused.cause,
                )
            })?;
        *self.rows.entry(target.name.clone()).or_default() += batch.rows() as u64;
        if self.in_order {
            let last = self.last.entry(target.name.clone()).or_insert(i64::MIN);
            self.in_order = target.key.rises(columns, &batch, last);
        }
        Ok(batch)
    }
}

impl RowOrder {
    /// Whether the rows come in the order of their keys, from `last` on.
    fn rises(&self, columns: &[String], batch: &Batch, last: &mut i64) -> bool {
        let key = match self {
            Self::Arrival => return true,
            Self::Other => return false,
            Self::Column(key) => key,
        };
        let Some(place) = columns
            .iter()
            .position(|name| name.eq_ignore_ascii_case(key))
        else {
            return true;
        };
        let mut keys = batch.cells.iter().skip(place).step_by(columns.len());
        keys.all(|cell| match batch.bound(cell) {
            Bound::Integer(key) => std::mem::replace(last, key) <= key,
            _ => false,
        })
    }
}
