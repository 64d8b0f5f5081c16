//! The tree finds what a test of each point with each edge finds, over random and hostile polygons, and does
//! a fraction of its work.

use super::*;

/// The test of one point as it was before there were edges and trees: what all results are
/// compared with.
fn model(ring: &[GeoPoint], point: GeoPoint) -> bool {
    let cross = |from: GeoPoint, to: GeoPoint| {
        let (dx, dy) = (i128::from(to.x - from.x), i128::from(to.y - from.y));
        let (px, py) = (i128::from(point.x - from.x), i128::from(point.y - from.y));
        px * dy - py * dx
    };
    let is_between = |from: GeoPoint, to: GeoPoint| {
        (from.x.min(to.x)..=from.x.max(to.x)).contains(&point.x)
            && (from.y.min(to.y)..=from.y.max(to.y)).contains(&point.y)
    };
    let mut winding = 0;
    for edge in ring.windows(2) {
        let (from, to) = (edge[0], edge[1]);
        if point.y < from.y.min(to.y) || point.y > from.y.max(to.y) {
            continue;
        }
        let side = cross(from, to);
        if side == 0 && is_between(from, to) {
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

/// Compares tree and single tests with the model; what the tree cost.
fn compare(points: &[GeoPoint], ring: &[GeoPoint]) -> usize {
    let expected = points.iter().enumerate();
    let expected = expected.filter(|(_, point)| model(ring, **point));
    let expected: Vec<usize> = expected.map(|(position, _)| position).collect();
    let polygon = Polygon::from_ring(ring).unwrap();
    let tree = PointTree::new(points.iter().copied());
    let found = tree.inside(&polygon, points.len());
    assert_eq!(found.positions, expected, "{ring:?}");
    for (position, point) in points.iter().enumerate() {
        let is_inside = expected.binary_search(&position).is_ok();
        assert_eq!(polygon.contains(*point), is_inside, "{point:?} {ring:?}");
    }
    let few = tree.inside(&polygon, 3).positions;
    assert_eq!(few, expected[..expected.len().min(3)]);
    found.comparisons
}

fn closed(mut ring: Vec<GeoPoint>) -> Vec<GeoPoint> {
    ring.push(ring[0]);
    ring
}

fn point(x: i64, y: i64) -> GeoPoint {
    GeoPoint { x, y }
}

#[test]
fn random_polygons_on_coarse_grids() {
    let mut random = fastrand::Rng::with_seed(15);
    // On few different coordinates most points are on edges, on vertices or in line with them.
    for side in [2, 4, 8, 30, 1_000_000] {
        for _ in 0..300 {
            let corners = random.usize(3..20);
            let mut any = || point(random.i64(0..=side), random.i64(0..=side));
            let points: Vec<GeoPoint> = (0..100).map(|_| any()).collect();
            compare(&points, &closed((0..corners).map(|_| any()).collect()));
        }
    }
    let (far, ring) = (i64::MAX / 8, [3, 1, 2, 4]);
    let corner = |index: i64| point(far * (index % 2 * 2 - 1), far * (index / 2 % 2 * 2 - 1));
    let corners = closed(ring.map(corner).to_vec());
    compare(&[point(0, 0), point(far, 0), point(1, -far)], &corners);
    assert!(
        PointTree::new([].into_iter())
            .inside(&Polygon::from_ring(&corners).unwrap(), 5)
            .positions
            .is_empty()
    );
}

/// Points as estates are: in cities, some of them in one place, and a few anywhere.
fn country(random: &mut fastrand::Rng, number: i64) -> Vec<GeoPoint> {
    let mut near = |middle: i64, reach: i64| {
        let far = random.i64(-reach..=reach);
        middle + far * random.i64(0..=100) / 100
    };
    let mut points: Vec<GeoPoint> = (0..number)
        .map(|index| match index % 20 {
            0 => point(near(38_000_000, 7_000_000), near(137_000_000, 8_000_000)),
            1 => point(35_000_000, 139_000_000),
            _ => {
                let city = index % 7;
                let (x, y) = (
                    33_000_000 + city * 1_500_000,
                    131_000_000 + city * 1_700_000,
                );
                point(near(x, 400_000), near(y, 400_000))
            }
        })
        .collect();
    random.shuffle(&mut points);
    points
}

/// 0 to 3, over and over.
fn corner(index: i64) -> usize {
    usize::try_from(index % 4).unwrap()
}

/// Rings that make the most of 1,000 vertices.
fn hostile() -> Vec<(&'static str, Vec<GeoPoint>)> {
    const SIDE: i64 = 16_000_000;
    let at = |x: i64, y: i64| point(30_000_000 + x, 129_000_000 + y);
    let step = SIDE / 499;
    let there_and_back = |zigzag: &dyn Fn(i64) -> GeoPoint| {
        let out = (0..500).map(zigzag);
        let back = (0..499).rev().map(zigzag);
        out.chain(back).collect::<Vec<_>>()
    };
    // 250 squares around each other.
    let spiral = |index: i64| {
        let reach = SIDE / 2 * (999 - index) / 999;
        let (x, y) = [(-1, -1), (-1, 1), (1, 1), (1, -1)][corner(index)];
        at(SIDE / 2 + x * reach, SIDE / 2 + y * reach)
    };
    let mut random = fastrand::Rng::with_seed(16);
    let mut any = || at(random.i64(0..=SIDE), random.i64(0..=SIDE));
    vec![
        (
            "zigzag by x",
            there_and_back(&|n| at(n * step, n % 2 * SIDE)),
        ),
        (
            "zigzag by y",
            there_and_back(&|n| at(n % 2 * SIDE, n * step)),
        ),
        (
            "open zigzag",
            (0..999).map(|n| at(n * step / 2, n % 2 * SIDE)).collect(),
        ),
        (
            "diagonals",
            (0..999)
                .map(|n| at(n % 2 * SIDE + n * 400, n % 2 * SIDE - n * 400))
                .collect(),
        ),
        ("spiral", (0..999).map(spiral).collect()),
        (
            "comb",
            (0..999)
                .map(|n| at(n * step / 2, [0, SIDE, SIDE, 0][corner(n)]))
                .collect(),
        ),
        ("one line", there_and_back(&|n| at(n * step, n * step))),
        ("one place", vec![at(5_000_000, 10_000_000); 999]),
        (
            "through a city",
            there_and_back(&|n| at(5_000_000 + n, n % 2 * SIDE)),
        ),
        ("random", (0..999).map(|_| any()).collect()),
        (
            "far away",
            (0..999)
                .map(|n| point((n % 2 * 2 - 1) * (i64::MAX / 8), n * 1_000_000))
                .collect(),
        ),
    ]
}

#[test]
fn hostile_polygons_give_the_same_and_cost_less() {
    let points = country(&mut fastrand::Rng::with_seed(17), 4_000);
    for (name, ring) in hostile() {
        let ring = closed(ring);
        let comparisons = compare(&points, &ring);
        let before = points.len() * (ring.len() - 1);
        assert!(
            comparisons < before / 5,
            "{name}: {comparisons} of {before}"
        );
    }
}
