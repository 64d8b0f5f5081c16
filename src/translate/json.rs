//! Functions about JSON, where the two databases quote differently.
//!
//! MySQL's `JSON_EXTRACT` gives JSON, with quotes around a string; so does SQLite's `->`. Objects and arrays are
//! written as they stand in the text on a MariaDB, with blanks of its own on a MySQL, and without any in SQLite: where
//! one comes out of a view, that is noted.

use super::Untranslatable;
use super::sql::Sql;
use super::types::Type;

/// The call of `name`, if it is a function about JSON.
pub(super) fn call(name: &str, arguments: &[Sql]) -> Result<Option<Sql>, Untranslatable> {
    Ok(Some(match (name, arguments) {
        // Before 3.45 SQLite said 0 of NULL.
        ("JSON_VALID", [a]) if matches!(a.value, Type::Json | Type::Text(_)) => {
            let text = &a.text;
            Sql::new(
                format!("(CASE WHEN {text} IS NOT NULL THEN json_valid({text}) END)"),
                Type::TRUTH,
            )
        }
        ("JSON_EXTRACT", [json, path]) => extracted(json, path)?,
        ("JSON_UNQUOTE", [json]) => unquoted(json)?,
        ("JSON_VALUE", [_, _]) => {
            return Err("JSON_VALUE, which is 1 of true on a MariaDB".to_owned());
        }
        _ => return Ok(None),
    }))
}

/// `JSON_EXTRACT` with one path.
pub(super) fn extracted(json: &Sql, path: &Sql) -> Result<Sql, Untranslatable> {
    let text = format!("({} -> {})", documents(json)?, constant_path(path)?);
    Ok(Sql {
        columns: json.columns.clone(),
        ..Sql::new(text, Type::Json)
    })
}

/// The text of a JSON value: of a string what is between its quotes, of all else how it is written.
pub(super) fn unquoted(json: &Sql) -> Result<Sql, Untranslatable> {
    let inner = json
        .text
        .strip_prefix('(')
        .and_then(|text| text.strip_suffix(')'));
    let parts = inner.and_then(|text| text.rsplit_once(" -> "));
    let (Some((document, path)), Type::Json) = (parts, json.value) else {
        return Err("JSON_UNQUOTE of what is not extracted".to_owned());
    };
    Ok(Sql::new(unquoted_sql(document, path), Type::LITERAL))
}

fn unquoted_sql(json: &str, path: &str) -> String {
    format!(
        "(CASE json_type({json}, {path}) WHEN 'text' THEN {json} ->> {path} ELSE {json} -> {path} END)"
    )
}

fn documents(sql: &Sql) -> Result<String, Untranslatable> {
    match sql.value {
        Type::Json | Type::Text(_) => Ok(sql.text.clone()),
        other => Err(format!("{} as JSON", other.called())),
    }
}

/// A path whose meaning is the same in both: names and numbers without wildcards.
fn constant_path(path: &Sql) -> Result<String, Untranslatable> {
    let written = path.string().ok_or("a path of JSON that is computed")?;
    let plain =
        written.starts_with('$') && !written.contains(['*', '"', ' ']) && !written.contains("last");
    plain
        .then(|| path.text.clone())
        .ok_or_else(|| format!("the path {written} of JSON"))
}
