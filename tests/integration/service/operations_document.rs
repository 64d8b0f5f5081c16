//! `docs/operations.md`: every command in it is run, in the order in which it stands there, and prints what
//! the document shows.
//!
//! `console` blocks are typed into a terminal beside a server, which a line that ends with `&` starts; `$!`
//! is its process id, `wait $!` its end. The document's addresses become those of that server. `sh` blocks
//! and the crontab are scripts of operators: docker and aws are stand-ins, which run or keep what they are
//! given and write down how they were called.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;

use serde_json::Value;
use tempfile::TempDir;

use crate::support::binary::{Finished, finish};
use crate::support::data_folder::baked_folder;
use crate::support::dataset::Dataset;

/// Stands for the container whose folder `/data` is the test's.
const DOCKER: &str = r#"#!/bin/sh
echo "docker $*" >> "$CALLS"
case $1 in
  exec) shift 3; exec ekiben "$@" ;;
  cp) exec cp "${2#*:}" "$3" ;;
esac
exit 1
"#;

/// A bucket with room for one object, whatever its name.
const AWS: &str = r#"#!/bin/sh
echo "aws $*" >> "$CALLS"
case $3 in
  s3://*) exec cat "$BUCKET" ;;
  *) exec cp "$3" "$BUCKET" ;;
esac
"#;

/// Where there is no zstd: nothing is packed, and the names are as they would be.
const ZSTD: &str = r#"#!/bin/sh
case $1 in
  --rm) exec mv "$3" "$3.zst" ;;
  *) exec cat > "$3" ;;
esac
"#;

/// A running server of the document.
struct Server {
    process: Child,
    public: String,
    admin: String,
}

/// Where the operator sits.
struct Terminal {
    folder: TempDir,
    path: String,
    server: Option<Server>,
    ran: usize,
}

impl Drop for Terminal {
    fn drop(&mut self) {
        if let Some(server) = &mut self.server {
            // Both fail when it has ended already.
            drop(server.process.kill());
            drop(server.process.wait());
        }
    }
}

