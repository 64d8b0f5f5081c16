//! What a bake leaves behind: the same bytes each time, whatever the packing; provenance; the plans.

use std::fs;
use std::io::Write as _;
use std::path::Path;

use ekiben::bake::inspect;
use ekiben::load::LoadError;
use tempfile::TempDir;

use crate::support::dataset::{CHAIR, Chair, Dataset};
use crate::support::harness::{BAKE_TIME, bake_folder, whole_dataset};

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

/// The names in a folder, hidden ones too.
fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> = folder
        .read_dir()
        .unwrap()
        .map(|f| f.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn the_same_input_gives_the_same_bytes_however_it_is_packed() {
    let folder = TempDir::new().unwrap();
    let dataset = Dataset::of_chairs((1..=500).map(|id| Chair {
        id,
        price: 40 + id % 7,
        ..CHAIR
    }));
    let (chairs, estates) = (dataset.chair_dump(), dataset.estate_dump());
    let bake = |name: &str, files: [(&str, Vec<u8>); 2]| {
        let dumps = folder.path().join(name);
        fs::create_dir(&dumps).unwrap();
        for (file, bytes) in files {
            fs::write(dumps.join(file), bytes).unwrap();
        }
        let out = folder.path().join(format!("{name}.sqlite"));
        let report = bake_folder(&dumps, &out).unwrap();
        (fs::read(out).unwrap(), report.dataset_digest)
    };
    let plain = bake(
        "plain",
        [
            ("1_estate.sql", estates.clone().into()),
            ("2_chair.sql", chairs.clone().into()),
        ],
    );
    let again = bake(
        "again",
        [
            ("1_estate.sql", estates.clone().into()),
            ("2_chair.sql", chairs.clone().into()),
        ],
    );
    let packed = bake(
        "packed",
        [
            ("1_estate.sql.gz", gzip(&estates)),
            (
                "2_chair.sql.zst",
                zstd::encode_all(chairs.as_bytes(), 3).unwrap(),
            ),
        ],
    );
    assert!(plain.0 == again.0, "two bakes of the same input differ");
    assert!(plain.0 == packed.0, "the packing shows in the file");
    assert_eq!(plain.1, packed.1);
}

#[test]
fn a_failed_bake_leaves_an_older_file_alone() {
    let folder = TempDir::new().unwrap();
    let (dumps, out) = (
        folder.path().join("dumps"),
        folder.path().join("out/isuumo.sqlite"),
    );
    Dataset::tiny().write(&dumps);
    bake_folder(&dumps, &out).unwrap();
    let before = fs::read(&out).unwrap();
    fs::write(
        dumps.join("2_chair.sql"),
        "INSERT INTO isuumo.chair (id) VALUES ('1'",
    )
    .unwrap();
    assert!(matches!(bake_folder(&dumps, &out), Err(LoadError::Dump(_))));
    assert!(fs::read(&out).unwrap() == before);
    assert_eq!(names(out.parent().unwrap()), ["isuumo.sqlite"]);
}

#[test]
fn leftovers_of_a_killed_bake_are_removed_and_those_of_a_running_one_are_not() {
    let folder = TempDir::new().unwrap();
    let dumps = folder.path().join("dumps");
    Dataset::tiny().write(&dumps);
    let out = folder.path().join("out");
    fs::create_dir(&out).unwrap();
    fs::write(out.join(".isuumo.sqlite.baking-scratch-1"), "x").unwrap();
    let running = out.join(".isuumo.sqlite.baking-scratch-2");
    fs::write(&running, "x").unwrap();
    let lock = fs::File::open(&running).unwrap();
    lock.lock().unwrap();
    bake_folder(&dumps, &out.join("isuumo.sqlite")).unwrap();
    assert_eq!(
        names(&out),
        [".isuumo.sqlite.baking-scratch-2", "isuumo.sqlite"]
    );
}

#[test]
fn provenance_is_in_the_file() {
    let report = inspect(whole_dataset()).unwrap().unwrap();
    let provenance = &report.provenance;
    assert_eq!(provenance.app, "isuumo");
    assert_eq!(provenance.bake_time, BAKE_TIME);
    assert_eq!(
        provenance.importer,
        concat!("ekiben ", env!("CARGO_PKG_VERSION"))
    );
    assert_eq!(
        provenance.rows,
        [("chair".into(), 29_500), ("estate".into(), 29_500)].into()
    );
    let inputs: Vec<_> = provenance
        .inputs
        .iter()
        .map(|input| input.name.as_str())
        .collect();
    assert_eq!(
        inputs,
        [
            "chair_condition.json",
            "estate_condition.json",
            "0_schema.sql",
            "1_estate.sql",
            "2_chair.sql"
        ]
    );
    assert!(report.tables.iter().all(|table| table.rows == 29_500));
    let searched = |name: &str| {
        let table = report.tables.iter().find(|table| table.name == name);
        table.map_or(0, |table| table.indexes.len())
    };
    assert_eq!(
        (searched("chair_search"), searched("estate_search")),
        (2, 2)
    );
}

#[test]
fn rows_are_stored_in_the_order_of_their_keys() {
    let folder = TempDir::new().unwrap();
    let dumps = folder.path().join("dumps");
    let dataset = |ids: &[i64]| Dataset::of_chairs(ids.iter().map(|&id| Chair { id, ..CHAIR }));
    let bake = |ids: &[i64], name: &str| {
        dataset(ids).write(&dumps);
        let out = folder.path().join(name);
        bake_folder(&dumps, &out).unwrap();
        let connection = rusqlite::Connection::open(&out).unwrap();
        let pages =
            "SELECT pageno FROM dbstat WHERE name = 'chair' AND pagetype = 'leaf' ORDER BY path";
        let mut pages = connection.prepare(pages).unwrap();
        let pages = pages.query_map([], |row| row.get::<_, i64>(0)).unwrap();
        let pages: Vec<i64> = pages.collect::<Result<_, _>>().unwrap();
        assert!(pages.len() > 5 && pages.is_sorted(), "{name}: {pages:?}");
        pages.len()
    };
    let rising: Vec<i64> = (1..=400).collect();
    let falling: Vec<i64> = (1..=400).rev().collect();
    assert_eq!(
        bake(&rising, "rising.sqlite"),
        bake(&falling, "falling.sqlite")
    );
}
