//! Schema versions that are refused and migrations that fail: which exit code, in which words, and that
//! everything is as it was.

use std::fs;

use crate::service::migrations::{bake, generation, old_folder, old_primary, version};
use crate::support::binary::{Process, run};
use crate::support::data_folder::{back_up, contents, restore, stop};
use crate::support::dataset::{CHAIR, Chair, Dataset};
use crate::support::schema_folder::{COLUMN, Later, TABLE, built_in_version, install};
use crate::support::small_disk::{Filler, small_disk};

const SERVE: &[&str] = &["serve", "--listen", "127.0.0.1:0"];
const REPLICA: &[&str] = &["serve", "--listen", "127.0.0.1:0", "--mode", "replica"];

#[test]
fn a_newer_file_is_refused_and_left_as_it_is() {
    let folder = old_primary();
    let file = install(folder.path(), &[COLUMN]);
    stop(Process::start(folder.path(), &[]));
    back_up(folder.path(), &["backups/new.sqlite"]).exits(0);
    let program = install(folder.path(), &[]);
    let data = folder.path().join("data");
    let before = contents(&data);
    assert!(generation(folder.path(), 1).exists(), "the way back");
    let told = format!(
        "data/isuumo.primary.2.sqlite has schema version {file}, and this program reads versions up to \
         {program}"
    );
    for arguments in [SERVE, &["migrate"], &["migrate", "--check"]] {
        run(folder.path(), arguments)
            .exits(6)
            .says(&told)
            .says("hint: A newer version of ekiben made it")
            .says("restore a backup from before the migration");
        assert!(contents(&data) == before, "{arguments:?} changed something");
    }
    restore(folder.path(), &["backups/new.sqlite"])
        .exits(6)
        .says(&format!("backups/new.sqlite has schema version {file}"));
    assert!(contents(&data) == before, "the restore changed something");
    // The way back: the generation before the migration, or a backup of it.
    restore(folder.path(), &["data/isuumo.primary.1.sqlite"]).exits(0);
    stop(Process::start(folder.path(), &[]));
}

#[test]
fn a_newer_baked_file_is_refused_and_a_replica_refuses_an_older_one_too() {
    let folder = old_folder();
    let newer = install(folder.path(), &[COLUMN]);
    let baked = folder.path().join("data/isuumo.sqlite");
    let older = fs::read(&baked).unwrap();
    run(folder.path(), REPLICA)
        .exits(6)
        .says(&format!(
            "data/isuumo.sqlite has schema version {}, and this program serves version {newer}",
            built_in_version()
        ))
        .says("hint: Only a primary migrates")
        .says("Bake the file anew");
    assert!(fs::read(&baked).unwrap() == older);
    bake(folder.path(), "data");
    stop(Process::start(folder.path(), &["--mode", "replica"]));
    install(folder.path(), &[]);
    let before = contents(&folder.path().join("data"));
    for arguments in [SERVE, REPLICA] {
        run(folder.path(), arguments)
            .exits(6)
            .says(&format!("data/isuumo.sqlite has schema version {newer}"))
            .says("hint: A newer version of ekiben made it");
        assert!(contents(&folder.path().join("data")) == before);
    }
}

/// Migrations that fail, and what is said of each.
const FAILING: &[(&str, &str)] = &[
    (
        "UPDATE chair SET price = 1; SELECT lacking FROM chair;",
        ".sql: no such column: lacking",
    ),
    (
        "UPDATE chair SET stock = NULL;",
        ".sql: NOT NULL constraint failed: chair.stock",
    ),
    ("DELETE FROM estate;", "\n  the dumps hold no estate"),
    (
        "CREATE TABLE part (a INTEGER REFERENCES chair (id)); INSERT INTO part VALUES (1), (77777);",
        "\n  table part, row 2: there is no row of chair that it refers to",
    ),
    (
        "CREATE TABLE part (a REFERENCES chair (name));",
        "the foreign keys cannot be checked: foreign key mismatch",
    ),
    (
        "UPDATE chair SET price = 1; COMMIT;",
        "it ends the transaction that all migrations run in",
    ),
    (
        "UPDATE chair SET name = \"no column\";",
        ".sql: no such column: \"no column\"",
    ),
];

