//! A letter: to whom, and what it says. It has nothing but text.

use std::fmt;

use lettre::message::header::{ContentTransferEncoding, ContentType};
use lettre::message::{Body, Mailbox};
use lettre::{Address, Message};

use super::Undelivered;

/// Bytes of the longest line that servers take as it is.
const LONGEST_LINE: usize = 990;

/// What an app has sent.
#[derive(Clone)]
pub struct Letter {
    /// The address.
    pub to: String,
    /// What it is about.
    pub subject: String,
    /// What it says.
    pub text: String,
}

/// Whether a letter can be sent to an address.
#[must_use]
pub fn is_reachable(address: &str) -> bool {
    address.parse::<Address>().is_ok()
}

impl Letter {
    /// As it is sent. What could begin a header is refused or encoded.
    pub(super) fn message(self, from: &Mailbox) -> Result<Message, Undelivered> {
        let Self { to, subject, text } = self;
        let to = to.parse();
        let to = to.map_err(|_| Undelivered("its address cannot be written to".to_owned()))?;
        let message = Message::builder()
            .from(from.clone())
            .to(Mailbox::new(None, to))
            .subject(subject)
            .header(ContentType::TEXT_PLAIN)
            .date_now()
            .message_id(None)
            .body(body(&text));
        message.map_err(|_| Undelivered("it cannot be written as a mail".to_owned()))
    }
}

/// Plain where it can be, so that whoever looks at a mail in a folder can read it, and follow its links.
fn body(text: &str) -> Body {
    // A carriage return alone is the end of a line to some servers and not to others.
    let text = text.replace('\r', "");
    let is_short = text.lines().all(|line| line.len() <= LONGEST_LINE);
    if is_short && text.is_ascii() && !text.contains('\0') {
        let lines = text.replace('\n', "\r\n").into_bytes();
        Body::dangerous_pre_encoded(lines, ContentTransferEncoding::SevenBit)
    } else {
        Body::new(text)
    }
}

/// Without what it says, which may be a secret.
impl fmt::Debug for Letter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Letter")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(to: &str, subject: &str, text: &str) -> Result<String, Undelivered> {
        let letter = Letter {
            to: to.to_owned(),
            subject: subject.to_owned(),
            text: text.to_owned(),
        };
        let from = "EngApp <noreply@example.org>".parse().unwrap();
        let message = letter.message(&from)?;
        Ok(String::from_utf8(message.formatted()).unwrap())
    }

    #[test]
    fn nothing_in_a_letter_begins_a_header() {
        let mail = written("ann@example.com", "a\r\nBcc: eve@example.com", "b").unwrap();
        let head = mail.split("\r\n\r\n").next().unwrap();
        assert!(!head.lines().any(|line| line.starts_with("Bcc")), "{head}");
        for to in ["", "ann", "a@b\r\nBcc: c@d", "a@b, c@d", "a b@c"] {
            assert!(
                written(to, "s", "t").is_err() && !is_reachable(to),
                "{to:?}"
            );
        }
    }

    #[test]
    fn a_link_is_on_a_line_of_its_own() {
        let link = format!("https://example.org/a?b={}", "x".repeat(200));
        let mail = written("ann@example.com", "s", &format!("a\n{link}\nb\n")).unwrap();
        assert!(
            mail.ends_with(&format!("\r\n\r\na\r\n{link}\r\nb\r\n")),
            "{mail}"
        );
        let long = "x".repeat(2_000);
        let mail = written("ann@example.com", "s", &long).unwrap();
        assert!(mail.lines().all(|line| line.len() < 998), "{mail}");
        let bare = written("ann@example.com", "s", "a\r.\r\nQUIT").unwrap();
        assert!(bare.ends_with("\r\n\r\na.\r\nQUIT"), "{bare:?}");
    }

    #[test]
    fn other_scripts_are_encoded() {
        let mail = written(
            "ann@example.com",
            "パスワード",
            "リンク\nhttps://example.org/a?b=c\n",
        )
        .unwrap();
        assert!(mail.is_ascii(), "{mail}");
        assert!(
            mail.contains("Date: ") && mail.contains("Message-ID: "),
            "{mail}"
        );
    }
}
