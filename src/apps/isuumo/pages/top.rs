//! `GET /`: what there is to do, and the cheapest of both.
//!
//! The page of the newest state is kept in each language, packed, and made anew when the data has
//! changed ([`TopCache`]). It must not keep a page of a state that was changing while it was made.

use std::sync::{Arc, Mutex, PoisonError};

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue};
use axum::response::Response;

use super::cards::{self, Card};
use super::data::PageData;
use super::format::number;
use super::frame::PageFrame;
use super::language::Language;
use super::map::Map;
use crate::apps::isuumo::{IsuumoState, Result};
use crate::http::{HttpError, Precompressed};
use crate::store::Revision;
use crate::web::languages::Languages as _;
use crate::web::texts::fill;

const HTML: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");

/// The page in each language, as of the revision that it was last made in.
#[derive(Default)]
pub(in crate::apps::isuumo) struct TopCache([Mutex<Option<KeptTop>>; Language::ALL.len()]);

struct KeptTop {
    revision: Revision,
    page: Arc<Precompressed>,
}

impl TopCache {
    fn of(&self, language: Language) -> &Mutex<Option<KeptTop>> {
        &self.0[language as usize]
    }

    /// The page of `revision`, if it is the one that is kept.
    fn get(&self, language: Language, revision: Revision) -> Option<Arc<Precompressed>> {
        let kept = self.of(language);
        let kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = kept.as_ref().filter(|kept| kept.revision == revision)?;
        Some(Arc::clone(&kept.page))
    }

    fn keep(&self, language: Language, revision: Revision, page: &Arc<Precompressed>) {
        let page = Arc::clone(page);
        let kept = self.of(language);
        *kept.lock().unwrap_or_else(PoisonError::into_inner) = Some(KeptTop { revision, page });
    }
}

#[derive(Template)]
#[template(path = "isuumo/top.html")]
struct TopPage<'p> {
    frame: &'p PageFrame,
    lead: String,
    map: &'p Map,
    estates: Vec<Card>,
    chairs: Vec<Card>,
}

pub(super) async fn top(
    State(isu): State<IsuumoState>,
    frame: PageFrame,
    request: HeaderMap,
) -> Result<Response> {
    let before = isu.store.revision();
    // The switch of languages comes back with the query, so with one it is another page.
    let revision = before.filter(|_| frame.address.as_str() == "/");
    let kept = revision.and_then(|revision| isu.tops.get(frame.language, revision));
    if let Some(page) = kept {
        return Ok(page.answer(&request, isu.compress));
    }
    let html = render(&frame, &PageData::begin(&isu)?).await?;
    let pack = move || Precompressed::at_once(HTML, html.into_bytes());
    let page = Arc::new(isu.work.run_in_turn(pack).await?);
    if let Some(revision) = revision
        && isu.store.revision() == before
    {
        isu.tops.keep(frame.language, revision, &page);
    }
    Ok(page.answer(&request, isu.compress))
}

async fn render(frame: &PageFrame, data: &PageData<'_>) -> Result<String> {
    let counted = |count: usize| number(i64::try_from(count).unwrap_or(i64::MAX));
    let counts = [
        ("chairs", &*counted(data.catalogue.chairs.count())),
        ("estates", &counted(data.catalogue.estates.count())),
    ];
    let template = TopPage {
        frame,
        lead: fill(&frame.t.top.lead, &counts),
        map: &*data.map().await?,
        estates: cards::of_estates(frame, data.cheapest_estates()?.rows()),
        chairs: cards::of_chairs(frame, data.cheapest_chairs()?.rows()),
    };
    template.render().map_err(HttpError::internal)
}
