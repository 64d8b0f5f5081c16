//! `DELETE /users`: the own account goes, with all its gradings.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};

use crate::apps::english::accounts::closing::close;
use crate::apps::english::format::Format;
use crate::apps::english::pages::notices;
use crate::apps::english::parameters::LearnerParameters;
use crate::apps::english::{DrillState, Result};
use crate::http::PrivateResponse;

/// Delete the own account
///
/// All its gradings go with it, and its address is free again.
#[utoipa::path(delete, path = "/users", operation_id = "delete_account", tag = "English",
    params(("X-CSRF-Token" = String, Header)),
    responses(
        (status = 204, response = super::described::Done),
        (status = 401, response = super::described::NotSignedIn),
        (status = 422, response = super::described::WrongFormToken),
    ))]
pub(super) async fn remove(
    State(drill): State<DrillState>,
    LearnerParameters {
        parameters,
        learner,
    }: LearnerParameters,
) -> Result<Response> {
    close(&drill, learner.id).await?;
    let mut response = match parameters.format {
        Format::Json => StatusCode::NO_CONTENT.into_response(),
        Format::Html => notices::lead(&drill, "/", &notices::ACCOUNT_DELETED)?,
    };
    drill.sessions.end(&mut response)?;
    Ok(PrivateResponse::not_stored(response).into_response())
}
