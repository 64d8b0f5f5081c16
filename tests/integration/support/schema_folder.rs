//! A folder in which the program's schema is the test's: the built-in one of an app, or a later version of
//! it that the test makes up. Replacing the schema stands for replacing the program.

use std::fs;
use std::path::Path;

use ekiben::apps;
use ekiben::config::Config;
use ekiben::file::Schema;

use crate::support::harness::isuumo;

/// What a later version of a schema changes.
#[derive(Clone, Copy)]
pub(crate) struct Later {
    /// A file of the folder, a text in it, and what takes its place; an empty text is the file's end.
    pub(crate) edits: &'static [(&'static str, &'static str, &'static str)],
    /// The migration from the version before.
    pub(crate) migration: &'static str,
}

/// A new column, with an index and a value for the rows that there are.
pub(crate) const COLUMN: Later = Later {
    edits: &[
        (
            "tables.sql",
            "stock       INTEGER NOT NULL CHECK (stock BETWEEN -2147483648 AND 2147483647)\n",
            "stock       INTEGER NOT NULL CHECK (stock BETWEEN -2147483648 AND 2147483647), \
             material TEXT NOT NULL DEFAULT '木'\n",
        ),
        (
            "indexes.sql",
            "",
            "CREATE INDEX chair_by_material ON chair (material);\n",
        ),
    ],
    migration: "ALTER TABLE chair ADD COLUMN material TEXT NOT NULL DEFAULT '木';
        UPDATE chair SET material = '布' WHERE kind = '座椅子';
        CREATE INDEX chair_by_material ON chair (material);",
};

/// A new table that refers to another, filled from it, and a list that is made anew.
pub(crate) const TABLE: Later = Later {
    edits: &[
        (
            "derived.sql",
            "",
            "CREATE TABLE bargain (
               chair_id INTEGER PRIMARY KEY REFERENCES chair (id),
               price    INTEGER NOT NULL
             ) STRICT;
             INSERT INTO bargain SELECT id, price FROM chair WHERE price < 3000;\n",
        ),
        (
            "indexes.sql",
            "ON estate_search (rent, id)",
            "ON estate_search (rent, id, popularity)",
        ),
    ],
    migration: "CREATE TABLE bargain (
               chair_id INTEGER PRIMARY KEY REFERENCES chair (id),
               price    INTEGER NOT NULL
             ) STRICT;
        INSERT INTO bargain SELECT id, price FROM chair WHERE price < 3000;
        DROP INDEX estate_by_rent;
        CREATE INDEX estate_by_rent ON estate_search (rent, id, popularity);",
};

/// Has the program in `folder` have the built-in schema of isuumo with what is `later`; its version.
pub(crate) fn install(folder: &Path, later: &[Later]) -> u32 {
    let schema = folder.join("schema/isuumo");
    drop(fs::remove_dir_all(&schema));
    fs::create_dir_all(&schema).unwrap();
    let built_in = concat!(env!("CARGO_MANIFEST_DIR"), "/schema/isuumo");
    for file in fs::read_dir(built_in).unwrap() {
        let file = file.unwrap();
        fs::copy(file.path(), schema.join(file.file_name())).unwrap();
    }
    for (version, later) in (built_in_version() + 1..).zip(later) {
        for (file, old, new) in later.edits {
            edit(&schema.join(file), old, new);
        }
        let migration = schema.join(format!("migration_{version}.sql"));
        fs::write(migration, later.migration).unwrap();
    }
    fs::write(folder.join("ekiben.toml"), "schema_dir = \"schema\"\n").unwrap();
    installed(folder).version()
}

/// The schema that the program in `folder` has.
pub(crate) fn installed(folder: &Path) -> Schema {
    let config = Config {
        schema_dir: folder.join("schema"),
        ..Config::default()
    };
    apps::schema(isuumo(), &config).unwrap()
}

/// The version that the program has without anything later.
pub(crate) fn built_in_version() -> u32 {
    let schema = apps::schema(isuumo(), &Config::default());
    schema.unwrap().version()
}

fn edit(file: &Path, old: &str, new: &str) {
    let text = fs::read_to_string(file).unwrap();
    let edited = if old.is_empty() {
        format!("{text}{new}")
    } else {
        assert!(text.contains(old), "{}: no {old:?}", file.display());
        text.replacen(old, new, 1)
    };
    fs::write(file, edited).unwrap();
}
