//! What random views are made of: a table with columns of all types and odd values, and every function and operator
//! that is translated.
//!
//! Nothing here knows what a server makes of them. Texts are such that all collations agree about most, and some that
//! they do not.

/// Columns: name, type and values.
#[rustfmt::skip]
pub(crate) const COLUMNS: &[(&str, &str, &[&str])] = &[
    ("ti", "tinyint", &["0", "1", "-1", "127", "-128", "5", "NULL"]),
    ("i", "int", &["0", "1", "-7", "2147483647", "-2147483648", "42", "NULL", "100"]),
    ("u", "int unsigned", &["0", "1", "7", "4294967295", "16", "NULL"]),
    ("b", "bigint", &["0", "1", "-5", "9000000000", "-12345678901", "NULL"]),
    ("bu", "bigint unsigned", &["0", "1", "9", "4611686018427387904", "NULL"]),
    ("d", "decimal(8,2)", &["0.00", "1.50", "-2.25", "99.99", "-0.05", "123456.78", "NULL", "10.00", "-999999.99"]),
    ("d4", "decimal(12,4)", &["0.0000", "1.0050", "-3.3333", "99999999.9999", "NULL", "2.5000", "0.0001"]),
    ("du", "decimal(6,1) unsigned", &["0.0", "0.5", "99999.9", "NULL", "2.5"]),
    ("dd", "decimal(25,3)", &["0.000", "1234567890123456789.125", "-1.500", "NULL"]),
    ("f", "float", &["0", "1.5", "-2.25", "NULL", "1e10"]),
    ("r", "double", &["0", "1.5", "-2.25", "0.1", "NULL", "1e10", "-7"]),
    ("bi", "bit(8)", &["b'0'", "b'101'", "255", "NULL"]),
    ("y", "year", &["0", "1999", "2024", "2155", "NULL"]),
    ("s", "varchar(20)", &["'a'", "'A'", "'abc'", "'aBc'", "''", "'12'", "'12px'", "'0'", "'zz9'", "'abcabc'", "'hello'", "NULL", "'7'"]),
    ("c", "char(5)", &["'a'", "'A'", "'abc'", "'aBc'", "''", "'12'", "'12px'", "'0'", "'zz9'", "'hello'", "NULL", "'7'"]),
    ("sb", "varchar(20) COLLATE utf8mb4_bin", &["'a'", "'A'", "'abc'", "'aBc'", "''", "'12'", "'12px'", "'0'", "'zz9'", "'abcabc'", "'hello'", "NULL", "'7'"]),
    ("l", "varchar(20) CHARACTER SET latin1 COLLATE latin1_swedish_ci", &["'a'", "'A'", "'abc'", "'aBc'", "''", "'12'", "'12px'", "'0'", "'zz9'", "'abcabc'", "'hello'", "NULL", "'7'"]),
    ("n8", "varchar(20)", &["'é'", "'É'", "'a '", "'日本'", "'ab-c'", "'a_b'", "'[x]'", "'1.5'", "'50%'", "NULL"]),
    ("bl", "varbinary(20)", &["'a'", "'A'", "x'00ff'", "''", "NULL", "'abc'"]),
    ("e", "enum('a','B','cc')", &["'a'", "'B'", "'cc'", "NULL"]),
    ("st", "set('x','y')", &["'x'", "'y'", "'x,y'", "''", "NULL"]),
    ("da", "date", &["'2024-03-09'", "'2024-02-29'", "'2023-12-31'", "'0000-00-00'", "NULL", "'1999-01-01'", "'2024-01-31'", "'9999-12-31'"]),
    ("dt", "datetime", &["'2024-03-09 10:11:12'", "'2024-03-09 00:00:00'", "'0000-00-00 00:00:00'", "NULL", "'1969-05-05 05:05:05'", "'2023-12-31 23:59:59'", "'2024-05-31 12:00:00'"]),
    ("d3", "datetime(3)", &["'2024-03-09 10:11:12.500'", "'2024-03-09 00:00:00.000'", "NULL", "'2023-12-31 23:59:59.999'"]),
    ("tm", "time", &["'10:11:12'", "'-01:02:03'", "'100:00:00'", "NULL", "'00:00:00'"]),
    ("j", "longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin CHECK (json_valid(`j`))", &["NULL", "'{\"a\": 1, \"b\": \"x y\", \"c\": null, \"d\": [1, 2]}'", "'{\"a\": 1.50, \"b\": \"\\\\\"q\", \"c\": true}'", "'[1,2]'", "'{}'"]),
];

