//! The SQL that makes the tables of `random_schema` on a server, statement by statement.
//!
//! What the server may refuse (keys, checks, defaults, foreign keys, rows) stands in a statement of
//! its own, so that the rest of the table stays. Nothing here chooses anything: the numbers of the
//! schema are reduced to what is there.

use std::fmt::Write as _;

use crate::import::random_schema::{Column, NAMES, Part, Primary, Schema, Table};

/// The item that a number stands for.
fn chosen<T>(items: &[T], number: u8) -> &T {
    &items[usize::from(number) % items.len()]
}

impl Schema {
    /// The statements, for a database of their own that is the present one.
    pub(crate) fn sql(&self) -> String {
        let mut sql = String::from("SET NAMES utf8mb4, time_zone = '+00:00';\n");
        let zero = if self.zero_is_zero {
            ",NO_AUTO_VALUE_ON_ZERO"
        } else {
            ""
        };
        writeln!(sql, "SET sql_mode = 'ALLOW_INVALID_DATES{zero}';").unwrap();
        let mut done: Vec<Table> = Vec::new();
        for table in &self.tables {
            let mut table = table.clone();
            while done
                .iter()
                .any(|other| other.name.eq_ignore_ascii_case(table.name))
            {
                table.name = next_name(table.name);
            }
            let parent_clause = table.adopt(&done);
            table.name_columns();
            table.write(&mut sql, parent_clause.as_ref());
            done.push(table);
        }
        sql
    }
}

fn next_name(name: &str) -> &'static str {
    let at = NAMES.iter().position(|other| *other == name).unwrap();
    NAMES[(at + 1) % NAMES.len()]
}

fn quoted(name: &str) -> String {
    format!("`{}`", name.replace('`', "``"))
}

impl Table {
    /// Takes over the columns of the parent's primary key, if it is to have a parent; the clause.
    ///
    /// Only values that are equal when their bytes are: SQLite's NOCASE knows neither accents nor
    /// blanks at the end, so that the server finds parents that SQLite does not.
    fn adopt(&mut self, done: &[Table]) -> Option<(Vec<usize>, String)> {
        let (number, action) = self.parent?;
        let able: Vec<&Table> = done.iter().filter(|table| table.can_be_parent()).collect();
        if able.is_empty() {
            return None;
        }
        let parent = chosen(&able, number);
        let own: Vec<usize> = (self.columns.len()..)
            .take(parent.primary_columns().len())
            .collect();
        for &index in &parent.primary_columns() {
            let mut column = parent.columns[index].clone();
            column.not_null = false;
            column.default = None;
            self.columns.push(column);
        }
        let names: Vec<String> = parent
            .primary_columns()
            .iter()
            .map(|&index| quoted(parent.columns[index].name))
            .collect();
        let name = quoted(parent.name);
        Some((
            own,
            format!("REFERENCES {name} ({}) {action}", names.join(", ")),
        ))
    }

    fn can_be_parent(&self) -> bool {
        let columns = self.primary_columns();
        let exact = |&index: &usize| self.columns[index].typed.family.is_exact();
        self.engine == "InnoDB" && !columns.is_empty() && columns.iter().all(exact)
    }

    /// The columns of the primary key, without repetition.
    fn primary_columns(&self) -> Vec<usize> {
        let Primary::Columns(parts) = &self.primary else {
            return Vec::new();
        };
        let mut columns: Vec<usize> = Vec::new();
        for part in parts {
            let index = usize::from(part.column) % self.columns.len();
            if !columns.contains(&index) && !self.is_generated(index) {
                columns.push(index);
            }
        }
        columns
    }

    /// Whether a column is computed; the first never is, so that there is something to compute from.
    fn is_generated(&self, index: usize) -> bool {
        index > 0 && self.columns[index].generated.is_some()
    }

    fn name_columns(&mut self) {
        for index in 1..self.columns.len() {
            let mut name = self.columns[index].name;
            while self.columns[..index].iter().any(|other| other.name == name) {
                name = next_name(name);
            }
            self.columns[index].name = name;
        }
    }

    fn write(&self, sql: &mut String, parent: Option<&(Vec<usize>, String)>) {
        let name = quoted(self.name);
        let mut lines: Vec<String> = (0..self.columns.len()).map(|at| self.line(at)).collect();
        if let Primary::Auto(number, _) = self.primary {
            lines.insert(0, format!("`auto id` {number} AUTO_INCREMENT PRIMARY KEY"));
        }
        let Self {
            engine,
            options,
            comment,
            ..
        } = self;
        let lines = lines.join(",\n  ");
        writeln!(
            sql,
            "CREATE TABLE {name} (\n  {lines}\n) ENGINE={engine} {options} COMMENT={comment};"
        )
        .unwrap();
        for change in self.changes(parent) {
            writeln!(sql, "ALTER TABLE {name} {change};").unwrap();
        }
        sql.push_str("START TRANSACTION;\n");
        for row in &self.rows {
            self.write_row(sql, row);
        }
        sql.push_str("COMMIT;\n");
    }

