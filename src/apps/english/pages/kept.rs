//! Pages that are kept for their learner until something changes that she is shown: a sentence, a part of the
//! list, the dashboard.
//!
//! What others grade is no such change (`http::OwnReading`); what else they do counts as one for all, seldom as
//! it is: a sign-up, another order, an account that closes. A kept page is one of a learner, of
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
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
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

/// A view of a page, which is kept if it can be.
pub(super) struct PageView<'p> {
    drill: &'p Drill,
    frame: &'p PageFrame,
    learner: &'p Visitor,
    /// By what it is kept; nothing where it is not.
    key: Option<PageKey>,
    /// The key of its forms, another one for each view; nothing where none has one.
    form_key: Option<String>,
}

impl<'p> PageView<'p> {
    /// A view by `learner`.
    pub(super) fn of(drill: &'p Drill, frame: &'p PageFrame, learner: &'p Visitor) -> Self {
        let address = frame.address.as_str();
        // What is said once is on no other view. A token in an address, which only the learner can put there,
        // would be another session's in its view.
        let can_be_kept = frame.notice.is_none()
            && address.len() <= LONGEST_ADDRESS
            && !address.contains(learner.token());
        let key = can_be_kept.then(|| PageKey {
            language: frame.language,
            address: address.into(),
            day: None,
        });
        Self {
            drill,
            frame,
            learner,
            key,
            form_key: None,
        }
    }

    /// The same of a page that shows which day it is.
    pub(super) fn on(mut self, day: i64) -> Self {
        if let Some(key) = &mut self.key {
            key.day = Some(day);
        }
        self
    }

    /// The same of a page whose forms have a key.
    pub(super) fn with_form_key(mut self) -> Self {
        self.form_key = Some(FormKey::fresh());
        self
    }

    /// The same of a page that is not kept where it shows what changes without a write.
    pub(super) fn kept_if(mut self, can_be_kept: bool) -> Self {
        self.key = self.key.filter(|_| can_be_kept);
        self
    }

    /// The key of its forms.
    pub(super) fn form_key(&self) -> &str {
        self.form_key.as_deref().unwrap_or_default()
    }

    /// What each view has of its own.
    fn own_texts(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.learner.token()).chain(self.form_key.as_deref())
    }

    /// The page, if it is kept.
    pub(super) fn kept(&self) -> Option<Result<Response>> {
        let pages = &self.drill.pages.0;
        let mould = self.learner.user.reading.cached(pages, self.key.clone()?)?;
        let texts: Vec<&str> = self.own_texts().collect();
        let page = mould.cast(&texts);
        Some(self.frame.rendered(self.drill, StatusCode::OK, page))
    }

    /// The page as it was made now, which is kept if it can be.
    pub(super) fn made(&self, template: &impl Template) -> Result<Response> {
        let page = template.render().map_err(HttpError::internal)?;
        let texts: Vec<&str> = self.own_texts().collect();
        if let Some(key) = &self.key
            && let Some(mould) = PageMould::of(&page, &texts)
        {
            let bytes = mould.bytes() + key.address.len();
            let (store, pages) = (&self.drill.store, &self.drill.pages.0);
            let reading = &self.learner.user.reading;
            reading.keep(store, pages, key.clone(), Arc::new(mould), bytes);
        }
        self.frame.rendered(self.drill, StatusCode::OK, page)
    }
}
