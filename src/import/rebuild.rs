//! What becomes of rows that are in the file already when their table is altered.
//!
//! The table is copied, and as late as possible: before the next rows, before a change of what is not done yet, or at
//! the end. Columns that are new get what they held when they were added, others are converted (`conversion`), an
//! `AUTO_INCREMENT` column is numbered. Where no value changes, SQLite copies alone.

use rusqlite::{Connection, params_from_iter, types};

use super::conversion::Conversion;
use super::generated_values::is_recomputed;
use super::keys::{Index, unique_keys};
use super::layout::{Extras, Layout, StoredColumn, implicit_default, now_sql, value_sql};
use super::names::Names;
use super::server_order::is_kept_as_it_came;
use super::table::{AlterPlace, ImportTable};
use crate::dump::{ColumnDefinition, DefaultValue, Room, TableDefinition, ValueType};
use crate::file::sql::quoted;
use crate::load::LoadError;
use crate::load::error::mismatch;

const TEMPORARY: &str = "ekiben_rebuild";
pub(super) const UNFIT: &str = "that did not fit, stored as a server that is not strict would";
pub(super) const NULL: &str = "of NULL in NOT NULL, stored as a server that is not strict would";
const NUMBERED: &str = "numbered by the key, and by a server in the order in which the rows came";
const STAMP: &str = "of NULL in TIMESTAMP NOT NULL settled at the time of the import";

/// How a column of the new table is filled.
enum Step {
    Copied,
    Converted(Conversion),
    /// With numbers where it has none; zeros are none unless `zero_is_zero`.
    Numbered {
        conversion: Option<Conversion>,
        zero_is_zero: bool,
    },
}

/// A column that gets values, by its index in the layout, and the SQL over the old table that they are made of.
struct Filled {
    index: usize,
    sql: String,
    step: Step,
}

impl ImportTable {
    /// Takes over what an `ALTER` has made of the definition.
    pub(super) fn alter(
        &mut self,
        connection: &Connection,
        names: &mut Names,
        input: &str,
        definition: TableDefinition,
    ) -> Result<(), LoadError> {
        if self.created.is_some() && self.would_lose(&definition) {
            self.rebuild(connection, names)?;
        }
        if let Some(change) = definition.changed {
            let place = AlterPlace {
                input: input.to_owned(),
                change,
            };
            let changed = definition
                .columns
                .iter()
                .filter(|&column| column_of(&self.definition, column.id) != Some(column));
            for column in changed {
                self.altered.insert(column.id, place.clone());
            }
            self.last_altered = Some(place);
        }
        self.settle_generated(connection, names, &definition)?;
        let known = unique_keys(self);
        self.redefine(definition)?;
        self.drop_old_keys(connection, names)?;
        let is_new = |index: &Index| !known.iter().any(|own| own.parts == index.parts);
        if self.drops_duplicates() && unique_keys(self).iter().any(is_new) {
            self.keep_first_rows(connection, names)?;
        }
        Ok(())
    }

    /// Whether the last `ALTER` leaves out rows whose keys are there already: `ALTER IGNORE TABLE`.
    fn drops_duplicates(&self) -> bool {
        let place = self.last_altered.as_ref();
        place.is_some_and(|place| place.change.ignores)
    }

