//! Mails that apps send: to a folder of this machine, or to a mail server.
//!
//! A mail holds secrets, a link that sets a password for example. So nothing of it is logged, neither an
//! address nor what a server says of one, and the folder is its owner's alone. Requests never wait for a mail:
//! it goes to a queue with a bound, behind which is one thread, and what it takes says nothing about whether
//! there was one. It must not know apps, requests or accounts.
//!
//! # Layout
//! - [`Postbox`]: what apps are given; `letter`: what is sent
//! - `folder`, `server`: where it goes

mod folder;
mod letter;
mod server;

use std::fmt;
use std::net::SocketAddr;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use lettre::message::Mailbox;
use thiserror::Error;

use self::folder::MailFolder;
pub use self::letter::{Letter, is_reachable};
use self::server::MailServer;
use crate::config::{Config, MailTransport, Mount, PublicUrl};

/// A letter leaves so much later than it was taken: the request has its answer by then, and what sending takes
/// of the processor shows in nobody's times.
const PAUSE: Duration = Duration::from_millis(100);

/// Why mails cannot be sent as configured.
#[derive(Debug, Error)]
pub enum MailError {
    /// The sender is no address.
    #[error("mail.from {from:?} is no address like \"EngApp <noreply@example.org>\"")]
    From {
        /// What is configured.
        from: String,
    },
    /// The certificates cannot be read.
    #[error("mail.ca_file {path}: {reason}")]
    Certificates {
        /// The file.
        path: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The server cannot be one.
    #[error("mail.host {host:?}: {reason}")]
    Host {
        /// What is configured.
        host: String,
        /// What is wrong with it.
        reason: String,
    },
}

/// Where mails go.
#[derive(Clone)]
enum Outlet {
    Folder(MailFolder),
    Server(MailServer),
}

impl Outlet {
    fn deliver(&self, from: &Mailbox, letter: Letter) -> Result<(), Undelivered> {
        let message = letter.message(from)?;
        match self {
            Self::Folder(folder) => folder.keep(&message.formatted()),
            Self::Server(server) => server.send(&message),
        }
    }
}

/// Why a mail did not leave, in words without an address.
#[derive(Debug, PartialEq, Eq)]
struct Undelivered(String);

/// Takes mails. Clones are the same one.
#[derive(Clone)]
pub struct Postbox(Arc<Outbox>);

struct Outbox {
    from: Mailbox,
    outlet: Outlet,
    capacity: usize,
    patience: Duration,
    origins: Origins,
    /// There once a mail was sent.
    queue: Mutex<Option<Queue>>,
}

/// How links of mails begin.
struct Origins {
    public_url: Option<PublicUrl>,
    /// The address that is to be listened on.
    listen: SocketAddr,
    /// The one that is, once it is known: its port may be any free one.
    bound: OnceLock<SocketAddr>,
}

/// A letter in the queue.
struct WaitingLetter {
    letter: Letter,
    /// Whether it is to be sent at all.
    is_meant: bool,
    /// Not before.
    due: Instant,
}

struct Queue {
    letters: SyncSender<WaitingLetter>,
    /// Ends with the thread.
    end: Receiver<()>,
}

impl Postbox {
    /// As `config` says. No mail server is asked, and no folder made.
    ///
    /// # Errors
    /// When something in the settings is not what it must be.
    pub fn new(config: &Config) -> Result<Self, MailError> {
        let settings = &config.mail;
        let public_url = config.site.public_url.clone();
        let host = public_url.as_ref().map_or("localhost", PublicUrl::host);
        let (name, _port) = without_port(host);
        let from = match settings.from.as_str() {
            "" => format!("noreply@{name}"),
            from => from.to_owned(),
        };
        // A site may be known by an address only, and addresses stand in brackets.
        let otherwise = || {
            settings
                .from
                .is_empty()
                .then(|| "noreply@localhost".parse())
        };
        let parsed = from.parse().ok().or_else(|| otherwise()?.ok());
        let outlet = match settings.transport {
            MailTransport::File if settings.folder.as_os_str().is_empty() => {
                Outlet::Folder(MailFolder::new(config.data_dir.join("mail")))
            }
            MailTransport::File => Outlet::Folder(MailFolder::new(settings.folder.clone())),
            MailTransport::Smtp => Outlet::Server(MailServer::new(settings)?),
        };
        Ok(Self(Arc::new(Outbox {
            from: parsed.ok_or(MailError::From { from })?,
            outlet,
            capacity: settings.queue,
            patience: Duration::from_secs(settings.timeout_seconds),
            origins: Origins {
                public_url,
                listen: config.listen,
                bound: OnceLock::new(),
            },
            queue: Mutex::default(),
        })))
    }

