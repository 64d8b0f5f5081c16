//! Figures of the process, under the names that Prometheus clients give them where they have one.
//!
//! Read from `/proc` when somebody looks; where there is none, they are absent. Files of data are read
//! through memory mapping, so the kernel's cache is the one that counts: resident file pages are what
//! is in it, major page faults what was not.

use std::fs;
use std::sync::LazyLock;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

/// Hundredths of a second: what the kernel counts processor time in, whatever its own clock is.
const TICKS: f64 = 100.0;

type Number = Gauge<f64, std::sync::atomic::AtomicU64>;
type Total = Counter<f64, std::sync::atomic::AtomicU64>;

/// When this process began, as near as it matters.
static START: LazyLock<f64> = LazyLock::new(now);

/// Seconds since 1970.
fn now() -> f64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0.0, |since| since.as_secs_f64())
}

/// Notes the start of the process, if that has not been done.
pub(crate) fn begin() {
    LazyLock::force(&START);
}

/// How long this process has been running.
pub(crate) fn uptime() -> Duration {
    Duration::try_from_secs_f64(now() - *START).unwrap_or_default()
}

pub(crate) fn register(registry: &mut Registry) {
    let mut gauge = |name: &str, help: &str, value: f64| {
        let gauge = Number::default();
        gauge.set(value);
        registry.register(name, help, gauge);
    };
    gauge(
        "process_start_time_seconds",
        "Start of the process, in seconds since 1970",
        *START,
    );
    if let Some(bytes) = memory("VmRSS:") {
        gauge("process_resident_memory_bytes", "Resident memory", bytes);
    }
    if let Some(bytes) = memory("RssFile:") {
        gauge(
            "process_resident_file_bytes",
            "Resident memory that is pages of mapped files, which the kernel takes back when it needs them",
            bytes,
        );
    }
    if let Ok(files) = fs::read_dir("/proc/self/fd") {
        // The one that reads the folder is among them.
        let open = files.count().saturating_sub(1);
        let open = u32::try_from(open).unwrap_or(u32::MAX);
        gauge(
            "process_open_fds",
            "Open files and sockets",
            f64::from(open),
        );
    }
    let mut total = |name: &str, help: &str, value: f64| {
        let total = Total::default();
        total.inc_by(value);
        registry.register(name, help, total);
    };
    if let Some([faults, user, system]) = work() {
        total(
            "process_cpu_seconds",
            "Processor time of all threads, in user and system mode",
            (user + system) / TICKS,
        );
        total(
            "process_major_page_faults",
            "Pages that had to be read from the disk when they were used",
            faults,
        );
    }
}

/// A line of the process's status, in bytes.
fn memory(name: &str) -> Option<f64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    let kilobytes: f64 = line.trim().trim_end_matches(" kB").parse().ok()?;
    Some(kilobytes * 1024.0)
}

/// Major page faults, and processor time in user and system mode in ticks.
fn work() -> Option<[f64; 3]> {
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    // The name stands in parentheses and may hold anything; the fields behind it are numbered from 3.
    let (_, fields) = stat.rsplit_once(") ")?;
    let fields: Vec<&str> = fields.split(' ').collect();
    let field = |number: usize| fields.get(number - 3)?.parse().ok();
    Some([field(12)?, field(14)?, field(15)?])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(target_os = "linux")]
    fn figures_are_plausible() {
        let before = work().unwrap();
        assert!(memory("VmRSS:").unwrap() > memory("RssFile:").unwrap());
        assert!(memory("RssFile:").unwrap() > 1e5);
        let after = work().unwrap();
        assert!(
            after
                .iter()
                .zip(before)
                .all(|(after, before)| *after >= before)
        );
        begin();
        assert!(*START > 1.7e9);
    }
}
