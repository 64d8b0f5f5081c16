// Pictures for documents: a PNG as browsers write it becomes one with a palette, a third of its size
// or less. It knows what Chromium's screenshots are, 8-bit RGB and RGBA without interlacing, and its own.

import { crc32, deflateSync, inflateSync } from "node:zlib";

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

// The same picture in so many colours at most, 256 being the most that a palette holds.
export function shrink(png, most = 256) {
  const { width, height, pixels } = decode(png);
  const counts = new Map();
  for (const colour of pixels) counts.set(colour, (counts.get(colour) ?? 0) + 1);
  const palette = choose(counts, most);
  const places = new Map([...counts.keys()].map((colour) => [colour, nearest(palette, colour)]));
  return encode(width, height, pixels.map((colour) => places.get(colour)), palette);
}

// Width, height, and pixels as numbers 0xRRGGBB.
export function decode(png) {
  if (!png.subarray(0, 8).equals(SIGNATURE)) throw new Error("no PNG");
  let head;
  let palette;
  const data = [];
  for (let at = 8; at < png.length;) {
    const length = png.readUInt32BE(at);
    const kind = png.toString("latin1", at + 4, at + 8);
    const body = png.subarray(at + 8, at + 8 + length);
    if (kind === "IHDR") head = body;
    if (kind === "PLTE") palette = body;
    if (kind === "IDAT") data.push(body);
    at += length + 12;
  }
  const [width, height] = [head.readUInt32BE(0), head.readUInt32BE(4)];
  const [depth, kind, , , interlaced] = head.subarray(8);
  const samples = { 2: 3, 3: 1, 6: 4 }[kind];
  if (depth !== 8 || !samples || interlaced) throw new Error(`no PNG of a screenshot: ${[...head]}`);
  const bytes = unfilter(inflateSync(Buffer.concat(data)), width * samples, height, samples);
  const pixels = new Uint32Array(width * height);
  const colour = (at) => (kind === 3 ? palette.readUIntBE(bytes[at] * 3, 3) : bytes.readUIntBE(at, 3));
  for (let i = 0; i < pixels.length; i++) pixels[i] = colour(i * samples);
  return { width, height, pixels };
}

// Each row begins with how its bytes were foretold from those to the left and above.
function unfilter(rows, length, height, samples) {
  const bytes = Buffer.alloc(length * height);
  for (let y = 0; y < height; y++) {
    const filter = rows[y * (length + 1)];
    for (let x = 0; x < length; x++) {
      const at = y * length + x;
      const left = x < samples ? 0 : bytes[at - samples];
      const above = y === 0 ? 0 : bytes[at - length];
      const corner = x < samples || y === 0 ? 0 : bytes[at - length - samples];
      const foretold = [0, left, above, (left + above) >> 1, paeth(left, above, corner)][filter];
      bytes[at] = rows[y * (length + 1) + 1 + x] + foretold;
    }
  }
  return bytes;
}

function paeth(left, above, corner) {
  const guess = left + above - corner;
  const [a, b, c] = [left, above, corner].map((value) => Math.abs(guess - value));
  if (a <= b && a <= c) return left;
  return b <= c ? above : corner;
}

const split = (colour) => [colour >> 16, (colour >> 8) & 0xff, colour & 0xff];

// Median cut: the box of colours that matters most is halved along its longest side, until there are
// enough boxes.
function choose(counts, most) {
  const boxes = [boxOf([...counts].map(([colour, count]) => ({ colour, parts: split(colour), count })))];
  while (boxes.length < most) {
    const next = boxes.reduce((best, box) => (box.weight > best.weight ? box : best));
    if (next.weight === 0) break;
    const { colours, side } = next;
    colours.sort((a, b) => a.parts[side] - b.parts[side]);
    const half = colours.reduce((sum, { count }) => sum + count, 0) / 2;
    let passed = 0;
    const middle = colours.findIndex(({ count }) => (passed += count) >= half);
    const at = Math.min(Math.max(middle, 1), colours.length - 1);
    boxes.splice(boxes.indexOf(next), 1, boxOf(colours.slice(0, at)), boxOf(colours.slice(at)));
  }
  return boxes.map(({ colours }) => average(colours));
}

function boxOf(colours) {
  const ranges = [0, 1, 2].map((side) => {
    const values = colours.map(({ parts }) => parts[side]);
    return values.reduce((a, b) => Math.max(a, b)) - values.reduce((a, b) => Math.min(a, b));
  });
  const range = Math.max(...ranges);
  const pixels = colours.reduce((sum, { count }) => sum + count, 0);
  return { colours, side: ranges.indexOf(range), weight: range * range * Math.sqrt(pixels) };
}

// Plain areas keep their colour to the bit.
function average(colours) {
  const pixels = colours.reduce((sum, { count }) => sum + count, 0);
  const plain = colours.reduce((best, colour) => (colour.count > best.count ? colour : best));
  if (plain.count * 2 >= pixels) return plain.parts;
  return [0, 1, 2].map((side) => Math.round(colours.reduce((sum, { parts, count }) => sum + parts[side] * count, 0) / pixels));
}

function nearest(palette, colour) {
  const parts = split(colour);
  let [best, least] = [0, Infinity];
  palette.forEach((candidate, index) => {
    const away = parts.reduce((sum, part, side) => sum + (part - candidate[side]) ** 2, 0);
    if (away < least) [best, least] = [index, away];
  });
  return best;
}

function encode(width, height, places, palette) {
  const rows = Buffer.alloc((width + 1) * height);
  for (let y = 0; y < height; y++) rows.set(places.subarray(y * width, (y + 1) * width), y * (width + 1) + 1);
  const data = deflateSync(rows, { level: 9, memLevel: 9 });
  return encodePng({ width, height, kind: 3, palette: palette.flat(), data });
}

// A file of packed rows, with 8 bits a sample.
export function encodePng({ width, height, kind, palette, data }) {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, kind, 0, 0, 0], 8);
  const chunks = [["IHDR", head], ...(palette ? [["PLTE", Buffer.from(palette)]] : []), ["IDAT", data], ["IEND", Buffer.alloc(0)]];
  return Buffer.concat([SIGNATURE, ...chunks.map(([name, body]) => chunk(name, body))]);
}

function chunk(kind, body) {
  const named = Buffer.concat([Buffer.from(kind, "latin1"), body]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(body.length);
  sum.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, sum]);
}
