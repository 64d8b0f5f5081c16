//! Random values for the column types of `random_types`, as SQL.
//!
//! They are hostile rather than valid: the least and the greatest of a type and beyond, every byte,
//! text that looks like SQL. They go in with `INSERT IGNORE`, so that the server makes of them what
//! the type can hold. Nothing here knows columns.

use std::fmt::Write as _;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

/// A comment, as a literal.
pub(crate) fn comments() -> impl Strategy<Value = String> {
    text().prop_map(|text| {
        let short: String = text
            .chars()
            .filter(|&letter| letter < '\u{10000}')
            .take(60)
            .collect();
        quoted_text(&short)
    })
}

pub(crate) fn whole() -> impl Strategy<Value = String> {
    let edges: Vec<i128> = [7, 8, 15, 16, 23, 24, 31, 32, 63, 64]
        .into_iter()
        .flat_map(|bits| [(1_i128 << bits) - 1, 1_i128 << bits, -(1_i128 << bits)])
        .collect();
    prop_oneof![
        2 => (-3..130_i128).prop_map(|number| number.to_string()),
        2 => select(edges).prop_map(|number| number.to_string()),
        1 => any::<i64>().prop_map(|number| number.to_string()),
        1 => select(&["'12'", "''", "' 7'", "1.5", "2155", "1901", "'99'", "TRUE"][..])
            .prop_map(str::to_owned),
    ]
}

pub(crate) fn bits() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<u64>().prop_map(|number| format!("b'{number:b}'")),
        // As bytes these are a line break, a quote and a backslash.
        select(
            &[
                "0",
                "1",
                "10",
                "39",
                "92",
                "255",
                "10023",
                "b'101'",
                "18446744073709551615"
            ][..]
        )
        .prop_map(str::to_owned),
    ]
}

pub(crate) fn fraction() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<f64>().prop_filter_map("not finite", |number| {
            number.is_finite().then(|| format!("{number:e}"))
        }),
        any::<f32>().prop_filter_map("not finite", |number| {
            number.is_finite().then(|| format!("{number:e}"))
        }),
        "-?[0-9]{1,35}\\.[0-9]{0,30}",
        (-1000..1000_i32).prop_map(|number| format!("{}.{}", number / 10, number.abs() % 10)),
        select(
            &[
                "0",
                "-0.0",
                "0.1",
                "1e-7",
                "1e15",
                "1e16",
                "123456789.125",
                "'1.50'",
                "-1e-400"
            ][..]
        )
        .prop_map(str::to_owned),
    ]
}

/// Text of hostile pieces.
pub(crate) fn text() -> impl Strategy<Value = String> {
    const PIECES: &[&str] = &[
        "'",
        "''",
        "\"",
        "\\",
        "\\\\",
        "\\'",
        "\\n",
        "\\0",
        "\0",
        "\u{1a}",
        "\n",
        "\r\n",
        "\t",
        "\u{8}",
        "`",
        "%",
        "_",
        "\\%",
        ";\n",
        "--  ",
        "/*!50000 ",
        "*/",
        "#",
        ");\n",
        ",(",
        "NULL",
        "a",
        "A",
        " ",
        "  ",
        "é",
        "É",
        "e\u{301}",
        "ß",
        "€",
        "ÿ",
        "表",
        "ソ",
        "能",
        "〜",
        "日本",
        "錦",
        "ｱ",
        "😀",
        "𠮷",
        "\u{feff}",
        "\u{a0}",
        "\u{85}",
        "0x41",
        "b'1'",
        "\nINSERT INTO `a` VALUES (1);\n",
    ];
    let piece = prop_oneof![
        8 => select(PIECES).prop_map(str::to_owned),
        1 => any::<char>().prop_map(String::from),
        1 => "[ -~]{1,20}",
    ];
    vec(piece, 0..6).prop_map(|pieces| pieces.concat())
}

