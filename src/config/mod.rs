//! Configuration: layers in, one validated struct out.
//!
//! The layers, later ones winning: built-in defaults, `ekiben.toml`, `PORT` and `SERVER_PORT`,
//! `EKIBEN_*` environment variables, command-line flags. A key that nobody knows and a value that
//! does not fit are errors that name the key and the layer. It must not know who uses a value: apps
//! bring their own section with its defaults.
//!
//! # Layout
//! - [`Config`]: all settings, and their defaults
//! - [`Layers`]: where they come from, merged
//! - [`print`](print()): effective values with their origin, as TOML
//! - [`ConfigError`]: what is wrong with a setting

mod choices;
mod error;
mod layers;
mod limits;
mod mount;
mod networks;
mod origins;
mod print;
mod settings;

pub use choices::{AddressHeader, Durability, LogFormat, Mode};
pub use error::ConfigError;
pub use layers::{Layers, Section, Sources, dictionary};
pub use limits::Limits;
pub use mount::Mount;
pub use print::print;
pub use settings::{Admin, Config, DEFAULT_ADMIN, Http, Log, Shutdown, Store};

#[cfg(test)]
mod tests;
