//! The languages of the pages, and the switch between them. English is the one of visitors who say nothing
//! else.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use crate::apps::conduit::{BlogState, Result};
use crate::http::HttpError;
use crate::web::form::FormFields;
use crate::web::languages::Languages;
use crate::web::redirect::{local_or, see_other};

/// A language of the pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BlogLanguage {
    English,
    Japanese,
}

impl Languages for BlogLanguage {
    const ALL: &'static [Self] = &[Self::English, Self::Japanese];

    fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Japanese => "ja",
        }
    }
}

/// `POST /language`: remembers the choice and goes back.
pub(super) async fn choose(State(blog): State<BlogState>, form: FormFields) -> Result<Response> {
    let language = form.text("language").and_then(BlogLanguage::from_code);
    let language = language.ok_or_else(|| HttpError::bare(StatusCode::BAD_REQUEST))?;
    let mut response = see_other(local_or(form.text("to"), &blog.mount.url("/")));
    language.remember(&mut response, &blog.cookies)?;
    Ok(response)
}
