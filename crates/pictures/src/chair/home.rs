//! Chairs on legs: dining chairs and armchairs, seen from the front.
//!
//! It owns their shapes. It must not know the room.

use super::{CENTRE, GROUND, Materials};
use crate::canvas::{Canvas, Rect};
use crate::choices::SeededRng;
use crate::palette::Rgb;

const SHADOW: Rgb = Rgb(120, 110, 116);

/// Four legs, a seat and a back of slats, rungs, a panel or a hoop.
pub(super) fn draw_dining(canvas: &mut Canvas, choices: &mut SeededRng, materials: &Materials) {
    let wood = if choices.chance(75) {
        materials.wood
    } else {
        materials.main
    };
    let top = choices.between(26.0, 56.0);
    let half = choices.between(29.0, 36.0);
    let seat = choices.between(104.0, 112.0);
    canvas.ellipse(
        (CENTRE, GROUND + 1.0),
        (half + 18.0, 6.0),
        SHADOW.lighter(70),
    );
    let splay = choices.between(0.0, 7.0);
    for side in [-1.0, 1.0] {
        let back = CENTRE + side * (half - 7.0);
        canvas.line(
            (back, seat),
            (back + side * splay * 0.5, GROUND - 8.0),
            6.0,
            wood.darker(80),
        );
    }
    if choices.chance(45) {
        canvas.rect(
            Rect::centred(CENTRE, 140.0, 2.0 * half - 12.0, 4.0),
            wood.darker(80),
        );
    }
    draw_dining_back(canvas, choices, (wood, materials.main), (top, half, seat));
    for side in [-1.0, 1.0] {
        let front = CENTRE + side * (half + 2.0);
        canvas.line(
            (front, seat + 12.0),
            (front + side * splay, GROUND - 2.0),
            7.0,
            wood,
        );
    }
    if choices.chance(35) {
        canvas.rect(Rect::centred(CENTRE, 148.0, 2.0 * half + 6.0, 4.0), wood);
    }
    let near = half + 7.0;
    let corners = |reach: f32, y: f32| [(CENTRE - reach, y), (CENTRE + reach, y)];
    let ([a, b], [d, c]) = (corners(half, seat), corners(near, seat + 13.0));
    canvas.polygon(&[a, b, c, d], 2.0, wood.lighter(25));
    canvas.rect(
        Rect::centred(CENTRE, seat + 13.0, 2.0 * near + 3.0, 6.0),
        wood.darker(40),
    );
    if choices.chance(60) {
        let ([a, b], [d, c]) = (corners(half - 3.0, seat), corners(near - 5.0, seat + 9.0));
        canvas.polygon(&[a, b, c, d], 4.0, materials.main);
        canvas.polygon(
            &[d, c, (c.0, c.1 + 2.0), (d.0, d.1 + 2.0)],
            3.0,
            materials.shade(),
        );
    }
}

/// `shape` is the upper edge, half the width, and the height of the seat.
fn draw_dining_back(
    canvas: &mut Canvas,
    choices: &mut SeededRng,
    (wood, cloth): (Rgb, Rgb),
    (top, half, seat): (f32, f32, f32),
) {
    let inside = Rect::centred(CENTRE, top, 2.0 * half - 4.0, seat - top);
    match choices.count(0, 3) {
        0 => {
            let slats = choices.count(3, 6);
            for slat in 1..=slats {
                let x = inside.left + inside.width() * f32::from(slat) / f32::from(slats + 1);
                canvas.rect(
                    Rect::centred(x, top + 4.0, 4.0, seat - top),
                    wood.lighter(35),
                );
            }
            canvas.round_rect(
                Rect::centred(CENTRE, top - 2.0, 2.0 * half + 8.0, 13.0),
                5.0,
                wood,
            );
        }
        1 => {
            let rungs = choices.count(2, 4);
            for rung in 0..rungs {
                let y = top + (seat - top - 6.0) * f32::from(rung) / f32::from(rungs);
                let board = Rect::centred(CENTRE, y, 2.0 * half, 10.0);
                canvas.round_rect(board, 3.0, wood.lighter(35));
            }
        }
        2 => {
            canvas.round_rect(
                Rect::centred(CENTRE, top - 3.0, 2.0 * half, 46.0),
                8.0,
                wood,
            );
            let pad = Rect::centred(CENTRE, top + 1.0, 2.0 * half - 8.0, 38.0);
            canvas.round_rect(pad, 6.0, cloth);
        }
        _ => {
            let middle = top + half;
            canvas.ring((CENTRE, middle), half - 3.0, 7.0, wood);
            for slat in [-0.45, 0.0, 0.45] {
                let x = CENTRE + slat * half;
                canvas.line(
                    (x, top + 9.0),
                    (x * 0.6 + CENTRE * 0.4, seat),
                    3.5,
                    wood.lighter(35),
                );
            }
        }
    }
    for side in [-1.0, 1.0] {
        let x = CENTRE + side * (half - 2.0);
        let start = top + if half > 32.0 { 4.0 } else { 8.0 };
        canvas.line((x, start), (x, seat + 4.0), 6.0, wood);
    }
}

