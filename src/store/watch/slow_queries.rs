//! Statements that take long: counted, and logged with their plan.
//!
//! SQLite itself times each statement, from its first step until it is reset, and reports to a callback which
//! knows nothing but the statement. So what was slow is gathered by thread; whoever ran the statements
//! reports them afterwards, when nothing runs on the connection and it can explain them. SQL is logged
//! as it was prepared, with placeholders: a value never is.

use std::cell::{Cell, RefCell};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use rusqlite::trace::{TraceEvent, TraceEventCodes};
use rusqlite::{Connection, Row};
use tracing::Level;

/// The log target of the lines about slow statements.
pub const SLOW_QUERY_LOG: &str = "ekiben::slow_query";

/// A statement is logged once in this time, however often it is slow: explaining costs the slow server
/// some 0.1 ms.
const INTERVAL: Duration = Duration::from_secs(10);

/// So many different statements are gathered, and logged in an [`INTERVAL`]; more are only counted.
const MOST_STATEMENTS: usize = 32;

thread_local! {
    /// What takes so long on this thread is slow.
    static THRESHOLD: Cell<Duration> = const { Cell::new(Duration::MAX) };
    static GATHERED: RefCell<Gathered> = const { RefCell::new(Gathered::NOTHING) };
}

/// What was slow since the last report.
#[derive(Debug)]
struct Gathered {
    /// Of all statements.
    runs: u64,
    statements: Vec<Slow>,
}

/// A statement with the runs of it that were slow.
#[derive(Debug)]
struct Slow {
    sql: String,
    runs: u64,
    slowest: Duration,
}

impl Gathered {
    const NOTHING: Self = Self {
        runs: 0,
        statements: Vec::new(),
    };

    fn add(&mut self, sql: &str, time: Duration) {
        self.runs += 1;
        if let Some(slow) = self.statements.iter_mut().find(|slow| slow.sql == sql) {
            slow.runs += 1;
            slow.slowest = slow.slowest.max(time);
        } else if self.statements.len() < MOST_STATEMENTS {
            self.statements.push(Slow {
                sql: sql.to_owned(),
                runs: 1,
                slowest: time,
            });
        }
    }
}

fn gather(event: TraceEvent<'_>) {
    if let TraceEvent::Profile(statement, time) = event
        && time >= THRESHOLD.get()
    {
        GATHERED.with_borrow_mut(|gathered| gathered.add(statement.sql().trim(), time));
    }
}

/// The slow statements of one store.
#[derive(Debug)]
pub(in crate::store) struct SlowQueries {
    app: String,
    /// `None` where nothing is timed.
    threshold: Option<Duration>,
    total: AtomicU64,
    logged: Mutex<Vec<Logged>>,
}

/// A statement that was logged lately.
#[derive(Debug)]
struct Logged {
    sql: String,
    at: Instant,
    /// Slow runs since then.
    suppressed: u64,
}

impl SlowQueries {
    pub(in crate::store) fn new(app: &str, threshold: Option<Duration>) -> Self {
        Self {
            app: app.to_owned(),
            threshold,
            total: AtomicU64::new(0),
            logged: Mutex::default(),
        }
    }

    /// How many there were.
    pub(in crate::store) fn total(&self) -> u64 {
        self.total.load(Ordering::Relaxed)
    }

    /// Has the statements of `connection` timed.
    pub(in crate::store) fn time(&self, connection: &Connection) {
        if self.threshold.is_some() {
            connection.trace_v2(TraceEventCodes::SQLITE_TRACE_PROFILE, Some(gather));
        }
    }

    /// To be called before statements run on this thread.
    pub(in crate::store) fn watch(&self) {
        if let Some(threshold) = self.threshold {
            THRESHOLD.set(threshold);
        }
    }

    /// Whether there is something to [`tell`](Self::tell) of.
    pub(in crate::store) fn are_there(&self) -> bool {
        self.threshold.is_some() && GATHERED.with_borrow(|gathered| gathered.runs > 0)
    }

    /// Counts and logs what was slow on this thread. The plan is what `connection` would do now.
    pub(in crate::store) fn tell(&self, connection: &Connection) {
        let gathered = GATHERED.replace(Gathered::NOTHING);
        self.total.fetch_add(gathered.runs, Ordering::Relaxed);
        if !tracing::enabled!(target: SLOW_QUERY_LOG, Level::WARN) {
            return;
        }
        // Explaining is not what anybody looks for.
        let threshold = THRESHOLD.replace(Duration::MAX);
        for slow in gathered.statements {
            let Some(suppressed) = self.admit(&slow, Instant::now()) else {
                continue;
            };
            let Slow { sql, slowest, .. } = slow;
            let milliseconds = u64::try_from(slowest.as_millis()).unwrap_or(u64::MAX);
            let plan = plan(connection, &sql);
            tracing::warn!(target: SLOW_QUERY_LOG, app = self.app, milliseconds, sql, plan, suppressed, "slow query");
        }
        THRESHOLD.set(threshold);
    }

