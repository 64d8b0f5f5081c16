//! `GET /estate/nazotte`: the estates inside a line around a part of the map.
//!
//! The line is in the address, so that a result can be shared and reloaded: `area`, its vertices as
//! drawn, or `north`, `south`, `east` and `west` of the form that needs no pointer.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::cards::{self, Card};
use super::data::PageData;
use super::format::{number, price_with_blank};
use super::frame::PageFrame;
use super::map::Map;
use crate::apps::isuumo::nazotte::{LIMIT, Vertex};
use crate::apps::isuumo::query::Query;
use crate::apps::isuumo::{IsuumoSettings, IsuumoState, Result};
use crate::web::texts::fill;

const SIDES: [&str; 4] = ["north", "south", "west", "east"];

/// What a request asks for.
enum LineRequest {
    Nothing,
    /// What is no line, or one of too many vertices.
    NoLine,
    /// What is no rectangle.
    NoRectangle,
    /// A closed ring.
    Ring(Vec<Vertex>),
}

#[derive(Template)]
#[template(path = "isuumo/nazotte.html")]
struct NazottePage<'p> {
    frame: &'p PageFrame,
    map: &'p Map,
    /// The form's fields: name, label and what was given.
    sides: Vec<(&'static str, &'p str, String)>,
    /// The line, for the script.
    area: String,
    cities: String,
    /// How rents read, for the script: a blank where the number is.
    rent: String,
    /// Why the line cannot be searched.
    no_line: Option<String>,
    /// Whether the sides make no rectangle.
    no_rectangle: bool,
    /// What was found, if something was asked for.
    found: Option<AreaResult>,
}

struct AreaResult {
    heading: String,
    cards: Vec<Card>,
}

pub(super) async fn nazotte(
    State(isu): State<IsuumoState>,
    RawQuery(query): RawQuery,
    frame: PageFrame,
) -> Result<Response> {
    let data = PageData::begin(&isu)?;
    let query = Query::parse(query.as_deref());
    let asked = LineRequest::of(&query, &isu.settings);
    let (found, area) = match &asked {
        LineRequest::Ring(ring) => {
            let found = data.inside(ring).await?;
            (
                Some(AreaResult::new(
                    &frame,
                    cards::of_estates(&frame, found.rows()),
                )),
                written(ring),
            )
        }
        LineRequest::Nothing | LineRequest::NoLine | LineRequest::NoRectangle => {
            (None, String::new())
        }
    };
    let t = &frame.t.nazotte;
    let labels = [&t.north, &t.south, &t.west, &t.east];
    let side = |(name, label): (&'static str, &'static String)| {
        let given = query.text(name).unwrap_or_default();
        (name, label.as_str(), given.to_owned())
    };
    let most = i64::try_from(isu.settings.max_vertices).unwrap_or(i64::MAX);
    let no_line = || fill(&t.invalid_line, &[("n", &number(most))]);
    let no_line = matches!(asked, LineRequest::NoLine).then(no_line);
    let no_rectangle = matches!(asked, LineRequest::NoRectangle);
    let status = if no_line.is_some() || no_rectangle {
        StatusCode::BAD_REQUEST
    } else {
        StatusCode::OK
    };
    let template = NazottePage {
        frame: &frame,
        map: &*data.map().await?,
        sides: SIDES.into_iter().zip(labels).map(side).collect(),
        area,
        cities: serde_json::to_string(&frame.t.cities).unwrap_or_default(),
        rent: fill(
            &frame.t.estate.rent_month,
            &[("price", price_with_blank(frame.language))],
        ),
        no_line,
        no_rectangle,
        found,
    };
    data.page(&frame, status, &template)
}

impl LineRequest {
    fn of(query: &Query, settings: &IsuumoSettings) -> Self {
        if let Some(area) = query.text("area") {
            let ring = ring(area).filter(|ring| ring.len() <= settings.max_vertices);
            return ring.map_or(Self::NoLine, Self::Ring);
        }
        if SIDES.iter().all(|side| query.text(side).is_none()) {
            return Self::Nothing;
        }
        rectangle(query).map_or(Self::NoRectangle, Self::Ring)
    }
}

/// Latitude and longitude on Earth.
fn vertex(latitude: &str, longitude: &str) -> Option<Vertex> {
    let vertex: Vertex = (
        latitude.trim().parse().ok()?,
        longitude.trim().parse().ok()?,
    );
    (vertex.0.abs() <= 90.0 && vertex.1.abs() <= 180.0).then_some(vertex)
}

/// `35.1,139.2 35.3,139.4 …`: three vertices at least, closed here.
fn ring(area: &str) -> Option<Vec<Vertex>> {
    let vertices = area.split_ascii_whitespace();
    let vertices = vertices.map(|pair| pair.split_once(',').and_then(|(a, b)| vertex(a, b)));
    let mut ring: Vec<Vertex> = vertices.collect::<Option<_>>()?;
    if ring.first() != ring.last() {
        ring.push(*ring.first()?);
    }
    (ring.len() >= 4).then_some(ring)
}

fn rectangle(query: &Query) -> Option<Vec<Vertex>> {
    let [north, south, west, east] = SIDES.map(|side| query.text(side));
    let (north, west) = vertex(north?, west?)?;
    let (south, east) = vertex(south?, east?)?;
    (north > south && east > west).then(|| {
        vec![
            (north, west),
            (north, east),
            (south, east),
            (south, west),
            (north, west),
        ]
    })
}

fn written(ring: &[Vertex]) -> String {
    let vertices: Vec<String> = ring.iter().map(|(a, b)| format!("{a},{b}")).collect();
    vertices.join(" ")
}

impl AreaResult {
    fn new(frame: &PageFrame, cards: Vec<Card>) -> Self {
        let t = &frame.t.nazotte;
        let count = number(i64::try_from(cards.len()).unwrap_or(i64::MAX));
        let heading = match cards.len() {
            0 => t.none.clone(),
            1 => t.found_one.clone(),
            LIMIT => fill(&t.capped, &[("n", &count)]),
            _ => fill(&t.found, &[("n", &count)]),
        };
        Self { heading, cards }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(query: &str) -> Option<usize> {
        match LineRequest::of(&Query::parse(Some(query)), &IsuumoSettings::default()) {
            LineRequest::Nothing => None,
            LineRequest::NoLine | LineRequest::NoRectangle => Some(0),
            LineRequest::Ring(ring) => Some(ring.len()),
        }
    }

    #[test]
    fn lines_are_closed_and_checked() {
        assert_eq!(asked(""), None);
        assert_eq!(asked("area="), None);
        assert_eq!(asked("area=1,2+3,4+5,6"), Some(4));
        assert_eq!(asked("area=1,2+3,4+5,6+1,2"), Some(4));
        assert_eq!(asked("north=36&south=35&west=139&east=140"), Some(5));
        for invalid in [
            "area=1,2+3,4",
            "area=1,2+3,4+x",
            "area=1,2+3,4+5,181",
            "area=1,2+3,4+NaN,5",
            "north=36",
            "north=35&south=36&west=139&east=140",
            "north=36&south=35&west=140&east=140",
            "north=91&south=35&west=139&east=140",
        ] {
            assert_eq!(asked(invalid), Some(0), "{invalid}");
        }
        let many = vec!["1,2"; IsuumoSettings::default().max_vertices + 1].join("+");
        assert_eq!(asked(&format!("area={many}")), Some(0));
    }
}
