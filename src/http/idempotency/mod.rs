//! `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header): which writes are done once, however
//! often their client repeats them.
//!
//! What a request says is read here, and how an outcome becomes a response; that it is done once is the
//! store's to see to ([`Once`]). Where no responses are stored, as on a replica, the header is not looked at.
//! A key belongs to the viewer who sent it: the same key of another viewer is another key, so that nobody
//! is given a response that was somebody else's.
//!
//! # Layout
//! - `key`: the syntax of keys; `fresh`: new ones
//! - `outcome`: how an outcome becomes a response

mod fresh;
mod key;
mod outcome;

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::uri::PathAndQuery;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use sha2::{Digest as _, Sha256};

use self::key::key_in;
pub(crate) use self::key::{LONGEST, PATTERN};
pub use self::outcome::KeptHeader;
use super::{DigestKey, HttpError, Viewer};
use crate::store::{Once, Retention, Store};

pub(crate) const KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// The key of a request, if it has one that is honoured: an extractor for apps whose state gives
/// their store. A malformed key is answered 400.
#[derive(Debug)]
pub struct IdempotencyKey(Option<GivenKey>);

#[derive(Debug)]
struct GivenKey {
    key: String,
    scope: KeyScope,
}

impl IdempotencyKey {
    /// The write that is done once for this key, or each time without one. The same request is one of
    /// the same viewer with the same method, path and query, as they came, and `body`.
    #[must_use]
    pub fn once(self, body: &[u8]) -> Once {
        match self.0 {
            None => Once::default(),
            Some(GivenKey { key, scope }) => scope.once(&key, body),
        }
    }

    /// The same for a request or an answer that holds a secret, as signing in does. The file then has
    /// neither: of the response only the status is stored, and the request's digest takes `secret`, so that
    /// a password in it cannot be guessed from the digest.
    #[must_use]
    pub fn once_in_secret(self, secret: &DigestKey, body: &[u8]) -> Once {
        match self.0 {
            None => Once::default(),
            Some(GivenKey { key, scope }) => scope.once_in_secret(secret, &key, body),
        }
    }
}

impl<T: AsRef<Store> + Send + Sync> FromRequestParts<Arc<T>> for IdempotencyKey {
    type Rejection = HttpError;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<T>) -> Result<Self, HttpError> {
        let mut values = parts.headers.get_all(KEY).iter();
        let Some(value) = values.next() else {
            return Ok(Self(None));
        };
        let Some(scope) = KeyScope::of(parts, T::as_ref(app)) else {
            return Ok(Self(None));
        };
        if values.next().is_some() {
            return Err(malformed("Idempotency-Key may be given only once."));
        }
        let key = key_in(value).ok_or_else(|| malformed(FORM))?;
        Ok(Self(Some(GivenKey { key, scope })))
    }
}

/// The place of a key in a form, which has no header to send it in: an extractor like [`IdempotencyKey`]
/// for the handler of the form.
///
/// The page with the form has a [fresh](Self::fresh) key in a hidden field, so that sending it twice does
/// a thing once. Such a page is good for one viewer and one time:
/// [`PrivateResponse::not_stored`](super::PrivateResponse::not_stored).
#[derive(Debug)]
pub struct FormKey(Option<KeyScope>);

impl FormKey {
    /// A key that was never given before.
    #[must_use]
    pub fn fresh() -> String {
        fresh::uuid().to_string()
    }

    /// The write that is done once for the key in the `field`, or each time without one. `body` as in
    /// [`IdempotencyKey::once`]: what of the form makes another request.
    ///
    /// # Errors
    /// When the key is malformed.
    pub fn once(self, field: Option<&str>, body: &[u8]) -> Result<Once, HttpError> {
        let (Some(scope), Some(field)) = (self.0, field) else {
            return Ok(Once::default());
        };
        let key = HeaderValue::from_str(field).ok();
        let key = key.as_ref().and_then(key_in);
        let key = key.ok_or_else(|| malformed("The form's key is malformed."))?;
        Ok(scope.once(&key, body))
    }
}

impl<T: AsRef<Store> + Send + Sync> FromRequestParts<Arc<T>> for FormKey {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<T>) -> Result<Self, Infallible> {
        Ok(Self(KeyScope::of(parts, T::as_ref(app))))
    }
}

/// What a key means something in.
#[derive(Debug)]
struct KeyScope {
    /// The id of the user; `None` for the anonymous viewer.
    owner: Option<i64>,
    retention: Retention,
    /// Of the viewer, the method, the path and the query.
    asked: Sha256,
}

impl KeyScope {
    /// That of the request, unless its store has no stored responses.
    fn of(parts: &Parts, store: &Store) -> Option<Self> {
        let retention = store.retention()?;
        let owner = Viewer::of(&parts.extensions).user_id();
        let mut asked = Sha256::new();
        // No method has a colon. The digests of anonymous requests are those that files hold already.
        if let Some(owner) = owner {
            asked.update(format!("user:{owner}\n"));
        }
        // As they came, escapes and all: what is written in another way is another request. Neither this
        // nor the method holds a line feed.
        let target = parts.uri.path_and_query().map_or("/", PathAndQuery::as_str);
        let asked = asked
            .chain_update(parts.method.as_str())
            .chain_update("\n")
            .chain_update(target)
            .chain_update("\n");
        Some(Self {
            owner,
            retention,
            asked,
        })
    }

    fn once(self, key: &str, body: &[u8]) -> Once {
        let request = self.asked.chain_update(body).finalize();
        Once::keyed(self.owner, key, request.into(), self.retention)
    }

    fn once_in_secret(self, secret: &DigestKey, key: &str, body: &[u8]) -> Once {
        let request = self.asked.chain_update(body).finalize();
        let request = secret.of_request(request.into());
        Once::keyed(self.owner, key, request, self.retention).without_keeping()
    }
}

const FORM: &str = "Idempotency-Key must hold 1 to 255 ASCII characters: a structured field's string in \
                    quotes, or the characters alone, without spaces and \" \\ , ;";

fn malformed(detail: &str) -> HttpError {
    HttpError::problem(StatusCode::BAD_REQUEST, detail)
}
