//! The command line of the real binary: help, exit codes, errors, results.

use std::fs;

use serde_json::Value;
use tempfile::TempDir;

use crate::support::binary::{Process, ekiben, finish, run};
use crate::support::dataset::{CHAIR, Chair, Dataset};
use crate::support::harness::bake_folder;
use crate::support::schema_folder::built_in_version;

#[test]
fn help_teaches_and_version_tells() {
    let folder = TempDir::new().unwrap();
    run(folder.path(), &["--help"])
        .exits(0)
        .says("Exit codes:")
        .says("Examples:");
    for command in [
        "serve", "bake", "import", "inspect", "backup", "restore", "migrate", "check", "openapi",
    ] {
        run(folder.path(), &["--help"])
            .exits(0)
            .says(&format!("\n  {command} "));
        run(folder.path(), &[command, "--help"])
            .exits(0)
            .says("Usage: ekiben ");
    }
    run(folder.path(), &["--version"])
        .exits(0)
        .says(concat!("ekiben ", env!("CARGO_PKG_VERSION")));
}

#[test]
fn wrong_arguments_and_settings_have_their_exit_codes() {
    let folder = TempDir::new().unwrap();
    run(folder.path(), &["dance"])
        .exits(2)
        .says("unrecognized subcommand");
    run(folder.path(), &["bake", "--app", "none"])
        .exits(2)
        .says("the apps are: isuumo");
    run(folder.path(), &["serve", "--app", "none"])
        .exits(2)
        .says("there is no app \"none\"");
    run(folder.path(), &["serve", "--config", "none.toml"])
        .exits(3)
        .says("none.toml");
    fs::write(folder.path().join("ekiben.toml"), "color = 1\n").unwrap();
    run(folder.path(), &["serve"])
        .exits(3)
        .says("unknown setting `color` in ")
        .says("hint: ");
}

#[test]
fn print_config_shows_values_with_their_origin() {
    let folder = TempDir::new().unwrap();
    fs::write(
        folder.path().join("ekiben.toml"),
        "[isuumo]\nshed_bots = true\n",
    )
    .unwrap();
    let output = ekiben(folder.path())
        .args(["serve", "--print-config", "--mode", "replica"])
        .env("SERVER_PORT", "8081")
        .output();
    let finished = finish(&output.unwrap());
    let line = |key: &str| {
        let line = finished.stdout.lines().find(|line| line.starts_with(key));
        line.unwrap_or_else(|| panic!("no {key} in {}", finished.stdout))
            .to_owned()
    };
    finished.exits(0);
    assert!(line("listen").contains("\"0.0.0.0:8081\""));
    assert!(line("listen").ends_with("# environment variable SERVER_PORT"));
    assert!(line("mode").ends_with("# flag --mode"));
    assert!(line("shed_bots = true").ends_with("ekiben.toml"));
    assert!(line("data_dir").ends_with("# the defaults"));
}

#[test]
fn bake_prints_a_summary_and_inspect_shows_the_file() {
    let folder = TempDir::new().unwrap();
    let dumps = folder.path().join("dumps");
    Dataset::of_chairs((1..=3).map(|id| Chair { id, ..CHAIR })).write(&dumps);
    run(folder.path(), &["bake", "--from", "dumps", "--out", "out"])
        .exits(0)
        .says("reading dumps/2_chair.sql")
        .says("table          rows")
        .says("chair             3")
        .says("4 rows from ")
        .says("out/isuumo.sqlite: ");
    run(folder.path(), &["inspect", "out/isuumo.sqlite"])
        .exits(0)
        .says("app             isuumo")
        .says("dataset digest  ")
        .says(&format!("schema version  {}\n", built_in_version()))
        .says("  chair_by_price ")
        .says("2_chair.sql");
    let json = run(folder.path(), &["inspect", "--json", "out/isuumo.sqlite"]);
    let json: Value = serde_json::from_str(&json.exits(0).stdout).unwrap();
    assert_eq!(json["provenance"]["rows"]["chair"], 3);
    fs::write(folder.path().join("x.sqlite"), "x").unwrap();
    run(folder.path(), &["inspect", "x.sqlite"])
        .exits(6)
        .says("cannot inspect x.sqlite");
    run(folder.path(), &["inspect", "none.sqlite"])
        .exits(6)
        .says("cannot inspect none.sqlite");
}

