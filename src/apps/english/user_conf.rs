//! `PUT /user_conf/toggle_mode`: the next order of sentences for a learner. A form is led back to the account,
//! and a program is told the mode.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;
use utoipa::ToSchema;

use super::format::Format;
use super::mode::{self, WalkMode};
use super::parameters::LearnerParameters;
use super::write::{DrillTerms, led, stored, write};
use super::{DrillState, Result, time};
use crate::http::HttpError;

const SET_MODE: &str = "UPDATE users SET mode = ?2, updated_at = ?3 WHERE id = ?1";

/// Statements of this file, for the test that reads plans.
#[cfg(test)]
pub(super) const STATEMENTS: [&str; 1] = [SET_MODE];

/// The order of a learner's sentences.
#[derive(Serialize, ToSchema)]
pub(super) struct OwnMode {
    /// normal (by number), top (the highest score first), or worst.
    mode: &'static str,
}

/// Go on to the next mode
///
/// Normal becomes top, top worst, worst normal; and so does whatever else is stored.
#[utoipa::path(put, path = "/user_conf/toggle_mode", operation_id = "toggle_mode", tag = "English",
    params(super::described::WriteParameters, ("Idempotency-Key" = Option<String>, Header),
        ("If-Match" = Option<String>, Header)),
    security(("Session" = [])),
    responses(
        (status = 200, description = "The mode from now on.", body = OwnMode),
        (status = 400, response = super::described::NoParameters),
        (status = 401, response = super::pages::accounts::described::NotSignedIn),
        (status = 422, response = super::pages::accounts::described::WrongFormToken),
    ))]
pub(super) async fn toggle_mode(
    State(drill): State<DrillState>,
    terms: DrillTerms,
    LearnerParameters {
        parameters,
        learner,
    }: LearnerParameters,
) -> Result<Response> {
    let (user, format) = (learner.id, parameters.format);
    let to = drill.mount.url("/users/edit");
    let outcome = write(&drill, terms.of(&parameters)?, move |connection| {
        let before: Option<Option<String>> = mode::stored(connection, user)?;
        let mode = WalkMode::toggled(before.flatten().as_deref());
        let mut update = connection.prepare_cached(SET_MODE)?;
        update.execute((user, mode, time::now()))?;
        Ok(match format {
            Format::Html => led(to),
            Format::Json => {
                let mode = OwnMode { mode: mode.name() };
                let body = serde_json::to_vec(&mode).map_err(HttpError::internal)?;
                stored(StatusCode::OK, body)
            }
        })
    })
    .await?;
    Ok(outcome.into_response())
}