    /// Says which address is listened on. Only the first time counts.
    pub fn listens_on(&self, address: SocketAddr) {
        let _known = self.0.origins.bound.set(address);
    }

    /// How a link to an app at `mount` begins, scheme and host. `None` where nobody has said by which address
    /// the site is reached: what a request says of that is no reason to mail it to somebody else.
    #[must_use]
    pub fn origin(&self, mount: &Mount) -> Option<String> {
        self.0.origins.of(mount)
    }

    /// Takes a letter, which leaves when those before it have. One that cannot leave is lost, and the log says
    /// that one was.
    pub fn send(&self, letter: Letter) {
        self.take(letter, true);
    }

    /// Takes as long as [`Postbox::send`], and sends nothing: whoever waits for the answer must not learn by
    /// its time whether there was somebody to write to.
    pub fn pretend(&self, letter: Letter) {
        self.take(letter, false);
    }

    fn take(&self, letter: Letter, is_meant: bool) {
        let letter = WaitingLetter {
            letter,
            is_meant,
            due: Instant::now() + PAUSE,
        };
        let own = &*self.0;
        let mut queue = own.queue.lock().unwrap_or_else(PoisonError::into_inner);
        if queue.is_none() {
            *queue = own.begin();
        }
        let Some(begun) = &*queue else { return };
        match begun.letters.try_send(letter) {
            Ok(()) => {}
            Err(TrySendError::Full(_)) => {
                tracing::warn!(
                    waiting = own.capacity,
                    "a mail is lost: too many wait to be sent"
                );
            }
            Err(TrySendError::Disconnected(_)) => {
                tracing::error!("a mail is lost: the thread that sends them has ended");
                *queue = None;
            }
        }
    }
}

impl Outbox {
    fn begin(&self) -> Option<Queue> {
        let (letters, waiting) = sync_channel::<WaitingLetter>(self.capacity);
        let (ending, end) = sync_channel::<()>(1);
        let (outlet, from) = (self.outlet.clone(), self.from.clone());
        let deliver = move || {
            // Dropped at the end, however the thread ends.
            let _ending = ending;
            for WaitingLetter {
                letter,
                is_meant,
                due,
            } in waiting
            {
                if !is_meant {
                    continue;
                }
                thread::sleep(due.saturating_duration_since(Instant::now()));
                match outlet.deliver(&from, letter) {
                    Ok(()) => tracing::debug!("a mail was sent"),
                    Err(Undelivered(cause)) => tracing::warn!(%cause, "a mail could not be sent"),
                }
            }
        };
        match thread::Builder::new()
            .name("mail".to_owned())
            .spawn(deliver)
        {
            Ok(_detached) => Some(Queue { letters, end }),
            Err(cause) => {
                tracing::error!(%cause, "a mail is lost: there is no thread to send it");
                None
            }
        }
    }
}

/// What waits when the server ends has the time of one step to leave.
impl Drop for Outbox {
    fn drop(&mut self) {
        let queue = self.queue.get_mut().unwrap_or_else(PoisonError::into_inner);
        if let Some(Queue { letters, end }) = queue.take() {
            drop(letters);
            let _ended = end.recv_timeout(self.patience);
        }
    }
}

impl Origins {
    fn of(&self, mount: &Mount) -> Option<String> {
        let site = self.public_url.as_ref();
        let here = self.bound.get().unwrap_or(&self.listen);
        match (site, mount.host()) {
            (Some(url), None) => Some(url.origin().to_owned()),
            (Some(url), Some(host)) => {
                let scheme = if url.is_https() { "https" } else { "http" };
                let (_name, port) = without_port(url.host());
                Some(format!("{scheme}://{host}{port}"))
            }
            // An operator named the host.
            (None, Some(host)) => Some(format!("http://{host}:{}", here.port())),
            // This machine's alone.
            (None, None) => here.ip().is_loopback().then(|| format!("http://{here}")),
        }
    }
}

/// A host's name or address, and its port with the colon before it.
fn without_port(host: &str) -> (&str, &str) {
    let end_of_address = host.rfind(']').unwrap_or(0);
    let port = host[end_of_address..].find(':');
    host.split_at(port.map_or(host.len(), |at| end_of_address + at))
}

impl fmt::Debug for Postbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Postbox")
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn config() -> (tempfile::TempDir, Config) {
        let folder = tempfile::TempDir::new().unwrap();
        let config = Config {
            data_dir: folder.path().to_owned(),
            ..Config::default()
        };
        (folder, config)
    }

