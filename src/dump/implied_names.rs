//! The names that a server gives to keys and constraints that are written without one.
//!
//! Scripts drop and rename by them: a key is called after its first column, a foreign key `t_ibfk_1`, a check
//! `CONSTRAINT_1` (MariaDB) or `t_chk_1` (MySQL). Names of constraints stay beside those that are written, because
//! they do not go into a file.

use super::definition::{CheckDefinition, ForeignKey, KeyPart, TableDefinition};

fn same(own: Option<&str>, name: &str) -> bool {
    own.is_some_and(|own| own.eq_ignore_ascii_case(name))
}

impl ForeignKey {
    /// Whether it has that name, written or not.
    pub(super) fn is_called(&self, name: &str) -> bool {
        same(self.name.as_deref(), name) || same(self.implied_name.as_deref(), name)
    }
}

impl CheckDefinition {
    /// Whether it has that name, written or not.
    pub(super) fn is_called(&self, name: &str) -> bool {
        let number = name.rsplit_once("_chk_").map(|(_, number)| number.parse());
        let is_numbered = || number == Some(Ok(self.number));
        same(self.name.as_deref(), name)
            || same(self.implied_name.as_deref(), name)
            || (self.name.is_none() && is_numbered())
    }
}

impl TableDefinition {
    /// Gives names to what has none yet, at the end of a statement.
    pub(super) fn name_elements(&mut self) {
        for index in 0..self.keys.len() {
            if self.keys[index].name.is_none() {
                let first = self.keys[index].parts.first().and_then(KeyPart::column);
                let first = first.unwrap_or("functional_index").to_owned();
                self.keys[index].name = Some(self.free_key_name(index, &first));
            }
        }
        self.name_foreign_keys();
        self.name_checks();
    }

    /// `a`, `a_2`, … for the key at `index`, behind those that are named already.
    fn free_key_name(&self, index: usize, first: &str) -> String {
        let is_taken = |name: &str| {
            let mut earlier = self.keys[..index].iter();
            name.eq_ignore_ascii_case("PRIMARY")
                || earlier.any(|key| same(key.name.as_deref(), name))
        };
        let mut name = first.to_owned();
        let mut count = 1;
        while is_taken(&name) {
            count += 1;
            name = format!("{first}_{count}");
        }
        name
    }

    fn name_foreign_keys(&mut self) {
        let prefix = format!("{}_ibfk_", self.name);
        let number = |key: &ForeignKey| -> Option<u32> {
            let number = key.implied_name.as_deref()?.strip_prefix(&prefix)?;
            number.parse().ok()
        };
        let mut last = self.foreign_keys.iter().filter_map(number).max();
        for key in &mut self.foreign_keys {
            if key.implied_name.is_some() {
                continue;
            }
            let name = key.name.clone().unwrap_or_else(|| {
                let next = last.unwrap_or_default().saturating_add(1);
                last = Some(next);
                format!("{prefix}{next}")
            });
            key.implied_name = Some(name);
        }
    }

    fn name_checks(&mut self) {
        let mut last = self.checks.iter().map(|check| check.number).max();
        for index in 0..self.checks.len() {
            let check = &self.checks[index];
            if check.number > 0 || check.name.is_some() {
                continue;
            }
            let number = last.unwrap_or_default() + 1;
            last = Some(number);
            // One at a column is called after it, and nobody can drop it by that.
            let implied = check.column.is_none().then(|| {
                let mut names = (1..).map(|count: usize| format!("CONSTRAINT_{count}"));
                let free = |name: &String| !self.checks.iter().any(|other| other.is_called(name));
                names.find(free).unwrap_or_default()
            });
            self.checks[index].number = number;
            self.checks[index].implied_name = implied;
        }
    }

    /// Follows a new name of the table in those of its foreign keys, as `InnoDB` does.
    pub(super) fn rename_constraints(&mut self, old: &str) {
        let (old, new) = (format!("{old}_ibfk_"), format!("{}_ibfk_", self.name));
        for key in &mut self.foreign_keys {
            for name in [&mut key.name, &mut key.implied_name].into_iter().flatten() {
                if let Some(number) = name.strip_prefix(&old) {
                    *name = format!("{new}{number}");
                }
            }
        }
    }
}