    /// Keeps the first of the rows that are equal in a unique key, in the order in which a server copies them.
    fn keep_first_rows(
        &mut self,
        connection: &Connection,
        names: &mut Names,
    ) -> Result<(), LoadError> {
        if self.created.is_none() {
            return Ok(());
        }
        self.rebuild(connection, names)?;
        let form = self.layout.create_sql(TEMPORARY, &Extras::default());
        self.run(connection, &form)?;
        for (_, index) in std::mem::take(&mut self.unique_indexes) {
            names.release(&index.name);
            self.run(connection, &format!("DROP INDEX {}", quoted(&index.name)))?;
        }
        for mut index in unique_keys(self) {
            let wanted = std::mem::take(&mut index.name);
            index.name = names.take(&wanted);
            self.run(connection, &index.sql(TEMPORARY))?;
            self.unique_indexes.push((wanted, index));
        }
        let columns = self.layout.columns.iter();
        let columns: Vec<String> = columns.map(|column| quoted(&column.name)).collect();
        let (columns, name) = (columns.join(", "), quoted(&self.name));
        let order = self.order_on_server(&self.layout);
        self.run(
            connection,
            &format!(
                "INSERT OR IGNORE INTO {TEMPORARY} ({columns}) SELECT {columns} FROM {name}{order};
                 DROP TABLE {name};
                 ALTER TABLE {TEMPORARY} RENAME TO {name};"
            ),
        )?;
        self.recount = true;
        Ok(())
    }

    /// Whether something that is still to be done by the present definition would be done otherwise by the new one.
    fn would_lose(&self, new: &TableDefinition) -> bool {
        let pending = self.definition.columns.iter().filter(|&column| {
            column_of(&self.made, column.id).is_none_or(|made| !has_same_values(made, column))
        });
        let charset = new.charset != self.definition.charset;
        for column in pending {
            let is_new = column_of(&self.made, column.id).is_none();
            let by_row = matches!(column.default, Some(DefaultValue::Expression(_)));
            if charset || column.auto_increment || is_new && by_row {
                return true;
            }
            let is_other = |other: &ColumnDefinition| {
                !has_same_values(column, other) || column.default != other.default
            };
            if column_of(new, column.id).is_some_and(is_other) {
                return true;
            }
        }
        false
    }

    /// Drops unique keys from the file that the table has no more.
    fn drop_old_keys(
        &mut self,
        connection: &Connection,
        names: &mut Names,
    ) -> Result<(), LoadError> {
        if self.unique_indexes.is_empty() {
            return Ok(());
        }
        let wanted = unique_keys(self);
        let is_kept = |(name, made): &(String, Index)| {
            let mut wanted = wanted.iter();
            wanted.any(|index| index.name == *name && index.parts == made.parts)
        };
        let made = std::mem::take(&mut self.unique_indexes);
        let (kept, old): (Vec<_>, Vec<_>) = made.into_iter().partition(is_kept);
        self.unique_indexes = kept;
        for (_, index) in old {
            connection
                .execute_batch(&format!("DROP INDEX {}", quoted(&index.name)))
                .map_err(|cause| self.in_alter(&cause))?;
            names.release(&index.name);
        }
        Ok(())
    }

    /// Copies the rows into a table of the present layout, which takes the place of the old one.
    pub(super) fn rebuild(
        &mut self,
        connection: &Connection,
        names: &mut Names,
    ) -> Result<(), LoadError> {
        let Some(old) = self.created.take() else {
            return self.create(connection);
        };
        let fills = self.fills(connection, &old)?;
        let copied = fills.iter().all(|fill| matches!(fill.step, Step::Copied));
        let plain = fills
            .iter()
            .all(|fill| fill.sql == quoted(&self.layout.columns[fill.index].name));
        if copied && plain && old.has_same_form(&self.layout) {
            self.created = Some(self.layout.clone());
            self.made = self.definition.clone();
            return Ok(());
        }
        self.run(
            connection,
            &self.layout.create_sql(TEMPORARY, &Extras::default()),
        )?;
        if copied {
            self.copy(connection, &old, &fills)?;
        } else if let Some(wide) = self.convert(connection, &old, &fills)? {
            // A number above 2^63-1: once more, with room for it.
            self.run(connection, &format!("DROP TABLE {TEMPORARY}"))?;
            self.widened.insert(wide);
            self.redefine(self.definition.clone())?;
            self.created = Some(old);
            return self.rebuild(connection, names);
        }
        let name = quoted(&self.name);
        let replace = format!("DROP TABLE {name};\nALTER TABLE {TEMPORARY} RENAME TO {name};");
        self.run(connection, &replace)?;
        self.created = Some(self.layout.clone());
        self.made = self.definition.clone();
        // They went with the old table.
        for (_, index) in std::mem::take(&mut self.unique_indexes) {
            names.release(&index.name);
        }
        self.fill_added(connection, names, &old)
    }

