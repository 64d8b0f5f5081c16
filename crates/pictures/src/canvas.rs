//! The sheet that thumbnails are drawn on: antialiased shapes in, PNG out.
//!
//! A shape is a signed distance: negative inside, in pixels. The half pixel on both sides of zero
//! is the antialiased edge. Only `+ - * /` and `sqrt` are used, which IEEE 754 rounds the same on
//! every platform; sine and the like are not. It owns pixels and encoding. It must not know what
//! the shapes mean, nor take decisions.

use std::collections::HashMap;

use crate::palette::{Rgb, WHITE};

/// Width and height in pixels; the painters' coordinates are pixels too, y grows downwards.
pub(crate) const SIZE: u16 = 192;
/// The same for arithmetic with coordinates.
pub(crate) const EDGE: f32 = 192.0;
/// Steps of an antialiased edge: few keep the palette small, 8 look smooth.
const COVERAGE_STEPS: u8 = 8;
/// What an indexed PNG can hold.
const PALETTE_COLOURS: usize = 256;
/// zlib's default: higher levels save no bytes on flat pictures, but time.
const DEFLATE_LEVEL: u8 = 6;

/// x and y.
pub(crate) type Point = (f32, f32);

/// An upright rectangle.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rect {
    pub(crate) left: f32,
    pub(crate) top: f32,
    pub(crate) right: f32,
    pub(crate) bottom: f32,
}

impl Rect {
    /// From the left upper corner, rightwards and downwards.
    pub(crate) fn new(left: f32, top: f32, width: f32, height: f32) -> Self {
        Self {
            left,
            top,
            right: left + width,
            bottom: top + height,
        }
    }

    /// As wide to the left of `centre` as to the right of it.
    pub(crate) fn centred(centre: f32, top: f32, width: f32, height: f32) -> Self {
        Self::new(centre - width / 2.0, top, width, height)
    }

    pub(crate) fn width(self) -> f32 {
        self.right - self.left
    }

    pub(crate) fn height(self) -> f32 {
        self.bottom - self.top
    }

    /// Smaller by `margin` on every side.
    pub(crate) fn inset(self, margin: f32) -> Self {
        Self {
            left: self.left + margin,
            top: self.top + margin,
            right: self.right - margin,
            bottom: self.bottom - margin,
        }
    }

    fn around(points: &[Point]) -> Self {
        let start = Self {
            left: EDGE,
            top: EDGE,
            right: 0.0,
            bottom: 0.0,
        };
        points.iter().fold(start, |area, (x, y)| Self {
            left: area.left.min(*x),
            top: area.top.min(*y),
            right: area.right.max(*x),
            bottom: area.bottom.max(*y),
        })
    }
}

/// How much wider and higher than given shapes are drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Stretch {
    pub(crate) x: f32,
    pub(crate) y: f32,
}

/// The pixels of one picture.
pub(crate) struct Canvas {
    /// Row by row from the top.
    pixels: Vec<Rgb>,
    /// From which point on shapes are stretched, and how.
    stretch: Option<(Point, Stretch)>,
}

impl Canvas {
    pub(crate) fn new() -> Self {
        let side = usize::from(SIZE);
        Self {
            pixels: vec![WHITE; side * side],
            stretch: None,
        }
    }

    /// From now on shapes are stretched around `fixed`, which stays where it is.
    pub(crate) fn stretch_around(&mut self, fixed: Point, stretch: Stretch) {
        self.stretch = Some((fixed, stretch));
    }

    /// Fills the rows from `top` to `bottom` from one colour to another, in `bands` flat steps.
    pub(crate) fn gradient(&mut self, rows: (f32, f32), colours: (Rgb, Rgb), bands: u8) {
        let (top, bottom) = rows;
        let height = (bottom - top) / f32::from(bands);
        for band in 0..bands {
            let colour = colours.0.mix(colours.1, band * (u8::MAX / bands.max(2)));
            // Down to the end, for the next band to paint over: no seam between bands.
            let start = top + height * f32::from(band);
            self.rect(
                Rect {
                    left: 0.0,
                    top: start,
                    right: EDGE,
                    bottom,
                },
                colour,
            );
        }
    }

    pub(crate) fn rect(&mut self, area: Rect, colour: Rgb) {
        self.round_rect(area, 0.0, colour);
    }

