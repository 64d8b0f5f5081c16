//! Bad inputs: a clear error with file, byte, line and table, no output, nothing left behind.

use std::fs;

use ekiben::load::{LoadError, Report};
use tempfile::TempDir;

use crate::support::binary::run;
use crate::support::data_folder::names;
use crate::support::dataset::{CHAIR, Chair, Dataset};
use crate::support::harness::bake_folder;

/// Bakes a dataset whose chair dump went through `change`.
fn bake_changed(change: impl Fn(String) -> Vec<u8>) -> (Result<Report, LoadError>, TempDir) {
    let folder = TempDir::new().unwrap();
    let dumps = folder.path().join("dumps");
    let dataset = Dataset::of_chairs((1..=3).map(|id| Chair { id, ..CHAIR }));
    dataset.write(&dumps);
    fs::write(dumps.join("2_chair.sql"), change(dataset.chair_dump())).unwrap();
    let result = bake_folder(&dumps, &folder.path().join("out/isuumo.sqlite"));
    (result, folder)
}

#[track_caller]
fn fails_with(change: impl Fn(String) -> Vec<u8>, expected: &[&str]) {
    let (result, folder) = bake_changed(change);
    let said = result.expect_err("the dump is broken").to_string();
    for part in expected {
        assert!(said.contains(part), "no {part:?} in: {said}");
    }
    let left = names(&folder.path().join("out"));
    assert!(left.is_empty(), "something was left behind: {left:?}");
}

#[test]
fn a_truncated_dump() {
    fails_with(
        |dump| dump.as_bytes()[..dump.len() - 20].to_vec(),
        &[
            "2_chair.sql: line 1, byte ",
            "table chair, row 3",
            "truncated",
        ],
    );
    fails_with(
        |dump| format!("-- MySQL dump 10.13  Distrib 8.0.36\n{dump}\n").into_bytes(),
        &[
            "2_chair.sql: line 3, byte ",
            "\"-- Dump completed\" is missing",
            "truncated",
        ],
    );
}

#[test]
fn a_wrong_number_of_columns() {
    fails_with(
        |dump| dump.replacen("'座れます', ", "", 1).into_bytes(),
        &[
            "2_chair.sql: line 1, byte ",
            "table chair, row 1",
            "12 values for 13 columns",
        ],
    );
}

#[test]
fn a_byte_that_is_not_utf8() {
    fails_with(
        |dump| {
            let mut bytes = dump.into_bytes();
            let at = bytes
                .windows(3)
                .position(|part| part == "椅".as_bytes())
                .unwrap();
            bytes[at + 1] = b'!';
            bytes
        },
        &[
            "2_chair.sql: line 1, byte ",
            "table chair, row 1",
            "column name: byte 0x",
            "not valid UTF-8",
        ],
    );
}

#[test]
fn a_row_that_the_table_refuses() {
    fails_with(
        |dump| dump.replace("('3'", "('2'").into_bytes(),
        &[
            "2_chair.sql: line 1, byte ",
            "table chair, row 3",
            "UNIQUE constraint failed: chair.id",
        ],
    );
    fails_with(
        |dump| {
            dump.replace("'黒'", &format!("'{}'", "黒".repeat(65)))
                .into_bytes()
        },
        &["table chair, row 1", "CHECK constraint failed"],
    );
    fails_with(
        |dump| dump.replace("'5000'", "'dear'").into_bytes(),
        &[
            "table chair, row 1",
            "column price: \"dear\" is not a 64-bit integer",
        ],
    );
}

#[test]
fn a_column_that_the_schema_does_not_have() {
    fails_with(
        |dump| dump.replace("stock", "stack").into_bytes(),
        &[
            "2_chair.sql: line 1, byte 0, table chair",
            "no column stack",
        ],
    );
}

#[test]
fn a_dataset_without_a_table_or_a_dump() {
    fails_with(|_| b"-- nothing\n".to_vec(), &["the dumps hold no chair"]);
    let folder = TempDir::new().unwrap();
    let out = folder.path().join("out.sqlite");
    let said = bake_folder(folder.path(), &out).unwrap_err().to_string();
    assert!(said.contains("holds no dump"), "{said}");
    let said = bake_folder(&folder.path().join("none"), &out)
        .unwrap_err()
        .to_string();
    assert!(said.contains("none: No such file"), "{said}");
}

#[test]
fn condition_files_that_contradict_the_schema() {
    let folder = TempDir::new().unwrap();
    let dumps = folder.path().join("dumps");
    Dataset::tiny().write(&dumps);
    let built_in = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/dataset/isuumo/chair_condition.json"
    );
    let text = fs::read_to_string(built_in).unwrap();
    let out = folder.path().join("out.sqlite");
    let bake_with = |text: &str| {
        fs::write(dumps.join("chair_condition.json"), text).unwrap();
        bake_folder(&dumps, &out).map_err(|error| error.to_string())
    };
    for (from, to) in [
        ("\"max\": 6000", "\"max\": 4000"),
        (
            "\"min\": 15000, \"max\": -1",
            "\"min\": 15000, \"max\": 90000",
        ),
        ("\"min\": -1, \"max\": 3000", "\"min\": 0, \"max\": 3000"),
    ] {
        let said = bake_with(&text.replace(from, to)).unwrap_err();
        assert!(
            said.contains("chair_condition.json: the ranges of price begin at "),
            "{said}"
        );
        assert!(
            said.contains("separates them at 3000,6000,9000,12000,15000"),
            "{said}"
        );
    }
    let said = bake_with("{\"price\": 1}").unwrap_err();
    assert!(
        said.contains("the ranges of depth begin at nothing"),
        "{said}"
    );
    let said = bake_with("{").unwrap_err();
    assert!(said.contains("chair_condition.json: not JSON"), "{said}");
    bake_with(&text).unwrap();
}

#[test]
fn tables_that_the_schema_does_not_have_are_told() {
    let (result, _folder) = bake_changed(|dump| {
        format!("{dump}INSERT INTO isuumo.sofa (id) VALUES (1), (2);").into_bytes()
    });
    let notes = result.unwrap().notes;
    assert_eq!(
        notes.iter().map(|note| &note.what).collect::<Vec<_>>(),
        ["2 rows of table sofa, which the schema does not have"]
    );
}

#[test]
fn a_missing_file_on_the_command_line() {
    let folder = TempDir::new().unwrap();
    run(folder.path(), &["import", "none.sql", "-o", "out.sqlite"])
        .exits(4)
        .says("error: cannot read none.sql: No such file")
        .says("hint: ");
    assert!(!folder.path().join("out.sqlite").exists());
}
