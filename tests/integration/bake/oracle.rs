//! A real MariaDB and the bake: the project's schema goes in, `mariadb-dump` writes it out again with
//! several sets of options, and a bake of that must hold the same rows as a bake of the original dumps.

use std::fs;
use std::path::Path;

use tempfile::TempDir;

use crate::support::dataset::{CHAIR, Chair, Dataset, ESTATE, Estate};
use crate::support::harness::bake_folder;
use crate::support::mariadb::MariaDb;

/// Every row of both tables, in the order of the ids, as text.
fn rows(baked: &Path) -> Vec<String> {
    let connection = rusqlite::Connection::open(baked).unwrap();
    let mut rows = Vec::new();
    for select in [
        "SELECT * FROM chair ORDER BY id",
        "SELECT * FROM estate ORDER BY id",
    ] {
        let mut statement = connection.prepare(select).unwrap();
        let columns = statement.column_count();
        let mut found = statement.query([]).unwrap();
        while let Some(row) = found.next().unwrap() {
            let values = (0..columns).map(|index| format!("{:?}", row.get_ref(index).unwrap()));
            rows.push(values.collect::<Vec<_>>().join(" "));
        }
    }
    rows
}

#[test]
fn dumps_of_a_real_server_bake_to_the_same_rows() {
    let Some(db) = MariaDb::start() else { return };
    let folder = TempDir::new().unwrap();
    let names = [
        "it''s",
        "back\\\\slash",
        "line\\nbreak",
        "\"quoted\"",
        "絵文字🪑",
        "tab\\there",
        "",
    ];
    let chairs = (1..)
        .zip(names)
        .map(|(id, name)| Chair { id, name, ..CHAIR });
    let estate = |id, latitude| Estate {
        id,
        latitude,
        longitude: 139.770_443_780_000_02,
        ..ESTATE
    };
    let dataset = Dataset {
        chairs: chairs.collect(),
        estates: vec![
            estate(1, 35.678_326_670_000_01),
            estate(2, 0.1 + 0.2),
            estate(3, -1e-9),
        ],
    };
    let originals = folder.path().join("originals");
    dataset.write(&originals);
    bake_folder(&originals, &folder.path().join("original.sqlite")).unwrap();
    let expected = rows(&folder.path().join("original.sqlite"));
    assert_eq!(expected.len(), 10);

    let schema = concat!(env!("CARGO_MANIFEST_DIR"), "/dataset/isuumo/0_schema.sql");
    db.load(&fs::read_to_string(schema).unwrap());
    db.load(&dataset.estate_dump());
    db.load(&dataset.chair_dump());
    let option_sets: [&[&str]; 5] = [
        &[],
        &["--skip-extended-insert"],
        &["--complete-insert", "--skip-quote-names"],
        &["--hex-blob", "--skip-comments", "--no-tablespaces"],
        &["--databases"],
    ];
    for (number, options) in option_sets.iter().enumerate() {
        let dumps = folder.path().join(number.to_string());
        fs::create_dir(&dumps).unwrap();
        let arguments = [*options, &["isuumo"]].concat();
        fs::write(dumps.join("dump.sql"), db.dump(&arguments)).unwrap();
        let baked = folder.path().join(format!("{number}.sqlite"));
        let report =
            bake_folder(&dumps, &baked).unwrap_or_else(|error| panic!("{options:?}: {error}"));
        assert_eq!(report.notes, Vec::new(), "{options:?}");
        assert_eq!(rows(&baked), expected, "{options:?}");
    }
}