/// `{i}` is a whole number, `{x}` an exact one, `{n}` any number, `{t}` a text, `{d}` a date, `{z}` a date or a literal
/// of one, `{a}` anything, `{c}` a condition, `{k}` a count, `{U}` a unit, `{F}` a format, `{p}` a pattern, `{J}` a path.
#[rustfmt::skip]
pub(crate) const EXPRESSIONS: &[&str] = &[
    "{x} + {x}", "{x} - {x}", "{x} * {x}", "{i} + {i}", "{i} - {i}", "{i} * {i}", "{x} / {x}", "{i} / {i}",
    "{x} DIV {x}", "{i} DIV {i}", "{x} % {x}", "{i} MOD {i}", "- {n}", "{n} + {n}", "{n} * {n}",
    "{n} / {n}", "{i} & {i}", "{i} | {i}", "{i} ^ {i}", "{i} << {k}", "{i} >> {k}", "~ {i}", "{n} = {n}",
    "{n} < {n}", "{n} >= {n}", "{n} <> {n}", "{n} <=> {n}", "{t} = {t}", "{t} < {t}", "{a} = {a}",
    "{a} > {a}", "{t} <> {t}", "{d} = {z}", "{d} >= {z}", "{d} < {z}", "{n} BETWEEN {n} AND {n}",
    "{d} BETWEEN {z} AND {z}", "{t} BETWEEN {t} AND {t}", "{n} IN ({n}, {n})", "{t} IN ({t}, {t})",
    "{d} IN ({z}, {z})", "{t} LIKE {p}", "{n} LIKE {p}", "{d} LIKE '2024%'", "{t} NOT LIKE {p}",
    "{a} IS NULL", "{a} IS NOT NULL", "{n} IS TRUE", "{n} IS NOT FALSE", "{c} AND {c}", "{c} OR {c}",
    "{c} XOR {c}", "NOT {c}", "IF({c}, {n}, {n})", "IF({c}, {t}, {n})", "IF({c}, {a}, {a})",
    "IF({n}, 'a', 'b')", "CASE WHEN {c} THEN {n} WHEN {c} THEN {n} END",
    "CASE WHEN {c} THEN {t} ELSE {t} END", "CASE {n} WHEN {n} THEN 'x' ELSE 'y' END",
    "CASE {t} WHEN {t} THEN 1 ELSE 2 END", "CASE WHEN {c} THEN {a} ELSE {a} END", "IFNULL({n}, {n})",
    "IFNULL({a}, {a})", "COALESCE({x}, {x}, {x})", "COALESCE({t}, {t})", "COALESCE({d}, {d})",
    "NULLIF({n}, {n})", "NULLIF({t}, {t})", "ISNULL({a})", "GREATEST({n}, {n})", "LEAST({x}, {x})",
    "GREATEST({d}, {d})", "FIELD({t}, {t}, {t})", "FIELD({i}, {i}, {i})", "CONCAT({a}, {a})",
    "CONCAT({t}, '-', {n})", "CONCAT({x}, ' kg')", "CONCAT_WS('-', {a}, {t}, {n})", "SUBSTRING({a}, {k})",
    "SUBSTRING({t}, {k}, {k})", "LEFT({a}, {k})", "RIGHT({a}, {k})", "REPEAT({t}, 2)", "LTRIM({t})",
    "RTRIM({t})", "TRIM({t})", "TRIM(BOTH 'a' FROM {t})", "TRIM(LEADING 'a' FROM {t})", "UPPER({t})",
    "LOWER({a})", "REPLACE({t}, {t}, {t})", "LENGTH({a})", "CHAR_LENGTH({a})", "LOCATE({t}, {t})",
    "INSTR({t}, {t})", "POSITION('b' IN {t})", "HEX({a})", "HEX({i})", "CONCAT(UPPER({t}), {n})",
    "ABS({n})", "SIGN({n})", "ROUND({n})", "ROUND({x}, 1)", "ROUND({x}, 3)", "ROUND({x} / {x}, 2)",
    "ROUND({x} * {x}, 2)", "ROUND({n}, -1)", "TRUNCATE({x}, 1)", "TRUNCATE({x}, 0)", "FLOOR({n})",
    "CEIL({n})", "MOD({x}, {x})", "CAST({a} AS SIGNED)", "CAST({n} AS UNSIGNED)", "CAST({a} AS CHAR)",
    "CAST({a} AS CHAR(3))", "CAST({x} AS DECIMAL(10,1))", "CAST({x} AS DECIMAL(4,2))",
    "CAST({i} AS DECIMAL(8,2))", "CAST({n} AS DOUBLE)", "CAST({t} AS SIGNED)", "CAST({d} AS DATE)",
    "CAST({d} AS DATETIME)", "CAST({d} AS TIME)", "CAST({t} AS BINARY)", "CONVERT({t} USING utf8mb4)",
    "{t} COLLATE utf8mb4_bin = {t}", "BINARY {t} = {t}", "YEAR({d})", "MONTH({d})", "DAY({d})", "HOUR({d})",
    "MINUTE({d})", "SECOND({d})", "QUARTER({d})", "DAYOFWEEK({d})", "DAYOFYEAR({d})", "WEEKDAY({d})",
    "TO_DAYS({d})", "LAST_DAY({d})", "MONTHNAME({d})", "DAYNAME({d})", "DATEDIFF({d}, {d})", "DATE({d})",
    "TIME({d})", "TIMESTAMP({d})", "{d} + INTERVAL {k} {U}", "{d} - INTERVAL {k} {U}",
    "DATE_ADD({d}, INTERVAL 1 {U})", "DATE_SUB({d}, INTERVAL {k} DAY)", "DATE_FORMAT({d}, {F})",
    "UNIX_TIMESTAMP({d})", "FROM_UNIXTIME(u)", "EXTRACT(YEAR FROM {d})", "EXTRACT(MONTH FROM {d})",
    "YEAR(s)", "JSON_UNQUOTE(JSON_EXTRACT(j, {J}))", "JSON_EXTRACT(j, {J})",
    "JSON_VALID(j)", "JSON_VALID({t})", "(SELECT MAX(q.d) FROM k q WHERE q.id < k.id)",
    "(SELECT COUNT(*) FROM k q WHERE q.i = k.i)", "{i} IN (SELECT q.i FROM k q)",
    "s IN (SELECT q.c FROM k q)", "EXISTS (SELECT 1 FROM k q WHERE q.id = k.i)",
];

