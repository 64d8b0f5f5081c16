//! A log of JSON: every line on standard error is an object, from the first one to an error at exit.

use std::fs;
use std::net::TcpListener;
use std::os::unix::ffi::OsStrExt as _;
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

use crate::support::binary::{Process, ekiben, finish};
use crate::support::data_folder::baked_folder;
use crate::support::dataset::Dataset;

/// The lines of a log, each an object with what every line has.
#[track_caller]
fn objects(log: &str) -> Vec<Value> {
    let object = |line: &str| -> Value {
        let object: Value =
            serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {line}"));
        for key in ["timestamp", "level", "message", "target"] {
            assert!(object[key].is_string(), "no {key} in {line}");
        }
        object
    };
    log.lines().map(object).collect()
}

/// What a server that ends at once says, as objects; the last one is the error.
#[track_caller]
fn refused(command: &mut Command, code: i32, message: &str) -> Vec<Value> {
    let finished = finish(&command.output().unwrap());
    finished.exits(code);
    assert_eq!(finished.stdout, "");
    let lines = objects(&finished.stderr);
    let last = lines.last().unwrap();
    assert_eq!(last["level"], "ERROR", "{last}");
    let said = last["message"].as_str().unwrap();
    assert!(said.contains(message), "no {message:?} in {said}");
    assert!(!said.starts_with("error"), "{said}");
    lines
}

/// Trust 18: the bake of a first start, what differs from the dumps, the stop.
#[test]
fn a_first_start_logs_nothing_but_json() {
    let folder = TempDir::new().unwrap();
    let dumps = folder.path().join("dumps/isuumo");
    Dataset::tiny().write(&dumps);
    fs::write(
        dumps.join("9_more.sql"),
        "CREATE TABLE t (a int);\nINSERT INTO t VALUES (1);\n",
    )
    .unwrap();
    let mut command = ekiben(folder.path());
    command.args(["serve", "--port", "0"]);
    command.env("EKIBEN_DATASET_DIR", "dumps");
    let server = Process::start_as(command.env("EKIBEN_ADMIN__LISTEN", "off"));
    let mut log = server.before.clone();
    server.terminate();
    let (code, rest) = server.wait();
    assert_eq!(code, Some(0));
    log.push_str(&rest);
    let lines = objects(&log);
    let messages: Vec<_> = lines
        .iter()
        .map(|line| line["message"].as_str().unwrap())
        .collect();
    assert!(messages[0].starts_with("reading "), "{messages:?}");
    let baked = lines
        .iter()
        .find(|line| line["message"] == "baked")
        .unwrap();
    assert_eq!(baked["app"], "isuumo");
    assert!(
        baked["rows"].as_u64().unwrap() > 0 && baked["seconds"].is_number(),
        "{baked}"
    );
    let note = lines.iter().find(|line| line["level"] == "WARN").unwrap();
    assert_eq!(note["class"], "skipped", "{note}");
    assert!(note["line"].is_u64(), "{note}");
    assert_eq!(messages.last(), Some(&"stopped"));
}

/// Trust 18: whatever a server fails of, before and after its configuration is known.
#[test]
fn errors_at_exit_are_json_too() {
    let folder = baked_folder(&Dataset::tiny());
    let serve = |arguments: &[&str]| {
        let mut command = ekiben(folder.path());
        command.arg("serve").args(arguments);
        command.env("EKIBEN_ADMIN__LISTEN", "off");
        command
    };
    let lines = refused(&mut serve(&["--loud"]), 2, "unexpected argument '--loud'");
    // A line for the message and one for what to do, as all other errors have them.
    let (message, hint) = (&lines[0]["message"], lines[0]["hint"].as_str().unwrap());
    assert_eq!(message, "unexpected argument '--loud' found");
    assert!(hint.starts_with("Usage: ekiben serve"), "{hint}");
    assert!(hint.contains("--help") && !hint.contains('\n'), "{hint}");
    refused(
        ekiben(folder.path()).arg("--loud"),
        2,
        "unexpected argument '--loud'",
    );
    refused(
        &mut serve(&["--listen", "here"]),
        2,
        "write it like 127.0.0.1:1323",
    );
    refused(&mut serve(&["--app", "none"]), 2, "there is no app");
    let lines = refused(
        serve(&[]).env("EKIBEN_COLOR", "1"),
        3,
        "unknown setting `color`",
    );
    assert!(lines[0]["hint"].is_string());
    let bytes = std::ffi::OsStr::from_bytes(b"\xff");
    refused(serve(&[]).env("EKIBEN_MODE", bytes), 3, "EKIBEN_MODE");
    refused(&mut serve(&["--config", "none.toml"]), 3, "none.toml");
    fs::write(folder.path().join("broken.toml"), "listen = \n").unwrap();
    refused(&mut serve(&["--config", "broken.toml"]), 3, "broken.toml");
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let mut on_taken = serve(&["--listen", &address]);
    let lines = refused(
        on_taken.env("EKIBEN_A_SERVICE_HOST", "10.0.0.1"),
        1,
        "cannot listen on",
    );
    let levels: Vec<_> = lines.iter().map(|line| &line["level"]).collect();
    assert_eq!(levels, ["WARN", "ERROR"]);
    fs::write(folder.path().join("data/isuumo.sqlite"), "no database").unwrap();
    refused(&mut serve(&["--port", "0"]), 6, "isuumo.sqlite");
    fs::remove_file(folder.path().join("data/isuumo.sqlite")).unwrap();
    let dumps = folder.path().join("dumps/isuumo");
    fs::create_dir_all(&dumps).unwrap();
    fs::write(dumps.join("1.sql"), "CREATE TABLE chair (").unwrap();
    let mut broken = serve(&["--port", "0"]);
    let lines = refused(broken.env("EKIBEN_DATASET_DIR", "dumps"), 4, "1.sql");
    assert!(lines.len() > 1, "progress comes before");
}

/// Trust 18: the form is that of the setting, wherever it stands; commands for people write text unless
/// JSON is configured.
#[test]
fn the_setting_decides_the_form() {
    let folder = TempDir::new().unwrap();
    let stderr = |arguments: &[&str], format: &str| {
        let mut command = ekiben(folder.path());
        command.args(arguments).env("EKIBEN_LOG__FORMAT", format);
        finish(&command.output().unwrap()).stderr
    };
    let serve = ["serve", "--app", "none"];
    assert!(stderr(&serve, "text").starts_with("error: there is no app"));
    objects(&stderr(&serve, ""));
    let check = ["check", "https://example.org"];
    assert!(stderr(&check, "").starts_with("error: "));
    objects(&stderr(&check, "json"));
    let import = ["import", "none.sql", "-o", "x.sqlite"];
    assert!(stderr(&import, "auto").starts_with("error: "));
    assert_eq!(objects(&stderr(&import, "json")).len(), 1);
    // What prints the configuration and ends is no server.
    let print = ["serve", "--print-config", "--app"];
    assert!(stderr(&print, "").starts_with("error: a value is required"));
    objects(&stderr(&["serve", "--app"], ""));
    fs::write(folder.path().join("broken.toml"), "color = 1\n").unwrap();
    let print = ["serve", "--print-config", "--config", "broken.toml"];
    assert!(stderr(&print, "").starts_with("error: unknown setting `color`"));
    objects(&stderr(&["serve", "--config", "broken.toml"], ""));
    // Also where the file is wrong otherwise.
    let file = folder.path().join("ekiben.toml");
    fs::write(&file, "color = 1\n[log]\nformat = \"text\"\n").unwrap();
    assert!(stderr(&["serve"], "").starts_with("error: unknown setting `color`"));
}
