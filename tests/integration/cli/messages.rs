//! What is said about a wrong path, a broken CSV file and a server's address: what it is and where.

use std::fs;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::process::Stdio;

use tempfile::TempDir;

use crate::support::binary::{Process, ekiben, finish, run};
use crate::support::data_folder::{baked_folder, names};
use crate::support::dataset::Dataset;

/// Trust 25: what is no SQLite file is called what it is.
#[test]
fn what_is_no_data_file_is_called_what_it_is() {
    let folder = TempDir::new().unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::create_dir(path("folder")).unwrap();
    fs::write(path("empty"), "").unwrap();
    fs::write(path("short"), "SQLite").unwrap();
    fs::write(path("text"), "CREATE TABLE t (a int);\n").unwrap();
    drop(UnixListener::bind(path("socket")).unwrap());
    for (name, said) in [
        ("folder", "it is a folder"),
        ("empty", "it is empty"),
        ("short", "it is not a SQLite file"),
        ("text", "it is not a SQLite file"),
        ("socket", "it is a device, a pipe or a socket"),
        ("/dev/null", "it is a device, a pipe or a socket"),
        ("/dev/zero", "it is a device, a pipe or a socket"),
        ("none", "there is no such file"),
        ("text/none", "it cannot be read (Not a directory"),
    ] {
        for (command, does) in [("inspect", "inspect"), ("restore", "copy")] {
            let ended = run(folder.path(), &[command, name]);
            ended
                .exits(6)
                .says(&format!("cannot {does} {name}: {said}"))
                .says("hint: ");
        }
    }
}

/// Trust 25: a baked file that is none stops the server with the same words.
#[test]
fn a_server_says_what_its_file_is() {
    let folder = TempDir::new().unwrap();
    let baked = folder.path().join("data/isuumo.sqlite");
    let is_refused = |said: &str| {
        for mode in ["primary", "replica"] {
            let ended = run(folder.path(), &["serve", "--port", "0", "--mode", mode]);
            ended
                .exits(6)
                .says(&format!("cannot serve data/isuumo.sqlite: {said}\n"));
        }
    };
    fs::create_dir_all(&baked).unwrap();
    is_refused("it is a folder");
    fs::remove_dir(&baked).unwrap();
    for (bytes, said) in [
        ("", "it is empty"),
        ("CREATE TABLE t (a int);\n", "it is not a SQLite file"),
        (&"x".repeat(10_000), "it is not a SQLite file"),
    ] {
        fs::write(&baked, bytes).unwrap();
        is_refused(said);
    }
}

/// Trust 25: a reload says so too, and nothing of a file that is not there.
#[test]
fn a_reload_says_what_its_file_is() {
    let folder = baked_folder(&Dataset::tiny());
    let mut server = Process::start(folder.path(), &["--mode", "replica"]);
    let baked = folder.path().join("data/isuumo.sqlite");
    for (bytes, said) in [
        (Some(""), "it is empty"),
        (Some("no database"), "it is not a SQLite file"),
        (None, "there is no such file"),
    ] {
        fs::remove_file(&baked).unwrap_or_default();
        if let Some(bytes) = bytes {
            fs::write(&baked, bytes).unwrap();
        }
        server.hang_up();
        let line = server.wait_for_log("isuumo.sqlite: ").to_string();
        assert!(line.contains(said), "{line}");
        assert!(bytes.is_some() || !line.contains("untouched"), "{line}");
    }
}

/// Trust 25: where a file is named for a folder, or a folder for a file, that is what is said.
#[test]
fn a_folder_and_a_file_are_told_apart() {
    let folder = TempDir::new().unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::create_dir(path("folder")).unwrap();
    fs::write(path("file"), "CREATE TABLE t (a int);\n").unwrap();
    for (arguments, code, said, hint) in [
        (
            &["bake", "--out", "file"][..],
            5,
            "file is not a folder",
            "Name a folder",
        ),
        (
            &["bake", "--out", "file/x"],
            5,
            "file is not a folder",
            "Name a folder",
        ),
        (
            &["bake", "--from", "file"],
            4,
            "cannot read file: it is not a folder",
            "Name the folder",
        ),
        (
            &["bake", "--from", "none"],
            4,
            "cannot read none: ",
            "Check the path",
        ),
        (
            &["bake", "--from", "folder"],
            4,
            "folder holds no dump",
            "--from",
        ),
        (
            &["import", "file", "-o", "folder"],
            5,
            "folder is not a regular file",
            "Name another output",
        ),
        (
            &["import", "file", "-o", "new/"],
            5,
            "new/ is not a regular file",
            "Name another output",
        ),
        (
            &["import", "file", "-o", "file/x"],
            5,
            "file is not a folder",
            "Name a folder",
        ),
        (
            &["import", "folder", "-o", "x"],
            4,
            "cannot read folder: it is a folder",
            "Check the path",
        ),
    ] {
        let ended = run(folder.path(), arguments);
        ended.exits(code).says(said).says(hint);
        assert!(!ended.stderr.contains("--force"), "{}", ended.stderr);
    }
    assert_eq!(names(folder.path()), ["file", "folder"]);
}