#[rustfmt::skip]
pub(crate) const CONDITIONS: &[&str] = &[
    "{n} = {n}", "{n} < {n}", "{n} >= {n}", "{t} = {t}", "{t} < {t}", "{a} = {a}", "{d} = {z}",
    "{d} >= {z}", "{d} < {z}", "{n} IN ({n}, {n})", "{t} IN ({t}, {t})", "{d} IN ({z}, {z})",
    "{t} LIKE {p}", "{n} LIKE {p}", "{d} LIKE '2024%'", "{t} NOT LIKE {p}", "{a} IS NULL",
    "{a} IS NOT NULL", "{n} IS TRUE", "{n} IS NOT FALSE", "{t} COLLATE utf8mb4_bin = {t}",
    "BINARY {t} = {t}",
];

#[rustfmt::skip]
pub(crate) const AGGREGATES: &[&str] = &[
    "SUM({x})", "SUM({i})", "AVG({x})", "AVG({i})", "MIN({n})", "MAX({n})", "MIN({t})", "MAX({t})",
    "MAX({d})", "MIN({d})", "COUNT({a})", "COUNT(DISTINCT {n})", "COUNT(DISTINCT {t})", "SUM({x} * {i})",
    "ROUND(AVG({x}), 2)", "ROUND(SUM({x}) / COUNT(*), 1)", "SUM({x}) / SUM({x})", "SUM({c})",
    "SUM(IF({c}, {x}, 0))", "SUM(r)", "AVG(r)", "COUNT(*)", "ROUND(SUM({x}), 1)", "CONCAT(SUM({x}), '')",
    "SUM({x}) > 10", "MAX({x}) - MIN({x})", "GROUP_CONCAT(s)", "SUM(DISTINCT {x})", "ANY_VALUE(1)",
];

pub(crate) fn cell(random: &mut fastrand::Rng, pool: &[&str]) -> String {
    (*random.choice(pool).unwrap()).to_owned()
}

#[rustfmt::skip]
pub(crate) fn argument(random: &mut fastrand::Rng, kind: u8) -> &'static str {
    let pool: &[&str] = match kind {
        b'i' => &["ti", "i", "u", "b", "id", "bu", "0", "1", "-3", "7", "10", "NULL", "bi", "y"],
        b'x' => &["d", "d4", "du", "d", "i", "ti", "1.5", "-0.25", "100", "2.00", "0.05", "u"],
        b'n' => &["ti", "i", "u", "d", "d4", "du", "r", "f", "1", "2", "-3", "1.5", "0.1", "10", "dd", "b", "y", "bi", "bu"],
        b't' => &["s", "sb", "n8", "c", "l", "'a'", "'abc'", "'12'", "','", "'A'", "e", "st"],
        b'd' => &["da", "dt", "d3", "da", "dt"],
        b'k' => &["0", "1", "2", "3", "-1", "-2", "5", "ti", "NULL", "id"],
        b'z' => &["'2024-03-09'", "'2024-01-01'", "'2024-03-09 10:11:12'", "'2024-3-9'", "'2023-12-31 23:59:59'", "da", "dt", "d3"],
        b'U' => &["DAY", "MONTH", "YEAR", "HOUR", "MINUTE", "SECOND", "WEEK", "QUARTER"],
        b'F' => &["'%Y-%m-%d'", "'%d.%m.%y'", "'%H:%i:%s'", "'%W %M %e'", "'%a %b %c %j %w'", "'%T %k %%'", "'%Y'", "'%M %Y'", "'%e'", "'x%yx'"],
        b'p' => &["'a%'", "'%b%'", "'_b%'", "'a\\\\_b'", "'A%'", "'%'", "'1%'", "'%[%'"],
        b'J' => &["'$.a'", "'$.b'", "'$.c'", "'$.d'", "'$.z'", "'$[0]'"],
        _ => return match random.u8(0..8) {
            0..3 => argument(random, b'n'),
            3..5 => argument(random, b't'),
            5 | 6 => argument(random, b'd'),
            _ => random.choice(["bl", "NULL", "tm", "id"]).unwrap(),
        },
    };
    random.choice(pool).unwrap()
}
