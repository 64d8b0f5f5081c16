//! What became of a form: it was done, or something in it has to be mended, which is said beside the field.

use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::strings::FieldTexts;
use super::visitor::Visitor;
use crate::apps::conduit::Result;
use crate::apps::conduit::problem::ConduitError;
use crate::apps::conduit::validation::{BLANK, FULL, INVALID, TAKEN};
use crate::http::HttpError;
use crate::store::{Outcome, StoredResponse};
use crate::web::form::FormFields;
use crate::web::texts::fill;

/// What became of a write that a form asked for.
pub(super) enum Posted {
    /// The body of its answer; nothing, if that is not kept.
    Done(Vec<u8>),
    Refused(FormRefusal),
}

/// Why a form was refused: its status, and what is wrong with which field.
pub(super) struct FormRefusal {
    pub(super) status: StatusCode,
    errors: Vec<(String, String)>,
}

impl Posted {
    /// That of an outcome.
    ///
    /// # Errors
    /// What no field can mend: that it is not there, or somebody else's.
    pub(super) fn of(outcome: Outcome) -> Result<Self> {
        match outcome {
            Outcome::Done(answer) | Outcome::Replayed(answer) if answer.status < 400 => Ok(
                Self::Done(answer.body.map(|body| body.bytes).unwrap_or_default()),
            ),
            Outcome::Done(answer) | Outcome::Replayed(answer) => {
                FormRefusal::stored(&answer).map(Self::Refused)
            }
            Outcome::Withheld(_) => Ok(Self::Done(Vec::new())),
            Outcome::KeyTaken => Err(HttpError::bare(StatusCode::UNPROCESSABLE_ENTITY)),
        }
    }
}

/// What is said of a form as a whole, by this key.
const FORM: &str = "form";
const ENDED: &str = "session has ended";
const OUTDATED: &str = "is out of date";

impl FormRefusal {
    /// The number of `visitor`, who sends `form`; or why not: the session has ended, or the form is of
    /// another one. Whoever has written a long text gets it back then.
    pub(super) fn unless_sent_by(
        visitor: Option<&Visitor>,
        form: &FormFields,
    ) -> Result<i64, Self> {
        match visitor {
            Some(visitor) if visitor.sent(form).is_ok() => Ok(visitor.id),
            Some(_) => Err(Self::outdated()),
            None => Err(Self::of_form(StatusCode::UNAUTHORIZED, ENDED)),
        }
    }

    /// That a form has the token of another session, or of another visitor.
    pub(super) fn outdated() -> Self {
        Self::of_form(StatusCode::FORBIDDEN, OUTDATED)
    }

    fn of_form(status: StatusCode, text: &str) -> Self {
        Self {
            status,
            errors: vec![(FORM.to_owned(), text.to_owned())],
        }
    }

    /// Whether this was said of all of `keys`.
    pub(super) fn concerns(&self, keys: &[&str]) -> bool {
        keys.iter()
            .all(|key| self.errors.iter().any(|(name, _)| name == key))
    }

    fn stored(answer: &StoredResponse) -> Result<Self> {
        #[derive(Deserialize)]
        struct StoredErrors {
            errors: Map<String, Value>,
        }
        let status = StatusCode::from_u16(answer.status).map_err(HttpError::internal)?;
        let is_of_fields = [StatusCode::CONFLICT, StatusCode::UNPROCESSABLE_ENTITY];
        if !is_of_fields.contains(&status) {
            return Err(HttpError::bare(status));
        }
        let body = answer.body.as_ref().map(|body| body.bytes.as_slice());
        let document: StoredErrors =
            serde_json::from_slice(body.unwrap_or_default()).map_err(HttpError::internal)?;
        let text = |value: &Value| value[0].as_str().unwrap_or_default().to_owned();
        let errors = document.errors.iter();
        Ok(Self {
            status,
            errors: errors
                .map(|(key, value)| (key.clone(), text(value)))
                .collect(),
        })
    }

    /// What of it is said where.
    pub(super) fn explained(&self, t: &FieldTexts) -> FormErrors {
        let errors = self.errors.iter();
        FormErrors(
            errors
                .map(|(key, text)| (key.clone(), explain(t, key, text)))
                .collect(),
        )
    }
}

