//! Apartment towers.
//!
//! It owns their shafts, window patterns, tops and podiums. It must not know sky or ground.

use super::{CENTRE, Facade, GROUND, Light};
use crate::canvas::{Canvas, Rect};
use crate::choices::SeededRng;
use crate::palette::LAMP;

/// Draws a tower, sometimes with a lower neighbour of the same kind.
pub(super) fn draw(canvas: &mut Canvas, choices: &mut SeededRng, look: (&Light, &Facade)) {
    let width = choices.between(52.0, 76.0);
    let top = choices.between(26.0, 58.0);
    let twin = choices.chance(35);
    let side = if choices.chance(50) { -1.0 } else { 1.0 };
    let centre = if twin { CENTRE - side * 24.0 } else { CENTRE };
    let style = choices.count(0, 3);
    if twin {
        let lower = top + choices.between(14.0, 40.0);
        let other = Rect::centred(centre + side * 54.0, lower, width * 0.72, GROUND - lower);
        draw_shaft(canvas, choices, look, (other, style));
    }
    let body = Rect::centred(centre, top, width, GROUND - top);
    draw_top(canvas, choices, look, body);
    draw_shaft(canvas, choices, look, (body, style));
    draw_podium(canvas, choices, look, body);
}

/// The shaft with its windows in one of four patterns.
fn draw_shaft(
    canvas: &mut Canvas,
    choices: &mut SeededRng,
    (light, facade): (&Light, &Facade),
    (body, style): (Rect, u16),
) {
    let deep = body.width() * 0.22;
    let front = Rect {
        right: body.right - deep,
        ..body
    };
    canvas.rect(front, facade.wall);
    canvas.rect(
        Rect {
            left: front.right,
            ..body
        },
        facade.wall.darker(62),
    );
    let columns = choices.count(3, 5);
    let pitch = choices.between(9.0, 12.0);
    let bay = (front.width() - 6.0) / f32::from(columns);
    let mut y = body.top + 6.0;
    while y + pitch < GROUND - 18.0 {
        if style == 1 {
            canvas.rect(
                Rect::new(front.left, y + pitch - 3.5, front.width(), 2.0),
                facade.trim,
            );
        }
        if style == 3 {
            let band = Rect::new(front.left + 2.0, y, front.width() - 4.0, pitch * 0.56);
            canvas.rect(band, light.glass);
        }
        for column in 0..columns {
            let x = front.left + 3.0 + bay * (f32::from(column) + 0.5);
            let (wide, high) = match style {
                0 => (bay * 0.58, pitch * 0.62),
                1 => (bay * 0.76, pitch * 0.5),
                2 => (bay * 0.5, pitch - 1.0),
                _ => (bay * 0.86, pitch * 0.56),
            };
            canvas.rect(Rect::centred(x, y, wide, high), light.pane(choices));
        }
        let slit = Rect::centred(
            (front.right + body.right) / 2.0,
            y,
            deep * 0.44,
            pitch * 0.5,
        );
        canvas.rect(slit, light.glass.darker(70));
        y += pitch;
    }
    if style == 2 {
        for column in 0..=columns {
            let x = front.left + 3.0 + bay * f32::from(column);
            canvas.rect(Rect::centred(x, body.top, 2.0, body.height()), facade.trim);
        }
    }
}

/// What is above the last floor.
fn draw_top(
    canvas: &mut Canvas,
    choices: &mut SeededRng,
    (light, facade): (&Light, &Facade),
    body: Rect,
) {
    let centre = (body.left + body.right) / 2.0;
    match choices.count(0, 3) {
        0 => {
            let step = Rect::centred(centre, body.top - 10.0, body.width() * 0.62, 12.0);
            canvas.rect(step, facade.second);
            canvas.rect(
                Rect::centred(centre, step.top - 3.0, body.width() * 0.7, 4.0),
                facade.roof,
            );
        }
        1 => {
            canvas.rect(
                Rect::centred(centre, body.top - 6.0, 22.0, 8.0),
                facade.second,
            );
            canvas.line(
                (centre, body.top - 24.0),
                (centre, body.top - 4.0),
                2.0,
                facade.roof,
            );
            canvas.circle((centre, body.top - 24.0), 2.0, light.on(LAMP));
        }
        2 => {
            let (low, high) = (body.top - 3.0, body.top - choices.between(12.0, 22.0));
            let slope = [
                (body.left, body.top + 1.0),
                (body.left, high),
                (body.right, low),
                (body.right, body.top + 1.0),
            ];
            canvas.polygon(&slope, 0.0, facade.roof);
        }
        _ => {}
    }
    canvas.rect(
        Rect::centred(centre, body.top - 4.0, body.width() + 6.0, 6.0),
        facade.roof,
    );
}

/// The entrance floor, wider than the shaft.
fn draw_podium(
    canvas: &mut Canvas,
    choices: &mut SeededRng,
    (light, facade): (&Light, &Facade),
    body: Rect,
) {
    let centre = (body.left + body.right) / 2.0;
    let wide = body.width() + choices.between(6.0, 30.0);
    let podium = Rect::centred(centre, GROUND - 18.0, wide, 18.0);
    canvas.rect(podium, facade.second);
    canvas.rect(
        Rect {
            bottom: podium.top + 3.0,
            ..podium
        },
        facade.trim,
    );
    let panes = 5_u16;
    for pane in 0..panes {
        let x = podium.left + wide * (f32::from(pane) + 0.5) / f32::from(panes);
        let glass = if pane == 2 {
            facade.door
        } else {
            light.pane(choices)
        };
        canvas.rect(
            Rect::centred(x, podium.top + 6.0, wide / 5.0 - 4.0, 12.0),
            glass,
        );
    }
    canvas.rect(
        Rect::centred(centre, podium.top + 2.0, wide / 5.0 + 8.0, 4.0),
        facade.roof,
    );
}
