//! Pictures of chairs: a corner of a room and one of six kinds of chair in it.
//!
//! It owns which kind is drawn, the colours that one chair is made of, and their order of
//! drawing. How a kind looks belongs to `office`, `home`, `floor` and `hanging`; what stands
//! around it to `room`. It must not know pixels or files.

mod floor;
mod hanging;
mod home;
mod office;
mod room;

use crate::canvas::Canvas;
use crate::choices::SeededRng;
use crate::look::{ChairKind, Look};
use crate::palette::{INK, Rgb, STRONG, WHITE, WOOD};

/// The middle of the picture, where every chair stands.
const CENTRE: f32 = 96.0;
/// Where feet and castors touch the floor.
const GROUND: f32 = 170.0;

const KINDS: [ChairKind; 6] = [
    ChairKind::Gaming,
    ChairKind::Ergonomic,
    ChairKind::Floor,
    ChairKind::Dining,
    ChairKind::Lounge,
    ChairKind::Hanging,
];

/// What one chair is made of.
struct Materials {
    /// Most of the upholstery.
    main: Rgb,
    /// Pillows, stripes and piping.
    accent: Rgb,
    /// Frames of steel or plastic.
    frame: Rgb,
    wood: Rgb,
}

impl Materials {
    /// Of a colour that is given, or of one that is chosen.
    fn choose(choices: &mut SeededRng, given: Option<Rgb>) -> Self {
        let chosen = choices.pick(&STRONG).jitter(choices);
        let main = given.unwrap_or(chosen);
        let accent = match choices.count(0, 3) {
            0 => main.lighter(120),
            1 => WHITE.mix(main, 30),
            2 => Rgb(242, 200, 110).jitter(choices),
            _ => choices.pick(&STRONG).lighter(70).jitter(choices),
        };
        let frame = choices.pick(&[INK, Rgb(74, 80, 92), Rgb(150, 156, 166), Rgb(222, 226, 230)]);
        Self {
            main,
            accent,
            frame,
            wood: choices.pick(&WOOD).jitter(choices),
        }
    }

    /// The piece seen from its shaded side.
    fn shade(&self) -> Rgb {
        self.main.darker(70)
    }

    fn seam(&self) -> Rgb {
        self.main.darker(45)
    }
}

/// Draws one chair with its surroundings over the whole canvas: of a look that is given, or of one
/// that is chosen.
pub(crate) fn draw(canvas: &mut Canvas, choices: &mut SeededRng, look: Option<Look>) {
    let chosen = choices.pick(&KINDS);
    let kind = look.map_or(chosen, Look::kind);
    let materials = Materials::choose(choices, look.map(Look::colour));
    match kind {
        ChairKind::Floor => room::draw_tatami(canvas, choices),
        _ => room::draw(canvas, choices),
    }
    if let Some(look) = look {
        canvas.stretch_around((CENTRE, GROUND), look.stretch());
    }
    match kind {
        ChairKind::Gaming => office::draw_gaming(canvas, choices, &materials),
        ChairKind::Ergonomic => office::draw_ergonomic(canvas, choices, &materials),
        ChairKind::Floor => floor::draw(canvas, choices, &materials),
        ChairKind::Dining => home::draw_dining(canvas, choices, &materials),
        ChairKind::Lounge => home::draw_lounge(canvas, choices, &materials),
        ChairKind::Hanging => hanging::draw(canvas, choices, &materials),
    }
}

/// The points mirrored at the middle of the picture.
fn mirrored(x: f32) -> f32 {
    2.0 * CENTRE - x
}
