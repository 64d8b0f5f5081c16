//! The lists in memory, derived from the file and kept exact by the writer (`store::Deriver`).
//!
//! What a search finds, which estates let a chair through their door and which lie in a polygon is
//! answered from here; rows come from the file through the pool of readers. A state never changes:
//! a commit that touches the lists makes a new one, before it is answered, so that whatever is kept
//! with a state (rows as JSON, the cheapest) is right as long as the state is.
//!
//! # Layout
//! - [`Shelf`]: a list and its searches; `bits`: sets of rows; `fragments`: rows as JSON
//! - `rows`: what is known of each row; [`Places`]: where estates are

mod bits;
mod fragments;
mod places;
mod rows;
mod shelf;

use std::sync::{Arc, OnceLock};

use axum::body::Bytes;
use rusqlite::Connection;

pub(super) use self::places::Places;
use self::rows::Source;
pub(super) use self::shelf::{Set, Shelf};
use crate::store::{Change, Derived, Deriver, Generation, StoreError};

const CHAIR_TABLE: &str = "chair_search";
const ESTATE_TABLE: &str = "estate_search";

const CHAIRS: Source = Source {
    all: "SELECT id, popularity, features, price_range, height_range, width_range, depth_range, kind, \
        color FROM chair_search INDEXED BY chair_by_popularity ORDER BY popularity DESC, id",
    one: "SELECT id, popularity, features, price_range, height_range, width_range, depth_range, kind, \
        color FROM chair_search WHERE id = ?1",
    ranges: 4,
    texts: 2,
    places: false,
};
const ESTATES: Source = Source {
    all: "SELECT id, popularity, features, door_height_range, door_width_range, rent_range, \
        latitude, longitude, door_short, door_long \
        FROM estate_search INDEXED BY estate_by_popularity ORDER BY popularity DESC, id",
    one: "SELECT id, popularity, features, door_height_range, door_width_range, rent_range, \
        latitude, longitude, door_short, door_long FROM estate_search WHERE id = ?1",
    ranges: 3,
    texts: 0,
    places: true,
};

/// One state of all lists.
#[derive(Debug)]
pub(super) struct Catalogue {
    pub(super) chairs: Shelf,
    pub(super) estates: Shelf,
    pub(super) cheapest_chairs: OnceLock<Bytes>,
    pub(super) cheapest_estates: OnceLock<Bytes>,
}

impl Catalogue {
    /// The newest state of `generation`. What is read of the file afterwards is not older.
    pub(super) fn of(generation: &Generation) -> Result<Arc<Self>, StoreError> {
        let derived = generation.derived()?;
        derived.downcast().map_err(|_| StoreError::NotDerived)
    }

    /// Where the estates are.
    pub(super) fn places(&self) -> &Places {
        self.estates.places()
    }

    fn load(generation: &Generation) -> Result<Self, StoreError> {
        let shelf = |source| -> Result<Shelf, StoreError> {
            generation.read(|connection| Ok(Shelf::load(connection, source)?))
        };
        // Side by side: this is most of what a start takes.
        std::thread::scope(|scope| {
            let chairs = scope.spawn(|| shelf(&CHAIRS));
            let estates = shelf(&ESTATES);
            let chairs = chairs.join().map_err(|_| StoreError::Panicked)?;
            Ok(Self::of_shelves(chairs?, estates?))
        })
    }

    /// The lists of a file.
    #[cfg(test)]
    pub(super) fn read(connection: &Connection) -> rusqlite::Result<Self> {
        let chairs = Shelf::load(connection, &CHAIRS)?;
        Ok(Self::of_shelves(chairs, Shelf::load(connection, &ESTATES)?))
    }

    fn of_shelves(chairs: Shelf, estates: Shelf) -> Self {
        Self {
            chairs,
            estates,
            cheapest_chairs: OnceLock::new(),
            cheapest_estates: OnceLock::new(),
        }
    }

    fn changed(&self, connection: &Connection, changes: &[Change]) -> rusqlite::Result<Self> {
        let ids = |table| {
            let of_table = changes.iter().filter(move |change| change.table == table);
            of_table.map(|change| change.id)
        };
        let chairs = self.chairs.changed(connection, &CHAIRS, ids(CHAIR_TABLE))?;
        let mut next = Self::of_shelves(chairs, self.estates.clone());
        if ids(ESTATE_TABLE).next().is_some() {
            next.estates = self
                .estates
                .changed(connection, &ESTATES, ids(ESTATE_TABLE))?;
        } else if let Some(cheapest) = self.cheapest_estates.get() {
            next.cheapest_estates = OnceLock::from(cheapest.clone());
        }
        Ok(next)
    }
}

/// Derives [`Catalogue`]s.
#[derive(Debug)]
pub(super) struct Cataloguer;

impl Deriver for Cataloguer {
    fn tables(&self) -> &'static [&'static str] {
        &[CHAIR_TABLE, ESTATE_TABLE]
    }

    fn load(&self, generation: &Generation) -> Result<Derived, StoreError> {
        Ok(Arc::new(Catalogue::load(generation)?))
    }

    fn changed(
        &self,
        old: &Derived,
        connection: &Connection,
        changes: &[Change],
    ) -> Result<Derived, StoreError> {
        let old: &Catalogue = old.downcast_ref().ok_or(StoreError::NotDerived)?;
        Ok(Arc::new(old.changed(connection, changes)?))
    }
}