    fn run(&self, connection: &Connection, sql: &str) -> Result<(), LoadError> {
        connection
            .execute_batch(sql)
            .map_err(|cause| self.in_alter(&cause))
    }

    /// What SQLite says of a table that is being altered.
    fn in_alter(&self, cause: &rusqlite::Error) -> LoadError {
        let text = cause.to_string();
        // The last ALTER of a column that is named, if one is: a table is rebuilt behind several.
        let named = text
            .split(&format!("{TEMPORARY}."))
            .skip(1)
            .find_map(|rest| {
                let name = rest.split([',', ' ', '(']).next()?;
                self.altered.get(&self.definition.column(name)?.id)
            });
        let reason = text.replace(TEMPORARY, &self.name);
        match named.or(self.last_altered.as_ref()) {
            Some(place) => {
                let position = place.change.position;
                mismatch(&place.input, position, &self.definition.name, reason)
            }
            None => self.wrong(self.definition.position, reason),
        }
    }

    /// How the columns of the new table are filled from the old one.
    fn fills(&mut self, connection: &Connection, old: &Layout) -> Result<Vec<Filled>, LoadError> {
        let mut fills = Vec::new();
        for index in 0..self.layout.columns.len() {
            if self.layout.columns[index].generated.is_some() {
                continue;
            }
            let id = self.layout.columns[index].id;
            let (sql, step) = match old.columns.iter().find(|other| other.id == id) {
                Some(was) => self.kept(connection, index, was)?,
                None => {
                    self.note_added(connection, index, old)?;
                    self.added(index, old)
                }
            };
            fills.push(Filled { index, sql, step });
        }
        Ok(fills)
    }

    /// How a new column is filled.
    fn added(&self, index: usize, old: &Layout) -> (String, Step) {
        let column = &self.layout.columns[index];
        let definition = self.definition.column(&column.name);
        if definition.is_some_and(|column| column.auto_increment) && has_numbers(column) {
            let step = Step::Numbered {
                conversion: None,
                zero_is_zero: false,
            };
            return ("NULL".to_owned(), step);
        }
        let value = self
            .row_default(index, old)
            .filter(|_| !self.fills_by_row(index))
            .or_else(|| self.default_of(index));
        (value.unwrap_or_else(|| "NULL".to_owned()), Step::Copied)
    }

    /// How a column is filled that was there before.
    fn kept(
        &mut self,
        connection: &Connection,
        index: usize,
        was: &StoredColumn,
    ) -> Result<(String, Step), LoadError> {
        let column = self.layout.columns[index].clone();
        let own = quoted(&was.name);
        let digits = column.storage == "TEXT"
            && matches!(column.kind, ValueType::Unsigned | ValueType::Bits);
        let (Some(made), Some(definition)) = (
            column_of(&self.made, column.id),
            self.definition.column(&column.name),
        ) else {
            return Ok((own, Step::Copied));
        };
        if is_recomputed(made, definition) {
            return Ok(("NULL".to_owned(), Step::Copied));
        }
        let is_computed = definition.generated.is_some();
        let conversion =
            Conversion::new((made, &self.made), (definition, &self.definition), digits);
        let starts = definition.auto_increment && !made.auto_increment && has_numbers(&column);
        let was_room = Room::of(made, &self.made);
        let conversion = conversion.filter(|conversion| !conversion.is_none(was_room));
        if starts {
            let change = self.altered.get(&column.id);
            let zero_is_zero = change.is_some_and(|place| place.change.zero_is_zero);
            let none = if zero_is_zero { "" } else { " OR {own} = 0" };
            let asks = format!("{own} IS NULL{}", none.replace("{own}", &own));
            if conversion.is_some() || self.count(connection, &asks)? > 0 {
                let step = Step::Numbered {
                    conversion,
                    zero_is_zero,
                };
                return Ok((own, step));
            }
        }
        if let Some(conversion) = conversion {
            return Ok((own, Step::Converted(conversion)));
        }
        let stamp = definition.column_type.name == "TIMESTAMP";
        if definition.not_null && !made.not_null && !is_computed {
            let nulls = self.count(connection, &format!("{own} IS NULL"))?;
            if nulls > 0 {
                let filler = if stamp {
                    Some(now_sql(&column.kind))
                } else {
                    value_sql(&implicit_default(&column.kind))
                };
                let what = if stamp { STAMP } else { NULL };
                self.settle_altered(index, what, nulls);
                let filler = filler.unwrap_or_else(|| "NULL".to_owned());
                return Ok((format!("coalesce({own}, {filler})"), Step::Copied));
            }
        }
        if was.storage == column.storage {
            return Ok((own, Step::Copied));
        }
        Ok((format!("CAST({own} AS {})", column.storage), Step::Copied))
    }

