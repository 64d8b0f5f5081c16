//! The real binary: run to its end, or started as a server on a port of its own.

use std::io::{self, BufRead as _, BufReader, Read};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, ChildStderr, Command, Output, Stdio};
use std::sync::mpsc;
use std::thread;

use serde_json::Value;

/// The binary with a clean environment, in a folder of the test, by a program that becomes it: what a job
/// in the background ignores, as the tests may be one, its children would ignore too.
pub(crate) fn ekiben(folder: &Path) -> Command {
    let mut command = Command::new("/usr/bin/env");
    command
        .args([
            "--default-signal=INT,TERM,HUP",
            env!("CARGO_BIN_EXE_ekiben"),
        ])
        .env_clear()
        .current_dir(folder)
        .stdin(Stdio::null());
    command
}

/// A finished run, as text.
#[must_use = "assert something about the run"]
#[derive(Debug)]
pub(crate) struct Finished {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

pub(crate) fn run(folder: &Path, arguments: &[&str]) -> Finished {
    finish(&ekiben(folder).args(arguments).output().unwrap())
}

pub(crate) fn finish(output: &Output) -> Finished {
    Finished {
        code: output.status.code(),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

impl Finished {
    #[track_caller]
    pub(crate) fn exits(&self, code: i32) -> &Self {
        assert_eq!(self.code, Some(code), "{}\n{}", self.stdout, self.stderr);
        self
    }

    #[track_caller]
    pub(crate) fn says(&self, text: &str) -> &Self {
        let stderr = self.in_words();
        let found = self.stdout.contains(text) || stderr.contains(text);
        assert!(found, "no {text:?} in:\n{}\n{stderr}", self.stdout);
        self
    }

    /// Standard error, its lines of JSON as a terminal has them.
    fn in_words(&self) -> String {
        let mut words = String::new();
        for line in self.stderr.lines() {
            let log: Value = serde_json::from_str(line).unwrap_or_default();
            match (log["message"].as_str(), log["level"].as_str()) {
                (Some(message), Some("ERROR")) => words.push_str(&format!("error: {message}\n")),
                (Some(message), Some("WARN")) => words.push_str(&format!("warning: {message}\n")),
                (Some(message), _) => words.push_str(&format!("{message}\n")),
                (None, _) => words.push_str(&format!("{line}\n")),
            }
            if let Some(hint) = log["hint"].as_str() {
                words.push_str(&format!("hint: {hint}\n"));
            }
        }
        words
    }
}

/// What a server writes to its log, read as it comes: a pipe that nobody empties would have the server wait
/// for its reader when the log is long, the writer of the store first.
struct Drained {
    chunks: mpsc::Receiver<Vec<u8>>,
    /// What was received and not yet read.
    rest: Vec<u8>,
}

impl From<ChildStderr> for Drained {
    fn from(mut log: ChildStderr) -> Self {
        let (sender, chunks) = mpsc::channel();
        thread::spawn(move || {
            let mut chunk = vec![0; 16 * 1024];
            while let Ok(length @ 1..) = log.read(&mut chunk) {
                // Read on when the test has let the server go: it may be stopping.
                drop(sender.send(chunk[..length].to_vec()));
            }
        });
        let rest = Vec::new();
        Self { chunks, rest }
    }
}

impl Read for Drained {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.rest.is_empty() {
            // The end of the log where there is no sender any more.
            self.rest = self.chunks.recv().unwrap_or_default();
        }
        let length = self.rest.len().min(out.len());
        out[..length].copy_from_slice(&self.rest[..length]);
        self.rest.drain(..length);
        Ok(length)
    }
}

/// A running server. Dropping it kills it.
pub(crate) struct Process {
    child: Child,
    pub(crate) address: SocketAddr,
    /// Where operators ask, if the server told.
    pub(crate) admin: Option<SocketAddr>,
    /// The line of the log that told the address.
    pub(crate) listening: Value,
    /// The log up to that line.
    pub(crate) before: String,
    stderr: BufReader<Drained>,
}

impl Process {
    /// Starts `ekiben serve` with `arguments` on a free port and waits until it listens.
    pub(crate) fn start(folder: &Path, arguments: &[&str]) -> Self {
        Self::spawn(folder, arguments).until_it_listens()
    }

    /// The same for a command that says itself where to listen.
    pub(crate) fn start_as(command: &mut Command) -> Self {
        Self::spawn_as(command).until_it_listens()
    }

    fn until_it_listens(mut self) -> Self {
        let process = &mut self;
        let mut seen = String::new();
        loop {
            let mut line = String::new();
            let read = process.stderr.read_line(&mut line).unwrap();
            assert_ne!(read, 0, "the server ended before it listened:\n{seen}");
            let log: Value = serde_json::from_str(&line).unwrap_or_default();
            let told = |key: &str| log[key].as_str()?.parse().ok();
            process.admin = process.admin.or_else(|| told("admin"));
            if let Some(address) = told("address") {
                process.address = address;
                process.listening = log;
                process.before = seen + &line;
                return self;
            }
            seen.push_str(&line);
        }
    }

    /// The same without waiting: nothing of the log has been read, and the address is not known.
    pub(crate) fn spawn(folder: &Path, arguments: &[&str]) -> Self {
        let mut command = ekiben(folder);
        command.args(["serve", "--listen", "127.0.0.1:0"]);
        Self::spawn_as(command.args(arguments))
    }

    fn spawn_as(command: &mut Command) -> Self {
        let mut child = command
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let stderr = BufReader::new(Drained::from(child.stderr.take().unwrap()));
        // From here on the child is killed and waited for whatever happens.
        Self {
            child,
            address: ([127, 0, 0, 1], 0).into(),
            admin: None,
            listening: Value::Null,
            before: String::new(),
            stderr,
        }
    }

    /// Its process id.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// SIGKILL, and waits for the end.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    pub(crate) fn is_running(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// Sends SIGTERM without waiting.
    pub(crate) fn terminate(&self) {
        self.signal("-TERM");
    }

    /// Sends SIGHUP without waiting.
    pub(crate) fn hang_up(&self) {
        self.signal("-HUP");
    }

    fn signal(&self, name: &str) {
        let pid = self.child.id().to_string();
        let sent = Command::new("kill").args([name, &pid]).status().unwrap();
        assert!(sent.success());
    }

    /// Reads the log up to a line that holds `text`; that line, if it is JSON.
    pub(crate) fn wait_for_log(&mut self, text: &str) -> Value {
        let mut seen = String::new();
        loop {
            let start = seen.len();
            let read = self.stderr.read_line(&mut seen).unwrap();
            assert_ne!(read, 0, "the server ended without {text:?}:\n{seen}");
            let line = &seen[start..];
            if line.contains(text) {
                return serde_json::from_str(line).unwrap_or_default();
            }
        }
    }

    /// Waits for the end; the exit code and the rest of the log.
    pub(crate) fn wait(mut self) -> (Option<i32>, String) {
        let mut rest = String::new();
        self.stderr.read_to_string(&mut rest).unwrap();
        (self.child.wait().unwrap().code(), rest)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Both fail when the process has ended already.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
