//! What the pages of apps share: the mechanism of websites, without any app's words or looks.
//!
//! An app brings templates, texts and style sheets; what browsers need beside them is here, so that
//! each app does it the same way. It may use `http` and `config`. It must know no app, no store and no
//! SQL; who asks is not decided here either (that is for `auth`).
//!
//! # Layout
//! - [`cookie`]: reading and setting cookies, within an app's part of the site
//! - [`csrf`]: tokens in forms, bound to a session or to a cookie
//! - [`form`]: fields of forms, and the method that they mean
//! - [`redirect`], [`flash`]: where a form leads, and what is said there once
//! - [`layout`]: how pages go out; [`mould`]: those that are kept; [`error_page`]: errors for people
//! - [`languages`], [`texts`], [`numbers`]: in which words and numbers
//! - [`query`]: what an address says behind its path
//! - [`paging`]: links between the pages of a result
//! - [`assets`]: style sheets, scripts and pictures of pages; [`media`]: recordings, in parts

pub mod assets;
pub mod cookie;
pub mod csrf;
pub mod error_page;
pub mod flash;
pub mod form;
pub mod languages;
pub mod layout;
pub mod media;
pub mod mould;
pub mod numbers;
pub mod paging;
pub mod query;
pub mod redirect;
pub mod texts;
