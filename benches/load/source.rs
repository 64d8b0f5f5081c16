//! What the served file holds, as far as requests are made from it.

use std::path::{Path, PathBuf};

use ekiben::file::provenance::Provenance;
use rusqlite::{Connection, OpenFlags};

pub(crate) struct Source {
    pub(crate) file: PathBuf,
    /// Chairs as (id, stock).
    pub(crate) chairs: Vec<(i64, usize)>,
    /// Estates as (id, latitude, longitude).
    pub(crate) estates: Vec<(i64, f64, f64)>,
    /// Uuids of people, from the file beside.
    pub(crate) people: Vec<String>,
}

impl Source {
    pub(crate) fn read(file: &Path) -> Self {
        let connection = open(file);
        let rows = "SELECT id, stock FROM chair ORDER BY id";
        let chairs = connection
            .prepare(rows)
            .unwrap()
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
            .unwrap()
            .collect::<Result<_, _>>()
            .unwrap();
        let rows = "SELECT id, latitude, longitude FROM estate ORDER BY id";
        let estates = connection
            .prepare(rows)
            .unwrap()
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
            .unwrap()
            .collect::<Result<_, _>>()
            .unwrap();
        let people = open(&file.with_file_name("people.sqlite"))
            .prepare("SELECT uuid FROM person ORDER BY id")
            .unwrap()
            .query_map([], |row| row.get(0))
            .unwrap()
            .collect::<Result<_, _>>()
            .unwrap();
        Self {
            file: file.to_owned(),
            chairs,
            estates,
            people,
        }
    }
}

fn open(file: &Path) -> Connection {
    Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap()
}

/// Bytes of the dumps that a file was baked from, unpacked.
pub(crate) fn dump_bytes(file: &Path) -> u64 {
    let provenance = Provenance::read(&open(file)).unwrap().unwrap();
    let dumps = provenance.inputs.iter();
    let dumps = dumps.filter(|input| !input.name.ends_with(".json"));
    dumps.map(|input| input.bytes).sum()
}
