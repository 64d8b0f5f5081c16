//! From a configuration to what serves it: apps mounted, stores opened, routes and limits as configured,
//! threads. Composition happens only here.
//!
//! Here, and not in the command line, so that the load harness (`benches/load`) and the tests serve the
//! way `ekiben serve` does. It must not know arguments, logs or signals, and bakes nothing: files are
//! there or it is an error.
//!
//! # Layout
//! - [`build()`]: apps and layers to a site; in two steps ([`mount`], [`MountedApps::open`]) for whoever has
//!   something to do between what needs only settings and what needs files
//! - `limits`: settings into limits
//! - `memory`: which defaults follow from how much memory there is
//! - `process`: open files and threads

mod build;
mod limits;
mod memory;
mod process;

pub use build::{Built, MountedApps, OpenError, build, mount, store_options};
pub use limits::{connection_limits, limits};
pub use memory::{defaults_within, memory_limit};
pub use process::{address_space, allow_files, runtime};
