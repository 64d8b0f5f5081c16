//! Which part of the map a request of `GET /estate/nazotte` asks for: `area`, the vertices of a line, or the
//! four sides of a rectangle; and what is wrong with either, said so that it can be mended.
//!
//! It must not know what is found there.

use super::format::number;
use super::strings::NazotteTexts;
use crate::apps::isuumo::IsuumoSettings;
use crate::apps::isuumo::nazotte::Vertex;
use crate::apps::isuumo::query::Query;
use crate::web::texts::fill;

/// What a request asks for.
pub(super) enum AreaRequest {
    Nothing,
    NoLine(LineFlaw),
    NoRectangle(RectangleFlaw),
    /// A closed ring.
    Ring(Vec<Vertex>),
}

/// Why `area` is no line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LineFlaw {
    /// It is no list of pairs, or one of fewer than three.
    Form,
    /// A pair is of no place on Earth.
    OffEarth,
    /// It has too many vertices.
    TooLong,
}

/// Why the sides make no rectangle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RectangleFlaw {
    Missing(Side),
    NoNumber(Side),
    OffEarth(Side),
    /// One is not above the other.
    Order,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    North,
    South,
    West,
    East,
}

/// How a line is written in an address.
const EXAMPLE: &str = "area=35.6,139.6+35.8,139.6+35.7,139.9";

const LATITUDES: f64 = 90.0;
const LONGITUDES: f64 = 180.0;

impl AreaRequest {
    pub(super) fn of(query: &Query, settings: &IsuumoSettings) -> Self {
        if let Some(area) = query.text("area") {
            return match ring(area, settings.max_vertices) {
                Ok(ring) => Self::Ring(ring),
                Err(flaw) => Self::NoLine(flaw),
            };
        }
        if Side::ALL
            .iter()
            .all(|side| query.text(side.name()).is_none())
        {
            return Self::Nothing;
        }
        match rectangle(query) {
            Ok(ring) => Self::Ring(ring),
            Err(flaw) => Self::NoRectangle(flaw),
        }
    }
}

impl LineFlaw {
    pub(super) fn message(self, t: &NazotteTexts, most: usize) -> String {
        let text = match self {
            Self::Form => &t.invalid_line,
            Self::OffEarth => &t.line_off_earth,
            Self::TooLong => &t.line_too_long,
        };
        let most = number(i64::try_from(most).unwrap_or(i64::MAX));
        fill(text, &[("n", &most), ("example", EXAMPLE)])
    }
}

impl RectangleFlaw {
    pub(super) fn message(self, t: &NazotteTexts) -> String {
        let (text, side) = match self {
            Self::Missing(side) => (&t.side_missing, side),
            Self::NoNumber(side) => (&t.side_no_number, side),
            Self::OffEarth(side) => (&t.side_off_earth, side),
            Self::Order => return t.invalid.clone(),
        };
        let max = side.most().to_string();
        let blanks = [
            ("side", side.label(t)),
            ("example", side.example()),
            ("max", &max),
        ];
        fill(text, &blanks)
    }
}

impl Side {
    pub(super) const ALL: [Self; 4] = [Self::North, Self::South, Self::West, Self::East];

    /// Its parameter.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::North => "north",
            Self::South => "south",
            Self::West => "west",
            Self::East => "east",
        }
    }

    pub(super) fn label(self, t: &NazotteTexts) -> &str {
        match self {
            Self::North => &t.north,
            Self::South => &t.south,
            Self::West => &t.west,
            Self::East => &t.east,
        }
    }

    fn example(self) -> &'static str {
        match self {
            Self::North => "35.8",
            Self::South => "35.6",
            Self::West => "139.6",
            Self::East => "139.9",
        }
    }

    fn most(self) -> f64 {
        match self {
            Self::North | Self::South => LATITUDES,
            Self::West | Self::East => LONGITUDES,
        }
    }

    fn read(self, query: &Query) -> Result<f64, RectangleFlaw> {
        let text = query
            .text(self.name())
            .ok_or(RectangleFlaw::Missing(self))?;
        let degrees = degrees(text).ok_or(RectangleFlaw::NoNumber(self))?;
        if degrees.abs() > self.most() {
            return Err(RectangleFlaw::OffEarth(self));
        }
        Ok(degrees)
    }
}

