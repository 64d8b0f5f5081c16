//! What a table of the dump is in SQLite: storage classes, collations, keys, and the SQL that says
//! so. The mapping is documented in docs/import.md.
//!
//! A table is made bare, so that rows go in fast and late `ALTER`s cost nothing, and gets its checks,
//! defaults and foreign keys at the end. Tables are STRICT: a value that does not fit is an error
//! and not a surprise later.

use std::collections::BTreeSet;

use data_encoding::HEXLOWER;

use super::computed::{Constant, constant};
use crate::dump::{
    ColumnDefinition, DefaultValue, KeyKind, KeyPart, TableDefinition, Value, ValueType,
    convert_text,
};
use crate::file::sql::{literal, quoted};
use crate::translate;
use crate::translate::{Scope, ScopeTable, Sql, Type};

/// A table as it is laid out in the file.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Layout {
    pub(super) columns: Vec<StoredColumn>,
    /// Index of the column that is SQLite's rowid.
    pub(super) rowid: Option<usize>,
    /// Indexes of the primary key's columns, and whether they descend; empty with a rowid column,
    /// and where a unique index takes its place.
    pub(super) primary_key: Vec<(usize, bool)>,
    /// How often columns were changed while there were rows, in ways that may show nowhere else.
    pub(super) changes: u32,
}

/// A column of a [`Layout`].
#[derive(Debug, Clone, PartialEq)]
pub(super) struct StoredColumn {
    pub(super) name: String,
    /// What the dump's column keeps when it is renamed.
    pub(super) id: u32,
    pub(super) kind: ValueType,
    /// INTEGER, REAL, TEXT, BLOB or ANY.
    pub(super) storage: &'static str,
    pub(super) nocase: bool,
    pub(super) not_null: bool,
    /// What an expression has to know of its values.
    pub(super) value: Type,
    /// The SQL of a generated column, and whether it is stored.
    pub(super) generated: Option<(String, bool)>,
}

/// What the finished table has beyond its layout.
#[derive(Debug, Clone, Default)]
pub(super) struct Extras {
    pub(super) autoincrement: bool,
    /// SQL of the defaults, by column; shorter than the columns when there are none.
    pub(super) defaults: Vec<Option<String>>,
    /// `CHECK` and `FOREIGN KEY` clauses.
    pub(super) constraints: Vec<String>,
}

impl Layout {
    /// The layout of `table`. Columns in `widened` hold a number above 2^63-1.
    ///
    /// # Errors
    /// When a column's type is not known, as a sentence about it.
    pub(super) fn of(table: &TableDefinition, widened: &BTreeSet<u32>) -> Result<Self, String> {
        let kinds = ValueType::of_table(table).map_err(|column| {
            format!(
                "column {} has the unknown type {}",
                column.name, column.column_type.name
            )
        })?;
        let columns: Vec<StoredColumn> = table
            .columns
            .iter()
            .zip(kinds)
            .map(|(column, kind)| {
                let nocase = kind.is_collated() && is_case_insensitive(column, table);
                let widened = widened.contains(&column.id) && kind.is_above_i64();
                StoredColumn {
                    name: column.name.clone(),
                    id: column.id,
                    storage: if widened { "TEXT" } else { storage(&kind) },
                    nocase,
                    not_null: column.not_null && column.generated.is_none(),
                    value: Type::of(column, table, &kind, nocase, widened),
                    kind,
                    generated: None,
                }
            })
            .collect();
        let part = |part: &KeyPart| part.column().map(str::to_owned);
        let missing = |name: &String| table.column_index(name).is_none();
        if let Some(name) = table.primary_key.iter().filter_map(part).find(missing) {
            return Err(format!(
                "the primary key is over column {name}, which the table does not have"
            ));
        }
        let rowid = rowid_column(table).filter(|&index| columns[index].storage == "INTEGER");
        // SQLite has no primary key over a part of a column, or over a computed one.
        let is_plain = |part: &KeyPart| {
            let column = part.column().and_then(|name| table.column(name));
            part.length.is_none() && column.is_some_and(|column| column.generated.is_none())
        };
        let whole = table.primary_key.iter().all(is_plain);
        let primary_key = if rowid.is_some() || !whole {
            Vec::new()
        } else {
            table
                .primary_key
                .iter()
                .filter_map(|part| Some((table.column_index(part.column()?)?, part.descending)))
                .collect()
        };
        Ok(Self {
            columns,
            rowid,
            primary_key,
            changes: 0,
        })
    }

