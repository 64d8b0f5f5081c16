//! The original dumps, through bake and HTTP, and what real MariaDB tools make of the same tables.

use std::fs;

use serde_json::Value;
use tempfile::TempDir;

use crate::support::harness::{Options, Site, bake_folder, reference_data};

#[tokio::test]
async fn the_original_dumps_bake_and_answer() {
    let Some(data) = reference_data() else { return };
    let folder = TempDir::new().unwrap();
    let baked = folder.path().join("isuumo.sqlite");
    let report = bake_folder(&data.join("isuumo"), &baked).unwrap();
    assert_eq!(report.rows, 59_000);
    let rows: Vec<_> = report
        .tables
        .iter()
        .map(|t| (t.name.as_str(), t.rows))
        .collect();
    let tables = ["chair", "chair_search", "estate", "estate_search"];
    assert_eq!(rows, tables.map(|table| (table, 29_500)));
    assert_eq!(report.notes, Vec::new());

    // The spot checks of the reference data's README, over HTTP.
    let site = Site::open(folder, &baked, &Options::default());
    let chair = site.get("/api/chair/2").await.is(200).json();
    assert_eq!(chair["name"], "シンプル社長のハンモック");
    assert_eq!(chair["price"], 14605);
    let cheapest = site.get("/api/estate/low_priced").await.is(200).json();
    let estate = &cheapest["estates"][0];
    assert_eq!(estate["address"], "滋賀県調布市雷門15丁目25番3号");
    assert_eq!(
        (&estate["doorHeight"], &estate["doorWidth"]),
        (&Value::from(64), &Value::from(81))
    );
    let stock = site.store.read(|connection| {
        let select = "SELECT stock FROM chair WHERE id = 2";
        Ok::<i64, ekiben::store::StoreError>(connection.query_row(select, [], |row| row.get(0))?)
    });
    assert_eq!(stock.unwrap(), 3);
}

#[test]
fn unpacked_gzip_and_zstd_originals_have_one_digest() {
    let Some(data) = reference_data() else { return };
    let folder = TempDir::new().unwrap();
    let mut files = Vec::new();
    for level in ["plain", "gzip", "zstd"] {
        let dumps = folder.path().join(level);
        fs::create_dir(&dumps).unwrap();
        for entry in data.join("isuumo").read_dir().unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            let stored = fs::read(&path).unwrap();
            let Some(plain_name) = name.strip_suffix(".zst") else {
                fs::write(dumps.join(&name), stored).unwrap();
                continue;
            };
            let text = zstd::decode_all(&stored[..]).unwrap();
            match level {
                "plain" => fs::write(dumps.join(plain_name), text).unwrap(),
                "gzip" => {
                    let file = fs::File::create(dumps.join(format!("{plain_name}.gz"))).unwrap();
                    let fast = flate2::Compression::fast();
                    let mut encoder = flate2::write::GzEncoder::new(file, fast);
                    std::io::Write::write_all(&mut encoder, &text).unwrap();
                    encoder.finish().unwrap();
                }
                _ => fs::write(dumps.join(&name), stored).unwrap(),
            }
        }
        let out = folder.path().join(format!("{level}.sqlite"));
        let report = bake_folder(&dumps, &out).unwrap();
        files.push((report.dataset_digest, fs::read(out).unwrap()));
    }
    assert!(files.windows(2).all(|pair| pair[0] == pair[1]));
}
