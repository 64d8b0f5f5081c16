//! What `backup` and `restore` refuse, with which exit code, and that nothing is changed or left behind then.

use std::fs;

use crate::support::binary::{Process, run};
use crate::support::data_folder::{
    back_up, baked_folder, claim, damage, names, price, restore, stop, written_folder,
};
use crate::support::dataset::{CHAIR, Chair, Dataset};
use crate::support::small_disk::small_disk;

#[test]
fn an_existing_file_is_kept_unless_it_may_be_replaced() {
    let folder = written_folder();
    let out = folder.path().join("backups/x.sqlite");
    fs::write(&out, "precious").unwrap();
    back_up(folder.path(), &["backups/x.sqlite"])
        .exits(5)
        .says("backups/x.sqlite exists already")
        .says("--replace");
    assert_eq!(fs::read_to_string(&out).unwrap(), "precious");
    back_up(folder.path(), &["--replace", "backups/x.sqlite"])
        .exits(0)
        .says("checked");
    assert_eq!(price(&out), 7);
}

#[test]
fn places_where_no_backup_can_be_are_refused() {
    let folder = written_folder();
    let before = names(&folder.path().join("data"));
    fs::write(folder.path().join("backups/y.sqlite-wal"), "log").unwrap();
    for (out, code, reason) in [
        ("backups", 5, "something else than a file"),
        ("backups/new/", 5, "it names a folder"),
        ("none/x.sqlite", 5, "No such file"),
        ("backups/y.sqlite", 5, "would take for a part of the backup"),
        ("data/isuumo.primary.1.sqlite", 5, "a primary keeps files"),
        ("data/isuumo.primary.9.sqlite", 5, "a primary keeps files"),
        (
            "backups/people.primary.1.sqlite",
            5,
            "a primary keeps files",
        ),
        ("-", 2, "standard output"),
    ] {
        back_up(folder.path(), &["--replace", out])
            .exits(code)
            .says(reason)
            .says("hint: ");
    }
    assert_eq!(names(&folder.path().join("data")), before);
    assert_eq!(names(&folder.path().join("backups")), ["y.sqlite-wal"]);
}

/// Trust 23: what resets return to is not replaced by a backup, wherever it lies.
#[test]
fn no_backup_replaces_the_baked_file() {
    let folder = written_folder();
    let baked = folder.path().join("data/isuumo.sqlite");
    let bytes = fs::read(&baked).unwrap();
    for out in ["data/isuumo.sqlite", "data/isuumo.sqlite-wal"] {
        back_up(folder.path(), &["--replace", out])
            .exits(5)
            .says("a primary keeps files");
    }
    assert!(fs::read(&baked).unwrap() == bytes, "it was replaced");
    fs::create_dir(folder.path().join("baked")).unwrap();
    let elsewhere = folder.path().join("baked/isuumo.sqlite");
    fs::rename(&baked, &elsewhere).unwrap();
    fs::write(folder.path().join("ekiben.toml"), "baked_dir = \"baked\"\n").unwrap();
    for out in ["baked/isuumo.sqlite", "baked/../baked/isuumo.sqlite"] {
        back_up(folder.path(), &["--replace", out])
            .exits(5)
            .says("a primary keeps files");
    }
    assert!(fs::read(&elsewhere).unwrap() == bytes, "it was replaced");
    back_up(folder.path(), &["backups/isuumo.sqlite"]).exits(0);
}

#[test]
fn there_may_be_nothing_to_back_up() {
    let folder = baked_folder(&Dataset::tiny());
    for arguments in [
        &["backups/x.sqlite"][..],
        &["--data-dir", "none", "backups/x.sqlite"],
    ] {
        back_up(folder.path(), arguments)
            .exits(6)
            .says("holds no copy of a primary of isuumo")
            .says("--data-dir");
    }
    // Trust 25: whose copy is there is said.
    let written = written_folder();
    back_up(written.path(), &["--app", "people", "backups/x.sqlite"])
        .exits(6)
        .says("holds no copy of a primary of people")
        .says("hint: It holds one of another app: add --app isuumo.");
    back_up(folder.path(), &["--app", "none", "x"])
        .exits(2)
        .says("there is no app");
    assert!(!folder.path().join("none").exists());
}

