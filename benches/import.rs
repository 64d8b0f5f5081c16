//! How fast dumps are imported, each number beside what bounds it, measured in the same run.
//!
//! `cargo bench --bench import`. The ceiling of an import is storing the same rows when they are
//! already parsed: same tables, same settings of SQLite, same sync at the end. Beside it stand the
//! reader alone and, where they are installed, loading the dump into MariaDB and mysql2sqlite with
//! sqlite3 (`MYSQL2SQLITE` names the script). Medians of interleaved rounds; nothing is asserted.

#![expect(clippy::print_stdout, reason = "a benchmark prints")]
#![expect(
    clippy::unwrap_used,
    reason = "a benchmark may stop at anything unexpected"
)]

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use ekiben::dump::{Charset, DumpReader, Statement, TableDefinition, Value, ValueType, decompress};
use ekiben::file::FolderFile;
use ekiben::import::{ImportOptions, Selection, import};
use ekiben::load::Silent;
use rusqlite::Connection;

const ROUNDS: usize = 7;
const NARROW_ROWS: usize = 1_600_000;

/// An owned value of a parsed row.
enum Parsed {
    Null,
    Integer(i64),
    Real(f64),
    Text(String),
    Blob(Vec<u8>),
}

/// The rows of one table, parsed.
struct Table {
    definition: TableDefinition,
    rows: Vec<Parsed>,
}

fn main() {
    let folder = tempfile::tempdir().unwrap();
    println!("medians of {ROUNDS} interleaved rounds\n");
    if let Some(reference) = std::env::var_os("EKIBEN_REFERENCE_DATA") {
        let data = Path::new(&reference).join("isuumo");
        let files = [
            "0_Schema.sql",
            "1_DummyEstateData.sql.zst",
            "2_DummyChairData.sql.zst",
        ];
        let plain = files.map(|name| unpacked(&data.join(name), folder.path()));
        compare("the original ISUUMO dumps", &plain, folder.path());
    } else {
        println!("skipped: the original dumps, EKIBEN_REFERENCE_DATA is not set");
    }
    let narrow = folder.path().join("narrow.sql");
    write_narrow(&narrow, NARROW_ROWS);
    compare(
        "narrow rows of 4 columns",
        std::slice::from_ref(&narrow),
        folder.path(),
    );
    memory(&narrow, folder.path());
}

/// All ways of one input, side by side.
fn compare(name: &str, files: &[PathBuf], folder: &Path) {
    let bytes: u64 = files
        .iter()
        .map(|file| file.metadata().unwrap().len())
        .sum();
    let tables = parse(files);
    let width = |table: &Table| table.definition.columns.len();
    let rows: usize = tables
        .iter()
        .map(|table| table.rows.len() / width(table))
        .sum();
    let script = std::env::var_os("MYSQL2SQLITE");
    let server = Server::start(folder);
    let mut times: Vec<(&str, Vec<Duration>)> = Vec::new();
    for _ in 0..ROUNDS {
        let out = folder.join("out.sqlite");
        let mut note = |name: &'static str, time: Duration| match times
            .iter_mut()
            .find(|(other, _)| *other == name)
        {
            Some((_, all)) => all.push(time),
            None => times.push((name, vec![time])),
        };
        note(
            "storing parsed rows (ceiling)",
            timed(|| store(&tables, &out)),
        );
        note("ekiben import", timed(|| imported(files, &out, 2)));
        note("ekiben import --jobs 1", timed(|| imported(files, &out, 1)));
        note("reading alone", timed(|| read(files)));
        if let Some(script) = &script {
            note(
                "mysql2sqlite | sqlite3",
                timed(|| converted(script, files, &out)),
            );
        }
        if let Some(server) = &server {
            note("loading into MariaDB", timed(|| server.load(files)));
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "for people")]
    let (megabytes, thousands) = (bytes as f64 / 1e6, rows as f64 / 1e3);
    println!("{name}: {megabytes:.1} MB, {rows} rows");
    let ceiling = median(&mut times[0].1).as_secs_f64();
    for (name, all) in &mut times {
        let time = median(all).as_secs_f64();
        println!(
            "  {name:<30} {time:>7.3} s  {:>6.0} MB/s  {:>6.0} thousand rows/s  {:>5.2}x the ceiling",
            megabytes / time,
            thousands / time,
            time / ceiling
        );
    }
    println!();
}

fn timed(work: impl FnOnce()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort();
    times[times.len() / 2]
}

/// A dump without its compression, so that every way reads the same bytes.
fn unpacked(file: &Path, folder: &Path) -> PathBuf {
    let out = folder.join(file.file_name().unwrap()).with_extension("");
    let out = out.with_extension("sql");
    let mut reader = decompress(File::open(file).unwrap()).unwrap();
    std::io::copy(&mut reader, &mut File::create(&out).unwrap()).unwrap();
    out
}

