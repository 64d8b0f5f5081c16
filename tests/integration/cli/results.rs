//! Results for programs: one JSON object on standard output, with the names of `docs/commands.md`.

use std::ffi::OsStr;
use std::fs;
use std::io::Write as _;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;
use std::process::Stdio;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::service::migrations::old_primary;
use crate::support::binary::{Finished, Process, ekiben, finish, run};
use crate::support::data_folder::baked_folder;
use crate::support::dataset::Dataset;
use crate::support::documents::{console_blocks, repository_file};
use crate::support::schema_folder::{COLUMN, built_in_version, install};

/// The only object on standard output.
#[track_caller]
pub(super) fn object(finished: &Finished) -> Value {
    let read: Value = serde_json::from_str(&finished.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}\n{}", finished.stdout, finished.stderr));
    assert!(read.is_object(), "{read}");
    read
}

/// Whether `found` has the names of `shown`, in its order, and values of its types.
pub(super) fn compare(shown: &Value, found: &Value, at: &str) -> Result<(), String> {
    match (shown, found) {
        (Value::Object(shown), Value::Object(found)) => {
            let names = |object: &serde_json::Map<String, Value>| -> Vec<String> {
                object.keys().cloned().collect()
            };
            // What is counted has names of its own.
            if at.ends_with(".ignored") {
                return Ok(());
            }
            if names(shown) != names(found) {
                let (shown, found) = (names(shown), names(found));
                return Err(format!("{at}: {found:?} where {shown:?} is documented"));
            }
            let mut pairs = shown.iter().zip(found.values());
            pairs.try_for_each(|((name, shown), found)| {
                compare(shown, found, &format!("{at}.{name}"))
            })
        }
        (Value::Array(shown), Value::Array(found)) => found.iter().try_for_each(|found| {
            let mut tried = shown.iter().map(|shown| compare(shown, found, at));
            let first = tried
                .next()
                .unwrap_or_else(|| Err(format!("{at}: {found} where an empty list is documented")));
            first.or_else(|error| tried.find(Result::is_ok).unwrap_or(Err(error)))
        }),
        _ if std::mem::discriminant(shown) == std::mem::discriminant(found) => Ok(()),
        _ => Err(format!("{at}: {found} where {shown} is documented")),
    }
}

/// Trust 37: every command that does something says so to programs as documented.
#[test]
fn results_are_as_documented() {
    let folder = baked_folder(&Dataset::tiny());
    fs::create_dir(folder.path().join("examples")).unwrap();
    let passengers = repository_file("examples/passengers.csv");
    fs::write(folder.path().join("examples/passengers.csv"), passengers).unwrap();
    let extra = "CREATE TABLE t (a int);\nINSERT INTO t VALUES (1);\n";
    fs::create_dir(folder.path().join("all")).unwrap();
    fs::rename(
        folder.path().join("dumps"),
        folder.path().join("all/isuumo"),
    )
    .unwrap();
    fs::write(folder.path().join("all/isuumo/9_more.sql"), extra).unwrap();
    let mut server = None;
    let mut seen = Vec::new();
    for block in console_blocks(&repository_file("docs/commands.md")) {
        let [(command, shown)] = &block[..] else {
            continue;
        };
        let mut arguments: Vec<String> = command
            .strip_prefix("ekiben ")
            .unwrap()
            .split(' ')
            .map(str::to_owned)
            .collect();
        seen.push(arguments[0].clone());
        if arguments[0] == "check" {
            let started = Process::start(folder.path(), &[]);
            *arguments.last_mut().unwrap() = started.address.to_string();
            server = Some(started);
        } else if arguments[0] == "restore" {
            drop(server.take());
        }
        let mut command = ekiben(folder.path());
        // What is built in is larger, and the passengers of people are built in.
        if arguments[0] == "bake" {
            command.env("EKIBEN_DATASET_DIR", "all");
        }
        let finished = finish(&command.args(&arguments).output().unwrap());
        finished.exits(0);
        let shown = serde_json::from_str(shown).unwrap();
        compare(&shown, &object(&finished), &arguments[0]).unwrap();
    }
    let all = ["bake", "check", "backup", "restore", "migrate", "seed"];
    assert_eq!(seen, all);
}

