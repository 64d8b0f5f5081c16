//! Reading the dumps on a thread of its own, while the caller stores what comes.
//!
//! The reader's thread lexes and decodes; statements and batches of typed rows pass through a
//! bounded channel in the order of the dump, so memory stays bounded whichever side is slower. With
//! one job both sides take turns on one thread.

use std::collections::BTreeMap;
use std::sync::{Arc, mpsc};
use std::thread::Builder;

use super::LoadError;
use super::batch::{Batch, CellChange, ChangedCell};
use super::input::{Meter, Opened, open, unpacked_name};
use super::note::{ChangedColumn, Note, NoteClass, ValueNotes};
use super::scout::Scout;
use crate::dump::{
    Charset, DumpReader, Finished, InsertHeader, Position, Room, Statement, Tables, Upsert,
    ValueType,
};
use crate::file::FolderFile;
use crate::file::provenance::Input;

/// A batch is handed over when it takes this much memory.
const BATCH_BYTES: usize = 256 * 1024;
/// An `INSERT` is held back up to this size, because only what stands behind its rows says what
/// happens to duplicates; of a longer one a [`Scout`] finds out.
const HELD_BYTES: usize = 4 * 1024 * 1024;
/// Batches between the two threads.
const QUEUE: usize = 4;

/// What the reading side hands over.
pub(crate) enum Event {
    /// An input begins: its index, and its meter for the progress bar.
    Input(usize, Arc<Meter>),
    Statement(Statement),
    Rows(InsertedRows),
    /// Rows that the planner did not want.
    Unwanted(InsertHeader, u64),
    /// All inputs are read.
    End(InputsRead),
}

/// Rows of one table.
pub(crate) struct InsertedRows {
    pub(crate) header: Arc<InsertHeader>,
    pub(crate) upsert: Option<Upsert>,
    /// Nobody could look ahead whether there will be an `upsert`.
    pub(crate) unforeseen: bool,
    pub(crate) batch: Batch,
}

/// What is known when all inputs are read.
#[derive(Default)]
pub(crate) struct InputsRead {
    pub(crate) inputs: Vec<Input>,
    pub(crate) notes: Vec<Note>,
    /// Values that are stored differently from how they are written.
    pub(crate) values: ValueNotes,
    pub(crate) ignored: BTreeMap<String, u64>,
}

/// How the values of a row are read, in the order of the header's columns.
#[derive(Clone)]
pub(crate) struct RowPlan {
    pub(crate) kinds: Arc<[ValueType]>,
    /// What the columns have room for; nothing where all fit.
    pub(crate) rooms: Arc<[Room]>,
}

/// Says what is to become of the rows of an `INSERT`.
pub(crate) trait Planner: Send {
    /// How the rows are read; `None` to pass over them. Without columns in the header, `width` values come in a
    /// row.
    fn plan(&mut self, header: &InsertHeader, width: usize) -> Result<Option<RowPlan>, String>;

    /// A statement that changes what the planner knows.
    fn see(&mut self, statement: &Statement);
}

/// How inputs are read.
#[derive(Clone, Copy)]
pub(crate) struct FeedOptions {
    /// Threads: one, or more for reading beside storing.
    pub(crate) jobs: usize,
    /// The character set of dumps that do not say theirs.
    pub(crate) charset: Charset,
    /// Accept a dump that lacks its last line.
    pub(crate) allow_incomplete: bool,
    /// A value that does not fit its column is stored as a server that is not strict would, and noted.
    pub(crate) lenient: bool,
}

/// Reads `files` in order and gives every event to `consume`.
pub(crate) fn feed(
    files: &[FolderFile],
    options: FeedOptions,
    planner: &mut dyn Planner,
    consume: &mut dyn FnMut(Event) -> Result<Option<Batch>, LoadError>,
) -> Result<(), LoadError> {
    if options.jobs < 2 {
        let mut failure = None;
        let mut send = |event| match consume(event) {
            Ok(batch) => Some(emptied(batch)),
            Err(error) => {
                failure = Some(error);
                None
            }
        };
        let read = Feeder::new(planner, &mut send, options).all(files);
        return failure.map_or(read, Err);
    }
    let (events, received) = mpsc::sync_channel(QUEUE);
    let (used, empties) = mpsc::channel();
    std::thread::scope(|scope| {
        let read = move || {
            let mut send = |event| {
                // The other side has gone away only when it failed, and reports that itself.
                events.send(event).ok()?;
                Some(emptied(empties.try_recv().ok()))
            };
            Feeder::new(planner, &mut send, options).all(files)
        };
        let reading = Builder::new().spawn_scoped(scope, read);
        let reading = reading.map_err(|cause| LoadError::Threads { cause })?;
        let mut stored = Ok(());
        for event in &received {
            match consume(event) {
                Ok(Some(batch)) => drop(used.send(batch)),
                Ok(None) => {}
                Err(error) => {
                    stored = Err(error);
                    break;
                }
            }
        }
        drop(received);
        let read = reading.join().unwrap_or_else(|panic| {
            std::panic::resume_unwind(panic);
        });
        stored.and(read)
    })
}

