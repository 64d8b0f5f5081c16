//! What an app derives from its data and keeps in memory beside a generation: an index that answers
//! faster than the file could, for example.
//!
//! SQLite stays the source of truth: it is derived anew from the file by the writer, after every
//! commit that changed the rows it depends on and before that commit is answered. The store does not
//! know what it is: [`Derived`] is a type that apps downcast, and not a parameter of the store. One app
//! of several derives something, and a parameter would run through everything that holds a store (the
//! site, the layers, the listener for operators, each app's state) for its sake. Its price is a downcast
//! that can fail ([`StoreError::NotDerived`]), in the one function of the app that does it.

use std::any::Any;
use std::fmt::Debug;
use std::sync::Arc;

use rusqlite::Connection;

use crate::store::{Generation, StoreError};

/// What was derived. Apps downcast it to their own type.
pub type Derived = Arc<dyn Any + Send + Sync>;

/// How an app derives something from its file.
pub trait Deriver: Debug + Send + Sync {
    /// The tables whose rows it depends on. They must have rowids.
    fn tables(&self) -> &'static [&'static str];

    /// Derives it from the whole file, while nobody writes.
    ///
    /// # Errors
    /// When the file cannot be read.
    fn load(&self, generation: &Generation) -> Result<Derived, StoreError>;

    /// Derives it anew after `changes`, which may hold rows that are as they were.
    ///
    /// # Errors
    /// When the file cannot be read.
    fn changed(
        &self,
        old: &Derived,
        connection: &Connection,
        changes: &[Change],
    ) -> Result<Derived, StoreError>;
}

/// A row that was written, in one of [`Deriver::tables`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change {
    /// Its table.
    pub table: &'static str,
    /// Its rowid.
    pub id: i64,
}
