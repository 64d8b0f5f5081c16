//! CSV files as row sources of a bake: what is read, and what is refused with its place.

use std::fs;
use std::io::Write as _;
use std::path::Path;

use ekiben::load::{LoadError, Report};
use flate2::Compression;
use flate2::write::GzEncoder;
use rusqlite::Connection;
use tempfile::TempDir;

use crate::support::harness::{bake_app, people};

pub(crate) const HEADER: &str =
    "Survived,Pclass,Name,Sex,Age,Siblings/Spouses Aboard,Parents/Children Aboard,Fare";
const ROW: &str = "1,3,Miss. Ann Example,female,22,1,0,7.25";

fn bake(folder: &Path, csv: impl AsRef<[u8]>) -> Result<Report, LoadError> {
    let dataset = folder.join("people");
    fs::create_dir_all(&dataset).unwrap();
    fs::write(dataset.join("people.csv"), csv).unwrap();
    bake_app(people(), &dataset, &folder.join("people.sqlite"))
}

/// What is said of a file, without its path.
fn refusal(csv: impl AsRef<[u8]>) -> String {
    let folder = TempDir::new().unwrap();
    let error = bake(folder.path(), csv).unwrap_err();
    assert!(!folder.path().join("people.sqlite").exists(), "{error}");
    let said = error.to_string();
    let (_, said) = said.split_once("people.csv: ").unwrap();
    said.to_owned()
}

fn people_of(folder: &Path) -> Vec<(String, bool, i64, f64, String)> {
    let connection = Connection::open(folder.join("people.sqlite")).unwrap();
    let mut select = connection
        .prepare("SELECT name, survived, age, fare, uuid FROM person ORDER BY id")
        .unwrap();
    let rows = select.query_map([], |row| {
        let fare = row.get(3)?;
        Ok((row.get(0)?, row.get(1)?, row.get(2)?, fare, row.get(4)?))
    });
    rows.unwrap().collect::<Result<_, _>>().unwrap()
}

#[test]
fn rows_are_read_as_they_are_meant() {
    let folder = TempDir::new().unwrap();
    let csv = format!(
        "{HEADER}\r\n0,1,\"Last, \"\"First\"\"\",male,0.92,0,2,512.3292\r\n\
         1,3,Miss. Ann Example,female,28.5,1,0,8"
    );
    let report = bake(folder.path(), csv).unwrap();
    assert_eq!(report.rows, 2);
    let people = people_of(folder.path());
    let (name, survived, age, fare, uuid) = &people[0];
    assert_eq!(name, "Last, \"First\"");
    assert_eq!((*survived, *age, *fare), (false, 0, 512.3292));
    assert_eq!(uuid.len(), 36);
    let (_, survived, age, fare, _) = people[1];
    assert_eq!((survived, age, fare), (true, 28, 8.0));
}

#[test]
fn the_same_file_gives_the_same_bytes_however_it_is_packed() {
    let csv = format!("\u{feff}{HEADER}\n{ROW}\n{ROW}\n");
    let [first, again] = [TempDir::new().unwrap(), TempDir::new().unwrap()];
    bake(first.path(), &csv).unwrap();
    let dataset = again.path().join("people");
    fs::create_dir_all(&dataset).unwrap();
    let packed = fs::File::create(dataset.join("people.csv.gz")).unwrap();
    let mut packed = GzEncoder::new(packed, Compression::default());
    packed.write_all(csv.as_bytes()).unwrap();
    packed.finish().unwrap();
    bake_app(people(), &dataset, &again.path().join("people.sqlite")).unwrap();
    let bytes = |folder: &TempDir| fs::read(folder.path().join("people.sqlite")).unwrap();
    assert!(bytes(&first) == bytes(&again));
    // Equal records are different people.
    let people = people_of(first.path());
    assert_ne!(people[0].4, people[1].4);
}

#[test]
fn a_uuid_may_be_given() {
    let folder = TempDir::new().unwrap();
    let csv = format!("{HEADER},Uuid\n{ROW},8E03978E40D543DDBC936894A57F9324\n{ROW},\n");
    bake(folder.path(), csv).unwrap();
    let people = people_of(folder.path());
    assert_eq!(people[0].4, "8e03978e-40d5-43dd-bc93-6894a57f9324");
    assert_eq!(people[1].4.len(), 36);
}