/// A batch to be filled: a used one if there is one, whose memory is warm.
fn emptied(used: Option<Batch>) -> Batch {
    let mut batch = used.unwrap_or_default();
    batch.clear();
    batch
}

/// Takes an event; gives an empty batch, or `None` when nobody listens any more.
type Sink<'f> = dyn FnMut(Event) -> Option<Batch> + 'f;

struct Feeder<'f> {
    planner: &'f mut dyn Planner,
    send: &'f mut Sink<'f>,
    options: FeedOptions,
    read: InputsRead,
    pending: Option<Pending>,
    spare: Batch,
    scout: Ahead,
    /// Values that are stored differently from how they are written, by table and column, with the first place.
    changes: BTreeMap<(String, String, CellChange), (u64, Position)>,
}

/// The second reading of the present input.
enum Ahead {
    /// Not needed yet: the tables that were known when the input began.
    Idle(Tables),
    Running(Box<Scout>),
    /// The input cannot be read twice.
    Impossible,
}

/// Rows that wait to be handed over, of one or more `INSERT`s with the same head.
struct Pending {
    header: Arc<InsertHeader>,
    plan: RowPlan,
    batch: Batch,
    /// See [`InsertedRows::unforeseen`].
    unforeseen: bool,
    /// Values of the present statement that are stored differently from how they are written.
    changes: Vec<ChangedCell>,
}

/// The storing side has failed; its error is the one that counts.
struct Deaf;

impl<'f> Feeder<'f> {
    fn new(planner: &'f mut dyn Planner, send: &'f mut Sink<'f>, options: FeedOptions) -> Self {
        Self {
            planner,
            send,
            options,
            read: InputsRead::default(),
            pending: None,
            spare: Batch::default(),
            scout: Ahead::Impossible,
            changes: BTreeMap::new(),
        }
    }

    fn all(mut self, files: &[FolderFile]) -> Result<(), LoadError> {
        let mut tables = Tables::default();
        for (index, file) in files.iter().enumerate() {
            match self.file(index, file, tables)? {
                Ok(seen) => tables = seen,
                Err(Deaf) => return Ok(()),
            }
        }
        let read = std::mem::take(&mut self.read);
        (self.send)(Event::End(read));
        Ok(())
    }

    fn file(
        &mut self,
        index: usize,
        file: &FolderFile,
        tables: Tables,
    ) -> Result<Result<Tables, Deaf>, LoadError> {
        let Opened {
            bytes,
            meter,
            translated,
        } = open(file)?;
        self.scout = Ahead::Idle(tables.clone());
        let mut reader = DumpReader::new(&file.shown, bytes)
            .with_tables(tables)
            .with_charset(self.options.charset)
            .translated(translated)
            .allow_incomplete(self.options.allow_incomplete);
        if self.send(Event::Input(index, Arc::clone(&meter))).is_err() {
            return Ok(Err(Deaf));
        }
        while let Some(statement) = reader.next_statement()? {
            let sent = match statement {
                Statement::Insert(header) => self.insert(file, &mut reader, header)?,
                statement => {
                    self.planner.see(&statement);
                    self.flush()
                        .and_then(|()| self.send(Event::Statement(statement)))
                }
            };
            if sent.is_err() {
                return Ok(Err(Deaf));
            }
        }
        if self.flush().is_err() {
            return Ok(Err(Deaf));
        }
        let Finished {
            tables,
            skipped,
            ignored,
        } = reader.finish();
        self.end_of_input(file, &meter, &skipped, ignored);
        Ok(Ok(tables))
    }