fn degrees(text: &str) -> Option<f64> {
    text.trim()
        .parse()
        .ok()
        .filter(|degrees: &f64| degrees.is_finite())
}

/// `35.1,139.2 35.3,139.4 …`: three vertices at least, closed here.
fn ring(area: &str, most: usize) -> Result<Vec<Vertex>, LineFlaw> {
    let vertex = |pair: &str| {
        let (latitude, longitude) = pair.split_once(',')?;
        Some((degrees(latitude)?, degrees(longitude)?))
    };
    let vertices = area.split_ascii_whitespace().map(vertex);
    let mut ring: Vec<Vertex> = vertices.collect::<Option<_>>().ok_or(LineFlaw::Form)?;
    let is_on_earth = |&(latitude, longitude): &Vertex| {
        latitude.abs() <= LATITUDES && longitude.abs() <= LONGITUDES
    };
    if !ring.iter().all(is_on_earth) {
        return Err(LineFlaw::OffEarth);
    }
    if ring.first() != ring.last() {
        ring.extend(ring.first().copied());
    }
    match ring.len() {
        ..4 => Err(LineFlaw::Form),
        length if length > most => Err(LineFlaw::TooLong),
        _ => Ok(ring),
    }
}

fn rectangle(query: &Query) -> Result<Vec<Vertex>, RectangleFlaw> {
    let north = Side::North.read(query)?;
    let south = Side::South.read(query)?;
    let west = Side::West.read(query)?;
    let east = Side::East.read(query)?;
    if north <= south || east <= west {
        return Err(RectangleFlaw::Order);
    }
    Ok(vec![
        (north, west),
        (north, east),
        (south, east),
        (south, west),
        (north, west),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The vertices that are asked for, or what is wrong with them.
    fn asked(query: &str) -> Result<usize, String> {
        match AreaRequest::of(&Query::parse(Some(query)), &IsuumoSettings::default()) {
            AreaRequest::Nothing => Ok(0),
            AreaRequest::NoLine(flaw) => Err(format!("{flaw:?}")),
            AreaRequest::NoRectangle(flaw) => Err(format!("{flaw:?}")),
            AreaRequest::Ring(ring) => Ok(ring.len()),
        }
    }

    #[test]
    fn lines_are_closed_and_checked() {
        for (query, vertices) in [
            ("", 0),
            ("area=", 0),
            ("area=1,2+3,4+5,6", 4),
            ("area=1,2+3,4+5,6+1,2", 4),
            (EXAMPLE, 4),
            ("north=36&south=35&west=139&east=140", 5),
        ] {
            assert_eq!(asked(query), Ok(vertices), "{query}");
        }
    }

    /// Trust 31: what is wrong is told apart.
    #[test]
    fn each_flaw_has_a_name_of_its_own() {
        let most = IsuumoSettings::default().max_vertices;
        let many = format!("area={}", vec!["1,2"; most + 1].join("+"));
        for (query, flaw) in [
            ("area=1,2+3,4", "Form"),
            ("area=x", "Form"),
            ("area=1,2+3,4+x", "Form"),
            ("area=1,2+3,4+NaN,5", "Form"),
            ("area=1,2+3,4+5,181", "OffEarth"),
            (&many, "TooLong"),
            ("north=36", "Missing(South)"),
            ("south=36", "Missing(North)"),
            ("north=x", "NoNumber(North)"),
            ("north=inf", "NoNumber(North)"),
            ("north=36&south=35&west=x&east=1", "NoNumber(West)"),
            ("north=91&south=35&west=139&east=140", "OffEarth(North)"),
            ("north=36&south=35&west=139&east=181", "OffEarth(East)"),
            ("north=35&south=36&west=139&east=140", "Order"),
            ("north=36&south=35&west=140&east=140", "Order"),
        ] {
            assert_eq!(asked(query), Err(flaw.to_owned()), "{query}");
        }
    }
}
