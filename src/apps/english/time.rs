//! Times: in the file as MySQL writes them in UTC, `2020-01-31 12:34:56.789012`; in JSON as Rails does,
//! `2020-01-31T12:34:56.789Z`; on pages to the minute.

use jiff::Timestamp;

/// Now, as the file has it.
pub(super) fn now() -> String {
    stored(Timestamp::now())
}

/// A time as the file has it.
pub(super) fn stored(time: Timestamp) -> String {
    time.strftime("%Y-%m-%d %H:%M:%S.%6f").to_string()
}

/// A time of the file as JSON has it.
pub(super) fn in_json(stored: &str) -> String {
    let (day, time) = stored.split_once(' ').unwrap_or((stored, "00:00:00"));
    let (second, fraction) = time.split_once('.').unwrap_or((time, ""));
    let millis: String = fraction.chars().chain("000".chars()).take(3).collect();
    format!("{day}T{second}.{millis}Z")
}

/// A time of JSON as pages have it.
pub(super) fn on_pages(in_json: &str) -> String {
    let minute: String = in_json.chars().take("2020-01-31T12:34".len()).collect();
    format!("{} UTC", minute.replace('T', " "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_have_minutes() {
        let minute = "2020-01-31 12:34 UTC";
        assert_eq!(on_pages("2020-01-31T12:34:56.789Z"), minute);
    }

    #[test]
    fn json_has_milliseconds() {
        assert_eq!(
            in_json("2020-01-31 12:34:56.789012"),
            "2020-01-31T12:34:56.789Z"
        );
        assert_eq!(in_json("2020-01-31 12:34:56"), "2020-01-31T12:34:56.000Z");
        assert_eq!(in_json("2020-01-31 12:34:56.5"), "2020-01-31T12:34:56.500Z");
        let time = Timestamp::from_millisecond(1_580_474_096_789).unwrap();
        assert_eq!(stored(time), "2020-01-31 12:34:56.789000");
    }
}