    /// Whether `slow` is to be logged `now`: how many slow runs of it were not, this time's included.
    fn admit(&self, slow: &Slow, now: Instant) -> Option<u64> {
        let mut logged = self.logged.lock().unwrap_or_else(PoisonError::into_inner);
        let is_recent = |entry: &Logged| now.saturating_duration_since(entry.at) < INTERVAL;
        let more = slow.runs - 1;
        if let Some(entry) = logged.iter_mut().find(|entry| entry.sql == slow.sql) {
            if is_recent(entry) {
                entry.suppressed += slow.runs;
                return None;
            }
            entry.at = now;
            return Some(std::mem::take(&mut entry.suppressed) + more);
        }
        if logged.len() >= MOST_STATEMENTS {
            logged.retain(is_recent);
        }
        if logged.len() >= MOST_STATEMENTS {
            return None;
        }
        logged.push(Logged {
            sql: slow.sql.clone(),
            at: now,
            suppressed: 0,
        });
        Some(more)
    }
}

/// What SQLite would do for `sql`, a step a line, steps of steps indented; `None` where it has no plan.
fn plan(connection: &Connection, sql: &str) -> Option<String> {
    // Others have none, and preparing a pragma can already do what it says.
    const PLANNED: [&str; 6] = ["SELECT", "WITH", "INSERT", "UPDATE", "DELETE", "REPLACE"];
    let word = sql.split(|c: char| !c.is_ascii_alphabetic()).next()?;
    if !PLANNED.iter().any(|known| word.eq_ignore_ascii_case(known)) {
        return None;
    }
    let explained = || {
        let mut explain = connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}"))?;
        // Parameters stay NULL: none is needed to explain.
        let steps = explain.raw_query();
        let step = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(3)?));
        steps.mapped(step).collect::<rusqlite::Result<Vec<_>>>()
    };
    let steps = explained().ok().filter(|steps| !steps.is_empty())?;
    Some(indented(&steps))
}

/// Steps as (id, id of the step that it is a part of, what it does).
fn indented(steps: &[(i64, i64, String)]) -> String {
    let mut depths: Vec<(i64, usize)> = Vec::with_capacity(steps.len());
    let mut lines = Vec::with_capacity(steps.len());
    for (id, parent, detail) in steps {
        let above = depths.iter().find(|(known, _)| known == parent);
        let depth = above.map_or(0, |(_, depth)| depth + 1);
        depths.push((*id, depth));
        lines.push(format!("{:1$}{detail}", "", 2 * depth));
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slow(sql: &str, runs: u64) -> Slow {
        Slow {
            sql: sql.to_owned(),
            runs,
            slowest: INTERVAL,
        }
    }

    #[test]
    fn a_statement_is_admitted_once_in_an_interval_with_the_number_of_what_was_not() {
        let slow_queries = SlowQueries::new("app", Some(Duration::ZERO));
        let start = Instant::now();
        let later = |seconds| start + Duration::from_secs(seconds);
        assert_eq!(slow_queries.admit(&slow("A", 3), start), Some(2));
        assert_eq!(slow_queries.admit(&slow("B", 1), later(1)), Some(0));
        assert_eq!(slow_queries.admit(&slow("A", 1), later(1)), None);
        assert_eq!(slow_queries.admit(&slow("A", 4), later(9)), None);
        assert_eq!(slow_queries.admit(&slow("A", 2), later(10)), Some(6));
        assert_eq!(slow_queries.admit(&slow("A", 1), later(19)), None);
        assert_eq!(slow_queries.admit(&slow("A", 1), later(20)), Some(1));
    }

    #[test]
    fn however_many_statements_there_are_few_are_remembered() {
        let slow_queries = SlowQueries::new("app", Some(Duration::ZERO));
        let start = Instant::now();
        let mut gathered = Gathered::NOTHING;
        for number in 0..100 {
            gathered.add(&format!("SELECT {number}"), INTERVAL);
            gathered.add("SELECT 0", INTERVAL);
        }
        assert_eq!(gathered.runs, 200);
        assert_eq!(gathered.statements.len(), MOST_STATEMENTS);
        assert_eq!(gathered.statements[0].runs, 101);
        for slow in &gathered.statements {
            assert!(slow_queries.admit(slow, start).is_some());
        }
        assert_eq!(slow_queries.admit(&slow("more", 1), start), None);
        let later = start + INTERVAL;
        assert_eq!(slow_queries.admit(&slow("more", 1), later), Some(0));
    }

    #[test]
    fn plans_are_indented_and_only_of_what_has_one() {
        let connection = Connection::open_in_memory().unwrap();
        let create = "CREATE TABLE t (a INTEGER PRIMARY KEY, b)";
        connection.execute_batch(create).unwrap();
        let plan = |sql| plan(&connection, sql);
        assert_eq!(
            plan("select * from t where a > ?1 order by b").unwrap(),
            "SEARCH t USING INTEGER PRIMARY KEY (rowid>?)\nUSE TEMP B-TREE FOR ORDER BY"
        );
        let nested = plan("SELECT b, (SELECT max(b) FROM t) FROM t").unwrap();
        assert!(
            nested.ends_with("SCALAR SUBQUERY 1\n  SEARCH t"),
            "{nested}"
        );
        for sql in [
            "COMMIT",
            "PRAGMA user_version = 7",
            "INSERT INTO t VALUES (?1, ?2)",
            "SELECT * FROM gone",
            "",
        ] {
            assert_eq!(plan(sql), None, "{sql}");
        }
        let version = connection.pragma_query_value(None, "user_version", |row| row.get(0));
        assert_eq!(version, Ok(0), "nothing was done");
    }
}
