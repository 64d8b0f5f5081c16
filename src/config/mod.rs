//! Configuration: layers in, one validated struct out.
//!
//! The layers, later ones winning: built-in defaults, `ekiben.toml`, `PORT` and `SERVER_PORT`,
//! `EKIBEN_*` environment variables, command-line flags. A key that nobody knows and a value that
//! does not fit are errors that name the key and the layer. It must not know who uses a value: apps
//! bring their own section with its defaults.
//!
//! # Layout
//! - [`Config`]: all settings, and their defaults; [`LimitSettings`], [`AuthSettings`] and [`MailSettings`] among
//!   them;
//!   `bounds`: how large numbers may be
//! - `choices`: those that are one of a few words; `lists`, `networks`, `origins`, `log_filter`,
//!   [`ListenParts`], [`PublicUrl`]: those with a grammar
//! - [`Secret`]: those that nobody may see; `secret_files`: read from mounted files
//! - [`Layers`]: where they come from, merged; `file`, `environment`: two of the layers; `value_origin`:
//!   layers of one value, and what they are called
//! - [`early_log_format`]: what is known before that
//! - [`print`](print()): effective values with their origin, as TOML
//! - [`ConfigError`]: what is wrong with a setting; `wording`: in words of a configuration file

mod auth;
mod bounds;
mod choices;
mod early;
mod environment;
mod error;
mod file;
mod layers;
mod limits;
mod listening;
mod lists;
mod log_filter;
mod mail;
mod mount;
mod networks;
mod origins;
mod print;
mod public_url;
mod secret;
mod secret_files;
mod settings;
mod value_origin;
mod wording;

pub use auth::AuthSettings;
pub use choices::{AddressHeader, Durability, LogFormat, MailEncryption, MailTransport, Mode};
pub use early::early_log_format;
pub use environment::concerns_configuration;
pub use error::ConfigError;
pub use layers::{Layers, Section, Sources, dictionary};
pub use limits::LimitSettings;
pub use listening::ListenParts;
pub use mail::MailSettings;
pub use mount::Mount;
pub use print::print;
pub use public_url::PublicUrl;
pub use secret::Secret;
pub use settings::{
    AdminSettings, Config, DEFAULT_ADMIN, FlySettings, HttpSettings, LogSettings, MetricsSettings,
    ShutdownSettings, SiteSettings, StoreSettings,
};

#[cfg(test)]
mod tests;
