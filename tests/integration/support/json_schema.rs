//! As much of JSON Schema as the API's description uses: a keyword that is not known here fails, and so
//! does a field that the schema does not name, so that nothing goes undescribed.

use serde_json::{Map, Value};

/// Keywords that say nothing about a value, or only what `type` says too.
const NOTES: [&str; 5] = ["description", "example", "examples", "format", "required"];

/// What is wrong with `value` as the `schema` of `document` has it, with its place.
pub(crate) fn flaw(document: &Value, schema: &Value, value: &Value) -> Option<String> {
    flaw_at("$", document, schema.as_object().unwrap(), value)
}

fn flaw_at(
    at: &str,
    document: &Value,
    schema: &Map<String, Value>,
    value: &Value,
) -> Option<String> {
    let wrong = |keyword: &str| Some(format!("{at}: {keyword} {schema:?} of {value}"));
    for (keyword, wanted) in schema {
        let limit = || wanted.as_u64().unwrap();
        // Says nothing of what is no text, as null where that is allowed.
        let length = || value.as_str().map(|text| text.chars().count() as u64);
        let items = || value.as_array().map_or(0, Vec::len) as u64;
        let is_right = match keyword.as_str() {
            "$ref" => {
                let pointer = wanted.as_str().unwrap().strip_prefix('#').unwrap();
                let schema = document.pointer(pointer).unwrap().as_object().unwrap();
                return flaw_at(at, document, schema, value);
            }
            "type" => is_of_type(wanted, value),
            "enum" => wanted.as_array().unwrap().contains(value),
            "minimum" => value.as_f64().unwrap() >= wanted.as_f64().unwrap(),
            "maximum" => value.as_f64().unwrap() <= wanted.as_f64().unwrap(),
            "maxLength" => length().is_none_or(|length| length <= limit()),
            "maxItems" => items() <= limit(),
            "minItems" => items() >= limit(),
            "items" => {
                let mut items = value.as_array().into_iter().flatten();
                let schema = wanted.as_object().unwrap();
                let flaw =
                    items.find_map(|item| flaw_at(&format!("{at}[]"), document, schema, item));
                if flaw.is_some() {
                    return flaw;
                }
                true
            }
            "properties" => match flaw_of_fields(at, document, schema, value) {
                None => true,
                flaw => return flaw,
            },
            "additionalProperties" | "propertyNames" => {
                let fields = value.as_object().unwrap();
                let schema = wanted.as_object().unwrap();
                let name = |name: &String| Value::String(name.clone());
                let mut flaws = fields
                    .iter()
                    .filter_map(|(key, value)| match keyword.as_str() {
                        "propertyNames" => flaw_at(at, document, schema, &name(key)),
                        _ => flaw_at(&format!("{at}.{key}"), document, schema, value),
                    });
                match flaws.next() {
                    None => true,
                    flaw => return flaw,
                }
            }
            note => NOTES.contains(&note),
        };
        if !is_right {
            return wrong(keyword);
        }
    }
    None
}

fn flaw_of_fields(
    at: &str,
    document: &Value,
    schema: &Map<String, Value>,
    value: &Value,
) -> Option<String> {
    let described = schema["properties"].as_object().unwrap();
    let fields = value.as_object()?;
    let required = schema.get("required").and_then(Value::as_array);
    for name in required.into_iter().flatten() {
        if !fields.contains_key(name.as_str().unwrap()) {
            return Some(format!("{at}: {name} is missing in {value}"));
        }
    }
    fields
        .iter()
        .find_map(|(name, value)| match described.get(name) {
            None => Some(format!("{at}.{name} is not described")),
            Some(schema) => {
                let schema = schema.as_object().unwrap();
                flaw_at(&format!("{at}.{name}"), document, schema, value)
            }
        })
}

fn is_of_type(wanted: &Value, value: &Value) -> bool {
    match wanted {
        Value::Array(types) => types.iter().any(|wanted| is_of_type(wanted, value)),
        wanted => match wanted.as_str().unwrap() {
            "null" => value.is_null(),
            "boolean" => value.is_boolean(),
            "integer" => value.is_i64() || value.is_u64(),
            "number" => value.is_number(),
            "string" => value.is_string(),
            "array" => value.is_array(),
            "object" => value.is_object(),
            other => panic!("the type {other} is not known"),
        },
    }
}

#[test]
fn flaws_are_found() {
    let document = serde_json::json!({"s": {"type": "object", "required": ["a"], "properties": {
        "a": {"type": "array", "maxItems": 2, "items": {"type": ["integer", "null"], "minimum": 1}},
        "b": {"type": "string", "maxLength": 2},
    }}});
    let schema = serde_json::json!({"$ref": "#/s"});
    let flaw = |value: &str| flaw(&document, &schema, &serde_json::from_str(value).unwrap());
    assert_eq!(flaw(r#"{"a":[1,2],"b":"椅子"}"#), None);
    for wrong in [
        "[]",
        "{}",
        r#"{"a":1}"#,
        r#"{"a":[0]}"#,
        r#"{"a":[1.5]}"#,
        r#"{"a":[1,2,3]}"#,
        r#"{"a":[],"b":"abc"}"#,
        r#"{"a":[],"c":1}"#,
    ] {
        assert!(flaw(wrong).is_some(), "{wrong}");
    }
}
