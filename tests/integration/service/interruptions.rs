//! Signals to commands that make files, through the real binary: they end, with nothing left behind.

use std::fs;
use std::io::{Read as _, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use crate::support::binary::{Process, ekiben};
use crate::support::data_folder::names;
use crate::support::patience::Patience;

const DUMP: &str = "CREATE TABLE t (a int primary key);\nINSERT INTO t VALUES (1),(2);\n";

/// A command that goes on until it is ended or told more.
struct Running {
    child: Child,
    folder: TempDir,
}

impl Running {
    fn start(command: &mut Command, folder: TempDir) -> Self {
        let child = command
            .current_dir(folder.path())
            .stdin(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        Self { child, folder }
    }

    /// `ekiben import` of a pipe that has more, once it has begun to make its file.
    fn import(command: &mut Command) -> Self {
        let folder = TempDir::new().unwrap();
        let mut running = Self::start(command, folder);
        let pipe = running.child.stdin.as_mut().unwrap();
        pipe.write_all(DUMP.as_bytes()).unwrap();
        running.wait_for_scratch();
        running
    }

    /// Until there is something hidden in its folder.
    fn wait_for_scratch(&mut self) {
        let patience = Patience::for_("a scratch file");
        let is_hidden = |name: &String| name.starts_with('.');
        while patience.waits_while(!names(self.folder.path()).iter().any(is_hidden)) {
            assert!(self.child.try_wait().unwrap().is_none(), "it ended");
            std::thread::yield_now();
        }
    }

    fn send(&self, signal: &str) {
        send(self.child.id(), signal);
    }

    /// Its exit code, what it said, and what it left.
    fn wait(mut self) -> (Option<i32>, String, Vec<String>) {
        let mut said = String::new();
        let mut stderr = self.child.stderr.take().unwrap();
        stderr.read_to_string(&mut said).unwrap();
        let code = self.child.wait().unwrap().code();
        (code, said, names(self.folder.path()))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn send(process: u32, signal: &str) {
    let sent = Command::new("kill")
        .args([signal, &process.to_string()])
        .status();
    assert!(sent.unwrap().success());
}

const IMPORT: [&str; 4] = ["import", "-", "-o", "out.sqlite"];

fn import() -> Command {
    // Where it runs is said when it is started.
    let mut command = ekiben(Path::new("."));
    command.args(IMPORT);
    command
}

/// Trust 20: signals end an import, which leaves nothing.
#[test]
fn an_import_that_is_interrupted_leaves_nothing() {
    for (signal, code) in [("-INT", 130), ("-TERM", 143), ("-HUP", 129)] {
        let running = Running::import(&mut import());
        running.send(signal);
        let (ended, said, left) = running.wait();
        assert_eq!((ended, left), (Some(code), Vec::new()), "{said}");
        assert!(
            said.contains(&format!("ended by SIG{}", &signal[1..])),
            "{said}"
        );
    }
}

/// Datasets that take much longer to read than a test takes to end it: one dump that says nothing, by many
/// names.
fn long_datasets() -> TempDir {
    let folder = TempDir::new().unwrap();
    let dataset = folder.path().join("isuumo");
    fs::create_dir(&dataset).unwrap();
    let first = dataset.join("0.sql");
    fs::write(&first, "-- nothing\n".repeat(1 << 20)).unwrap();
    for number in 1..500 {
        fs::hard_link(&first, dataset.join(format!("{number}.sql"))).unwrap();
    }
    folder
}

/// Trust 20: and a bake, also that of a first start.
#[test]
fn a_bake_that_is_interrupted_leaves_nothing() {
    let datasets = long_datasets();
    let dataset = datasets.path().join("isuumo");
    let folder = TempDir::new().unwrap();
    let mut command = ekiben(folder.path());
    command.args(["bake", "--out", ".", "--from"]).arg(dataset);
    let mut running = Running::start(&mut command, folder);
    running.wait_for_scratch();
    running.send("-INT");
    let (code, said, left) = running.wait();
    assert_eq!((code, left), (Some(130), Vec::new()), "{said}");

    let folder = TempDir::new().unwrap();
    let data = folder.path().join("data");
    let toml = format!("dataset_dir = {:?}\n", datasets.path());
    fs::write(folder.path().join("ekiben.toml"), toml).unwrap();
    let server = Process::spawn(folder.path(), &[]);
    let patience = Patience::for_("a file of the data directory");
    while patience.waits_while(!data.exists() || names(&data).is_empty()) {
        std::thread::yield_now();
    }
    server.terminate();
    let (code, log) = server.wait();
    assert_eq!(code, Some(0), "{log}");
    assert!(log.contains("stopped before it served"), "{log}");
    assert_eq!(names(&data), Vec::<String>::new());
}

/// Trust 20: the first process of a container is not ended by signals that it does not listen to.
#[test]
fn as_process_1_it_is_ended_by_sigterm() {
    let inside = ["--pid", "--map-root-user", "--fork", "--kill-child"];
    let possible = Command::new("unshare").args(inside).arg("true").status();
    if !possible.is_ok_and(|status| status.success()) {
        assert!(std::env::var_os("CI").is_none(), "CI must have namespaces");
        eprintln!("skipped: no pid namespace is to be had here");
        return;
    }
    let command = import();
    let mut first = Command::new("unshare");
    first
        .args(inside)
        .arg(command.get_program())
        .args(command.get_args());
    let running = Running::import(&mut first);
    let parent = running.child.id();
    let children = fs::read_to_string(format!("/proc/{parent}/task/{parent}/children")).unwrap();
    send(children.trim().parse().unwrap(), "-TERM");
    let (code, said, left) = running.wait();
    assert_eq!((code, left), (Some(143), Vec::new()), "{said}");
}

/// Trust 20: whoever starts it with a signal ignored, as `nohup` does, wants it to go on.
#[test]
fn a_signal_that_was_ignored_from_the_start_is_ignored() {
    let mut shell = Command::new("sh");
    shell.args(["-c", "trap '' HUP; exec \"$0\" \"$@\""]);
    shell.arg(env!("CARGO_BIN_EXE_ekiben")).args(IMPORT);
    let mut running = Running::import(&mut shell);
    running.send("-HUP");
    // The end of the pipe.
    drop(running.child.stdin.take());
    let (code, said, left) = running.wait();
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(left, ["out.sqlite"]);
}

/// Trust 28: a limit that leaves no room is an error, and what is above it is enough.
#[test]
fn a_small_address_space_is_an_error() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("d.sql"), DUMP).unwrap();
    let limited = |kib: u32, arguments: &str| {
        let binary = env!("CARGO_BIN_EXE_ekiben");
        let script = format!("ulimit -v {kib}; exec {binary} {arguments}");
        let mut command = Command::new("sh");
        command.args(["-c", &script]).current_dir(folder.path());
        command
    };
    let import = "import d.sql --force -o out.sqlite";
    let serve = "serve --listen 127.0.0.1:0";
    for kib in [56_000, 60_000, 64_000] {
        for arguments in [import, serve] {
            let output = limited(kib, arguments).output().unwrap();
            let said = String::from_utf8_lossy(&output.stderr);
            assert_eq!(output.status.code(), Some(1), "{kib}: {said}");
            assert!(
                said.contains("address space") && !said.contains("panick"),
                "{said}"
            );
        }
    }
    let output = limited(70_000, import).output().unwrap();
    assert!(output.status.success(), "{output:?}");
}
