//! Tokens: signed statements that somebody is a user until a certain time (JWT, RFC 7519; HS256 only).
//!
//! Nothing is stored for a token, so a replica with the same key verifies what a primary issued; and nothing
//! revokes one before it expires. The expiry is looked at each time, whatever was cached. Times are
//! arguments, so that tests need no clock. It must not know who has an account.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use axum::http::{HeaderMap, header};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use memchr::memchr2;
use serde::{Deserialize, Serialize};

use super::clock::seconds;
use super::figures::{TokenOutcome, UserFigures};
use super::hs256;
use super::known::KnownTexts;
use crate::http::HttpError;

/// Bytes of the longest token that is looked at. Ours have some 150.
const LONGEST_TOKEN: usize = 1024;

/// Issues and verifies tokens. Clones are the same one.
#[derive(Clone)]
pub struct Tokens(Arc<Signing>);

struct Signing {
    encoding: EncodingKey,
    decoding: DecodingKey,
    header: Header,
    validation: Validation,
    lifetime: Duration,
    known: KnownTexts<TokenClaims>,
    figures: Arc<UserFigures>,
}

/// What a token says. Times are seconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TokenClaims {
    /// Whose it is.
    pub user: i64,
    /// From when on it is no longer valid.
    pub expires: u64,
    /// When it was issued, in seconds since 1970, if it says so.
    pub issued: Option<u64>,
}

/// Why a token is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenFault {
    /// It was not issued here, or not with this key.
    Invalid,
    /// It was, but its time is over.
    Expired,
}

/// The claims on the wire: the subject is text (RFC 7519, section 4.1.2), times may have fractions
/// (section 2, `NumericDate`).
#[derive(Serialize, Deserialize)]
struct WireClaims {
    sub: String,
    #[serde(default)]
    iat: Option<serde_json::Number>,
    exp: serde_json::Number,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    nbf: Option<serde_json::Number>,
}

impl Tokens {
    /// Tokens signed with `secret`, valid for `lifetime`.
    ///
    /// # Errors
    /// When `secret` is empty.
    pub(super) fn new(
        secret: &[u8],
        lifetime: Duration,
        figures: Arc<UserFigures>,
    ) -> jsonwebtoken::errors::Result<Self> {
        let (encoding, decoding) = hs256::keys(secret)?;
        let mut validation = Validation::new(Algorithm::HS256);
        // Times are checked here, by the clock that is given and without leeway. Audiences are not used.
        validation.validate_exp = false;
        validation.validate_aud = false;
        Ok(Self(Arc::new(Signing {
            encoding,
            decoding,
            header: Header::new(Algorithm::HS256),
            validation,
            lifetime,
            known: KnownTexts::default(),
            figures,
        })))
    }

    /// A token of `user`, valid from `now` on.
    ///
    /// # Errors
    /// 500, which does not happen: the claims are numbers and text.
    pub fn issue(&self, user: i64, now: SystemTime) -> Result<String, HttpError> {
        let signing = &*self.0;
        let issued = seconds(now);
        let claims = WireClaims {
            sub: user.to_string(),
            iat: Some(issued.into()),
            exp: issued.saturating_add(signing.lifetime.as_secs()).into(),
            nbf: None,
        };
        jsonwebtoken::encode(&signing.header, &claims, &signing.encoding)
            .map_err(HttpError::internal)
    }

    /// What `token` says, if it was issued with this key and is valid at `now`.
    ///
    /// # Errors
    /// Why it is refused.
    pub fn verify(&self, token: &str, now: SystemTime) -> Result<TokenClaims, TokenFault> {
        let found = self.0.verify(token, seconds(now));
        self.0.figures.token(match found {
            Ok(_) => TokenOutcome::Accepted,
            Err(TokenFault::Invalid) => TokenOutcome::Invalid,
            Err(TokenFault::Expired) => TokenOutcome::Expired,
        });
        found
    }
}

impl Signing {
    fn verify(&self, token: &str, now: u64) -> Result<TokenClaims, TokenFault> {
        if token.len() > LONGEST_TOKEN {
            return Err(TokenFault::Invalid);
        }
        let claims = match self.known.get(token) {
            Some(known) => known,
            None => self.decode(token, now)?,
        };
        if claims.expires <= now {
            return Err(TokenFault::Expired);
        }
        Ok(claims)
    }

