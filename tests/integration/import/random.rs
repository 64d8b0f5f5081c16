//! Random schemas and rows against a real MariaDB: what it makes of them is dumped with random
//! options and imported, and must be there cell by cell; without its last lines, a dump is refused by name first.
//!
//! The server is asked what it holds, so that nothing here has to know what MySQL does with a value.
//! A failing case is shrunk and shown as SQL, and its seed is kept in `tests/oracle/`, to be
//! committed with the repair. `PROPTEST_CASES` says how many cases, `PROPTEST_RNG_SEED` which; where the importer is known to
//! differ from the server, the generator avoids it and says why.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, FileFailurePersistence, RngSeed, TestCaseError, TestRunner};
use rusqlite::Connection;
use tempfile::TempDir;

use crate::import::oracle::{OPTION_SETS, OptionSet, assert_sound};
use crate::import::promised;
use crate::import::random_schema::{Schema, schemas};
use crate::support::binary::run;
use crate::support::cells;
use crate::support::debian_sqlite;
use crate::support::mariadb::MariaDb;

/// What `import_oracle` calls its database.
const DATABASE: &str = "oracle";
/// The same cases in every run, so that a failure of CI is about the change: others are looked for
/// with `PROPTEST_RNG_SEED`.
pub(crate) const SEED: u64 = 20_261_121;
/// Where those of failures are kept.
const SEEDS: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/tests/oracle/proptest-regressions.txt"
);
/// As many as take about ten seconds.
const CASES: u32 = 48;

#[derive(Debug, Clone)]
struct Case {
    schema: Schema,
    /// What `mariadb-dump` is called with, once or twice.
    calls: Vec<Vec<&'static str>>,
    /// Whether the last lines of the dumps are gone.
    is_cut: bool,
}

#[test]
fn random_tables_hold_what_the_server_holds() {
    let Some(db) = MariaDb::start() else { return };
    let folder = TempDir::new().unwrap();
    let compared = Cell::new(0);
    let cases = Cell::new(0);
    let mut runner = TestRunner::new(config(SEEDS));
    let outcome = runner.run(&case(), |case| {
        cases.set(cases.get() + 1);
        compared.set(compared.get() + check(&db, folder.path(), &case)?);
        Ok(())
    });
    outcome.unwrap_or_else(|failure| panic!("{failure}"));
    let (compared, cases) = (compared.get(), cases.get());
    assert!(compared > 50 * cases, "{compared} cells in {cases} cases");
}

/// `seeds` is the file that the seeds of failures go to.
pub(crate) fn config(seeds: &'static str) -> Config {
    let mut config = Config {
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct(seeds))),
        // A failure is worth a minute, but not more in CI.
        max_shrink_iters: 400,
        max_shrink_time: 60_000,
        ..Config::default()
    };
    if std::env::var_os("PROPTEST_CASES").is_none() {
        config.cases = CASES;
    }
    if std::env::var_os("PROPTEST_RNG_SEED").is_none() {
        config.rng_seed = RngSeed::Fixed(SEED);
    }
    config
}

fn case() -> impl Strategy<Value = Case> {
    let whole: Vec<&OptionSet> = OPTION_SETS
        .iter()
        .filter(|set| set.without.is_empty() && set.import.is_empty())
        .collect();
    let single = |set: &&OptionSet| matches!(set.calls, [[.., DATABASE]]);
    let more: Vec<&'static str> = whole
        .iter()
        .copied()
        .filter(single)
        .flat_map(|set| set.calls[0].iter().copied())
        .filter(|option| *option != DATABASE)
        .collect();
    (
        schemas(),
        select(whole),
        proptest::collection::vec(select(more), 0..3),
        prop::bool::weighted(0.2),
    )
        .prop_map(move |(mut schema, set, more, is_cut)| {
            let mut calls: Vec<Vec<&str>> = set.calls.iter().map(|call| call.to_vec()).collect();
            let more = if single(&set) { more } else { Vec::new() };
            for option in more {
                calls[0].insert(0, option);
            }
            let all = calls.concat();
            // A dump in the character sets of its columns that does not say so cannot be read.
            if all.iter().any(|option| SILENT.contains(option)) {
                for call in &mut calls {
                    call.retain(|option| *option != "--default-character-set=binary");
                }
            }
            // Without its head a dump does not say how it quotes names.
            if all.contains(&"--compact") {
                for call in &mut calls {
                    call.retain(|option| !option.starts_with("--compatible"));
                }
            }
            // Nothing in such a dump says that 0 is no call for the next number.
            schema.zero_is_zero &= !all.contains(&"--compact");
            Case {
                schema,
                calls,
                is_cut,
            }
        })
}

