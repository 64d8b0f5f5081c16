//! The pool for work that takes the processor for long: pictures, maps, polygons of many vertices, packing.
//!
//! A thread that serves requests serves hundreds of connections, and whatever it computes they wait for:
//! what takes longer than 2 ms is run here instead (ARCHITECTURE.md, invariant 8). The pool owns how much
//! runs concurrently and how much may wait; there is one for the whole process, so that it bounds all apps
//! together. It must not know what is computed, nor be used for what waits (for files, for a lock, for
//! SQLite): that has the readers and the writer of `store`.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Instant;

use prometheus_client::metrics::histogram::Histogram;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

use crate::http::HttpError;

/// Seconds; less than the first would better be done where it is asked for.
const BUCKETS: [f64; 10] = [
    0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0,
];

/// How far behind others [`WorkPool::run_behind`] is, as `nice` counts: a thirtieth of a processor that is wanted
/// by one other thread, all of one that is not. What hashes passwords empties caches on top of the time that it takes:
/// a tenth had cost reads a sixth.
#[cfg(target_os = "linux")]
const BEHIND: i32 = 15;

/// The lowest priority that there is.
#[cfg(target_os = "linux")]
const LAST: i32 = 19;

/// Work without its type. A task of tokio is compiled for each type of what it runs, some eight kilobytes, and what
/// is run here is far longer than two allocations.
type BoxedWork = Box<dyn FnOnce() -> Box<dyn Any + Send> + Send>;

fn boxed<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> BoxedWork {
    Box::new(move || Box::new(work()))
}

/// What [`boxed`] work gave, which has the type that it was boxed with.
fn unboxed<T: 'static>(result: Box<dyn Any + Send>) -> Result<T, HttpError> {
    match result.downcast() {
        Ok(result) => Ok(*result),
        Err(other) => Err(HttpError::panicked(&*other)),
    }
}

/// The pool; clones are the same one.
#[derive(Debug, Clone)]
pub struct WorkPool(Arc<Pool>);

#[derive(Debug)]
struct Pool {
    threads: usize,
    /// One for each piece of work that may run.
    turns: Arc<Semaphore>,
    queue: usize,
    /// One for each that may wait.
    queue_permits: Semaphore,
    rejected: AtomicU64,
    seconds: Histogram,
}

impl WorkPool {
    /// A pool that does `threads` pieces of work concurrently, and has `queue` others wait.
    #[must_use]
    pub fn new(threads: usize, queue: usize) -> Self {
        let threads = threads.clamp(1, Semaphore::MAX_PERMITS);
        let queue = queue.min(Semaphore::MAX_PERMITS);
        Self(Arc::new(Pool {
            threads,
            turns: Arc::new(Semaphore::new(threads)),
            queue,
            queue_permits: Semaphore::new(queue),
            rejected: AtomicU64::new(0),
            seconds: Histogram::new(BUCKETS),
        }))
    }