#[test]
fn what_does_not_fit_is_told_with_line_and_column() {
    let with = |row: &str| refusal(format!("{HEADER}\r\n{ROW}\r\n{row}\r\n"));
    for (row, expected) in [
        (
            "2,3,A,male,1,0,0,1",
            "line 3: column 1 (Survived): \"2\" is neither 0 nor 1",
        ),
        (
            "1,x,A,male,1,0,0,1",
            "line 3: column 2 (Pclass): \"x\" is no number",
        ),
        (
            "1,3,A,Male,1,0,0,1",
            "line 3: column 4 (Sex): \"Male\" is not one of male, female, other",
        ),
        (
            "1,3,A,male,,0,0,1",
            "line 3: column 5 (Age): \"\" is no number",
        ),
        (
            "1,3,A,male,1,99999999999,0,1",
            "line 3: column 6 (Siblings/Spouses Aboard): \"99999999999\" does not fit 32 bits",
        ),
        (
            "1,3,A,male,1,0,0,inf",
            "line 3: column 8 (Fare): \"inf\" is no number",
        ),
        (
            "1,3,A,male,1,0,0",
            "line 3: 7 fields where the header has 8",
        ),
        (
            "1,3,A,male,1,0,0,1,2",
            "line 3: 9 fields where the header has 8",
        ),
    ] {
        assert_eq!(with(row), expected, "{row}");
    }
    let long = with(&format!("1,3,{},male,1,0,0,1", "x".repeat(101)));
    assert!(
        long.starts_with("line 3: column 3 (Name): ")
            && long.ends_with("longer than 100 characters"),
        "{long}"
    );
    let not_text = [HEADER.as_bytes(), b"\n1,3,\xff,male,1,0,0,1\n"].concat();
    assert_eq!(refusal(not_text), "line 2: column 3 (Name): not UTF-8");
    let twice = "8e03978e-40d5-43dd-bc93-6894a57f9324";
    let twice = refusal(format!("{HEADER},Uuid\n{ROW},{twice}\n{ROW},{twice}\n"));
    assert!(
        twice.starts_with("line 3, byte ") && twice.contains("row 2: UNIQUE"),
        "{twice}"
    );
}

#[test]
fn the_header_is_compared() {
    assert_eq!(refusal(""), "line 1: the file is empty; a header is needed");
    assert_eq!(
        refusal(format!("{ROW}\n")),
        "line 1: column 1: the header has \"1\" where \"Survived\" is expected"
    );
    let swapped = HEADER.replace("Pclass,Name", "Name,Pclass");
    assert_eq!(
        refusal(format!("{swapped}\n{ROW}\n")),
        "line 1: column 2: the header has \"Name\" where \"Pclass\" is expected"
    );
    assert_eq!(
        refusal("Survived,Pclass\n"),
        "line 1: column 3: the header has nothing where \"Name\" is expected"
    );
    assert_eq!(
        refusal(format!("{HEADER},Uuid,More\n")),
        "line 1: the header has 10 columns; there are 9"
    );
    // Case does not matter, and a file without rows is one.
    let folder = TempDir::new().unwrap();
    assert_eq!(bake(folder.path(), HEADER.to_lowercase()).unwrap().rows, 0);
}

#[test]
fn a_folder_without_the_file_is_told_what_is_missing() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("other.csv"), HEADER).unwrap();
    let error = bake_app(people(), folder.path(), &folder.path().join("out.sqlite"));
    let said = error.unwrap_err().to_string();
    assert!(
        said.ends_with("holds no dump (*.sql, *.sql.gz, *.sql.zst), nor people.csv"),
        "{said}"
    );
}

#[test]
fn lines_are_counted_past_blank_ones_and_within_quotes() {
    let said = refusal(format!(
        "{HEADER}\n\n\n1,1,\"A\nB\",male,1,0,0,1\n\n{ROW}\n1,1,A,male,x,0,0,1\n"
    ));
    assert_eq!(said, "line 8: column 5 (Age): \"x\" is no number");
    let open = format!(
        "{HEADER}\n{ROW}\n1,1,\"A,male,1,0,0,1\n{}",
        format!("{ROW}\n").repeat(40_000)
    );
    let said = refusal(open);
    assert!(
        said.ends_with("line 3: the quote that is opened here is not closed"),
        "{said}"
    );
}
