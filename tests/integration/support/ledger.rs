//! The clients' log of a test: what was asked of a primary and what it answered, compared with what is
//! in its file.
//!
//! What was answered 2xx must be there, what was answered 507 must not be, and what was not answered at
//! all may be there as a whole. Nothing may be there twice, in part, or without having been asked.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};

use crate::support::client::{Client, Failure};

/// Rows of most uploads.
const FEW_ROWS: i64 = 20;

/// Rows of every fourth upload: it is stored in pieces.
const MANY_ROWS: i64 = 1_500;

/// Uploads have ids from here on; chairs to be bought lie below.
pub(crate) const UPLOADED: i64 = 1_000_000;

/// Chairs and their stock.
pub(crate) type State = BTreeMap<i64, i64>;

/// Something asked, by a client that waits for its answer.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Write {
    /// Of one piece of this chair.
    Purchase(i64),
    /// Of [`rows`] chairs from this id on.
    Upload(i64),
}

/// What was asked, under which key if any, and the status if an answer came.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Entry {
    pub(crate) write: Write,
    pub(crate) key: Option<u64>,
    pub(crate) status: Option<u16>,
}

impl Entry {
    /// Something to be asked.
    pub(crate) fn of(write: Write, key: Option<u64>) -> Self {
        let status = None;
        Self { write, key, status }
    }

    /// Asks, for the first time or again, and notes the status. What was answered before and has a key is
    /// answered the same.
    pub(crate) async fn ask(&mut self, client: &mut Client) -> Result<(), Failure> {
        let key = self.key.map(|key| format!("key-{key}"));
        let (status, _) = self.write.send(client, key.as_deref()).await?;
        if let Some(before) = self.status
            && self.key.is_some()
        {
            assert_eq!(status, before, "asked again: {self:?}");
        }
        self.status = Some(status);
        Ok(())
    }
}

impl Write {
    /// The `number`th upload of a test.
    pub(crate) fn upload(number: i64) -> Self {
        Self::Upload(UPLOADED + number * MANY_ROWS)
    }

    /// Sends it, with a key if there is one, and returns the status with the body.
    pub(crate) async fn send(
        self,
        client: &mut Client,
        key: Option<&str>,
    ) -> Result<(u16, String), Failure> {
        let (status, body) = match self {
            Self::Purchase(chair) => {
                let path = format!("/api/chair/buy/{chair}");
                let email = r#"{"email":"a@example.com"}"#.to_owned();
                client
                    .post_with(key, &path, "application/json", email)
                    .await?
            }
            Self::Upload(first) => {
                let csv: String = ids(first).map(|id| row(id, rows(first))).collect();
                client.upload_with(key, "chairs", &csv).await?
            }
        };
        Ok((status.as_u16(), body))
    }
}

/// How many rows the upload has whose first id this is.
pub(crate) fn rows(first: i64) -> i64 {
    if (first - UPLOADED) / MANY_ROWS % 4 == 0 {
        MANY_ROWS
    } else {
        FEW_ROWS
    }
}

/// Their ids.
pub(crate) fn ids(first: i64) -> Range<i64> {
    first..first + rows(first)
}

/// Long enough that some uploads are much of a log and of a file, unless there are many rows.
fn row(id: i64, rows: i64) -> String {
    let description = "座り心地".repeat(if rows > FEW_ROWS { 9 } else { 900 });
    format!(
        "{id},n,{description},t,1,50,60,70,赤,,座椅子,{},1\n",
        id * 7_919 % 10_007
    )
}

/// The newest generation in a data directory.
pub(crate) fn generation(data: &Path) -> PathBuf {
    let number = |path: &PathBuf| {
        let name = path.file_name().unwrap().to_str().unwrap();
        let rest = name.strip_prefix("isuumo.primary.")?;
        rest.strip_suffix(".sqlite")?.parse::<u64>().ok()
    };
    let files = data.read_dir().unwrap().map(|file| file.unwrap().path());
    files
        .filter(|path| number(path).is_some())
        .max_by_key(number)
        .unwrap()
}