#[test]
fn a_migration_that_fails_changes_nothing() {
    let folder = old_primary();
    let data = folder.path().join("data");
    let before = contents(&data);
    let to = built_in_version() + 2;
    for (migration, reason) in FAILING {
        let failing = Later {
            edits: &[],
            migration,
        };
        assert_eq!(install(folder.path(), &[COLUMN, failing]), to);
        for arguments in [SERVE, &["migrate"]] {
            run(folder.path(), arguments)
                .exits(6)
                .says(&format!(
                    "error: cannot migrate data/isuumo.primary.1.sqlite from schema version {} to {to}: ",
                    built_in_version()
                ))
                .says(reason)
                .says("hint: Nothing was changed.");
            assert!(contents(&data) == before, "{migration} changed something");
        }
    }
    // Once it is mended, all goes well; and until then the old program would have served.
    install(folder.path(), &[]);
    stop(Process::start(folder.path(), &[]));
    install(folder.path(), &[COLUMN, TABLE]);
    stop(Process::start(folder.path(), &[]));
    assert_eq!(version(&generation(folder.path(), 2)), to.to_string());
}

#[test]
fn a_migration_of_a_baked_file_that_fails_leaves_no_copy() {
    let folder = old_folder();
    let before = contents(&folder.path().join("data"));
    let failing = Later {
        edits: &[],
        migration: "nonsense",
    };
    install(folder.path(), &[failing]);
    run(folder.path(), SERVE)
        .exits(6)
        .says("cannot migrate data/isuumo.sqlite from schema version ")
        .says(".sql: near \"nonsense\": syntax error");
    assert!(contents(&folder.path().join("data")) == before);
}

/// All checks of the schema pass, and then the app finds that it cannot use the file.
#[test]
fn a_migrated_copy_that_cannot_be_opened_is_not_kept() {
    let folder = old_primary();
    let before = contents(&folder.path().join("data"));
    let useless = Later {
        edits: &[],
        migration: "DROP TABLE chair_search",
    };
    install(folder.path(), &[useless]);
    fs::write(folder.path().join("schema/isuumo/checks.sql"), "").unwrap();
    run(folder.path(), SERVE)
        .exits(6)
        .says("the primary's own copy data/isuumo.primary.1.sqlite: once it is migrated, ")
        .says("no such table: chair_search");
    assert!(contents(&folder.path().join("data")) == before);
}

#[test]
fn a_served_copy_is_not_migrated_but_can_be_asked_about() {
    let folder = old_folder();
    let server = Process::start(folder.path(), &[]);
    let from = built_in_version();
    run(folder.path(), &["migrate", "--check"])
        .exits(0)
        .says(&format!(
            "isuumo: schema {from}, generation 1, nothing to do"
        ));
    let to = install(folder.path(), &[COLUMN]);
    run(folder.path(), &["migrate", "--check"])
        .exits(1)
        .says(&format!("isuumo: schema {from} -> {to} is due"));
    run(folder.path(), &["migrate"])
        .exits(6)
        .says(&format!("pid {}", server.id()))
        .says("hint: Stop that primary first");
    stop(server);
    run(folder.path(), &["migrate"]).exits(0);
}

#[test]
fn wrong_names_of_migrations_are_named() {
    let folder = old_primary();
    let last = install(folder.path(), &[COLUMN, TABLE]);
    let schema = folder.path().join("schema/isuumo");
    let missing = last - 1;
    fs::remove_file(schema.join(format!("migration_{missing}.sql"))).unwrap();
    let gap = format!(
        "error: schema file schema/isuumo/migration_{last}.sql: there is no migration_{missing}.sql \
         before it"
    );
    for arguments in [SERVE, &["migrate", "--check"], &["bake", "--out", "x"]] {
        run(folder.path(), arguments)
            .exits(4)
            .says(&gap)
            .says("hint: A schema folder holds tables.sql");
    }
    for wrong in ["migration_x.sql", "migration_1.sql"] {
        install(folder.path(), &[]);
        fs::write(schema.join(wrong), "").unwrap();
        run(folder.path(), SERVE)
            .exits(4)
            .says(&format!("error: schema file schema/isuumo/{wrong}: "));
    }
}

#[test]
fn a_full_disk_leaves_the_copy_as_it_was() {
    let test = "service::migration_refusals::a_full_disk_leaves_the_copy_as_it_was";
    let Some(disk) = small_disk(test, 8) else {
        return;
    };
    let folder = old_folder();
    Dataset::of_chairs((1..=3500).map(|id| Chair { id, ..CHAIR }))
        .write(&folder.path().join("dumps"));
    bake(folder.path(), "data");
    let (place, disk) = (disk.clone(), disk.display().to_string());
    restore(folder.path(), &["--data-dir", &disk, "data/isuumo.sqlite"]).exits(0);
    install(folder.path(), &[COLUMN]);
    let filler = Filler::on(&place, 200_000);
    let before = contents(&place);
    run(folder.path(), &["migrate", "--data-dir", &disk])
        .exits(5)
        .says(&format!("{disk}/isuumo.primary.2.sqlite: "))
        .says("full")
        .says("hint: Check the free space");
    assert!(contents(&place) == before, "something was left");
    filler.remove();
    run(folder.path(), &["migrate", "--data-dir", &disk]).exits(0);
}
