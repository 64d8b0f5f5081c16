//! `ekiben import`: any dump to a file of the same tables.

pub(crate) mod cases;
pub(crate) mod charsets;
pub(crate) mod compared_scripts;
pub(crate) mod functions;
pub(crate) mod manners;
pub(crate) mod memory;
pub(crate) mod mutation;
pub(crate) mod oracle;
pub(crate) mod promised;
pub(crate) mod random;
pub(crate) mod random_changes;
pub(crate) mod random_expressions;
pub(crate) mod random_fit;
pub(crate) mod random_odd;
pub(crate) mod random_schema;
pub(crate) mod random_scripts;
pub(crate) mod random_settings;
pub(crate) mod random_sql;
pub(crate) mod random_types;
pub(crate) mod random_upserts;
pub(crate) mod random_values;
pub(crate) mod random_view_parts;
pub(crate) mod random_views;
pub(crate) mod robustness;
pub(crate) mod streams;
pub(crate) mod truncation;
