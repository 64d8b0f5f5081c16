//! What stands around a chair: wall, floor and one or two things beside it.
//!
//! It owns the backgrounds of chairs, all paler than any upholstery, so that the chair stands
//! out. It must not know the chair.

use super::{CENTRE, GROUND, mirrored};
use crate::canvas::{Canvas, EDGE, Rect};
use crate::choices::SeededRng;
use crate::palette::{LAMP, LEAVES, Rgb, STRONG, TINTS, WHITE, WOOD};

/// Where the wall meets the floor.
const SKIRTING: f32 = 146.0;

/// A wall with a stage, an arch or a floor, sometimes with furniture.
pub(super) fn draw(canvas: &mut Canvas, choices: &mut SeededRng) {
    let tint = choices.pick(&TINTS).jitter(choices);
    canvas.rect(Rect::new(0.0, 0.0, EDGE, EDGE), tint);
    match choices.count(0, 3) {
        0 => {
            let radius = choices.between(74.0, 84.0);
            canvas.circle(
                (CENTRE, choices.between(92.0, 104.0)),
                radius,
                tint.lighter(130),
            );
            draw_rug(canvas, choices, tint.darker(22));
        }
        1 => {
            let half = choices.between(52.0, 64.0);
            let top = choices.between(18.0, 30.0);
            draw_floor(canvas, choices, tint);
            let arch = tint.darker(28);
            canvas.circle((CENTRE, top + half), half, arch);
            canvas.rect(
                Rect::centred(CENTRE, top + half, 2.0 * half, SKIRTING - top - half),
                arch,
            );
        }
        _ => {
            draw_floor(canvas, choices, tint);
            draw_wall_piece(canvas, choices, tint);
            if choices.chance(50) {
                let rug = choices.pick(&STRONG).lighter(150);
                draw_rug(canvas, choices, rug);
            }
        }
    }
    draw_companion(canvas, choices);
}

/// The straw mats that a legless chair stands on, under a paper screen.
pub(super) fn draw_tatami(canvas: &mut Canvas, choices: &mut SeededRng) {
    let wall = choices.pick(&TINTS).jitter(choices);
    canvas.rect(Rect::new(0.0, 0.0, EDGE, EDGE), wall);
    if choices.chance(60) {
        draw_screen(canvas, choices);
    } else {
        draw_wall_piece(canvas, choices, wall);
    }
    let mat = choices.pick(&[Rgb(206, 210, 156), Rgb(214, 206, 158), Rgb(192, 204, 160)]);
    let mat = mat.jitter(choices);
    let border = choices.pick(&STRONG).darker(60);
    let edge = 128.0;
    canvas.rect(Rect::new(0.0, edge, EDGE, EDGE - edge), mat);
    canvas.rect(Rect::new(0.0, edge - 3.0, EDGE, 3.0), wall.darker(60));
    let joint = choices.between(60.0, 132.0);
    let far = CENTRE + (joint - CENTRE) * 0.7;
    canvas.line((far, edge), (joint, EDGE), 4.0, border);
    canvas.rect(Rect::new(0.0, 181.0, EDGE, 4.0), border);
    for row in [137.0, 147.0, 158.0, 170.0] {
        canvas.rect(Rect::new(0.0, row, EDGE, 1.0), mat.darker(14));
    }
}

fn draw_screen(canvas: &mut Canvas, choices: &mut SeededRng) {
    let wood = choices.pick(&WOOD);
    let paper = Rect::new(18.0, 14.0, 156.0, 112.0);
    canvas.rect(paper.inset(-3.0), wood);
    canvas.rect(paper, Rgb(253, 249, 236));
    let columns = choices.count(4, 6);
    let rows = choices.count(3, 5);
    for column in 1..columns {
        let x = paper.left + paper.width() * f32::from(column) / f32::from(columns);
        canvas.rect(
            Rect::centred(x, paper.top, 2.0, paper.height()),
            wood.lighter(60),
        );
    }
    for row in 1..rows {
        let y = paper.top + paper.height() * f32::from(row) / f32::from(rows);
        canvas.rect(
            Rect::new(paper.left, y, paper.width(), 2.0),
            wood.lighter(60),
        );
    }
    canvas.rect(Rect::centred(CENTRE, paper.top, 5.0, paper.height()), wood);
}

fn draw_floor(canvas: &mut Canvas, choices: &mut SeededRng, wall: Rgb) {
    let floor = if choices.chance(60) {
        choices.pick(&WOOD).lighter(95).jitter(choices)
    } else {
        wall.darker(40)
    };
    canvas.rect(Rect::new(0.0, SKIRTING, EDGE, EDGE - SKIRTING), floor);
    canvas.rect(Rect::new(0.0, SKIRTING - 4.0, EDGE, 4.0), wall.lighter(150));
    if choices.chance(50) {
        for column in 0_u16..7 {
            let x = 16.0 + 26.7 * f32::from(column);
            let near = CENTRE + (x - CENTRE) * 1.5;
            canvas.line((x, SKIRTING + 0.5), (near, EDGE), 1.0, floor.darker(18));
        }
    }
}

