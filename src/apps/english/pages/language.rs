//! The languages of the pages, and the switch between them. English is the one of visitors who say nothing
//! else. The sentences, and the buttons by which a learner grades herself, are the same in both.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use crate::apps::english::{DrillState, Result};
use crate::http::HttpError;
use crate::web::form::FormFields;
use crate::web::languages::Languages;
use crate::web::redirect::{local_or, see_other};

/// A language of the pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(in crate::apps::english) enum DrillLanguage {
    English,
    Japanese,
}

impl Languages for DrillLanguage {
    const ALL: &'static [Self] = &[Self::English, Self::Japanese];

    fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Japanese => "ja",
        }
    }
}

/// `POST /language`: remembers the choice and goes back. It changes nothing of anybody's, and takes no token.
pub(super) async fn choose(State(drill): State<DrillState>, form: FormFields) -> Result<Response> {
    let language = form.text("language").and_then(DrillLanguage::from_code);
    let none = || HttpError::problem(StatusCode::BAD_REQUEST, "There is no such language.");
    let language = language.ok_or_else(none)?;
    let mut response = see_other(local_or(form.text("to"), &drill.mount.url("/")));
    language.remember(&mut response, &drill.cookies)?;
    Ok(response)
}
