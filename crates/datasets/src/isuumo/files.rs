//! Rows as files: MySQL dumps, CSV batches, condition files.
//!
//! The dumps have the original's format to the letter: statements of 500 rows on a single line with
//! nothing between them, database-qualified names, every value in quotes, and a blank before the comma
//! behind each latitude.

use std::fmt::Write as _;
use std::io::{self, Write};

use super::rows::{ChairRow, EstateRow, Lists};
use super::words::{CHAIR_FEATURES, COLORS, ESTATE_FEATURES, KINDS};
use crate::random::Random;

/// Rows of each kind in the built-in dataset.
const ROWS: i64 = 29_500;

/// Rows of a statement, and of an upload batch.
const ROWS_TOGETHER: i64 = 500;

/// Ids of the upload batches follow this one; those below it stay free, as in the original.
const LAST_ID_BEFORE_BATCHES: i64 = 30_000;

/// The two tables as a MySQL server has them. Nothing in it is drawn, so the committed file is its
/// source.
pub(super) const SCHEMA: &str = include_str!(concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../dataset/isuumo/0_schema.sql"
));

pub(super) fn estate_dump(scale: u32, out: &mut dyn Write) -> io::Result<()> {
    let lists = Lists::of_estates();
    let mut random = Random::stream("estates");
    let head = "isuumo.estate (id, thumbnail, name, latitude, longitude, address, rent, door_height, \
                door_width, popularity, description, features)";
    dump(head, scale, out, |id, out| {
        let estate = lists.estate(id, &mut random);
        let EstateRow {
            id,
            name,
            description,
            thumbnail,
            address,
            latitude,
            ..
        } = &estate;
        let EstateRow {
            longitude,
            rent,
            door_height,
            door_width,
            features,
            ..
        } = &estate;
        let popularity = estate.popularity;
        write!(
            out,
            "('{id}', '{thumbnail}', '{name}', '{latitude}' , '{longitude}', '{address}', '{rent}', \
             '{door_height}', '{door_width}', '{popularity}', '{description}', '{features}')"
        )
    })
}

pub(super) fn chair_dump(scale: u32, out: &mut dyn Write) -> io::Result<()> {
    let lists = Lists::of_chairs();
    let mut random = Random::stream("chairs");
    let head = "isuumo.chair (id, thumbnail, name, price, height, width, depth, popularity, stock, \
                color, description, features, kind)";
    dump(head, scale, out, |id, out| {
        let chair = lists.chair(id, &mut random);
        let ChairRow {
            id,
            name,
            description,
            thumbnail,
            price,
            height,
            width,
            depth,
            ..
        } = &chair;
        let ChairRow {
            color,
            features,
            kind,
            popularity,
            stock,
            ..
        } = &chair;
        write!(
            out,
            "('{id}', '{thumbnail}', '{name}', '{price}', '{height}', '{width}', '{depth}', \
             '{popularity}', '{stock}', '{color}', '{description}', '{features}', '{kind}')"
        )
    })
}