    fn decode(&self, token: &str, now: u64) -> Result<TokenClaims, TokenFault> {
        let decoded = jsonwebtoken::decode::<WireClaims>(token, &self.decoding, &self.validation);
        let wire = decoded.map_err(|_| TokenFault::Invalid)?.claims;
        let claims = wire.read().ok_or(TokenFault::Invalid)?;
        let begins = wire.nbf.as_ref().map_or(Some(0), whole_seconds);
        if begins.is_none_or(|begins| begins > now) {
            return Err(TokenFault::Invalid);
        }
        self.known.insert(token, claims);
        Ok(claims)
    }
}

impl WireClaims {
    fn read(&self) -> Option<TokenClaims> {
        // One text for each id: "7", and neither "+7" nor "07".
        let user = self
            .sub
            .parse()
            .ok()
            .filter(|id: &i64| id.to_string() == self.sub)?;
        // It need not be there, but must be a time.
        let issued = match &self.iat {
            Some(issued) => Some(whole_seconds(issued)?),
            None => None,
        };
        Some(TokenClaims {
            user,
            expires: whole_seconds(&self.exp)?,
            issued,
        })
    }
}

fn whole_seconds(number: &serde_json::Number) -> Option<u64> {
    let cut = || {
        let seconds = number.as_f64().filter(|seconds| *seconds >= 0.0)?;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "not negative; the cast cuts off the fraction and saturates"
        )]
        let whole = seconds as u64;
        Some(whole)
    };
    number.as_u64().or_else(cut)
}

