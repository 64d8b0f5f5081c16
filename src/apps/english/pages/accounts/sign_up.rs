//! `/users/sign_up`: new accounts.

use std::time::Instant;

use askama::Template;
use axum::Json;
use axum::extract::State;
use axum::http::{Extensions, StatusCode};
use axum::response::{IntoResponse as _, Response};
use serde_json::json;

use super::entry::signed_in;
use super::fields::{AccountErrors, GivenAccount};
use crate::apps::english::accounts::flaws::{Field, Flaw, Flaws, check_email, check_password};
use crate::apps::english::accounts::users::{self, Unsaved};
use crate::apps::english::format::Format;
use crate::apps::english::pages::frame::PageFrame;
use crate::apps::english::pages::notices;
use crate::apps::english::parameters::Parameters;
use crate::apps::english::{Drill, DrillState, Result};
use crate::auth::session::ProvenUser;
use crate::http::{Client, HttpError, PrivateResponse};
use crate::web::redirect::found;

const PATH: &str = "/users/sign_up";

#[derive(Template)]
#[template(path = "english/sign_up.html")]
struct DrillSignUpPage<'p> {
    frame: &'p PageFrame,
    email: &'p str,
    errors: AccountErrors,
}

/// Say the token that a sign-up brings
///
/// The token of this visitor, or of the session that there is. It belongs to a cookie, which the answer sets
/// unless it was sent, and which goes with the token. The same address has the page.
#[utoipa::path(get, path = "/users/sign_up", operation_id = "sign_up_token", tag = "English",
    responses(
        (status = 200, response = super::described::TokenToBring),
        (status = 404, response = crate::apps::english::described::NoSignUp),
    ))]
pub(super) async fn form(
    State(drill): State<DrillState>,
    frame: PageFrame,
    format: Format,
) -> Result<Response> {
    is_open(&drill)?;
    if format == Format::Json {
        return frame.token_in_json(&drill);
    }
    if frame.visitor.is_some() {
        return notices::lead(&drill, "/", &notices::ALREADY_SIGNED_IN);
    }
    let template = DrillSignUpPage {
        frame: &frame,
        email: "",
        errors: AccountErrors::default(),
    };
    frame.page(&drill, StatusCode::OK, &template)
}

/// `GET /users/cancel`: begins anew. Nothing of a sign-up is kept that could be given up.
pub(super) async fn cancel(State(drill): State<DrillState>, frame: PageFrame) -> Result<Response> {
    if frame.visitor.is_some() {
        return notices::lead(&drill, "/", &notices::ALREADY_SIGNED_IN);
    }
    Ok(found(&frame.url(PATH)))
}

/// Without sign-up there is no such page.
fn is_open(drill: &Drill) -> Result<()> {
    if drill.settings.sign_up {
        return Ok(());
    }
    let detail = "Nobody can make an account here.";
    Err(HttpError::problem(StatusCode::NOT_FOUND, detail))
}

/// Sign up
///
/// Makes an account and signs it in. Its role is learner; operators make editors.
#[utoipa::path(post, path = "/users", operation_id = "sign_up", tag = "English",
    params(("X-CSRF-Token" = String, Header)),
    request_body(content = super::described::SignUpBody, content_type = "application/json"),
    responses(
        (status = 201, response = super::described::SignedIn),
        (status = 400, response = crate::apps::english::described::NoParameters),
        (status = 403, response = super::described::AlreadySignedIn),
        (status = 404, response = crate::apps::english::described::NoSignUp),
        (status = 422, response = super::described::WrongAccount),
        (status = 429, response = crate::apps::english::described::DrillTooManyAttempts),
    ))]
pub(super) async fn register(
    State(drill): State<DrillState>,
    frame: PageFrame,
    extensions: Extensions,
    parameters: Parameters,
) -> Result<Response> {
    is_open(&drill)?;
    let is_page = parameters.format == Format::Html;
    if parameters.visitor.is_some() {
        if is_page {
            return notices::lead(&drill, "/", &notices::ALREADY_SIGNED_IN);
        }
        let error = json!({ "error": notices::ALREADY_SIGNED_IN.text });
        let answer = (StatusCode::FORBIDDEN, Json(error)).into_response();
        return Ok(PrivateResponse::not_stored(answer).into_response());
    }
    let given = GivenAccount::of(&parameters);
    let client = drill.users.client(&extensions, &parameters.headers);
    let flaws = match insert(&drill, client, &given).await? {
        Ok(user) => {
            let whom = (user, given.remember);
            let notice = &notices::SIGNED_UP;
            return signed_in(&drill, &parameters, whom, StatusCode::CREATED, notice);
        }
        Err(flaws) => flaws,
    };
    if !is_page {
        let answer = (StatusCode::UNPROCESSABLE_ENTITY, Json(flaws.json())).into_response();
        return Ok(PrivateResponse::not_stored(answer).into_response());
    }
    let frame = frame.at(PATH).of_form();
    let template = DrillSignUpPage {
        frame: &frame,
        email: given.email.as_deref().unwrap_or_default(),
        errors: AccountErrors::of(&flaws, &frame.t.account),
    };
    frame.page(&drill, StatusCode::OK, &template)
}

/// The user of the new account, or what is wrong.
async fn insert(
    drill: &Drill,
    client: Client,
    given: &GivenAccount,
) -> Result<Result<ProvenUser, Flaws>> {
    let email = given.email.clone().unwrap_or_default();
    let mut flaws = Flaws::default();
    check_email(&email, &mut flaws);
    check_password(given.password_text(), given.confirmation_text(), &mut flaws);
    if !flaws.is_empty() {
        return Ok(Err(flaws));
    }
    let password = given.password.clone().unwrap_or_default();
    let hash = drill.users.register(client, &password, Instant::now());
    match users::insert(drill, email.clone(), hash.await?).await {
        Ok(user) => Ok(Ok(user)),
        // A form that was sent twice finds the account that it made.
        Err(Unsaved::Taken) => match users::sign_in(drill, client, &email, &password).await? {
            Some(user) => Ok(Ok(user)),
            None => Ok(Err((Field::Email, Flaw::Taken).into())),
        },
        Err(other) => other.flaws((Field::Email, Flaw::Taken)).map(Err),
    }
}
