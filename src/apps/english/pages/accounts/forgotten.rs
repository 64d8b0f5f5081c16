//! `/users/password`: a link by mail for whoever forgot a password, and the new password that it leads to.
//!
//! Whether an address is anybody's is not said: the answer is the same, and so is what it takes, since mails
//! leave behind a queue. A link names the site as its operator does, never as the request does, so that nobody
//! can have a link mailed that leads elsewhere.

use std::time::{Instant, SystemTime};

use askama::Template;
use axum::Json;
use axum::extract::{RawQuery, State};
use axum::http::{Extensions, StatusCode};
use axum::response::{IntoResponse as _, Response};
use serde_json::json;

use super::entry::signed_in;
use super::fields::{AccountErrors, GivenAccount};
use crate::apps::english::accounts::flaws::{Field, Flaw, Flaws, check_password};
use crate::apps::english::accounts::users::{self, Changes};
use crate::apps::english::format::Format;
use crate::apps::english::pages::frame::PageFrame;
use crate::apps::english::pages::notices;
use crate::apps::english::pages::strings::DrillStrings;
use crate::apps::english::parameters::Parameters;
use crate::apps::english::{Drill, DrillState, RESET_HOURS, Result};
use crate::auth::session::ProvenUser;
use crate::http::PrivateResponse;
use crate::mail::Letter;
use crate::store::StoreError;
use crate::web::texts::fill;

const ASK: &str = "/users/password/new";
const SET: &str = "/users/password/edit";

#[derive(Template)]
#[template(path = "english/forgotten.html")]
struct ForgottenPage<'p> {
    frame: &'p PageFrame,
    email: &'p str,
    errors: AccountErrors,
}

#[derive(Template)]
#[template(path = "english/new_password.html")]
struct NewPasswordPage<'p> {
    frame: &'p PageFrame,
    /// What the link of the mail holds.
    reset_token: &'p str,
    errors: AccountErrors,
}

/// `GET /users/password/new`.
pub(super) async fn form(State(drill): State<DrillState>, frame: PageFrame) -> Result<Response> {
    if frame.visitor.is_some() {
        return notices::lead(&drill, "/", &notices::ALREADY_SIGNED_IN);
    }
    let template = ForgottenPage {
        frame: &frame,
        email: "",
        errors: AccountErrors::default(),
    };
    frame.page(&drill, StatusCode::OK, &template)
}

/// Ask for a link to set a new password with
///
/// The answer is the same whether there is such an account or not. The link is good once, and for six hours.
#[utoipa::path(post, path = "/users/password", operation_id = "forget_password", tag = "English",
    params(("X-CSRF-Token" = String, Header)),
    request_body(content = super::described::ForgottenBody, content_type = "application/json"),
    responses(
        (status = 201, description = "If there is such an account, a mail is on its way.",
            body = super::described::Nothing),
        (status = 400, response = crate::apps::english::described::NoParameters),
        (status = 422, response = super::described::WrongAccount),
        (status = 429, response = crate::apps::english::described::DrillTooManyAttempts),
    ))]
pub(super) async fn ask(
    State(drill): State<DrillState>,
    frame: PageFrame,
    extensions: Extensions,
    parameters: Parameters,
) -> Result<Response> {
    let is_page = parameters.format == Format::Html;
    if is_page && parameters.visitor.is_some() {
        return notices::lead(&drill, "/", &notices::ALREADY_SIGNED_IN);
    }
    // Where no password can be set, no link leads to one.
    if !drill.store.takes_writes() {
        return Err(StoreError::ReadOnly.into());
    }
    let email = GivenAccount::of(&parameters).email.unwrap_or_default();
    if email.is_empty() {
        let flaws = Flaws::from((Field::Email, Flaw::Blank));
        if !is_page {
            return Ok(refused(&flaws));
        }
        let frame = frame.at(ASK).of_form();
        let template = ForgottenPage {
            frame: &frame,
            email: "",
            errors: AccountErrors::of(&flaws, &frame.t.account),
        };
        return frame.page(&drill, StatusCode::OK, &template);
    }
    let client = drill.users.client(&extensions, &parameters.headers);
    if drill.users.may_mail(client, &email, Instant::now())? {
        mail(&drill, email, frame.t)?;
    }
    if is_page {
        return notices::lead(&drill, "/users/sign_in", &notices::MAIL_SENT);
    }
    let answer = (StatusCode::CREATED, Json(json!({}))).into_response();
    Ok(PrivateResponse::not_stored(answer).into_response())
}

/// Mails a link to the user with this address, if there is one. All but the sending is done in any case.
fn mail(drill: &Drill, email: String, t: &DrillStrings) -> Result<()> {
    let found = users::by_email(drill, &email)?;
    let (id, hash) = match &found {
        Some((user, hash)) => (user.id, hash.as_str()),
        None => (0, ""),
    };
    let token = drill.resets.issue(id, hash, SystemTime::now())?;
    let Some(origin) = drill.postbox.origin(&drill.mount) else {
        tracing::warn!("no link can be mailed as long as site.public_url is not set");
        return Ok(());
    };
    let path = format!("{SET}?reset_password_token={token}");
    let link = format!("{origin}{}", drill.mount.url(&path));
    let hours = RESET_HOURS.to_string();
    let blanks = [
        ("site", t.site.name.as_str()),
        ("link", &link),
        ("hours", &hours),
    ];
    let letter = Letter {
        to: email,
        subject: fill(&t.account.mail_subject, &blanks),
        text: fill(&t.account.mail_text, &blanks),
    };
    match found {
        Some(_) => drill.postbox.send(letter),
        None => drill.postbox.pretend(letter),
    }
    Ok(())
}

