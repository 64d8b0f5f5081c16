//! MySQL table definitions to SQLite ones, for imports.
//!
//! A type becomes the storage class that keeps every value exactly: decimals, dates, enumerations
//! and JSON are text, floating point is REAL, everything whole is INTEGER. Tables are STRICT, so a
//! value that does not fit is an error and not a surprise later.

use super::target::quoted;
use crate::dump::{ColumnDefinition, DefaultValue, KeyDefinition, TableDefinition};

/// The SQLite type of a MySQL column type, or `None` for one that is not known here.
fn storage(column_type: &str) -> Option<&'static str> {
    Some(match column_type {
        "TINYINT" | "SMALLINT" | "MEDIUMINT" | "INT" | "INTEGER" | "BIGINT" | "BOOL"
        | "BOOLEAN" | "YEAR" | "BIT" | "SERIAL" => "INTEGER",
        "FLOAT" | "DOUBLE" | "DOUBLE PRECISION" | "REAL" => "REAL",
        "DECIMAL" | "DEC" | "NUMERIC" | "FIXED" | "CHAR" | "CHARACTER" | "CHARACTER VARYING"
        | "VARCHAR" | "NCHAR" | "NVARCHAR" | "LONG VARCHAR" | "TINYTEXT" | "TEXT"
        | "MEDIUMTEXT" | "LONGTEXT" | "ENUM" | "SET" | "JSON" | "DATE" | "TIME" | "DATETIME"
        | "TIMESTAMP" | "UUID" | "INET4" | "INET6" => "TEXT",
        "BINARY" | "VARBINARY" | "TINYBLOB" | "BLOB" | "MEDIUMBLOB" | "LONGBLOB" | "GEOMETRY"
        | "POINT" | "LINESTRING" | "POLYGON" | "MULTIPOINT" | "MULTILINESTRING"
        | "MULTIPOLYGON" | "GEOMETRYCOLLECTION" => "BLOB",
        _ => return None,
    })
}

/// `CREATE TABLE` for SQLite.
///
/// # Errors
/// When a column's type is not known, as a sentence about it.
pub(super) fn create_table(table: &TableDefinition) -> Result<String, String> {
    let mut lines = Vec::new();
    let rowid = rowid_column(table);
    for column in &table.columns {
        lines.push(column_line(column, rowid == Some(&column.name))?);
    }
    if rowid.is_none() && !table.primary_key.is_empty() {
        lines.push(format!("  PRIMARY KEY ({})", name_list(&table.primary_key)));
    }
    Ok(format!(
        "CREATE TABLE {} (\n{}\n) STRICT",
        quoted(&table.name),
        lines.join(",\n")
    ))
}

/// `CREATE INDEX` for every secondary key. Index names are global in SQLite and local to the table
/// in MySQL, hence the table's name in front.
pub(super) fn create_indexes(table: &TableDefinition) -> Vec<String> {
    let create = |(position, key): (usize, &KeyDefinition)| {
        let key_name = key
            .name
            .clone()
            .unwrap_or_else(|| format!("{}_{position}", key.columns.join("_")));
        format!(
            "CREATE {}INDEX {} ON {} ({})",
            if key.unique { "UNIQUE " } else { "" },
            quoted(&format!("{}_{key_name}", table.name)),
            quoted(&table.name),
            name_list(&key.columns)
        )
    };
    table.keys.iter().enumerate().map(create).collect()
}

/// What the definition says and the new table does not, one line each.
pub(super) fn losses(table: &TableDefinition) -> Vec<String> {
    let parts = table.omitted.iter().cloned();
    let defaults = table
        .columns
        .iter()
        .filter_map(|column| match &column.default {
            Some(DefaultValue::Expression(expression)) => {
                Some(format!("DEFAULT {expression} of column {}", column.name))
            }
            _ => None,
        });
    let generated = table
        .columns
        .iter()
        .filter(|column| column.generated)
        .map(|column| format!("the expression of generated column {}", column.name));
    parts.chain(defaults).chain(generated).collect()
}

fn column_line(column: &ColumnDefinition, is_rowid: bool) -> Result<String, String> {
    let column_type = &column.column_type.name;
    let storage = storage(column_type)
        .ok_or_else(|| format!("column {} has the unknown type {column_type}", column.name))?;
    let mut line = format!("  {} {storage}", quoted(&column.name));
    if is_rowid {
        line.push_str(" PRIMARY KEY");
    } else if column.not_null {
        line.push_str(" NOT NULL");
    }
    match &column.default {
        Some(DefaultValue::Literal(text)) if storage == "TEXT" => {
            line.push_str(&format!(" DEFAULT '{}'", text.replace('\'', "''")));
        }
        Some(DefaultValue::Literal(text)) if text.parse::<f64>().is_ok() => {
            line.push_str(&format!(" DEFAULT {text}"));
        }
        Some(DefaultValue::CurrentTimestamp) => line.push_str(" DEFAULT CURRENT_TIMESTAMP"),
        _ => {}
    }
    Ok(line)
}

/// The column that can be SQLite's rowid: a primary key of one whole-number column.
fn rowid_column(table: &TableDefinition) -> Option<&String> {
    let [name] = table.primary_key.as_slice() else {
        return None;
    };
    let column = table.columns.iter().find(|column| &column.name == name)?;
    (storage(&column.column_type.name) == Some("INTEGER")).then_some(name)
}

fn name_list(names: &[String]) -> String {
    names
        .iter()
        .map(|name| quoted(name))
        .collect::<Vec<_>>()
        .join(", ")
}