    /// Columns without types, for rows that no `CREATE TABLE` describes.
    pub(super) fn untyped(names: impl IntoIterator<Item = String>) -> Self {
        let columns = (1..).zip(names).map(|(id, name)| StoredColumn {
            name,
            id,
            kind: ValueType::Any,
            storage: "ANY",
            nocase: false,
            not_null: false,
            value: Type::Unknown,
            generated: None,
        });
        Self {
            columns: columns.collect(),
            rowid: None,
            primary_key: Vec::new(),
            changes: 0,
        }
    }

    /// `CREATE TABLE`, with `extras` or bare.
    pub(super) fn create_sql(&self, name: &str, extras: &Extras) -> String {
        let mut lines = Vec::new();
        for (index, column) in self.columns.iter().enumerate() {
            let default = extras.defaults.get(index).and_then(Option::as_deref);
            let is_rowid = self.rowid == Some(index);
            lines.push(column.line(is_rowid, extras.autoincrement, default));
        }
        if !self.primary_key.is_empty() {
            let parts: Vec<String> = self
                .primary_key
                .iter()
                .map(|&(index, descending)| {
                    let order = if descending { " DESC" } else { "" };
                    format!("{}{order}", quoted(&self.columns[index].name))
                })
                .collect();
            lines.push(format!("  PRIMARY KEY ({})", parts.join(", ")));
        }
        lines.extend(extras.constraints.iter().map(|line| format!("  {line}")));
        format!(
            "CREATE TABLE {} (\n{}\n) STRICT",
            quoted(name),
            lines.join(",\n")
        )
    }

    /// Whether a table of one is a table of the other.
    pub(super) fn has_same_form(&self, other: &Self) -> bool {
        self.columns == other.columns
            && self.rowid == other.rowid
            && self.primary_key == other.primary_key
    }

    /// The column with this name.
    pub(super) fn index_of(&self, name: &str) -> Option<usize> {
        self.columns
            .iter()
            .position(|column| column.name.eq_ignore_ascii_case(name))
    }

    /// The table as the only one that an expression may name.
    pub(super) fn scope(&self, name: &str) -> Scope {
        Scope::of(vec![ScopeTable::only(name, self.types())])
    }

    pub(super) fn types(&self) -> Vec<(String, Type)> {
        self.columns
            .iter()
            .map(|column| (column.name.clone(), column.value))
            .collect()
    }
}

impl StoredColumn {
    fn line(&self, is_rowid: bool, autoincrement: bool, default: Option<&str>) -> String {
        let mut line = format!("  {} {}", quoted(&self.name), self.storage);
        if is_rowid {
            line.push_str(" PRIMARY KEY");
            if autoincrement {
                line.push_str(" AUTOINCREMENT");
            }
            return line;
        }
        if self.nocase {
            line.push_str(" COLLATE NOCASE");
        }
        if self.not_null {
            line.push_str(" NOT NULL");
        }
        if let Some(default) = default {
            line.push_str(" DEFAULT ");
            line.push_str(default);
        }
        if let Some((expression, stored)) = &self.generated {
            let how = if *stored { "STORED" } else { "VIRTUAL" };
            line.push_str(&format!(" GENERATED ALWAYS AS ({expression}) {how}"));
        }
        line
    }
}

/// The storage class of a kind.
fn storage(kind: &ValueType) -> &'static str {
    match kind {
        ValueType::Integer | ValueType::Unsigned | ValueType::Bits | ValueType::Year => "INTEGER",
        ValueType::Real => "REAL",
        ValueType::Decimal(_)
        | ValueType::Date
        | ValueType::DateTime(_)
        | ValueType::Time(_)
        | ValueType::Text(_)
        | ValueType::Char(_)
        | ValueType::Enum(..)
        | ValueType::Set(..) => "TEXT",
        ValueType::Blob | ValueType::FixedBlob(_) => "BLOB",
        ValueType::Any => "ANY",
    }
}

