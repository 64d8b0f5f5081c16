//! Tokens in forms, by which an app knows that a form came from a page that it sent to this visitor.
//!
//! A token is derived from something that only the visitor's browser and the server know: the secret
//! part of a session, or, for visitors without one, a random cookie ([`FormToken::of_visitor`]). It stays
//! the same as long as that does, so that pages with forms keep their entity tags, and a form that was
//! open in another tab still counts. It is the second line of defence behind `http::limits::same_origin`.

use std::sync::Arc;

use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use data_encoding::HEXLOWER;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::cookie::{CookieScope, cookies};
use super::form::FormFields;
use crate::http::HttpError;

/// The name of the hidden field.
pub const FIELD: &str = "csrf_token";

/// The name of the cookie of visitors without a session.
const COOKIE: &str = "form_seed";

/// Characters of its value.
const SEED_LENGTH: usize = 32;

/// Bytes of the digest that a token shows: as many as nobody can guess.
const SHOWN: usize = 16;

/// A form's token. Its text goes into the field [`FIELD`].
#[derive(Clone, PartialEq, Eq)]
pub struct FormToken(Arc<str>);

impl FormToken {
    /// The token that belongs to `seed`, which nobody else knows: the secret part of a session.
    #[must_use]
    pub fn of_seed(seed: &[u8]) -> Self {
        let digest = Sha256::new_with_prefix("ekiben form token\n")
            .chain_update(seed)
            .finalize();
        Self(HEXLOWER.encode(&digest[..SHOWN]).into())
    }

    /// The token of a visitor without a session, and the cookie value to set if there is none yet (see
    /// [`FormToken::remember`]).
    #[must_use]
    pub fn of_visitor(request: &HeaderMap) -> (Self, Option<String>) {
        if let Some(known) = cookies(request, COOKIE).next().filter(|seed| is_seed(seed)) {
            return (Self::of_seed(known.as_bytes()), None);
        }
        let fresh = Uuid::new_v4().simple().to_string();
        (Self::of_seed(fresh.as_bytes()), Some(fresh))
    }

    /// Has `response` set the cookie that a new visitor's token belongs to.
    ///
    /// # Errors
    /// Never for what [`FormToken::of_visitor`] returned; 500 for what is no header.
    pub fn remember(
        response: &mut Response,
        scope: &CookieScope,
        seed: Option<&str>,
    ) -> Result<(), HttpError> {
        match seed {
            Some(seed) => scope.set(response, COOKIE, seed, None),
            None => Ok(()),
        }
    }

    /// The text of the field.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.0
    }

    /// Whether a posted form has this token.
    ///
    /// # Errors
    /// 403 when it has none or another.
    pub fn check(&self, form: &FormFields) -> Result<(), HttpError> {
        self.check_text(form.text(FIELD).unwrap_or_default())
    }

    /// The same for a token that came in a header, as scripts send it.
    ///
    /// # Errors
    /// 403 when it is another.
    pub fn check_text(&self, given: &str) -> Result<(), HttpError> {
        // Digests are compared, so that the time says nothing about the token.
        if Sha256::digest(given) == Sha256::digest(&*self.0) {
            return Ok(());
        }
        let detail = "The form is out of date. Load its page again.";
        Err(HttpError::problem(StatusCode::FORBIDDEN, detail))
    }
}

/// A visitor's cookie that was set here. Others are replaced: an empty one could be guessed.
fn is_seed(text: &str) -> bool {
    text.len() == SEED_LENGTH && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderValue, header};

    use super::*;

    fn with_cookie(cookie: &str) -> HeaderMap {
        let cookie = HeaderValue::try_from(cookie).unwrap();
        HeaderMap::from_iter([(header::COOKIE, cookie)])
    }

    #[test]
    fn a_token_belongs_to_its_seed() {
        let mine = FormToken::of_seed(b"session of A");
        let form = |text: &str| FormFields::parse(format!("{FIELD}={text}").as_bytes()).unwrap();
        assert!(mine.check(&form(mine.text())).is_ok());
        let other = FormToken::of_seed(b"session of B");
        for wrong in ["", "x", other.text(), &mine.text()[1..]] {
            let refused = mine.check(&form(wrong)).unwrap_err();
            assert_eq!(refused.status(), StatusCode::FORBIDDEN);
        }
        assert!(mine.check(&FormFields::parse(b"").unwrap()).is_err());
    }

    #[test]
    fn a_visitor_keeps_the_cookie_that_was_set() {
        let (first, seed) = FormToken::of_visitor(&HeaderMap::new());
        let seed = seed.unwrap();
        let mut response = Response::default();
        let scope = CookieScope::new("/", true);
        FormToken::remember(&mut response, &scope, Some(&seed)).unwrap();
        let cookie = response.headers()[header::SET_COOKIE].to_str().unwrap();
        assert_eq!(
            cookie,
            format!("form_seed={seed}; HttpOnly; SameSite=Lax; Secure; Path=/")
        );
        let (again, none) = FormToken::of_visitor(&with_cookie(&format!("form_seed={seed}")));
        assert!(again == first && none.is_none());
        for cookie in ["form_seed=", "form_seed=short", "other=1"] {
            let (token, fresh) = FormToken::of_visitor(&with_cookie(cookie));
            assert!(token != first && fresh.is_some(), "{cookie}");
        }
    }
}