/// Options that leave out `SET NAMES`, or the character sets of tables.
const SILENT: &[&str] = &[
    "--compact",
    "--skip-opt",
    "--skip-set-charset",
    "--compatible=ansi",
    "--compatible=oracle",
];

/// How `mariadb-dump` begins and ends, unless it is asked for no comments; either end tells that a dump is whole.
const HEAD: &[u8] = b"-- MariaDB dump";
const LAST_STATEMENT: &[u8] = b"/*!40111 SET SQL_NOTES=@OLD_SQL_NOTES";
const LAST_LINE: &[u8] = b"-- Dump completed";

fn find(text: &[u8], line: &[u8]) -> Option<usize> {
    memchr::memmem::rfind(text, line)
}

/// The number of cells that were compared.
fn check(db: &MariaDb, folder: &Path, case: &Case) -> Result<usize, TestCaseError> {
    db.load(&format!(
        "DROP DATABASE IF EXISTS {DATABASE}; CREATE DATABASE {DATABASE};"
    ));
    db.load_what_it_takes(DATABASE, case.schema.sql().as_bytes());
    let expected = cells::of_server(db, DATABASE);
    let mut arguments = vec!["import", "-o", "out.sqlite", "--force"];
    let (mut is_cut, mut has_head) = (false, false);
    for (call, name) in case.calls.iter().zip(["1.sql", "2.sql"]) {
        let mut dump = db.dump(call);
        has_head |= find(&dump, HEAD).is_some();
        let end = find(&dump, LAST_STATEMENT).or_else(|| find(&dump, LAST_LINE));
        if let Some(end) = end.filter(|_| case.is_cut && find(&dump, HEAD).is_some()) {
            dump.truncate(end);
            is_cut = true;
        }
        fs::write(folder.join(name), dump).unwrap();
        arguments.push(name);
    }
    let mut done = run(folder, &arguments);
    if is_cut {
        prop_assert_eq!(done.code, Some(4), "a dump without its last line");
        prop_assert!(
            done.stderr.contains("--allow-incomplete"),
            "{}",
            done.stderr
        );
        arguments.push("--allow-incomplete");
        done = run(folder, &arguments);
    }
    if expected.is_empty() && !has_head {
        // Nothing at all is no dump; one of an empty database is.
        return Ok(0);
    }
    prop_assert_eq!(done.code, Some(0), "{}", done.stderr);
    let file = folder.join("out.sqlite");
    assert_sound("random", &file);
    if debian_sqlite::is_here() {
        promised::opens(&file).map_err(TestCaseError::fail)?;
    }
    let mut compared = 0;
    let mut names = BTreeSet::new();
    for (name, table) in &expected {
        let columns: Vec<&str> = table.columns.iter().map(|column| &*column.name).collect();
        prop_assert_eq!(columns_of_file(&file, name), columns, "columns of {}", name);
        compared += cells::compare(&file, name, table).map_err(TestCaseError::fail)?;
        names.insert(name.clone());
    }
    prop_assert_eq!(tables_of_file(&file), names);
    Ok(compared)
}

/// The names of the tables, without those of SQLite and of the importer.
pub(crate) fn tables_of_file(file: &Path) -> BTreeSet<String> {
    let own = "SELECT name FROM sqlite_schema WHERE type = 'table'
               AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name NOT LIKE 'ekiben\\_%' ESCAPE '\\'";
    texts(file, own, "").into_iter().collect()
}

/// Generated columns included, which `table_info` hides.
fn columns_of_file(file: &Path, table: &str) -> Vec<String> {
    texts(
        file,
        "SELECT name FROM pragma_table_xinfo(?1) ORDER BY cid",
        table,
    )
}

fn texts(file: &Path, select: &str, argument: &str) -> Vec<String> {
    let connection = Connection::open(file).unwrap();
    let mut statement = connection.prepare(select).unwrap();
    let arguments = [argument];
    let arguments = &arguments[..statement.parameter_count()];
    let rows = statement.query_map(rusqlite::params_from_iter(arguments), |row| row.get(0));
    rows.unwrap().map(Result::unwrap).collect()
}
