//! A folder with the data of a primary, for tests of what is done with data files by the real binary: made,
//! backed up, restored, looked into, spoilt.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use rusqlite::Connection;
use tempfile::TempDir;

use crate::support::binary::{Finished, Process, run};
use crate::support::dataset::Dataset;
use crate::support::harness::bake_folder;

/// A folder with a baked file in `data` and an empty folder `backups`.
pub(crate) fn baked_folder(dataset: &Dataset) -> TempDir {
    let folder = TempDir::new().unwrap();
    let dumps = folder.path().join("dumps");
    dataset.write(&dumps);
    bake_folder(&dumps, &folder.path().join("data/isuumo.sqlite")).unwrap();
    fs::create_dir(folder.path().join("backups")).unwrap();
    folder
}

/// The same after a primary has run, with what it wrote.
pub(crate) fn written_folder() -> TempDir {
    let folder = baked_folder(&Dataset::tiny());
    stop(Process::start(folder.path(), &[]));
    let copy = folder.path().join("data/isuumo.primary.1.sqlite");
    let connection = Connection::open(copy).unwrap();
    connection
        .execute("UPDATE chair SET price = 7", [])
        .unwrap();
    folder
}

/// SIGTERM, and waits for the end.
pub(crate) fn stop(server: Process) {
    server.terminate();
    assert_eq!(server.wait().0, Some(0));
}

/// Runs `ekiben backup`.
pub(crate) fn back_up(folder: &Path, arguments: &[&str]) -> Finished {
    run(folder, &[&["backup"], arguments].concat())
}

/// Runs `ekiben restore`.
pub(crate) fn restore(folder: &Path, arguments: &[&str]) -> Finished {
    run(folder, &[&["restore"], arguments].concat())
}

/// The price of the only chair in a file.
pub(crate) fn price(file: &Path) -> i64 {
    let connection = Connection::open(file).unwrap();
    connection
        .query_row("SELECT price FROM chair", [], |row| row.get(0))
        .unwrap()
}

/// The names in a folder, hidden ones too. A folder that was made for something and went with it has none.
pub(crate) fn names(folder: &Path) -> Vec<String> {
    let entries = match folder.read_dir() {
        Ok(entries) => entries,
        Err(cause) if cause.kind() == ErrorKind::NotFound => return Vec::new(),
        Err(cause) => panic!("{}: {cause}", folder.display()),
    };
    let mut names: Vec<_> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// Changes what a file says of itself.
pub(crate) fn claim(file: &Path, key: &str, value: &str) {
    let connection = Connection::open(file).unwrap();
    let update = "UPDATE ekiben_provenance SET value = ?2 WHERE key = ?1";
    assert_eq!(connection.execute(update, (key, value)).unwrap(), 1);
}

/// Writes nonsense over the middle of a file.
pub(crate) fn damage(file: &Path) {
    let mut bytes = fs::read(file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..middle + 4096].fill(0x5a);
    fs::write(file, bytes).unwrap();
}

/// The names and contents of a data directory, but for the lock and the log's index, which hold nothing.
pub(crate) fn contents(data: &Path) -> Vec<(String, Vec<u8>)> {
    let files = data.read_dir().unwrap().map(|file| file.unwrap());
    let mut contents: Vec<_> = files
        .map(|file| (file.file_name().into_string().unwrap(), file.path()))
        .filter(|(name, _)| !name.ends_with(".lock") && !name.ends_with("-shm"))
        .map(|(name, path)| (name, fs::read(path).unwrap()))
        // A log without anything in it is none.
        .filter(|(name, bytes)| !name.ends_with("-wal") || !bytes.is_empty())
        .collect();
    contents.sort();
    contents
}
