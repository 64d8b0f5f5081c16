//! In which order a learner walks the sentences.

use rusqlite::types::{FromSql, FromSqlResult, ToSqlOutput, ValueRef};
use rusqlite::{Connection, OptionalExtension as _, ToSql};

const MODE: &str = "SELECT mode FROM users WHERE id = ?1";

/// Statements of this file, for the test that reads plans.
#[cfg(test)]
pub(super) const STATEMENTS: [&str; 1] = [MODE];

/// A learner's order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum WalkMode {
    /// By number.
    #[default]
    Normal,
    /// The highest score first.
    Top,
    /// The lowest score first.
    Worst,
}

impl WalkMode {
    /// Its name, in the file and on pages.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Normal => "normal",
            Self::Top => "top",
            Self::Worst => "worst",
        }
    }

    /// The mode called so. Whatever is none counts as normal.
    pub(super) fn of(name: &str) -> Self {
        [Self::Top, Self::Worst]
            .into_iter()
            .find(|mode| mode.name() == name)
            .unwrap_or_default()
    }

    /// What the button makes of it: one after another, and around. What is none of the three becomes
    /// normal.
    pub(super) fn toggled(stored: Option<&str>) -> Self {
        match stored {
            Some("normal") => Self::Top,
            Some("top") => Self::Worst,
            _ => Self::Normal,
        }
    }
}

/// What is stored as the mode of a user, if there is one with this id.
pub(super) fn stored<M: FromSql>(
    connection: &Connection,
    user: i64,
) -> rusqlite::Result<Option<M>> {
    let mut select = connection.prepare_cached(MODE)?;
    select.query_row([user], |row| row.get(0)).optional()
}

impl FromSql for WalkMode {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        Ok(value.as_str_or_null()?.map_or(Self::Normal, Self::of))
    }
}

impl ToSql for WalkMode {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        self.name().to_sql()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_button_goes_around() {
        let around = ["normal", "top", "worst"].map(|name| WalkMode::toggled(Some(name)).name());
        assert_eq!(around, ["top", "worst", "normal"]);
        for odd in [None, Some(""), Some("Top"), Some("x")] {
            assert_eq!(WalkMode::toggled(odd), WalkMode::Normal, "{odd:?}");
            assert_eq!(
                odd.map_or(WalkMode::Normal, WalkMode::of),
                WalkMode::Normal,
                "{odd:?}"
            );
        }
    }
}
