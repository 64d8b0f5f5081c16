//! Chairs and estates, row after row, with the distributions of the original data.
//!
//! Rows of a smaller dataset are the first rows of a larger one: everything is drawn in the order of
//! the ids from one stream.

use super::description;
use super::words::{
    BUILDINGS, CHAIR_FEATURES, CHAIR_NOUNS, CHAIR_PREFIXES, CHAIR_PROPERTIES, CITIES, COLORS,
    ESTATE_FEATURES, FAMILIES, KINDS, PLACES, PREFECTURES, TOWNS,
};
use crate::random::Random;

/// Pictures that the rows of one kind share.
const THUMBNAILS: usize = 1_000;

/// Spread of the estates around their place, in degrees.
const SPREAD_DEGREES: f64 = 0.3;

pub(super) struct ChairRow<'l> {
    pub(super) id: i64,
    pub(super) name: String,
    pub(super) description: &'l str,
    pub(super) thumbnail: &'l str,
    pub(super) price: i64,
    pub(super) height: i64,
    pub(super) width: i64,
    pub(super) depth: i64,
    pub(super) color: &'static str,
    pub(super) features: String,
    pub(super) kind: &'static str,
    pub(super) popularity: i64,
    pub(super) stock: i64,
}

pub(super) struct EstateRow<'l> {
    pub(super) id: i64,
    pub(super) name: String,
    pub(super) description: &'l str,
    pub(super) thumbnail: &'l str,
    pub(super) address: String,
    pub(super) latitude: f64,
    pub(super) longitude: f64,
    pub(super) rent: i64,
    pub(super) door_height: i64,
    pub(super) door_width: i64,
    pub(super) features: String,
    pub(super) popularity: i64,
}

/// What the rows of one kind draw from.
pub(super) struct Lists {
    descriptions: Vec<String>,
    thumbnails: Vec<String>,
}

impl Lists {
    pub(super) fn of_chairs() -> Self {
        Self {
            descriptions: description::of_chairs(),
            thumbnails: thumbnails("chair"),
        }
    }

    pub(super) fn of_estates() -> Self {
        Self {
            descriptions: description::of_estates(),
            thumbnails: thumbnails("estate"),
        }
    }

    pub(super) fn chair(&self, id: i64, random: &mut Random) -> ChairRow<'_> {
        ChairRow {
            id,
            name: [
                random.pick(&CHAIR_PREFIXES),
                random.pick(&CHAIR_PROPERTIES),
                random.pick(&CHAIR_NOUNS),
            ]
            .concat(),
            description: pick_text(&self.descriptions, random),
            thumbnail: pick_text(&self.thumbnails, random),
            price: random.between(1_000, 20_000),
            height: side(random),
            width: side(random),
            depth: side(random),
            color: random.pick(&COLORS),
            features: features(&CHAIR_FEATURES, random),
            kind: random.pick(&KINDS),
            popularity: popularity(random),
            stock: random.between(1, 10),
        }
    }

    pub(super) fn estate(&self, id: i64, random: &mut Random) -> EstateRow<'_> {
        let (latitude, longitude) = random.pick(&PLACES);
        EstateRow {
            id,
            name: estate_name(random),
            description: pick_text(&self.descriptions, random),
            thumbnail: pick_text(&self.thumbnails, random),
            address: address(random),
            latitude: latitude + SPREAD_DEGREES * random.normal(),
            longitude: longitude + SPREAD_DEGREES * random.normal(),
            rent: random.between(30_000, 200_000),
            door_height: side(random),
            door_width: side(random),
            features: features(&ESTATE_FEATURES, random),
            popularity: popularity(random),
        }
    }
}

fn pick_text<'l>(texts: &'l [String], random: &mut Random) -> &'l str {
    &texts[random.index(texts.len())]
}

fn side(random: &mut Random) -> i64 {
    random.between(30, 200)
}

fn popularity(random: &mut Random) -> i64 {
    random.between(3_000, 1_000_000)
}

/// None to three different ones, in the order they were drawn.
fn features(all: &[&'static str], random: &mut Random) -> String {
    let count = random.index(4);
    let mut chosen: Vec<&str> = Vec::with_capacity(count);
    while chosen.len() < count {
        let feature = random.pick(all);
        if !chosen.contains(&feature) {
            chosen.push(feature);
        }
    }
    chosen.join(",")
}

fn thumbnails(kind: &str) -> Vec<String> {
    let mut random = Random::stream(&format!("{kind} thumbnails"));
    let mut name = || {
        let digits: String = (0..4).map(|_| format!("{:016x}", random.next())).collect();
        format!("/images/{kind}/{digits}.png")
    };
    (0..THUMBNAILS).map(|_| name()).collect()
}

fn estate_name(random: &mut Random) -> String {
    let family = random.pick(&FAMILIES);
    match random.index(6) {
        0 => format!("{family}ISUビルディング"),
        1 => format!("ISUアパート {family}"),
        2 => format!("ISU{family}レジデンス"),
        3 => format!("ISUガーデン {family}"),
        4 => format!("{family} ISUマンション"),
        _ => format!("{family} ISUビル"),
    }
}

fn address(random: &mut Random) -> String {
    let mut address = format!(
        "{}{}{}町{}丁目{}番{}号",
        random.pick(&PREFECTURES),
        random.pick(&CITIES),
        random.pick(&TOWNS),
        random.between(1, 42),
        random.between(1, 27),
        random.between(1, 20)
    );
    if random.index(3) > 0 {
        let (building, town) = (random.pick(&BUILDINGS), random.pick(&TOWNS));
        address.push_str(&format!(" {building}{town}{:03}", random.between(1, 999)));
    }
    address
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_fit_their_columns_and_ranges() {
        let (chairs, estates) = (Lists::of_chairs(), Lists::of_estates());
        let mut random = Random::stream("test");
        let mut empty = 0;
        for id in 1..=5_000 {
            let chair = chairs.chair(id, &mut random);
            assert!((1_000..=20_000).contains(&chair.price) && (1..=10).contains(&chair.stock));
            assert!(chair.name.chars().count() <= 64 && chair.features.chars().count() <= 64);
            let estate = estates.estate(id, &mut random);
            assert!(
                (31.0..46.5).contains(&estate.latitude),
                "{}",
                estate.latitude
            );
            assert!(
                (128.0..146.5).contains(&estate.longitude),
                "{}",
                estate.longitude
            );
            assert!(estate.name.contains("ISU") && estate.address.chars().count() <= 128);
            empty += usize::from(estate.features.is_empty());
        }
        assert!(
            (1_150..1_350).contains(&empty),
            "a quarter has no feature: {empty}"
        );
    }
}
