//! The commands of the README and of `docs/import.md` about dumps and lists of one's own: each runs in a
//! checkout as it stands there, and prints what stands below it.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

use regex::Regex;
use rusqlite::Connection;
use rusqlite::types::Value;
use serde_json::Value as Json;
use tempfile::TempDir;

use super::results::{compare, object};
use crate::support::binary::{Finished, finish, run};
use crate::support::data_folder::names;
use crate::support::documents::{console_blocks, repository_file};

/// A folder that has of the checkout what is given to commands.
fn checkout() -> TempDir {
    let folder = TempDir::new().unwrap();
    for name in ["dataset", "examples"] {
        let target = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
        symlink(target, folder.path().join(name)).unwrap();
    }
    folder
}

/// Types `command` into a shell that finds the binary.
fn typed(folder: &Path, command: &str) -> Finished {
    let binary = Path::new(env!("CARGO_BIN_EXE_ekiben")).parent().unwrap();
    let path = format!("{}:/usr/local/bin:/usr/bin:/bin", binary.display());
    let mut shell = Command::new("sh");
    shell
        .env_clear()
        .env("PATH", path)
        .current_dir(folder)
        .args(["-c", command]);
    finish(&shell.output().unwrap())
}

/// What a terminal keeps of a run: no progress, and no time that is the same twice.
fn printed(finished: &Finished) -> String {
    let stderr = match finished.stderr.find("error: ") {
        Some(at) => &finished.stderr[at..],
        None => "",
    };
    without_times(&format!("{}{stderr}", finished.stdout))
}

fn without_times(text: &str) -> String {
    let times = Regex::new(r"in \d+\.\d\d s").unwrap();
    times.replace_all(text.trim_end(), "in T s").into_owned()
}

/// Trust 37: what stands in the documents about dumps works on the examples, and prints that.
#[test]
fn commands_on_dumps_print_what_the_documents_show() {
    for (document, least) in [("README.md", 4), ("docs/import.md", 3)] {
        let folder = checkout();
        let mut ran = 0;
        let commands = console_blocks(&repository_file(document));
        for (command, shown) in commands.iter().flatten() {
            let of_rows = ["import", "bake", "seed", "inspect"];
            let is_meant = of_rows
                .iter()
                .any(|name| command.contains(&format!("ekiben {name} ")));
            // The data of the primary of a deployment is not here.
            if !is_meant || command.contains(".primary.") {
                continue;
            }
            let command = command.split("  #").next().unwrap();
            let finished = typed(folder.path(), command);
            ran += 1;
            if shown.starts_with('{') {
                let shown: Json = serde_json::from_str(shown).unwrap();
                compare(&shown, &object(finished.exits(0)), command).unwrap();
            } else if shown.is_empty() {
                finished.exits(0);
            } else {
                let shown = without_times(shown);
                assert_eq!(printed(&finished), shown, "{document}: {command}");
            }
        }
        assert!(ran >= least, "{document}: {ran}");
    }
}

/// Trust 37: the sample dump comes through as it is, awkward as it may be.
#[test]
fn the_sample_dump_is_imported_whole() {
    let folder = checkout();
    let arguments = ["import", "examples/shop.sql", "-o", "shop.sqlite"];
    run(folder.path(), &arguments).exits(0);
    let shop = Connection::open(folder.path().join("shop.sqlite")).unwrap();
    let value = |sql: &str| -> Value { shop.query_row(sql, [], |row| row.get(0)).unwrap() };
    let text = |sql: &str| match value(sql) {
        Value::Text(text) => text,
        other => panic!("{sql}: {other:?}"),
    };
    let name = |id: u32| text(&format!("SELECT name FROM item WHERE id = {id}"));
    assert_eq!(name(2), "座椅子 \"駅弁\"");
    assert_eq!(name(3), "Writer's desk; -- no comment");
    assert_eq!(name(4), "Lamp 💡 C:\\new");
    assert_eq!(text("SELECT kind FROM item WHERE id = 4"), "it's a lamp");
    assert_eq!(
        text("SELECT price_with_tax FROM item WHERE id = 4"),
        "99000.01"
    );
    assert_eq!(
        text("SELECT reference FROM sale WHERE id = 1"),
        "18446744073709551615"
    );
    assert_eq!(
        text("SELECT note FROM sale WHERE id = 1"),
        "two lines\nand a tab\there"
    );
    let picture = value("SELECT picture FROM item WHERE id = 1");
    assert_eq!(picture, Value::Blob(b"\x89PNG\r\n\x1a\n".to_vec()));
    assert_eq!(
        text("SELECT \"key\" FROM \"order\" WHERE \"group\" = 1"),
        "Über"
    );
    assert_eq!(
        value("SELECT sales FROM sold WHERE name = 'Stool'"),
        Value::Integer(1)
    );
}

/// Trust 37: `ekiben` is installed before it is first typed, and all that lies in `examples/` is explained.
#[test]
fn the_readme_installs_before_it_runs() {
    let readme = repository_file("README.md");
    let install = readme.find("\n$ cargo install --path .").unwrap();
    let first = readme.find("\n$ ekiben ").unwrap();
    assert!(install < first);
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let explained = fs::read_to_string(examples.join("README.md")).unwrap();
    for name in names(&examples) {
        let is_explained = explained.contains(&format!("`{name}`"));
        assert!(is_explained || name == "README.md", "{name}");
        assert!(
            readme.contains(&format!("examples/{name}")) || name == "README.md",
            "{name}"
        );
    }
}
