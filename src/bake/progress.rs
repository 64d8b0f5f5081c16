//! What a bake tells on its way. The command line draws it; the baker does not know how.

/// A part of a bake that takes noticeable time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Phase {
    /// Reading the rows of an input: its name and its stored size in bytes.
    Rows(String, u64),
    /// Building the indexes.
    Indexes,
    /// Gathering statistics for the query planner.
    Statistics,
    /// Rewriting the file without gaps.
    Compaction,
    /// Checking the finished file.
    Integrity,
}

/// Receives the progress of a bake.
pub trait Progress {
    /// A phase begins; the one before it has ended.
    fn begin(&mut self, phase: Phase);
    /// Within [`Phase::Rows`]: stored bytes read and rows stored so far.
    fn advance(&mut self, bytes: u64, rows: u64);
}

/// Tells nobody.
#[derive(Debug, Clone, Copy)]
pub struct Silent;

impl Progress for Silent {
    fn begin(&mut self, _phase: Phase) {}
    fn advance(&mut self, _bytes: u64, _rows: u64) {}
}
