//! What is around a building: sky, horizon, ground and plants.
//!
//! It owns the order from far to near. It must not know which building stands in front.

use super::{CENTRE, GROUND, Light};
use crate::canvas::{Canvas, EDGE, Point, Rect};
use crate::choices::SeededRng;
use crate::palette::{LEAVES, Rgb, WHITE};

/// Steps of the sky: enough to look smooth, few enough for a small palette.
const SKY_BANDS: u8 = 12;
const MOON: Rgb = Rgb(250, 240, 206);

/// Sky with a sun and clouds, or a moon and stars.
pub(super) fn draw_sky(canvas: &mut Canvas, choices: &mut SeededRng, light: &Light) {
    canvas.gradient((0.0, GROUND), light.sky, SKY_BANDS);
    let across = if choices.chance(50) { 30.0 } else { 162.0 };
    let place = (
        across + choices.between(-10.0, 10.0),
        choices.between(22.0, 44.0),
    );
    if light.night {
        for _ in 0..choices.count(10, 22) {
            let star = (choices.between(4.0, 188.0), choices.between(4.0, 100.0));
            canvas.circle(star, choices.between(0.6, 1.3), Rgb(220, 224, 250));
        }
        let behind = light.sky.0.mix(light.sky.1, 50);
        canvas.circle(place, 11.0, MOON);
        if choices.chance(60) {
            canvas.circle((place.0 + 5.0, place.1 - 3.0), 9.5, behind);
        }
        return;
    }
    if choices.chance(60) {
        let radius = choices.between(9.0, 14.0);
        let sun = Rgb(255, 226, 130).mix(light.tint.0, light.tint.1);
        canvas.circle(place, radius + 5.0, sun.mix(light.sky.0, 150));
        canvas.circle(place, radius, sun);
    }
    for _ in 0..choices.count(0, 3) {
        let at = (choices.between(10.0, 182.0), choices.between(18.0, 66.0));
        draw_cloud(canvas, at, choices.between(0.7, 1.3), light.on(WHITE));
    }
}

fn draw_cloud(canvas: &mut Canvas, (x, y): Point, scale: f32, colour: Rgb) {
    canvas.circle((x - 8.0 * scale, y - 4.0 * scale), 7.0 * scale, colour);
    canvas.circle((x + 3.0 * scale, y - 7.0 * scale), 9.0 * scale, colour);
    let base = Rect::centred(x, y - 7.0 * scale, 38.0 * scale, 10.0 * scale);
    canvas.round_rect(base, 5.0 * scale, colour);
}

/// Something behind an apartment block: hills or a town.
pub(super) fn draw_backdrop(canvas: &mut Canvas, choices: &mut SeededRng, light: &Light) {
    if choices.chance(50) {
        draw_hills(canvas, choices, light);
    } else {
        draw_skyline(canvas, choices, light);
    }
}

/// Rolling hills.
pub(super) fn draw_hills(canvas: &mut Canvas, choices: &mut SeededRng, light: &Light) {
    let leaf = light.on(choices.pick(&LEAVES).jitter(choices));
    for share in [150, 100] {
        let colour = leaf.mix(light.sky.1, share);
        let rise = choices.between(18.0, 46.0);
        let centre = (choices.between(0.0, 192.0), GROUND + 10.0);
        canvas.ellipse(centre, (choices.between(90.0, 140.0), rise + 10.0), colour);
    }
}

/// Silhouettes of other buildings.
pub(super) fn draw_skyline(canvas: &mut Canvas, choices: &mut SeededRng, light: &Light) {
    let colour = light.on(Rgb(120, 136, 164)).mix(light.sky.1, 140);
    let mut left = choices.between(-14.0, 0.0);
    while left < EDGE {
        let width = choices.between(16.0, 34.0);
        let top = choices.between(84.0, 134.0);
        let shade = if choices.chance(50) {
            colour
        } else {
            colour.darker(14)
        };
        canvas.rect(Rect::new(left, top, width, GROUND - top), shade);
        left += width;
    }
}

