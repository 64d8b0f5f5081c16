// What the tests stand on: the real binary on a port of its own with its own data, and Debian's
// Chromium, which may reach nothing but that port. Waits are for conditions, never for time.

import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, statSync } from "node:fs";
import { mkdir, mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { setTimeout as wait } from "node:timers/promises";
import { promisify } from "node:util";
import assert from "node:assert/strict";

import { chromium } from "playwright-core";

const execute = promisify(execFile);
const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "..", "..");
const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

// Milliseconds for a scene. The longest takes a sixth of it on a machine with nothing else to do.
const LIMIT = 200_000;

const PICTURE = '<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64"><circle cx="32" cy="32" r="32" fill="#7a9"/></svg>';

function binary() {
  const given = process.env.EKIBEN_BINARY;
  const built = ["release", "debug"].map((profile) => join(root, "target", profile, "ekiben")).filter(existsSync);
  const [newest] = built.sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs);
  const found = given ?? newest;
  assert.ok(found, "build ekiben first (cargo build), or name the binary in EKIBEN_BINARY");
  return found;
}

// The server of an app, with data in a folder of its own.
class Server {
  constructor(app, folder) {
    Object.assign(this, { app, folder, log: [] });
  }

  // Resolves when it listens: on a free port at first, and on the same one ever after.
  static async start(app) {
    const server = new Server(app, await mkdtemp(join(tmpdir(), "ekiben-browser-")));
    await server.begin("127.0.0.1:0");
    return server;
  }

  get surroundings() {
    return { cwd: this.folder, env: { PATH: process.env.PATH, EKIBEN_ADMIN__LISTEN: "off", EKIBEN_LOG__FORMAT: "json" } };
  }

  async begin(listen) {
    this.child = spawn(binary(), ["serve", "--app", this.app, "--listen", listen], {
      ...this.surroundings,
      stdio: ["ignore", "ignore", "pipe"],
    });
    const lines = createInterface({ input: this.child.stderr });
    this.address = await new Promise((resolve, reject) => {
      lines.on("line", (line) => {
        this.log.push(line);
        // A bake tells how far it is in plain words.
        const address = line.startsWith("{") ? JSON.parse(line).address : undefined;
        if (address) resolve(address);
      });
      this.child.once("exit", (code) => reject(new Error(`the server ended with ${code}:\n${this.log.join("\n")}`)));
    });
  }

  async end() {
    this.child.removeAllListeners("exit");
    this.child.kill("SIGTERM");
    await once(this.child, "exit");
  }

  // Stops, lets an operator do something meanwhile, and starts again.
  async restart(...commands) {
    await this.end();
    for (const command of commands) await execute(binary(), command, this.surroundings);
    await this.begin(this.address);
  }

  async stop() {
    await this.end();
    await rm(this.folder, { recursive: true });
  }

  get url() {
    return `http://${this.address}`;
  }
}

// What runs in a page has no limit of its own. This one names the page, where the runner's ends everything.
async function outOfTime(page, signal) {
  await wait(LIMIT, undefined, { signal }).catch(() => {});
  throw new Error(`no end after ${LIMIT / 1000} seconds, at ${page.url()}`);
}

export class Stage {
  static async start({ app = "isuumo" } = {}) {
    const stage = new Stage();
    stage.server = await Server.start(app);
    stage.browser = await chromium.launch({
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
      args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--force-color-profile=srgb"],
    });
    await mkdir(join(here, "screenshots"), { recursive: true });
    return stage;
  }

  async stop() {
    await this.browser.close();
    await this.server.stop();
  }

  get url() {
    return this.server.url;
  }

