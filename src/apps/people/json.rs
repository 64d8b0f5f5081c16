//! JSON values as the original's language has them: whole numbers of any length, objects in the order in
//! which their keys came, the last value of a key that is given twice.
//!
//! Messages quote what a client sent, so nothing of it may be rounded or put into another order. The
//! library's own value can keep both, but only by features that change it for every crate that is linked;
//! this one is for bodies of this app, and leaves the bodies of others as fast as they are. Which texts
//! are JSON it must not decide otherwise than the library does, but for numbers beyond the greatest double,
//! which the library has no value for: a test compares them.

use indexmap::IndexMap;

/// Fields in the order of their first appearance.
pub(super) type JsonObject = IndexMap<String, JsonValue>;

/// Values within values at most, as of the library.
const DEEPEST: usize = 127;

/// A value.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum JsonValue {
    Null,
    Bool(bool),
    Integer(i64),
    /// A whole number beyond 64 bits: its digits, with a sign if it is negative.
    LongInteger(Box<str>),
    /// With a fraction or a power: the nearest double, infinite beyond the greatest one. Never NaN.
    Float(f64),
    Text(String),
    Array(Vec<JsonValue>),
    /// Boxed: a value in a long array takes no more room than its text.
    Object(Box<JsonObject>),
}

impl JsonValue {
    /// The value that a text is; `None` when it is no JSON.
    pub(super) fn parse(text: &[u8]) -> Option<Self> {
        let mut reader = JsonReader { rest: text };
        let value = reader.value(DEEPEST)?;
        reader.skip_space();
        reader.rest.is_empty().then_some(value)
    }

    pub(super) fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(value) => Some(*value),
            _ => None,
        }
    }

    pub(super) fn as_i64(&self) -> Option<i64> {
        match self {
            Self::Integer(number) => Some(*number),
            _ => None,
        }
    }

    pub(super) fn as_str(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Any number that a double comes near to.
    pub(super) fn as_f64(&self) -> Option<f64> {
        match self {
            // By its digits: the nearest double, and no cast that could lose more.
            Self::Integer(number) => number.to_string().parse().ok(),
            Self::LongInteger(digits) => digits.parse().ok().filter(|f: &f64| f.is_finite()),
            Self::Float(number) => Some(*number).filter(|f| f.is_finite()),
            _ => None,
        }
    }
}

/// Reads values off the beginning of a text.
struct JsonReader<'t> {
    rest: &'t [u8],
}

impl<'t> JsonReader<'t> {
    /// A value with at most `depth` lists or objects around what is innermost.
    fn value(&mut self, depth: usize) -> Option<JsonValue> {
        self.skip_space();
        match self.rest.first()? {
            b'n' => self.word("null", JsonValue::Null),
            b't' => self.word("true", JsonValue::Bool(true)),
            b'f' => self.word("false", JsonValue::Bool(false)),
            b'"' => self.text().map(JsonValue::Text),
            b'[' => self.array(depth.checked_sub(1)?),
            b'{' => self.object(depth.checked_sub(1)?),
            _ => self.number(),
        }
    }

    fn word(&mut self, word: &str, value: JsonValue) -> Option<JsonValue> {
        self.rest = self.rest.strip_prefix(word.as_bytes())?;
        Some(value)
    }

    fn array(&mut self, depth: usize) -> Option<JsonValue> {
        let mut items = Vec::new();
        self.sequence(b'[', b']', |reader| {
            items.push(reader.value(depth)?);
            Some(())
        })?;
        Some(JsonValue::Array(items))
    }

    fn object(&mut self, depth: usize) -> Option<JsonValue> {
        let mut fields = Box::<JsonObject>::default();
        self.sequence(b'{', b'}', |reader| {
            reader.skip_space();
            let key = reader.text()?;
            reader.skip_space();
            reader.byte(b':')?;
            // Another value of a key takes the place of the first one.
            fields.insert(key, reader.value(depth)?);
            Some(())
        })?;
        Some(JsonValue::Object(fields))
    }

    /// From `open` to `close`, with `item` reading what stands between the commas.
    fn sequence(
        &mut self,
        open: u8,
        close: u8,
        mut item: impl FnMut(&mut Self) -> Option<()>,
    ) -> Option<()> {
        self.byte(open)?;
        self.skip_space();
        if self.byte(close).is_some() {
            return Some(());
        }
        loop {
            item(self)?;
            self.skip_space();
            if self.byte(close).is_some() {
                return Some(());
            }
            self.byte(b',')?;
        }
    }

    /// A text in quotes. What stands between them, escapes and all, is the library's to read.
    fn text(&mut self) -> Option<String> {
        let inner = self.rest.strip_prefix(b"\"")?;
        let mut end = 0;
        loop {
            end += memchr::memchr2(b'"', b'\\', inner.get(end..)?)?;
            if inner[end] == b'"' {
                break;
            }
            // The escape and what it is of.
            end += 2;
        }
        let (text, rest) = self.rest.split_at(end + 2);
        self.rest = rest;
        serde_json::from_slice(text).ok()
    }

    fn number(&mut self) -> Option<JsonValue> {
        let start = self.rest;
        let _sign = self.byte(b'-');
        // No zero stands before another digit.
        match self.byte(b'0') {
            Some(()) => {}
            None => self.digits()?,
        }
        let mut is_whole = true;
        if self.byte(b'.').is_some() {
            is_whole = false;
            self.digits()?;
        }
        if self.byte(b'e').or_else(|| self.byte(b'E')).is_some() {
            is_whole = false;
            let _sign = self.byte(b'+').or_else(|| self.byte(b'-'));
            self.digits()?;
        }
        let text = str::from_utf8(self.taken(start)).ok()?;
        if !is_whole {
            return text.parse().ok().map(JsonValue::Float);
        }
        let long = |_| JsonValue::LongInteger(text.into());
        Some(text.parse().map_or_else(long, JsonValue::Integer))
    }

