//! Favorites and follows: forms that lead back to their page, and the same for the module, which shows the
//! new state without one.

use axum::extract::State;
use axum::http::{HeaderMap, Method};
use axum::response::{IntoResponse as _, Response};

use super::addresses;
use super::frame::{PageFrame, wants_json};
use super::posted::Posted;
use super::terms::FormTerms;
use crate::apps::conduit::path::{SlugPath, UsernamePath};
use crate::apps::conduit::{BlogState, Result, favorite, profile};
use crate::http::HttpError;
use crate::store::Outcome;
use crate::web::form::FormFields;
use crate::web::redirect::{local_or, see_other};

/// `POST` and `DELETE /article/{slug}/favorite`.
pub(super) async fn like(
    State(blog): State<BlogState>,
    SlugPath { slug }: SlugPath,
    method: Method,
    frame: PageFrame,
    headers: HeaderMap,
    FormTerms { terms, form }: FormTerms,
) -> Result<Response> {
    let page = addresses::article(&slug);
    let Some(visitor) = &frame.visitor else {
        return Ok(frame.refuse(&headers, &page));
    };
    visitor.sent(&form)?;
    let is_to_like = method != Method::DELETE;
    let outcome = favorite::like_as(&blog, visitor.id, slug, terms, is_to_like).await?;
    done(&frame, &headers, &form, &page, outcome)
}

/// `POST` and `DELETE /profile/{name}/follow`.
pub(super) async fn follow(
    State(blog): State<BlogState>,
    UsernamePath { username }: UsernamePath,
    method: Method,
    frame: PageFrame,
    headers: HeaderMap,
    FormTerms { terms, form }: FormTerms,
) -> Result<Response> {
    let page = addresses::profile(&username);
    let Some(visitor) = &frame.visitor else {
        return Ok(frame.refuse(&headers, &page));
    };
    visitor.sent(&form)?;
    let is_to_follow = method != Method::DELETE;
    let outcome = profile::follow_as(&blog, visitor.id, username, terms, is_to_follow).await?;
    done(&frame, &headers, &form, &page, outcome)
}

/// Back to where the button was, or to `page`.
fn done(
    frame: &PageFrame,
    headers: &HeaderMap,
    form: &FormFields,
    page: &str,
    outcome: Outcome,
) -> Result<Response> {
    if wants_json(headers) {
        return Ok(outcome.into_response());
    }
    match Posted::of(outcome)? {
        Posted::Done(_) => Ok(see_other(local_or(form.text("to"), &frame.url(page)))),
        Posted::Refused(refusal) => Err(HttpError::bare(refusal.status)),
    }
}
