// Lines: what a hand draws has too many points. Points are [x, y].

const MOST = 80;

// The line with fewer points, none of the left-out ones farther from it than a tolerance, which grows
// until they are few enough.
export function simplify(points) {
  let tolerance = 1.5;
  let simple = reduce(points, tolerance);
  while (simple.length > MOST) {
    tolerance *= 1.5;
    simple = reduce(points, tolerance);
  }
  return simple;
}

// Douglas and Peucker's way, with a stack.
function reduce(points, tolerance) {
  const keep = new Set([0, points.length - 1]);
  const stack = [[0, points.length - 1]];
  while (stack.length > 0) {
    const [first, last] = stack.pop();
    let farthest = 0;
    let index = -1;
    for (let i = first + 1; i < last; i++) {
      const away = distance(points[i], points[first], points[last]);
      if (away > farthest) [farthest, index] = [away, i];
    }
    if (farthest > tolerance) {
      keep.add(index);
      stack.push([first, index], [index, last]);
    }
  }
  return points.filter((_, i) => keep.has(i));
}

function distance([x, y], [x1, y1], [x2, y2]) {
  const [dx, dy] = [x2 - x1, y2 - y1];
  const length = Math.hypot(dx, dy);
  // A loop ends where it begins: then it is the distance from there.
  if (length === 0) return Math.hypot(x - x1, y - y1);
  return Math.abs(dy * (x - x1) - dx * (y - y1)) / length;
}

// How wide a line is where it is narrowest: 0 for a straight one, in whatever direction. What it encloses
// does not count: the halves of a figure eight go round in two ways, and would take each other away.
export function extent(points) {
  let narrowest = Infinity;
  const directions = 24;
  for (let i = 0; i < directions; i++) {
    const [dx, dy] = [Math.cos((Math.PI * i) / directions), Math.sin((Math.PI * i) / directions)];
    const along = points.map(([x, y]) => x * dx + y * dy);
    narrowest = Math.min(narrowest, Math.max(...along) - Math.min(...along));
  }
  return narrowest;
}
