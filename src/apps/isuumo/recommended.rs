//! `GET /api/recommended_estate/{id}`: estates through whose door a chair fits.
//!
//! A chair passes when two of its sides fit the door's two sides. Of all six ways to try, the best
//! takes the chair's two shorter sides, shorter to shorter: hence the sorted columns in the schema.

use axum::extract::State;
use axum::http::StatusCode;
use rusqlite::{Connection, OptionalExtension as _};

use super::catalogue::{Catalogue, RowPage};
use super::{IsuumoState, Result, estate, path_id};
use crate::http::{
    HttpError, LastingReading, PathParameter, PublicResponse, Reading, RevisionCache,
};
use crate::store::{Generation, is_unfinished};

/// Estates in an answer at most.
const LIMIT: usize = 20;

/// The estates that a chair can be carried into
///
/// At most 20, the most popular whose door is as wide and as high as two of the chair's sides. The
/// chair may be sold out.
#[utoipa::path(get, path = "/api/recommended_estate/{id}", operation_id = "recommended_estates",
    tag = "Estates",
    params(("id" = i64, Path, description = "The id of the chair", example = 1)),
    responses(
        (status = 200, description = "The estates.", body = estate::RecommendedEstates,
            headers(("ETag" = String))),
        (status = 400, description = "The id is no integer of 64 bits, or there is no such chair. \
            Empty."),
    ))]
pub(super) async fn recommended(
    State(isu): State<IsuumoState>,
    PathParameter(id): PathParameter,
) -> Result<PublicResponse> {
    let id = path_id(&id)?;
    let reading = Reading::begin(&isu.store);
    let lasting = LastingReading::begin(&isu.store);
    let generation = isu.store.generation();
    let catalogue = Catalogue::of(&generation)?;
    let kept = (&isu.sides, lasting);
    Ok(reading.answer(find(kept, &generation, &catalogue, id)?.answer()))
}

/// The sides that are kept, with a reading that began before the generation was taken: else those of a generation
/// before would be kept as those of the one that came meanwhile.
pub(super) type KeptSides<'s> = (&'s RevisionCache<i64, [i64; 2]>, LastingReading<'s>);

/// The answer; `catalogue` is that of `generation`, taken before.
pub(super) fn find(
    kept: KeptSides<'_>,
    generation: &Generation,
    catalogue: &Catalogue,
    id: i64,
) -> Result<RowPage> {
    let sides = shorter_sides(kept, generation, id)?;
    let sides = sides.ok_or_else(|| HttpError::bare(StatusCode::BAD_REQUEST))?;
    let places = catalogue.places();
    let positions: Vec<usize> = places.with_door(sides).take(LIMIT).collect();
    if positions.is_empty() {
        // As the original answers.
        return Ok(RowPage::of(b"{\"estates\":null}".to_vec()));
    }
    let head = b"{\"estates\":[".to_vec();
    let shelf = &catalogue.estates;
    RowPage::write(generation, shelf, estate::KIND, positions, head)
}

/// The two shorter sides of a chair, the shorter one first. A chair that is there keeps them, whatever is bought
/// and uploaded; while an upload brings it, it is not there yet, and nothing is kept.
fn shorter_sides(
    (kept, reading): KeptSides<'_>,
    generation: &Generation,
    id: i64,
) -> Result<Option<[i64; 2]>> {
    if let Some(sides) = reading.cached(kept, &id) {
        return Ok(Some(sides));
    }
    let sides = generation.read(|connection| Ok::<_, HttpError>(sorted_sides(connection, id)?))?;
    let Some([shortest, middle, _]) = sides else {
        return Ok(None);
    };
    let sides = [shortest, middle];
    // A table is up to half empty.
    reading.keep(kept, id, sides, size_of_val(&sides));
    Ok(Some(sides))
}

fn sorted_sides(connection: &Connection, id: i64) -> rusqlite::Result<Option<[i64; 3]>> {
    if is_unfinished(connection, "chair", id)? {
        return Ok(None);
    }
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