/// The credential that a request presents in `Authorization` by one of `schemes`: exactly one word behind
/// the scheme, whose case does not matter (RFC 9110, section 11.1). `None` where there is none, or one of
/// another scheme.
#[must_use]
pub fn credential<'r>(request: &'r HeaderMap, schemes: &[&str]) -> Option<&'r str> {
    let mut lines = request.get_all(header::AUTHORIZATION).iter();
    let (line, None) = (lines.next()?, lines.next()) else {
        return None;
    };
    let line = line.as_bytes().trim_ascii();
    if !line.is_ascii() {
        return None;
    }
    // A header's value has no other blanks (RFC 9110, section 5.5).
    let blank = memchr2(b' ', b'\t', line)?;
    let (scheme, credential) = (&line[..blank], line[blank..].trim_ascii());
    let is_known = schemes
        .iter()
        .any(|known| known.as_bytes().eq_ignore_ascii_case(scheme));
    let is_word = !credential.is_empty() && memchr2(b' ', b'\t', credential).is_none();
    let credential = std::str::from_utf8(credential).ok()?;
    (is_known && is_word).then_some(credential)
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;
    use data_encoding::BASE64URL_NOPAD;
    use serde_json::{Value, json};

    use super::super::keys::hmac;
    use super::*;

    const SECRET: &[u8] = b"a secret that is long enough for SHA-256";
    const HOUR: Duration = Duration::from_secs(3600);

    fn at(seconds: u64) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
    }

    fn tokens(secret: &[u8]) -> Tokens {
        Tokens::new(secret, HOUR, Arc::default()).unwrap()
    }

    /// A token as anybody could make it, signed with HS256 by `secret` whatever its header says.
    fn made(header: &Value, claims: &Value, secret: &[u8]) -> String {
        let [header, claims] =
            [header, claims].map(|part| BASE64URL_NOPAD.encode(part.to_string().as_bytes()));
        let message = format!("{header}.{claims}");
        let signature = hmac(secret, &[message.as_bytes()]);
        format!("{message}.{}", BASE64URL_NOPAD.encode(&signature))
    }

    fn hs256() -> Value {
        json!({"alg": "HS256", "typ": "JWT"})
    }

    #[test]
    fn a_token_is_valid_until_it_expires_to_the_second() {
        let tokens = tokens(SECRET);
        let token = tokens.issue(7, at(1000)).unwrap();
        let claims = TokenClaims {
            user: 7,
            expires: 4600,
            issued: Some(1000),
        };
        // The second time from the cache, and the clock may go back.
        for now in [1000, 4599, 4600, 4599, 0] {
            let expected = if now < 4600 {
                Ok(claims)
            } else {
                Err(TokenFault::Expired)
            };
            assert_eq!(tokens.verify(&token, at(now)), expected, "{now}");
        }
        // One that had expired when it was first seen.
        let fresh = self::tokens(SECRET);
        assert_eq!(fresh.verify(&token, at(4600)), Err(TokenFault::Expired));
    }

    #[test]
    fn a_token_of_another_service_with_the_secret_is_valid() {
        let claims = json!({"sub": "12", "exp": 2000});
        let token = made(&hs256(), &claims, SECRET);
        let found = tokens(SECRET).verify(&token, at(0)).unwrap();
        assert_eq!((found.user, found.expires), (12, 2000));
    }

    #[test]
    fn other_algorithms_keys_and_changed_tokens_are_invalid() {
        let tokens = tokens(SECRET);
        let claims = json!({"sub": "7", "exp": 2000});
        let good = made(&hs256(), &claims, SECRET);
        assert!(tokens.verify(&good, at(0)).is_ok());
        let (message, signature) = good.rsplit_once('.').unwrap();
        let none = made(&json!({"alg": "none"}), &claims, SECRET);
        let (unsigned, _) = none.rsplit_once('.').unwrap();
        let mut wrong = vec![
            String::new(),
            ".".to_owned(),
            "..".to_owned(),
            "abc".to_owned(),
            message.to_owned(),
            format!("{message}."),
            format!("{message}.{}", &signature[1..]),
            format!("{message}.{signature}="),
            format!("{message}.{signature}.{signature}"),
            format!(" {good}"),
            format!("{unsigned}."),
            "x".repeat(LONGEST_TOKEN + 1),
            made(
                &hs256(),
                &claims,
                b"another secret of the same length: 123456",
            ),
        ];
        for algorithm in [
            "none", "None", "HS384", "HS512", "RS256", "ES256", "hs256", "",
        ] {
            wrong.push(made(&json!({"alg": algorithm}), &claims, SECRET));
        }
        wrong.push(made(&json!({"typ": "JWT"}), &claims, SECRET));
        wrong.push(made(
            &json!({"alg": "HS256", "crit": ["x"], "x": 1}),
            &claims,
            SECRET,
        ));
        // Each byte of it changed.
        for index in 0..good.len() {
            let mut bytes = good.clone().into_bytes();
            bytes[index] = if bytes[index] == b'A' { b'B' } else { b'A' };
            wrong.push(String::from_utf8(bytes).unwrap());
        }
        for token in wrong {
            // The last character has two bits that mean nothing: a strict decoder wants them to be 0.
            assert_eq!(
                tokens.verify(&token, at(0)),
                Err(TokenFault::Invalid),
                "{token}"
            );
        }
    }

    #[test]
    fn claims_that_are_not_ours_are_invalid() {
        let tokens = tokens(SECRET);
        for claims in [
            json!({}),
            json!({"sub": "7"}),
            json!({"exp": 2000}),
            json!({"sub": 7, "exp": 2000}),
            json!({"sub": null, "exp": 2000}),
            json!({"sub": "", "exp": 2000}),
            json!({"sub": "+7", "exp": 2000}),
            json!({"sub": "07", "exp": 2000}),
            json!({"sub": "7 ", "exp": 2000}),
            json!({"sub": "99999999999999999999", "exp": 2000}),
            json!({"sub": "7", "exp": "2000"}),
            json!({"sub": "7", "exp": -1}),
            json!({"sub": "7", "exp": null}),
            json!({"sub": "7", "exp": 2000, "iat": "x"}),
            json!({"sub": "7", "exp": 2000, "nbf": 1001}),
            json!([]),
            json!("7"),
        ] {
            let token = made(&hs256(), &claims, SECRET);
            let found = tokens.verify(&token, at(1000));
            assert_eq!(found, Err(TokenFault::Invalid), "{claims}");
        }
        // Issued in the future, times with fractions, and more claims than ours.
        for claims in [
            json!({"sub": "7", "exp": 2000.5, "iat": 1e9, "nbf": 1000, "aud": "x", "iss": "y"}),
            json!({"sub": "-7", "exp": 18_446_744_073_709_551_615_u64, "foo": [1]}),
        ] {
            let token = made(&hs256(), &claims, SECRET);
            assert!(tokens.verify(&token, at(1000)).is_ok(), "{claims}");
        }
    }

    #[test]
    fn the_credential_is_one_word_behind_a_known_scheme() {
        let credential = |lines: &[&str]| {
            let mut headers = HeaderMap::new();
            for line in lines {
                headers.append(header::AUTHORIZATION, HeaderValue::from_str(line).unwrap());
            }
            credential(&headers, &["Token", "Bearer"]).map(str::to_owned)
        };
        for line in [
            "Token a.b.c",
            "token a.b.c",
            "BEARER   a.b.c ",
            "Bearer\ta.b.c",
        ] {
            assert_eq!(credential(&[line]).as_deref(), Some("a.b.c"), "{line}");
        }
        for line in [
            "",
            "Token",
            "Token ",
            "a.b.c",
            "Basic a.b.c",
            "Token a b",
            "Tokena.b.c",
        ] {
            assert_eq!(credential(&[line]), None, "{line}");
        }
        assert_eq!(credential(&[]), None);
        assert_eq!(credential(&["Token a", "Token b"]), None, "which one?");
    }
}
