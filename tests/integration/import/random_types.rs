//! Random column types for `random_schema`, each with values, defaults, checks and expressions that
//! belong to it, as SQL.
//!
//! Nothing here knows tables or names; values are made by `random_values`.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use crate::import::random_values::{
    address, bits, bytes_value, fraction, hex_literal, json_value, quoted_text, shape, text,
    text_value, time_value, uuid, whole,
};

/// A column type with what may stand in it.
#[derive(Debug, Clone)]
pub(crate) struct TypedColumn {
    pub(crate) sql_type: String,
    pub(crate) family: Family,
    /// At least one.
    pub(crate) values: Vec<String>,
    pub(crate) defaults: Vec<String>,
}

/// What types have in common for keys and expressions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Family {
    Integer,
    Fraction,
    ShortText,
    LongText,
    ShortBytes,
    LongBytes,
    Time,
    Other,
    Shape,
}

impl Family {
    /// Whether values are equal only when they are stored alike.
    pub(crate) fn is_exact(self) -> bool {
        matches!(self, Self::Integer | Self::ShortBytes | Self::Time)
    }

    pub(crate) fn takes_prefix(self) -> bool {
        self.needs_prefix() || matches!(self, Self::ShortText | Self::ShortBytes)
    }

    pub(crate) fn needs_prefix(self) -> bool {
        matches!(self, Self::LongText | Self::LongBytes)
    }

    /// Types and expressions of generated columns; `?` is the column they are computed from.
    pub(crate) fn expressions(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Integer | Self::Fraction => &[
                ("double", "? + 1"),
                ("bigint", "? IS NULL"),
                ("decimal(30,4)", "? / 3"),
                ("varchar(100)", "concat('x', ?)"),
                ("int", "coalesce(?, 0) % 7"),
                ("varchar(10)", "if(? > 1, 'a''b', 'c\\\\d')"),
                ("bigint", "abs(?)"),
            ],
            Self::ShortText | Self::LongText => &[
                ("int", "char_length(?)"),
                ("int", "length(?)"),
                ("varchar(600)", "upper(?)"),
                ("varchar(600)", "concat(?, '-', ?)"),
                ("varchar(5)", "left(?, 3)"),
                ("varchar(600)", "trim(?)"),
                ("char(32)", "md5(?)"),
                ("varchar(600)", "replace(?, 'a', '\\\\')"),
                ("int", "? = 'a'"),
            ],
            Self::ShortBytes | Self::LongBytes => &[
                ("int", "length(?)"),
                ("varchar(600)", "hex(?)"),
                ("varbinary(600)", "concat(?, ?)"),
            ],
            Self::Time => &[
                ("varchar(40)", "concat(?, '')"),
                ("int", "? IS NULL"),
                ("int", "year(?)"),
                ("date", "date(?)"),
            ],
            Self::Other | Self::Shape => &[("int", "? IS NULL"), ("int", "isnull(?)")],
        }
    }

    /// Checks; `?` is the column.
    pub(crate) fn checks(self) -> &'static [&'static str] {
        match self {
            Self::Integer | Self::Fraction => &[
                "? >= 0",
                "? BETWEEN -100 AND 1e9",
                "? <> 5 OR ? IS NULL",
                "? IN (0, 1, 2, 3) OR ? > 3",
            ],
            Self::ShortText | Self::LongText => &[
                "? <> 'a'",
                "char_length(?) < 50",
                "? NOT LIKE '%''%'",
                "? NOT REGEXP '^x'",
                "? >= 'b'",
            ],
            Self::ShortBytes | Self::LongBytes => &["length(?) < 20", "? <> 'a'", "? > x'00'"],
            Self::Time => &["? > '2000-01-01'", "? IS NOT NULL"],
            Self::Other | Self::Shape => &["? IS NOT NULL"],
        }
    }
}

pub(crate) fn typed_column() -> impl Strategy<Value = TypedColumn> {
    prop_oneof![
        6 => column(Family::Integer, whole_types(), whole().boxed()),
        2 => column(Family::Integer, select(&["bit(1)", "bit(7)", "bit(8)", "bit(63)", "bit(64)"][..])
            .prop_map(str::to_owned), bits().boxed()),
        3 => column(Family::Fraction, decimal_types(), fraction().boxed()),
        3 => column(Family::Fraction, fixed(&["float", "double", "double unsigned", "float(7,3)",
            "double(12,4)", "float unsigned zerofill"]), fraction().boxed()),
        8 => column(Family::ShortText, short_text_types(), text_value().boxed()),
        4 => column(Family::LongText, long_text_types(), text_value().boxed()),
        3 => column(Family::ShortBytes, fixed(&["binary(1)", "binary(7)", "binary(255)",
            "varbinary(1)", "varbinary(40)", "varbinary(300)", "char(9) CHARACTER SET binary"]),
            bytes_value().boxed()),
        3 => column(Family::LongBytes, fixed(&["tinyblob", "blob", "mediumblob", "longblob"]),
            bytes_value().boxed()),
        3 => members(),
        5 => column(Family::Time, time_types(), time_value().boxed()),
        1 => column(Family::Integer, fixed(&["year"]), whole().boxed()),
        1 => column(Family::LongText, fixed(&["json"]), json_value().boxed()),
        1 => column(Family::Other, fixed(&["inet6", "inet4"]), address().boxed()),
        1 => column(Family::Other, fixed(&["uuid"]), uuid().boxed()),
        1 => column(Family::Shape, fixed(&["point", "geometry"]), shape().boxed()),
    ]
}

