//! On which terms a form's write is done: once for the key of its page, if that has one.

use axum::extract::{FromRequest, Request};
use axum::http::HeaderMap;
use data_encoding::HEXLOWER;
use sha2::{Digest as _, Sha256};

use super::posted::ApiFields;
use crate::apps::conduit::write::WriteTerms;
use crate::apps::conduit::{BlogState, Result};
use crate::http::{FormKey, HttpError, Preconditions};
use crate::store::Once;
use crate::web::form::FormFields;

/// A form that may be sent twice without harm: doing it again changes nothing. An extractor.
pub(super) struct FormTerms {
    pub(super) terms: WriteTerms,
    pub(super) form: FormFields,
}

impl FromRequest<BlogState> for FormTerms {
    type Rejection = HttpError;

    async fn from_request(request: Request, blog: &BlogState) -> Result<Self> {
        let conditions = Preconditions::of(request.headers());
        Ok(Self {
            terms: WriteTerms::of_form(Once::default(), conditions),
            form: FormFields::from_request(request, blog).await?,
        })
    }
}

/// Stands for what a form says, wherever it is stored.
pub(super) struct FormMark(String);

impl FormMark {
    /// That of fields; none of them is a secret.
    pub(super) fn of(fields: &ApiFields) -> Result<Self> {
        /// Bytes of the digest that keep two texts apart.
        const SHOWN: usize = 16;
        let text = serde_json::to_vec(&fields.0).map_err(HttpError::internal)?;
        Ok(Self(HEXLOWER.encode(&Sha256::digest(&text)[..SHOWN])))
    }
}

/// The terms of a form that would store something twice. Pressing twice is one write; what was sent,
/// changed and sent again from the same page is another one.
pub(super) fn attempt(
    key: FormKey,
    given: Option<&str>,
    mark: &FormMark,
    headers: &HeaderMap,
) -> Result<WriteTerms> {
    let given = given.map(|given| format!("{given}.{}", mark.0));
    let once = key.once(given.as_deref(), b"")?;
    Ok(WriteTerms::of_form(once, Preconditions::of(headers)))
}
