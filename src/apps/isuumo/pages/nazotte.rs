//! `GET /estate/nazotte`: the estates inside a line around a part of the map.
//!
//! The line is in the address, so that a result can be shared and reloaded: `area`, its vertices as
//! drawn, or `north`, `south`, `east` and `west` of the form that needs no pointer.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::area::{AreaRequest, Side};
use super::cards::{self, Card};
use super::data::PageData;
use super::format::{number, price_with_blank};
use super::frame::PageFrame;
use super::map::Map;
use crate::apps::isuumo::nazotte::{LIMIT, Vertex};
use crate::apps::isuumo::query::Query;
use crate::apps::isuumo::{IsuumoState, Result};
use crate::web::texts::fill;

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
    /// Why the sides make no rectangle.
    no_rectangle: Option<String>,
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
    let asked = AreaRequest::of(&query, &isu.settings);
    let (found, area) = match &asked {
        AreaRequest::Ring(ring) => {
            let found = data.inside(ring).await?;
            (
                Some(AreaResult::new(
                    &frame,
                    cards::of_estates(&frame, found.rows()),
                )),
                written(ring),
            )
        }
        _ => (None, String::new()),
    };
    let t = &frame.t.nazotte;
    let side = |side: Side| {
        let given = query.text(side.name()).unwrap_or_default();
        (side.name(), side.label(t), given.to_owned())
    };
    let (no_line, no_rectangle) = match &asked {
        AreaRequest::NoLine(flaw) => (Some(flaw.message(t, isu.settings.max_vertices)), None),
        AreaRequest::NoRectangle(flaw) => (None, Some(flaw.message(t))),
        AreaRequest::Nothing | AreaRequest::Ring(_) => (None, None),
    };
    let status = if no_line.is_some() || no_rectangle.is_some() {
        StatusCode::BAD_REQUEST
    } else {
        StatusCode::OK
    };
    let template = NazottePage {
        frame: &frame,
        map: &*data.map().await?,
        sides: Side::ALL.map(side).into(),
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
