//! `GET /api/chair/low_priced` and `GET /api/estate/low_priced`: the 20 cheapest.

use axum::Json;
use axum::extract::State;
use serde::Serialize;

use super::chair::Chair;
use super::estate::Estate;
use super::{Result, Shared, listing};
use crate::http::HttpError;

pub(super) const CHAIR_IDS: &str = "SELECT id FROM chair_search ORDER BY price, id LIMIT 20";
pub(super) const ESTATE_IDS: &str = "SELECT id FROM estate_search ORDER BY rent, id LIMIT 20";

#[derive(Debug, Serialize)]
pub(super) struct Chairs {
    /// `null` when there is none, as the original answers.
    chairs: Option<Vec<Chair>>,
}

#[derive(Debug, Serialize)]
pub(super) struct Estates {
    estates: Vec<Estate>,
}

pub(super) async fn chairs(State(isu): State<Shared>) -> Result<Json<Chairs>> {
    let chairs = isu.store.read(|connection| {
        Ok::<_, HttpError>(listing::page(
            connection,
            CHAIR_IDS,
            [],
            Chair::SELECT,
            Chair::from_row,
        )?)
    })?;
    Ok(Json(Chairs {
        chairs: Some(chairs).filter(|chairs| !chairs.is_empty()),
    }))
}

pub(super) async fn estates(State(isu): State<Shared>) -> Result<Json<Estates>> {
    let estates = isu.store.read(|connection| {
        let page = listing::page(connection, ESTATE_IDS, [], Estate::SELECT, Estate::from_row)?;
        Ok::<_, HttpError>(page)
    })?;
    Ok(Json(Estates { estates }))
}
