//! Pictures of chairs and houses, drawn from names instead of shipped.
//!
//! [`render()`] turns a 256-bit name into the PNG file of a chair or a building: the same name gives the same
//! picture on every machine. The crate owns the drawing, the PNG and a bounded cache. It must not know HTTP,
//! the database or the files of an app.
//!
//! # Layout
//! - `name`: [`Subject`], [`parse_file_name`]: what a name says; `look`: [`Look`], what else of a chair is to
//!   be seen
//! - `render`: [`render()`], from a name to a PNG; `cache`: [`PictureCache`], the last ones, ready to send
//! - `choices`: the decisions that are read out of a hash
//! - `palette`: colours and how they mix
//! - `canvas`: antialiased shapes and the PNG encoding
//! - `chair`, `estate`: what is drawn

mod cache;
mod canvas;
mod chair;
mod choices;
mod estate;
mod look;
mod name;
mod palette;
mod render;

pub use cache::{CACHED_PICTURES, PictureCache};
pub use look::Look;
pub use name::{Subject, parse_file_name};
pub use render::{PICTURE_SIZE, render};
