//! `/sentences/new` and `/sentences/{id}/edit`: a sentence, for editors.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use super::frame::PageFrame;
use crate::apps::english::sentence::{RESOURCE, SentenceFields};
use crate::apps::english::validation::FieldErrors;
use crate::apps::english::{Drill, Result};
use crate::http::FormKey;

#[derive(Template)]
#[template(path = "english/sentence_form.html")]
struct SentenceFormPage<'p> {
    frame: &'p PageFrame,
    /// Of one that is there.
    id: Option<i64>,
    form_key: String,
    fields: &'p SentenceFields,
    errors: Option<&'p FieldErrors>,
    back: String,
}

impl SentenceFormPage<'_> {
    fn action(&self) -> String {
        match self.id {
            Some(id) => self.frame.url(&format!("{RESOURCE}/{id}")),
            None => self.frame.url(RESOURCE),
        }
    }

    fn is_wrong(&self, field: &str) -> bool {
        self.errors.is_some_and(|errors| errors.concern(field))
    }

    fn no(&self) -> String {
        self.fields.no.map(|no| no.to_string()).unwrap_or_default()
    }

    /// The texts: name, label, what is in it, language.
    fn texts(&self) -> [(&'static str, &'static str, &str, &'static str); 3] {
        let SentenceFields {
            en, jp, voice_data, ..
        } = self.fields;
        fn text(text: &Option<String>) -> &str {
            text.as_deref().unwrap_or_default()
        }
        [
            ("en", "En", text(en), "en"),
            ("jp", "Jp", text(jp), "ja"),
            ("voice_data", "Voice data", text(voice_data), "en"),
        ]
    }
}

/// The form. One that was refused is shown again with 200 (advice 24).
pub(in crate::apps::english) fn answer(
    drill: &Drill,
    frame: &PageFrame,
    id: Option<i64>,
    fields: &SentenceFields,
    errors: Option<&FieldErrors>,
) -> Result<Response> {
    let path = match id {
        Some(id) => format!("{RESOURCE}/{id}"),
        None => RESOURCE.to_owned(),
    };
    let template = SentenceFormPage {
        frame,
        id,
        form_key: FormKey::fresh(),
        fields,
        errors,
        back: frame.url(&path),
    };
    frame.page(drill, StatusCode::OK, &template)
}
