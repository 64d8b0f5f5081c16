//! What a run found, as --json writes it and --compare reads it.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::machine::Machine;
use crate::packed::PackedWith;

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Results {
    pub(crate) machine: Machine,
    pub(crate) settings: Settings,
    pub(crate) reads: Vec<Read>,
    pub(crate) figures: Vec<Figure>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Settings {
    pub(crate) rounds: u32,
    pub(crate) seconds: f64,
    pub(crate) connections: usize,
    /// The baked file; none for the built-in dataset.
    pub(crate) file: Option<String>,
}

/// The median of several rounds with the least and the greatest.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Sample {
    pub(crate) median: f64,
    pub(crate) low: f64,
    pub(crate) high: f64,
}

/// An endpoint beside its ceiling. Times of answers are in microseconds.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Read {
    pub(crate) name: String,
    pub(crate) target: f64,
    pub(crate) per_second: Sample,
    pub(crate) ceiling_per_second: Sample,
    pub(crate) ratio: Sample,
    pub(crate) p50: Sample,
    pub(crate) p99: Sample,
    pub(crate) ceiling_p99: Sample,
    pub(crate) p99_ratio: Sample,
    /// Seconds of the server's processor time for 1,000 requests.
    pub(crate) cpu: f64,
    pub(crate) ceiling_cpu: f64,
    /// Bytes of a body, on average.
    pub(crate) bytes: f64,
    /// Which part of a core the client used on average: near 1, it is what was measured.
    pub(crate) client_busy: f64,
    pub(crate) ceiling_client_busy: f64,
    /// Which part of a core the server used on average: well below 1, something else had the rest.
    pub(crate) server_busy: f64,
    pub(crate) ceiling_server_busy: f64,
    /// Whether endpoint and ceiling answered with the same headers.
    pub(crate) has_equal_headers: bool,
    /// The same for clients that accept an encoding, if they were asked for.
    #[serde(default)]
    pub(crate) packed: Option<PackedRead>,
    /// A static server beside, if there was one.
    #[serde(default)]
    pub(crate) beside: Option<BesideRead>,
}

/// An endpoint for clients that accept an encoding.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct PackedRead {
    pub(crate) with: PackedWith,
    pub(crate) per_second: Sample,
    /// To the same endpoint plain.
    pub(crate) ratio: Sample,
    /// Seconds of the server's processor time for 1,000 requests.
    pub(crate) cpu: f64,
    /// Bytes of a body as it is sent, on average.
    pub(crate) bytes: f64,
    /// Bytes of what is packed, to those of gzip at its level 6; none where everything is too small.
    pub(crate) to_level_six: Option<f64>,
}

/// A static file of as many bytes as the endpoint's answers have on average.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct BesideRead {
    pub(crate) per_second: Sample,
    /// Of the endpoint, to it.
    pub(crate) ratio: Sample,
}

/// Anything else, with a target if there is one.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Figure {
    pub(crate) name: String,
    pub(crate) unit: String,
    pub(crate) value: Sample,
    pub(crate) target: Option<f64>,
    /// Whether the target is a floor; otherwise it is a cap.
    pub(crate) is_floor: bool,
}

impl Sample {
    pub(crate) fn of(values: impl IntoIterator<Item = f64>) -> Self {
        // On a crowded machine a short round can pass without an answer; it has no ratio.
        let values = values.into_iter().filter(|value| value.is_finite());
        let mut values: Vec<f64> = values.collect();
        if values.is_empty() {
            values.push(0.0);
        }
        values.sort_by(f64::total_cmp);
        Self {
            median: values[values.len() / 2],
            low: values[0],
            high: values[values.len() - 1],
        }
    }

    /// Whether no round of the one reached into the rounds of the other.
    pub(crate) fn is_apart(&self, other: &Self) -> bool {
        self.low > other.high || other.low > self.high
    }
}

impl Figure {
    pub(crate) fn new(name: impl Into<String>, unit: &str, value: Sample) -> Self {
        Self {
            name: name.into(),
            unit: unit.to_owned(),
            value,
            target: None,
            is_floor: false,
        }
    }

    pub(crate) fn at_least(self, target: f64) -> Self {
        Self {
            target: Some(target),
            is_floor: true,
            ..self
        }
    }

    pub(crate) fn at_most(self, target: f64) -> Self {
        Self {
            target: Some(target),
            is_floor: false,
            ..self
        }
    }

    pub(crate) fn is_met(&self) -> Option<bool> {
        let target = self.target?;
        Some(if self.is_floor {
            self.value.median >= target
        } else {
            self.value.median <= target
        })
    }
}

impl Results {
    pub(crate) fn read(file: &Path) -> Self {
        let text = std::fs::read_to_string(file)
            .unwrap_or_else(|cause| panic!("{}: {cause}", file.display()));
        serde_json::from_str(&text).unwrap_or_else(|cause| panic!("{}: {cause}", file.display()))
    }

    pub(crate) fn write(&self, file: &Path) {
        let text = serde_json::to_string_pretty(self).unwrap();
        std::fs::write(file, text).unwrap_or_else(|cause| panic!("{}: {cause}", file.display()));
    }
}
