//! The chair as the API shows it: where its fields come from, their order, and how they are described.

use rusqlite::Row;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::apps::answer::{Object, RowFormat, key};

/// A chair by id, whether or not it can still be bought.
pub(super) const KIND: RowFormat = RowFormat {
    select: "SELECT id, name, description, thumbnail, price, height, width, depth, color, features, \
        kind FROM chair WHERE id = ?1",
    write,
};

/// Fields in the order of the answer. Popularity and stock stay inside.
fn write(row: &Row<'_>, out: &mut Vec<u8>) -> rusqlite::Result<()> {
    Object::of(row, out)
        .integer(key!("id"))?
        .text(key!("name"))?
        .text(key!("description"))?
        .text(key!("thumbnail"))?
        .integer(key!("price"))?
        .integer(key!("height"))?
        .integer(key!("width"))?
        .integer(key!("depth"))?
        .text(key!("color"))?
        .text(key!("features"))?
        .text(key!("kind"))?
        .end();
    Ok(())
}

/// A chair. Without its popularity and its stock.
#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct Chair {
    pub(super) id: i64,
    #[schema(max_length = 64)]
    pub(super) name: String,
    #[schema(max_length = 4096)]
    pub(super) description: String,
    /// Path of a picture.
    #[schema(max_length = 128)]
    pub(super) thumbnail: String,
    /// In yen.
    #[schema(value_type = i32)]
    pub(super) price: i64,
    /// In centimetres, as are width and depth.
    #[schema(value_type = i32)]
    pub(super) height: i64,
    #[schema(value_type = i32)]
    pub(super) width: i64,
    #[schema(value_type = i32)]
    pub(super) depth: i64,
    #[schema(max_length = 64)]
    pub(super) color: String,
    /// Separated by commas; empty when there are none.
    #[schema(max_length = 64)]
    pub(super) features: String,
    #[schema(max_length = 64)]
    pub(super) kind: String,
}

/// A page of chairs.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what `search` writes")]
pub(super) struct ChairPage {
    /// How many chairs meet the conditions, on all pages together.
    #[schema(minimum = 0)]
    count: i64,
    /// The most popular first, then by id.
    chairs: Vec<Chair>,
}

/// A list of chairs.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what `low_priced` writes")]
pub(super) struct ChairList {
    /// The cheapest first, then by id; `null` when there is none.
    #[schema(required, max_items = 20)]
    chairs: Option<Vec<Chair>>,
}
