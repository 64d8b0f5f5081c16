//! `POST /api/estate/nazotte`: the estates inside a polygon drawn on the map.
//!
//! Of the estates in the bounding box, borders included, the exact test keeps those strictly inside;
//! the 50 most popular of them are answered, and their number is the count. Estates are gone through
//! by popularity, so that the search ends with the fiftieth. Where that does not come soon, and there are
//! many vertices, a tree of all places finds the same (`point_tree`): edges times estates is no cost that a
//! client may choose.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::Value;
use utoipa::ToSchema;

use super::body::{first_value, json_body};
use super::catalogue::{Catalogue, Places, RowPage, Shelf};
use super::polygon::{GeoPoint, Polygon};
use super::{IsuumoState, Result, bad_request, estate};
use crate::http::{HttpError, WorkPool, json_takes_long};
use crate::store::Generation;

/// Estates in an answer at most.
pub(super) const LIMIT: usize = 50;

/// Edges that are looked at, for one place after the other, before the tree of all places is used:
/// about half a millisecond. What comes then takes some more and is done by the pool.
const ONE_BY_ONE: usize = 200_000;

/// Vertices of a drawing, for which there is room at once.
const USUAL_VERTICES: usize = 32;

/// A vertex as (latitude, longitude).
pub(super) type Vertex = (f64, f64);

/// A polygon drawn on the map, closed: its last vertex is its first.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what `vertices` reads")]
pub(super) struct Drawing {
    #[schema(min_items = 1)]
    coordinates: Vec<Option<Coordinate>>,
}

/// A vertex; what is missing or `null` is 0.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what `degrees` reads")]
pub(super) struct Coordinate {
    latitude: Option<f64>,
    longitude: Option<f64>,
}

/// The estates inside a polygon
///
/// At most 50, the most popular. What is on the border is not inside.
// 400 for a body that is not the expected JSON or has no coordinates. A ring that MySQL cannot make
// a polygon of is 500 when there is an estate to test it with, and finds nothing otherwise.
#[utoipa::path(post, path = "/api/estate/nazotte", operation_id = "nazotte", tag = "Estates",
    request_body(content = Drawing, content_type = "application/json"),
    responses(
        (status = 200, description = "The estates.", body = estate::EstatesInside),
        (status = 400, description = "The body is not this JSON, or says that it is none, or there \
            are no coordinates. Empty; with a problem document for too many vertices."),
        (status = 500, description = "The polygon is not closed or has fewer than four vertices, \
            and there is an estate in its bounding box. Empty."),
    ))]
pub(super) async fn nazotte(State(isu): State<IsuumoState>, request: Request) -> Result<Response> {
    let body = json_body(request, bad_request).await?;
    let most = isu.settings.max_vertices;
    let vertices = if json_takes_long(&body) {
        isu.work.run(move || vertices(&body, most)).await??
    } else {
        vertices(&body, most)?
    };
    let generation = isu.store.generation();
    let catalogue = Catalogue::of(&generation)?;
    let found = find(&isu.work, &generation, &catalogue, &vertices).await?;
    Ok(found.answer())
}

/// The answer for a closed ring.
pub(super) async fn find(
    work: &WorkPool,
    generation: &Generation,
    catalogue: &Catalogue,
    vertices: &[Vertex],
) -> Result<RowPage> {
    let positions = inside(work, &catalogue.estates, vertices).await?;
    let head = format!("{{\"count\":{},\"estates\":[", positions.len()).into_bytes();
    let shelf = &catalogue.estates;
    RowPage::write(generation, shelf, estate::KIND, positions, head)
}

/// Positions of the first [`LIMIT`] places inside.
async fn inside(work: &WorkPool, estates: &Arc<Shelf>, vertices: &[Vertex]) -> Result<Vec<usize>> {
    let places = estates.places();
    let mut in_box = places.in_box(bounding_box(vertices)).peekable();
    if in_box.peek().is_none() {
        return Ok(Vec::new());
    }
    let ring: Vec<GeoPoint> = vertices
        .iter()
        .map(|&(latitude, longitude)| GeoPoint::rounded(latitude, longitude))
        .collect();
    let polygon = Polygon::from_ring(&ring)
        .ok_or_else(|| HttpError::bare(StatusCode::INTERNAL_SERVER_ERROR))?;
    if let Some(found) = first_inside(places, in_box, &polygon) {
        return Ok(found);
    }
    let estates = Arc::clone(estates);
    let all_at_once = move || estates.tree().inside(&polygon, LIMIT).positions;
    work.run(all_at_once).await
}

