//! Random ways in which an import is called, interrupted and answered: what is there before is there behind a failure, what
//! is given that is no dump is called by its name, and outputs behind links are where the links lead.
//!
//! There is no server here: a plain model of the folder says what must be there.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Command, Stdio};

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use rusqlite::Connection;
use tempfile::TempDir;

use crate::import::compared_scripts::Choices;
use crate::import::random::config;
use crate::support::binary::{Finished, ekiben, finish};

/// Where the seeds of failures are kept.
const SEEDS: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/tests/oracle/manner-regressions.txt"
);

const OUTPUTS: &[&str] = &[
    "out.sqlite",
    "new/out.sqlite",
    "new/deep/er/out.sqlite",
    "old.sqlite",
    "kept/out.sqlite",
    "kept/new/out.sqlite",
    "link.sqlite",
    "kept/up.sqlite",
    "twice.sqlite",
    "broken.sqlite",
    "round.sqlite",
    "into/out.sqlite",
    "kept",
    "to_folder",
    "old.sqlite/x",
    "./kept/../old.sqlite",
];

/// A folder with files, folders and links, each of which an output may meet.
fn folder() -> TempDir {
    let folder = TempDir::new().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::create_dir(at("kept")).unwrap();
    fs::write(at("old.sqlite"), "old").unwrap();
    fs::write(at("kept/inner.sqlite"), "inner").unwrap();
    for (name, target) in [
        ("link.sqlite", "old.sqlite"),
        ("kept/up.sqlite", "../old.sqlite"),
        ("twice.sqlite", "kept/up.sqlite"),
        ("broken.sqlite", "nothing.sqlite"),
        ("round.sqlite", "round.sqlite"),
        ("into", "kept"),
        ("to_folder", "kept"),
    ] {
        symlink(target, at(name)).unwrap();
    }
    folder
}

/// All that is in a folder: files with their content, links with where they lead.
fn content(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(&next).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(folder).unwrap().display().to_string();
            let kind = path.symlink_metadata().unwrap();
            let bytes = if kind.is_symlink() {
                fs::read_link(&path)
                    .unwrap()
                    .into_os_string()
                    .into_encoded_bytes()
            } else if kind.is_dir() {
                open.push(path);
                b"a folder".to_vec()
            } else {
                fs::read(&path).unwrap()
            };
            found.insert(name, bytes);
        }
    }
    found
}

/// A dump with some lines more than the importer needs to begin.
fn dump(c: &mut Choices<'_>) -> String {
    let rows: String = (0..c.below(60))
        .map(|id| format!("INSERT INTO t VALUES ({id}, 'x');\n"))
        .collect();
    format!(
        "CREATE TABLE t (a int, b text);\n{rows}{}",
        c.one(&["", "CREATE VIEW v AS SELECT a FROM t;\n"])
    )
}

