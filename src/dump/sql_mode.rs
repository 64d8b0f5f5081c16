//! SQL modes: which of them change what the bytes of a dump mean, and how a server spells a list of them.
//!
//! `@@sql_mode` is text that people take apart (`REPLACE(@@sql_mode, ',ANSI_QUOTES', '')`), so a list is kept
//! as a MariaDB would show it: bundles spelled out, in the order of the bits.

/// SQL modes that change what the bytes of a dump mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Modes {
    /// `"x"` is a name, not a string.
    pub ansi_quotes: bool,
    /// A backslash in a string is a backslash.
    pub no_backslash_escapes: bool,
    /// `a || b` joins strings instead of being a logical OR.
    pub pipes_as_concat: bool,
    /// 0 in an `AUTO_INCREMENT` column is 0, not the next number.
    pub no_auto_value_on_zero: bool,
    /// Routines are written in another language.
    pub oracle: bool,
    /// `REAL` is `FLOAT`, not `DOUBLE`.
    pub real_as_float: bool,
    /// A date with a month or day of zero is stored as the zero date, by a server that is not strict.
    pub zeroes_days: bool,
}

/// What a server has that was told nothing.
pub(super) const DEFAULT: &str =
    "STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_AUTO_CREATE_USER,NO_ENGINE_SUBSTITUTION";

/// All modes, in the order of their bits.
const NAMES: &[&str] = &[
    "REAL_AS_FLOAT",
    "PIPES_AS_CONCAT",
    "ANSI_QUOTES",
    "IGNORE_SPACE",
    "IGNORE_BAD_TABLE_OPTIONS",
    "ONLY_FULL_GROUP_BY",
    "NO_UNSIGNED_SUBTRACTION",
    "NO_DIR_IN_CREATE",
    "POSTGRESQL",
    "ORACLE",
    "MSSQL",
    "DB2",
    "MAXDB",
    "NO_KEY_OPTIONS",
    "NO_TABLE_OPTIONS",
    "NO_FIELD_OPTIONS",
    "MYSQL323",
    "MYSQL40",
    "ANSI",
    "NO_AUTO_VALUE_ON_ZERO",
    "NO_BACKSLASH_ESCAPES",
    "STRICT_TRANS_TABLES",
    "STRICT_ALL_TABLES",
    "NO_ZERO_IN_DATE",
    "NO_ZERO_DATE",
    "ALLOW_INVALID_DATES",
    "ERROR_FOR_DIVISION_BY_ZERO",
    "TRADITIONAL",
    "NO_AUTO_CREATE_USER",
    "HIGH_NOT_PRECEDENCE",
    "NO_ENGINE_SUBSTITUTION",
    "PAD_CHAR_TO_FULL_LENGTH",
    "EMPTY_STRING_IS_NULL",
    "SIMULTANEOUS_ASSIGNMENT",
    "TIME_ROUND_FRACTIONAL",
];

/// What a mode brings along.
fn bundle(mode: &str) -> &'static [&'static str] {
    match mode {
        "ANSI" => &[
            "REAL_AS_FLOAT",
            "PIPES_AS_CONCAT",
            "ANSI_QUOTES",
            "IGNORE_SPACE",
        ],
        "ORACLE" => &[
            "PIPES_AS_CONCAT",
            "ANSI_QUOTES",
            "IGNORE_SPACE",
            "NO_KEY_OPTIONS",
            "NO_TABLE_OPTIONS",
            "NO_FIELD_OPTIONS",
            "NO_AUTO_CREATE_USER",
            "SIMULTANEOUS_ASSIGNMENT",
        ],
        "MAXDB" => &[
            "PIPES_AS_CONCAT",
            "ANSI_QUOTES",
            "IGNORE_SPACE",
            "NO_KEY_OPTIONS",
            "NO_TABLE_OPTIONS",
            "NO_FIELD_OPTIONS",
            "NO_AUTO_CREATE_USER",
        ],
        "MSSQL" | "DB2" | "POSTGRESQL" => &[
            "PIPES_AS_CONCAT",
            "ANSI_QUOTES",
            "IGNORE_SPACE",
            "NO_KEY_OPTIONS",
            "NO_TABLE_OPTIONS",
            "NO_FIELD_OPTIONS",
        ],
        "TRADITIONAL" => &[
            "STRICT_TRANS_TABLES",
            "STRICT_ALL_TABLES",
            "NO_ZERO_IN_DATE",
            "NO_ZERO_DATE",
            "ERROR_FOR_DIVISION_BY_ZERO",
            "NO_AUTO_CREATE_USER",
            "NO_ENGINE_SUBSTITUTION",
        ],
        "MYSQL40" | "MYSQL323" => &["HIGH_NOT_PRECEDENCE"],
        _ => &[],
    }
}

/// A list, or the number of its bits, as a server shows it.
pub(super) fn spelled_out(list: &str) -> String {
    let bits: u64 = list.trim().parse().unwrap_or(0);
    let given: Vec<String> = list
        .split(',')
        .map(|mode| mode.trim().to_ascii_uppercase())
        .collect();
    let has = |(bit, name): (usize, &&str)| {
        bits & (1 << bit) != 0 || given.iter().any(|mode| mode == *name)
    };
    let own: Vec<&str> = NAMES
        .iter()
        .enumerate()
        .filter(|&mode| has(mode))
        .map(|(_, name)| *name)
        .collect();
    let all = |name: &&&str| {
        own.iter()
            .any(|mode| mode == *name || bundle(mode).contains(*name))
    };
    let names: Vec<&str> = NAMES.iter().filter(all).copied().collect();
    names.join(",")
}

impl Modes {
    /// Reads a list that is [`spelled_out`].
    pub(super) fn of(list: &str) -> Self {
        let has = |name: &str| list.split(',').any(|mode| mode == name);
        Self {
            ansi_quotes: has("ANSI_QUOTES"),
            no_backslash_escapes: has("NO_BACKSLASH_ESCAPES"),
            pipes_as_concat: has("PIPES_AS_CONCAT"),
            no_auto_value_on_zero: has("NO_AUTO_VALUE_ON_ZERO"),
            oracle: has("ORACLE"),
            real_as_float: has("REAL_AS_FLOAT"),
            zeroes_days: has("NO_ZERO_IN_DATE")
                && !has("STRICT_TRANS_TABLES")
                && !has("STRICT_ALL_TABLES"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_spelled_as_servers_show_them() {
        assert_eq!(
            spelled_out("ansi_quotes,REAL_AS_FLOAT,,"),
            "REAL_AS_FLOAT,ANSI_QUOTES"
        );
        assert_eq!(
            spelled_out("ansi"),
            "REAL_AS_FLOAT,PIPES_AS_CONCAT,ANSI_QUOTES,IGNORE_SPACE,ANSI"
        );
        assert_eq!(
            spelled_out("1572864"),
            "NO_AUTO_VALUE_ON_ZERO,NO_BACKSLASH_ESCAPES"
        );
        assert_eq!(spelled_out(DEFAULT), DEFAULT);
        assert_eq!(spelled_out("0"), "");
        assert!(Modes::of(&spelled_out("MAXDB")).ansi_quotes);
    }
}
