//! What a primary's files lie on, through the real binary: whose they are, whether they can be written, and
//! whether they are still there.

use std::fs::{self, Permissions};
use std::net::SocketAddr;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};
use std::path::Path;
use std::process::Command;

use rusqlite::Connection;

use crate::support::binary::{Process, ekiben, finish, run};
use crate::support::client::Client;
use crate::support::data_folder::{back_up, baked_folder, names, restore, stop, written_folder};
use crate::support::dataset::{CHAIR, Chair, Dataset};

const SERVE: [&str; 3] = ["serve", "--listen", "127.0.0.1:0"];

/// The binary as somebody whom permissions bind, which they do not root.
fn bound(folder: &Path) -> Command {
    let is_root = folder.metadata().unwrap().uid() == 0;
    if !is_root {
        return ekiben(folder);
    }
    let mut command = Command::new("setpriv");
    command
        .args(["--bounding-set", "-dac_override,-dac_read_search"])
        .arg(env!("CARGO_BIN_EXE_ekiben"))
        .env_clear()
        .current_dir(folder);
    command
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

fn mode(path: &Path) -> u32 {
    path.metadata().unwrap().mode() & 0o777
}

/// Whose files a test can make its own: another user's for root.
fn other_owner(folder: &Path) -> u32 {
    match folder.metadata().unwrap().uid() {
        0 => 65_534,
        own => own,
    }
}

async fn ready(server: &Process) -> (u16, String) {
    let mut client = Client::connect(server.address).await.unwrap();
    let (status, body) = client.get("/readyz").await.unwrap();
    (status.as_u16(), body)
}

async fn buy(address: SocketAddr) -> (u16, String) {
    let mut client = Client::connect(address).await.unwrap();
    let email = r#"{"email":"a@example.com"}"#.to_owned();
    let bought = client.post("/api/chair/buy/1", "application/json", email);
    let (status, body) = bought.await.unwrap();
    (status.as_u16(), body)
}

/// A baked file with a chair that is never sold out.
fn shop() -> tempfile::TempDir {
    baked_folder(&Dataset::of_chairs([Chair {
        id: 1,
        stock: 1_000_000,
        ..CHAIR
    }]))
}

/// Trust 5: a primary that cannot write its newest generation, or make others, ends before it removes the
/// one that it could write.
#[test]
fn a_primary_that_cannot_write_does_not_start_and_removes_nothing() {
    let folder = written_folder();
    let data = folder.path().join("data");
    back_up(folder.path(), &["backups/b.sqlite"]).exits(0);
    restore(folder.path(), &["backups/b.sqlite"]).exits(0);
    let restored = data.join("isuumo.primary.2.sqlite");
    let serve = || finish(&bound(folder.path()).args(SERVE).output().unwrap());
    let before = names(&data);
    set_mode(&restored, 0o444);
    serve()
        .exits(5)
        .says("isuumo.primary.2.sqlite")
        .says("readonly")
        .says("hint: Check the free space and the permissions");
    assert_eq!(files_of(&before), files_of(&names(&data)));
    set_mode(&restored, 0o644);
    // In a folder that is not to be written, a reset would fail.
    set_mode(&data, 0o555);
    serve().exits(5).says("data: ").says("Permission denied");
    set_mode(&data, 0o755);
    assert_eq!(files_of(&before), files_of(&names(&data)));
    stop(Process::start(folder.path(), &[]));
    let left = names(&data);
    assert!(
        !left.contains(&"isuumo.primary.1.sqlite".to_owned()),
        "{left:?}"
    );
}

fn files_of(names: &[String]) -> Vec<&String> {
    // Whoever reads a file in WAL mode makes the others.
    let is_file = |name: &&String| !name.ends_with("-wal") && !name.ends_with("-shm");
    names.iter().filter(is_file).collect()
}

/// Trust 5: what takes the place of a file gets its owner and mode, whoever makes it.
#[test]
fn a_file_that_replaces_another_has_its_owner_and_mode() {
    let folder = written_folder();
    let data = folder.path().join("data");
    let other = other_owner(folder.path());
    let like = |path: &Path| {
        let file = path.metadata().unwrap();
        assert_eq!(
            (file.uid(), file.mode() & 0o777),
            (other, 0o640),
            "{path:?}"
        );
    };
    let own = |path: &Path| {
        chown(path, Some(other), None).unwrap();
        set_mode(path, 0o640);
    };
    own(&data.join("isuumo.primary.1.sqlite"));
    let backup = folder.path().join("backups/b.sqlite");
    back_up(folder.path(), &["backups/b.sqlite"]).exits(0);
    restore(folder.path(), &["backups/b.sqlite"]).exits(0);
    like(&data.join("isuumo.primary.2.sqlite"));
    own(&backup);
    back_up(folder.path(), &["--replace", "backups/b.sqlite"]).exits(0);
    like(&backup);
    own(&data.join("isuumo.sqlite"));
    run(folder.path(), &["bake", "--from", "dumps"]).exits(0);
    like(&data.join("isuumo.sqlite"));
    // Where there was none, root makes them for whoever the folder belongs to.
    let empty = folder.path().join("empty");
    fs::create_dir(&empty).unwrap();
    chown(&empty, Some(other), None).unwrap();
    restore(folder.path(), &["backups/b.sqlite", "--data-dir", "empty"]).exits(0);
    for name in names(&empty) {
        assert_eq!(empty.join(&name).metadata().unwrap().uid(), other, "{name}");
    }
}

/// Trust 9: in a folder that its group can write, so can it the files: platforms give each container
/// another user id of one group.
#[test]
fn files_can_be_written_by_the_group_where_the_folder_can() {
    for (of_folder, of_files) in [(0o770, Some(0o660)), (0o775, Some(0o660)), (0o755, None)] {
        let folder = shop();
        // Otherwise as the system gives them.
        let usual = mode(
            &folder
                .path()
                .join("dumps")
                .read_dir()
                .unwrap()
                .next()
                .unwrap()
                .unwrap()
                .path(),
        );
        let of_files = of_files.unwrap_or(usual);
        let data = folder.path().join("data");
        fs::remove_file(data.join("isuumo.sqlite")).unwrap();
        set_mode(&data, of_folder);
        run(folder.path(), &["bake", "--from", "dumps"]).exits(0);
        let server = Process::start(folder.path(), &[]);
        let made = names(&data);
        for end in [".sqlite", ".lock", "-wal", "-shm"] {
            assert!(made.iter().any(|name| name.ends_with(end)), "{made:?}");
        }
        for name in made {
            assert_eq!(mode(&data.join(&name)), of_files, "{name} in {of_folder:o}");
        }
        stop(server);
    }
}

/// Trust 22: what is written to files that are gone would go with the process.
#[tokio::test]
async fn a_primary_whose_files_are_gone_is_unready_and_takes_no_writes() {
    let gone: [fn(&Path); 4] = [
        |data| fs::rename(data, data.with_extension("moved")).unwrap(),
        |data| fs::remove_dir_all(data).unwrap(),
        |data| fs::remove_file(data.join("isuumo.primary.1.sqlite-wal")).unwrap(),
        |data| {
            fs::rename(data, data.with_extension("moved")).unwrap();
            fs::create_dir(data).unwrap();
            fs::write(data.join("isuumo.primary.lock"), "").unwrap();
        },
    ];
    for (case, take) in gone.into_iter().enumerate() {
        let folder = shop();
        let data = folder.path().join("data");
        let mut server = Process::start(folder.path(), &[]);
        assert_eq!(buy(server.address).await.0, 200);
        assert_eq!(ready(&server).await.0, 200);
        take(&data);
        let (status, body) = buy(server.address).await;
        assert!(
            status == 503 && body.contains("did not take effect"),
            "{case}: {body}"
        );
        server.wait_for_log("writes cannot be stored");
        let (status, body) = ready(&server).await;
        assert!(
            status == 503 && body.contains("no longer in its place"),
            "{case}: {body}"
        );
        let mut client = Client::connect(server.address).await.unwrap();
        let row = |id| format!("{id},n,d,t,1,50,60,70,赤,,座椅子,1,1\n");
        for rows in [1, 3_000] {
            let csv: String = (1_000_000..1_000_000 + rows).map(row).collect();
            let (status, body) = client.upload("chairs", &csv).await.unwrap();
            assert_eq!(status, 503, "{case}: {body}");
        }
        assert_eq!(
            client.get("/api/chair/1").await.unwrap().0,
            200,
            "reads go on"
        );
        if case != 2 {
            let reset = client.post("/initialize", "application/json", String::new());
            let (status, body) = reset.await.unwrap();
            assert_eq!(status, 503, "{case}: {body}");
        }
        if case == 0 {
            // Back in its place, it goes on by itself.
            fs::rename(data.with_extension("moved"), &data).unwrap();
            server.wait_for_log("writes are stored again");
            assert_eq!(ready(&server).await.0, 200);
            assert_eq!(buy(server.address).await.0, 200);
        }
        server.terminate();
        assert_eq!(server.wait().0, Some(0));
    }
}

/// Trust 5: `/readyz` of a primary whose writes fail says so, until they no longer do.
#[tokio::test]
async fn a_primary_whose_writes_fail_is_unready_until_they_are_stored() {
    let folder = shop();
    let mut server = Process::start(folder.path(), &[]);
    let file = folder.path().join("data/isuumo.primary.1.sqlite");
    // Somebody else has the file, and does not give it back.
    let other = Connection::open(file).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    assert_eq!(buy(server.address).await.0, 500);
    let (status, body) = ready(&server).await;
    assert!(
        status == 503 && body.contains("The storage fails"),
        "{body}"
    );
    server.wait_for_log("writes cannot be stored");
    other.execute_batch("ROLLBACK").unwrap();
    server.wait_for_log("writes are stored again");
    assert_eq!(ready(&server).await.0, 200);
    assert_eq!(buy(server.address).await.0, 200);
}

/// Trust 23: nothing but a primary puts a file where it keeps its own, whether it runs or not; nor is a file
/// replaced whose log SQLite would take for that of the new one.
#[tokio::test]
async fn a_primarys_files_are_not_replaced_by_an_import() {
    let folder = shop();
    let data = folder.path().join("data");
    fs::write(folder.path().join("d.sql"), "CREATE TABLE t (a int);\n").unwrap();
    let import = |output: &str| run(folder.path(), &["import", "d.sql", "--force", "-o", output]);
    let server = Process::start(folder.path(), &[]);
    let files = names(&data)
        .into_iter()
        .filter(|name| name.contains(".primary."));
    let next = "isuumo.primary.2.sqlite".to_owned();
    let files: Vec<_> = files.chain([next]).collect();
    assert_eq!(files.len(), 5, "{files:?}");
    for name in &files {
        let file = format!("data/{name}");
        import(&file)
            .exits(5)
            .says("name of a file of a primary's")
            .says("hint: ");
    }
    assert_eq!(buy(server.address).await.0, 200);
    stop(server);
    import("data/isuumo.primary.1.sqlite").exits(5);
    let server = Process::start(folder.path(), &[]);
    assert_eq!(buy(server.address).await.0, 200);
    stop(server);

    // What resets return to is the primary's too.
    import("data/isuumo.sqlite")
        .exits(5)
        .says("name of a file of a primary's");

    let used = Connection::open(folder.path().join("used.sqlite")).unwrap();
    used.execute_batch("PRAGMA journal_mode = WAL; CREATE TABLE mine (a)")
        .unwrap();
    import("used.sqlite")
        .exits(5)
        .says("used.sqlite-wal is beside it");
    drop(used);
    import("used.sqlite").exits(0);
}

/// Trust 23: nor is one put where the first start of a primary would take it for its own, or remove it.
#[test]
fn a_first_start_finds_no_file_of_others() {
    let folder = baked_folder(&Dataset::tiny());
    fs::write(folder.path().join("d.sql"), "CREATE TABLE t (a int);\n").unwrap();
    for name in ["99.sqlite", "1.sqlite-wal", "x.sqlite", "2.copying", "lock"] {
        let output = format!("data/isuumo.primary.{name}");
        run(folder.path(), &["import", "d.sql", "-o", &output])
            .exits(5)
            .says("name of a file of a primary's");
    }
    assert_eq!(names(&folder.path().join("data")), ["isuumo.sqlite"]);
    // A name that only looks like theirs is as good as any.
    let other = ["import", "d.sql", "-o", "data/isuumo.primary.db"];
    run(folder.path(), &other).exits(0);
    stop(Process::start(folder.path(), &[]));
}

/// Whether `process` has a lock on a file.
fn has_locked(process: u32, file: &Path) -> bool {
    let locks = fs::read_to_string("/proc/locks").unwrap();
    let inode = format!(":{}", file.metadata().unwrap().ino());
    locks.lines().any(|lock| {
        let words: Vec<_> = lock.split_whitespace().collect();
        words[4] == process.to_string() && words[5].ends_with(&inode)
    })
}

/// By these locks another program that opens the data, as the `sqlite3` shell does, knows that it is not the
/// last to close it, which removes the log. For the first generation and for the one behind a reset.
#[tokio::test]
async fn a_primary_keeps_the_locks_by_which_others_know_that_it_is_there() {
    let folder = shop();
    let server = Process::start(folder.path(), &[]);
    for generation in [1, 2] {
        assert_eq!(buy(server.address).await.0, 200);
        let name = format!("data/isuumo.primary.{generation}.sqlite");
        assert!(
            has_locked(server.id(), &folder.path().join(&name)),
            "{name}"
        );
        let mut client = Client::connect(server.address).await.unwrap();
        let json = "application/json";
        let reset = client.post("/initialize", json, String::new());
        assert_eq!(reset.await.unwrap().0, 200);
    }
}
