//! Standard error beside the log: progress, warnings, what a command failed of.
//!
//! It owns their form: text, or a JSON object a line as the log has them, from the first line on. It must
//! not know failures, nor what goes to standard output.

use std::io::{self, IsTerminal as _, Write as _};
use std::panic::PanicHookInfo;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::SystemTime;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::config::LogFormat;

/// Whether lines are JSON. Decided once, before anything is written.
static IS_JSON: AtomicBool = AtomicBool::new(false);

/// How much a remark matters, as the log has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Severity {
    Info,
    Warn,
    Error,
}

/// Decides the form for this process. A server's standard error is its log. That of other commands is
/// for people, unless JSON is configured.
pub(super) fn set_form(format: LogFormat, is_server: bool) {
    let json = match format {
        LogFormat::Json => true,
        LogFormat::Text => false,
        LogFormat::Auto => is_server && !io::stderr().is_terminal(),
    };
    IS_JSON.store(json, Relaxed);
    if json {
        std::panic::set_hook(Box::new(report_panic));
    }
}

/// Whether lines are JSON.
pub(super) fn is_json() -> bool {
    IS_JSON.load(Relaxed)
}

/// Whether they are lines of a server's log, whose filter is for them too.
pub(super) fn are_logged() -> bool {
    is_json() && tracing::dispatcher::has_been_set()
}

/// Writes a remark, if that is possible.
pub(super) fn remark(text: &str) {
    if are_logged() {
        tracing::info!("{}", text.trim_end());
    } else if is_json() {
        write_json(Severity::Info, text, Map::new());
    } else {
        write(text);
    }
}

/// Writes a warning.
pub(super) fn warn(text: &str) {
    if is_json() {
        write_json(Severity::Warn, text, Map::new());
    } else {
        write(&format!("warning: {text}"));
    }
}

/// Writes what a command failed of, and what to do about it.
pub(super) fn report_error(message: &str, hint: Option<&str>) {
    if is_json() {
        let hint = hint.map(|hint| ("hint".to_owned(), hint.into()));
        write_json(Severity::Error, message, hint.into_iter().collect());
        return;
    }
    let lines: Vec<String> = message.lines().map(visible).collect();
    write(&format!("error: {}", lines.join("\n")));
    if let Some(hint) = hint {
        write(&format!("hint: {hint}"));
    }
}

/// Writes a line of JSON with fields of its own.
pub(super) fn write_json(severity: Severity, message: &str, fields: Map<String, Value>) {
    write(&json_line(severity, message, fields));
}

/// In the form of the log's lines: the same names, the same order.
fn json_line(severity: Severity, message: &str, fields: Map<String, Value>) -> String {
    let level = match severity {
        Severity::Info => "INFO",
        Severity::Warn => "WARN",
        Severity::Error => "ERROR",
    };
    // A clock may tell a time that no date can be made of.
    let time = Timestamp::try_from(SystemTime::now()).unwrap_or_default();
    let time = time.strftime("%Y-%m-%dT%H:%M:%S%.6fZ");
    let mut line = Map::new();
    line.insert("timestamp".to_owned(), time.to_string().into());
    line.insert("level".to_owned(), level.into());
    line.insert("message".to_owned(), message.trim_end().into());
    line.extend(fields);
    line.insert("target".to_owned(), "ekiben".into());
    Value::Object(line).to_string()
}

/// A panic is answered 500 and logged with its request; this says where in the program it was.
fn report_panic(info: &PanicHookInfo<'_>) {
    let what = info.payload_as_str().unwrap_or("no message");
    let place = info.location().map(ToString::to_string);
    let fields = [("location".to_owned(), json!(place))];
    let fields = fields.into_iter().collect();
    write_json(Severity::Error, &format!("panicked: {what}"), fields);
}

fn write(text: &str) {
    drop(writeln!(io::stderr().lock(), "{}", text.trim_end()));
}

/// Names come from the dump: they must not drive the terminal.
pub(super) fn visible(text: &str) -> String {
    text.chars()
        .flat_map(|character| {
            let escape = character.is_control();
            let escaped = escape.then(|| character.escape_default());
            let plain = (!escape).then_some(character);
            escaped.into_iter().flatten().chain(plain)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_json_is_one_line_whatever_it_says() {
        let fields = [("rows".to_owned(), json!(5))].into_iter().collect();
        let line = json_line(Severity::Warn, "two\nlines \u{1b}[31m\n", fields);
        assert_eq!(line.lines().count(), 1);
        let read: Value = serde_json::from_str(&line).unwrap();
        assert_eq!(read["level"], "WARN");
        assert_eq!(read["message"], "two\nlines \u{1b}[31m");
        assert_eq!(read["rows"], 5);
        let time = read["timestamp"].as_str().unwrap();
        assert!(
            time.parse::<Timestamp>().is_ok() && time.len() == 27,
            "{time}"
        );
    }
}
