//! `ekiben seed`: the rows of a CSV file into a primary's data, all or none.

use std::fs;
use std::path::Path;

use rusqlite::{Connection, OpenFlags};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::bake::csv::HEADER;
use crate::support::binary::{Finished, Process, run};
use crate::support::client::Client;
use crate::support::data_folder::contents;
use crate::support::harness::reference_data;

const ADA: &str = "1,1,Miss. Ada Example,female,36,0,0,8.5";
const BEN: &str = "0,3,Mr. Ben Example,male,41,1,2,7.25";

fn write(folder: &Path, name: &str, rows: &[&str]) {
    let csv = format!("{HEADER}\r\n{}", rows.join("\r\n"));
    fs::write(folder.join(name), csv).unwrap();
}

fn seed(folder: &Path, arguments: &[&str]) -> Finished {
    run(folder, &[&["seed", "people"], arguments].concat())
}

/// Names and uuids of the newest generation, in the order of arrival.
fn people(folder: &Path, generation: u64) -> Vec<(String, String)> {
    let path = folder.join(format!("data/people.primary.{generation}.sqlite"));
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    let mut select = connection
        .prepare("SELECT name, uuid FROM person ORDER BY id")
        .unwrap();
    let rows = select.query_map([], |row| Ok((row.get(0)?, row.get(1)?)));
    rows.unwrap().collect::<Result<_, _>>().unwrap()
}

fn names(people: &[(String, String)]) -> Vec<&str> {
    people.iter().map(|(name, _)| name.as_str()).collect()
}

#[test]
fn rows_take_the_place_of_others_or_stand_beside_them() {
    let folder = TempDir::new().unwrap();
    write(folder.path(), "two.csv", &[ADA, BEN]);
    // The built-in people are baked first, and nobody said what becomes of them.
    seed(folder.path(), &["two.csv"])
        .exits(2)
        .says("data/people.sqlite holds 887 rows already")
        .says("--replace removes them, --append keeps them");
    assert!(folder.path().join("data/people.sqlite").exists());
    assert!(!folder.path().join("data/people.primary.1.sqlite").exists());
    seed(folder.path(), &["two.csv", "--replace"])
        .exits(0)
        .says("2 rows from two.csv in place of 887, checked")
        .says("generation 1");
    let first = people(folder.path(), 1);
    assert_eq!(names(&first), ["Miss. Ada Example", "Mr. Ben Example"]);
    // The same file again makes other people, and those that are there keep their uuids.
    seed(folder.path(), &["two.csv", "--append"])
        .exits(0)
        .says("2 rows from two.csv beside 2")
        .says("generation 2");
    let both = people(folder.path(), 2);
    assert_eq!(both[..2], first[..]);
    assert!(both[2..].iter().all(|person| !first.contains(person)));
    seed(folder.path(), &["two.csv"])
        .exits(2)
        .says("holds 4 rows already");
    seed(folder.path(), &["two.csv", "--append", "--replace"]).exits(2);
    // Where the rows came from: those that are still there.
    let inspected = run(folder.path(), &["inspect", "data/people.primary.2.sqlite"]);
    assert_eq!(inspected.exits(0).stdout.matches("two.csv").count(), 2);
    assert!(!inspected.stdout.contains("people.csv"), "{inspected:?}");
}

#[test]
fn what_does_not_fit_leaves_everything_as_it_was() {
    let folder = TempDir::new().unwrap();
    write(folder.path(), "two.csv", &[ADA, BEN]);
    seed(folder.path(), &["two.csv", "--replace"]).exits(0);
    let before = contents(&folder.path().join("data"));
    let wrong = BEN.replace("41", "old");
    write(folder.path(), "wrong.csv", &[ADA, &wrong, ADA]);
    for flag in ["--replace", "--append"] {
        seed(folder.path(), &["wrong.csv", flag])
            .exits(4)
            .says("wrong.csv: line 3: column 5 (Age): \"old\" is no number")
            .says("hint: Mend the file");
        assert!(contents(&folder.path().join("data")) == before, "{flag}");
    }
    seed(folder.path(), &["none.csv", "--append"])
        .exits(4)
        .says("none.csv");
    run(folder.path(), &["seed", "isuumo", "two.csv"])
        .exits(2)
        .says("isuumo takes no CSV file");
    run(folder.path(), &["seed", "nobody", "two.csv"])
        .exits(2)
        .says("there is no app");
    assert!(contents(&folder.path().join("data")) == before);
}

