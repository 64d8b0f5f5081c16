//! Random faults in sound scripts: each is of a known kind, at a known line, and what the importer says must be about
//! it: the place, and a hint on what to do. "Is it a dump?" is asked only where nothing was recognised.
//!
//! There is no server here: a kind of fault comes with what is to be said.

use std::fs;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use tempfile::TempDir;

use crate::import::compared_scripts::Choices;
use crate::import::random::config;
use crate::support::binary::run;

/// Where the seeds of failures are kept.
const SEEDS: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/tests/oracle/fault-regressions.txt"
);

/// Statements without a fault, which begin no line with what a fault could be taken for.
const SOUND: &[&str] = &[
    "SET NAMES utf8mb4;",
    "/*!40101 SET character_set_client = utf8mb4 */;",
    "INSERT INTO t VALUES (1, 'a;b');",
    "INSERT INTO t VALUES (2, 'it''s'),\n(3, NULL);",
    "-- a comment; it's",
    "/* one\nof two lines */",
    "CREATE TABLE IF NOT EXISTS u (a int,\n  b text);",
    "UPDATE t SET s = 'x' WHERE id = 1;",
    "DELIMITER //\nCREATE TRIGGER x BEFORE INSERT ON t FOR EACH ROW BEGIN SET @a = 1; END//\nDELIMITER ;",
    "BEGIN; INSERT INTO t VALUES (4, ''); COMMIT;",
    "LOCK TABLES t WRITE; UNLOCK TABLES;",
];

/// What is wrong, which part of the message says so, and which hint is given.
type Fault = (&'static [u8], &'static str, &'static str);

const FAULTS: &[Fault] = &[
    (
        b"INSERT INTO t VALUES (1);",
        "",
        "Give the row as many values",
    ),
    (
        b"INSERT INTO t VALUES (1, 'a', 3);",
        "",
        "Give the row as many values",
    ),
    (
        b"INSERT INTO t (id) VALUES (1, 2);",
        "",
        "Give the row as many values",
    ),
    (
        b"INSERT INTO t VALUES (1, 'a') (2, 'b');",
        "",
        "Mend the dump",
    ),
    (b"INSERT INTO t VALUES (1, );", "", "Mend the dump"),
    (b"INSRT INTO t VALUES (1, 'a');", "", "Mend the dump"),
    (b"CREATE TABLE w (a int,, b int);", "", "Mend the dump"),
    (b"CREATE TABLE w (a);", "", "Mend the dump"),
    (b"FLY TO mars;", "", "Mend the dump"),
    (
        b"SOURCE other.sql;",
        "SOURCE",
        "further dumps, in their order",
    ),
    (b"\\. other.sql", "SOURCE", "further dumps, in their order"),
    (
        b"LOAD DATA INFILE 'x.csv' INTO TABLE t;",
        "",
        "Nothing but the dump is read or run",
    ),
    (
        b"SELECT * FROM t INTO OUTFILE '/tmp/x';",
        "",
        "Nothing but the dump is read or run",
    ),
    (b"SET NAMES klingon;", "klingon", "write it in another way"),
    (
        b"INSERT INTO t VALUES (5, '\x83\x65\x83\x58\x83\x67');",
        "0x83",
        "--charset cp932",
    ),
    (
        b"INSERT INTO t VALUES (5, '\xa5\xc6\xa5\xb9\xa5\xc8');",
        "0xA5",
        "--charset ujis",
    ),
    (
        b"INSERT INTO t VALUES (5, 'caf\xe9');",
        "0xE9",
        "--charset: latin1",
    ),
    (b"INSERT INTO t VALUES (5, x'4');", "", "Mend"),
    (
        b"CREATE TABLE g (a point); INSERT INTO g VALUES (ST_GeomFromText('POINT(1)'));",
        "",
        "Mend",
    ),
];

/// What is cut off where it stands, at the end of a file.
const CUTS: &[&str] = &[
    "INSERT INTO t VALUES (7, 'a'",
    "INSERT INTO t VALUES (7, 'a",
    "INSERT INTO t VALUES (7,",
    "INSERT INTO t VALUES (7, 'a'),",
    "INSERT INTO t",
    "CREATE TABLE w (a int",
    "/* a comment",
    "/*!40101 SET NAMES utf8mb4",
    "INSERT INTO t VALUES (7, `x",
];

fn sound(c: &mut Choices<'_>) -> String {
    (0..c.below(6)).map(|_| c.one(SOUND) + "\n").collect()
}

/// The script, the line of the fault, and what is said of it.
fn faulty(c: &mut Choices<'_>) -> (Vec<u8>, usize, Vec<&'static str>) {
    let before = format!("CREATE TABLE t (id int, s text);\n{}", sound(c));
    let line = 1 + before.matches('\n').count();
    if c.below(4) == 0 {
        let cut = c.one(CUTS);
        return (
            [before, cut].concat().into_bytes(),
            line,
            vec!["The end is missing"],
        );
    }
    let (fault, message, hint) = FAULTS[c.below(FAULTS.len())];
    let behind = sound(c);
    let script = [before.as_bytes(), fault, b"\n", behind.as_bytes()].concat();
    (script, line, vec![message, hint])
}

#[test]
fn what_is_said_is_about_the_fault() {
    let folder = TempDir::new().unwrap();
    let path = folder.path();
    let outcome = TestRunner::new(config(SEEDS)).run(&vec(any::<u8>(), 24), |bytes| {
        let (script, line, said) = faulty(&mut Choices::of(&bytes));
        fs::write(path.join("in.sql"), &script).unwrap();
        drop(fs::remove_file(path.join("out.sqlite")));
        let done = run(path, &["import", "in.sql", "-o", "out.sqlite"]);
        let shown = format!("{}\n{}", String::from_utf8_lossy(&script), done.stderr);
        prop_assert_eq!(done.code, Some(4), "{}", shown);
        prop_assert!(
            done.stderr.contains(&format!("line {line},")),
            "line {}\n{}",
            line,
            shown
        );
        for said in said {
            prop_assert!(done.stderr.contains(said), "{}\n{}", said, shown);
        }
        prop_assert!(!done.stderr.contains("Is it a dump?"), "{}", shown);
        prop_assert!(!path.join("out.sqlite").exists());
        Ok(())
    });
    outcome.unwrap_or_else(|failure| panic!("{failure}"));
}