impl From<ConduitError> for FormRefusal {
    fn from(error: ConduitError) -> Self {
        let errors = error.errors();
        Self {
            status: error.status(),
            errors: errors
                .map(|(key, text)| (key.to_owned(), text.to_owned()))
                .collect(),
        }
    }
}

/// What is wrong with which field, in the page's language.
#[derive(Debug, Default)]
pub(super) struct FormErrors(Vec<(String, String)>);

impl FormErrors {
    /// What is wrong with a field; nothing, if it is empty.
    pub(super) fn of(&self, key: &str) -> &str {
        let mut errors = self.0.iter();
        let found = errors.find(|(name, _)| name == key);
        found.map_or("", |(_, text)| text.as_str())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// What the contract says of a field, in the page's words.
fn explain(t: &FieldTexts, key: &str, text: &str) -> String {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let bound = |template: &str| fill(template, &[("n", &digits)]);
    match text {
        _ if key == "credentials" => t.credentials.clone(),
        ENDED => t.ended.clone(),
        OUTDATED => t.outdated.clone(),
        BLANK => t.blank.clone(),
        INVALID => match key {
            "username" => t.invalid_username.clone(),
            "email" => t.invalid_email.clone(),
            "image" => t.invalid_image.clone(),
            _ => t.invalid.clone(),
        },
        TAKEN => t.taken.clone(),
        FULL => t.full.clone(),
        text if text.starts_with("is too short") => bound(&t.too_short),
        text if text.ends_with("characters)") => bound(&t.too_long),
        text if text.ends_with("bytes)") => bound(&t.too_many_bytes),
        text if text.ends_with("tags)") => bound(&t.too_many_tags),
        text => text.to_owned(),
    }
}

/// Fields of a form as a body of the API has them. Browsers send line ends of their own.
pub(super) struct ApiFields(pub(super) Map<String, Value>);

impl ApiFields {
    /// Those with these names; what was left empty is an empty text.
    pub(super) fn of(form: &FormFields, names: &[&str]) -> Self {
        let fields = names
            .iter()
            .map(|name| ((*name).to_owned(), Value::from(typed(form, name))));
        Self(fields.collect())
    }
}

/// What was typed into a field.
pub(super) fn typed(form: &FormFields, name: &str) -> String {
    let text = form.text(name).unwrap_or_default();
    text.replace("\r\n", "\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::apps::conduit::pages::language::BlogLanguage;
    use crate::apps::conduit::pages::strings::BlogStrings;
    use crate::apps::conduit::validation::{self, FieldReader, MOST_TAGS};

    #[test]
    fn everything_that_a_field_can_be_told_is_in_the_pages_words() {
        let long = "x".repeat(300_000);
        let errors = [
            validation::username(&long),
            validation::username(".."),
            validation::email(&long),
            validation::password("short"),
            validation::password(&long),
            validation::bio(&long),
            validation::title(&long),
            validation::comment_body(&long),
        ];
        let t = &BlogStrings::of(BlogLanguage::Japanese).field;
        let texts = errors.map(Result::unwrap_err);
        let others = [BLANK, ENDED, OUTDATED, TAKEN, FULL];
        let others = others.map(str::to_owned);
        let many: Vec<_> = (0..=MOST_TAGS).map(|number| number.to_string()).collect();
        let fields = ApiFields(Map::from_iter([("tagList".to_owned(), Value::from(many))]));
        let mut reader = FieldReader::of(&fields.0);
        assert_eq!(reader.tags("tagList"), None);
        let refused = FormRefusal::from(reader.finish().unwrap_err());
        let tags = refused.errors.into_iter().map(|(_, text)| text);
        for text in texts.into_iter().chain(others).chain(tags) {
            let explained = explain(t, "x", &text);
            assert!(
                explained.chars().any(|c| c > '\u{3000}'),
                "{text}: {explained}"
            );
            assert!(!explained.contains('{'), "{explained}");
        }
        for key in ["username", "email", "image"] {
            assert_ne!(explain(t, key, INVALID), explain(t, "x", INVALID), "{key}");
        }
        let short = explain(t, "password", "is too short (minimum is 8 characters)");
        assert!(short.contains('8'), "{short}");
    }
}
