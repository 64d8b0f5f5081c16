//! What apps with users share, over HTTP: sign-ins, attempts, tokens, sessions, keys.

pub(crate) mod attempts;
pub(crate) mod keys;
pub(crate) mod members;
pub(crate) mod secrecy;
pub(crate) mod sessions;
pub(crate) mod tokens;