fn draw_rug(canvas: &mut Canvas, choices: &mut SeededRng, colour: Rgb) {
    let reach = choices.between(64.0, 82.0);
    canvas.ellipse((CENTRE, GROUND - 1.0), (reach, 14.0), colour);
    if choices.chance(50) {
        canvas.ellipse(
            (CENTRE, GROUND - 1.0),
            (reach - 8.0, 10.5),
            colour.lighter(90),
        );
    }
}

/// A window, a framed picture, a clock or nothing.
fn draw_wall_piece(canvas: &mut Canvas, choices: &mut SeededRng, wall: Rgb) {
    let left = choices.chance(50);
    let centre = if left { 36.0 } else { mirrored(36.0) };
    match choices.count(0, 3) {
        0 => {
            let pane = Rect::centred(centre, 20.0, 46.0, choices.between(56.0, 70.0));
            canvas.round_rect(pane.inset(-4.0), 2.0, WHITE);
            canvas.rect(pane, Rgb(178, 218, 240).jitter(choices));
            canvas.rect(Rect::centred(centre, pane.top, 3.0, pane.height()), WHITE);
            let middle = pane.top + pane.height() * 0.45;
            canvas.rect(Rect::new(pane.left, middle, pane.width(), 3.0), WHITE);
        }
        1 => {
            let frame = Rect::centred(centre, 26.0, 36.0, choices.between(36.0, 48.0));
            canvas.rect(frame, choices.pick(&WOOD));
            canvas.rect(frame.inset(3.0), WHITE);
            let ground = frame.bottom - 12.0;
            let hill = choices.pick(&STRONG).lighter(90);
            canvas.circle((centre + 5.0, frame.top + 14.0), 5.0, LAMP);
            let base = [(frame.left + 6.0, ground), (frame.right - 6.0, ground)];
            canvas.polygon(
                &[base[0], (centre - 4.0, ground - 14.0), base[1]],
                0.5,
                hill,
            );
        }
        2 => {
            canvas.circle((centre, 44.0), 17.0, wall.darker(110));
            canvas.circle((centre, 44.0), 14.0, WHITE);
            canvas.line((centre, 44.0), (centre, 34.0), 2.0, wall.darker(150));
            let hand = (centre + choices.between(-7.0, 7.0), 47.0);
            canvas.line((centre, 44.0), hand, 2.0, wall.darker(150));
        }
        _ => {}
    }
}

/// A plant or a lamp at the edge of the picture, or nothing.
fn draw_companion(canvas: &mut Canvas, choices: &mut SeededRng) {
    let x = if choices.chance(50) {
        22.0
    } else {
        mirrored(22.0)
    };
    match choices.count(0, 3) {
        0 => draw_plant(canvas, choices, x),
        1 => draw_lamp(canvas, choices, x),
        _ => {}
    }
}

fn draw_plant(canvas: &mut Canvas, choices: &mut SeededRng, x: f32) {
    let leaf = choices.pick(&LEAVES).jitter(choices);
    let top = choices.between(84.0, 104.0);
    for (side, lift) in [
        (-13.0, 14.0),
        (13.0, 10.0),
        (-8.0, 2.0),
        (9.0, -2.0),
        (0.0, -8.0),
    ] {
        let tip = (x + side, top + lift);
        canvas.line((x, 142.0), tip, 2.0, leaf.darker(50));
        canvas.ellipse((tip.0, tip.1 + 2.0), (6.0, 13.0), leaf);
        canvas.line(
            (tip.0, tip.1 - 6.0),
            (tip.0, tip.1 + 12.0),
            1.0,
            leaf.darker(40),
        );
    }
    let pot = choices.pick(&[Rgb(206, 128, 92), Rgb(240, 240, 236), Rgb(110, 120, 132)]);
    canvas.polygon(
        &[
            (x - 12.0, 138.0),
            (x + 12.0, 138.0),
            (x + 8.0, 162.0),
            (x - 8.0, 162.0),
        ],
        1.5,
        pot,
    );
    canvas.round_rect(Rect::centred(x, 134.0, 30.0, 6.0), 2.0, pot.darker(30));
}

fn draw_lamp(canvas: &mut Canvas, choices: &mut SeededRng, x: f32) {
    let metal = Rgb(96, 92, 92).jitter(choices);
    let top = choices.between(52.0, 72.0);
    canvas.line((x, top), (x, 162.0), 3.0, metal);
    canvas.ellipse((x, 163.0), (13.0, 3.5), metal);
    canvas.polygon(
        &[
            (x - 9.0, top),
            (x + 9.0, top),
            (x + 16.0, top + 24.0),
            (x - 16.0, top + 24.0),
        ],
        1.5,
        LAMP.lighter(70).jitter(choices),
    );
}
