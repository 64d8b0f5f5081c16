//! Ekiben: an application and its data in one box.
pub mod dump;
