//! The routes that every site has, whatever its apps are.
//!
//! # Layout
//! - `health`, `version`: `/livez`, `/readyz`, `/version`
//! - [`openapi`]: the API's description, of whatever routes; `description`: of these routes and an app's;
//!   `pages`: `/docs` and `/about`
//! - [`admin`]: the routes that are never on the public port

pub mod admin;
pub(crate) mod description;
pub(crate) mod health;
pub mod openapi;
pub(crate) mod pages;
pub(crate) mod version;