impl Terminal {
    fn new() -> Self {
        let folder = baked_folder(&Dataset::tiny());
        fs::remove_dir(folder.path().join("backups")).unwrap();
        let stand_ins = folder.path().join("stand-ins");
        fs::create_dir(&stand_ins).unwrap();
        let mut programs = vec![("docker", DOCKER), ("aws", AWS)];
        if !["/usr/bin/zstd", "/bin/zstd"]
            .iter()
            .any(|zstd| Path::new(zstd).exists())
        {
            programs.push(("zstd", ZSTD));
        }
        for (name, script) in programs {
            let file = stand_ins.join(name);
            fs::write(&file, script).unwrap();
            fs::set_permissions(file, fs::Permissions::from_mode(0o755)).unwrap();
        }
        let built = Path::new(env!("CARGO_BIN_EXE_ekiben")).parent().unwrap();
        let path = format!("{}:{}:/usr/bin:/bin", stand_ins.display(), built.display());
        Self {
            folder,
            path,
            server: None,
            ran: 0,
        }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn shell(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("sh");
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env_clear()
            .env("PATH", &self.path)
            .env("CALLS", self.file("calls"))
            .env("BUCKET", self.file("bucket"))
            .stdin(Stdio::null());
        command
    }

    fn run(&mut self, option: &str, script: &str) -> Finished {
        self.ran += 1;
        finish(&self.shell(&[option, script]).output().unwrap())
    }

    /// Starts a server in the background, and waits until its log says where it listens.
    fn serve(&mut self, command: &str) {
        assert!(self.server.is_none(), "{command}: another one runs");
        let log = self.file("ekiben.log");
        drop(fs::remove_file(&log));
        let mut process = self
            .shell(&["-c", &format!("exec env {command}")])
            .env("EKIBEN_LISTEN", "127.0.0.1:0")
            .env("EKIBEN_ADMIN__LISTEN", "127.0.0.1:0")
            .spawn()
            .unwrap();
        let told = |key: &str| {
            let lines = fs::read_to_string(&log).unwrap_or_default();
            let read = |line| {
                serde_json::from_str::<Value>(line).ok()?[key]
                    .as_str()
                    .map(str::to_owned)
            };
            lines.lines().find_map(read)
        };
        let public = loop {
            if let Some(address) = told("address") {
                break address;
            }
            let ended = process.try_wait().unwrap();
            assert!(
                ended.is_none(),
                "{command}: {}",
                fs::read_to_string(&log).unwrap()
            );
            thread::yield_now();
        };
        let admin = told("admin").unwrap();
        self.server = Some(Server {
            process,
            public,
            admin,
        });
        self.ran += 1;
    }

    /// Types a line; what it prints.
    fn type_in(&mut self, line: &str) -> String {
        if let Some(command) = line.strip_suffix(" &") {
            self.serve(command);
            return String::new();
        }
        if line == "wait $!" {
            let mut server = self.server.take().unwrap();
            assert_eq!(server.process.wait().unwrap().code(), Some(0));
            return String::new();
        }
        let mut command = line.to_owned();
        if let Some(server) = &self.server {
            command = command
                .replace("$!", &server.process.id().to_string())
                .replace("127.0.0.1:1323", &server.public)
                .replace("127.0.0.1:1324", &server.admin);
        }
        for placeholder in ["$!", ":1323", ":1324"] {
            assert!(!command.contains(placeholder), "{line}: no server runs");
        }
        self.run("-c", &command).exits(0).stdout.clone()
    }

    /// Runs a script with folders of the test in place of the machine's.
    fn run_script(&mut self, script: &str) {
        let data = if script.contains("ekiben restore") {
            "empty"
        } else {
            "data"
        };
        let folder = self.folder.path().display().to_string();
        let script = script
            .replace("/var/lib/ekiben", &format!("{folder}/{data}"))
            .replace("/backups/", &format!("{folder}/backups/"))
            .replace(" /data", &format!(" {folder}/data"))
            .replace(":/data", &format!(":{folder}/data"));
        self.run("-ec", &script).exits(0);
    }
}

/// What is the same in each run: words and names; not numbers, digests, times and units.
fn shape(line: &str) -> String {
    let is_status = line.len() == 3 && line.bytes().all(|byte| byte.is_ascii_digit());
    if is_status || line.starts_with("HTTP/") {
        return line.to_owned();
    }
    let mut shape = String::new();
    let mut rest = line;
    while let Some(first) = rest.chars().next() {
        let is_word = |c: char| c.is_alphanumeric() || ".:_-".contains(c);
        let end = rest
            .find(|c| is_word(c) != is_word(first))
            .unwrap_or(rest.len());
        let (word, further) = rest.split_at(end);
        let is_unit = ["B", "KiB", "MiB"].contains(&word) && shape.ends_with("# ");
        let is_number = is_word(first) && word.bytes().any(|byte| byte.is_ascii_digit());
        shape.push_str(match word {
            _ if is_number => "#",
            _ if is_unit => "bytes",
            _ if word.trim().is_empty() => " ",
            _ => word,
        });
        rest = further;
    }
    shape
}

/// Fails unless `printed` is what the document shows; `…` stands for any further lines.
#[track_caller]
fn compare(command: &str, shown: &[&str], printed: &str) {
    let mut printed_lines = printed.lines();
    for line in shown {
        if *line == "…" {
            return;
        }
        let next = printed_lines.next().unwrap_or_default();
        assert_eq!(shape(next), shape(line), "{command}\n{printed}");
    }
    if !shown.is_empty() {
        assert_eq!(
            printed_lines.next(),
            None,
            "{command} prints more:\n{printed}"
        );
    }
}

/// The command that repeats the crash test for longer: too long to be run, so its parts are looked at.
fn is_crash_test(script: &str) -> bool {
    let Some(rest) = script
        .trim()
        .strip_prefix("EKIBEN_CRASH_KILLS=200 cargo test --test integration ")
    else {
        return false;
    };
    assert_eq!(rest, "service::crash:: -- --nocapture");
    assert!(include_str!("mod.rs").contains("mod crash;"));
    let crash = include_str!("crash.rs");
    let kills = include_str!("../support/kills.rs");
    assert!(kills.contains("(\"EKIBEN_CRASH_KILLS\")") && crash.contains("test(flavor"));
    true
}

/// The command of a crontab's line: five fields of time stand before it, and `%` is escaped.
fn scheduled(line: &str) -> String {
    let command = line.splitn(6, ' ').nth(5).unwrap();
    command.trim().replace("\\%", "%")
}

#[test]
fn every_command_of_the_document_works_and_prints_what_it_shows() {
    let document = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/operations.md");
    let document = fs::read_to_string(document).unwrap();
    let mut terminal = Terminal::new();
    let mut crash_tests = 0;
    for block in document.split("\n```").skip(1).step_by(2) {
        let (kind, block) = block.split_once('\n').unwrap();
        match kind {
            "console" => {
                for command in format!("\n{block}").split("\n$ ").skip(1) {
                    let mut lines = command.lines();
                    let line = lines.next().unwrap();
                    let printed = terminal.type_in(line);
                    compare(line, &lines.collect::<Vec<_>>(), &printed);
                }
            }
            "sh" if is_crash_test(block) => crash_tests += 1,
            "sh" => terminal.run_script(block),
            "text" => terminal.run_script(&scheduled(block)),
            "toml" | "json" => {}
            other => panic!("a block of an unknown kind: {other}"),
        }
    }
    assert_eq!(crash_tests, 1);
    assert!(terminal.ran > 25, "{} commands", terminal.ran);
    let calls = fs::read_to_string(terminal.file("calls")).unwrap();
    let called: Vec<_> = calls
        .lines()
        .map(|call| call.split(' ').take(2).collect::<Vec<_>>().join(" "))
        .collect();
    assert_eq!(
        called,
        ["docker exec", "docker cp", "aws s3", "aws s3"],
        "{calls}"
    );
    for made in ["restored", "empty"] {
        assert!(terminal.file(made).join("isuumo.primary.1.sqlite").exists());
    }
}