    /// Runs `work` on a thread of the pool, in the order in which it was asked for. If the caller is dropped
    /// before it is its turn, it never runs; once begun, it runs to its end.
    ///
    /// # Errors
    /// 503 with `Retry-After` when too much waits, and 500 when `work` panics, with what it said for
    /// the log.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, HttpError> {
        let work = boxed(work);
        let turn = self.turn().await?;
        unboxed(self.run_with(turn, work).await?)
    }

    /// As [`WorkPool::run`], for what is short and asked for many at a time, like the pictures of a page: it
    /// waits outside the queue, so that it neither is refused nor keeps others out. How many wait
    /// is bounded by `limits.concurrent_requests`.
    ///
    /// # Errors
    /// 500 when `work` panics.
    pub async fn run_in_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, HttpError> {
        let work = boxed(work);
        let turn = Arc::clone(&self.0.turns).acquire_owned().await;
        let turn = turn.map_err(|_closed| HttpError::overloaded("The server is shutting down."))?;
        unboxed(self.run_with(turn, work).await?)
    }

    /// As [`WorkPool::run`], for what takes so long that serving would suffer, like the hash of a password: it
    /// has a thread of its own, which the system has run when others leave it time. Where nothing else is to
    /// be done it is as fast as any.
    ///
    /// # Errors
    /// As those of [`WorkPool::run`]; 503 too when the system has no thread.
    pub async fn run_behind<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, HttpError> {
        let turn = self.turn().await?;
        let seconds = self.0.seconds.clone();
        let (done, result) = oneshot::channel();
        let spawned = thread::Builder::new()
            .name("work behind".to_owned())
            .spawn(move || {
                // Given back before the result is known, whether `work` returns or panics.
                let own_turn = turn;
                step_behind();
                let start = Instant::now();
                // Nothing of what panicked is looked at again.
                let result = catch_unwind(AssertUnwindSafe(work));
                seconds.observe(start.elapsed().as_secs_f64());
                drop(own_turn);
                // Whoever asked may have gone.
                drop(done.send(result));
            });
        if let Err(cause) = spawned {
            return Err(HttpError::overloaded("Too much work is done.").caused_by(cause));
        }
        match result.await {
            Ok(Ok(value)) => Ok(value),
            Ok(Err(panic)) => Err(HttpError::panicked(&*panic)),
            Err(_) => Err(HttpError::overloaded("The server is shutting down.")),
        }
    }

    async fn run_with(
        &self,
        turn: OwnedSemaphorePermit,
        work: BoxedWork,
    ) -> Result<Box<dyn Any + Send>, HttpError> {
        let seconds = self.0.seconds.clone();
        let task = tokio::task::spawn_blocking(move || {
            // Given back whether `work` returns or panics.
            let _turn = turn;
            let start = Instant::now();
            let result = work();
            seconds.observe(start.elapsed().as_secs_f64());
            result
        });
        task.await.map_err(|failed| match failed.try_into_panic() {
            Ok(panic) => HttpError::panicked(&*panic),
            Err(_) => HttpError::overloaded("The server is shutting down."),
        })
    }

    async fn turn(&self) -> Result<OwnedSemaphorePermit, HttpError> {
        let pool = &self.0;
        if let Ok(turn) = Arc::clone(&pool.turns).try_acquire_owned() {
            return Ok(turn);
        }
        let Ok(_permit) = pool.queue_permits.try_acquire() else {
            pool.rejected.fetch_add(1, Ordering::Relaxed);
            return Err(HttpError::overloaded("Too much work is waiting."));
        };
        let turn = Arc::clone(&pool.turns).acquire_owned().await;
        turn.map_err(|_closed| HttpError::overloaded("The server is shutting down."))
    }

    /// What it does.
    #[must_use]
    pub fn figures(&self) -> WorkFigures {
        let pool = &self.0;
        WorkFigures {
            running: pool.threads - pool.turns.available_permits(),
            waiting: pool.queue - pool.queue_permits.available_permits(),
            rejected: pool.rejected.load(Ordering::Relaxed),
            seconds: pool.seconds.clone(),
        }
    }
}

/// Lets other threads go before this one. Elsewhere than on Linux the call would mean the whole process.
fn step_behind() {
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{getpriority_process, setpriority_process};
        let own = getpriority_process(None);
        let stepped = own.and_then(|nice| setpriority_process(None, (nice + BEHIND).min(LAST)));
        if let Err(cause) = stepped {
            tracing::debug!(%cause, "a thread keeps its priority");
        }
    }
}

/// The pool at one moment, for operators.
#[derive(Debug)]
pub struct WorkFigures {
    /// Pieces of work that run.
    pub running: usize,
    /// Pieces of work that wait for their turn.
    pub waiting: usize,
    /// Pieces of work that were refused since the process began.
    pub rejected: u64,
    /// The time that each took, without waiting.
    pub seconds: Histogram,
}

#[cfg(test)]
mod tests {
    use std::pin::pin;
    use std::sync::mpsc::channel;

    use axum::http::{StatusCode, header};
    use axum::response::IntoResponse as _;

