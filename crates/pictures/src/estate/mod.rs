//! Pictures of estates: a detached house, a low apartment block or a tower under a sky.
//!
//! It owns which kind is drawn, the time of day and how that tints everything, and windows, which
//! all kinds share. Sky and garden belong to `outdoors`, the buildings to `house`, `block` and
//! `tower`. It must not know pixels or files.

mod block;
mod house;
mod outdoors;
mod tower;

use crate::canvas::{Canvas, Rect};
use crate::choices::SeededRng;
use crate::palette::{LAMP, Rgb};

/// The middle of the picture.
const CENTRE: f32 = 96.0;
/// Where buildings stand.
const GROUND: f32 = 162.0;

/// The light of the picture.
struct Light {
    /// Sky at the top and at the horizon.
    sky: (Rgb, Rgb),
    /// What everything is tinted with, and by how many of 255 parts.
    tint: (Rgb, u8),
    glass: Rgb,
    /// Percentage of windows with the lamp on.
    lit: u16,
    /// Stars and a moon instead of clouds and a sun.
    night: bool,
}

impl Light {
    fn choose(choices: &mut SeededRng) -> Self {
        let day = |top, horizon| Self {
            sky: (top, horizon),
            tint: (Rgb(255, 255, 255), 0),
            glass: Rgb(150, 196, 222),
            lit: 8,
            night: false,
        };
        let light = match choices.count(0, 7) {
            0..=1 => day(Rgb(104, 178, 230), Rgb(214, 238, 250)),
            2 => day(Rgb(132, 204, 224), Rgb(238, 246, 232)),
            3 => day(Rgb(150, 186, 214), Rgb(236, 238, 240)),
            4 => Self {
                sky: (Rgb(150, 176, 222), Rgb(255, 218, 196)),
                tint: (Rgb(255, 196, 176), 26),
                glass: Rgb(176, 186, 212),
                lit: 15,
                night: false,
            },
            5..=6 => Self {
                sky: (Rgb(98, 84, 150), Rgb(252, 166, 112)),
                tint: (Rgb(120, 60, 110), 62),
                glass: Rgb(122, 108, 150),
                lit: 45,
                night: false,
            },
            _ => Self {
                sky: (Rgb(24, 32, 74), Rgb(84, 98, 152)),
                tint: (Rgb(22, 30, 78), 112),
                glass: Rgb(54, 66, 110),
                lit: 55,
                night: true,
            },
        };
        let sky = (light.sky.0.jitter(choices), light.sky.1.jitter(choices));
        Self { sky, ..light }
    }

    /// `colour` as it looks in this light.
    fn on(&self, colour: Rgb) -> Rgb {
        colour.mix(self.tint.0, self.tint.1)
    }

    /// The pane of a window: glass, or the lamp behind it.
    fn pane(&self, choices: &mut SeededRng) -> Rgb {
        if choices.chance(self.lit) {
            LAMP
        } else {
            self.glass
        }
    }
}

/// What one building is made of, already in its light.
struct Facade {
    wall: Rgb,
    /// Another wall colour: stair towers, ground floors, wings.
    second: Rgb,
    roof: Rgb,
    /// Window frames, balcony rails, slabs.
    trim: Rgb,
    door: Rgb,
}

const WALLS: [Rgb; 10] = [
    Rgb(246, 238, 222),
    Rgb(238, 222, 196),
    Rgb(232, 196, 160),
    Rgb(214, 150, 118),
    Rgb(196, 208, 214),
    Rgb(180, 198, 206),
    Rgb(206, 214, 188),
    Rgb(244, 244, 242),
    Rgb(226, 186, 178),
    Rgb(168, 160, 156),
];
const ROOFS: [Rgb; 8] = [
    Rgb(178, 84, 66),
    Rgb(146, 72, 68),
    Rgb(84, 92, 112),
    Rgb(60, 72, 96),
    Rgb(112, 88, 76),
    Rgb(74, 116, 112),
    Rgb(98, 106, 92),
    Rgb(204, 122, 76),
];
const DOORS: [Rgb; 6] = [
    Rgb(140, 86, 58),
    Rgb(94, 62, 48),
    Rgb(48, 96, 122),
    Rgb(170, 64, 58),
    Rgb(64, 110, 84),
    Rgb(70, 74, 84),
];

impl Facade {
    fn choose(choices: &mut SeededRng, light: &Light) -> Self {
        let wall = choices.pick(&WALLS).jitter(choices);
        let second = match choices.count(0, 2) {
            0 => wall.darker(55),
            1 => choices.pick(&ROOFS).lighter(60),
            _ => choices.pick(&WALLS).darker(30),
        };
        let trim = choices.pick(&[Rgb(255, 255, 255), Rgb(250, 246, 236), Rgb(96, 84, 78)]);
        Self {
            wall: light.on(wall),
            second: light.on(second),
            roof: light.on(choices.pick(&ROOFS).jitter(choices)),
            trim: light.on(trim),
            door: light.on(choices.pick(&DOORS).jitter(choices)),
        }
    }
}

/// Draws one building with its surroundings over the whole canvas.
pub(crate) fn draw(canvas: &mut Canvas, choices: &mut SeededRng) {
    let light = Light::choose(choices);
    let facade = Facade::choose(choices, &light);
    outdoors::draw_sky(canvas, choices, &light);
    match choices.count(0, 2) {
        0 => {
            outdoors::draw_hills(canvas, choices, &light);
            outdoors::draw_ground(canvas, choices, &light);
            outdoors::draw_trees(canvas, choices, &light);
            house::draw(canvas, choices, (&light, &facade));
        }
        1 => {
            outdoors::draw_backdrop(canvas, choices, &light);
            outdoors::draw_ground(canvas, choices, &light);
            outdoors::draw_trees(canvas, choices, &light);
            block::draw(canvas, choices, (&light, &facade));
        }
        _ => {
            outdoors::draw_skyline(canvas, choices, &light);
            outdoors::draw_ground(canvas, choices, &light);
            tower::draw(canvas, choices, (&light, &facade));
        }
    }
    outdoors::draw_shrubs(canvas, choices, &light);
}

/// A framed window, split by a mullion where it is wide enough.
fn draw_window(canvas: &mut Canvas, area: Rect, pane: Rgb, trim: Rgb) {
    canvas.rect(area, trim);
    let glass = area.inset(1.5);
    canvas.rect(glass, pane);
    // A reflection, so that the pane reads as glass.
    let corner = Rect {
        right: glass.left + glass.width() * 0.4,
        ..glass
    };
    canvas.rect(
        Rect {
            bottom: glass.top + glass.height() * 0.5,
            ..corner
        },
        pane.lighter(50),
    );
    if area.width() >= 15.0 {
        let middle = (area.left + area.right) / 2.0;
        canvas.rect(Rect::centred(middle, area.top, 1.5, area.height()), trim);
    }
}
