//! `POST /initialize`: back to the baked data, as a new generation. The request's body, whatever it
//! is and says it is, is not looked at.

use axum::extract::State;
use axum::{Extension, Json};
use serde::Serialize;
use utoipa::ToSchema;

use super::{IsuumoState, Result};
use crate::http::builtin::openapi::StorageFull;
use crate::http::{Notable, Preconditions};
use crate::store::DataState;

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
    params(("If-Match" = Option<String>, Header)),
    responses(
        (status = 200, description = "The data is as it was baked.", body = Initialized),
        (status = 507, response = StorageFull),
    ))]
pub(super) async fn initialize(
    State(isu): State<IsuumoState>,
    conditions: Preconditions,
) -> Result<(Extension<Notable>, Json<Initialized>)> {
    let is_met = move |state: &DataState| conditions.are_met(state);
    if !isu.store.reset_if(is_met).await? {
        return Err(Preconditions::failed());
    }
    let reset = Extension(Notable("reset to the baked data"));
    Ok((reset, Json(Initialized { language: "rust" })))
}
