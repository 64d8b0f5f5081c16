//! `PUT /user_conf/toggle_mode`: the next order of sentences for a learner.

use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use rusqlite::OptionalExtension as _;

use super::mode::Mode;
use super::parameters::LearnerParameters;
use super::write::{Terms, led, write};
use super::{DrillState, Result, time};

const MODE: &str = "SELECT mode FROM users WHERE id = ?1";
const SET_MODE: &str = "UPDATE users SET mode = ?2, updated_at = ?3 WHERE id = ?1";

/// Statements of this file, for the test that reads plans.
#[cfg(test)]
pub(super) const STATEMENTS: [&str; 2] = [MODE, SET_MODE];

/// Normal becomes top, top worst, worst normal; and so does whatever else is stored (advice 11).
pub(super) async fn toggle_mode(
    State(drill): State<DrillState>,
    terms: Terms,
    LearnerParameters {
        parameters,
        learner,
    }: LearnerParameters,
) -> Result<Response> {
    let user = learner.id;
    let to = drill.mount.url("/users/edit");
    let outcome = write(&drill, terms.of(&parameters)?, move |connection| {
        let mut select = connection.prepare_cached(MODE)?;
        let stored: Option<Option<String>> =
            select.query_row([user], |row| row.get(0)).optional()?;
        let mode = Mode::toggled(stored.flatten().as_deref());
        let mut update = connection.prepare_cached(SET_MODE)?;
        update.execute((user, mode, time::now()))?;
        Ok(led(to))
    })
    .await?;
    Ok(outcome.into_response())
}
