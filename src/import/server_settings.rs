//! Settings of a server that change the values of rows: the time, the time zone, the numbers of `AUTO_INCREMENT`.
//!
//! `TIMESTAMP` values are in UTC in the file; a session whose zone is an offset writes and reads others. A server
//! without a zone (`SYSTEM`) is taken to be in UTC, and so are zones by name, which is noted. It must not know
//! statements.

use super::assigning::UNFIT;
use super::computed::value_of;
use super::dumped_tables::ImportStorage;
use super::script::ScriptPlace;
use super::session::ScriptSession;
use super::table::ImportTable;
use crate::dump::{
    DefaultValue, Position, ServerSetting, SettingValue, TableDefinition, Value, ValueType,
    leading_number,
};
use crate::evaluate::{self, Datum, Unevaluable};
use crate::load::batch::{Batch, Bound, Cell};
use crate::load::note::{Note, NoteClass};

const SECOND: i64 = 1_000_000;
/// The first whole second that a `TIMESTAMP` can be.
const FIRST: &str = "1970-01-01 00:00:01";
/// The second whose fractions it can be, but not itself.
const BEFORE_FIRST: &str = "1970-01-01 00:00:00";

/// What a script has set.
#[derive(Debug, Clone, Copy)]
pub(super) struct ServerSettings {
    /// Microseconds since 1970.
    pub(super) time: Option<i64>,
    /// Seconds that the session's clocks are ahead of UTC.
    pub(super) zone: i64,
    pub(super) numbers: NumberSteps,
}

impl Default for ServerSettings {
    fn default() -> Self {
        Self {
            time: None,
            zone: 0,
            numbers: NumberSteps { step: 1, offset: 1 },
        }
    }
}

/// Which numbers `AUTO_INCREMENT` gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NumberSteps {
    step: i64,
    offset: i64,
}

impl NumberSteps {
    /// Numbers between two that are given.
    pub(super) fn step(self) -> i64 {
        self.step
    }

    /// The first number of the series that is `least` or more.
    pub(super) fn at_least(self, least: i64) -> i64 {
        if self.step == 1 {
            return least;
        }
        let behind = least.saturating_sub(self.offset).max(0);
        let steps = behind / self.step + i64::from(behind % self.step != 0);
        self.offset.saturating_add(steps.saturating_mul(self.step))
    }

    /// The one behind `number`.
    pub(super) fn after(self, number: i64) -> i64 {
        self.at_least(number.saturating_add(1))
    }
}

impl ImportStorage<'_> {
    /// `SET insert_id = …` and the like.
    pub(super) fn set(
        &mut self,
        place: ScriptPlace<'_>,
        setting: ServerSetting,
        value: &SettingValue,
    ) {
        let known = match value {
            SettingValue::Default => Ok(None),
            SettingValue::Known(text) => Ok(Some(text.clone())),
            SettingValue::Computed(source) => evaluate::parse(source)
                .and_then(|formula| formula.evaluate(&self.view(place)))
                .map(|datum: Datum| datum.shown()),
        };
        let outcome = known.and_then(|text| self.session.set_server(setting, text.as_deref()));
        if let Err(reason) = outcome {
            let what = format!("SET {}: it uses {reason}", setting.name());
            self.note(place, NoteClass::Lossy, what);
        }
    }

    /// Notes defaults that are moments in a zone which is not UTC.
    pub(super) fn note_zoned_defaults(&mut self, input: &str, definition: &TableDefinition) {
        if self.session.zone() == 0 {
            return;
        }
        for column in &definition.columns {
            let is_moment = matches!(&column.default, Some(DefaultValue::Literal(text)) if !text.starts_with("0000"));
            if column.column_type.name == "TIMESTAMP" && is_moment {
                let what = format!(
                    "table {}, column {}: the default is kept as written, and the session is not in UTC",
                    definition.name, column.name
                );
                let note = Note::new(input, definition.position, NoteClass::Lossy, what);
                self.notes.push(note);
            }
        }
    }
}

