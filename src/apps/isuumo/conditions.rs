//! The two condition documents: what the search forms offer, and the ranges behind range ids.
//!
//! They are baked into the file and read once for each generation: the catalogue holds them, with their
//! answers in the key order of the original. This file must not know who holds them.

use axum::http::HeaderValue;
use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::http::Precompressed;
use crate::store::StoreError;

pub(super) const CHAIR_DOCUMENT: &str = "chair_condition";
pub(super) const ESTATE_DOCUMENT: &str = "estate_condition";

/// Both documents, with their answers.
#[derive(Debug)]
pub(super) struct Conditions {
    pub(super) chair: ChairCondition,
    pub(super) estate: EstateCondition,
    pub(super) chair_json: Precompressed,
    pub(super) estate_json: Precompressed,
}

/// `chair_condition.json`; fields in the order of the answer.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
pub(super) struct ChairCondition {
    pub(super) width: Ranges,
    pub(super) height: Ranges,
    pub(super) depth: Ranges,
    pub(super) price: Ranges,
    pub(super) color: Choices,
    pub(super) feature: Choices,
    pub(super) kind: Choices,
}

/// `estate_condition.json`; fields in the order of the answer.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct EstateCondition {
    pub(super) door_width: Ranges,
    pub(super) door_height: Ranges,
    pub(super) rent: Ranges,
    pub(super) feature: Choices,
}

/// The ranges of one size.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
pub(super) struct Ranges {
    pub(super) prefix: String,
    pub(super) suffix: String,
    pub(super) ranges: Vec<Range>,
}

/// `[min, max)`; -1 is an open end.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
pub(super) struct Range {
    pub(super) id: i64,
    pub(super) min: i64,
    pub(super) max: i64,
}

/// What can be chosen.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
pub(super) struct Choices {
    pub(super) list: Vec<String>,
}

impl Range {
    /// A range that is open at both ends restricts nothing and so is no condition.
    pub(super) fn is_everything(&self) -> bool {
        self.min == -1 && self.max == -1
    }
}

impl Conditions {
    /// Reads both documents from a baked file and packs their answers.
    pub(super) fn read(connection: &Connection) -> Result<Self, StoreError> {
        let chair: ChairCondition = document(connection, CHAIR_DOCUMENT)?;
        let estate: EstateCondition = document(connection, ESTATE_DOCUMENT)?;
        let answer = |json: serde_json::Result<Vec<u8>>| {
            let kind = HeaderValue::from_static("application/json");
            json.map(|body| Precompressed::new(kind, body))
                .map_err(malformed)
        };
        let chair_json = answer(serde_json::to_vec(&chair))?;
        let estate_json = answer(serde_json::to_vec(&estate))?;
        Ok(Self {
            chair,
            estate,
            chair_json,
            estate_json,
        })
    }
}

fn document<T: for<'de> Deserialize<'de>>(
    connection: &Connection,
    name: &str,
) -> Result<T, StoreError> {
    let select = "SELECT body FROM ekiben_document WHERE name = ?1";
    let body: String = connection.query_row(select, [name], |row| row.get(0))?;
    serde_json::from_str(&body).map_err(malformed)
}

fn malformed(cause: serde_json::Error) -> StoreError {
    let text = rusqlite::types::Type::Text;
    rusqlite::Error::FromSqlConversionFailure(0, text, Box::new(cause)).into()
}