    pub(super) fn count(&self, connection: &Connection, condition: &str) -> Result<u64, LoadError> {
        let sql = format!(
            "SELECT count(*) FROM {} WHERE {condition}",
            quoted(&self.name)
        );
        connection
            .query_row(&sql, [], |row| row.get(0))
            .map_err(|cause| self.in_alter(&cause))
    }

    /// Counts values that an `ALTER` has changed.
    pub(super) fn settle_altered(&mut self, index: usize, what: &str, rows: u64) {
        let id = self.layout.columns[index].id;
        let (input, position) = match self.altered.get(&id) {
            Some(place) => (place.input.clone(), place.change.position),
            None => (self.input.clone(), self.definition.position),
        };
        self.settle_rows(index, what.to_owned(), &input, position, rows);
    }

    /// Copies rows whose values stay what they are.
    fn copy(
        &self,
        connection: &Connection,
        old: &Layout,
        fills: &[Filled],
    ) -> Result<(), LoadError> {
        // The rowid in its order is stored fastest.
        let own = fills
            .iter()
            .find(|fill| Some(fill.index) == self.layout.rowid);
        let (mut verb, mut order) = ("INSERT", String::new());
        if self.drops_duplicates() {
            (verb, order) = ("INSERT OR IGNORE", self.order_on_server(old));
        } else if let Some(fill) = own {
            order = format!(" ORDER BY ({})", fill.sql);
        }
        let sql = format!(
            "{verb} INTO {TEMPORARY} ({}) SELECT {} FROM {}{order}",
            self.names_of(fills),
            values_of(fills),
            quoted(&self.name),
        );
        self.run(connection, &sql)
    }

    fn names_of(&self, fills: &[Filled]) -> String {
        let names = fills
            .iter()
            .map(|fill| quoted(&self.layout.columns[fill.index].name));
        names.collect::<Vec<_>>().join(", ")
    }

    /// Copies rows whose values change; the column that has to be wider first, if one does.
    fn convert(
        &mut self,
        connection: &Connection,
        old: &Layout,
        fills: &[Filled],
    ) -> Result<Option<u32>, LoadError> {
        let order = self.order_on_server(old);
        let from = quoted(&self.name);
        let select = format!("SELECT {} FROM {from}{order}", values_of(fills));
        let marks = vec!["?"; fills.len()].join(", ");
        let verb = if self.drops_duplicates() {
            "INSERT OR IGNORE"
        } else {
            "INSERT"
        };
        let insert = format!(
            "{verb} INTO {TEMPORARY} ({}) VALUES ({marks})",
            self.names_of(fills)
        );
        let failed = |cause| self.in_alter(&cause);
        let mut select = connection.prepare(&select).map_err(failed)?;
        let mut insert = connection.prepare(&insert).map_err(failed)?;
        let first = i64::try_from(self.definition.auto_increment.unwrap_or(1));
        let mut next = first.unwrap_or(i64::MAX).max(1);
        let mut rows = select.query([]).map_err(failed)?;
        while let Some(row) = rows.next().map_err(|cause| self.in_alter(&cause))? {
            let mut values = Vec::with_capacity(fills.len());
            for (at, fill) in fills.iter().enumerate() {
                let cell = row.get_ref(at).map_err(|cause| self.in_alter(&cause))?;
                let value = self.filled(fill, cell, &mut next)?;
                let column = &self.layout.columns[fill.index];
                if column.storage == "INTEGER" && matches!(value, types::Value::Text(_)) {
                    return Ok(Some(column.id));
                }
                values.push(value);
            }
            insert
                .execute(params_from_iter(values))
                .map_err(|cause| self.in_alter(&cause))?;
        }
        let mut steps = fills.iter().map(|fill| &fill.step);
        if steps.any(|step| matches!(step, Step::Numbered { .. })) {
            self.next_number = Some(next);
        }
        Ok(None)
    }

