//! Spatial values written as text: `ST_GeomFromText('POINT(1 2)')`, `POINT(1, 2)`.
//!
//! They become the bytes that a dump holds for the same value: the number of the reference system in
//! four bytes, then WKB, both with the lowest byte first. Computing with geometry is not translated.

use data_encoding::{HEXLOWER, HEXLOWER_PERMISSIVE};

use super::wkb;

/// The SQL of a call with the SQL of its arguments, if it makes a spatial value of literals.
pub(super) fn call(name: &str, arguments: &[&str]) -> Option<String> {
    let name = name.strip_prefix("ST_").unwrap_or(name);
    let bytes = match (name, arguments) {
        ("POINT", [x, y]) => {
            let mut bytes = header(0, 1);
            for number in [x, y] {
                let number = number.trim_matches(['(', ')']).replace(' ', "");
                bytes.extend(number.parse::<f64>().ok()?.to_le_bytes());
            }
            bytes
        }
        (name, ["NULL", ..]) if name.contains("FROM") => return Some("NULL".to_owned()),
        (name, [text, rest @ ..]) if name.ends_with("FROMTEXT") => {
            let srid = reference_system(rest)?;
            let text = text.strip_prefix('\'')?.strip_suffix('\'')?;
            geometry(text, srid)?
        }
        (name, [bytes, rest @ ..]) if name.ends_with("FROMWKB") => {
            let digits = bytes.strip_prefix("x'")?.strip_suffix('\'')?;
            let mut bytes = reference_system(rest)?.to_le_bytes().to_vec();
            let written = HEXLOWER_PERMISSIVE.decode(digits.as_bytes()).ok()?;
            bytes.extend(wkb::shape(&written)?);
            bytes
        }
        (name, [_, ..]) => composed(name, arguments)?,
        _ => return None,
    };
    Some(format!("x'{}'", HEXLOWER.encode(&bytes)))
}

/// The number of the reference system among the arguments behind a shape.
fn reference_system(arguments: &[&str]) -> Option<u32> {
    arguments.first().map_or(Some(0), |srid| srid.parse().ok())
}

/// Kinds of geometry that are made of others: their codes, those of their parts (0 for any), and whether the parts
/// have heads of their own.
const COMPOSED: &[(&str, u32, u32, bool)] = &[
    ("LINESTRING", 2, 1, false),
    ("POLYGON", 3, 2, false),
    ("MULTIPOINT", 4, 1, true),
    ("MULTILINESTRING", 5, 2, true),
    ("MULTIPOLYGON", 6, 3, true),
    ("GEOMETRYCOLLECTION", 7, 0, true),
];

/// Whether a function makes geometry of other geometry.
pub(super) fn composes(name: &str) -> bool {
    COMPOSED.iter().any(|(own, ..)| *own == name)
}

/// `LINESTRING(POINT(0, 0), POINT(1, 1))`
fn composed(name: &str, arguments: &[&str]) -> Option<Vec<u8>> {
    let &(_, code, of, with_heads) = COMPOSED.iter().find(|(own, ..)| *own == name)?;
    let mut bytes = header(0, code);
    bytes.extend(u32::try_from(arguments.len()).ok()?.to_le_bytes());
    for argument in arguments {
        let digits = argument.strip_prefix("x'")?.strip_suffix('\'')?;
        let part = HEXLOWER.decode(digits.as_bytes()).ok()?;
        let mut head = Vec::new();
        start(&mut head, of);
        let (srid, part) = part.split_at_checked(4)?;
        let body = part.get(head.len()..)?;
        if srid != [0; 4] || of > 0 && !part.starts_with(&head) {
            return None;
        }
        bytes.extend(if with_heads { part } else { body });
    }
    Some(bytes)
}

/// Reads a whole WKT.
pub(super) fn geometry(text: &str, srid: u32) -> Option<Vec<u8>> {
    let mut wkt = Wkt { rest: text };
    let mut bytes = srid.to_le_bytes().to_vec();
    wkt.geometry(&mut bytes, 0)?;
    wkt.rest.trim().is_empty().then_some(bytes)
}

fn header(srid: u32, code: u32) -> Vec<u8> {
    let mut bytes = srid.to_le_bytes().to_vec();
    start(&mut bytes, code);
    bytes
}