#[test]
fn source_date_epoch_makes_bakes_equal() {
    let folder = TempDir::new().unwrap();
    Dataset::tiny().write(&folder.path().join("dumps"));
    let bake = |out: &str| {
        let mut command = ekiben(folder.path());
        command
            .args(["bake", "--from", "dumps", "--out", out])
            .env("SOURCE_DATE_EPOCH", "86400");
        let finished = finish(&command.output().unwrap());
        finished.exits(0);
        fs::read(folder.path().join(out).join("isuumo.sqlite")).unwrap()
    };
    assert!(bake("one") == bake("two"));
    run(folder.path(), &["inspect", "one/isuumo.sqlite"])
        .exits(0)
        .says("1970-01-02T00:00:00Z");
}

#[test]
fn import_makes_the_tables_of_the_dump() {
    let folder = TempDir::new().unwrap();
    let dump = "CREATE TABLE `shop`.`item` (\n  `id` int unsigned NOT NULL AUTO_INCREMENT,\n  \
        `name` varchar(20) NOT NULL DEFAULT 'it''s',\n  `price` decimal(10,2),\n  `pic` blob,\n  \
        PRIMARY KEY (`id`),\n  UNIQUE KEY `name` (`name`),\n  FULLTEXT KEY `ft` (`name`)\n);\n\
        INSERT INTO `item` VALUES (2,'b','1.10',0xFF00),(1,'a\\n',NULL,_binary 'x\\0');\n\
        CREATE VIEW v AS SELECT 1;\n";
    fs::write(folder.path().join("shop.sql"), dump).unwrap();
    run(folder.path(), &["import", "shop.sql", "-o", "shop.sqlite"])
        .exits(0)
        .says("item      2")
        .says("decimal(10,2)                 TEXT        1")
        .says("Lost or incomplete (1)")
        .says("shop.sql:8: table item: key ft is left out: a full-text index");
    let connection = rusqlite::Connection::open(folder.path().join("shop.sqlite")).unwrap();
    let rows: Vec<(i64, String, Option<String>, Vec<u8>)> = connection
        .prepare("SELECT id, name, price, pic FROM item ORDER BY id")
        .unwrap()
        .query_map([], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
        })
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    assert_eq!(
        rows,
        [
            (1, "a\n".into(), None, b"x\0".to_vec()),
            (2, "b".into(), Some("1.10".into()), vec![0xff, 0]),
        ]
    );
    assert!(
        connection
            .execute("INSERT INTO item (name) VALUES ('b')", [])
            .is_err(),
        "UNIQUE is kept"
    );
    run(folder.path(), &["import", "shop.sql", "-o", "shop.sqlite"])
        .exits(5)
        .says("shop.sqlite exists already")
        .says("--force");
    run(
        folder.path(),
        &["import", "shop.sql", "-o", "shop.sqlite", "--force"],
    )
    .exits(0);
}

#[test]
fn openapi_prints_what_a_server_would_serve() {
    let folder = TempDir::new().unwrap();
    let committed = include_str!("../../../docs/openapi.json");
    let printed = run(folder.path(), &["openapi", "--app", "all"]);
    assert_eq!(printed.exits(0).stdout, committed);
    fs::write(
        folder.path().join("ekiben.toml"),
        "[isuumo]\nmax_vertices = 7\nmax_per_page = 33\n[limits]\nupload_bytes = 12345\n",
    )
    .unwrap();
    let arguments = ["openapi", "--app", "isuumo", "--output", "api.json"];
    let written = run(folder.path(), &arguments);
    assert_eq!(written.exits(0).stdout, "");
    let json = fs::read_to_string(folder.path().join("api.json")).unwrap();
    for limit in ["\"maxItems\": 7,", "\"maximum\": 33,", "12345 bytes"] {
        assert!(json.contains(limit), "{limit}");
    }
    run(folder.path(), &["openapi", "--app", "none"])
        .exits(2)
        .says("there is no app \"none\"");
    run(folder.path(), &["openapi", "--output", "none/api.json"])
        .exits(5)
        .says("cannot write none/api.json");
}

#[test]
fn check_asks_a_running_server() {
    let folder = TempDir::new().unwrap();
    let dumps = folder.path().join("dumps");
    Dataset::tiny().write(&dumps);
    bake_folder(&dumps, &folder.path().join("data/isuumo.sqlite")).unwrap();
    let server = Process::start(folder.path(), &[]);
    run(folder.path(), &["check", &server.url()])
        .exits(0)
        .says("/readyz: ready");
    let port = ekiben(folder.path())
        .arg("check")
        .env("PORT", server.address.port().to_string())
        .output();
    finish(&port.unwrap()).exits(0).says("ready");
    run(folder.path(), &["check", &format!("{}/none", server.url())])
        .exits(1)
        .says("404");
    let url = server.url();
    server.kill();
    run(folder.path(), &["check", &url])
        .exits(1)
        .says("error: ");
    run(folder.path(), &["check", "https://example.com"])
        .exits(2)
        .says("only http://");
}
