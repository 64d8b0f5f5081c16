//! The app `isuumo`: its contract, its uploads, its pages.

pub(crate) mod browse;
pub(crate) mod contract;
pub(crate) mod edge_cases;
pub(crate) mod edge_cases_writes;
pub(crate) mod packed;
pub(crate) mod pages;
pub(crate) mod pages_escaping;
pub(crate) mod pages_forms;
pub(crate) mod pictures;
pub(crate) mod uploads;
