//! Imports as they arrive and leave: statements too long to be held in memory, pipes, reports for
//! programs.
//!
//! What a dump means is tested in `import_cases`.

use std::fs;
use std::io::Write as _;
use std::process::Stdio;

use rusqlite::Connection;
use tempfile::TempDir;

use crate::support::binary::{Finished, ekiben, finish, run};

const TABLE: &str = "CREATE TABLE t (id int PRIMARY KEY, n int);\n";

/// One `INSERT` of rows with these ids, of which the importer holds only a part in memory.
fn long_insert(ids: impl Iterator<Item = usize>, end: &str) -> String {
    let rows: Vec<String> = ids.map(|id| format!("({id},1)")).collect();
    format!("INSERT INTO t VALUES {}{end};\n", rows.join(","))
}

fn import_piped(folder: &TempDir, input: &str) -> Finished {
    let mut child = ekiben(folder.path())
        .args(["import", "-", "-o", "out.sqlite"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // The importer may stop reading at an error; what it says then is what counts.
    drop(child.stdin.take().unwrap().write_all(input.as_bytes()));
    finish(&child.wait_with_output().unwrap())
}

fn count(folder: &TempDir, query: &str) -> i64 {
    let file = Connection::open(folder.path().join("out.sqlite")).unwrap();
    file.query_row(query, [], |row| row.get(0)).unwrap()
}

#[test]
fn a_long_upsert_meets_its_own_rows() {
    let folder = TempDir::new().unwrap();
    // Plain INSERTs of the same form around it must stay plain.
    let dump = [
        TABLE,
        "INSERT INTO t VALUES (1000,5);\n",
        &long_insert(
            (0..200_000).map(|row| row % 1000),
            " ON DUPLICATE KEY UPDATE n = n + 1",
        ),
        "INSERT INTO t VALUES (1001,7);\n",
        &long_insert(0..200_000, " ON DUPLICATE KEY UPDATE n = 9"),
    ]
    .concat();
    fs::write(folder.path().join("in.sql"), dump).unwrap();
    run(folder.path(), &["import", "in.sql", "-o", "out.sqlite"]).exits(0);
    assert_eq!(count(&folder, "SELECT count(*) FROM t"), 200_000);
    assert_eq!(count(&folder, "SELECT count(*) FROM t WHERE n = 9"), 1_002);
}

#[test]
fn a_long_plain_insert_comes_through_a_pipe() {
    let folder = TempDir::new().unwrap();
    let dump = [TABLE, &long_insert(0..200_000, "")].concat();
    import_piped(&folder, &dump).exits(0);
    assert_eq!(count(&folder, "SELECT count(*) FROM t"), 200_000);
}

#[test]
fn a_long_upsert_from_a_pipe_is_refused_with_the_way_out() {
    let folder = TempDir::new().unwrap();
    let dump = [
        TABLE,
        &long_insert(0..200_000, " ON DUPLICATE KEY UPDATE n = n + 1"),
    ]
    .concat();
    import_piped(&folder, &dump)
        .exits(4)
        .says("line 2, byte")
        .says("from a file, but not from a pipe");
    assert!(!folder.path().join("out.sqlite").exists());
}

#[test]
fn a_strict_failure_tells_programs_what_stood_in_the_way() {
    let folder = TempDir::new().unwrap();
    let dump = [
        TABLE,
        "CREATE TRIGGER x BEFORE INSERT ON t FOR EACH ROW SET NEW.n = 1;\n",
    ]
    .concat();
    fs::write(folder.path().join("in.sql"), dump).unwrap();
    let options = ["--strict", "--report", "json", "-o", "out.sqlite"];
    let finished = run(
        folder.path(),
        &[&["import", "in.sql"], &options[..]].concat(),
    );
    let report: serde_json::Value = serde_json::from_str(&finished.exits(4).stdout).unwrap();
    assert_eq!(report["notes"][0]["line"], 2);
    assert_eq!(report["notes"][0]["class"], "skipped");
    assert!(!folder.path().join("out.sqlite").exists());
}

#[test]
fn an_output_that_must_not_be_replaced_is_refused_before_anything_is_read() {
    let folder = TempDir::new().unwrap();
    let dump = [TABLE, "INSERT INTO t VALUES (1, 2);\n"].concat();
    fs::write(folder.path().join("in.sql"), &dump).unwrap();
    fs::create_dir(folder.path().join("folder")).unwrap();
    std::os::unix::fs::symlink("in.sql", folder.path().join("link.sql")).unwrap();
    let import = |out: &str, code: i32, reason: &str| {
        let arguments = ["import", "in.sql", "--force", "-o", out];
        let finished = run(folder.path(), &arguments);
        finished.exits(code).says(reason);
        assert!(!finished.stderr.contains("reading"), "{}", finished.stderr);
    };
    import("in.sql", 5, "in.sql is both an input and the output");
    import("./link.sql", 5, "link.sql is both an input and the output");
    import("folder", 5, "folder is not a regular file");
    import("new/", 5, "new/ is not a regular file");
    import("-", 2, "cannot be written to standard output");
    let kept = fs::read_to_string(folder.path().join("in.sql")).unwrap();
    assert_eq!(kept, dump);
}

#[test]
fn contradictory_choices_are_wrong_arguments() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("in.sql"), TABLE).unwrap();
    for choice in [
        &["--tables", "t", "--exclude", "t"][..],
        &["--tables", "t,"],
    ] {
        let arguments = [&["import", "in.sql", "-o", "out.sqlite"], choice].concat();
        run(folder.path(), &arguments).exits(2);
    }
    run(folder.path(), &["import", "-", "-", "-o", "out.sqlite"])
        .exits(2)
        .says("only once");
}

#[test]
fn damaged_archives_say_that_they_are() {
    let folder = TempDir::new().unwrap();
    let packed = zstd::encode_all(TABLE.repeat(50).as_bytes(), 1).unwrap();
    fs::write(folder.path().join("in.zst"), &packed[..packed.len() / 2]).unwrap();
    run(folder.path(), &["import", "in.zst", "-o", "out.sqlite"])
        .exits(4)
        .says("damaged or cut off");
}
