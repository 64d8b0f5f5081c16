//! The forms of gradings: a new one, or one that is there.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use super::frame::PageFrame;
use crate::apps::english::kind::Kind;
use crate::apps::english::score::ScoreFields;
use crate::apps::english::validation::FieldErrors;
use crate::apps::english::{Drill, Result};
use crate::http::FormKey;

#[derive(Template)]
#[template(path = "english/score_form.html")]
struct ScoreFormPage<'p> {
    frame: &'p PageFrame,
    class: &'static str,
    /// What its button calls it.
    model: &'static str,
    key: &'static str,
    action: String,
    /// Whether it is there already.
    is_old: bool,
    form_key: String,
    is_passed: bool,
    sentence_id: String,
    errors: Option<&'p FieldErrors>,
    back: String,
}

/// The form. One that was refused is shown again with 200 (advice 24).
pub(in crate::apps::english) fn answer(
    drill: &Drill,
    frame: &PageFrame,
    (kind, id): (Kind, Option<i64>),
    fields: ScoreFields,
    errors: Option<&FieldErrors>,
) -> Result<Response> {
    let list = frame.url(kind.resource());
    let template = ScoreFormPage {
        frame,
        class: kind.class(),
        model: kind.model(),
        key: kind.key(),
        action: id.map_or_else(|| list.clone(), |id| format!("{list}/{id}")),
        is_old: id.is_some(),
        form_key: FormKey::fresh(),
        is_passed: fields.passed == Some(true),
        sentence_id: fields
            .sentence_id
            .map(|id| id.to_string())
            .unwrap_or_default(),
        errors,
        back: list,
    };
    frame.page(drill, StatusCode::OK, &template)
}
