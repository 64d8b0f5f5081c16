//! A mail server on this machine, as far as SMTP needs one: it notes what it is told and answers by a rule.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

/// One conversation: the lines of the client, the mail among them.
pub(crate) type Conversation = Vec<String>;

pub(crate) struct MailServer {
    pub(crate) address: SocketAddr,
    conversations: Receiver<Conversation>,
}

impl MailServer {
    /// One that takes everything, but for recipients that begin with `refused`.
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (sender, conversations) = channel();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(stream) = stream else { return };
                if sender.send(converse(stream)).is_err() {
                    return;
                }
            }
        });
        Self {
            address,
            conversations,
        }
    }

    /// The next conversation that has ended.
    pub(crate) fn conversation(&self) -> Conversation {
        let next = self.conversations.recv_timeout(Duration::from_secs(120));
        next.expect("nobody talked to the mail server")
    }
}

fn converse(stream: TcpStream) -> Conversation {
    let mut answers = stream.try_clone().unwrap();
    let mut said = Vec::new();
    let mut is_mail = false;
    let mut answer = move |text: &str| answers.write_all(format!("{text}\r\n").as_bytes()).is_ok();
    if !answer("220 mail.example") {
        return said;
    }
    for line in BufReader::new(stream).lines() {
        let Ok(line) = line else { break };
        let reply = if is_mail {
            is_mail = line != ".";
            if is_mail { "" } else { "250 taken" }.to_owned()
        } else {
            match line.get(..4).unwrap_or_default() {
                "EHLO" => "250-mail.example\r\n250 8BITMIME".to_owned(),
                "RCPT" if line.contains("<refused") => format!("550 {line} is unknown here"),
                "DATA" => {
                    is_mail = true;
                    "354 go on".to_owned()
                }
                "QUIT" => "221 bye".to_owned(),
                _ => "250 fine".to_owned(),
            }
        };
        said.push(line);
        if !reply.is_empty() && !answer(&reply) {
            break;
        }
    }
    said
}
