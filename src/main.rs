//! The `ekiben` binary: everything is in the library, see `lib.rs`.

use std::process::ExitCode;

fn main() -> ExitCode {
    ekiben::cli::run()
}
