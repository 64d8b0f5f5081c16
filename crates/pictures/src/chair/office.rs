//! Chairs on a swivelling base: gaming and ergonomic, seen from the front.
//!
//! It owns their shapes. It must not know the room.

use super::{CENTRE, GROUND, Materials, mirrored};
use crate::canvas::{Canvas, Rect};
use crate::choices::SeededRng;
use crate::palette::{INK, Rgb};

/// The lower edge of the seat, where the column starts.
const SEAT_BOTTOM: f32 = 130.0;

/// A racing seat: shoulder wings, bolsters and pillows.
pub(super) fn draw_gaming(canvas: &mut Canvas, choices: &mut SeededRng, materials: &Materials) {
    let shell = choices
        .pick(&[INK, Rgb(58, 62, 76), Rgb(236, 238, 242)])
        .jitter(choices);
    let (wing, panel) = if choices.chance(60) {
        (shell, materials.main)
    } else {
        (materials.main, shell)
    };
    let top = choices.between(20.0, 36.0);
    let shoulder = choices.between(30.0, 36.0);
    draw_base(canvas, choices, INK);
    let outline = symmetric(&[
        (19.0, top),
        (23.0, top + 20.0),
        (shoulder, top + 34.0),
        (shoulder - 4.0, top + 56.0),
        (24.0, 90.0),
        (29.0, 112.0),
    ]);
    canvas.polygon(&outline, 6.0, wing);
    let inner = [
        (13.0, top + 2.0),
        (16.0, top + 24.0),
        (18.0, top + 50.0),
        (15.0, 112.0),
    ];
    canvas.polygon(&symmetric(&inner), 3.0, panel);
    for x in [CENTRE - 11.0, mirrored(CENTRE - 11.0)] {
        canvas.ellipse((x, top + 26.0), (5.0, 3.5), shell.darker(120));
    }
    if choices.chance(50) {
        canvas.rect(
            Rect::centred(CENTRE, top + 6.0, 5.0, 100.0 - top),
            materials.accent,
        );
    }
    let pillow = Rect::centred(CENTRE, top + 3.0, choices.between(28.0, 34.0), 14.0);
    canvas.round_rect(pillow, 6.0, materials.accent);
    if choices.chance(60) {
        canvas.round_rect(
            Rect::centred(CENTRE, 88.0, 40.0, 17.0),
            7.0,
            materials.accent,
        );
        canvas.round_rect(
            Rect::centred(CENTRE, 95.5, 30.0, 1.5),
            0.7,
            materials.accent.darker(50),
        );
    }
    draw_bucket_seat(canvas, (wing, panel));
    draw_arms(canvas, choices.between(92.0, 102.0), (50.0, 15.0), INK);
}

fn draw_bucket_seat(canvas: &mut Canvas, (wing, panel): (Rgb, Rgb)) {
    canvas.polygon(&symmetric(&[(33.0, 112.0), (38.0, 128.0)]), 6.0, wing);
    canvas.polygon(&symmetric(&[(20.0, 112.0), (25.0, 121.0)]), 3.0, panel);
    canvas.round_rect(
        Rect::centred(CENTRE, 125.0, 84.0, 9.0),
        4.5,
        wing.darker(50),
    );
}

