//! The command line of the harness. What a flag means stands in its help text and nowhere else.

use std::path::PathBuf;
use std::time::Duration;

use clap::Parser;

use crate::packed::PackedWith;
use crate::results::Settings;

/// Measures the apps' endpoints against the ceiling of the same server process.
#[derive(Debug, Parser)]
pub(crate) struct Arguments {
    /// Measure these only; a part of a name will do. Beside the endpoints: start, size, buy, mixed,
    /// overload, memory, blog writes, sign-ins, gradings
    #[arg(long, value_name = "NAME,…", value_delimiter = ',')]
    only: Vec<String>,
    /// Interleaved rounds of endpoint and ceiling
    #[arg(long, default_value_t = 11, value_parser = clap::value_parser!(u16).range(1..))]
    rounds: u16,
    /// Seconds that each of the two has in a round
    #[arg(long, default_value_t = 0.3)]
    seconds: f64,
    /// Connections, each with one request under way
    #[arg(long, default_value_t = 32)]
    pub(crate) connections: usize,
    /// Ask for everything as a client that accepts an encoding, too, and compare with the plain answers
    #[arg(long, value_name = "ENCODING", num_args = 0..=1, default_missing_value = "gzip")]
    pub(crate) compressed: Option<PackedWith>,
    /// Compare with a static file server, by its URL; its files are named BYTES.json
    #[arg(long, value_name = "URL")]
    pub(crate) beside: Option<String>,
    /// Write the files of that server to this folder
    #[arg(long, value_name = "FOLDER", requires = "beside")]
    pub(crate) beside_files: Option<PathBuf>,
    /// Write the results to a file as well
    #[arg(long, value_name = "FILE")]
    pub(crate) json: Option<PathBuf>,
    /// Compare two files that --json wrote, and measure nothing
    #[arg(long, num_args = 2, value_names = ["OLD", "NEW"])]
    pub(crate) compare: Vec<PathBuf>,
    /// Serve this baked file instead of the built-in dataset
    #[arg(long, value_name = "BAKED")]
    pub(crate) file: Option<PathBuf>,
    /// Serve this baked blog instead of the built-in one
    #[arg(long, value_name = "BAKED")]
    pub(crate) blog: Option<PathBuf>,
    /// Serve these baked sentences instead of the built-in ones
    #[arg(long, value_name = "BAKED")]
    pub(crate) drill: Option<PathBuf>,
    /// Measure honest clients beside many slow ones for so many seconds, and nothing else
    #[arg(long, value_name = "SECONDS", num_args = 0..=1, default_missing_value = "300")]
    soak: Option<f64>,
    /// What cargo tells every benchmark
    #[arg(long, hide = true)]
    bench: bool,
    /// Be the server
    #[arg(long, hide = true)]
    pub(crate) serve_ceiling: bool,
}

impl Arguments {
    pub(crate) fn wants(&self, name: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|part| name.contains(part.as_str()))
    }

    pub(crate) fn rounds(&self) -> u32 {
        self.rounds.into()
    }

    pub(crate) fn time(&self) -> Duration {
        Duration::from_secs_f64(self.seconds)
    }

    pub(crate) fn soak(&self) -> Option<Duration> {
        self.soak.map(Duration::from_secs_f64)
    }

    pub(crate) fn settings(&self) -> Settings {
        Settings {
            rounds: self.rounds(),
            seconds: self.seconds,
            connections: self.connections,
            file: self.file.as_ref().map(|file| file.display().to_string()),
        }
    }
}
