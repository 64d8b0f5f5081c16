//! Answers that are pages of rows: a head, rows with commas between them, and what closes both.
//!
//! They know where their rows are, so that they can be packed from what is known of the rows.

use std::sync::Arc;

use axum::response::Response;

use super::shelf::Shelf;
use crate::apps::answer::{JSON, RowFormat, json};
use crate::http::{HttpError, PackablePage, PackedPage, packable_page};
use crate::store::Generation;

/// What stands behind the rows.
const TAIL: &[u8] = b"]}";

/// A page as JSON.
pub(in crate::apps::isuumo) struct RowPage {
    pub(in crate::apps::isuumo) body: Vec<u8>,
    rows: Option<PlacedRows>,
}

/// Which rows of a list a page has.
struct PlacedRows {
    shelf: Arc<Shelf>,
    positions: Vec<usize>,
    /// Where the first begins.
    start: usize,
}

impl RowPage {
    /// The rows at `positions` behind `head`, from the file what is not kept.
    pub(in crate::apps::isuumo) fn write(
        generation: &Generation,
        shelf: &Arc<Shelf>,
        kind: RowFormat,
        positions: Vec<usize>,
        head: Vec<u8>,
    ) -> Result<Self, HttpError> {
        let start = head.len();
        let mut body = head;
        shelf.write(generation, kind, &positions, &mut body)?;
        body.extend_from_slice(TAIL);
        let shelf = Arc::clone(shelf);
        Ok(Self {
            body,
            rows: Some(PlacedRows {
                shelf,
                positions,
                start,
            }),
        })
    }

    /// A page of which nothing more is known.
    pub(in crate::apps::isuumo) fn of(body: Vec<u8>) -> Self {
        Self { body, rows: None }
    }

    /// 200 with the page.
    pub(in crate::apps::isuumo) fn answer(self) -> Response {
        match self.rows {
            Some(rows) => packable_page(JSON, self.body, Arc::new(rows)),
            None => json(self.body),
        }
    }
}

impl PackablePage for PlacedRows {
    fn begin_to_learn(&self) -> bool {
        self.shelf.begin_to_learn()
    }

    fn learn(&self) {
        self.shelf.learn();
    }

    fn end_learning(&self) {
        self.shelf.end_learning();
    }

    fn gzip(&self, page: &[u8]) -> Option<PackedPage> {
        self.shelf.gzip(page, self.start, &self.positions)
    }
}