/// A mesh back in a frame, with a lumbar rest and sometimes a head rest.
pub(super) fn draw_ergonomic(canvas: &mut Canvas, choices: &mut SeededRng, materials: &Materials) {
    let frame = materials.frame;
    let headrest = choices.chance(55);
    let top = if headrest {
        choices.between(46.0, 54.0)
    } else {
        choices.between(34.0, 50.0)
    };
    let wide = choices.between(27.0, 34.0);
    draw_base(canvas, choices, frame);
    canvas.line((CENTRE, 84.0), (CENTRE, 122.0), 9.0, frame.darker(40));
    if headrest {
        canvas.rect(
            Rect::centred(CENTRE, top - 14.0, 5.0, 18.0),
            frame.darker(40),
        );
        let width = choices.between(36.0, 46.0);
        canvas.round_rect(Rect::centred(CENTRE, top - 24.0, width, 16.0), 7.0, frame);
        canvas.round_rect(
            Rect::centred(CENTRE, top - 22.0, width - 5.0, 12.0),
            5.5,
            materials.main,
        );
    }
    let waist = choices.between(22.0, 26.0);
    let back = symmetric(&[(wide - 3.0, top), (wide, top + 20.0), (waist, 108.0)]);
    canvas.polygon(&back, 7.0, frame);
    canvas.polygon(&back, 3.0, materials.main.lighter(30));
    let lines = choices.count(5, 9);
    for line in 0..lines {
        let y = top + 4.0 + (100.0 - top) * f32::from(line) / f32::from(lines);
        let half = waist + 2.0;
        let ends = ((CENTRE - half, y), (mirrored(CENTRE - half), y));
        canvas.line(ends.0, ends.1, 1.5, materials.main.lighter(90));
    }
    if choices.chance(60) {
        let lumbar = Rect::centred(CENTRE, choices.between(82.0, 88.0), 2.0 * waist + 8.0, 9.0);
        canvas.round_rect(lumbar, 4.5, frame);
    }
    canvas.polygon(
        &symmetric(&[(31.0, 112.0), (37.0, 122.0)]),
        6.0,
        materials.main,
    );
    canvas.round_rect(
        Rect::centred(CENTRE, 123.0, 82.0, 8.0),
        4.0,
        materials.shade(),
    );
    if choices.chance(75) {
        draw_arms(
            canvas,
            choices.between(88.0, 100.0),
            (49.0, 17.0),
            frame.darker(30),
        );
    }
}

/// Gas lift, five spokes and their castors or glides.
fn draw_base(canvas: &mut Canvas, choices: &mut SeededRng, colour: Rgb) {
    canvas.ellipse(
        (CENTRE, GROUND + 3.0),
        (54.0, 7.0),
        Rgb(96, 88, 100).mix(colour, 40),
    );
    canvas.rect(
        Rect::centred(CENTRE, SEAT_BOTTOM - 2.0, 8.0, 24.0),
        colour.darker(80),
    );
    canvas.round_rect(Rect::centred(CENTRE, SEAT_BOTTOM, 14.0, 10.0), 2.0, colour);
    let castors = choices.chance(85);
    let wheel = if choices.chance(75) {
        Rgb(28, 30, 40)
    } else {
        colour.darker(110)
    };
    let spokes = [
        (50.0, 163.0),
        (142.0, 163.0),
        (72.0, 168.0),
        (120.0, 168.0),
        (CENTRE, 170.0),
    ];
    for (x, y) in spokes {
        if castors {
            canvas.circle((x, y), 5.5, wheel);
            canvas.circle((x, y), 2.0, colour.lighter(60));
        } else {
            canvas.round_rect(Rect::centred(x, y - 2.0, 9.0, 7.0), 3.0, wheel);
        }
        canvas.line((CENTRE, 150.0), (x, y - 6.0), 5.5, colour);
    }
    canvas.round_rect(Rect::centred(CENTRE, 144.0, 16.0, 10.0), 4.0, colour);
}

/// Two arm rests: `reach` is how far from the middle, and how wide the pad.
fn draw_arms(canvas: &mut Canvas, top: f32, reach: (f32, f32), colour: Rgb) {
    for side in [-1.0, 1.0] {
        let x = CENTRE + side * reach.0;
        canvas.line((x, top + 4.0), (x, 122.0), 5.0, colour.lighter(35));
        canvas.line(
            (x, 122.0),
            (CENTRE + side * 30.0, 131.0),
            5.0,
            colour.lighter(35),
        );
        canvas.round_rect(Rect::centred(x, top, reach.1, 8.0), 4.0, colour);
    }
}

/// The outline of a shape from the right half of it, given from top to bottom as distances from
/// the middle.
fn symmetric(half: &[(f32, f32)]) -> Vec<(f32, f32)> {
    let right = half.iter().map(|(reach, y)| (CENTRE + reach, *y));
    let left = half.iter().rev().map(|(reach, y)| (CENTRE - reach, *y));
    right.chain(left).collect()
}