#[test]
fn a_damaged_file_is_neither_backed_up_nor_restored() {
    let folder = written_folder();
    back_up(folder.path(), &["backups/x.sqlite"]).exits(0);
    let copy = folder.path().join("data/isuumo.primary.1.sqlite");
    let whole = fs::read(&copy).unwrap();
    damage(&copy);
    back_up(folder.path(), &["backups/y.sqlite"])
        .exits(6)
        .says("data/isuumo.primary.1.sqlite is damaged: ");
    fs::write(&copy, &whole).unwrap();
    let out = folder.path().join("backups/x.sqlite");
    let bytes = fs::read(&out).unwrap();
    damage(&out);
    restore(folder.path(), &["backups/x.sqlite"])
        .exits(6)
        .says("backups/x.sqlite is damaged: ");
    // Cut off, as by a download that broke.
    fs::write(&out, &bytes[..bytes.len() - 4096]).unwrap();
    restore(folder.path(), &["backups/x.sqlite"]).exits(6);
    fs::write(&out, "nonsense").unwrap();
    restore(folder.path(), &["backups/x.sqlite"])
        .exits(6)
        .says("it is not a SQLite file");
    restore(folder.path(), &["backups/none.sqlite"])
        .exits(6)
        .says("there is no such file");
    assert_eq!(names(&folder.path().join("backups")), ["x.sqlite"]);
    assert!(fs::read(&copy).unwrap() == whole, "the copy was touched");
    assert!(!folder.path().join("data/isuumo.primary.2.sqlite").exists());
    assert!(!folder.path().join("data/isuumo.primary.2.copying").exists());
}

#[test]
fn files_of_another_app_or_schema_are_refused() {
    let folder = written_folder();
    back_up(folder.path(), &["backups/x.sqlite"]).exits(0);
    let out = folder.path().join("backups/x.sqlite");
    claim(&out, "schema_digest", "another");
    restore(folder.path(), &["backups/x.sqlite"])
        .exits(6)
        .says("it was baked with another schema of isuumo");
    claim(&out, "app", "people");
    restore(folder.path(), &["backups/x.sqlite"])
        .exits(6)
        .says("it belongs to people, not to isuumo")
        .says("hint: Add --app people");
    claim(&out, "app", "import");
    restore(folder.path(), &["backups/x.sqlite"])
        .exits(6)
        .says("it belongs to import, not to isuumo")
        .says("hint: A file of `ekiben import`");
    // What this version cannot serve can be backed up all the same, if it is of the app.
    let copy = folder.path().join("data/isuumo.primary.1.sqlite");
    claim(&copy, "schema_digest", "another");
    back_up(folder.path(), &["backups/y.sqlite"]).exits(0);
    claim(&copy, "app", "people");
    back_up(folder.path(), &["backups/z.sqlite"])
        .exits(6)
        .says("it belongs to people, not to isuumo");
}

#[test]
fn a_served_data_directory_is_refused_with_the_process_that_serves_it() {
    let folder = written_folder();
    back_up(folder.path(), &["backups/x.sqlite"]).exits(0);
    let server = Process::start(folder.path(), &[]);
    restore(folder.path(), &["backups/x.sqlite"])
        .exits(6)
        .says(&format!("pid {}", server.id()))
        .says("hint: Stop that process first");
    stop(server);
    restore(folder.path(), &["backups/x.sqlite"]).exits(0);
}

#[test]
fn a_full_disk_leaves_nothing_behind() {
    let test = "service::backup_refusals::a_full_disk_leaves_nothing_behind";
    let Some(disk) = small_disk(test, 1) else {
        return;
    };
    let folder = baked_folder(&Dataset::of_chairs(
        (1..=6000).map(|id| Chair { id, ..CHAIR }),
    ));
    stop(Process::start(folder.path(), &[]));
    let disk = disk.display().to_string();
    back_up(folder.path(), &[&format!("{disk}/x.sqlite")])
        .exits(5)
        .says(&format!("cannot write {disk}/x.sqlite: "))
        .says("full")
        .says("hint: Check ");
    let arguments = ["restore", "--data-dir", &disk, "data/isuumo.sqlite"];
    run(folder.path(), &arguments)
        .exits(5)
        .says(&format!("cannot write {disk}/isuumo.primary.1.sqlite: "));
    let left = fs::read_dir(&disk)
        .unwrap()
        .map(|file| file.unwrap().file_name());
    assert_eq!(left.collect::<Vec<_>>(), ["isuumo.primary.lock"]);
}