/// The column that can be the rowid: a primary key of one whole-number column, or, in a table
/// without a primary key, an `AUTO_INCREMENT` column that is unique.
fn rowid_column(table: &TableDefinition) -> Option<usize> {
    let name = match table.primary_key.as_slice() {
        [only] if only.length.is_none() => only.column()?,
        [] => {
            let column = table.columns.iter().find(|column| column.auto_increment)?;
            let unique = |key: &&crate::dump::KeyDefinition| {
                key.kind == KeyKind::Unique
                    && key.parts.len() == 1
                    && key.parts[0].column() == Some(&column.name)
            };
            table.keys.iter().find(unique)?;
            &column.name
        }
        _ => return None,
    };
    let index = table.column_index(name)?;
    table.columns[index].generated.is_none().then_some(index)
}

/// Whether texts of the column that differ only by case are equal: by its collation, its table's,
/// or the servers' default.
fn is_case_insensitive(column: &ColumnDefinition, table: &TableDefinition) -> bool {
    let national = column.column_type.name.starts_with('N');
    let of_charset = |charset: &Option<String>| {
        charset
            .as_ref()
            .map(|charset| !charset.eq_ignore_ascii_case("binary"))
    };
    let of_collation = |collation: &Option<String>| {
        collation.as_ref().map(|collation| {
            let collation = collation.to_ascii_lowercase();
            let mut words = collation.split('_');
            // In Turkish I and i are two letters, each with a capital or small one of its own.
            collation != "binary" && !words.any(|word| matches!(word, "bin" | "cs" | "turkish"))
        })
    };
    if matches!(
        column.column_type.name.as_str(),
        "JSON" | "UUID" | "INET4" | "INET6"
    ) {
        return false;
    }
    of_collation(&column.collation)
        .or_else(|| of_charset(&column.charset))
        .or(national.then_some(true))
        .or_else(|| of_collation(&table.collation))
        .unwrap_or(true)
}

/// The SQL of a column's default; the reason when it cannot be said in SQLite.
pub(super) fn default_sql(
    column: &ColumnDefinition,
    kind: &ValueType,
) -> Result<Option<String>, String> {
    let value = match &column.default {
        None => return Ok(None),
        Some(DefaultValue::Literal(text)) => {
            // BIT reads strings as bytes and YEAR '0' as 2000, but a default may be a plain number.
            let kind = match kind {
                ValueType::Bits => &ValueType::Unsigned,
                ValueType::Year if text == "0" => &ValueType::Integer,
                kind => kind,
            };
            convert_text(text, kind).map_err(|error| error.to_string())?
        }
        Some(DefaultValue::Bytes(bytes)) => return Ok(Some(bytes_sql(bytes, kind))),
        Some(DefaultValue::CurrentTimestamp) => return Ok(Some(now_sql(kind))),
        Some(DefaultValue::Expression(source)) => {
            if !translate::is_spatial(&source.text)
                && let Constant::Value(value) = constant(source, kind)?
            {
                value
            } else {
                let sql = translate::expression(source, &Scope::default())?;
                return Ok(Some(format!("({})", stored_sql(&sql, kind)?)));
            }
        }
    };
    Ok(match &value {
        Value::Text(text) => Some(in_parentheses(&literal(text))),
        value => value_sql(value),
    })
}

/// The SQL of a value; `None` for NULL.
pub(super) fn value_sql(value: &Value<'_>) -> Option<String> {
    match value {
        Value::Integer(number) => Some(number.to_string()),
        Value::Real(number) => Some(format!("{number:?}")),
        Value::Text(text) => Some(literal(text)),
        Value::Blob(bytes) => Some(format!("x'{}'", HEXLOWER.encode(bytes))),
        Value::Null | Value::Default | Value::Expression(_) => None,
    }
}

/// `DEFAULT` takes a literal as it is and anything else in parentheses.
fn in_parentheses(sql: &str) -> String {
    if sql.starts_with('\'') {
        sql.to_owned()
    } else {
        format!("({sql})")
    }
}

