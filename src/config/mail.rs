//! `mail`: how mails leave, which apps with users send to whoever forgot a password.
//!
//! It must not know what is in a mail, nor how one is sent.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::Secret;
use super::choices::{MailEncryption, MailTransport};
use super::limits::AT_LEAST_ONE;

/// How mails leave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailSettings {
    /// To a folder, for an operator to look at, or to a mail server.
    pub transport: MailTransport,
    /// The folder; empty for `mail` in `data_dir`.
    pub folder: PathBuf,
    /// The sender; empty for `noreply` at the site's host, where mails stay in the folder.
    pub from: String,
    /// The mail server.
    pub host: String,
    /// Its port; 0 for the usual one of `encryption`.
    pub port: u16,
    /// How what is said to it is kept secret.
    pub encryption: MailEncryption,
    /// A file of certificates (PEM) of authorities that are trusted beside the usual ones; empty for none.
    pub ca_file: PathBuf,
    /// By which name the server knows us; empty if it asks for none.
    pub user: String,
    /// The password of that name.
    pub password: Secret,
    /// Seconds that the server gets for each step.
    pub timeout_seconds: u64,
    /// Mails that may wait to be sent. More are lost, and the log says so.
    pub queue: usize,
}

impl Default for MailSettings {
    fn default() -> Self {
        Self {
            transport: MailTransport::File,
            folder: PathBuf::new(),
            from: String::new(),
            host: String::new(),
            port: 0,
            encryption: MailEncryption::Starttls,
            ca_file: PathBuf::new(),
            user: String::new(),
            password: Secret::default(),
            timeout_seconds: 10,
            queue: 100,
        }
    }
}

impl MailSettings {
    /// What cannot work, as (key, reason).
    pub(super) fn flaw(&self) -> Option<(&'static str, &'static str)> {
        if self.timeout_seconds == 0 {
            return Some(("mail.timeout_seconds", AT_LEAST_ONE));
        }
        if self.queue == 0 {
            return Some(("mail.queue", AT_LEAST_ONE));
        }
        if self.user.is_empty() == self.password.is_set() {
            return Some(("mail.user", "and mail.password are only of use together"));
        }
        if self.transport == MailTransport::File {
            return None;
        }
        if self.host.is_empty() {
            return Some((
                "mail.host",
                "must name the server that mail.transport is for",
            ));
        }
        if self.from.is_empty() {
            return Some((
                "mail.from",
                "must name the sender of what a server is to send",
            ));
        }
        if self.password.is_set() && self.encryption == MailEncryption::None && !self.is_here() {
            let reason = "must not be none where mail.password goes to another machine";
            return Some(("mail.encryption", reason));
        }
        None
    }

    /// Whether the server is on this machine.
    fn is_here(&self) -> bool {
        let address: Option<std::net::IpAddr> = self.host.parse().ok();
        self.host == "localhost" || address.is_some_and(|address| address.is_loopback())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_needs_a_name_a_sender_and_a_secret_way() {
        let file = MailSettings::default();
        assert_eq!(file.flaw(), None);
        let mut smtp = MailSettings {
            transport: MailTransport::Smtp,
            ..file
        };
        assert_eq!(smtp.flaw().unwrap().0, "mail.host");
        smtp.host = "mail.example.org".to_owned();
        assert_eq!(smtp.flaw().unwrap().0, "mail.from");
        smtp.from = "noreply@example.org".to_owned();
        assert_eq!(smtp.flaw(), None);
        smtp.user = "ekiben".to_owned();
        assert_eq!(smtp.flaw().unwrap().0, "mail.user");
        smtp.password = Secret::from("x");
        assert_eq!(smtp.flaw(), None);
        smtp.encryption = MailEncryption::None;
        assert_eq!(smtp.flaw().unwrap().0, "mail.encryption");
        for here in ["localhost", "127.0.0.1", "::1"] {
            smtp.host = here.to_owned();
            assert_eq!(smtp.flaw(), None, "{here}");
        }
    }
}
