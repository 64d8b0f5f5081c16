//! `POST /initialize`: back to the baked data, as a new generation. The request's body, whatever it
//! is and says it is, is not looked at.

use axum::Json;
use axum::extract::State;
use serde::Serialize;

use super::{Result, Shared};

#[derive(Debug, Serialize)]
pub(super) struct Initialized {
    language: &'static str,
}

pub(super) async fn initialize(State(isu): State<Shared>) -> Result<Json<Initialized>> {
    isu.store.reset().await?;
    Ok(Json(Initialized { language: "rust" }))
}