/// A lawn or a pavement, and sometimes a street in front.
pub(super) fn draw_ground(canvas: &mut Canvas, choices: &mut SeededRng, light: &Light) {
    let grass = light.on(choices
        .pick(&[Rgb(150, 192, 112), Rgb(124, 178, 116)])
        .jitter(choices));
    canvas.rect(
        Rect::new(0.0, GROUND - 4.0, EDGE, EDGE - GROUND + 4.0),
        grass,
    );
    if choices.chance(60) {
        let road = light.on(Rgb(116, 120, 130));
        canvas.rect(Rect::new(0.0, 176.0, EDGE, 16.0), road);
        canvas.rect(
            Rect::new(0.0, 173.0, EDGE, 4.0),
            light.on(Rgb(206, 204, 200)),
        );
        for dash in 0_u16..5 {
            let left = 8.0 + 40.0 * f32::from(dash);
            canvas.rect(
                Rect::new(left, 184.0, 20.0, 2.0),
                light.on(Rgb(240, 236, 220)),
            );
        }
    } else {
        canvas.rect(Rect::new(0.0, 178.0, EDGE, 14.0), grass.darker(22));
    }
}

/// Up to four trees beside the building, behind it.
pub(super) fn draw_trees(canvas: &mut Canvas, choices: &mut SeededRng, light: &Light) {
    let conifers = choices.chance(35);
    for side in [-1.0, 1.0] {
        for _ in 0..choices.count(0, 2) {
            let x = CENTRE + side * choices.between(66.0, 90.0);
            let leaf = light.on(choices.pick(&LEAVES).jitter(choices));
            let trunk = light.on(Rgb(120, 84, 62));
            let height = choices.between(38.0, 62.0);
            canvas.rect(
                Rect::centred(x, GROUND - height * 0.5, 5.0, height * 0.5),
                trunk,
            );
            if conifers {
                draw_conifer(canvas, x, height, leaf);
            } else {
                draw_crown(canvas, x, height, leaf);
            }
        }
    }
}

fn draw_conifer(canvas: &mut Canvas, x: f32, height: f32, leaf: Rgb) {
    let top = GROUND - height - 6.0;
    for (start, end, half) in [(0.34, 0.88, 15.0), (0.16, 0.62, 12.5), (0.0, 0.36, 9.0)] {
        let (upper, lower) = (top + height * start, top + height * end);
        canvas.polygon(
            &[(x, upper), (x + half, lower), (x - half, lower)],
            1.0,
            leaf,
        );
        canvas.polygon(
            &[(x, upper), (x + half, lower), (x + 2.0, lower)],
            1.0,
            leaf.darker(24),
        );
    }
}

fn draw_crown(canvas: &mut Canvas, x: f32, height: f32, leaf: Rgb) {
    let middle = GROUND - height * 0.68;
    let radius = height * 0.31;
    canvas.ellipse((x, middle), (radius * 0.95, radius * 1.15), leaf);
    canvas.circle(
        (x - radius * 0.3, middle - radius * 0.3),
        radius * 0.5,
        leaf.lighter(28),
    );
}

/// Shrubs or a hedge in front of the building, clear of the door in the middle.
pub(super) fn draw_shrubs(canvas: &mut Canvas, choices: &mut SeededRng, light: &Light) {
    let leaf = light.on(choices.pick(&LEAVES).jitter(choices));
    for side in [-1.0, 1.0] {
        match choices.count(0, 3) {
            0 => {
                let start = CENTRE + side * 62.0;
                let hedge = Rect::centred(start, GROUND - 7.0, choices.between(30.0, 52.0), 12.0);
                canvas.round_rect(hedge, 4.0, leaf);
            }
            1 => {
                for _ in 0..choices.count(1, 3) {
                    let x = CENTRE + side * choices.between(44.0, 88.0);
                    let radius = choices.between(6.0, 10.0);
                    canvas.ellipse((x, GROUND), (radius * 1.3, radius), leaf);
                    canvas.circle((x - 3.0, GROUND - 3.0), radius * 0.4, leaf.lighter(40));
                }
            }
            _ => {}
        }
    }
}