fn write_narrow(path: &Path, rows: usize) {
    let mut out = std::io::BufWriter::new(File::create(path).unwrap());
    writeln!(
        out,
        "CREATE TABLE `t` (`id` int NOT NULL, `name` varchar(40) NOT NULL, `v` double, `d` \
         varchar(19), PRIMARY KEY (`id`));"
    )
    .unwrap();
    let mut random = 0x9e37_79b9_7f4a_7c15_u64;
    for id in 1..=rows {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        let lead = if id % 10_000 == 1 {
            "INSERT INTO `t` VALUES "
        } else {
            ","
        };
        let (name, v) = (random % 1_000_000_000_000_000, random % 9_999_999);
        write!(
            out,
            "{lead}({id},'name-{name:015}',{}.{:04},'2020-01-01 00:{:02}:{:02}')",
            v / 10_000,
            v % 10_000,
            id / 60 % 60,
            id % 60
        )
        .unwrap();
        if id % 10_000 == 0 {
            writeln!(out, ";").unwrap();
        }
    }
    writeln!(out, ";").unwrap();
    out.flush().unwrap();
}

fn parse(files: &[PathBuf]) -> Vec<Table> {
    let mut tables: Vec<Table> = Vec::new();
    let mut seen = ekiben::dump::Tables::default();
    for file in files {
        let mut reader = DumpReader::new("bench", File::open(file).unwrap()).with_tables(seen);
        while let Some(statement) = reader.next_statement().unwrap() {
            match statement {
                Statement::Table(definition) => tables.push(Table {
                    definition,
                    rows: Vec::new(),
                }),
                Statement::Insert(header) => {
                    let table = tables
                        .iter_mut()
                        .find(|table| table.definition.name == header.table)
                        .unwrap();
                    let kinds = ValueType::of_table(&table.definition).unwrap();
                    // The value of each column of the table, wherever the statement has it.
                    let given = header.columns.unwrap();
                    let places: Vec<usize> = table
                        .definition
                        .columns
                        .iter()
                        .map(|column| given.iter().position(|name| *name == column.name).unwrap())
                        .collect();
                    while let Some(row) = reader.next_row().unwrap() {
                        let values = kinds.iter().zip(&places);
                        table.rows.extend(values.map(|(kind, &place)| {
                            owned(row.value(place, kind, &mut false).unwrap())
                        }));
                    }
                }
                _ => {}
            }
        }
        seen = reader.finish().tables;
    }
    tables
}

fn owned(value: Value<'_>) -> Parsed {
    match value {
        Value::Integer(number) => Parsed::Integer(number),
        Value::Real(number) => Parsed::Real(number),
        Value::Text(text) => Parsed::Text(text.into_owned()),
        Value::Blob(bytes) => Parsed::Blob(bytes.into_owned()),
        Value::Null | Value::Default | Value::Expression(_) => Parsed::Null,
    }
}

/// The reader alone: every row of every statement, no values.
fn read(files: &[PathBuf]) {
    let mut seen = ekiben::dump::Tables::default();
    for file in files {
        let mut reader = DumpReader::new("bench", File::open(file).unwrap()).with_tables(seen);
        while reader.next_statement().unwrap().is_some() {
            while reader.next_row().unwrap().is_some() {}
        }
        seen = reader.finish().tables;
    }
}

/// Parsed rows into tables like those of an import, many rows a statement.
fn store(tables: &[Table], out: &Path) {
    drop(fs::remove_file(out));
    let connection = Connection::open(out).unwrap();
    connection
        .execute_batch(
            "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE;
             PRAGMA cache_size = -16384; BEGIN",
        )
        .unwrap();
    for Table { definition, rows } in tables {
        let width = definition.columns.len();
        let columns: Vec<String> = definition
            .columns
            .iter()
            .map(|column| {
                let kind = ValueType::of(column, definition).unwrap();
                let storage = match kind {
                    ValueType::Integer | ValueType::Unsigned => "INTEGER",
                    ValueType::Real => "REAL",
                    ValueType::Blob => "BLOB",
                    _ => "TEXT COLLATE NOCASE",
                };
                let key = definition.primary_key[0].column() == Some(&column.name);
                let key = if key { " PRIMARY KEY" } else { "" };
                format!("\"{}\" {storage}{key}", column.name)
            })
            .collect();
        let name = &definition.name;
        let sql = format!("CREATE TABLE {name} ({}) STRICT", columns.join(", "));
        connection.execute_batch(&sql).unwrap();
        let row = format!("({})", vec!["?"; width].join(", "));
        for at_once in [16, 1] {
            let sql = format!(
                "INSERT INTO {name} VALUES {}",
                vec![row.as_str(); at_once].join(", ")
            );
            let mut insert = connection.prepare(&sql).unwrap();
            let all = rows.chunks_exact(width * 16);
            let rest = all.remainder();
            let chunks: Vec<&[Parsed]> = if at_once == 1 {
                rest.chunks_exact(width).collect()
            } else {
                all.collect()
            };
            for chunk in chunks {
                for (index, value) in chunk.iter().enumerate() {
                    let place = index + 1;
                    match value {
                        Parsed::Null => insert.raw_bind_parameter(place, rusqlite::types::Null),
                        Parsed::Integer(number) => insert.raw_bind_parameter(place, number),
                        Parsed::Real(number) => insert.raw_bind_parameter(place, number),
                        Parsed::Text(text) => insert.raw_bind_parameter(place, text),
                        Parsed::Blob(bytes) => insert.raw_bind_parameter(place, bytes),
                    }
                    .unwrap();
                }
                insert.raw_execute().unwrap();
            }
        }
    }
    connection.execute_batch("COMMIT").unwrap();
    drop(connection);
    File::open(out).unwrap().sync_all().unwrap();
}