/// The byte order and the type of a WKB.
fn start(bytes: &mut Vec<u8>, code: u32) {
    bytes.push(1);
    bytes.extend(code.to_le_bytes());
}

struct Wkt<'w> {
    rest: &'w str,
}

impl Wkt<'_> {
    fn geometry(&mut self, bytes: &mut Vec<u8>, depth: usize) -> Option<()> {
        if depth > super::DEEPEST {
            return None;
        }
        self.rest = self.rest.trim_start();
        let end = self
            .rest
            .find(|character: char| !character.is_ascii_alphabetic())?;
        let name = self.rest[..end].to_ascii_uppercase();
        self.rest = &self.rest[end..];
        match name.as_str() {
            "POINT" => {
                start(bytes, 1);
                self.bracketed(|wkt| wkt.point(bytes))
            }
            "LINESTRING" => {
                start(bytes, 2);
                self.points(bytes)
            }
            "POLYGON" => {
                start(bytes, 3);
                self.list(bytes, Self::ring)
            }
            "MULTIPOINT" => {
                start(bytes, 4);
                self.list(bytes, |wkt, bytes| {
                    start(bytes, 1);
                    if wkt.skip('(') {
                        wkt.point(bytes)?;
                        return wkt.skip(')').then_some(());
                    }
                    wkt.point(bytes)
                })
            }
            "MULTILINESTRING" => {
                start(bytes, 5);
                self.list(bytes, |wkt, bytes| {
                    start(bytes, 2);
                    wkt.points(bytes)
                })
            }
            "MULTIPOLYGON" => {
                start(bytes, 6);
                self.list(bytes, |wkt, bytes| {
                    start(bytes, 3);
                    wkt.list(bytes, Self::ring)
                })
            }
            "GEOMETRYCOLLECTION" | "GEOMCOLLECTION" => {
                start(bytes, 7);
                self.list(bytes, |wkt, bytes| wkt.geometry(bytes, depth + 1))
            }
            _ => None,
        }
    }

    fn points(&mut self, bytes: &mut Vec<u8>) -> Option<()> {
        self.list(bytes, Self::point)
    }

    /// Points of which the last is the first: a server reads no others.
    fn ring(&mut self, bytes: &mut Vec<u8>) -> Option<()> {
        const POINT: usize = 2 * size_of::<f64>();
        let place = bytes.len() + size_of::<u32>();
        self.points(bytes)?;
        let first = bytes.get(place..place + POINT)?;
        bytes.ends_with(first).then_some(())
    }

    /// `(one, two, …)`, their number before them.
    fn list(
        &mut self,
        bytes: &mut Vec<u8>,
        mut item: impl FnMut(&mut Self, &mut Vec<u8>) -> Option<()>,
    ) -> Option<()> {
        let place = bytes.len();
        let mut count = 0_u32;
        bytes.extend(count.to_le_bytes());
        self.bracketed(|wkt| {
            loop {
                item(wkt, bytes)?;
                count += 1;
                if !wkt.skip(',') {
                    return Some(());
                }
            }
        })?;
        bytes[place..place + 4].copy_from_slice(&count.to_le_bytes());
        Some(())
    }

    fn bracketed(&mut self, inner: impl FnOnce(&mut Self) -> Option<()>) -> Option<()> {
        if !self.skip('(') {
            return None;
        }
        inner(self)?;
        self.skip(')').then_some(())
    }

    fn point(&mut self, bytes: &mut Vec<u8>) -> Option<()> {
        for _ in 0..2 {
            self.rest = self.rest.trim_start();
            let end = self
                .rest
                .find(|character: char| character.is_whitespace() || ",()".contains(character))?;
            let written = &self.rest[..end];
            // Other than Rust, servers want a digit or a sign first, and have no infinite numbers.
            let begins =
                written.starts_with(|first: char| first.is_ascii_digit() || "+-".contains(first));
            let number: f64 = written
                .parse()
                .ok()
                .filter(|number: &f64| begins && number.is_finite())?;
            bytes.extend(number.to_le_bytes());
            self.rest = &self.rest[end..];
        }
        Some(())
    }

    fn skip(&mut self, symbol: char) -> bool {
        let rest = self.rest.trim_start();
        let found = rest.strip_prefix(symbol);
        self.rest = found.unwrap_or(rest);
        found.is_some()
    }
}
