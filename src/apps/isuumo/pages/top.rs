//! `GET /`: what there is to do, and the cheapest of both.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::cards::{self, Card};
use super::data::Data;
use super::format::{fill, number};
use super::frame::Frame;
use super::map::Map;
use crate::apps::isuumo::{Result, Shared};

#[derive(Template)]
#[template(path = "top.html")]
struct TopPage<'p> {
    frame: &'p Frame,
    lead: String,
    map: &'p Map,
    estates: Vec<Card>,
    chairs: Vec<Card>,
}

pub(super) async fn top(State(isu): State<Shared>, frame: Frame) -> Result<Response> {
    let data = Data::begin(&isu)?;
    let counted = |count: usize| number(i64::try_from(count).unwrap_or(i64::MAX));
    let counts = [
        ("chairs", &*counted(data.catalogue.chairs.count())),
        ("estates", &counted(data.catalogue.estates.count())),
    ];
    let template = TopPage {
        lead: fill(&frame.t.top.lead, &counts),
        map: &*data.map()?,
        estates: cards::of_estates(&frame, data.cheapest_estates()?.rows()),
        chairs: cards::of_chairs(&frame, data.cheapest_chairs()?.rows()),
        frame: &frame,
    };
    data.page(&frame, StatusCode::OK, &template)
}
