//! The map: where estates are, as a picture with a dot for each cell, stronger where there are more.
//!
//! There is no other map: Japan shows by where its estates are. The picture is both what a page shows
//! without scripts and what the script reads its numbers from (the opacity of a pixel). It is made from
//! the catalogue's coordinates and kept as long as the estates stay the same.

use std::sync::{Arc, Mutex, PoisonError, Weak};

use axum::body::Bytes;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::Response;
use data_encoding::HEXLOWER;
use sha2::{Digest as _, Sha256};

use crate::apps::isuumo::catalogue::{Catalogue, Places, Shelf};
use crate::apps::isuumo::{IsuumoState, Result};
use crate::http::{HttpError, Precompressed, WorkPool};

/// Degrees of a pixel in the map that can be zoomed, and in the small one.
const FINE: f64 = 0.025;
const COARSE: f64 = 0.1;

/// Pixels of a side at most.
const LONGEST_SIDE: f64 = 1_000.0;

/// One estate of so many is left out at each side before the margin is added: a few that are far away
/// must not make all others small.
const OUTLIERS: usize = 200;
/// Degrees.
const MARGIN: f64 = 0.6;

/// What is shown without estates: Japan.
const JAPAN: Bounds = Bounds {
    south: 31.0,
    north: 45.6,
    west: 128.5,
    east: 146.0,
};

/// Levels of opacity; level 0 is nothing there.
const LEVELS: u8 = 16;
/// The colour of the dots, which reads on light and on dark.
const COLOUR: [u8; 3] = [0xd9, 0x53, 0x2c];

/// A part of the world, in degrees.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Bounds {
    pub(super) south: f64,
    pub(super) north: f64,
    pub(super) west: f64,
    pub(super) east: f64,
}

impl Bounds {
    /// Where most of the places are, with a margin.
    fn around(places: &[(f64, f64)]) -> Self {
        let of = |value: fn(&(f64, f64)) -> f64| {
            let mut values: Vec<f64> = places.iter().map(value).collect();
            values.sort_unstable_by(f64::total_cmp);
            let left_out = values.len() / OUTLIERS;
            let low = values.get(left_out).copied();
            let high = values
                .len()
                .checked_sub(left_out + 1)
                .and_then(|index| values.get(index));
            low.zip(high.copied())
                .map(|(low, high)| ((low - MARGIN).floor(), (high + MARGIN).ceil()))
        };
        let Some(((south, north), (west, east))) = of(|place| place.0).zip(of(|place| place.1))
        else {
            return JAPAN;
        };
        Self {
            south: south.max(-90.0),
            north: north.min(90.0),
            west: west.max(-180.0),
            east: east.min(180.0),
        }
    }

    fn middle(&self) -> f64 {
        f64::midpoint(self.south, self.north)
    }
}

/// A picture of the density.
pub(super) struct MapPicture {
    pub(super) width: u32,
    pub(super) height: u32,
    digest: String,
    png: Precompressed,
}

impl MapPicture {
    /// Of pixels that are `cell` degrees of latitude high.
    fn of(places: &[(f64, f64)], bounds: Bounds, cell: f64) -> Result<Self, png::EncodingError> {
        // A degree of longitude is shorter than one of latitude; pixels are as wide as high.
        let squeezed = bounds.middle().to_radians().cos().max(0.1);
        let (tall, wide) = (
            bounds.north - bounds.south,
            (bounds.east - bounds.west) * squeezed,
        );
        let cell = cell.max(tall / LONGEST_SIDE).max(wide / LONGEST_SIDE);
        let (columns, rows) = (whole(wide / cell), whole(tall / cell));
        let mut counts = vec![0_u32; columns * rows];
        for (latitude, longitude) in places {
            let x = (longitude - bounds.west) * squeezed / cell;
            let y = (bounds.north - latitude) / cell;
            if x >= 0.0 && y >= 0.0 && x < wide / cell && y < tall / cell {
                let place = whole_down(y).min(rows - 1) * columns + whole_down(x).min(columns - 1);
                counts[place] += 1;
            }
        }
        let png = encode(&counts, columns)?;
        let digest = HEXLOWER.encode(&Sha256::digest(&png)[..6]);
        Ok(Self {
            width: u32::try_from(columns).unwrap_or(1),
            height: u32::try_from(rows).unwrap_or(1),
            digest,
            png: Precompressed::unpacked(HeaderValue::from_static("image/png"), Bytes::from(png)),
        })
    }
}

/// Pixels of so many cells, one at least.
fn whole(cells: f64) -> usize {
    whole_down(cells.ceil()).max(1)
}

fn whole_down(cells: f64) -> usize {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "bounded by the longest side, and not negative"
    )]
    let cells = cells.clamp(0.0, LONGEST_SIDE) as usize;
    cells
}

/// How strong the dot of so many estates is: each level is half as many again.
fn level(count: u32) -> u8 {
    (1..LEVELS)
        .rev()
        .find(|level| f64::from(count) >= 1.5_f64.powi(i32::from(*level) - 1))
        .unwrap_or(0)
}

/// A picture of sixteen levels, four bits each.
fn encode(counts: &[u32], columns: usize) -> Result<Vec<u8>, png::EncodingError> {
    let mut png = Vec::new();
    let rows = counts.len() / columns;
    let side = |pixels: usize| u32::try_from(pixels).unwrap_or(1);
    let mut encoder = png::Encoder::new(&mut png, side(columns), side(rows));
    encoder.set_color(png::ColorType::Indexed);
    encoder.set_depth(png::BitDepth::Four);
    encoder.set_palette(COLOUR.repeat(usize::from(LEVELS)));
    let opacity = |level: u8| if level == 0 { 0 } else { 90 + (level - 1) * 11 };
    encoder.set_trns((0..LEVELS).map(opacity).collect::<Vec<_>>());
    encoder.set_compression(png::Compression::High);
    encoder.set_filter(png::Filter::NoFilter);
    let mut writer = encoder.write_header()?;
    let mut pixels = Vec::with_capacity(counts.len() / 2 + rows);
    for row in counts.chunks(columns) {
        for pair in row.chunks(2) {
            let second = pair.get(1).map_or(0, |count| level(*count));
            pixels.push(level(pair[0]) << 4 | second);
        }
    }
    writer.write_image_data(&pixels)?;
    writer.finish()?;
    Ok(png)
}

