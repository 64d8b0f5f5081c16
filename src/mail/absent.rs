//! Stands for `mail` in a build without an app that sends mails, so that nothing of it is linked.
//!
//! Settings of mails are looked at there as little as those of an app that is not in the build.

use std::convert::Infallible;
use std::net::SocketAddr;

use crate::config::Config;

/// Why mails cannot be sent as configured: none are.
pub type MailError = Infallible;

/// Takes no mails: nobody has any.
#[derive(Debug, Clone)]
pub struct Postbox;

impl Postbox {
    /// The same for every configuration.
    ///
    /// # Errors
    /// Never.
    pub fn new(_: &Config) -> Result<Self, MailError> {
        Ok(Self)
    }

    /// Links of mails would begin with it.
    pub fn listens_on(&self, _: SocketAddr) {}
}