    fn end_of_input(
        &mut self,
        file: &FolderFile,
        meter: &Meter,
        skipped: &[crate::dump::Skipped],
        ignored: BTreeMap<String, u64>,
    ) {
        let notes = &mut self.read.notes;
        notes.extend(skipped.iter().map(|skipped| {
            let class = if skipped.loses {
                NoteClass::Lossy
            } else {
                NoteClass::Skipped
            };
            Note::new(&file.shown, skipped.position, class, &skipped.statement)
        }));
        for ((table, column, change), (count, position)) in std::mem::take(&mut self.changes) {
            let of = ChangedColumn {
                input: file.shown.clone(),
                table,
                column,
                what: change.told().to_owned(),
            };
            self.read.values.add(of, count, position);
        }
        for (word, count) in ignored {
            *self.read.ignored.entry(word).or_default() += count;
        }
        let (bytes, sha256) = meter.finish();
        self.read.inputs.push(Input {
            name: unpacked_name(&file.name).to_owned(),
            bytes,
            sha256,
        });
    }

    /// Reads the rows of an `INSERT`.
    fn insert(
        &mut self,
        file: &FolderFile,
        reader: &mut DumpReader<'_>,
        header: InsertHeader,
    ) -> Result<Result<(), Deaf>, LoadError> {
        let Some(first) = reader.next_row()? else {
            return Ok(Ok(()));
        };
        let position = header.position;
        let width = first.len();
        let same = self.pending.as_ref().is_some_and(|pending| {
            continues(&pending.header, &header) && pending.plan.kinds.len() == width.max(1)
        });
        if !same {
            if self.flush().is_err() {
                return Ok(Err(Deaf));
            }
            let planned = self.planner.plan(&header, width).map_err(|reason| {
                super::error::mismatch(&file.shown, header.position, &header.table, reason)
            })?;
            let Some(plan) = planned else {
                let mut unwanted = 1;
                while reader.next_row()?.is_some() {
                    unwanted += 1;
                }
                return Ok(self.send(Event::Unwanted(header, unwanted)));
            };
            self.pending = Some(Pending {
                header: Arc::new(header),
                plan,
                batch: std::mem::take(&mut self.spare),
                unforeseen: false,
                changes: Vec::new(),
            });
        }
        self.rows(file, reader, position)
    }

    /// Reads the rows from the current one to the last.
    fn rows(
        &mut self,
        file: &FolderFile,
        reader: &mut DumpReader<'_>,
        position: Position,
    ) -> Result<Result<(), Deaf>, LoadError> {
        let mut start = self
            .pending
            .as_ref()
            .map_or(0, |pending| pending.batch.rows());
        let mut limit = HELD_BYTES;
        // What the scout says of an INSERT that is too long to be held.
        let mut foreseen: Option<Option<Upsert>> = None;
        let lenient = self.options.lenient;
        let mut rows = 0;
        let mut row = reader.current_row();
        while let Some(current) = row {
            let Some(pending) = &mut self.pending else {
                break;
            };
            let changes = &mut pending.changes;
            let at = pending.batch.rows();
            pending.batch.push(
                &current,
                &pending.plan.kinds,
                &pending.plan.rooms,
                lenient,
                |column, change| {
                    changes.push(ChangedCell {
                        row: at,
                        column,
                        change,
                    });
                },
            )?;
            if rows == 0
                && let Some(place) = pending.batch.places.last_mut()
            {
                place.first = true;
            }
            rows += 1;
            if pending.batch.size() > limit {
                limit = BATCH_BYTES;
                let upsert = foreseen
                    .get_or_insert_with(|| self.scout.upsert(file, self.options.charset, position));
                pending.unforeseen = matches!(self.scout, Ahead::Impossible);
                let handed = self.hand_over(start, upsert.clone());
                if handed.is_err() {
                    return Ok(handed);
                }
                start = 0;
            }
            row = reader.next_row()?;
        }
        if let Some(pending) = &mut self.pending
            && rows == 1
            && let Some(place) = pending.batch.places.last_mut()
        {
            place.alone = true;
        }
        if let Some(upsert) = reader.upsert().cloned() {
            if foreseen == Some(None) {
                return Err(too_long_for_upsert(file, &self.pending));
            }
            let handed = self.hand_over(start, Some(upsert));
            self.pending = None;
            return Ok(handed);
        }
        self.count_changes();
        let Some(pending) = &self.pending else {
            return Ok(Ok(()));
        };
        // What is computed may depend on the statements before, and what is behind on this one.
        Ok(if pending.batch.expressions {
            self.hand_over(start, None)
        } else if pending.batch.size() > BATCH_BYTES {
            self.hand_over(0, None)
        } else {
            Ok(())
        })
    }