    fn letter(number: usize) -> Letter {
        Letter {
            to: "ann@example.com".to_owned(),
            subject: format!("Letter {number}"),
            text: "Text".to_owned(),
        }
    }

    fn mount(text: &str) -> Mount {
        Mount::try_from(text.to_owned()).unwrap()
    }

    #[test]
    fn what_waits_leaves_before_the_end() {
        let (folder, config) = config();
        let postbox = Postbox::new(&config).unwrap();
        for number in 0..20 {
            postbox.send(letter(number));
        }
        drop(postbox);
        let mails = fs::read_dir(folder.path().join("mail")).unwrap();
        assert_eq!(mails.count(), 20);
    }

    #[test]
    fn what_is_only_pretended_is_not_sent() {
        let (folder, config) = config();
        let postbox = Postbox::new(&config).unwrap();
        postbox.pretend(letter(1));
        postbox.send(letter(2));
        postbox.pretend(letter(3));
        drop(postbox);
        let mails = fs::read_dir(folder.path().join("mail")).unwrap();
        assert_eq!(mails.count(), 1);
    }

    #[test]
    fn links_begin_as_the_operator_says_and_never_as_a_request_does() {
        let (_folder, mut config) = config();
        let origin = |config: &Config, at: &str| Postbox::new(config).unwrap().origin(&mount(at));
        assert_eq!(origin(&config, "/").unwrap(), "http://127.0.0.1:1323");
        assert_eq!(
            origin(&config, "en.example").unwrap(),
            "http://en.example:1323"
        );
        config.listen = "0.0.0.0:80".parse().unwrap();
        assert_eq!(origin(&config, "/english"), None);
        let url = serde_json::json!({"public_url": "https://example.org:8443/x"});
        config.site = serde_json::from_value(url).unwrap();
        assert_eq!(
            origin(&config, "/english").unwrap(),
            "https://example.org:8443"
        );
        assert_eq!(
            origin(&config, "en.example").unwrap(),
            "https://en.example:8443"
        );
    }

    #[test]
    fn links_lead_to_the_port_that_was_free() {
        let (_folder, mut config) = config();
        config.listen = "127.0.0.1:0".parse().unwrap();
        let postbox = Postbox::new(&config).unwrap();
        postbox
            .clone()
            .listens_on("127.0.0.1:4321".parse().unwrap());
        let origin = |at: &str| postbox.origin(&mount(at)).unwrap();
        assert_eq!(origin("/"), "http://127.0.0.1:4321");
        assert_eq!(origin("en.example"), "http://en.example:4321");
    }

    #[test]
    fn a_port_is_told_from_an_address() {
        assert_eq!(without_port("example.org"), ("example.org", ""));
        assert_eq!(without_port("example.org:80"), ("example.org", ":80"));
        assert_eq!(without_port("[::1]:80"), ("[::1]", ":80"));
        assert_eq!(without_port("[::1]"), ("[::1]", ""));
    }

    #[test]
    fn a_sender_that_is_no_address_is_found_at_once() {
        let (_folder, mut config) = config();
        for good in ["", "a@example.org", "EngApp <a@example.org>"] {
            config.mail.from = good.to_owned();
            assert!(Postbox::new(&config).is_ok(), "{good}");
        }
        for bad in ["nobody", "a@b@c", "a@example.org\r\nBcc: b@example.org"] {
            config.mail.from = bad.to_owned();
            let error = Postbox::new(&config).err().unwrap();
            assert!(error.to_string().contains("mail.from"), "{error}");
        }
    }
}
