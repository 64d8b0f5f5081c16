//! The names that a server gives to keys and constraints that are written without one.
//!
//! Scripts drop and rename by them: a key is called after its first column, a foreign key `t_ibfk_1`, a check
//! `CONSTRAINT_1` (MariaDB) or `t_chk_1` (MySQL). Names of constraints stay beside those that are written, because
//! they do not go into a file.

use std::collections::{HashMap, HashSet};

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
        self.name_keys();
        self.name_foreign_keys();
        self.name_checks();
    }

    /// `a`, `a_2`, … for the keys without a name, each behind those that stand ahead of it.
    fn name_keys(&mut self) {
        if self.keys.iter().all(|key| key.name.is_some()) {
            return;
        }
        let mut taken = HashSet::from(["primary".to_owned()]);
        // How far each name is counted: what was taken once stays so.
        let mut counts: HashMap<String, usize> = HashMap::new();
        for key in &mut self.keys {
            let parts = &key.parts;
            let name = key.name.get_or_insert_with(|| {
                let first = parts.first().and_then(KeyPart::column);
                let first = first.unwrap_or("functional_index");
                let count = counts.entry(first.to_ascii_lowercase()).or_default();
                loop {
                    *count += 1;
                    let name = match *count {
                        1 => first.to_owned(),
                        count => format!("{first}_{count}"),
                    };
                    if !taken.contains(&name.to_ascii_lowercase()) {
                        return name;
                    }
                }
            });
            taken.insert(name.to_ascii_lowercase());
        }
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
        let is_unnamed = |check: &CheckDefinition| check.number == 0 && check.name.is_none();
        if !self.checks.iter().any(is_unnamed) {
            return;
        }
        let mut last = self.checks.iter().map(|check| check.number).max();
        let names = self.checks.iter().flat_map(|check| {
            let names = [check.name.as_ref(), check.implied_name.as_ref()];
            names.into_iter().flatten()
        });
        let taken: HashSet<String> = names.map(|name| name.to_ascii_uppercase()).collect();
        let mut free = (1..)
            .map(|count: usize| format!("CONSTRAINT_{count}"))
            .filter(|name| !taken.contains(name));
        for check in self.checks.iter_mut().filter(|check| is_unnamed(check)) {
            let number = last.unwrap_or_default() + 1;
            last = Some(number);
            check.number = number;
            // One at a column is called after it, and nobody can drop it by that.
            if check.column.is_none() {
                check.implied_name = free.next();
            }
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
