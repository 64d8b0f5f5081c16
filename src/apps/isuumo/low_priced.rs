//! `GET /api/chair/low_priced` and `GET /api/estate/low_priced`: the 20 cheapest.
//!
//! The answer is kept with the state of the list that it belongs to, packed too, and goes with it.

use axum::body::Bytes;
use axum::extract::State;

use super::catalogue::{CHAIR_TABLE, Catalogue, ESTATE_TABLE, Shelf};
use super::{IsuumoState, Result, chair, estate};
use crate::apps::answer::{JSON, RowFormat};
use crate::apps::listing;
use crate::http::{HttpError, KeptBody, PublicResponse, Reading};
use crate::store::{Generation, Unfinished};

/// Read as far as the answer goes, and no further.
pub(super) const CHAIR_IDS: &str = "SELECT id FROM chair_search ORDER BY price, id";
pub(super) const ESTATE_IDS: &str = "SELECT id FROM estate_search ORDER BY rent, id";

/// Rows of an answer.
const CHEAPEST: usize = 20;

/// A list whose cheapest are asked for.
pub(super) struct Cheapest {
    list: fn(&Catalogue) -> &Shelf,
    table: &'static str,
    ids: &'static str,
    kind: RowFormat,
    /// Makes the answer from the rows.
    wrap: fn(&[u8]) -> Vec<u8>,
}

pub(super) static CHAIRS: Cheapest = Cheapest {
    list: |catalogue| &catalogue.chairs,
    table: CHAIR_TABLE,
    ids: CHAIR_IDS,
    kind: chair::KIND,
    wrap: |rows| match rows {
        // `null` when there is none, as the original answers.
        b"" => b"{\"chairs\":null}".to_vec(),
        rows => [b"{\"chairs\":[", rows, b"]}"].concat(),
    },
};
pub(super) static ESTATES: Cheapest = Cheapest {
    list: |catalogue| &catalogue.estates,
    table: ESTATE_TABLE,
    ids: ESTATE_IDS,
    kind: estate::KIND,
    wrap: |rows| [b"{\"estates\":[", rows, b"]}"].concat(),
};

/// The 20 cheapest chairs that are not sold out
#[utoipa::path(get, path = "/api/chair/low_priced", operation_id = "low_priced_chairs",
    tag = "Chairs",
    responses((status = 200, description = "The chairs.", body = chair::ChairList,
        headers(("ETag" = String)))))]
pub(super) async fn chairs(State(isu): State<IsuumoState>) -> Result<PublicResponse> {
    answer(&isu, &CHAIRS)
}

/// The 20 cheapest estates
#[utoipa::path(get, path = "/api/estate/low_priced", operation_id = "low_priced_estates",
    tag = "Estates",
    responses((status = 200, description = "The estates.", body = estate::EstateList,
        headers(("ETag" = String)))))]
pub(super) async fn estates(State(isu): State<IsuumoState>) -> Result<PublicResponse> {
    answer(&isu, &ESTATES)
}

fn answer(isu: &IsuumoState, cheapest: &Cheapest) -> Result<PublicResponse> {
    let reading = Reading::begin(&isu.store);
    let generation = isu.store.generation();
    // Before the file is read, so that the file is never older than the state.
    let catalogue = Catalogue::of(&generation)?;
    let body = cheapest.kept(&generation, &catalogue)?;
    Ok(reading.answer(body.answer(JSON)))
}

impl Cheapest {
    /// The body of the answer; `catalogue` is that of `generation`, taken before.
    pub(super) fn find(&self, generation: &Generation, catalogue: &Catalogue) -> Result<Bytes> {
        let kept = self.kept(generation, catalogue)?;
        Ok(kept.plain().clone())
    }

    fn kept(&self, generation: &Generation, catalogue: &Catalogue) -> Result<KeptBody> {
        let kept = &(self.list)(catalogue).cheapest;
        if let Some(body) = kept.get() {
            return Ok(body.clone());
        }
        let mut rows = Vec::new();
        generation.read(|connection| {
            let hidden = Unfinished::read(connection, self.table)?;
            let page = (0, CHEAPEST);
            let (_, ids) = listing::ids_without(connection, &hidden, self.ids, [], page, CHEAPEST)?;
            listing::write_rows(connection, self.kind, &ids, &mut rows)?;
            Ok::<_, HttpError>(())
        })?;
        let body = kept.get_or_init(|| KeptBody::new((self.wrap)(&rows)));
        Ok(body.clone())
    }
}