    fn line(&self, index: usize) -> String {
        let column = &self.columns[index];
        let mut line = quoted(column.name);
        if let Some((_, number, stored)) = column.generated.filter(|_| self.is_generated(index)) {
            let base = self.base(index);
            let (own_type, expression) = chosen(base.typed.family.expressions(), number);
            let expression = expression.replace('?', &quoted(base.name));
            let how = if stored { "STORED" } else { "VIRTUAL" };
            write!(line, " {own_type} AS ({expression}) {how}").unwrap();
        } else {
            write!(line, " {}", column.typed.sql_type).unwrap();
            line.push_str(if column.not_null {
                " NOT NULL"
            } else {
                " NULL"
            });
        }
        if let Some(comment) = &column.comment {
            write!(line, " COMMENT {comment}").unwrap();
        }
        line
    }

    /// The column that the generated one at `index` is computed from.
    fn base(&self, index: usize) -> &Column {
        let number = self.columns[index].generated.map_or(0, |(base, ..)| base);
        let base = usize::from(number) % index;
        &self.columns[if self.is_generated(base) { 0 } else { base }]
    }

    /// What the server may refuse one by one.
    fn changes(&self, parent: Option<&(Vec<usize>, String)>) -> Vec<String> {
        let mut changes = Vec::new();
        match &self.primary {
            Primary::None => {}
            Primary::Auto(_, next) => changes.push(format!("AUTO_INCREMENT = {next}")),
            Primary::Columns(parts) => {
                changes.push(format!("ADD PRIMARY KEY ({})", self.parts(parts)));
            }
        }
        for (index, column) in self.columns.iter().enumerate() {
            let name = quoted(column.name);
            if let Some(number) = column.default.filter(|_| !self.is_generated(index)) {
                let value = chosen(&column.typed.defaults, number);
                changes.push(format!("ALTER {name} SET DEFAULT {value}"));
            }
        }
        for key in &self.keys {
            let kind = if key.unique { "UNIQUE KEY" } else { "KEY" };
            changes.push(format!("ADD {kind} ({})", self.parts(&key.parts)));
        }
        for &(column, number, named) in &self.checks {
            let column = chosen(&self.columns, column);
            let check = chosen(column.typed.family.checks(), number);
            let constraint = if named {
                "CONSTRAINT `che``ck \"1` "
            } else {
                ""
            };
            let check = check.replace('?', &quoted(column.name));
            changes.push(format!("ADD {constraint}CHECK ({check})"));
        }
        if let Some((columns, references)) = parent {
            let names: Vec<String> = columns
                .iter()
                .map(|&at| quoted(self.columns[at].name))
                .collect();
            changes.push(format!(
                "ADD FOREIGN KEY ({}) {references}",
                names.join(", ")
            ));
        }
        changes
    }

    fn parts(&self, parts: &[Part]) -> String {
        let mut written: Vec<(&str, String)> = Vec::new();
        for part in parts {
            let column = chosen(&self.columns, part.column);
            if written.iter().any(|(name, _)| *name == column.name) {
                continue;
            }
            let mut text = quoted(column.name);
            let needed = column.typed.family.needs_prefix().then_some(10);
            let prefix = part.prefix.filter(|_| column.typed.family.takes_prefix());
            if let Some(length) = prefix.or(needed) {
                write!(text, "({length})").unwrap();
            }
            if part.descending {
                text.push_str(" DESC");
            }
            written.push((column.name, text));
        }
        let texts: Vec<String> = written.into_iter().map(|(_, text)| text).collect();
        texts.join(", ")
    }

    fn write_row(&self, sql: &mut String, numbers: &[u8]) {
        let mut names = Vec::new();
        let mut values = Vec::new();
        for (index, column) in self.columns.iter().enumerate() {
            if self.is_generated(index) {
                continue;
            }
            let number = numbers[index % numbers.len()];
            names.push(quoted(column.name));
            values.push(if number.is_multiple_of(8) {
                "NULL"
            } else {
                chosen(&column.typed.values, number / 8)
            });
        }
        if matches!(self.primary, Primary::Auto(..)) {
            names.push("`auto id`".to_owned());
            values.push(["NULL", "NULL", "0", "-3"][usize::from(numbers[0] % 4)]);
        }
        writeln!(
            sql,
            "INSERT IGNORE INTO {} ({}) VALUES ({});",
            quoted(self.name),
            names.join(", "),
            values.join(", ")
        )
        .unwrap();
    }
}
