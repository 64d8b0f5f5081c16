//! Detached houses of one or two storeys.
//!
//! It owns their bodies, roofs and entrances. It must not know sky or garden.

use super::{CENTRE, Facade, GROUND, Light, draw_window};
use crate::canvas::{Canvas, Rect};
use crate::choices::SeededRng;
use crate::palette::{LAMP, Rgb};

const STOREY: f32 = 36.0;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Roof {
    /// The triangle faces the street.
    Gable,
    /// The eaves face the street.
    Saddle,
    Hip,
    Shed,
    Gambrel,
    Flat,
}

const ROOFS: [Roof; 6] = [
    Roof::Gable,
    Roof::Saddle,
    Roof::Hip,
    Roof::Shed,
    Roof::Gambrel,
    Roof::Flat,
];

/// Draws a house, perhaps with a wing.
pub(super) fn draw(canvas: &mut Canvas, choices: &mut SeededRng, look: (&Light, &Facade)) {
    let (light, facade) = look;
    let storeys = choices.count(1, 2);
    let wing = choices.chance(45);
    let side = if choices.chance(50) { -1.0 } else { 1.0 };
    let width = if wing {
        choices.between(72.0, 88.0)
    } else {
        choices.between(84.0, 116.0)
    };
    let centre = if wing { CENTRE - side * 20.0 } else { CENTRE };
    let height = STOREY * f32::from(storeys);
    let body = Rect::centred(centre, GROUND - height, width, height);
    if wing {
        draw_wing(
            canvas,
            choices,
            look,
            (centre + side * (width / 2.0 + 22.0), side),
        );
    }
    draw_roof(canvas, choices, facade, body);
    if storeys == 2 && choices.chance(40) {
        let lower = Rect {
            top: body.bottom - STOREY,
            ..body
        };
        canvas.rect(lower, facade.second);
        canvas.rect(
            Rect::centred(centre, lower.top - 2.0, width + 4.0, 4.0),
            facade.trim,
        );
    }
    let columns = if width > 92.0 { choices.count(3, 4) } else { 3 };
    let door = choices.count(0, columns - 1);
    for storey in 0..storeys {
        for column in 0..columns {
            let x = body.left + width * (f32::from(column) + 0.5) / f32::from(columns);
            let floor = body.bottom - STOREY * f32::from(storey);
            if storey == 0 && column == door {
                draw_door(canvas, choices, facade, x);
                continue;
            }
            let pane = light.pane(choices);
            let area = Rect::centred(x, floor - 27.0, width / f32::from(columns) - 11.0, 17.0);
            draw_window(canvas, area, pane, facade.trim);
            if storey == 1 && column == door && choices.chance(60) {
                draw_balcony(canvas, area, facade.trim);
            }
        }
    }
}

fn draw_door(canvas: &mut Canvas, choices: &mut SeededRng, facade: &Facade, x: f32) {
    canvas.rect(
        Rect::centred(x, GROUND - 2.0, 24.0, 4.0),
        facade.trim.darker(50),
    );
    canvas.rect(Rect::centred(x, GROUND - 29.0, 18.0, 27.0), facade.trim);
    canvas.rect(Rect::centred(x, GROUND - 27.0, 14.0, 25.0), facade.door);
    match choices.count(0, 2) {
        0 => canvas.circle((x, GROUND - 20.0), 3.5, LAMP),
        1 => canvas.rect(Rect::centred(x, GROUND - 24.0, 6.0, 9.0), LAMP),
        _ => {}
    }
    canvas.circle((x + 4.5, GROUND - 13.0), 1.2, LAMP.lighter(120));
    if choices.chance(60) {
        canvas.rect(Rect::centred(x, GROUND - 33.0, 26.0, 4.0), facade.roof);
    }
}

fn draw_balcony(canvas: &mut Canvas, window: Rect, trim: Rgb) {
    let rail = Rect {
        left: window.left - 4.0,
        top: window.bottom - 5.0,
        right: window.right + 4.0,
        bottom: window.bottom + 6.0,
    };
    canvas.rect(
        Rect {
            top: rail.bottom - 2.5,
            ..rail
        },
        trim.darker(40),
    );
    canvas.rect(
        Rect {
            bottom: rail.top + 2.0,
            ..rail
        },
        trim.darker(40),
    );
    let bars = 6_u16;
    for bar in 0..=bars {
        let x = rail.left + 1.0 + (rail.width() - 2.0) * f32::from(bar) / f32::from(bars);
        canvas.rect(
            Rect::centred(x, rail.top, 1.2, rail.height()),
            trim.darker(40),
        );
    }
}

