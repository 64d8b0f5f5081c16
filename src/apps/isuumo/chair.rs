//! The chair as the API shows it: where its fields come from, their order, and how they are described.

use rusqlite::Row;
use utoipa::ToSchema;

use crate::apps::answer::{Kind, Object, key};

/// A chair by id, whether or not it can still be bought.
pub(super) const KIND: Kind = Kind {
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

/// A chair. Its popularity and its stock are not told.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what `write` writes")]
pub(super) struct Chair {
    id: i64,
    #[schema(max_length = 64)]
    name: String,
    #[schema(max_length = 4096)]
    description: String,
    /// Path of a picture.
    #[schema(max_length = 128)]
    thumbnail: String,
    /// In yen.
    price: i32,
    /// In centimetres, as are width and depth.
    height: i32,
    width: i32,
    depth: i32,
    #[schema(max_length = 64)]
    color: String,
    /// Separated by commas; empty when there are none.
    #[schema(max_length = 64)]
    features: String,
    #[schema(max_length = 64)]
    kind: String,
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
