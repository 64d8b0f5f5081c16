//! Draws the progress of a bake on standard error: a bar on a terminal, plain lines otherwise.

use std::io::IsTerminal as _;

use indicatif::{HumanBytes, HumanCount, ProgressBar, ProgressStyle};

use super::remarks::remark;
use crate::load::{Phase, Progress};

/// A bar with bytes, rate and time left.
struct Bar {
    bar: ProgressBar,
}

/// One line a phase.
struct Lines;

/// What suits standard error.
pub(super) fn for_stderr() -> Box<dyn Progress> {
    if std::io::stderr().is_terminal() {
        Box::new(Bar {
            bar: ProgressBar::hidden(),
        })
    } else {
        Box::new(Lines)
    }
}

impl Progress for Bar {
    fn begin(&mut self, phase: Phase) {
        self.bar.finish_and_clear();
        self.bar = match &phase {
            // Nobody knows how much will come through a pipe.
            Phase::Rows(_, 0) => ProgressBar::new_spinner()
                .with_style(style("{msg} {bytes}, {bytes_per_sec}, {prefix} rows")),
            Phase::Rows(_, bytes) => ProgressBar::new(*bytes).with_style(style(
                "{msg} [{bar:30}] {bytes}/{total_bytes} {bytes_per_sec} {eta} left, {prefix} rows",
            )),
            _ => {
                let spinner = ProgressBar::new_spinner().with_style(style("{spinner} {msg}"));
                spinner.enable_steady_tick(std::time::Duration::from_millis(100));
                spinner
            }
        };
        self.bar.set_message(describe(&phase));
    }

    fn advance(&mut self, bytes: u64, rows: u64) {
        self.bar.set_position(bytes);
        self.bar.set_prefix(HumanCount(rows).to_string());
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

impl Progress for Lines {
    fn begin(&mut self, phase: Phase) {
        match &phase {
            Phase::Rows(_, bytes) if *bytes > 0 => {
                remark(&format!("{} ({})", describe(&phase), HumanBytes(*bytes)));
            }
            _ => remark(&describe(&phase)),
        }
    }

    fn advance(&mut self, _bytes: u64, _rows: u64) {}
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

fn describe(phase: &Phase) -> String {
    match phase {
        Phase::Rows(input, _) => format!("reading {input}"),
        Phase::Indexes => "building indexes".to_owned(),
        Phase::Statistics => "gathering statistics".to_owned(),
        Phase::Compaction => "compacting".to_owned(),
        Phase::Integrity => "checking".to_owned(),
        Phase::Writing => "writing".to_owned(),
    }
}
