//! The languages of the pages, and the switch between them. Japanese, the language of the data, is the one
//! of visitors who say nothing else.

use axum::extract::State;
use axum::response::Response;

use crate::apps::isuumo::{IsuumoState, Result, bad_request};
use crate::web::form::FormFields;
use crate::web::languages::Languages;
use crate::web::redirect::{local_or, see_other};

/// A language of the pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Language {
    Japanese,
    English,
}

impl Languages for Language {
    const ALL: &'static [Self] = &[Self::Japanese, Self::English];

    fn code(self) -> &'static str {
        match self {
            Self::Japanese => "ja",
            Self::English => "en",
        }
    }
}

/// `POST /language`: remembers the choice and goes back.
pub(super) async fn choose(State(isu): State<IsuumoState>, form: FormFields) -> Result<Response> {
    let language = form.text("language").and_then(Language::from_code);
    let language = language.ok_or_else(bad_request)?;
    let mut response = see_other(local_or(form.text("to"), &isu.mount.url("/")));
    language.remember(&mut response, &isu.cookies)?;
    Ok(response)
}