/// An armchair: broad back, thick arms, a loose cushion, short legs.
pub(super) fn draw_lounge(canvas: &mut Canvas, choices: &mut SeededRng, materials: &Materials) {
    let top = choices.between(44.0, 72.0);
    let half = choices.between(36.0, 46.0);
    let arm_top = choices.between(96.0, 108.0);
    let bottom = GROUND - choices.between(9.0, 18.0);
    let arm = choices.between(15.0, 20.0);
    canvas.ellipse(
        (CENTRE, GROUND + 1.0),
        (half + arm + 6.0, 6.0),
        SHADOW.lighter(70),
    );
    for side in [-1.0, 1.0] {
        let x = CENTRE + side * (half + arm - 12.0);
        canvas.line(
            (x, bottom - 2.0),
            (x + side * 4.0, GROUND - 2.0),
            6.0,
            materials.wood,
        );
    }
    let back = Rect::centred(CENTRE, top, 2.0 * half + 6.0, bottom - top - 6.0);
    let round = choices.between(8.0, 26.0);
    canvas.round_rect(back, round, materials.main);
    draw_back_detail(canvas, choices, materials, (top, half, arm_top));
    let base = Rect::centred(CENTRE, bottom - 20.0, 2.0 * half + 8.0, 20.0);
    canvas.round_rect(base, 3.0, materials.shade());
    let cushion = Rect::centred(CENTRE, bottom - 38.0, 2.0 * half, 22.0);
    canvas.round_rect(cushion, 8.0, materials.main.lighter(45));
    if choices.chance(55) {
        let x = CENTRE + choices.between(-14.0, 14.0);
        let (y, size) = (bottom - 50.0, choices.between(13.0, 16.0));
        let tips = [(x - size, y), (x, y - size), (x + size, y), (x, y + size)];
        canvas.polygon(&tips, 3.0, materials.accent);
    }
    let arm_round = choices.between(5.0, 9.0);
    for side in [-1.0, 1.0] {
        let x = CENTRE + side * (half + arm / 2.0);
        let area = Rect::centred(x, arm_top, arm, bottom - arm_top);
        canvas.round_rect(area, arm_round.min(arm / 2.0), materials.main.darker(32));
    }
}

/// Buttons, channels, a seam or nothing; `shape` is as for the chair.
fn draw_back_detail(
    canvas: &mut Canvas,
    choices: &mut SeededRng,
    materials: &Materials,
    (top, half, arm_top): (f32, f32, f32),
) {
    match choices.count(0, 3) {
        0 => {
            for column in [-0.55, 0.0, 0.55] {
                for row in [0.32, 0.78] {
                    let centre = (CENTRE + column * half, top + (arm_top - top) * row + 4.0);
                    canvas.circle(centre, 2.5, materials.shade());
                }
            }
        }
        1 => {
            for column in [-0.6, -0.2, 0.2, 0.6] {
                let x = CENTRE + column * half;
                canvas.line((x, top + 8.0), (x, arm_top + 20.0), 2.0, materials.seam());
            }
        }
        2 => {
            let cushion = Rect::centred(CENTRE, top + 9.0, 2.0 * half - 12.0, arm_top - top + 20.0);
            canvas.round_rect(cushion, 10.0, materials.main.lighter(35));
        }
        _ => {}
    }
}