  // Mails that the app has sent to files, once there are so many; the oldest first.
  async mails(count) {
    const folder = join(this.server.folder, "data", "mail");
    for (;;) {
      const names = existsSync(folder) ? (await readdir(folder)).filter((name) => name.endsWith(".eml")).sort() : [];
      if (names.length >= count) return Promise.all(names.map((name) => readFile(join(folder, name), "utf8")));
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  // Asks the API.
  async api(path, options) {
    const response = await fetch(this.url + path, options);
    assert.ok(response.ok, `${path}: ${response.status}`);
    const text = await response.text();
    return text === "" ? null : JSON.parse(text);
  }

  async buy(id) {
    const body = JSON.stringify({ email: "somebody@example.com" });
    await this.api(`/api/chair/buy/${id}`, { method: "POST", headers: { "Content-Type": "application/json" }, body });
  }

  async upload(part, csv) {
    const form = new FormData();
    form.set(part, new Blob([csv]), `${part}.csv`);
    const response = await fetch(`${this.url}/api/${part.slice(0, -1)}`, { method: "POST", body: form });
    assert.equal(response.status, 201);
  }

  // A window of its own. `use` gets its page; afterwards nothing may be wrong with what it did. Pictures that
  // users name are on other machines: where a page may have some, they are drawn here,
  // or not there.
  async visit(use, { expected = [], mayShowPictures = false, areLost = false, ...options } = {}) {
    const context = await this.browser.newContext({
      baseURL: this.url,
      locale: "ja-JP",
      viewport: { width: 1280, height: 860 },
      ...options,
    });
    context.setDefaultTimeout(15_000);
    const page = await context.newPage();
    const wrong = [];
    const isForeignPicture = (request) => mayShowPictures && request.resourceType() === "image" && request.url().startsWith("https://");
    await context.route((url) => url.origin !== this.url, (route) => {
      if (!isForeignPicture(route.request())) return route.continue();
      if (areLost) return route.abort("namenotresolved");
      return route.fulfill({ contentType: "image/svg+xml", body: PICTURE });
    });
    page.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) wrong.push(`${message.text()} (${message.location().url})`);
    });
    page.on("pageerror", (error) => wrong.push(String(error)));
    page.on("request", (request) => {
      const url = new URL(request.url());
      if (url.origin !== this.url && !["data:", "blob:"].includes(url.protocol) && !isForeignPicture(request)) wrong.push(`a request to ${url}`);
    });
    page.on("dialog", (dialog) => {
      wrong.push(`a dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    const late = new AbortController();
    try {
      await Promise.race([use(page, context), outOfTime(page, late.signal)]);
    } finally {
      late.abort();
      await context.close();
    }
    const unexpected = wrong.filter((text) => !expected.some((pattern) => pattern.test(text)));
    assert.deepEqual(unexpected, []);
  }

  // A picture with every image loaded: of the window, or of a window as high as the whole page.
  async shoot(page, name, { fullPage = true } = {}) {
    await loadImages(page);
    const size = page.viewportSize();
    const height = await page.evaluate(() => document.documentElement.scrollHeight);
    if (fullPage) await page.setViewportSize({ width: size.width, height: Math.max(size.height, height) });
    await page.screenshot({ path: join(here, "screenshots", `${name}.png`) });
    if (fullPage) await page.setViewportSize(size);
  }
}

// Waits for every image of the page, those out of sight too.
export async function loadImages(page) {
  await page.evaluate(async () => {
    const images = [...document.images].filter((image) => !image.hidden);
    for (const image of images) image.loading = "eager";
    await Promise.all(images.map((image) => image.decode()));
    await document.fonts.ready;
  });
}

// Opens the map and waits until it can be drawn on.
export async function openMap(page, path = "/estate/nazotte") {
  await page.goto(path);
  await page.locator("#nazotte[data-ready]").waitFor();
}

// Draws a loop in the middle of the map, as parts of its size.
export async function draw(page, [left, top, right, bottom]) {
  const box = await page.locator("#canvas").boundingBox();
  const at = (x, y) => [box.x + box.width * x, box.y + box.height * y];
  const [middle, centre] = [(left + right) / 2, (top + bottom) / 2];
  const steps = 24;
  const point = (step) => {
    const turn = (step / steps) * Math.PI * 2;
    return at(middle + ((right - left) / 2) * Math.cos(turn), centre + ((bottom - top) / 2) * Math.sin(turn));
  };
  await page.mouse.move(...point(0));
  await page.mouse.down();
  for (let step = 1; step <= steps; step++) await page.mouse.move(...point(step));
  await page.mouse.up();
}

// Fails if axe finds anything that breaks WCAG A or AA, or its own best practices.
export async function assertAccessible(page) {
  // Behind a click on a link, the next page may be there without its styles yet.
  await page.waitForLoadState();
  // By the debugger's protocol, which the page's policy does not govern.
  await page.evaluate(axe);
  const { violations, passes } = await page.evaluate(() => globalThis.axe.run(document));
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => `${node.html} ${node.failureSummary}`).join("; ")}`);
  assert.deepEqual(found, []);
  assert.ok(passes.length > 10, "axe looked at nothing");
}

// Fails if anything is wider than the window.
export async function assertNoSidewaysScroll(page) {
  // A telephone zooms out until everything fits: its `innerWidth` is never too small.
  const content = await page.evaluate(() => document.documentElement.scrollWidth);
  const { width } = page.viewportSize();
  assert.ok(content <= width, `${content} pixels wide in a window of ${width}`);
}
