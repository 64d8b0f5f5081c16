//! Points in an order in which those that lie together stand together, to find all that a polygon holds.
//!
//! A tree of areas (a k-d tree): each holds half of the points of the one above it. An edge of the
//! polygon that does not come near an area adds the same to the winding numbers of all of its points,
//! so it is looked at once for all of them. What remains for each point are the edges nearby: a straight
//! line meets about the square root of all areas, where testing each point looks at every edge. The results
//! are those of [`Polygon::contains`]. It must not know what the points stand for.

use super::polygon::{BoundingBox, Edge, GeoPoint, Polygon};

/// Points of an area that is not divided further. Fewer make more areas to look at, more make more tests
/// of points: of 2 to 32, this was the fastest.
const LEAF: usize = 8;

/// The tree. Points have positions, in the order in which they were given.
#[derive(Debug)]
pub(super) struct PointTree {
    /// Points with their positions, those of an area side by side.
    points: Vec<(GeoPoint, u32)>,
    /// An area stands before its first half, which is followed by the second.
    areas: Vec<Node>,
}

#[derive(Debug)]
struct Node {
    area: BoundingBox,
    /// Its part of `points`.
    start: u32,
    end: u32,
    /// Where its second half is among the areas; 0 when it is not divided.
    second: u32,
}

/// What was found, and what it cost.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Found {
    /// Positions of the points strictly inside, in order.
    pub(super) positions: Vec<usize>,
    /// How often an edge was compared with an area or a point.
    pub(super) comparisons: usize,
}

impl PointTree {
    /// A tree of `points`.
    pub(super) fn new(points: impl Iterator<Item = GeoPoint>) -> Self {
        let mut points: Vec<_> = points.zip(0..u32::MAX).collect();
        let mut areas = Vec::with_capacity(2 * points.len().div_ceil(LEAF));
        if !points.is_empty() {
            divide(&mut points, 0, &mut areas);
        }
        Self { points, areas }
    }

    /// The first `limit` points inside of a polygon.
    pub(super) fn inside(&self, polygon: &Polygon, limit: usize) -> Found {
        let mut search = TreeSearch {
            tree: self,
            edges: polygon.edges().to_vec(),
            inside: vec![false; self.points.len()],
            comparisons: 0,
        };
        if !self.areas.is_empty() {
            search.visit(0, 0, 0);
        }
        let is_inside = search.inside.iter().enumerate();
        let positions = is_inside.filter(|(_, is_inside)| **is_inside);
        Found {
            positions: positions
                .map(|(position, _)| position)
                .take(limit)
                .collect(),
            comparisons: search.comparisons,
        }
    }
}

/// Brings points into order and lists their areas; the first of them has index `start` in the tree.
fn divide(points: &mut [(GeoPoint, u32)], start: u32, areas: &mut Vec<Node>) {
    let area = BoundingBox::around(points.iter().map(|(point, _)| *point));
    let index = areas.len();
    areas.push(Node {
        area,
        start,
        end: start + count(points.len()),
        second: 0,
    });
    if points.len() <= LEAF {
        return;
    }
    let middle = points.len() / 2;
    if area.is_wide() {
        points.select_nth_unstable_by_key(middle, |(point, _)| point.x);
    } else {
        points.select_nth_unstable_by_key(middle, |(point, _)| point.y);
    }
    let (first, second) = points.split_at_mut(middle);
    divide(first, start, areas);
    areas[index].second = count(areas.len());
    divide(second, start + count(middle), areas);
}

/// Positions are of 32 bits, as are the rows of a list.
fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

struct TreeSearch<'t> {
    tree: &'t PointTree,
    /// The polygon's edges, and behind them those that are left of them in each area on the way down.
    edges: Vec<Edge>,
    /// By position.
    inside: Vec<bool>,
    comparisons: usize,
}

impl TreeSearch<'_> {
    /// Looks at an area with the edges from `first` on; those that are no longer there add `winding`.
    fn visit(&mut self, area: usize, first: usize, mut winding: i32) {
        let node = &self.tree.areas[area];
        let last = self.edges.len();
        self.comparisons += last - first;
        for index in first..last {
            let edge = self.edges[index];
            match edge.winding_of_all(&node.area) {
                Some(turn) => winding += turn,
                None => self.edges.push(edge),
            }
        }
        if self.edges.len() == last {
            if winding != 0 {
                self.tree.points[node.start as usize..node.end as usize]
                    .iter()
                    .for_each(|(_, position)| self.inside[*position as usize] = true);
            }
        } else if node.second == 0 {
            self.test_each(node, last, winding);
        } else {
            self.visit(area + 1, last, winding);
            self.visit(node.second as usize, last, winding);
        }
        self.edges.truncate(last);
    }

    fn test_each(&mut self, node: &Node, first: usize, winding: i32) {
        let points = &self.tree.points[node.start as usize..node.end as usize];
        let edges = &self.edges[first..];
        self.comparisons += points.len() * edges.len();
        for (point, position) in points {
            let windings = edges.iter().map(|edge| edge.winding(*point));
            let sum = windings.sum::<Option<i32>>();
            self.inside[*position as usize] = sum.is_some_and(|sum| sum + winding != 0);
        }
    }
}

#[cfg(test)]
mod tests;
