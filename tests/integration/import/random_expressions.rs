//! Random expressions: every function and operator that the importer computes, over arguments that servers
//! convert, round and cut.
//!
//! A template names the kinds of its arguments; each becomes a literal of a pool, a column, or now and then
//! another expression. Nothing here knows what a server makes of them.

/// What an argument may be.
#[derive(Debug)]
pub(crate) struct Pools {
    pub(crate) numbers: &'static [&'static str],
    pub(crate) counts: &'static [&'static str],
    pub(crate) texts: &'static [&'static str],
    pub(crate) dates: &'static [&'static str],
    pub(crate) times: &'static [&'static str],
}

/// Literals of all kinds.
pub(crate) const LITERALS: Pools = Pools {
    numbers: &[
        "0",
        "1",
        "-1",
        "2",
        "5",
        "-7",
        "10",
        "255",
        "12.5",
        "-12.5",
        "1.005",
        "0.1",
        "2.50",
        "-0.05",
        "99.995",
        "1e3",
        "2.5e0",
        "-2.5e0",
        "0.1e0",
        "1e15",
        "0x41",
        "b'101'",
        "9223372036854775807",
        "18446744073709551615",
        "12345678901234567.89",
        "NULL",
        "TRUE",
    ],
    counts: &["0", "1", "-1", "2", "3", "-2", "5", "10", "NULL", "'2'"],
    texts: &[
        "'a'",
        "'A'",
        "'abc'",
        "'aBc'",
        "''",
        "'a,b,c'",
        "'www.example.com'",
        "'.'",
        "','",
        "'12px'",
        "'12.7'",
        "'-3'",
        "' x '",
        "'é'",
        "'É'",
        "'日本語'",
        "'Straße'",
        "'it''s'",
        "'1e3'",
        "x'4142'",
        "CONCAT('a', 1)",
        "NULL",
        "'hello world'",
        "'0'",
        "'abcabc'",
        "'жЖ'",
    ],
    dates: &[
        "'2024-03-09'",
        "'2024-3-9'",
        "'2024-02-29'",
        "'2023-12-31 23:59:59'",
        "20240309",
        "DATE'2024-01-31'",
        "TIMESTAMP'2024-03-09 10:11:12'",
        "TIMESTAMP'2024-03-09 10:11:12.5'",
        "NULL",
        "CAST('1999-12-31' AS DATE)",
        "CAST('2000-01-01 12:34:56' AS DATETIME)",
    ],
    times: &[
        "'10:11:12'",
        "'-01:02:03'",
        "'100:00:00'",
        "TIME'10:11:12'",
        "NULL",
        "'1112'",
    ],
};

