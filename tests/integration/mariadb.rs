//! A real MariaDB: the project's dataset goes in, `mariadb-dump` and the default options write it out
//! again, and a bake of that must hold the same rows as a bake of the original dumps.
//!
//! CI installs the server; elsewhere the test says "skipped" when there is none.

use std::fs;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use crate::dataset::{CHAIR, Chair, Dataset, ESTATE, Estate};
use crate::harness::bake_folder;

/// A server with its data in a folder of its own, on a socket of its own, without a port.
struct MariaDb {
    server: Child,
    socket: PathBuf,
    _folder: TempDir,
}

impl MariaDb {
    /// `None` when no server is installed, which CI does not accept.
    fn start() -> Option<Self> {
        let installed = Command::new("mariadbd")
            .arg("--version")
            .stdout(Stdio::null())
            .status();
        if installed.is_err() {
            assert!(
                std::env::var_os("CI").is_none(),
                "CI must have mariadb-server installed"
            );
            eprintln!("skipped: there is no mariadbd here");
            return None;
        }
        // A short path: the name of a socket may have 107 bytes.
        let folder = TempDir::with_prefix_in("ekiben-db", "/tmp").unwrap();
        let data = folder.path().join("data");
        let socket = folder.path().join("socket");
        let user = format!("--user={}", whoami());
        let made = Command::new("mariadb-install-db")
            .args([
                "--no-defaults",
                "--auth-root-authentication-method=normal",
                &user,
            ])
            .arg(format!("--datadir={}", data.display()))
            .output()
            .unwrap();
        assert!(
            made.status.success(),
            "{}",
            String::from_utf8_lossy(&made.stderr)
        );
        let log = fs::File::create(folder.path().join("log")).unwrap();
        let server = Command::new("mariadbd")
            .args([
                "--no-defaults",
                "--skip-networking",
                "--character-set-server=utf8mb4",
                &user,
            ])
            .arg(format!("--datadir={}", data.display()))
            .arg(format!("--socket={}", socket.display()))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .process_group(0)
            .spawn()
            .unwrap();
        let db = Self {
            server,
            socket,
            _folder: folder,
        };
        db.wait_until_it_answers();
        Some(db)
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

    fn wait_until_it_answers(&self) {
        // The client itself waits and tries again, up to a minute.
        let ping = self
            .client("mariadb-admin")
            .args(["--wait=120", "--connect-timeout=1", "ping"])
            .output()
            .unwrap();
        assert!(
            ping.status.success(),
            "{}",
            String::from_utf8_lossy(&ping.stderr)
        );
    }

    fn load(&self, sql: &str) {
        use std::io::Write as _;
        let mut client = self
            .client("mariadb")
            .stdin(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        client
            .stdin
            .take()
            .unwrap()
            .write_all(sql.as_bytes())
            .unwrap();
        let done = client.wait_with_output().unwrap();
        assert!(
            done.status.success(),
            "{}",
            String::from_utf8_lossy(&done.stderr)
        );
    }

    fn dump(&self, options: &[&str], to: &Path) {
        let dumped = self
            .client("mariadb-dump")
            .args(options)
            .arg("isuumo")
            .output()
            .unwrap();
        assert!(
            dumped.status.success(),
            "{}",
            String::from_utf8_lossy(&dumped.stderr)
        );
        fs::write(to, dumped.stdout).unwrap();
    }
}

impl Drop for MariaDb {
    fn drop(&mut self) {
        drop(self.server.kill());
        drop(self.server.wait());
    }
}

fn whoami() -> String {
    let output = Command::new("id").arg("-un").output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// Every row of both tables, in the order of the ids, as text.
fn rows(baked: &Path) -> Vec<String> {
    let connection = rusqlite::Connection::open(baked).unwrap();
    let mut rows = Vec::new();
    for select in [
        "SELECT * FROM chair ORDER BY id",
        "SELECT * FROM estate ORDER BY id",
    ] {
        let mut statement = connection.prepare(select).unwrap();
        let columns = statement.column_count();
        let mut found = statement.query([]).unwrap();
        while let Some(row) = found.next().unwrap() {
            let values = (0..columns).map(|index| format!("{:?}", row.get_ref(index).unwrap()));
            rows.push(values.collect::<Vec<_>>().join(" "));
        }
    }
    rows
}

#[test]
fn dumps_of_a_real_server_bake_to_the_same_rows() {
    let Some(db) = MariaDb::start() else { return };
    let folder = TempDir::new().unwrap();
    let names = [
        "it''s",
        "back\\\\slash",
        "line\\nbreak",
        "\"quoted\"",
        "絵文字🪑",
        "tab\\there",
        "",
    ];
    let chairs = (1..)
        .zip(names)
        .map(|(id, name)| Chair { id, name, ..CHAIR });
    let estate = |id, latitude| Estate {
        id,
        latitude,
        longitude: 139.770_443_780_000_02,
        ..ESTATE
    };
    let dataset = Dataset {
        chairs: chairs.collect(),
        estates: vec![
            estate(1, 35.678_326_670_000_01),
            estate(2, 0.1 + 0.2),
            estate(3, -1e-9),
        ],
    };
    let originals = folder.path().join("originals");
    dataset.write(&originals);
    bake_folder(&originals, &folder.path().join("original.sqlite")).unwrap();
    let expected = rows(&folder.path().join("original.sqlite"));
    assert_eq!(expected.len(), 10);

    let schema = concat!(env!("CARGO_MANIFEST_DIR"), "/dataset/isuumo/0_schema.sql");
    db.load(&fs::read_to_string(schema).unwrap());
    db.load(&dataset.estate_dump());
    db.load(&dataset.chair_dump());
    let option_sets: [&[&str]; 5] = [
        &[],
        &["--skip-extended-insert"],
        &["--complete-insert", "--skip-quote-names"],
        &["--hex-blob", "--skip-comments", "--no-tablespaces"],
        &["--databases"],
    ];
    for (number, options) in option_sets.iter().enumerate() {
        let dumps = folder.path().join(number.to_string());
        fs::create_dir(&dumps).unwrap();
        db.dump(options, &dumps.join("dump.sql"));
        let baked = folder.path().join(format!("{number}.sqlite"));
        let report =
            bake_folder(&dumps, &baked).unwrap_or_else(|error| panic!("{options:?}: {error}"));
        assert_eq!(report.notes, Vec::new(), "{options:?}");
        assert_eq!(rows(&baked), expected, "{options:?}");
    }
}
