//! `GET /api/recommended_estate/{id}`: estates through whose door a chair fits.
//!
//! A chair passes when two of its sides fit the door's two sides. Of all six ways to try, the best
//! takes the chair's two shorter sides, shorter to shorter: hence the sorted columns in the schema.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use rusqlite::{Connection, OptionalExtension as _};
use serde::Serialize;

use super::estate::Estate;
use super::{Result, Shared, listing, path_id};
use crate::http::HttpError;

pub(super) const ESTATE_IDS: &str = "SELECT id FROM estate_search \
    WHERE door_short >= ?1 AND door_long >= ?2 ORDER BY popularity DESC, id LIMIT 20";

#[derive(Debug, Serialize)]
pub(super) struct Recommended {
    /// `null` when there is none, as the original answers.
    estates: Option<Vec<Estate>>,
}

/// 400 for an id that is no integer and for a chair that is not there; sold-out chairs count.
pub(super) async fn recommended(
    State(isu): State<Shared>,
    Path(id): Path<String>,
) -> Result<Json<Recommended>> {
    let id = path_id(&id)?;
    let work = move |connection: &Connection| {
        let Some([shortest, middle, _]) = sorted_sides(connection, id)? else {
            return Err(HttpError::bare(StatusCode::BAD_REQUEST));
        };
        let sides = [shortest, middle];
        Ok(listing::page(
            connection,
            ESTATE_IDS,
            sides,
            Estate::SELECT,
            Estate::from_row,
        )?)
    };
    let estates = isu.store.read_offloaded(work).await?;
    Ok(Json(Recommended {
        estates: Some(estates).filter(|estates| !estates.is_empty()),
    }))
}

fn sorted_sides(connection: &Connection, id: i64) -> rusqlite::Result<Option<[i64; 3]>> {
    let mut select =
        connection.prepare_cached("SELECT width, height, depth FROM chair WHERE id = ?1")?;
    let sides = select.query_row([id], |row| Ok([row.get(0)?, row.get(1)?, row.get(2)?]));
    sides.optional().map(|sides| {
        sides.map(|mut sides: [i64; 3]| {
            sides.sort_unstable();
            sides
        })
    })
}
