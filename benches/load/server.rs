//! Servers as child processes: how they are started, and what they use.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::Value;

use crate::drill;
use crate::exchange::{Exchange, post};
use crate::machine::{self, Cores};

/// A running server. Dropping it ends it.
pub(crate) struct Server {
    child: Child,
    pub(crate) address: SocketAddr,
}

impl Server {
    /// This program as server, with the ceiling, as a primary over its own copy of `baked`.
    pub(crate) fn with_ceiling(
        cores: &Cores,
        folder: &Path,
        baked: &Path,
        durability: &str,
    ) -> Self {
        let program = std::env::current_exe().unwrap();
        let mut command = cores.server_command(&program);
        command
            .arg("--serve-ceiling")
            .env_clear()
            .current_dir(folder)
            .env("EKIBEN_LISTEN", "127.0.0.1:0")
            .env("EKIBEN_MOUNTS__ENGLISH", drill::PREFIX)
            .env("EKIBEN_BAKED_DIR", baked.parent().unwrap())
            .env("EKIBEN_DATA_DIR", folder.join(durability))
            .env("EKIBEN_STORE__DURABILITY", durability);
        Self::start(command)
    }

    /// The real binary as a primary.
    pub(crate) fn binary(cores: &Cores, folder: &Path) -> Self {
        Self::binary_with(cores, folder, &[])
    }

    /// The same with `settings` in its environment.
    pub(crate) fn binary_with(cores: &Cores, folder: &Path, settings: &[(&str, &str)]) -> Self {
        let mut command = cores.server_command(Path::new(env!("CARGO_BIN_EXE_ekiben")));
        serve_arguments(
            &mut command,
            folder,
            &folder.join("baked"),
            &folder.join("binary"),
        );
        command.envs(settings.iter().copied());
        Self::start(command)
    }

    /// Starts a server that tells its address on standard error, as a JSON object in a line.
    pub(crate) fn start(mut command: Command) -> Self {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut log = BufReader::new(child.stderr.take().unwrap());
        // From here on the child is ended whatever happens.
        let mut server = Self {
            child,
            address: ([127, 0, 0, 1], 0).into(),
        };
        let mut seen = String::new();
        loop {
            let from = seen.len();
            let read = log.read_line(&mut seen).unwrap();
            assert_ne!(read, 0, "the server ended before it listened:\n{seen}");
            let line = serde_json::from_str::<Value>(&seen[from..]).ok();
            if let Some(address) = line.and_then(|line| line["address"].as_str()?.parse().ok()) {
                server.address = address;
                break;
            }
        }
        // A full pipe would stop the server.
        std::thread::spawn(move || std::io::copy(&mut log, &mut std::io::sink()));
        server
    }

    /// Processor time so far, of all its threads.
    pub(crate) fn cpu(&self) -> Duration {
        machine::cpu_of(&self.child.id().to_string())
    }

    /// A line of /proc/PID/status in MB, such as `VmRSS`.
    pub(crate) fn memory(&self, line: &str) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let value = status.lines().find_map(|other| other.strip_prefix(line));
        let kilobytes = value.unwrap().trim_matches([':', '\t', ' ', 'k', 'B']);
        kilobytes.parse::<f64>().unwrap() * 1024.0 / 1e6
    }

    /// Back to the baked data.
    pub(crate) fn reset(&self) {
        let answer =
            Exchange::with(self.address).ask(&post("/initialize", "application/json", b""));
        assert_eq!(answer.status, 200, "/initialize");
    }
}

pub(crate) fn serve_arguments(command: &mut Command, folder: &Path, baked: &Path, data: &Path) {
    command
        .args(["serve", "--listen", "127.0.0.1:0", "--data-dir"])
        .arg(data)
        .env_clear()
        .env("EKIBEN_BAKED_DIR", baked)
        .current_dir(folder);
}

impl Drop for Server {
    fn drop(&mut self) {
        // Both fail when the process has ended already.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
