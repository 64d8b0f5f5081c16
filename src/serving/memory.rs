//! How much memory the process may have, and the defaults that follow from it.
//!
//! A container that takes more than its cgroup allows is killed, and a small machine has less than limits
//! for a usual one would take. It must not touch what an operator has set: only defaults follow.

use std::fs;
use std::path::{Path, PathBuf};

use crate::config::{Config, LimitSettings};

/// Bytes that a connection is taken to cost: what hyper reserves for a head, and a task.
const CONNECTION: u64 = 32 * 1024;

/// Bytes that a request is taken to cost which waits for its body: what is not counted of a small one, and
/// a task.
const ARRIVING: u64 = 16 * 1024;

/// The memory that the process may have in bytes: that of the machine or of its cgroup, whichever is less.
/// `None` where the system does not say.
#[must_use]
pub fn memory_limit() -> Option<u64> {
    let of_machine = fs::read_to_string("/proc/meminfo").ok();
    let of_machine = of_machine.and_then(|text| total(&text));
    let groups = fs::read_to_string("/proc/self/cgroup").unwrap_or_default();
    let of_group = limit_of_groups(Path::new("/sys/fs/cgroup"), &groups);
    of_machine.into_iter().chain(of_group).min()
}

/// The defaults of `serve` where there is so much memory: a quarter of it for connections, an eighth for
/// requests that wait for their bodies, and an eighth for bodies. `config` is what is in force with the usual
/// defaults: one body as large as it allows has to have room.
#[must_use]
pub fn defaults_within(memory: u64, config: &Config) -> Config {
    let usual = LimitSettings::default();
    let share = |parts: u64, each: u64, most: usize| {
        let share = usize::try_from(memory / parts / each).unwrap_or(usize::MAX);
        share.clamp(1, most)
    };
    let largest = config.limits.upload_bytes.max(config.limits.body_bytes);
    let buffered_bytes = share(8, 1, usual.buffered_bytes).max(largest);
    Config {
        limits: LimitSettings {
            connections: share(4, CONNECTION, usual.connections),
            arriving_bodies: share(8, ARRIVING, usual.arriving_bodies),
            buffered_bytes: buffered_bytes.min(usual.buffered_bytes),
            ..usual
        },
        ..Config::default()
    }
}

/// `MemTotal` of `/proc/meminfo`.
fn total(text: &str) -> Option<u64> {
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix("MemTotal:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes.saturating_mul(1024))
}

/// The least limit of the memory of the process's cgroups and those around them. `groups` is
/// `/proc/self/cgroup`, `root` where cgroups are mounted: version 2 there, version 1 in `memory`.
fn limit_of_groups(root: &Path, groups: &str) -> Option<u64> {
    let limit = |line: &str| {
        let mut parts = line.splitn(3, ':');
        let (_number, controllers, path) = (parts.next()?, parts.next()?, parts.next()?);
        if controllers.is_empty() {
            return limit_along(root, path, "memory.max");
        }
        let is_memory = controllers.split(',').any(|name| name == "memory");
        let root = root.join("memory");
        is_memory
            .then(|| limit_along(&root, path, "memory.limit_in_bytes"))
            .flatten()
    };
    groups.lines().filter_map(limit).min()
}

/// The least limit from the group at `path` up to the root. In a container the path may be one of the host,
/// which is not there; the root then is the container's own group.
fn limit_along(root: &Path, path: &str, file: &str) -> Option<u64> {
    let group = root.join(path.trim_start_matches('/'));
    let groups = group
        .ancestors()
        .take_while(|group| group.starts_with(root));
    let limits = groups.map(Path::to_owned).filter_map(|group: PathBuf| {
        let text = fs::read_to_string(group.join(file)).ok()?;
        // "max" stands for none.
        text.trim().parse::<u64>().ok()
    });
    limits.min()
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIB: u64 = 1024 * 1024;

    fn write(root: &Path, file: &str, text: &str) {
        let path = root.join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Trust 8: both versions of cgroups, wherever the limit stands on the way up.
    #[test]
    fn the_least_limit_on_the_way_up_counts() {
        let folder = tempfile::TempDir::new().unwrap();
        let root = folder.path();
        assert_eq!(limit_of_groups(root, "0::/a/b\n"), None);
        write(root, "a/b/memory.max", "max\n");
        assert_eq!(limit_of_groups(root, "0::/a/b\n"), None);
        write(root, "a/memory.max", "268435456\n");
        assert_eq!(limit_of_groups(root, "0::/a/b\n"), Some(256 * MIB));
        write(root, "a/b/memory.max", "1000\n");
        assert_eq!(limit_of_groups(root, "0::/a/b\n"), Some(1000));
        // A path of the host, seen from a container.
        write(root, "memory.max", "2000\n");
        assert_eq!(limit_of_groups(root, "0::/docker/0123\n"), Some(2000));
        assert_eq!(limit_of_groups(root, "0::/../x\n"), Some(2000));
    }

    #[test]
    fn version_1_has_a_tree_for_memory() {
        let folder = tempfile::TempDir::new().unwrap();
        let root = folder.path();
        let groups = "12:cpu,cpuacct:/a\n4:memory:/docker/1\n1:name=systemd:/x\n";
        write(
            root,
            "memory/memory.limit_in_bytes",
            "9223372036854771712\n",
        );
        assert_eq!(
            limit_of_groups(root, groups),
            Some(9_223_372_036_854_771_712)
        );
        write(root, "memory/docker/1/memory.limit_in_bytes", "4096\n");
        write(root, "cpu,cpuacct/a/memory.max", "1\n");
        assert_eq!(limit_of_groups(root, groups), Some(4096));
    }

    #[test]
    fn the_machines_memory_is_read() {
        let text = "MemTotal:        245760 kB\nMemFree: 1 kB\n";
        assert_eq!(total(text), Some(240 * MIB));
        assert_eq!(total("MemTotal: x kB\n"), None);
        assert!(memory_limit().is_some_and(|memory| memory > MIB));
    }

    /// Trust 8: 10,300 connections ended a machine of 256 MB.
    #[test]
    fn a_small_machine_has_small_defaults() {
        let usual = Config::default();
        let limits = defaults_within(256 * MIB, &usual).limits;
        assert_eq!(limits.connections, 2048);
        assert_eq!(limits.arriving_bodies, 2048);
        assert_eq!(limits.buffered_bytes, 32 * 1024 * 1024);
        assert_eq!(defaults_within(64 * 1024 * MIB, &usual), usual);
        // What an operator allows has room.
        let mut large = Config::default();
        large.limits.upload_bytes = 100 * 1024 * 1024;
        let limits = defaults_within(256 * MIB, &large).limits;
        assert_eq!(limits.buffered_bytes, 100 * 1024 * 1024);
        large.limits.upload_bytes = 1024 * 1024 * 1024;
        let limits = defaults_within(256 * MIB, &large).limits;
        assert_eq!(
            limits,
            LimitSettings {
                connections: 2048,
                arriving_bodies: 2048,
                ..LimitSettings::default()
            }
        );
        assert_eq!(defaults_within(0, &usual).limits.connections, 1);
    }
}
