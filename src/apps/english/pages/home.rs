//! `GET /` and `GET /accesses/hello`: the first page; and `GET /accesses/goodbye`, which says what its name
//! says. They are for everybody.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::frame::PageFrame;
use crate::apps::english::{DrillState, Result};

#[derive(Template)]
#[template(path = "english/home.html")]
struct DrillHomePage<'p> {
    frame: &'p PageFrame,
}

pub(super) async fn home(State(drill): State<DrillState>, frame: PageFrame) -> Result<Response> {
    frame.page(&drill, StatusCode::OK, &DrillHomePage { frame: &frame })
}

#[derive(Template)]
#[template(path = "english/goodbye.html")]
struct GoodbyePage<'p> {
    frame: &'p PageFrame,
}

pub(super) async fn goodbye(State(drill): State<DrillState>, frame: PageFrame) -> Result<Response> {
    frame.page(&drill, StatusCode::OK, &GoodbyePage { frame: &frame })
}
