//! What is wrong with the fields of a form or a body, as Rails words it, by field. Pages make sentences of it, in
//! their language.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value};

use super::Result;
use crate::http::HttpError;

/// The most characters of a text, as the columns of the original have it. Lists that are seeded are held to it
/// as well.
pub(super) const LONGEST: usize = 255;

/// What is wrong with which field, in their order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct FieldErrors(Vec<(String, Vec<String>)>);

impl FieldErrors {
    pub(super) fn add(&mut self, field: &str, text: impl Into<String>) {
        match self.0.iter_mut().find(|(name, _)| name == field) {
            Some((_, texts)) => texts.push(text.into()),
            None => self.0.push((field.to_owned(), vec![text.into()])),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether something is wrong with a field.
    pub(super) fn concern(&self, field: &str) -> bool {
        self.0.iter().any(|(name, _)| name == field)
    }

    /// `{"field":["text"]}`.
    pub(super) fn json(&self) -> Vec<u8> {
        let fields = self.0.iter().map(|(name, texts)| {
            let (name, texts) = (Value::from(name.as_str()), Value::from(texts.clone()));
            format!("{name}:{texts}")
        });
        format!("{{{}}}", fields.collect::<Vec<_>>().join(",")).into_bytes()
    }

    /// What [`FieldErrors::json`] wrote.
    pub(super) fn parse(json: &[u8]) -> Result<Self> {
        let fields: Map<String, Value> =
            serde_json::from_slice(json).map_err(HttpError::internal)?;
        let mut errors = Self::default();
        for (name, texts) in &fields {
            for text in texts.as_array().into_iter().flatten() {
                errors.add(name, text.as_str().unwrap_or_default());
            }
        }
        Ok(errors)
    }

    /// Each text with its field.
    pub(super) fn all(&self) -> impl Iterator<Item = (&str, &str)> {
        let fields = self.0.iter();
        fields
            .flat_map(|(name, texts)| texts.iter().map(move |text| (name.as_str(), text.as_str())))
    }
}

/// 422 with them.
impl IntoResponse for FieldErrors {
    fn into_response(self) -> Response {
        let kind = [(header::CONTENT_TYPE, "application/json")];
        (StatusCode::UNPROCESSABLE_ENTITY, kind, self.json()).into_response()
    }
}

/// What is wrong with a text, if it is too long.
pub(super) fn length(text: &str) -> Option<String> {
    (text.chars().count() > LONGEST)
        .then(|| format!("is too long (maximum is {LONGEST} characters)"))
}

/// What is wrong with a text, if there is a NUL in it: SQLite's functions stop there.
pub(super) fn nul(text: &str) -> Option<&'static str> {
    text.contains('\0').then_some("has a NUL in it")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_texts_by_field() {
        let mut errors = FieldErrors::default();
        errors.add("sentence", "must exist");
        errors.add("sentence", "must exist");
        errors.add("voice_data", "is odd");
        let json = errors.json();
        let text = r#"{"sentence":["must exist","must exist"],"voice_data":["is odd"]}"#;
        assert_eq!(String::from_utf8_lossy(&json), text);
        assert_eq!(FieldErrors::parse(&json).unwrap(), errors);
        assert!(errors.concern("sentence") && !errors.concern("user"));
        assert_eq!(errors.all().last(), Some(("voice_data", "is odd")));
    }

    /// Advice 29: 255 characters, whatever they take in bytes.
    #[test]
    fn characters_are_counted_and_not_bytes() {
        assert_eq!(length(&"🍱".repeat(255)), None);
        let wrong = length(&"a".repeat(256)).unwrap();
        assert_eq!(wrong, "is too long (maximum is 255 characters)");
    }
}
