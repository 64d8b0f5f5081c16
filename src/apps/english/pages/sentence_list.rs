//! `/sentences`: a learner's sentences, five to a page, in the order that she chose.

use askama::Template;
use axum::response::Response;

use super::frame::PageFrame;
use super::kept::PageView;
use crate::apps::english::learner::Visitor;
use crate::apps::english::sentence::{RESOURCE, Sentence, SentencesInOrder};
use crate::apps::english::{Drill, Result};
use crate::web::paging::Paging;

/// A sentence in a table.
pub(super) struct SentenceRow {
    pub(super) no: String,
    pub(super) jp: String,
    pub(super) score: i64,
    pub(super) address: String,
}

impl SentenceRow {
    pub(super) fn of(frame: &PageFrame, (sentence, score): &(Sentence, i64)) -> Self {
        let fields = &sentence.fields;
        Self {
            no: fields.no.map(|no| no.to_string()).unwrap_or_default(),
            jp: fields.jp.clone().unwrap_or_default(),
            score: *score,
            address: frame.url(&format!("{RESOURCE}/{}", sentence.id)),
        }
    }
}

#[derive(Template)]
#[template(path = "english/sentences.html")]
struct SentencesPage<'p> {
    frame: &'p PageFrame,
    mode: &'static str,
    rows: Vec<SentenceRow>,
    paging: Paging,
}

/// A part of the list of a learner, which `read` reads.
pub(in crate::apps::english) fn answer(
    drill: &Drill,
    frame: &PageFrame,
    learner: &Visitor,
    read: impl FnOnce() -> Result<SentencesInOrder>,
) -> Result<Response> {
    let view = PageView::of(drill, frame, learner);
    if let Some(kept) = view.kept() {
        return kept;
    }
    let list = read()?;
    let rows = list.rows.iter().map(|row| SentenceRow::of(frame, row));
    let address = |page: i64| match page {
        1 => frame.url(RESOURCE),
        page => frame.url(&format!("{RESOURCE}?page={page}")),
    };
    let template = SentencesPage {
        frame,
        mode: learner.user.mode.name(),
        rows: rows.collect(),
        paging: Paging::new(list.page, list.last, address),
    };
    view.made(&template)
}