fn dump(
    head: &str,
    scale: u32,
    out: &mut dyn Write,
    mut row: impl FnMut(i64, &mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    for id in 1..=ROWS * i64::from(scale) {
        if id % ROWS_TOGETHER == 1 {
            write!(out, "INSERT INTO {head} VALUES ")?;
        } else {
            out.write_all(b", ")?;
        }
        row(id, out)?;
        if id % ROWS_TOGETHER == 0 {
            out.write_all(b";")?;
        }
    }
    Ok(())
}

pub(super) fn chair_batch(number: u32, out: &mut dyn Write) -> io::Result<()> {
    let lists = Lists::of_chairs();
    let mut random = Random::stream(&format!("chair batch {number}"));
    batch(number, out, |id| {
        let chair = lists.chair(id, &mut random);
        [
            id.to_string(),
            chair.name,
            chair.description.to_owned(),
            chair.thumbnail.to_owned(),
            chair.price.to_string(),
            chair.height.to_string(),
            chair.width.to_string(),
            chair.depth.to_string(),
            chair.color.to_owned(),
            chair.features,
            chair.kind.to_owned(),
            chair.popularity.to_string(),
            chair.stock.to_string(),
        ]
    })
}

pub(super) fn estate_batch(number: u32, out: &mut dyn Write) -> io::Result<()> {
    let lists = Lists::of_estates();
    let mut random = Random::stream(&format!("estate batch {number}"));
    batch(number, out, |id| {
        let estate = lists.estate(id, &mut random);
        [
            id.to_string(),
            estate.name,
            estate.description.to_owned(),
            estate.thumbnail.to_owned(),
            estate.address,
            estate.latitude.to_string(),
            estate.longitude.to_string(),
            estate.rent.to_string(),
            estate.door_height.to_string(),
            estate.door_width.to_string(),
            estate.features,
            estate.popularity.to_string(),
        ]
    })
}

fn batch<const N: usize>(
    number: u32,
    out: &mut dyn Write,
    mut row: impl FnMut(i64) -> [String; N],
) -> io::Result<()> {
    let first = LAST_ID_BEFORE_BATCHES + 1 + i64::from(number) * ROWS_TOGETHER;
    let mut csv = csv::WriterBuilder::new()
        .has_headers(false)
        .from_writer(out);
    for id in first..first + ROWS_TOGETHER {
        csv.write_record(row(id))?;
    }
    csv.flush()
}

/// A range condition: its name, its unit, and where one range ends and the next begins.
type RangeSpec = (&'static str, &'static str, &'static [i64]);

const SIDE: &[i64] = &[80, 110, 150];

pub(super) fn chair_condition() -> String {
    let ranges: [RangeSpec; 4] = [
        ("height", "cm", SIDE),
        ("width", "cm", SIDE),
        ("depth", "cm", SIDE),
        ("price", "円", &[3_000, 6_000, 9_000, 12_000, 15_000]),
    ];
    condition(
        &ranges,
        &[
            ("color", &COLORS),
            ("feature", &CHAIR_FEATURES),
            ("kind", &KINDS),
        ],
    )
}

pub(super) fn estate_condition() -> String {
    let ranges: [RangeSpec; 3] = [
        ("doorWidth", "cm", SIDE),
        ("doorHeight", "cm", SIDE),
        ("rent", "円", &[50_000, 100_000, 150_000]),
    ];
    condition(&ranges, &[("feature", &ESTATE_FEATURES)])
}

/// A condition file, one range or value a line.
fn condition(ranges: &[RangeSpec], choices: &[(&str, &[&str])]) -> String {
    let mut parts = Vec::new();
    for (name, suffix, separators) in ranges {
        let starts = std::iter::once(-1).chain(separators.iter().copied());
        let ends = separators.iter().copied().chain([-1]);
        let lines: Vec<_> = starts
            .zip(ends)
            .enumerate()
            .map(|(id, (min, max))| {
                format!("      {{\"id\": {id}, \"min\": {min}, \"max\": {max}}}")
            })
            .collect();
        parts.push(format!(
            "  \"{name}\": {{\n    \"prefix\": \"\",\n    \"suffix\": \"{suffix}\",\n    \"ranges\": \
             [\n{}\n    ]\n  }}",
            lines.join(",\n")
        ));
    }
    for (name, values) in choices {
        let lines: Vec<_> = values
            .iter()
            .map(|value| format!("      \"{value}\""))
            .collect();
        parts.push(format!(
            "  \"{name}\": {{\n    \"list\": [\n{}\n    ]\n  }}",
            lines.join(",\n")
        ));
    }
    let mut text = String::from("{\n");
    // Writing to a String cannot fail.
    let _infallible = writeln!(text, "{}\n}}", parts.join(",\n"));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> String {
        let mut out = Vec::new();
        write(&mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn dumps_are_one_line_of_59_statements_of_500_rows() {
        for dump in [
            text(|out| estate_dump(1, out)),
            text(|out| chair_dump(1, out)),
        ] {
            assert!(!dump.contains('\n') && dump.ends_with("');"));
            assert_eq!(dump.matches(");INSERT INTO isuumo.").count(), 58);
            assert_eq!(dump.matches("('").count(), 29_500);
            assert!(dump.contains("'), ('"));
        }
    }

    #[test]
    fn a_larger_dataset_begins_with_the_smaller_one() {
        let (one, two) = (
            text(|out| chair_dump(1, out)),
            text(|out| chair_dump(2, out)),
        );
        assert!(two.starts_with(&one) && two.len() > one.len());
    }

    #[test]
    fn batches_have_their_ids_and_columns() {
        for (csv, columns) in [
            (text(|out| chair_batch(1, out)), 13),
            (text(|out| estate_batch(1, out)), 12),
        ] {
            let mut reader = csv::ReaderBuilder::new()
                .has_headers(false)
                .from_reader(csv.as_bytes());
            let records: Vec<_> = reader.records().map(Result::unwrap).collect();
            assert_eq!(records.len(), 500);
            assert!(records.iter().all(|record| record.len() == columns));
            assert_eq!((&records[0][0], &records[499][0]), ("30501", "31000"));
        }
    }

    #[test]
    fn condition_files_are_json() {
        for (text, keys) in [(chair_condition(), 7), (estate_condition(), 4)] {
            let json: serde_json::Value = serde_json::from_str(&text).unwrap();
            assert_eq!(json.as_object().unwrap().len(), keys);
        }
    }
}
