//! Every cell of a table as text that can be compared: as a MariaDB answers it, and as an imported
//! file holds it.
//!
//! Both sides are brought to one form without going through the importer: bytes and text as
//! hexadecimal digits, whole numbers without leading zeros, floating point numbers as Rust prints
//! them, all else as the server shows it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use rusqlite::types::ValueRef;

use crate::support::mariadb::MariaDb;

/// A cell that is NULL.
const NULL: &str = "NULL";

/// What a server says of a column.
#[derive(Debug, Clone)]
pub(crate) struct Column {
    pub(crate) name: String,
    form: Form,
}

/// How the cells of a column are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Bytes,
    Text,
    Whole,
    Bits,
    Floating,
    /// A number of 32 bits, of which a server shows six digits.
    Single,
    Decimal,
    Shown,
}

/// A table or view: its columns, and its rows in the order of their text.
#[derive(Debug, Clone)]
pub(crate) struct Table {
    pub(crate) is_view: bool,
    pub(crate) columns: Vec<Column>,
    pub(crate) rows: Vec<Vec<String>>,
}

/// All tables and views of `database`, by name.
pub(crate) fn of_server(db: &MariaDb, database: &str) -> BTreeMap<String, Table> {
    let views = db.query(&format!(
        "SELECT hex(table_name) FROM information_schema.views WHERE table_schema = '{database}'"
    ));
    let is_view = |name: &str| views.iter().any(|view| unhex(&view[0]) == name);
    let columns = columns_of_server(db, database).into_iter();
    columns
        .map(|(name, columns)| {
            let table = Table {
                is_view: is_view(&name),
                rows: rows_of_server(db, database, &name, &columns).unwrap(),
                columns,
            };
            (name, table)
        })
        .collect()
}

/// The columns of all tables and views of `database`, by its name.
pub(crate) fn columns_of_server(db: &MariaDb, database: &str) -> BTreeMap<String, Vec<Column>> {
    let found = db.query(&format!(
        "SELECT hex(table_name), hex(column_name), data_type FROM information_schema.columns
         JOIN information_schema.tables USING (table_schema, table_name)
         WHERE table_schema = '{database}' AND table_type <> 'SEQUENCE'
         ORDER BY ordinal_position"
    ));
    let mut tables: BTreeMap<String, Vec<Column>> = BTreeMap::new();
    for row in found {
        let [table, name, data_type] = &row[..] else {
            panic!("{row:?}")
        };
        tables.entry(unhex(table)).or_default().push(Column {
            name: unhex(name),
            form: Form::of(data_type),
        });
    }
    tables
}

/// The rows of a table or view; `None` if the server cannot give them.
pub(crate) fn rows_of_server(
    db: &MariaDb,
    database: &str,
    name: &str,
    columns: &[Column],
) -> Option<Vec<Vec<String>>> {
    let cells: Vec<String> = columns.iter().map(Column::server_sql).collect();
    let mut rows = db.try_query(&format!(
        "SELECT {} FROM `{database}`.`{}`",
        cells.join(", "),
        name.replace('`', "``")
    ))?;
    for row in &mut rows {
        for (cell, column) in row.iter_mut().zip(columns) {
            *cell = column.form.normal(cell);
        }
    }
    rows.sort();
    Some(rows)
}

/// The rows of a table or view in `file`, in the same form and order.
pub(crate) fn of_file(
    file: &Path,
    table: &str,
    columns: &[Column],
) -> Result<Vec<Vec<String>>, rusqlite::Error> {
    let connection = rusqlite::Connection::open(file)?;
    let quoted = |name: &str| format!("\"{}\"", name.replace('"', "\"\""));
    let names: Vec<String> = columns.iter().map(|column| quoted(&column.name)).collect();
    let select = format!("SELECT {} FROM {}", names.join(", "), quoted(table));
    let mut statement = connection.prepare(&select)?;
    let mut found = statement.query([])?;
    let mut rows = Vec::new();
    while let Some(row) = found.next()? {
        let cells = columns.iter().enumerate().map(|(index, column)| {
            let value = row.get_ref(index).unwrap();
            column.form.of_file(value)
        });
        rows.push(cells.collect());
    }
    rows.sort();
    Ok(rows)
}