fn column(
    family: Family,
    types: impl Strategy<Value = String> + 'static,
    values: BoxedStrategy<String>,
) -> BoxedStrategy<TypedColumn> {
    (types, vec(values, 1..12), vec(text(), 1..3))
        .prop_map(move |(sql_type, mut values, texts)| {
            // The server keeps bytes that its other character sets do not define, such as half of a
            // surrogate pair, and shows `?` or what is no UTF-8. The importer refuses those.
            let is_text = matches!(family, Family::ShortText | Family::LongText);
            if is_text && !sql_type.contains("latin1") && sql_type != "json" {
                values.retain(|value| value.starts_with('_'));
                values.push("''".to_owned());
            }
            let defaults = match family {
                _ if is_text => texts.iter().map(|text| quoted_text(text)).collect(),
                Family::LongBytes => texts
                    .iter()
                    .map(|text| hex_literal(text.as_bytes()))
                    .collect(),
                _ => values.clone(),
            };
            TypedColumn {
                sql_type,
                family,
                values,
                defaults,
            }
        })
        .boxed()
}

fn fixed(types: &'static [&'static str]) -> impl Strategy<Value = String> {
    select(types).prop_map(str::to_owned)
}

fn whole_types() -> impl Strategy<Value = String> {
    let names = [
        "tinyint",
        "smallint",
        "mediumint",
        "int",
        "bigint",
        "bool",
        "int(3)",
        "tinyint(1)",
    ];
    let attributes = ["", "", " unsigned", " zerofill"];
    (select(names.to_vec()), select(attributes.to_vec())).prop_map(|(name, attribute)| {
        let attribute = if name == "bool" { "" } else { attribute };
        format!("{name}{attribute}")
    })
}

fn decimal_types() -> impl Strategy<Value = String> {
    (
        1..=65_u32,
        0..=30_u32,
        select(&["", "", " unsigned", " zerofill"][..]),
    )
        .prop_map(|(digits, scale, attribute)| {
            format!("decimal({digits},{}){attribute}", scale.min(digits))
        })
}

const CHARACTER_SETS: &[&str] = &[
    "",
    "",
    "CHARACTER SET utf8mb4 COLLATE utf8mb4_bin",
    "CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci",
    "CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci",
    "CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin",
    "CHARACTER SET utf8mb3 COLLATE utf8mb3_unicode_ci",
    "CHARACTER SET latin1",
    "CHARACTER SET latin1 COLLATE latin1_bin",
    "CHARACTER SET cp932",
    "CHARACTER SET cp932 COLLATE cp932_bin",
    "CHARACTER SET gbk",
    "CHARACTER SET gbk COLLATE gbk_bin",
    "CHARACTER SET ucs2",
    "CHARACTER SET ucs2 COLLATE ucs2_bin",
];

fn short_text_types() -> impl Strategy<Value = String> {
    (any::<bool>(), 1..=255_u32, select(CHARACTER_SETS)).prop_map(|(fixed, length, set)| {
        if fixed {
            format!("char({}) {set}", length.min(60))
        } else {
            format!("varchar({length}) {set}")
        }
    })
}

fn long_text_types() -> impl Strategy<Value = String> {
    (
        select(&["tinytext", "text", "mediumtext", "longtext"][..]),
        select(CHARACTER_SETS),
    )
        .prop_map(|(name, set)| format!("{name} {set}"))
}

/// ENUM and SET, of the first members of a list, in any character set.
fn members() -> BoxedStrategy<TypedColumn> {
    const MEMBERS: &[&str] = &[
        "'a'", "'b)'", "'c''d'", "'\\\\'", "'é'", "'日本'", "'\"'", "'%'", "' x'", "'\\n'", "'0'",
        "'7'", "'x;y'", "'e,f'", "''", "'NULL'",
    ];
    (
        any::<bool>(),
        1..=MEMBERS.len(),
        select(CHARACTER_SETS),
        vec(any::<u8>(), 1..8),
    )
        .prop_map(|(set, count, charset, numbers)| {
            let count = if set { count.min(13) } else { count };
            let list = &MEMBERS[..count];
            let name = if set { "set" } else { "enum" };
            let pick = |number: u8| match number {
                0..50 => (usize::from(number) % (count + 2)).to_string(),
                _ => list[usize::from(number) % count].to_owned(),
            };
            let values: Vec<String> = numbers.into_iter().map(pick).collect();
            TypedColumn {
                sql_type: format!("{name}({}) {charset}", list.join(",")),
                family: Family::Other,
                defaults: list.iter().map(|&member| member.to_owned()).collect(),
                values,
            }
        })
        .boxed()
}

fn time_types() -> impl Strategy<Value = String> {
    (
        select(&["date", "time", "datetime", "timestamp"][..]),
        0..=6_u8,
        0..10_u8,
    )
        .prop_map(|(name, fraction, automatic)| {
            if name == "date" {
                return name.to_owned();
            }
            match automatic {
                0 if name != "time" => format!(
                    "{name}({fraction}) DEFAULT current_timestamp({fraction}) \
                     ON UPDATE current_timestamp({fraction})"
                ),
                _ => format!("{name}({fraction})"),
            }
        })
}