/// A lower part with a garage or a wide window; `place` is its middle and its side.
fn draw_wing(
    canvas: &mut Canvas,
    choices: &mut SeededRng,
    (light, facade): (&Light, &Facade),
    (centre, side): (f32, f32),
) {
    let body = Rect::centred(centre, GROUND - 32.0, 50.0, 32.0);
    canvas.rect(body, facade.second);
    if choices.chance(50) {
        let gate = Rect::centred(centre + side * 2.0, GROUND - 23.0, 34.0, 23.0);
        canvas.rect(gate, facade.trim);
        for slat in 1_u16..5 {
            let y = gate.top + 4.8 * f32::from(slat);
            canvas.rect(
                Rect {
                    top: y,
                    bottom: y + 1.2,
                    ..gate
                },
                facade.trim.darker(60),
            );
        }
    } else {
        let area = Rect::centred(centre + side * 2.0, GROUND - 25.0, 30.0, 17.0);
        draw_window(canvas, area, light.pane(choices), facade.trim);
    }
    if choices.chance(50) {
        canvas.rect(
            Rect::centred(centre, body.top - 4.0, 58.0, 6.0),
            facade.roof,
        );
    } else {
        let ridge = body.top - 15.0;
        let outer = centre + side * 32.0;
        let eaves = [
            (centre - side * 26.0, body.top + 1.0),
            (outer, body.top + 1.0),
        ];
        let upper = [(centre + side * 18.0, ridge), (centre - side * 26.0, ridge)];
        canvas.polygon(
            &[eaves[0], eaves[1], upper[0], upper[1]],
            1.0,
            facade.roof.darker(22),
        );
    }
}

/// The body's wall and the roof on it.
fn draw_roof(canvas: &mut Canvas, choices: &mut SeededRng, facade: &Facade, body: Rect) {
    let kind = choices.pick(&ROOFS);
    let rise = choices.between(0.36, 0.5) * body.width();
    let (left, right, eaves) = (body.left - 7.0, body.right + 7.0, body.top + 1.0);
    let centre = (body.left + body.right) / 2.0;
    if choices.chance(50) && kind != Roof::Flat && kind != Roof::Shed {
        let x = centre + choices.pick(&[-0.26, 0.26]) * body.width();
        let chimney = Rect::centred(x, eaves - rise * 0.85, 11.0, rise * 0.8);
        canvas.rect(chimney, facade.second);
        canvas.rect(
            Rect::centred(x, chimney.top - 2.0, 14.0, 4.0),
            facade.roof.darker(40),
        );
    }
    canvas.rect(body, facade.wall);
    match kind {
        Roof::Gable => {
            let ridge = (centre, eaves - rise);
            canvas.polygon(
                &[(body.left, eaves), ridge, (body.right, eaves)],
                0.0,
                facade.wall,
            );
            canvas.polyline(
                &[(left, eaves + 3.0), ridge, (right, eaves + 3.0)],
                8.0,
                facade.roof,
            );
            canvas.circle((centre, eaves - rise * 0.36), 7.0, facade.trim);
            canvas.circle((centre, eaves - rise * 0.36), 5.0, facade.roof.darker(60));
        }
        Roof::Saddle | Roof::Hip => {
            let share = if kind == Roof::Hip { 0.3 } else { 0.06 };
            let (inset, top) = (body.width() * share, eaves - rise * 0.75);
            let slope = [
                (left, eaves),
                (left + inset, top),
                (right - inset, top),
                (right, eaves),
            ];
            canvas.polygon(&slope, 1.5, facade.roof);
            draw_courses(
                canvas,
                (eaves, top),
                (right - left, inset),
                (centre, facade.roof),
            );
        }
        Roof::Shed => {
            let (low, high) = (eaves - 2.0, eaves - rise * 0.55);
            let (low, high) = if choices.chance(50) {
                (low, high)
            } else {
                (high, low)
            };
            let wall = [
                (body.left, eaves),
                (body.left, low),
                (body.right, high),
                (body.right, eaves),
            ];
            canvas.polygon(&wall, 0.0, facade.wall);
            canvas.line((left, low - 1.0), (right, high - 1.0), 8.0, facade.roof);
        }
        Roof::Gambrel => {
            let (knee, ridge) = (eaves - rise * 0.62, eaves - rise);
            let bend = body.width() * 0.17;
            let outline = [
                (left, eaves),
                (left + bend, knee),
                (centre, ridge),
                (right - bend, knee),
                (right, eaves),
            ];
            canvas.polygon(&outline, 1.5, facade.roof);
            let dormer = Rect::centred(centre, eaves - rise * 0.56, 20.0, 15.0);
            draw_window(canvas, dormer, LAMP.lighter(60), facade.trim);
        }
        Roof::Flat => {
            canvas.rect(Rect::new(left, eaves - 7.0, right - left, 8.0), facade.roof);
            canvas.rect(
                Rect::new(left, eaves + 1.0, right - left, 2.0),
                facade.wall.darker(60),
            );
        }
    }
}

/// Rows of tiles on a roof with sloping sides: height, size and look.
fn draw_courses(
    canvas: &mut Canvas,
    (eaves, top): (f32, f32),
    (width, inset): (f32, f32),
    (centre, roof): (f32, Rgb),
) {
    for share in [0.25, 0.5, 0.75] {
        let half = width / 2.0 - inset * share - 1.0;
        let y = eaves + (top - eaves) * share;
        canvas.line((centre - half, y), (centre + half, y), 1.5, roof.darker(40));
    }
}
