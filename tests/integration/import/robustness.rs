//! Bounded fuzzing in `cargo test`: whatever a dump is made into, the reader and the import answer
//! with a result or an error, never with a panic, and soon.
//!
//! The inputs are those of `mutation`, the road they take is that of `cargo fuzz` (fuzz/drive.rs).
//! `EKIBEN_FUZZ_RUNS` and `EKIBEN_FUZZ_SEED` make it run longer or elsewhere; what an input means is
//! none of its business.

use std::any::Any;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Sender, channel};
use std::thread;
use std::time::Duration;

use tempfile::TempDir;

use crate::import::mutation::Mutator;

#[path = "../../../fuzz/drive.rs"]
mod drive;

/// Mutated inputs in an ordinary run: some seconds.
const RUNS: u64 = 4_000;
/// The first seed of an ordinary run; the others follow.
const SEED: u64 = 1;
/// How long one input may take: a thousand times what the slowest takes here, for busy machines.
const PATIENCE: Duration = Duration::from_secs(60);

/// What the working thread tells of each input.
enum Told {
    Started(String),
    Failed(String),
    Finished,
}

/// The place of the input that is being read. It stays when the process dies, as by a full stack.
fn current() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("fuzzed.sql")
}

fn setting(name: &str, ordinary: u64) -> u64 {
    std::env::var(name).map_or(ordinary, |text| text.parse().unwrap())
}

#[test]
fn no_dump_makes_the_importer_panic_or_hang() {
    let (telling, told) = channel();
    let worker = thread::spawn(move || work(&telling));
    let mut name = "nothing".to_owned();
    let mut failures = Vec::new();
    loop {
        match told.recv_timeout(PATIENCE) {
            Ok(Told::Started(next)) => name = next,
            Ok(Told::Failed(reason)) => failures.push(format!("{name}: {reason}")),
            Ok(Told::Finished) => break,
            Err(error) => panic!("{name}: {error}; the input is in {}", current().display()),
        }
    }
    worker.join().unwrap();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// Runs the corpus as it is, and then the mutated inputs.
fn work(telling: &Sender<Told>) {
    let mutator = Mutator::load();
    let folder = drive::folder().unwrap();
    let run = |name: String, input: &[u8]| {
        // A new file each time: writing over one makes some file systems wait for the disk.
        drop(fs::remove_file(current()));
        fs::write(current(), input).unwrap();
        telling.send(Told::Started(name.clone())).unwrap();
        if let Some(reason) = failure(input, &folder) {
            let kept = current().with_file_name(format!("fuzzed-{}.sql", name.replace('/', "-")));
            fs::write(&kept, input).unwrap();
            let reason = format!("{reason}; the input is in {}", kept.display());
            telling.send(Told::Failed(reason)).unwrap();
        }
    };
    for (name, input) in &mutator.corpus {
        run(name.clone(), input);
    }
    let first = setting("EKIBEN_FUZZ_SEED", SEED);
    for seed in first..first + setting("EKIBEN_FUZZ_RUNS", RUNS) {
        run(format!("seed {seed}"), &mutator.input(seed));
    }
    telling.send(Told::Finished).unwrap();
}

/// What is wrong with how an input was answered.
fn failure(input: &[u8], folder: &TempDir) -> Option<String> {
    let answered = catch_unwind(AssertUnwindSafe(|| {
        // An error is an answer.
        drop(drive::read(input));
        drive::import(input, folder.path())
    }));
    match answered {
        Ok(Err(error)) if drive::is_our_fault(&error) => Some(error.to_string()),
        Ok(_) => None,
        Err(panic) => Some(format!("panic: {}", words(panic.as_ref()))),
    }
}

fn words(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("of another kind")
}
