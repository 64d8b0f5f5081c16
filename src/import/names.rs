//! Names in the new file: SQLite has one namespace for tables, views and indexes, in any case.
//!
//! MySQL distinguishes `Foo` from `foo` and keeps the names of keys per table, so a name may have to give
//! way. Names that SQLite or Ekiben keep for themselves give way too.

use std::collections::HashSet;

/// Names that are taken, in lower case.
#[derive(Debug, Default)]
pub(super) struct Names(HashSet<String>);

impl Names {
    /// Takes `wanted`, or the first free of `wanted_2`, `wanted_3`, ….
    pub(super) fn take(&mut self, wanted: &str) -> String {
        let reserved = ["sqlite_", "ekiben_"]
            .iter()
            .any(|prefix| wanted.to_ascii_lowercase().starts_with(prefix));
        let base = if reserved || wanted.is_empty() {
            format!("t_{wanted}")
        } else {
            // SQLite reads SQL up to a NUL.
            wanted.replace('\0', "_")
        };
        let mut name = base.clone();
        let mut count = 1;
        while !self.0.insert(name.to_lowercase()) {
            count += 1;
            name = format!("{base}_{count}");
        }
        name
    }

    /// Gives a name free again.
    pub(super) fn release(&mut self, name: &str) {
        self.0.remove(&name.to_lowercase());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_differ_by_case_or_are_reserved_give_way() {
        let mut names = Names::default();
        assert_eq!(names.take("Foo"), "Foo");
        assert_eq!(names.take("foo"), "foo_2");
        assert_eq!(names.take("FOO"), "FOO_3");
        assert_eq!(names.take("sqlite_stat1"), "t_sqlite_stat1");
        names.release("Foo");
        assert_eq!(names.take("foo"), "foo");
    }
}
