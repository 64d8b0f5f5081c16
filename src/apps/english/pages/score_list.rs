//! The lists of gradings, of all or of one kind: a learner's own.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use super::frame::PageFrame;
use crate::apps::english::kind::Kind;
use crate::apps::english::score::ScoreList;
use crate::apps::english::{Drill, Result, sentence, time};

/// A grading in the table. Its links lead to the routes of its own kind.
struct ScoreRow {
    passed: Option<bool>,
    sentence_id: i64,
    sentence: String,
    user_id: i64,
    class: &'static str,
    time: String,
    address: String,
}

#[derive(Template)]
#[template(path = "english/scores.html")]
struct ScoresPage<'p> {
    frame: &'p PageFrame,
    class: &'static str,
    new: String,
    rows: Vec<ScoreRow>,
    previous: Option<String>,
    next: Option<String>,
}

pub(in crate::apps::english) fn answer(
    drill: &Drill,
    frame: &PageFrame,
    kind: Kind,
    list: &ScoreList,
) -> Result<Response> {
    let rows = list.rows.iter().map(|score| ScoreRow {
        passed: score.passed,
        sentence_id: score.sentence_id,
        sentence: frame.url(&format!("{}/{}", sentence::RESOURCE, score.sentence_id)),
        user_id: score.user_id,
        class: score.kind.class(),
        time: time::in_json(&score.created_at),
        address: frame.url(&format!("{}/{}", score.kind.resource(), score.id)),
    });
    let here = frame.url(kind.resource());
    let (previous, next) = list.beside();
    let at = |query: String| format!("{here}?{query}");
    let template = ScoresPage {
        frame,
        class: kind.class(),
        new: format!("{here}/new"),
        rows: rows.collect(),
        previous: previous.map(at),
        next: next.map(at),
    };
    frame.page(drill, StatusCode::OK, &template)
}