    use super::*;

    /// Work that runs until it is let go of: `drop` the sender.
    fn held() -> (std::sync::mpsc::Sender<()>, impl FnOnce() + Send + 'static) {
        let (hold, held) = channel::<()>();
        (hold, move || {
            let _ended = held.recv();
        })
    }

    /// Lets a future run until it waits.
    async fn begin<F: Future>(mut future: std::pin::Pin<&mut F>) {
        std::future::poll_fn(|context| {
            assert!(future.as_mut().poll(context).is_pending(), "it is done");
            std::task::Poll::Ready(())
        })
        .await;
    }

    fn at_work(pool: &WorkPool) -> (usize, usize, u64) {
        let figures = pool.figures();
        (figures.running, figures.waiting, figures.rejected)
    }

    /// The priority is that of the work's thread alone, and what panics gives its turn back.
    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn long_work_lets_others_go_before_it() {
        let nice = || rustix::process::getpriority_process(None).unwrap();
        let (pool, before) = (WorkPool::new(1, 0), nice());
        let behind = pool.run_behind(nice).await.unwrap();
        assert_eq!(behind, (before + BEHIND).min(LAST));
        assert_eq!(pool.run(nice).await.unwrap(), before);
        let panicked = pool.run_behind(|| panic!("a reason")).await;
        let status = panicked.map(|()| StatusCode::OK).unwrap_err().status();
        assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!(at_work(&pool), (0, 0, 0));
        assert_eq!(pool.run_behind(|| 7).await.unwrap(), 7);
    }

    #[tokio::test]
    async fn what_neither_runs_nor_waits_is_refused() {
        let pool = WorkPool::new(2, 1);
        let ((first, one), (second, two)) = (held(), held());
        let (mut one, mut two) = (pin!(pool.run(one)), pin!(pool.run(two)));
        begin(one.as_mut()).await;
        begin(two.as_mut()).await;
        let mut waits = pin!(pool.run(|| 3));
        begin(waits.as_mut()).await;
        assert_eq!(at_work(&pool), (2, 1, 0));
        let refused = pool.run(|| 4).await.unwrap_err().into_response();
        assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(refused.headers()[header::RETRY_AFTER], "1");
        assert_eq!(at_work(&pool), (2, 1, 1));
        drop((first, second));
        assert_eq!(waits.await.unwrap(), 3);
        one.await.unwrap();
        two.await.unwrap();
        assert_eq!(at_work(&pool), (0, 0, 1));
        assert_eq!(pool.run(|| 5).await.unwrap(), 5);
    }

    #[tokio::test]
    async fn what_nobody_waits_for_is_not_begun() {
        let pool = WorkPool::new(1, 5);
        let (hold, work) = held();
        let mut running = pin!(pool.run(work));
        begin(running.as_mut()).await;
        let (begun, beginnings) = channel();
        {
            let gone = begun.clone();
            let mut given_up = pin!(pool.run(move || gone.send("gone")));
            begin(given_up.as_mut()).await;
            assert_eq!(at_work(&pool), (1, 1, 0));
        }
        assert_eq!(at_work(&pool), (1, 0, 0), "the queue is free again");
        drop(hold);
        running.await.unwrap();
        pool.run(move || begun.send("stays"))
            .await
            .unwrap()
            .unwrap();
        assert_eq!(beginnings.iter().collect::<Vec<_>>(), ["stays"]);
    }

    #[tokio::test]
    async fn a_panic_keeps_its_text_and_gives_its_turn_back() {
        let pool = WorkPool::new(1, 0);
        for _ in 0..3 {
            let work = || -> () { panic!("no {}", "chairs") };
            let error = pool.run(work).await.unwrap_err();
            assert_eq!(error.status(), StatusCode::INTERNAL_SERVER_ERROR);
            let cause = format!("{error:?}");
            assert!(cause.contains("no chairs"), "{cause}");
        }
        assert_eq!(pool.run(|| 1).await.unwrap(), 1);
    }
}
