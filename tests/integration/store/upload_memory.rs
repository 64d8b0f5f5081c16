//! The memory of an upload: a few times its size, whatever it is made of.
//!
//! The real server is asked for the peak of its memory before and after. Linux tells it in `/proc`;
//! elsewhere the test says that it is skipped.

use std::fs;

use crate::support::binary::Process;
use crate::support::client::Client;
use crate::support::data_folder::baked_folder;
use crate::support::dataset::Dataset;

const SIZE: usize = 4 << 20;

/// The peak of a process's memory, in bytes.
fn peak(process: &Process) -> Option<usize> {
    let Ok(status) = fs::read_to_string(format!("/proc/{}/status", process.id())) else {
        eprintln!("skipped: the peak of another process's memory is read from Linux's /proc");
        return None;
    };
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.unwrap().trim().strip_suffix(" kB").unwrap();
    Some(kib.parse::<usize>().unwrap() * 1024)
}

#[tokio::test]
async fn an_upload_needs_a_few_times_its_own_memory() {
    let folder = baked_folder(&Dataset::tiny());
    let row = "9,n,d,t,1,50,60,70,赤,,座椅子,1,1";
    let files = [
        ("short records", "1\n".repeat(SIZE / 2), 400),
        ("one wide record", format!("x{}", ",".repeat(SIZE)), 400),
        ("one long field", format!("{row},{}", "x".repeat(SIZE)), 201),
        ("rows", format!("{row}\n").repeat(SIZE / row.len()), 500),
    ];
    for (name, csv, status) in files {
        let server = Process::start(folder.path(), &[]);
        let Some(before) = peak(&server) else {
            return;
        };
        let mut client = Client::connect(server.address).await.unwrap();
        let answer = client.upload("chairs", &csv).await.unwrap();
        assert_eq!(answer.0, status, "{name}: {}", answer.1);
        let growth = peak(&server).unwrap() - before;
        eprintln!("{name}: {} KiB", growth / 1024);
        assert!(growth < 6 * SIZE, "{name}: {} KiB", growth / 1024);
    }
}
