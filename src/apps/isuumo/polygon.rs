//! Points in polygons, as MySQL's `ST_Contains` decides for flat coordinates.
//!
//! The original writes coordinates with six decimals into its query, so both vertices and points are
//! whole millionths of a degree here and all arithmetic is exact: a point on an edge or a vertex is
//! found to be there, and is not contained. It must not know what the points stand for.

use std::cmp::Ordering;

/// A place in millionths of a degree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct GeoPoint {
    pub(super) x: i64,
    pub(super) y: i64,
}

impl GeoPoint {
    /// Rounds to six decimals, half to even on the exact decimal value as C's and Go's `%f` do.
    pub(super) fn rounded(latitude: f64, longitude: f64) -> Self {
        Self {
            x: millionths(latitude),
            y: millionths(longitude),
        }
    }
}

/// Beyond this no difference of two coordinates fits the products below; no place on Earth is near.
const FARTHEST: i64 = i64::MAX / 8;

fn millionths(degrees: f64) -> i64 {
    // Far from a tie and from where doubles have no halves, the product rounds as the exact value.
    let scaled = degrees * 1e6;
    // Not by `round`, which is a call where the processor cannot be assumed to round.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "what is too large is not used"
    )]
    let nearest = (scaled + 0.5_f64.copysign(scaled)) as i64;
    let beyond = if degrees < 0.0 { -FARTHEST } else { FARTHEST };
    // Writing such numbers out takes up to 70 µs each, and is of no use.
    if scaled.abs() > 2e18 {
        return beyond;
    }
    // Below 1e15 the whole number is exact as a double, too.
    let distance = (scaled - nearest as f64).abs();
    if distance < 0.499 && scaled.abs() < 1e15 {
        return nearest;
    }
    let digits: String = format!("{degrees:.6}")
        .chars()
        .filter(|&c| c != '.')
        .collect();
    digits
        .parse()
        .map_or(beyond, |exact: i64| exact.clamp(-FARTHEST, FARTHEST))
}

/// A polygon of one ring.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Polygon {
    edges: Vec<Edge>,
}

impl Polygon {
    /// The polygon of a ring, or `None` for what MySQL refuses: fewer than four points, or a last
    /// point that is not the first.
    pub(super) fn from_ring(ring: &[GeoPoint]) -> Option<Self> {
        let is_closed = ring.len() >= 4 && ring.first() == ring.last();
        let edges = ring.windows(2).map(|ends| Edge::new(ends[0], ends[1]));
        is_closed.then(|| Self {
            edges: edges.collect(),
        })
    }

    /// Its edges; at least three.
    pub(super) fn edges(&self) -> &[Edge] {
        &self.edges
    }

    /// Whether the point is strictly inside.
    pub(super) fn contains(&self, point: GeoPoint) -> bool {
        let windings = self.edges.iter().map(|edge| edge.winding(point));
        windings.sum::<Option<i32>>().is_some_and(|sum| sum != 0)
    }
}

/// A side of a polygon, turned so that `y` does not fall from its low end to its high end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Edge {
    low: GeoPoint,
    high: GeoPoint,
    /// What it adds to the winding number of points beside it, on the side of greater `x`: 1 or -1
    /// by its direction in the ring, and 0 when both ends have one `y`.
    turn: i32,
}

impl Edge {
    fn new(from: GeoPoint, to: GeoPoint) -> Self {
        let (low, high, turn) = match from.y.cmp(&to.y) {
            Ordering::Less => (from, to, 1),
            Ordering::Equal => (from, to, 0),
            Ordering::Greater => (to, from, -1),
        };
        Self { low, high, turn }
    }

    /// What the edge adds to the winding number of `point`; `None` when the point is on the edge.
    pub(super) fn winding(&self, point: GeoPoint) -> Option<i32> {
        if point.y < self.low.y || point.y > self.high.y {
            return Some(0);
        }
        let side = cross(self.low, self.high, point);
        if side == 0 && is_between(self.low, self.high, point) {
            return None;
        }
        // The low end belongs to the edge and the high end to the next one, so that a ray through a
        // vertex crosses one of the two.
        let is_crossed = side > 0 && point.y < self.high.y;
        Some(if is_crossed { self.turn } else { 0 })
    }

    /// What the edge adds to the winding numbers of all points of `area`, where that is the same for
    /// all of them and none of them can be on the edge; `None` where it has to be asked for each.
    pub(super) fn winding_of_all(&self, area: &BoundingBox) -> Option<i32> {
        let (south, north) = (self.low.y.max(area.low.y), self.high.y.min(area.high.y));
        if south > north || self.low.x.min(self.high.x) > area.high.x {
            return Some(0);
        }
        if self.turn == 0 {
            return (self.low.x.max(self.high.x) < area.low.x).then_some(0);
        }
        // Between two places, the line is on one side of both or of neither.
        let side = |x, y| cross(self.low, self.high, GeoPoint { x, y });
        if side(area.high.x, south) < 0 && side(area.high.x, north) < 0 {
            return Some(0);
        }
        let spans = self.low.y <= area.low.y && area.high.y < self.high.y;
        let is_crossed = spans && side(area.low.x, south) > 0 && side(area.low.x, north) > 0;
        is_crossed.then_some(self.turn)
    }
}

/// A rectangle; its borders belong to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct BoundingBox {
    low: GeoPoint,
    high: GeoPoint,
}

