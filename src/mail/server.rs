//! Mails to a mail server, by SMTP. What a server says is not repeated, since it quotes addresses.

use std::error::Error as _;
use std::fs;
use std::time::Duration;

use lettre::transport::smtp::Error;
use lettre::transport::smtp::SmtpTransport;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::{Message, Transport as _};

use super::{MailError, Undelivered};
use crate::config::{MailEncryption, MailSettings};

#[derive(Clone)]
pub(super) struct MailServer(SmtpTransport);

impl MailServer {
    pub(super) fn new(settings: &MailSettings) -> Result<Self, MailError> {
        let port = match (settings.port, settings.encryption) {
            (0, MailEncryption::Starttls) => 587,
            (0, MailEncryption::Tls) => 465,
            (0, MailEncryption::None) => 25,
            (port, _) => port,
        };
        // A server that does not take the encryption is sent nothing.
        let tls = match settings.encryption {
            MailEncryption::Starttls => Tls::Required(tls(settings)?),
            MailEncryption::Tls => Tls::Wrapper(tls(settings)?),
            MailEncryption::None => Tls::None,
        };
        let mut server = SmtpTransport::builder_dangerous(&settings.host)
            .port(port)
            .tls(tls)
            .timeout(Some(Duration::from_secs(settings.timeout_seconds)));
        if settings.password.is_set() {
            let (user, password) = (settings.user.clone(), settings.password.expose().to_owned());
            server = server.credentials(Credentials::new(user, password));
        }
        Ok(Self(server.build()))
    }

    pub(super) fn send(&self, message: &Message) -> Result<(), Undelivered> {
        match self.0.send(message) {
            Ok(_) => Ok(()),
            Err(error) => Err(Undelivered(told(&error))),
        }
    }
}

fn tls(settings: &MailSettings) -> Result<TlsParameters, MailError> {
    let host = &settings.host;
    let mut parameters = TlsParameters::builder(host.clone());
    if !settings.ca_file.as_os_str().is_empty() {
        let wrong = |reason: String| MailError::Certificates {
            path: settings.ca_file.display().to_string(),
            reason,
        };
        let pem = fs::read(&settings.ca_file).map_err(|cause| wrong(cause.to_string()))?;
        let authority = Certificate::from_pem(&pem);
        let authority = authority.map_err(|_| wrong("is no certificate in PEM".to_owned()))?;
        parameters = parameters.add_root_certificate(authority);
    }
    parameters.build().map_err(|error| MailError::Host {
        host: host.clone(),
        reason: told(&error),
    })
}

/// What went wrong, without a word of the server's.
fn told(error: &Error) -> String {
    if let Some(code) = error.status() {
        return format!("the mail server refused it: {code}");
    }
    if error.is_timeout() {
        return "the mail server took too long".to_owned();
    }
    if error.is_tls() {
        return "the mail server and this one have no common encryption, or its certificate is \
            not trusted"
            .to_owned();
    }
    let mut cause = error.source();
    while let Some(found) = cause {
        if let Some(io) = found.downcast_ref::<std::io::Error>() {
            return format!("the mail server cannot be reached: {io}");
        }
        cause = found.source();
    }
    "the mail server does not speak as one".to_owned()
}
