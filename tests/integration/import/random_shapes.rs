//! Random shapes against a real MariaDB: points, lines, areas and collections as text in any spelling, as bytes, composed
//! of others, in reference systems or none, in columns of the right type.
//!
//! Nothing here knows how a shape is stored.

use std::fmt::Write as _;

use proptest::collection::vec;
use proptest::prelude::*;

use crate::import::compared_scripts::{Choices, ScriptComparison, SqlScript};

/// Where the seeds of failures are kept.
const SEEDS: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/tests/oracle/shape-regressions.txt"
);

/// The kinds of shapes, and the functions that read them as text.
const KINDS: &[(&str, &[&str])] = &[
    ("POINT", &["ST_PointFromText", "PointFromText"]),
    (
        "LINESTRING",
        &[
            "ST_LineFromText",
            "LineStringFromText",
            "ST_LineStringFromText",
        ],
    ),
    (
        "POLYGON",
        &["ST_PolyFromText", "PolygonFromText", "ST_PolygonFromText"],
    ),
    ("MULTIPOINT", &["MPointFromText", "MultiPointFromText"]),
    (
        "MULTILINESTRING",
        &["MLineFromText", "MultiLineStringFromText"],
    ),
    ("MULTIPOLYGON", &["MPolyFromText", "MultiPolygonFromText"]),
    (
        "GEOMETRYCOLLECTION",
        &["ST_GeomCollFromText", "GeomCollFromText"],
    ),
];

const ANY: &[&str] = &[
    "ST_GeomFromText",
    "GeomFromText",
    "ST_GeometryFromText",
    "st_geomfromtext",
    "GEOMETRYFROMTEXT",
];

fn number(c: &mut Choices<'_>) -> String {
    c.one(&[
        "0",
        "1",
        "-1",
        "2.5",
        "-0.125",
        "1e2",
        "1.5E-3",
        "007",
        "139.7670516",
        "35.6811673",
        "-180",
        "+3",
        "90",
        "12345678.9012345",
        "1e-300",
        "5.",
    ])
}

fn pair(c: &mut Choices<'_>) -> String {
    format!("{}{}{}", number(c), c.one(&[" ", "  ", "\t"]), number(c))
}

fn list(c: &mut Choices<'_>, least: usize, item: impl Fn(&mut Choices<'_>) -> String) -> String {
    let items: Vec<String> = (0..least + c.below(3)).map(|_| item(c)).collect();
    format!("({})", items.join(&c.one(&[",", ", ", " , "])))
}

/// A ring ends where it began.
fn ring(c: &mut Choices<'_>) -> String {
    let corners: Vec<String> = (0..3 + c.below(2)).map(|_| pair(c)).collect();
    format!("({},{})", corners.join(","), corners[0])
}

/// What stands behind the name of a kind.
fn inner(c: &mut Choices<'_>, kind: usize) -> String {
    match kind {
        0 => format!("({})", pair(c)),
        1 => list(c, 2, pair),
        2 => list(c, 1, ring),
        // Parentheses around each point are MySQL's alone.
        3 => list(c, 1, pair),
        4 => list(c, 1, |c| list(c, 2, pair)),
        5 => list(c, 1, |c| list(c, 1, ring)),
        _ => list(c, 1, |c| {
            let kind = c.below(6);
            text(c, kind)
        }),
    }
}

fn text(c: &mut Choices<'_>, kind: usize) -> String {
    let name = KINDS[kind].0;
    let name = if c.below(3) == 0 {
        name.to_ascii_lowercase()
    } else {
        name.to_owned()
    };
    format!("{name}{}{}", c.one(&["", " ", ""]), inner(c, kind))
}

/// A shape that is composed of others.
fn composed(c: &mut Choices<'_>, kind: usize) -> String {
    let point = |c: &mut Choices<'_>| format!("Point({}, {})", number(c), number(c));
    let line = |c: &mut Choices<'_>| format!("LineString{}", list(c, 2, point));
    match kind {
        0 => point(c),
        1 => line(c),
        2 => "Polygon(LineString(Point(0,0),Point(1,1),Point(1,0),Point(0,0)))".to_owned(),
        3 => format!("MultiPoint{}", list(c, 1, point)),
        4 if kind == 0 => format!("MultiLineString{}", list(c, 1, line)),
        5 => "MULTIPOLYGON(Polygon(LineString(Point(0,0),Point(1,1),Point(1,0),Point(0,0))))"
            .to_owned(),
        _ => format!("GeometryCollection{}", list(c, 1, point)),
    }
}

fn shape(c: &mut Choices<'_>, kind: usize) -> String {
    let reference = c.one(&["", "", ", 0", ", 4326", ", 3857", ", 4612", ", 4294967295"]);
    let (_, own) = KINDS[kind];
    match c.below(9) {
        0 => "NULL".to_owned(),
        1 => composed(c, kind),
        2 => format!(
            "ST_GeomFromText(CONCAT('', '{}'){reference})",
            text(c, kind)
        ),
        3 => format!("{}('{}'{reference})", c.one(own), text(c, kind)),
        // As bytes.
        4 if kind == 0 => format!(
            "{}(x'{}'{reference})",
            c.one(&["ST_GeomFromWKB", "GeomFromWKB", "ST_PointFromWKB"]),
            c.one(&[
                "0101000000000000000000f03f0000000000000040",
                "0101000000000000000000E0BF0000000000000840",
            ])
        ),
        _ => format!("{}('{}'{reference})", c.one(ANY), text(c, kind)),
    }
}

fn script(rows: &[Vec<u8>]) -> SqlScript {
    let mut sql = "SET NAMES utf8mb4; SET sql_mode = '';\n".to_owned();
    for (at, bytes) in rows.iter().enumerate() {
        let c = &mut Choices::of(bytes);
        let kind = c.below(KINDS.len());
        let (own, any) = (
            c.one(&[KINDS[kind].0, "geometry"]),
            c.one(&["", " NOT NULL", " NULL"]),
        );
        let name = format!("t{at}");
        writeln!(
            sql,
            "CREATE TABLE {name} (id int PRIMARY KEY, g {own} NULL, h geometry{any});"
        )
        .unwrap();
        for id in 0..=c.below(3) {
            let mut other = shape(c, kind);
            if other == "NULL" && any == " NOT NULL" {
                other = "Point(1, 2)".to_owned();
            }
            writeln!(
                sql,
                "INSERT INTO {name} VALUES ({id}, {}, {other});",
                shape(c, kind)
            )
            .unwrap();
        }
    }
    sql.into()
}

#[test]
fn shapes_are_those_of_the_server() {
    let comparison = ScriptComparison {
        may_take_more: true,
        ..ScriptComparison::exact("shapes", SEEDS)
    };
    let scripts = vec(vec(any::<u8>(), 60), 1..4).prop_map(|rows| script(&rows));
    if let Some(compared) = comparison.of(scripts) {
        compared.assert_telling(50, 3);
    }
}
