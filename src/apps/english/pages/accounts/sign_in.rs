//! `/users/sign_in` and `/users/sign_out`.

use askama::Template;
use axum::Json;
use axum::extract::State;
use axum::http::{Extensions, StatusCode};
use axum::response::{IntoResponse as _, Response};
use serde_json::json;

use super::entry::signed_in;
use super::fields::GivenAccount;
use crate::apps::english::accounts::users;
use crate::apps::english::format::Format;
use crate::apps::english::pages::frame::PageFrame;
use crate::apps::english::pages::notices;
use crate::apps::english::parameters::Parameters;
use crate::apps::english::{DrillState, Result};
use crate::http::{PrivateResponse, WriteRefused};

#[derive(Template)]
#[template(path = "english/sign_in.html")]
struct DrillSignInPage<'p> {
    frame: &'p PageFrame,
    email: &'p str,
    remember: bool,
}

/// Say the token that a sign-in brings
///
/// The token of this visitor, or of the session that there is. It belongs to a cookie, which the answer sets
/// unless it was sent, and which goes with the token. The same address has the page.
#[utoipa::path(get, path = "/users/sign_in", operation_id = "sign_in_token", tag = "English",
    responses(
        (status = 200, response = super::described::TokenToBring),
    ))]
pub(super) async fn form(
    State(drill): State<DrillState>,
    frame: PageFrame,
    format: Format,
) -> Result<Response> {
    if format == Format::Json {
        return frame.token_in_json(&drill);
    }
    if frame.visitor.is_some() {
        return notices::lead(&drill, "/", &notices::ALREADY_SIGNED_IN);
    }
    let template = DrillSignInPage {
        frame: &frame,
        email: "",
        remember: false,
    };
    frame.page(&drill, StatusCode::OK, &template)
}

/// Sign in
///
/// An address that nobody has and a wrong password are answered alike, and take the same time.
#[utoipa::path(post, path = "/users/sign_in", operation_id = "sign_in", tag = "English",
    params(("X-CSRF-Token" = String, Header)),
    request_body(content = super::described::SignInBody, content_type = "application/json"),
    responses(
        (status = 201, response = super::described::SignedIn),
        (status = 400, response = crate::apps::english::described::NoParameters),
        (status = 401, response = super::described::WrongCredentials),
        (status = 422, response = super::described::WrongFormToken),
        (status = 429, response = crate::apps::english::described::DrillTooManyAttempts),
    ))]
pub(super) async fn enter(
    State(drill): State<DrillState>,
    frame: PageFrame,
    extensions: Extensions,
    parameters: Parameters,
) -> Result<Response> {
    let is_page = parameters.format == Format::Html;
    if is_page && parameters.visitor.is_some() {
        return notices::lead(&drill, "/", &notices::ALREADY_SIGNED_IN);
    }
    let given = GivenAccount::of(&parameters);
    let client = drill.users.client(&extensions, &parameters.headers);
    let email = given.email.as_deref().unwrap_or_default();
    let password = given.password.clone().unwrap_or_default();
    if let Some(user) = users::sign_in(&drill, client, email, &password).await? {
        let whom = (user, given.remember);
        let notice = &notices::SIGNED_IN;
        return signed_in(&drill, &parameters, whom, StatusCode::CREATED, notice);
    }
    if !is_page {
        let error = json!({ "error": notices::WRONG_CREDENTIALS.text });
        let answer = (StatusCode::UNAUTHORIZED, Json(error)).into_response();
        return Ok(PrivateResponse::not_stored(answer).into_response());
    }
    let frame = frame.saying(&notices::WRONG_CREDENTIALS);
    let template = DrillSignInPage {
        frame: &frame,
        email,
        remember: given.remember,
    };
    frame.page(&drill, StatusCode::OK, &template)
}

/// Sign out
///
/// All sessions of the account end, remembered ones too, wherever they are.
#[utoipa::path(delete, path = "/users/sign_out", operation_id = "sign_out", tag = "English",
    params(("X-CSRF-Token" = String, Header)),
    responses(
        (status = 204, response = super::described::Done),
        (status = 422, response = super::described::WrongFormToken),
    ))]
pub(super) async fn leave(
    State(drill): State<DrillState>,
    parameters: Parameters,
) -> Result<Response> {
    let takes_writes = drill.store.takes_writes();
    if let Some(visitor) = &parameters.visitor
        && takes_writes
    {
        users::end_sessions(&drill, visitor.id).await?;
    }
    let mut response = match parameters.format {
        Format::Json => StatusCode::NO_CONTENT.into_response(),
        Format::Html => notices::lead(&drill, "/", &notices::SIGNED_OUT)?,
    };
    drill.sessions.end(&mut response)?;
    if !takes_writes {
        // It can only forget the cookie. A proxy that knows the primary asks that one instead.
        response.extensions_mut().insert(WriteRefused);
    }
    Ok(PrivateResponse::not_stored(response).into_response())
}
