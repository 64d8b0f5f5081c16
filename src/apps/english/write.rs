//! On which terms a write is done, and what becomes of it: once for its key, which comes in a header or in a
//! field of a form, and in the state that its request is for.
//!
//! Pages and JSON are written by the same jobs. A job answers as its request wants it: 302 to a page, or
//! JSON. What it refuses is in the form of the contract, and a page shows it beside the form again.

use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse as _, Response};
use data_encoding::HEXLOWER;
use rusqlite::Connection;
use sha2::{Digest as _, Sha256};

use super::parameters::Parameters;
use super::validation::FieldErrors;
use super::{Drill, DrillState, Result};
pub(super) use crate::apps::write::Unchanged;
use crate::apps::write::{decide, decide_for};
use crate::http::{FormKey, HttpError, IdempotencyKey, KeptHeader, Preconditions};
use crate::store::{Once, Outcome, StoredResponse};
use crate::web::flash;
use crate::web::form::KEY_FIELD;

use super::pages::notices::Notice;

/// The media type of answers.
const JSON: &str = "application/json";

/// The key of a write as it came, and its conditions. An extractor.
pub(super) struct DrillTerms {
    in_header: IdempotencyKey,
    in_form: FormKey,
    conditions: Preconditions,
}

/// The terms of one write.
pub(super) struct DrillWriteTerms {
    once: Once,
    conditions: Preconditions,
}

impl FromRequestParts<DrillState> for DrillTerms {
    type Rejection = HttpError;

    async fn from_request_parts(parts: &mut Parts, drill: &DrillState) -> Result<Self> {
        let Ok(in_form) = FormKey::from_request_parts(parts, drill).await;
        Ok(Self {
            in_header: IdempotencyKey::from_request_parts(parts, drill).await?,
            in_form,
            conditions: Preconditions::of(&parts.headers),
        })
    }
}

impl DrillTerms {
    /// Those of a request with these parameters. Of a form that was changed and sent again from the same page,
    /// they are other ones.
    pub(super) fn of(self, parameters: &Parameters) -> Result<DrillWriteTerms> {
        /// Bytes of the digest that keep two forms apart.
        const SHOWN: usize = 16;
        let said = parameters.without_proof()?;
        let once = match parameters.text(KEY_FIELD) {
            Some(key) => {
                let mark = HEXLOWER.encode(&Sha256::digest(&said)[..SHOWN]);
                self.in_form.once(Some(&format!("{key}.{mark}")), b"")?
            }
            None => self.in_header.once(&said),
        };
        Ok(DrillWriteTerms {
            once,
            conditions: self.conditions,
        })
    }
}

/// Has the writer do `work` on these terms.
pub(super) async fn write(
    drill: &Drill,
    terms: DrillWriteTerms,
    work: impl FnOnce(&Connection) -> Result<StoredResponse, Unchanged> + Send + 'static,
) -> Result<Outcome> {
    decide(&drill.store, terms.once, terms.conditions, work).await
}

/// The same for `work` that changes nothing but what this learner is shown.
pub(super) async fn write_own(
    drill: &Drill,
    learner: i64,
    terms: DrillWriteTerms,
    work: impl FnOnce(&Connection) -> Result<StoredResponse, Unchanged> + Send + 'static,
) -> Result<Outcome> {
    decide_for(learner, &drill.store, terms.once, terms.conditions, work).await
}

/// 302 to a page of the site.
pub(super) fn led(to: impl Into<String>) -> StoredResponse {
    StoredResponse::from(StatusCode::FOUND).with_header(KeptHeader::Location, to)
}

/// An answer in JSON.
pub(super) fn stored(status: StatusCode, body: Vec<u8>) -> StoredResponse {
    StoredResponse::from(status).with_body(JSON, body)
}

impl From<FieldErrors> for Unchanged {
    fn from(errors: FieldErrors) -> Self {
        Self::Answered(errors.into())
    }
}

impl From<FieldErrors> for StoredResponse {
    fn from(errors: FieldErrors) -> Self {
        stored(StatusCode::UNPROCESSABLE_ENTITY, errors.json())
    }
}

/// What became of a write.
pub(super) enum Decided {
    Done(Response),
    /// What is wrong with its fields.
    Refused(FieldErrors),
}

impl Decided {
    /// That of an outcome. The page that it leads to says `notice`.
    pub(super) fn of(drill: &Drill, outcome: Outcome, notice: &Notice) -> Result<Self> {
        if let Outcome::Done(answer) | Outcome::Replayed(answer) = &outcome
            && answer.status == StatusCode::UNPROCESSABLE_ENTITY.as_u16()
            && let Some(body) = &answer.body
        {
            return FieldErrors::parse(&body.bytes).map(Self::Refused);
        }
        removed(drill, outcome, notice).map(Self::Done)
    }
}

/// The answer of a write that has no fields, such as a removal. The page that it leads to says `notice`.
pub(super) fn removed(drill: &Drill, outcome: Outcome, notice: &Notice) -> Result<Response> {
    let mut response = outcome.into_response();
    if response.status() == StatusCode::FOUND {
        let to = response.headers().get("location");
        let to = to.and_then(|to| to.to_str().ok()).map(str::to_owned);
        flash::leave(
            &mut response,
            &drill.cookies,
            &to.unwrap_or_default(),
            notice.word,
        )?;
    }
    Ok(response)
}