/// Whether a killed primary left a part of an upload. Looks at a copy: a reader would mend the log.
pub(crate) fn has_part_of_an_upload(data: &Path) -> bool {
    let copy = tempfile::TempDir::new().unwrap();
    let file = generation(data);
    let at = copy.path().join("copy.sqlite");
    fs::copy(&file, &at).unwrap();
    let log = |path: &Path| path.with_extension("sqlite-wal");
    fs::copy(log(&file), log(&at)).unwrap();
    let notes = "SELECT EXISTS (SELECT 1 FROM ekiben_unfinished)";
    let connection = Connection::open(at).unwrap();
    // Without the table there was never a part.
    let has = connection.query_row(notes, [], |row| row.get(0));
    has.unwrap_or(false)
}

/// Reads the state of a primary, whose server may run, and checks that the file is whole.
pub(crate) fn observe(data: &Path) -> State {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY;
    let connection = Connection::open_with_flags(generation(data), flags).unwrap();
    let text = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, String>(0));
    assert_eq!(text("PRAGMA integrity_check").unwrap(), "ok");
    let derived: i64 = connection
        .query_row(
            "SELECT count(*) FROM
               (SELECT id FROM chair WHERE stock > 0) AS sold FULL JOIN chair_search AS listed USING (id)
             WHERE sold.id IS NULL OR listed.id IS NULL",
            [],
            |row| row.get(0),
        )
        .unwrap();
    assert_eq!(derived, 0, "what is derived differs from the chairs");
    connection
        .prepare("SELECT id, stock FROM chair")
        .unwrap()
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap()
}

/// How many of the entries had which fate.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Fates {
    pub(crate) answered: usize,
    pub(crate) unanswered: usize,
    /// Of the unanswered ones.
    pub(crate) stored: usize,
}

/// Compares what is there `now` with what was there `before` and with what was asked in between.
pub(crate) fn compare(before: &State, now: &State, entries: &[Entry]) -> Fates {
    let mut fates = Fates::default();
    for entry in entries {
        match entry.status {
            Some(_) => fates.answered += 1,
            None => fates.unanswered += 1,
        }
    }
    for (chair, stock) in before {
        let left = now.get(chair);
        let left = left.unwrap_or_else(|| panic!("chair {chair} is gone"));
        fates.stored += compare_purchases(*chair, stock - left, *left, entries);
    }
    fates.stored += compare_uploads(before, now, entries);
    fates
}

/// Returns how many purchases were stored and not answered.
fn compare_purchases(chair: i64, sold: i64, left: i64, entries: &[Entry]) -> usize {
    let (mut sure, mut possible) = (0, 0);
    for entry in entries {
        match (entry.write, entry.status) {
            (Write::Purchase(id), _) if id != chair => {}
            (Write::Purchase(_), Some(200)) => sure += 1,
            (Write::Purchase(_), None | Some(503)) => possible += 1,
            (Write::Purchase(_), Some(404)) => assert_eq!(left, 0, "{chair} was answered sold out"),
            (Write::Purchase(_), Some(507)) | (Write::Upload(_), _) => {}
            (Write::Purchase(_), Some(status)) => panic!("a purchase was answered {status}"),
        }
    }
    assert!(
        (sure..=sure + possible).contains(&sold),
        "chair {chair}: {sold} sold, {sure} answered, {possible} without a sure answer"
    );
    usize::try_from(sold - sure).unwrap()
}

/// Returns how many uploads were stored and not answered.
fn compare_uploads(before: &State, now: &State, entries: &[Entry]) -> usize {
    let new: Vec<i64> = now
        .keys()
        .copied()
        .filter(|id| !before.contains_key(id))
        .collect();
    let mut unasked: BTreeSet<i64> = new.iter().copied().collect();
    let mut stored = 0;
    for entry in entries {
        let Write::Upload(first) = entry.write else {
            continue;
        };
        let found = new.iter().filter(|id| ids(first).contains(id)).count();
        let whole = usize::try_from(rows(first)).unwrap();
        match entry.status {
            Some(201) => assert_eq!(found, whole, "the upload of {first} was answered"),
            Some(507) => assert_eq!(found, 0, "the upload of {first} was refused"),
            None | Some(503) => {
                assert!(
                    found == 0 || found == whole,
                    "{found} rows of the upload of {first}"
                );
                stored += found / whole;
            }
            Some(status) => panic!("an upload was answered {status}"),
        }
        unasked.retain(|id| !ids(first).contains(id));
    }
    assert!(unasked.is_empty(), "nobody asked for {unasked:?}");
    stored
}
