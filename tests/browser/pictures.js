// Makes the README's pictures anew: docs/pictures/*.png by the stage of the browser tests, and the plot
// of docs/performance.md. Not part of any test, since pictures differ a little from machine to machine.

import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

import { PLOT, writePlot } from "./plot.js";
import { shrink } from "./small_png.js";
import { Stage, draw, loadImages, openMap } from "./stage.js";

const FOLDER = dirname(PLOT);
const WIDE = { viewport: { width: 1180, height: 800 }, locale: "en-GB" };

async function keep(page, name) {
  await loadImages(page);
  const png = shrink(await page.screenshot());
  await writeFile(join(FOLDER, `${name}.png`), png);
  console.log(`${name}.png: ${png.length} bytes`);
}

await mkdir(FOLDER, { recursive: true });
await writePlot();
const stage = await Stage.start();
try {
  for (const colorScheme of ["light", "dark"]) {
    await stage.visit(async (page) => {
      await page.goto("/");
      await keep(page, `top-${colorScheme}`);
    }, { ...WIDE, viewport: { width: 1180, height: 1120 }, colorScheme });
  }
  await stage.visit(async (page) => {
    await openMap(page);
    await page.getByRole("button", { name: "Draw" }).click();
    await draw(page, [0.42, 0.56, 0.62, 0.82]);
    await page.locator("#found .card").nth(1).hover();
    await keep(page, "nazotte");
  }, WIDE);
  await stage.visit(async (page) => {
    await page.goto("/chair/9");
    await keep(page, "chair");
  }, WIDE);
} finally {
  await stage.stop();
}
