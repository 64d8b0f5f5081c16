//! The settings that are one of a few words: each an enum that the rest of the program decides by.
//!
//! They stand here, and not with whoever acts on them, because the file, the environment and the flags
//! spell them. It must not know what follows from a choice.

use serde::{Deserialize, Serialize};

/// Which file is served, and whether it takes writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Serves its own copy of the baked file and takes writes.
    Primary,
    /// Serves the baked file itself, read-only.
    Replica,
}

/// What an answered write survives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Durability {
    /// A power failure: every commit is synced before it is answered.
    Full,
    /// A crash of the process. A power failure may lose the last commits, never damage the file.
    Normal,
}

/// The header in which trusted proxies name their client. One and not both: a proxy that writes the
/// one lets the other through as the client made it up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AddressHeader {
    /// A list to which each proxy appends the address that it was asked from.
    XForwardedFor,
    /// One address, set by Fly.io's proxy.
    FlyClientIp,
}

impl AddressHeader {
    /// The header's name, in lower case.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::XForwardedFor => "x-forwarded-for",
            Self::FlyClientIp => "fly-client-ip",
        }
    }
}

/// How mails leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MailTransport {
    /// To a folder of this machine, for an operator to look at.
    File,
    /// To a mail server.
    Smtp,
}

/// How what is said to a mail server is kept secret. A server that does not take part is sent nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MailEncryption {
    /// TLS, begun when both have met: port 587.
    Starttls,
    /// TLS from the first byte: port 465.
    Tls,
    /// Not at all: port 25, for a server on this machine.
    None,
}

/// The shape of log lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// Text when standard error is a terminal, JSON otherwise.
    Auto,
    /// For people.
    Text,
    /// One object a line.
    Json,
}
