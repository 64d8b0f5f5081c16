//! Fuzz target: the dump reader alone, all rows read. It must not decide what an input goes through.
#![no_main]

#[path = "../drive.rs"]
mod drive;

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    // An error is an answer; panics, hangs and memory are what libFuzzer watches.
    drop(drive::read(input));
});
