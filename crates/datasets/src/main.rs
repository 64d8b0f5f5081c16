//! `cargo run -p datasets`: writes an app's dataset, the one that the repository holds or a larger one.
//!
//! Arguments in, calls to the library, words for people on standard error. It must not know what a
//! dataset consists of.

use std::fs;
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use datasets::{Dataset, Packing};

/// Write an app's dataset: the one that the repository holds, or a larger one
#[derive(Debug, Parser)]
#[command(after_help = "Examples:
  cargo run -p datasets -- isuumo --out dataset/isuumo        what the repository holds
  cargo run -p datasets -- people --out /tmp/big --scale 10   ten times the rows")]
struct Arguments {
    /// App whose dataset to write
    #[arg(value_name = "APP")]
    dataset: Dataset,
    /// Folder to write into; made if it is missing
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Times the rows of the repository's dataset
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=1000))]
    scale: u32,
}

fn main() -> ExitCode {
    let Arguments {
        dataset,
        out,
        scale,
    } = Arguments::parse();
    let packing = if scale == 1 {
        Packing::Hard
    } else {
        Packing::Fast
    };
    let mut total = 0;
    let written = fs::create_dir_all(&out).and_then(|()| {
        dataset.write(&out, scale, packing, &mut |file| {
            total += file.stored_bytes;
            remark(&format!("{} ({} bytes)", file.name, file.stored_bytes));
        })
    });
    match written {
        Ok(()) => {
            remark(&format!("{}: {total} bytes in all", out.display()));
            ExitCode::SUCCESS
        }
        Err(cause) => {
            remark(&format!("error: cannot write {}: {cause}", out.display()));
            ExitCode::FAILURE
        }
    }
}

/// Writes a remark to standard error, if that is possible.
fn remark(text: &str) {
    drop(writeln!(io::stderr().lock(), "{text}"));
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    #[test]
    fn the_arguments_are_consistent() {
        super::Arguments::command().debug_assert();
    }
}
