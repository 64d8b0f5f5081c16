//! Bakes: what goes in, what is refused, what a real server makes of the same tables.

pub(crate) mod csv;
pub(crate) mod files;
pub(crate) mod inputs;
pub(crate) mod oracle;
pub(crate) mod reference;