    /// One digit or more.
    fn digits(&mut self) -> Option<()> {
        let others = |byte: &u8| !byte.is_ascii_digit();
        let length = self.rest.iter().position(others);
        let (digits, rest) = self.rest.split_at(length.unwrap_or(self.rest.len()));
        self.rest = rest;
        (!digits.is_empty()).then_some(())
    }

    /// What was read since `start`.
    fn taken(&self, start: &'t [u8]) -> &'t [u8] {
        &start[..start.len() - self.rest.len()]
    }

    fn byte(&mut self, byte: u8) -> Option<()> {
        self.rest = self.rest.strip_prefix(&[byte])?;
        Some(())
    }

    fn skip_space(&mut self) {
        let is_space = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\n' | b'\r');
        let length = self.rest.iter().position(|byte| !is_space(byte));
        self.rest = &self.rest[length.unwrap_or(self.rest.len())..];
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    fn parsed(text: &str) -> Option<JsonValue> {
        JsonValue::parse(text.as_bytes())
    }

    /// The same as the library's value, as far as that can hold it.
    fn plain(value: &JsonValue) -> Value {
        match value {
            JsonValue::Null => Value::Null,
            JsonValue::Bool(value) => Value::from(*value),
            JsonValue::Integer(number) => Value::from(*number),
            JsonValue::LongInteger(digits) => serde_json::from_str(digits).unwrap(),
            JsonValue::Float(number) => Value::from(*number),
            JsonValue::Text(text) => Value::from(text.as_str()),
            JsonValue::Array(items) => items.iter().map(plain).collect(),
            JsonValue::Object(fields) => {
                let fields = fields
                    .iter()
                    .map(|(key, value)| (key.clone(), plain(value)));
                Value::Object(fields.collect())
            }
        }
    }

    const DOCUMENT: &str = "{\"a\": [1, -2, 0, 3.5, 1e3, -1.5E-2, 9223372036854775808], \
        \"b\" : {\"c\":null, \"d\": true,\t\"e\":false},\r\n \"\": \"x\\\"\\\\\\u6905\\ud842\\udfb7椅\", \
        \"a\": [ ], \"f\": { }} ";

    #[test]
    fn the_same_texts_are_json_as_for_the_library() {
        // Each byte left out, and each replaced by each that means something.
        let document = DOCUMENT.as_bytes();
        let mut texts = vec![document.to_vec()];
        for index in 0..document.len() {
            texts.push([&document[..index], &document[index + 1..]].concat());
            texts.push(document[..index].to_vec());
            for byte in *b"\"\\,:{}[]0-+.eE1 nu\n\x01\xff" {
                let mut text = document.to_vec();
                text[index] = byte;
                texts.push(text);
            }
        }
        let mut valid = 0;
        for text in texts {
            let expected = serde_json::from_slice::<Value>(&text);
            let is_beyond = |cause: &serde_json::Error| cause.to_string().contains("out of range");
            if expected.as_ref().is_err_and(is_beyond) {
                continue;
            }
            let expected = expected.ok();
            let value = JsonValue::parse(&text);
            valid += usize::from(value.is_some());
            let text = String::from_utf8_lossy(&text);
            assert_eq!(value.as_ref().map(plain), expected, "{text}");
        }
        assert!(valid > 400, "{valid}");
    }

    #[test]
    fn depth_is_bounded_as_in_the_library() {
        for depth in [1, 126, 127, 128, 100_000] {
            let text = "[".repeat(depth) + &"]".repeat(depth);
            let expected = serde_json::from_str::<Value>(&text).is_ok();
            assert_eq!(parsed(&text).is_some(), expected, "{depth}");
        }
    }

    /// Trust 14: what is JSON is read as such, however large its numbers are.
    #[test]
    fn numbers_have_any_length() {
        let long = "1".repeat(400);
        for (text, expected) in [
            ("-0", Some(JsonValue::Integer(0))),
            (
                "18446744073709551616",
                Some(JsonValue::LongInteger("18446744073709551616".into())),
            ),
            ("-9223372036854775808", Some(JsonValue::Integer(i64::MIN))),
            (&long, Some(JsonValue::LongInteger(long.as_str().into()))),
            ("1e400", Some(JsonValue::Float(f64::INFINITY))),
            ("-1.0e309", Some(JsonValue::Float(f64::NEG_INFINITY))),
            ("1e-400", Some(JsonValue::Float(0.0))),
            ("1e", None),
            ("01", None),
            ("NaN", None),
            ("Infinity", None),
        ] {
            assert_eq!(parsed(text), expected, "{text}");
        }
        for beyond in [&long, "1e400"] {
            assert_eq!(parsed(beyond).and_then(|number| number.as_f64()), None);
        }
    }

    #[test]
    fn fields_keep_their_order_and_the_last_value_of_a_key_counts() {
        let Some(JsonValue::Object(fields)) = parsed(r#"{"b": 1, "a": 2, "b": 3}"#) else {
            panic!("no object");
        };
        let fields: Vec<_> = fields.into_iter().collect();
        let field = |key: &str, number| (key.to_owned(), JsonValue::Integer(number));
        assert_eq!(fields, [field("b", 3), field("a", 2)]);
    }
}
