//! `POST /initialize`: back to the baked data, as a new generation. The request's body, whatever it
//! is and says it is, is not looked at.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::{IsuumoState, Result};
use crate::http::builtin::openapi::StorageFull;

/// What became of it.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Initialized {
    /// What the server is written in.
    language: &'static str,
}

/// Back to the baked data
///
/// Undoes every purchase and upload. A body is not looked at.
#[utoipa::path(post, path = "/initialize", operation_id = "initialize", tag = "Operation",
    responses(
        (status = 200, description = "The data is as it was baked.", body = Initialized),
        (status = 507, response = StorageFull),
    ))]
pub(super) async fn initialize(State(isu): State<IsuumoState>) -> Result<Json<Initialized>> {
    isu.store.reset().await?;
    Ok(Json(Initialized { language: "rust" }))
}