/// The first [`LIMIT`] of the places `in_box` that are inside, which ends soon for most polygons; `None`
/// when it would take more than [`ONE_BY_ONE`].
fn first_inside(
    places: &Places,
    in_box: impl Iterator<Item = usize>,
    polygon: &Polygon,
) -> Option<Vec<usize>> {
    let mut tests = ONE_BY_ONE / polygon.edges().len();
    let mut found = Vec::new();
    for position in in_box {
        tests = tests.checked_sub(1)?;
        let (latitude, longitude) = places.location(position);
        if polygon.contains(GeoPoint::rounded(latitude, longitude)) {
            found.push(position);
            if found.len() == LIMIT {
                break;
            }
        }
    }
    Some(found)
}

/// Smallest and largest latitude, smallest and largest longitude, at full precision.
fn bounding_box(vertices: &[Vertex]) -> [f64; 4] {
    let outside = [
        f64::INFINITY,
        f64::NEG_INFINITY,
        f64::INFINITY,
        f64::NEG_INFINITY,
    ];
    vertices.iter().fold(
        outside,
        |[south, north, west, east], &(latitude, longitude)| {
            [
                south.min(latitude),
                north.max(latitude),
                west.min(longitude),
                east.max(longitude),
            ]
        },
    )
}

/// Reads `{"coordinates":[{"latitude":f,"longitude":f},…]}` as Go's decoder does: keys in any case,
/// what is missing or null is zero, unknown keys do not matter, wrong types are an error. There are `most`
/// vertices at most.
fn vertices(body: &[u8], most: usize) -> Result<Vec<Vertex>> {
    let vertices = match usual_vertices(body) {
        Some(vertices) => vertices,
        None => any_vertices(body, most)?,
    };
    has_as_many(vertices.len(), most)?;
    Ok(vertices)
}

fn has_as_many(vertices: usize, most: usize) -> Result<()> {
    if vertices == 0 {
        return Err(bad_request());
    }
    if vertices > most {
        let detail = format!("The polygon has more than {most} vertices.");
        return Err(HttpError::problem(StatusCode::BAD_REQUEST, detail));
    }
    Ok(())
}

/// Those of a body as clients send it: with these keys, letter for letter, and numbers. `None` for any other, which
/// may be right as well. It takes a quarter of the time, since no value is built.
fn usual_vertices(body: &[u8]) -> Option<Vec<Vertex>> {
    let mut scanner = Scanner(body);
    scanner.token(b"{")?;
    scanner.token(b"\"coordinates\"")?;
    scanner.token(b":")?;
    scanner.token(b"[")?;
    let mut vertices = Vec::with_capacity(USUAL_VERTICES);
    if scanner.token(b"]").is_none() {
        loop {
            scanner.token(b"{")?;
            let latitude = scanner.field(b"\"latitude\"")?;
            scanner.token(b",")?;
            let longitude = scanner.field(b"\"longitude\"")?;
            scanner.token(b"}")?;
            vertices.push((latitude, longitude));
            if scanner.token(b",").is_none() {
                break;
            }
        }
        scanner.token(b"]")?;
    }
    scanner.token(b"}")?;
    Some(vertices)
}

/// JSON that is read from left to right.
struct Scanner<'b>(&'b [u8]);

impl Scanner<'_> {
    /// Goes past a token, if it is the next.
    fn token(&mut self, token: &[u8]) -> Option<()> {
        let blank = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\n' | b'\r');
        while let Some((first, rest)) = self.0.split_first()
            && blank(first)
        {
            self.0 = rest;
        }
        self.0 = self.0.strip_prefix(token)?;
        Some(())
    }

    /// The number that a key has.
    fn field(&mut self, key: &[u8]) -> Option<f64> {
        self.token(key)?;
        self.token(b":")?;
        self.token(b"")?;
        let is_of_number =
            |byte: &u8| matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E');
        let length = self.0.iter().position(|byte| !is_of_number(byte))?;
        let (number, rest) = self.0.split_at(length);
        self.0 = rest;
        json_number(number)
    }
}

/// A number as JSON has it, with no plus, no zero before another digit and digits around the point: Rust takes more.
fn json_number(text: &[u8]) -> Option<f64> {
    let digits = text.strip_prefix(b"-").unwrap_or(text);
    match digits {
        [b'0', b'0'..=b'9', ..] => return None,
        [b'0'..=b'9', ..] => {}
        _ => return None,
    }
    let point = digits.iter().position(|byte| *byte == b'.');
    let behind = point.map(|point| digits.get(point + 1).is_some_and(u8::is_ascii_digit));
    if behind == Some(false) {
        return None;
    }
    let number: f64 = str::from_utf8(text).ok()?.parse().ok()?;
    number.is_finite().then_some(number)
}

