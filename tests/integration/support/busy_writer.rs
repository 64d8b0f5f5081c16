//! A writer that is busy with one job for as long as a test likes: whoever writes meanwhile waits.

use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};

use ekiben::store::{Store, StoreError};
use tokio::task::JoinHandle;

/// The job that keeps a writer busy.
pub(crate) struct BusyWriter {
    hold: Sender<()>,
    job: JoinHandle<()>,
}

impl BusyWriter {
    /// Returns when the job has begun.
    pub(crate) async fn begin(store: &Arc<Store>) -> Self {
        let (hold, held) = channel::<()>();
        let (begun, has_begun) = tokio::sync::oneshot::channel();
        let store = Arc::clone(store);
        let job = tokio::spawn(async move {
            let work = move |_: &rusqlite::Connection| {
                begun.send(()).unwrap();
                let _ended = held.recv();
                Ok::<_, StoreError>(())
            };
            store.write(work).await.unwrap();
        });
        has_begun.await.unwrap();
        Self { hold, job }
    }

    pub(crate) async fn end(self) {
        drop(self.hold);
        self.job.await.unwrap();
    }
}
