//! `/users/edit`: what a learner changes of the own account. The current password is needed for all of it. Whoever
//! has a new password stays signed in here, and nowhere else.

use std::time::SystemTime;

use askama::Template;
use axum::Json;
use axum::extract::State;
use axum::http::{Extensions, StatusCode};
use axum::response::{IntoResponse as _, Response};

use super::fields::{AccountErrors, GivenAccount};
use crate::apps::english::accounts::flaws::{Field, Flaw, Flaws, check_email, check_password};
use crate::apps::english::accounts::users::{self, Changes};
use crate::apps::english::format::Format;
use crate::apps::english::learner::{Learner, Visitor, unauthorized};
use crate::apps::english::pages::frame::PageFrame;
use crate::apps::english::pages::notices;
use crate::apps::english::parameters::LearnerParameters;
use crate::apps::english::{Drill, DrillState, Result};
use crate::auth::SignIn;
use crate::auth::password::Verified;
use crate::http::{Client, PrivateResponse};

const PATH: &str = "/users/edit";

#[derive(Template)]
#[template(path = "english/account.html")]
struct AccountPage<'p> {
    frame: &'p PageFrame,
    email: &'p str,
    mode: &'static str,
    errors: AccountErrors,
}

/// `GET /users/edit`.
pub(super) async fn form(
    State(drill): State<DrillState>,
    Learner(learner): Learner,
    frame: PageFrame,
) -> Result<Response> {
    let template = AccountPage {
        frame: &frame,
        email: &learner.user.email,
        mode: learner.user.mode.name(),
        errors: AccountErrors::default(),
    };
    frame.page(&drill, StatusCode::OK, &template)
}

/// Change the own account
///
/// What is left out stays. A new password ends all other sessions.
#[utoipa::path(patch, path = "/users", operation_id = "change_account", tag = "English",
    params(("X-CSRF-Token" = String, Header)),
    request_body(content = super::described::AccountChangesBody, content_type = "application/json"),
    responses(
        (status = 204, response = super::described::Done),
        (status = 400, response = crate::apps::english::described::NoParameters),
        (status = 401, response = super::described::NotSignedIn),
        (status = 422, response = super::described::WrongAccount),
        (status = 429, response = crate::apps::english::described::DrillTooManyAttempts),
    ))]
pub(super) async fn change(
    State(drill): State<DrillState>,
    frame: PageFrame,
    extensions: Extensions,
    parameters: LearnerParameters,
) -> Result<Response> {
    save(&drill, frame, &extensions, parameters).await
}

/// Change the own account
///
/// The same as PATCH.
#[utoipa::path(put, path = "/users", operation_id = "replace_account", tag = "English",
    params(("X-CSRF-Token" = String, Header)),
    request_body(content = super::described::AccountChangesBody, content_type = "application/json"),
    responses(
        (status = 204, response = super::described::Done),
        (status = 400, response = crate::apps::english::described::NoParameters),
        (status = 401, response = super::described::NotSignedIn),
        (status = 422, response = super::described::WrongAccount),
        (status = 429, response = crate::apps::english::described::DrillTooManyAttempts),
    ))]
pub(super) async fn replace(
    State(drill): State<DrillState>,
    frame: PageFrame,
    extensions: Extensions,
    parameters: LearnerParameters,
) -> Result<Response> {
    save(&drill, frame, &extensions, parameters).await
}

async fn save(
    drill: &Drill,
    frame: PageFrame,
    extensions: &Extensions,
    LearnerParameters {
        parameters,
        learner,
    }: LearnerParameters,
) -> Result<Response> {
    let given = GivenAccount::of(&parameters);
    let client = drill.users.client(extensions, &parameters.headers);
    let is_page = parameters.format == Format::Html;
    let flaws = match apply(drill, &learner, client, &given).await? {
        Ok(epoch) => return saved(drill, &learner, parameters.format, epoch),
        Err(flaws) => flaws,
    };
    if !is_page {
        let answer = (StatusCode::UNPROCESSABLE_ENTITY, Json(flaws.json())).into_response();
        return Ok(PrivateResponse::not_stored(answer).into_response());
    }
    let frame = frame.at(PATH).of_form();
    let email = given.email.as_deref();
    let template = AccountPage {
        frame: &frame,
        email: email.unwrap_or(&learner.user.email),
        mode: learner.user.mode.name(),
        errors: AccountErrors::of(&flaws, &frame.t.account),
    };
    frame.page(drill, StatusCode::OK, &template)
}

/// The answer to a change that is stored. Where it ended the learner's sessions, so that they are at `epoch` now,
/// the one that it came with goes on.
fn saved(drill: &Drill, learner: &Visitor, format: Format, epoch: Option<i64>) -> Result<Response> {
    let mut response = match format {
        Format::Json => StatusCode::NO_CONTENT.into_response(),
        Format::Html => notices::lead(drill, "/", &notices::ACCOUNT_UPDATED)?,
    };
    let (session, now) = (&learner.session, SystemTime::now());
    if let Some(session) = epoch.and_then(|epoch| drill.sessions.gone_on(session, epoch, now)) {
        drill.sessions.set(&mut response, &session)?;
    }
    Ok(PrivateResponse::not_stored(response).into_response())
}

/// Changes the account, or says why not; the epoch of the sessions where that ended them.
async fn apply(
    drill: &Drill,
    learner: &Visitor,
    client: Client,
    given: &GivenAccount,
) -> Result<Result<Option<i64>, Flaws>> {
    let mut flaws = Flaws::default();
    let new_email = given.email.as_ref();
    let new_email = new_email.filter(|email| **email != learner.user.email);
    if let Some(email) = new_email {
        check_email(email, &mut flaws);
    }
    if given.password.is_some() {
        let password = given.password_text();
        check_password(password, given.confirmation_text(), &mut flaws);
    }
    let Some(current) = &given.current_password else {
        flaws.note(Field::CurrentPassword, Flaw::Blank);
        return Ok(Err(flaws));
    };
    let Some(known) = users::hash_of(drill, learner.id)? else {
        return Err(unauthorized());
    };
    // Counted as a sign-in: whoever finds a browser open cannot try passwords either.
    let attempt = SignIn {
        client,
        account: &learner.user.email,
        password: current,
        stored: Some(&known),
    };
    let now = std::time::Instant::now();
    if drill.users.sign_in(attempt, now).await? == Verified::No {
        flaws.note(Field::CurrentPassword, Flaw::Invalid);
    }
    if !flaws.is_empty() {
        return Ok(Err(flaws));
    }
    if new_email.is_none() && given.password.is_none() {
        return Ok(Ok(None));
    }
    if new_email.is_some() {
        drill.users.may_take_address(client, now)?;
    }
    // With a new address the same password is hashed anew: links that the old address was sent are void.
    let password = given.password.as_ref().unwrap_or(current);
    let ends_sessions = given.password.is_some();
    let changes = Changes {
        email: new_email.cloned(),
        hash: Some(drill.users.passwords().hash(password).await?),
        ends_sessions,
    };
    match users::update(drill, learner.id, known, changes).await {
        Ok(user) => Ok(Ok(ends_sessions.then_some(user.epoch))),
        Err(unsaved) => unsaved
            .flaws((Field::CurrentPassword, Flaw::Invalid))
            .map(Err),
    }
}