fn bytes_sql(bytes: &[u8], kind: &ValueType) -> String {
    match kind {
        ValueType::Blob => format!("x'{}'", HEXLOWER.encode(bytes)),
        ValueType::FixedBlob(length) => {
            let mut filled = bytes.to_vec();
            filled.resize(bytes.len().max(*length), 0);
            format!("x'{}'", HEXLOWER.encode(&filled))
        }
        ValueType::Integer
        | ValueType::Unsigned
        | ValueType::Bits
        | ValueType::Year
        | ValueType::Real => {
            let number = bytes
                .iter()
                .fold(0_u64, |sum, &byte| sum.wrapping_mul(256) | u64::from(byte));
            number.to_string()
        }
        _ => in_parentheses(&literal(&String::from_utf8_lossy(bytes))),
    }
}

/// The current time in the form that a column of `kind` holds, in UTC.
pub(super) fn now_sql(kind: &ValueType) -> String {
    match kind {
        ValueType::Date => "CURRENT_DATE".to_owned(),
        ValueType::DateTime(0) | ValueType::Text(_) | ValueType::Char(_) => {
            "CURRENT_TIMESTAMP".to_owned()
        }
        ValueType::DateTime(fraction) => {
            let length = 20 + fraction.min(&6);
            format!("(substr(strftime('%Y-%m-%d %H:%M:%f', 'now') || '000', 1, {length}))")
        }
        ValueType::Time(_) => "CURRENT_TIME".to_owned(),
        _ => "(strftime('%s'))".to_owned(),
    }
}

/// A translated value in the form that a column of `kind` stores.
pub(super) fn stored_sql(sql: &Sql, kind: &ValueType) -> Result<String, String> {
    let exact = match kind {
        ValueType::Decimal(scale) => sql.exactly(*scale)?,
        ValueType::Integer | ValueType::Unsigned | ValueType::Bits => sql.as_whole()?,
        _ => None,
    };
    exact.map_or_else(|| Ok(fitted(sql.shown()?, kind)), Ok)
}

/// SQL brought to the form that a column of `kind` stores.
pub(super) fn fitted(sql: String, kind: &ValueType) -> String {
    match kind {
        ValueType::Decimal(scale) => {
            format!("CASE WHEN {sql} IS NOT NULL THEN printf('%.{scale}f', {sql}) END")
        }
        ValueType::Year => format!(
            "CASE WHEN {sql} BETWEEN 1 AND 69 THEN {sql} + 2000 \
             WHEN {sql} BETWEEN 70 AND 99 THEN {sql} + 1900 ELSE {sql} END"
        ),
        // `||` makes text, also of bytes.
        ValueType::Blob | ValueType::FixedBlob(_) => format!("CAST({sql} AS BLOB)"),
        // The server rounds to a whole number.
        ValueType::Integer | ValueType::Unsigned | ValueType::Bits => {
            format!("iif(typeof({sql}) = 'real', CAST(round({sql}) AS INTEGER), {sql})")
        }
        _ => sql,
    }
}

/// What a server that is not strict stores in a NOT NULL column that gets no value.
pub(super) fn implicit_default(kind: &ValueType) -> Value<'static> {
    let text = |text: String| Value::Text(text.into());
    match kind {
        ValueType::Integer | ValueType::Unsigned | ValueType::Bits | ValueType::Year => {
            Value::Integer(0)
        }
        ValueType::Real => Value::Real(0.0),
        ValueType::Decimal(scale) => text(format!("0{}", zeros(*scale))),
        ValueType::Date => text("0000-00-00".to_owned()),
        ValueType::DateTime(fraction) => text(format!("0000-00-00 00:00:00{}", zeros(*fraction))),
        ValueType::Time(fraction) => text(format!("00:00:00{}", zeros(*fraction))),
        ValueType::Enum(members, _) => text(members.first().cloned().unwrap_or_default()),
        ValueType::Blob | ValueType::Any => Value::Blob(Vec::new().into()),
        ValueType::FixedBlob(length) => Value::Blob(vec![0; *length].into()),
        ValueType::Text(_) | ValueType::Char(_) | ValueType::Set(..) => text(String::new()),
    }
}

fn zeros(fraction: usize) -> String {
    if fraction == 0 {
        String::new()
    } else {
        format!(".{}", "0".repeat(fraction))
    }
}