/// The number of cells that were compared, or the first that differs.
pub(crate) fn compare(file: &Path, name: &str, table: &Table) -> Result<usize, String> {
    let found = of_file(file, name, &table.columns).map_err(|error| format!("{name}: {error}"))?;
    if found.len() != table.rows.len() {
        let expected = table.rows.len();
        return Err(format!("{name}: {} rows, not {expected}", found.len()));
    }
    for (row, expected) in found.iter().zip(&table.rows) {
        for ((found, expected), column) in row.iter().zip(expected).zip(&table.columns) {
            if found != expected {
                let (column, first) = (&column.name, &row[0]);
                return Err(format!(
                    "{name}.{column} is {found}, not {expected}, in the row of {first}"
                ));
            }
        }
    }
    Ok(found.len() * table.columns.len())
}

impl Column {
    fn server_sql(&self) -> String {
        let name = format!("`{}`", self.name.replace('`', "``"));
        let cell = match self.form {
            Form::Bytes => format!("hex({name})"),
            Form::Text => format!("hex(CONVERT({name} USING utf8mb4))"),
            // Bits as a number, decimals without ZEROFILL, which only pads what is shown.
            Form::Decimal | Form::Bits => format!("CAST({name} + 0 AS char)"),
            Form::Whole | Form::Shown => format!("CAST({name} AS char)"),
            Form::Floating | Form::Single => name,
        };
        format!("ifnull({cell}, '{NULL}')")
    }
}

impl Form {
    fn of(data_type: &str) -> Self {
        match data_type {
            "binary" | "varbinary" | "tinyblob" | "blob" | "mediumblob" | "longblob"
            | "geometry" | "point" | "linestring" | "polygon" | "multipoint"
            | "multilinestring" | "multipolygon" | "geometrycollection" => Self::Bytes,
            "char" | "varchar" | "tinytext" | "text" | "mediumtext" | "longtext" | "enum"
            | "set" => Self::Text,
            "tinyint" | "smallint" | "mediumint" | "int" | "bigint" | "year" => Self::Whole,
            "bit" => Self::Bits,
            "decimal" => Self::Decimal,
            "float" => Self::Single,
            "double" => Self::Floating,
            _ => Self::Shown,
        }
    }

    fn normal(self, cell: &str) -> String {
        match self {
            _ if cell == NULL => cell.to_owned(),
            Self::Whole => cell.parse::<i128>().unwrap().to_string(),
            // No server minds the sign of zero.
            Self::Floating => format!("{:?}", cell.parse::<f64>().unwrap() + 0.0),
            Self::Single => format!("{:.5e}", cell.parse::<f64>().unwrap() + 0.0),
            _ => cell.to_owned(),
        }
    }

    fn of_file(self, value: ValueRef<'_>) -> String {
        let as_bytes = matches!(self, Self::Bytes | Self::Text);
        match value {
            ValueRef::Null => NULL.to_owned(),
            ValueRef::Blob(bytes) if self == Self::Bytes => hex(bytes),
            ValueRef::Text(text) if self == Self::Text => hex(text),
            ValueRef::Text(text) if !as_bytes => String::from_utf8(text.to_vec()).unwrap(),
            ValueRef::Real(number) if self == Self::Single => format!("{:.5e}", number + 0.0),
            ValueRef::Integer(number) if !as_bytes => number.to_string(),
            ValueRef::Real(number) if !as_bytes => format!("{:?}", number + 0.0),
            // Stored as another class than the type asks for.
            other => format!("{other:?}"),
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02X}").unwrap();
        text
    })
}

fn unhex(digits: &str) -> String {
    let bytes: Result<Vec<u8>, _> = (0..digits.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&digits[at..at + 2], 16))
        .collect();
    String::from_utf8(bytes.unwrap()).unwrap()
}
