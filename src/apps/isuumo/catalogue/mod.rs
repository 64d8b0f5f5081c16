//! The lists in memory and the condition documents, derived from the file and kept exact by the writer
//! (`store::Deriver`).
//!
//! What a search finds, which chairs are on sale, which estates let a chair through their door and which
//! lie in a polygon is answered from here; rows come from the file through the pool of readers, unless
//! they were kept when they were read before. A state never changes:
//! a commit that touches the lists makes a new one, before it is answered, so that whatever is kept
//! with a state (rows as JSON, the cheapest) is right as long as the state is.
//!
//! # Layout
//! - [`Shelf`]: a list and its searches; `bits`: sets of rows; `fragments`: rows as JSON
//! - [`RowPage`]: answers that are pages of rows; `packed_rows`: what packs them fast
//! - `scans`: what was found by going through the file; `thumbnails`: the names of pictures
//! - `rows`: what is known of each row; `positions`: where an id is; [`Places`]: where estates are, and
//!   `bands`: which are near a box

mod bands;
mod bits;
mod fragments;
mod packed_rows;
mod places;
mod positions;
mod row_page;
mod rows;
mod scans;
mod shelf;
mod thumbnails;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::thread::Builder;

use rusqlite::Connection;

pub(super) use self::places::Places;
pub(super) use self::row_page::RowPage;
use self::rows::ListQueries;
pub(super) use self::scans::{NamedSets, PriceOrder};
pub(super) use self::shelf::{Set, Shelf};
pub(super) use self::thumbnails::PictureNames;
use super::conditions::Conditions;
use crate::store::{Change, Derived, Deriver, Generation, StoreError, panic_message};

pub(super) const CHAIR_TABLE: &str = "chair_search";
pub(super) const ESTATE_TABLE: &str = "estate_search";

const CHAIRS: ListQueries = ListQueries {
    table: CHAIR_TABLE,
    all: "SELECT id, popularity, features, price_range, height_range, width_range, depth_range, kind, \
        color FROM chair_search INDEXED BY chair_by_popularity ORDER BY popularity DESC, id",
    one: "SELECT id, popularity, features, price_range, height_range, width_range, depth_range, kind, \
        color FROM chair_search WHERE id = ?1",
    ranges: 4,
    texts: 2,
    places: false,
};
const ESTATES: ListQueries = ListQueries {
    table: ESTATE_TABLE,
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
    pub(super) chairs: Arc<Shelf>,
    pub(super) estates: Arc<Shelf>,
    pub(super) conditions: Arc<Conditions>,
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
            let beside = Builder::new().spawn_scoped(scope, || shelf(&CHAIRS));
            let estates = shelf(&ESTATES);
            let chairs = match beside {
                Ok(beside) => beside
                    .join()
                    .map_err(|panic| StoreError::Panicked(panic_message(&*panic)))?,
                // The system gives no thread.
                Err(_) => shelf(&CHAIRS),
            };
            Ok(Self {
                chairs: Arc::new(chairs?),
                estates: Arc::new(estates?),
                conditions: Arc::new(generation.read(Conditions::read)?),
            })
        })
    }

    /// The lists of a file.
    #[cfg(test)]
    pub(super) fn read(connection: &Connection) -> Result<Self, StoreError> {
        Ok(Self {
            conditions: Arc::new(Conditions::read(connection)?),
            chairs: Arc::new(Shelf::load(connection, &CHAIRS)?),
            estates: Arc::new(Shelf::load(connection, &ESTATES)?),
        })
    }

    /// The next state; a list that did not change is the same one.
    fn changed(&self, connection: &Connection, changes: &[Change]) -> rusqlite::Result<Self> {
        let changed = |shelf: &Arc<Shelf>, source: &ListQueries| {
            let of_table = changes.iter().filter(|change| change.table == source.table);
            let ids: BTreeSet<i64> = of_table.map(|change| change.id).collect();
            if ids.is_empty() {
                return Ok(Arc::clone(shelf));
            }
            shelf.changed(connection, source, &ids).map(Arc::new)
        };
        Ok(Self {
            chairs: changed(&self.chairs, &CHAIRS)?,
            estates: changed(&self.estates, &ESTATES)?,
            conditions: Arc::clone(&self.conditions),
        })
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
