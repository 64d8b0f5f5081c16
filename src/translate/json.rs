//! Functions about JSON, where the two databases quote differently.
//!
//! MySQL's `JSON_EXTRACT` gives JSON, with quotes around a string, and compares it without them;
//! SQLite's gives the string itself. What is shown follows SQLite, what is unquoted follows MySQL.

use super::Type;

/// The call of `name`, if it is a function about JSON.
pub(super) fn call(name: &str, texts: &[&str]) -> Option<(String, Type)> {
    Some(match (name, texts) {
        // Before 3.45 SQLite said 0 of NULL.
        ("JSON_VALID", [a]) => (
            format!("CASE WHEN {a} IS NOT NULL THEN json_valid({a}) END"),
            Type::Number,
        ),
        ("JSON_UNQUOTE", [a]) => (unquoted(a), Type::Text),
        ("JSON_VALUE", [a, path]) => (format!("({a} ->> {path})"), Type::Unknown),
        ("JSON_ARRAYAGG", [a]) => (format!("json_group_array({a})"), Type::Text),
        _ => return None,
    })
}

/// The text of a JSON value: of a string what is between its quotes, of all else how it is written.
pub(super) fn unquoted(json: &str) -> String {
    match json.strip_prefix("json_extract(") {
        Some(arguments) => format!(
            "(CASE json_type({arguments} WHEN 'true' THEN 'true' WHEN 'false' THEN 'false' \
             WHEN 'null' THEN 'null' ELSE CAST({json} AS TEXT) END)"
        ),
        None => {
            format!("(CASE substr({json}, 1, 1) WHEN '\"' THEN {json} ->> '$' ELSE {json} END)")
        }
    }
}
