//! Secret settings: tokens, keys and passwords, as a type that cannot be shown.
//!
//! Being a type is what protects them: `Debug` and `Serialize` write that there is a secret and never
//! which, errors leave the value out, and comparing takes the same time whatever was guessed. The
//! layers recognise a secret setting by how this type serialises, not by the setting's name. It must
//! not know what a secret opens.

use std::fmt;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

/// A secret, or that none is set, which is the default and also what an empty text means.
#[derive(Clone, Default)]
pub struct Secret(Box<str>);

impl Secret {
    /// Whether there is one.
    #[must_use]
    pub fn is_set(&self) -> bool {
        !self.0.is_empty()
    }

    /// The secret itself, for what is computed from it: a hash, a signature. It must not be kept, shown or
    /// compared in any other form.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether `given` is the secret. When none is set, nothing is.
    #[must_use]
    pub fn matches(&self, given: &[u8]) -> bool {
        // Digests have one length, so that the time does not tell how long the secret is either.
        let digests = [self.0.as_bytes(), given].map(Sha256::digest);
        let is_equal = digests[0].as_slice().ct_eq(digests[1].as_slice());
        self.is_set() && is_equal.into()
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        self.is_set() == other.is_set() && (!self.is_set() || self.matches(other.0.as_bytes()))
    }
}

impl Eq for Secret {}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = if self.is_set() { "set" } else { "unset" };
        write!(f, "Secret({state})")
    }
}

/// As a unit, whether one is set or not. No other setting serialises so: the layers tell by it which
/// settings are secret.
impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_unit()
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum GivenSecret {
            Text(String),
            Unset(()),
        }
        match GivenSecret::deserialize(from) {
            Ok(GivenSecret::Text(text)) => Ok(Self(text.into())),
            Ok(GivenSecret::Unset(())) => Ok(Self::default()),
            // Replaced, because an error of serde may quote what it found.
            Err(_) => Err(D::Error::custom("must be text in quotes")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_text_matches_and_nothing_where_none_is_set() {
        let secret = Secret::from("s3cret");
        assert!(secret.matches(b"s3cret"));
        for wrong in ["", "s3cre", "s3cret ", "S3cret", "(hidden)"] {
            assert!(!secret.matches(wrong.as_bytes()), "{wrong}");
        }
        assert!(!Secret::default().matches(b""));
        assert_eq!(secret, Secret::from("s3cret"));
        assert_ne!(secret, Secret::from("other"));
        assert_ne!(secret, Secret::default());
        assert_eq!(Secret::from(""), Secret::default());
    }

    #[test]
    fn what_is_written_of_one_does_not_show_it() {
        let secret = Secret::from("s3cret");
        assert_eq!(format!("{secret:?}"), "Secret(set)");
        assert_eq!(format!("{:?}", Secret::default()), "Secret(unset)");
        assert_eq!(serde_json::to_string(&secret).unwrap(), "null");
    }

    #[test]
    fn an_error_does_not_quote_what_it_found() {
        for given in [
            "123456",
            "true",
            "1e3",
            "[\"s3cret\"]",
            "{\"a\":\"s3cret\"}",
        ] {
            let error = serde_json::from_str::<Secret>(given).unwrap_err();
            let error = error.to_string();
            assert!(error.starts_with("must be text in quotes"), "{error}");
        }
    }
}