/// Those of any body that the original takes. How many there are is looked at before what they are.
fn any_vertices(body: &[u8], most: usize) -> Result<Vec<Vertex>> {
    let request = first_value(body).ok_or_else(bad_request)?;
    let Some(Value::Array(coordinates)) = field(&request, "coordinates")? else {
        return Err(bad_request());
    };
    has_as_many(coordinates.len(), most)?;
    let vertex = |value| Ok((degrees(value, "latitude")?, degrees(value, "longitude")?));
    coordinates.iter().map(vertex).collect()
}

fn degrees(vertex: &Value, name: &str) -> Result<f64> {
    match field(vertex, name)? {
        None | Some(Value::Null) => Ok(0.0),
        Some(value) => value.as_f64().ok_or_else(bad_request),
    }
}

/// A field of an object; nothing is in null, and other values have no fields at all.
fn field<'v>(value: &'v Value, name: &str) -> Result<Option<&'v Value>> {
    match value {
        Value::Null => Ok(None),
        Value::Object(fields) => Ok(fields.get(name).or_else(|| {
            fields
                .iter()
                .find(|(key, _)| key.eq_ignore_ascii_case(name))
                .map(|(_, value)| value)
        })),
        _ => Err(bad_request()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOST: usize = 1_000;

    fn read(body: &str) -> Result<Vec<Vertex>, u16> {
        vertices(body.as_bytes(), MOST).map_err(|error| error.status().as_u16())
    }

    #[test]
    fn bodies_are_read_as_the_original_reads_them() {
        let full = r#"{"coordinates":[{"latitude":35.5,"longitude":139}],"x":1} trailing"#;
        assert_eq!(read(full), Ok(vec![(35.5, 139.0)]));
        let sparse = r#"{"Coordinates":[{"LATITUDE":1},null,{"longitude":null}]}"#;
        assert_eq!(read(sparse), Ok(vec![(1.0, 0.0), (0.0, 0.0), (0.0, 0.0)]));
    }

    #[test]
    fn what_is_usual_is_read_as_anything_is() {
        let degrees = [
            "35.5",
            "-0.0",
            "139",
            "1e2",
            "0",
            "18446744073709551616",
            "-9223372036854775809",
            "35.67456",
            "1E-7",
            "1e999",
            "null",
            "\"1\"",
            "true",
            "[1]",
            "0.5e+3",
            "-0",
            "01",
            "-01",
            "1.",
            "1.e5",
            ".5",
            "+1",
            "-",
            "1e",
            "--1",
            "1-1",
        ];
        let keys = ["latitude", "longitude", "Latitude", "extra"];
        let mut random = fastrand::Rng::with_seed(4);
        let (mut usual, mut others) = (0, 0);
        for _ in 0..20_000 {
            // Most are as clients send them.
            let odd = random.u8(..3) == 0;
            let mut one_of =
                |all: usize, usual: usize| random.usize(..if odd { all } else { usual });
            let vertices: Vec<String> = (0..=one_of(3, 3))
                .map(|_| {
                    let count = if odd { one_of(4, 4) } else { 2 };
                    let fields = (0..count).map(|n| {
                        let key = keys[if odd { one_of(4, 4) } else { n }];
                        format!("\"{key}\": {}", degrees[one_of(degrees.len(), 9)])
                    });
                    format!("{{{}}}", fields.collect::<Vec<_>>().join(","))
                })
                .collect();
            let mut body = format!("{{\"coordinates\":[{}]}}", vertices.join(", "));
            if one_of(9, 1) == 1 {
                body = body
                    .replace("{\"latitude\":", "[")
                    .replace("\"longitude\":", "")
                    .replace("},", "],");
            }
            let any = any_vertices(body.as_bytes(), MOST).ok();
            match usual_vertices(body.as_bytes()) {
                Some(found) => {
                    assert_eq!(Some(found), any, "{body}");
                    usual += 1;
                }
                None => others += 1,
            }
        }
        assert!(usual > 10_000 && others > 2_000, "{usual} {others}");
    }

    #[test]
    fn anything_else_is_a_bad_request() {
        for body in [
            "",
            "{",
            "null",
            "[]",
            "{}",
            r#"{"coordinates":[]}"#,
            r#"{"coordinates":null}"#,
            r#"{"coordinates":{}}"#,
            r#"{"coordinates":[[1,2]]}"#,
            r#"{"coordinates":[{"latitude":"1"}]}"#,
            r#"{"coordinates":[{"latitude":1e999}]}"#,
        ] {
            assert_eq!(read(body), Err(400), "{body}");
        }
        let many = vec!["{}"; MOST + 1].join(",");
        assert_eq!(read(&format!(r#"{{"coordinates":[{many}]}}"#)), Err(400));
    }
}
