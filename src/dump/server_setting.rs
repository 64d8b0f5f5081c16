//! Settings of a server that change which values rows get: those that are heeded, and what is said of the others.
//!
//! A setting that is put back to what a server has anyway is never noted. Values are computed elsewhere, as they may
//! depend on variables.

use super::cursor::SourceText;
use super::session::{KnownValue, variable_name};

/// A setting that is heeded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ServerSetting {
    /// `insert_id`: the first number of the next `INSERT` that gives any.
    InsertId,
    /// `last_insert_id`: what `LAST_INSERT_ID()` is.
    LastInsertId,
    /// `timestamp`: seconds since 1970, which are the time of all statements that follow.
    Timestamp,
    /// `time_zone`: what a `TIMESTAMP` is written in.
    TimeZone,
    /// `auto_increment_increment`: the numbers of `AUTO_INCREMENT` are so far apart.
    Increment,
    /// `auto_increment_offset`: where they begin.
    Offset,
}

/// What a setting is set to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SettingValue {
    /// What a server has.
    Default,
    /// A text that is known.
    Known(String),
    /// An expression.
    Computed(SourceText),
}

impl ServerSetting {
    pub(super) const ALL: [(&'static str, Self); 6] = [
        ("insert_id", Self::InsertId),
        ("last_insert_id", Self::LastInsertId),
        ("timestamp", Self::Timestamp),
        ("time_zone", Self::TimeZone),
        ("auto_increment_increment", Self::Increment),
        ("auto_increment_offset", Self::Offset),
    ];

    /// The setting of this session that `name` means.
    pub(super) fn named(name: &str) -> Option<Self> {
        let name = variable_name(name);
        let found = Self::ALL.iter().find(|(own, _)| *own == name);
        found.map(|&(_, setting)| setting)
    }

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        let found = Self::ALL.iter().find(|(_, setting)| *setting == self);
        found.map_or("", |(name, _)| name)
    }

    /// What a server has that was told nothing.
    pub(super) fn usual(self) -> &'static str {
        match self {
            Self::InsertId | Self::LastInsertId | Self::Timestamp => "0",
            Self::TimeZone => "SYSTEM",
            Self::Increment | Self::Offset => "1",
        }
    }
}

/// What a setting is set to by `source`, of which the reader knows `value`.
pub(super) fn setting_value(value: &KnownValue, source: SourceText) -> SettingValue {
    match value {
        KnownValue::Text(text) if text.eq_ignore_ascii_case("default") => SettingValue::Default,
        KnownValue::Text(text) => SettingValue::Known(text.clone()),
        // Queries give variables values that the reader does not know.
        KnownValue::Null | KnownValue::No => SettingValue::Computed(source),
    }
}

/// What is said of a setting that changes values on a server and is not heeded here. One that is set to a server's
/// default, or restored from a variable that nobody has set, is none.
pub(super) fn lost_setting(name: &str, value: &KnownValue) -> Option<String> {
    let KnownValue::Text(text) = value else {
        return None;
    };
    let name = variable_name(name);
    let usual: &[&str] = match name.as_str() {
        "div_precision_increment" => &["4"],
        "completion_type" => &["0", "NO_CHAIN", "1", "CHAIN"],
        "lc_time_names" => &["en_US", "0"],
        "explicit_defaults_for_timestamp" => &["1", "ON", "TRUE"],
        "sql_mode" => {
            let unknown = [
                "EMPTY_STRING_IS_NULL",
                "HIGH_NOT_PRECEDENCE",
                "PAD_CHAR_TO_FULL_LENGTH",
                "TIME_ROUND_FRACTIONAL",
            ];
            let modes = text.to_ascii_uppercase();
            let set = unknown.into_iter().find(|mode| modes.contains(mode))?;
            return Some(format!("SET sql_mode = {set}, which changes values"));
        }
        _ => return None,
    };
    let is_usual = text.eq_ignore_ascii_case("default")
        || usual.iter().any(|usual| text.eq_ignore_ascii_case(usual));
    (!is_usual).then(|| format!("SET {name} = {text}, which changes values"))
}