    pub(crate) fn round_rect(&mut self, area: Rect, radius: f32, colour: Rgb) {
        let (centre_x, centre_y) = (
            (area.left + area.right) / 2.0,
            (area.top + area.bottom) / 2.0,
        );
        let (half_x, half_y) = (area.width() / 2.0 - radius, area.height() / 2.0 - radius);
        self.paint(area, colour, |x, y| {
            let (over_x, over_y) = ((x - centre_x).abs() - half_x, (y - centre_y).abs() - half_y);
            let outside = length(over_x.max(0.0), over_y.max(0.0));
            outside + over_x.max(over_y).min(0.0) - radius
        });
    }

    pub(crate) fn circle(&mut self, centre: Point, radius: f32, colour: Rgb) {
        self.ellipse(centre, (radius, radius), colour);
    }

    /// `radii` are the half axes; the distance is a close estimate near the edge.
    pub(crate) fn ellipse(&mut self, centre: Point, radii: Point, colour: Rgb) {
        let area = Rect::new(
            centre.0 - radii.0,
            centre.1 - radii.1,
            2.0 * radii.0,
            2.0 * radii.1,
        );
        self.paint(area, colour, |x, y| {
            let (unit_x, unit_y) = ((x - centre.0) / radii.0, (y - centre.1) / radii.1);
            let reach = length(unit_x, unit_y);
            let slope = length(unit_x / radii.0, unit_y / radii.1);
            // The centre has no slope; any tiny divisor keeps it inside.
            (reach - 1.0) * reach / slope.max(1.0e-6) - if reach < 0.1 { 1.0 } else { 0.0 }
        });
    }

    /// The outline of a circle, `width` thick and centred on `radius`.
    pub(crate) fn ring(&mut self, centre: Point, radius: f32, width: f32, colour: Rgb) {
        let outer = radius + width / 2.0;
        let area = Rect::new(centre.0 - outer, centre.1 - outer, 2.0 * outer, 2.0 * outer);
        self.paint(area, colour, |x, y| {
            (length(x - centre.0, y - centre.1) - radius).abs() - width / 2.0
        });
    }

    /// A line with round ends.
    pub(crate) fn line(&mut self, from: Point, to: Point, width: f32, colour: Rgb) {
        let area = Rect::around(&[from, to]).inset(-width / 2.0);
        self.paint(area, colour, |x, y| {
            segment_squared((x, y), from, to).sqrt() - width / 2.0
        });
    }

    /// Lines from point to point, drawn one by one.
    pub(crate) fn polyline(&mut self, points: &[Point], width: f32, colour: Rgb) {
        for pair in points.windows(2) {
            self.line(pair[0], pair[1], width, colour);
        }
    }

    /// Any simple polygon; `rounding` grows it on all sides and rounds its corners by as much.
    pub(crate) fn polygon(&mut self, points: &[Point], rounding: f32, colour: Rgb) {
        let area = Rect::around(points).inset(-rounding);
        self.paint(area, colour, |x, y| {
            polygon_distance((x, y), points) - rounding
        });
    }

    /// Blends `colour` in wherever `distance` says that the shape is; `area` must hold the shape.
    fn paint(&mut self, area: Rect, colour: Rgb, distance: impl Fn(f32, f32) -> f32) {
        let Some((fixed, stretch)) = self.stretch else {
            return self.paint_pixels(area, colour, distance);
        };
        let moved = |value: f32, fixed: f32, factor: f32| fixed + (value - fixed) * factor;
        let stretched = Rect {
            left: moved(area.left, fixed.0, stretch.x),
            top: moved(area.top, fixed.1, stretch.y),
            right: moved(area.right, fixed.0, stretch.x),
            bottom: moved(area.bottom, fixed.1, stretch.y),
        };
        // Edges stay about as sharp as they were.
        let sharpness = (stretch.x + stretch.y) / 2.0;
        self.paint_pixels(stretched, colour, |x, y| {
            let x = moved(x, fixed.0, 1.0 / stretch.x);
            distance(x, moved(y, fixed.1, 1.0 / stretch.y)) * sharpness
        });
    }

    fn paint_pixels(&mut self, area: Rect, colour: Rgb, distance: impl Fn(f32, f32) -> f32) {
        let (left, right) = (first_pixel(area.left), last_pixel(area.right));
        for row in first_pixel(area.top)..last_pixel(area.bottom) {
            let start = usize::from(row) * usize::from(SIZE);
            let y = f32::from(row) + 0.5;
            for column in left..right {
                let steps = coverage(distance(f32::from(column) + 0.5, y));
                let pixel = &mut self.pixels[start + usize::from(column)];
                if steps == COVERAGE_STEPS {
                    *pixel = colour;
                } else if steps > 0 {
                    *pixel = pixel.mix(colour, steps * (u8::MAX / COVERAGE_STEPS));
                }
            }
        }
    }

