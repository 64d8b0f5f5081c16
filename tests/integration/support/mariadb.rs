//! A real MariaDB for the tests that compare with one, and what it answers as comparable text.
//!
//! Every test has a server of its own, with its data in a folder of its own, on a socket, without a
//! port. CI installs the server; elsewhere the tests say "skipped" when there is none. Nothing here
//! knows what is compared.

use std::fs;
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

/// A server with its data in a folder of its own, on a socket of its own, without a port.
pub(crate) struct MariaDb {
    server: Child,
    socket: PathBuf,
    _folder: TempDir,
}

impl MariaDb {
    /// `None` when no server is installed, which CI does not accept.
    pub(crate) fn start() -> Option<Self> {
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
        // Of its own: a server that starts sweeps its temporary folder, others' tables included.
        let own_tmp = folder.path().join("tmp");
        fs::create_dir(&own_tmp).unwrap();
        let own_tmp = format!("--tmpdir={}", own_tmp.display());
        let made = Command::new("mariadb-install-db")
            .args([
                "--no-defaults",
                "--auth-root-authentication-method=normal",
                &user,
                &own_tmp,
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
                // Nothing has to outlive the test.
                "--innodb-flush-method=nosync",
                "--sync-frm=OFF",
                &user,
                &own_tmp,
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

    pub(crate) fn load(&self, sql: &str) {
        self.load_into("mysql", sql.as_bytes()).unwrap();
    }

    /// Runs `sql` with `database` as the present one; what the client says when that fails.
    pub(crate) fn load_into(&self, database: &str, sql: &[u8]) -> Result<(), String> {
        self.feed(&["--binary-mode", database], sql)
    }

    /// The same with the commands of the client, as `\G`, which its binary mode has not.
    pub(crate) fn load_as_typed(&self, database: &str, sql: &[u8]) -> Result<(), String> {
        self.feed(&[database], sql)
    }

    /// Runs every statement of `sql` and passes over those that the server refuses.
    pub(crate) fn load_what_it_takes(&self, database: &str, sql: &[u8]) {
        // With `--force` the client does not fail.
        drop(self.feed(&["--binary-mode", "--force", database], sql));
    }

    fn feed(&self, arguments: &[&str], sql: &[u8]) -> Result<(), String> {
        use std::io::Write as _;
        let mut client = self
            .client("mariadb")
            .args(arguments)
            .stdin(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        client.stdin.take().unwrap().write_all(sql).unwrap();
        let done = client.wait_with_output().unwrap();
        if done.status.success() {
            return Ok(());
        }
        Err(String::from_utf8_lossy(&done.stderr).into_owned())
    }

    /// What `mariadb-dump` writes with `arguments`, the names of databases and tables among them.
    pub(crate) fn dump(&self, arguments: &[&str]) -> Vec<u8> {
        let mut command = self.client("mariadb-dump");
        let dumped = command.args(arguments).output().unwrap();
        assert!(
            dumped.status.success(),
            "{arguments:?}: {}",
            String::from_utf8_lossy(&dumped.stderr)
        );
        dumped.stdout
    }

    /// The rows that `select` answers; the values must be free of tabs and line breaks.
    pub(crate) fn query(&self, select: &str) -> Vec<Vec<String>> {
        self.answer(select)
            .unwrap_or_else(|error| panic!("{error}"))
    }

    /// The rows that `select` answers; `None` if it fails.
    pub(crate) fn try_query(&self, select: &str) -> Option<Vec<Vec<String>>> {
        self.answer(select).ok()
    }

    fn answer(&self, select: &str) -> Result<Vec<Vec<String>>, String> {
        let answered = self
            .client("mariadb")
            .args(["--batch", "--raw", "--skip-column-names"])
            .args(["--init-command=SET time_zone = '+00:00'", "--execute"])
            .arg(select)
            .output()
            .unwrap();
        if !answered.status.success() {
            return Err(String::from_utf8_lossy(&answered.stderr).into_owned());
        }
        let text = String::from_utf8(answered.stdout).unwrap();
        let rows = text.lines();
        Ok(rows
            .map(|line| line.split('\t').map(str::to_owned).collect())
            .collect())
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