/// The map of one state of the estates.
pub(super) struct Map {
    pub(super) bounds: Bounds,
    pub(super) fine: MapPicture,
    pub(super) coarse: MapPicture,
}

impl Map {
    fn of(places: &Places) -> Result<Self, png::EncodingError> {
        let is_on_earth = |place: &(f64, f64)| place.0.abs() <= 90.0 && place.1.abs() <= 180.0;
        let places: Vec<(f64, f64)> = places.locations().filter(is_on_earth).collect();
        let bounds = Bounds::around(&places);
        Ok(Self {
            bounds,
            fine: MapPicture::of(&places, bounds, FINE)?,
            coarse: MapPicture::of(&places, bounds, COARSE)?,
        })
    }

    /// The address of the map that can be zoomed.
    pub(super) fn fine_address(&self) -> String {
        format!("/estate/nazotte/map.png?v={}", self.fine.digest)
    }

    /// The address of the small one.
    pub(super) fn coarse_address(&self) -> String {
        format!("/estate/nazotte/small-map.png?v={}", self.coarse.digest)
    }

    /// Where a place is on the small picture.
    pub(super) fn coarse_position(&self, latitude: f64, longitude: f64) -> (f64, f64) {
        let Bounds {
            south,
            north,
            west,
            east,
        } = self.bounds;
        let x = (longitude - west) / (east - west) * f64::from(self.coarse.width);
        let y = (north - latitude) / (north - south) * f64::from(self.coarse.height);
        (x, y)
    }
}

/// The map of the estates that it was last made for.
#[derive(Default)]
pub(in crate::apps::isuumo) struct MapCache {
    last: Mutex<Option<(Weak<Shelf>, Arc<Map>)>>,
    /// Whoever comes while it is made waits for it, which is shorter than making it again.
    making: tokio::sync::Mutex<()>,
}

impl MapCache {
    /// The map of a catalogue's estates.
    pub(super) async fn of(&self, work: &WorkPool, catalogue: &Catalogue) -> Result<Arc<Map>> {
        if let Some(map) = self.get(&catalogue.estates) {
            return Ok(map);
        }
        let _making = self.making.lock().await;
        if let Some(map) = self.get(&catalogue.estates) {
            return Ok(map);
        }
        let estates = Arc::clone(&catalogue.estates);
        let map = work.run(move || Map::of(estates.places())).await?;
        let map = Arc::new(map.map_err(HttpError::internal)?);
        let made = (Arc::downgrade(&catalogue.estates), Arc::clone(&map));
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(made);
        Ok(map)
    }

    fn get(&self, estates: &Arc<Shelf>) -> Option<Arc<Map>> {
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let (of, map) = last.as_ref()?;
        (of.as_ptr() == Arc::as_ptr(estates)).then(|| Arc::clone(map))
    }
}

/// `GET /estate/nazotte/{map}`: kept for ever where the address names the picture's bytes.
pub(super) async fn picture(
    State(isu): State<IsuumoState>,
    Path(name): Path<String>,
    RawQuery(query): RawQuery,
    request: HeaderMap,
) -> Result<Response> {
    let map = isu
        .maps
        .of(&isu.work, &*Catalogue::of(&isu.store.generation())?)
        .await?;
    let picture = match name.as_str() {
        "map.png" => &map.fine,
        "small-map.png" => &map.coarse,
        _ => {
            let detail = format!("There is no map {name}.");
            return Err(HttpError::problem(StatusCode::NOT_FOUND, detail));
        }
    };
    let response = picture.png.answer(&request, false);
    let version = query.as_deref().and_then(|query| query.strip_prefix("v="));
    Ok(if version == Some(&picture.digest) {
        Precompressed::for_ever(response)
    } else {
        response
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_rise_with_the_count() {
        assert_eq!(level(0), 0);
        assert_eq!(level(1), 1);
        assert!((1..400).all(|count| level(count) <= level(count + 1)));
        assert_eq!(level(1_000_000), LEVELS - 1);
    }

    #[test]
    fn a_few_far_away_do_not_shrink_the_rest() {
        let mut places: Vec<(f64, f64)> = (0..1000_u32)
            .map(|index| (35.0 + f64::from(index) / 1000.0, 139.5))
            .collect();
        places.push((-80.0, -170.0));
        let bounds = Bounds::around(&places);
        let expected = Bounds {
            south: 34.0,
            north: 37.0,
            west: 138.0,
            east: 141.0,
        };
        assert_eq!(bounds, expected);
        assert_eq!(Bounds::around(&[]), JAPAN);
    }

    #[test]
    fn the_picture_has_a_dot_where_an_estate_is() {
        let bounds = Bounds {
            south: 35.0,
            north: 36.0,
            west: 139.0,
            east: 140.0,
        };
        let picture = MapPicture::of(&[(35.95, 139.05), (0.0, 0.0)], bounds, 0.1).unwrap();
        assert_eq!((picture.width, picture.height), (9, 10));
        let mut counts = vec![0; 90];
        counts[0] = 1;
        let expected = Sha256::digest(encode(&counts, 9).unwrap());
        assert_eq!(picture.digest, HEXLOWER.encode(&expected[..6]));
    }
}
