//! Cards: a chair or an estate in a list, ready to be shown.

use super::format::{centimetres, number, price};
use super::frame::PageFrame;
use crate::apps::isuumo::chair::Chair;
use crate::apps::isuumo::estate::Estate;
use crate::apps::isuumo::{images, looks};
use crate::web::texts::fill;

/// A card. Texts of the data are Japanese in every language.
pub(super) struct Card {
    pub(super) id: i64,
    pub(super) address: String,
    pub(super) picture: String,
    pub(super) name: String,
    pub(super) price: String,
    /// One line about it in the page's language.
    pub(super) note: String,
    /// One line about it from the data.
    pub(super) line: String,
    /// Its beginning.
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
        description: beginning(&chair.description),
        place: None,
    };
    chairs.iter().map(card).collect()
}

/// Cards of estates.
pub(super) fn of_estates(frame: &PageFrame, estates: &[Estate]) -> Vec<Card> {
    let card = |estate: &Estate| Card {
        id: estate.id,
        address: frame.url(&format!("/estate/{}", estate.id)),
        picture: picture(frame, "estate", &estate.thumbnail),
        name: estate.name.clone(),
        price: rent(frame, estate.rent),
        note: format!("{} {}", frame.t.estate.door, door(estate)),
        line: estate.address.clone(),
        description: beginning(&estate.description),
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

/// Characters of a description that a list shows; its own page shows all.
const BEGINNING: usize = 120;

fn beginning(description: &str) -> String {
    match description.char_indices().nth(BEGINNING) {
        Some((end, _)) => format!("{}…", description[..end].trim_end()),
        None => description.to_owned(),
    }
}

/// The picture of a `subject` with this thumbnail. Nothing but pictures of this site is loaded, whatever an
/// upload may have put there.
pub(super) fn picture(frame: &PageFrame, subject: &str, thumbnail: &str) -> String {
    frame.url(&images::path_of(subject, thumbnail))
}

/// The same, of the chair's kind, colour and proportions where they can be drawn.
pub(super) fn picture_of_chair(frame: &PageFrame, chair: &Chair) -> String {
    let picture = picture(frame, "chair", &chair.thumbnail);
    match looks::of(&chair.kind, &chair.color, chair.width, chair.height) {
        Some(look) => format!("{picture}?look={look}"),
        None => picture,
    }
}

/// The features in a list, in the page's language.
pub(super) fn features(frame: &PageFrame, features: &str) -> Vec<String> {
    let features = features.split(',').filter(|name| !name.is_empty());
    features.map(|name| frame.t.name(name).to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_descriptions_are_cut_between_characters() {
        let long = "椅".repeat(BEGINNING);
        assert_eq!(beginning(&long), long);
        let longer = format!("{}  子供用", "椅".repeat(BEGINNING - 1));
        assert_eq!(
            beginning(&longer),
            format!("{}…", "椅".repeat(BEGINNING - 1))
        );
    }
}