impl ScriptSession {
    /// Sets what is set to `value`, or back to what a server has.
    fn set_server(&self, setting: ServerSetting, value: Option<&str>) -> Result<(), Unevaluable> {
        let mut settings = self.settings.get();
        match setting {
            ServerSetting::InsertId => {
                let number = number_of(value)?;
                self.forced.set(number.filter(|&number| number > 0));
            }
            ServerSetting::LastInsertId => {
                let number = number_of(value)?.unwrap_or(0);
                self.set_last_insert_id(u64::try_from(number).unwrap_or(0));
            }
            ServerSetting::Timestamp => {
                let seconds = value.filter(|text| *text != "0").map(seconds_of);
                settings.time = seconds.transpose()?;
            }
            ServerSetting::TimeZone => {
                // What is not known is taken for UTC.
                settings.zone = 0;
                self.settings.set(settings);
                let known = value.filter(|zone| !zone.eq_ignore_ascii_case("SYSTEM"));
                settings.zone = known.map_or(Ok(0), zone_of)?;
            }
            ServerSetting::Increment => {
                settings.numbers.step = number_of(value)?.unwrap_or(1).clamp(1, 65_535);
            }
            ServerSetting::Offset => {
                settings.numbers.offset = number_of(value)?.unwrap_or(1).clamp(1, 65_535);
            }
        }
        self.settings.set(settings);
        let NumberSteps { step, offset } = settings.numbers;
        if step > 1 && offset > step {
            return Err("an offset above the increment of AUTO_INCREMENT".to_owned());
        }
        Ok(())
    }

    /// Seconds that the session's clocks are ahead of UTC.
    pub(super) fn zone(&self) -> i64 {
        self.settings.get().zone
    }

    /// Whether a script has said what time it is.
    pub(super) fn knows_time(&self) -> bool {
        self.settings.get().time.is_some()
    }

    /// The time in the column at `index` of `table`.
    pub(super) fn time_in(
        &self,
        table: &ImportTable,
        index: usize,
        fraction: usize,
    ) -> Value<'static> {
        let clock = self.server_clock();
        let zone = if table.is_stamp(index) { 0 } else { clock.zone };
        super::computed::moment_value(clock.now + zone, fraction)
    }

    /// A cell of the column at `index` of `table` as the session reads it, where that is not what the file holds.
    pub(super) fn read_cell(
        &self,
        table: &ImportTable,
        index: usize,
        cell: &rusqlite::types::Value,
    ) -> Option<rusqlite::types::Value> {
        let zone = self.zone();
        let rusqlite::types::Value::Text(text) = cell else {
            return None;
        };
        let is_zoned = zone != 0 && table.is_stamp(index);
        let shifted = is_zoned.then(|| moved(text, zone))?;
        shifted.map(|text| value_of(Value::Text(text.into())))
    }

    /// What the file holds of a value that the session writes to a `TIMESTAMP`, and whether it is out of its range;
    /// `None` where it is the value itself.
    pub(super) fn written(
        &self,
        table: &ImportTable,
        index: usize,
        value: &Value<'_>,
    ) -> Option<(Value<'static>, bool)> {
        let zone = self.zone();
        let Value::Text(text) = value else {
            return None;
        };
        // Nearly all values, and without more than a look.
        let fits = zone == 0 && **text >= *FIRST;
        if fits || !table.is_stamp(index) {
            return None;
        }
        let written = match zone {
            0 => text.clone().into_owned(),
            zone => moved(text, -zone)?,
        };
        if is_before_first(&written) {
            let zero = |letter: char| if letter.is_ascii_digit() { '0' } else { letter };
            let zeros: String = written.chars().map(zero).collect();
            let is_zero = *zeros == **text;
            return (!is_zero).then(|| (Value::Text(zeros.into()), true));
        }
        (zone != 0).then(|| (Value::Text(written.into()), false))
    }
}

impl ImportTable {
    /// Whether a column is a `TIMESTAMP`, which is in UTC in the file.
    pub(super) fn is_stamp(&self, index: usize) -> bool {
        let column = &self.layout.columns[index];
        matches!(column.kind, ValueType::DateTime(_))
            && self
                .definition
                .column(&column.name)
                .is_some_and(|definition| definition.column_type.name == "TIMESTAMP")
    }

    /// Brings the literals of rows that a session writes in a zone of its own to UTC. What is ahead of the first moment
    /// that there is becomes the zero date.
    pub(super) fn write_stamps(
        &mut self,
        session: &ScriptSession,
        input: &str,
        columns: &[usize],
        batch: &mut Batch,
    ) {
        for (at, &index) in columns.iter().enumerate() {
            if !self.is_stamp(index) {
                continue;
            }
            for row in 0..batch.rows() {
                let place = row * columns.len() + at;
                let written = match batch.bound(&batch.cells[place]) {
                    Bound::Text(text) => session.written(self, index, &Value::Text(text.into())),
                    _ => None,
                };
                let Some((value, unfit)) = written else {
                    continue;
                };
                let cell: Cell = batch.cell(value);
                batch.cells[place] = cell;
                if unfit {
                    let position: Position = batch.places[row].position;
                    self.settle(index, UNFIT.to_owned(), input, position);
                }
            }
        }
    }
}