fn piped(folder: &Path, arguments: &[&str]) -> std::process::Child {
    let mut command = ekiben(folder);
    command.args(arguments).stdin(Stdio::piped());
    command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

fn import(folder: &Path, arguments: &[&str], input: &[u8]) -> Finished {
    let mut child = piped(folder, arguments);
    // The importer may have stopped to read.
    drop(child.stdin.take().unwrap().write_all(input));
    finish(&child.wait_with_output().unwrap())
}

fn run_with(check: impl Fn(&mut Choices<'_>) -> Result<(), TestCaseError>) {
    let outcome = TestRunner::new(config(SEEDS)).run(&vec(any::<u8>(), 24), |bytes| {
        check(&mut Choices::of(&bytes))
    });
    outcome.unwrap_or_else(|failure| panic!("{failure}"));
}

#[test]
fn outputs_are_where_their_paths_lead_or_nowhere() {
    run_with(|c| {
        let folder = folder();
        let path = folder.path();
        let output = c.one(OUTPUTS);
        let mut arguments = vec!["import", "-", "-o", &output];
        let forces = c.below(2) == 0;
        arguments.extend(forces.then_some("--force"));
        let fails = c.below(3) == 0;
        arguments.extend(fails.then_some("--tables=none"));
        let before = content(path);
        let done = import(path, &arguments, dump(c).as_bytes());
        let mut behind = content(path);
        if done.code != Some(0) {
            prop_assert_eq!(behind, before, "{}", done.stderr);
            return Ok(());
        }
        let leads_to = fs::canonicalize(path.join(&output)).unwrap();
        let name = leads_to
            .strip_prefix(fs::canonicalize(path).unwrap())
            .unwrap();
        let name = name.display().to_string();
        prop_assert!(
            !fails && (forces || !before.contains_key(&name)),
            "{output} was replaced"
        );
        let made = behind.remove(&name).unwrap_or_default();
        prop_assert!(made.starts_with(b"SQLite format 3\0"), "{name}");
        behind.retain(|other, bytes| before.contains_key(other) || bytes != b"a folder");
        let mut before = before;
        before.remove(&name);
        prop_assert_eq!(behind, before);
        Ok(())
    });
}

#[test]
fn interrupted_imports_leave_what_was_there() {
    run_with(|c| {
        let folder = folder();
        let path = folder.path();
        let (signal, code) = [("INT", 130), ("TERM", 143), ("HUP", 129)][c.below(3)];
        let output = c.one(&OUTPUTS[..9]);
        let before = content(path);
        let mut child = piped(path, &["import", "-", "-o", &output, "--force"]);
        let mut pipe = child.stdin.take().unwrap();
        let dump = dump(c);
        let (first, rest) = dump.split_at(32);
        pipe.write_all(first.as_bytes()).unwrap();
        let mut line = String::new();
        let mut stderr = BufReader::new(child.stderr.take().unwrap());
        stderr.read_line(&mut line).unwrap();
        assert!(line.starts_with("reading"), "{line}");
        pipe.write_all(&rest.as_bytes()[..c.below(rest.len() + 1)])
            .unwrap();
        let sent = Command::new("kill")
            .args(["-s", signal, &child.id().to_string()])
            .status();
        assert!(sent.unwrap().success());
        let ended = finish(&child.wait_with_output().unwrap());
        drop(pipe);
        prop_assert_eq!(ended.code, Some(code), "{}", ended.stderr);
        prop_assert_eq!(content(path), before, "{} {}", signal, output);
        Ok(())
    });
}

#[test]
fn reports_that_nobody_takes_do_not_hide_the_file() {
    run_with(|c| {
        let folder = folder();
        let output = c.one(&OUTPUTS[..9]);
        let dump = dump(c);
        fs::write(folder.path().join("in.sql"), &dump).unwrap();
        let report = c.one(&["text", "json"]);
        let full = fs::File::create("/dev/full").unwrap();
        let done = ekiben(folder.path())
            .args([
                "import", "in.sql", "-o", &output, "--force", "--report", &report,
            ])
            .stdout(full)
            .output()
            .unwrap();
        let done = finish(&done);
        prop_assert_eq!(done.code, Some(5), "{}", done.stderr);
        prop_assert!(
            done.stderr
                .contains(" is complete; only the report about it is lost."),
            "{}",
            done.stderr
        );
        let made = Connection::open(folder.path().join(&output)).unwrap();
        let rows: usize = made
            .query_row("SELECT count(*) FROM t", [], |row| row.get(0))
            .unwrap();
        prop_assert_eq!(rows, dump.matches("INSERT").count());
        Ok(())
    });
}

/// What is no dump, and how it is called.
fn stranger(c: &mut Choices<'_>, folder: &Path) -> (Vec<u8>, &'static str) {
    let name = c.one(&[
        "a",
        "dump.sql",
        "日本.sql",
        "a/very/long/path/with/many/parts/in/it/dump.sql",
    ]);
    let fields: Vec<String> = (0..2 + c.below(4))
        .map(|at| {
            format!(
                "{}{at}",
                c.one(&["id", "name", "Preis in €", "a b", "x-", "größe"])
            )
        })
        .collect();
    let delimiter = c.one(&[",", ";", "\t"]);
    let quote = c.one(&["", "\"", ""]);
    let fields: Vec<String> = fields
        .iter()
        .map(|field| format!("{quote}{field}{quote}"))
        .collect();
    let table = fields.join(&delimiter);
    let line = c.one(&["\n", "\r\n"]);
    match c.below(9) {
        0 => (tar(folder, &name, &dump(c)), "a tar archive"),
        1 => (database(folder, c), "a database of SQLite already"),
        2 => (b"PGDMP\x01\x0e\0\x04\x08".to_vec(), "a dump of PostgreSQL"),
        3 => {
            let what = c.one(&["database dump", "database cluster dump"]);
            let text = format!(
                "--{line}-- PostgreSQL {what}{line}--{line}{line}SET statement_timeout = 0;{line}"
            );
            (text.into_bytes(), "a dump of PostgreSQL")
        }
        4 => (
            format!("PRAGMA foreign_keys=OFF;{line}BEGIN TRANSACTION;{line}").into_bytes(),
            "a dump of SQLite",
        ),
        5 => (
            format!("[{{\"{name}\": 1}}]{line}").into_bytes(),
            "this is JSON",
        ),
        6 => (
            format!("<?xml version=\"1.0\"?>{line}<a/>").into_bytes(),
            "XML",
        ),
        _ => {
            let mark = c.one(&["", "\u{feff}", ""]);
            let rows = (0..c.below(4))
                .map(|row| format!("{line}{row}{delimiter}x"))
                .collect::<String>();
            (
                format!("{mark}{table}{rows}{line}").into_bytes(),
                "this is a table of values (CSV)",
            )
        }
    }
}

fn tar(folder: &Path, name: &str, content: &str) -> Vec<u8> {
    let at = folder.join(name);
    fs::create_dir_all(at.parent().unwrap()).unwrap();
    fs::write(at, content).unwrap();
    let format = ["--format=ustar", "--format=gnu", "--format=pax"][content.len() % 3];
    let made = Command::new("tar")
        .arg(format)
        .args(["-cf", "-", name])
        .current_dir(folder)
        .output()
        .unwrap();
    assert!(made.status.success());
    made.stdout
}

fn database(folder: &Path, c: &mut Choices<'_>) -> Vec<u8> {
    let at = folder.join("made.sqlite");
    let made = Connection::open(&at).unwrap();
    let size = c.one(&["512", "4096", "65536"]);
    made.execute_batch(&format!("PRAGMA page_size = {size}; CREATE TABLE t (a)"))
        .unwrap();
    drop(made);
    fs::read(at).unwrap()
}

#[test]
fn strangers_are_called_by_their_names() {
    run_with(|c| {
        let (own, made) = (TempDir::new().unwrap(), TempDir::new().unwrap());
        let (bytes, says) = stranger(c, made.path());
        let bytes = match c.below(4) {
            0 => zstd::encode_all(&bytes[..], 1).unwrap(),
            _ => bytes,
        };
        let done = match c.below(2) {
            0 => import(own.path(), &["import", "-", "-o", "out.sqlite"], &bytes),
            _ => {
                fs::write(made.path().join("given"), &bytes).unwrap();
                let given = made.path().join("given").display().to_string();
                import(own.path(), &["import", &given, "-o", "out.sqlite"], b"")
            }
        };
        prop_assert_eq!(done.code, Some(4), "{}", done.stderr);
        let shown = String::from_utf8_lossy(&bytes[..bytes.len().min(200)]).into_owned();
        prop_assert!(
            done.stderr.contains(says),
            "{} for {:?}",
            done.stderr,
            shown
        );
        prop_assert!(content(own.path()).is_empty());
        Ok(())
    });
}
