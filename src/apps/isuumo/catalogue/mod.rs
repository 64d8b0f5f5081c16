//! The lists in memory, derived from the file and kept exact by the writer (`store::Deriver`).
//!
//! What a search finds, which estates let a chair through their door and which lie in a polygon is
//! answered from here; rows come from the file through the pool of readers. A state never changes:
//! a commit that touches the lists makes a new one, before it is answered, so that whatever is kept
//! with a state (rows as JSON, the cheapest) is right as long as the state is.
//!
//! # Layout
//! - [`Shelf`]: a list and its searches; `bits`: sets of rows; `fragments`: rows as JSON

mod bits;
mod fragments;
mod shelf;

use std::sync::{Arc, OnceLock};

use axum::body::Bytes;
use rusqlite::Connection;

use self::shelf::Source;
pub(super) use self::shelf::{Set, Shelf};
use crate::store::{Change, Derived, Deriver, Generation, StoreError};

const CHAIR_TABLE: &str = "chair_search";
const ESTATE_TABLE: &str = "estate_search";

const CHAIRS: Source = Source {
    select: "SELECT id, popularity, features, price_range, height_range, width_range, depth_range, \
        kind, color FROM chair_search",
    exists: "SELECT 1 FROM chair_search WHERE id = ?1",
    ranges: 4,
    texts: 2,
};
const ESTATES: Source = Source {
    select: "SELECT id, popularity, features, door_height_range, door_width_range, rent_range \
        FROM estate_search",
    exists: "SELECT 1 FROM estate_search WHERE id = ?1",
    ranges: 3,
    texts: 0,
};

/// One state of all lists.
#[derive(Debug)]
pub(super) struct Catalogue {
    pub(super) chairs: Shelf,
    pub(super) estates: Shelf,
    places: Arc<Vec<Place>>,
    pub(super) cheapest_chairs: OnceLock<Bytes>,
    pub(super) cheapest_estates: OnceLock<Bytes>,
}

/// What is asked of an estate besides its search columns; in the order of the pages.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub(super) latitude: f64,
    pub(super) longitude: f64,
    /// The door's sides, the shorter first.
    pub(super) door: [i64; 2],
}

impl Catalogue {
    /// The newest state of `generation`. What is read of the file afterwards is not older.
    pub(super) fn of(generation: &Generation) -> Result<Arc<Self>, StoreError> {
        let derived = generation.derived()?;
        derived.downcast().map_err(|_| StoreError::NotDerived)
    }

    /// Estates in the order of the pages; their indexes are positions of [`Catalogue::estates`].
    pub(super) fn places(&self) -> &[Place] {
        &self.places
    }

    pub(super) fn load(connection: &Connection) -> rusqlite::Result<Self> {
        let estates = Shelf::load(connection, &ESTATES, None)?;
        Ok(Self {
            chairs: Shelf::load(connection, &CHAIRS, None)?,
            places: Arc::new(places(connection, estates.ids())?),
            estates,
            cheapest_chairs: OnceLock::new(),
            cheapest_estates: OnceLock::new(),
        })
    }

    fn changed(&self, connection: &Connection, changes: &[Change]) -> rusqlite::Result<Self> {
        let ids = |table| {
            let of_table = changes.iter().filter(move |change| change.table == table);
            of_table.map(|change| change.id)
        };
        let chairs = self.chairs.changed(connection, &CHAIRS, ids(CHAIR_TABLE))?;
        let mut next = Self {
            chairs,
            estates: self.estates.clone(),
            places: Arc::clone(&self.places),
            cheapest_chairs: OnceLock::new(),
            cheapest_estates: OnceLock::new(),
        };
        if ids(ESTATE_TABLE).next().is_some() {
            next.estates = self
                .estates
                .changed(connection, &ESTATES, ids(ESTATE_TABLE))?;
            next.places = Arc::new(places(connection, next.estates.ids())?);
        } else if let Some(cheapest) = self.cheapest_estates.get() {
            next.cheapest_estates = OnceLock::from(cheapest.clone());
        }
        Ok(next)
    }
}

/// The places of the estates with these ids.
fn places(connection: &Connection, ids: &[i64]) -> rusqlite::Result<Vec<Place>> {
    let mut select = connection.prepare(
        "SELECT latitude, longitude, door_short, door_long, id FROM estate_search ORDER BY id",
    )?;
    let found = select.query_map([], |row| {
        let place = Place {
            latitude: row.get(0)?,
            longitude: row.get(1)?,
            door: [row.get(2)?, row.get(3)?],
        };
        Ok((row.get::<_, i64>(4)?, place))
    })?;
    let found: Vec<(i64, Place)> = found.collect::<rusqlite::Result<_>>()?;
    let place_of = |id: &i64| {
        let index = found.binary_search_by_key(id, |(id, _)| *id).ok();
        let place = index.map(|index| found[index].1);
        place.ok_or(rusqlite::Error::QueryReturnedNoRows)
    };
    ids.iter().map(place_of).collect()
}

/// Derives [`Catalogue`]s.
#[derive(Debug)]
pub(super) struct Cataloguer;

impl Deriver for Cataloguer {
    fn tables(&self) -> &'static [&'static str] {
        &[CHAIR_TABLE, ESTATE_TABLE]
    }

    fn load(&self, connection: &Connection) -> rusqlite::Result<Derived> {
        Ok(Arc::new(Catalogue::load(connection)?))
    }

    fn changed(
        &self,
        old: &Derived,
        connection: &Connection,
        changes: &[Change],
    ) -> rusqlite::Result<Derived> {
        match old.downcast_ref::<Catalogue>() {
            Some(old) => Ok(Arc::new(old.changed(connection, changes)?)),
            None => self.load(connection),
        }
    }
}
