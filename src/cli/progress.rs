//! Draws the progress of a bake on standard error: a bar on a terminal, plain lines otherwise.

use std::io::IsTerminal as _;

use indicatif::{HumanBytes, HumanCount, ProgressBar, ProgressStyle};

use super::remarks::{is_json, remark, visible};
use crate::load::{Phase, Progress};

/// Below so many columns there is room for a percentage and no bar.
const NARROW: u16 = 60;

/// A bar with what is left, as wide as the terminal at most.
struct Bar {
    bar: ProgressBar,
    /// What is going on, without the rows.
    message: String,
}

/// One line a phase.
struct Lines;

/// What suits standard error. A dumb terminal cannot go back in a line, and lines of JSON are a log.
pub(super) fn for_stderr() -> Box<dyn Progress> {
    let is_dumb = std::env::var_os("TERM").is_none_or(|term| term.is_empty() || term == "dumb");
    if std::io::stderr().is_terminal() && !is_dumb && !is_json() {
        Box::new(Bar {
            bar: ProgressBar::hidden(),
            message: String::new(),
        })
    } else {
        Box::new(Lines)
    }
}

/// Columns of the terminal; 80 where it does not say.
fn columns() -> u16 {
    match rustix::termios::tcgetwinsize(std::io::stderr()) {
        Ok(size) if size.ws_col > 0 => size.ws_col,
        _ => 80,
    }
}

impl Progress for Bar {
    fn begin(&mut self, phase: Phase) {
        self.bar.finish_and_clear();
        // The message takes what is left of the line, and is cut there: nothing else may be long.
        let is_narrow = columns() < NARROW;
        self.bar = match &phase {
            // Nobody knows how much will come through a pipe.
            Phase::Rows(_, 0) if is_narrow => {
                ProgressBar::new_spinner().with_style(style("{bytes} {wide_msg}"))
            }
            Phase::Rows(_, 0) => {
                ProgressBar::new_spinner().with_style(style("{wide_msg} {bytes}, {bytes_per_sec}"))
            }
            Phase::Rows(_, bytes) if is_narrow => {
                ProgressBar::new(*bytes).with_style(style("{percent:>3}% {wide_msg}"))
            }
            Phase::Rows(_, bytes) => ProgressBar::new(*bytes)
                .with_style(style("{wide_msg} [{bar:16}] {percent:>3}%, {eta} left")),
            _ => {
                let spinner = ProgressBar::new_spinner().with_style(style("{spinner} {wide_msg}"));
                spinner.enable_steady_tick(std::time::Duration::from_millis(100));
                spinner
            }
        };
        self.message = describe(&phase);
        self.bar.set_message(self.message.clone());
    }

    fn advance(&mut self, bytes: u64, rows: u64) {
        if rows > 0 {
            let message = format!("{} rows, {}", HumanCount(rows), self.message);
            self.bar.set_message(message);
        }
        self.bar.set_position(bytes);
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
        Phase::Rows(input, _) => format!("reading {}", visible(input)),
        Phase::Indexes => "building indexes".to_owned(),
        Phase::Statistics => "gathering statistics".to_owned(),
        Phase::Compaction => "compacting".to_owned(),
        Phase::Integrity => "checking".to_owned(),
        Phase::Writing => "writing".to_owned(),
    }
}
