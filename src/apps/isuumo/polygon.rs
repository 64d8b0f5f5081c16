//! Points in polygons, as MySQL's `ST_Contains` decides for flat coordinates.
//!
//! The original writes coordinates with six decimals into its query, so both vertices and points are
//! whole millionths of a degree here and all arithmetic is exact: a point on an edge or a vertex is
//! found to be there, and is not contained.

/// A place in millionths of a degree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Point {
    x: i64,
    y: i64,
}

impl Point {
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
    let nearest = scaled.round();
    if (scaled - nearest).abs() < 0.499 && scaled.abs() < 1e15 {
        #[expect(clippy::cast_possible_truncation, reason = "a whole number below 1e15")]
        return nearest as i64;
    }
    let digits: String = format!("{degrees:.6}")
        .chars()
        .filter(|&c| c != '.')
        .collect();
    let beyond = if degrees < 0.0 { -FARTHEST } else { FARTHEST };
    digits
        .parse()
        .map_or(beyond, |exact: i64| exact.clamp(-FARTHEST, FARTHEST))
}

/// A polygon of one ring.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Polygon(Vec<Point>);

impl Polygon {
    /// The polygon of a ring, or `None` for what MySQL refuses: fewer than four points, or a last
    /// point that is not the first.
    pub(super) fn from_ring(ring: Vec<Point>) -> Option<Self> {
        (ring.len() >= 4 && ring.first() == ring.last()).then_some(Self(ring))
    }

    /// Whether the point is strictly inside.
    pub(super) fn contains(&self, point: Point) -> bool {
        let mut winding = 0;
        for edge in self.0.windows(2) {
            let (from, to) = (edge[0], edge[1]);
            if point.y < from.y.min(to.y) || point.y > from.y.max(to.y) {
                continue;
            }
            let side = cross(from, to, point);
            if side == 0 && is_between(from, to, point) {
                return false;
            }
            if from.y <= point.y && point.y < to.y && side > 0 {
                winding += 1;
            } else if to.y <= point.y && point.y < from.y && side < 0 {
                winding -= 1;
            }
        }
        winding != 0
    }
}

/// Positive when `point` is on one side of the line through `from` and `to`, negative on the other, 0
/// on the line.
fn cross(from: Point, to: Point, point: Point) -> i128 {
    let (dx, dy) = (i128::from(to.x - from.x), i128::from(to.y - from.y));
    let (px, py) = (i128::from(point.x - from.x), i128::from(point.y - from.y));
    px * dy - py * dx
}

fn is_between(from: Point, to: Point, point: Point) -> bool {
    (from.x.min(to.x)..=from.x.max(to.x)).contains(&point.x)
        && (from.y.min(to.y)..=from.y.max(to.y)).contains(&point.y)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn polygon(ring: &[(f64, f64)]) -> Option<Polygon> {
        Polygon::from_ring(ring.iter().map(|&(x, y)| Point::rounded(x, y)).collect())
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
        assert!(square.contains(Point::rounded(35.5, 139.5)));
        assert!(square.contains(Point::rounded(35.000_001, 139.000_001)));
        assert!(!square.contains(Point::rounded(36.5, 139.5)));
        assert!(!square.contains(Point::rounded(35.5, 138.9)));
        assert!(!square.contains(Point::rounded(34.0, 139.0)));
    }

    #[test]
    fn edges_and_vertices_are_not_contained() {
        let square = polygon(&SQUARE).unwrap();
        for (x, y) in [(35.0, 139.5), (35.5, 140.0), (36.0, 139.5), (35.5, 139.0)] {
            assert!(!square.contains(Point::rounded(x, y)), "edge point {x} {y}");
        }
        for (x, y) in SQUARE {
            assert!(!square.contains(Point::rounded(x, y)), "vertex {x} {y}");
        }
        let triangle = polygon(&[(0.0, 0.0), (1.0, 3.0), (2.0, 0.0), (0.0, 0.0)]).unwrap();
        assert!(
            !triangle.contains(Point::rounded(0.5, 1.5)),
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
                .contains(Point::rounded(35.5, 139.5))
        );
        assert!(
            !polygon(&backwards)
                .unwrap()
                .contains(Point::rounded(35.0, 139.5))
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
        assert!(concave.contains(Point::rounded(1.0, 2.0)));
        assert!(!concave.contains(Point::rounded(3.0, 2.0)));
        assert!(
            !concave.contains(Point::rounded(2.0, 2.0)),
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
            !square.contains(Point::rounded(35.000_000_4, 139.5)),
            "rounds onto the edge"
        );
        assert!(square.contains(Point::rounded(35.000_000_6, 139.5)));
        assert_eq!(
            Point::rounded(-0.000_000_4, 1e300),
            Point { x: 0, y: FARTHEST }
        );
    }
}