/// Whether a `TIMESTAMP` cannot be this moment because it is too early.
fn is_before_first(moment: &str) -> bool {
    let nonzero = |digit: u8| (b'1'..=b'9').contains(&digit);
    let fraction = moment.strip_prefix(BEFORE_FIRST);
    fraction.map_or(moment < BEFORE_FIRST, |fraction| {
        !fraction.bytes().any(nonzero)
    })
}

/// A whole number; `None` for nothing.
fn number_of(value: Option<&str>) -> Result<Option<i64>, Unevaluable> {
    let Some(text) = value else {
        return Ok(None);
    };
    let number = text.trim().parse();
    number
        .map(Some)
        .map_err(|_| format!("the value {text}, which is no whole number"))
}

/// Microseconds of so many seconds.
fn seconds_of(text: &str) -> Result<i64, Unevaluable> {
    let unknown = || format!("the value {text}, which is no time");
    let digits = leading_number(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let whole: i64 = whole.parse().map_err(|_| unknown())?;
    let micros: i64 = format!("{fraction:0<6.6}").parse().map_err(|_| unknown())?;
    let micros = whole
        .checked_mul(SECOND)
        .map(|whole| whole.saturating_add(micros));
    micros.filter(|&micros| micros >= 0).ok_or_else(unknown)
}

/// Seconds that a zone is ahead of UTC.
fn zone_of(text: &str) -> Result<i64, Unevaluable> {
    let unknown = || {
        format!(
            "the time zone {text}, so TIMESTAMP values are kept as written from here on, and the time is in UTC"
        )
    };
    if text.eq_ignore_ascii_case("UTC") || text.eq_ignore_ascii_case("GMT") {
        return Ok(0);
    }
    let (sign, rest) = match text.as_bytes().first() {
        Some(b'-') => (-1, &text[1..]),
        Some(b'+') => (1, &text[1..]),
        _ => (1, text),
    };
    let (hours, minutes) = rest.split_once(':').ok_or_else(unknown)?;
    let number = |digits: &str| -> Option<i64> {
        let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
        digits.parse().ok().filter(|_| is_number)
    };
    let (hours, minutes) = number(hours)
        .zip(number(minutes))
        .filter(|&(hours, minutes)| hours <= 14 && minutes < 60)
        .ok_or_else(unknown)?;
    Ok(sign * (hours * 3600 + minutes * 60))
}

/// A moment so many seconds later; `None` where it is none of the calendar, as `0000-00-00`.
fn moved(text: &str, seconds: i64) -> Option<String> {
    let (moment, fraction) = text.split_at_checked("0000-00-00 00:00:00".len())?;
    let before: jiff::civil::DateTime = moment.parse().ok()?;
    let after = before.checked_add(jiff::SignedDuration::from_secs(seconds));
    Some(format!(
        "{}{fraction}",
        after.ok()?.strftime("%Y-%m-%d %H:%M:%S")
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_those_of_the_series() {
        let steps = |step, offset| NumberSteps { step, offset };
        for (steps, least, number) in [
            (steps(1, 7), 5, 5),
            (steps(10, 3), 1, 3),
            (steps(10, 3), 3, 3),
            (steps(10, 3), 5, 13),
            (steps(5, 5), 120, 120),
        ] {
            assert_eq!(steps.at_least(least), number, "{steps:?} {least}");
        }
        assert_eq!(steps(10, 1).after(1), 11);
    }

    #[test]
    fn zones_are_offsets() {
        assert_eq!(zone_of("+05:30"), Ok(19_800));
        assert_eq!(zone_of("-0:30"), Ok(-1800));
        assert!(zone_of("Europe/Berlin").is_err());
        assert_eq!(
            moved("2020-03-01 01:00:00.50", -7200).as_deref(),
            Some("2020-02-29 23:00:00.50")
        );
        assert_eq!(moved("0000-00-00 00:00:00", 3600), None);
        assert_eq!(seconds_of("5.25"), Ok(5_250_000));
    }
}
