//! How a session begins, whatever it begins with: a password, a new account, a link that was mailed.

use std::time::SystemTime;

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};

use crate::apps::english::accounts::users::account;
use crate::apps::english::format::Format;
use crate::apps::english::learner::unauthorized;
use crate::apps::english::pages::notices::{self, Notice};
use crate::apps::english::parameters::{Parameters, TOKEN_HEADER};
use crate::apps::english::{Drill, Result, target};
use crate::auth::session::{ProvenUser, Session};
use crate::auth::visitor::SessionUsers as _;
use crate::http::{HttpError, PrivateResponse};
use crate::web::flash;
use crate::web::redirect::found;

/// The answer to whoever is signed in from now on. A page goes on to where its visitor wanted to go; a program
/// gets the account, or nothing where `status` is 204, and the token of its new session.
pub(super) fn signed_in(
    drill: &Drill,
    parameters: &Parameters,
    (user, remember): (ProvenUser, bool),
    status: StatusCode,
    notice: &Notice,
) -> Result<Response> {
    // Whoever is not there any more cannot sign in, nor can who proved a password that was changed meanwhile.
    let is_as_proven = drill
        .find(user.id)?
        .is_some_and(|(epoch, _)| epoch == user.epoch);
    if !is_as_proven {
        return Err(unauthorized());
    }
    // A new one each time: a session that somebody else knew before is worth nothing.
    let session = Session::begin(user, remember, SystemTime::now());
    let session = session.map_err(HttpError::internal)?;
    let mut response = match parameters.format {
        Format::Json => {
            let token = drill.sessions.form_token(&session);
            let token = [(TOKEN_HEADER, token.text().to_owned())];
            if status == StatusCode::NO_CONTENT {
                (status, token).into_response()
            } else {
                let account = account(drill, user.id)?.ok_or_else(unauthorized)?;
                (status, token, Json(account)).into_response()
            }
        }
        Format::Html => lead_on(drill, parameters, notice)?,
    };
    drill.sessions.set(&mut response, &session)?;
    Ok(PrivateResponse::not_stored(response).into_response())
}

/// 302 to where the visitor wanted to go.
fn lead_on(drill: &Drill, parameters: &Parameters, notice: &Notice) -> Result<Response> {
    let Some(to) = target::wanted(&parameters.headers) else {
        return notices::lead(drill, "/", notice);
    };
    let mut response = found(&to);
    flash::leave(&mut response, &drill.cookies, &to, notice.word)?;
    target::forget(&mut response, drill)?;
    Ok(response)
}
