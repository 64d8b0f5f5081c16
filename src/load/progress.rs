//! The progress of a bake or import. The command line draws it; nothing here knows how.

use std::sync::Arc;

use super::input::Meter;
use crate::file::FolderFile;

/// A part of a bake that takes noticeable time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Phase {
    /// Reading the rows of an input: its name and its stored size in bytes, 0 when that is
    /// not known.
    Rows(String, u64),
    /// Building the indexes.
    Indexes,
    /// Gathering statistics for the query planner.
    Statistics,
    /// Rewriting the file without gaps.
    Compaction,
    /// Checking the finished file.
    Integrity,
    /// Bringing the file to the disk.
    Writing,
}

/// Receives the progress of a bake.
pub trait Progress {
    /// A phase begins; the previous one has ended.
    fn begin(&mut self, phase: Phase);
    /// Within [`Phase::Rows`]: stored bytes read and rows stored so far.
    fn advance(&mut self, bytes: u64, rows: u64);
}

/// Reports to nobody.
#[derive(Debug, Clone, Copy)]
pub struct Silent;

impl Progress for Silent {
    fn begin(&mut self, _phase: Phase) {}
    fn advance(&mut self, _bytes: u64, _rows: u64) {}
}

/// Which input is being read, for progress and for messages.
pub(crate) struct CurrentInput<'t> {
    files: &'t [FolderFile],
    progress: &'t mut dyn Progress,
    current: usize,
    meter: Arc<Meter>,
    rows: u64,
}

impl<'t> CurrentInput<'t> {
    pub(crate) fn new(files: &'t [FolderFile], progress: &'t mut dyn Progress) -> Self {
        Self {
            files,
            progress,
            current: 0,
            meter: Arc::default(),
            rows: 0,
        }
    }

    /// An input begins.
    pub(crate) fn begin(&mut self, index: usize, meter: Arc<Meter>) {
        self.current = index;
        self.meter = meter;
        let file = &self.files[index];
        let phase = Phase::Rows(file.shown.clone(), file.bytes);
        self.progress.begin(phase);
    }

    /// So many rows more are stored.
    pub(crate) fn advance(&mut self, count: usize) {
        self.rows += count as u64;
        self.progress.advance(self.meter.stored_bytes(), self.rows);
    }

    /// How messages name it.
    pub(crate) fn shown(&self) -> &'t str {
        &self.files[self.current].shown
    }
}
