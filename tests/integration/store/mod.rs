//! The store's promises, in process: generations, revisions, writes in groups.

pub(crate) mod freshness;
pub(crate) mod generations;
pub(crate) mod group_commit;
pub(crate) mod pieces;
pub(crate) mod revisions;
pub(crate) mod upload_memory;
pub(crate) mod writes_under_load;