fn imported(files: &[PathBuf], out: &Path, jobs: usize) {
    let dumps: Vec<FolderFile> = files
        .iter()
        .map(|file| FolderFile::at(file).unwrap())
        .collect();
    let options = ImportOptions {
        force: true,
        bake_time: "2026-01-01T00:00:00Z",
        selection: Selection::default(),
        strict: false,
        jobs,
        charset: Charset::Utf8,
        allow_incomplete: false,
    };
    import(&dumps, out, &options, &mut Silent).unwrap();
}

fn converted(script: &std::ffi::OsStr, files: &[PathBuf], out: &Path) {
    drop(fs::remove_file(out));
    for file in files {
        let mut convert = Command::new(script)
            .arg(file)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let text = convert.stdout.take().unwrap();
        Command::new("sqlite3")
            .arg(out)
            .stdin(text)
            .stdout(Stdio::null())
            .status()
            .unwrap();
        convert.wait().unwrap();
    }
}

/// Peak resident memory of a child that imports the narrow dump and one of ten times its size.
fn memory(narrow: &Path, folder: &Path) {
    let binary = env!("CARGO_BIN_EXE_ekiben");
    let large = folder.join("large.sql");
    write_narrow(&large, 10 * NARROW_ROWS);
    for file in [narrow, &large] {
        let out = folder.join("memory.sqlite");
        let start = Instant::now();
        let said = Command::new("/usr/bin/time")
            .args(["-f", "%M"])
            .arg(binary)
            .args(["import", "--force", "-o"])
            .args([&out, file])
            .stdout(Stdio::null())
            .output();
        let Ok(said) = said else {
            println!("skipped: memory, there is no /usr/bin/time");
            return;
        };
        let time = start.elapsed().as_secs_f64();
        let text = String::from_utf8_lossy(&said.stderr);
        let peak = text.lines().last().unwrap_or_default();
        #[expect(clippy::cast_precision_loss, reason = "for people")]
        let megabytes = file.metadata().unwrap().len() as f64 / 1e6;
        println!(
            "importing {megabytes:.0} MB: {time:.2} s, {:.0} MB/s, {peak} KB of memory at most",
            megabytes / time
        );
    }
}

/// A MariaDB of its own for comparison.
struct Server {
    process: std::process::Child,
    socket: PathBuf,
}

impl Server {
    fn start(folder: &Path) -> Option<Self> {
        let (data, socket) = (folder.join("mariadb"), folder.join("socket"));
        // Of its own: a server that starts sweeps its temporary folder, others' tables included.
        let own_tmp = folder.join("mariadb-tmp");
        fs::create_dir_all(&own_tmp).ok()?;
        let own_tmp = format!("--tmpdir={}", own_tmp.display());
        if !data.exists() {
            Command::new("mariadb-install-db")
                .args(["--no-defaults", "--auth-root-authentication-method=normal"])
                .arg("--user=root")
                .arg(&own_tmp)
                .arg(format!("--datadir={}", data.display()))
                .output()
                .ok()?;
        }
        let process = Command::new("mariadbd")
            .args(["--no-defaults", "--skip-networking", "--user=root"])
            .arg("--character-set-server=utf8mb4")
            .arg(&own_tmp)
            .arg(format!("--datadir={}", data.display()))
            .arg(format!("--socket={}", socket.display()))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .ok()?;
        let server = Self { process, socket };
        let mut ping = server.client("mariadb-admin");
        ping.args(["--wait=60", "ping"]).output().ok()?;
        Some(server)
    }

    fn client(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.args([
            "--no-defaults",
            "--user=root",
            "--default-character-set=utf8mb4",
        ]);
        command.arg(format!("--socket={}", self.socket.display()));
        command
    }

    fn load(&self, files: &[PathBuf]) {
        let start = "DROP DATABASE IF EXISTS bench; CREATE DATABASE bench;";
        self.client("mariadb").args(["-e", start]).output().unwrap();
        for file in files {
            let mut load = self.client("mariadb");
            load.arg("bench").stdin(File::open(file).unwrap());
            // The client repeats the whole statement of an error: only its end is worth reading.
            let done = load.output().unwrap();
            let said = String::from_utf8_lossy(&done.stderr);
            let last = said.trim_end().lines().last().unwrap_or_default();
            assert!(done.status.success(), "{last}");
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}