    /// Counts what is to be told of the values of the present statement.
    fn count_changes(&mut self) {
        let Some(pending) = &mut self.pending else {
            return;
        };
        let (header, batch) = (&pending.header, &pending.batch);
        for changed in pending.changes.drain(..) {
            let column = header.columns.as_ref();
            let column = column.map(|columns| columns[changed.column].clone());
            let key = (
                header.table.clone(),
                column.unwrap_or_default(),
                changed.change,
            );
            let position = batch.places[changed.row].position;
            self.changes.entry(key).or_insert((0, position)).0 += 1;
        }
    }

    /// Hands over the rows so far, those from `start` on with `upsert`; more of the same may come.
    fn hand_over(&mut self, start: usize, upsert: Option<Upsert>) -> Result<(), Deaf> {
        if upsert.is_none() {
            self.count_changes();
        }
        let Some(pending) = &mut self.pending else {
            return Ok(());
        };
        let mut batch = std::mem::take(&mut pending.batch);
        let mut changes = std::mem::take(&mut pending.changes);
        if (upsert.is_some() || batch.expressions) && start > 0 {
            let upserted = batch.split_off(start, pending.plan.kinds.len());
            let plain = rows_event(pending, std::mem::replace(&mut batch, upserted), None);
            drop((self.send)(plain).ok_or(Deaf)?);
        }
        if upsert.is_some() {
            for change in &mut changes {
                change.row -= start;
            }
            batch.changes = changes;
        }
        let event = rows_event(pending, batch, upsert);
        pending.batch = (self.send)(event).ok_or(Deaf)?;
        Ok(())
    }

    /// Hands over the rows so far; something else comes now.
    fn flush(&mut self) -> Result<(), Deaf> {
        match self.pending.take() {
            Some(mut pending) if pending.batch.rows() > 0 => {
                let batch = std::mem::take(&mut pending.batch);
                self.send(rows_event(&pending, batch, None))
            }
            _ => Ok(()),
        }
    }

    fn send(&mut self, event: Event) -> Result<(), Deaf> {
        self.spare = (self.send)(event).ok_or(Deaf)?;
        Ok(())
    }
}

fn rows_event(pending: &Pending, batch: Batch, upsert: Option<Upsert>) -> Event {
    Event::Rows(InsertedRows {
        header: Arc::clone(&pending.header),
        upsert,
        unforeseen: pending.unforeseen,
        batch,
    })
}

/// Whether the rows of `next` can go into the same batch: a dump may have one `INSERT` for each.
fn continues(current: &InsertHeader, next: &InsertHeader) -> bool {
    current.table == next.table
        && current.database == next.database
        && current.on_conflict == next.on_conflict
        && current.zero_is_zero == next.zero_is_zero
        && current.checks_keys == next.checks_keys
        && current.columns.is_some()
        && current.columns == next.columns
}

fn too_long_for_upsert(file: &FolderFile, pending: &Option<Pending>) -> LoadError {
    let (position, table) = pending.as_ref().map_or_else(Default::default, |pending| {
        (pending.header.position, pending.header.table.clone())
    });
    let reason = format!(
        "an INSERT … ON DUPLICATE KEY UPDATE of more than {} MiB can be imported from a file, but \
         not from a pipe",
        HELD_BYTES >> 20
    );
    super::error::mismatch(&file.shown, position, &table, reason)
}

impl Ahead {
    /// What stands behind the rows of the `INSERT` at `position`; nothing if that cannot be known.
    fn upsert(
        &mut self,
        file: &FolderFile,
        charset: Charset,
        position: Position,
    ) -> Option<Upsert> {
        if let Self::Idle(tables) = self {
            let scout = Scout::over(file, charset, std::mem::take(tables));
            *self = scout.map_or(Self::Impossible, |scout| Self::Running(Box::new(scout)));
        }
        match self {
            Self::Running(scout) => scout.upsert(position).ok().flatten(),
            _ => None,
        }
    }
}
