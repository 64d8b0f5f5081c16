//! One grading. The original's pages of the two kinds lead back by a script; here they are pages with a link.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use super::frame::PageFrame;
use crate::apps::english::kind::Kind;
use crate::apps::english::score::Score;
use crate::apps::english::{Drill, Result, sentence, time};

#[derive(Template)]
#[template(path = "english/score.html")]
struct ScorePage<'p> {
    frame: &'p PageFrame,
    score: &'p Score,
    class: &'static str,
    time: String,
    sentence: String,
    list: String,
    address: String,
}

pub(in crate::apps::english) fn answer(
    drill: &Drill,
    frame: &PageFrame,
    kind: Kind,
    score: &Score,
) -> Result<Response> {
    let template = ScorePage {
        frame,
        score,
        class: score.kind.class(),
        time: time::in_json(&score.created_at),
        sentence: frame.url(&format!("{}/{}", sentence::RESOURCE, score.sentence_id)),
        list: frame.url(kind.resource()),
        address: frame.url(&format!("{}/{}", kind.resource(), score.id)),
    };
    frame.page(drill, StatusCode::OK, &template)
}