/// Trust 37: what a server or a file answers is printed whatever it is; any other failure prints nothing
/// there.
#[test]
fn a_failure_prints_an_object_only_where_it_is_the_answer() {
    let folder = baked_folder(&Dataset::tiny());
    let not_ready = run(folder.path(), &["check", "--json", "127.0.0.1:1"]);
    let answered = object(not_ready.exits(1));
    assert_eq!(answered["ready"], false);
    assert!(answered["status"].is_null());
    assert!(answered["reason"].is_string(), "{answered}");
    let server = Process::start(folder.path(), &[]);
    let nowhere = format!("{}/nowhere", server.address);
    let answered = object(run(folder.path(), &["check", "--json", &nowhere]).exits(1));
    assert_eq!(answered["status"], 404);
    for (arguments, code) in [
        (&["bake", "--json", "--from", "none"][..], 4),
        (&["import", "--json", "none.sql", "-o", "x.sqlite"], 4),
        (&["backup", "--json", "none/out.sqlite"], 5),
        (&["restore", "--json", "data/isuumo.sqlite"], 6),
        (&["migrate", "--json"], 6),
        (&["seed", "--json", "people", "none.csv"], 4),
        (&["check", "--json", "https://localhost"], 2),
    ] {
        let finished = run(folder.path(), arguments);
        assert_eq!(finished.exits(code).stdout, "", "{arguments:?}");
        assert!(finished.stderr.contains("error: "), "{finished:?}");
    }
    // One app was looked at before the other failed.
    drop(server);
    fs::write(
        folder.path().join("data/isuumo.primary.1.sqlite"),
        "no database",
    )
    .unwrap();
    let both = ["migrate", "--json", "--app", "people", "--app", "isuumo"];
    let result = object(run(folder.path(), &both).exits(6));
    assert_eq!(result["apps"][0]["state"], "no_copy");
    assert_eq!(result["apps"].as_array().unwrap().len(), 1);
}

/// Trust 37: how data stands to the program's schema, before a migration and after it.
#[test]
fn migrations_are_reported_as_due_and_as_done() {
    let folder = old_primary();
    let old = built_in_version();
    run(folder.path(), &["backup", "old.sqlite"]).exits(0);
    install(folder.path(), &[COLUMN]);
    let app = |arguments: &[&str], code| {
        let arguments = [&["migrate", "--json"], arguments].concat();
        object(run(folder.path(), &arguments).exits(code))["apps"][0].take()
    };
    let next = format!("migration_{}.sql", old + 1);
    let due = json!({"app": "isuumo", "state": "due", "from": old, "to": old + 1, "generation": 1,
                     "migrations": [next]});
    assert_eq!(app(&["--check"], 1), due);
    let restored = run(folder.path(), &["restore", "--json", "old.sqlite"]);
    let restored = object(restored.exits(0));
    assert_eq!(restored["migration_due"], true);
    assert_eq!(restored["schema_version"], old);
    let mut done = app(&[], 0);
    assert!(done["seconds"].take().is_number());
    let migrated = json!({"app": "isuumo", "state": "migrated", "from": old, "to": old + 1,
                          "generation": 3, "seconds": null});
    assert_eq!(done, migrated);
    let current = json!({"app": "isuumo", "state": "current", "schema_version": old + 1,
                         "generation": 3});
    assert_eq!(app(&["--check"], 0), current);
}

/// Trust 37: work that is done does not fail of a name that JSON has no place for.
#[test]
fn a_path_that_is_no_text_is_shown_as_far_as_it_is() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("a.sql"), "CREATE TABLE t (a int);\n").unwrap();
    let output = OsStr::from_bytes(b"\xff.sqlite");
    let mut import = ekiben(folder.path());
    import.args(["import", "a.sql", "--json", "-o"]).arg(output);
    let finished = finish(&import.output().unwrap());
    assert_eq!(object(finished.exits(0))["path"], "\u{fffd}.sqlite");
    assert!(folder.path().join(output).exists());
}

/// Runs `ekiben seed people -` with `csv` piped in.
fn seed_by_pipe(folder: &Path, csv: &[u8], flag: &str) -> Finished {
    let mut seed = ekiben(folder);
    seed.args(["seed", "people", "-", flag]);
    seed.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = seed.stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(csv).unwrap();
    finish(&child.wait_with_output().unwrap())
}

/// Trust 37: `seed people -` reads a pipe, packed or not, and says where in it a fault is.
#[test]
fn a_seed_is_read_from_a_pipe() {
    let folder = TempDir::new().unwrap();
    let csv = repository_file("examples/passengers.csv");
    seed_by_pipe(folder.path(), csv.as_bytes(), "--replace")
        .exits(0)
        .says("3 rows from standard input in place of 887, checked");
    let packed = zstd::encode_all(csv.as_bytes(), 0).unwrap();
    seed_by_pipe(folder.path(), &packed, "--append")
        .exits(0)
        .says("3 rows from standard input beside 3, checked");
    let copy = "data/people.primary.2.sqlite";
    let inspected = run(folder.path(), &["inspect", copy]);
    assert_eq!(inspected.exits(0).stdout.matches("stdin.csv").count(), 2);
    let broken = csv.replace(",41,", ",many,");
    seed_by_pipe(folder.path(), broken.as_bytes(), "--append")
        .exits(4)
        .says("standard input: line 3: column 5 (Age): \"many\" is no number");
    seed_by_pipe(folder.path(), b"", "--append")
        .exits(4)
        .says("standard input: line 1: the file is empty");
    assert!(!folder.path().join("data/people.primary.3.sqlite").exists());
}
