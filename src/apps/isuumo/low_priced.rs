//! `GET /api/chair/low_priced` and `GET /api/estate/low_priced`: the 20 cheapest.
//!
//! The answer is kept with the state of the list that it belongs to, and goes with it.

use axum::body::Bytes;
use axum::extract::State;
use axum::response::Response;

use super::answer::{Kind, json};
use super::catalogue::{Catalogue, Shelf};
use super::{Result, Shared, chair, estate, listing};
use crate::http::{HttpError, Reading};

pub(super) const CHAIR_IDS: &str = "SELECT id FROM chair_search ORDER BY price, id LIMIT 20";
pub(super) const ESTATE_IDS: &str = "SELECT id FROM estate_search ORDER BY rent, id LIMIT 20";

pub(super) async fn chairs(State(isu): State<Shared>) -> Result<Response> {
    cheapest(
        &isu,
        |catalogue| &catalogue.chairs,
        CHAIR_IDS,
        chair::KIND,
        |rows| {
            // `null` when there is none, as the original answers.
            match rows {
                b"" => b"{\"chairs\":null}".to_vec(),
                rows => [b"{\"chairs\":[", rows, b"]}"].concat(),
            }
        },
    )
}

pub(super) async fn estates(State(isu): State<Shared>) -> Result<Response> {
    cheapest(
        &isu,
        |catalogue| &catalogue.estates,
        ESTATE_IDS,
        estate::KIND,
        |rows| [b"{\"estates\":[", rows, b"]}"].concat(),
    )
}

fn cheapest(
    isu: &Shared,
    list: fn(&Catalogue) -> &Shelf,
    ids: &str,
    kind: Kind,
    wrap: fn(&[u8]) -> Vec<u8>,
) -> Result<Response> {
    let reading = Reading::begin(&isu.store);
    let generation = isu.store.generation();
    // Before the file is read, so that the file is never older than the state.
    let catalogue = Catalogue::of(&generation)?;
    let kept = &list(&catalogue).cheapest;
    if let Some(body) = kept.get() {
        return Ok(reading.answer(json(body.clone())));
    }
    let mut rows = Vec::new();
    generation.read(|connection| {
        let ids = listing::ids(connection, ids, [])?;
        listing::write_rows(connection, kind, &ids, &mut rows)?;
        Ok::<_, HttpError>(())
    })?;
    let body = kept.get_or_init(|| Bytes::from(wrap(&rows)));
    Ok(reading.answer(json(body.clone())))
}
