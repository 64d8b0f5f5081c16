//! The chair as the API shows it: where its fields come from, and their order.

use rusqlite::Row;

use super::answer::{Kind, Object, key};

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