/// `GET /users/password/edit`: where the link of a mail leads.
pub(super) async fn edit(
    State(drill): State<DrillState>,
    frame: PageFrame,
    RawQuery(query): RawQuery,
) -> Result<Response> {
    if frame.visitor.is_some() {
        return notices::lead(&drill, "/", &notices::ALREADY_SIGNED_IN);
    }
    let query = query.unwrap_or_default();
    let mut query = form_urlencoded::parse(query.as_bytes());
    let token = query.find_map(|(name, value)| (name == Field::ResetToken.key()).then_some(value));
    let Some(token) = token.filter(|token| !token.is_empty()) else {
        return notices::lead(&drill, "/users/sign_in", &notices::NO_RESET_TOKEN);
    };
    // The switch of languages must not carry the token along.
    let frame = frame.at(ASK);
    let template = NewPasswordPage {
        frame: &frame,
        reset_token: &token,
        errors: AccountErrors::default(),
    };
    frame.page(&drill, StatusCode::OK, &template)
}

/// Set a new password with a link that was mailed
///
/// Signs in, and ends all other sessions.
#[utoipa::path(patch, path = "/users/password", operation_id = "reset_password", tag = "English",
    params(("X-CSRF-Token" = String, Header)),
    request_body(content = super::described::ResetBody, content_type = "application/json"),
    responses(
        (status = 204, response = super::described::Done),
        (status = 400, response = crate::apps::english::described::NoParameters),
        (status = 422, response = super::described::WrongAccount),
    ))]
pub(super) async fn change(
    State(drill): State<DrillState>,
    frame: PageFrame,
    parameters: Parameters,
) -> Result<Response> {
    set(&drill, frame, &parameters).await
}

/// Set a new password with a link that was mailed
///
/// The same as PATCH.
#[utoipa::path(put, path = "/users/password", operation_id = "replace_password", tag = "English",
    params(("X-CSRF-Token" = String, Header)),
    request_body(content = super::described::ResetBody, content_type = "application/json"),
    responses(
        (status = 204, response = super::described::Done),
        (status = 400, response = crate::apps::english::described::NoParameters),
        (status = 422, response = super::described::WrongAccount),
    ))]
pub(super) async fn replace(
    State(drill): State<DrillState>,
    frame: PageFrame,
    parameters: Parameters,
) -> Result<Response> {
    set(&drill, frame, &parameters).await
}

async fn set(drill: &Drill, frame: PageFrame, parameters: &Parameters) -> Result<Response> {
    let is_page = parameters.format == Format::Html;
    if is_page && parameters.visitor.is_some() {
        return notices::lead(drill, "/", &notices::ALREADY_SIGNED_IN);
    }
    let given = GivenAccount::of(parameters);
    let flaws = match apply(drill, &given).await? {
        Ok(user) => {
            let (status, notice) = (StatusCode::NO_CONTENT, &notices::PASSWORD_CHANGED);
            return signed_in(drill, parameters, (user, false), status, notice);
        }
        Err(flaws) => flaws,
    };
    if !is_page {
        return Ok(refused(&flaws));
    }
    let frame = frame.at(ASK).of_form();
    let template = NewPasswordPage {
        frame: &frame,
        reset_token: given.reset_token.as_deref().unwrap_or_default(),
        errors: AccountErrors::of(&flaws, &frame.t.account),
    };
    frame.page(drill, StatusCode::OK, &template)
}

/// The user who has a new password, or what is wrong.
async fn apply(drill: &Drill, given: &GivenAccount) -> Result<Result<ProvenUser, Flaws>> {
    let void = (Field::ResetToken, Flaw::Invalid);
    let token = given.reset_token.as_deref().unwrap_or_default();
    let request = drill.resets.read(token, SystemTime::now());
    let mut flaws = Flaws::default();
    // Nothing is hashed for whoever has no link.
    let Some(request) = request else {
        return Ok(Err(void.into()));
    };
    let known = users::hash_of(drill, request.user())?;
    let Some(known) = known.filter(|hash| request.is_for(hash)) else {
        return Ok(Err(void.into()));
    };
    let password = given.password_text();
    check_password(password, given.confirmation_text(), &mut flaws);
    if !flaws.is_empty() {
        return Ok(Err(flaws));
    }
    let password = given.password.clone().unwrap_or_default();
    let changes = Changes {
        email: None,
        hash: Some(drill.users.passwords().hash(&password).await?),
        ends_sessions: true,
    };
    // Of two that use the same link at once the second finds another hash.
    match users::update(drill, request.user(), known, changes).await {
        Ok(user) => Ok(Ok(user)),
        Err(unsaved) => unsaved.flaws(void).map(Err),
    }
}

fn refused(flaws: &Flaws) -> Response {
    let answer = (StatusCode::UNPROCESSABLE_ENTITY, Json(flaws.json())).into_response();
    PrivateResponse::not_stored(answer).into_response()
}
