//! `/words/{no}`: the words of a number, with what editors need to change them.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use super::frame::PageFrame;
use crate::apps::english::validation::FieldErrors;
use crate::apps::english::words::{NewWord, StoredWord};
use crate::apps::english::{Drill, Result};
use crate::http::FormKey;
use crate::web::texts::fill;

#[derive(Template)]
#[template(path = "english/words.html")]
struct WordsPage<'p> {
    frame: &'p PageFrame,
    no: i64,
    words: &'p [StoredWord],
    /// Whether pages of sentences show those of a service instead.
    by_service: bool,
    form_key: String,
    typed: NewWord,
    errors: Option<&'p FieldErrors>,
}

impl WordsPage<'_> {
    fn title(&self) -> String {
        let no = self.no.to_string();
        fill(&self.frame.t.words.title, &[("no", &no)])
    }

    fn address(&self) -> String {
        self.frame.url(&format!("/words/{}", self.no))
    }

    fn sentence(&self) -> String {
        let path = format!("/sentences/search?no={}", self.no);
        self.frame.url(&path)
    }

    fn is_wrong(&self, field: &str) -> bool {
        self.errors.is_some_and(|errors| errors.concern(field))
    }
}

/// The page. A form that was refused is shown again with what was typed.
pub(in crate::apps::english) fn answer(
    drill: &Drill,
    frame: &PageFrame,
    no: i64,
    words: &[StoredWord],
    refused: Option<(&NewWord, &FieldErrors)>,
) -> Result<Response> {
    let template = WordsPage {
        frame,
        no,
        words,
        by_service: drill.word_service.is_some(),
        form_key: FormKey::fresh(),
        typed: refused.map(|(typed, _)| typed.clone()).unwrap_or_default(),
        errors: refused.map(|(_, errors)| errors),
    };
    frame.page(drill, StatusCode::OK, &template)
}