pub(crate) fn text_value() -> impl Strategy<Value = String> {
    prop_oneof![
        12 => text().prop_map(|text| text_literal(&text)),
        1 => (text(), 1..40_usize).prop_map(|(text, times)| text_literal(&text.repeat(times))),
        2 => bytes(),
    ]
}

/// As a person writes it. MariaDB shows `_utf8mb4 x'..'` in a DEFAULT so that it cannot read it
/// again.
pub(crate) fn quoted_text(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('\'', "''");
    format!("'{}'", escaped.replace('\0', "\\0"))
}

fn text_literal(text: &str) -> String {
    format!("_utf8mb4 {}", hex_literal(text.as_bytes()))
}

fn bytes() -> impl Strategy<Value = String> {
    vec(any::<u8>(), 0..20).prop_map(|bytes| hex_literal(&bytes))
}

pub(crate) fn bytes_value() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => bytes(),
        1 => any::<u8>().prop_map(|byte| hex_literal(&[byte])),
        1 => Just(hex_literal(&(0..=255).collect::<Vec<u8>>())),
        1 => text_value(),
    ]
}

pub(crate) fn hex_literal(bytes: &[u8]) -> String {
    let mut literal = String::from("x'");
    for byte in bytes {
        write!(literal, "{byte:02x}").unwrap();
    }
    literal + "'"
}

pub(crate) fn time_value() -> impl Strategy<Value = String> {
    const EDGES: &[&str] = &[
        "'0000-00-00'",
        "'0000-00-00 00:00:00'",
        "'1000-01-01'",
        "'9999-12-31 23:59:59.999999'",
        "'2024-02-30'",
        "'2024-00-10'",
        "'1970-01-01 00:00:01'",
        "'2038-01-19 03:14:07.999999'",
        "'-838:59:59'",
        "'838:59:59.999999'",
        "'00:00:00'",
        "'-00:00:00.000001'",
        "'23:59:59.5'",
        "20240102",
        "'99-1-2'",
        "0",
        "'2000-01-01 00:00:00.000000'",
        "'10:11'",
        "'2024-12-31 23:59:59.9999999'",
    ];
    prop_oneof![
        select(EDGES).prop_map(str::to_owned),
        "'[12][0-9]{3}-0[1-9]-[0-2][1-8] [01][0-9]:[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,6})?'",
        "'-?[0-8]?[0-9]{2}:[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,6})?'",
    ]
}

pub(crate) fn json_value() -> impl Strategy<Value = String> {
    prop_oneof![
        select(
            &[
                "'{}'",
                "'[1, 2.50, null]'",
                "'\"x\"'",
                "'1'",
                "' { } '",
                "'nonsense'"
            ][..]
        )
        .prop_map(str::to_owned),
        text().prop_map(|text| {
            text_literal(&serde_json::json!({ "k": text, &text: [1, text] }).to_string())
        }),
    ]
}

pub(crate) fn address() -> impl Strategy<Value = String> {
    prop_oneof![
        "'[0-9]{1,2}\\.[0-9]{1,2}\\.[0-9]{1,2}\\.[0-9]{1,2}'",
        "'([0-9a-f]{1,4}:){7}[0-9a-f]{1,4}'",
        select(&["'::'", "'2001:db8::1'", "'::ffff:192.0.2.1'", "'nonsense'"][..])
            .prop_map(str::to_owned),
    ]
}

pub(crate) fn uuid() -> impl Strategy<Value = String> {
    prop_oneof![
        "'[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}'",
        Just("'00000000-0000-0000-0000-000000000000'".to_owned()),
    ]
}

pub(crate) fn shape() -> impl Strategy<Value = String> {
    (any::<i16>(), -1000..1000_i32, any::<u16>()).prop_map(|(x, y, reference)| {
        format!(
            "ST_GeomFromText('POINT({x} {})', {reference})",
            f64::from(y) / 8.0
        )
    })
}
