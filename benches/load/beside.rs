//! A static file server beside ours, in the same rounds: what the machine's best answer of as many bytes is.
//!
//! docs/performance.md says how nginx is started for it. Its files are named by their sizes; `--beside-files`
//! writes them. It must not know which server it is.

use std::net::{SocketAddr, ToSocketAddrs as _};
use std::path::PathBuf;

use crate::client::{Client, Plan};
use crate::exchange::{Exchange, get};
use crate::reads::read;

/// The static server.
pub(crate) struct Beside {
    address: SocketAddr,
    /// Where its files are, with a slash at the end.
    path: String,
    /// The same on this machine, if they are to be written.
    folder: Option<PathBuf>,
    pub(crate) client: Client,
}

impl Beside {
    /// The server at `url`, such as `http://127.0.0.1:8080/`.
    pub(crate) fn at(url: &str, folder: Option<PathBuf>, connections: usize) -> Self {
        let rest = url.strip_prefix("http://").unwrap_or(url);
        let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
        let address = host.to_socket_addrs().ok().and_then(|mut all| all.next());
        let address = address.unwrap_or_else(|| panic!("--beside {url}: no HOST:PORT"));
        let slash = if path.is_empty() || path.ends_with('/') {
            ""
        } else {
            "/"
        };
        Self {
            address,
            path: format!("/{path}{slash}"),
            folder,
            client: Client::connect(address, connections),
        }
    }

    /// Asks for a file of `bytes` bytes, again and again.
    pub(crate) fn plan(&self, bytes: usize) -> Plan {
        let name = format!("{bytes}.json");
        if let Some(folder) = &self.folder {
            std::fs::write(folder.join(&name), vec![b'x'; bytes]).unwrap();
        }
        let request = get(&format!("{}{name}", self.path));
        let answer = Exchange::with(self.address).ask(&request);
        let is_file = answer.status == 200 && answer.body.len() == bytes;
        assert!(
            is_file,
            "{}{name} is no file of so many bytes at the server beside; see --beside-files",
            self.path
        );
        Plan::new(vec![read(request)])
    }
}
