//! The memory of an import: bounded by its longest value, not by the dump.
//!
//! The real binary reads a dump from a pipe, made on the way, and is asked for its peak at the end.
//! Linux tells it in `/proc`; elsewhere the test says that it is skipped.

use std::fs;
use std::io::{Read as _, Write};
use std::path::Path;
use std::process::{ChildStdin, Stdio};
use std::thread;

use tempfile::TempDir;

use crate::support::binary::ekiben;

const MIB: usize = 1 << 20;

/// Imports what `write` writes; gives the peak of the memory in use, in bytes.
fn peak(write: impl FnOnce(&mut ChildStdin)) -> Option<usize> {
    if !Path::new("/proc/self/status").exists() {
        eprintln!("skipped: the peak of another process's memory is read from Linux's /proc");
        return None;
    }
    let folder = TempDir::new().unwrap();
    // The report is the last thing that the import does. A full pipe holds it up there.
    let (mut report, blocked) = std::io::pipe().unwrap();
    let mut filler = blocked.try_clone().unwrap();
    let filling = thread::spawn(move || drop(filler.write_all(&[b' '; MIB])));
    let mut command = ekiben(folder.path());
    command
        .args(["import", "-", "-o", "out.sqlite", "--report", "json"])
        .stdin(Stdio::piped())
        .stdout(blocked)
        .stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    // It holds the writing end of the pipe, which would never be at its end.
    drop(command);
    let mut input = child.stdin.take().unwrap();
    write(&mut input);
    drop(input);
    let out = folder.path().join("out.sqlite");
    while !out.exists() && child.try_wait().unwrap().is_none() {
        thread::yield_now();
    }
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
    report.read_to_end(&mut Vec::new()).unwrap();
    filling.join().unwrap();
    assert!(child.wait().unwrap().success());
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.unwrap().trim().strip_suffix(" kB").unwrap();
    Some(kib.parse::<usize>().unwrap() * 1024)
}

/// Many short rows in `INSERT`s of a quarter of a megabyte, as mysqldump writes them.
fn many_rows(input: &mut impl Write, bytes: usize) {
    let mut id = 0;
    let mut written = 0;
    writeln!(
        input,
        "CREATE TABLE t (id int PRIMARY KEY, a varchar(99), b text);"
    )
    .unwrap();
    while written < bytes {
        let mut statement = "INSERT INTO t VALUES ".to_owned();
        while statement.len() < MIB / 4 {
            let comma = if statement.ends_with(' ') { "" } else { "," };
            statement += &format!("{comma}({id},'the name of {id}','{:>200}')", "it\\'s");
            id += 1;
        }
        writeln!(input, "{statement};").unwrap();
        written += statement.len();
    }
}

#[test]
fn a_dump_larger_than_memory_may_be_needs_little_memory() {
    let Some(peak) = peak(|input| many_rows(input, 64 * MIB)) else {
        return;
    };
    assert!(peak < 64 * MIB, "{} KiB", peak / 1024);
}

#[test]
fn a_long_value_needs_a_few_times_its_own_memory() {
    const LONG: usize = 16 * MIB;
    let long = |input: &mut ChildStdin| {
        many_rows(input, MIB);
        for id in [-1, -2, -3, -4] {
            write!(input, "INSERT INTO t VALUES ({id},'','").unwrap();
            input.write_all(&vec![b'x'; LONG]).unwrap();
            writeln!(input, "');").unwrap();
        }
    };
    let Some(peak) = peak(long) else {
        return;
    };
    // The window, the batch that waits, the one that is stored and SQLite's copies of it.
    assert!(peak < 64 * MIB + 8 * LONG, "{} KiB", peak / 1024);
}