    /// The value of a column in a new row.
    fn filled(
        &mut self,
        fill: &Filled,
        cell: types::ValueRef<'_>,
        next: &mut i64,
    ) -> Result<types::Value, LoadError> {
        let (conversion, numbering) = match &fill.step {
            Step::Copied => (None, None),
            Step::Converted(conversion) => (Some(conversion), None),
            Step::Numbered {
                conversion,
                zero_is_zero,
            } => (conversion.as_ref(), Some(*zero_is_zero)),
        };
        let is_null = cell == types::ValueRef::Null;
        let mut value = match conversion {
            Some(conversion) if !(is_null && numbering.is_some()) => {
                let converted = conversion.value(cell);
                if converted.changed {
                    self.settle_altered(fill.index, if is_null { NULL } else { UNFIT }, 1);
                }
                converted.value
            }
            _ => types::Value::try_from(cell)
                .map_err(|_| self.wrong(self.definition.position, "text that is not UTF-8"))?,
        };
        if let Some(zero_is_zero) = numbering {
            let is_new = number(&mut value, next, zero_is_zero);
            if is_new && is_kept_as_it_came(&self.made) {
                self.settle_altered(fill.index, NUMBERED, 1);
            }
        }
        Ok(match value {
            types::Value::Integer(number) if self.layout.columns[fill.index].storage == "REAL" => {
                real(number)
            }
            value => value,
        })
    }
}

fn values_of(fills: &[Filled]) -> String {
    let values = fills.iter().map(|fill| fill.sql.as_str());
    values.collect::<Vec<_>>().join(", ")
}

fn column_of(table: &TableDefinition, id: u32) -> Option<&ColumnDefinition> {
    table.columns.iter().find(|column| column.id == id)
}

/// Whether values of one column are values of the other without a change.
fn has_same_values(column: &ColumnDefinition, other: &ColumnDefinition) -> bool {
    column.column_type == other.column_type
        && column.not_null == other.not_null
        && column.charset == other.charset
        && column.collation == other.collation
        && column.auto_increment == other.auto_increment
        && column.generated == other.generated
}

fn has_numbers(column: &StoredColumn) -> bool {
    matches!(column.storage, "INTEGER" | "REAL")
}

/// Gives a number in the place of none; whether it did.
fn number(value: &mut types::Value, next: &mut i64, zero_is_zero: bool) -> bool {
    #[expect(clippy::cast_possible_truncation, reason = "as far as a column counts")]
    let own = match *value {
        types::Value::Integer(number) => Some(number),
        types::Value::Real(number) => Some(number as i64),
        _ => None,
    };
    match own {
        Some(number) if number != 0 || zero_is_zero => {
            *next = (*next).max(number.saturating_add(1));
            false
        }
        _ => {
            *value = types::Value::Integer(*next);
            *next = next.saturating_add(1);
            true
        }
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a floating-point column counts no further than the server's does"
)]
fn real(number: i64) -> types::Value {
    types::Value::Real(number as f64)
}
