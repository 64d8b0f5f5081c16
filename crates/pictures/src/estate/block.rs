//! Low apartment blocks of two to four floors.
//!
//! It owns their grid of flats, balconies and the staircase. It must not know sky or garden.

use super::{CENTRE, Facade, GROUND, Light, draw_window};
use crate::canvas::{Canvas, Rect};
use crate::choices::SeededRng;

/// Draws a block with a balcony or a window bay per flat.
pub(super) fn draw(canvas: &mut Canvas, choices: &mut SeededRng, look: (&Light, &Facade)) {
    let (_, facade) = look;
    let floors = choices.count(2, 4);
    let storey = choices.between(25.0, 29.0);
    let width = choices.between(112.0, 146.0);
    let height = storey * f32::from(floors) + 2.0;
    let body = Rect::centred(CENTRE - 3.0, GROUND - height, width, height);
    let deep = Rect {
        left: body.right,
        right: body.right + 9.0,
        ..body
    };
    canvas.rect(body, facade.wall);
    canvas.rect(deep, facade.wall.darker(60));
    if choices.chance(35) {
        canvas.rect(
            Rect {
                top: GROUND - storey,
                ..body
            },
            facade.second,
        );
    }
    draw_roof(canvas, choices, facade, body);
    let stairs = Stairs::choose(choices, body);
    draw_flats(canvas, choices, look, (&stairs.rest, floors));
    draw_stairs(canvas, choices, look, (&stairs, floors));
}

/// The staircase and what it leaves of the front.
struct Stairs {
    tower: Rect,
    rest: Vec<Rect>,
}

impl Stairs {
    fn choose(choices: &mut SeededRng, body: Rect) -> Self {
        let width = 26.0;
        let (left, right) = match choices.count(0, 2) {
            0 => (body.left, body.left + width),
            1 => (body.right - width, body.right),
            _ => {
                let middle = (body.left + body.right) / 2.0;
                (middle - width / 2.0, middle + width / 2.0)
            }
        };
        let parts = [
            Rect {
                right: left,
                ..body
            },
            Rect {
                left: right,
                ..body
            },
        ];
        let rest = parts
            .into_iter()
            .filter(|part| part.width() > 20.0)
            .collect();
        Self {
            tower: Rect {
                left,
                right,
                ..body
            },
            rest,
        }
    }
}

fn draw_flats(
    canvas: &mut Canvas,
    choices: &mut SeededRng,
    (light, facade): (&Light, &Facade),
    (parts, floors): (&[Rect], u16),
) {
    let style = choices.count(0, 2);
    let balcony = if choices.chance(50) {
        facade.trim
    } else {
        facade.second
    };
    for part in parts.iter().copied() {
        let columns = if part.width() > 92.0 {
            choices.count(3, 4)
        } else if part.width() > 64.0 {
            3
        } else {
            2
        };
        let bay = part.width() / f32::from(columns);
        let storey = (part.height() - 2.0) / f32::from(floors);
        for floor in 0..floors {
            let bottom = GROUND - storey * f32::from(floor);
            for column in 0..columns {
                let x = part.left + bay * (f32::from(column) + 0.5);
                let pane = light.pane(choices);
                let wide = if style == 0 { bay - 14.0 } else { bay - 9.0 };
                let high = if style == 0 { 13.0 } else { 17.0 };
                let area = Rect::centred(x, bottom - storey + 5.0, wide, high);
                draw_window(canvas, area, pane, facade.trim);
                if style == 1 {
                    let rail = Rect::centred(x, bottom - 11.0, bay - 4.0, 9.0);
                    canvas.rect(rail, balcony.darker(20));
                    canvas.rect(
                        Rect {
                            bottom: rail.top + 2.0,
                            ..rail
                        },
                        balcony.lighter(60),
                    );
                }
            }
            if style == 2 {
                let rail = Rect {
                    top: bottom - 10.0,
                    bottom: bottom - 1.0,
                    ..part
                };
                canvas.rect(rail, balcony);
                canvas.rect(
                    Rect {
                        top: rail.bottom - 2.0,
                        ..rail
                    },
                    facade.wall.darker(70),
                );
            }
        }
    }
}

fn draw_stairs(
    canvas: &mut Canvas,
    choices: &mut SeededRng,
    (light, facade): (&Light, &Facade),
    (stairs, floors): (&Stairs, u16),
) {
    let tower = Rect {
        top: stairs.tower.top - choices.between(0.0, 9.0),
        ..stairs.tower
    };
    canvas.rect(tower, facade.second.darker(24));
    let centre = (tower.left + tower.right) / 2.0;
    let storey = stairs.tower.height() / f32::from(floors);
    for floor in 1..floors {
        let top = GROUND - storey * f32::from(floor) - storey + 6.0;
        let slot = Rect::centred(centre, top, 10.0, storey - 11.0);
        draw_window(canvas, slot, light.pane(choices), facade.trim);
    }
    canvas.rect(
        Rect::centred(centre, GROUND - 20.0, 17.0, 20.0),
        facade.trim,
    );
    canvas.rect(
        Rect::centred(centre, GROUND - 18.0, 13.0, 18.0),
        facade.door,
    );
    canvas.rect(Rect::centred(centre, GROUND - 18.0, 1.5, 18.0), facade.trim);
    canvas.rect(Rect::centred(centre, GROUND - 24.0, 30.0, 4.0), facade.roof);
}

fn draw_roof(canvas: &mut Canvas, choices: &mut SeededRng, facade: &Facade, body: Rect) {
    let (left, right) = (body.left - 4.0, body.right + 13.0);
    if choices.chance(40) {
        let rise = choices.between(12.0, 22.0);
        let inset = choices.between(10.0, 34.0);
        let top = body.top - rise;
        let slope = [
            (left, body.top),
            (left + inset, top),
            (right - inset, top),
            (right, body.top),
        ];
        canvas.polygon(&slope, 1.5, facade.roof);
        return;
    }
    if choices.chance(55) {
        let x = body.left + body.width() * choices.between(0.2, 0.8);
        canvas.rect(
            Rect::centred(x - 8.0, body.top - 14.0, 2.0, 14.0),
            facade.roof.darker(40),
        );
        canvas.rect(
            Rect::centred(x + 8.0, body.top - 14.0, 2.0, 14.0),
            facade.roof.darker(40),
        );
        let tank = Rect::centred(x, body.top - 20.0, 24.0, 12.0);
        canvas.round_rect(tank, 3.0, facade.trim.darker(36));
    }
    canvas.rect(
        Rect::new(left, body.top - 5.0, right - left, 7.0),
        facade.roof,
    );
}
