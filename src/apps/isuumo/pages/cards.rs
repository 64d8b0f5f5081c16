//! Cards: a chair or an estate in a list, ready to be shown.

use super::format::{centimetres, number, price};
use super::frame::PageFrame;
use crate::apps::isuumo::chair::Chair;
use crate::apps::isuumo::estate::Estate;
use crate::apps::isuumo::looks;
use crate::web::texts::fill;

/// A card. Texts of the data are Japanese in every language.
pub(super) struct Card {
    pub(super) id: i64,
    pub(super) address: String,
    pub(super) picture: Option<String>,
    pub(super) name: String,
    pub(super) price: String,
    /// One line about it in the page's language.
    pub(super) note: String,
    /// One line about it from the data.
    pub(super) line: String,
    pub(super) description: String,
    /// Latitude and longitude, for the map.
    pub(super) place: Option<(f64, f64)>,
}

/// Cards of chairs.
pub(super) fn of_chairs(frame: &PageFrame, chairs: &[Chair]) -> Vec<Card> {
    let card = |chair: &Chair| Card {
        id: chair.id,
        address: frame.url(&format!("/chair/{}", chair.id)),
        picture: picture_of_chair(frame, chair),
        name: chair.name.clone(),
        price: price(frame.language, chair.price),
        note: format!(
            "{} · {}",
            frame.t.name(&chair.kind),
            frame.t.name(&chair.color)
        ),
        line: size(chair),
        description: chair.description.clone(),
        place: None,
    };
    chairs.iter().map(card).collect()
}

/// Cards of estates.
pub(super) fn of_estates(frame: &PageFrame, estates: &[Estate]) -> Vec<Card> {
    let card = |estate: &Estate| Card {
        id: estate.id,
        address: frame.url(&format!("/estate/{}", estate.id)),
        picture: picture(frame, &estate.thumbnail),
        name: estate.name.clone(),
        price: rent(frame, estate.rent),
        note: format!("{} {}", frame.t.estate.door, door(estate)),
        line: estate.address.clone(),
        description: estate.description.clone(),
        place: Some((estate.latitude, estate.longitude)),
    };
    estates.iter().map(card).collect()
}

/// `80,000円 / 月`.
pub(super) fn rent(frame: &PageFrame, rent: i64) -> String {
    let price = price(frame.language, rent);
    fill(&frame.t.estate.rent_month, &[("price", &price)])
}

/// Width, depth and height.
fn size(chair: &Chair) -> String {
    let (width, depth) = (number(chair.width), number(chair.depth));
    format!("{width} × {depth} × {}", centimetres(chair.height))
}

/// Width and height.
fn door(estate: &Estate) -> String {
    format!(
        "{} × {}",
        number(estate.door_width),
        centimetres(estate.door_height)
    )
}

/// A picture of this site; whatever else an upload may have put there is not loaded.
pub(super) fn picture(frame: &PageFrame, thumbnail: &str) -> Option<String> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/._-".contains(&byte);
    let is_ours = thumbnail.starts_with("/images/") && thumbnail.bytes().all(is_plain);
    (is_ours && !thumbnail.contains("..")).then(|| frame.url(thumbnail))
}

/// The same, of the chair's kind, colour and proportions where they can be drawn.
pub(super) fn picture_of_chair(frame: &PageFrame, chair: &Chair) -> Option<String> {
    let picture = picture(frame, &chair.thumbnail)?;
    let look = looks::of(&chair.kind, &chair.color, chair.width, chair.height);
    Some(match look {
        Some(look) => format!("{picture}?look={look}"),
        None => picture,
    })
}

/// The features in a list, in the page's language.
pub(super) fn features(frame: &PageFrame, features: &str) -> Vec<String> {
    let features = features.split(',').filter(|name| !name.is_empty());
    features.map(|name| frame.t.name(name).to_owned()).collect()
}