    /// The picture as an indexed PNG.
    pub(crate) fn encode(&self) -> Result<Vec<u8>, png::EncodingError> {
        let (palette, indices) = self.index();
        let mut file = Vec::with_capacity(6 * 1024);
        let mut encoder = png::Encoder::new(&mut file, u32::from(SIZE), u32::from(SIZE));
        encoder.set_color(png::ColorType::Indexed);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.set_palette(palette);
        // Differences of palette indices mean nothing: filters only make them longer.
        encoder.set_filter(png::Filter::NoFilter);
        encoder.set_deflate_compression(png::DeflateCompression::Level(DEFLATE_LEVEL));
        let mut writer = encoder.write_header()?;
        writer.write_image_data(&indices)?;
        writer.finish()?;
        Ok(file)
    }

    /// The bytes of the palette, and an index into it for every pixel.
    ///
    /// Blended edges can exceed 256 colours; the rarest then become the nearest of the others,
    /// which nobody can see.
    fn index(&self) -> (Vec<u8>, Vec<u8>) {
        let mut counts: HashMap<Rgb, u32> = HashMap::new();
        for run in self.pixels.chunk_by(|one, next| one == next) {
            *counts.entry(run[0]).or_default() += u32::try_from(run.len()).unwrap_or(u32::MAX);
        }
        let mut colours: Vec<(Rgb, u32)> = counts.into_iter().collect();
        // Ties are broken by colour: the order of a HashMap is random.
        colours.sort_unstable_by(|one, two| two.1.cmp(&one.1).then(one.0.cmp(&two.0)));
        let kept = &colours[..colours.len().min(PALETTE_COLOURS)];
        let mut places: HashMap<Rgb, u8> =
            kept.iter().map(|entry| entry.0).zip(0..=u8::MAX).collect();
        for (rare, _) in &colours[kept.len()..] {
            let nearest = kept.iter().map(|entry| entry.0).zip(0..=u8::MAX);
            let place = nearest.min_by_key(|(colour, _)| colour.distance(*rare));
            places.insert(*rare, place.map_or(0, |(_, place)| place));
        }
        let palette = kept
            .iter()
            .flat_map(|(Rgb(red, green, blue), _)| [*red, *green, *blue]);
        let mut indices = Vec::with_capacity(self.pixels.len());
        for run in self.pixels.chunk_by(|one, next| one == next) {
            indices.resize(indices.len() + run.len(), places[&run[0]]);
        }
        (palette.collect(), indices)
    }
}

fn length(x: f32, y: f32) -> f32 {
    (x * x + y * y).sqrt()
}

/// The squared distance of `point` from the line between `from` and `to`.
fn segment_squared(point: Point, from: Point, to: Point) -> f32 {
    let along = (to.0 - from.0, to.1 - from.1);
    let away = (point.0 - from.0, point.1 - from.1);
    let square = along.0 * along.0 + along.1 * along.1;
    let share = (away.0 * along.0 + away.1 * along.1) / square.max(1.0e-6);
    let share = share.clamp(0.0, 1.0);
    let (x, y) = (away.0 - along.0 * share, away.1 - along.1 * share);
    x * x + y * y
}

/// Distance to the nearest side; the even-odd rule tells inside from outside.
fn polygon_distance(point: Point, points: &[Point]) -> f32 {
    let mut nearest = f32::MAX;
    let mut inside = false;
    let mut from = points[points.len() - 1];
    for to in points.iter().copied() {
        nearest = nearest.min(segment_squared(point, from, to));
        if (from.1 > point.1) != (to.1 > point.1) {
            let crossing = from.0 + (point.1 - from.1) * (to.0 - from.0) / (to.1 - from.1);
            inside ^= point.0 < crossing;
        }
        from = to;
    }
    if inside {
        -nearest.sqrt()
    } else {
        nearest.sqrt()
    }
}

/// How many of [`COVERAGE_STEPS`] a pixel gets whose centre is `distance` away from the edge.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped to 0..=COVERAGE_STEPS"
)]
fn coverage(distance: f32) -> u8 {
    ((0.5 - distance).clamp(0.0, 1.0) * f32::from(COVERAGE_STEPS) + 0.5) as u8
}

/// The first pixel that the edge at `coordinate` can touch.
fn first_pixel(coordinate: f32) -> u16 {
    whole_pixel(coordinate - 1.0)
}

/// The pixel behind the last one that the edge at `coordinate` can touch.
fn last_pixel(coordinate: f32) -> u16 {
    whole_pixel(coordinate + 2.0)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped to 0..=SIZE"
)]
fn whole_pixel(coordinate: f32) -> u16 {
    coordinate.clamp(0.0, EDGE) as u16
}
