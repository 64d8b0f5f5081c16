//! Starts, sizes and memory, of the real binary.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use crate::arguments::Arguments;
use crate::client::{Client, Plan};
use crate::exchange::{Exchange, get};
use crate::reads::read;
use crate::results::{Figure, Sample};
use crate::server::{Server, serve_arguments};
use crate::workload::Endpoint;
use crate::{packed, source, writes};

const BINARY: &str = env!("CARGO_BIN_EXE_ekiben");
const STARTS: usize = 9;
const FIRST_STARTS: usize = 3;

/// `baked/isuumo.sqlite` in `folder`: the built-in dataset baked, or the file that was given. The people,
/// the blog and the drill, or those that were given, are beside it.
pub(crate) fn baked_file(arguments: &Arguments, folder: &Path) -> PathBuf {
    let baked = folder.join("baked").join("isuumo.sqlite");
    fs::create_dir(baked.parent().unwrap()).unwrap();
    bake("people", folder);
    let given = [
        ("isuumo", &arguments.file),
        ("conduit", &arguments.blog),
        ("english", &arguments.drill),
    ];
    for (app, file) in given {
        match file {
            Some(file) => {
                fs::copy(file, baked.with_file_name(format!("{app}.sqlite"))).unwrap();
            }
            None => bake(app, folder),
        }
    }
    baked
}

/// Bakes an app's built-in dataset to `baked` in `folder`.
fn bake(app: &str, folder: &Path) {
    let done = Command::new(BINARY)
        .args(["bake", "--app", app, "--out", "baked"])
        .env_clear()
        .current_dir(folder)
        .output()
        .unwrap();
    assert!(
        done.status.success(),
        "{}",
        String::from_utf8_lossy(&done.stderr)
    );
}

/// From starting the process to the first 200, on all cores.
pub(crate) fn starts(folder: &Path, is_other_data: bool) -> Vec<Figure> {
    eprintln!("starts …");
    let (baked, data) = (folder.join("baked"), folder.join("started"));
    let run = |mode: &str, baked: &Path, is_fresh: bool| {
        if is_fresh {
            drop(fs::remove_dir_all(&data));
        }
        let start = Instant::now();
        let mut command = Command::new(BINARY);
        serve_arguments(&mut command, folder, baked, &data);
        command.args(["--mode", mode]);
        let server = Server::start(command);
        Exchange::with(server.address).get("/api/chair/1");
        start.elapsed().as_secs_f64() * 1000.0
    };
    let sample =
        |count, mode: &str, is_fresh| Sample::of((0..count).map(|_| run(mode, &baked, is_fresh)));
    let mut figures = vec![
        Figure::new(
            "start, primary, copy to be made",
            "ms",
            sample(STARTS, "primary", true),
        ),
        Figure::new(
            "start, primary, again",
            "ms",
            sample(STARTS, "primary", false),
        )
        .at_most(25.0),
        Figure::new("start, replica", "ms", sample(STARTS, "replica", false)).at_most(25.0),
    ];
    if !is_other_data {
        let rounds = (0..FIRST_STARTS).map(|_| run("primary", &data, true) / 1000.0);
        let value = Sample::of(rounds);
        figures.push(Figure::new("first start, bake included", "s", value).at_most(1.0));
    }
    drop(fs::remove_dir_all(&data));
    figures
}

pub(crate) fn sizes(baked: &Path) -> Vec<Figure> {
    let bytes = |file: &Path| fs::metadata(file).unwrap().len() as f64;
    let ratio = bytes(baked) / source::dump_bytes(baked) as f64;
    vec![
        Figure::new("binary", "MB", Sample::of([bytes(Path::new(BINARY)) / 1e6])).at_most(12.0),
        Figure::new("baked file, to its dumps' text", "x", Sample::of([ratio])).at_most(1.6),
    ]
}

/// Resident memory before the first request and at the end of all kinds of reads.
pub(crate) fn memory(
    server: &Server,
    endpoints: &[Endpoint],
    arguments: &Arguments,
) -> Vec<Figure> {
    const LOAD: Duration = Duration::from_secs(3);
    eprintln!("memory …");
    let resident = || Sample::of([server.memory("VmRSS")]);
    Exchange::with(server.address).ask(&get("/readyz"));
    let idle = resident();
    let mut client = Client::connect(server.address, arguments.connections);
    let mut reads = writes::all_reads(endpoints);
    if let Some(with) = arguments.compressed {
        let packed = reads
            .iter()
            .map(|plain| packed::accepting(&plain.bytes, with));
        let packed: Vec<_> = packed.map(read).collect();
        reads.extend(packed);
    }
    client.turn(server, &mut Plan::new(reads), LOAD);
    let peak = Sample::of([server.memory("VmHWM")]);
    let files = Sample::of([server.memory("RssFile")]);
    vec![
        Figure::new("resident memory, idle", "MB", idle).at_most(25.0),
        Figure::new("resident memory, under load", "MB", resident()).at_most(80.0),
        Figure::new("its peak", "MB", peak),
        Figure::new("its part that is files", "MB", files),
    ]
}
