// The plot of docs/performance.md's newest table: docs/pictures/performance.svg. Every number in it is
// read from the table, so it is drawn anew when that changes (`npm run plot`), and a test compares.

import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const docs = join(dirname(fileURLToPath(import.meta.url)), "..", "..", "docs");
export const TABLE = join(docs, "performance.md");
export const PLOT = join(docs, "pictures", "performance.svg");

const HEADING = "## Newest table\n";
// Pixels: where names end, how wide the scale from 0 to its end is, and how high things are.
const [LEFT, SCALE, RIGHT, ROW, TOP, BAR] = [168, 460, 116, 30, 64, 16];
const NUMBER = new Intl.NumberFormat("en");

// The rows of the table that is about endpoints.
export function read(markdown) {
  const [, section] = markdown.split(HEADING);
  if (section === undefined) throw new Error("docs/performance.md has no newest table");
  const [rows] = section.split("\n| figure");
  const row = /^\| (?<name>[^|]+?) +\| +(?<rate>\d+) \| +(?<ratio>[\d.]+) \((?<least>[\d.]+)–(?<greatest>[\d.]+)\) \| +(?<target>[\d.]+) \|/gm;
  const found = [...rows.matchAll(row)].map(({ groups: { name, ...numbers } }) => ({
    name,
    ...Object.fromEntries(Object.entries(numbers).map(([key, text]) => [key, Number(text)])),
  }));
  if (found.length === 0) throw new Error("docs/performance.md's newest table has another form than is read here");
  return found;
}

const escape = (text) => text.replace(/[&<>"]/g, (sign) => `&#${sign.codePointAt(0)};`);

export function plot(markdown) {
  const rows = read(markdown);
  const end = Math.max(1.2, ...rows.map(({ greatest }) => Math.ceil(greatest * 10) / 10));
  const x = (ratio) => (LEFT + (ratio / end) * SCALE).toFixed(1);
  const bottom = TOP + rows.length * ROW;
  const [width, height] = [LEFT + SCALE + RIGHT, bottom + 56];
  const steps = Array.from({ length: Math.floor(end * 5 + 1e-9) + 1 }, (_, step) => step / 5);
  const grid = steps.map((step) => [
    `<line class="${step === 1 ? "ceiling" : "grid"}" x1="${x(step)}" x2="${x(step)}" y1="${TOP - 6}" y2="${bottom}"/>`,
    `<text class="soft" x="${x(step)}" y="${bottom + 18}" text-anchor="middle">${step.toFixed(1)}</text>`,
  ]);
  const bars = rows.map(({ name, rate, ratio, least, greatest, target }, index) => {
    const middle = TOP + index * ROW + ROW / 2;
    return [
      `<text x="${LEFT - 12}" y="${middle + 5}" text-anchor="end">${escape(name)}</text>`,
      `<rect class="bar" x="${LEFT}" y="${middle - BAR / 2}" width="${((ratio / end) * SCALE).toFixed(1)}" height="${BAR}" rx="3"/>`,
      `<line class="spread" x1="${x(least)}" x2="${x(greatest)}" y1="${middle}" y2="${middle}"/>`,
      `<line class="target" x1="${x(target)}" x2="${x(target)}" y1="${middle - BAR / 2 - 3}" y2="${middle + BAR / 2 + 3}"/>`,
      `<text class="number" x="${LEFT + SCALE + 14}" y="${middle + 5}"><tspan font-weight="600">${ratio.toFixed(2)}</tspan> <tspan class="soft">${NUMBER.format(rate)}/s</tspan></text>`,
    ];
  });
  const description = rows.map(({ name, ratio }) => `${name} ${ratio.toFixed(2)}`).join(", ");
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title description" font-family="system-ui, -apple-system, 'Segoe UI', 'Noto Sans', sans-serif" font-size="13">`,
    `<title id="title">Requests a second by endpoint, to the ceiling of 1.0</title>`,
    `<desc id="description">${escape(description)}</desc>`,
    "<style>",
    "svg { background: #fffdf9 } text { fill: #211c16 } .soft { fill: #655a4c } .number { font-variant-numeric: tabular-nums }",
    ".bar { fill: #d9532c } .grid { stroke: #e6dccb } .ceiling { stroke: #211c16; stroke-dasharray: 4 3 } .spread { stroke: #211c16 } .target { stroke: #14538f; stroke-width: 3 }",
    "@media (prefers-color-scheme: dark) { svg { background: #1f1b16 } text { fill: #f3ece1 } .soft { fill: #b9ad9b } .bar { fill: #b8512f } .grid { stroke: #3b342a } .ceiling, .spread { stroke: #f3ece1 } .target { stroke: #8cc4ff } }",
    "</style>",
    `<text x="${LEFT}" y="24" font-size="15" font-weight="600">Requests a second, as a part of the ceiling</text>`,
    `<text class="soft" x="${LEFT}" y="44">The ceiling, 1.0: a prebuilt answer of the same size, by the same server process</text>`,
    ...grid.flat(),
    ...bars.flat(),
    `<line class="spread" x1="${LEFT}" x2="${LEFT + 22}" y1="${bottom + 38}" y2="${bottom + 38}"/><text class="soft" x="${LEFT + 30}" y="${bottom + 43}">least and greatest of all rounds</text>`,
    `<line class="target" x1="${LEFT + 262}" x2="${LEFT + 262}" y1="${bottom + 30}" y2="${bottom + 46}"/><text class="soft" x="${LEFT + 272}" y="${bottom + 43}">target</text>`,
    "</svg>",
  ].join("\n")}\n`;
}

export async function writePlot() {
  await mkdir(dirname(PLOT), { recursive: true });
  await writeFile(PLOT, plot(await readFile(TABLE, "utf8")));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await writePlot();
