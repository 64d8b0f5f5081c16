//! What an import leaves behind, what it follows, and what it says of an input that is no dump.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Command, Stdio};

use tempfile::TempDir;

use crate::support::binary::{ekiben, finish, run};

const DUMP: &str = "CREATE TABLE t (a int);\nINSERT INTO t VALUES (1);\n";

fn folder_with(name: &str, content: &[u8]) -> TempDir {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join(name), content).unwrap();
    folder
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn a_failure_takes_the_folders_along_that_it_made() {
    let folder = folder_with("dump.sql", DUMP.as_bytes());
    let into = ["import", "dump.sql", "-o", "new/deep/out.sqlite"];
    let failing = [&into[..], &["--tables", "none"]].concat();
    run(folder.path(), &failing).exits(4);
    assert_eq!(names(folder.path()), ["dump.sql"]);
    fs::create_dir(folder.path().join("new")).unwrap();
    run(folder.path(), &failing).exits(4);
    assert_eq!(names(folder.path()), ["dump.sql", "new"]);
    run(folder.path(), &into).exits(0);
    assert_eq!(names(&folder.path().join("new/deep")), ["out.sqlite"]);
}

#[test]
fn signals_leave_nothing_behind() {
    for (signal, code) in [("INT", 130), ("TERM", 143)] {
        let folder = TempDir::new().unwrap();
        let mut import = ekiben(folder.path())
            .args(["import", "-", "-o", "new/deep/out.sqlite"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut dump = import.stdin.take().unwrap();
        dump.write_all(DUMP.as_bytes()).unwrap();
        let mut stderr = BufReader::new(import.stderr.take().unwrap());
        let mut line = String::new();
        stderr.read_line(&mut line).unwrap();
        assert!(line.starts_with("reading"), "{line}");
        assert_eq!(names(folder.path()), ["new"]);
        let killed = Command::new("kill")
            .args(["-s", signal, &import.id().to_string()])
            .status();
        assert!(killed.unwrap().success());
        let ended = finish(&import.wait_with_output().unwrap());
        drop(dump);
        ended.exits(code);
        assert!(names(folder.path()).is_empty(), "after SIG{signal}");
    }
}

#[test]
fn a_report_that_cannot_be_written_says_that_the_file_is_complete() {
    let folder = folder_with("dump.sql", DUMP.as_bytes());
    for form in ["text", "json"] {
        let full = fs::File::create("/dev/full").unwrap();
        let arguments = [
            "import",
            "dump.sql",
            "-o",
            "out.sqlite",
            "--force",
            "--report",
            form,
        ];
        let output = ekiben(folder.path()).args(arguments).stdout(full).output();
        finish(&output.unwrap())
            .exits(5)
            .says("cannot write to standard output")
            .says("out.sqlite is complete; only the report about it is lost.");
        assert!(folder.path().join("out.sqlite").exists());
    }
}

#[test]
fn a_link_as_output_is_followed() {
    let folder = folder_with("dump.sql", DUMP.as_bytes());
    let at = |name: &str| folder.path().join(name);
    fs::write(at("real.sqlite"), "old").unwrap();
    symlink("real.sqlite", at("link.sqlite")).unwrap();
    symlink("nothing.sqlite", at("broken.sqlite")).unwrap();
    let import = |output: &str, force: &[&str]| {
        let arguments = ["import", "dump.sql", "-o", output];
        run(folder.path(), &[&arguments[..], force].concat())
    };
    import("link.sqlite", &[]).exits(5).says("exists already");
    import("link.sqlite", &["--force"]).exits(0);
    assert!(at("link.sqlite").is_symlink());
    assert!(
        fs::read(at("real.sqlite"))
            .unwrap()
            .starts_with(b"SQLite format 3")
    );
    import("broken.sqlite", &["--force"])
        .exits(5)
        .says("broken.sqlite is a symbolic link that leads nowhere");
    assert_eq!(
        names(folder.path()),
        ["broken.sqlite", "dump.sql", "link.sqlite", "real.sqlite"]
    );
}

#[test]
fn what_is_no_dump_is_named() {
    let mut tar = b"dump.sql".to_vec();
    tar.resize(257, 0);
    tar.extend(b"ustar\0");
    tar.resize(1024, 0);
    let strangers: &[(&[u8], &str)] = &[
        (&tar, "it is a tar archive"),
        (b"SQLite format 3\0", "it is a database of SQLite already"),
        (b"PGDMP\x01", "it is a dump of PostgreSQL"),
        (
            b"--\n-- PostgreSQL database dump\n--\n",
            "it is a dump of PostgreSQL",
        ),
        (
            b"PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\n",
            "it is a dump of SQLite",
        ),
        (b"id,name,price\n1,a,2\n", "this is a table of values (CSV)"),
        (b"id;name\n1;a\n", "this is a table of values (CSV)"),
        (b"\"id\"\t\"name\"\n", "this is a table of values (CSV)"),
        (b"[{\"id\": 1}]\n", "this is JSON"),
        (b"hello world\n", "Is it a dump?"),
        (b"-- nothing\n", "Nothing in it makes a table or a row"),
    ];
    for (input, says) in strangers {
        let folder = folder_with("input.sql", input);
        run(folder.path(), &["import", "input.sql", "-o", "out.sqlite"])
            .exits(4)
            .says(says);
    }
}

/// The hint is about the fault at hand.
#[test]
fn a_hint_speaks_of_the_fault() {
    let faults: &[(&[u8], &str)] = &[
        (
            b"INSERT INTO t VALUES (1, 2);",
            "Give the row as many values",
        ),
        (b"INSERT INTO t VALUES (1", "The end is missing"),
        (b"FLY;", "Mend the dump"),
        (b"SOURCE other.sql;", "further dumps, in their order"),
        (b"SET NAMES klingon;", "write it in another way"),
        (
            b"INSERT INTO u VALUES ('\x83\x65\x83\x58\x83\x67');",
            "--charset cp932",
        ),
        (
            b"INSERT INTO u VALUES ('\xa5\xc6\xa5\xb9\xa5\xc8');",
            "--charset ujis",
        ),
        (b"INSERT INTO u VALUES ('caf\xe9');", "--charset: latin1"),
    ];
    for (statement, hint) in faults {
        let head = b"CREATE TABLE t (a int); CREATE TABLE u (a text); INSERT INTO t VALUES (1);\n";
        let folder = folder_with("input.sql", &[&head[..], statement].concat());
        let done = run(folder.path(), &["import", "input.sql", "-o", "out.sqlite"]);
        done.exits(4).says(hint);
        let lost = done.stderr.contains("Is it a dump?");
        assert!(!lost, "{}", done.stderr);
    }
}
