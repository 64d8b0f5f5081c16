// What the README's pictures are made with: that the plot is of the newest table, and that a picture is
// the same after it was made smaller. No browser is needed here.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { deflateSync } from "node:zlib";

import { PLOT, TABLE, plot, read } from "./plot.js";
import { decode, encodePng, shrink } from "./small_png.js";

test("the plot is of the newest table", async () => {
  const markdown = await readFile(TABLE, "utf8");
  assert.ok(read(markdown).length >= 10);
  assert.equal(await readFile(PLOT, "utf8"), plot(markdown), "npm run plot --prefix tests/browser draws it anew");
});

// A picture of RGB samples whose rows are foretold in all five ways, one after the other.
function filtered(width, rows) {
  const guess = (filter, left, above, corner) => {
    const nearest = [left, above, corner].reduce((best, value) => {
      const away = (one) => Math.abs(left + above - corner - one);
      return away(value) < away(best) ? value : best;
    });
    return [0, left, above, Math.floor((left + above) / 2), nearest][filter];
  };
  const bytes = rows.flatMap((row, y) => {
    const at = (y, x) => rows[y]?.[x] ?? 0;
    return [y % 5, ...row.map((value, x) => value - guess(y % 5, at(y, x - 3), at(y - 1, x), at(y - 1, x - 3)))];
  });
  return encodePng({ width, height: rows.length, kind: 2, data: deflateSync(Buffer.from(bytes)) });
}

test("a small picture shows the same as long as its colours suffice, and nearly the same otherwise", () => {
  const width = 12;
  const rows = Array.from({ length: 10 }, (_, y) => Array.from({ length: width * 3 }, (_, x) => (x * x * 7 + y * 31 + x * y) % 256));
  const png = filtered(width, rows);
  const expected = rows.flatMap((row) => Array.from({ length: width }, (_, x) => (row[x * 3] << 16) | (row[x * 3 + 1] << 8) | row[x * 3 + 2]));
  assert.deepEqual([...decode(png).pixels], expected);
  assert.deepEqual([...decode(shrink(png, 256)).pixels], expected);
  const few = decode(shrink(png, 16));
  assert.equal(new Set(few.pixels).size, 16);
  assert.equal(few.pixels.length, expected.length);
});
