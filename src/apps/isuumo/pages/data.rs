//! What pages show: the API's answers, read back into rows.
//!
//! Whatever a page lists comes from the function that the API's endpoint calls, so a page cannot find
//! anything else than the API does, and has the rows that are kept in memory as it has.
//!
//! Those rows are kept as JSON, because the API copies them. Reading some twenty of them back costs a page
//! far less than rendering it; rows kept as structs beside it would double the memory, or cost the API
//! the copying.

use std::sync::Arc;

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::frame::PageFrame;
use super::map::Map;
use crate::apps::isuumo::browse::BrowseRequest;
use crate::apps::isuumo::catalogue::Catalogue;
use crate::apps::isuumo::chair::Chair;
use crate::apps::isuumo::criteria::SearchTarget;
use crate::apps::isuumo::estate::Estate;
use crate::apps::isuumo::nazotte::Vertex;
use crate::apps::isuumo::{
    IsuumoSettings, IsuumoState, Result, browse, by_id, low_priced, nazotte, recommended,
};
use crate::http::{HttpError, LastingReading, Reading};
use crate::store::Generation;
use crate::web::layout::page;

/// A list, and how many there are where the API says so.
#[derive(Debug, Deserialize)]
pub(super) struct FoundRows<T> {
    #[serde(default)]
    pub(super) count: i64,
    #[serde(rename = "chairs", alias = "estates")]
    rows: Option<Vec<T>>,
}

impl<T> FoundRows<T> {
    /// The rows; none where the API says `null`.
    pub(super) fn rows(&self) -> &[T] {
        self.rows.as_deref().unwrap_or_default()
    }
}

/// One state of the data, and the page that is made from it.
pub(super) struct PageData<'s> {
    isu: &'s IsuumoState,
    reading: Reading<'s>,
    lasting: LastingReading<'s>,
    generation: Arc<Generation>,
    pub(super) catalogue: Arc<Catalogue>,
}

impl<'s> PageData<'s> {
    /// The newest state.
    pub(super) fn begin(isu: &'s IsuumoState) -> Result<Self> {
        let reading = Reading::begin(&isu.store);
        let lasting = LastingReading::begin(&isu.store);
        let generation = isu.store.generation();
        // Before the file is read, so that the file is never older than the state.
        let catalogue = Catalogue::of(&generation)?;
        Ok(Self {
            isu,
            reading,
            lasting,
            generation,
            catalogue,
        })
    }

    /// The page that shows it, with its tag.
    pub(super) fn page(
        self,
        frame: &PageFrame,
        status: StatusCode,
        template: &impl Template,
    ) -> Result<Response> {
        let response = page(status, template)?;
        let response = self.reading.answer_variant(response, frame.code());
        Ok(response.into_response())
    }

    /// The map of the estates.
    pub(super) async fn map(&self) -> Result<Arc<Map>> {
        self.isu.maps.of(&self.isu.work, &self.catalogue).await
    }

    pub(super) fn cheapest_chairs(&self) -> Result<FoundRows<Chair>> {
        read(&low_priced::CHAIRS.find(&self.generation, &self.catalogue)?)
    }

    pub(super) fn cheapest_estates(&self) -> Result<FoundRows<Estate>> {
        read(&low_priced::ESTATES.find(&self.generation, &self.catalogue)?)
    }

    /// A list of one of the two kinds, as it is asked for.
    pub(super) async fn browse<T: DeserializeOwned>(
        &self,
        target: &'static SearchTarget,
        request: &BrowseRequest,
    ) -> Result<FoundRows<T>> {
        let (generation, catalogue) = (&self.generation, &self.catalogue);
        read(&browse::find(self.isu, generation, catalogue, target, request).await?)
    }

    pub(super) fn settings(&self) -> &IsuumoSettings {
        &self.isu.settings
    }

    /// A chair, and whether it can be bought.
    pub(super) fn chair(&self, id: i64) -> Result<Option<(Chair, bool)>> {
        if let Some(row) = by_id::find_chair(&self.generation, &self.catalogue, id)? {
            return Ok(Some((read(&row)?, true)));
        }
        let sold_out = by_id::find_sold_out(&self.generation, id)?;
        let chair = sold_out.map(|row| read(&row)).transpose()?;
        Ok(chair.map(|chair| (chair, false)))
    }

    pub(super) fn estate(&self, id: i64) -> Result<Option<Estate>> {
        let row = by_id::find_estate(&self.generation, &self.catalogue, id)?;
        row.map(|row| read(&row)).transpose()
    }

    /// Estates through whose door a chair fits.
    pub(super) fn recommended(&self, chair: i64) -> Result<FoundRows<Estate>> {
        let kept = (&self.isu.sides, self.lasting);
        let found = recommended::find(kept, &self.generation, &self.catalogue, chair)?;
        read(&found.body)
    }

    /// The first estates inside a closed ring.
    pub(super) async fn inside(&self, ring: &[Vertex]) -> Result<FoundRows<Estate>> {
        let found = nazotte::find(&self.isu.work, &self.generation, &self.catalogue, ring).await?;
        read(&found.body)
    }
}

fn read<T: DeserializeOwned>(json: &[u8]) -> Result<T> {
    serde_json::from_slice(json).map_err(HttpError::internal)
}
