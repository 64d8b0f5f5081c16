//! Hammocks, hanging chairs and egg swings.
//!
//! It owns their shapes; curves are parabolas sampled into polygons. It must not know the room.

use super::{CENTRE, GROUND, Materials, mirrored};
use crate::canvas::{Canvas, Point, Rect};
use crate::choices::SeededRng;
use crate::palette::{Rgb, WHITE};

const SHADOW: Rgb = Rgb(168, 158, 160);
const ROPE: Rgb = Rgb(196, 170, 132);
/// Sides of the polygon that stands for one stripe's curved edge.
const STRIPE_SIDES: u16 = 3;

/// Draws one of the three kinds.
pub(super) fn draw(canvas: &mut Canvas, choices: &mut SeededRng, materials: &Materials) {
    match choices.count(0, 2) {
        0 => draw_hammock(canvas, choices, materials),
        1 => draw_sling(canvas, choices, materials),
        _ => draw_egg(canvas, choices, materials),
    }
}

/// Cloth between two curves over 0..=1, in stripes of two colours.
fn draw_cloth(
    canvas: &mut Canvas,
    stripes: u16,
    colours: (Rgb, Rgb),
    curves: &(impl Fn(f32) -> Point, impl Fn(f32) -> Point),
) {
    let sides = stripes * STRIPE_SIDES;
    let share = |side: u16| f32::from(side) / f32::from(sides);
    for stripe in 0..stripes {
        let colour = if stripe % 2 == 0 {
            colours.0
        } else {
            colours.1
        };
        let start = stripe * STRIPE_SIDES;
        let range = start..=start + STRIPE_SIDES;
        let upper = range.clone().map(|side| curves.0(share(side)));
        let lower = range.rev().map(|side| curves.1(share(side)));
        let outline: Vec<Point> = upper.chain(lower).collect();
        canvas.polygon(&outline, 0.4, colour);
    }
}

/// Highest in the middle of 0..=1, where it is 1.
fn arc(share: f32) -> f32 {
    4.0 * share * (1.0 - share)
}

/// A bed of cloth between the posts of a stand.
fn draw_hammock(canvas: &mut Canvas, choices: &mut SeededRng, materials: &Materials) {
    let (post_x, post_top) = (20.0, choices.between(66.0, 80.0));
    canvas.ellipse((CENTRE, GROUND + 1.0), (74.0, 6.0), SHADOW);
    let wood = materials.wood;
    for place in [|x: f32| x, mirrored] {
        let foot = (place(52.0), GROUND - 4.0);
        canvas.line((place(post_x), post_top), foot, 7.0, wood);
    }
    canvas.line(
        (38.0, GROUND - 4.0),
        (mirrored(38.0), GROUND - 4.0),
        7.0,
        wood.darker(35),
    );
    let (left, right) = (44.0, 148.0);
    let hang = post_top + 22.0;
    let sag = choices.between(20.0, 30.0);
    let belly = sag + choices.between(22.0, 28.0);
    let along = |share: f32| left + (right - left) * share;
    for place in [|x: f32| x, mirrored] {
        for spread in [0.0, 5.0, 10.0] {
            let knot = (place(post_x), post_top + 2.0);
            canvas.line(
                knot,
                (place(left + 1.0), hang + spread),
                1.2,
                ROPE.darker(50),
            );
        }
    }
    let inside = materials.main.darker(60);
    let far = |share: f32| (along(share), hang - 4.0 + (sag - 8.0) * arc(share));
    let near = |share: f32| (along(share), hang + 2.0 + sag * arc(share));
    let low = |share: f32| (along(share), hang + 10.0 + belly * arc(share));
    draw_cloth(canvas, 1, (inside, inside), &(far, low));
    let pillow = far(0.2);
    canvas.ellipse(
        (pillow.0, pillow.1 + 3.0),
        (13.0, 7.0),
        materials.accent.lighter(40),
    );
    let stripes = choices.count(3, 6) * 2 + 1;
    draw_cloth(
        canvas,
        stripes,
        (materials.main, materials.accent),
        &(near, low),
    );
    if choices.chance(50) {
        for tassel in 1_u16..12 {
            let (x, y) = near(f32::from(tassel) / 12.0);
            canvas.line((x, y), (x, y + 8.0), 1.6, WHITE.mix(materials.accent, 60));
        }
    }
    for place in [|x: f32| x, mirrored] {
        canvas.line(
            (place(left), hang - 5.0),
            (place(left), hang + 11.0),
            4.0,
            wood,
        );
    }
}