/// `{n}` is a number, `{i}` a count, `{t}` a text, `{d}` a date, `{m}` a time, `{a}` any of them, `{u}` a unit,
/// `{f}` a format.
#[rustfmt::skip]
pub(crate) const TEMPLATES: &[&str] = &[
    "CONCAT({a}, {a})", "CONCAT({a}, {a}, {a})", "CONCAT_WS({t}, {a}, {a})", "SUBSTRING({a}, {i})",
    "SUBSTRING({a}, {i}, {i})", "LEFT({a}, {i})", "RIGHT({a}, {i})", "REPEAT({t}, {i})", "SPACE(3)",
    "LPAD({a}, {i}, {t})", "RPAD({a}, {i}, {t})", "INSERT({t}, {i}, {i}, {t})", "LTRIM({t})", "RTRIM({t})",
    "TRIM({t})", "TRIM(BOTH 'a' FROM {t})", "TRIM(LEADING 'a' FROM {t})", "REVERSE({t})", "UPPER({t})",
    "LOWER({t})", "REPLACE({t}, {t}, {t})", "QUOTE({t})", "LENGTH({a})", "CHAR_LENGTH({a})",
    "BIT_LENGTH({t})", "LOCATE({t}, {t})", "LOCATE({t}, {t}, {i})", "INSTR({t}, {t})",
    "SUBSTRING_INDEX({t}, {t}, {i})", "FIELD({t}, {t}, {t})", "ELT({i}, {a}, {a})",
    "FIND_IN_SET({t}, {t})", "MAKE_SET(5, {t}, {t}, {t})", "ASCII({t})", "ORD({t})", "HEX({a})",
    "UNHEX(HEX({t}))", "MD5({t})", "SHA1({t})", "PASSWORD({t})", "SHA2({t}, 256)", "CRC32({t})", "TO_BASE64({t})",
    "FROM_BASE64(TO_BASE64({t}))", "INET_ATON('10.1.2.3')", "INET_NTOA(3232235777)", "CHAR({i}, 65)",
    "CONV({i}, 10, 16)", "BIN({i})", "OCT({i})", "ABS({n})", "SIGN({n})", "ROUND({n})", "ROUND({n}, 1)",
    "ROUND({n}, -1)", "TRUNCATE({n}, 1)", "FLOOR({n})", "CEIL({n})", "SQRT({n})", "POW({n}, 2)",
    "LN({n})", "LOG2({n})", "LOG10({n})", "GREATEST({n}, {n})", "LEAST({t}, {t})", "IF({a}, {a}, {a})",
    "IFNULL({a}, {a})", "NULLIF({n}, {n})", "NULLIF({t}, {t})", "COALESCE({a}, {a}, {a})", "ISNULL({a})",
    "CASE WHEN {a} THEN {a} ELSE {a} END", "CASE {t} WHEN {t} THEN {a} END", "{a} + {a}", "{a} - {a}",
    "{n} * {a}", "{n} / {n}", "{n} DIV {n}", "{n} % {n}", "- {n}", "{n} & {n}", "{n} | {n}", "{n} ^ {n}",
    "{n} << {i}", "{n} >> {i}", "~ {n}", "BIT_COUNT({n})", "{n} = {n}", "{t} = {t}", "{t} < {t}",
    "{a} <=> {a}", "{n} >= {n}", "{a} AND {a}", "{a} OR {a}", "{a} XOR {a}", "NOT {a}",
    "{t} IN ({t}, {t})", "{n} NOT IN ({n}, {n})", "{n} BETWEEN {n} AND {n}", "{t} LIKE 'a%'",
    "{t} NOT LIKE '_b%'", "{a} IS NULL", "{a} IS NOT TRUE", "STRCMP({t}, {t})", "CAST({a} AS SIGNED)",
    "CAST({n} AS UNSIGNED)", "CAST({a} AS CHAR)", "CAST({a} AS CHAR(2))", "CAST({t} AS BINARY(3))",
    "CAST({a} AS DECIMAL(12,2))", "CAST({t} AS DOUBLE)", "CAST({d} AS DATE)", "CAST({d} AS DATETIME)",
    "CONVERT({t} USING utf8mb4)", "{t} COLLATE utf8mb4_bin = {t}", "DATE({d})", "TIME({m})", "YEAR({d})",
    "QUARTER({d})", "MONTH({d})", "DAY({d})", "HOUR({m})", "MINUTE({m})", "SECOND({m})",
    "MICROSECOND({m})", "DAYOFWEEK({d})", "DAYOFYEAR({d})", "WEEKDAY({d})", "TO_DAYS({d})",
    "LAST_DAY({d})", "MONTHNAME({d})", "DAYNAME({d})", "WEEK({d})", "WEEK({d}, 3)", "WEEKOFYEAR({d})",
    "YEARWEEK({d}, 1)", "DATEDIFF({d}, {d})", "TIMESTAMPDIFF({u}, {d}, {d})", "TIMEDIFF({m}, {m})",
    "ADDTIME({m}, '01:02:03')", "SUBTIME({m}, '00:00:30')", "{d} + INTERVAL {i} {u}",
    "DATE_SUB({d}, INTERVAL {i} {u})", "{d} + INTERVAL '1:30' HOUR_MINUTE", "TIMESTAMPADD({u}, {i}, {d})",
    "FROM_DAYS(739310)", "MAKEDATE(2024, {i})", "MAKETIME(1, 2, 3)", "SEC_TO_TIME(3661)",
    "TIME_TO_SEC({m})", "DATE_FORMAT({d}, {f})", "TIME_FORMAT({m}, '%H.%i.%s')",
    "STR_TO_DATE('9.3.2024', '%d.%m.%Y')", "STR_TO_DATE('March 9, 24 7:08 PM', '%M %e, %y %h:%i %p')",
    "EXTRACT(YEAR_MONTH FROM {d})", "FORMAT({n}, 2)", "UNIX_TIMESTAMP({d})", "FROM_UNIXTIME(1700000000)",
    "JSON_ARRAY(1, 'a', NULL)", "JSON_QUOTE('a\"b')",
];

const UNITS: &[&str] = &[
    "DAY", "MONTH", "YEAR", "HOUR", "MINUTE", "SECOND", "WEEK", "QUARTER",
];
const FORMATS: &[&str] = &[
    "'%Y-%m-%d'",
    "'%d.%m.%y'",
    "'%H:%i:%s'",
    "'%W %M %e %D'",
    "'%a %b %c %j %w'",
    "'%U %u %V %v %X %x'",
    "'%h %I %l %p %r %T %k'",
    "'%f %S %%'",
];

/// A template with all its arguments; `nesting` says how many of them may be expressions in turn.
pub(crate) fn expression(
    random: &mut fastrand::Rng,
    template: &str,
    pools: &Pools,
    nesting: u32,
) -> String {
    let mut text = String::new();
    let mut rest = template;
    while let Some(at) = rest.find('{') {
        text += &rest[..at];
        let kind = rest.as_bytes()[at + 1];
        rest = &rest[at + 3..];
        if nesting > 0 && b"ant".contains(&kind) && random.u8(0..6) == 0 {
            let inner = random.choice(TEMPLATES).unwrap();
            text += &format!("({})", expression(random, inner, pools, nesting - 1));
        } else {
            text += argument(random, kind, pools);
        }
    }
    text + rest
}

fn argument<'p>(random: &mut fastrand::Rng, kind: u8, pools: &'p Pools) -> &'p str {
    let pool = match kind {
        b'n' => pools.numbers,
        b'i' => pools.counts,
        b't' => pools.texts,
        b'd' => pools.dates,
        b'm' => pools.times,
        b'u' => UNITS,
        b'f' => FORMATS,
        _ => random
            .choice([pools.numbers, pools.texts, pools.dates])
            .unwrap(),
    };
    random.choice(pool).unwrap()
}