/// What a container does before each start of its server, the first one and all others.
#[tokio::test]
async fn if_new_seeds_once_and_then_leaves_everything_alone() {
    let folder = TempDir::new().unwrap();
    write(folder.path(), "one.csv", &[ADA]);
    let if_new = ["one.csv", "--replace", "--if-new"];
    seed(folder.path(), &if_new).exits(0).says("one.csv");
    let before = contents(&folder.path().join("data"));
    // Neither read nor asked whether rows may go.
    for arguments in [
        &if_new[..],
        &["one.csv", "--if-new"],
        &["none.csv", "--if-new"],
    ] {
        seed(folder.path(), arguments)
            .exits(0)
            .says("people has data, generation 1: nothing was seeded");
    }
    assert!(contents(&folder.path().join("data")) == before);
    let _server = Process::start(folder.path(), &["--app", "people"]);
    let told = seed(folder.path(), &["one.csv", "--if-new", "--json"]);
    let told: Value = serde_json::from_str(&told.exits(0).stdout).unwrap();
    assert_eq!(
        told,
        json!({"app": "people", "seeded": false, "generation": 1})
    );
    // The same for the other kind of list.
    fs::write(folder.path().join("list.txt"), "1::朝::Morning\n").unwrap();
    let english = ["seed", "english", "list.txt", "--if-new"];
    run(folder.path(), &english).exits(0).says("1 sentences");
    run(folder.path(), &english)
        .exits(0)
        .says("english has data, generation 1: nothing was seeded");
}

#[tokio::test]
async fn what_was_written_stays_and_a_primary_that_runs_is_left_alone() {
    let folder = TempDir::new().unwrap();
    write(folder.path(), "one.csv", &[ADA]);
    seed(folder.path(), &["one.csv", "--replace"]).exits(0);
    let start = || Process::start(folder.path(), &["--app", "people"]);
    let server = start();
    let mut client = Client::connect(server.address).await.unwrap();
    let cleo = r#"{"passengerClass":1,"name":"Cleo","sex":"other","age":1,"fare":2,
        "siblingsOrSpousesAboard":0,"parentsOrChildrenAboard":0}"#;
    let json = "application/json";
    let (status, _) = client.post("/people", json, cleo.to_owned()).await.unwrap();
    assert_eq!(status, 200);
    write(folder.path(), "two.csv", &[BEN]);
    seed(folder.path(), &["two.csv", "--append"])
        .exits(6)
        .says("held by another ekiben process");
    // Killed: what it wrote is in the log alone.
    drop(server);
    seed(folder.path(), &["two.csv", "--append"])
        .exits(0)
        .says("beside 2");
    let server = start();
    let mut client = Client::connect(server.address).await.unwrap();
    let (_, list) = client.get("/people").await.unwrap();
    let list: Value = serde_json::from_str(&list).unwrap();
    let names = list
        .as_array()
        .unwrap()
        .iter()
        .map(|p| p["name"].as_str().unwrap());
    let expected = ["Miss. Ada Example", "Cleo", "Mr. Ben Example"];
    assert_eq!(names.collect::<Vec<_>>(), expected);
    // The list as CSV is a file to seed, uuids included.
    let (_, csv) = client.get("/people.csv").await.unwrap();
    drop(server);
    fs::write(folder.path().join("all.csv"), csv).unwrap();
    let before = people(folder.path(), 2);
    seed(folder.path(), &["all.csv", "--replace"])
        .exits(0)
        .says("3 rows from all.csv in place of 3");
    assert_eq!(people(folder.path(), 3), before);
}

#[test]
fn the_original_list_is_read_as_it_is_meant() {
    let Some(data) = reference_data() else {
        return;
    };
    let folder = TempDir::new().unwrap();
    let file = data.join("people/titanic.csv").display().to_string();
    seed(folder.path(), &[&file, "--replace"])
        .exits(0)
        .says("887 rows from");
    let path = folder.path().join("data/people.primary.1.sqlite");
    let connection = Connection::open(path).unwrap();
    let count = |condition: &str| -> i64 {
        let select = format!("SELECT count(*) FROM person WHERE {condition}");
        connection.query_row(&select, [], |row| row.get(0)).unwrap()
    };
    assert_eq!((count("survived"), count("NOT survived")), (342, 545));
    assert_eq!(count("age = 0"), 7);
    assert_eq!((count("sex = 'male'"), count("sex = 'female'")), (573, 314));
}
