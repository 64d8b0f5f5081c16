//! What the pages of apps share: the mechanism of websites, without any app's words or looks.
//!
//! An app brings templates, texts and style sheets; what browsers need beside them is here, so that
//! each app does it the same way. It may use `http` and `config`. It must know no app, no store and no
//! SQL; who asks is not decided here either (that is for `auth`).
//!
//! # Layout
//! - [`cookie`]: reading and setting cookies, within an app's part of the site
//! - [`redirect`], [`flash`]: where a form leads, and what is said there once

pub mod cookie;
pub mod flash;
pub mod redirect;
