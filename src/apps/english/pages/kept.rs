//! Pages that are kept for their learner until something changes that she is shown: a sentence, a part of the
//! list, the dashboard.
//!
//! What others do, grading above all, is no such change (`http::OwnReading`). A kept page is one of a learner, of
//! an address and of a language; the token of the session and the key of the forms are put in anew at each
//! view. It must not know what a page shows.

use std::sync::Arc;

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use super::frame::PageFrame;
use super::language::DrillLanguage;
use crate::apps::english::learner::Visitor;
use crate::apps::english::{Drill, Result};
use crate::http::{FormKey, HttpError, OwnCache};
use crate::web::mould::PageMould;

/// Bytes of pages that are kept, of all learners together.
const KEPT_PAGES: usize = 32 * 1024 * 1024;

/// Bytes of the longest address whose page is kept.
const LONGEST_ADDRESS: usize = 256;

/// What a page depends on beside its learner and the data.
#[derive(Debug, PartialEq, Eq, Hash)]
struct PageKey {
    language: DrillLanguage,
    /// Path and query, which forms come back to.
    address: Box<str>,
    /// The day that it was made on, where it shows that.
    day: Option<i64>,
}

/// The pages of all learners.
pub(in crate::apps::english) struct KeptPages(OwnCache<PageKey, Arc<PageMould>>);

impl Default for KeptPages {
    fn default() -> Self {
        Self(OwnCache::new(KEPT_PAGES))
    }
}

/// A view of a page that can be kept.
pub(super) struct PageView<'p> {
    drill: &'p Drill,
    frame: &'p PageFrame,
    learner: &'p Visitor,
    day: Option<i64>,
    /// The key of its forms, another one for each view.
    pub(super) form_key: String,
}

impl<'p> PageView<'p> {
    /// A view by `learner`, of a page that depends on the `day` or does not.
    pub(super) fn of(
        drill: &'p Drill,
        frame: &'p PageFrame,
        learner: &'p Visitor,
        day: Option<i64>,
    ) -> Self {
        Self {
            drill,
            frame,
            learner,
            day,
            form_key: FormKey::fresh(),
        }
    }

    /// The page, if it is kept.
    pub(super) fn kept(&self) -> Option<Result<Response>> {
        let pages = &self.drill.pages.0;
        let mould = self.learner.user.reading.cached(pages, self.key()?)?;
        let page = mould.cast(&[self.learner.token(), &self.form_key]);
        Some(self.frame.rendered(self.drill, StatusCode::OK, page))
    }

    /// The page as it was made now, which is kept if it can be.
    pub(super) fn made(&self, template: &impl Template) -> Result<Response> {
        let page = template.render().map_err(HttpError::internal)?;
        if let Some(key) = self.key()
            && let Some(mould) = PageMould::of(&page, &[self.learner.token(), &self.form_key])
        {
            let bytes = mould.bytes() + key.address.len();
            let (store, pages) = (&self.drill.store, &self.drill.pages.0);
            let reading = &self.learner.user.reading;
            reading.keep(store, pages, key, Arc::new(mould), bytes);
        }
        self.frame.rendered(self.drill, StatusCode::OK, page)
    }

    /// By what it is kept. What is said once is on no other view.
    fn key(&self) -> Option<PageKey> {
        let address = self.frame.address.as_str();
        let can_be_kept = self.frame.notice.is_none() && address.len() <= LONGEST_ADDRESS;
        can_be_kept.then(|| PageKey {
            language: self.frame.language,
            address: address.into(),
            day: self.day,
        })
    }
}