/// Trust 25: an output that is there is told before anything is read, and never replaced unasked.
#[test]
fn an_output_that_exists_is_told_at_once() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("x"), "precious").unwrap();
    symlink("nowhere", folder.path().join("link")).unwrap();
    for output in ["x", "link"] {
        // A pipe that nobody ends: who reads it waits.
        let mut command = ekiben(folder.path());
        command.args(["import", "-", "-o", output]);
        let mut child = command
            .stdin(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let _open = child.stdin.take();
        let ended = finish(&child.wait_with_output().unwrap());
        ended
            .exits(5)
            .says(&format!("{output} exists already"))
            .says("--force");
    }
    assert_eq!(
        fs::read_to_string(folder.path().join("x")).unwrap(),
        "precious"
    );
}

/// Trust 25: a quote that is not closed is reported with its line, or with where the record goes on to.
#[test]
fn an_unclosed_quote_is_reported_with_its_line() {
    let folder = TempDir::new().unwrap();
    let header =
        "Survived,Pclass,Name,Sex,Age,Siblings/Spouses Aboard,Parents/Children Aboard,Fare";
    let row = |name: &str| format!("0,3,{name},male,22,1,0,7.25");
    let seed = |names: &[&str]| {
        let rows: Vec<_> = names.iter().map(|name| row(name)).collect();
        let text = format!("{header}\n{}\n", rows.join("\n"));
        fs::write(folder.path().join("a.csv"), text).unwrap();
        run(folder.path(), &["seed", "people", "a.csv", "--replace"])
    };
    seed(&["A", "\"B", "C", "D"])
        .exits(4)
        .says("a.csv: line 3: the quote that is opened here is not closed");
    seed(&["A", "B", "C", "\"D"])
        .exits(4)
        .says("a.csv: line 5: the quote that is opened here is not closed");
    seed(&["A", "\"B", "\"C, D\"", "E"])
        .exits(4)
        .says("a.csv: line 3: ")
        .says("the record goes on to line 4: is a quote not closed?");
    seed(&["A", "\"B\"", "\"C \"\"D\"\"\""]).exits(0);
}

/// Trust 25: a value that a setting cannot have is refused in a user's words, wherever it stands.
#[test]
fn a_wrong_setting_is_told_in_a_users_words() {
    let folder = TempDir::new().unwrap();
    let said = "must be a whole number, 0 or more, not \"many\"";
    let mut serve = ekiben(folder.path());
    serve.arg("serve").env("EKIBEN_WORKER_THREADS", "many");
    finish(&serve.output().unwrap()).exits(3).says(said);
    for (variable, text, said) in [
        (
            "EKIBEN_WORKER_THREADS",
            "99999999999999999999",
            "the number is too large",
        ),
        (
            "EKIBEN_WORKER_THREADS",
            "99999999999999999999999999999999999999999999",
            "the number is too large",
        ),
        ("EKIBEN_WORKER_THREADS", "1e3", "not \"1e3\""),
        (
            "EKIBEN_LOG",
            "3",
            "setting `log` in environment variable EKIBEN_LOG: is a section",
        ),
    ] {
        let mut serve = ekiben(folder.path());
        serve.arg("serve").env(variable, text);
        finish(&serve.output().unwrap()).exits(3).says(said);
    }
    for (toml, said) in [
        ("worker_threads = \"many\"", said),
        ("mode = 1", "must be one of its words in quotes, not 1"),
        (
            "[limits]\nrequest_seconds = [1]",
            "must be a whole number, 0 or more, not a list",
        ),
        ("[http]\ncompression = \"maybe\"", "must be true or false"),
        ("log = 3", "setting `log` in ekiben.toml: is a section"),
        ("limits = 3", "such as `limits."),
        (
            "mounts = \"/x\"",
            "setting `mounts` in ekiben.toml: is a section",
        ),
        (
            "[mode]\nx = 1",
            "setting `mode` in ekiben.toml: has a value and is no section",
        ),
        (
            "[log.filter.x]\ny = 1",
            "setting `log.filter` in ekiben.toml: has a value",
        ),
        ("logs = 3", "unknown setting `logs`"),
        (
            "worker_threads = 99999999999999999999",
            "line 1: the number is too large",
        ),
        (
            "worker_threads = 1e3",
            "must be a whole number, 0 or more, without a point or an exponent, not 1000.0",
        ),
        (
            "worker_threads = 2.5",
            "must be a whole number, 0 or more, not 2.5",
        ),
    ] {
        fs::write(folder.path().join("ekiben.toml"), toml).unwrap();
        for command in ["serve", "bake"] {
            run(folder.path(), &[command]).exits(3).says(said);
        }
    }
}

/// Trust 25: `check` takes a server as people write it.
#[test]
fn check_takes_a_host_and_a_port() {
    let folder = baked_folder(&Dataset::tiny());
    let server = Process::start(folder.path(), &[]);
    let port = server.address.port();
    for server in [
        format!("127.0.0.1:{port}"),
        format!("localhost:{port}"),
        format!(":{port}"),
        format!("{port}"),
        format!("127.0.0.1:{port}/livez"),
    ] {
        run(folder.path(), &["check", &server])
            .exits(0)
            .says(": ready");
    }
    run(folder.path(), &["check", "127.0.0.1:http"])
        .exits(2)
        .says("127.0.0.1:http: ");
}