/// A seat of cloth that hangs from a bar.
fn draw_sling(canvas: &mut Canvas, choices: &mut SeededRng, materials: &Materials) {
    let bar = choices.between(44.0, 56.0);
    let half = choices.between(38.0, 46.0);
    canvas.ellipse((CENTRE, GROUND + 2.0), (42.0, 5.0), SHADOW);
    canvas.line((CENTRE, 0.0), (CENTRE, 22.0), 2.5, ROPE.darker(50));
    let (left, right) = (CENTRE - half, CENTRE + half);
    for end in [left, right] {
        canvas.line((CENTRE, 22.0), (end, bar), 2.0, ROPE.darker(50));
        canvas.line(
            (end, bar),
            (CENTRE + (end - CENTRE) * 0.9, 118.0),
            2.0,
            ROPE.darker(50),
        );
    }
    canvas.circle((CENTRE, 22.0), 3.5, materials.frame);
    let bottom = choices.between(108.0, 116.0);
    let across = |share: f32| left + 4.0 + (2.0 * half - 8.0) * share;
    let taper = |share: f32| CENTRE + (across(share) - CENTRE) * 0.86;
    let back = |share: f32| (across(share), bar + 4.0 + 6.0 * arc(share));
    let hem = |share: f32| (taper(share), bottom + 34.0 * arc(share));
    let stripes = choices.count(2, 5) * 2 + 1;
    draw_cloth(
        canvas,
        stripes,
        (materials.main, materials.accent),
        &(back, hem),
    );
    // The cloth comes forward again and makes the seat.
    let lip = |share: f32| (taper(share), bottom - 4.0 + 9.0 * arc(share));
    let shade = (materials.shade(), materials.accent.darker(50));
    draw_cloth(canvas, stripes, shade, &(lip, hem));
    let pillow = Rect::centred(CENTRE, bottom - 26.0, 44.0, 26.0);
    canvas.round_rect(pillow, 9.0, materials.accent.lighter(120));
    canvas.line(
        (CENTRE - 12.0, bottom - 12.0),
        (CENTRE + 12.0, bottom - 12.0),
        1.5,
        materials.main,
    );
    canvas.line((left - 6.0, bar), (right + 6.0, bar), 6.0, materials.wood);
    if choices.chance(50) {
        for tassel in 1_u16..10 {
            let (x, y) = hem(f32::from(tassel) / 10.0);
            canvas.line((x, y), (x, y + 9.0), 1.8, materials.accent.darker(20));
        }
    }
}

/// A wicker shell on a bent stand.
fn draw_egg(canvas: &mut Canvas, choices: &mut SeededRng, materials: &Materials) {
    let wicker = choices.pick(&[Rgb(214, 186, 144), Rgb(150, 116, 86), Rgb(240, 238, 232)]);
    let wicker = wicker.jitter(choices);
    let stand = materials.frame.darker(20);
    canvas.ellipse((CENTRE, GROUND + 1.0), (50.0, 7.0), SHADOW);
    canvas.ellipse((CENTRE, GROUND - 3.0), (46.0, 6.0), stand);
    let pole = [
        (96.0, 26.0),
        (96.0, 14.0),
        (106.0, 9.0),
        (124.0, 11.0),
        (140.0, 22.0),
        (150.0, 44.0),
        (154.0, 80.0),
        (152.0, 120.0),
        (144.0, 150.0),
        (130.0, 167.0),
    ];
    let flipped = choices.chance(50);
    let pole = pole.map(|(x, y)| (if flipped { mirrored(x) } else { x }, y));
    canvas.polyline(&pole[1..], 6.0, stand);
    canvas.line(pole[0], pole[1], 2.5, stand);
    let (wide, high) = (choices.between(42.0, 48.0), choices.between(58.0, 64.0));
    let middle = 88.0;
    canvas.ellipse((CENTRE, middle), (wide, high), wicker);
    canvas.ellipse(
        (CENTRE, middle + 4.0),
        (wide - 6.0, high - 9.0),
        wicker.darker(120),
    );
    for row in [-0.5, -0.25, 0.0, 0.25_f32] {
        let half = (wide - 8.0) * (1.0 - row * row).sqrt();
        let y = middle + 4.0 + row * (high - 9.0);
        canvas.line(
            (CENTRE - half, y),
            (CENTRE + half, y),
            1.5,
            wicker.darker(70),
        );
    }
    for column in [-0.5, 0.0, 0.5_f32] {
        let half = (high - 11.0) * (1.0 - column * column).sqrt();
        let x = CENTRE + column * (wide - 6.0);
        canvas.line(
            (x, middle + 4.0 - half),
            (x, middle + 4.0),
            1.5,
            wicker.darker(70),
        );
    }
    canvas.ellipse((CENTRE, middle + 8.0), (wide - 14.0, 27.0), materials.main);
    canvas.ellipse(
        (CENTRE, middle + 33.0),
        (wide - 9.0, 19.0),
        materials.main.lighter(50),
    );
    canvas.line(
        (CENTRE - 20.0, middle + 34.0),
        (CENTRE + 20.0, middle + 34.0),
        1.5,
        materials.seam(),
    );
    let pillow = Rect::centred(
        CENTRE + choices.between(-8.0, 8.0),
        middle + 4.0,
        28.0,
        20.0,
    );
    canvas.round_rect(pillow, 7.0, materials.accent);
}