impl BoundingBox {
    /// The smallest that holds all `points`.
    pub(super) fn around(points: impl IntoIterator<Item = GeoPoint>) -> Self {
        let (least, most) = (i64::MIN, i64::MAX);
        let nothing = Self {
            low: GeoPoint { x: most, y: most },
            high: GeoPoint { x: least, y: least },
        };
        points.into_iter().fold(nothing, |area, point| Self {
            low: GeoPoint {
                x: area.low.x.min(point.x),
                y: area.low.y.min(point.y),
            },
            high: GeoPoint {
                x: area.high.x.max(point.x),
                y: area.high.y.max(point.y),
            },
        })
    }

    /// Whether it is at least as wide in `x` as in `y`.
    pub(super) fn is_wide(&self) -> bool {
        let [x, y] = [(self.low.x, self.high.x), (self.low.y, self.high.y)];
        x.1.abs_diff(x.0) >= y.1.abs_diff(y.0)
    }
}

/// Positive when `point` is on one side of the line through `from` and `to`, negative on the other, 0
/// on the line.
fn cross(from: GeoPoint, to: GeoPoint, point: GeoPoint) -> i128 {
    let (dx, dy) = (i128::from(to.x - from.x), i128::from(to.y - from.y));
    let (px, py) = (i128::from(point.x - from.x), i128::from(point.y - from.y));
    px * dy - py * dx
}

fn is_between(from: GeoPoint, to: GeoPoint, point: GeoPoint) -> bool {
    (from.x.min(to.x)..=from.x.max(to.x)).contains(&point.x)
        && (from.y.min(to.y)..=from.y.max(to.y)).contains(&point.y)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn polygon(ring: &[(f64, f64)]) -> Option<Polygon> {
        let ring: Vec<GeoPoint> = ring.iter().map(|&(x, y)| GeoPoint::rounded(x, y)).collect();
        Polygon::from_ring(&ring)
    }

    const SQUARE: [(f64, f64); 5] = [
        (35.0, 139.0),
        (35.0, 140.0),
        (36.0, 140.0),
        (36.0, 139.0),
        (35.0, 139.0),
    ];

    #[test]
    fn inside_is_contained_and_outside_is_not() {
        let square = polygon(&SQUARE).unwrap();
        assert!(square.contains(GeoPoint::rounded(35.5, 139.5)));
        assert!(square.contains(GeoPoint::rounded(35.000_001, 139.000_001)));
        assert!(!square.contains(GeoPoint::rounded(36.5, 139.5)));
        assert!(!square.contains(GeoPoint::rounded(35.5, 138.9)));
        assert!(!square.contains(GeoPoint::rounded(34.0, 139.0)));
    }

    #[test]
    fn edges_and_vertices_are_not_contained() {
        let square = polygon(&SQUARE).unwrap();
        for (x, y) in [(35.0, 139.5), (35.5, 140.0), (36.0, 139.5), (35.5, 139.0)] {
            assert!(
                !square.contains(GeoPoint::rounded(x, y)),
                "edge point {x} {y}"
            );
        }
        for (x, y) in SQUARE {
            assert!(!square.contains(GeoPoint::rounded(x, y)), "vertex {x} {y}");
        }
        let triangle = polygon(&[(0.0, 0.0), (1.0, 3.0), (2.0, 0.0), (0.0, 0.0)]).unwrap();
        assert!(
            !triangle.contains(GeoPoint::rounded(0.5, 1.5)),
            "on a slanted edge"
        );
    }

    #[test]
    fn orientation_does_not_matter() {
        let mut backwards = SQUARE;
        backwards.reverse();
        assert!(
            polygon(&backwards)
                .unwrap()
                .contains(GeoPoint::rounded(35.5, 139.5))
        );
        assert!(
            !polygon(&backwards)
                .unwrap()
                .contains(GeoPoint::rounded(35.0, 139.5))
        );
    }

    #[test]
    fn concave_polygons_have_an_outside_within_their_box() {
        let ring = [
            (0.0, 0.0),
            (0.0, 4.0),
            (4.0, 4.0),
            (2.0, 2.0),
            (4.0, 0.0),
            (0.0, 0.0),
        ];
        let concave = polygon(&ring).unwrap();
        assert!(concave.contains(GeoPoint::rounded(1.0, 2.0)));
        assert!(!concave.contains(GeoPoint::rounded(3.0, 2.0)));
        assert!(
            !concave.contains(GeoPoint::rounded(2.0, 2.0)),
            "the inner vertex"
        );
    }

    #[test]
    fn rings_that_mysql_refuses_are_no_polygons() {
        assert!(polygon(&SQUARE[..4]).is_none(), "not closed");
        assert!(
            polygon(&[(0.0, 0.0), (1.0, 1.0), (0.0, 0.0)]).is_none(),
            "three points"
        );
        assert!(polygon(&[]).is_none());
    }

    #[test]
    fn both_sides_are_rounded_to_six_decimals() {
        let square = polygon(&SQUARE).unwrap();
        assert!(
            !square.contains(GeoPoint::rounded(35.000_000_4, 139.5)),
            "rounds onto the edge"
        );
        assert!(square.contains(GeoPoint::rounded(35.000_000_6, 139.5)));
        assert_eq!(
            GeoPoint::rounded(-0.000_000_4, 1e300),
            GeoPoint { x: 0, y: FARTHEST }
        );
        // The largest that is written out, and the first that is not.
        for (degrees, expected) in [
            (1.152_921_504e12, 1_152_921_504_000_000_000),
            (-1.152_921_6e12, -FARTHEST),
            (2.1e12, FARTHEST),
            (-2.1e12, -FARTHEST),
            (-f64::MAX, -FARTHEST),
        ] {
            assert_eq!(millionths(degrees), expected, "{degrees}");
        }
    }
}
