//! What the harness runs on: processors, who is pinned where, processor time, the commit.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Where client and server run.
pub(crate) struct Cores {
    is_pinned: bool,
}

const SERVER_CORE: &str = "0";

impl Cores {
    /// Puts this process on the last core, so that the server can have the first for itself.
    pub(crate) fn pin_client() -> Self {
        let last = (count() - 1).to_string();
        let own = std::process::id().to_string();
        let pinned = Command::new("taskset").args(["-cp", &last, &own]).output();
        let is_pinned = last != SERVER_CORE && pinned.is_ok_and(|done| done.status.success());
        if !is_pinned {
            eprintln!("not pinned: one core, or no taskset");
        }
        Self { is_pinned }
    }

    /// A command that runs `program` on the server's core. The server sees one core, and starts as
    /// many threads as it would on such a machine.
    pub(crate) fn server_command(&self, program: &Path) -> Command {
        if !self.is_pinned {
            return Command::new(program);
        }
        let mut command = Command::new("/usr/bin/taskset");
        command.args(["-c", SERVER_CORE]).arg(program);
        command
    }
}

/// The machine and the program, for the head of the table.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Machine {
    pub(crate) processor: String,
    pub(crate) cores: usize,
    pub(crate) is_pinned: bool,
    pub(crate) commit: String,
    /// Runnable processes over the last minute, this run's own included: how quiet it was.
    pub(crate) load_average: String,
}

impl Machine {
    pub(crate) fn this(cores: &Cores) -> Self {
        let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
        let info = read("/proc/cpuinfo");
        let name = info.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            (key.trim() == "model name").then(|| value.trim().to_owned())
        });
        let load = read("/proc/loadavg");
        Self {
            processor: name.unwrap_or_else(|| std::env::consts::ARCH.to_owned()),
            cores: count(),
            is_pinned: cores.is_pinned,
            commit: commit(),
            load_average: load.split(' ').next().unwrap_or_default().to_owned(),
        }
    }
}

fn commit() -> String {
    let git = Command::new("git")
        .args(["describe", "--always", "--dirty"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output();
    git.map_or_else(
        |_no_git| "unknown".to_owned(),
        |done| String::from_utf8_lossy(&done.stdout).trim().to_owned(),
    )
}

/// All of the machine's, whatever this process may use.
fn count() -> usize {
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let cores = info.lines().filter(|line| line.starts_with("processor"));
    cores.count().max(1)
}

pub(crate) fn own_cpu() -> Duration {
    cpu_of("self")
}

/// Processor time of a process, in ticks of 10 ms as Linux tells it to everybody.
pub(crate) fn cpu_of(process: &str) -> Duration {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    // The name may hold spaces; behind its parenthesis, user and system time are the 12th and 13th.
    let (_, fields) = stat.rsplit_once(')').unwrap_or_default();
    let times = fields.split_ascii_whitespace().skip(11).take(2);
    let ticks: u64 = times.map(|ticks| ticks.parse::<u64>().unwrap()).sum();
    Duration::from_millis(ticks * 10)
}
