//! Request bodies: JSON whatever the media type says, with everything below one key.

use axum::body::Bytes;
use serde_json::{Map, Value};

use super::Result;
use super::problem::ConduitError;
use super::validation::BLANK;
use crate::http::{WorkPool, json_takes_long};

/// The fields below `key`. A body that takes long is read by the pool. Of a key that is there twice, the
/// last one counts.
pub(super) async fn fields(
    work: &WorkPool,
    key: &'static str,
    body: &Bytes,
) -> Result<Map<String, Value>> {
    if !json_takes_long(body) {
        return Ok(below(key, body)?);
    }
    let body = body.clone();
    let fields = work.run(move || below(key, &body)).await?;
    Ok(fields?)
}

fn below(key: &'static str, body: &[u8]) -> Result<Map<String, Value>, ConduitError> {
    let nothing = || ConduitError::invalid(vec![(key, BLANK.to_owned())]);
    if body.trim_ascii().is_empty() {
        return Err(nothing());
    }
    let body: Value = serde_json::from_slice(body).map_err(|_| ConduitError::no_json())?;
    let Value::Object(mut body) = body else {
        return Err(nothing());
    };
    match body.remove(key) {
        Some(Value::Object(fields)) => Ok(fields),
        _ => Err(nothing()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn fields_are_below_their_key() {
        let read = |body: &str| below("user", body.as_bytes()).map(Value::Object);
        assert_eq!(read(r#"{"user":{"a":1},"b":2}"#), Ok(json!({"a": 1})));
        assert_eq!(read(r#"{"user":{"a":1,"a":2}}"#), Ok(json!({"a": 2})));
        let blank = ConduitError::invalid(vec![("user", BLANK.to_owned())]);
        for body in [
            "",
            " \n",
            "{}",
            "[]",
            "\"x\"",
            "1",
            "null",
            r#"{"user":null}"#,
        ] {
            assert_eq!(read(body), Err(blank.clone()), "{body}");
        }
        for body in ["{bad", r#"{"user":{}} x"#, r#"{"user":{"a":"\ud800"}}"#] {
            assert_eq!(read(body), Err(ConduitError::no_json()), "{body}");
        }
        assert_eq!(
            below("user", b"{\"user\":{\"a\":\"\xff\"}}"),
            Err(ConduitError::no_json())
        );
    }
}
