//! The writer's end of its queue: which command comes next.
//!
//! Commands are taken in the order in which they came, but for a write in pieces: beside it only writes
//! are taken that no read shows (`Seen::WhereDerived`), and the others wait until it has ended. It must not
//! know how anything is written.

use std::collections::VecDeque;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use tokio::sync::oneshot;

use super::job::{Job, PiecedWork, Seen};
use crate::store::StoreError;

/// Whether a reset is still wanted, asked when its turn comes.
pub(super) type ResetCondition = Box<dyn FnOnce() -> bool + Send>;

/// Who waits for a reset, and learns whether it was done.
pub(super) struct ResetAnswer {
    pub(super) is_wanted: ResetCondition,
    pub(super) answer: oneshot::Sender<Result<bool, StoreError>>,
}

pub(super) enum WriterCommand {
    Write(Job),
    WritePieces(Box<dyn PiecedWork>),
    Reset(ResetAnswer),
    Stop,
}

/// How the wait for a command ended.
pub(super) enum Waited {
    Command(WriterCommand),
    /// None came in the time.
    Long,
    /// Nobody can send one any more.
    Ended,
}

/// What waits for the writer.
pub(super) struct Inbox {
    queue: Receiver<WriterCommand>,
    /// Taken from the queue before their turn, in their order.
    deferred: VecDeque<WriterCommand>,
    /// So many are deferred at most; then the queue fills, and refuses.
    most: usize,
}

impl Inbox {
    pub(super) fn new(queue: Receiver<WriterCommand>, most: usize) -> Self {
        Self {
            queue,
            deferred: VecDeque::new(),
            most,
        }
    }

    /// Waits for the next command, if there is a limit no longer than that.
    pub(super) fn wait(&mut self, limit: Option<Duration>) -> Waited {
        if let Some(deferred) = self.deferred.pop_front() {
            return Waited::Command(deferred);
        }
        let received = match limit {
            Some(limit) => self.queue.recv_timeout(limit),
            None => self.queue.recv().map_err(RecvTimeoutError::from),
        };
        match received {
            Ok(command) => Waited::Command(command),
            Err(RecvTimeoutError::Timeout) => Waited::Long,
            Err(RecvTimeoutError::Disconnected) => Waited::Ended,
        }
    }

    /// The next command, if it is there and a write.
    pub(super) fn next_write(&mut self) -> Option<Job> {
        match self.next()? {
            WriterCommand::Write(job) => Some(job),
            other => self.put_back(other),
        }
    }

    /// The next command, if it is there and a reset.
    pub(super) fn next_reset(&mut self) -> Option<ResetAnswer> {
        match self.next()? {
            WriterCommand::Reset(answer) => Some(answer),
            other => self.put_back(other),
        }
    }

    /// The next write that may be done beside one in pieces, if it is there.
    pub(super) fn next_beside(&mut self) -> Option<Job> {
        while self.deferred.len() < self.most {
            match self.queue.try_recv().ok()? {
                WriterCommand::Write(job) if job.seen == Seen::WhereDerived => return Some(job),
                other => self.deferred.push_back(other),
            }
        }
        None
    }

    fn next(&mut self) -> Option<WriterCommand> {
        let deferred = self.deferred.pop_front();
        deferred.or_else(|| self.queue.try_recv().ok())
    }

    fn put_back<T>(&mut self, command: WriterCommand) -> Option<T> {
        self.deferred.push_front(command);
        None
    }
}
