//! Floor chairs (座椅子): a quilted seat and a reclining back, without legs.
//!
//! They are drawn obliquely, because from the front they look like any cushion: a side profile of
//! two thick strokes, swept along a depth. It owns their shape. It must not know the room.

use super::{CENTRE, Materials, mirrored};
use crate::canvas::{Canvas, Point};
use crate::choices::SeededRng;
use crate::palette::{Rgb, WOOD};

/// The profile of one chair, facing right.
struct ChairProfile {
    /// Where the seat ends in front, bends up, and where the back ends.
    front: Point,
    bend: Point,
    top: Point,
    /// From the near side to the far side.
    depth: Point,
    /// Half the thickness of the padding.
    padding: f32,
    /// Faces left instead.
    flipped: bool,
}

impl ChairProfile {
    fn choose(choices: &mut SeededRng) -> Self {
        let lean = choices.between(8.0, 34.0);
        let bend = (46.0 + lean * 0.7, 160.0);
        Self {
            front: (bend.0 + choices.between(58.0, 74.0), 162.0),
            bend,
            top: (bend.0 - lean, choices.between(62.0, 96.0)),
            depth: (choices.between(32.0, 42.0), choices.between(-22.0, -16.0)),
            padding: choices.between(8.0, 11.0),
            flipped: choices.chance(50),
        }
    }

    fn place(&self, (x, y): Point) -> Point {
        if self.flipped {
            (mirrored(x), y)
        } else {
            (x, y)
        }
    }

    fn far(&self, (x, y): Point) -> Point {
        (x + self.depth.0, y + self.depth.1)
    }

    /// One padded board between two points of the profile, over the whole depth.
    fn sweep(&self, canvas: &mut Canvas, from: Point, to: Point, colour: Rgb) {
        let corners = [from, to, self.far(to), self.far(from)].map(|corner| self.place(corner));
        canvas.polygon(&corners, self.padding, colour);
    }

    /// A seam across the depth, `lift` away from the middle of the padding.
    fn seam(&self, canvas: &mut Canvas, at: Point, lift: Point, colour: Rgb) {
        let start = (at.0 + lift.0, at.1 + lift.1);
        canvas.line(self.place(start), self.place(self.far(start)), 1.8, colour);
    }
}

/// Draws a floor chair, sometimes with arms or on a turntable.
pub(super) fn draw(canvas: &mut Canvas, choices: &mut SeededRng, materials: &Materials) {
    let profile = ChairProfile::choose(choices);
    let (front, bend, top) = (profile.front, profile.bend, profile.top);
    let middle = profile.place((
        (front.0 + bend.0 + profile.depth.0) / 2.0,
        front.1 + profile.depth.1 / 2.0 + profile.padding,
    ));
    canvas.ellipse(middle, (66.0, 13.0), Rgb(150, 146, 112));
    if choices.chance(35) {
        canvas.ellipse(middle, (44.0, 12.0), choices.pick(&WOOD).darker(40));
    }
    let arms = choices.chance(35);
    if arms {
        draw_arm(canvas, &profile, profile.depth, materials.wood.darker(50));
    }
    profile.sweep(canvas, bend, top, materials.main);
    let across = (bend.0 - top.0, bend.1 - top.1);
    let long = (across.0 * across.0 + across.1 * across.1).sqrt();
    let lift = (
        -across.1 / long * -profile.padding,
        -across.0 / long * profile.padding,
    );
    let quilts = choices.count(2, 5);
    for quilt in 1..=quilts {
        let share = 1.0 - f32::from(quilt) / f32::from(quilts + 1);
        let at = (
            top.0 + across.0 * share * 0.9,
            top.1 + across.1 * share * 0.9,
        );
        profile.seam(canvas, at, lift, materials.seam());
    }
    if choices.chance(45) {
        draw_head_pillow(canvas, &profile, lift, materials.accent);
    }
    profile.sweep(canvas, bend, front, materials.main.lighter(40));
    for share in [0.36, 0.68] {
        let at = (bend.0 + (front.0 - bend.0) * share, bend.1);
        profile.seam(canvas, at, (0.0, 1.0 - profile.padding), materials.seam());
    }
    let side = [bend, top, front].map(|corner| profile.place(corner));
    let width = 2.0 * profile.padding;
    canvas.polyline(&[side[1], side[0], side[2]], width, materials.shade());
    canvas.polyline(
        &[side[1], side[0], side[2]],
        1.5,
        materials.main.darker(110),
    );
    if arms {
        draw_arm(canvas, &profile, (0.0, 0.0), materials.wood);
    }
}

fn draw_head_pillow(canvas: &mut Canvas, profile: &ChairProfile, lift: Point, colour: Rgb) {
    let start = (profile.top.0 + lift.0, profile.top.1 + lift.1 + 6.0);
    let (x, y) = (profile.depth.0 * 0.14, profile.depth.1 * 0.14);
    let near = profile.place((start.0 + x, start.1 + y));
    let far = profile.far(start);
    canvas.line(near, profile.place((far.0 - x, far.1 - y)), 15.0, colour);
}

/// An arm rest as a bent strip of wood; `side` moves it to the far side.
fn draw_arm(canvas: &mut Canvas, profile: &ChairProfile, side: Point, colour: Rgb) {
    let reach = profile.front.0.min(CENTRE + 24.0) - 6.0;
    let height = profile.bend.1 - 40.0;
    let points = [
        (profile.bend.0 - 6.0, height),
        (reach, height),
        (reach + 4.0, 164.0),
    ]
    .map(|(x, y)| profile.place((x + side.0, y + side.1)));
    canvas.polyline(&points, 7.0, colour);
}
