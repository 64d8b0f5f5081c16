//! The app `people`: its contract, its lists, what the original's own tests ask.

pub(crate) mod contract;
pub(crate) mod edge_cases;
pub(crate) mod edge_cases_data;
pub(crate) mod lists;
pub(crate) mod model;
pub(crate) mod pages;
pub(crate) mod reads;
pub(crate) mod site;
